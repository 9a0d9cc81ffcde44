use ringgen::{RingMessage, RingStruct as Nested};
use crate::prices::Price;
use other::*;

type Vector<T> = [T; 3];
type Loop = Again;
type Again = Loop;
const COMPUTED: usize = 2 * 4;
struct Bare {
    a: u8,
}

#[derive(Clone, Copy, RingMessage)]
#[repr(C)]
struct Trade {
    a: Price,
    b: [u8; 4 * 2],
    c: [u8; COMPUTED],
    d: [u8; ELSEWHERE],
    e: Unknown,
    f: Bare,
    g: Vector<u8>,
    h: Loop,
    i: crate::Level,
    j: Str<4>,
    k: ringgen::Str,
    l: ringgen::Ring<u8>,
    m: <u8 as Same>::Same,
    n: [ringgen::Pad<4>; 2],
    #[cfg(feature = "venues")]
    o: u8,
    p: [u8; 99999999999],
}

#[cfg(unix)]
#[derive(Clone, Copy, RingMessage)]
#[repr(C)]
struct OnUnix {
    a: u8,
}

#[cfg_attr(feature = "rings", derive(RingMessage))]
#[derive(Clone, Copy)]
#[repr(C)]
struct Sometimes {
    a: u8,
}

mod inner {
    #[derive(Clone, Copy, ringgen::RingMessage)]
    #[repr(C)]
    struct Hidden {
        a: u8,
    }
}

fn function() {
    #[derive(Clone, Copy, ringgen::RingMessage)]
    #[repr(C)]
    struct Local {
        a: u8,
    }
}

message! {
    #[derive(RingMessage)]
    struct Made;
}

#[derive(Clone, Copy, RingMessage)]
#[repr(C)]
#[ring(schema = "market.toml")]
struct Bound {
    a: u8,
}

#[derive(Clone, Copy, RingMessage)]
#[repr(C)]
#[ring(package = "desk", version = 1, layout_hash = "0123456789abcdef0123456789abcdef")]
struct Generated {
    a: u8,
}

#[derive(Clone, Copy, RingMessage)]
#[repr(C)]
#[ring(package = "desk", version = 2)]
struct OtherVersion {
    a: u8,
}

#[derive(Clone, Copy, RingVariant)]
#[repr(C)]
#[ring(package = "desk", version = 1, view = elsewhere::View, cases(Trade = 1))]
struct ViewedElsewhere {
    tag: u8,
    payload: [u8; 1],
}

#[derive(Clone, Copy, RingVariant)]
#[repr(C)]
#[ring(package = "desk", version = 1, view = View, cases(Trade = 1, Two = 2, Copied = 3, Gone = 4, Bytes = 5))]
struct Viewed {
    tag: u8,
    payload: [u8; 1],
}

enum View<'a> {
    Trade(&'a other::Trade),
    Two(&'a Generated, &'a Generated),
    Copied(Generated),
    Bytes(&'a ringgen::Pad<1>),
}
