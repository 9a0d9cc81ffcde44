//! Messages and runs of every size, from and to memory of just their size: what AddressSanitizer can see.
//!
//! Started with a directory for rings. Behind the slots, where the mapping goes on to the end of its page, all is
//! poisoned, so that a run that is too long on the shared side is found as well as one on the private side.
#![allow(unsafe_code)] // AddressSanitizer's interface, which is C.

mod message;

use std::error::Error;
use std::ffi::c_void;
use std::path::Path;

use message::Bytes;
use ringgen_runtime::{Consumer, Producer, Ring, RingOptions, Role};

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

unsafe extern "C" {
    fn __asan_poison_memory_region(start: *const c_void, size: usize);
    fn __asan_unpoison_memory_region(start: *const c_void, size: usize);
}

/// A ring's mapping, of which nobody may use more than blocks and slots.
struct Poisoned<const N: usize> {
    producer: Producer<Bytes<N>>,
    consumer: Consumer<Bytes<N>>,
    base: *const u8,
    length: usize,
}

impl<const N: usize> Poisoned<N> {
    fn new(ring: &Ring<Bytes<N>>) -> Result<Self> {
        let producer = ring.producer()?;
        // All roles of this process share one mapping, which the producer keeps.
        let role = ring.raw().claim(Role::Consumer)?;
        let (base, geometry) = (role.base().cast_const(), *role.geometry());
        drop(role);
        let consumer = ring.consumer()?;
        let length = geometry.file_length as usize;
        let slots_end = (geometry.slots + geometry.capacity * u64::from(geometry.stride)) as usize;
        for (from, to) in [(0, geometry.consumer_block as usize), (slots_end, length)] {
            // SAFETY: inside of the mapping, whose header and end nobody uses once roles are claimed.
            unsafe { __asan_poison_memory_region(base.wrapping_add(from).cast(), to - from) };
        }
        Ok(Poisoned { producer, consumer, base, length })
    }
}

impl<const N: usize> Drop for Poisoned<N> {
    fn drop(&mut self) {
        // Whatever is mapped here later is not to blame.
        // SAFETY: the whole mapping, which both ends still keep.
        unsafe { __asan_unpoison_memory_region(self.base.cast(), self.length) };
    }
}

fn main() -> Result {
    let dir = std::env::args().nth(1).ok_or("usage: bounds DIR")?;
    let dir = Path::new(&dir);
    for capacity in [1, 2, 8, 32] {
        let options = RingOptions::new().dir(dir).capacity(capacity);
        // Every kind of chunk, single and several; where runs begin to be copied in another way; longer than chunked.
        every_run::<1>(&options)?;
        every_run::<2>(&options)?;
        every_run::<3>(&options)?;
        every_run::<4>(&options)?;
        every_run::<8>(&options)?;
        every_run::<12>(&options)?;
        every_run::<16>(&options)?;
        every_run::<24>(&options)?;
        every_run::<32>(&options)?;
        every_run::<50>(&options)?;
        every_run::<130>(&options)?;
        every_run::<512>(&options)?;
        every_run::<513>(&options)?;
        every_run::<528>(&options)?;
    }
    println!("nothing was read or written outside of its place");
    Ok(())
}

/// From every position, a run of every length, by every verb.
fn every_run<const N: usize>(options: &RingOptions) -> Result {
    let ring: Ring<Bytes<N>> = options.create("sanitized")?;
    let capacity = ring.capacity();
    let mut poisoned = Poisoned::new(&ring)?;
    let Poisoned { producer, consumer, .. } = &mut poisoned;
    let mut verb = 0;
    for _ in 0..capacity {
        for length in 1..=capacity {
            verb += 1;
            let from = producer.position();
            // A boxed slice has nothing behind its last element.
            let messages: Box<[_]> = (from..from + length).map(Bytes::at).collect();
            match verb % 3 {
                0 => assert_eq!(producer.try_push_many(&messages)?, messages.len()),
                1 => messages.iter().try_for_each(|message| producer.push(*message))?,
                _ => {
                    while producer.position() < from + length {
                        let position = producer.position();
                        let mut claim = producer.claim((from + length - position) as usize)?;
                        let count = claim.len();
                        for index in 0..count {
                            claim.write(index, Bytes::at(position + index as u64));
                        }
                        claim.commit(count)?;
                    }
                }
            }
            match verb % 4 {
                0 => {
                    let mut into: Box<[_]> = vec![Bytes::at(0); length as usize].into();
                    assert_eq!(consumer.try_pop_many(&mut into)?, into.len());
                    assert_eq!(into, messages);
                }
                1 => {
                    let mut into = Vec::new();
                    assert_eq!(consumer.try_pop_many_into(&mut into, length as usize)?, messages.len());
                    assert_eq!(*into, *messages);
                }
                2 => messages.iter().try_for_each(|message| -> Result {
                    assert_eq!(consumer.pop()?.as_ref(), Some(message));
                    Ok(())
                })?,
                _ => {
                    while consumer.position() < from + length {
                        let left = (from + length - consumer.position()) as usize;
                        let peek = consumer.peek(left)?.ok_or("no message")?;
                        for (position, message) in (peek.position()..).zip(peek.iter()) {
                            assert_eq!(message, Bytes::at(position));
                        }
                        let count = peek.len();
                        peek.release(count)?;
                    }
                }
            }
        }
        // Every length has started here; now from the next position.
        producer.push(Bytes::at(producer.position()))?;
        consumer.pop()?;
    }
    let mut one: Box<[u8]> = vec![0; N].into();
    producer.push(Bytes::at(0))?;
    assert!(ring.raw().observer().read(consumer.position(), &mut one));
    drop(poisoned);
    ring.unlink()?;
    Ok(())
}
