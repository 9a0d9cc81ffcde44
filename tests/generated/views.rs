//! Views and slots: each field in place, against the fields and methods of the struct.

use std::fmt::Debug;
use std::os::unix::fs::FileExt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ringgen::{
    Array, ArraySlot, Bool, Consumer, InPlace, List, Message, Producer, PushWithError, RingOptions, Slot, Str,
    ValueError, View,
};
use tempfile::TempDir;

use crate::bytes_of;
use crate::from_bytes;
use crate::generated::clock::{ClockSource, Timestamp};
use crate::kitchen_sink::{
    Arrays, Event, EventView, Everything, Frame, Grade, Inner, Level, Lists, Names, Note, Outer, Places, Point, Race,
    Reading, ReservedWords, Scalars, Segment, Sensor, Tagged, TaggedView, Texts,
};

/// A ring of few messages in a directory of its own, and both of its ends.
struct Pair<T: Message> {
    dir: TempDir,
    producer: Producer<T>,
    consumer: Consumer<T>,
}

impl<T: Message> Pair<T> {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let options = RingOptions::new().dir(dir.path().join("rings")).capacity(2);
        let ring = options.create::<T>("test.views").expect("a fresh directory");
        let (producer, consumer) = (ring.producer().expect("the first"), ring.consumer().expect("the first"));
        Pair { dir, producer, consumer }
    }

    /// What a slot has been filled with.
    fn filled(&mut self, fill: impl FnOnce(&mut Slot<'_, T>)) -> T {
        self.producer.push_with(fill).expect("nothing is refused");
        self.consumer.pop().expect("the producer lives").expect("it was pushed")
    }

    /// Leaves these bytes in every slot.
    fn soil(&mut self, byte: u8) {
        for _ in 0..2 {
            self.producer.push(from_bytes(&vec![byte; size_of::<T>()])).expect("there is room");
            self.consumer.pop().expect("the producer lives").expect("it was pushed");
        }
    }
}

/// Bytes as a peer may write them, others each time.
fn noise<T: Message>(seed: &mut u64) -> T {
    let bytes: Vec<u8> = (0..size_of::<T>())
        .map(|_| {
            *seed ^= *seed << 13;
            *seed ^= *seed >> 7;
            *seed ^= *seed << 17;
            // Small numbers are often lengths, tags and values that have a name.
            if seed.is_multiple_of(3) { (*seed >> 32) as u8 & 3 } else { (*seed >> 40) as u8 }
        })
        .collect();
    from_bytes(&bytes)
}

/// Has a view looked at beside a copy of its message, for any bytes there may be.
fn compare<T: Message>(check: impl for<'a> Fn(View<'a, T>, &T)) {
    let mut pair = Pair::<T>::new();
    let mut seed = 0x9E37_79B9_7F4A_7C15;
    for _ in 0..200 {
        for _ in 0..2 {
            pair.producer.push(noise::<T>(&mut seed)).expect("there is room");
        }
        let peek = pair.consumer.try_peek(2).expect("the ring is sound").expect("messages");
        for (index, view) in peek.views().enumerate() {
            check(view, &peek.get(index));
            check(peek.view(index), &peek.get(index));
        }
        let count = peek.len();
        peek.release(count).expect("no fork");
        while let Some(owned) = pair.consumer.try_peek(1).expect("the ring is sound").map(|peek| peek.get(0)) {
            let taken = pair.consumer.pop_with(|view| check(view, &owned)).expect("the producer lives");
            assert_eq!(taken, Some(()));
        }
    }
}

/// Each of these fields is what the struct has.
macro_rules! same {
    ($view:expr, $owned:expr; $($field:ident)*) => { $(
        assert_eq!(bytes_of(&$view.$field()), bytes_of(&$owned.$field), stringify!($field));
    )* };
}

/// As `same`, of numbers that may be absent: each is what the method of that name gives.
macro_rules! same_or_none {
    ($view:expr, $owned:expr; $($field:ident)*) => { $(
        let (found, expected) = ($view.$field(), $owned.$field());
        assert_eq!(found.map(|value| bytes_of(&value)), expected.map(|value| bytes_of(&value)), stringify!($field));
    )* };
}

