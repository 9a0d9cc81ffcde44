//! The model with every number in it: the only thing a backend sees.
//!
//! A plan is right by construction: types are in dependency order, names are legal in each target, offsets and
//! hashes are final. A backend prints it and computes nothing.

use ringgen_layout::{EnumKind, Hash, Scalar, StructKind};

/// One package, ready to be printed in any language.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
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
    /// Its types, each behind the types that it is made of; otherwise in alphabetical order.
    pub types: Vec<TypePlan>,
    /// Its rings, in alphabetical order.
    pub rings: Vec<RingPlan>,
}

impl Plan {
    /// The type with this index.
    pub fn ty(&self, id: TypeId) -> &TypePlan {
        &self.types[id.0]
    }

    /// The struct or message with this index.
    ///
    /// # Panics
    /// If it is an enum, which a ring or a struct element of a plan never is.
    pub fn structure(&self, id: TypeId) -> &StructPlan {
        match self.ty(id) {
            TypePlan::Struct(of) => of,
            TypePlan::Enum(of) => panic!("a plan names {} where only a struct can stand", of.name),
        }
    }
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
    /// Whether to emit numpy dtypes and views; default true.
    pub numpy: bool,
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
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// The value of a [`Constant`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ConstantValue {
    /// Of an integer; fits the constant's type.
    Integer(i128),
    /// Of a float; already rounded to the constant's type.
    Float(f64),
    /// Of a `bool`.
    Bool(bool),
}

/// A declared type.
#[derive(Clone, Debug, PartialEq)]
pub enum TypePlan {
    /// An enum or flags.
    Enum(EnumPlan),
    /// A struct or message.
    Struct(StructPlan),
}

impl TypePlan {
    /// Its name, the same in every language.
    pub fn name(&self) -> &str {
        match self {
            TypePlan::Enum(of) => &of.name,
            TypePlan::Struct(of) => &of.name,
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
    /// As an enumerator or member: `CamelCase` in Rust and TypeScript, `UPPER_CASE` in Python and C.
    pub names: Names,
    /// As a Rust associated constant: `UPPER_CASE`.
    pub rust_const: String,
    /// The value; for flags the value with that one bit set.
    pub value: i128,
    /// What it means; may be empty.
    pub doc: String,
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
    /// The name as the schema has it; padding that the schema does not name is `_pad0`, `_pad1`, ….
    pub name: String,
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
    /// Whether TypeScript reads this 64-bit integer as a number, which throws past 2⁵³, and not as a bigint.
    pub ts_number: bool,
}

impl FieldPlan {
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
    /// A declared type.
    Type(TypeId),
    /// Bytes that only keep alignment: `size` of them.
    Pad,
    /// Zero bytes for a later version: `size` of them.
    Reserved,
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
    /// The message it carries.
    pub message: TypeId,
    /// How many messages it holds, a power of two.
    pub capacity: u64,
    /// How its sides wait.
    pub wait: Wait,
    /// What it is for; may be empty.
    pub doc: String,
}
