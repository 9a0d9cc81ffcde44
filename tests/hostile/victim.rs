//! The victim in Rust: a real side of a ring that somebody scribbles over. What it meets is reported by name; what it
//! must never meet is a panic, a signal, or an answer that does not come.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::hint::black_box;
use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use ringgen::{
    Consumer, Corruption, Message, PopError, Producer, PushError, PushWithError, Ring, RingOptions, TryPushError,
    ValueError, View, Wait, zeroed,
};
use ringgen_runtime::{Observer, Role};
use serde_json::{Value, json};

use super::random::Random;
use crate::kitchen_sink::{
    Arrays, Event, EventView, Everything, Frame, Lists, Places, Reading, Tagged, TaggedView, Texts,
};

/// How often each thing happened, by its name.
pub(crate) type Outcomes = BTreeMap<String, u64>;

/// How many refusals in a row end an attack: the ring is as it is, and nobody mends it.
const REFUSALS: u32 = 50;

/// Answers commands until there are no more.
pub(crate) fn serve() {
    let mut victim: Option<Box<dyn Attacked>> = None;
    println!();
    for line in std::io::stdin().lock().lines() {
        let command: Value = serde_json::from_str(&line.expect("commands are UTF-8")).expect("commands are JSON");
        let word = |key: &str| command[key].as_str().unwrap_or_else(|| panic!("{command} has no {key}"));
        let number = |key: &str| word(key).parse::<u64>().unwrap_or_else(|error| panic!("{command}: {error}"));
        let answer = match word("do") {
            "ring" => {
                // The last one goes first: a role of another ring is nobody's business here.
                drop(victim.take());
                victim = Some(open(word("ring"), word("path").into(), word("role") == "producer"));
                json!({})
            }
            "attack" => {
                let victim = victim.as_mut().expect("a ring was named");
                let outcomes = victim.attacked(number("turns"), number("seed"), command["attaching"] == true);
                json!({ "outcomes": outcomes })
            }
            other => json!({ "error": "Unknown", "text": format!("there is no command {other:?}") }),
        };
        println!("{answer}");
        std::io::stdout().flush().expect("somebody listens");
    }
}

fn open(ring: &str, path: PathBuf, produces: bool) -> Box<dyn Attacked> {
    fn of<T: Fields>(path: PathBuf, produces: bool) -> Box<dyn Attacked> {
        Box::new(Victim::<T> { path, produces, ring: None, producer: None, consumer: None })
    }
    match ring {
        "all_kinds" => of::<Everything>(path, produces),
        "all_events" => of::<Event>(path, produces),
        "all_frames" => of::<Frame>(path, produces),
        "all_arrays" => of::<Arrays>(path, produces),
        "all_texts" => of::<Texts>(path, produces),
        "all_places" => of::<Places>(path, produces),
        other => panic!("there is no ring {other:?}"),
    }
}

trait Attacked {
    fn attacked(&mut self, turns: u64, seed: u64, attaching: bool) -> Outcomes;
}

/// A message, every field of which can be read.
trait Fields: Message + Debug {
    /// Whether all of its texts are text.
    fn read_all(&self) -> bool;

