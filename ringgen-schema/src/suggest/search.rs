//! The search for an order of fields that takes fewer bytes.

use std::cmp::Reverse;

use ringgen_layout::Placer;

/// What is moved as one: a field, or the length and the elements of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// Size and alignment of its parts, in their order.
    pub(super) parts: Vec<(u32, u32)>,
    /// The run that it may be moved within; `None` if it stays where it is.
    pub(super) run: Option<u32>,
}

impl Block {
    fn align(&self) -> i64 {
        self.parts.iter().map(|(_, align)| i64::from(*align)).max().unwrap_or(1)
    }

    fn first_align(&self) -> i64 {
        self.parts.first().map_or(1, |(_, align)| i64::from(*align))
    }
}

/// Blocks that are more than this are sorted; fewer are moved one by one, which keeps more of the order that there is.
const FEW: usize = 64;

/// An order with the smallest size that was found: the indices of the blocks. Where no order is smaller, that is the
/// one that there is; and of those that are, one that leaves most blocks in place.
pub(super) fn best(blocks: &[Block], align: u32) -> Vec<usize> {
    let there_is: Vec<usize> = (0..blocks.len()).collect();
    let size = |order: &Vec<usize>| size(blocks, order, align);
    let mut starts = vec![
        sorted(blocks, |block| (-block.align(), -block.first_align())),
        sorted(blocks, |block| (-block.align(), block.first_align())),
        sorted(blocks, |block| (block.align(), 0)),
    ];
    if blocks.len() <= FEW {
        starts.insert(0, there_is.clone());
        starts = starts.into_iter().map(|start| moved(blocks, start, align)).collect();
    }
    // Of several that are equally small, the first one; and nothing is moved for nothing.
    let best = starts.into_iter().min_by_key(|order| (size(order), strays(order).len())).unwrap_or_default();
    if size(&best) < size(&there_is) { best } else { there_is }
}

/// The blocks that are not where they were, if as many as possible are.
pub(super) fn strays(order: &[usize]) -> Vec<usize> {
    // The longest rising sequence that ends at each place: how long it is, and where the one before lies.
    let mut rising: Vec<(usize, Option<usize>)> = Vec::new();
    for (place, block) in order.iter().enumerate() {
        let before =
            (0..place).filter(|other| order[*other] < *block).max_by_key(|other| (rising[*other].0, Reverse(*other)));
        rising.push((before.map_or(1, |before| rising[before].0 + 1), before));
    }
    let mut stays = vec![false; order.len()];
    let mut place = (0..order.len()).max_by_key(|place| (rising[*place].0, Reverse(*place)));
    while let Some(at) = place {
        stays[at] = true;
        place = rising[at].1;
    }
    (0..order.len()).filter(|place| !stays[*place]).map(|place| order[place]).collect()
}

/// How large the type is in an order.
pub(super) fn size(blocks: &[Block], order: &[usize], align: u32) -> u32 {
    end(blocks, order).and_then(|end| end.checked_next_multiple_of(align)).unwrap_or(u32::MAX)
}

/// Where its last field ends; `None` if that is beyond all that can be placed.
fn end(blocks: &[Block], order: &[usize]) -> Option<u32> {
    let mut placer = Placer::new();
    for (size, align) in order.iter().flat_map(|block| &blocks[*block].parts) {
        placer.place(*size, *align).ok()?;
    }
    Some(placer.end())
}

/// The order in which each run is sorted by a key; equal ones stay as they were.
fn sorted(blocks: &[Block], key: impl Fn(&Block) -> (i64, i64)) -> Vec<usize> {
    let mut order: Vec<usize> = (0..blocks.len()).collect();
    for run in order.chunk_by_mut(|a, b| blocks[*a].run == blocks[*b].run) {
        if blocks[run[0]].run.is_some() {
            run.sort_by_key(|block| key(&blocks[*block]));
        }
    }
    order
}

