//! From a model to a plan: every offset, size and fingerprint, by the functions of `ringgen-layout` alone.

use std::collections::HashSet;
use std::mem::take;

use ringgen_layout::ring::MAX_SCHEMA;
use ringgen_layout::{Canonical, Hash, MAX_ALIGN, Package, Placer, VariantExtent};

use crate::codes;
use crate::describe::{add, bytes_of, parts_of_plan, type_of, with_enum, with_struct, with_variant};
use crate::diagnostic::{Finding, Findings};
use crate::imports::Imports;
use crate::model::{EnumModel, FieldModel, Model, StructModel, TypeModel, VariantModel};
use crate::picture;
use crate::plan::{
    Element, EnumPlan, FieldPlan, ListPart, Origin, Plan, RingPlan, StructPlan, TypeId, TypePlan, VariantPlan,
};
use crate::rings;
use crate::source::Spanned;

/// How deep types may be nested. Canonical texts, comparisons and generated code descend as deep.
const MAX_DEPTH: u32 = 32;

/// Places every type that can be placed; the plan, if that is all of them and all rings fit.
pub(crate) fn place(mut model: Model, imports: &Imports, findings: &mut Findings) -> Option<Plan> {
    let package = Package { name: &model.package, version: model.version };
    let package = Some(package).filter(|_| model.origin != Origin::Rust { is_packaged: false });
    let mut types: Vec<Option<TypePlan>> = imports.types.iter().cloned().map(Some).collect();
    let declared = take(&mut model.types);
    let mut depths: Vec<u32> = Vec::new();
    for of in &imports.types {
        depths.push(depth(parts_of_plan(of), &depths));
    }
    for of in declared {
        depths.push(depth(parts_of_model(&of), &depths));
        let too_deep = depths.last() > Some(&MAX_DEPTH);
        let placed = match of {
            TypeModel::Enum(of) => Some(TypePlan::Enum(enumeration(of))),
            TypeModel::Struct(StructModel { name, .. }) | TypeModel::Variant(VariantModel { name, .. }) if too_deep => {
                // Those that are made of it are too deep as well, and need not be told.
                if depths.last() == Some(&(MAX_DEPTH + 1)) {
                    let message = format!("`{}` nests types more than {MAX_DEPTH} deep", name.value);
                    let finding = Finding::new(&codes::R014, &name.span, message);
                    findings.push(finding.help("nest fewer types in each other"));
                }
                None
            }
            TypeModel::Struct(of) => StructPlacer { model: &model, types: &types, findings }.place(of, package),
            TypeModel::Variant(of) => variant(of, &model, &types, package, findings),
            TypeModel::Broken => None,
        };
        types.push(placed);
    }
    let rings = model.rings.iter().map(|of| rings::place(of, &types, findings)).collect::<Vec<_>>();
    let types = types.into_iter().collect::<Option<Vec<TypePlan>>>()?;
    let rings = rings.into_iter().collect::<Option<Vec<RingPlan>>>()?;
    Some(Plan {
        imports: imports.named_by(&types, &rings),
        origin: model.origin,
        rust_names: model.rust_names,
        imported: imports.types.len(),
        packages: imports.packages.clone(),
        types,
        rings,
        package: model.package,
        version: model.version,
        doc: model.doc,
        targets: model.targets,
        constants: model.constants,
    })
}

/// 1 for a type that has no other one inside.
fn depth(parts: Vec<TypeId>, depths: &[u32]) -> u32 {
    let inside = parts.iter().filter_map(|part| depths.get(part.0));
    inside.max().map_or(1, |deepest| deepest + 1)
}

fn parts_of_model(of: &TypeModel) -> Vec<TypeId> {
    match of {
        TypeModel::Enum(_) | TypeModel::Broken => Vec::new(),
        TypeModel::Struct(of) => of.fields.iter().filter_map(|field| field.element.ty()).collect(),
        TypeModel::Variant(of) => of.cases.iter().map(|case| case.ty).collect(),
    }
}

fn enumeration(of: EnumModel) -> EnumPlan {
    let mut plan = EnumPlan {
        kind: of.kind,
        name: of.name,
        repr: of.repr,
        values: of.values,
        doc: of.doc,
        layout_hash: Hash::from_u128(0),
    };
    plan.layout_hash = with_enum(&plan, |described| described.layout_hash());
    plan
}

/// The type with its canonical text and the hash of that; `None` if it is too long, which is reported.
fn canonical(
    mut of: TypePlan,
    name: &Spanned<String>,
    package: Option<Package<'_>>,
    types: &[Option<TypePlan>],
    findings: &mut Findings,
) -> Option<TypePlan> {
    let mut canonical = Canonical::new(package);
    add(&mut canonical, &of, types)?;
    let text = canonical.finish();
    let length = text.len() as u64;
    if length > MAX_SCHEMA {
        let message = format!("the description of `{}` is {length} bytes, more than {MAX_SCHEMA}", name.value);
        let finding = Finding::new(&codes::R014, &name.span, message);
        findings.push(finding.help("every ring carries names, units and docs as text: make docs shorter"));
        return None;
    }
    let hash = Hash::of(text.as_bytes());
    match &mut of {
        TypePlan::Struct(of) => (of.schema_text, of.schema_hash) = (text, hash),
        TypePlan::Variant(of) => (of.schema_text, of.schema_hash) = (text, hash),
        TypePlan::Enum(_) => {}
    }
    Some(of)
}

