// Tokens prove nothing: `u64` is a `String` here, and `Str` is the user's own.
#![allow(non_camel_case_types)]
use ringgen::RingMessage;

type u64 = String;

#[derive(Clone, Copy)]
struct Str<const N: usize>(&'static str);

#[derive(RingMessage)]
#[repr(C)]
struct Trade { //~ ringgen [R017]: `Trade` is not `Copy`
    id: u64,         //~ ringgen [R019]: `String` can't lie in shared memory
    symbol: Str<12>, //~ ringgen [R019]: `Str<12>` can't lie in shared memory
}

fn main() {}
