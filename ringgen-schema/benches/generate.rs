//! How long a large schema takes from its text to the code of every language.
//!
//! The schema is 300 messages of twelve fields, each with its doc: nested structs and lists of them, enums, flags, texts,
//! null values, ranges and padding, and every tenth message has a ring. Steps are measured one by one, in each round
//! anew; what is printed are medians, and what each is of the whole.
//!
//! What dominates is text: of some 920 million instructions (`valgrind --tool=callgrind`), allocating and freeing short
//! strings are 24 %, formatting into them 18 % and copying them 8 %. Of its steps the plan takes 27 % (the TOML parser 5 %,
//! names that collide 6 %, canonical texts 5 %), Python 23 %, Rust 22 %, TypeScript 21 %, C 5 %.
//!
//! ```text
//! cargo bench -p ringgen-schema --bench generate                   all of it
//! cargo bench -p ringgen-schema --bench generate -- --quick        fewer rounds
//! cargo bench -p ringgen-schema --bench generate -- --once 100     so many runs alone, to put under perf
//! cargo bench -p ringgen-schema --bench generate -- --print        the schema
//! ```

use std::fmt::Write;
use std::time::{Duration, Instant};

use ringgen_schema::backend::BACKENDS;
use ringgen_schema::plan::{Plan, TypePlan};
use ringgen_schema::{Source, compile};

const MESSAGES: usize = 300;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        [] => measure(31),
        ["--quick"] => measure(7),
        ["--once", runs] => once(runs.parse().expect("how many runs, a number")),
        ["--print"] => print!("{}", schema()),
        _ => panic!("usage: generate [--quick | --once RUNS | --print]"),
    }
}

fn measure(rounds: usize) {
    let text = schema();
    let plan = plan(&text);
    println!(
        "{MESSAGES} messages, {} types, {} fields; {} KiB of schema; {rounds} rounds",
        plan.types.len(),
        plan.types.iter().map(fields).sum::<usize>(),
        text.len() / 1024
    );
    println!();
    println!("step             median ms   least ms   share   output");
    let mut steps = vec![Step::new("text to plan", 0)];
    for backend in BACKENDS {
        steps.push(Step::new(backend.language(), backend.emit(&plan).len()));
    }
    let mut whole = Step::new("all of it", steps.iter().map(|step| step.output).sum());
    for _ in 0..rounds {
        let start = Instant::now();
        let plan = time(&mut steps[0], || self::plan(&text));
        for (step, backend) in steps[1..].iter_mut().zip(BACKENDS) {
            time(step, || backend.emit(&plan));
        }
        whole.times.push(start.elapsed());
    }
    let median = whole.median();
    for step in steps.iter_mut().chain([&mut whole]) {
        let share = step.median().as_secs_f64() / median.as_secs_f64();
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        let output = if step.output == 0 { String::new() } else { format!("{:>5} KiB", step.output / 1024) };
        let (name, least) = (step.name, *step.times.first().expect("there is a round"));
        println!("{name:16} {:>9.1}  {:>9.1}  {:>5.0} %   {output}", ms(step.median()), ms(least), share * 100.0);
    }
}

/// A step and how long it took in each round.
struct Step {
    name: &'static str,
    /// Bytes that it prints.
    output: usize,
    times: Vec<Duration>,
}

impl Step {
    fn new(name: &'static str, output: usize) -> Self {
        Step { name, output, times: Vec::new() }
    }

    fn median(&mut self) -> Duration {
        self.times.sort();
        self.times[self.times.len() / 2]
    }
}

fn time<T>(step: &mut Step, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = std::hint::black_box(work());
    step.times.push(start.elapsed());
    done
}

fn once(runs: usize) {
    let text = schema();
    for _ in 0..runs {
        let plan = plan(&text);
        for backend in BACKENDS {
            std::hint::black_box(backend.emit(&plan));
        }
    }
}