/// Whether a type is no larger than `max_slot`; if not, that is reported.
fn fits_slot(name: &Spanned<String>, size: u32, limit: &Spanned<u32>, findings: &mut Findings) -> bool {
    if size <= limit.value {
        return true;
    }
    let message = format!("`{}` is {size} bytes, more than {}", name.value, limit.value);
    let finding = Finding::new(&codes::R014, &name.span, message);
    let finding = match limit.span.is_empty() {
        true => finding.note(format!("`max_slot` is {} where [options] does not say otherwise", limit.value)),
        false => finding.also(&limit.span, "the limit"),
    };
    findings.push(finding.help(format!("make it smaller, or write `max_slot = {size}` in [options]")));
    false
}

fn variant(
    of: VariantModel,
    model: &Model,
    types: &[Option<TypePlan>],
    package: Option<Package<'_>>,
    findings: &mut Findings,
) -> Option<TypePlan> {
    let cases = of.cases.iter().map(|case| {
        let of = types[case.ty.0].as_ref()?;
        Some((of.size(), of.align()))
    });
    let cases = cases.collect::<Option<Vec<(u32, u32)>>>()?;
    let Ok(extent) = VariantExtent::of(of.tag, &cases) else {
        let message = format!("`{}` is larger than {} bytes", of.name.value, u32::MAX);
        findings.push(Finding::new(&codes::R014, &of.name.span, message).help("make its largest case smaller"));
        return None;
    };
    if !fits_slot(&of.name, extent.size, &model.max_slot, findings) {
        return None;
    }
    let mut plan = VariantPlan {
        name: of.name.value.clone(),
        tag: of.tag,
        size: extent.size,
        align: extent.align,
        payload_offset: extent.payload,
        payload_size: extent.payload_size(),
        cases: of.cases,
        doc: of.doc,
        layout_hash: Hash::from_u128(0),
        schema_text: String::new(),
        schema_hash: Hash::from_u128(0),
    };
    plan.layout_hash = with_variant(&plan, types, |described| described.layout_hash())?;
    canonical(TypePlan::Variant(plan), &of.name, package, types, findings)
}

struct StructPlacer<'a> {
    model: &'a Model,
    types: &'a [Option<TypePlan>],
    findings: &'a mut Findings,
}

