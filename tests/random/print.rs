//! A package as a schema. What its parts may not say is put right here.

use std::collections::BTreeSet;
use std::fmt::Write;

use proptest::sample::Index;
use ringgen_layout::{Scalar, ScalarKind};
use ringgen_schema::{camel_case, lower_camel_case, upper_case};

use super::{Constant, Element, Enum, Field, Member, Package, REPRS, Shape, Struct, VERSION, Variant};

/// How many single values a type may have, nested ones counted: each is asked for by name.
const MOST_LEAVES: u64 = 60;

/// Words that fields may be called. Half of them belong to some language, and are escaped there.
const WORDS: &[&str] = &[
    "price",
    "quantity",
    "ts",
    "symbol",
    "seq",
    "best_bid",
    "x",
    "y2",
    "a1_b2",
    "http_server",
    "level_2",
    "count",
    "type",
    "class",
    "match",
    "async",
    "def",
    "from",
    "in",
    "is",
    "new",
    "delete",
    "lambda",
    "final",
    "register",
    "template",
    "int",
    "long",
    "union",
    "signed",
    "yield",
    "await",
    "global",
    "with",
    "export",
    "function",
    "var",
    "number",
    "string",
    "object",
    "undefined",
    "namespace",
    "operator",
    "volatile",
    "move",
    "impl",
    "dyn",
    "mod",
    "pub",
    "where",
    "while",
    "raise",
    "pass",
    "none",
    "true",
    "nan",
    "value",
    "name",
    "data",
    "len",
    "index",
    "key",
];

/// A string as TOML has it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            other => quoted.push(other),
        }
    }
    quoted + "\""
}

/// An integer as TOML has it: in quotes where TOML's own are too small.
fn integer(value: i128) -> String {
    if i64::try_from(value).is_ok() { value.to_string() } else { format!("\"{value:#X}\"").replace("0X", "0x") }
}

/// The integer of this type that these bits are nearest to.
fn within(scalar: Scalar, bits: u64) -> i128 {
    let (least, most) = scalar.integer_range().expect("an integer");
    least + i128::from(bits) % (most - least + 1)
}

/// Gives names that no other member of a type has, in no language.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl Names {
    fn free(&mut self, words: &[String]) -> String {
        let taken = |name: &str, names: &BTreeSet<String>| {
            [name.to_string(), lower_camel_case(name), upper_case(name)].iter().any(|name| names.contains(name))
        };
        let name = words.iter().find(|word| !taken(word, &self.0)).expect("there are enough words").clone();
        self.0.extend([name.clone(), lower_camel_case(&name), upper_case(&name)]);
        name
    }

    /// A field's name. What comes along with one (the length of a list, the accessors of elements) is taken with it.
    fn field(&mut self, word: Index) -> String {
        let start = word.index(WORDS.len());
        let words = WORDS[start..].iter().chain(&WORDS[..start]).map(|word| word.to_string());
        let name = self.free(&words.collect::<Vec<_>>());
        let camel = lower_camel_case(&name);
        self.0.extend([format!("{name}_len"), format!("{camel}Len"), format!("{camel}At"), format!("{camel}Bytes")]);
        name
    }

    /// A value's name, a case's name: in CamelCase.
    fn value(&mut self, word: Index) -> String {
        let start = word.index(WORDS.len());
        let words = WORDS[start..].iter().chain(&WORDS[..start]).map(|word| format!("{}X", camel_case(word)));
        self.free(&words.collect::<Vec<_>>())
    }
}

/// What is known of a struct, message or variant that was printed.
#[derive(Clone)]
struct Known {
    name: String,
    leaves: u64,
    /// No less than it has.
    bytes: u64,
    has_text: bool,
    is_variant: bool,
}

/// What is known of an enum that was printed.
#[derive(Clone)]
struct KnownEnum {
    name: String,
    is_flags: bool,
    repr: Scalar,
    numbers: Vec<i128>,
}

/// A package as a schema.
pub(crate) struct Printed {
    /// The name of the package; that of the file ends in `.toml`.
    pub(crate) name: String,
    /// The schema.
    pub(crate) toml: String,
    enums: Vec<KnownEnum>,
    known: Vec<Known>,
}

