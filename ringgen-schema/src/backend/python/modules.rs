//! The modules of imported packages, which are siblings of this one: what they are called here, and what of them is
//! made anew, because it is no public part of theirs.

use std::cmp::Ordering;

use ringgen_layout::EnumKind;

use super::code::Code;
use super::fields::Fields;
use super::{enums, helpers, structs};
use crate::backend::used::Used;
use crate::plan::{Plan, TypeId, TypePlan};

/// The type as this module names it: those of other packages stand behind their module, so that none of theirs has the
/// name of one that this module makes.
pub(super) fn type_name(plan: &Plan, id: TypeId) -> String {
    member(plan, id, plan.ty(id).name())
}

/// What the module of a type calls so.
pub(super) fn member(plan: &Plan, id: TypeId, name: &str) -> String {
    if plan.is_imported(id) { format!("{}.{name}", alias(plan, plan.package_of(id))) } else { name.to_string() }
}

/// The name of an imported module, which gives way to the names that generated code has for itself, and to those of
/// members, which are seen where annotations of a class name it.
fn alias(plan: &Plan, package: &str) -> String {
    let mut name = format!("_{package}");
    let is_member = |name: &str| {
        let structs =
            plan.own_types().iter().filter_map(|of| if let TypePlan::Struct(of) = of { Some(of) } else { None });
        let mut fields = structs.flat_map(|of| &of.fields);
        fields.any(|field| field.names.python.trim_end_matches('_') == &name[1..])
    };
    while helpers::has(&name) || is_member(&name) {
        name += "_module";
    }
    name
}

/// The imports of sibling modules that code needs which uses these names.
pub(super) fn imports(code: &mut Code, plan: &Plan, used: &Used<'_>) {
    let mut packages: Vec<&str> = plan.packages.iter().map(String::as_str).collect();
    packages.retain(|package| used.calls(&alias(plan, package)));
    packages.sort_by(|a, b| natural(a, b));
    packages.dedup();
    if !packages.is_empty() {
        code.line("");
    }
    for package in packages {
        let from = if plan.targets.python.relative_imports { "from . " } else { "" };
        code.line(format_args!("{from}import {package} as {}", alias(plan, package)));
    }
}

/// What the module of a package has for itself, made anew for those of its types that this code needs it of.
pub(super) fn remade(code: &mut Code, plan: &Plan, used: &Used<'_>) {
    for (index, of) in plan.types[..plan.imported].iter().enumerate() {
        let spelt = type_name(plan, TypeId(index));
        match of {
            TypePlan::Enum(of) if of.kind == EnumKind::Enum && used.has(&enums::members(&of.name)) => {
                enums::print_members(code, &of.name, &spelt);
            }
            TypePlan::Struct(of) if used.has(&structs::packer(&of.name)) => {
                code.section();
                structs::print_packer(code, &Fields::of(plan, of));
            }
            _ => {}
        }
    }
}

/// Names in the order of formatters: runs of digits are numbers.
fn natural(a: &str, b: &str) -> Ordering {
    fn parts(name: &str) -> Vec<(u128, &str)> {
        let mut parts = Vec::new();
        let mut rest = name;
        while let Some(first) = rest.chars().next() {
            let is_number = first.is_ascii_digit();
            let end = rest.find(|c: char| c.is_ascii_digit() != is_number).unwrap_or(rest.len());
            let (part, behind) = rest.split_at(end);
            // A number stands before any letter.
            parts.push(if is_number { (part.parse().unwrap_or(u128::MAX - 1), "") } else { (u128::MAX, part) });
            rest = behind;
        }
        parts
    }
    parts(a).cmp(&parts(b)).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_compared_as_numbers() {
        let mut names = ["v10", "v2", "v", "a_b", "ab", "v2_b", "v2_10"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["a_b", "ab", "v", "v2", "v2_10", "v2_b", "v10"]);
    }
}