impl StructPlacer<'_> {
    fn place(&mut self, mut of: StructModel, package: Option<Package<'_>>) -> Option<TypePlan> {
        let asked = self.alignment(&of)?;
        let mut placer = Placer::new();
        let mut pads = PadNames::beside(&of);
        let mut fields: Vec<FieldPlan> = Vec::new();
        for index in 0..of.fields.len() {
            let field = &of.fields[index];
            let ty = match field.element {
                Element::Pad | Element::Reserved => bytes_of(field.element, field.bytes),
                element => type_of(element, &field.dims, self.types)?,
            };
            let placement = ty.total_size().and_then(|size| Some((size, placer.place(size, ty.align).ok()?)));
            let Some((size, placement)) = placement else {
                self.too_large(&of, field);
                return None;
            };
            if placement.padding > 0 {
                let offset = placement.offset - placement.padding;
                let name = pads.take();
                self.pad(&of, name, &mut fields, offset, placement.padding, Some(field));
            }
            // The places of list parts in the plan, which has padding in between.
            let list = match field.list {
                Some(ListPart::Length { .. }) => Some(ListPart::Length { items: fields.len() + 1 }),
                Some(ListPart::Items { .. }) => {
                    let is_length = |of: &FieldPlan| matches!(of.list, Some(ListPart::Length { .. }));
                    let length = fields.iter().rposition(is_length).expect("a list's length is in front of it");
                    fields[length].list = Some(ListPart::Length { items: fields.len() });
                    Some(ListPart::Items { length })
                }
                None => None,
            };
            // Of the field that findings tell of, its name and its places stay behind.
            let field = &mut of.fields[index];
            fields.push(FieldPlan {
                name: field.name.value.clone(),
                wire_name: take(&mut field.wire_name),
                names: take(&mut field.names),
                element: field.element,
                dims: take(&mut field.dims),
                offset: placement.offset,
                size,
                spelling: take(&mut field.spelling),
                doc: take(&mut field.doc),
                unit: take(&mut field.unit),
                epoch: take(&mut field.epoch),
                null: field.null,
                range: field.range,
                since: field.since,
                deprecated: field.deprecated,
                list,
                ts_number: field.ts_number,
            });
        }
        let end = placer.end();
        let Ok(extent) = placer.finish(asked) else {
            let last = of.fields.last()?;
            self.too_large(&of, last);
            return None;
        };
        if extent.size == 0 {
            let message = format!("`{}` has no fields, so it has no bytes", of.name.value);
            self.findings
                .push(Finding::new(&codes::R014, &of.name.span, message).help("add a field, or remove the type"));
            return None;
        }
        if extent.padding > 0 {
            self.pad(&of, pads.take(), &mut fields, end, extent.padding, None);
        }
        let mut plan = StructPlan {
            kind: of.kind,
            name: of.name.value.clone(),
            id: of.id,
            size: extent.size,
            align: extent.align,
            fields,
            doc: take(&mut of.doc),
            layout_hash: Hash::from_u128(0),
            schema_text: String::new(),
            schema_hash: Hash::from_u128(0),
        };
        self.check_offsets(&of, &plan, &pads);
        if !fits_slot(&of.name, plan.size, &self.model.max_slot, self.findings) {
            return None;
        }
        plan.layout_hash = with_struct(&plan, self.types, |described| described.layout_hash())?;
        canonical(TypePlan::Struct(plan), &of.name, package, self.types, self.findings)
    }

    /// The alignment that was asked for, 1 if none was; `None` if there is no such alignment, which is reported already.
    fn alignment(&mut self, of: &StructModel) -> Option<u32> {
        let Some(asked) = &of.align else { return Some(1) };
        // Rust's own `align` only ever adds.
        if self.model.origin.is_rust() && asked.value.is_power_of_two() && asked.value <= MAX_ALIGN {
            return Some(asked.value);
        }
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
        name: String,
        fields: &mut Vec<FieldPlan>,
        offset: u32,
        size: u32,
        before: Option<&FieldModel>,
    ) {
        if self.model.explicit_padding {
            let bytes = if size == 1 { "1 byte".to_string() } else { format!("{size} bytes") };
            let line = match self.model.origin {
                Origin::Schema => format!("{{ name = \"{name}\", pad = {size} }},"),
                Origin::Rust { .. } => format!("{name}: [u8; {size}],"),
            };
            let last = of.fields.last().map_or(&of.name, |field| &field.name);
            let finding = match before {
                Some(FieldModel { list: Some(ListPart::Items { .. }), name, spelling, .. }) => {
                    let message = format!("{bytes} of padding between the length and the elements of `{}`", name.value);
                    Finding::new(&codes::R006, &name.span, message)
                        .label(format!("the length ends at {offset}, and `{spelling}` begins at {}", offset + size))
                        .help(format!("write the `u32`, `{line}` and the array yourself"))
                }
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
        fields.push(FieldPlan::padding(name, offset, size));
    }

    fn check_offsets(&mut self, of: &StructModel, plan: &StructPlan, pads: &PadNames) {
        // Those of the model, with padding in between.
        let mut placed = plan.fields.iter();
        // The picture is the same for all of them.
        let mut picture = Some(plan);
        for field in &of.fields {
            let name = &field.name.value;
            let placed = placed.find(|placed| placed.name == *name);
            let (Some(asserted), Some(placed)) = (&field.offset, placed) else { continue };
            if placed.offset == asserted.value {
                continue;
            }
            let message = format!("`{name}` lies at {}, not at {}", placed.offset, asserted.value);
            let help = match asserted.value.checked_sub(placed.offset) {
                Some(missing) => format!(
                    "write `offset = {}`, or add in front of it `{{ name = \"{}\", pad = {missing} }},`",
                    placed.offset,
                    pads.free()
                ),
                None => format!("write `offset = {}`, or make what lies in front of it smaller", placed.offset),
            };
            let mut finding = Finding::new(&codes::R007, &asserted.span, message);
            finding = finding.label(format!("it is at {}", placed.offset));
            if let Some(plan) = picture.take() {
                finding = finding.note(picture::table(plan));
            }
            self.findings.push(finding.help(help));
        }
    }

    fn too_large(&mut self, of: &StructModel, field: &FieldModel) {
        let message = format!("`{}` is larger than {} bytes with this field", of.name.value, u32::MAX);
        self.findings.push(Finding::new(&codes::R014, &field.content, message).help("make its array shorter"));
    }
}

/// The names of padding in a struct: the first of `_pad0`, `_pad1`, … that no field has, with or without the `_`.
struct PadNames {
    taken: HashSet<String>,
    next: u32,
}

impl PadNames {
    fn beside(of: &StructModel) -> Self {
        let name = |field: &FieldModel| field.name.value.trim_start_matches('_').to_string();
        let mut names = PadNames { taken: of.fields.iter().map(name).collect(), next: 0 };
        names.skip();
        names
    }

    /// The name that comes next.
    fn free(&self) -> String {
        format!("_pad{}", self.next)
    }

    fn take(&mut self) -> String {
        let name = self.free();
        self.next += 1;
        self.skip();
        name
    }

    fn skip(&mut self) {
        while self.taken.contains(&format!("pad{}", self.next)) {
            self.next += 1;
        }
    }
}
