//! ringfire, lossless: a ring of one producer and many consumers, with a sequence number in each slot.

use std::path::PathBuf;

use ringfire::{FlowControl, FutexWait, RingConsumer, RingProducer, RingProducerBuilder};

use crate::Result;
use crate::link::{Peer, Place, Rx, Tx, taken};
use crate::payload::{Payload, messages, words, words_mut};

pub(crate) enum Ringfire {}

impl<M: Payload> Peer<M> for Ringfire {
    const NAME: &'static str = "ringfire";

    type Tx = RingProducer<M::Words>;
    type Rx = Receiver<M>;

    fn sender(place: &Place) -> Result<Self::Tx> {
        let builder = RingProducerBuilder::new(place.capacity as u64);
        Ok(builder.flow_control(FlowControl::LosslessBackpressure).build(place.file("ring"))?)
    }

    fn receiver(place: &Place) -> Result<Self::Rx> {
        Ok(Receiver { path: place.file("ring"), consumer: None })
    }
}

impl<M: Payload> Tx<M> for RingProducer<M::Words> {
    #[inline]
    fn send_one(&mut self, message: M) -> Result<bool> {
        self.push(&words(&[message])[0]);
        Ok(true)
    }

    #[inline]
    fn send(&mut self, batch: &[M]) -> Result<usize> {
        self.push_batch(words(batch));
        Ok(batch.len())
    }
}

/// Attaches when the producer is there, whose file it is.
pub(crate) struct Receiver<M: Payload> {
    path: PathBuf,
    consumer: Option<RingConsumer<M::Words>>,
}

impl<M: Payload> Receiver<M> {
    #[inline]
    fn consumer(&mut self) -> Result<&mut RingConsumer<M::Words>> {
        Ok(self.consumer.as_mut().ok_or("ringfire was not attached")?)
    }
}

impl<M: Payload> Rx<M> for Receiver<M> {
    fn ready(&mut self) -> Result {
        self.consumer = Some(RingConsumer::attach(&self.path)?);
        Ok(())
    }

    #[inline]
    fn receive_one(&mut self) -> Result<Option<M>> {
        Ok(self.consumer()?.try_recv().map(|word| messages::<M>(&[word])[0]))
    }

    #[inline]
    fn receive(&mut self, buffer: &mut [M]) -> Result<(usize, u64)> {
        let count = self.consumer()?.recv_batch(words_mut(buffer));
        Ok(taken(&buffer[..count]))
    }

    fn block(&mut self) -> Result<M> {
        let word = self.consumer()?.recv_blocking(&mut FutexWait::default());
        Ok(messages::<M>(&[word])[0])
    }
}
