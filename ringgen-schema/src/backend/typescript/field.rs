//! How one field is read, written and shown: expressions over a `DataView` and the byte where the struct starts.

use std::fmt::Write;

use ringgen_layout::Scalar;

use super::scalar::{self, Stored};
use super::scope::{Named, Scope};
use super::text::{about, doc_with_history, quoted};
use crate::backend::text::text;
use crate::plan::{Element, FieldPlan, ListPart, Plan, StructPlan, TypePlan};

/// A field that holds data, as a member of the plain object and of the views.
pub(super) struct Member<'a> {
    pub(super) field: &'a FieldPlan,
    /// The property.
    pub(super) name: &'a str,
    /// For error texts: `"Trade.px"`.
    what: String,
    /// The function that writes it, if it is an array or a list.
    writer: String,
    one: One,
    /// The dimensions of elements; `bytes[N]` is one element.
    dims: Vec<u32>,
    /// The size of one element.
    size: u32,
    /// The field that says how many elements count, if it is a list.
    length: Option<&'a FieldPlan>,
    /// The comment of the member.
    pub(super) about: String,
    /// How a view calls one element, if it has several.
    part: Option<Part>,
}

/// One element among several, in a view.
struct Part {
    parameters: &'static str,
    /// Its place, which throws if there is no such element.
    at: String,
}

/// What one element is.
enum One {
    Scalar(Stored),
    Enum(String, Stored),
    Text,
    Bytes,
    /// A struct or variant.
    Nested(Named),
}

/// The members of a struct, in the order of its fields: one a list, and none for what lies in a slab.
pub(super) fn members<'a>(plan: &Plan, scope: &Scope, of: &'a StructPlan) -> Vec<Member<'a>> {
    let is_member = |field: &&FieldPlan| {
        let is_length = matches!(field.list, Some(ListPart::Length { .. }));
        !is_length && !matches!(field.element, Element::Text(_) | Element::Blob(_))
    };
    of.data_fields().filter(is_member).map(|field| Member::new(plan, scope, of, field)).collect()
}

