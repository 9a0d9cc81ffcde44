//! The other side of every measurement: does what it is told, on the second CPU.

use std::str::FromStr;
use std::time::Duration;

use crate::Result;
use crate::contender::MAX_BATCH;
use crate::cpu;
use crate::link::{Peer, Place, Rx, Tx};
use crate::payload::Payload;

/// What a station is told, one line each.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Order {
    /// Send so many messages in batches.
    Produce { batch: usize, messages: u64 },
    /// Send back so many messages, one by one.
    Echo { messages: u64 },
    /// Send so many messages with the time in them, each this long after the one before.
    Ring { messages: u64, gap: Duration },
}

impl std::fmt::Display for Order {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Order::Produce { batch, messages } => write!(f, "produce {batch} {messages}"),
            Order::Echo { messages } => write!(f, "echo 1 {messages}"),
            Order::Ring { messages, gap } => write!(f, "ring {} {messages}", gap.as_micros()),
        }
    }
}

impl FromStr for Order {
    type Err = Box<dyn std::error::Error>;

    fn from_str(line: &str) -> Result<Self> {
        let words: Vec<&str> = line.split(' ').collect();
        let [kind, number, messages] = words[..] else { return Err("an order has three words".into()) };
        let messages = messages.parse()?;
        match kind {
            "produce" => Ok(Order::Produce { batch: number.parse()?, messages }),
            "echo" => Ok(Order::Echo { messages }),
            "ring" => Ok(Order::Ring { messages, gap: Duration::from_micros(number.parse()?) }),
            _ => Err(format!("no order is called {kind}").into()),
        }
    }
}

/// Something that takes orders.
pub(crate) trait Station {
    fn obey(&mut self, order: Order) -> Result;
}

/// The other end of one peer's links: one to send by, and one to answer.
pub(crate) struct Ends<M: Payload, P: Peer<M>> {
    tx: P::Tx,
    rx: P::Rx,
}

impl<M: Payload, P: Peer<M>> Ends<M, P> {
    pub(crate) fn open(there: &Place, back: &Place) -> Result<Self> {
        let (mut tx, mut rx): (P::Tx, P::Rx) = (P::sender(there)?, P::receiver(back)?);
        tx.ready()?;
        rx.ready()?;
        Ok(Ends { tx, rx })
    }
}

impl<M: Payload, P: Peer<M>> Station for Ends<M, P> {
    fn obey(&mut self, order: Order) -> Result {
        match order {
            Order::Produce { batch: 1, messages } => produce(&mut self.tx, messages),
            Order::Produce { batch, messages } => produce_batches(&mut self.tx, batch, messages),
            Order::Echo { messages } => {
                for _ in 0..messages {
                    let message = receive(&mut self.rx)?;
                    send(&mut self.tx, message)?;
                }
                Ok(())
            }
            Order::Ring { messages, gap } => {
                for _ in 0..messages {
                    // Without sleeping: a CPU that has to wake up first would add its own time.
                    let until = cpu::now() + gap.as_nanos() as u64;
                    while cpu::now() < until {
                        std::hint::spin_loop();
                    }
                    self.tx.send_waking(M::new(cpu::now()))?;
                }
                Ok(())
            }
        }
    }
}

// Into the loop of every peer: what is measured is what it inlines itself.
#[inline(always)]
pub(crate) fn send<M: Payload>(tx: &mut impl Tx<M>, message: M) -> Result {
    while !tx.send_one(message)? {
        std::hint::spin_loop();
    }
    Ok(())
}

#[inline(always)]
pub(crate) fn receive<M: Payload>(rx: &mut impl Rx<M>) -> Result<M> {
    loop {
        if let Some(message) = rx.receive_one()? {
            return Ok(message);
        }
        std::hint::spin_loop();
    }
}

#[inline(never)]
fn produce<M: Payload>(tx: &mut impl Tx<M>, messages: u64) -> Result {
    for id in 0..messages {
        send(tx, M::new(id))?;
    }
    Ok(())
}

#[inline(never)]
fn produce_batches<M: Payload>(tx: &mut impl Tx<M>, batch: usize, messages: u64) -> Result {
    let mut buffer = [M::new(0); MAX_BATCH];
    let mut id = 0;
    while id < messages {
        let buffer = &mut buffer[..batch.min((messages - id) as usize)];
        for (message, id) in buffer.iter_mut().zip(id..) {
            message.set_id(id);
        }
        id += buffer.len() as u64;
        let mut rest = &*buffer;
        while !rest.is_empty() {
            match tx.send(rest)? {
                0 => std::hint::spin_loop(),
                count => rest = &rest[count..],
            }
        }
    }
    Ok(())
}
