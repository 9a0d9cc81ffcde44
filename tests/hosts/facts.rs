//! What the plan says, as facts, and how they are compared with what a witness says.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;
use std::process::Command;

use ringgen_layout::{Scalar, ScalarKind, StructKind};
use ringgen_schema::plan::{ConstantValue, Element, EnumPlan, FieldPlan, Plan, StructPlan, TypePlan};
use ringgen_schema::{Source, compile};

use crate::common;

/// Keys and their values.
pub(crate) type Facts = BTreeMap<String, String>;

/// What each witness of a program said.
pub(crate) type Said = BTreeMap<String, Facts>;

/// Plans, and the folder that holds what was generated from them, one folder a language.
pub(crate) struct Set {
    pub(crate) plans: Vec<Plan>,
    pub(crate) folder: PathBuf,
}

impl Set {
    /// The schemas of the repository, and what is committed of them.
    pub(crate) fn of_repository() -> Set {
        Set { plans: plans(), folder: common::root().join("generated") }
    }

    /// What was generated in a language.
    pub(crate) fn generated(&self, language: &str) -> PathBuf {
        let folder = self.folder.join(language);
        assert!(folder.is_dir(), "{} is missing: run `ringgen generate schemas --out generated`", folder.display());
        folder
    }

    /// The text of a file that was generated.
    pub(crate) fn text(&self, path: &str) -> String {
        let path = self.folder.join(path);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }
}

/// The plan of every schema.
pub(crate) fn plans() -> Vec<Plan> {
    let folder = common::root().join("schemas");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("schemas/ is there")
        .map(|entry| entry.expect("it can be read").path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    assert!(paths.len() >= 3, "schemas/ holds the examples that users copy");
    let plan = |path| {
        let source = Source::read(path).expect("a schema can be read");
        compile(&source).unwrap_or_else(|report| panic!("{}: {:#?}", source.name(), report.findings()))
    };
    paths.iter().map(plan).collect()
}

/// The structs and messages of a plan.
pub(crate) fn structs(plan: &Plan) -> impl Iterator<Item = &StructPlan> {
    plan.own_types().iter().filter_map(|ty| match ty {
        TypePlan::Struct(of) => Some(of),
        TypePlan::Enum(_) | TypePlan::Variant(_) => None,
    })
}

/// The enums and flags of a plan.
pub(crate) fn enums(plan: &Plan) -> impl Iterator<Item = &EnumPlan> {
    plan.own_types().iter().filter_map(|ty| match ty {
        TypePlan::Enum(of) => Some(of),
        TypePlan::Struct(_) | TypePlan::Variant(_) => None,
    })
}

/// Runs a program and sorts what it prints.
pub(crate) fn said(program: &mut Command) -> Said {
    let output = program.output().unwrap_or_else(|error| panic!("{program:?}: {error}"));
    let printed = String::from_utf8(output.stdout).expect("witnesses print UTF-8");
    assert!(output.status.success(), "{program:?}: {printed}{}", String::from_utf8_lossy(&output.stderr));
    let mut said = Said::new();
    for line in printed.lines() {
        let (witness, fact) = line.split_once('\t').unwrap_or_else(|| panic!("no fact: {line}"));
        let (key, value) = fact.split_once('\t').unwrap_or_else(|| panic!("no fact: {line}"));
        let before = said.entry(witness.into()).or_default().insert(key.into(), value.into());
        assert!(before.is_none(), "{witness} says twice what {key} is");
    }
    said
}

/// Panics with every difference.
pub(crate) fn compare<I>(plans: &[Plan], witness: &str, expected: impl Fn(&Plan) -> I, found: &Facts)
where
    I: IntoIterator<Item = (String, String)>,
{
    let mut differences = String::new();
    let mut known = 0;
    for plan in plans {
        for (key, value) in expected(plan) {
            known += 1;
            let found = found.get(&key);
            if found != Some(&value) {
                let found = found.map_or("nothing".to_string(), |found| format!("`{found}`"));
                let _ = writeln!(differences, "schemas/{}.toml: {key}: `{value}` in the plan, {found}", plan.package);
            }
        }
    }
    assert!(differences.is_empty(), "what {witness} says is not what the plan says:\n{differences}");
    assert_eq!(known, found.len(), "{witness} says more than the plan");
    assert!(known > 0, "the plan says something");
}

/// All but what only accessors can tell.
pub(crate) fn everything(plan: &Plan) -> Facts {
    layout(plan).into_iter().chain(identity(plan)).collect()
}

/// Sizes, alignments and offsets.
pub(crate) fn layout(plan: &Plan) -> Facts {
    let mut facts = Facts::new();
    for of in structs(plan) {
        let ty = format!("{}.{}", plan.package, of.name);
        facts.insert(format!("size {ty}"), of.size.to_string());
        facts.insert(format!("align {ty}"), of.align.to_string());
        for field in &of.fields {
            facts.insert(format!("field {ty}.{}", field.name), format!("{} {}", field.offset, field.size));
        }
    }
    facts
}

/// What a numpy dtype knows of it: no alignment, no padding.
pub(crate) fn layout_for_numpy(plan: &Plan) -> Facts {
    let mut facts = layout(plan);
    for of in structs(plan) {
        let ty = format!("{}.{}", plan.package, of.name);
        facts.remove(&format!("align {ty}"));
        for field in of.fields.iter().filter(|field| !field.is_data()) {
            facts.remove(&format!("field {ty}.{}", field.name));
        }
    }
    facts
}

/// Hashes, texts, values, constants, rings.
fn identity(plan: &Plan) -> Facts {
    let mut facts = Facts::new();
    let package = &plan.package;
    for of in structs(plan) {
        facts.insert(format!("layout_hash {package}.{}", of.name), of.layout_hash.to_string());
        if of.kind == StructKind::Message {
            facts.insert(format!("schema_hash {package}.{}", of.name), of.schema_hash.to_string());
            facts.insert(format!("schema_text {package}.{}", of.name), of.schema_text.replace('\n', "⏎"));
            facts.insert(format!("version {package}.{}", of.name), plan.version.to_string());
        }
    }
    for of in enums(plan) {
        for value in &of.values {
            facts.insert(format!("value {package}.{}.{}", of.name, value.name), value.value.to_string());
        }
    }
    for constant in &plan.constants {
        let value = match constant.value {
            ConstantValue::Integer(value) => value.to_string(),
            ConstantValue::Bool(value) => value.to_string(),
            ConstantValue::Float(value) => format!("{:016x}", value.to_bits()),
        };
        facts.insert(format!("constant {package}.{}", constant.name), value);
    }
    for ring in &plan.rings {
        let what = format!("{package}.{} {} spsc {}", ring.name, ring.capacity, ring.wait.word());
        facts.insert(format!("ring {package}.{}", ring.type_name), what);
    }
    facts
}

/// One value in a struct that holds no others.
pub(crate) struct Leaf<'a> {
    /// The way there: fields of structs, indices of arrays.
    pub(crate) path: Vec<Step<'a>>,
    /// Bytes from the start of the outermost struct.
    pub(crate) offset: u32,
    /// The value's size.
    pub(crate) size: u32,
    /// How its bytes are read.
    pub(crate) kind: LeafKind,
}

