//! From a model to a plan: every offset, size and fingerprint, by the functions of `ringgen-layout` alone.

use ringgen_layout::ring::{Geometry, GeometryError, MAX_SCHEMA, MIN_PAGE};
use ringgen_layout::{Canonical, Dims, Enum, Field, Hash, Kind, MAX_ALIGN, Note, Package, Placer, Struct, Type, Value};

use crate::codes;
use crate::diagnostic::{Finding, Findings};
use crate::model::{EnumModel, FieldModel, Model, RingModel, StructModel, TypeModel};
use crate::picture;
use crate::plan::{Element, EnumPlan, FieldPlan, Names, Plan, RingPlan, StructPlan, TypeId, TypePlan};

/// How deep types may be nested. Canonical texts, comparisons and generated code descend as deep.
const MAX_DEPTH: u32 = 32;

/// Places every type that can be placed; the plan, if that is all of them and all rings fit.
pub(crate) fn place(model: Model, findings: &mut Findings) -> Option<Plan> {
    let package = Package { name: &model.package, version: model.version };
    let mut types: Vec<Option<TypePlan>> = Vec::new();
    let mut depths: Vec<u32> = Vec::new();
    for of in &model.types {
        depths.push(depth(of, &depths));
        let placed = match of {
            TypeModel::Enum(of) => Some(TypePlan::Enum(enumeration(of))),
            TypeModel::Struct(of) if depths.last() > Some(&MAX_DEPTH) => {
                // Those that are made of it are too deep as well, and need not be told.
                if depths.last() == Some(&(MAX_DEPTH + 1)) {
                    let message = format!("`{}` nests types more than {MAX_DEPTH} deep", of.name.value);
                    let finding = Finding::new(&codes::R014, &of.name.span, message);
                    findings.push(finding.help("nest fewer types in each other"));
                }
                None
            }
            TypeModel::Struct(of) => {
                StructPlacer { model: &model, types: &types, findings }.place(of, package).map(TypePlan::Struct)
            }
            TypeModel::Broken => None,
        };
        types.push(placed);
    }
    let rings = model.rings.iter().map(|of| ring(of, &types, findings)).collect::<Vec<_>>();
    Some(Plan {
        types: types.into_iter().collect::<Option<_>>()?,
        rings: rings.into_iter().collect::<Option<_>>()?,
        package: model.package,
        version: model.version,
        doc: model.doc,
        targets: model.targets,
        constants: model.constants,
    })
}

/// 1 for a type that has no other one inside.
fn depth(of: &TypeModel, depths: &[u32]) -> u32 {
    let TypeModel::Struct(of) = of else { return 1 };
    let inside = of.fields.iter().filter_map(|field| match field.element {
        Element::Type(TypeId(index)) => depths.get(index),
        _ => None,
    });
    inside.max().map_or(1, |deepest| deepest + 1)
}

fn enumeration(of: &EnumModel) -> EnumPlan {
    let mut plan = EnumPlan {
        kind: of.kind,
        name: of.name.clone(),
        repr: of.repr,
        values: of.values.clone(),
        doc: of.doc.clone(),
        layout_hash: Hash::from_u128(0),
    };
    plan.layout_hash = with_enum(&plan, |described| described.layout_hash());
    plan
}

