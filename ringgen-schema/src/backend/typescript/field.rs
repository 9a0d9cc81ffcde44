//! How one field is read, written and shown: expressions over a `DataView` and the byte where the struct starts.

use std::fmt::Write;

use ringgen_layout::{Scalar, ScalarKind};

use super::{Classes, about, doc, quoted};
use crate::plan::{Element, FieldPlan, Plan, StructPlan, TypePlan};

/// What views have beside their fields; a field of that name is escaped.
const TAKEN: &[&str] = &["assign", "constructor", "load", "toJSON", "toObject"];

/// A field that holds data, as a member of the plain object and of the views.
pub(super) struct Member<'a> {
    pub(super) field: &'a FieldPlan,
    /// The property.
    pub(super) name: String,
    /// For error texts: `"Trade.px"`.
    what: String,
    /// The function that writes it, if it is an array.
    writer: String,
    one: One,
    /// The dimensions of elements; `bytes[N]` is one element.
    dims: Vec<u32>,
    /// The size of one element.
    size: u32,
}

/// What one element is.
enum One {
    Scalar(Scalar),
    /// A 64-bit integer that is read as a number.
    Number(Scalar),
    Enum(String, Scalar),
    Text,
    Bytes,
    Struct(String, Classes),
}

/// The members of a struct, in the order of its fields.
pub(super) fn members<'a>(plan: &Plan, of: &'a StructPlan) -> Vec<Member<'a>> {
    let mut members: Vec<Member<'a>> = Vec::new();
    for field in of.data_fields() {
        let mut name = field.names.typescript.clone();
        while TAKEN.contains(&name.as_str()) || members.iter().any(|other| other.name == name) {
            name.push('_');
        }
        members.push(Member::new(plan, &of.name, field, name));
    }
    members
}

/// Statements that zero a field without data.
pub(super) fn zero(field: &FieldPlan, data: &str, at: &str) -> String {
    let (mut offset, end) = (field.offset, field.offset + field.size);
    if field.size > 32 {
        let start = place(at, offset);
        return format!("  new Uint8Array({data}.buffer, {data}.byteOffset + {start}, {}).fill(0);\n", field.size);
    }
    let mut text = String::new();
    while offset < end {
        let (setter, size, little) = match () {
            () if offset.is_multiple_of(4) && end - offset >= 4 => ("setUint32", 4, ", true"),
            () if offset.is_multiple_of(2) && end - offset >= 2 => ("setUint16", 2, ", true"),
            () => ("setUint8", 1, ""),
        };
        let _ = writeln!(text, "  {data}.{setter}({}, 0{little});", place(at, offset));
        offset += size;
    }
    text
}

fn indented(lines: &str) -> String {
    lines.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

fn place(at: &str, offset: u32) -> String {
    if offset == 0 { at.to_string() } else { format!("{at} + {offset}") }
}

/// The suffix of `DataView`'s accessors.
fn accessor(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::U8 | Scalar::Bool => "Uint8",
        Scalar::U16 => "Uint16",
        Scalar::U32 => "Uint32",
        Scalar::U64 => "BigUint64",
        Scalar::I8 => "Int8",
        Scalar::I16 => "Int16",
        Scalar::I32 => "Int32",
        Scalar::I64 => "BigInt64",
        Scalar::F32 => "Float32",
        Scalar::F64 => "Float64",
    }
}

fn little(scalar: Scalar) -> &'static str {
    if scalar.size() == 1 { "" } else { ", true" }
}

fn scalar_type(scalar: Scalar) -> &'static str {
    match (scalar.kind(), scalar.bits()) {
        (ScalarKind::Bool, _) => "boolean",
        (ScalarKind::Unsigned | ScalarKind::Signed, 64) => "bigint",
        _ => "number",
    }
}

fn get(scalar: Scalar, data: &str, at: &str) -> String {
    if matches!(scalar, Scalar::U64 | Scalar::I64) {
        return format!("get{}_({data}, {at})", scalar.name().to_uppercase());
    }
    let value = format!("{data}.get{}({at}{})", accessor(scalar), little(scalar));
    if scalar == Scalar::Bool { value + " !== 0" } else { value }
}

fn set(scalar: Scalar, data: &str, at: &str, value: &str, what: &str) -> String {
    if matches!(scalar, Scalar::U64 | Scalar::I64) {
        return format!("set{}_({data}, {at}, {value}, {what})", scalar.name().to_uppercase());
    }
    let checked = format!("{}_({value}, {what})", scalar.name());
    format!("{data}.set{}({at}, {checked}{})", accessor(scalar), little(scalar))
}

