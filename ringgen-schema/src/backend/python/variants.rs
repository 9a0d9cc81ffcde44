//! Variants as `ctypes` structures of a tag and a union. What one holds is a view of its case, which `match` tells apart.

use super::class::{self, Class};
use super::code::{Code, docstring, string};
use super::enums::{self, Member};
use super::structs::packer;
use super::{checks, history, modules, scalars};
use crate::backend::text::{paragraphs, text};
use crate::names;
use crate::plan::{CasePlan, Element, Plan, TypeId, VariantPlan};

pub(super) fn print(code: &mut Code, plan: &Plan, of: &VariantPlan) {
    tag(code, plan, of);
    unknown(code, of);
    value(code, plan, of);
    tables(code, plan, of);
    class(code, plan, of);
    class::check(code, &of.name);
}

/// The enum of a variant's tags.
pub(super) fn tag_name(variant: &str) -> String {
    text!("{variant}Tag")
}

/// The class of what a variant holds under a tag that has no name.
pub(super) fn unknown_name(variant: &str) -> String {
    text!("Unknown{variant}")
}

/// The type of whatever a variant holds.
pub(super) fn value_name(variant: &str) -> String {
    text!("{variant}Value")
}

/// Whether it has cases that a version has given up.
pub(super) fn is_aging(of: &VariantPlan) -> bool {
    of.cases.iter().any(|case| case.deprecated.is_some())
}

/// The types of its cases, each once, in the order of the cases.
fn types(of: &VariantPlan) -> Vec<TypeId> {
    let mut types: Vec<TypeId> = Vec::new();
    for case in &of.cases {
        if !types.contains(&case.ty) {
            types.push(case.ty);
        }
    }
    types
}

/// Whether the type of a case is that of no other.
fn is_alone(of: &VariantPlan, case: &CasePlan) -> bool {
    of.cases.iter().filter(|other| other.ty == case.ty).count() == 1
}

/// The member of the union that holds a case.
fn slot(case: &CasePlan) -> String {
    text!("case_{}", case.value)
}

fn union_name(variant: &str) -> String {
    text!("_CasesOf{variant}")
}

/// `an `Event``: the name with its article.
pub(super) fn one(name: &str) -> String {
    let article = if name.starts_with(['A', 'E', 'I', 'O', 'U']) { "an" } else { "a" };
    text!("{article} `{name}`")
}

fn tag(code: &mut Code, plan: &Plan, of: &VariantPlan) {
    let members = of.cases.iter().map(|case| {
        let holds = text!("Holds {}.", one(plan.ty(case.ty).name()));
        Member {
            name: names::upper_case(&case.name),
            number: case.value.to_string(),
            doc: paragraphs([&*case.doc, &*text!("{holds} {}", history::sentences(case.since, case.deprecated))]),
            deprecated: case.deprecated,
        }
    });
    let name = tag_name(&of.name);
    let doc = text!(
        "Which case {} holds.\n\nStored as `{}`. A tag that has no name here is kept, as an int.",
        one(&of.name),
        of.tag.name()
    );
    enums::class(code, &name, "IntEnum", &doc, &members.collect::<Vec<_>>());
    enums::print_members(code, &name, &name);
}

fn unknown(code: &mut Code, of: &VariantPlan) {
    code.section();
    code.block(format_args!("class {}(_t.NamedTuple):", unknown_name(&of.name)), |code| {
        docstring(
            code,
            &text!("What {} holds whose tag has no name here: who wrote it knows of more cases.", one(&of.name)),
        );
        code.line("");
        code.line("tag: int");
        docstring(code, "The number that says which case it is.");
        code.line("data: bytes");
        docstring(
            code,
            &text!("All {} bytes behind the tag, those that the case has no use for among them.", of.payload_size),
        );
    });
}

