//! How a field is spelt in Python: its ctypes type, the types of its property, and its keyword.

use ringgen_layout::{EnumKind, Scalar, ScalarKind};

use super::code::string;
use super::{enums, helpers, modules, scalars};
use crate::backend::text::text;
use crate::plan::{ConstantValue, Element, EnumPlan, FieldPlan, ListPart, Plan, StructPlan, TypeId, TypePlan};
use crate::spell;

/// The fields of a struct, with what is known of each by looking at the others.
pub(super) struct Fields<'a> {
    pub(super) plan: &'a Plan,
    pub(super) of: &'a StructPlan,
    fields: Vec<Field<'a>>,
}

/// A field of a struct, with what the expressions need to know.
pub(super) struct Field<'a> {
    pub(super) plan: &'a Plan,
    pub(super) of: &'a StructPlan,
    pub(super) field: &'a FieldPlan,
    /// The name of the ctypes field behind the property. It gives way to what annotations of the class name, and padding
    /// to it.
    pub(super) slot: String,
    /// The ctypes field that says how many elements of a list count.
    pub(super) length_slot: Option<String>,
    /// `"Trade.price"`, for errors.
    pub(super) label: String,
}

/// One element of a field, as Python sees it.
pub(super) enum Kind<'a> {
    Integer(Scalar),
    Float(Scalar),
    Bool,
    /// An enum, its name in this module, and the scalar that it is stored as.
    Enum(&'a EnumPlan, String, Scalar),
    Text(u32),
    Bytes(u32),
    /// A struct, a message or a variant: the name in this module, and the size.
    Record(String, u32),
    /// A reference into a slab.
    Reference,
    Blank(u32),
}

impl<'a> Fields<'a> {
    pub(super) fn of(plan: &'a Plan, of: &'a StructPlan) -> Self {
        let slots = slots(of);
        let fields = of.fields.iter().zip(&slots).map(|(field, slot)| {
            let length_slot = match field.list {
                Some(ListPart::Items { length }) => Some(slots[length].clone()),
                _ => None,
            };
            let label = string(&[&of.name, ".", &field.names.python].concat());
            Field { plan, of, field, slot: slot.clone(), length_slot, label }
        });
        Fields { plan, of, fields: fields.collect() }
    }

    /// All of them, padding included.
    pub(super) fn all(&self) -> impl Iterator<Item = &Field<'a>> {
        self.fields.iter()
    }

    /// Those that hold data.
    pub(super) fn data(&self) -> impl Iterator<Item = &Field<'a>> {
        self.all().filter(|field| field.field.is_data())
    }

    /// Those that have a property. The length of a list goes with its elements; a reference into a slab has none as long
    /// as rings have no slab.
    pub(super) fn properties(&self) -> impl Iterator<Item = &Field<'a>> {
        self.data().filter(|field| {
            !matches!(field.field.list, Some(ListPart::Length { .. })) && !matches!(field.kind(), Kind::Reference)
        })
    }

    /// Those that have a property and that a version has given up.
    pub(super) fn deprecated(&self) -> impl Iterator<Item = &Field<'a>> {
        self.properties().filter(|field| field.field.deprecated.is_some())
    }
}

/// The ctypes field of each field: see [`Field::slot`].
fn slots(of: &StructPlan) -> Vec<String> {
    let data_slot = |field: &FieldPlan| {
        let mut slot = ["_", &field.names.python].concat();
        if helpers::is_named_in_classes(&slot) {
            slot.push('_');
            let mut others = of.data_fields().filter(|other| !std::ptr::eq(*other, field));
            while others.any(|other| other.names.python == slot[1..]) {
                slot.push('_');
            }
        }
        slot
    };
    let mut slots: Vec<String> =
        of.fields.iter().map(|field| if field.is_data() { data_slot(field) } else { field.name.clone() }).collect();
    for index in 0..slots.len() {
        let is_data = |index: usize| of.fields[index].is_data();
        while !is_data(index) && (0..slots.len()).any(|other| is_data(other) && slots[other] == slots[index]) {
            slots[index].push('_');
        }
    }
    slots
}