/// As `same`, of arrays: as a whole, and each element.
macro_rules! same_items {
    ($view:expr, $owned:expr; $($field:ident)*) => { $( same_array($view.$field(), &$owned.$field); )* };
}

fn same_array<T: for<'a> InPlace<View<'a> = T>, const N: usize>(view: Array<'_, T, N>, owned: &[T; N]) {
    assert_eq!(bytes_of(&view.to_array()), bytes_of(owned));
    assert_eq!(view.len(), N);
    same_list(*view, owned);
}

fn same_list<T: for<'a> InPlace<View<'a> = T>>(list: List<'_, T>, owned: &[T]) {
    let bytes = |items: Vec<T>| items.iter().flat_map(bytes_of).collect::<Vec<u8>>();
    let expected = bytes(owned.to_vec());
    assert_eq!((list.len(), list.is_empty()), (owned.len(), owned.is_empty()));
    assert_eq!(bytes(list.to_vec()), expected);
    assert_eq!(bytes(list.iter().collect()), expected);
    let mut backwards: Vec<T> = list.into_iter().rev().collect();
    backwards.reverse();
    assert_eq!(bytes(backwards), expected);
    assert_eq!(bytes((0..list.len()).filter_map(|index| list.get(index)).collect()), expected);
    assert!(list.get(list.len()).is_none() && list.get(usize::MAX).is_none());
}

fn same_inner(view: View<'_, Inner>, owned: &Inner) {
    same!(view, owned; tag text flag);
    assert_eq!(bytes_of(&Inner::from(view)), bytes_of(owned));
}

fn same_outer(view: View<'_, Outer>, owned: &Outer) {
    same_inner(view.inner(), &owned.inner);
    for (view, owned) in view.pair().iter().zip(&owned.pair) {
        same_inner(view, owned);
    }
    same!(view, owned; value);
    assert_eq!(bytes_of(&Outer::from(view)), bytes_of(owned));
}

fn same_segment(view: View<'_, Segment>, owned: &Segment) {
    for (view, owned) in view.ends().iter().zip(&owned.ends) {
        same!(view, owned; x y);
    }
    same!(view, owned; mood);
    same_items!(view, owned; color);
}

fn same_scalars(view: View<'_, Scalars>, owned: &Scalars) {
    same!(view, owned; a u16_val b u32_val c u64_val d i16_val e i32_val f i64_val g f32_val h f64_val exact signed last);
}

#[test]
fn a_view_of_every_kind_of_field_is_what_the_struct_has() {
    compare::<Everything>(|view, owned| {
        same!(view, owned; u8 i8 u16 u32 i16 i32 u64 i64 f32 f64 yes counter level giant options small text);
        same_items!(view, owned; raw words longs bools levels masks names);
        for (row, owned) in view.grid().iter().zip(&owned.grid) {
            same_array(row, owned);
        }
        assert_eq!(bytes_of(&view.blobs().to_array()), bytes_of(&owned.blobs));
        same_outer(view.outer(), &owned.outer);
        assert_eq!(view.outers().len(), 2);
        for (view, owned) in view.outers().into_iter().zip(&owned.outers) {
            same_outer(view, owned);
        }
        assert_eq!(bytes_of(&Everything::from(view)), bytes_of(owned));
    });
}

