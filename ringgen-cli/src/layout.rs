//! `ringgen layout`: where each byte of a message lies, for people and for programs.

use ringgen_layout::ring::{Geometry, MIN_PAGE};
use ringgen_layout::{ScalarKind, StructKind};
use ringgen_schema::plan::{Element, EnumPlan, FieldPlan, Plan, RingPlan, StructPlan, TypePlan};
use serde::Serialize;

use crate::args::LayoutArgs;
use crate::inputs::Inputs;
use crate::output::{BOLD, DIM, Failure, Output, Verdict, columns, human_bytes, thousands, write};
use crate::picture::{self, Field, Shape, Tone, Values};

/// Pictures a schema's types and rings, or prints them as JSON.
pub(crate) fn run(args: &LayoutArgs, output: &mut Output) -> Result<Verdict, Failure> {
    let inputs = Inputs::read(std::slice::from_ref(&args.path))?;
    for report in &inputs.reports {
        write(output.stderr(), format_args!("{}\n", report.render(true)));
    }
    if !inputs.reports.is_empty() {
        return Ok(Verdict::Findings);
    }
    let [plan] = inputs.plans.as_slice() else {
        let failure = Failure::new(format_args!("`{}` holds several schemas", args.path.display()));
        return Err(failure.help(format_args!("name one, for example `{}`", inputs.paths[0].display())));
    };
    let types = select(plan, args)?;
    let carries = |ring: &&RingPlan| types.iter().any(|ty| ty.name() == plan.ty(ring.message).name());
    let rings: Vec<&RingPlan> = plan.rings.iter().filter(carries).collect();
    if args.json {
        output.line(json(plan, &types, &rings));
    } else {
        write(output.stdout(), format_args!("{}", picture(plan, &types, &rings, columns())));
    }
    Ok(Verdict::Fine)
}

/// The types with these names, in the order they were asked for. Without names all types: for programs in the plan's
/// order, for people messages first, then what they are made of.
fn select<'a>(plan: &'a Plan, args: &LayoutArgs) -> Result<Vec<&'a TypePlan>, Failure> {
    if args.types.is_empty() {
        let mut types: Vec<&TypePlan> = plan.types.iter().collect();
        if !args.json {
            types.sort_by_key(|ty| (rank(ty), ty.name()));
        }
        return Ok(types);
    }
    let find = |name: &String| {
        plan.types.iter().find(|ty| ty.name() == name).ok_or_else(|| {
            let known: Vec<&str> = plan.types.iter().map(TypePlan::name).collect();
            let failure = Failure::new(format_args!("package `{}` has no type `{name}`", plan.package));
            failure.help(format_args!("it has {}", known.join(", ")))
        })
    };
    args.types.iter().map(find).collect()
}

fn rank(ty: &TypePlan) -> u8 {
    match ty {
        TypePlan::Struct(of) if of.kind == StructKind::Message => 0,
        TypePlan::Struct(_) => 1,
        TypePlan::Enum(_) => 2,
    }
}

/// How many bytes of shared memory a ring takes: the length of its file on a machine with 4096-byte pages.
fn file_length(plan: &Plan, ring: &RingPlan) -> u64 {
    let message = plan.structure(ring.message);
    let text = message.schema_text.len() as u64;
    Geometry::spsc(ring.capacity, message.size, message.align, text, MIN_PAGE)
        .expect("a plan's ring has a geometry")
        .file_length
}

fn picture(plan: &Plan, types: &[&TypePlan], rings: &[&RingPlan], columns: usize) -> String {
    let mut parts = Vec::new();
    if types.len() == plan.types.len() {
        parts.push(format!("package {BOLD}{}{BOLD:#}  version {}\n", plan.package, plan.version));
        parts[0].push_str(&picture::paragraph(&plan.doc, columns));
    }
    parts.extend(types.iter().map(|ty| match ty {
        TypePlan::Struct(of) => picture::shape(&shape(plan, of), columns),
        TypePlan::Enum(of) => picture::values(&values(of), columns),
    }));
    if !rings.is_empty() {
        parts.push(ring_table(plan, rings));
    }
    parts.join("\n")
}

fn shape(plan: &Plan, of: &StructPlan) -> Shape {
    Shape {
        kind: of.kind.word(),
        name: of.name.clone(),
        size: of.size,
        align: of.align,
        layout_hash: of.layout_hash.to_string(),
        doc: of.doc.clone(),
        fields: of.fields.iter().map(|field| drawn(plan, field)).collect(),
    }
}

fn drawn(plan: &Plan, of: &FieldPlan) -> Field {
    Field {
        name: of.name.clone(),
        ty: of.spelling.clone(),
        offset: of.offset,
        size: of.size,
        unit: Field::unit_of(&of.unit, &of.epoch),
        doc: of.doc.clone(),
        tone: tone(plan, of),
    }
}

