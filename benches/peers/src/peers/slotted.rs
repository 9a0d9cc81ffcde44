//! An experiment: the slot carries the sequence number, so that a message is one cache line and no index is shared.
//!
//! A slot is free for position `p` when its sequence is `p`, and holds its message when it is `p + 1`; taking it makes it
//! free for `p + capacity`. Both sides write to every slot, which a ring whose words have one writer each can't do.
#![allow(unsafe_code, reason = "a mapping and raw slots, as one would write them")]

use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering};

use super::raw::Mapping;
use crate::Result;
use crate::link::{Peer, Place, Rx, Tx};
use crate::payload::Payload;

pub(crate) enum Slotted {}

impl<M: Payload> Peer<M> for Slotted {
    const NAME: &'static str = "raw ring, sequence in the slot";
    const BLOCKS: bool = false;

    type Tx = SlotRing<M>;
    type Rx = SlotRing<M>;

    fn sender(place: &Place) -> Result<Self::Tx> {
        SlotRing::open(place)
    }

    fn receiver(place: &Place) -> Result<Self::Rx> {
        SlotRing::open(place)
    }
}

/// On lines of its own, so that neighbours do not disturb each other.
#[repr(C, align(64))]
struct Slot<M> {
    sequence: AtomicU64,
    message: M,
}

pub(crate) struct SlotRing<M> {
    position: u64,
    mask: u64,
    slots: *mut Slot<M>,
    _mapping: Mapping,
    messages: PhantomData<M>,
}

impl<M: Payload> SlotRing<M> {
    fn open(place: &Place) -> Result<Self> {
        let mapping = Mapping::open(place, place.capacity * size_of::<Slot<M>>())?;
        let slots: *mut Slot<M> = mapping.base.cast();
        let ring =
            SlotRing { position: 0, mask: place.capacity as u64 - 1, slots, _mapping: mapping, messages: PhantomData };
        if place.first {
            (0..place.capacity as u64).for_each(|at| ring.sequence(at).store(at, Ordering::Release));
        }
        Ok(ring)
    }

    #[inline]
    fn slot(&self, position: u64) -> *mut Slot<M> {
        self.slots.wrapping_add((position & self.mask) as usize)
    }

    #[inline]
    fn sequence(&self, position: u64) -> &AtomicU64 {
        // SAFETY: a slot of the mapping, which lives as long as this; the word is only used as an atomic.
        unsafe { &(*self.slot(position)).sequence }
    }
}

impl<M: Payload> Tx<M> for SlotRing<M> {
    #[inline]
    fn send_one(&mut self, message: M) -> Result<bool> {
        let sequence = self.sequence(self.position);
        if sequence.load(Ordering::Acquire) != self.position {
            return Ok(false);
        }
        // SAFETY: a free slot, which only this side writes to until it stores the sequence.
        unsafe { (&raw mut (*self.slot(self.position)).message).write(message) };
        sequence.store(self.position + 1, Ordering::Release);
        self.position += 1;
        Ok(true)
    }

    #[inline]
    fn send(&mut self, batch: &[M]) -> Result<usize> {
        for (count, message) in batch.iter().enumerate() {
            if !self.send_one(*message)? {
                return Ok(count);
            }
        }
        Ok(batch.len())
    }
}

impl<M: Payload> Rx<M> for SlotRing<M> {
    #[inline]
    fn receive_one(&mut self) -> Result<Option<M>> {
        let sequence = self.sequence(self.position);
        if sequence.load(Ordering::Acquire) != self.position + 1 {
            return Ok(None);
        }
        // SAFETY: a published slot, which the other side leaves alone until this one stores the sequence.
        let message = unsafe { (&raw const (*self.slot(self.position)).message).read() };
        sequence.store(self.position + self.mask + 1, Ordering::Release);
        self.position += 1;
        Ok(Some(message))
    }

    #[inline]
    fn receive(&mut self, buffer: &mut [M]) -> Result<(usize, u64)> {
        let (mut count, mut sum) = (0, 0);
        while count < buffer.len()
            && let Some(message) = self.receive_one()?
        {
            count += 1;
            sum += message.sum();
        }
        Ok((count, sum))
    }

    fn block(&mut self) -> Result<M> {
        crate::station::receive(self)
    }
}