/// One step of a [`Leaf::path`].
#[derive(Clone, Copy)]
pub(crate) enum Step<'a> {
    Field(&'a FieldPlan),
    Index(u32),
}

/// How the bytes of a leaf are read.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum LeafKind {
    Scalar(Scalar),
    /// A 64-bit integer that TypeScript reads as a number: it must be below 2⁵³.
    Number(Scalar),
    Text,
    Bytes,
}

impl LeafKind {
    /// The word that programs know it by.
    pub(crate) fn word(self) -> &'static str {
        match self {
            LeafKind::Scalar(scalar) | LeafKind::Number(scalar) => match (scalar.kind(), scalar.bits()) {
                (ScalarKind::Float, 32) => "f32",
                (ScalarKind::Float, _) => "f64",
                (ScalarKind::Bool, _) => "bool",
                _ => "integer",
            },
            LeafKind::Text => "text",
            LeafKind::Bytes => "bytes",
        }
    }
}

impl Leaf<'_> {
    /// The way there in the schema's names: `bids[3].price`.
    pub(crate) fn name(&self) -> String {
        let mut name = String::new();
        for step in &self.path {
            match step {
                Step::Field(field) if name.is_empty() => name.push_str(&field.name),
                Step::Field(field) => {
                    let _ = write!(name, ".{}", field.name);
                }
                Step::Index(index) => {
                    let _ = write!(name, "[{index}]");
                }
            }
        }
        name
    }

    /// Bytes that this leaf has and its neighbours have not, none of them zero unless its type asks for it; valid
    /// text, finite floats.
    pub(crate) fn pattern(&self) -> Vec<u8> {
        let byte = |index: u32| 0x21 + ((self.offset * 7 + index * 13) % 0x5D) as u8;
        let mut bytes: Vec<u8> = (0..self.size).map(byte).collect();
        match self.kind {
            LeafKind::Scalar(Scalar::Bool) => bytes[0] = 1,
            LeafKind::Number(_) => bytes[6..].fill(0),
            _ => {}
        }
        bytes
    }

    /// What reading the pattern gives.
    fn value(&self) -> String {
        let bytes = self.pattern();
        let hex = |bytes: &mut dyn Iterator<Item = &u8>| bytes.map(|byte| format!("{byte:02x}")).collect::<String>();
        match self.kind {
            LeafKind::Text => String::from_utf8(bytes).expect("the pattern is ASCII"),
            LeafKind::Bytes => hex(&mut bytes.iter()),
            LeafKind::Scalar(scalar) | LeafKind::Number(scalar) => match scalar.kind() {
                ScalarKind::Bool => "true".to_string(),
                ScalarKind::Float => hex(&mut bytes.iter().rev()),
                // The highest bit of the pattern is never set, so signed and unsigned numbers are the same.
                _ => bytes.iter().rev().fold(0_u64, |value, byte| value << 8 | u64::from(*byte)).to_string(),
            },
        }
    }
}

