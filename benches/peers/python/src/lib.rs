//! One function, as PyO3 and as ctypes call it: takes the bytes of a message, and adds up what they say.
#![allow(unsafe_code, reason = "a function that C calls")]

use std::sync::atomic::{AtomicU64, Ordering};

use pyo3::prelude::*;

static SUM: AtomicU64 = AtomicU64::new(0);

fn add(message: &[u8]) {
    let id = message.first_chunk().map_or(0, |id| u64::from_le_bytes(*id));
    // One thread at a time calls: a load and a store, as cheap as a field of a struct.
    SUM.store(SUM.load(Ordering::Relaxed) + id, Ordering::Relaxed);
}

/// Takes a message.
#[pyfunction]
fn take(message: &[u8]) {
    add(message);
}

/// What the messages since the last call say.
#[pyfunction]
fn total() -> u64 {
    SUM.swap(0, Ordering::Relaxed)
}

/// As [`take`], for ctypes.
///
/// # Safety
/// `message` points to eight bytes at least.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn take_bytes(message: *const u8) {
    // SAFETY: as promised to this function.
    add(unsafe { std::slice::from_raw_parts(message, size_of::<u64>()) });
}

#[pymodule]
fn ringgen_peers_python(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(take, module)?)?;
    module.add_function(wrap_pyfunction!(total, module)?)
}
