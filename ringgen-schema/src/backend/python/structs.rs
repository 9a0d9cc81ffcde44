//! Structs and messages as `ctypes` structures: fields under private names, a checked property for each that holds data.

use ringgen_layout::{Hash, StructKind};

use super::code::{Code, WIDTH, docstring, string};
use super::fields::Field;
use crate::backend::text::paragraphs;
use crate::plan::{FieldPlan, Plan, StructPlan};

pub(super) fn print(code: &mut Code, plan: &Plan, of: &StructPlan) {
    code.section();
    code.block(format!("class {}(_ctypes.LittleEndianStructure):", of.name), |code| {
        let size = format!("{} bytes, aligned to {}.", of.size, of.align);
        docstring(code, &paragraphs([of.doc.as_str(), &size]));
        code.line("");
        code.line("__slots__ = ()");
        let fields = Field::all(plan, of).map(|field| format!("({}, {})", string(&field.slot()), field.ctype()));
        code.tuple("_fields_ = (", fields, ")");
        code.line("");
        constants(code, plan, of);
        code.line("");
        for field in Field::data(plan, of) {
            code.line(format!("{}: {}", field.slot(), field.slot_type()));
        }
        code.line("");
        constructor(code, plan, of);
        for field in Field::data(plan, of) {
            property(code, &field);
        }
        methods(code, plan, of);
    });
    code.section();
    code.line(format!("_check_layout({}, {}.SIZE, {}.FIELDS)", of.name, of.name, of.name));
    if is_packable(plan, of) && is_carried(plan, of) {
        let codes: String = Field::all(plan, of).map(|field| field.packed_as()).collect();
        code.line(format!("{}: _t.Final = _struct.Struct(\"<{codes}\")", packer(of)));
    }
}

/// The `struct.Struct` of a message.
pub(super) fn packer(of: &StructPlan) -> String {
    format!("_struct_of_{}", of.name)
}

/// Whether `struct` can write the message from the values of its fields.
pub(super) fn is_packable(plan: &Plan, of: &StructPlan) -> bool {
    Field::data(plan, of).all(|field| field.is_simple())
}

fn is_carried(plan: &Plan, of: &StructPlan) -> bool {
    plan.rings.iter().any(|ring| plan.ty(ring.message).name() == of.name)
}

fn constants(code: &mut Code, plan: &Plan, of: &StructPlan) {
    let constant = |code: &mut Code, name: &str, ty: &str, value: &str, doc: &str| {
        code.line(format!("{name}: _t.ClassVar[{ty}] = {value}"));
        docstring(code, doc);
    };
    let hash = |hash: Hash| string(&hash.to_string());
    constant(code, "SIZE", "int", &of.size.to_string(), "In bytes.");
    constant(code, "ALIGN", "int", &of.align.to_string(), "In bytes.");
    constant(code, "LAYOUT_HASH", "str", &hash(of.layout_hash), "Equal wherever the bytes mean the same.");
    if of.kind == StructKind::Message {
        constant(code, "SCHEMA_HASH", "str", &hash(of.schema_hash), "The hash of SCHEMA_TEXT.");
        constant(code, "MESSAGE_NAME", "str", &string(&of.name), "The name in rings.");
        constant(code, "PACKAGE_VERSION", "int", &plan.version.to_string(), "The version of this package.");
        // On one line, or in parentheses on one line, or in parentheses on one line for each of its own.
        let text = string(&of.schema_text);
        if text.chars().count() + 40 <= WIDTH {
            code.line(format!("SCHEMA_TEXT: _t.ClassVar[str] = {text}"));
        } else {
            code.line("SCHEMA_TEXT: _t.ClassVar[str] = (");
            code.block_body(|code| match text.chars().count() + 8 <= WIDTH {
                true => code.line(text),
                false => literals(code, &of.schema_text),
            });
            code.line(")");
        }
        docstring(code, "The canonical schema, as rings carry it.");
    }
    let fields = of.fields.iter().map(|FieldPlan { name, spelling, offset, size, .. }| {
        format!("({}, {}, {offset}, {size})", string(name), string(spelling))
    });
    code.tuple("FIELDS: _t.ClassVar[tuple[tuple[str, str, int, int], ...]] = (", fields, ")");
    docstring(code, "Name, type, offset and size of each field, padding included, in the order of `_fields_`.");
    if plan.targets.python.numpy {
        code.line("DTYPE = _Dtype(");
        code.block_body(|code| {
            code.line(format!("{},", of.size));
            code.tuple("lambda: (", Field::data(plan, of).map(|field| field.dtype()), "),");
        });
        code.line(")");
        docstring(code, "The same layout for numpy, which is imported when this is first read.");
    }
}

