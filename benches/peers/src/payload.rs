//! The messages: the same bytes for every peer, in the types that they ask for.
#![allow(unsafe_code, reason = "a slice of one type seen as a slice of another of the same bytes")]

use std::fmt::Debug;

use iceoryx2::prelude::ZeroCopySend;
use ringgen::RingMessage;
use zerocopy::{AsBytes, FromBytes};

/// A message of words, one of which in each cache line tells which message it is.
pub(crate) trait Payload: ringgen::Message + Debug {
    /// The same bytes as a plain array, for peers that derive their own traits.
    type Words: Copy + Debug + Send + Sync + ZeroCopySend + AsBytes + FromBytes + 'static;

    fn new(id: u64) -> Self;

    fn set_id(&mut self, id: u64);

    fn id(&self) -> u64;

    /// The sum of the words that tell which message it is; [`checksum`] says what it is for many.
    fn sum(&self) -> u64;
}

/// The sum of what [`Payload::sum`] gives for the messages from 0 to `messages`.
pub(crate) fn checksum<M: Payload>(messages: u64) -> u64 {
    size_of::<M>().div_ceil(64) as u64 * (messages * messages.saturating_sub(1) / 2)
}

macro_rules! payload {
    ($name:ident, $words:literal) => {
        #[derive(RingMessage, Clone, Copy, Debug)]
        #[repr(C)]
        pub(crate) struct $name {
            words: [u64; $words],
        }

        impl Payload for $name {
            type Words = [u64; $words];

            #[inline]
            fn new(id: u64) -> Self {
                let mut message = $name { words: [100; $words] };
                message.set_id(id);
                message
            }

            #[inline]
            fn set_id(&mut self, id: u64) {
                self.words.iter_mut().step_by(8).for_each(|word| *word = id);
            }

            #[inline]
            fn id(&self) -> u64 {
                self.words[0]
            }

            #[inline]
            fn sum(&self) -> u64 {
                self.words.iter().step_by(8).sum()
            }
        }
    };
}

payload!(Small, 4);
payload!(Large, 32);

/// The messages as plain arrays.
#[inline]
pub(crate) fn words<M: Payload>(messages: &[M]) -> &[M::Words] {
    const { assert!(size_of::<M>() == size_of::<M::Words>() && align_of::<M>() == align_of::<M::Words>()) };
    // SAFETY: both are the same words, as asserted, and any bytes are values of both.
    unsafe { std::slice::from_raw_parts(messages.as_ptr().cast(), messages.len()) }
}

/// As [`words`], to be written.
#[inline]
pub(crate) fn words_mut<M: Payload>(messages: &mut [M]) -> &mut [M::Words] {
    const { assert!(size_of::<M>() == size_of::<M::Words>() && align_of::<M>() == align_of::<M::Words>()) };
    // SAFETY: as above.
    unsafe { std::slice::from_raw_parts_mut(messages.as_mut_ptr().cast(), messages.len()) }
}

/// Plain arrays as messages.
#[inline]
pub(crate) fn messages<M: Payload>(words: &[M::Words]) -> &[M] {
    const { assert!(size_of::<M>() == size_of::<M::Words>() && align_of::<M>() == align_of::<M::Words>()) };
    // SAFETY: as above.
    unsafe { std::slice::from_raw_parts(words.as_ptr().cast(), words.len()) }
}
