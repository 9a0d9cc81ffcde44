//! What generated Rust makes of values: lists, numbers that may be absent or have limits, variants; those of a program,
//! and those of a peer that may say anything.

use ringgen::{Pod, Ring, RingOptions, ValueError};

mod common;
#[path = "../generated/rust/kitchen_sink.rs"]
mod kitchen_sink;

use kitchen_sink::{Event, EventView, Grade, Lists, Point, Reading, Tagged, TaggedView};

/// A value with these bytes at `at`, as a peer may write them.
#[allow(unsafe_code, reason = "a peer writes bytes, and no safe code writes these")]
fn with_bytes<T: Pod>(mut value: T, at: usize, bytes: &[u8]) -> T {
    assert!(at + bytes.len() <= size_of::<T>());
    let start = std::ptr::from_mut(&mut value).cast::<u8>();
    for (index, byte) in bytes.iter().enumerate() {
        // SAFETY: a byte of the value, by the assertion.
        let place = unsafe { start.add(at + index) };
        // SAFETY: as above, and any bytes are a value of a `Pod` type.
        unsafe { place.write(*byte) };
    }
    value
}

#[test]
fn a_list_has_the_elements_that_count() {
    let mut lists = Lists::ZERO;
    assert!(lists.steps().is_empty());
    lists.set_steps(&[1.5, -2.5]).unwrap();
    lists.push_steps(3.5).unwrap();
    assert_eq!((lists.steps(), lists.steps_len), (&[1.5, -2.5, 3.5][..], 3));
    assert!(matches!(lists.push_steps(4.5), Err(ValueError::TooLong { limit: 3, .. })));
    let refused = lists.set_steps(&[0.0; 4]).unwrap_err();
    assert!(matches!(refused, ValueError::TooLong { length: 4, limit: 3, .. }), "{refused}");
    assert!(refused.to_string().contains("Lists.steps"), "{refused}");
    assert_eq!(lists.steps(), [1.5, -2.5, 3.5], "what is refused changes nothing");
    lists.set_steps(&[9.0]).unwrap();
    assert_eq!(lists.steps, [9.0, 0.0, 0.0], "what is behind it is zero again");
}

#[test]
fn a_list_that_says_it_is_longer_than_it_can_be_is_read_as_far_as_it_goes() {
    let hostile = Lists { steps_len: u32::MAX, ..Lists::ZERO };
    assert_eq!(hostile.steps(), [0.0; 3]);
    assert!(matches!(hostile.validate(), Err(ValueError::TooLong { limit: 3, .. })));
    assert!(Lists::ZERO.validate().is_ok());
}

#[test]
fn what_may_be_absent_is_an_option() {
    // All zero is a value of its own; the default is that there is none.
    assert_eq!((Reading::ZERO.key(), Reading::default().key()), (Some(0), None));
    assert_eq!(Reading::default().key, Reading::KEY_NULL);
    let mut reading = Reading::default();
    assert_eq!((reading.value(), reading.coarse(), reading.error(), reading.grade()), (None, None, None, None));
    reading.set_key(Some(7)).unwrap();
    reading.set_error(Some(f32::INFINITY)).unwrap();
    reading.set_grade(Some(Grade::FAIR)).unwrap();
    assert_eq!((reading.key(), reading.error(), reading.grade()), (Some(7), Some(f32::INFINITY), Some(Grade::FAIR)));
    reading.set_key(None).unwrap();
    assert_eq!((reading.key(), reading.key), (None, u64::MAX));
    assert!(matches!(reading.set_key(Some(u64::MAX)), Err(ValueError::Null { .. })));
    // Any NaN stands for no value where one does.
    let payload = f64::from_bits(0xFFF8_0000_0000_1234);
    assert_eq!(Reading { value: payload, ..reading }.value(), None);
}