impl<'a> Member<'a> {
    fn new(plan: &Plan, owner: &str, field: &'a FieldPlan, name: String) -> Self {
        let mut dims = field.dims.clone();
        let (one, size) = match field.element {
            Element::Scalar(scalar) if field.ts_number && scalar.bits() == 64 && scalar.is_integer() => {
                (One::Number(scalar), 8)
            }
            Element::Scalar(scalar) => (One::Scalar(scalar), scalar.size()),
            Element::Str(size) => (One::Text, size),
            Element::Bytes => (One::Bytes, dims.pop().expect("bytes have a length")),
            Element::Text(_) | Element::Blob(_) => (One::Bytes, field.size),
            Element::Type(id) => match plan.ty(id) {
                TypePlan::Enum(of) => (One::Enum(of.name.clone(), of.repr), of.repr.size()),
                TypePlan::Struct(of) => (One::Struct(of.name.clone(), Classes::of(plan, &of.name)), of.size),
                TypePlan::Variant(of) => (One::Bytes, of.size),
            },
            Element::Pad | Element::Reserved => unreachable!("data_fields() gives no padding"),
        };
        let what = quoted(&format!("{owner}.{name}"));
        let writer = format!("write{owner}_{name}");
        Member { field, name, what, writer, one, dims, size }
    }

    /// The typed array that a row of elements is, if there is one.
    fn typed_array(&self) -> Option<String> {
        match self.one {
            One::Scalar(Scalar::Bool) => None,
            One::Scalar(scalar) => Some(format!("{}Array", accessor(scalar))),
            _ => None,
        }
    }

    fn one_type(&self) -> String {
        match &self.one {
            One::Scalar(scalar) => scalar_type(*scalar).to_string(),
            One::Number(_) => "number".to_string(),
            One::Enum(name, _) | One::Struct(name, _) => name.clone(),
            One::Text => "string".to_string(),
            One::Bytes => "Uint8Array".to_string(),
        }
    }

    /// The type with all its dimensions, given that of one element.
    fn shaped(&self, one: &str) -> String {
        match (self.dims.len(), self.typed_array()) {
            (0, _) => one.to_string(),
            (1, Some(array)) => array,
            (_, Some(array)) => format!("{array}[]"),
            (rank, None) => format!("{one}{}", "[]".repeat(rank)),
        }
    }

    /// Its type in the plain object.
    pub(super) fn plain(&self) -> String {
        self.shaped(&self.one_type())
    }

    /// Its type as a property of a view.
    pub(super) fn seen(&self, writable: bool) -> String {
        match &self.one {
            One::Struct(_, classes) => self.shaped(if writable { &classes.view } else { &classes.reader }),
            _ => self.plain(),
        }
    }

    /// What its setter takes.
    pub(super) fn accepted(&self) -> String {
        let one = match self.one {
            One::Bytes => "ArrayLike<number>".to_string(),
            _ => self.one_type(),
        };
        (0..self.dims.len()).fold(one, |inner, _| format!("ArrayLike<{inner}>"))
    }

    /// The place of an element of a row that starts at `at`.
    fn element(&self, at: &str, index: &str, elements: u32) -> String {
        match u64::from(self.size) * u64::from(elements) {
            1 => format!("{at} + {index}"),
            size => format!("{at} + {index} * {size}"),
        }
    }

    fn read_one(&self, data: &str, at: &str) -> String {
        let what = &self.what;
        match &self.one {
            One::Scalar(scalar) | One::Enum(_, scalar) => get(*scalar, data, at),
            One::Number(scalar) => format!("get{}Number_({data}, {at}, {what})", scalar.name().to_uppercase()),
            One::Text => format!("getText_({data}, {at}, {}, {what})", self.size),
            One::Bytes => format!("getBytes_({data}, {at}, {})", self.size),
            One::Struct(name, _) => format!("read{name}({data}, {at})"),
        }
    }

    fn see_one(&self, at: &str, writable: bool) -> String {
        match &self.one {
            One::Struct(_, classes) => {
                format!("new {}(this.#window, {at})", if writable { &classes.view } else { &classes.reader })
            }
            _ => self.read_one("this.#window.data", at),
        }
    }

    fn write_one(&self, data: &str, at: &str, value: &str) -> String {
        let what = &self.what;
        match &self.one {
            One::Scalar(scalar) | One::Enum(_, scalar) => set(*scalar, data, at, value, what),
            One::Number(scalar) => format!("set{}Number_({data}, {at}, {value}, {what})", scalar.name().to_uppercase()),
            One::Text => format!("setText_({data}, {at}, {}, {value}, {what})", self.size),
            One::Bytes => format!("setBytes_({data}, {at}, {}, {value}, {what})", self.size),
            One::Struct(name, _) => format!("write{name}({data}, {at}, {value})"),
        }
    }

    /// An expression for all of it, with `one` for an element at a place.
    fn all(&self, data: &str, at: &str, one: impl Fn(&str) -> String) -> String {
        let row = |at: &str, length: u32| match self.typed_array() {
            Some(array) => format!("numbers_({data}, {at}, new {array}({length}))"),
            None => format!("many_({length}, (i) => {})", one(&self.element(at, "i", 1))),
        };
        match self.dims[..] {
            [] => one(at),
            [length] => row(at, length),
            [rows, columns, ..] => {
                format!("many_({rows}, (row) => {})", row(&self.element(at, "row", columns), columns))
            }
        }
    }

