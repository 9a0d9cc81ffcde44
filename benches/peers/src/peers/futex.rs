//! A word and a futex: the least that it takes to wake a process with a message.
#![allow(unsafe_code, reason = "a mapping and the futex call")]

use std::marker::PhantomData;
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};

use super::raw::Mapping;
use crate::Result;
use crate::link::{Peer, Place, Rx, Tx};
use crate::payload::Payload;

pub(crate) enum Futex {}

impl<M: Payload> Peer<M> for Futex {
    const NAME: &'static str = "raw futex";
    const STREAMS: bool = false;

    type Tx = Word<M>;
    type Rx = Word<M>;

    fn sender(place: &Place) -> Result<Self::Tx> {
        Word::open(place)
    }

    fn receiver(place: &Place) -> Result<Self::Rx> {
        Word::open(place)
    }
}

/// Where the message lies: on another line than the word.
const MESSAGE: usize = 128;

pub(crate) struct Word<M> {
    seen: u32,
    mapping: Mapping,
    messages: PhantomData<M>,
}

impl<M: Payload> Word<M> {
    fn open(place: &Place) -> Result<Self> {
        Ok(Word { seen: 0, mapping: Mapping::open(place, 4096)?, messages: PhantomData })
    }

    fn word(&self) -> &AtomicU32 {
        // SAFETY: the first word of the mapping, which lives as long as this.
        unsafe { AtomicU32::from_ptr(self.mapping.base.cast()) }
    }

    fn message(&self) -> *mut M {
        self.mapping.base.wrapping_add(MESSAGE).cast()
    }

    /// A futex call on the word, without a timeout.
    fn futex(&self, operation: libc::c_int, value: u32) {
        let nothing = ptr::null::<libc::timespec>();
        // SAFETY: a word that lives as long as this.
        unsafe { libc::syscall(libc::SYS_futex, self.word().as_ptr(), operation, value, nothing) };
    }
}

impl<M: Payload> Tx<M> for Word<M> {
    fn send_one(&mut self, message: M) -> Result<bool> {
        // SAFETY: room for a message; the other side has taken the one before, as each is sent long after it.
        unsafe { self.message().write(message) };
        self.seen += 1;
        self.word().store(self.seen, Ordering::Release);
        self.futex(libc::FUTEX_WAKE, 1);
        Ok(true)
    }

    fn send(&mut self, _: &[M]) -> Result<usize> {
        Err("a word holds one message".into())
    }
}

impl<M: Payload> Rx<M> for Word<M> {
    fn receive_one(&mut self) -> Result<Option<M>> {
        if self.word().load(Ordering::Acquire) == self.seen {
            return Ok(None);
        }
        self.seen += 1;
        // SAFETY: a message that was published with the word.
        Ok(Some(unsafe { self.message().read() }))
    }

    fn receive(&mut self, _: &mut [M]) -> Result<(usize, u64)> {
        Err("a word holds one message".into())
    }

    fn block(&mut self) -> Result<M> {
        loop {
            if let Some(message) = self.receive_one()? {
                return Ok(message);
            }
            self.futex(libc::FUTEX_WAIT, self.seen);
        }
    }
}
