//! crossbeam's `ArrayQueue`, between threads: many producers and many consumers, a message at a time.

use std::sync::Arc;

use crossbeam_queue::ArrayQueue;

use crate::Result;
use crate::link::{Peer, Place, Rx, Tx};
use crate::payload::Payload;

pub(crate) enum Crossbeam {}

impl<M: Payload> Peer<M> for Crossbeam {
    const NAME: &'static str = "crossbeam ArrayQueue (threads)";
    const THREAD: bool = true;
    const BLOCKS: bool = false;

    type Tx = Queue<M>;
    type Rx = Queue<M>;

    fn sender(place: &Place) -> Result<Self::Tx> {
        open(place)
    }

    fn receiver(place: &Place) -> Result<Self::Rx> {
        open(place)
    }
}

fn open<M: Payload>(place: &Place) -> Result<Queue<M>> {
    if !place.first {
        return place.take().map(Queue);
    }
    let queue = Arc::new(ArrayQueue::new(place.capacity));
    place.leave(Arc::clone(&queue));
    Ok(Queue(queue))
}

pub(crate) struct Queue<M>(Arc<ArrayQueue<M>>);

impl<M: Payload> Tx<M> for Queue<M> {
    #[inline]
    fn send_one(&mut self, message: M) -> Result<bool> {
        Ok(self.0.push(message).is_ok())
    }

    #[inline]
    fn send(&mut self, batch: &[M]) -> Result<usize> {
        Ok(batch.iter().take_while(|message| self.0.push(**message).is_ok()).count())
    }
}

impl<M: Payload> Rx<M> for Queue<M> {
    #[inline]
    fn receive_one(&mut self) -> Result<Option<M>> {
        Ok(self.0.pop())
    }

    #[inline]
    fn receive(&mut self, buffer: &mut [M]) -> Result<(usize, u64)> {
        let (mut count, mut sum) = (0, 0);
        while count < buffer.len()
            && let Some(message) = self.0.pop()
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