/// Statements that zero bytes.
pub(super) fn zero(offset: u32, size: u32, data: &str, at: &str) -> String {
    let (mut offset, end) = (offset, offset + size);
    if size > 32 {
        return text!("  zero_({data}, {}, {size});\n", place(at, offset));
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

/// Lines, each behind two blanks more.
pub(super) fn print_indented(text: &mut String, lines: &str) {
    lines.lines().for_each(|line| text.extend(["  ", line, "\n"]));
}

pub(super) fn place(at: &str, offset: u32) -> String {
    if offset == 0 { at.to_string() } else { text!("{at} + {offset}") }
}

impl<'a> Member<'a> {
    fn new(plan: &Plan, scope: &Scope, of: &'a StructPlan, field: &'a FieldPlan) -> Self {
        let mut dims = field.dims.clone();
        let stored = |scalar| Stored { scalar, as_number: field.ts_number, null: field.null, range: field.range };
        let (one, size) = match field.element {
            Element::Scalar(scalar) => (One::Scalar(stored(scalar)), scalar.size()),
            Element::Str(size) => (One::Text, size),
            Element::Bytes => (One::Bytes, dims.pop().expect("bytes have a length")),
            Element::Type(id) => match plan.ty(id) {
                TypePlan::Enum(of) => (One::Enum(scope.of(id).plain.clone(), stored(of.repr)), of.repr.size()),
                nested => (One::Nested(scope.of(id).clone()), nested.size()),
            },
            Element::Text(_) | Element::Blob(_) | Element::Pad | Element::Reserved => {
                unreachable!("members() leaves out what is no member")
            }
        };
        let name = field.names.typescript.as_str();
        let what = quoted(&text!("{}.{name}", of.name));
        let writer = text!("write{}_{name}", of.name);
        let length = match field.list {
            Some(ListPart::Items { length }) => Some(&of.fields[length]),
            _ => None,
        };
        let scalar = match &one {
            One::Scalar(of) | One::Enum(_, of) => of.scalar,
            _ => Scalar::U8,
        };
        let about = about("  ", field, scalar);
        let mut member = Member { field, name, what, writer, one, dims, size, length, about, part: None };
        member.part = member.part();
        member
    }

    /// The typed array that a row of elements is, if there is one.
    fn typed_array(&self) -> Option<String> {
        match &self.one {
            One::Scalar(of) if of.scalar != Scalar::Bool && !of.as_number => {
                Some(text!("{}Array", scalar::accessor(of.scalar)))
            }
            _ => None,
        }
    }

    fn one_type(&self) -> String {
        let (name, null) = match &self.one {
            One::Scalar(of) => (of.ty(), of.null),
            One::Enum(name, of) => (name.as_str(), of.null),
            One::Nested(of) => (of.plain.as_str(), None),
            One::Text => ("string", None),
            One::Bytes => ("Uint8Array", None),
        };
        if null.is_some() { text!("{name} | null") } else { name.to_string() }
    }

    /// What a view shows of one element.
    fn one_seen(&self, writable: bool) -> String {
        match &self.one {
            One::Nested(of) => (if writable { &of.view } else { &of.reader }).clone(),
            _ => self.one_type(),
        }
    }

    /// What can be written to one element.
    fn one_accepted(&self) -> String {
        match self.one {
            One::Bytes => "ArrayLike<number>".to_string(),
            _ => self.one_type(),
        }
    }

    /// The type with all its dimensions, given that of one element.
    fn shaped(&self, one: &str) -> String {
        match (self.dims.len(), self.typed_array()) {
            (0, _) => one.to_string(),
            (1, Some(array)) => array,
            (_, Some(array)) => text!("{array}[]"),
            (rank, None) => text!("{one}{}", "[]".repeat(rank)),
        }
    }

    /// Its type in the plain object.
    pub(super) fn plain(&self) -> String {
        self.shaped(&self.one_type())
    }

    /// Its type as a property of a view.
    fn seen(&self, writable: bool) -> String {
        self.shaped(&self.one_seen(writable))
    }

    /// What its setter takes.
    fn accepted(&self) -> String {
        (0..self.dims.len()).fold(self.one_accepted(), |inner, _| text!("ArrayLike<{inner}>"))
    }

    /// The place of an element of a row that starts at `at`.
    fn element(&self, at: &str, index: &str, elements: u32) -> String {
        match u64::from(self.size) * u64::from(elements) {
            1 => text!("{at} + {index}"),
            size => text!("{at} + {index} * {size}"),
        }
    }

    /// How many elements the first dimension has: an expression, if it is a list.
    fn count(&self, data: &str, at: &str) -> String {
        match self.length {
            Some(length) => text!("count_({data}, {}, {})", place(at, length.offset), self.dims[0]),
            None => self.dims.first().map_or(String::new(), u32::to_string),
        }
    }

    fn read_one(&self, data: &str, at: &str) -> String {
        match &self.one {
            One::Scalar(of) | One::Enum(_, of) => of.read(data, at, &self.what),
            One::Text => text!("getText_({data}, {at}, {}, {})", self.size, self.what),
            One::Bytes => text!("getBytes_({data}, {at}, {})", self.size),
            One::Nested(of) => text!("{}({data}, {at})", of.read),
        }
    }

    fn see_one(&self, at: &str, writable: bool) -> String {
        match &self.one {
            One::Nested(_) => text!("new {}(this.#window, {at})", self.one_seen(writable)),
            _ => self.read_one("this.#window.data", at),
        }
    }

    fn write_one(&self, data: &str, at: &str, value: &str) -> String {
        let what = &self.what;
        match &self.one {
            One::Scalar(of) | One::Enum(_, of) => of.write(data, at, value, what),
            One::Text => text!("setText_({data}, {at}, {}, {value}, {what})", self.size),
            One::Bytes => text!("setBytes_({data}, {at}, {}, {value}, {what})", self.size),
            One::Nested(of) => text!("{}({data}, {at}, {value})", of.write),
        }
    }

    /// A statement that throws if one element is none that could be written; nothing if there is no such element.
    fn check_one(&self, data: &str, at: &str) -> Option<String> {
        match &self.one {
            One::Scalar(of) | One::Enum(_, of) => of.check(data, at, &self.what),
            One::Text => Some(text!("{};", self.read_one(data, at))),
            One::Bytes => None,
            One::Nested(of) => of.check.as_ref().map(|check| text!("{check}({data}, {at});")),
        }
    }

    /// An expression for all of it, with `one` for an element at a place.
    fn all(&self, (data, start): (&str, &str), count: &str, one: impl Fn(&str) -> String) -> String {
        let row = |at: &str, length: &str| match self.typed_array() {
            Some(array) => text!("numbers_({data}, {at}, new {array}({length}))"),
            None => text!("many_({length}, (i) => {})", one(&self.element(at, "i", 1))),
        };
        let at = place(start, self.field.offset);
        match self.dims[..] {
            [] => one(&at),
            [_] => row(&at, count),
            [_, columns, ..] => {
                text!("many_({count}, (row) => {})", row(&self.element(&at, "row", columns), &columns.to_string()))
            }
        }
    }

    /// An expression for its plain value.
    pub(super) fn read(&self, data: &str, at: &str) -> String {
        self.all((data, at), &self.count(data, at), |at| self.read_one(data, at))
    }

    /// An expression for what a view shows of it.
    fn see(&self, writable: bool) -> String {
        self.all(("this.#window.data", "this.#at"), &self.seen_count(), |at| self.see_one(at, writable))
    }

    /// The same as `count`, in a view. What is deprecated is not used there.
    fn seen_count(&self) -> String {
        match self.length {
            Some(length) if self.field.deprecated.is_none() => text!("this.{}", length.names.typescript),
            _ => self.count("this.#window.data", "this.#at"),
        }
    }

    /// A statement that writes it, without its semicolon.
    pub(super) fn write(&self, data: &str, at: &str, value: &str) -> String {
        match self.dims[..] {
            [] => self.write_one(data, &place(at, self.field.offset), value),
            _ => text!("{}({data}, {at}, {value})", self.writer),
        }
    }

    /// A statement that throws if its bytes hold what could not be written; nothing if they can't.
    pub(super) fn check(&self, data: &str, at: &str) -> Option<String> {
        let start = place(at, self.field.offset);
        if self.dims.is_empty() {
            return self.check_one(data, &start);
        }
        let one = self.check_one(data, &self.element(&start, "i", 1));
        let rest: u32 = self.dims[1..].iter().product();
        match (self.length, one) {
            (None, None) => None,
            (None, Some(one)) => Some(text!("for (let i = 0; i < {}; i++) {{\n  {one}\n}}", self.dims[0] * rest)),
            (Some(length), one) => {
                let count = text!("length_({data}, {}, {}, {})", place(at, length.offset), self.dims[0], self.what);
                let Some(one) = one else { return Some(text!("{count};")) };
                let all = if rest == 1 { count } else { text!("{count} * {rest}") };
                Some(text!("for (let i = 0, count = {all}; i < count; i++) {{\n  {one}\n}}"))
            }
        }
    }

    /// The function that writes an array or list; nothing for a single element.
    pub(super) fn print_array_writer(&self, text: &mut String) {
        let what = &self.what;
        let each = |values: &str, length: &str, index: &str, statement: &str| {
            let mut text = text!("each_({values}, {length}, {what}, (one, {index}) => {{\n");
            print_indented(&mut text, statement);
            text + "});"
        };
        let row = |at: &str, values: &str, length: &str| match (self.typed_array(), &self.one) {
            (Some(array), One::Scalar(of)) => of.write_row(at, values, &array, length, what),
            _ => {
                let element = self.element(at, "i", 1);
                each(values, length, "i", &text!("{};", self.write_one("data", &element, "one")))
            }
        };
        let start = place("at", self.field.offset);
        let count = if self.length.is_some() { "count".to_string() } else { self.count("", "") };
        let mut body = match self.dims[..] {
            [] => return,
            [_] => row(&start, "values", &count),
            [_, columns, ..] => {
                let start = self.element(&start, "row", columns);
                let statement = match self.typed_array() {
                    Some(_) => row(&start, "one", &columns.to_string()),
                    None => text!("const start = {start};\n{}", row("start", "one", &columns.to_string())),
                };
                each("values", &count, "row", &statement)
            }
        };
        if let Some(length) = self.length {
            let most = self.dims[0];
            let (end, rest) = match self.field.size / most {
                1 => (text!("{start} + count"), text!("{most} - count")),
                size => (text!("{start} + count * {size}"), text!("({most} - count) * {size}")),
            };
            body = text!(
                "const count = atMost_(values.length, {most}, {what});\n{body}\nzero_(data, {end}, {rest});\n\
                 data.setUint32({}, count, true);",
                place("at", length.offset)
            );
        }
        let (name, accepted) = (&self.writer, self.accepted());
        let _ = writeln!(text, "function {name}(data: DataView, at: number, values: {accepted}): void {{");
        print_indented(text, &body);
        *text += "}\n\n";
    }

    /// How one element is named.
    fn part(&self) -> Option<Part> {
        let at = place("this.#at", self.field.offset);
        let check = |index: &str, length: &str| text!("index_({index}, {length}, {})", self.what);
        let count = self.seen_count();
        match self.dims[..] {
            [] => None,
            [_] => Some(Part { parameters: "index: number", at: self.element(&at, &check("index", &count), 1) }),
            [_, columns, ..] => {
                let row = self.element(&at, &check("row", &count), columns);
                let column = check("column", &columns.to_string());
                Some(Part { parameters: "row: number, column: number", at: self.element(&row, &column, 1) })
            }
        }
    }

    /// What reads it in a view: a getter, and methods for parts of it.
    pub(super) fn print_reads(&self, text: &mut String, writable: bool) {
        let name = self.name;
        let (ty, value) = (self.seen(writable), self.see(writable));
        let _ = write!(text, "{}  get {name}(): {ty} {{\n    return {value};\n  }}\n\n", self.about);
        if writable {
            // An accessor's two functions stand together.
            let write = self.write("this.#window.data", "this.#at", "value");
            let _ = writeln!(text, "  set {name}(value: {}) {{\n    {write};\n  }}\n", self.accepted());
        }
        if let Some(length) = self.length {
            *text += &self.doc_of_part(&text!("How many elements of `{name}` count; {} at most.", self.dims[0]));
            let count = self.count("this.#window.data", "this.#at");
            let _ = writeln!(text, "  get {}(): number {{\n    return {count};\n  }}\n", length.names.typescript);
            if writable {
                self.print_length_setter(text, length);
            }
        }
        let part = self.part.as_ref();
        if let Some(Part { parameters, at }) = part {
            *text += &self.doc_of_part(&text!("One element of `{name}`."));
            let (ty, value) = (self.one_seen(writable), self.see_one("at", writable));
            let _ =
                writeln!(text, "  {name}At({parameters}): {ty} {{\n    const at = {at};\n    return {value};\n  }}\n");
        }
        if matches!(self.one, One::Text) {
            *text += &self.doc_of_part(&text!("The bytes of `{name}`, be they UTF-8 or not."));
            let all = place("this.#at", self.field.offset);
            let (suffix, parameters, at) =
                part.map_or(("", "", &all), |Part { parameters, at }| ("At", parameters, at));
            let _ = writeln!(
                text,
                "  {name}Bytes{suffix}({parameters}): Uint8Array {{\n    const at = {at};\n    return getBytes_(this.#window.data, at, {});\n  }}\n",
                self.size
            );
        }
    }

    /// What changes how many elements of a list count.
    fn print_length_setter(&self, text: &mut String, length: &FieldPlan) {
        let (most, size) = (self.dims[0], self.field.size / self.dims[0]);
        let places = [length, self.field].map(|field| place("this.#at", field.offset));
        let _ = writeln!(
            text,
            "  set {}(value: number) {{\n    resize_(this.#window.data, {}, {}, value, {most}, {size}, {});\n  }}\n",
            length.names.typescript, places[0], places[1], self.what
        );
    }

    /// What writes a part of it in a view: one element.
    pub(super) fn print_writes(&self, text: &mut String) {
        let Some(Part { parameters, at }) = &self.part else { return };
        let name = self.name;
        *text += &self.doc_of_part(&text!("Writes one element of `{name}`."));
        let (first, rest) = (name[..1].to_ascii_uppercase(), &name[1..]);
        let value = self.one_accepted();
        let write = self.write_one("this.#window.data", "at", "value");
        let _ = writeln!(
            text,
            "  set{first}{rest}At({parameters}, value: {value}): void {{\n    const at = {at};\n    {write};\n  }}\n"
        );
    }

    /// The comment of a method that is about a part of it.
    fn doc_of_part(&self, text: &str) -> String {
        doc_with_history("  ", &[text], None, self.field.deprecated)
    }
}
