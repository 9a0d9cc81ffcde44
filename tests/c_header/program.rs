//! A program in C, and in C++ as well, that writes messages by their members and reads them back.

use std::fmt::Write;

use ringgen_layout::{Scalar, ScalarKind};
use ringgen_schema::plan::{Element, FieldPlan, Plan, StructPlan, TypePlan};
use serde_json::Value;

/// A program that prints each message in hexadecimal, made of its fields, and compares those that it is given.
pub(crate) fn text(plan: &Plan, of: &StructPlan, rows: &[Value]) -> String {
    let ty = format!("{}_{}", plan.package, of.name);
    let mut text = format!("#include \"{}.h\"\n#include \"check.h\"\n", plan.package);
    let mut main = String::new();
    for (index, row) in rows.iter().enumerate() {
        let (mut write, mut read) = (String::new(), String::new());
        let mut statements = Statements { plan, write: &mut write, read: &mut read };
        statements.structure(of, row, "of->");
        let _ = writeln!(text, "\nstatic void write_{index}({ty} *of)\n{{\n{write}}}");
        let _ = writeln!(text, "\nstatic void read_{index}(const {ty} *of)\n{{\n{read}}}");
        let _ =
            writeln!(main, "    {{ {ty} of = ZERO; write_{index}(&of); read_{index}(&of); print(&of, sizeof of); }}");
        let _ = writeln!(main, "    {{ {ty} of = ZERO; scan(&of, sizeof of); read_{index}(&of); }}");
    }
    text + &format!("\nint main(void)\n{{\n{main}    return failures != 0;\n}}\n")
}

struct Statements<'a> {
    plan: &'a Plan,
    write: &'a mut String,
    read: &'a mut String,
}

impl Statements<'_> {
    fn structure(&mut self, of: &StructPlan, fields: &Value, path: &str) {
        for field in of.data_fields() {
            let path = format!("{path}{}", field.names.c);
            self.array(field, &field.dims, &fields[&field.name], &path);
        }
    }

    fn array(&mut self, field: &FieldPlan, dims: &[u32], value: &Value, path: &str) {
        match dims {
            [] => self.element(field, value, path),
            [_] if field.element == Element::Bytes => {
                let digits = value.as_str().expect("bytes are a text");
                let bytes =
                    (0..digits.len() / 2).map(|at| u8::from_str_radix(&digits[at * 2..][..2], 16).expect("hex"));
                let literal = literal(bytes);
                self.write(format!("memcpy({path}, {literal}, sizeof {path})"));
                self.check(format!("memcmp({path}, {literal}, sizeof {path}) == 0"));
            }
            [_, inner @ ..] => {
                for (index, value) in value.as_array().expect("an array is one").iter().enumerate() {
                    self.array(field, inner, value, &format!("{path}[{index}]"));
                }
            }
        }
    }

    fn element(&mut self, field: &FieldPlan, value: &Value, path: &str) {
        match field.element {
            Element::Scalar(scalar) => self.scalar(scalar, value, path),
            Element::Str(_) => {
                let value = value.as_str().expect("a text is one");
                let (literal, set) = (literal(value.bytes()), format!("{}_str", self.plan.package));
                self.write(format!("CHECK({set}_set({path}, sizeof {path}, {literal}))"));
                self.check(format!("{set}_length({path}, sizeof {path}) == {}", value.len()));
                self.check(format!("memcmp({path}, {literal}, {}) == 0", value.len()));
            }
            Element::Type(id) => match self.plan.ty(id) {
                TypePlan::Enum(of) => self.scalar(of.repr, value, path),
                TypePlan::Struct(of) => self.structure(of, value, &format!("{path}.")),
                TypePlan::Variant(of) => panic!("vectors know no variants, such as {}", of.name),
            },
            Element::Text(_) | Element::Blob(_) => panic!("{} lies in a slab", field.name),
            Element::Bytes | Element::Pad | Element::Reserved => panic!("{} is no value of its own", field.name),
        }
    }

    fn scalar(&mut self, scalar: Scalar, value: &Value, path: &str) {
        let text = value.as_str().map_or_else(|| value.to_string(), String::from);
        match scalar.kind() {
            ScalarKind::Float => {
                let (bits, digits) = (scalar.bits(), format!("UINT{}_C({text})", scalar.bits()));
                self.write(format!("{path} = f{bits}({digits})"));
                self.check(format!("bits{bits}({path}) == {digits}"));
            }
            ScalarKind::Bool => {
                self.write(format!("{path} = {}", u8::from(text == "true")));
                self.check(format!("({path} != 0) == {text}"));
            }
            ScalarKind::Unsigned => self.integer(path, &format!("UINT64_C({text})")),
            ScalarKind::Signed => match text.strip_prefix('-') {
                Some("9223372036854775808") => self.integer(path, "INT64_MIN"),
                Some(digits) => self.integer(path, &format!("(-INT64_C({digits}))")),
                None => self.integer(path, &format!("INT64_C({text})")),
            },
        }
    }

    fn integer(&mut self, path: &str, literal: &str) {
        self.write(format!("{path} = {literal}"));
        self.check(format!("{path} == {literal}"));
    }

    fn write(&mut self, statement: String) {
        let _ = writeln!(self.write, "    {statement};");
    }

    fn check(&mut self, fact: String) {
        let _ = writeln!(self.read, "    CHECK({fact});");
    }
}

/// A literal of bytes, each by its number: nothing can be read into it.
fn literal(bytes: impl Iterator<Item = u8>) -> String {
    format!("\"{}\"", bytes.map(|byte| format!("\\{byte:03o}")).collect::<String>())
}
