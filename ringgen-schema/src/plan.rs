//! The model with every number in it: the only thing a backend sees.
//!
//! A plan is right by construction: types are in dependency order, names are legal in each target, offsets and
//! hashes are final. A backend prints it and computes nothing.

use std::collections::BTreeMap;

use ringgen_layout::{EnumKind, Hash, Scalar, StructKind};

use crate::spell;

/// One package, ready to be printed in any language.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// What declares its types.
    pub origin: Origin,
    /// What Rust calls the types of a Rust file that have another name in all languages.
    pub rust_names: BTreeMap<String, String>,
    /// The package's name, snake_case; a module name in every language.
    pub package: String,
    /// The version of its types.
    pub version: u32,
    /// What it is; may be empty.
    pub doc: String,
    /// What the targets were asked to do differently.
    pub targets: Targets,
    /// Its constants, in alphabetical order.
    pub constants: Vec<Constant>,
    /// The other packages that it names types of, in the order in which it imports them.
    pub imports: Vec<ImportPlan>,
    /// Types of imported packages, and behind them its own; each behind the types that it is made of, otherwise its own
    /// are in alphabetical order.
    pub types: Vec<TypePlan>,
    /// How many of `types` are of imported packages.
    pub imported: usize,
    /// The package of each of these.
    pub packages: Vec<String>,
    /// Its rings, in alphabetical order.
    pub rings: Vec<RingPlan>,
}

/// What declares the types of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A schema.
    Schema,
    /// A Rust file, with a derive on each type.
    Rust {
        /// Whether the messages state their package, as the notes of rings then do.
        is_packaged: bool,
    },
}

impl Origin {
    /// Whether a Rust file does.
    pub fn is_rust(self) -> bool {
        matches!(self, Origin::Rust { .. })
    }
}

impl Plan {
    /// The type with this index.
    pub fn ty(&self, id: TypeId) -> &TypePlan {
        &self.types[id.0]
    }

    /// The types that the package itself declares.
    pub fn own_types(&self) -> &[TypePlan] {
        &self.types[self.imported..]
    }

    /// Whether another package declares the type with this index.
    pub fn is_imported(&self, id: TypeId) -> bool {
        id.0 < self.imported
    }

    /// The package that declares the type with this index.
    pub fn package_of(&self, id: TypeId) -> &str {
        self.packages.get(id.0).unwrap_or(&self.package)
    }

    /// The struct or message with this index.
    ///
    /// # Panics
    /// If it is none, which a case of a variant never is.
    pub fn structure(&self, id: TypeId) -> &StructPlan {
        match self.ty(id) {
            TypePlan::Struct(of) => of,
            other => panic!("a plan names {} where only a struct can stand", other.name()),
        }
    }
}

/// Another package that types are imported from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportPlan {
    /// Its name: a sibling module in every language.
    pub package: String,
    /// The types of it that fields, cases and rings of this package name.
    pub types: Vec<TypeId>,
}

/// An index into [`Plan::types`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub usize);

/// What the targets were asked to do differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Targets {
    /// `[target.python]`.
    pub python: PythonTarget,
    /// `[target.typescript]`.
    pub typescript: TypeScriptTarget,
}

/// `[target.python]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PythonTarget {
    /// Whether to emit numpy dtypes and views; default true. False if an imported package has none to build on.
    pub numpy: bool,
    /// Whether the modules of imported packages are imported from the package that this one lies in: `from . import time`.
    pub relative_imports: bool,
}

/// `[target.typescript]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeScriptTarget {
    /// What an import of a sibling module ends in: `.js` (default), `.ts` or nothing.
    pub import_ext: String,
    /// Whether fields are renamed to camelCase (default) or kept. Already applied to the names in this plan.
    pub camel_case: bool,
}

/// A name as each language spells it: case, escapes and overrides applied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// In Rust. A keyword is written `r#type`.
    pub rust: String,
    /// In Python.
    pub python: String,
    /// In TypeScript.
    pub typescript: String,
    /// In C. What is not inside a struct has the package's name, and that of its type, in front.
    pub c: String,
}

