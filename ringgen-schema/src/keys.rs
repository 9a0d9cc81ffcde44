//! The table of sections and keys. The parser, the suggestions for unknown keys and the reference in docs/schema.md
//! all come from it; a new key is one row here and one line where it is used.

/// A table of a schema file.
#[derive(Debug)]
pub struct Section {
    /// How it is written: `[message.NAME]`, or `{ … }` in `fields`.
    pub title: &'static str,
    /// What it is for.
    pub meaning: &'static str,
    /// The keys it takes.
    pub keys: &'static [Key],
}

/// A key of a [`Section`].
#[derive(Debug)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// Whether it must be there, and what holds if it is not.
    pub need: Need,
    /// What it means.
    pub meaning: &'static str,
}

/// What a key takes.
#[derive(Clone, Copy, Debug)]
pub enum Takes {
    /// A text of any number of lines.
    Text,
    /// A text of one line.
    Line,
    /// A name.
    Name(Style),
    /// A type expression.
    Type,
    /// One of some words.
    Word(&'static [&'static str]),
    /// An integer from the first to the second; quoted where TOML's own, which stop at 2⁶³ − 1, are too small.
    Integer(i128, i128),
    /// An integer, a quoted integer, a float or a bool.
    Number,
    /// An integer, a quoted integer, a float, `"nan"`, or the name of a constant.
    Literal,
    /// An array of the smallest and the largest value, each as [`Takes::Literal`].
    Range,
    /// A size in bytes: an integer, or a text with a unit: `"1 MiB"`.
    Size,
    /// An array of paths.
    Paths,
    /// `true` or `false`.
    Bool,
    /// A table.
    Table(&'static Section),
    /// A table of tables, one a name.
    Named(Style, &'static Section),
    /// An array of tables; its order matters.
    List(&'static Section),
}

/// How a name is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `snake_case`: packages and rings.
    Snake,
    /// `snake_case`, with a `_` in front for padding and reserved bytes: fields.
    Field,
    /// `CamelCase`: types.
    Camel,
    /// `UPPER_CASE`: constants.
    Upper,
    /// `CamelCase` by habit, or `UPPER_CASE`: the values of enums and the bits of flags.
    Value,
    /// Any ASCII identifier: overrides, which are the user's own choice.
    Identifier,
}

/// Whether a key must be there.
#[derive(Clone, Copy, Debug)]
pub enum Need {
    /// It must.
    Required,
    /// It need not; this holds if it is not there.
    Default(&'static str),
    /// It need not.
    Optional,
}

impl Section {
    /// The key with this name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.index(name).map(|index| &self.keys[index])
    }

    /// The index of the key with this name.
    pub(crate) fn index(&self, name: &str) -> Option<usize> {
        self.keys.iter().position(|key| key.name == name)
    }
}

/// The scalars, as keys that take one spell them.
pub const SCALARS: &[&str] = &["u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64", "f32", "f64", "bool"];
const REPRS: &[&str] = &["u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64"];
const FLAG_REPRS: &[&str] = &["u8", "u16", "u32", "u64"];
const TAGS: &[&str] = FLAG_REPRS;
const U32: i128 = u32::MAX as i128;

const fn key(name: &'static str, takes: Takes, need: Need, meaning: &'static str) -> Key {
    Key { name, takes, need, meaning }
}

const SINCE: Key =
    key("since", Integer(1, U32), Optional, "The version of the package that added it; at most the file's `version`.");
const DEPRECATED: Key = key(
    "deprecated",
    Integer(1, U32),
    Optional,
    "The version of the package that gave it up: every language warns of its use.",
);

const fn was(style: Style) -> Key {
    key(
        "was",
        Name(style),
        Optional,
        "The name it had first. Layouts keep that name, so that a rename is none to peers who do not know of it.",
    )
}

const fn doc(meaning: &'static str) -> Key {
    key("doc", Takes::Text, Need::Optional, meaning)
}

use Need::{Default, Optional, Required};
use Takes::{Bool, Integer, Line, List, Literal, Name, Named, Number, Paths, Range, Size, Table, Type, Word};

/// The file itself.
pub static ROOT: Section = Section {
    title: "The file",
    meaning: "One package of plain types, and the rings that carry them.",
    keys: &[
        key("ringgen", Integer(0, U32), Required, "The edition of this language: `1`."),
        key(
            "package",
            Name(Style::Snake),
            Required,
            "The package's name: the module or file in every language, and the first part of its rings' names.",
        ),
        key("version", Integer(1, U32), Default("1"), "The version of this package's types."),
        doc("What the package is."),
        key(
            "import",
            Paths,
            Optional,
            "Other schema files whose types and constants this one uses: paths relative to this file, or to a folder given with `-I`.",
        ),
        key("options", Table(&OPTIONS), Optional, "How types are laid out."),
        key("const", Named(Style::Upper, &CONST), Optional, "Constants."),
        key("enum", Named(Style::Camel, &ENUM), Optional, "Integers whose values have names."),
        key("flags", Named(Style::Camel, &FLAGS), Optional, "Integers whose bits have names."),
        key("struct", Named(Style::Camel, &STRUCT), Optional, "Types to nest in others."),
        key("message", Named(Style::Camel, &MESSAGE), Optional, "Types that may travel in a ring."),
        key("variant", Named(Style::Camel, &VARIANT), Optional, "Tagged unions: several message types in one ring."),
        key("ring", Named(Style::Snake, &RING), Optional, "Rings, each of one message type."),
        key("target", Table(&TARGET), Optional, "What one language does differently."),
    ],
};

static OPTIONS: Section = Section {
    title: "[options]",
    meaning: "How types are laid out.",
    keys: &[
        key(
            "padding",
            Word(&["auto", "explicit"]),
            Default("\"auto\""),
            "`auto`: bytes that keep fields aligned become named, zeroed fields. `explicit`: such bytes are an error until the schema has a `pad` for them.",
        ),
        key(
            "max_slot",
            Integer(1, U32),
            Default("1048576"),
            "The largest size of a type in bytes; a larger one is an error.",
        ),
    ],
};

static CONST: Section = Section {
    title: "[const.NAME]",
    meaning: "A named number, the same in every language; array lengths may name it.",
    keys: &[
        key("type", Word(SCALARS), Required, "The scalar that holds it."),
        key("value", Number, Required, "The value. Integers past 2⁶³ − 1 are quoted: `\"0xFFFF_FFFF_FFFF_FFFF\"`."),
        doc("What it means."),
    ],
};

static ENUM: Section = Section {
    title: "[enum.NAME]",
    meaning: "An integer whose values have names. Enums are open: a value without a name is kept and shown as its number.",
    keys: &[
        key("repr", Word(REPRS), Required, "The integer it is stored as."),
        key("values", List(&VALUE), Required, "The values, in the order in which they are shown."),
        doc("What it means."),
    ],
};

static VALUE: Section = Section {
    title: "{ … } in values",
    meaning: "A value of an enum.",
    keys: &[
        key("name", Name(Style::Value), Required, "Its name, `CamelCase` by habit."),
        key("value", Integer(i64::MIN as i128, u64::MAX as i128), Required, "Its number; fits the enum's `repr`."),
        doc("What it means."),
        SINCE,
        DEPRECATED,
        was(Style::Value),
    ],
};

static FLAGS: Section = Section {
    title: "[flags.NAME]",
    meaning: "An integer whose bits have names. Flags are open: bits without a name are kept.",
    keys: &[
        key("repr", Word(FLAG_REPRS), Required, "The integer it is stored as."),
        key("bits", List(&BIT), Required, "The bits, in the order in which they are shown."),
        doc("What it means."),
    ],
};

static BIT: Section = Section {
    title: "{ … } in bits",
    meaning: "A bit of flags.",
    keys: &[
        key("name", Name(Style::Value), Required, "Its name, `CamelCase` by habit."),
        key("bit", Integer(0, U32), Required, "Which bit, from 0, the lowest one."),
        doc("What it means."),
        SINCE,
        DEPRECATED,
        was(Style::Value),
    ],
};

static STRUCT: Section = Section {
    title: "[struct.NAME]",
    meaning: "A type to nest in others.",
    keys: &[
        key("fields", List(&FIELD), Required, "The fields, in the order in which they lie in memory."),
        key(
            "align",
            Integer(0, U32),
            Optional,
            "A larger alignment than the fields ask for: a power of two up to 128.",
        ),
        doc("What it means."),
    ],
};

static MESSAGE: Section = Section {
    title: "[message.NAME]",
    meaning: "A type that may travel in a ring, and be nested in others.",
    keys: &[
        key("fields", List(&FIELD), Required, "The fields, in the order in which they lie in memory."),
        key(
            "id",
            Integer(0, U32),
            Optional,
            "A number for the message, unique in its package; the `value` of a variant's case that has none of its own.",
        ),
        key(
            "align",
            Integer(0, U32),
            Optional,
            "A larger alignment than the fields ask for: a power of two up to 128.",
        ),
        doc("What it means."),
    ],
};

static FIELD: Section = Section {
    title: "{ … } in fields",
    meaning: "A field: a `name`, and one of `type`, `pad` and `reserved`.",
    keys: &[
        key(
            "name",
            Name(Style::Field),
            Required,
            "Its name, `snake_case`. Padding and reserved bytes have a `_` in front, and nothing else has.",
        ),
        key("type", Type, Optional, "What it holds: see Types."),
        key(
            "pad",
            Integer(0, U32),
            Optional,
            "Instead of `type`: this many bytes that only keep the next field aligned. Zero, and no part of the layout's identity.",
        ),
        key("reserved", Integer(0, U32), Optional, "Instead of `type`: this many zero bytes for a later version."),
        doc("What it means."),
        key("unit", Line, Optional, "What it is counted in: `\"ns\"`, `\"1e-9 USD\"`."),
        key("epoch", Line, Optional, "What a time is counted from: `\"unix\"`."),
        key(
            "offset",
            Integer(0, U32),
            Optional,
            "Where it must lie, in bytes from the start. An assertion: it moves nothing.",
        ),
        key(
            "null",
            Literal,
            Optional,
            "The value that stands for no value, of a number or an enum: an integer, `\"nan\"`, or the name of a constant. It must not be a legal value.",
        ),
        key(
            "range",
            Range,
            Optional,
            "The smallest and the largest value that setters take, of numbers: `[1, 1_000_000]`. Of an array, those of its elements.",
        ),
        SINCE,
        DEPRECATED,
        was(Style::Field),
        key("rust_name", Name(Style::Identifier), Optional, "Its name in Rust."),
        key("python_name", Name(Style::Identifier), Optional, "Its name in Python."),
        key("ts_name", Name(Style::Identifier), Optional, "Its name in TypeScript."),
        key("c_name", Name(Style::Identifier), Optional, "Its name in C."),
        key(
            "ts_u64",
            Word(&["bigint", "number"]),
            Optional,
            "How TypeScript reads this 64-bit integer; see `u64` of `[target.typescript]`.",
        ),
    ],
};

static VARIANT: Section = Section {
    title: "[variant.NAME]",
    meaning: "A tagged union: a tag, and one of several structs or messages behind it. It may travel in a ring, and be nested in other types.",
    keys: &[
        key("tag", Word(TAGS), Required, "The integer that says which case it is."),
        key("cases", List(&CASE), Required, "What it may hold."),
        doc("What it means."),
    ],
};

static CASE: Section = Section {
    title: "{ … } in cases",
    meaning: "A case of a variant.",
    keys: &[
        key("type", Name(Style::Camel), Required, "The struct or message that it holds."),
        key(
            "value",
            Integer(0, u64::MAX as i128),
            Optional,
            "The tag that says so; if it is not there, the `id` of the message.",
        ),
        key("name", Name(Style::Camel), Optional, "Its name, if that is not the type's."),
        doc("What it means."),
        SINCE,
        DEPRECATED,
        was(Style::Camel),
    ],
};

static RING: Section = Section {
    title: "[ring.NAME]",
    meaning: "A ring of one message type, or of one variant. Its file is called `package.ring`.",
    keys: &[
        key("message", Name(Style::Camel), Required, "What it carries: a message, or a variant of several."),
        key("capacity", Integer(0, i64::MAX as i128), Required, "How many messages it holds: a power of two."),
        key(
            "kind",
            Word(&["spsc", "broadcast", "gated"]),
            Default("\"spsc\""),
            "`spsc`: one producer, one consumer, nothing is lost. `broadcast` and `gated`: many readers, not yet supported.",
        ),
        key(
            "wait",
            Word(&["spin", "yield", "hybrid"]),
            Default("\"hybrid\""),
            "How its sides wait. `spin`: never gives the processor away. `yield`: gives it to others, never sleeps. `hybrid`: spins, yields, then sleeps until it is woken.",
        ),
        key(
            "slab",
            Size,
            Optional,
            "The size of the ring's room for `text` and `blob`, a power of two: `\"1 MiB\"`. Rings that need one are not yet supported.",
        ),
        doc("What it is for."),
    ],
};

static TARGET: Section = Section {
    title: "[target]",
    meaning: "What one language does differently.",
    keys: &[
        key("python", Table(&PYTHON), Optional, "Python."),
        key("typescript", Table(&TYPESCRIPT), Optional, "TypeScript."),
    ],
};

static PYTHON: Section = Section {
    title: "[target.python]",
    meaning: "What Python does differently.",
    keys: &[
        key(
            "numpy",
            Bool,
            Default("true"),
            "Whether to emit numpy dtypes and views; numpy is imported only when they are asked for. What imports a file without them has none either.",
        ),
        key(
            "imports",
            Word(&["absolute", "relative"]),
            Default("\"absolute\""),
            "How the modules of imported files are found. `absolute`: in a folder of the path, as `import time`. `relative`: in the package that this module lies in, as `from . import time`.",
        ),
    ],
};

static TYPESCRIPT: Section = Section {
    title: "[target.typescript]",
    meaning: "What TypeScript does differently.",
    keys: &[
        key("import_ext", Word(&[".js", ".ts", ""]), Default("\".js\""), "What an import of a sibling module ends in."),
        key(
            "case",
            Word(&["camel", "keep"]),
            Default("\"camel\""),
            "`camel`: fields are called in camelCase. `keep`: as in the schema.",
        ),
        key(
            "u64",
            Word(&["bigint", "number"]),
            Default("\"bigint\""),
            "How 64-bit integers are read: `number` throws past 2⁵³.",
        ),
    ],
};

/// Every section, in the order of the reference.
pub static SECTIONS: &[&Section] = &[
    &ROOT,
    &OPTIONS,
    &CONST,
    &ENUM,
    &VALUE,
    &FLAGS,
    &BIT,
    &STRUCT,
    &MESSAGE,
    &FIELD,
    &VARIANT,
    &CASE,
    &RING,
    &TARGET,
    &PYTHON,
    &TYPESCRIPT,
];

#[cfg(test)]
mod tests {
    use super::*;
    use ringgen_layout::Scalar;

    #[test]
    fn the_scalars_are_those_of_the_layout_crate() {
        let names: Vec<&str> = Scalar::ALL.iter().map(|scalar| scalar.name()).collect();
        assert_eq!(names, SCALARS);
        assert!(REPRS.iter().all(|repr| Scalar::from_name(repr).is_some_and(Scalar::is_integer)));
    }

    #[test]
    fn every_section_that_a_key_leads_to_is_in_the_reference() {
        for section in SECTIONS {
            for key in section.keys {
                if let Table(inner) | Named(_, inner) | List(inner) = key.takes {
                    let listed = SECTIONS.iter().any(|listed| std::ptr::eq(*listed, inner));
                    assert!(listed, "{} leads to {}", key.name, inner.title);
                }
            }
            let mut names: Vec<_> = section.keys.iter().map(|key| key.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), section.keys.len(), "{} has a key twice", section.title);
        }
    }
}
