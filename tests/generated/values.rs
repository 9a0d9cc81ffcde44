//! What fields take and don't take: absent values, ranges, lists, text; setters, builders and `validate`.

use ringgen::{BlobRef, Bool, Number, Place, Str, StrError, TextRef, ValueError};

use crate::generated::clock;
use crate::kitchen_sink::{
    ClockSource, Everything, Frame, Grade, Inner, Lists, Note, Outer, Point, Race, Reading, Sensor, Texts,
};
use crate::{bytes_of, from_bytes, round_trip};

fn reading() -> Reading {
    Reading::builder().percent(50).steps([1, 2, 3, 5]).least(i64::MIN).build().expect("all of it is in range")
}

#[test]
fn what_may_be_absent_is_so_by_default_and_zero_is_zero() {
    let absent = Reading::default();
    assert_eq!((absent.key(), absent.value(), absent.coarse(), absent.error()), (None, None, None, None));
    assert_eq!((absent.offset(), absent.grade()), (None, None));
    assert_eq!((absent.key, absent.coarse, absent.offset, absent.grade), (u64::MAX, -1.0, -32768, Grade(255)));
    assert!(absent.value.is_nan() && absent.error.is_nan());
    assert_eq!((Reading::ZERO.key(), Reading::ZERO.value()), (Some(0), Some(0.0)));
    assert!(bytes_of(&Reading::ZERO).iter().all(|byte| *byte == 0));
    assert_eq!((Reading::KEY_NULL, Reading::GRADE_NULL), (u64::MAX, Grade(255)));
    assert!(Reading::VALUE_NULL.is_nan());
}

#[test]
fn an_absent_value_is_equal_to_another_whatever_nan_it_is() {
    let one = reading();
    let mut other = one;
    other.value = f64::from_bits(f64::NAN.to_bits() | 0xBEEF | 1 << 63);
    assert_eq!((other.value(), one), (None, other));
    other.set_value(Some(1.0)).unwrap();
    assert_ne!(one, other);
    assert_eq!(round_trip("kitchen_sink.readings", one), one);
}

#[test]
fn setters_take_what_the_field_takes() {
    let mut of = reading();
    of.set_key(Some(7)).unwrap();
    of.set_value(Some(1e6)).unwrap();
    of.set_coarse(Some(0.1)).unwrap();
    of.set_offset(Some(-300)).unwrap();
    of.set_grade(Some(Grade::GREAT)).unwrap();
    of.set_percent(100).unwrap();
    of.set_steps([5; 4]).unwrap();
    of.set_least(-1).unwrap();
    assert_eq!((of.key(), of.value(), of.coarse(), of.offset()), (Some(7), Some(1e6), Some(0.1), Some(-300)));
    assert_eq!((of.grade(), of.percent, of.steps, of.least), (Some(Grade::GREAT), 100, [5; 4], -1));
    of.set_key(None).unwrap();
    of.set_error(None).unwrap();
    assert_eq!((of.key(), of.error(), of.validate()), (None, None, Ok(())));
    // A value without a name is one all the same.
    of.set_grade(Some(Grade(77))).unwrap();
    assert_eq!((of.grade(), of.validate()), (Some(Grade(77)), Ok(())));
}

#[test]
fn setters_refuse_what_the_field_does_not_take_and_change_nothing() {
    let before = reading();
    let mut of = before;
    let refused = [
        (of.set_key(Some(u64::MAX)), "Reading.key is 18446744073709551615, which stands for no value there"),
        (of.set_value(Some(f64::NAN)), "Reading.value is NaN, which stands for no value there"),
        (of.set_value(Some(1e7)), "Reading.value is 10000000, and takes -0.5 to 1000000"),
        (of.set_coarse(Some(0.0)), "Reading.coarse is 0, and takes 0.1 to 99.9"),
        (of.set_coarse(Some(f32::NAN)), "Reading.coarse is NaN, and takes 0.1 to 99.9"),
        (of.set_offset(Some(301)), "Reading.offset is 301, and takes -300 to 300"),
        (of.set_grade(Some(Grade(255))), "Reading.grade is 255, which stands for no value there"),
        (of.set_percent(0), "Reading.percent is 0, and takes 1 to 100"),
        (of.set_steps([1, 1, 6, 9]), "Reading.steps[2] is 6, and takes 1 to 5"),
        (of.set_least(0), "Reading.least is 0, and takes -9223372036854775808 to -1"),
        (of.set_samples(&[1.0, 30.6]), "Reading.samples[1] is 30.6, and takes 0 to 30.5"),
        (of.set_samples(&[0.0; 9]), "Reading.samples has a length of 9; there is room for 8"),
        (of.push_samples(f32::INFINITY), "Reading.samples is inf, and takes 0 to 30.5"),
    ];
    for (result, text) in refused {
        let error = result.expect_err(text).to_string();
        assert!(error.starts_with(text), "{error}");
    }
    assert_eq!(bytes_of(&of), bytes_of(&before));
}