fn plan(text: &str) -> Plan {
    compile(&Source::new("bench.toml", text)).unwrap_or_else(|report| panic!("{}", report.render(false)))
}

fn fields(ty: &TypePlan) -> usize {
    match ty {
        TypePlan::Struct(of) => of.data_fields().count(),
        TypePlan::Enum(_) | TypePlan::Variant(_) => 0,
    }
}

/// The schema that is measured.
fn schema() -> String {
    let mut text = "ringgen = 1\npackage = \"bench\"\nversion = 3\ndoc = \"A large package.\"\n\n[const]\n\
        DEPTH = { type = \"u32\", value = 4, doc = \"Levels a side.\" }\n\
        NO_ORDER = { type = \"u64\", value = \"0xFFFF_FFFF_FFFF_FFFF\", doc = \"There is no order.\" }\n"
        .to_string();
    for index in 0..MESSAGES / 10 {
        enums(&mut text, index);
    }
    for index in 0..MESSAGES {
        message(&mut text, index);
    }
    for index in (0..MESSAGES).step_by(10) {
        let _ = writeln!(
            text,
            "\n[ring.orders_{index}]\nmessage = \"Order{index}\"\ncapacity = 1024\ndoc = \"Orders of venue {index}.\""
        );
    }
    text
}

/// An enum, flags and a struct to nest, which ten messages share.
fn enums(text: &mut String, index: usize) {
    let _ = write!(
        text,
        r#"
[enum.Side{index}]
repr = "u8"
doc = "Who crossed the spread at venue {index}."
values = [
  {{ name = "Unknown", value = 0 }},
  {{ name = "Buy", value = 1, doc = "A buyer lifted the offer." }},
  {{ name = "Sell", value = 2, doc = "A seller hit the bid." }},
  {{ name = "Cross", value = 3, since = 2, doc = "Both at once." }},
]

[flags.Conditions{index}]
repr = "u16"
doc = "What is special about a trade at venue {index}."
bits = [
  {{ name = "OddLot", bit = 0, doc = "Smaller than a round lot." }},
  {{ name = "Auction", bit = 1 }},
  {{ name = "Cancelled", bit = 15, deprecated = 3 }},
]

[struct.Level{index}]
doc = "One price of a book."
fields = [
  {{ name = "price", type = "i64", unit = "1e-9 USD", doc = "What one share costs." }},
  {{ name = "quantity", type = "u32", unit = "shares", doc = "How many there are." }},
  {{ name = "orders", type = "u32", doc = "Of how many orders." }},
]
"#
    );
}

fn message(text: &mut String, index: usize) {
    let shared = index / 10;
    let _ = write!(
        text,
        r#"
[message.Order{index}]
id = {index}
doc = "What becomes of an order, number {index}.\n\nA second paragraph says more about it."
fields = [
  {{ name = "ts", type = "u64", unit = "ns", epoch = "unix", doc = "When the exchange saw it." }},
  {{ name = "order_id", type = "u64", null = "NO_ORDER", doc = "Which order it is about." }},
  {{ name = "price", type = "i64", unit = "1e-9 USD", doc = "The limit of the order." }},
  {{ name = "quantity", type = "u32", unit = "shares", range = [1, 1_000_000], doc = "How many of them." }},
  {{ name = "side", type = "Side{shared}", doc = "Which side of the book it is on." }},
  {{ name = "halted", type = "bool", doc = "Whether trading has stopped." }},
  {{ name = "conditions", type = "Conditions{shared}", doc = "What is special about it." }},
  {{ name = "symbol", type = "str[12]", doc = "Its name at the exchange." }},
  {{ name = "mid", type = "f64", null = "nan", doc = "The middle of the book." }},
  {{ name = "bids", type = "Level{shared}[DEPTH]", doc = "The best prices of buyers." }},
  {{ name = "fills", type = "list[Level{shared}, 8]", doc = "What it was matched with." }},
  {{ name = "digest", type = "bytes[16]", since = 2, doc = "Of the message as it came." }},
]
"#
    );
}