impl Package {
    /// The package as a schema; the number is part of its name and of those of its types. It may use what another one
    /// declares.
    pub(crate) fn print(&self, number: usize, imported: Option<&Printed>) -> Printed {
        let name = format!("random_{number}");
        let mut text = format!("ringgen = 1\npackage = \"{name}\"\nversion = {VERSION}\n");
        if let Some(imported) = imported {
            let _ = writeln!(text, "import = [\"{}.toml\"]", imported.name);
        }
        if !self.doc.is_empty() {
            let _ = writeln!(text, "doc = {}", quoted(&self.doc));
        }
        let case = if self.camel { "camel" } else { "keep" };
        let u64 = if self.u64_as_number { "number" } else { "bigint" };
        let _ = writeln!(text, "[target.typescript]\ncase = \"{case}\"\nu64 = \"{u64}\"");
        for (index, constant) in self.constants.iter().enumerate() {
            let (scalar, value, doc) = (constant.scalar.name(), constant.value(), quoted(&constant.doc));
            let _ = writeln!(text, "[const.CONST_{number}_{index}]\ntype = \"{scalar}\"\nvalue = {value}\ndoc = {doc}");
        }
        let mut enums: Vec<KnownEnum> = imported.map(|of| of.enums.clone()).unwrap_or_default();
        for (index, of) in self.enums.iter().enumerate() {
            enums.push(of.print(&format!("Enum{index}P{number}"), &mut text));
        }
        let mut known: Vec<Known> = imported.map(|of| of.known.clone()).unwrap_or_default();
        let mut carried = Vec::new();
        // Variants lie between structs that they hold and structs that hold them.
        let (inside, outside) = self.structs.split_at(self.structs.len().div_ceil(2));
        let mut structs = |structs: &[Struct], first: usize, known: &mut Vec<Known>, text: &mut String| {
            for (index, of) in structs.iter().enumerate() {
                let kind = if of.is_message { "Message" } else { "Struct" };
                let printed =
                    of.print(&format!("{kind}{}P{number}", first + index), first + index, &enums, known, text);
                carried.extend(of.is_message.then(|| printed.clone()));
                known.push(printed);
            }
        };
        structs(inside, 0, &mut known, &mut text);
        let variants = self.variants.iter().enumerate();
        let variants: Vec<Known> =
            variants.map(|(index, of)| of.print(&format!("Variant{index}P{number}"), &known, &mut text)).collect();
        known.extend(variants.clone());
        structs(outside, inside.len(), &mut known, &mut text);
        carried.extend(variants);
        carried.retain(|of| !of.has_text);
        for (index, (message, power)) in self.rings.iter().enumerate().filter(|_| !carried.is_empty()) {
            let message = &carried[message.index(carried.len())].name;
            let _ = writeln!(text, "[ring.ring_{index}]\nmessage = \"{message}\"\ncapacity = {}", 1u64 << power);
        }
        Printed { name, toml: text, enums, known }
    }
}

impl Constant {
    fn value(&self) -> String {
        match self.scalar.kind() {
            ScalarKind::Bool => (self.bits & 1 == 1).to_string(),
            ScalarKind::Float => float(self.scalar, self.bits),
            _ => integer(within(self.scalar, self.bits)),
        }
    }
}

/// A finite float of this width.
fn float(scalar: Scalar, bits: u64) -> String {
    let value = match scalar {
        Scalar::F32 => f64::from(f32::from_bits(bits as u32)),
        _ => f64::from_bits(bits),
    };
    let value = if value.is_finite() { value } else { bits as f32 as f64 };
    format!("{value:?}")
}

impl Enum {
    fn repr(&self) -> Scalar {
        let reprs = if self.is_flags { &REPRS[..4] } else { &REPRS[..] };
        reprs[self.repr.index(reprs.len())]
    }

    /// The values, or numbers of bits: each once.
    fn numbers(&self) -> Vec<(i128, &Member)> {
        let mut seen = BTreeSet::new();
        let number = |bits: u64| match self.is_flags {
            true => (bits % u64::from(self.repr().bits())).into(),
            false => within(self.repr(), bits),
        };
        let values = self.values.iter().map(|(bits, member)| (number(*bits), member));
        values.filter(|(number, _)| seen.insert(*number)).collect()
    }

    fn print(&self, name: &str, text: &mut String) -> KnownEnum {
        let (section, list, key) = if self.is_flags { ("flags", "bits", "bit") } else { ("enum", "values", "value") };
        let _ = writeln!(text, "[{section}.{name}]\nrepr = \"{}\"", self.repr().name());
        let _ = writeln!(text, "doc = {}\n{list} = [", quoted(&self.doc));
        let mut names = Names::default();
        let numbers = self.numbers();
        for (number, member) in &numbers {
            let name = names.value(member.word);
            let _ = writeln!(text, "  {{ name = \"{name}\", {key} = {}{} }},", integer(*number), member.keys(&name));
        }
        text.push_str("]\n");
        let numbers = numbers.into_iter().map(|(number, _)| number).collect();
        KnownEnum { name: name.to_string(), is_flags: self.is_flags, repr: self.repr(), numbers }
    }
}

