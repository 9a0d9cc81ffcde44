// What is in a slot is looked at while it is peeked at, and not behind that.
use ringgen::{Consumer, Producer, RingMessage, View};

#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
struct Tick {
    ts: u64,
}

fn released(consumer: &mut Consumer<Tick>) -> u64 {
    let peek = consumer.try_peek(1).unwrap().unwrap();
    let tick = peek.view(0);
    peek.release(1).unwrap(); //~ cannot move out of `peek` because it is borrowed
    tick.ts()
}

fn kept<'a>(consumer: &'a mut Consumer<Tick>) -> View<'a, Tick> {
    let peek = consumer.try_peek(1).unwrap().unwrap();
    peek.view(0) //~ cannot return value referencing local variable `peek`
}

fn smuggled(consumer: &mut Consumer<Tick>) {
    let mut out = None;
    consumer.pop_with(|tick| out = Some(tick)).unwrap(); //~ borrowed data escapes outside of closure
}

fn committed(producer: &mut Producer<Tick>) {
    let mut claim = producer.try_claim(1).unwrap().unwrap();
    let mut tick = claim.slot(0).unwrap();
    claim.commit(1).unwrap(); //~ cannot move out of `claim` because it is borrowed
    tick.set_ts(1);
}

fn main() {}
