//! The committed Rust of every schema, as its users use it. That it lies as the plans say is the business of
//! `tests/hosts.rs`.

use std::process::Command;

use ringgen::__private::{case_in, put_case};
use ringgen::{Bool, Message, Pod, Reserved, Str, StrError};

#[path = "../generated/rust"]
mod generated {
    //! As a user has them: without a warning, under the strictest lints, in a crate that forbids `unsafe`.
    #![deny(warnings, missing_docs, missing_debug_implementations, rust_2018_idioms)]
    #![forbid(unsafe_code)]

    pub mod audio;
    pub mod clock;
    pub mod kitchen_sink;
    pub mod market;
    pub mod telemetry;
}
use generated::{kitchen_sink, market};

#[path = "generated/values.rs"]
mod values;
#[path = "generated/variants.rs"]
mod variants;
#[path = "generated/views.rs"]
mod views;

/// All bytes of a value, its padding too.
fn bytes_of<T: Pod>(value: &T) -> Vec<u8> {
    let mut bytes = vec![0; size_of::<T>()];
    put_case(&mut bytes, value);
    bytes
}

/// What a peer wrote.
fn from_bytes<T: Pod>(bytes: &[u8]) -> T {
    #[repr(C, align(128))]
    struct Aligned([u8; 4096]);
    let mut aligned = Aligned([0; 4096]);
    aligned.0[..bytes.len()].copy_from_slice(bytes);
    assert_eq!(bytes.len(), size_of::<T>());
    *case_in(&aligned.0[..bytes.len()])
}

#[test]
fn offsets_of_the_trade_are_those_of_the_schema() {
    use market::Trade;
    use std::mem::offset_of;
    assert_eq!((offset_of!(Trade, id), offset_of!(Trade, price), offset_of!(Trade, quantity)), (0, 8, 16));
    assert_eq!((offset_of!(Trade, symbol), offset_of!(Trade, side), offset_of!(Trade, conditions)), (20, 28, 30));
    assert_eq!((offset_of!(Trade, ts), size_of::<Trade>(), align_of::<Trade>()), (32, 40, 8));
}

#[test]
fn constants_keep_their_values() {
    assert_eq!((market::DEPTH, market::NO_ORDER_ID, market::TICK), (5, u64::MAX, 0.01));
    assert_eq!((kitchen_sink::LEAST, kitchen_sink::OFFSET, kitchen_sink::TINY), (i64::MIN, -300, -128));
    assert_eq!((kitchen_sink::HUGE, kitchen_sink::THIRD), (6.02e23, 0.333333_f32));
    assert_eq!((kitchen_sink::ENABLED, kitchen_sink::ROWS), (true, 2));
}

#[test]
fn an_enum_keeps_what_it_has_no_name_for() {
    use market::{Side, SideKind};
    assert_eq!((Side::BUY.kind(), Side(7).kind()), (Some(SideKind::Buy), None));
    assert_eq!((format!("{:?}", Side::BUY), format!("{:?}", Side(7))), ("Buy".to_string(), "Side(7)".to_string()));
    assert_eq!((Side::from(SideKind::Sell), Side::from(2)), (Side::SELL, Side::SELL));
    assert_eq!((u8::from(Side(7)), Side::default()), (7, Side::UNKNOWN));
    assert_eq!(kitchen_sink::Level::LOW.kind(), Some(kitchen_sink::LevelKind::Low));
    assert_eq!((kitchen_sink::Level::LOW.0, kitchen_sink::Giant::ALL.0), (-300, u64::MAX));
}

#[test]
fn flags_combine_and_keep_bits_without_a_name() {
    use market::Conditions;
    let mut both = Conditions::ODD_LOT | Conditions::CANCELLED;
    assert!(both.contains(Conditions::ODD_LOT) && both.intersects(Conditions::all()) && !both.is_empty());
    assert!(!both.contains(Conditions::AUCTION) && !Conditions::AUCTION.intersects(both));
    assert_eq!((both.bits(), both ^ Conditions::ODD_LOT, both & Conditions::ODD_LOT).0, 0x8001);
    assert_eq!(both ^ Conditions::ODD_LOT, Conditions::CANCELLED);
    assert_eq!(!both, Conditions::AUCTION);
    both.remove(Conditions::CANCELLED);
    both.insert(Conditions::from_bits(0x40));
    assert_eq!(format!("{both:?}"), "Conditions(OddLot | 0x40)");
    assert_eq!(format!("{:?} {:?}", Conditions::empty(), Conditions::AUCTION), "Conditions() Conditions(Auction)");
    assert_eq!(u16::from(both), 0x41);
    assert_eq!(kitchen_sink::Options::LAST.bits(), 1 << 63);
}

