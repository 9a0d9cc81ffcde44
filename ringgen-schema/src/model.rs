//! The types of a package, resolved: every name is an index, every length a number. What is illegal can't be said.

use std::collections::BTreeMap;

use ringgen_layout::{EnumKind, Scalar, StructKind};

use crate::plan::{
    CasePlan, Constant, ConstantValue, Element, ListPart, Names, Origin, Targets, TypeId, ValuePlan, Wait,
};
use crate::source::{Span, Spanned};

/// A package.
pub(crate) struct Model {
    pub(crate) origin: Origin,
    /// See [`Plan::rust_names`](crate::plan::Plan::rust_names).
    pub(crate) rust_names: BTreeMap<String, String>,
    pub(crate) package: String,
    pub(crate) version: u32,
    pub(crate) doc: String,
    pub(crate) targets: Targets,
    pub(crate) explicit_padding: bool,
    pub(crate) max_slot: Spanned<u32>,
    /// In alphabetical order.
    pub(crate) constants: Vec<Constant>,
    /// Each behind the types that it is made of; otherwise in alphabetical order. Their indices follow those of imported
    /// types.
    pub(crate) types: Vec<TypeModel>,
    /// In alphabetical order.
    pub(crate) rings: Vec<RingModel>,
}

/// A declared type.
pub(crate) enum TypeModel {
    Enum(EnumModel),
    Struct(StructModel),
    Variant(VariantModel),
    /// Something in it is wrong and reported; neither it nor what is made of it can be placed.
    Broken,
}

/// An enum or flags type.
pub(crate) struct EnumModel {
    pub(crate) kind: EnumKind,
    pub(crate) name: String,
    pub(crate) repr: Scalar,
    pub(crate) values: Vec<ValuePlan>,
    pub(crate) doc: String,
}

/// A tagged union.
pub(crate) struct VariantModel {
    pub(crate) name: Spanned<String>,
    pub(crate) tag: Scalar,
    pub(crate) cases: Vec<CasePlan>,
    pub(crate) doc: String,
}

/// A struct or message.
pub(crate) struct StructModel {
    pub(crate) kind: StructKind,
    pub(crate) name: Spanned<String>,
    pub(crate) id: Option<u32>,
    pub(crate) align: Option<Spanned<u32>>,
    pub(crate) fields: Vec<FieldModel>,
    pub(crate) doc: String,
}

/// A field, a `pad` or a `reserved`.
pub(crate) struct FieldModel {
    pub(crate) name: Spanned<String>,
    pub(crate) wire_name: String,
    pub(crate) names: Names,
    pub(crate) element: Element,
    /// How many bytes, for `pad` and `reserved`; else 0.
    pub(crate) bytes: u32,
    /// The outermost first, those of `bytes[N]` included; at most two.
    pub(crate) dims: Vec<u32>,
    /// Where the lengths are written, for a type that is too large.
    pub(crate) content: Span,
    pub(crate) offset: Option<Spanned<u32>>,
    pub(crate) spelling: String,
    pub(crate) doc: String,
    pub(crate) unit: String,
    pub(crate) epoch: String,
    pub(crate) null: Option<ConstantValue>,
    pub(crate) range: Option<(ConstantValue, ConstantValue)>,
    pub(crate) since: Option<u32>,
    pub(crate) deprecated: Option<u32>,
    /// Which part of a list it is; indices are those of the model's fields.
    pub(crate) list: Option<ListPart>,
    pub(crate) ts_number: bool,
}

/// A ring.
pub(crate) struct RingModel {
    pub(crate) name: String,
    pub(crate) type_name: String,
    pub(crate) message: TypeId,
    pub(crate) capacity: Spanned<u64>,
    pub(crate) wait: Wait,
    /// Where the message is named.
    pub(crate) message_span: Span,
    pub(crate) slab: Option<Spanned<u64>>,
    pub(crate) doc: String,
}
