//! What the plan says, as facts, and how they are compared with what a witness says.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;
use std::process::Command;

use ringgen_layout::{Scalar, ScalarKind, StructKind};
use ringgen_schema::backend::BACKENDS;
use ringgen_schema::plan::{
    ConstantValue, Element, EnumPlan, FieldPlan, ListPart, Plan, StructPlan, TypePlan, VariantPlan,
};
use ringgen_schema::{Source, compile};
use tempfile::TempDir;

use crate::common;

/// Keys and their values.
pub(crate) type Facts = BTreeMap<String, String>;

/// What each witness of a program said.
pub(crate) type Said = BTreeMap<String, Facts>;

/// Plans, and the folder that holds what was generated from them, one folder a language.
pub(crate) struct Set {
    pub(crate) plans: Vec<Plan>,
    pub(crate) folder: PathBuf,
    /// The folder, if it is to go with the set.
    pub(crate) _temporary: Option<TempDir>,
}

impl Set {
    /// The schemas of the repository, and what is committed of them.
    pub(crate) fn of_repository() -> Set {
        Set { plans: plans(), folder: common::root().join("generated"), _temporary: None }
    }

    /// Plans, and what every backend prints of them now.
    pub(crate) fn generate(plans: Vec<Plan>) -> Set {
        let folder = tempfile::tempdir().expect("a temporary directory");
        for backend in BACKENDS {
            let language = folder.path().join(backend.language());
            std::fs::create_dir(&language).expect("a fresh directory");
            for plan in &plans {
                let file = language.join(format!("{}.{}", plan.package, backend.extension()));
                std::fs::write(file, backend.emit(plan)).expect("a fresh directory");
            }
        }
        Set { plans, folder: folder.path().to_path_buf(), _temporary: Some(folder) }
    }