#[test]
fn limits_hold_for_setters_and_the_builder_and_are_looked_at_in_what_a_peer_wrote() {
    let mut reading = Reading::default();
    reading.set_value(Some(1e6)).unwrap();
    let refused = reading.set_value(Some(1e6 + 1.0)).unwrap_err();
    assert!(matches!(refused, ValueError::OutOfRange { .. }) && refused.to_string().contains("Reading.value"));
    assert_eq!(reading.value(), Some(1e6), "what is refused changes nothing");
    assert!(reading.set_percent(0).is_err() && reading.set_percent(101).is_err());
    reading.set_percent(100).unwrap();
    assert!(reading.set_steps([1, 2, 3, 6]).is_err() && reading.set_steps([1, 2, 3, 5]).is_ok());
    assert!(reading.set_samples(&[0.0, 30.6]).is_err() && reading.set_samples(&[0.0, 30.5]).is_ok());
    assert!(reading.set_least(0).is_err() && reading.set_least(i64::MIN).is_ok());
    assert!(reading.validate().is_ok(), "{:?}", reading.validate());

    let built = Reading::builder().percent(50).steps([1, 1, 1, 1]).least(-1).key(Some(3)).build().unwrap();
    assert_eq!((built.percent, built.key(), built.coarse()), (50, Some(3), None));
    let refused = Reading::builder().percent(0).steps([9; 4]).build().unwrap_err();
    assert!(refused.to_string().contains("Reading.percent"), "the first mistake is told: {refused}");

    // A literal is not checked, and neither is what a peer writes, until it is asked for.
    let hostile = Reading { percent: 200, ..reading };
    assert!(hostile.validate().unwrap_err().to_string().contains("Reading.percent"));
}

#[test]
fn a_variant_is_matched_by_what_it_holds() {
    let reading = Reading::builder().percent(1).steps([1; 4]).least(-1).build().unwrap();
    let event = Event::from(reading);
    assert!(matches!(event.view(), EventView::Reading(held) if held.percent == 1));
    assert_eq!(event.view(), EventView::Reading(&reading));
    // Two cases of one type are told apart by the tag alone.
    let base = Event::base(Point::ZERO);
    assert_eq!((base.tag(), matches!(base.view(), EventView::Base(_))), (3, true));
    assert_ne!(base, Event::from(Lists::ZERO));
    assert_eq!(Event::ZERO.view(), EventView::Lists(&Lists::ZERO), "0 is the tag of a case here");
    assert!(format!("{base:?}").contains("Base"), "{base:?}");
}

#[test]
fn a_tag_without_a_name_is_kept_with_its_bytes() {
    let event = with_bytes(Event::from(Lists::ZERO), 0, &999u16.to_le_bytes());
    let EventView::Unknown(tag, bytes) = event.view() else { panic!("{event:?}") };
    assert_eq!((tag, bytes.len()), (999, size_of::<Event>() - 8));
    assert!(event.validate().is_ok(), "nothing is known that could be wrong");
    assert_eq!(Event::from(event.view()), event, "it goes on as it came");
    let tagged = with_bytes(Tagged::ZERO, 0, &1u64.to_le_bytes());
    assert!(matches!(tagged.view(), TaggedView::Unknown(1, _)));
}

#[test]
fn what_a_case_holds_is_looked_at_too() {
    let hostile = Reading { percent: 0, ..Reading::default() };
    let refused = Event::from(hostile).validate().unwrap_err();
    assert!(refused.to_string().contains("Reading.percent"), "{refused}");
}

#[test]
fn a_small_case_leaves_nothing_of_a_large_one() {
    let small = Event::base(Point::ZERO);
    let EventView::Base(_) = small.view() else { panic!("{small:?}") };
    // Seen under the tag of a large one, all that is not the small one is zero.
    let seen = with_bytes(small, 0, &0u16.to_le_bytes());
    let EventView::Lists(held) = seen.view() else { panic!("{seen:?}") };
    assert_eq!((held.counts, held.keys, held.r#type), ([0; 2], [[0; 4]; 2], [0]));
}

#[test]
fn a_ring_of_a_variant_carries_every_case_in_order() -> Result<(), Box<dyn std::error::Error>> {
    let directory = common::ring_dir();
    let path = directory.path().join("values.events");
    let ring: Ring<Event> = RingOptions::new().capacity(8).create(&path)?;
    let (mut tx, mut rx) = (ring.producer()?, Ring::<Event>::attach(&path)?.consumer()?);
    let sent = [Event::from(Lists::ZERO), Event::base(Point::ZERO), Event::from(Reading::default())];
    for event in sent {
        tx.push(event)?;
    }
    tx.close();
    let received: Vec<Event> = std::iter::from_fn(|| rx.pop().transpose()).collect::<Result<_, _>>()?;
    assert_eq!(received, sent);
    Ok(())
}