/// Describes an enum to `ringgen-layout`.
fn with_enum<R>(of: &EnumPlan, then: impl FnOnce(&Enum<'_>) -> R) -> R {
    let values: Vec<Value<'_>> =
        of.values.iter().map(|value| Value { name: &value.name, value: value.value, doc: &value.doc }).collect();
    then(&Enum { kind: of.kind, name: &of.name, repr: of.repr, values: &values, doc: &of.doc })
}

/// Describes a struct to `ringgen-layout`.
fn with_struct<R>(of: &StructPlan, types: &[Option<TypePlan>], then: impl FnOnce(&Struct<'_>) -> R) -> Option<R> {
    let fields = of.fields.iter().map(|field| {
        let ty = if field.is_data() {
            type_of(field.element, &field.dims, types)?
        } else {
            bytes_of(field.element, field.size)
        };
        let note = Note { doc: &field.doc, unit: &field.unit, epoch: &field.epoch };
        Some(Field { name: &field.name, offset: field.offset, ty, note })
    });
    let fields = fields.collect::<Option<Vec<Field<'_>>>>()?;
    let StructPlan { kind, name, size, align, doc, .. } = of;
    Some(then(&Struct { kind: *kind, name, size: *size, align: *align, fields: &fields, doc }))
}

/// The type of a field that holds data; `None` if it is made of one that could not be placed.
fn type_of<'a>(element: Element, dims: &[u32], types: &'a [Option<TypePlan>]) -> Option<Type<'a>> {
    let one = match element {
        Element::Scalar(scalar) => Type::scalar(scalar),
        Element::Bytes => Type::scalar(ringgen_layout::Scalar::U8),
        Element::Str(length) => Type::new(Kind::Str, length, 1),
        Element::Type(id) => match types.get(id.0)?.as_ref()? {
            TypePlan::Enum(of) => {
                let kind = Kind::Enum { kind: of.kind, name: &of.name, hash: of.layout_hash };
                Type::new(kind, of.repr.size(), of.repr.align())
            }
            TypePlan::Struct(of) => {
                let kind = Kind::Struct { kind: of.kind, name: &of.name, hash: of.layout_hash };
                Type::new(kind, of.size, of.align)
            }
        },
        Element::Pad | Element::Reserved => unreachable!("bytes without a meaning have no type"),
    };
    let mut lengths = Dims::NONE;
    for length in dims.iter().rev() {
        lengths = lengths.inside(*length).expect("a type expression has two dimensions at most");
    }
    Some(Type { dims: lengths, ..one })
}

fn bytes_of(element: Element, size: u32) -> Type<'static> {
    let kind = if element == Element::Pad { Kind::Pad } else { Kind::Reserved };
    Type::new(kind, size, 1)
}

/// The canonical text of a struct, with the types that it is made of behind it.
fn canonical(of: &StructPlan, package: Package<'_>, types: &[Option<TypePlan>]) -> Option<String> {
    let mut canonical = Canonical::new(Some(package));
    add_struct(&mut canonical, of, types)?;
    Some(canonical.finish())
}

fn add_struct(canonical: &mut Canonical, of: &StructPlan, types: &[Option<TypePlan>]) -> Option<()> {
    if !with_struct(of, types, |described| canonical.add_struct(described))? {
        return Some(());
    }
    for field in &of.fields {
        let Element::Type(TypeId(index)) = field.element else { continue };
        match types[index].as_ref()? {
            TypePlan::Enum(of) => with_enum(of, |described| canonical.add_enum(described)),
            TypePlan::Struct(of) => add_struct(canonical, of, types)?,
        }
    }
    Some(())
}

struct StructPlacer<'a> {
    model: &'a Model,
    types: &'a [Option<TypePlan>],
    findings: &'a mut Findings,
}

