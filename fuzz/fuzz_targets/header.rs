//! Whatever 512 bytes say, they are refused, or every offset in them can be used without looking again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ringgen_layout::ring::{HEADER_SIZE, block};
use ringgen_runtime::fuzz;

#[allow(dead_code, reason = "what attaches uses the rest")]
mod image;

fuzz_target!(|input: &[u8]| {
    let bytes = image::of(input);
    let Some(header) = bytes.first_chunk() else { return };
    let length = bytes.len() as u64;
    let Some(of) = fuzz::header(header, length) else { return };
    let mut regions = [
        (0, HEADER_SIZE),
        (of.schema_offset, of.schema_length),
        (of.consumer_block, block::SIZE as u64),
        (of.producer_block, block::SIZE as u64),
        (of.slots, of.capacity * u64::from(of.stride)),
    ];
    regions.sort_unstable();
    let ends = regions.iter().map(|(start, size)| start + size);
    let next = regions.iter().skip(1).map(|(start, _)| *start).chain([length]);
    assert!(ends.zip(next).all(|(end, next)| end <= next), "{of:?} of {length} bytes");
    assert!(of.capacity.is_power_of_two() && of.stride > 0, "{of:?}");
});