/// A text as string literals, one a line of it; a line that is too long is several.
fn literals(code: &mut Code, text: &str) {
    for line in text.split_inclusive('\n') {
        let mut rest = line;
        while !rest.is_empty() {
            let mut end = rest.len().min(WIDTH - 30);
            while !rest.is_char_boundary(end) {
                end -= 1;
            }
            code.line(string(&rest[..end]));
            rest = &rest[end..];
        }
    }
}

fn constructor(code: &mut Code, plan: &Plan, of: &StructPlan) {
    let parameters: Vec<String> = Field::data(plan, of).map(|field| field.parameter()).collect();
    if parameters.is_empty() {
        return;
    }
    let parameters = ["self".to_string(), "*".to_string()].into_iter().chain(parameters);
    code.function("def __init__(", parameters, ") -> None:", |code| {
        docstring(code, "Fields that are not given are zero, and so is padding.");
        code.line("super().__init__()");
        for field in Field::data(plan, of) {
            let name = field.name();
            if field.is_optional() {
                code.block(format!("if {name} is not None:"), |code| code.line(format!("self.{name} = {name}")));
            } else {
                code.line(format!("self.{name} = {name}"));
            }
        }
    });
}

fn property(code: &mut Code, field: &Field<'_>) {
    let FieldPlan { doc, unit, epoch, spelling, .. } = field.field;
    let mut facts = format!("`{spelling}`");
    if !unit.is_empty() {
        facts.push_str(&format!(", in {unit}"));
    }
    if !epoch.is_empty() {
        facts.push_str(&format!(", since {epoch}"));
    }
    facts.push('.');
    let name = field.name();
    code.line("");
    code.line("@property");
    code.block(format!("def {name}(self) -> {}:", field.read_type()), |code| {
        docstring(code, &paragraphs([doc.as_str(), &facts]));
        code.line(format!("return {}", field.read()));
    });
    code.line("");
    code.line(format!("@{name}.setter"));
    code.block(format!("def {name}(self, value: {}) -> None:", field.write_type()), |code| {
        field.write().iter().for_each(|line| code.line(line));
    });
}

fn methods(code: &mut Code, plan: &Plan, of: &StructPlan) {
    code.line("");
    code.block("def to_dict(self) -> dict[str, _t.Any]:", |code| {
        docstring(code, "The values of all fields; those of nested structs are dicts too.");
        let items = Field::data(plan, of).map(|field| format!("{}: {}", string(field.name()), field.to_dict()));
        code.list("return {", items, "}");
    });
    code.line("");
    code.block("def __eq__(self, other: object) -> bool:", |code| {
        docstring(code, "Whether every byte is the same.");
        code.line(format!("return isinstance(other, {}) and bytes(self) == bytes(other)", of.name));
    });
    code.line("");
    code.block("def __reduce__(self) -> tuple[_t.Any, ...]:", |code| {
        docstring(code, "How it is copied and pickled: by its bytes.");
        code.line(format!("return {}.from_buffer_copy, (bytes(self),)", of.name));
    });
    code.line("");
    code.block("def __repr__(self) -> str:", |code| {
        let names = Field::data(plan, of).map(|field| string(field.name()));
        code.list("return _show(", ["self".to_string()].into_iter().chain(names), ")");
    });
}
