//! Whatever a file holds, attaching to it ends in an error or in a ring, both sides of which can be used without harm.
#![no_main]

use std::hint::black_box;
use std::os::unix::fs::OpenOptionsExt;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use ringgen::RingOptions;
use ringgen_runtime::{Observer, Role};

mod image;

use image::Trade;

fuzz_target!(|input: &[u8]| {
    let path = image::folder().join("ring");
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(&path).expect("/dev/shm is writable");
    std::io::Write::write_all(&mut &file, &image::of(input)).expect("/dev/shm has room");
    if let Ok(observer) = Observer::open(&path, &RingOptions::new()) {
        black_box(observer.role(Role::Producer).expect("the kernel says who holds a role"));
        let (head, tail) = observer.cursors();
        let mut message = vec![0; observer.header().geometry.stride as usize];
        black_box([head, tail].map(|position| observer.read(position, &mut message)));
    }
    let ring = match RingOptions::new().attach::<Trade>(&path) {
        Ok(ring) => ring,
        Err(error) => return drop(black_box(error.to_string())),
    };
    let (producer, consumer) = (ring.producer(), ring.consumer());
    if let Ok(mut producer) = producer {
        let _ = black_box(producer.try_push(Trade::ZERO));
        let _ = black_box(producer.try_push_many(&[Trade::ZERO; 9]));
        let _ = black_box(producer.push_timeout(Trade::ZERO, Duration::ZERO));
        producer.detach();
    }
    if let Ok(mut consumer) = consumer {
        let _ = black_box(consumer.try_pop());
        if let Ok(Some(peek)) = consumer.try_peek(9) {
            peek.iter().for_each(|trade| drop(black_box(format!("{trade:?}"))));
        }
        let mut trades = Vec::new();
        let _ = black_box(consumer.try_pop_many_into(&mut trades, 9));
        let _ = black_box(consumer.pop_timeout(Duration::ZERO));
    }
});
