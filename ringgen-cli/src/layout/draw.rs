//! From a plan to what is drawn.

use ringgen_layout::ring::{Geometry, MIN_PAGE};
use ringgen_layout::{Scalar, ScalarKind};
use ringgen_schema::plan::{
    ConstantValue, Element, EnumPlan, FieldPlan, Plan, RingPlan, StructPlan, TypeId, TypePlan, ValuePlan, VariantPlan,
};

use crate::picture::{Array, Field, Page, Part, Remarks, Ring, Shape, Tone, Values};

/// A page of these types and rings, with types that lie in others taken apart so many levels deep.
pub(super) fn page(plan: &Plan, types: &[&TypePlan], rings: &[&RingPlan], depth: u32) -> Page {
    let part = |ty: &&TypePlan| match ty {
        TypePlan::Struct(of) => Part::Shape(shape(plan, of, depth)),
        TypePlan::Enum(of) => Part::Values(values(of)),
        TypePlan::Variant(of) => Part::Shape(variant(of)),
    };
    Page {
        package: plan.package.clone(),
        version: plan.version,
        doc: plan.doc.clone(),
        is_whole: types.len() == plan.types.len(),
        parts: types.iter().map(part).collect(),
        rings: rings.iter().map(|of| ring(plan, of)).collect(),
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
        fields: inside(plan, of, &Place { path: "", offset: 0, depth }),
    }
}

fn variant(of: &VariantPlan) -> Shape {
    let field = |name: &str, ty: String, offset: u32, size: u32, tone: Tone| Field {
        name: name.to_string(),
        path: name.to_string(),
        ty,
        offset,
        size,
        unit: String::new(),
        doc: String::new(),
        tone,
        array: None,
        inside: Vec::new(),
    };
    let mut fields = vec![field("tag", of.tag.name().to_string(), 0, of.tag.size(), Tone::Enum)];
    let gap = of.payload_offset - of.tag.size();
    if gap > 0 {
        fields.push(field("_pad0", format!("pad[{gap}]"), of.tag.size(), gap, Tone::Pad));
    }
    let cases: Vec<&str> = of.cases.iter().map(|case| case.name.as_str()).collect();
    fields.push(field("payload", cases.join(" | "), of.payload_offset, of.payload_size, Tone::Nested));
    Shape {
        kind: "variant",
        name: of.name.clone(),
        size: of.size,
        align: of.align,
        layout_hash: of.layout_hash.to_string(),
        doc: of.doc.clone(),
        fields,
    }
}

/// Where something lies that is drawn: in what, at which offset, and how many levels of it are to be taken apart.
struct Place<'a> {
    path: &'a str,
    offset: u32,
    depth: u32,
}

fn inside(plan: &Plan, of: &StructPlan, place: &Place<'_>) -> Vec<Field> {
    of.fields.iter().map(|of| field(plan, of, place)).collect()
}

fn field(plan: &Plan, of: &FieldPlan, place: &Place<'_>) -> Field {
    let path = if place.path.is_empty() { of.name.clone() } else { format!("{}.{}", place.path, of.name) };
    let mut field = Field {
        name: of.name.clone(),
        path: path.clone(),
        ty: of.spelling.clone(),
        offset: place.offset + of.offset,
        size: of.size,
        unit: Field::unit_of(&of.unit, &of.epoch),
        doc: remarks(of).behind(&of.doc),
        tone: tone(plan, of.element),
        array: array(of, path),
        inside: Vec::new(),
    };
    if let (Element::Type(id), true) = (of.element, place.depth > 0) {
        field.inside = parts(plan, id, &field, place.depth - 1);
    }
    field
}

/// What a field of a declared type is made of: its fields; of an array the first element's, and the others as one.
fn parts(plan: &Plan, id: TypeId, of: &Field, depth: u32) -> Vec<Field> {
    let TypePlan::Struct(ty) = plan.ty(id) else { return Vec::new() };
    let Some(array) = &of.array else {
        return inside(plan, ty, &Place { path: &of.path, offset: of.offset, depth });
    };
    let element = Field { ty: ty.name.clone(), unit: String::new(), doc: String::new(), ..of.clone() };
    let path = array.element(0);
    let first = Field {
        name: array.index(0),
        size: ty.size,
        array: None,
        inside: inside(plan, ty, &Place { path: &path, offset: of.offset, depth }),
        path,
        ..element.clone()
    };
    let mut parts = vec![first];
    let count = of.size / ty.size;
    if count > 1 {
        let (second, last) = (array.index(1), array.index(count - 1));
        let name = if count == 2 { second } else { format!("{second} … {last}") };
        parts.push(Field {
            path: format!("{}{name}", array.path),
            name,
            offset: of.offset + ty.size,
            size: of.size - ty.size,
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
