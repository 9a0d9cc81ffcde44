//! From a plan to what is drawn.

use ringgen_layout::ring::{Geometry, MIN_PAGE};
use ringgen_layout::{Scalar, ScalarKind};
use ringgen_schema::plan::{
    CasePlan, ConstantValue, Element, EnumPlan, FieldPlan, Plan, RingPlan, StructPlan, TypeId, TypePlan, ValuePlan,
    VariantPlan,
};

use crate::output::{Failure, thousands};
use crate::picture::{Array, Case, Field, Page, Part, Remarks, Ring, Shape, Tone, Values};

/// A page of these types and rings, with types that lie in others taken apart so many levels deep.
pub(super) fn page(plan: &Plan, types: &[&TypePlan], rings: &[&RingPlan], is_whole: bool, depth: u32) -> Page {
    let parts = |ty: &&TypePlan| match ty {
        TypePlan::Struct(of) => vec![Part::Shape(shape(plan, of, depth))],
        TypePlan::Enum(of) => vec![Part::Values(values(of))],
        TypePlan::Variant(of) => {
            let cases =
                of.cases.iter().filter(|_| depth > 0).map(|case| Part::Shape(case_shape(plan, of, case, depth)));
            std::iter::once(Part::Shape(variant(plan, of))).chain(cases).collect()
        }
    };
    Page {
        package: plan.package.clone(),
        version: plan.version,
        doc: plan.doc.clone(),
        is_whole,
        parts: types.iter().flat_map(parts).collect(),
        rings: rings.iter().map(|of| ring(plan, of)).collect(),
    }
}

/// How many fields a picture may have. A type can take apart into one for each of its bytes.
const MOST_FIELDS: u64 = 10_000;

/// Refuses to take types apart into more fields than anyone could look at.
pub(super) fn check_depth(plan: &Plan, types: &[&TypePlan], depth: u32) -> Result<(), Failure> {
    // Of each type, with what lies in it taken apart one level deep, two, and so on.
    let mut counts = vec![0_u64; plan.types.len()];
    for _ in 0..=depth {
        let of = |id: Option<TypeId>| id.map_or(1, |id| counts[id.0].saturating_add(1));
        let count = |ty: &TypePlan| match ty {
            TypePlan::Enum(_) => 1,
            TypePlan::Struct(ty) => ty.fields.iter().map(|field| of(field.element.ty())).fold(0, u64::saturating_add),
            TypePlan::Variant(ty) => ty.cases.iter().map(|case| of(Some(case.ty))).fold(3, u64::saturating_add),
        };
        counts = plan.types.iter().map(count).collect();
    }
    let is_shown = |ty: &TypePlan| types.iter().any(|shown| shown.name() == ty.name());
    let mut shown = plan.types.iter().zip(counts).filter(|(ty, _)| is_shown(ty));
    match shown.find(|(_, count)| depth > 0 && *count > MOST_FIELDS) {
        Some((ty, count)) => {
            let message = format!("`{}` would be taken apart into {} fields", ty.name(), thousands(count));
            let help = format!("write how deep to go, for example `--expand={}`", depth.min(8) / 2);
            Err(Failure::new(message).help(help))
        }
        None => Ok(()),
    }
}

fn shape(plan: &Plan, of: &StructPlan, depth: u32) -> Shape {
    Shape {
        kind: of.kind.word(),
        name: of.name.clone(),
        size: of.size,
        align: of.align,
        layout_hash: of.layout_hash.to_string(),
        doc: of.doc.clone(),
        fields: inside(plan, &of.fields, &Place { path: "", offset: 0, depth }),
        cases: Vec::new(),
    }
}

/// A struct or message with its fields somewhere else: no type that there is, but one that there might be.
pub(super) fn shape_with(plan: &Plan, of: &StructPlan, fields: &[FieldPlan], size: u32) -> Shape {
    let fields = inside(plan, fields, &Place { path: "", offset: 0, depth: 0 });
    Shape { size, fields, layout_hash: String::new(), ..shape(plan, of, 0) }
}