    /// An expression for its plain value.
    pub(super) fn read(&self, data: &str, at: &str) -> String {
        self.all(data, &place(at, self.field.offset), |at| self.read_one(data, at))
    }

    /// An expression for what a view shows of it.
    pub(super) fn see(&self, writable: bool) -> String {
        let at = place("this.#at", self.field.offset);
        self.all("this.#window.data", &at, |at| self.see_one(at, writable))
    }

    /// A statement that writes it, without its semicolon.
    pub(super) fn write(&self, data: &str, at: &str, value: &str) -> String {
        let at = place(at, self.field.offset);
        if self.dims.is_empty() {
            self.write_one(data, &at, value)
        } else {
            format!("{}({data}, {at}, {value})", self.writer)
        }
    }

    /// The function that writes an array; nothing for a single element.
    pub(super) fn array_writer(&self) -> String {
        let what = &self.what;
        let each = |values: &str, length: u32, index: &str, statement: &str| {
            format!("each_({values}, {length}, {what}, (one, {index}) => {{\n{}\n}});", indented(statement))
        };
        let row = |at: &str, values: &str, length: u32| match (self.typed_array(), &self.one) {
            (Some(array), One::Scalar(scalar)) => {
                format!("setNumbers_(data, {at}, {values}, {array}, {length}, {what}, {}_);", scalar.name())
            }
            _ => {
                let element = self.element(at, "i", 1);
                each(values, length, "i", &format!("{};", self.write_one("data", &element, "one")))
            }
        };
        let body = match self.dims[..] {
            [] => return String::new(),
            [length] => row("at", "values", length),
            [rows, columns, ..] => {
                let start = self.element("at", "row", columns);
                let statement = match self.typed_array() {
                    Some(_) => row(&start, "one", columns),
                    None => format!("const start = {start};\n{}", row("start", "one", columns)),
                };
                each("values", rows, "row", &statement)
            }
        };
        let (name, accepted) = (&self.writer, self.accepted());
        format!("function {name}(data: DataView, at: number, values: {accepted}): void {{\n{}\n}}\n\n", indented(&body))
    }

    /// The parameters that name an element, and its place.
    fn indexed(&self) -> Option<(&'static str, String)> {
        let at = place("this.#at", self.field.offset);
        let check = |index: &str, length: u32| format!("index_({index}, {length}, {})", self.what);
        match self.dims[..] {
            [] => None,
            [length] => Some(("index: number", self.element(&at, &check("index", length), 1))),
            [rows, columns, ..] => {
                let row = self.element(&at, &check("row", rows), columns);
                Some(("row: number, column: number", self.element(&row, &check("column", columns), 1)))
            }
        }
    }

    fn one_seen(&self, writable: bool) -> String {
        match &self.one {
            One::Struct(_, classes) => (if writable { &classes.view } else { &classes.reader }).clone(),
            _ => self.one_type(),
        }
    }

    /// Further methods to read it: one element, the bytes of a text.
    pub(super) fn more_reads(&self, writable: bool) -> String {
        let name = &self.name;
        let mut text = String::new();
        let indexed = self.indexed();
        if let Some((parameters, at)) = &indexed {
            text += &doc("  ", &[format!("One element of `{name}`.")]);
            let (ty, value) = (self.one_seen(writable), self.see_one("at", writable));
            let _ =
                writeln!(text, "  {name}At({parameters}): {ty} {{\n    const at = {at};\n    return {value};\n  }}\n");
        }
        if matches!(self.one, One::Text) {
            let (suffix, parameters, at) = match &indexed {
                None => ("", "", place("this.#at", self.field.offset)),
                Some((parameters, at)) => ("At", *parameters, at.clone()),
            };
            text += &doc("  ", &[format!("The bytes of `{name}`, be they UTF-8 or not.")]);
            let _ = writeln!(
                text,
                "  {name}Bytes{suffix}({parameters}): Uint8Array {{\n    const at = {at};\n    return getBytes_(this.#window.data, at, {});\n  }}\n",
                self.size
            );
        }
        text
    }

    /// Further methods to write it: one element.
    pub(super) fn more_writes(&self) -> String {
        let Some((parameters, at)) = self.indexed() else {
            return String::new();
        };
        let name = &self.name;
        let mut text = String::new();
        let mut setter = name.clone();
        setter[..1].make_ascii_uppercase();
        text += &doc("  ", &[format!("Writes one element of `{name}`.")]);
        let value = match self.one {
            One::Bytes => "ArrayLike<number>".to_string(),
            _ => self.one_type(),
        };
        let write = self.write_one("this.#window.data", "at", "value");
        let _ = writeln!(
            text,
            "  set{setter}At({parameters}, value: {value}): void {{\n    const at = {at};\n    {write};\n  }}\n"
        );
        text
    }

    /// What is known of it, as paragraphs.
    pub(super) fn about(&self) -> Vec<String> {
        about(self.field)
    }
}
