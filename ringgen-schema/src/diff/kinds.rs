//! The table of changes: one row a kind. docs/evolution.md prints it.

/// What a change asks of those who use a schema. In the order of how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Nothing: processes of both versions share rings, and code that was written against the old one compiles.
    Compatible,
    /// Processes of both versions share rings; code has to be changed when it is built against the new one.
    SourceBreaking,
    /// Processes of both versions can't share a ring: the new one needs rings of its own.
    LayoutBreaking,
}

impl Class {
    /// The word for it, in outputs too: `layout-breaking`.
    pub const fn word(self) -> &'static str {
        match self {
            Class::Compatible => "compatible",
            Class::SourceBreaking => "source-breaking",
            Class::LayoutBreaking => "layout-breaking",
        }
    }
}

/// A kind of change.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Kind {
    /// Its name, stable: `field-added`.
    pub id: &'static str,
    /// What it is: one class, or those that it can be, the meaning says when.
    pub classes: &'static [Class],
    /// Whether layouts show it though it breaks none, so that locks record it. What breaks a layout is always shown.
    pub in_layout: bool,
    /// What it is, in Markdown.
    pub meaning: &'static str,
}

const COMPATIBLE: &[Class] = &[Class::Compatible];
const SOURCE: &[Class] = &[Class::SourceBreaking];
const LAYOUT: &[Class] = &[Class::LayoutBreaking];
const SOURCE_OR_LAYOUT: &[Class] = &[Class::SourceBreaking, Class::LayoutBreaking];
const COMPATIBLE_OR_SOURCE: &[Class] = &[Class::Compatible, Class::SourceBreaking];

macro_rules! kinds {
    ($($name:ident $id:literal $classes:ident $in_layout:literal $meaning:literal;)*) => {
        $(
            #[doc = $meaning]
            pub static $name: Kind =
                Kind { id: $id, classes: $classes, in_layout: $in_layout, meaning: $meaning };
        )*

        /// Every kind of change, in the order of the documentation.
        pub static ALL: &[&Kind] = &[$(&$name),*];
    };
}

kinds! {
    FIELD_FILLS_RESERVED "field-fills-reserved" COMPATIBLE true
        "A new field in bytes that were `reserved`. From an older writer it reads 0.";
    FIELD_BECOMES_RESERVED "field-becomes-reserved" SOURCE true
        "A field is gone, and its bytes are `reserved`.";
    RESERVED_CHANGED "reserved-changed" COMPATIBLE true
        "`reserved` bytes are divided or named in another way, became padding, or came to be.";
    FIELD_ADDED "field-added" LAYOUT true
        "A new field in bytes that were not `reserved`.";
    FIELD_REMOVED "field-removed" LAYOUT true
        "A field is gone, and its bytes are not `reserved`.";
    FIELD_MOVED "field-moved" LAYOUT true
        "A field lies at another offset.";
    FIELD_RETYPED "field-retyped" LAYOUT true
        "A field has another type or length.";
    FIELD_RENAMED "field-renamed" SOURCE_OR_LAYOUT false
        "A field has another name: source-breaking with `was`, which keeps the old one in layouts; without it \
         layout-breaking.";
    FIELD_READS_OTHERWISE "field-reads-otherwise" SOURCE false
        "The same bytes as another type of a language: `u8[8]` as `bytes[8]`, a `list` as two fields, `ts_u64`.";
    NULL_CHANGED "null-changed" SOURCE false
        "A field has a `null` that it had not, none any more, or another: another value means none.";
    RANGE_NARROWED "range-narrowed" SOURCE false
        "A `range` leaves out what was legal: setters refuse what they took.";
    RANGE_WIDENED "range-widened" COMPATIBLE false
        "A `range` takes more than it did, or is gone.";
    UNIT_CHANGED "unit-changed" SOURCE false
        "A field is counted in another `unit`, or from another `epoch`. To say it for the first time is `described`.";
    VALUE_ADDED "value-added" COMPATIBLE true
        "An enum has a new value, or flags a new bit. Who does not know it keeps its number.";
    VALUE_REMOVED "value-removed" SOURCE_OR_LAYOUT true
        "A value or bit is gone: source-breaking; layout-breaking if its type has new ones at once.";
    VALUE_RENUMBERED "value-renumbered" LAYOUT true
        "A value or bit has another number.";
    VALUE_RENAMED "value-renamed" SOURCE_OR_LAYOUT false
        "A value or bit has another name: as a field.";
    CASE_ADDED "case-added" COMPATIBLE true
        "A variant has a new case, with room for it in what there was. Who does not know it keeps tag and bytes.";
    CASE_REMOVED "case-removed" SOURCE_OR_LAYOUT true
        "A case is gone: source-breaking; layout-breaking if its variant has new ones at once.";
    CASE_CHANGED "case-changed" LAYOUT true
        "A case has another tag, or holds another type.";
    CASE_RENAMED "case-renamed" SOURCE_OR_LAYOUT false
        "A case has another name: as a field.";
    ORDER_CHANGED "order-changed" COMPATIBLE true
        "Values or cases stand in another order.";
    SIZE_CHANGED "size-changed" LAYOUT true
        "A type has another size.";
    ALIGNMENT_CHANGED "alignment-changed" LAYOUT true
        "A type has another alignment.";
    INTEGER_CHANGED "integer-changed" LAYOUT true
        "An enum has another `repr`, or a variant another `tag`.";
    PAYLOAD_MOVED "payload-moved" LAYOUT true
        "The cases of a variant lie at another offset.";
    KIND_CHANGED "kind-changed" LAYOUT true
        "A struct became a message, an enum flags, and so on.";
    TYPE_ADDED "type-added" COMPATIBLE true
        "There is a new type.";
    TYPE_REMOVED "type-removed" SOURCE true
        "A type is gone, or has another name.";
    TYPE_MOVED "type-moved" SOURCE false
        "A type is imported that was declared here, or the other way round.";
    ID_CHANGED "id-changed" SOURCE false
        "A message has an `id` that it had not, none any more, or another.";
    RENAMED_IN_LANGUAGE "renamed-in-language" SOURCE false
        "A member has another name in one language: `rust_name` and its like, `case`.";
    CONSTANT_ADDED "constant-added" COMPATIBLE false
        "There is a new constant.";
    CONSTANT_REMOVED "constant-removed" SOURCE false
        "A constant is gone, or has another name.";
    CONSTANT_CHANGED "constant-changed" SOURCE false
        "A constant has another value or type: code that was built against the old one goes on with that.";
    RING_ADDED "ring-added" COMPATIBLE false
        "There is a new ring.";
    RING_REMOVED "ring-removed" SOURCE false
        "A ring is gone, or has another name.";
    RING_MESSAGE_CHANGED "ring-message-changed" LAYOUT false
        "A ring carries another type.";
    RING_TUNED "ring-tuned" COMPATIBLE false
        "A ring has another capacity or way to wait. Whoever creates it decides.";
    PACKAGE_RENAMED "package-renamed" SOURCE false
        "The package has another name: its modules and rings are called otherwise.";
    TARGET_CHANGED "target-changed" COMPATIBLE_OR_SOURCE false
        "A language is generated in another way: source-breaking where numpy is given up.";
    DESCRIBED "described" COMPATIBLE false
        "Docs, a first `unit` or `epoch`, `since`.";
    DEPRECATED "deprecated" COMPATIBLE false
        "A member is `deprecated`, or no more: languages warn of it.";
}
