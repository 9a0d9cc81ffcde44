//! shmem-ipc: a ring in a sealed memory file, whose shared word counts the messages that are in it.
//!
//! Streams by polling, without its signals, which is the fastest it can do; sleeps on its eventfds where sleeping is what
//! is measured.
#![allow(unsafe_code, reason = "it hands out pointers to its slots")]

use std::ptr;

use shmem_ipc::sharedring::{Receiver, Sender};

use crate::Result;
use crate::link::{Peer, Place, Rx, Tx};
use crate::payload::{Payload, messages, words};

pub(crate) enum ShmemIpc {}

impl<M: Payload> Peer<M> for ShmemIpc {
    const NAME: &'static str = "shmem-ipc";

    type Tx = Polling<Sender<M::Words>>;
    type Rx = Polling<Receiver<M::Words>>;

    fn sender(place: &Place) -> Result<Self::Tx> {
        if !place.first {
            let (memory, empty, full) = descriptors(place)?;
            return Ok(Polling(Sender::open(place.capacity, memory, empty, full)?));
        }
        let sender = Sender::new(place.capacity)?;
        leave(place, sender.memfd().as_file(), sender.empty_signal(), sender.full_signal())?;
        Ok(Polling(sender))
    }

    fn receiver(place: &Place) -> Result<Self::Rx> {
        if !place.first {
            let (memory, empty, full) = descriptors(place)?;
            return Ok(Polling(Receiver::open(place.capacity, memory, empty, full)?));
        }
        let receiver = Receiver::new(place.capacity)?;
        leave(place, receiver.memfd().as_file(), receiver.empty_signal(), receiver.full_signal())?;
        Ok(Polling(receiver))
    }
}

fn leave(place: &Place, memory: &std::fs::File, empty: &std::fs::File, full: &std::fs::File) -> Result {
    place.leave_descriptor("memory", memory)?;
    place.leave_descriptor("empty", empty)?;
    place.leave_descriptor("full", full)
}

fn descriptors(place: &Place) -> Result<(std::fs::File, std::fs::File, std::fs::File)> {
    Ok((place.descriptor("memory")?, place.descriptor("empty")?, place.descriptor("full")?))
}

pub(crate) struct Polling<T>(T);

impl<M: Payload> Tx<M> for Polling<Sender<M::Words>> {
    #[inline]
    fn send_one(&mut self, message: M) -> Result<bool> {
        Ok(self.send(&[message])? == 1)
    }

    #[inline]
    fn send(&mut self, batch: &[M]) -> Result<usize> {
        let batch = words(batch);
        let mut sent = 0;
        self.0.sender_mut().send(|slots, free| {
            sent = batch.len().min(free);
            // SAFETY: `free` slots side by side, and as many messages at least.
            unsafe { ptr::copy_nonoverlapping(batch.as_ptr(), slots, sent) };
            sent
        })?;
        Ok(sent)
    }

    fn send_waking(&mut self, message: M) -> Result {
        let message = words(&[message])[0];
        self.0.send_raw(|slots, _| {
            // SAFETY: one free slot at least.
            unsafe { slots.write(message) };
            1
        })?;
        Ok(())
    }
}

impl<M: Payload> Rx<M> for Polling<Receiver<M::Words>> {
    #[inline]
    fn receive_one(&mut self) -> Result<Option<M>> {
        let mut taken = None;
        self.0.receiver_mut().recv(|slots, _| {
            // SAFETY: one published slot at least.
            taken = Some(unsafe { slots.cast::<M>().read() });
            1
        })?;
        Ok(taken)
    }

    #[inline]
    fn receive(&mut self, buffer: &mut [M]) -> Result<(usize, u64)> {
        let mut taken = (0, 0);
        self.0.receiver_mut().recv(|slots, pending| {
            let count = buffer.len().min(pending);
            // SAFETY: `count` published slots, which the other side leaves alone until they are given back.
            let slots = unsafe { std::slice::from_raw_parts(slots, count) };
            taken = crate::link::taken(messages::<M>(slots));
            count
        })?;
        Ok(taken)
    }

    fn block(&mut self) -> Result<M> {
        self.0.block_until_readable()?;
        crate::station::receive(self)
    }
}