impl Member {
    /// The keys behind the name.
    fn keys(&self, name: &str) -> String {
        let mut keys = String::new();
        if !self.doc.is_empty() {
            let _ = write!(keys, ", doc = {}", quoted(&self.doc));
        }
        if let Some(since) = self.since {
            let _ = write!(keys, ", since = {since}");
        }
        if let Some(deprecated) = self.deprecated {
            let _ = write!(keys, ", deprecated = {}", deprecated.max(self.since.unwrap_or(1)));
        }
        if self.was {
            // Of the same form, and nobody else's.
            let was = if name.starts_with(|c: char| c.is_ascii_uppercase()) {
                format!("{name}Z")
            } else {
                format!("{name}_zz")
            };
            let _ = write!(keys, ", was = \"{was}\"");
        }
        keys
    }
}

impl Struct {
    fn print(&self, name: &str, index: usize, enums: &[KnownEnum], known: &[Known], text: &mut String) -> Known {
        let section = if self.is_message { "message" } else { "struct" };
        let _ = writeln!(text, "[{section}.{name}]\ndoc = {}", quoted(&self.doc));
        if self.is_message && self.has_id {
            let _ = writeln!(text, "id = {}", index + 1);
        }
        let mut of = Known { name: name.to_string(), leaves: 0, bytes: 0, has_text: false, is_variant: false };
        let mut names = Names::default();
        let mut fields = String::new();
        let mut since = 1;
        let mut natural = 1;
        for field in &self.fields {
            if let Some(line) = field.print(enums, known, &mut names, &mut since, &mut of, &mut natural) {
                let _ = writeln!(fields, "  {line},");
            }
        }
        if of.bytes == 0 {
            fields.push_str("  { name = \"lonely\", type = \"u8\" },\n");
            (of.leaves, of.bytes) = (1, 1);
        }
        // A type that may be nested asks for no more than its fields may ask for in turn.
        if let Some(align) =
            self.align.filter(|align| *align >= natural && known.iter().all(|known| known.bytes < 4096))
        {
            let _ = writeln!(text, "align = {align}");
            of.bytes = of.bytes.next_multiple_of(align.into());
        }
        let _ = writeln!(text, "fields = [\n{fields}]");
        of
    }
}

impl Field {
    fn print(
        &self,
        enums: &[KnownEnum],
        known: &[Known],
        names: &mut Names,
        newest: &mut u32,
        of: &mut Known,
        natural: &mut u32,
    ) -> Option<String> {
        let blank = |key: &str, size: u32, of: &mut Known, names: &mut Names| {
            of.bytes += u64::from(size);
            Some(format!("{{ name = \"_{}\", {key} = {size} }}", names.field(self.member.word)))
        };
        let (head, leaves, bytes, has_text) = match &self.element {
            Element::Reserved(size) => return blank("reserved", *size, of, names),
            Element::Pad(size) => return blank("pad", *size, of, names),
            Element::Scalar(scalar) => (scalar.name().to_string(), 1, u64::from(scalar.size()), false),
            Element::Str(length) => (format!("str[{length}]"), 1, u64::from(*length), false),
            Element::Bytes(length) => (format!("bytes[{length}]"), 1, u64::from(*length), false),
            Element::Text(most) => (format!("{}[{most}]", if self.epoch { "text" } else { "blob" }), 0, 16, true),
            Element::Enum(index) => {
                let at = enums.len().checked_sub(1).map(|_| index.index(enums.len()))?;
                (enums[at].name.clone(), 1, u64::from(enums[at].repr.size()), false)
            }
            Element::Struct(index) => {
                let inner = &known[known.len().checked_sub(1).map(|_| index.index(known.len()))?];
                *natural = 128;
                (inner.name.clone(), inner.leaves, inner.bytes.next_multiple_of(128), inner.has_text)
            }
        };
        *natural = (*natural).max(8);
        let (ty, count) = self.shaped(&head);
        if of.leaves + leaves * count + 1 > MOST_LEAVES || of.bytes + bytes * count > 60_000 {
            return None;
        }
        of.leaves += leaves * count + 1;
        of.bytes += bytes * count + 16;
        of.has_text |= has_text;
        let name = names.field(self.member.word);
        let mut member = self.member.clone();
        // New fields lie behind old ones.
        if let Some(since) = &mut member.since {
            *since = (*since).max(*newest);
            *newest = *since;
        } else if *newest > 1 {
            member.since = Some(*newest);
        }
        let mut line = format!("{{ name = \"{name}\", type = \"{ty}\"{}", member.keys(&name));
        self.values(enums, &mut line);
        Some(line + " }")
    }