impl StructPlacer<'_> {
    fn place(&mut self, of: &StructModel, package: Package<'_>) -> Option<StructPlan> {
        let asked = self.alignment(of)?;
        let mut placer = Placer::new();
        let mut fields: Vec<FieldPlan> = Vec::new();
        for field in &of.fields {
            let ty = match field.element {
                Element::Pad | Element::Reserved => bytes_of(field.element, field.bytes),
                element => type_of(element, &field.dims, self.types)?,
            };
            let placement = ty.total_size().and_then(|size| Some((size, placer.place(size, ty.align).ok()?)));
            let Some((size, placement)) = placement else {
                self.too_large(of, field);
                return None;
            };
            if placement.padding > 0 {
                let offset = placement.offset - placement.padding;
                self.pad(of, &mut fields, offset, placement.padding, Some(field));
            }
            fields.push(FieldPlan {
                name: field.name.value.clone(),
                names: field.names.clone(),
                element: field.element,
                dims: field.dims.clone(),
                offset: placement.offset,
                size,
                spelling: field.spelling.clone(),
                doc: field.doc.clone(),
                unit: field.unit.clone(),
                epoch: field.epoch.clone(),
                ts_number: field.ts_number,
            });
        }
        let end = placer.end();
        let Ok(extent) = placer.finish(asked) else {
            let last = of.fields.last()?;
            self.too_large(of, last);
            return None;
        };
        if extent.size == 0 {
            let message = format!("`{}` has no fields, so it has no bytes", of.name.value);
            self.findings
                .push(Finding::new(&codes::R014, &of.name.span, message).help("add a field, or remove the type"));
            return None;
        }
        if extent.padding > 0 {
            self.pad(of, &mut fields, end, extent.padding, None);
        }
        let mut plan = StructPlan {
            kind: of.kind,
            name: of.name.value.clone(),
            id: of.id,
            size: extent.size,
            align: extent.align,
            fields,
            doc: of.doc.clone(),
            layout_hash: Hash::from_u128(0),
            schema_text: String::new(),
            schema_hash: Hash::from_u128(0),
        };
        self.check_offsets(of, &plan);
        self.check_size(of, &plan)?;
        plan.layout_hash = with_struct(&plan, self.types, |described| described.layout_hash())?;
        plan.schema_text = canonical(&plan, package, self.types)?;
        plan.schema_hash = Hash::of(plan.schema_text.as_bytes());
        self.check_text(of, &plan)?;
        Some(plan)
    }

    /// The alignment that was asked for, 1 if none was; `None` if there is no such alignment, which is reported already.
    fn alignment(&mut self, of: &StructModel) -> Option<u32> {
        let Some(asked) = &of.align else { return Some(1) };
        if !asked.value.is_power_of_two() || asked.value > MAX_ALIGN {
            return None;
        }
        let types = of.fields.iter().filter(|field| !matches!(field.element, Element::Pad | Element::Reserved));
        let mut natural = types.filter_map(|field| Some((type_of(field.element, &[], self.types)?.align, field)));
        if let Some((align, field)) = natural.find(|(align, _)| *align > asked.value) {
            let message = format!("an alignment of {} is too small for `{}`", asked.value, of.name.value);
            let finding = Finding::new(&codes::R014, &asked.span, message)
                .also(&field.name.span, format!("this field asks for {align}"));
            self.findings
                .push(finding.help(format!("write `align = {align}` or more, or remove it: `align` only adds")));
            return None;
        }
        Some(asked.value)
    }

    /// Makes padding a field, or reports it where it is to be explicit.
    fn pad(
        &mut self,
        of: &StructModel,
        fields: &mut Vec<FieldPlan>,
        offset: u32,
        size: u32,
        before: Option<&FieldModel>,
    ) {
        let name = free_name(of, fields);
        if self.model.explicit_padding {
            let bytes = if size == 1 { "1 byte".to_string() } else { format!("{size} bytes") };
            let line = format!("{{ name = \"{name}\", pad = {size} }},");
            let last = of.fields.last().map_or(&of.name, |field| &field.name);
            let finding = match before {
                Some(field) => {
                    let message = format!("{bytes} of padding in front of `{}`", field.name.value);
                    Finding::new(&codes::R006, &field.name.span, message)
                        .label(format!("at {offset}, and `{}` lies at {}", field.spelling, offset + size))
                        .help(format!("add in front of it: `{line}`"))
                }
                None => {
                    let message = format!("{bytes} of padding at the end of `{}`", of.name.value);
                    Finding::new(&codes::R006, &last.span, message)
                        .label(format!("ends at {offset}"))
                        .help(format!("add behind it: `{line}`"))
                }
            };
            self.findings.push(finding);
        }
        fields.push(FieldPlan {
            names: Names { rust: name.clone(), python: name.clone(), typescript: name.clone(), c: name.clone() },
            name,
            element: Element::Pad,
            dims: Vec::new(),
            offset,
            size,
            spelling: format!("pad[{size}]"),
            doc: String::new(),
            unit: String::new(),
            epoch: String::new(),
            ts_number: false,
        });
    }

    fn check_offsets(&mut self, of: &StructModel, plan: &StructPlan) {
        for field in &of.fields {
            let Some(asserted) = &field.offset else { continue };
            let placed = plan.fields.iter().find(|placed| placed.name == field.name.value);
            let Some(placed) = placed.filter(|placed| placed.offset != asserted.value) else { continue };
            let name = &field.name.value;
            let message = format!("`{name}` lies at {}, not at {}", placed.offset, asserted.value);
            let help = match asserted.value.checked_sub(placed.offset) {
                Some(missing) => format!(
                    "write `offset = {}`, or add in front of it `{{ name = \"{}\", pad = {missing} }},`",
                    placed.offset,
                    free_name(of, &plan.fields)
                ),
                None => format!("write `offset = {}`, or make what lies in front of it smaller", placed.offset),
            };
            let finding =
                Finding::new(&codes::R007, &asserted.span, message).label(format!("it is at {}", placed.offset));
            self.findings.push(finding.note(picture::table(plan)).help(help));
        }
    }

    fn check_size(&mut self, of: &StructModel, plan: &StructPlan) -> Option<()> {
        let limit = &self.model.max_slot;
        if plan.size <= limit.value {
            return Some(());
        }
        let message = format!("`{}` is {} bytes, more than {}", of.name.value, plan.size, limit.value);
        let finding = Finding::new(&codes::R014, &of.name.span, message);
        let finding = match limit.span.is_empty() {
            true => finding.note(format!("`max_slot` is {} where [options] does not say otherwise", limit.value)),
            false => finding.also(&limit.span, "the limit"),
        };
        self.findings.push(finding.help(format!("make it smaller, or write `max_slot = {}` in [options]", plan.size)));
        None
    }

    fn check_text(&mut self, of: &StructModel, plan: &StructPlan) -> Option<()> {
        let length = plan.schema_text.len() as u64;
        if length <= MAX_SCHEMA {
            return Some(());
        }
        let message = format!("the description of `{}` is {length} bytes, more than {MAX_SCHEMA}", of.name.value);
        let finding = Finding::new(&codes::R014, &of.name.span, message);
        self.findings.push(finding.help("every ring carries names, units and docs as text: make docs shorter"));
        None
    }

    fn too_large(&mut self, of: &StructModel, field: &FieldModel) {
        let message = format!("`{}` is larger than {} bytes with this field", of.name.value, u32::MAX);
        self.findings.push(Finding::new(&codes::R014, &field.content, message).help("make its array shorter"));
    }
}