/// A named number.
#[derive(Clone, Debug, PartialEq)]
pub struct Constant {
    /// The name, the same in every language.
    pub name: String,
    /// Its type.
    pub scalar: Scalar,
    /// Its value.
    pub value: ConstantValue,
    /// What it means; may be empty.
    pub doc: String,
}

/// The value of a [`Constant`], or one that a field has for `null` or as an end of its `range`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ConstantValue {
    /// Of an integer; fits the constant's type.
    Integer(i128),
    /// Of a float; already rounded to its type. That of a constant is finite.
    Float(f64),
    /// Of a `bool`.
    Bool(bool),
}

impl ConstantValue {
    /// The value of a scalar of this type as people and canonical texts write it: `-1`, `0.5`, `nan`, `inf`, `true`.
    pub fn shown(&self, scalar: Scalar) -> String {
        match *self {
            ConstantValue::Integer(value) => value.to_string(),
            ConstantValue::Float(value) if value.is_nan() => "nan".to_string(),
            // The shortest digits that give it back in its own width.
            ConstantValue::Float(value) if scalar == Scalar::F32 => format!("{:?}", value as f32),
            ConstantValue::Float(value) => format!("{value:?}"),
            ConstantValue::Bool(value) => value.to_string(),
        }
    }
}

/// A declared type.
#[derive(Clone, Debug, PartialEq)]
pub enum TypePlan {
    /// An enum or flags.
    Enum(EnumPlan),
    /// A struct or message.
    Struct(StructPlan),
    /// A tagged union of structs and messages.
    Variant(VariantPlan),
}

impl TypePlan {
    /// Its name, the same in every language.
    pub fn name(&self) -> &str {
        match self {
            TypePlan::Enum(of) => &of.name,
            TypePlan::Struct(of) => &of.name,
            TypePlan::Variant(of) => &of.name,
        }
    }

    /// The size in bytes.
    pub fn size(&self) -> u32 {
        match self {
            TypePlan::Enum(of) => of.repr.size(),
            TypePlan::Struct(of) => of.size,
            TypePlan::Variant(of) => of.size,
        }
    }

    /// The alignment in bytes.
    pub fn align(&self) -> u32 {
        match self {
            TypePlan::Enum(of) => of.repr.align(),
            TypePlan::Struct(of) => of.align,
            TypePlan::Variant(of) => of.align,
        }
    }

    /// What must be equal for two processes to share it.
    pub fn layout_hash(&self) -> Hash {
        match self {
            TypePlan::Enum(of) => of.layout_hash,
            TypePlan::Struct(of) => of.layout_hash,
            TypePlan::Variant(of) => of.layout_hash,
        }
    }

    /// The canonical schema and its hash, which enums have none of.
    pub fn schema(&self) -> Option<(&str, Hash)> {
        match self {
            TypePlan::Enum(_) => None,
            TypePlan::Struct(of) => Some((&of.schema_text, of.schema_hash)),
            TypePlan::Variant(of) => Some((&of.schema_text, of.schema_hash)),
        }
    }

    /// What it means; may be empty.
    pub fn doc(&self) -> &str {
        match self {
            TypePlan::Enum(of) => &of.doc,
            TypePlan::Struct(of) => &of.doc,
            TypePlan::Variant(of) => &of.doc,
        }
    }
}

/// An enum or flags type.
#[derive(Clone, Debug, PartialEq)]
pub struct EnumPlan {
    /// Which of the two.
    pub kind: EnumKind,
    /// The name, the same in every language.
    pub name: String,
    /// The integer it is stored as.
    pub repr: Scalar,
    /// The names of values or bits, in the order of their declaration.
    pub values: Vec<ValuePlan>,
    /// What it means; may be empty.
    pub doc: String,
    /// The fingerprint of kind, name, representation and values.
    pub layout_hash: Hash,
}