fn variant(plan: &Plan, of: &VariantPlan) -> Shape {
    let case = |case: &CasePlan| {
        let ty = plan.ty(case.ty);
        let doc = if case.doc.is_empty() { ty.doc() } else { &case.doc };
        Case {
            value: case.value,
            name: case.name.clone(),
            ty: ty.name().to_owned(),
            size: ty.size(),
            doc: history(&case.name, &case.wire_name, case.since, case.deprecated).behind(doc),
        }
    };
    Shape {
        kind: "variant",
        name: of.name.clone(),
        size: of.size,
        align: of.align,
        layout_hash: of.layout_hash.to_string(),
        doc: of.doc.clone(),
        fields: union(of, &Place { path: "", offset: 0, depth: 0 }),
        cases: of.cases.iter().map(case).collect(),
    }
}

/// A variant while it holds a case: the tag, the fields of the case, and zeros up to the end.
fn case_shape(plan: &Plan, of: &VariantPlan, case: &CasePlan, depth: u32) -> Shape {
    let place = Place { path: "", offset: 0, depth: depth - 1 };
    let mut fields = union(of, &place);
    fields.pop();
    fields[0].doc = format!("{} for {}.", case.value, case.name);
    let ty = plan.structure(case.ty);
    fields.extend(inside(plan, &ty.fields, &Place { offset: of.payload_offset, ..place }));
    let rest = of.payload_size - ty.size;
    if rest > 0 {
        fields.push(pad("_rest", of.size - rest, rest, &place));
    }
    Shape {
        kind: "case",
        name: format!("{}.{}", of.name, case.name),
        doc: ty.doc.clone(),
        layout_hash: String::new(),
        fields,
        cases: Vec::new(),
        ..variant(plan, of)
    }
}

/// The parts of a variant: tag, padding, and room for any of the cases.
fn union(of: &VariantPlan, place: &Place<'_>) -> Vec<Field> {
    let names: Vec<&str> = of.cases.iter().map(|case| case.name.as_str()).collect();
    let tag = of.tag.size();
    let gap = of.payload_offset - tag;
    let mut fields = vec![plain("tag", of.tag.name().to_owned(), (0, tag), Tone::Enum, place)];
    fields.extend((gap > 0).then(|| pad("_pad0", tag, gap, place)));
    let payload = (of.payload_offset, of.payload_size);
    fields.push(plain("payload", names.join(" | "), payload, Tone::Nested, place));
    fields
}

/// The reference to text or bytes that lie in the slab of a ring.
fn reference(place: &Place<'_>) -> Vec<Field> {
    vec![
        Field {
            doc: "Where it begins in the slab.".into(),
            ..plain("pos", "u64".into(), (0, 8), Tone::Integer, place)
        },
        Field { doc: "How many bytes it has.".into(), ..plain("len", "u32".into(), (8, 4), Tone::Integer, place) },
        pad("_zero", 12, 4, place),
    ]
}

fn pad(name: &str, offset: u32, size: u32, place: &Place<'_>) -> Field {
    plain(name, format!("pad[{size}]"), (offset, size), Tone::Pad, place)
}

/// A part of something that no schema declares.
fn plain(name: &str, ty: String, (offset, size): (u32, u32), tone: Tone, place: &Place<'_>) -> Field {
    Field {
        name: name.to_owned(),
        path: place.path_of(name),
        ty,
        offset: place.offset + offset,
        size,
        unit: String::new(),
        doc: String::new(),
        tone,
        array: None,
        inside: Vec::new(),
    }
}

/// Where something lies that is drawn: in what, at which offset, and how many levels of it are to be taken apart.
struct Place<'a> {
    path: &'a str,
    offset: u32,
    depth: u32,
}

impl Place<'_> {
    fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }
}

fn inside(plan: &Plan, fields: &[FieldPlan], place: &Place<'_>) -> Vec<Field> {
    fields.iter().map(|of| field(plan, of, place)).collect()
}

fn field(plan: &Plan, of: &FieldPlan, place: &Place<'_>) -> Field {
    let path = place.path_of(&of.name);
    let mut field = Field {
        name: of.name.clone(),
        path: path.clone(),
        ty: of.spelling.clone(),
        offset: place.offset + of.offset,
        size: of.size,
        unit: Field::unit_of(&of.unit, &of.epoch),
        doc: remarks(of).behind(&of.doc),
        tone: tone(plan, of.element),
        array: array(of, path.clone()),
        inside: Vec::new(),
    };
    if let Some(depth) = place.depth.checked_sub(1) {
        field.inside = match of.element {
            Element::Type(id) => parts(plan, id, &field, depth),
            Element::Text(_) | Element::Blob(_) => reference(&Place { path: &path, offset: field.offset, depth }),
            _ => Vec::new(),
        };
    }
    field
}