/// Moves one block at a time, always to where most is gained by it, until nothing is; then takes back what did not
/// make the type smaller.
fn moved(blocks: &[Block], start: Vec<usize>, align: u32) -> Vec<usize> {
    let mut orders = vec![start];
    while let Some(order) = orders.last() {
        let here = end(blocks, order);
        let mut gain: Option<(Option<u32>, usize, Vec<usize>)> = None;
        for from in (0..order.len()).filter(|from| blocks[order[*from]].run.is_some()) {
            for to in (0..order.len()).filter(|to| blocks[order[*to]].run == blocks[order[from]].run) {
                let mut other = order.clone();
                let block = other.remove(from);
                other.insert(to, block);
                let there = (end(blocks, &other), from.abs_diff(to));
                if there.0 < here && gain.as_ref().is_none_or(|(end, distance, _)| there < (*end, *distance)) {
                    gain = Some((there.0, there.1, other));
                }
            }
        }
        match gain {
            Some((_, _, order)) => orders.push(order),
            None => break,
        }
    }
    let smallest = orders.iter().map(|order| size(blocks, order, align)).min();
    orders.into_iter().find(|order| Some(size(blocks, order, align)) == smallest).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers without a pattern, the same in every run.
    struct Dice(u64);

    impl Dice {
        fn roll(&mut self, sides: u32) -> u32 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 >> 33) as u32 % sides
        }
    }

    fn block(dice: &mut Dice) -> Block {
        let align = 1 << dice.roll(5);
        let size = align * (1 + dice.roll(3));
        let parts = if dice.roll(8) == 0 { vec![(4, 4), (size, align)] } else { vec![(size, align)] };
        Block { parts, run: Some(0) }
    }

    /// The smallest size of all orders that keep to their runs.
    fn smallest(blocks: &[Block], order: &mut Vec<usize>, align: u32) -> u32 {
        if order.len() == blocks.len() {
            return size(blocks, order, align);
        }
        let place = order.len();
        let fits = |block: &usize| match blocks[*block].run {
            None => *block == place,
            run => blocks[place].run == run,
        };
        let left: Vec<usize> = (0..blocks.len()).filter(|block| !order.contains(block)).filter(fits).collect();
        let sizes = left.into_iter().map(|block| {
            order.push(block);
            let size = smallest(blocks, order, align);
            order.pop();
            size
        });
        sizes.min().unwrap_or(u32::MAX)
    }

    #[test]
    fn no_order_is_smaller_than_the_one_that_is_found() {
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
        let (mut tried, mut gained) = (0, 0);
        for _ in 0..4000 {
            let mut blocks: Vec<Block> = (0..1 + dice.roll(6)).map(|_| block(&mut dice)).collect();
            // Some begin with fields that stay, or have some in their middle.
            let stays = dice.roll(4) as usize;
            for (index, block) in blocks.iter_mut().enumerate() {
                block.run = if index == stays { None } else { Some((index > stays) as u32) };
            }
            let align = blocks.iter().map(Block::align).max().unwrap() as u32;
            let order = best(&blocks, align);
            let found = size(&blocks, &order, align);
            let least = smallest(&blocks, &mut Vec::new(), align);
            assert_eq!(found, least, "{blocks:?} in the order {order:?}");
            let there_is: Vec<usize> = (0..blocks.len()).collect();
            (tried, gained) = (tried + 1, gained + u32::from(found < size(&blocks, &there_is, align)));
            assert!(order == there_is || found < size(&blocks, &there_is, align), "nothing is moved for nothing");
        }
        assert!(gained > tried / 10 && gained < tried, "{gained} of {tried} had something to gain");
    }

    #[test]
    fn as_little_is_moved_as_is_needed() {
        let field = |size| Block { parts: vec![(size, size)], run: Some(0) };
        let blocks = [1, 8, 8, 1, 8, 4].map(field);
        let order = best(&blocks, 8);
        assert_eq!((size(&blocks, &order, 8), strays(&order).len()), (32, 2), "{order:?}");
    }

    #[test]
    fn what_strayed_is_told() {
        assert_eq!(strays(&[0, 1, 2]), Vec::<usize>::new());
        assert_eq!(strays(&[1, 2, 0]), [0]);
        assert_eq!(strays(&[3, 0, 1, 2]), [3]);
    }
}