/// The first of `_pad0`, `_pad1`, … that no field has, with or without the `_`.
fn free_name(of: &StructModel, placed: &[FieldPlan]) -> String {
    let is_taken = |name: &str| {
        let same = |other: &str| other.trim_start_matches('_') == name.trim_start_matches('_');
        of.fields.iter().any(|field| same(&field.name.value)) || placed.iter().any(|field| same(&field.name))
    };
    (0u32..).map(|index| format!("_pad{index}")).find(|name| !is_taken(name)).expect("there are more names than fields")
}

/// A ring whose file can be laid out; that its capacity is a power of two is checked already.
fn ring(of: &RingModel, types: &[Option<TypePlan>], findings: &mut Findings) -> Option<RingPlan> {
    let Some(TypePlan::Struct(message)) = types[of.message.0].as_ref() else { return None };
    let schema_length = message.schema_text.len() as u64;
    match Geometry::spsc(of.capacity.value, message.size, message.align, schema_length, MIN_PAGE) {
        Ok(_) => {}
        Err(GeometryError::Capacity(_)) => return None,
        Err(_) => {
            let message = format!("{} messages of {} bytes do not fit in a file", of.capacity.value, message.size);
            findings.push(Finding::new(&codes::R014, &of.capacity.span, message).help("write a smaller capacity"));
            return None;
        }
    }
    Some(RingPlan {
        name: of.name.clone(),
        type_name: of.type_name.clone(),
        message: of.message,
        capacity: of.capacity.value,
        wait: of.wait,
        doc: of.doc.clone(),
    })
}