impl<'a> Field<'a> {
    /// The name of the property.
    pub(super) fn name(&self) -> &'a str {
        &self.field.names.python
    }

    pub(super) fn kind(&self) -> Kind<'a> {
        match self.field.element {
            Element::Scalar(scalar) => match scalar.kind() {
                ScalarKind::Unsigned | ScalarKind::Signed => Kind::Integer(scalar),
                ScalarKind::Float => Kind::Float(scalar),
                ScalarKind::Bool => Kind::Bool,
            },
            Element::Str(length) => Kind::Text(length),
            Element::Bytes => Kind::Bytes(self.field.dims.last().copied().unwrap_or(1)),
            Element::Text(_) | Element::Blob(_) => Kind::Reference,
            Element::Type(id) => self.kind_of(id),
            Element::Pad | Element::Reserved => Kind::Blank(self.field.size),
        }
    }

    fn kind_of(&self, id: TypeId) -> Kind<'a> {
        let name = modules::type_name(self.plan, id);
        match self.plan.ty(id) {
            TypePlan::Enum(of) => Kind::Enum(of, name, enums::stored_as(of)),
            of @ (TypePlan::Struct(_) | TypePlan::Variant(_)) => Kind::Record(name, of.size()),
        }
    }

    /// The dimensions of the array that Python sees; those of `bytes[N]` are its own.
    pub(super) fn dims(&self) -> &'a [u32] {
        match self.field.element {
            Element::Bytes => self.field.dims.split_last().map_or(&[], |(_, outer)| outer),
            _ => &self.field.dims,
        }
    }

    /// Whether its value is one object that `struct` packs.
    pub(super) fn is_simple(&self) -> bool {
        self.dims().is_empty()
    }

    pub(super) fn is_list(&self) -> bool {
        self.length_slot.is_some()
    }

    pub(super) fn holds_records(&self) -> bool {
        matches!(self.kind(), Kind::Record(..))
    }

    /// The value that stands for no value, as an expression.
    pub(super) fn null(&self) -> Option<String> {
        self.field.null.map(scalars::literal)
    }

    /// Whether any NaN stands for no value.
    pub(super) fn is_null_nan(&self) -> bool {
        matches!(self.field.null, Some(ConstantValue::Float(null)) if null.is_nan())
    }

    /// The class constant that has the value that stands for no value.
    pub(super) fn null_constant(&self) -> String {
        spell::python_null(self.name())
    }

    /// Whether its setter refuses the zero that it has before it is set.
    pub(super) fn refuses_zero(&self) -> bool {
        let is_positive = |value: ConstantValue| match value {
            ConstantValue::Integer(value) => value > 0,
            ConstantValue::Float(value) => value > 0.0,
            ConstantValue::Bool(_) => false,
        };
        let is_negative = |value: ConstantValue| match value {
            ConstantValue::Integer(value) => value < 0,
            ConstantValue::Float(value) => value < 0.0,
            ConstantValue::Bool(_) => false,
        };
        // A list is empty before it is set.
        !self.is_list() && self.field.range.is_some_and(|(least, most)| is_positive(least) || is_negative(most))
    }

    /// What is said of its use, if a version has given it up.
    pub(super) fn deprecation(&self) -> Option<String> {
        let version = self.field.deprecated?;
        Some(string(&text!("`{}.{}` is deprecated since version {version}", self.of.name, self.name())))
    }

    // Types.

    /// The type in `_fields_`.
    pub(super) fn ctype(&self) -> String {
        let element = match self.kind() {
            Kind::Integer(scalar) | Kind::Float(scalar) | Kind::Enum(_, _, scalar) => {
                scalars::ctypes(scalar).to_string()
            }
            Kind::Bool => "_ctypes.c_uint8".to_string(),
            Kind::Text(length) | Kind::Bytes(length) | Kind::Blank(length) => text!("_ctypes.c_uint8 * {length}"),
            Kind::Reference => "_ctypes.c_uint8 * 16".to_string(),
            Kind::Record(name, _) => name,
        };
        self.dims().iter().rev().fold(element, |inner, length| match inner.contains('*') {
            true => text!("({inner}) * {length}"),
            false => text!("{inner} * {length}"),
        })
    }

    /// What the ctypes field is for a type checker.
    pub(super) fn slot_type(&self) -> String {
        match self.kind() {
            _ if !self.dims().is_empty() => "_t.Any".to_string(),
            Kind::Integer(_) | Kind::Bool | Kind::Enum(..) => "int".to_string(),
            Kind::Float(_) => "float".to_string(),
            Kind::Text(_) | Kind::Bytes(_) | Kind::Reference | Kind::Blank(_) => {
                "_ctypes.Array[_ctypes.c_uint8]".to_string()
            }
            Kind::Record(name, _) => name,
        }
    }

    /// What reading gives.
    pub(super) fn read_type(&self) -> String {
        let element = match self.kind() {
            Kind::Enum(of, name, _) if of.kind == EnumKind::Enum => text!("{name} | int"),
            Kind::Enum(_, name, _) => name,
            _ => self.element_type(),
        };
        let element = if self.field.null.is_some() { text!("{element} | None") } else { element };
        let is_view = self.holds_records() && !self.is_list();
        self.dims().iter().enumerate().rev().fold(element, |inner, (depth, _)| {
            let is_view = is_view || self.holds_records() && depth > 0;
            if is_view { text!("_ctypes.Array[{inner}]") } else { text!("tuple[{inner}, ...]") }
        })
    }

    /// What may be assigned.
    pub(super) fn write_type(&self) -> String {
        let element = self.element_type();
        let element = if self.field.null.is_some() { text!("{element} | None") } else { element };
        self.dims().iter().fold(element, |inner, _| text!("_abc.Iterable[{inner}]"))
    }

    fn element_type(&self) -> String {
        match self.kind() {
            Kind::Integer(_) | Kind::Enum(..) => "int".to_string(),
            Kind::Float(_) => "float".to_string(),
            Kind::Bool => "bool".to_string(),
            Kind::Text(_) => "str".to_string(),
            Kind::Bytes(_) | Kind::Reference | Kind::Blank(_) => "bytes".to_string(),
            Kind::Record(name, _) => name,
        }
    }

    /// What the field holds if its keyword is not given, as an expression; None where that has no short one.
    fn zero(&self) -> Option<&'static str> {
        match self.kind() {
            _ if !self.is_simple() => None,
            Kind::Integer(_) | Kind::Enum(..) => Some("0"),
            Kind::Float(_) => Some("0.0"),
            Kind::Bool => Some("False"),
            Kind::Text(_) => Some("\"\""),
            _ => None,
        }
    }

    /// Whether its keyword has no zero for a default: None tells that it was not given.
    fn is_told(&self) -> bool {
        self.field.deprecated.is_some() || self.refuses_zero()
    }

    /// The keyword of the constructor: `price: float = 0.0`. None is for what is not given, or for no value.
    pub(super) fn parameter(&self) -> String {
        self.keyword(self.zero().filter(|_| !self.is_told()))
    }

    fn keyword(&self, zero: Option<&str>) -> String {
        let (name, ty) = (self.name(), self.write_type());
        match zero {
            _ if self.field.null.is_some() => text!("{name}: {ty} = None"),
            Some(zero) => text!("{name}: {ty} = {zero}"),
            None => text!("{name}: {ty} | None = None"),
        }
    }

    /// Whether the constructor leaves the field as it is if its keyword is None.
    pub(super) fn is_optional(&self) -> bool {
        self.field.null.is_none() && (self.is_told() || self.zero().is_none())
    }

    /// Whether a ring pushes no message by keywords without this one: what the field holds else is refused.
    pub(super) fn is_required(&self) -> bool {
        self.refuses_zero() && self.field.null.is_none() && self.field.deprecated.is_none()
    }

    /// The keyword of a ring, as callers see it.
    pub(super) fn pushed(&self) -> String {
        if self.is_required() { text!("{}: {}", self.name(), self.write_type()) } else { self.parameter() }
    }

    /// The keyword of a ring, where it can be a whole message instead.
    pub(super) fn pushed_or_not(&self) -> String {
        if self.is_required() { self.keyword(self.zero()) } else { self.parameter() }
    }
}
