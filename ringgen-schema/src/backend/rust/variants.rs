//! Variants in Rust: a tag and bytes, and an enum of references to take them apart.

use super::structs::{inherent, known_by, schema_text};
use super::template::rust;
use super::values::OUTCOME;
use super::words::{deprecated, doc, fallible, grouped, or, quoted, since};
use crate::backend::text::text;
use crate::names;
use crate::plan::{CasePlan, Plan, TypeId, VariantPlan};
use crate::reserved;

/// The variant with its derive, its constructors, and its view.
pub(super) fn print(plan: &Plan, of: &VariantPlan) -> Vec<String> {
    let VariantPlan { name: ty, tag, size, align, payload_offset, payload_size, .. } = of;
    let (view, tag_type) = (view_of(of), tag.name());
    let extent = text!(
        "{size} bytes, aligned to {align}: a `{tag_type}` that says which case it is, and the case at byte \
         {payload_offset}.\nTake it apart with [`view`](Self::view)."
    );
    let type_doc = doc([of.doc.as_str(), extent.as_str()]);
    let cases: Vec<String> = of.cases.iter().map(declared).collect();
    let cases = cases.join(",\n");
    let known_by = known_by(plan, ty, &of.layout_hash.to_string(), &of.schema_hash.to_string());
    let (align, payload) = (align.to_string(), grouped(payload_size));
    let pad = payload_offset - tag.size();
    let pad = if pad > 0 { text!("_pad0: ::ringgen::Pad<{}>,", grouped(pad)) } else { String::new() };
    let declaration = rust!(
        "
        $type_doc
        #[derive(Clone, Copy)]
        #[derive(::ringgen::RingVariant)]
        #[repr(C, align($align))]
        #[ring(
            view = $view,
            cases(
                $cases
            )
        )]
        $known_by
        pub struct $ty {
            tag: $tag_type,
            $pad
            payload: [u8; $payload],
        }
        ",
        type_doc,
        align,
        view,
        cases,
        known_by,
        ty,
        tag_type,
        pad,
        payload
    );
    let mut members = vec![schema_text(&of.schema_text, "variant")];
    members.extend(of.cases.iter().map(|case| constructor(plan, of, case)));
    members.push(validate(of));
    let mut items = vec![declaration, inherent(ty, &members)];
    items.extend(of.cases.iter().filter_map(|case| conversion(plan, of, case)));
    items.push(rust!(
        "
        impl ::core::default::Default for $ty {
            fn default() -> Self {
                Self::ZERO
            }
        }
        ",
        ty
    ));
    items.push(rust!(
        "
        impl ::core::cmp::PartialEq for $ty {
            fn eq(&self, other: &Self) -> bool {
                self.view() == other.view()
            }
        }
        ",
        ty
    ));
    items.push(rust!(
        "
        impl ::core::fmt::Debug for $ty {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&self.view(), f)
            }
        }
        ",
        ty
    ));
    let enumerators: Vec<String> = of.cases.iter().map(|case| enumerator(plan, case)).collect();
    let enumerators = enumerators.join("\n");
    items.push(rust!(
        "
        /// What [`$ty`] holds.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum $view<'a> {
            $enumerators
            /// A tag that has no name here, as of a newer peer, and the bytes behind it.
            Unknown($tag_type, &'a [u8; $payload]),
        }
        ",
        ty,
        view,
        enumerators,
        tag_type,
        payload
    ));
    items
}

fn view_of(of: &VariantPlan) -> String {
    text!("{}View", of.name)
}

/// A case as the derive is told of it.
fn declared(case: &CasePlan) -> String {
    match case.wire_name == case.name {
        true => text!("{} = {}", case.name, case.value),
        false => text!("{}({}) = {}", case.name, quoted(&case.wire_name), case.value),
    }
}

/// What a case is, for those who read the documentation.
fn case_doc(plan: &Plan, case: &CasePlan) -> String {
    let what = text!("[`{}`].", plan.ty(case.ty).name());
    let number = text!("Tag {}.", case.value);
    let number = match since(case.since).as_str() {
        "" => number,
        since => text!("{number} {since}"),
    };
    doc([or(&case.doc, &what).as_str(), number.as_str()])
}

fn enumerator(plan: &Plan, case: &CasePlan) -> String {
    let (name, ty) = (&case.name, plan.ty(case.ty).name());
    let (doc, deprecated) = (case_doc(plan, case), deprecated(plan, case.deprecated));
    rust!(
        "
        $doc
        $deprecated
        $name(&'a $ty),
        ",
        doc,
        deprecated,
        name,
        ty
    )
}

/// The function that makes a variant of a case: `Event::trade`.
fn constructor(plan: &Plan, of: &VariantPlan, case: &CasePlan) -> String {
    let (name, ty, view) = (&case.name, plan.ty(case.ty).name(), view_of(of));
    let function = reserved::escape_rust(names::snake_case(&case.name));
    let deprecated = deprecated(plan, case.deprecated);
    rust!(
        "
        /// The case [`$name`]($view::$name).
        $deprecated
        #[must_use]
        pub fn $function(case: $ty) -> Self {
            Self::from($view::$name(&case))
        }
        ",
        name,
        view,
        deprecated,
        function,
        ty
    )
}

/// `From` the type of a case, where it is that of no other.
fn conversion(plan: &Plan, of: &VariantPlan, case: &CasePlan) -> Option<String> {
    if of.cases.iter().filter(|other| other.ty == case.ty).count() > 1 {
        return None;
    }
    let (name, ty, variant, view) = (&case.name, plan.ty(case.ty).name(), &of.name, view_of(of));
    Some(rust!(
        "
        impl ::core::convert::From<$ty> for $variant {
            fn from(case: $ty) -> Self {
                Self::from($view::$name(&case))
            }
        }
        ",
        ty,
        variant,
        view,
        name
    ))
}

fn validate(of: &VariantPlan) -> String {
    let (view, outcome) = (view_of(of), OUTCOME);
    // Cases of one type have one arm: two arms that say the same are a mistake to most readers.
    let mut types: Vec<TypeId> = of.cases.iter().map(|case| case.ty).collect();
    types.sort();
    types.dedup();
    let arms = types.into_iter().map(|ty| {
        let cases = of.cases.iter().filter(|case| case.ty == ty);
        let patterns: Vec<String> = cases.map(|case| text!("{view}::{}(case)", case.name)).collect();
        text!("{} => case.validate(),", patterns.join(" | "))
    });
    let arms = arms.collect::<Vec<String>>().join("\n");
    let doc = fallible(
        "Checks the case that it is, if that has a name here: see its own `validate`.",
        "For the first field of it that is wrong.",
    );
    rust!(
        "
        $doc
        pub fn validate(&self) -> $outcome {
            match self.view() {
                $arms
                $view::Unknown(..) => ::core::result::Result::Ok(()),
            }
        }
        ",
        doc,
        outcome,
        arms,
        view
    )
}
