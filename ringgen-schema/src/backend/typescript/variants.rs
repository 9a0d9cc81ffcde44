//! Variants: a union of plain objects that narrows by `kind`, and views that show one case at a time.

use std::borrow::Cow;
use std::fmt::Write;

use super::field::{place, zero};
use super::laid::{Laid, Row};
use super::scalar::Stored;
use super::scope::{Named, Scope, TAG};
use super::text::{doc, doc_with_history, integer, quoted};
use crate::backend::text::text;
use crate::plan::{CasePlan, Plan, VariantPlan};

pub(super) fn print(text: &mut String, plan: &Plan, scope: &Scope, named: &Named, of: &VariantPlan) {
    let laid = Laid {
        kind: "variant",
        name: &of.name,
        size: of.size,
        align: of.align,
        layout_hash: of.layout_hash,
        schema_hash: of.schema_hash,
        schema_text: &of.schema_text,
        named,
    };
    let cases: Vec<Case<'_>> = of.cases.iter().map(|case| Case::new(plan, scope, of, case)).collect();
    let variant = Variant { of, named, cases };
    *text += &variant.union();
    *text += &variant.tags();
    laid.print_fields(text, variant.rows());
    laid.print_layout(text, plan);
    *text += &variant.read();
    *text += &variant.write();
    *text += &variant.check();
    *text += &variant.kind_of();
    laid.print_reader(text, |text| *text += &(variant.looks(false) + &variant.casts(false)));
    laid.print_view(text, |text| *text += &(variant.looks(true) + &variant.casts(true) + &variant.makes()));
}

struct Variant<'a> {
    of: &'a VariantPlan,
    named: &'a Named,
    cases: Vec<Case<'a>>,
}

struct Case<'a> {
    case: &'a CasePlan,
    /// What the module calls the type that it holds.
    of: &'a Named,
    /// The tag, as a literal.
    tag: String,
    /// The bytes that it takes.
    size: u32,
}

impl<'a> Case<'a> {
    fn new(plan: &Plan, scope: &'a Scope, of: &VariantPlan, case: &'a CasePlan) -> Case<'a> {
        let tag = integer(of.tag, case.value);
        Case { case, of: scope.of(case.ty), tag, size: plan.ty(case.ty).size() }
    }

    /// The comment of a method that is about it.
    fn doc(&self, text: String) -> String {
        doc_with_history("  ", &[&text], None, self.case.deprecated)
    }

    fn seen(&self, writable: bool) -> &'a str {
        if writable { &self.of.view } else { &self.of.reader }
    }
}

