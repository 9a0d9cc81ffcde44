//! Where each field lies: the layout rule, in one place.

use crate::Scalar;

/// The largest alignment a type may have, in bytes: one padded cache line.
pub const MAX_ALIGN: u32 = 128;

/// Size and alignment of something, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// The size in bytes, a multiple of `align`.
    pub size: u32,
    /// The alignment in bytes, a power of two.
    pub align: u32,
    /// How many bytes of padding follow the last field.
    pub padding: u32,
}

/// Where a field lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement {
    /// Bytes from the start of the struct.
    pub offset: u32,
    /// How many bytes of padding lie between the field before and this one.
    pub padding: u32,
}

/// Why a field can't be placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceError {
    /// The alignment is no power of two, or larger than [`MAX_ALIGN`].
    Align,
    /// The struct would be larger than `u32::MAX` bytes.
    Overflow,
}

/// Places fields one after the other, as `repr(C)` does: each at the next multiple of its alignment.
///
/// Nothing is ever reordered. Alignments come from the caller, who takes them from the scalar table and never
/// from the target, so that a 32-bit machine gets the offsets of a 64-bit one.
#[derive(Clone, Copy, Debug)]
pub struct Placer {
    end: u32,
    align: u32,
}

impl Default for Placer {
    fn default() -> Self {
        Self::new()
    }
}

impl Placer {
    /// An empty struct, aligned to 1.
    pub const fn new() -> Self {
        Placer { end: 0, align: 1 }
    }

    /// The first byte after the fields placed so far.
    pub const fn end(&self) -> u32 {
        self.end
    }

    /// Places a field of `size` bytes at the next multiple of `align`.
    pub const fn place(&mut self, size: u32, align: u32) -> Result<Placement, PlaceError> {
        let offset = match round_up(self.end, align) {
            Ok(offset) => offset,
            Err(error) => return Err(error),
        };
        let padding = offset - self.end;
        self.end = match offset.checked_add(size) {
            Some(end) => end,
            None => return Err(PlaceError::Overflow),
        };
        if align > self.align {
            self.align = align;
        }
        Ok(Placement { offset, padding })
    }

    /// The whole struct, with at least the alignment `min_align` (1: none asked for).
    pub const fn finish(self, min_align: u32) -> Result<Extent, PlaceError> {
        let align = if min_align > self.align { min_align } else { self.align };
        match round_up(self.end, align) {
            Ok(size) => Ok(Extent { size, align, padding: size - self.end }),
            Err(error) => Err(error),
        }
    }
}

/// Where the parts of a variant lie: its tag at 0, every case at the same place behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VariantExtent {
    /// The size in bytes, a multiple of `align`.
    pub size: u32,
    /// The alignment in bytes: the largest among the tag and the cases.
    pub align: u32,
    /// Bytes from the start to the payload: the next multiple of the largest alignment among the cases.
    pub payload: u32,
}

impl VariantExtent {
    /// The extent of a variant with this tag, over the size and alignment of each case.
    pub const fn of(tag: Scalar, cases: &[(u32, u32)]) -> Result<VariantExtent, PlaceError> {
        let (mut size, mut align) = (0, 1);
        let mut index = 0;
        while index < cases.len() {
            let case = cases[index];
            if case.0 > size {
                size = case.0;
            }
            if case.1 > align {
                align = case.1;
            }
            index += 1;
        }
        let mut placer = Placer::new();
        if let Err(error) = placer.place(tag.size(), tag.align()) {
            return Err(error);
        }
        let payload = match placer.place(size, align) {
            Ok(placement) => placement.offset,
            Err(error) => return Err(error),
        };
        match placer.finish(1) {
            Ok(extent) => Ok(VariantExtent { size: extent.size, align: extent.align, payload }),
            Err(error) => Err(error),
        }
    }

    /// The bytes from the payload to the end, of which a case takes as many as it has.
    pub const fn payload_size(&self) -> u32 {
        self.size - self.payload
    }
}

const fn round_up(value: u32, align: u32) -> Result<u32, PlaceError> {
    if !align.is_power_of_two() || align > MAX_ALIGN {
        return Err(PlaceError::Align);
    }
    match value.checked_next_multiple_of(align) {
        Some(rounded) => Ok(rounded),
        None => Err(PlaceError::Overflow),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_of_the_readme_has_four_hidden_bytes() {
        let mut placer = Placer::new();
        for (size, align, offset) in [(8, 8, 0), (8, 8, 8), (4, 4, 16), (8, 1, 20)] {
            assert_eq!(placer.place(size, align), Ok(Placement { offset, padding: 0 }));
        }
        assert_eq!(placer.finish(1), Ok(Extent { size: 32, align: 8, padding: 4 }));
    }

    #[test]
    fn what_cannot_be_placed_is_an_error() {
        assert_eq!(Placer::new().place(1, 3), Err(PlaceError::Align));
        assert_eq!(Placer::new().place(1, 0), Err(PlaceError::Align));
        assert_eq!(Placer::new().place(1, 256), Err(PlaceError::Align));
        let mut placer = Placer::new();
        placer.place(u32::MAX, 1).unwrap();
        assert_eq!(placer.place(1, 1), Err(PlaceError::Overflow));
        assert_eq!(placer.finish(8), Err(PlaceError::Overflow));
    }

    #[test]
    fn the_cases_of_a_variant_lie_at_one_place() {
        let of = |tag, cases: &[(u32, u32)]| VariantExtent::of(tag, cases);
        assert_eq!(of(Scalar::U16, &[(192, 64), (40, 8)]), Ok(VariantExtent { size: 256, align: 64, payload: 64 }));
        assert_eq!(of(Scalar::U8, &[(3, 1), (1, 1)]), Ok(VariantExtent { size: 4, align: 1, payload: 1 }));
        // A tag that is wider than every case asks for bytes behind them.
        assert_eq!(of(Scalar::U32, &[(6, 2)]), Ok(VariantExtent { size: 12, align: 4, payload: 4 }));
        assert_eq!(of(Scalar::U8, &[(u32::MAX, 1)]), Err(PlaceError::Overflow));
    }
}
