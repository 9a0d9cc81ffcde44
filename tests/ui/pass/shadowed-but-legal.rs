//! Every name that an expansion could lean on is the user's own here, and legal.
#![forbid(unsafe_code)]
#![allow(non_camel_case_types, dead_code)]
use ::ringgen as rg;

type u64 = u32;
type f64 = f32;
type usize = i8;

mod core {}
mod std {}
mod ringgen {}

struct Option;
struct Some;
struct None;
trait Copy {}
trait Send {}
trait Sync {}
trait Message {}
trait Pod {}

#[derive(rg::RingStruct, Clone, core_prelude::Copy)]
#[repr(C)]
#[ring(crate = "::ringgen")]
struct Str {
    x: f64,
}

mod core_prelude {
    pub(crate) use ::core::marker::Copy;
}

#[derive(rg::RingMessage, Clone, core_prelude::Copy)]
#[repr(C)]
struct FIELDS {
    id: u64,
    symbol: Str,
}

impl FIELDS {
    const MEMBERS: [(); 0] = [];
    const STRUCT: () = ();
    const TYPE: () = ();
    fn describe() {}
    fn as_type() {}
}

#[derive(rg::RingMessage, Clone, core_prelude::Copy)]
#[repr(C)]
struct Vec {
    x: f32,
    y: f32,
}

fn main() {
    assert_eq!(::std::mem::size_of::<FIELDS>(), 8);
    assert!(FIELDS::LAYOUT_HASH != Vec::LAYOUT_HASH);
}
