//! rtrb, between threads: a ring of one producer and one consumer in private memory.

use rtrb::{Consumer, Producer, RingBuffer};

use crate::Result;
use crate::link::{Peer, Place, Rx, Tx, taken};
use crate::payload::Payload;

pub(crate) enum Rtrb {}

impl<M: Payload> Peer<M> for Rtrb {
    const NAME: &'static str = "rtrb (threads)";
    const THREAD: bool = true;
    const BLOCKS: bool = false;

    type Tx = Producer<M>;
    type Rx = Consumer<M>;

    fn sender(place: &Place) -> Result<Self::Tx> {
        if !place.first {
            return place.take();
        }
        let (tx, rx) = RingBuffer::<M>::new(place.capacity);
        place.leave(rx);
        Ok(tx)
    }

    fn receiver(place: &Place) -> Result<Self::Rx> {
        if !place.first {
            return place.take();
        }
        let (tx, rx) = RingBuffer::<M>::new(place.capacity);
        place.leave(tx);
        Ok(rx)
    }
}

impl<M: Payload> Tx<M> for Producer<M> {
    #[inline]
    fn send_one(&mut self, message: M) -> Result<bool> {
        Ok(self.push(message).is_ok())
    }

    #[inline]
    fn send(&mut self, batch: &[M]) -> Result<usize> {
        Ok(self.push_partial_slice(batch).0.len())
    }
}

impl<M: Payload> Rx<M> for Consumer<M> {
    #[inline]
    fn receive_one(&mut self) -> Result<Option<M>> {
        Ok(self.pop().ok())
    }

    #[inline]
    fn receive(&mut self, buffer: &mut [M]) -> Result<(usize, u64)> {
        Ok(taken(self.pop_partial_slice(buffer).0))
    }

    fn block(&mut self) -> Result<M> {
        crate::station::receive(self)
    }
}
