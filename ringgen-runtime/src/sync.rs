//! Atomics, and how a word is loaded that another process writes. A model checker brings its own: see `words.rs`.
//!
//! Orderings are paired by name in comments: `SYNC(tail): publishes the slots` with `SYNC(tail): sees the slots`.

pub(crate) use std::sync::atomic::{
    AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Ordering, compiler_fence, fence,
};

/// Loads a word that another process writes, and everything it wrote before it.
///
/// The word lies on a page that is read-only here, where Rust promises nothing stronger than a relaxed load; the
/// fence behind it makes the pair an acquire load. ThreadSanitizer knows no fences, and has pages that can be written.
#[inline]
pub(crate) fn acquire_u64(word: &AtomicU64) -> u64 {
    if cfg!(feature = "one-mapping") {
        return word.load(Ordering::Acquire);
    }
    let value = word.load(Ordering::Relaxed);
    fence(Ordering::Acquire);
    value
}

/// As [`acquire_u64`].
#[inline]
pub(crate) fn acquire_u32(word: &AtomicU32) -> u32 {
    if cfg!(feature = "one-mapping") {
        return word.load(Ordering::Acquire);
    }
    let value = word.load(Ordering::Relaxed);
    fence(Ordering::Acquire);
    value
}