fn tone(plan: &Plan, of: &FieldPlan) -> Tone {
    match of.element {
        Element::Scalar(scalar) if scalar.kind() == ScalarKind::Float => Tone::Float,
        Element::Scalar(_) => Tone::Integer,
        Element::Str(_) | Element::Bytes => Tone::Text,
        Element::Type(id) => match plan.ty(id) {
            TypePlan::Enum(_) => Tone::Enum,
            TypePlan::Struct(_) => Tone::Nested,
        },
        Element::Pad => Tone::Pad,
        Element::Reserved => Tone::Reserved,
    }
}

fn values(of: &EnumPlan) -> Values {
    Values {
        kind: of.kind.word(),
        name: of.name.clone(),
        repr: of.repr.name().to_owned(),
        layout_hash: of.layout_hash.to_string(),
        doc: of.doc.clone(),
        values: of.values.iter().map(|of| (of.name.clone(), of.value, of.doc.clone())).collect(),
    }
}

fn ring_table(plan: &Plan, rings: &[&RingPlan]) -> String {
    let rows: Vec<[String; 6]> = rings
        .iter()
        .map(|ring| {
            [
                format!("{}.{}", plan.package, ring.name),
                plan.ty(ring.message).name().to_owned(),
                thousands(ring.capacity),
                thousands(plan.structure(ring.message).size.into()),
                human_bytes(file_length(plan, ring)),
                ring.wait.word().to_owned(),
            ]
        })
        .collect();
    let headings = ["ring", "message", "capacity", "stride", "memory", "wait"];
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0).max(headings[column].len());
    let widths: [usize; 6] = std::array::from_fn(width);
    let line = |cells: [&str; 6]| {
        let [name, message, capacity, stride, memory, wait] = cells;
        let [a, b, c, d, e, _] = widths;
        format!("{name:a$}  {message:b$}  {capacity:>c$}  {stride:>d$}  {memory:>e$}  {wait}")
    };
    let mut text = String::new();
    write(&mut text, format_args!("{DIM}{}{DIM:#}\n", line(headings)));
    for row in &rows {
        let cells = line(std::array::from_fn(|column| row[column].as_str()));
        let (name, rest) = cells.split_at(row[0].len());
        write(&mut text, format_args!("{BOLD}{name}{BOLD:#}{rest}\n"));
    }
    text
}

#[derive(Serialize)]
struct JsonPackage<'a> {
    package: &'a str,
    version: u32,
    types: Vec<JsonType<'a>>,
    rings: Vec<JsonRing<'a>>,
}

#[derive(Serialize)]
struct JsonType<'a> {
    name: &'a str,
    kind: &'static str,
    size: u32,
    align: u32,
    layout_hash: String,
    fields: Vec<JsonField<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Vec<JsonValue<'a>>>,
}

#[derive(Serialize)]
struct JsonField<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    ty: &'a str,
    offset: u32,
    size: u32,
}

#[derive(Serialize)]
struct JsonValue<'a> {
    name: &'a str,
    value: i128,
}

#[derive(Serialize)]
struct JsonRing<'a> {
    name: &'a str,
    message: &'a str,
    capacity: u64,
    wait: &'static str,
    stride: u32,
    bytes: u64,
}

fn json(plan: &Plan, types: &[&TypePlan], rings: &[&RingPlan]) -> String {
    let package = JsonPackage {
        package: &plan.package,
        version: plan.version,
        types: types.iter().map(|ty| json_type(ty)).collect(),
        rings: rings.iter().map(|ring| json_ring(plan, ring)).collect(),
    };
    serde_json::to_string_pretty(&package).expect("numbers and strings are JSON")
}

fn json_type(ty: &TypePlan) -> JsonType<'_> {
    match ty {
        TypePlan::Struct(of) => JsonType {
            name: &of.name,
            kind: of.kind.word(),
            size: of.size,
            align: of.align,
            layout_hash: of.layout_hash.to_string(),
            fields: of.fields.iter().map(json_field).collect(),
            values: None,
        },
        TypePlan::Enum(of) => JsonType {
            name: &of.name,
            kind: of.kind.word(),
            size: of.repr.size(),
            align: of.repr.align(),
            layout_hash: of.layout_hash.to_string(),
            fields: Vec::new(),
            values: Some(of.values.iter().map(|of| JsonValue { name: &of.name, value: of.value }).collect()),
        },
    }
}

fn json_field(of: &FieldPlan) -> JsonField<'_> {
    JsonField { name: &of.name, ty: &of.spelling, offset: of.offset, size: of.size }
}

fn json_ring<'a>(plan: &'a Plan, ring: &'a RingPlan) -> JsonRing<'a> {
    let message = plan.structure(ring.message);
    JsonRing {
        name: &ring.name,
        message: &message.name,
        capacity: ring.capacity,
        wait: ring.wait.word(),
        stride: message.size,
        bytes: file_length(plan, ring),
    }
}