fn a_trade() -> Result<market::Trade, StrError> {
    Ok(market::Trade {
        id: u64::MAX,
        price: 101.25,
        quantity: 300,
        symbol: Str::new("MSFT")?,
        side: market::Side::BUY,
        conditions: market::Conditions::ODD_LOT,
        ts: 1,
        ..market::Trade::ZERO
    })
}

#[test]
fn debug_shows_the_data_and_no_padding() {
    let text = format!("{:?}", a_trade().unwrap());
    assert_eq!(
        text,
        "Trade { id: 18446744073709551615, price: 101.25, quantity: 300, symbol: \"MSFT\", side: Buy, \
         conditions: Conditions(OddLot), ts: 1 }"
    );
    let names = format!("{:?}", kitchen_sink::ReservedWords { r#type: 1, in_rust: 2, ..Default::default() });
    assert!(names.starts_with("ReservedWords { type: 1, ") && names.ends_with("in_rust: 2 }"), "{names}");
}

/// Pushes a message and pops it again, in a directory of its own.
fn round_trip<T: Message>(name: &str, message: T) -> T {
    let dir = tempfile::tempdir().unwrap();
    let options = ringgen::RingOptions::new().dir(dir.path().join("rings")).capacity(2);
    let ring = options.create::<T>(name).unwrap();
    let mut producer = ring.producer().unwrap();
    let mut consumer = options.attach::<T>(name).unwrap().consumer().unwrap();
    producer.push(message).unwrap();
    producer.close();
    let popped = consumer.pop().unwrap().unwrap();
    assert!(consumer.pop().unwrap().is_none());
    popped
}

#[test]
fn messages_come_out_of_a_ring_as_they_went_in() {
    let trade = a_trade().unwrap();
    assert_eq!(round_trip("market.trades", trade), trade);
    let everything = kitchen_sink::Everything {
        u8: 255,
        i8: -128,
        u64: u64::MAX,
        i64: i64::MIN,
        f32: -0.0,
        f64: f64::INFINITY,
        yes: Bool::TRUE,
        level: kitchen_sink::Level::HIGH,
        giant: kitchen_sink::Giant(12),
        options: kitchen_sink::Options::LAST,
        text: Str::new("twelve bytes").unwrap(),
        raw: [0, 1, 2, 253, 254, 255],
        words: [1, 2, 3],
        grid: [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]],
        names: [Str::new("a").unwrap(), Str::new("é").unwrap(), Str::new("€").unwrap()],
        blobs: [[1, 2], [3, 4]],
        ..Default::default()
    };
    assert_eq!(everything._later, Reserved::ZERO);
    assert_eq!(round_trip("kitchen_sink.all_kinds", everything), everything);
}

#[test]
fn rings_have_the_constants_of_their_schema() {
    use market::{Trades, TradesConsumer, TradesProducer};
    assert_eq!((Trades::NAME, Trades::CAPACITY), ("market.trades", 4096));
    assert_eq!((Trades::KIND, Trades::WAIT), (ringgen::RingKind::Spsc, ringgen::Wait::Hybrid));
    assert_eq!(kitchen_sink::Words::CAPACITY, 1);
    let dir = tempfile::tempdir().unwrap();
    let ring = Trades::options().dir(dir.path().join("rings")).create::<market::Trade>(Trades::NAME).unwrap();
    assert_eq!(ring.capacity(), 4096);
    let mut producer: TradesProducer = ring.producer().unwrap();
    let mut consumer: TradesConsumer = ring.consumer().unwrap();
    producer.try_push(a_trade().unwrap()).unwrap();
    assert_eq!(consumer.try_pop().unwrap(), Some(a_trade().unwrap()));
}

/// `RINGGEN_DIR` is a process's, so this test runs itself in one of its own.
#[test]
fn rings_open_by_their_own_names() {
    const IS_CHILD: &str = "RINGGEN_TEST_IS_CHILD";
    if std::env::var_os(IS_CHILD).is_some() {
        let created = market::Trades::create().unwrap();
        let mut producer = market::Trades::open_or_create().unwrap().producer().unwrap();
        producer.push(a_trade().unwrap()).unwrap();
        let mut consumer = market::Trades::attach().unwrap().consumer().unwrap();
        assert_eq!(consumer.pop().unwrap(), Some(a_trade().unwrap()));
        assert!(matches!(market::Trades::create(), Err(ringgen::CreateError::AlreadyExists { .. })));
        created.unlink().unwrap();
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "rings_open_by_their_own_names"])
        .env(IS_CHILD, "1")
        .env("RINGGEN_DIR", dir.path().join("rings"))
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&child.stdout);
    assert!(
        child.status.success() && output.contains("1 passed"),
        "{output}{}",
        String::from_utf8_lossy(&child.stderr)
    );
}