/// The type of what `value` gives.
fn value(code: &mut Code, plan: &Plan, of: &VariantPlan) {
    let types: Vec<String> = types(of).iter().map(|id| modules::type_name(plan, *id)).collect();
    let (value, case) = (value_name(&of.name), case_name(of));
    code.section();
    code.union(&text!("{case}: _t.TypeAlias ="), &types);
    code.line(format_args!("{value}: _t.TypeAlias = {case} | {}", unknown_name(&of.name)));
    docstring(code, &text!("What {} holds.", one(&of.name)));
}

/// The union, and the dicts that lead from a tag to its case and back.
fn tables(code: &mut Code, plan: &Plan, of: &VariantPlan) {
    code.section();
    code.block(format_args!("class {}(_ctypes.LittleEndianUnion):", union_name(&of.name)), |code| {
        code.line("__slots__ = ()");
        let members = of
            .cases
            .iter()
            .map(|case| (slot(case), modules::type_name(plan, case.ty)))
            .chain([("data".to_string(), text!("_ctypes.c_uint8 * {}", of.payload_size))]);
        code.tuple("_fields_ = (", members.map(|(name, ty)| text!("({}, {ty})", string(&name))), ")");
        code.line("");
        code.line("data: _ctypes.Array[_ctypes.c_uint8]");
    });
    code.section();
    let slots = of.cases.iter().map(|case| text!("{}: {}", case.value, string(&slot(case))));
    code.list(format_args!("{}: _t.Final = {{", slots_name(of)), slots, "}");
    let cases = of.cases.iter().map(|case| text!("{}: {}", case.value, modules::type_name(plan, case.ty)));
    let ty = "dict[int, type[_ctypes.LittleEndianStructure]]";
    code.list(format_args!("{}: _t.Final[{ty}] = {{", cases_name(of)), cases, "}");
    let alone = of.cases.iter().filter(|case| is_alone(of, case));
    let tags = alone.map(|case| text!("{}: {}", modules::type_name(plan, case.ty), case.value));
    code.list(format_args!("{}: _t.Final[dict[type, int]] = {{", tags_name(of)), tags, "}");
    let gap = of.payload_offset - of.tag.size();
    let gap = if gap == 0 { String::new() } else { text!("{gap}x") };
    let format = text!("<{}{gap}{}s", scalars::packed(of.tag), of.payload_size);
    code.line(format_args!("{}: _t.Final = _struct.Struct(\"{format}\")", packer(&of.name)));
}

fn case_name(of: &VariantPlan) -> String {
    text!("_{}Case", of.name)
}

fn slots_name(of: &VariantPlan) -> String {
    text!("_slots_of_{}", of.name)
}

fn cases_name(of: &VariantPlan) -> String {
    text!("_cases_of_{}", of.name)
}

fn tags_name(of: &VariantPlan) -> String {
    text!("_tags_of_{}", of.name)
}

fn class(code: &mut Code, plan: &Plan, of: &VariantPlan) {
    let VariantPlan { name, size, align, tag, payload_offset, payload_size, .. } = of;
    let (tag_size, gap) = (tag.size(), payload_offset - tag.size());
    let (gap_spelling, payload_spelling) = (text!("pad[{gap}]"), text!("bytes[{payload_size}]"));
    let mut fields = vec![("tag", tag.name(), 0, tag_size)];
    let mut ctypes = vec![text!("(\"_tag\", {})", scalars::ctypes(*tag))];
    if gap > 0 {
        fields.push(("_pad0", &gap_spelling, tag_size, gap));
        ctypes.push(text!("(\"_pad0\", _ctypes.c_uint8 * {gap})"));
    }
    fields.push(("payload", &payload_spelling, *payload_offset, *payload_size));
    ctypes.push(text!("(\"_payload\", {})", union_name(name)));
    let dtypes = vec![
        text!("(\"tag\", {}, 0)", string(scalars::numpy(*tag))),
        text!("(\"payload\", (\"u1\", ({payload_size},)), {payload_offset})"),
    ];
    let facts = Class {
        name,
        size: *size,
        align: *align,
        layout_hash: of.layout_hash,
        schema: Some((&of.schema_text, of.schema_hash)),
        fields,
        dtypes,
    };
    code.section();
    code.block(format_args!("class {name}(_ctypes.LittleEndianStructure):"), |code| {
        let cases: Vec<String> = types(of).iter().map(|id| text!("`{}`", plan.ty(*id).name())).collect();
        let what = text!("A tag, and behind it one of {}. `match` what `value` gives.", cases.join(", "));
        docstring(code, &paragraphs([&*of.doc, &what, &text!("{size} bytes, aligned to {align}.")]));
        code.line("");
        code.line("__slots__ = ()");
        code.tuple("_fields_ = (", ctypes, ")");
        code.line("");
        class::constants(code, plan, &facts);
        code.line("");
        code.line("_tag: int");
        code.line(format_args!("_payload: {}", union_name(name)));
        code.line("");
        constructor(code, of);
        properties(code, of);
        pack(code, of);
        if plan.targets.python.numpy {
            rows_as(code, plan, of);
        }
        methods(code, plan, of);
        class::methods(code, name);
        show(code, of);
    });
}

