//! Both sides of a ring in two threads of one process, over one mapping: what ThreadSanitizer can see.
//!
//! Started with a directory for rings. It says at its end what it did; a data race ends it before that.

mod message;

use std::error::Error;
use std::path::Path;
use std::thread;
use std::time::Duration;

use message::Bytes;
use ringgen_runtime::{Consumer, Producer, Ring, RingOptions, Wait};

type Result<T = ()> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Longer than anything but a hang.
const PATIENCE: Option<Duration> = Some(Duration::from_secs(60));
const COUNT: u64 = 2_000;
const BATCH: usize = 13;

fn main() -> Result {
    let dir = std::env::args().nth(1).ok_or("usage: threads DIR")?;
    let dir = Path::new(&dir);
    // The standard library is built without ThreadSanitizer, which so does not see how its `OnceLock` orders threads:
    // what waits for the first time, or maps, does so before there are others.
    let first: Ring<Bytes<1>> = RingOptions::new().dir(dir).capacity(1).create("first")?;
    let _ = first.consumer()?.pop_timeout(Duration::from_millis(1));
    for (wait, capacity) in [(Wait::Hybrid, 1), (Wait::Hybrid, 4), (Wait::Yield, 8), (Wait::Hybrid, 64)] {
        let options = RingOptions::new().dir(dir).capacity(capacity).wait(wait);
        // Chunks of 16 bytes, of one byte, and by a copy of runs.
        stream::<32>(&options)?;
        stream::<13>(&options)?;
        stream::<520>(&options)?;
    }
    println!("every message came, whole and in its order");
    Ok(())
}

fn stream<const N: usize>(options: &RingOptions) -> Result {
    let ring: Ring<Bytes<N>> = options.create("sanitized")?;
    let (producer, mut consumer) = (ring.producer()?, ring.consumer()?);
    let pushed = thread::scope(|scope| -> Result<u64> {
        let pushing = scope.spawn(|| {
            let producer = push_all(producer, COUNT)?;
            // A successor goes on, and then the stream ends.
            producer.detach();
            push_all(ring.producer()?, 2 * COUNT)?.close();
            Ok::<_, Box<dyn Error + Send + Sync>>(2 * COUNT)
        });
        let taken = pop_all(&mut consumer)?;
        let pushed = pushing.join().map_err(|_| "the producing thread panicked")??;
        if taken == pushed { Ok(taken) } else { Err(format!("{taken} messages came of {pushed}").into()) }
    })?;
    ring.unlink()?;
    println!("{pushed} messages of {N} bytes through {} slots", ring.capacity());
    Ok(())
}

/// Pushes messages by every verb in turn until there are `count`.
fn push_all<const N: usize>(mut producer: Producer<Bytes<N>>, count: u64) -> Result<Producer<Bytes<N>>> {
    while producer.position() < count {
        let from = producer.position();
        let batch = (count - from).min(BATCH as u64);
        match from % 5 {
            0 | 1 => producer.push(Bytes::at(from))?,
            2 => {
                if producer.try_push(Bytes::at(from)).is_err() {
                    producer.wait_for_room(1, PATIENCE)?;
                }
            }
            3 => {
                let messages: Vec<_> = (from..from + batch).map(Bytes::at).collect();
                producer.wait_for_room(messages.len(), PATIENCE)?;
                producer.try_push_many(&messages)?;
            }
            _ => {
                producer.wait_for_room(1, PATIENCE)?;
                let Some(mut claim) = producer.try_claim(batch as usize)? else { return Err("no room".into()) };
                let count = claim.len();
                for index in 0..count {
                    claim.write(index, Bytes::at(from + index as u64));
                }
                claim.commit(count)?;
            }
        }
    }
    Ok(producer)
}

/// Takes messages by every verb in turn until the stream ends; how many.
fn pop_all<const N: usize>(consumer: &mut Consumer<Bytes<N>>) -> Result<u64> {
    let mut next = 0;
    let mut check = |message: Bytes<N>| -> Result {
        if message != Bytes::at(next) {
            return Err(format!("another message came in the place of {next}").into());
        }
        next += 1;
        Ok(())
    };
    let mut turn = 0;
    while consumer.wait_for_message(PATIENCE)? {
        turn += 1;
        match turn % 4 {
            0 => consumer.pop()?.into_iter().try_for_each(&mut check)?,
            1 => {
                let mut batch = vec![Bytes::at(0); BATCH];
                let count = consumer.try_pop_many(&mut batch)?;
                batch[..count].iter().copied().try_for_each(&mut check)?;
            }
            2 => {
                let mut batch = Vec::new();
                consumer.try_pop_many_into(&mut batch, BATCH)?;
                batch.into_iter().try_for_each(&mut check)?;
            }
            _ => {
                let Some(peek) = consumer.try_peek(BATCH)? else { return Err("no message".into()) };
                peek.iter().try_for_each(&mut check)?;
                let count = peek.len();
                peek.release(count)?;
            }
        }
    }
    Ok(next)
}
