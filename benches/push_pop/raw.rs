//! The ring to compare with: what one would write by hand in an afternoon, with everything left out that can be.
//!
//! A shared mapping, cached indices, one release store a batch. No checks of the peer, no parking, no locks, no
//! header: it trusts everybody and spins for ever.
#![allow(unsafe_code, reason = "a mapping and raw slots, as one would write them")]

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};

/// The two cursors lie on pages of their own, in front of the slots.
const HEAD: usize = 0;
const TAIL: usize = 4096;
const SLOTS: usize = 8192;

/// One end of the ring.
pub(crate) struct RawRing<T> {
    base: *mut u8,
    length: usize,
    mask: u64,
    own: u64,
    peer: u64,
    slots: *mut T,
}

impl<T: Copy> RawRing<T> {
    /// The length of the file for `capacity` messages.
    pub(crate) fn file_length(capacity: u64) -> u64 {
        SLOTS as u64 + capacity * size_of::<T>() as u64
    }

    /// Maps a file of zeros, or one that the other end has mapped.
    pub(crate) fn map(file: &File, capacity: u64) -> io::Result<Self> {
        let length = Self::file_length(capacity) as usize;
        let (protection, fd) = (libc::PROT_READ | libc::PROT_WRITE, file.as_raw_fd());
        // SAFETY: a new mapping, where the kernel likes it.
        let base = unsafe { libc::mmap(ptr::null_mut(), length, protection, libc::MAP_SHARED, fd, 0) };
        if base == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let base: *mut u8 = base.cast();
        Ok(RawRing { base, length, mask: capacity - 1, own: 0, peer: 0, slots: base.wrapping_add(SLOTS).cast() })
    }

    fn cursor(&self, offset: usize) -> &AtomicU64 {
        // SAFETY: an aligned word of the mapping, which lives as long as this.
        unsafe { AtomicU64::from_ptr(self.base.wrapping_add(offset).cast()) }
    }

    fn slot(&self, position: u64) -> *mut T {
        self.slots.wrapping_add((position & self.mask) as usize)
    }

    /// How many of `wanted` can be done now, in one contiguous run.
    #[inline]
    fn run(&mut self, wanted: u64, peer: usize, available: impl Fn(&Self) -> u64) -> u64 {
        let mut count = available(self);
        if count < wanted {
            self.peer = self.cursor(peer).load(Ordering::Acquire);
            count = available(self);
        }
        count.min(wanted).min(self.mask + 1 - (self.own & self.mask))
    }

    /// As many of these as fit in one run.
    #[inline]
    pub(crate) fn push_many(&mut self, messages: &[T]) -> usize {
        let count = self.run(messages.len() as u64, HEAD, |ring| ring.mask + 1 - (ring.own - ring.peer));
        // SAFETY: `count` free slots side by side, and as many messages.
        unsafe { ptr::copy_nonoverlapping(messages.as_ptr(), self.slot(self.own), count as usize) };
        self.own += count;
        self.cursor(TAIL).store(self.own, Ordering::Release);
        count as usize
    }

    /// As many as there are in one run.
    #[inline]
    pub(crate) fn pop_many(&mut self, into: &mut [T]) -> usize {
        let count = self.run(into.len() as u64, TAIL, |ring| ring.peer - ring.own);
        // SAFETY: `count` published slots side by side, and room for as many.
        unsafe { ptr::copy_nonoverlapping(self.slot(self.own), into.as_mut_ptr(), count as usize) };
        self.own += count;
        self.cursor(HEAD).store(self.own, Ordering::Release);
        count as usize
    }

    /// One message, if there is room.
    #[inline]
    pub(crate) fn try_push(&mut self, message: T) -> bool {
        if self.own - self.peer > self.mask {
            self.peer = self.cursor(HEAD).load(Ordering::Acquire);
            if self.own - self.peer > self.mask {
                return false;
            }
        }
        // SAFETY: a free slot.
        unsafe { self.slot(self.own).write(message) };
        self.own += 1;
        self.cursor(TAIL).store(self.own, Ordering::Release);
        true
    }

    /// One message, if there is one.
    #[inline]
    pub(crate) fn try_pop(&mut self) -> Option<T> {
        if self.own == self.peer {
            self.peer = self.cursor(TAIL).load(Ordering::Acquire);
            if self.own == self.peer {
                return None;
            }
        }
        // SAFETY: a published slot.
        let message = unsafe { self.slot(self.own).read() };
        self.own += 1;
        self.cursor(HEAD).store(self.own, Ordering::Release);
        Some(message)
    }
}

impl<T> Drop for RawRing<T> {
    fn drop(&mut self) {
        // SAFETY: the mapping of `map`, which nothing refers to any more.
        unsafe { libc::munmap(self.base.cast(), self.length) };
    }
}
