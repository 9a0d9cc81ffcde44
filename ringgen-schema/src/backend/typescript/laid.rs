//! What structs and variants have alike: the table of their bytes, the layout object, and what their views begin and
//! end with.

use std::borrow::Cow;
use std::fmt::Write;

use ringgen_layout::Hash;

use super::scope::{FIELDS, Named};
use super::text::{WIDTH, push_quoted, quoted};
use crate::plan::Plan;

/// A struct or variant.
pub(super) struct Laid<'a> {
    /// The word for it: `message`.
    pub(super) kind: &'a str,
    pub(super) name: &'a str,
    pub(super) size: u32,
    pub(super) align: u32,
    pub(super) layout_hash: Hash,
    pub(super) schema_hash: Hash,
    pub(super) schema_text: &'a str,
    pub(super) named: &'a Named,
}

/// A row of the table that says where bytes lie.
pub(super) struct Row<'a> {
    pub(super) key: &'a str,
    pub(super) name: &'a str,
    pub(super) spelling: Cow<'a, str>,
    pub(super) offset: u32,
    pub(super) size: u32,
    /// Further properties.
    pub(super) more: Vec<String>,
}

impl Laid<'_> {
    /// The table that says where bytes lie.
    pub(super) fn print_fields<'r>(&self, text: &mut String, rows: impl IntoIterator<Item = Row<'r>>) {
        let name = self.name;
        let _ = writeln!(text, "/** Where every byte of a {{@link {name}}} lies. */\nexport const {name}{FIELDS} = {{");
        for Row { key, name, spelling, offset, size, more } in rows {
            let (start, name, ty) = (text.len(), quoted(name), quoted(&spelling));
            let _ = write!(text, "  {key}: {{ name: {name}, type: {ty}, offset: {offset}, size: {size}");
            for property in &more {
                text.extend([", ", property]);
            }
            *text += " },";
            if text.len() - start > WIDTH {
                text.truncate(start);
                let _ = writeln!(text, "  {key}: {{\n    name: {name},\n    type: {ty},\n    offset: {offset},");
                let _ = write!(text, "    size: {size},");
                for property in &more {
                    text.extend(["\n    ", property, ","]);
                }
                *text += "\n  },";
            }
            text.push('\n');
        }
        *text += "} as const;\n\n";
    }

    /// The layout object.
    pub(super) fn print_layout(&self, text: &mut String, plan: &Plan) {
        let Laid { kind, name, size, align, .. } = self;
        let Named { read, write, reader, view, .. } = self.named;
        let _ = writeln!(
            text,
            "/** The {kind} {{@link {name}}}: its layout, and its bytes from and to plain objects. */\n\
             export const {name}: Layout_<{name}, {reader}, {view}> = {{"
        );
        let _ = writeln!(text, "  NAME: {},\n  SIZE: {size},\n  ALIGN: {align},", quoted(name));
        let _ = writeln!(text, "  VERSION: {},", plan.version);
        let _ = writeln!(text, "  LAYOUT_HASH: \"{}\",\n  SCHEMA_HASH: \"{}\",", self.layout_hash, self.schema_hash);
        *text += "  SCHEMA: [\n";
        for line in self.schema_text.split('\n') {
            *text += "    ";
            push_quoted(text, line);
            *text += ",\n";
        }
        *text += "  ].join(\"\\n\"),\n";
        let check = self.named.check.as_deref().unwrap_or("() => undefined");
        let _ = writeln!(
            text,
            "  zero: () => {read}(own_({size}), 0),\n\
             \x20 encode: (value) => encode_({size}, {write}, value),\n\
             \x20 decode: (bytes) => decode_({}, {size}, {read}, bytes),\n\
             \x20 read: {read},\n\
             \x20 write: {write},\n\
             \x20 validate: (value) => {{\n    {write}(own_({size}), 0, value);\n  }},\n\
             \x20 check: {check},\n\
             \x20 reader: (source, at) => new {reader}(source, at),\n\
             \x20 view: (source, at) => new {view}(source, at),\n\
             \x20 toJSON: (value) => json_(value) as Record<string, unknown>,\n}};\n",
            quoted(name)
        );
    }

    /// The view that can only read, given what prints what it has beside what every view has.
    pub(super) fn print_reader(&self, text: &mut String, members: impl FnOnce(&mut String)) {
        let (name, reader) = (self.name, &self.named.reader);
        let _ = writeln!(
            text,
            "/** A {{@link {name}}} in place, to be read: every access looks at the bytes as they are then. */\n\
             export class {reader} {{"
        );
        print_constructor(text, "DataView | Window_");
        members(text);
        self.print_copies(text);
        *text += "}\n\n";
    }

    /// The view that can write too. It is a class of its own, and no subclass of the reader's: an object whose private
    /// fields are two classes' takes four times as long to make.
    pub(super) fn print_view(&self, text: &mut String, members: impl FnOnce(&mut String)) {
        let Laid { name, size, .. } = self;
        let Named { write, view, .. } = self.named;
        let _ = writeln!(
            text,
            "/** A {{@link {name}}} in place, to be read and written. Without a source it has bytes of its own, all zero. */\n\
             export class {view} {{"
        );
        print_constructor(text, &format!("DataView | Window_ = own_({size})"));
        members(text);
        let _ = writeln!(
            text,
            "  /** Takes over every value. */\n\
             \x20 assign(value: {name}): this {{\n    {write}(this.#window.data, this.#at, value);\n    return this;\n  }}\n\n\
             \x20 /** Takes over the bytes of the one at byte `at` of `source`. */\n\
             \x20 load(source: DataView, at: number = 0): void {{\n\
             \x20   load_(this.#window.data, this.#at, source, at, {size});\n  }}\n"
        );
        self.print_copies(text);
        *text += "}\n\n";
    }

    /// What both views end with.
    fn print_copies(&self, text: &mut String) {
        let name = self.name;
        let Named { read, check, .. } = self.named;
        let check = match check {
            Some(check) => format!("{check}(this.#window.data, this.#at);"),
            None => "// Any bytes will do.".to_string(),
        };
        let _ = write!(
            text,
            "  /** A copy that shares nothing with it. */\n\
             \x20 toObject(): {name} {{\n    return {read}(this.#window.data, this.#at);\n  }}\n\n\
             \x20 /** For `JSON.stringify`: bigints become decimal strings. */\n\
             \x20 toJSON(): Record<string, unknown> {{\n    return {name}.toJSON(this.toObject());\n  }}\n\n\
             \x20 /** Throws `RangeError` or `TypeError` if it holds what can't be written: see `check` of the layout. */\n\
             \x20 validate(): void {{\n    {check}\n  }}\n"
        );
    }
}

/// What a view begins with.
fn print_constructor(text: &mut String, source: &str) {
    let _ = writeln!(
        text,
        "  readonly #window: Window_;\n  readonly #at: number;\n\n\
         \x20 constructor(source: {source}, at: number = 0) {{\n\
         \x20   this.#window = lend_(source);\n    this.#at = at;\n  }}\n"
    );
}
