//! How a field is spelt in Python: its ctypes type, and the expressions that read, check, pack and describe it.

use ringgen_layout::{EnumKind, Scalar, ScalarKind};

use super::code::string;
use super::enums;
use super::helpers::limits;
use crate::plan::{Element, FieldPlan, Plan, StructPlan, TypePlan};

/// A field of a struct, with what the expressions need to know.
pub(super) struct Field<'a> {
    pub(super) plan: &'a Plan,
    pub(super) of: &'a StructPlan,
    pub(super) field: &'a FieldPlan,
}

/// One element of a field, as Python sees it.
enum Kind<'a> {
    Integer(Scalar),
    Float(Scalar),
    Bool,
    /// An enum and the scalar that it is stored as.
    Enum(&'a crate::plan::EnumPlan, Scalar),
    Text(u32),
    Bytes(u32),
    Struct(&'a StructPlan),
    Blank(u32),
}

impl<'a> Field<'a> {
    /// All fields of a struct, padding included.
    pub(super) fn all(plan: &'a Plan, of: &'a StructPlan) -> impl Iterator<Item = Field<'a>> {
        of.fields.iter().map(move |field| Field { plan, of, field })
    }

    /// The fields that hold data.
    pub(super) fn data(plan: &'a Plan, of: &'a StructPlan) -> impl Iterator<Item = Field<'a>> {
        of.data_fields().map(move |field| Field { plan, of, field })
    }

    /// The name of the property.
    pub(super) fn name(&self) -> &'a str {
        &self.field.names.python
    }

    /// The name of the ctypes field behind the property. Padding gives way to it.
    pub(super) fn slot(&self) -> String {
        if self.field.is_data() {
            return format!("_{}", self.name());
        }
        let mut slot = self.field.name.clone();
        while self.of.data_fields().any(|field| format!("_{}", field.names.python) == slot) {
            slot.push('_');
        }
        slot
    }

    /// `"Trade.price"`, for errors.
    fn label(&self) -> String {
        string(&format!("{}.{}", self.of.name, self.name()))
    }

    fn kind(&self) -> Kind<'a> {
        match self.field.element {
            Element::Scalar(scalar) => match scalar.kind() {
                ScalarKind::Unsigned | ScalarKind::Signed => Kind::Integer(scalar),
                ScalarKind::Float => Kind::Float(scalar),
                ScalarKind::Bool => Kind::Bool,
            },
            Element::Str(length) => Kind::Text(length),
            Element::Bytes => Kind::Bytes(self.field.dims.last().copied().unwrap_or(1)),
            Element::Text(_) | Element::Blob(_) => Kind::Bytes(self.field.size),
            Element::Type(id) => match self.plan.ty(id) {
                TypePlan::Enum(of) => Kind::Enum(of, enums::stored_as(of)),
                TypePlan::Struct(of) => Kind::Struct(of),
                TypePlan::Variant(of) => Kind::Bytes(of.size),
            },
            Element::Pad | Element::Reserved => Kind::Blank(self.field.size),
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

    // Types.

    /// The type in `_fields_`.
    pub(super) fn ctype(&self) -> String {
        let element = match self.kind() {
            Kind::Integer(scalar) | Kind::Float(scalar) | Kind::Enum(_, scalar) => ctypes_scalar(scalar).to_string(),
            Kind::Bool => "_ctypes.c_uint8".to_string(),
            Kind::Text(length) | Kind::Bytes(length) | Kind::Blank(length) => format!("_ctypes.c_uint8 * {length}"),
            Kind::Struct(of) => of.name.clone(),
        };
        self.dims().iter().rev().fold(element, |inner, length| match inner.contains('*') {
            true => format!("({inner}) * {length}"),
            false => format!("{inner} * {length}"),
        })
    }

    /// What the ctypes field is for a type checker.
    pub(super) fn slot_type(&self) -> String {
        match self.kind() {
            _ if !self.dims().is_empty() => "_t.Any".to_string(),
            Kind::Integer(_) | Kind::Bool | Kind::Enum(..) => "int".to_string(),
            Kind::Float(_) => "float".to_string(),
            Kind::Text(_) | Kind::Bytes(_) | Kind::Blank(_) => "_ctypes.Array[_ctypes.c_uint8]".to_string(),
            Kind::Struct(of) => of.name.clone(),
        }
    }

    /// What reading gives.
    pub(super) fn read_type(&self) -> String {
        let element = match self.kind() {
            Kind::Enum(of, _) if of.kind == EnumKind::Enum => format!("{} | int", of.name),
            Kind::Enum(of, _) => of.name.clone(),
            _ => self.element_type(),
        };
        let array = if self.holds_structs() { "_ctypes.Array" } else { "tuple" };
        self.dims().iter().fold(element, |inner, _| match array {
            "tuple" => format!("tuple[{inner}, ...]"),
            _ => format!("{array}[{inner}]"),
        })
    }

    /// What may be assigned.
    pub(super) fn write_type(&self) -> String {
        self.dims().iter().fold(self.element_type(), |inner, _| format!("_abc.Iterable[{inner}]"))
    }

    fn element_type(&self) -> String {
        match self.kind() {
            Kind::Integer(_) | Kind::Enum(..) => "int".to_string(),
            Kind::Float(_) => "float".to_string(),
            Kind::Bool => "bool".to_string(),
            Kind::Text(_) => "str".to_string(),
            Kind::Bytes(_) | Kind::Blank(_) => "bytes".to_string(),
            Kind::Struct(of) => of.name.clone(),
        }
    }

    /// A parameter that leaves the field zero if it is not given: `price: float = 0.0`.
    pub(super) fn parameter(&self) -> String {
        let (name, ty) = (self.name(), self.write_type());
        match (self.kind(), self.is_simple()) {
            (Kind::Integer(_) | Kind::Enum(..), true) => format!("{name}: {ty} = 0"),
            (Kind::Float(_), true) => format!("{name}: {ty} = 0.0"),
            (Kind::Bool, true) => format!("{name}: {ty} = False"),
            (Kind::Text(_), true) => format!("{name}: {ty} = \"\""),
            _ => format!("{name}: {ty} | None = None"),
        }
    }

    /// Whether the parameter's default is None.
    pub(super) fn is_optional(&self) -> bool {
        self.parameter().ends_with("= None")
    }

    // Expressions.

    fn holds_structs(&self) -> bool {
        matches!(self.kind(), Kind::Struct(_))
    }

    /// The property's value, from `self`.
    pub(super) fn read(&self) -> String {
        let slot = format!("self.{}", self.slot());
        if self.holds_structs() {
            // A view, not a copy: a change of it is a change of the message.
            return if self.is_simple() { slot } else { format!("_t.cast({}, {slot})", string(&self.read_type())) };
        }
        let plain = matches!(self.kind(), Kind::Integer(_) | Kind::Float(_));
        match (self.dims(), plain) {
            ([], _) => self.read_element(&slot),
            ([_], true) => format!("tuple({slot}[:])"),
            ([_], false) => format!("tuple({} for item in {slot})", self.read_element("item")),
            (_, true) => format!("tuple(tuple(row[:]) for row in {slot})"),
            (_, false) => format!("tuple(tuple({} for item in row) for row in {slot})", self.read_element("item")),
        }
    }

    fn read_element(&self, item: &str) -> String {
        match self.kind() {
            Kind::Integer(_) | Kind::Float(_) | Kind::Struct(_) => item.to_string(),
            Kind::Bool => format!("{item} != 0"),
            Kind::Enum(of, _) if of.kind == EnumKind::Enum && self.is_simple() => {
                format!("{}.get({item}, {item})", enums::members(of))
            }
            Kind::Enum(of, _) if of.kind == EnumKind::Enum => format!("_named({}, {item})", enums::members(of)),
            Kind::Enum(of, _) => format!("{}({item})", of.name),
            Kind::Text(_) => format!("_read_text({item})"),
            Kind::Bytes(_) | Kind::Blank(_) => format!("bytes({item})"),
        }
    }

    /// The statements that check `value` and assign it to the ctypes field.
    pub(super) fn write(&self) -> Vec<String> {
        let (slot, label) = (self.slot(), self.label());
        match self.dims() {
            [] => vec![format!("self.{slot} = {}", self.write_element("value"))],
            [n] => vec![
                format!("items = _items({label}, value, {n})"),
                format!("self.{slot} = tuple({} for item in items)", self.write_element("item")),
            ],
            [n, m, ..] => vec![
                format!("rows = (_items({label}, row, {m}) for row in _items({label}, value, {n}))"),
                format!("self.{slot} = tuple(tuple({} for item in row) for row in rows)", self.write_element("item")),
            ],
        }
    }

    fn write_element(&self, item: &str) -> String {
        let label = self.label();
        match self.kind() {
            Kind::Integer(scalar) | Kind::Enum(_, scalar) => {
                format!("_integer({label}, {item}, {})", limits(scalar))
            }
            Kind::Float(Scalar::F32) => format!("_real32({label}, {item})"),
            Kind::Float(_) => format!("_real({label}, {item})"),
            Kind::Bool => format!("_boolean({label}, {item})"),
            Kind::Text(length) => {
                format!("_octets(_text({label}, {item}, {length}), {length})")
            }
            Kind::Bytes(length) | Kind::Blank(length) => {
                format!("_octets(_blob({label}, {item}, {length}), {length})")
            }
            Kind::Struct(of) => format!("_structure({label}, {item}, {})", of.name),
        }
    }

    /// The value in a dict, from `self`.
    pub(super) fn to_dict(&self) -> String {
        let name = self.name();
        match (self.holds_structs(), self.dims()) {
            (false, _) => format!("self.{name}"),
            (true, []) => format!("self.{name}.to_dict()"),
            (true, [_]) => format!("tuple(item.to_dict() for item in self.{name})"),
            (true, _) => format!("tuple(tuple(item.to_dict() for item in row) for row in self.{name})"),
        }
    }

    /// What `struct` writes it with, simple fields alone.
    pub(super) fn packed_as(&self) -> String {
        match self.kind() {
            Kind::Integer(scalar) | Kind::Float(scalar) | Kind::Enum(_, scalar) => struct_code(scalar).to_string(),
            Kind::Bool => "?".to_string(),
            Kind::Text(length) | Kind::Bytes(length) => format!("{length}s"),
            Kind::Struct(of) => format!("{}s", of.size),
            Kind::Blank(length) => format!("{length}x"),
        }
    }

    /// What is given to `struct`, from a variable of the property's name.
    pub(super) fn pack(&self) -> String {
        let (name, label) = (self.name(), self.label());
        match self.kind() {
            Kind::Text(length) => format!("_text({label}, {name}, {length})"),
            Kind::Bytes(length) => format!("b\"\" if {name} is None else _blob({label}, {name}, {length})"),
            Kind::Struct(of) => format!("b\"\" if {name} is None else bytes(_structure({label}, {name}, {}))", of.name),
            _ => name.to_string(),
        }
    }

    /// `("price", "<f8", 8)`: name, numpy's format, offset.
    pub(super) fn dtype(&self) -> String {
        let element = match self.kind() {
            Kind::Integer(scalar) | Kind::Float(scalar) | Kind::Enum(_, scalar) => string(numpy_scalar(scalar)),
            Kind::Bool => string("?"),
            Kind::Text(length) => string(&format!("S{length}")),
            Kind::Bytes(_) | Kind::Blank(_) => string("u1"),
            Kind::Struct(of) => format!("{}.DTYPE", of.name),
        };
        let format = match &self.field.dims[..] {
            [] => element,
            [n] => format!("({element}, ({n},))"),
            [n, m, ..] => format!("({element}, ({n}, {m}))"),
        };
        format!("({}, {format}, {})", string(self.name()), self.field.offset)
    }
}

