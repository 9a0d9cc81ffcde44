//! The expressions and statements that read, check, write and pack the value of a field.

use ringgen_layout::{EnumKind, Scalar};

use super::code::string;
use super::fields::{Field, Kind};
use super::helpers::limits;
use super::{checks, enums, scalars};
use crate::backend::text::text;

impl Field<'_> {
    /// The property's value, from `self`.
    pub(super) fn read(&self) -> String {
        let slot = text!("self.{}", self.slot);
        let Some(length) = &self.length_slot else { return self.read_all(&slot) };
        // A peer may say that there are more than there is room for.
        let counted = text!("{slot}[: min(self.{length}, {})]", self.dims()[0]);
        match (self.dims(), self.kind()) {
            ([_], Kind::Integer(_) | Kind::Float(_) | Kind::Record(..)) => text!("tuple({counted})"),
            _ => self.read_all(&counted),
        }
    }

    fn read_all(&self, items: &str) -> String {
        if self.holds_records() && !self.is_list() {
            // A view, not a copy: a change of it is a change of the message.
            return match self.is_simple() {
                true => items.to_string(),
                false => text!("_t.cast({}, {items})", string(&self.read_type())),
            };
        }
        let plain = matches!(self.kind(), Kind::Integer(_) | Kind::Float(_));
        match (self.dims(), plain) {
            ([], _) => self.read_nullable(items),
            _ if self.holds_records() => text!("tuple({items})"),
            ([_], true) => text!("tuple({items}[:])"),
            ([_], false) => text!("tuple({} for item in {items})", self.read_element("item")),
            (_, true) => text!("tuple(tuple(row[:]) for row in {items})"),
            (_, false) => text!("tuple(tuple({} for item in row) for row in {items})", self.read_element("item")),
        }
    }

    fn read_nullable(&self, slot: &str) -> String {
        let Some(null) = self.null() else { return self.read_element(slot) };
        let value = self.read_element("value");
        let null = if self.is_null_nan() { "value".to_string() } else { null };
        let is = if self.is_null_nan() { "!=" } else { "==" };
        text!("None if (value := {slot}) {is} {null} else {value}")
    }

    fn read_element(&self, item: &str) -> String {
        match self.kind() {
            Kind::Integer(_) | Kind::Float(_) | Kind::Record(..) => item.to_string(),
            Kind::Bool => text!("{item} != 0"),
            Kind::Enum(of, _, _) if of.kind == EnumKind::Enum && self.is_simple() => {
                text!("{}.get({item}, {item})", enums::members(&of.name))
            }
            Kind::Enum(of, _, _) if of.kind == EnumKind::Enum => {
                text!("_named({}, {item})", enums::members(&of.name))
            }
            Kind::Enum(_, name, _) => text!("{name}({item})"),
            Kind::Text(_) => text!("_read_text({item})"),
            Kind::Bytes(_) | Kind::Reference | Kind::Blank(_) => text!("bytes({item})"),
        }
    }

    /// The statements that check `value` and assign it to the ctypes field. What is refused changes nothing.
    pub(super) fn write(&self) -> Vec<String> {
        let (slot, label) = (&self.slot, &self.label);
        let item = self.write_element("item");
        if let Some(length) = &self.length_slot {
            let at_most = text!("items = _at_most({label}, value, {})", self.dims()[0]);
            let count = text!("self.{length} = len(items)");
            return match self.dims() {
                [_] => vec![at_most, text!("self.{slot} = tuple({item} for item in items)"), count],
                dims => vec![
                    at_most,
                    text!("rows = (_items({label}, row, {}) for row in items)", dims[1]),
                    text!("self.{slot} = tuple(tuple({item} for item in row) for row in rows)"),
                    count,
                ],
            };
        }
        match self.dims() {
            [] => vec![text!("self.{slot} = {}", self.write_nullable("value"))],
            [n] => vec![
                text!("items = _items({label}, value, {n})"),
                text!("self.{slot} = tuple({item} for item in items)"),
            ],
            [n, m, ..] => vec![
                text!("rows = (_items({label}, row, {m}) for row in _items({label}, value, {n}))"),
                text!("self.{slot} = tuple(tuple({item} for item in row) for row in rows)"),
            ],
        }
    }

    /// The value where there can be none.
    fn write_nullable(&self, item: &str) -> String {
        let element = self.write_element(item);
        match self.null() {
            Some(null) if self.field.range.is_none() => text!("{null} if {item} is None else {element}"),
            _ => element,
        }
    }

    /// The value that a setter takes, checked. Where it lies in a range, so may be the null value, which is outside.
    fn write_element(&self, item: &str) -> String {
        let label = &self.label;
        let range = self.range();
        match (self.kind(), range) {
            (Kind::Integer(_), Some(range)) => match self.null() {
                Some(null) => text!("_integer_or({null}, {label}, {item}, {range})"),
                None => text!("_integer({label}, {item}, {range})"),
            },
            (Kind::Integer(scalar) | Kind::Enum(_, _, scalar), _) => {
                text!("_integer({label}, {item}, {})", limits(scalar))
            }
            (Kind::Float(scalar), Some(range)) => {
                let within = if scalar == Scalar::F32 { "_within32" } else { "_within" };
                match self.null() {
                    Some(null) => text!("{within}_or({null}, {label}, {item}, {range})"),
                    None => text!("{within}({label}, {item}, {range})"),
                }
            }
            (Kind::Float(Scalar::F32), None) => text!("_real32({label}, {item})"),
            (Kind::Float(_), None) => text!("_real({label}, {item})"),
            (Kind::Bool, _) => text!("_boolean({label}, {item})"),
            (Kind::Text(length), _) => text!("_octets(_text({label}, {item}, {length}), {length})"),
            (Kind::Bytes(length) | Kind::Blank(length), _) => {
                text!("_octets(_blob({label}, {item}, {length}), {length})")
            }
            (Kind::Reference, _) => text!("_octets(_blob({label}, {item}, 16), 16)"),
            (Kind::Record(name, _), _) => text!("_structure({label}, {item}, {name})"),
        }
    }

    /// The ends of its range, as an expression.
    pub(super) fn range(&self) -> Option<String> {
        let (least, most) = self.field.range?;
        let (Kind::Integer(scalar) | Kind::Float(scalar)) = self.kind() else { return None };
        Some(text!("({}, {})", scalars::bound(least, scalar), scalars::bound(most, scalar)))
    }

    /// The value in a dict, from an expression that reads it.
    pub(super) fn to_dict(&self, read: &str) -> String {
        match (self.holds_records(), self.dims()) {
            (false, _) => read.to_string(),
            (true, []) => text!("{read}.to_dict()"),
            (true, [_]) => text!("tuple(item.to_dict() for item in {read})"),
            (true, _) => text!("tuple(tuple(item.to_dict() for item in row) for row in {read})"),
        }
    }

    /// The statements that raise a `ValueError` if the field holds what its setter refuses. None where nothing is.
    pub(super) fn validate(&self) -> Vec<String> {
        let (slot, label) = (text!("self.{}", self.slot), &self.label);
        let check = |item: &str| match self.kind() {
            Kind::Text(_) => Some(text!("_check_text({label}, {item})")),
            Kind::Record(..) if checks::any(self.plan, self.field.element) => Some(text!("{item}.validate()")),
            _ if self.field.range.is_some() => Some(self.write_element(item)),
            _ => None,
        };
        let mut lines = Vec::new();
        let mut items = slot.clone();
        if let Some(length) = &self.length_slot {
            lines.push(text!("_check_count({label}, self.{length}, {})", self.dims()[0]));
            items = text!("{slot}[: self.{length}]");
        }
        match self.dims() {
            [] => lines.extend(check(&slot)),
            [_] => {
                if let Some(check) = check("item") {
                    lines.extend([text!("for item in {items}:"), text!("    {check}")]);
                }
            }
            _ => {
                if let Some(check) = check("item") {
                    let rows = [text!("for row in {items}:"), "    for item in row:".to_string()];
                    lines.extend(rows.into_iter().chain([text!("        {check}")]));
                }
            }
        }
        lines
    }

    // What `struct` makes of a message.

    /// What `struct` writes it with, simple fields alone.
    pub(super) fn packed_as(&self) -> String {
        match self.kind() {
            Kind::Integer(scalar) | Kind::Float(scalar) | Kind::Enum(_, _, scalar) => {
                scalars::packed(scalar).to_string()
            }
            Kind::Bool => "?".to_string(),
            Kind::Text(length) | Kind::Bytes(length) => text!("{length}s"),
            Kind::Record(_, size) => text!("{size}s"),
            Kind::Reference => text!("{}x", self.field.size),
            Kind::Blank(length) => text!("{length}x"),
        }
    }

    /// What is given to `struct`, from a variable of the property's name.
    pub(super) fn pack(&self) -> String {
        let (name, label) = (self.name(), &self.label);
        let or_nothing = |some: String| text!("b\"\" if {name} is None else {some}");
        let packed = match self.kind() {
            Kind::Text(length) => text!("_text({label}, {name}, {length})"),
            Kind::Bytes(length) => return or_nothing(text!("_blob({label}, {name}, {length})")),
            Kind::Record(of, _) => {
                let checked = text!("_structure({label}, {name}, {of})");
                return match checks::has_null(self.plan, self.field.element) {
                    true => text!("bytes({of}() if {name} is None else {checked})"),
                    false => or_nothing(text!("bytes({checked})")),
                };
            }
            _ if self.field.range.is_some() => self.write_element(name),
            _ => name.to_string(),
        };
        match self.null() {
            Some(_) if self.field.range.is_some() => packed,
            Some(null) => text!("{null} if {name} is None else {packed}"),
            None if self.field.deprecated.is_some() => {
                let zero = if matches!(self.kind(), Kind::Text(_)) { "b\"\"" } else { "0" };
                text!("{zero} if {name} is None else {packed}")
            }
            None => packed,
        }
    }

    /// `("price", "<f8", 8)`: name, numpy's format, offset.
    pub(super) fn dtype(&self) -> String {
        let element = match self.kind() {
            Kind::Integer(scalar) | Kind::Float(scalar) | Kind::Enum(_, _, scalar) => string(scalars::numpy(scalar)),
            Kind::Bool => string("?"),
            Kind::Text(length) => string(&text!("S{length}")),
            Kind::Bytes(_) | Kind::Blank(_) => string("u1"),
            Kind::Reference => "[(\"pos\", \"<u8\"), (\"len\", \"<u4\"), (\"zero\", \"<u4\")]".to_string(),
            Kind::Record(name, _) => text!("{name}.DTYPE"),
        };
        let format = match &self.field.dims[..] {
            [] => element,
            [n] => text!("({element}, ({n},))"),
            [n, m, ..] => text!("({element}, ({n}, {m}))"),
        };
        text!("({}, {format}, {})", string(self.name()), self.field.offset)
    }
}