const WHICH: &str = "`tag` says which case it is, where its type alone does not.";

fn constructor(code: &mut Code, of: &VariantPlan) {
    let (value, tag) = (value_name(&of.name), tag_name(&of.name));
    code.block(text!("def __init__(self, value: {value} | None = None, tag: {tag} | None = None) -> None:"), |code| {
        docstring(code, &paragraphs(["Holds a copy of the value; all is zero without one.", WHICH]));
        code.line("super().__init__()");
        code.block("if value is not None:", |code| code.line(set(of, "value, tag")));
    });
}

/// The statement that writes all of it anew.
fn set(of: &VariantPlan, value: &str) -> String {
    let blame = if is_aging(of) { ", _stacklevel=3" } else { "" };
    text!("memoryview(self).cast(\"B\")[:] = {}.pack({value}{blame})", of.name)
}

fn properties(code: &mut Code, of: &VariantPlan) {
    let (value, unknown, tag) = (value_name(&of.name), unknown_name(&of.name), tag_name(&of.name));
    code.line("");
    code.line("@property");
    code.block(format_args!("def tag(self) -> {tag} | int:"), |code| {
        docstring(code, "Which case it holds.");
        code.line(format_args!("return {}.get(self._tag, self._tag)", enums::members(&tag)));
    });
    code.line("");
    code.line("@property");
    code.block(format_args!("def value(self) -> {value}:"), |code| {
        docstring(code, "What it holds: a view, so that a change of it is a change here.");
        code.line(format_args!("slot = {}.get(self._tag)", slots_name(of)));
        code.block("if slot is None:", |code| {
            code.line(format_args!("return {unknown}(self._tag, bytes(self._payload.data))"));
        });
        code.line(format_args!("return _t.cast({}, getattr(self._payload, slot))", string(&value)));
    });
    code.line("");
    code.line("@value.setter");
    code.block(format_args!("def value(self, value: {value}) -> None:"), |code| code.line(set(of, "value")));
}