#[test]
fn errors_hold_the_facts() {
    let place = Place { ty: "Reading", field: "steps", index: Some(2) };
    let (value, least, most) = (Number::Unsigned(6), Number::Unsigned(1), Number::Unsigned(5));
    let mut of = reading();
    assert_eq!(of.set_steps([1, 1, 6, 9]), Err(ValueError::OutOfRange { place, value, least, most }));
    let too_long = of.set_samples(&[0.0; 9]).unwrap_err();
    let place = Place { ty: "Reading", field: "samples", index: None };
    assert_eq!(too_long, ValueError::TooLong { place, length: 9, limit: 8 });
    assert_eq!(too_long.place(), place);
}

#[test]
fn a_builder_checks_all_of_it() {
    let built = Reading::builder()
        .key(Some(1))
        .value(None)
        .grade(Some(Grade::GOOD))
        .percent(1)
        .steps([1; 4])
        .least(-5)
        .samples(&[1.5, 2.5])
        .build()
        .unwrap();
    assert_eq!((built.key(), built.value(), built.grade()), (Some(1), None, Some(Grade::GOOD)));
    assert_eq!((built.samples(), built.samples_len), (&[1.5, 2.5][..], 2));
    // What was not set is looked at too: zero is out of this range.
    let unset = Reading::builder().steps([1; 4]).least(-5).build().unwrap_err();
    assert_eq!(unset.to_string(), "Reading.percent is 0, and takes 1 to 100");
    // The first mistake is told, and those behind it do not hide it.
    let first = Reading::builder().percent(101).key(Some(u64::MAX)).percent(50).build().unwrap_err();
    assert_eq!(first.to_string(), "Reading.percent is 101, and takes 1 to 100");
}

#[test]
fn a_builder_takes_text_and_booleans_as_people_have_them() {
    let inner = Inner::builder().tag(1).text("five!").flag(true).build().unwrap();
    assert_eq!((inner.text, inner.flag), (Str::new("five!").unwrap(), Bool::TRUE));
    let outer = Outer::builder().inner(inner).pair([inner; 2]).value(0.5).build().unwrap();
    let everything = Everything::builder().outer(outer).words([1, 2, 3]).names([Str::new("a").unwrap(); 3]);
    assert_eq!(everything.build().unwrap().outer, outer);
    let refused = Inner::builder().text("too long").build().unwrap_err();
    let place = Place { ty: "Inner", field: "text", index: None };
    assert_eq!(refused, ValueError::Text { place, error: StrError::TooLong { text: "too long".into(), limit: 5 } });
    assert_eq!(refused.to_string(), "Inner.text: \"too long\" is 8 bytes of UTF-8; there is room for 5");
    let mut texts = Texts::ZERO;
    assert!(matches!(texts.set_one("\0"), Err(ValueError::Text { error: StrError::Nul { at: 0 }, .. })));
    texts.set_label("sixteen bytes ok").unwrap();
    assert_eq!(texts.label, "sixteen bytes ok");
}