/// A name for a value of an enum, or for a bit of flags.
#[derive(Clone, Debug, PartialEq)]
pub struct ValuePlan {
    /// The name as the schema has it, `CamelCase` by habit.
    pub name: String,
    /// The name in layouts: the first one that it had.
    pub wire_name: String,
    /// As an enumerator or member: `CamelCase` in Rust and TypeScript, `UPPER_CASE` in Python and C.
    pub names: Names,
    /// As a Rust associated constant: `UPPER_CASE`.
    pub rust_const: String,
    /// The value; for flags the value with that one bit set.
    pub value: i128,
    /// What it means; may be empty.
    pub doc: String,
    /// The version of the package that added it, if the schema says so.
    pub since: Option<u32>,
    /// The version of the package that gave it up, if one did.
    pub deprecated: Option<u32>,
}

/// A tagged union: a tag at 0, and one of its cases behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct VariantPlan {
    /// The name, the same in every language.
    pub name: String,
    /// The integer that says which case it is.
    pub tag: Scalar,
    /// The size in bytes, a multiple of `align`.
    pub size: u32,
    /// The alignment in bytes.
    pub align: u32,
    /// Where the cases lie. Bytes between the tag and this are zero.
    pub payload_offset: u32,
    /// The bytes from there to the end; those behind a case that is smaller are zero.
    pub payload_size: u32,
    /// What it may hold, in the order of their declaration. Never empty.
    pub cases: Vec<CasePlan>,
    /// What it means; may be empty.
    pub doc: String,
    /// What must be equal for two processes to share it.
    pub layout_hash: Hash,
    /// The canonical schema: this type, the types of its cases, and their notes.
    pub schema_text: String,
    /// The hash of `schema_text`.
    pub schema_hash: Hash,
}

/// A case of a variant.
#[derive(Clone, Debug, PartialEq)]
pub struct CasePlan {
    /// The name as the schema has it, `CamelCase`; the same in every language but for its case.
    pub name: String,
    /// The name in layouts: the first one that it had.
    pub wire_name: String,
    /// The tag that says so.
    pub value: i128,
    /// The struct or message that it holds.
    pub ty: TypeId,
    /// What it means; may be empty.
    pub doc: String,
    /// The version of the package that added it, if the schema says so.
    pub since: Option<u32>,
    /// The version of the package that gave it up, if one did.
    pub deprecated: Option<u32>,
}

/// A struct or message.
#[derive(Clone, Debug, PartialEq)]
pub struct StructPlan {
    /// Whether it may travel in a ring.
    pub kind: StructKind,
    /// The name, the same in every language.
    pub name: String,
    /// The number of a message in its package, if it was given one.
    pub id: Option<u32>,
    /// The size in bytes, a multiple of `align`.
    pub size: u32,
    /// The alignment in bytes.
    pub align: u32,
    /// Every byte of it: fields, padding and reserved ranges in the order they lie, without a gap.
    pub fields: Vec<FieldPlan>,
    /// What it means; may be empty.
    pub doc: String,
    /// What must be equal for two processes to share it.
    pub layout_hash: Hash,
    /// The canonical schema: this type, the types it is made of, and their notes.
    pub schema_text: String,
    /// The hash of `schema_text`.
    pub schema_hash: Hash,
}

impl StructPlan {
    /// The fields that hold data: neither padding nor reserved.
    pub fn data_fields(&self) -> impl Iterator<Item = &FieldPlan> {
        self.fields.iter().filter(|field| field.is_data())
    }
}

