//! A role that is held, and its memory as an `ArrayBuffer`.
#![allow(unsafe_code)] // Memory is lent to JavaScript, and futex words are named by their offset in it.

use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use napi::bindgen_prelude::{BigInt, Env, ToNapiValue};
use napi::sys;
use napi_derive::napi;
use ringgen_runtime::{Ending, RawRole};
use rustix::thread::{MembarrierCommand, futex};

use crate::error::{Result, error};

/// A role's mapping and its lock. The mapping lives for as long as anything refers to this: the `ArrayBuffer`, the
/// handle, a sleep.
pub(crate) struct Held(RawRole);

impl Held {
    /// A futex word of the ring.
    pub(crate) fn word(&self, offset: i64) -> Result<&AtomicU32> {
        let is_inside = |offset: &u64| *offset < self.0.geometry().file_length - 3 && offset.is_multiple_of(4);
        let Some(offset) = u64::try_from(offset).ok().filter(is_inside) else {
            return Err(error("InvalidArgument", format!("there is no word at {offset}")));
        };
        // SAFETY: `base` is the start of a mapping of `file_length` bytes, and the word was just found inside of it.
        let word = unsafe { self.0.base().add(offset as usize) };
        // SAFETY: aligned, because a mapping starts on a page; mapped at least for reading for as long as `self`, as
        // `RawRole::base` promises. Loads alone are done by it, relaxed or by the kernel, so that it may lie on a
        // read-only page (std::sync::atomic, "Atomic accesses to read-only memory").
        Ok(unsafe { &*word.cast::<AtomicU32>() })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // Nobody said that this side is done, so the other side is to see a death and no end of the stream.
        self.0.abandon();
    }
}

/// What `napi_create_external_arraybuffer` gives.
pub struct External(sys::napi_value);

impl ToNapiValue for External {
    unsafe fn to_napi_value(_: sys::napi_env, value: Self) -> napi::Result<sys::napi_value> {
        Ok(value.0)
    }
}

/// Lets the mapping go once the engine has collected the `ArrayBuffer`, and at no other time.
extern "C" fn finalize(_: sys::napi_env, _: *mut c_void, hint: *mut c_void) {
    // SAFETY: `hint` is what `Arc::into_raw` gave to the one buffer that this is the finalizer of.
    drop(unsafe { Arc::<Held>::from_raw(hint.cast()) });
}

/// A role that is held.
#[napi]
pub struct Role {
    held: Arc<Held>,
}

impl Role {
    pub(crate) fn new(role: RawRole) -> Self {
        Role { held: Arc::new(Held(role)) }
    }

    pub(crate) fn held(&self) -> &Arc<Held> {
        &self.held
    }
}

#[napi]
impl Role {
    /// The whole ring. Writing to what this role does not own ends the process.
    #[napi]
    pub fn buffer(&self, env: Env) -> Result<External> {
        let length = usize::try_from(self.held.0.geometry().file_length)
            .map_err(|_| error("Unsupported", "the ring is larger than this machine's memory"))?;
        let hint = Arc::into_raw(Arc::clone(&self.held));
        let mut value = ptr::null_mut();
        // SAFETY: the mapping has `length` bytes from `base`, and lives until `finalize` gives `hint` back.
        let status = unsafe {
            sys::napi_create_external_arraybuffer(
                env.raw(),
                self.held.0.base().cast(),
                length,
                Some(finalize),
                hint.cast_mut().cast(),
                &mut value,
            )
        };
        if status == sys::Status::napi_ok {
            return Ok(External(value));
        }
        if status == sys::Status::napi_no_external_buffers_allowed {
            // SAFETY: refused before anything was done, so this is the only owner of `hint`.
            drop(unsafe { Arc::from_raw(hint) });
            return Err(error(
                "Unsupported",
                "this JavaScript engine refuses memory that it did not allocate (Electron and other builds with V8's \
                 sandbox do): attach in a plain Node process, and pass messages on from there",
            ));
        }
        // `hint` is left alone: of a buffer that it can't make Node may run the finalizer all the same, later on.
        Err(error("Unsupported", format!("no ArrayBuffer of {length} bytes can be made (status {status})")))
    }

    /// Which claim of the role this is.
    #[napi(getter)]
    pub fn epoch(&self) -> BigInt {
        self.held.0.epoch().into()
    }

    /// Whether a living process holds the other role.
    #[napi]
    pub fn peer_alive(&self) -> Result<bool> {
        self.held.0.peer_is_alive().map_err(|failure| error("Io", failure))
    }

    /// Blocks this thread until the word is no longer `expected`, it is woken, or the time is up.
    #[napi]
    pub fn wait(&self, word: i64, expected: i32, milliseconds: f64) -> Result<()> {
        let timeout = timespec(duration(milliseconds));
        // Woken, late, changed or interrupted: the caller looks again in any case.
        let _ = futex::wait(self.held.word(word)?, futex::Flags::empty(), expected.cast_unsigned(), Some(&timeout));
        Ok(())
    }

    /// Wakes whoever sleeps on the word.
    #[napi]
    pub fn wake(&self, word: i64) -> Result<()> {
        let _ = futex::wake(self.held.word(word)?, futex::Flags::empty(), i32::MAX.cast_unsigned());
        Ok(())
    }

    /// Gives the role back: a producer ends the stream if `closes`. False if it was given back before.
    #[napi]
    pub fn end(&self, closes: bool) -> bool {
        self.held.0.end(if closes { Ending::Close } else { Ending::Detach })
    }
}

/// A minute at most; what is no time at all is none.
pub(crate) fn duration(milliseconds: f64) -> Duration {
    Duration::try_from_secs_f64(milliseconds / 1e3).unwrap_or_default().min(Duration::from_secs(60))
}

pub(crate) fn timespec(duration: Duration) -> futex::Timespec {
    futex::Timespec { tv_sec: duration.as_secs().cast_signed(), tv_nsec: duration.subsec_nanos().into() }
}

/// Makes every processor that runs a registered process fence; false if the kernel can't.
#[napi]
pub fn barrier() -> bool {
    rustix::thread::membarrier(MembarrierCommand::GlobalExpedited).is_ok()
}

/// Gives the processor to another thread.
#[napi]
pub fn yield_now() {
    std::thread::yield_now();
}

/// How many processors this process may use.
#[napi]
pub fn processors() -> u32 {
    std::thread::available_parallelism().map_or(1, |count| count.get().try_into().unwrap_or(u32::MAX))
}
