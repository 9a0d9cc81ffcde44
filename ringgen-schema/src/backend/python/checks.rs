//! What has to be known of a type and of all that it is made of.

use crate::plan::{Element, ListPart, Plan, StructPlan, TypePlan};

/// Whether a value of this kind can be one that a setter refuses: then its class checks it.
pub(super) fn any(plan: &Plan, element: Element) -> bool {
    let Some(id) = element.ty() else { return matches!(element, Element::Str(_)) };
    match plan.ty(id) {
        TypePlan::Enum(_) => false,
        TypePlan::Struct(of) => any_field(plan, of),
        TypePlan::Variant(of) => of.cases.iter().any(|case| any(plan, Element::Type(case.ty))),
    }
}

fn any_field(plan: &Plan, of: &StructPlan) -> bool {
    of.data_fields().any(|field| field.range.is_some() || field.list.is_some() || any(plan, field.element))
}

/// Whether a new object of this kind is not all zero, because fields of it stand for no value.
pub(super) fn has_null(plan: &Plan, element: Element) -> bool {
    let Some(id) = element.ty() else { return false };
    let TypePlan::Struct(of) = plan.ty(id) else { return false };
    // A list is empty at first, and a variant zero.
    let mut fields = of.data_fields().filter(|field| !matches!(field.list, Some(ListPart::Items { .. })));
    fields.any(|field| field.null.is_some() || has_null(plan, field.element))
}