/// Every value in a struct, the nested ones too.
pub(crate) fn leaves<'a>(plan: &'a Plan, of: &'a StructPlan) -> Vec<Leaf<'a>> {
    let mut leaves = Vec::new();
    for field in of.data_fields() {
        field_leaves(plan, field, &[], 0, &mut leaves);
    }
    leaves
}

fn field_leaves<'a>(plan: &'a Plan, field: &'a FieldPlan, path: &[Step<'a>], base: u32, leaves: &mut Vec<Leaf<'a>>) {
    let mut dims = field.dims.as_slice();
    let (kind, size) = match field.element {
        Element::Scalar(scalar) if field.ts_number => (Some(LeafKind::Number(scalar)), scalar.size()),
        Element::Scalar(scalar) => (Some(LeafKind::Scalar(scalar)), scalar.size()),
        Element::Str(size) => (Some(LeafKind::Text), size),
        Element::Bytes => {
            let (length, outer) = dims.split_last().expect("bytes have a length");
            dims = outer;
            (Some(LeafKind::Bytes), *length)
        }
        Element::Type(id) => match plan.ty(id) {
            TypePlan::Enum(of) => (Some(LeafKind::Scalar(of.repr)), of.repr.size()),
            TypePlan::Struct(of) => (None, of.size),
            TypePlan::Variant(of) => panic!("no real schema has a variant such as {} yet", of.name),
        },
        Element::Text(_) | Element::Blob(_) => panic!("no real schema has a slab yet"),
        Element::Pad | Element::Reserved => unreachable!("data_fields() gives no padding"),
    };
    let count: u32 = dims.iter().product();
    for element in 0..count {
        let mut path = path.to_vec();
        path.push(Step::Field(field));
        match dims {
            [] => {}
            [_] => path.push(Step::Index(element)),
            [_, columns, ..] => path.extend([Step::Index(element / columns), Step::Index(element % columns)]),
        }
        let offset = base + field.offset + element * size;
        match (kind, field.element) {
            (Some(kind), _) => leaves.push(Leaf { path, offset, size, kind }),
            (None, Element::Type(id)) => {
                for inner in plan.structure(id).data_fields() {
                    field_leaves(plan, inner, &path, offset, leaves);
                }
            }
            (None, _) => unreachable!("only declared types hold others"),
        }
    }
}

/// What every accessor reads while each value's bytes are its pattern.
pub(crate) fn reads(plan: &Plan) -> Facts {
    let of_struct = |of| {
        leaves(plan, of)
            .into_iter()
            .map(|leaf| (format!("read {}.{}.{}", plan.package, of.name, leaf.name()), leaf.value()))
    };
    structs(plan).flat_map(of_struct).collect()
}

/// All bytes of a struct after one of its fields has been set, in hexadecimal.
pub(crate) fn writes(plan: &Plan) -> Facts {
    let mut facts = Facts::new();
    for of in structs(plan) {
        let leaves = leaves(plan, of);
        for field in of.data_fields() {
            let mut bytes = vec![0; of.size as usize];
            for leaf in &leaves {
                if matches!(leaf.path[0], Step::Field(first) if std::ptr::eq(first, field)) {
                    bytes[leaf.offset as usize..][..leaf.size as usize].copy_from_slice(&leaf.pattern());
                }
            }
            let hex = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            facts.insert(format!("write {}.{}.{}", plan.package, of.name, field.name), hex);
        }
    }
    facts
}
