//! Rings of `market.Trade` as other versions of the schema would have it: what everybody says who attaches to them.

use std::path::Path;

use ringgen_runtime::{Layout, RawRing, RingOptions};
use serde_json::json;

use crate::common;
use crate::driver::{LANGUAGES, Peer, Refused};
use crate::vectors::{plan_of, structure};

/// A change of `schemas/market.toml`, and what it makes different.
struct Change {
    name: &'static str,
    from: &'static str,
    to: &'static str,
    difference: &'static str,
}

const CHANGES: &[Change] = &[
    Change {
        name: "a-type",
        from: r#"{ name = "price",      type = "f64", unit = "USD" }"#,
        to: r#"{ name = "price",      type = "f32", unit = "USD" }"#,
        difference: "Trade.price differs: here `price: f64 at 8`, in the ring `price: f32 at 8`",
    },
    Change {
        name: "a-name",
        from: r#"{ name = "quantity",   type = "u32""#,
        to: r#"{ name = "volume",   type = "u32""#,
        difference: "Trade.quantity differs: here `quantity: u32 at 16`, in the ring `volume: u32 at 16`",
    },
    Change {
        name: "a-length",
        from: r#"{ name = "symbol",     type = "str[8]""#,
        to: r#"{ name = "symbol",     type = "str[12]""#,
        difference: "Trade.symbol differs: here `symbol: str[8] at 20`, in the ring `symbol: str[12] at 20`",
    },
    Change {
        name: "bytes-for-text",
        from: r#"{ name = "symbol",     type = "str[8]""#,
        to: r#"{ name = "symbol",     type = "bytes[8]""#,
        difference: "Trade.symbol differs: here `symbol: str[8] at 20`, in the ring `symbol: u8[8] at 20`",
    },
    Change {
        name: "the-last-field",
        from: r#"  { name = "ts",         type = "u64", unit = "ns", epoch = "unix", doc = "When the exchange matched it." },"#,
        to: "",
        difference: "Trade.ts differs: here `ts: u64 at 32`, in the ring `missing`",
    },
    Change {
        name: "one-more-field",
        from: r#"doc = "When the exchange matched it." },"#,
        to: r#"doc = "When the exchange matched it." }, { name = "venue", type = "u16" },"#,
        difference: "Trade.venue differs: here `missing`, in the ring `venue: u16 at 40`",
    },
    Change {
        name: "a-value",
        from: r#"{ name = "Buy",     value = 1"#,
        to: r#"{ name = "Buy",     value = 3"#,
        difference: "Side.Buy differs: here `Buy = 1`, in the ring `Buy = 3`",
    },
    Change {
        name: "a-bit",
        from: r#"{ name = "Cancelled", bit = 15 }"#,
        to: r#"{ name = "Cancelled", bit = 14 }"#,
        difference: "Conditions.Cancelled differs: here `Cancelled = 32768`, in the ring `Cancelled = 16384`",
    },
    Change {
        name: "a-width",
        from: "repr   = \"u8\"\ndoc    = \"Who crossed the spread.\"",
        to: "repr   = \"u16\"\ndoc    = \"Who crossed the spread.\"",
        difference: "Trade.side differs: here `side: enum Side of 1 bytes at 28`, \
                     in the ring `side: enum Side of 2 bytes at 28`",
    },
    Change {
        name: "an-alignment",
        from: "[message.Trade]",
        to: "[message.Trade]\nalign = 64",
        difference: "Trade differs: here `message Trade of 40 bytes, aligned to 8`, \
                     in the ring `message Trade of 64 bytes, aligned to 64`",
    },
];

/// Creates each ring, attaches in each language, and compares what they say.
pub(crate) fn check() {
    let rings = common::ring_dir();
    let schema = common::text("schemas/market.toml");
    let mut peers = LANGUAGES.map(|language| Peer::start(language, rings.path()));
    for Change { name, from, to, difference } in CHANGES {
        assert_eq!(schema.matches(from).count(), 1, "schemas/market.toml has {from:?} no longer");
        create(rings.path(), name, &schema.replace(from, to), "Trade");
        let refusals = peers.each_mut().map(|peer| peer.ask_in_vain(attach(name)));
        for (refused, peer) in refusals.iter().zip(&peers) {
            let text = format!("ring \"market.trades.{name}\": {difference}");
            let expected = Refused { code: "LayoutMismatch".to_string(), text };
            assert_eq!(*refused, expected, "{peer}");
        }
    }

    // Another message altogether.
    create(rings.path(), "a-message", &schema, "Book");
    for peer in &mut peers {
        let refused = peer.ask_in_vain(attach("a-message"));
        assert_eq!(refused.code, "LayoutMismatch", "{peer}: {}", refused.text);
        let [here, there] = ["message Trade of 40 bytes", "message Book of 192 bytes"];
        assert!(refused.text.contains(here) && refused.text.contains(there), "{peer}: {}", refused.text);
    }

    // The same layout in other words is attached to, with a warning.
    create(rings.path(), "words", &schema.replace("unit = \"shares\"", "unit = \"lots\""), "Trade");
    create(rings.path(), "same", &schema, "Trade");
    let warnings = peers.each_mut().map(|peer| {
        assert_eq!(peer.ask(attach("same"))["warnings"], json!([]), "{peer}");
        peer.ask(attach("words"))["warnings"].clone()
    });
    for (warning, peer) in warnings.iter().zip(&peers) {
        assert_eq!(warning.as_array().map(Vec::len), Some(1), "{peer}: {warning}");
        assert_eq!(*warning, warnings[0], "{peer} says it in other words");
        assert!(warning[0].as_str().is_some_and(|text| text.contains("market.trades.words")), "{peer}: {warning}");
    }
}

fn attach(instance: &str) -> serde_json::Value {
    json!({ "do": "attach", "ring": "trades", "instance": instance })
}

/// A ring for `market.trades` of a message that a schema describes.
fn create(rings: &Path, instance: &str, schema: &str, message: &str) {
    let plan = plan_of("market", schema);
    let of = structure(&plan, message);
    let layout = Layout {
        message_name: of.name.as_str().into(),
        layout_hash: of.layout_hash,
        schema_text: of.schema_text.as_str().into(),
        size: of.size,
        align: of.align,
        package_version: plan.version,
    };
    let options = RingOptions::new().dir(rings).instance(instance).capacity(8);
    RawRing::create("market.trades", &layout, &options).unwrap_or_else(|error| panic!("{instance}: {error}\n{schema}"));
}
