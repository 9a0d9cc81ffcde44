//! Whatever the texts of two rings hold, they can be compared, and either side comes to the same end.
#![no_main]

use std::mem::discriminant;

use libfuzzer_sys::fuzz_target;
use ringgen_layout::{Comparison, compare_layouts, first_other_lines};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    // As the pairs in tests/compatible are.
    let (mine, theirs) = text.split_once("=== theirs\n").unwrap_or((&text, ""));
    let mine = mine.split_once("=== mine\n").map_or(mine, |(_, mine)| mine);
    let theirs = theirs.split_once("===").map_or(theirs, |(theirs, _)| theirs);
    assert_eq!(compare_layouts(mine, mine), Comparison::Same);
    let (here, there) = (compare_layouts(mine, theirs), compare_layouts(theirs, mine));
    assert_eq!(discriminant(&here), discriminant(&there), "{here:?} here and {there:?} there");
    let _ = first_other_lines(mine, theirs);
});
