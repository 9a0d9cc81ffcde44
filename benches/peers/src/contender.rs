//! This side of every measurement: asks the station for messages, takes them, and reads the clock.

use std::hint::black_box;
use std::time::Duration;

use crate::Result;
use crate::cpu;
use crate::link::{Peer, Place, Rx, Tx};
use crate::payload::{Payload, checksum};
use crate::session::Orders;
use crate::station::{Order, receive, send};

/// The most messages that are sent at once.
pub(crate) const MAX_BATCH: usize = 256;

/// A peer that can be measured. All times are in nanoseconds.
pub(crate) trait Contender {
    fn name(&self) -> &'static str;

    /// Whether its receiver can sleep.
    fn blocks(&self) -> bool;

    /// Whether its throughput means anything.
    fn streams(&self) -> bool;

    /// What a message costs, from the first one taken to the last.
    fn throughput(&mut self, batch: usize, messages: u64) -> Result<f64>;

    /// Half of what it takes to send a message and have it back.
    fn half_round_trip(&mut self, _messages: u64) -> Result<f64> {
        Err(format!("{} has no way back", self.name()).into())
    }

    /// From the moment before a message is sent to the moment that a receiver has it who has slept for `gap`: the median
    /// of so many.
    fn wake(&mut self, _messages: u64, _gap: Duration) -> Result<f64> {
        Err(format!("{} wakes nobody", self.name()).into())
    }

    /// Which share of its CPU a receiver uses that waits so long for a message.
    fn idle(&mut self, _wait: Duration) -> Result<f64> {
        Err(format!("{} does not wait", self.name()).into())
    }
}

/// This end of one peer's links, and the way to tell its station.
pub(crate) struct Here<M: Payload, P: Peer<M>> {
    rx: P::Rx,
    tx: P::Tx,
    orders: Orders,
}

impl<M: Payload, P: Peer<M>> Here<M, P> {
    /// Opens what the station attaches to later.
    pub(crate) fn open(there: &Place, back: &Place) -> Result<(P::Rx, P::Tx)> {
        Ok((P::receiver(there)?, P::sender(back)?))
    }

    /// Takes over both ends when the station has attached to them.
    pub(crate) fn new((mut rx, mut tx): (P::Rx, P::Tx), orders: Orders) -> Result<Self> {
        rx.ready()?;
        tx.ready()?;
        Ok(Here { rx, tx, orders })
    }
}

impl<M: Payload, P: Peer<M>> Contender for Here<M, P> {
    fn name(&self) -> &'static str {
        P::NAME
    }

    fn blocks(&self) -> bool {
        P::BLOCKS
    }

    fn streams(&self) -> bool {
        P::STREAMS
    }

    fn throughput(&mut self, batch: usize, messages: u64) -> Result<f64> {
        self.orders.give(Order::Produce { batch, messages })?;
        let Taken { first, start, end, sum } = match batch {
            1 => consume(&mut self.rx, messages)?,
            _ => consume_batches(&mut self.rx, batch, messages)?,
        };
        if sum != checksum::<M>(messages) {
            return Err(format!("{} lost or changed messages", P::NAME).into());
        }
        Ok((end - start) as f64 / (messages - first) as f64)
    }

    fn half_round_trip(&mut self, messages: u64) -> Result<f64> {
        self.orders.give(Order::Echo { messages })?;
        let mut start = 0;
        for id in 0..messages {
            send(&mut self.tx, M::new(id))?;
            if receive(&mut self.rx)?.id() != id {
                return Err(format!("{} sent back another message", P::NAME).into());
            }
            // The first one waits until the station has its order.
            if id == 0 {
                start = cpu::now();
            }
        }
        Ok((cpu::now() - start) as f64 / (2 * (messages - 1)) as f64)
    }

    fn wake(&mut self, messages: u64, gap: Duration) -> Result<f64> {
        self.orders.give(Order::Ring { messages, gap })?;
        let mut times: Vec<u64> = Vec::with_capacity(messages as usize);
        for _ in 0..messages {
            let sent = self.rx.block()?.id();
            times.push(cpu::now() - sent);
        }
        times.sort_unstable();
        Ok(times[times.len() / 2] as f64)
    }

    fn idle(&mut self, wait: Duration) -> Result<f64> {
        self.orders.give(Order::Ring { messages: 1, gap: wait })?;
        let (used, start) = (cpu::used(), cpu::now());
        self.rx.block()?;
        let (used, waited) = (cpu::used() - used, cpu::now() - start);
        Ok(used.as_nanos() as f64 / waited as f64)
    }
}

/// What came of an order.
struct Taken {
    /// How many messages were there before the clock started: the wait for them is the station's start.
    first: u64,
    start: u64,
    end: u64,
    sum: u64,
}

#[inline(never)]
fn consume<M: Payload>(rx: &mut impl Rx<M>, messages: u64) -> Result<Taken> {
    let mut sum = receive(rx)?.sum();
    let start = cpu::now();
    for _ in 1..messages {
        sum += black_box(receive(rx)?).sum();
    }
    Ok(Taken { first: 1, start, end: cpu::now(), sum })
}

#[inline(never)]
fn consume_batches<M: Payload>(rx: &mut impl Rx<M>, batch: usize, messages: u64) -> Result<Taken> {
    let mut buffer = [M::new(0); MAX_BATCH];
    let (mut first, mut start, mut taken, mut sum) = (0, 0, 0, 0);
    while taken < messages {
        let limit = batch.min((messages - taken) as usize);
        let (count, part) = rx.receive(black_box(&mut buffer[..limit]))?;
        if count == 0 {
            std::hint::spin_loop();
            continue;
        }
        if taken == 0 {
            (first, start) = (count as u64, cpu::now());
        }
        taken += count as u64;
        sum += part;
    }
    Ok(Taken { first, start, end: cpu::now(), sum })
}
