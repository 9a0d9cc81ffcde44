//! Values in Rust whose every byte is known: an expression for each type of a plan, by builders, lists and cases.

use std::collections::BTreeMap;

use ringgen_layout::Scalar;
use ringgen_schema::plan::{Element, FieldPlan, ListPart, Plan, StructPlan, TypePlan, VariantPlan};

use crate::facts;

/// The types of a set of packages, by the package that declares each.
pub(crate) struct Values<'a> {
    packages: BTreeMap<(&'a str, String), &'a str>,
}

impl<'a> Values<'a> {
    pub(crate) fn of(plans: &'a [Plan]) -> Self {
        let types = plans.iter().flat_map(|plan| plan.own_types().iter().map(move |ty| (plan, ty)));
        let known = types.map(|(plan, ty)| ((ty.name(), ty.layout_hash().to_string()), plan.package.as_str()));
        Values { packages: known.collect() }
    }

    /// An expression of a type whose every value is its pattern.
    pub(crate) fn expression(&self, plan: &Plan, ty: &TypePlan) -> String {
        let leaves = facts::leaves(plan, ty);
        let patterns = leaves.iter().map(|leaf| (leaf.offset, leaf.pattern())).collect();
        Writer { values: self, plan, patterns }.composed(ty, 0)
    }

    fn path(&self, ty: &TypePlan) -> String {
        let package = self.packages.get(&(ty.name(), ty.layout_hash().to_string()));
        format!("{}::{}", package.expect("a package of the set declares it"), ty.name())
    }
}

struct Writer<'a> {
    values: &'a Values<'a>,
    plan: &'a Plan,
    /// The bytes of each value, by where it lies.
    patterns: BTreeMap<u32, Vec<u8>>,
}

impl Writer<'_> {
    fn composed(&self, ty: &TypePlan, base: u32) -> String {
        match ty {
            TypePlan::Struct(of) => self.structure(ty, of, base),
            TypePlan::Variant(of) => self.variant(ty, of, base),
            TypePlan::Enum(of) => format!("{}({})", self.values.path(ty), self.number(of.repr, base)),
        }
    }

    fn structure(&self, ty: &TypePlan, of: &StructPlan, base: u32) -> String {
        let mut text = format!("{}::builder()", self.values.path(ty));
        for field in of.data_fields().filter(|field| facts::is_property(field)) {
            let name = &field.names.rust;
            text += &format!(".{name}({})", self.argument(field, base + field.offset));
        }
        text + ".build().unwrap()"
    }

    /// What a builder takes for a field.
    fn argument(&self, field: &FieldPlan, at: u32) -> String {
        match (field.element, field.dims.as_slice()) {
            (Element::Str(_), []) => {
                format!("{:?}", std::str::from_utf8(&self.patterns[&at]).expect("patterns of text are ASCII"))
            }
            (Element::Scalar(Scalar::Bool), []) => "true".to_string(),
            (_, []) if field.null.is_some() => format!("Some({})", self.array(field, &[], at)),
            (_, dims) if matches!(field.list, Some(ListPart::Items { .. })) => {
                format!("&{}", self.array(field, dims, at))
            }
            (_, dims) => self.array(field, dims, at),
        }
    }

    fn array(&self, field: &FieldPlan, dims: &[u32], at: u32) -> String {
        match dims {
            [] => self.element(field, at),
            // All of it is one value.
            [_] if field.element == Element::Bytes => format!("{:?}", self.patterns[&at]),
            [length, inner @ ..] => {
                let size = field.size / field.dims.iter().rev().skip(inner.len()).product::<u32>();
                let elements: Vec<String> =
                    (0..*length).map(|index| self.array(field, inner, at + index * size)).collect();
                format!("[{}]", elements.join(", "))
            }
        }
    }

    fn element(&self, field: &FieldPlan, at: u32) -> String {
        match field.element {
            Element::Scalar(scalar) => self.number(scalar, at),
            Element::Str(_) => format!("ringgen::Str::from_bytes({:?})", self.patterns[&at]),
            Element::Type(id) => self.composed(self.plan.ty(id), at),
            _ => unreachable!("`{}` is no property, or has a dimension", field.name),
        }
    }

    fn number(&self, scalar: Scalar, at: u32) -> String {
        match scalar {
            Scalar::Bool => "ringgen::Bool::TRUE".to_string(),
            _ => format!("{}::from_le_bytes({:?})", scalar.name(), self.patterns[&at]),
        }
    }

    fn variant(&self, ty: &TypePlan, of: &VariantPlan, base: u32) -> String {
        let mut tag = [0; 8];
        tag[..of.tag.size() as usize].copy_from_slice(&self.patterns[&base]);
        let tag = i128::from(u64::from_le_bytes(tag));
        let case = of.cases.iter().find(|case| case.value == tag).expect("the pattern is that of a case");
        let value = self.composed(self.plan.ty(case.ty), base + of.payload_offset);
        let path = self.values.path(ty);
        format!("{path}::from({path}View::{}(&{value}))", case.name)
    }
}