/// What a field of a declared type is made of: its fields; of an array the first element's, and the others as one.
fn parts(plan: &Plan, id: TypeId, of: &Field, depth: u32) -> Vec<Field> {
    let ty = plan.ty(id);
    let inside = |place: &Place<'_>| match ty {
        TypePlan::Struct(ty) => inside(plan, &ty.fields, place),
        TypePlan::Variant(ty) => union(ty, place),
        TypePlan::Enum(_) => Vec::new(),
    };
    let Some(array) = &of.array else {
        return inside(&Place { path: &of.path, offset: of.offset, depth });
    };
    if matches!(ty, TypePlan::Enum(_)) {
        return Vec::new();
    }
    let size = ty.size();
    let element = Field { ty: ty.name().to_owned(), unit: String::new(), doc: String::new(), ..of.clone() };
    let path = array.element(0);
    let first = Field {
        name: array.index(0),
        size,
        array: None,
        inside: inside(&Place { path: &path, offset: of.offset, depth }),
        path,
        ..element.clone()
    };
    let mut parts = vec![first];
    let count = of.size / size;
    if count > 1 {
        let (second, last) = (array.index(1), array.index(count - 1));
        let name = if count == 2 { second } else { format!("{second} … {last}") };
        parts.push(Field {
            path: format!("{}{name}", array.path),
            name,
            offset: of.offset + size,
            size: of.size - size,
            array: Some(Array { skipped: 1, ..array.clone() }),
            ..element
        });
    }
    parts
}

fn array(of: &FieldPlan, path: String) -> Option<Array> {
    // The last dimension of bytes is the length of one, as it is of text.
    let dims = match of.element {
        Element::Bytes => &of.dims[..of.dims.len() - 1],
        _ => &of.dims[..],
    };
    (!dims.is_empty()).then(|| Array { path, dims: dims.to_vec(), skipped: 0 })
}

fn tone(plan: &Plan, element: Element) -> Tone {
    match element {
        Element::Scalar(scalar) if scalar.kind() == ScalarKind::Float => Tone::Float,
        Element::Scalar(_) => Tone::Integer,
        Element::Str(_) | Element::Bytes | Element::Text(_) | Element::Blob(_) => Tone::Text,
        Element::Type(id) => match plan.ty(id) {
            TypePlan::Enum(_) => Tone::Enum,
            TypePlan::Struct(_) | TypePlan::Variant(_) => Tone::Nested,
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
        values: of.values.iter().map(value).collect(),
    }
}

fn value(of: &ValuePlan) -> (String, i128, String) {
    let remarks = history(&of.name, &of.wire_name, of.since, of.deprecated);
    (of.name.clone(), of.value, remarks.behind(&of.doc))
}

fn remarks(of: &FieldPlan) -> Remarks {
    let shown =
        |value: &ConstantValue| value.shown(if let Element::Scalar(of) = of.element { of } else { Scalar::I64 });
    Remarks {
        null: of.null.as_ref().map(shown).unwrap_or_default(),
        range: of.range.as_ref().map(|(least, most)| (shown(least), shown(most))),
        ..history(&of.name, &of.wire_name, of.since, of.deprecated)
    }
}

fn history(name: &str, wire_name: &str, since: Option<u32>, deprecated: Option<u32>) -> Remarks {
    let version = |of: Option<u32>| of.map(|version| version.to_string()).unwrap_or_default();
    Remarks {
        since: version(since),
        deprecated: version(deprecated),
        was: if name == wire_name { String::new() } else { wire_name.to_owned() },
        ..Remarks::default()
    }
}

fn ring(plan: &Plan, of: &RingPlan) -> Ring {
    Ring {
        name: format!("{}.{}", plan.package, of.name),
        message: plan.ty(of.message).name().to_owned(),
        capacity: of.capacity,
        stride: plan.ty(of.message).size(),
        memory: file_length(plan, of),
        wait: of.wait.word(),
    }
}

/// How many bytes of shared memory a ring takes: the length of its file on a machine with 4096-byte pages.
pub(super) fn file_length(plan: &Plan, ring: &RingPlan) -> u64 {
    let message = plan.ty(ring.message);
    let text = message.schema().map_or(0, |(text, _)| text.len() as u64);
    Geometry::spsc(ring.capacity, message.size(), message.align(), text, MIN_PAGE)
        .expect("a plan's ring has a geometry")
        .file_length
}
