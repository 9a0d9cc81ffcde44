//! Structs and messages as `ctypes` structures: fields under private names, a checked property for each that holds data.

use ringgen_layout::StructKind;

use super::class::{self, Class};
use super::code::{Code, docstring, string};
use super::fields::{Field, Fields, Kind};
use super::{checks, history};
use crate::backend::text::{paragraphs, text};
use crate::plan::{FieldPlan, ListPart, Plan, StructPlan};

pub(super) fn print(code: &mut Code, plan: &Plan, of: &StructPlan) {
    let fields = &Fields::of(plan, of);
    code.section();
    code.block(format_args!("class {}(_ctypes.LittleEndianStructure):", of.name), |code| {
        let size = text!("{} bytes, aligned to {}.", of.size, of.align);
        docstring(code, &paragraphs([of.doc.as_str(), &references(fields), &size]));
        code.line("");
        code.line("__slots__ = ()");
        let layout = fields.all().map(|field| text!("({}, {})", string(&field.slot), field.ctype()));
        code.tuple("_fields_ = (", layout, ")");
        code.line("");
        class::constants(code, plan, &facts(fields));
        for field in fields.properties() {
            null(code, field);
        }
        code.line("");
        if of.data_fields().next().is_some() {
            for field in fields.data() {
                code.line(format_args!("{}: {}", field.slot, field.slot_type()));
            }
            code.line("");
        }
        constructor(code, fields);
        for field in fields.properties() {
            property(code, field);
        }
        validate(code, fields);
        to_dict(code, fields);
        class::methods(code, &of.name);
        show(code, fields);
    });
    class::check(code, &of.name);
    if is_packable(fields) && is_carried(plan, of) {
        print_packer(code, fields);
    }
}

/// The `struct.Struct` of the message with this name.
pub(super) fn packer(name: &str) -> String {
    text!("_struct_of_{name}")
}

pub(super) fn print_packer(code: &mut Code, fields: &Fields<'_>) {
    let codes: String = fields.all().map(|field| field.packed_as()).collect();
    code.line(format_args!("{}: _t.Final = _struct.Struct(\"<{codes}\")", packer(&fields.of.name)));
}

/// Whether `struct` can write the message from the values of its fields.
pub(super) fn is_packable(fields: &Fields<'_>) -> bool {
    fields.properties().all(Field::is_simple)
}

fn is_carried(plan: &Plan, of: &StructPlan) -> bool {
    plan.rings.iter().any(|ring| plan.ty(ring.message).name() == of.name)
}

fn facts<'a>(fields: &Fields<'a>) -> Class<'a> {
    let of = fields.of;
    Class {
        name: &of.name,
        size: of.size,
        align: of.align,
        layout_hash: of.layout_hash,
        schema: (of.kind == StructKind::Message).then_some((&of.schema_text, of.schema_hash)),
        fields: of.fields.iter().map(|of| (&*of.name, &*of.spelling, of.offset, of.size)).collect(),
        dtypes: fields.data().map(Field::dtype).collect(),
    }
}

/// What is said of fields that refer to a slab.
fn references(fields: &Fields<'_>) -> String {
    let fields = fields.data().filter(|field| matches!(field.kind(), Kind::Reference));
    let said = fields.map(|field| {
        let doc =
            paragraphs([field.field.doc.as_str(), &history::sentences(field.field.since, field.field.deprecated)]);
        text!(
            "`{}` is a `{}` in the slab of a ring, and has no property yet. {doc}",
            field.name(),
            field.field.spelling
        )
    });
    paragraphs(said.collect::<Vec<_>>().iter().map(String::as_str))
}

/// The constant with the value that stands for no value.
fn null(code: &mut Code, field: &Field<'_>) {
    let Some(null) = field.null() else { return };
    let ty = if matches!(field.kind(), Kind::Float(_)) { "float" } else { "int" };
    let doc = match field.is_null_nan() {
        true => text!("What `{}` holds instead of no value; any NaN is none.", field.name()),
        false => text!("What `{}` holds instead of no value.", field.name()),
    };
    class::constant(code, &field.null_constant(), ty, &null, &doc);
}

fn constructor(code: &mut Code, fields: &Fields<'_>) {
    let is_aging = fields.deprecated().next().is_some();
    let fields: Vec<&Field<'_>> = fields.properties().collect();
    let mut parameters = vec!["self".to_string()];
    if !fields.is_empty() {
        parameters.push("*".to_string());
        parameters.extend(fields.iter().map(|field| field.parameter()));
    }
    if is_aging {
        parameters.push("_stacklevel: int = 2".to_string());
    }
    code.function("def __init__(", parameters, ") -> None:", |code| {
        let has_null = |field: &&Field<'_>| field.null().is_some() || default(field).is_some();
        let is_zero = match fields.iter().any(has_null) {
            true => "Fields that are not given are zero, or null if they can be, and padding is zero.",
            false => "Fields that are not given are zero, and so is padding.",
        };
        let refused: Vec<String> = fields
            .iter()
            .filter(|field| field.refuses_zero() && field.null().is_none())
            .map(|field| text!("`{}`", field.name()))
            .collect();
        let refused = match &refused[..] {
            [] => String::new(),
            names => text!("Set {}: zero is out of range.", names.join(", ")),
        };
        docstring(code, &paragraphs([is_zero, &refused]));
        code.line("super().__init__()");
        for field in &fields {
            assign(code, field);
        }
    });
}

