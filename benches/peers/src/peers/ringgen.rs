//! This ring as it ships: every check on, and whoever publishes looks whether the other side sleeps.

use std::marker::PhantomData;

use ringgen::{Consumer, Producer, Ring, RingOptions, Wait};

use crate::Result;
use crate::link::{Peer, Place, Rx, Tx, taken};
use crate::payload::Payload;

/// How both sides wait, and how batches are read.
pub(crate) trait Style: 'static {
    const NAME: &'static str;
    const WAIT: Wait;
    /// Whether batches are read where they lie instead of being copied out.
    const IN_PLACE: bool = false;
}

macro_rules! style {
    ($style:ident, $name:literal, $wait:ident, $in_place:literal) => {
        pub(crate) enum $style {}

        impl Style for $style {
            const NAME: &'static str = $name;
            const WAIT: Wait = Wait::$wait;
            const IN_PLACE: bool = $in_place;
        }
    };
}

style!(Hybrid, "ringgen", Hybrid, false);
style!(InPlace, "ringgen, read in place", Hybrid, true);
style!(Spin, "ringgen, spinning", Spin, false);
style!(Yield, "ringgen, yielding", Yield, false);

pub(crate) struct Ringgen<S>(PhantomData<S>);

impl<M: Payload, S: Style> Peer<M> for Ringgen<S> {
    const NAME: &'static str = S::NAME;
    // One that spins can wait, but never sleeps: it is asked all the same, to have what it costs.
    type Tx = RingTx<M, S>;
    type Rx = RingRx<M, S>;

    fn sender(place: &Place) -> Result<Self::Tx> {
        Ok(RingTx(open::<M, S>(place)?.producer()?, PhantomData))
    }

    fn receiver(place: &Place) -> Result<Self::Rx> {
        Ok(RingRx(open::<M, S>(place)?.consumer()?, PhantomData))
    }
}

fn open<M: Payload, S: Style>(place: &Place) -> Result<Ring<M>> {
    let options = RingOptions::new().capacity(place.capacity as u64).wait(S::WAIT);
    let path = place.file("ring");
    Ok(if place.first { options.create(path)? } else { options.attach(path)? })
}

pub(crate) struct RingTx<M: Payload, S>(Producer<M>, PhantomData<S>);

impl<M: Payload, S: Style> Tx<M> for RingTx<M, S> {
    #[inline]
    fn send_one(&mut self, message: M) -> Result<bool> {
        self.0.push(message)?;
        Ok(true)
    }

    #[inline]
    fn send(&mut self, batch: &[M]) -> Result<usize> {
        self.0.push_many(batch)?;
        Ok(batch.len())
    }
}

pub(crate) struct RingRx<M: Payload, S>(Consumer<M>, PhantomData<S>);

impl<M: Payload, S: Style> Rx<M> for RingRx<M, S> {
    #[inline]
    fn receive_one(&mut self) -> Result<Option<M>> {
        Ok(self.0.pop()?)
    }

    #[inline]
    fn receive(&mut self, buffer: &mut [M]) -> Result<(usize, u64)> {
        if S::IN_PLACE {
            let peek = self.0.peek(buffer.len())?.ok_or("the stream has ended")?;
            let (count, sum) = (peek.len(), peek.iter().map(|message| message.sum()).sum());
            peek.release(count)?;
            Ok((count, sum))
        } else {
            let count = self.0.pop_many(buffer)?;
            Ok(taken(&buffer[..count]))
        }
    }

    fn block(&mut self) -> Result<M> {
        Ok(self.0.pop()?.ok_or("the stream has ended")?)
    }
}