    /// The same in its slot, where it may change meanwhile; the whole, and parts of it by themselves.
    fn read_in_place(view: View<'_, Self>);
}

macro_rules! fields {
    ($($message:ty: |$this:ident| $more:block in place: |$view:ident| $in_place:block)*) => { $(
        impl Fields for $message {
            fn read_all(&self) -> bool {
                // Each field once for its text, and once for what it should be.
                black_box(format!("{self:?}"));
                let is_readable = !matches!(black_box(self.validate()), Err(ValueError::NotUtf8 { .. }));
                let $this = self;
                $more
                is_readable
            }

            fn read_in_place($view: View<'_, Self>) {
                $in_place
                black_box(<$message>::from($view).read_all());
            }
        }
    )* };
}

fields! {
    Everything: |it| {
        black_box((it.text.as_str().ok(), it.names.each_ref().map(|name| name.as_str().is_ok())));
    } in place: |view| {
        black_box((view.text().as_str().is_ok(), view.level().kind(), view.names().iter().count()));
        black_box(view.outers().iter().filter(|outer| outer.inner().text().as_str().is_ok()).count());
    }
    Arrays: |it| {
        black_box((it.switches.map(bool::from), it.moods.map(|mood| mood.kind())));
    } in place: |view| {
        black_box((view.switches().to_array(), view.points().iter().map(|point| point.x()).max()));
    }
    Texts: |it| {
        let page = it.page.as_flattened().iter().filter(|text| text.as_str().is_ok());
        black_box((it.label.as_str().is_ok(), page.count()));
    } in place: |view| {
        black_box((view.label().as_str().is_ok(), view.hash().to_array()));
    }
    Places: |it| {
        black_box((it.kind.kind(), it.balance.kind(), it.wrapped.c.get()));
    } in place: |view| {
        black_box((view.balance().kind(), view.wrapped().f64_val()));
    }
    Event: |it| {
        read_event(it);
    } in place: |view| {
        black_box(view.case(EventView::Reading).map(|reading| (reading.value(), reading.samples().to_vec())));
        if let Some(lists) = view.case(EventView::Lists) {
            assert!(lists.steps().len() <= 3 && lists.counts().to_vec().len() <= 2, "a list has room for so many");
            black_box(lists.labels().iter().filter(|label| label.as_str().is_ok()).count());
        }
    }
    Frame: |it| {
        read_event(&it.first);
        for tagged in it.pair.iter().chain(it.rest()) {
            read_tagged(tagged);
        }
    } in place: |view| {
        assert!(view.rest().iter().count() <= 3, "a list has room for so many");
        black_box(view.first().case(EventView::Sensor).map(|sensor| sensor.key()));
        black_box(view.pair().iter().filter_map(|tagged| tagged.case(TaggedView::Inner)).count());
    }
}

#[allow(deprecated, reason = "a case that was given up may come all the same")]
fn read_event(event: &Event) {
    match event.view() {
        EventView::Reading(reading) => read_reading(reading),
        EventView::Lists(lists) => read_lists(lists),
        EventView::Sensor(sensor) => drop(black_box((sensor.key, sensor.grade.kind()))),
        EventView::Top(point) | EventView::Base(point) => drop(black_box(*point)),
        EventView::Unknown(tag, bytes) => drop(black_box((tag, bytes.to_vec()))),
    }
}

fn read_tagged(tagged: &Tagged) {
    match tagged.view() {
        TaggedView::Inner(inner) => drop(black_box((inner.text.as_str().is_ok(), inner.flag.get()))),
        TaggedView::Unknown(tag, bytes) => drop(black_box((tag, bytes.len()))),
    }
}

fn read_reading(it: &Reading) {
    black_box((it.key(), it.value(), it.coarse(), it.error(), it.offset(), it.grade()));
    assert!(it.samples().len() <= 8, "a list has room for so many");
    black_box(it.samples().iter().sum::<f32>());
    let _ = black_box(it.validate());
}

fn read_lists(it: &Lists) {
    let lengths = [it.steps().len(), it.counts().len(), it.grades().len(), it.points().len(), it.labels().len()];
    assert!(lengths.iter().zip([3, 2, 3, 2, 2]).all(|(length, most)| *length <= most), "{lengths:?}");
    let labels = it.labels().iter().filter(|label| label.as_str().is_ok()).count();
    black_box((labels, it.keys().concat(), it.rows().concat(), it.switches().iter().filter(|on| on.get()).count()));
    black_box((it.counts().iter().fold(0, |sum, count| sum ^ count), it.r#type().to_vec(), it.steps().to_vec()));
}

struct Victim<T: Fields> {
    path: PathBuf,
    produces: bool,
    ring: Option<Ring<T>>,
    producer: Option<Producer<T>>,
    consumer: Option<Consumer<T>>,
}

/// What a verb came to: what it did, or the name of its error and which words contradict themselves.
type Met = Result<&'static str, (&'static str, Option<Corruption>)>;

impl<T: Fields> Attacked for Victim<T> {
    fn attacked(&mut self, turns: u64, seed: u64, attaching: bool) -> Outcomes {
        let mut outcomes = Outcomes::new();
        let mut random = Random::new(seed);
        let mut count = |name: String| *outcomes.entry(name).or_default() += 1;
        let mut refusals = 0;
        for _ in 0..turns {
            if random.one_in(16) {
                count(self.observe());
            }
            if self.producer.is_none() && self.consumer.is_none() {
                if let Err(refused) = self.claim(&mut random, attaching) {
                    count(refused);
                    refusals += 1;
                    if refusals == REFUSALS {
                        break;
                    }
                    // Until somebody heals it there is nothing to be had.
                    std::thread::sleep(Duration::from_micros(100));
                    continue;
                }
                refusals = 0;
                count("claim".to_string());
            }
            let met = self.verb(&mut random);
            match met {
                Ok(done) => count(done.to_string()),
                Err((code, None)) => count(format!("verb {code}")),
                Err((code, Some(corruption))) => {
                    count(format!("verb {code}: {corruption}"));
                    for _ in 0..3 {
                        assert_eq!(self.verb(&mut random), met, "what is corrupt stays so");
                    }
                    (self.producer, self.consumer) = (None, None);
                    continue;
                }
            }
            if random.one_in(if attaching { 4 } else { 60 }) {
                if let Some(producer) = self.producer.take() {
                    if random.one_in(4) { producer.close() } else { producer.detach() }
                }
                self.consumer = None;
            }
        }
        outcomes
    }
}

impl<T: Fields> Victim<T> {
    fn claim(&mut self, random: &mut Random, attaching: bool) -> Result<(), String> {
        if self.ring.is_none() || random.one_in(if attaching { 1 } else { 12 }) {
            self.ring = None;
            let options = RingOptions::new().wait(*random.pick(&[Wait::Hybrid, Wait::Hybrid, Wait::Yield, Wait::Spin]));
            let ring = options.attach::<T>(&self.path).map_err(|error| format!("attach {}", error.code()))?;
            self.ring = Some(ring);
        }
        let ring = self.ring.as_ref().expect("it was just attached");
        let refused = |error: ringgen::ClaimError| match error {
            ringgen::ClaimError::Corrupt(corruption) => format!("claim Corrupt: {corruption}"),
            other => format!("claim {}", other.code()),
        };
        if self.produces {
            self.producer = Some(ring.producer().map_err(refused)?);
        } else {
            self.consumer = Some(ring.consumer().map_err(refused)?);
        }
        Ok(())
    }

    fn verb(&mut self, random: &mut Random) -> Met {
        match (&mut self.producer, &mut self.consumer) {
            (Some(producer), _) => push(producer, random),
            (_, Some(consumer)) => pop(consumer, random),
            (None, None) => panic!("it has a role"),
        }
    }

    /// What somebody sees who only looks.
    fn observe(&self) -> String {
        let observer = match Observer::open(&self.path, &RingOptions::new()) {
            Ok(observer) => observer,
            Err(error) => return format!("observe {}", error.code()),
        };
        let (head, tail) = observer.cursors();
        for role in [Role::Producer, Role::Consumer] {
            black_box(observer.role(role).expect("the kernel says who holds a role"));
        }
        let mut message = vec![0; observer.header().geometry.stride as usize];
        for position in [head, tail.wrapping_sub(1), head.wrapping_add(1), u64::MAX] {
            black_box(observer.read(position, &mut message));
        }
        "observe".to_string()
    }
}

fn patience(random: &mut Random) -> Duration {
    Duration::from_micros(*random.pick(&[0, 20, 300, 2000]))
}

fn push<T: Fields>(producer: &mut Producer<T>, random: &mut Random) -> Met {
    let message: T = zeroed();
    let result = match random.below(8) {
        0 => match producer.try_push(message) {
            Ok(()) => Ok("pushed"),
            Err(TryPushError::Full(_)) => Ok("nothing"),
            Err(TryPushError::Corrupt(_, corruption)) => Err(PushError::Corrupt(corruption)),
            Err(error) => panic!("{error:?}"),
        },
        1 => producer.push_timeout(message, patience(random)).map(|()| "pushed"),
        2 => producer.try_push_many(&vec![message; random.below(80) as usize]).map(|count| done(count, "pushed")),
        3 => producer.wait_for_room(random.below(80) as usize, Some(patience(random))).map(|()| "nothing"),
        5 => producer.try_push_with(|_| ()).map(|is_pushed| done(usize::from(is_pushed), "pushed")).map_err(|error| {
            match error {
                PushWithError::Push(error) => error,
                other => panic!("{other}"),
            }
        }),
        4 => {
            let deadline = Instant::now() + patience(random);
            producer.push_deadline(message, deadline).map(|()| "pushed")
        }
        _ => producer.try_claim(1 + random.below(80) as usize).and_then(|claim| {
            let Some(mut claim) = claim else { return Ok("nothing") };
            let some = random.below(claim.len() as u64 + 1) as usize;
            (0..claim.len()).for_each(|index| claim.write(index, message));
            claim.commit(some).map(|()| done(some, "pushed"))
        }),
    };
    black_box((producer.position(), producer.epoch(), producer.stats()));
    result.map_err(|error| match error {
        PushError::Corrupt(corruption) => ("Corrupt", Some(corruption)),
        other => (other.code(), None),
    })
}

fn pop<T: Fields>(consumer: &mut Consumer<T>, random: &mut Random) -> Met {
    let read = |messages: &[T]| {
        let readable = messages.iter().filter(|message| message.read_all()).count();
        done(messages.len(), if readable == messages.len() { "popped" } else { "unreadable" })
    };
    let limit = 1 + random.below(80) as usize;
    let result = match random.below(11) {
        0 => consumer.try_pop().map(|message| read(message.as_slice())),
        1 => consumer.pop_timeout(patience(random)).map(|message| read(message.as_slice())),
        2 => {
            let mut messages = vec![zeroed::<T>(); limit];
            consumer.try_pop_many(&mut messages).map(|count| read(&messages[..count]))
        }
        3 => {
            let mut messages = Vec::new();
            consumer.try_pop_many_into(&mut messages, limit).map(|count| {
                assert_eq!(count, messages.len());
                read(&messages)
            })
        }
        4 => consumer.wait_for_message(Some(patience(random))).map(|_| "nothing"),
        7 => consumer.try_pop_with(T::read_in_place).map(|read| done(read.iter().len(), "popped")),
        8 => {
            consumer.pop_with_timeout(patience(random), T::read_in_place).map(|read| done(read.iter().len(), "popped"))
        }
        5 => consumer.pop_deadline(Instant::now() + patience(random)).map(|message| read(message.as_slice())),
        6 => match consumer.try_iter().take(limit).collect::<Result<Vec<T>, _>>() {
            Ok(messages) => Ok(read(&messages)),
            Err(error) => Err(error),
        },
        _ => consumer.try_peek(limit).and_then(|peek| {
            let Some(peek) = peek else { return Ok("nothing") };
            peek.iter().for_each(|message| {
                message.read_all();
            });
            peek.views().for_each(T::read_in_place);
            let some = random.below(peek.len() as u64 + 1) as usize;
            peek.release(some).map(|()| done(some, "popped"))
        }),
    };
    black_box((consumer.position(), consumer.epoch(), consumer.stats(), consumer.is_ended()));
    result.map_err(|error| match error {
        PopError::Corrupt(corruption) => ("Corrupt", Some(corruption)),
        other => (other.code(), None),
    })
}

fn done(count: usize, what: &'static str) -> &'static str {
    if count == 0 { "nothing" } else { what }
}
