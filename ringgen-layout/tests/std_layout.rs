//! The layout rule against an independent oracle: the standard library's `Layout::extend`.
use ringgen_layout::{Extent, Placer};
use std::alloc::Layout;

/// A small deterministic generator (xorshift64*), so that a failure can be repeated from its seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as u32) % bound
    }
}

#[test]
fn agrees_with_the_standard_library_on_random_structs() {
    for seed in 1..=10_000 {
        let mut random = Random(seed);
        let mut placer = Placer::new();
        let mut layout = Layout::new::<()>();
        let mut fields = Vec::new();
        for _ in 0..random.below(20) {
            let align = 1 << random.below(8);
            let size = align * random.below(6);
            fields.push((size, align));
            let field = Layout::from_size_align(size as usize, align as usize).unwrap();
            let (next, offset) = layout.extend(field).unwrap();
            let padding = offset - layout.size();
            let placement = placer.place(size, align).unwrap();
            assert_eq!((placement.offset as usize, placement.padding as usize), (offset, padding), "{fields:?}");
            layout = next;
        }
        let min_align = 1 << random.below(8);
        let whole = layout.align_to(min_align as usize).unwrap().pad_to_align();
        let expected = Extent {
            size: whole.size() as u32,
            align: whole.align() as u32,
            padding: (whole.size() - layout.size()) as u32,
        };
        assert_eq!(placer.finish(min_align).unwrap(), expected, "{fields:?} align {min_align}");
    }
}