impl Variant<'_> {
    fn tag_type(&self) -> &'static str {
        Stored::plain(self.of.tag).ty()
    }

    fn get_tag(&self, data: &str, at: &str) -> String {
        Stored::plain(self.of.tag).read(data, at, "")
    }

    fn value_at(&self, at: &str) -> String {
        place(at, self.of.payload_offset)
    }

    /// For error texts: `"Event.tag"`.
    fn what(&self, part: &str) -> String {
        quoted(&text!("{}.{part}", self.of.name))
    }

    /// The bytes behind the tag up to the value.
    fn padding(&self) -> (u32, u32) {
        let offset = self.of.tag.size();
        (offset, self.of.payload_offset - offset)
    }

    fn union(&self) -> String {
        let VariantPlan { name, tag, size, align, payload_offset, .. } = self.of;
        let facts = text!(
            "{size} bytes, aligned to {align}: a tag, `{}` at 0, and a value at {payload_offset}. Other tags than those \
             of its cases may come.",
            tag.name()
        );
        let mut text = doc("", &[&self.of.doc, &facts]);
        let _ = writeln!(text, "export type {name} =");
        for Case { case, of, .. } in &self.cases {
            text += &doc_with_history("  ", &[&case.doc], case.since, None);
            let (kind, plain) = (quoted(&case.name), &of.plain);
            let _ = match case.deprecated {
                None => writeln!(text, "  | {{ kind: {kind}; value: {plain} }}"),
                Some(version) => writeln!(
                    text,
                    "  | {{\n      kind: {kind};\n      /** @deprecated since version {version} */\n      value: {plain};\n    }}"
                ),
            };
        }
        text += "  /** A case that has no name here: its tag, and all bytes that a value can have. */\n";
        let _ = writeln!(text, "  | {{ kind: undefined; tag: {}; bytes: Uint8Array }};\n", self.tag_type());
        text
    }

    fn tags(&self) -> String {
        let name = &self.of.name;
        let mut text = text!("/** The tags of a {{@link {name}}}, by case. */\nexport const {name}{TAG} = {{\n");
        for Case { case, tag, .. } in &self.cases {
            text += &doc_with_history("  ", &[&case.doc], case.since, case.deprecated);
            let _ = writeln!(text, "  {}: {tag},", case.name);
        }
        text + "} as const;\n\n"
    }

    fn rows(&self) -> Vec<Row<'static>> {
        let VariantPlan { tag, payload_offset, payload_size, .. } = self.of;
        let (offset, size) = self.padding();
        let row = |name, spelling: Cow<'static, str>, offset, size| Row {
            key: name,
            name,
            spelling,
            offset,
            size,
            more: Vec::new(),
        };
        let mut rows = vec![row("tag", tag.name().into(), 0, tag.size())];
        if size > 0 {
            rows.push(row("_pad0", text!("pad[{size}]").into(), offset, size));
        }
        rows.push(row("payload", text!("bytes[{payload_size}]").into(), *payload_offset, *payload_size));
        rows
    }

    fn read(&self) -> String {
        let at = self.value_at("at");
        let mut text = text!(
            "function {}(data: DataView, at: number): {} {{\n  const tag = {};\n  switch (tag) {{\n",
            self.named.read,
            self.of.name,
            self.get_tag("data", "at")
        );
        for Case { case, of, tag, .. } in &self.cases {
            let _ = writeln!(
                text,
                "    case {tag}:\n      return {{ kind: {}, value: {}(data, {at}) }};",
                quoted(&case.name),
                of.read
            );
        }
        let size = self.of.payload_size;
        let _ = writeln!(
            text,
            "    default:\n      return {{ kind: undefined, tag, bytes: getBytes_(data, {at}, {size}) }};\n  }}\n}}\n"
        );
        text
    }

    fn write(&self) -> String {
        let VariantPlan { name, tag, payload_offset, payload_size, .. } = self.of;
        let at = self.value_at("at");
        let stored = Stored::plain(*tag);
        let (offset, size) = self.padding();
        let padding = if size > 0 { zero(offset, size, "data", "at") } else { String::new() };
        let mut text = text!(
            "function {}(data: DataView, at: number, value: {name}): void {{\n{padding}  switch (value.kind) {{\n",
            self.named.write
        );
        for Case { case, of, tag, size } in &self.cases {
            // Types that don't say that a case is deprecated let generated code use it.
            let value = match case.deprecated {
                Some(_) => text!("(value as {{ value: {} }}).value", of.plain),
                None => "value.value".to_string(),
            };
            let rest = match payload_size - size {
                0 => String::new(),
                rest => zero(payload_offset + size, rest, "data", "at"),
            };
            let set = stored.put("data", "at", tag);
            let _ = write!(
                text,
                "    case {}:\n      {set};\n      {}(data, {at}, {value});\n",
                quoted(&case.name),
                of.write
            );
            for line in rest.lines() {
                let _ = writeln!(text, "    {line}");
            }
            text += "      break;\n";
        }
        let set = stored.write("data", "at", "value.tag", &self.what("tag"));
        let bytes = self.what("bytes");
        let _ = writeln!(
            text,
            "    case undefined:\n      {set};\n      setUpTo_(data, {at}, {payload_size}, value.bytes, {bytes});\n      break;\n\
             \x20   default:\n      refuseKind_(value, {});\n  }}\n}}\n",
            quoted(name)
        );
        text
    }

    fn check(&self) -> String {
        let Some(check) = &self.named.check else {
            return String::new();
        };
        let at = self.value_at("at");
        let mut text = text!(
            "function {check}(data: DataView, at: number): void {{\n  switch ({}) {{\n",
            self.get_tag("data", "at")
        );
        for Case { of, tag, .. } in &self.cases {
            if let Some(check) = &of.check {
                let _ = writeln!(text, "    case {tag}:\n      {check}(data, {at});\n      break;");
            }
        }
        text + "  }\n}\n\n"
    }

    /// From tags to names.
    fn kind_of(&self) -> String {
        let VariantPlan { name, .. } = self.of;
        let ty = self.tag_type();
        let mut text = text!("function kindOf{name}(tag: {ty}): {name}[\"kind\"] {{\n  switch (tag) {{\n");
        for Case { case, tag, .. } in &self.cases {
            let _ = writeln!(text, "    case {tag}:\n      return {};", quoted(&case.name));
        }
        text + "    default:\n      return undefined;\n  }\n}\n\n"
    }

    /// What shows which case it is, and what it holds.
    fn looks(&self, writable: bool) -> String {
        let VariantPlan { name, tag, payload_size, .. } = self.of;
        let (ty, get) = (self.tag_type(), self.get_tag("this.#window.data", "this.#at"));
        let at = self.value_at("this.#at");
        let mut seen: Vec<&str> = Vec::new();
        let mut values = String::new();
        for case in &self.cases {
            let class = case.seen(writable);
            if !seen.contains(&class) {
                seen.push(class);
            }
            let _ = writeln!(values, "      case {}:\n        return new {class}(this.#window, {at});", case.tag);
        }
        let mut text = doc("  ", &[&text!("`{}` at 0: says which case it is.", tag.name())]);
        let _ = writeln!(text, "  get tag(): {ty} {{\n    return {get};\n  }}\n");
        text += &doc("  ", &["The case; `undefined` if its tag has no name here."]);
        let _ = writeln!(text, "  get kind(): {name}[\"kind\"] {{\n    return kindOf{name}(this.tag);\n  }}\n");
        text += &doc("  ", &["What it holds, in place; `undefined` if its tag has no name here."]);
        let _ = writeln!(
            text,
            "  get value(): {} | undefined {{\n    switch (this.tag) {{\n{values}      default:\n        return undefined;\n    }}\n  }}\n",
            seen.join(" | ")
        );
        text += &doc("  ", &["All bytes that a value can have, whatever its case."]);
        let _ = writeln!(
            text,
            "  get bytes(): Uint8Array {{\n    return getBytes_(this.#window.data, {at}, {payload_size});\n  }}\n"
        );
        text
    }

    /// One method a case, which shows it if it is the one.
    fn casts(&self, writable: bool) -> String {
        let at = self.value_at("this.#at");
        let mut text = String::new();
        for case in &self.cases {
            let (name, class, tag) = (&case.case.name, case.seen(writable), &case.tag);
            text += &case.doc(text!("What it holds, in place, if it is a `{name}`."));
            let _ = writeln!(
                text,
                "  as{name}(): {class} | undefined {{\n    return this.tag === {tag} ? new {class}(this.#window, {at}) : undefined;\n  }}\n"
            );
        }
        text
    }

    /// One method a case, which makes it the one.
    fn makes(&self) -> String {
        let stored = Stored::plain(self.of.tag);
        let at = self.value_at("this.#at");
        let (offset, _) = self.padding();
        let mut text = String::new();
        for case in &self.cases {
            let (name, class) = (&case.case.name, case.seen(true));
            text += &case.doc(text!("Makes it a `{name}`, all zero, to be written in place."));
            let set = stored.put("this.#window.data", "this.#at", &case.tag);
            let rest = self.of.size - offset;
            let _ = writeln!(
                text,
                "  make{name}(): {class} {{\n    {set};\n    zero_(this.#window.data, {}, {rest});\n    return new {class}(this.#window, {at});\n  }}\n",
                place("this.#at", offset)
            );
        }
        text
    }
}