fn ctypes_scalar(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::U8 | Scalar::Bool => "_ctypes.c_uint8",
        Scalar::U16 => "_ctypes.c_uint16",
        Scalar::U32 => "_ctypes.c_uint32",
        Scalar::U64 => "_ctypes.c_uint64",
        Scalar::I8 => "_ctypes.c_int8",
        Scalar::I16 => "_ctypes.c_int16",
        Scalar::I32 => "_ctypes.c_int32",
        Scalar::I64 => "_ctypes.c_int64",
        Scalar::F32 => "_ctypes.c_float",
        Scalar::F64 => "_ctypes.c_double",
    }
}

fn struct_code(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::U8 => "B",
        Scalar::U16 => "H",
        Scalar::U32 => "I",
        Scalar::U64 => "Q",
        Scalar::I8 => "b",
        Scalar::I16 => "h",
        Scalar::I32 => "i",
        Scalar::I64 => "q",
        Scalar::F32 => "f",
        Scalar::F64 => "d",
        Scalar::Bool => "?",
    }
}

fn numpy_scalar(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::U8 => "u1",
        Scalar::U16 => "<u2",
        Scalar::U32 => "<u4",
        Scalar::U64 => "<u8",
        Scalar::I8 => "i1",
        Scalar::I16 => "<i2",
        Scalar::I32 => "<i4",
        Scalar::I64 => "<i8",
        Scalar::F32 => "<f4",
        Scalar::F64 => "<f8",
        Scalar::Bool => "?",
    }
}