fn pack(code: &mut Code, of: &VariantPlan) {
    let VariantPlan { name, .. } = of;
    let (value, unknown, tag) = (value_name(name), unknown_name(name), tag_name(name));
    let mut parameters = vec![text!("value: {name} | {value}"), text!("tag: {tag} | None = None")];
    if is_aging(of) {
        parameters.push("*".to_string());
        parameters.push("_stacklevel: int = 2".to_string());
    }
    code.line("");
    code.line("@staticmethod");
    code.define("pack", parameters, "bytes", |code| {
        docstring(code, &paragraphs([&*text!("The bytes of {} that holds this value.", one(name)), WHICH]));
        code.block(format_args!("if isinstance(value, {name}):"), |code| code.line("return bytes(value)"));
        code.block(format_args!("if isinstance(value, {unknown}):"), |code| {
            let limits = super::helpers::limits(of.tag);
            let arguments = [string(name), "*value".into(), cases_name(of), limits, of.payload_size.to_string()];
            code.line(format_args!("return {}.pack(*_unknown({}))", packer(name), arguments.join(", ")));
        });
        code.line(format_args!("number = {}.get(type(value)) if tag is None else None", tags_name(of)));
        code.block("if number is None:", |code| {
            code.line(format_args!("number = _case({}, value, tag, {})", string(name), cases_name(of)));
        });
        let old = of.cases.iter().filter_map(|case| Some((case, case.deprecated?)));
        for (case, version) in old {
            let text = text!("`{tag}.{}` is deprecated since version {version}", names::upper_case(&case.name));
            code.block(format_args!("if number == {}:", case.value), |code| {
                code.call(
                    "_warnings.warn",
                    [string(&text), "DeprecationWarning".into(), "stacklevel=_stacklevel".into()],
                );
            });
        }
        code.line(format_args!("return {}.pack(number, bytes(value))", packer(name)));
    });
}

fn rows_as(code: &mut Code, plan: &Plan, of: &VariantPlan) {
    let VariantPlan { name, size, payload_offset, .. } = of;
    let tag = tag_name(name);
    code.line("");
    code.line("@staticmethod");
    code.define("rows_as", ["rows: _Rows".to_string(), text!("case: type[{}]", case_name(of))], "_Rows", |code| {
        let first = &of.cases[0];
        let (ty, member) = (plan.ty(first.ty).name(), names::upper_case(&first.name));
        docstring(
            code,
            &text!(
                "What rows of this hold as rows of one case: a view of every row, whatever its tag.\n\nThose that \
                     hold it are `{name}.rows_as(rows, {ty})[rows[\"tag\"] == {tag}.{member}]`."
            ),
        );
        code.line("import numpy");
        code.line("");
        let layout = [
            "\"names\": [\"value\"]".to_string(),
            "\"formats\": [case.DTYPE]".to_string(),
            text!("\"offsets\": [{payload_offset}]"),
            text!("\"itemsize\": {size}"),
        ];
        code.list("layout: _t.Any = {", layout, "}");
        code.line("return _t.cast(\"_Rows\", rows.view(numpy.dtype(layout))[\"value\"])");
    });
}

fn methods(code: &mut Code, plan: &Plan, of: &VariantPlan) {
    let unknown = unknown_name(&of.name);
    code.line("");
    code.block("def validate(self) -> None:", |code| {
        if of.cases.iter().any(|case| checks::any(plan, Element::Type(case.ty))) {
            docstring(code, "Raises a `ValueError` if what it holds has a field that its setter would refuse.");
            code.line("value = self.value");
            code.block(format_args!("if not isinstance(value, {unknown}):"), |code| code.line("value.validate()"));
        } else {
            docstring(
                code,
                "Raises a `ValueError` if what it holds has a field that its setter would refuse: none can.",
            );
        }
    });
    code.line("");
    code.block("def to_dict(self) -> dict[str, _t.Any]:", |code| {
        docstring(code, "The tag, and what it holds as a dict; the bytes under a tag that has no name.");
        code.line("value = self.value");
        code.line(format_args!("held = value.data if isinstance(value, {unknown}) else value.to_dict()"));
        code.line("return {\"tag\": self.tag, \"value\": held}");
    });
}

fn show(code: &mut Code, of: &VariantPlan) {
    code.line("");
    code.block("def __repr__(self) -> str:", |code| {
        if of.cases.iter().all(|case| is_alone(of, case)) {
            code.line(format_args!("return f\"{}({{self.value!r}})\"", of.name));
            return;
        }
        let tag = tag_name(&of.name);
        code.line("tag = self.tag");
        code.line(format_args!("which = f\", tag={tag}.{{tag.name}}\" if isinstance(tag, {tag}) else \"\""));
        code.line(format_args!("return f\"{}({{self.value!r}}{{which}})\"", of.name));
    });
}