/// What a nested type is that is not given, if that is not zero.
fn default(field: &Field<'_>) -> Option<String> {
    let Kind::Record(of, _) = field.kind() else { return None };
    if field.is_list() || !checks::has_null(field.plan, field.field.element) {
        return None;
    }
    Some(match field.dims() {
        [] => text!("{of}()"),
        [n] => text!("_several({of}, {n})"),
        [n, m, ..] => text!("_several(lambda: _several({of}, {m}), {n})"),
    })
}

fn assign(code: &mut Code, field: &Field<'_>) {
    let name = field.name();
    if let Some(text) = field.deprecation() {
        code.block(format_args!("if {name} is not None:"), |code| {
            code.call("_warnings.warn", [text, "DeprecationWarning".into(), "stacklevel=_stacklevel".into()]);
            if field.is_optional() {
                code.line(format_args!("self.__set_{name}({name})"));
            }
        });
        if !field.is_optional() {
            code.line(format_args!("self.__set_{name}({name})"));
        }
    } else if let Some(default) = default(field) {
        code.statement(format_args!("self.{name} = {default} if {name} is None else {name}"));
    } else if field.is_optional() {
        code.block(format_args!("if {name} is not None:"), |code| code.line(format_args!("self.{name} = {name}")));
    } else {
        code.line(format_args!("self.{name} = {name}"));
    }
}

/// The property. That of a field that a version has given up warns; the class itself goes by methods that do not.
fn property(code: &mut Code, field: &Field<'_>) {
    let name = field.name();
    let (mut read, mut write) = (text!("return {}", field.read()), field.write());
    let mut decorator = None;
    if let Some(text) = field.deprecation() {
        code.line("");
        code.block(format_args!("def __get_{name}(self) -> {}:", field.read_type()), |code| code.statement(&read));
        code.line("");
        code.block(format_args!("def __set_{name}(self, value: {}) -> None:", field.write_type()), |code| {
            write.iter().for_each(|line| code.statement(line));
        });
        read = text!("return self.__get_{name}()");
        write = vec![text!("self.__set_{name}(value)")];
        decorator = Some(text!("@_deprecated({text})"));
    }
    code.line("");
    code.line("@property");
    decorator.iter().for_each(|line| code.line(line));
    code.block(format_args!("def {name}(self) -> {}:", field.read_type()), |code| {
        docstring(code, &paragraphs([field.field.doc.as_str(), &described(field)]));
        code.statement(read);
    });
    code.line("");
    code.line(format_args!("@{name}.setter"));
    decorator.iter().for_each(|line| code.line(line));
    code.block(format_args!("def {name}(self, value: {}) -> None:", field.write_type()), |code| {
        write.iter().for_each(|line| code.statement(line));
    });
}

/// What is known of a field beside its doc.
fn described(field: &Field<'_>) -> String {
    let FieldPlan { unit, epoch, spelling, since, deprecated, .. } = field.field;
    let mut facts = text!("`{spelling}`");
    if !unit.is_empty() {
        facts.push_str(&text!(", in {unit}"));
    }
    if !epoch.is_empty() {
        facts.push_str(&text!(", since {epoch}"));
    }
    facts.push('.');
    if let Some((least, most)) = field.field.range
        && let Kind::Integer(scalar) | Kind::Float(scalar) = field.kind()
    {
        facts.push_str(&text!(" From {} to {}.", least.shown(scalar), most.shown(scalar)));
    }
    if let Some(ListPart::Items { .. }) = field.field.list {
        facts.push_str(&text!(" At most {}.", field.dims()[0]));
    }
    if field.null().is_some() {
        facts.push_str(&text!(" None is stored as `{}`.", field.null_constant()));
    }
    let history = history::sentences(*since, *deprecated);
    if history.is_empty() { facts } else { text!("{facts} {history}") }
}

fn validate(code: &mut Code, fields: &Fields<'_>) {
    code.line("");
    code.block("def validate(self) -> None:", |code| {
        let lines: Vec<String> = fields.properties().flat_map(Field::validate).collect();
        docstring(
            code,
            match lines.is_empty() {
                true => "Raises a `ValueError` if a field holds what its setter would refuse, which none here can.",
                false => {
                    "Raises a `ValueError` if a field holds what its setter would refuse: a peer can write any bytes."
                }
            },
        );
        lines.iter().for_each(|line| code.statement(line));
    });
}

fn to_dict(code: &mut Code, fields: &Fields<'_>) {
    code.line("");
    code.block("def to_dict(self) -> dict[str, _t.Any]:", |code| {
        docstring(code, "The values of all fields; those of nested structs are dicts too.");
        let items = fields.properties().map(|field| {
            let name = field.name();
            let is_old = field.field.deprecated.is_some();
            let read = if is_old { text!("self.__get_{name}()") } else { text!("self.{name}") };
            text!("{}: {}", string(name), field.to_dict(&read))
        });
        code.list("return {", items, "}");
    });
}

fn show(code: &mut Code, fields: &Fields<'_>) {
    code.line("");
    code.block("def __repr__(self) -> str:", |code| {
        let names = fields.properties().map(|field| string(field.name()));
        let old = fields.deprecated().map(|field| text!("{0}=self.__get_{0}", field.name()));
        code.list("return _show(", ["self".to_string()].into_iter().chain(names).chain(old), ")");
    });
}
