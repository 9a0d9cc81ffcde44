//! Variants: one ring for several types, and `match` for what comes out of it.

use ringgen::Message;

use crate::kitchen_sink::{
    AllEvents as Events, AllEventsConsumer as EventsConsumer, AllEventsProducer as EventsProducer, Event, EventView,
    Frame, Inner, Lists, Point, Reading, Sensor, Tagged, TaggedView,
};
use crate::{bytes_of, from_bytes, round_trip};

#[test]
fn a_case_comes_out_of_a_ring_as_the_case_that_went_in() {
    let sensor = Sensor { height: 1.5, key: 7, ..Sensor::ZERO };
    let popped = round_trip("kitchen_sink.all_events", Event::from(sensor));
    let EventView::Sensor(found) = popped.view() else { panic!("{popped:?}") };
    assert_eq!((found, popped.tag()), (&sensor, 8));
    let inner = Inner { tag: 3, ..Inner::ZERO };
    let mut frame = Frame { first: popped, pair: [Tagged::from(inner); 2], ..Frame::ZERO };
    frame.set_rest(&[Tagged::inner(inner), Tagged::ZERO]).unwrap();
    let popped = round_trip("kitchen_sink.all_frames", frame);
    assert_eq!(popped, frame);
    assert_eq!(popped.rest()[0].view(), TaggedView::Inner(&inner));
}

#[test]
fn each_case_has_its_tag_and_its_constructor() {
    let (reading, sensor, point) = (Reading::default(), Sensor { key: 1, ..Sensor::ZERO }, Point { x: -1, y: 2 });
    let mut lists = Lists::ZERO;
    lists.push_counts(5).unwrap();
    let events = [Event::reading(reading), Event::sensor(sensor), Event::lists(lists), Event::base(point)];
    for (event, tag) in events.iter().zip([7, 8, 0, 3]) {
        assert_eq!(event.tag(), tag);
        assert_eq!(Event::from(event.view()), *event, "{event:?}");
    }
    assert_eq!(events[0].view(), EventView::Reading(&reading));
    assert_eq!(events[2].view(), EventView::Lists(&lists));
    assert_eq!((Event::from(reading), Event::from(lists)), (events[0], events[2]));
    // A type that is several cases is none of them by itself.
    assert_eq!(events[3].view(), EventView::Base(&point));
    assert_eq!(Tagged::inner(Inner::ZERO).tag(), u64::MAX);
}

#[test]
#[allow(deprecated, reason = "what was given up is a case all the same")]
fn a_case_that_was_given_up_still_works() {
    let point = Point { x: 1, y: 2 };
    let top = Event::top(point);
    assert_eq!((top.tag(), top.view()), (65535, EventView::Top(&point)));
    assert_ne!(top, Event::base(point), "the tag is a part of what it means");
    assert!(Event::SCHEMA_TEXT.contains("65535 struct:Point Peak\n"), "layouts keep its first name");
}

#[test]
fn what_a_case_leaves_of_the_payload_is_zero() {
    let bytes = bytes_of(&Event::base(Point { x: -1, y: -1 }));
    assert_eq!(bytes[..8], [3, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(bytes[8..12], [0xFF; 4]);
    assert!(bytes[12..].iter().all(|byte| *byte == 0));
}

#[test]
fn it_shows_its_case() {
    assert_eq!(format!("{:?}", Event::base(Point { x: 1, y: 2 })), "Base(Point { x: 1, y: 2 })");
    let zero = Tagged::default();
    assert_eq!(zero, Tagged::ZERO);
    assert_eq!(format!("{zero:?}"), "Unknown(0, [0, 0, 0, 0, 0, 0, 0, 0])");
}

#[test]
fn one_ring_carries_every_case_in_the_order_they_were_sent() {
    let dir = tempfile::tempdir().unwrap();
    let options = Events::options().dir(dir.path().join("rings"));
    let ring = options.create::<Event>(Events::NAME).unwrap();
    let mut producer: EventsProducer = ring.producer().unwrap();
    let mut consumer: EventsConsumer = options.attach::<Event>(Events::NAME).unwrap().consumer().unwrap();
    let unknown = Event::from(EventView::Unknown(999, &[0xA5; size_of::<Event>() - 8]));
    let sent = [Event::from(Lists::ZERO), Event::base(Point { x: 1, y: 2 }), unknown, Event::from(Reading::default())];
    assert_eq!(producer.try_push_many(&sent), Ok(sent.len()));
    producer.close();
    for event in sent {
        assert_eq!(consumer.pop().unwrap(), Some(event));
    }
    assert_eq!(consumer.pop().unwrap(), None);
}

/// Any tag with any payload, as a peer may send them.
#[test]
fn no_bytes_of_a_peer_do_any_harm() {
    let size = size_of::<Event>();
    let tags = [0, 1, 3, 7, 8, 9, 255, 256, 65534, 65535];
    for tag in tags {
        for fill in [0x00, 0x01, 0x7F, 0x80, 0xA5, 0xFF] {
            let mut bytes = vec![fill; size];
            bytes[..2].copy_from_slice(&u16::to_le_bytes(tag));
            let event = from_bytes::<Event>(&bytes);
            assert_eq!(event.tag(), tag);
            let known = matches!(tag, 0 | 3 | 7 | 8 | 65535);
            assert_eq!(matches!(event.view(), EventView::Unknown(..)), !known, "{tag}");
            if let EventView::Unknown(tag, payload) = event.view() {
                assert_eq!((tag, &payload[..]), (event.tag(), &bytes[8..]));
                assert_eq!(event.validate(), Ok(()), "another version may well know it");
            }
            // Each of these looks at everything that there is.
            let shown = format!("{event:?} {:?}", event.validate());
            assert!(shown.len() > 10);
            assert_eq!(bytes_of(&Event::from(event.view()))[8..12], bytes[8..12]);
            if let EventView::Lists(lists) = event.view() {
                assert!(lists.steps().len() <= 3 && lists.labels().len() <= 2);
            }
        }
    }
}

#[test]
fn bytes_that_no_case_has_are_no_difference() {
    let mut bytes = bytes_of(&Event::base(Point { x: 1, y: 2 }));
    let clean = from_bytes::<Event>(&bytes);
    *bytes.last_mut().unwrap() = 1;
    bytes[3] = 1;
    assert_eq!(from_bytes::<Event>(&bytes), clean, "behind the case and in the padding nothing is looked at");
    bytes[..2].copy_from_slice(&[99, 0]);
    let unknown = from_bytes::<Event>(&bytes);
    *bytes.last_mut().unwrap() = 2;
    assert_ne!(from_bytes::<Event>(&bytes), unknown, "of a case that is not known, all is");
}

#[test]
fn what_is_wrong_with_a_case_is_wrong_with_the_variant() {
    let valid = Reading::builder().percent(1).steps([1; 4]).least(-1).build().unwrap();
    assert_eq!(Event::from(valid).validate(), Ok(()));
    let wrong = Event::from(Reading { percent: 101, ..valid });
    assert_eq!(wrong.validate().unwrap_err().to_string(), "Reading.percent is 101, and takes 1 to 100");
    let frame = Frame { first: wrong, ..Frame::ZERO };
    assert_eq!(frame.validate(), wrong.validate());
    assert_eq!((Event::NAME, Event::SCHEMA_TEXT), ("Event", &*Event::schema_text()));
}
