//! A Rust file as a schema: what other languages are told of its structs is what rustc makes of them.

use std::path::Path;

use ringgen::{Message, Pod};
use ringgen_schema::plan::{Plan, TypePlan};
use ringgen_schema::{Source, compile};

#[allow(
    dead_code,
    unreachable_pub,
    unused_braces,
    reason = "a file as users may have it; only its layouts are looked at"
)]
#[path = "../ringgen-schema/tests/cases/rust-structs/messages.rs"]
mod messages;

mod told {
    //! As a user includes it: rustc compares.
    use super::messages::{Conditions, Event, Heartbeat, Level, Side, Trade};
    include!("../ringgen-schema/tests/cases/rust-structs/out.rs");
}

/// The case of the schema crate, which is what `messages` is compiled from.
fn plan() -> Plan {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ringgen-schema/tests/cases/rust-structs/messages.rs");
    compile(&Source::read(path).unwrap()).unwrap_or_else(|report| panic!("{}", report.render(false)))
}

fn find<'a>(plan: &'a Plan, name: &str) -> &'a TypePlan {
    plan.types.iter().find(|ty| ty.name() == name).unwrap_or_else(|| panic!("no type {name}"))
}

/// Size, alignment and fingerprint as rustc has them.
fn check<T: Pod>(plan: &Plan, name: &str) {
    let of = find(plan, name);
    assert_eq!((size_of::<T>(), align_of::<T>()), (of.size() as usize, of.align() as usize), "{name}");
    assert_eq!(T::TYPE.kind.hash(), Some(of.layout_hash()), "{name}");
}

#[test]
fn what_is_read_from_tokens_is_what_rustc_sees() {
    let plan = plan();
    check::<messages::Side>(&plan, "Side");
    check::<messages::Conditions>(&plan, "Conditions");
    check::<messages::Level>(&plan, "PriceLevel");
    check::<messages::Trade>(&plan, "Trade");
    check::<messages::Event>(&plan, "Event");
    let (text, _) = find(&plan, "Event").schema().expect("a variant has a text");
    assert_eq!(messages::Event::schema_text(), text);
    // Docs, units and the package too: a peer in another language warns of no difference.
    let (text, _) = find(&plan, "Trade").schema().expect("a message has a text");
    assert_eq!(messages::Trade::schema_text(), text);
    assert_eq!(messages::Trade::PACKAGE_VERSION, plan.version);
}