/// A field, a run of padding or a reserved range.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldPlan {
    /// The name as the schema has it; padding that the schema does not name is `_pad0`, `_pad1`, …, and the length of a
    /// list is called as the list with `_len` behind it.
    pub name: String,
    /// The name in layouts: the first one that it had.
    pub wire_name: String,
    /// The name as each language spells it.
    pub names: Names,
    /// What one element is.
    pub element: Element,
    /// The array dimensions, the outermost first; at most two, counting those of `bytes[N]`.
    pub dims: Vec<u32>,
    /// Bytes from the start of the struct.
    pub offset: u32,
    /// The size of all elements in bytes.
    pub size: u32,
    /// The type as people write it, constants resolved: `u32`, `str[12]`, `Level[5]`, `pad[4]`.
    pub spelling: String,
    /// What it means; may be empty.
    pub doc: String,
    /// The unit it is counted in; may be empty.
    pub unit: String,
    /// What a time is counted from; may be empty.
    pub epoch: String,
    /// The value that stands for no value, of a number or an enum that is no array; of a float any NaN does if this is one.
    pub null: Option<ConstantValue>,
    /// The smallest and the largest value that setters take, of numbers; of an array or list, those of its elements.
    /// The null value lies outside of it, and is taken all the same.
    pub range: Option<(ConstantValue, ConstantValue)>,
    /// The version of the package that added it, if the schema says so.
    pub since: Option<u32>,
    /// The version of the package that gave it up, if one did.
    pub deprecated: Option<u32>,
    /// Which part of a list it is, if it is one.
    pub list: Option<ListPart>,
    /// Whether TypeScript reads this 64-bit integer as a number, which throws past 2⁵³, and not as a bigint.
    pub ts_number: bool,
}

/// A part of `list[T, N]`, which is two fields: how many elements count, and room for N of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListPart {
    /// The `u32` that says how many elements count. A peer may say more than there are.
    Length {
        /// The index of the field with the elements.
        items: usize,
    },
    /// The elements; the first of `dims` is how many there can be.
    Items {
        /// The index of the field with the length.
        length: usize,
    },
}

impl FieldPlan {
    /// Padding that the schema does not name.
    pub(crate) fn padding(name: String, offset: u32, size: u32) -> Self {
        FieldPlan {
            names: spell::as_it_is(&name),
            wire_name: name.clone(),
            name,
            element: Element::Pad,
            dims: Vec::new(),
            offset,
            size,
            spelling: format!("pad[{size}]"),
            doc: String::new(),
            unit: String::new(),
            epoch: String::new(),
            null: None,
            range: None,
            since: None,
            deprecated: None,
            list: None,
            ts_number: false,
        }
    }

    /// Whether it holds data: neither padding nor reserved.
    pub fn is_data(&self) -> bool {
        !matches!(self.element, Element::Pad | Element::Reserved)
    }
}

/// What one element of a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// A primitive.
    Scalar(Scalar),
    /// UTF-8 text of at most this many bytes, NUL padded.
    Str(u32),
    /// Raw bytes, as many as the last of the field's dimensions says. Laid out as `u8[N]`.
    Bytes,
    /// A reference to text of at most this many bytes in the slab of a ring: `{ pos: u64, len: u32, zero: u32 }`.
    Text(u32),
    /// A reference to at most this many bytes in the slab of a ring, as [`Element::Text`].
    Blob(u32),
    /// A declared type.
    Type(TypeId),
    /// Bytes that only keep alignment: `size` of them.
    Pad,
    /// Zero bytes for a later version: `size` of them.
    Reserved,
}

impl Element {
    /// The declared type, if it is one.
    pub fn ty(self) -> Option<TypeId> {
        match self {
            Element::Type(id) => Some(id),
            _ => None,
        }
    }
}

/// How a side of a ring waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Never gives the processor away.
    Spin,
    /// Spins, then gives the processor to others, but never sleeps.
    Yield,
    /// Spins, yields, then sleeps until it is woken.
    Hybrid,
}

impl Wait {
    /// The word in schemas.
    pub const fn word(self) -> &'static str {
        match self {
            Wait::Spin => "spin",
            Wait::Yield => "yield",
            Wait::Hybrid => "hybrid",
        }
    }
}

/// A ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RingPlan {
    /// The name as the schema has it, snake_case.
    pub name: String,
    /// The name of its type in every language, CamelCase: `Trades`.
    pub type_name: String,
    /// What it carries: a message or a variant, of this package or an imported one.
    pub message: TypeId,
    /// How many messages it holds, a power of two.
    pub capacity: u64,
    /// How its sides wait.
    pub wait: Wait,
    /// What it is for; may be empty.
    pub doc: String,
}