    /// The schemas of the repository, and those of what others publish, which would be too much to commit.
    pub(crate) fn all() -> [Set; 2] {
        [Set::of_repository(), Set::generate(plans_in("schemas/examples"))]
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

/// The plan of every schema that users copy whole.
pub(crate) fn plans() -> Vec<Plan> {
    plans_in("schemas")
}

fn plans_in(folder: &str) -> Vec<Plan> {
    let mut paths: Vec<_> = std::fs::read_dir(common::root().join(folder))
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be read").path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    assert!(paths.len() >= 3, "{folder}/ holds schemas that users copy");
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

/// The structs, messages and variants of a plan.
pub(crate) fn composed(plan: &Plan) -> impl Iterator<Item = &TypePlan> {
    plan.own_types().iter().filter(|ty| !matches!(ty, TypePlan::Enum(_)))
}

/// The variants of a plan.
pub(crate) fn variants(plan: &Plan) -> impl Iterator<Item = &VariantPlan> {
    plan.own_types().iter().filter_map(|ty| match ty {
        TypePlan::Variant(of) => Some(of),
        TypePlan::Struct(_) | TypePlan::Enum(_) => None,
    })
}

/// The struct that a type is, if it is one.
pub(crate) fn structure(of: &TypePlan) -> Option<&StructPlan> {
    match of {
        TypePlan::Struct(of) => Some(of),
        TypePlan::Variant(_) | TypePlan::Enum(_) => None,
    }
}

/// Whether languages show a field by itself: the length of a list comes with its elements, and what lies in a slab is
/// not in the message.
pub(crate) fn is_property(field: &FieldPlan) -> bool {
    let is_length = matches!(field.list, Some(ListPart::Length { .. }));
    field.is_data() && !is_length && !matches!(field.element, Element::Text(_) | Element::Blob(_))
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
    assert!(output.status.success(), "{program:?}: {}", String::from_utf8_lossy(&output.stderr));
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

/// Panics with what Rust says otherwise.
pub(crate) fn compare_rust(plans: &[Plan], built: usize, said: &Said) {
    compare(plans, "rustc", everything, &said["rustc"]);
    compare(&plans[..built.min(plans.len())], "rustc by builders", encodes, &said["rustc by builders"]);
}

/// Panics with what ctypes or numpy say otherwise.
pub(crate) fn compare_python(plans: &[Plan], said: &Said) {
    compare(plans, "ctypes", everything, &said["ctypes"]);
    compare(plans, "numpy", layout_for_numpy, &said["numpy"]);
    compare(plans, "ctypes by properties", reads, &said["ctypes by properties"]);
    compare(plans, "ctypes by setters", writes, &said["ctypes by setters"]);
}

/// Panics with what V8 says otherwise.
pub(crate) fn compare_node(plans: &[Plan], said: &Said) {
    compare(plans, "V8", everything, &said["V8"]);
    for witness in ["V8 by readers", "V8 by views", "V8 by objects"] {
        compare(plans, witness, reads, &said[witness]);
    }
    compare(plans, "V8 by setters", writes, &said["V8 by setters"]);
    compare(plans, "V8 by encoding", encodes, &said["V8 by encoding"]);
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
    for of in variants(plan) {
        let ty = format!("{}.{}", plan.package, of.name);
        facts.insert(format!("size {ty}"), of.size.to_string());
        facts.insert(format!("align {ty}"), of.align.to_string());
        facts.insert(format!("field {ty}.tag"), format!("0 {}", of.tag.size()));
        facts.insert(format!("field {ty}.payload"), format!("{} {}", of.payload_offset, of.payload_size));
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
    for of in variants(plan) {
        facts.remove(&format!("align {}.{}", plan.package, of.name));
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
    for of in variants(plan) {
        let ty = format!("{package}.{}", of.name);
        facts.insert(format!("layout_hash {ty}"), of.layout_hash.to_string());
        facts.insert(format!("schema_hash {ty}"), of.schema_hash.to_string());
        facts.insert(format!("schema_text {ty}"), of.schema_text.replace('\n', "⏎"));
        facts.insert(format!("version {ty}"), plan.version.to_string());
        for case in &of.cases {
            facts.insert(format!("value {ty}.{}", case.name), case.value.to_string());
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
    /// What setters take.
    range: Option<(ConstantValue, ConstantValue)>,
    /// The bytes of what is not read by itself.
    pub(crate) hidden: Option<Vec<u8>>,
}

/// One step of a [`Leaf::path`].
#[derive(Clone, Copy)]
pub(crate) enum Step<'a> {
    Field(&'a FieldPlan),
    Index(u32),
    /// From a variant to what it holds.
    Value,
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

impl<'a> Leaf<'a> {
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
                Step::Value if name.is_empty() => name.push_str("value"),
                Step::Value => name.push_str(".value"),
            }
        }
        name
    }

    /// Bytes that no accessor reads by themselves, and that others depend on: a tag, the length of a list.
    fn hidden(path: &[Step<'a>], offset: u32, bytes: Vec<u8>) -> Leaf<'a> {
        let size = bytes.len() as u32;
        Leaf { path: path.to_vec(), offset, size, kind: LeafKind::Bytes, range: None, hidden: Some(bytes) }
    }

    /// Bytes that this leaf has and its neighbours have not, none of them zero unless its type asks for it; valid
    /// text, finite floats, within the range of the field.
    pub(crate) fn pattern(&self) -> Vec<u8> {
        if let Some(hidden) = &self.hidden {
            return hidden.clone();
        }
        let byte = |index: u32| 0x21 + ((self.offset * 7 + index * 13) % 0x5D) as u8;
        let mut bytes: Vec<u8> = (0..self.size).map(byte).collect();
        match (self.range, self.kind) {
            (Some((ConstantValue::Integer(least), ConstantValue::Integer(most))), _) => {
                let value = least + i128::from(self.offset * 7 + 5) % (most - least + 1);
                bytes.copy_from_slice(&(value as u64).to_le_bytes()[..self.size as usize]);
            }
            (Some((ConstantValue::Float(least), _)), LeafKind::Scalar(Scalar::F32)) => {
                bytes.copy_from_slice(&(least as f32).to_le_bytes());
            }
            (Some((ConstantValue::Float(least), _)), _) => bytes.copy_from_slice(&least.to_le_bytes()),
            (_, LeafKind::Scalar(Scalar::Bool)) => bytes[0] = 1,
            (_, LeafKind::Number(_)) => bytes[6..].fill(0),
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
                kind => {
                    let value = bytes.iter().rev().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
                    let unused = 64 - scalar.bits();
                    match kind {
                        ScalarKind::Signed => ((value << unused) as i64 >> unused).to_string(),
                        _ => value.to_string(),
                    }
                }
            },
        }
    }
}

/// Every value in a struct or variant, the nested ones too.
pub(crate) fn leaves<'a>(plan: &'a Plan, of: &'a TypePlan) -> Vec<Leaf<'a>> {
    let mut leaves = Vec::new();
    type_leaves(plan, of, &[], 0, &mut leaves);
    leaves
}

fn type_leaves<'a>(plan: &'a Plan, of: &'a TypePlan, path: &[Step<'a>], base: u32, leaves: &mut Vec<Leaf<'a>>) {
    match of {
        TypePlan::Enum(_) => unreachable!("an enum is a leaf"),
        TypePlan::Struct(of) => {
            for field in of.data_fields() {
                field_leaves(plan, of, field, path, base, leaves);
            }
        }
        TypePlan::Variant(of) => {
            // Any case will do; which one says the place.
            let case = &of.cases[(base / 4) as usize % of.cases.len()];
            let tag = (case.value as u64).to_le_bytes()[..of.tag.size() as usize].to_vec();
            leaves.push(Leaf::hidden(path, base, tag));
            let path: Vec<Step<'_>> = path.iter().copied().chain([Step::Value]).collect();
            type_leaves(plan, plan.ty(case.ty), &path, base + of.payload_offset, leaves);
        }
    }
}

fn field_leaves<'a>(
    plan: &'a Plan,
    of: &'a StructPlan,
    field: &'a FieldPlan,
    path: &[Step<'a>],
    base: u32,
    leaves: &mut Vec<Leaf<'a>>,
) {
    if let Some(ListPart::Length { items }) = field.list {
        // All elements count.
        let count = of.fields[items].dims[0].to_le_bytes().to_vec();
        leaves.push(Leaf::hidden(path, base + field.offset, count));
        return;
    }
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
            other => (None, other.size()),
        },
        // What is in a slab, no accessor of the message reads.
        Element::Text(_) | Element::Blob(_) => return,
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
            (Some(kind), _) => leaves.push(Leaf { path, offset, size, kind, range: field.range, hidden: None }),
            (None, Element::Type(id)) => type_leaves(plan, plan.ty(id), &path, offset, leaves),
            (None, _) => unreachable!("only declared types hold others"),
        }
    }
}

/// What every accessor reads while each value's bytes are its pattern.
pub(crate) fn reads(plan: &Plan) -> Facts {
    let of_type = |of: &TypePlan| {
        let leaves = leaves(plan, of).into_iter().filter(|leaf| leaf.hidden.is_none());
        let facts = leaves.map(|leaf| (format!("read {}.{}.{}", plan.package, of.name(), leaf.name()), leaf.value()));
        facts.collect::<Vec<_>>()
    };
    composed(plan).flat_map(of_type).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// All bytes of a type whose every value is its pattern, in hexadecimal.
pub(crate) fn encodes(plan: &Plan) -> Facts {
    let of_type = |of: &TypePlan| {
        let mut bytes = vec![0; of.size() as usize];
        for leaf in leaves(plan, of) {
            bytes[leaf.offset as usize..][..leaf.size as usize].copy_from_slice(&leaf.pattern());
        }
        (format!("encode {}.{}", plan.package, of.name()), hex(&bytes))
    };
    composed(plan).map(of_type).collect()
}

/// All bytes of a struct after one of its fields has been set, in hexadecimal.
pub(crate) fn writes(plan: &Plan) -> Facts {
    let mut facts = Facts::new();
    for (ty, of) in composed(plan).filter_map(|ty| Some((ty, structure(ty)?))) {
        let leaves = leaves(plan, ty);
        for field in of.data_fields().filter(|field| is_property(field)) {
            let mut bytes = vec![0; of.size as usize];
            for leaf in &leaves {
                let is_of_it = match leaf.path.first() {
                    Some(Step::Field(first)) => std::ptr::eq(*first, field),
                    // The length of a list lies in a field of its own.
                    _ => {
                        matches!(field.list, Some(ListPart::Items { length }) if of.fields[length].offset == leaf.offset)
                    }
                };
                if is_of_it {
                    bytes[leaf.offset as usize..][..leaf.size as usize].copy_from_slice(&leaf.pattern());
                }
            }
            facts.insert(format!("write {}.{}.{}", plan.package, of.name, field.name), hex(&bytes));
        }
    }
    facts
}
