//! What fields, values of enums and cases of variants have in common.

use crate::plan::{ListPart, Names, TypePlan};

/// A field with data, a value, a bit or a case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member<'a> {
    pub(crate) wire_name: &'a str,
    pub(crate) name: &'a str,
    /// As languages spell it; cases have one name in all of them.
    pub(crate) names: Option<&'a Names>,
    pub(crate) doc: &'a str,
    pub(crate) since: Option<u32>,
    pub(crate) deprecated: Option<u32>,
}

/// The members that a schema declares, in their order: a list is one.
pub(crate) fn of(ty: &TypePlan) -> Vec<Member<'_>> {
    macro_rules! member {
        ($of:expr, $names:expr) => {
            Member {
                wire_name: &$of.wire_name,
                name: &$of.name,
                names: $names,
                doc: &$of.doc,
                since: $of.since,
                deprecated: $of.deprecated,
            }
        };
    }
    match ty {
        TypePlan::Enum(of) => of.values.iter().map(|value| member!(value, Some(&value.names))).collect(),
        TypePlan::Variant(of) => of.cases.iter().map(|case| member!(case, None)).collect(),
        TypePlan::Struct(of) => {
            let declared = of.data_fields().filter(|field| !matches!(field.list, Some(ListPart::Length { .. })));
            declared.map(|field| member!(field, Some(&field.names))).collect()
        }
    }
}