    /// The type with its shape, and how many elements that is.
    fn shaped(&self, head: &str) -> (String, u64) {
        if matches!(self.element, Element::Text(_)) {
            return (head.to_string(), 1);
        }
        // What has a length of its own has that instead of a second one.
        let is_bytes = matches!(self.element, Element::Bytes(_));
        match self.shape {
            Shape::One => (head.to_string(), 1),
            Shape::Array(n) => (format!("{head}[{n}]"), n.into()),
            Shape::Grid(n, _) if is_bytes => (format!("{head}[{n}]"), n.into()),
            Shape::Grid(n, m) => (format!("{head}[{n}][{m}]"), u64::from(n) * u64::from(m)),
            Shape::ListOfRows(n, _) if is_bytes => (format!("list[{head}, {n}]"), n.into()),
            Shape::List(n) => (format!("list[{head}, {n}]"), n.into()),
            Shape::ListOfRows(n, m) => (format!("list[{head}[{m}], {n}]"), u64::from(n) * u64::from(m)),
        }
    }

    /// What is said of the values.
    fn values(&self, enums: &[KnownEnum], line: &mut String) {
        if !self.unit.is_empty() {
            let _ = write!(line, ", unit = {}", quoted(&self.unit.replace('\n', " ")));
        }
        if self.epoch && !matches!(self.element, Element::Text(_)) {
            line.push_str(", epoch = \"unix\"");
        }
        let is_one = matches!(self.shape, Shape::One);
        match self.element {
            Element::Scalar(scalar) if scalar.kind() == ScalarKind::Float => {
                if let Some((a, b)) = self.range {
                    let (least, most) = ((a % 1000) as f64 / 8.0 - 60.0, (b % 1000) as f64 / 8.0 + 65.5);
                    let _ = write!(line, ", range = [{least:?}, {most:?}]");
                }
                if self.null && is_one {
                    line.push_str(if self.epoch { ", null = \"nan\"" } else { ", null = -1e9" });
                }
            }
            Element::Scalar(scalar) if scalar.is_integer() => {
                let (lowest, highest) = scalar.integer_range().expect("an integer");
                let mut null = highest;
                if let Some((a, b)) = self.range {
                    // A number of JavaScript's holds no more, and every value has to be within the range.
                    let exact = |bits: u64| match self.ts_u64 {
                        Some(false) => within(scalar, bits),
                        _ => within(scalar, bits) % (1 << 53),
                    };
                    let (a, b) = (exact(a), exact(b));
                    let (least, most) = (a.min(b), a.max(b));
                    // Where a range leaves nothing out, there is no null value.
                    null = if most < highest { highest } else { lowest };
                    let _ = write!(line, ", range = [{}, {}]", integer(least), integer(most));
                    if (least..=most).contains(&null) {
                        null = highest + 1;
                    }
                }
                if self.null && is_one && null <= highest {
                    let _ = write!(line, ", null = {}", integer(null));
                }
                if let Some(number) = self.ts_u64.filter(|_| scalar.bits() == 64) {
                    let _ = write!(line, ", ts_u64 = \"{}\"", if number { "number" } else { "bigint" });
                }
            }
            Element::Enum(index) if self.null && is_one => {
                let of = &enums[index.index(enums.len())];
                let (least, most) = of.repr.integer_range().expect("an integer");
                let free = (least..=most).find(|number| !of.numbers.contains(number)).expect("an enum has few values");
                if !of.is_flags {
                    let _ = write!(line, ", null = {}", integer(free));
                }
            }
            _ => {}
        }
    }
}

impl Variant {
    fn print(&self, name: &str, known: &[Known], text: &mut String) -> Known {
        let tag = REPRS[self.tag.index(4)];
        let _ = writeln!(text, "[variant.{name}]\ndoc = {}\ntag = \"{}\"\ncases = [", quoted(&self.doc), tag.name());
        let (mut names, mut values) = (Names::default(), BTreeSet::new());
        let known: Vec<&Known> = known.iter().filter(|known| !known.is_variant).collect();
        let mut of = Known { name: name.to_string(), leaves: 1, bytes: 0, has_text: false, is_variant: true };
        for (ty, bits, is_named, member) in &self.cases {
            let inner = known[ty.index(known.len())];
            of.bytes = of.bytes.max(inner.bytes + 256);
            of.leaves = of.leaves.max(inner.leaves + 1);
            let mut value = within(tag, *bits);
            while !values.insert(value) {
                value = (value + 1) & ((1 << tag.bits()) - 1);
            }
            // Two cases of one type have names of their own.
            let name =
                if *is_named || names.0.contains(&inner.name) { names.value(member.word) } else { inner.name.clone() };
            names.0.insert(name.clone());
            let _ = write!(text, "  {{ type = \"{}\", value = {}", inner.name, integer(value));
            if name != inner.name {
                let _ = write!(text, ", name = \"{name}\"");
            }
            let _ = writeln!(text, "{} }},", member.keys(&name));
            of.has_text |= inner.has_text;
        }
        text.push_str("]\n");
        of
    }
}