#[test]
fn a_view_of_numbers_texts_and_places_is_what_the_struct_has() {
    compare::<Scalars>(|view, owned| same_scalars(view, owned));
    compare::<ReservedWords>(|view, owned| {
        same!(view, owned; r#type from class lambda function r#match two_words in_rust);
    });
    compare::<Names>(|view, owned| {
        same!(view, owned; r#type from class r#match r#fn lambda r#in r#await r#yield default new function this delete
            int str id value len bid_px_level_2 constructor this_one in_rust);
    });
    compare::<Texts>(|view, owned| {
        same!(view, owned; label one length);
        same_items!(view, owned; names hash);
        assert_eq!(view.label().as_str().is_ok(), owned.label.as_str().is_ok());
        for (row, owned) in view.page().iter().zip(&owned.page) {
            same_array(row, owned);
        }
        assert_eq!(bytes_of(&view.keys().to_array()), bytes_of(&owned.keys));
    });
    compare::<Places>(|view, owned| {
        same!(view, owned; tag kind small wide balance access);
        same_segment(view.inner(), &owned.inner);
        same_scalars(view.wrapped(), &owned.wrapped);
        assert_eq!(bytes_of(&Places::from(view)), bytes_of(owned), "what is reserved too");
    });
    compare::<Note>(|view, owned| {
        same!(view, owned; ts body raw);
        assert_eq!(view.body().len(), owned.body.len());
    });
}

#[test]
fn a_view_of_arrays_is_what_the_struct_has() {
    compare::<Arrays>(|view, owned| {
        same_items!(view, owned; counts exact shorts switches moods opcodes access floats);
        for (row, owned) in view.matrix().iter().zip(&owned.matrix) {
            same_array(row, owned);
        }
        for (row, owned) in view.grid().iter().zip(&owned.grid) {
            same_array(row, owned);
        }
        assert_eq!(bytes_of(&view.bytes_2d().to_array()), bytes_of(&owned.bytes_2d));
        assert_eq!(bytes_of(&view.deltas().to_array()), bytes_of(&owned.deltas));
        assert_eq!(bytes_of(&view.board().to_array()), bytes_of(&owned.board));
        let tile = view.tiles().get(1).and_then(|row| row.get(2)).expect("there are so many");
        same!(tile, owned.tiles[1][2]; x y);
        for (view, owned) in view.segments().iter().zip(&owned.segments) {
            same_segment(view, owned);
        }
        assert_eq!(view.points().iter().len(), 2);
    });
}

#[test]
#[allow(deprecated, reason = "what was given up has its place all the same")]
fn a_view_of_what_may_be_absent_is_what_the_methods_give() {
    compare::<Reading>(|view, owned| {
        same_or_none!(view, owned; key value coarse error offset grade);
        same!(view, owned; percent least samples_len);
        same_items!(view, owned; steps);
        same_list(view.samples(), owned.samples());
    });
    compare::<Sensor>(|view, owned| {
        same!(view, owned; number height key grade marks);
    });
    for absent in [Reading::default(), Reading { value: -f64::NAN, error: -f32::NAN, ..Reading::default() }] {
        let mut pair = Pair::<Reading>::new();
        pair.producer.push(absent).expect("there is room");
        let found =
            pair.consumer.pop_with(|view| (view.key(), view.value(), view.coarse(), view.error(), view.grade()));
        assert_eq!(found, Ok(Some((None, None, None, None, None))));
    }
}

#[test]
fn a_view_of_a_list_has_the_elements_that_count_and_never_more() {
    compare::<Lists>(|view, owned| {
        same!(view, owned; steps_len type_len);
        same_list(view.steps(), owned.steps());
        same_list(view.counts(), owned.counts());
        same_list(view.grades(), owned.grades());
        same_list(view.labels(), owned.labels());
        same_list(view.switches(), owned.switches());
        same_list(view.r#type(), owned.r#type());
        assert_eq!(view.points().len(), owned.points().len());
        for (view, owned) in view.points().iter().zip(owned.points()) {
            same!(view, owned; x y);
        }
        assert_eq!(view.rows().to_vec(), owned.rows());
        for (view, owned) in view.rows().iter().zip(owned.rows()) {
            same_array(view, owned);
        }
        assert_eq!(view.keys().to_vec(), owned.keys());
    });
    compare::<Race>(|view, owned| {
        same!(view.start(), owned.start; ns source);
        same_or_none!(view, owned; source);
        assert_eq!(view.stops().len(), owned.stops().len());
        assert_eq!(view.laps().len(), owned.laps.len());
        for (view, owned) in view.stops().iter().zip(owned.stops()) {
            same!(view, owned; ns source);
        }
    });
}

#[test]
#[allow(deprecated, reason = "what was given up is a case all the same")]
fn a_view_of_a_variant_gives_the_case_that_it_is() {
    fn same_case(view: View<'_, Event>, owned: &Event) {
        assert_eq!(view.tag(), owned.tag());
        let bytes = bytes_of(owned);
        assert_eq!(bytes_of(&view.payload().to_array()), bytes[8..]);
        let found = [
            view.case(EventView::Reading).map(|case| bytes_of(&Reading::from(case))),
            view.case(EventView::Sensor).map(|case| bytes_of(&Sensor::from(case))),
            view.case(EventView::Lists).map(|case| bytes_of(&Lists::from(case))),
            view.case(EventView::Top).map(|case| bytes_of(&Point::from(case))),
            view.case(EventView::Base).map(|case| bytes_of(&Point::from(case))),
        ];
        let expected = match owned.view() {
            EventView::Reading(case) => [Some(bytes_of(case)), None, None, None, None],
            EventView::Sensor(case) => [None, Some(bytes_of(case)), None, None, None],
            EventView::Lists(case) => [None, None, Some(bytes_of(case)), None, None],
            EventView::Top(case) => [None, None, None, Some(bytes_of(case)), None],
            EventView::Base(case) => [None, None, None, None, Some(bytes_of(case))],
            EventView::Unknown(..) => [const { None }; 5],
        };
        assert_eq!(found, expected);
        assert_eq!(bytes_of(&Event::from(view)), bytes);
    }
    compare::<Event>(same_case);
    // Noise is a case but now and then.
    let (mut pair, mut seed) = (Pair::<Event>::new(), 1);
    for tag in [7_u16, 8, 0, 65_535, 3, 99].repeat(20) {
        let mut bytes = bytes_of(&noise::<Event>(&mut seed));
        bytes[..2].copy_from_slice(&tag.to_le_bytes());
        let event = from_bytes::<Event>(&bytes);
        pair.producer.push(event).expect("there is room");
        pair.consumer.pop_with(|view| same_case(view, &event)).expect("the producer lives");
    }
    compare::<Frame>(|view, owned| {
        same_case(view.first(), &owned.first);
        assert_eq!(view.rest().len(), owned.rest().len());
        for (view, owned) in view.pair().iter().zip(&owned.pair) {
            let found = view.case(TaggedView::Inner).map(|inner| bytes_of(&Inner::from(inner)));
            let TaggedView::Inner(inner) = owned.view() else { return assert_eq!(found, None) };
            assert_eq!(found, Some(bytes_of(inner)));
        }
    });
}

/// A slot that nobody sets is what `Default` gives, to the byte, whatever was in it.
fn blank_is_default<T: Message + Default + Debug>() {
    let mut pair = Pair::<T>::new();
    for byte in [0xFF, 0x5A] {
        pair.soil(byte);
        assert_eq!(bytes_of(&pair.filled(|_| ())), bytes_of(&T::default()), "{}", T::NAME);
        let mut claim = pair.producer.claim(1).expect("there is room");
        claim.slot(0).expect("no fork");
        claim.commit(1).expect("no fork");
        let claimed = pair.consumer.pop().expect("the producer lives").expect("it was committed");
        assert_eq!(bytes_of(&claimed), bytes_of(&T::default()), "{}", T::NAME);
    }
}

#[test]
fn a_slot_starts_blank_whatever_was_there() {
    blank_is_default::<Everything>();
    blank_is_default::<Scalars>();
    blank_is_default::<Names>();
    blank_is_default::<Texts>();
    blank_is_default::<Arrays>();
    blank_is_default::<Places>();
    blank_is_default::<Reading>();
    blank_is_default::<Sensor>();
    blank_is_default::<Lists>();
    blank_is_default::<Note>();
    blank_is_default::<Event>();
    blank_is_default::<Frame>();
    blank_is_default::<Race>();
    assert_eq!(Pair::<Race>::new().filled(|_| ()).source(), None, "a null of an enum");
}

#[test]
fn a_slot_takes_each_kind_of_field() {
    let inner = Inner { tag: 9, text: Str::new("five!").expect("it fits"), flag: Bool::TRUE };
    let outer = Outer { inner, pair: [inner, Inner { tag: 3, ..Inner::ZERO }], value: 0.5, ..Outer::ZERO };
    fn text<const N: usize>(text: &str) -> Str<N> {
        Str::new(text).expect("it fits")
    }
    let expected = Everything {
        u8: 255,
        i16: -2,
        u64: u64::MAX,
        f32: -0.0,
        f64: 1.5,
        yes: Bool::TRUE,
        level: Level::HIGH,
        text: text("twelve bytes"),
        raw: *b"\0\x01\x02\xFD\xFE\xFF",
        words: [1, 2, 3],
        grid: [[1.0, 2.0, 3.0], [0.0, 5.0, 0.0]],
        levels: [Level(0), Level::LOW],
        names: [text(""), text("b"), text("")],
        outer,
        outers: [Outer::ZERO, Outer { value: 7.0, ..outer }],
        ..Everything::ZERO
    };
    let mut pair = Pair::<Everything>::new();
    pair.soil(0xFF);
    let found = pair.producer.push_with(|slot| {
        slot.set_u8(255);
        slot.set_i16(-2);
        slot.set_u64(u64::MAX);
        slot.set_f32(-0.0);
        slot.set_f64(1.5);
        slot.set_yes(true);
        slot.set_level(Level::HIGH);
        slot.set_text("twelve bytes")?;
        slot.set_raw([0, 1, 2, 253, 254, 255]);
        slot.set_words([1, 2, 3]);
        let mut grid: ArraySlot<'_, [f32; 3], 2> = slot.grid();
        grid.set(0, [1.0, 2.0, 3.0]);
        grid.slot(1).set(1, 5.0);
        slot.levels().slot(1).set(Level::LOW);
        slot.names().set(1, text("b"));
        let mut one = slot.outer();
        one.inner().set_tag(9);
        one.inner().set_text("five!")?;
        one.inner().set_flag(Bool::TRUE);
        one.pair().set(0, inner);
        one.pair().slot(1).set_tag(3);
        one.set_value(0.5);
        slot.outers().set(1, outer);
        slot.outers().slot(1).set_value(7.0);
        Ok(())
    });
    assert_eq!(found, Ok(()));
    let found = pair.consumer.pop().expect("the producer lives").expect("it was pushed");
    assert_eq!(bytes_of(&found), bytes_of(&expected), "{found:?}");
}

#[test]
fn a_slot_takes_what_the_setters_take() {
    let mut expected = Reading::default();
    expected.set_key(Some(7)).expect("it is taken");
    expected.set_value(Some(1e6)).expect("it is taken");
    expected.set_error(None).expect("it is taken");
    expected.set_offset(Some(-300)).expect("it is taken");
    expected.set_grade(Some(Grade(77))).expect("it is taken");
    expected.set_percent(100).expect("it is taken");
    expected.set_steps([5; 4]).expect("it is taken");
    expected.set_least(-1).expect("it is taken");
    expected.set_samples(&[1.5, 2.5]).expect("it is taken");
    let mut pair = Pair::<Reading>::new();
    pair.soil(0xFF);
    let pushed = pair.producer.push_with(|slot| {
        slot.set_key(Some(7))?;
        slot.set_value(Some(1e6))?;
        slot.set_error(None)?;
        slot.set_offset(Some(-300))?;
        slot.set_grade(Some(Grade(77)))?;
        slot.set_percent(100)?;
        slot.set_steps([5; 4])?;
        slot.set_least(-1)?;
        slot.set_samples(&[1.0, 2.0, 3.0])?;
        slot.set_samples(&[1.5])?;
        slot.push_samples(2.5)
    });
    assert_eq!(pushed, Ok(()));
    let found = pair.consumer.pop().expect("the producer lives").expect("it was pushed");
    assert_eq!(bytes_of(&found), bytes_of(&expected), "behind the end of a list it is zero");

    let mut expected = Lists::ZERO;
    expected.set_rows(&[[1, 2, 3]]).expect("it is taken");
    expected.set_keys(&[*b"abcd", *b"efgh"]).expect("it is taken");
    expected.push_points(Point { x: 1, y: 2 }).expect("it is taken");
    expected.push_switches(Bool::TRUE).expect("it is taken");
    expected.push_type(9).expect("it is taken");
    let found = Pair::<Lists>::new().filled(|slot| {
        slot.set_rows(&[[1, 2, 3]]).expect("it is taken");
        slot.set_keys(&[*b"abcd", *b"efgh"]).expect("it is taken");
        slot.push_points(Point { x: 1, y: 2 }).expect("it is taken");
        slot.push_switches(Bool::TRUE).expect("it is taken");
        slot.push_type(9).expect("it is taken");
    });
    assert_eq!(bytes_of(&found), bytes_of(&expected));

    let at = Timestamp { ns: 5, source: ClockSource::PTP, ..Timestamp::ZERO };
    let race = Pair::<Race>::new().filled(|slot| {
        slot.start().set_ns(5);
        slot.start().set_source(ClockSource::PTP);
        slot.laps().set(2, at);
        slot.push_stops(at).expect("it is taken");
        slot.set_source(Some(ClockSource::GPS)).expect("it is taken");
    });
    assert_eq!((race.start, race.laps[2], race.stops(), race.source()), (at, at, &[at][..], Some(ClockSource::GPS)));
}

/// Both setters of a field, given the same: the errors are the same, and nothing is stored.
macro_rules! refused {
    ($pair:expr, $owned:expr; $($set:ident($($value:tt)*))*) => { $(
        let expected = $owned.$set($($value)*).expect_err(stringify!($set));
        let found = $pair.producer.push_with(|slot| slot.$set($($value)*));
        let Err(PushWithError::Value(found)) = found else { panic!("{} gives {found:?}", stringify!($set)) };
        // A NaN that was refused is no other one.
        assert_eq!((found.to_string(), found.place()), (expected.to_string(), expected.place()));
        assert_eq!(($pair.producer.position(), $pair.consumer.try_pop().expect("no fork").is_none()), (0, true));
        let before = $pair.producer.position();
        assert_eq!($pair.producer.try_push_with(|slot| slot.$set($($value)*)).is_err(), true);
        assert_eq!($pair.producer.position(), before);
    )* };
}

#[test]
fn a_slot_refuses_what_the_setters_refuse_and_nothing_is_published() {
    let (mut pair, mut owned) = (Pair::<Reading>::new(), Reading::default());
    refused!(pair, owned;
        set_key(Some(u64::MAX)) set_value(Some(f64::NAN)) set_value(Some(1e7)) set_coarse(Some(0.0))
        set_coarse(Some(f32::NAN)) set_offset(Some(301)) set_grade(Some(Grade(255))) set_percent(0)
        set_steps([1, 1, 6, 9]) set_least(0) set_samples(&[1.0, 30.6]) set_samples(&[0.0; 9])
        push_samples(f32::INFINITY)
    );
    let (mut pair, mut owned) = (Pair::<Texts>::new(), Texts::ZERO);
    refused!(pair, owned; set_label("seventeen bytes..") set_one("\0"));
    let (mut pair, mut owned) = (Pair::<Lists>::new(), Lists::ZERO);
    refused!(pair, owned; set_rows(&[[0; 3]; 3]) set_type(&[0; 2]));
    let full = pair.producer.push_with(|slot| {
        slot.push_type(1)?;
        slot.push_type(2)
    });
    assert_eq!(full.expect_err("there is one place").to_string(), "Lists.type has a length of 2; there is room for 1");
}

#[test]
fn nothing_is_published_or_taken_if_a_closure_panics() {
    let mut pair = Pair::<Reading>::new();
    let Pair { producer, consumer, .. } = &mut pair;
    let filling = AssertUnwindSafe(|| {
        producer.push_with(|slot| {
            slot.set_percent(50).expect("it is taken");
            assert!(slot.set_percent(0).is_ok(), "half of it is written");
        })
    });
    assert!(catch_unwind(filling).is_err());
    assert_eq!((producer.position(), consumer.try_pop()), (0, Ok(None)));
    producer.push_with(|slot| slot.set_least(-1)).expect("the handle goes on");
    let reading = AssertUnwindSafe(|| consumer.pop_with(|_| panic!("half of it is read")));
    assert!(catch_unwind(reading).is_err());
    assert_eq!(consumer.position(), 0);
    let message = consumer.pop().expect("the producer lives").expect("it is still there");
    assert_eq!((message.percent, message.least), (0, -1), "nothing of what was given up");
}

#[test]
fn verbs_with_a_closure_wait_as_the_others_do() {
    let mut pair = Pair::<Reading>::new();
    let soon = std::time::Duration::from_millis(1);
    assert_eq!(pair.consumer.try_pop_with(|_| ()), Ok(None));
    assert_eq!(pair.consumer.pop_with_timeout(soon, |_| ()), Err(ringgen::PopError::Timeout));
    for key in 0..2 {
        assert_eq!(pair.producer.try_push_with(|slot| slot.set_key(Some(key))), Ok(true));
    }
    let mut calls = 0;
    assert_eq!(pair.producer.try_push_with(|_| calls += 1), Ok(false));
    let refused = pair.producer.push_with_timeout(soon, |_| calls += 1);
    assert_eq!(calls, 0, "without room nothing is asked for");
    assert_eq!(refused, Err(PushWithError::Push(ringgen::PushError::Timeout)));
    assert_eq!(pair.consumer.try_pop_with(|view| view.key()), Ok(Some(Some(0))));
    assert_eq!(pair.producer.push_with_timeout(soon, |slot| slot.set_key(Some(2))), Ok(()));
    let Pair { producer, mut consumer, .. } = pair;
    producer.close();
    assert_eq!(consumer.pop_with_timeout(soon, |view| view.key()), Ok(Some(Some(1))));
    assert_eq!(consumer.pop_with(|view| view.key()), Ok(Some(Some(2))));
    assert_eq!(consumer.pop_with(|view| view.key()), Ok(None), "the end of the stream");
    assert_eq!(consumer.try_pop_with(|view| view.key()), Ok(None));
}

#[test]
fn a_variant_is_filled_case_by_case() {
    let mut pair = Pair::<Event>::new();
    pair.soil(0xFF);
    let event = pair.filled(|slot| slot.case(EventView::Reading).set_percent(7).expect("it is taken"));
    assert_eq!(bytes_of(&event), bytes_of(&Event::from(Reading { percent: 7, ..Reading::default() })));
    let point = Point { x: -1, y: 2 };
    // The last one counts, and leaves nothing of those before it.
    let event = pair.filled(|slot| {
        slot.case(EventView::Lists).push_counts(u64::MAX).expect("it is taken");
        slot.case(EventView::Base).set_x(9);
        slot.set_case(EventView::Base(&point));
    });
    assert_eq!(bytes_of(&event), bytes_of(&Event::base(point)));
    let bytes = [7; 128];
    let event = pair.filled(|slot| slot.set_case(EventView::Unknown(99, &bytes)));
    assert_eq!(event.view(), EventView::Unknown(99, &bytes));
    let inner = Inner { tag: 1, ..Inner::ZERO };
    let frame = Pair::<Frame>::new().filled(|slot| {
        slot.first().case(EventView::Sensor).set_key(5);
        slot.pair().slot(1).case(TaggedView::Inner).set_tag(1);
        slot.push_rest(Tagged::inner(inner)).expect("it is taken");
    });
    let sensor = Sensor { key: 5, ..Sensor::ZERO };
    assert_eq!((frame.first.view(), frame.pair[1]), (EventView::Sensor(&sensor), Tagged::inner(inner)));
    assert_eq!((frame.pair[0], frame.rest()), (Tagged::ZERO, &[Tagged::inner(inner)][..]));
}

/// A peer that writes to a slot while it is looked at: what was loaded stays what it was, and each load is valid.
#[test]
fn each_load_is_valid_by_itself_whatever_a_peer_writes_meanwhile() {
    let mut pair = Pair::<Lists>::new();
    let mut lists = Lists::ZERO;
    lists.set_steps(&[1.0, 2.0]).expect("it is taken");
    lists.push_labels(Str::new("ab").expect("it fits")).expect("it is taken");
    pair.producer.push(lists).expect("there is room");
    let path = pair.dir.path().join("rings/test.views");
    let file = std::fs::File::options().read(true).write(true).open(path).expect("the ring's file");
    let bytes = std::fs::read(pair.dir.path().join("rings/test.views")).expect("the ring's file");
    let slot = bytes.windows(size_of::<Lists>()).rposition(|bytes| bytes == bytes_of(&lists)).expect("its slot") as u64;
    let write = |field: usize, bytes: &[u8]| file.write_all_at(bytes, slot + field as u64).expect("a regular file");

    let peek = pair.consumer.try_peek(1).expect("the ring is sound").expect("a message");
    let view = peek.view(0);
    let (before, label) = (view.steps(), view.labels().get(0).expect("there is one"));
    assert_eq!((before.len(), view.steps_len()), (2, 2));
    write(std::mem::offset_of!(Lists, steps_len), &u32::MAX.to_le_bytes());
    write(std::mem::offset_of!(Lists, steps), &9.5_f32.to_le_bytes());
    write(std::mem::offset_of!(Lists, labels), b"\xFF\xFE");
    assert_eq!((before.len(), before.get(0), before.get(2)), (2, Some(9.5), None), "how many is decided once");
    assert_eq!((view.steps_len(), view.steps().len()), (u32::MAX, 3), "and never more than there are");
    assert_eq!(view.steps().to_vec(), [9.5, 2.0, 0.0]);
    assert_eq!(label, "ab", "a text is a copy");
    assert!(view.labels().get(0).is_some_and(|label| label.as_str().is_err()));
    write(std::mem::offset_of!(Lists, steps_len), &[0; 4]);
    assert!(view.steps().is_empty());
    let error = Lists::from(view).validate().expect_err("the text is no UTF-8");
    assert_eq!(error.place().to_string(), "Lists.labels[0]");
}

/// The other side: a consumer that writes to a slot that is being filled.
#[test]
fn a_list_is_never_filled_behind_its_end_whatever_a_peer_writes_meanwhile() {
    let mut pair = Pair::<Lists>::new();
    let path = pair.dir.path().join("rings/test.views");
    let file = std::fs::File::options().read(true).write(true).open(&path).expect("the ring's file");
    let end = std::fs::metadata(&path).expect("the ring's file").len();
    let all_ones = || {
        let slots = 2 * size_of::<Lists>() as u64;
        let start = (end - slots) / 4096 * 4096;
        file.write_all_at(&vec![0xFF; slots as usize], start).expect("a regular file");
    };
    let refused = pair.producer.push_with(|slot| {
        slot.push_steps(1.0)?;
        all_ones();
        slot.push_steps(2.0)
    });
    let Err(PushWithError::Value(ValueError::TooLong { length, limit, .. })) = refused else { panic!("{refused:?}") };
    assert_eq!((length, limit), (u32::MAX as usize + 1, 3));
    let filled = pair.filled(|slot| {
        all_ones();
        slot.set_steps(&[1.0]).expect("it is taken");
    });
    assert_eq!(filled.steps(), [1.0]);
}

#[test]
fn views_are_shown() {
    let mut pair = Pair::<Everything>::new();
    pair.filled(|slot| {
        assert_eq!(format!("{slot:?}"), "EverythingSlot { spot: .. }");
        assert_eq!(format!("{:?}", slot.words()), "ArraySlot { .. }");
    });
    pair.producer.push(Everything { words: [1, 2, 3], ..Everything::ZERO }).expect("there is room");
    let peek = pair.consumer.try_peek(1).expect("the ring is sound").expect("a message");
    let view = peek.view(0);
    assert_eq!(format!("{view:?} {:?}", view.words()), "EverythingView { spot: .. } [1, 2, 3]");
    assert_eq!(format!("{:?}", view.words().iter()), "[1, 2, 3]");
}

/// With a guard, what is looked at may turn into zeros, but never passes for a message.
#[test]
fn what_is_read_or_written_where_a_file_was_cut_short_does_not_count() {
    for is_read in [true, false] {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let options = RingOptions::new().dir(dir.path().join("rings")).capacity(2).guard_truncation(true);
        let ring = options.create::<Reading>("test.views").expect("a fresh directory");
        let (mut producer, mut consumer) = (ring.producer().expect("the first"), ring.consumer().expect("the first"));
        assert_eq!(producer.push_with(|slot| slot.set_percent(7)), Ok(()));
        assert_eq!(producer.push_with(|slot| slot.set_percent(8)), Ok(()));
        assert_eq!(consumer.pop_with(|view| view.percent()), Ok(Some(7)));
        let file = std::fs::File::options().write(true).open(dir.path().join("rings/test.views")).expect("its file");
        let cut = || file.set_len(0).expect("a regular file");
        let corrupt = ringgen::Corruption::Truncated;
        if is_read {
            let read = consumer.pop_with(|view| {
                cut();
                view.percent()
            });
            assert_eq!(read, Err(ringgen::PopError::Corrupt(corrupt)));
        } else {
            let pushed = producer.push_with(|slot| {
                cut();
                slot.set_percent(9)
            });
            assert_eq!(pushed, Err(PushWithError::Push(ringgen::PushError::Corrupt(corrupt))));
        }
    }
}