#[test]
fn a_list_has_the_elements_that_count() {
    let mut lists = Lists::ZERO;
    assert!(lists.steps().is_empty() && lists.rows().is_empty());
    lists.set_steps(&[1.0, 2.0, 3.0]).unwrap();
    lists.set_steps(&[4.0]).unwrap();
    assert_eq!((lists.steps(), lists.steps_len, lists.steps), (&[4.0][..], 1, [4.0, 0.0, 0.0]));
    lists.push_steps(5.0).unwrap();
    lists.push_points(Point { x: 1, y: 2 }).unwrap();
    lists.push_rows([1, 2, 3]).unwrap();
    lists.set_labels(&[Str::new("ab").unwrap(), Str::new("cd").unwrap()]).unwrap();
    lists.push_keys(*b"abcd").unwrap();
    lists.push_switches(Bool::TRUE).unwrap();
    lists.push_type(9).unwrap();
    assert_eq!((lists.steps(), lists.points()), (&[4.0, 5.0][..], &[Point { x: 1, y: 2 }][..]));
    assert_eq!((lists.rows(), lists.keys(), lists.r#type()), (&[[1, 2, 3]][..], &[*b"abcd"][..], &[9][..]));
    let full = lists.push_type(10).unwrap_err();
    assert_eq!(full.to_string(), "Lists.type has a length of 2; there is room for 1");
    assert_eq!(round_trip("kitchen_sink.lists", lists), lists);
}

#[test]
fn what_is_behind_the_end_of_a_list_is_no_difference() {
    let mut one = Lists::ZERO;
    one.set_steps(&[1.0]).unwrap();
    let mut other = one;
    other.steps[2] = 9.0;
    assert_eq!(one, other);
    assert!(format!("{other:?}").starts_with("Lists { steps: [1.0], counts: [], "), "{other:?}");
    other.steps_len = 3;
    assert_ne!(one, other);
}

#[test]
fn a_hostile_length_gives_all_elements_and_no_more() {
    for length in [4, 5, 0x8000_0000, u32::MAX] {
        let lists = Lists { steps_len: length, steps: [1.0, 2.0, 3.0], type_len: length, ..Lists::ZERO };
        assert_eq!((lists.steps(), lists.r#type()), (&[1.0, 2.0, 3.0][..], &[0][..]));
        let error = lists.validate().unwrap_err();
        assert_eq!(error.to_string(), format!("Lists.steps has a length of {length}; there is room for 3"));
        let mut pushed = lists;
        assert!(pushed.push_steps(1.0).is_err(), "and there is no place behind the end");
    }
}

/// What a peer may have written, in each kind of field.
#[test]
fn what_is_wrong_is_found_wherever_it_lies() {
    let mut texts = Texts::ZERO;
    assert_eq!(texts.validate(), Ok(()));
    texts.page[1][0] = Str::from_bytes(*b"\xFF\0\0\0");
    let error = texts.validate().unwrap_err();
    assert!(error.to_string().starts_with("Texts.page[2] is no UTF-8: "), "{error}");
    let mut everything = Everything::ZERO;
    everything.outers[1].pair[0].text = Str::from_bytes(*b"ab\xC3\0\0");
    let error = everything.validate().unwrap_err();
    assert!(matches!(error, ValueError::NotUtf8 { place: Place { ty: "Inner", field: "text", .. }, .. }), "{error}");
    let mut lists = Lists::ZERO;
    lists.labels[1] = Str::from_bytes(*b"\xFF\0\0\0\0\0");
    assert_eq!(lists.validate(), Ok(()), "behind the end of a list nothing counts");
    lists.labels_len = 2;
    assert_eq!(lists.validate().unwrap_err().place().to_string(), "Lists.labels[1]");
    // What is open has nothing wrong with it.
    let sensor = Sensor { grade: Grade(200), ..Sensor::ZERO };
    assert_eq!((sensor.validate(), Frame::ZERO.validate()), (Ok(()), Ok(())));
}

#[test]
fn references_lead_nowhere_yet_and_their_lengths_are_checked() {
    assert_eq!((Note::ZERO.body, Note::ZERO.raw), (TextRef::EMPTY, BlobRef::EMPTY));
    assert_eq!((Note::ZERO.validate(), size_of::<Note>()), (Ok(()), 40));
    let mut bytes = bytes_of(&Note::ZERO);
    bytes[16..20].copy_from_slice(&4097_u32.to_le_bytes());
    let note = from_bytes::<Note>(&bytes);
    assert_eq!(note.body.len(), 4097);
    let error = note.validate().unwrap_err();
    assert_eq!(error.to_string(), "Note.body has a length of 4097; there is room for 4096");
}

#[test]
#[allow(deprecated, reason = "what was given up has its place all the same")]
fn what_was_renamed_keeps_its_layout() {
    let sensor = Sensor { number: 1, height: 2.0, grade: Grade::POOR, ..Sensor::ZERO };
    assert_eq!(sensor.grade.kind(), Some(crate::kitchen_sink::GradeKind::Poor));
    assert!(
        Sensor::SCHEMA_TEXT.contains("\n4 4 f32 - size\n") && Sensor::SCHEMA_TEXT.contains("#name Sensor.size height")
    );
    assert_eq!(format!("{:?}", Grade::GOOD), "Good");
}

#[test]
fn types_of_another_package_are_those_of_its_module() {
    let at = clock::Timestamp { ns: clock::SECOND, source: ClockSource::GPS, ..clock::Timestamp::ZERO };
    let mut race = Race { start: at, source: ClockSource::PTP, ..Race::default() };
    race.push_stops(at).unwrap();
    assert_eq!((race.stops(), race.source()), (&[at][..], Some(ClockSource::PTP)));
    assert_eq!((race.validate(), race.laps.len()), (Ok(()), usize::from(clock::LAPS)));
    assert_eq!(round_trip("kitchen_sink.races", race), race);
    // A ring of this package carries a message of the other one.
    let ticks: fn() -> Result<ringgen::Ring<clock::Tick>, ringgen::CreateError> = crate::kitchen_sink::AllTicks::create;
    let _ = ticks;
}
