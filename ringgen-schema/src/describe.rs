//! Plans as `ringgen-layout` describes layouts: what fingerprints and canonical texts are made of.

use ringgen_layout::{
    Canonical, Case, Dims, Enum, Field, Kind, Note, Scalar, Struct, Type, Value, Variant, VariantExtent,
};

use crate::plan::{ConstantValue, Element, EnumPlan, FieldPlan, ListPart, StructPlan, TypeId, TypePlan, VariantPlan};

pub(crate) fn parts_of_plan(of: &TypePlan) -> Vec<TypeId> {
    match of {
        TypePlan::Enum(_) => Vec::new(),
        TypePlan::Struct(of) => of.fields.iter().filter_map(|field| field.element.ty()).collect(),
        TypePlan::Variant(of) => of.cases.iter().map(|case| case.ty).collect(),
    }
}
/// Describes an enum to `ringgen-layout`.
pub(crate) fn with_enum<R>(of: &EnumPlan, then: impl FnOnce(&Enum<'_>) -> R) -> R {
    let values = of.values.iter().map(|value| {
        let history = history(&value.name, &value.wire_name, value.since, value.deprecated);
        Value { name: &value.wire_name, value: value.value, note: Note { doc: &value.doc, ..history } }
    });
    let values: Vec<Value<'_>> = values.collect();
    then(&Enum { kind: of.kind, name: &of.name, repr: of.repr, values: &values, doc: &of.doc })
}

/// What layouts note of when a member came, went and was renamed.
fn history<'a>(name: &'a str, wire_name: &str, since: Option<u32>, deprecated: Option<u32>) -> Note<'a> {
    Note {
        since: since.unwrap_or(0),
        deprecated: deprecated.unwrap_or(0),
        renamed: if name == wire_name { "" } else { name },
        ..Note::NONE
    }
}

/// Describes a struct to `ringgen-layout`.
pub(crate) fn with_struct<R>(
    of: &StructPlan,
    types: &[Option<TypePlan>],
    then: impl FnOnce(&Struct<'_>) -> R,
) -> Option<R> {
    // Texts that notes borrow.
    let nulls: Vec<String> = of.fields.iter().map(|field| shown(field, field.null.iter())).collect();
    let ranges: Vec<String> = of
        .fields
        .iter()
        .map(|field| shown(field, field.range.iter().flat_map(|(least, most)| [least, most])))
        .collect();
    let fields = of.fields.iter().enumerate().map(|(index, field)| {
        let ty = if field.is_data() {
            type_of(field.element, &field.dims, types)?
        } else {
            bytes_of(field.element, field.size)
        };
        let list = match field.list {
            Some(ListPart::Items { length }) => &of.fields[length].wire_name,
            Some(ListPart::Length { .. }) | None => "",
        };
        let note = Note {
            doc: &field.doc,
            unit: &field.unit,
            epoch: &field.epoch,
            null: &nulls[index],
            range: &ranges[index],
            list,
            ..history(&field.name, &field.wire_name, field.since, field.deprecated)
        };
        Some(Field { name: &field.wire_name, offset: field.offset, ty, note })
    });
    let fields = fields.collect::<Option<Vec<Field<'_>>>>()?;
    let StructPlan { kind, name, size, align, doc, .. } = of;
    Some(then(&Struct { kind: *kind, name, size: *size, align: *align, fields: &fields, doc }))
}

/// Values of a field with a blank between them.
pub(crate) fn shown<'a>(field: &FieldPlan, values: impl Iterator<Item = &'a ConstantValue>) -> String {
    let scalar = match field.element {
        Element::Scalar(scalar) => scalar,
        // Those of an enum are integers, which look the same in every width.
        _ => Scalar::I64,
    };
    values.map(|value| value.shown(scalar)).collect::<Vec<_>>().join(" ")
}

/// Describes a variant to `ringgen-layout`.
pub(crate) fn with_variant<R>(
    of: &VariantPlan,
    types: &[Option<TypePlan>],
    then: impl FnOnce(&Variant<'_>) -> R,
) -> Option<R> {
    let cases = of.cases.iter().map(|case| {
        let history = history(&case.name, &case.wire_name, case.since, case.deprecated);
        let ty = type_of(Element::Type(case.ty), &[], types)?;
        Some(Case { name: &case.wire_name, value: case.value, ty, note: Note { doc: &case.doc, ..history } })
    });
    let cases = cases.collect::<Option<Vec<Case<'_>>>>()?;
    let extent = VariantExtent { size: of.size, align: of.align, payload: of.payload_offset };
    Some(then(&Variant { name: &of.name, tag: of.tag, extent, cases: &cases, doc: &of.doc }))
}

/// The type of a field that holds data; `None` if it is made of one that could not be placed.
pub(crate) fn type_of<'a>(element: Element, dims: &[u32], types: &'a [Option<TypePlan>]) -> Option<Type<'a>> {
    let one = match element {
        Element::Scalar(scalar) => Type::scalar(scalar),
        Element::Bytes => Type::scalar(Scalar::U8),
        Element::Str(length) => Type::new(Kind::Str, length, 1),
        Element::Text(max) => Type::new(Kind::Text { max }, Type::REFERENCE.0, Type::REFERENCE.1),
        Element::Blob(max) => Type::new(Kind::Blob { max }, Type::REFERENCE.0, Type::REFERENCE.1),
        Element::Type(id) => {
            let of = types.get(id.0)?.as_ref()?;
            let (name, hash) = (of.name(), of.layout_hash());
            let kind = match of {
                TypePlan::Enum(of) => Kind::Enum { kind: of.kind, name, hash },
                TypePlan::Struct(of) => Kind::Struct { kind: of.kind, name, hash },
                TypePlan::Variant(_) => Kind::Variant { name, hash },
            };
            Type::new(kind, of.size(), of.align())
        }
        Element::Pad | Element::Reserved => unreachable!("bytes without a meaning have no type"),
    };
    let mut lengths = Dims::NONE;
    for length in dims.iter().rev() {
        lengths = lengths.inside(*length).expect("a type expression has two dimensions at most");
    }
    Some(Type { dims: lengths, ..one })
}

pub(crate) fn bytes_of(element: Element, size: u32) -> Type<'static> {
    let kind = if element == Element::Pad { Kind::Pad } else { Kind::Reserved };
    Type::new(kind, size, 1)
}

/// Adds a type, and behind it the types that it is made of.
pub(crate) fn add(canonical: &mut Canonical, of: &TypePlan, types: &[Option<TypePlan>]) -> Option<()> {
    let is_new = match of {
        TypePlan::Enum(of) => {
            with_enum(of, |described| canonical.add_enum(described));
            false
        }
        TypePlan::Struct(of) => with_struct(of, types, |described| canonical.add_struct(described))?,
        TypePlan::Variant(of) => with_variant(of, types, |described| canonical.add_variant(described))?,
    };
    if is_new {
        for part in parts_of_plan(of) {
            add(canonical, types[part.0].as_ref()?, types)?;
        }
    }
    Some(())
}
