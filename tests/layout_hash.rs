//! Layout hashes computed from canonical schemas, by what docs/memory-format.md says of both and nothing else.

mod common;

use std::collections::HashMap;

use ringgen_schema::plan::{Plan, TypePlan};
use ringgen_schema::{Source, compile};

/// What the schemas of the repository may not have.
const EVERYTHING: &str = r#"
    ringgen = 1
    package = "desk"
    version = 3

    [enum.Side]
    repr = "i16"
    values = [{ name = "Buy", value = -1 }, { name = "Offer", value = 2, was = "Sell" }]

    [flags.Marks]
    repr = "u64"
    bits = [{ name = "Last", bit = 63 }]

    [struct.Leg]
    fields = [
      { name = "price", type = "f64", null = "nan", range = [0.5, 2.5] },
      { name = "side",  type = "Side", was = "direction" },
      { name = "gap",   type = "u8" },
      { name = "_later", reserved = 5 },
    ]

    [message.Order]
    id = 1
    align = 64
    fields = [
      { name = "grid",  type = "f32[2][3]" },
      { name = "raw",   type = "bytes[5][2]" },
      { name = "words", type = "str[7][2]" },
      { name = "legs",  type = "list[Leg, 3]" },
      { name = "marks", type = "Marks" },
    ]

    [message.Note]
    id = 2
    fields = [{ name = "text", type = "text[4096]" }, { name = "parts", type = "blob[64]" }]

    [message.Tick]
    id = 3
    fields = [{ name = "ts", type = "u64" }]

    [variant.Event]
    tag = "u16"
    cases = [{ type = "Order" }, { type = "Tick" }, { name = "Again", value = 9, type = "Tick" }]

    [variant.Text]
    tag = "u8"
    cases = [{ type = "Note" }]

    [message.Packet]
    fields = [{ name = "seq", type = "u64" }, { name = "event", type = "Event" }]
"#;

#[test]
fn a_hash_follows_from_the_text_alone() {
    let mut plans: Vec<Plan> = common::schemas().into_iter().flat_map(|(_, plans)| plans).collect();
    plans.push(plan(EVERYTHING));
    let mut count = 0;
    for plan in &plans {
        for ty in &plan.types {
            let (text, expected) = match ty {
                TypePlan::Struct(of) => (&of.schema_text, of.layout_hash),
                TypePlan::Variant(of) => (&of.schema_text, of.layout_hash),
                TypePlan::Enum(_) => continue,
            };
            let blocks = Blocks::read(text);
            assert_eq!(format!("{:032x}", blocks.hash(ty.name())), expected.to_string(), "{}:\n{text}", plan.package);
            count += 1;
        }
    }
    assert!(plans.len() > 4 && count > 20, "{count} types in {} packages", plans.len());
}

fn plan(text: &str) -> Plan {
    compile(&Source::new("schema.toml", text)).unwrap_or_else(|report| panic!("{:#?}\n{text}", report.findings()))
}

/// A text's blocks by their names: the words of the first line, and those of the others.
struct Blocks<'a>(HashMap<&'a str, (Vec<&'a str>, Vec<Vec<&'a str>>)>);

impl<'a> Blocks<'a> {
    fn read(text: &'a str) -> Self {
        let mut blocks: Vec<(Vec<&str>, Vec<Vec<&str>>)> = Vec::new();
        for line in text.lines().take_while(|line| !line.starts_with('#')) {
            let words: Vec<&str> = line.split(' ').collect();
            match line.starts_with(|first: char| first.is_ascii_digit() || first == '-') {
                true => blocks.last_mut().expect("a block starts with its name").1.push(words),
                false => blocks.push((words, Vec::new())),
            }
        }
        Blocks(blocks.into_iter().map(|block| (block.0[1], block)).collect())
    }

    fn hash(&self, name: &str) -> u128 {
        let (head, members) = &self.0[name];
        let mut bytes = u32_of("1");
        bytes.extend(string(head[0]));
        bytes.extend(string(name));
        match head[0] {
            "message" | "struct" => {
                bytes.extend(head[2..4].iter().flat_map(|number| u32_of(number)));
                for field in members.iter().filter(|field| field[2] != "pad") {
                    let &[offset, size, kind, dims, name] = field.as_slice() else { panic!("{field:?}") };
                    bytes.extend(string(name));
                    bytes.extend(u32_of(offset));
                    let dims: Vec<u32> = dims.split('x').filter_map(|length| length.parse().ok()).collect();
                    bytes.extend(self.ty(kind, size.parse().unwrap(), &dims));
                }
            }
            "enum" | "flags" => {
                bytes.extend(string(head[3]));
                for value in members {
                    bytes.extend(string(value[1]));
                    bytes.extend(eight_bytes(value[0]));
                }
            }
            "variant" => {
                let &[_, _, size, align, tag, payload] = head.as_slice() else { panic!("{head:?}") };
                bytes.extend([u32_of(size), u32_of(align), string(tag), u32_of(payload)].concat());
                for case in members {
                    let &[value, kind, name] = case.as_slice() else { panic!("{case:?}") };
                    bytes.extend(string(name));
                    bytes.extend(eight_bytes(value));
                    let size = self.0[kind.split_once(':').unwrap().1].0[2].parse().unwrap();
                    bytes.extend(self.ty(kind, size, &[]));
                }
            }
            other => panic!("a block of kind {other}"),
        }
        fnv1a_128(&bytes)
    }

    fn ty(&self, kind: &str, total_size: u32, dims: &[u32]) -> Vec<u8> {
        let (word, name) = kind.split_once(':').unwrap_or((kind, ""));
        let mut bytes = string(word);
        bytes.extend((total_size / dims.iter().product::<u32>()).to_le_bytes());
        bytes.extend((dims.len() as u32).to_le_bytes());
        bytes.extend(dims.iter().flat_map(|length| length.to_le_bytes()));
        match word {
            "text" | "blob" => bytes.extend(u32_of(name)),
            "enum" | "flags" | "struct" | "message" | "variant" => bytes.extend(self.hash(name).to_be_bytes()),
            _ => {}
        }
        bytes
    }
}

fn u32_of(digits: &str) -> Vec<u8> {
    digits.parse::<u32>().unwrap().to_le_bytes().to_vec()
}

fn string(text: &str) -> Vec<u8> {
    [&(text.len() as u32).to_le_bytes(), text.as_bytes()].concat()
}

/// Two's complement, of values up to those of a u64.
fn eight_bytes(digits: &str) -> [u8; 8] {
    (digits.parse::<i128>().unwrap() as u64).to_le_bytes()
}

fn fnv1a_128(bytes: &[u8]) -> u128 {
    let step = |hash: u128, byte: &u8| (hash ^ u128::from(*byte)).wrapping_mul((1 << 88) + 0x13b);
    bytes.iter().fold(0x6c62272e07bb014262b821756295c58d, step)
}
