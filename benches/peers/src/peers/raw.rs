//! The ring to compare with: what one would write by hand in an afternoon, with everything left out that can be.
//!
//! A shared mapping, cached indices, one release store a batch. No checks of the peer, no parking, no locks, no
//! header: it trusts everybody and spins for ever. Where the two indices lie is a parameter: see [`Distance`].
#![allow(unsafe_code, reason = "a mapping and raw slots, as one would write them")]

use std::fs::OpenOptions;
use std::io;
use std::marker::PhantomData;
use std::os::fd::AsRawFd;
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::Result;
use crate::link::{Peer, Place, Rx, Tx, taken};
use crate::payload::Payload;

const HEAD: usize = 0;
const SLOTS: usize = 8192;

/// How far the producer's index lies behind the consumer's.
pub(crate) trait Distance: 'static {
    const NAME: &'static str;
    const TAIL: usize;
}

macro_rules! distance {
    ($distance:ident, $name:literal, $tail:literal) => {
        pub(crate) enum $distance {}

        impl Distance for $distance {
            const NAME: &'static str = $name;
            const TAIL: usize = $tail;
        }
    };
}

distance!(Pages, "raw ring", 4096);
distance!(OneLine, "raw ring, indices on one line", 8);
distance!(Lines, "raw ring, indices 64 bytes apart", 64);
distance!(Pairs, "raw ring, indices 128 bytes apart", 128);

pub(crate) struct Raw<D>(PhantomData<D>);

impl<M: Payload, D: Distance> Peer<M> for Raw<D> {
    const NAME: &'static str = D::NAME;
    const BLOCKS: bool = false;

    type Tx = RawRing<M, D>;
    type Rx = RawRing<M, D>;

    fn sender(place: &Place) -> Result<Self::Tx> {
        Ok(RawRing::open(place)?)
    }

    fn receiver(place: &Place) -> Result<Self::Rx> {
        Ok(RawRing::open(place)?)
    }
}

/// A file that both ends map, of zeros to begin with.
pub(crate) struct Mapping {
    pub(crate) base: *mut u8,
    length: usize,
}

impl Mapping {
    pub(crate) fn open(place: &Place, length: usize) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(place.file("mapped"))?;
        file.set_len(length as u64)?;
        let (protection, fd) = (libc::PROT_READ | libc::PROT_WRITE, file.as_raw_fd());
        // SAFETY: a new mapping, where the kernel likes it.
        let base = unsafe { libc::mmap(ptr::null_mut(), length, protection, libc::MAP_SHARED, fd, 0) };
        if base == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        Ok(Mapping { base: base.cast(), length })
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: the mapping of `open`, which nothing refers to any more.
        unsafe { libc::munmap(self.base.cast(), self.length) };
    }
}

/// One end of the ring.
pub(crate) struct RawRing<M, D> {
    base: *mut u8,
    mask: u64,
    own: u64,
    peer: u64,
    slots: *mut M,
    _mapping: Mapping,
    distance: PhantomData<D>,
}

impl<M: Payload, D: Distance> RawRing<M, D> {
    fn open(place: &Place) -> io::Result<Self> {
        let mapping = Mapping::open(place, SLOTS + place.capacity * size_of::<M>())?;
        let base = mapping.base;
        let slots = base.wrapping_add(SLOTS).cast();
        let mask = place.capacity as u64 - 1;
        Ok(RawRing { base, mask, own: 0, peer: 0, slots, _mapping: mapping, distance: PhantomData })
    }

    #[inline]
    fn cursor(&self, offset: usize) -> &AtomicU64 {
        // SAFETY: an aligned word of the mapping, which lives as long as this.
        unsafe { AtomicU64::from_ptr(self.base.wrapping_add(offset).cast()) }
    }

    #[inline]
    fn slot(&self, position: u64) -> *mut M {
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
}

impl<M: Payload, D: Distance> Tx<M> for RawRing<M, D> {
    #[inline]
    fn send_one(&mut self, message: M) -> Result<bool> {
        if self.own - self.peer > self.mask {
            self.peer = self.cursor(HEAD).load(Ordering::Acquire);
            if self.own - self.peer > self.mask {
                return Ok(false);
            }
        }
        // SAFETY: a free slot.
        unsafe { self.slot(self.own).write(message) };
        self.own += 1;
        self.cursor(D::TAIL).store(self.own, Ordering::Release);
        Ok(true)
    }

    #[inline]
    fn send(&mut self, batch: &[M]) -> Result<usize> {
        let count = self.run(batch.len() as u64, HEAD, |ring| ring.mask + 1 - (ring.own - ring.peer));
        // SAFETY: `count` free slots side by side, and as many messages.
        unsafe { ptr::copy_nonoverlapping(batch.as_ptr(), self.slot(self.own), count as usize) };
        self.own += count;
        self.cursor(D::TAIL).store(self.own, Ordering::Release);
        Ok(count as usize)
    }
}

impl<M: Payload, D: Distance> Rx<M> for RawRing<M, D> {
    #[inline]
    fn receive_one(&mut self) -> Result<Option<M>> {
        if self.own == self.peer {
            self.peer = self.cursor(D::TAIL).load(Ordering::Acquire);
            if self.own == self.peer {
                return Ok(None);
            }
        }
        // SAFETY: a published slot.
        let message = unsafe { self.slot(self.own).read() };
        self.own += 1;
        self.cursor(HEAD).store(self.own, Ordering::Release);
        Ok(Some(message))
    }

    #[inline]
    fn receive(&mut self, buffer: &mut [M]) -> Result<(usize, u64)> {
        let count = self.run(buffer.len() as u64, D::TAIL, |ring| ring.peer - ring.own);
        // SAFETY: `count` published slots side by side, and room for as many.
        unsafe { ptr::copy_nonoverlapping(self.slot(self.own), buffer.as_mut_ptr(), count as usize) };
        self.own += count;
        self.cursor(HEAD).store(self.own, Ordering::Release);
        Ok(taken(&buffer[..count as usize]))
    }

    fn block(&mut self) -> Result<M> {
        crate::station::receive(self)
    }
}
