//! What the user wrote, by what it declares: strings and places, nothing resolved yet.

use std::collections::BTreeMap;

use ringgen_layout::{EnumKind, Scalar, StructKind};

use crate::codes;
use crate::diagnostic::{Finding, Findings};
use crate::numbers::{Literal, Number};
use crate::plan::{Origin, PythonTarget, Targets, TypeScriptTarget, Wait};
use crate::source::{Span, Spanned};
use crate::syntax::{NOWHERE, Range, Record};

/// A whole file.
pub(crate) struct Schema {
    pub(crate) origin: Origin,
    /// See [`Plan::rust_names`](crate::plan::Plan::rust_names).
    pub(crate) rust_names: BTreeMap<String, String>,
    /// `None` if it is missing or wrong, which is reported already; so in all that follows.
    pub(crate) package: Option<Spanned<String>>,
    /// 1, nowhere, if it is not there.
    pub(crate) version: Spanned<u32>,
    pub(crate) doc: String,
    /// Paths as they are written.
    pub(crate) imports: Vec<Spanned<String>>,
    pub(crate) explicit_padding: bool,
    pub(crate) max_slot: Spanned<u32>,
    pub(crate) targets: Targets,
    pub(crate) ts_u64_is_number: bool,
    pub(crate) constants: Vec<ConstantDecl>,
    pub(crate) enums: Vec<EnumDecl>,
    pub(crate) structs: Vec<StructDecl>,
    pub(crate) variants: Vec<VariantDecl>,
    pub(crate) rings: Vec<RingDecl>,
}

impl Schema {
    /// The names of all types.
    pub(crate) fn type_names(&self) -> impl Iterator<Item = &Spanned<String>> {
        let enums = self.enums.iter().map(|of| &of.name);
        enums.chain(self.structs.iter().map(|of| &of.name)).chain(self.variants.iter().map(|of| &of.name))
    }

    /// Shows where a type is declared, and as what, if that is in this file.
    pub(crate) fn show(&self, name: &str, finding: Finding) -> Finding {
        let enums = self.enums.iter().map(|of| (&of.name, of.kind.word()));
        let structs = self.structs.iter().map(|of| (&of.name, of.kind.word()));
        let mut declared = enums.chain(structs).chain(self.variants.iter().map(|of| (&of.name, "variant")));
        match declared.find(|(declared, _)| declared.value == name) {
            Some((declared, word)) => finding.also(&declared.span, format!("declared as `{word}`")),
            None => finding,
        }
    }
}

/// When a member came and went, and what it was called first.
#[derive(Default)]
pub(crate) struct History {
    pub(crate) since: Option<Spanned<u32>>,
    pub(crate) deprecated: Option<Spanned<u32>>,
    pub(crate) was: Option<Spanned<String>>,
}

impl History {
    fn new(record: &mut Record) -> Self {
        History {
            since: record.integer("since").map(small),
            deprecated: record.integer("deprecated").map(small),
            was: record.text("was"),
        }
    }
}

pub(crate) struct ConstantDecl {
    pub(crate) name: Spanned<String>,
    pub(crate) scalar: Option<Scalar>,
    pub(crate) value: Option<Spanned<Number>>,
    pub(crate) doc: String,
}

pub(crate) struct EnumDecl {
    pub(crate) kind: EnumKind,
    pub(crate) name: Spanned<String>,
    pub(crate) repr: Option<Scalar>,
    pub(crate) values: Option<Vec<ValueDecl>>,
    pub(crate) doc: String,
}

pub(crate) struct ValueDecl {
    pub(crate) name: Option<Spanned<String>>,
    /// The value of an enum, the number of a bit of flags.
    pub(crate) number: Option<Spanned<i128>>,
    pub(crate) history: History,
    pub(crate) doc: String,
}

pub(crate) struct VariantDecl {
    pub(crate) name: Spanned<String>,
    pub(crate) tag: Option<Scalar>,
    pub(crate) cases: Option<Vec<CaseDecl>>,
    pub(crate) doc: String,
    /// Whether nothing of it is missing.
    pub(crate) complete: bool,
}

pub(crate) struct CaseDecl {
    /// All of it.
    pub(crate) span: Span,
    pub(crate) ty: Option<Spanned<String>>,
    /// If it is not the type's.
    pub(crate) name: Option<Spanned<String>>,
    pub(crate) value: Option<Spanned<i128>>,
    pub(crate) history: History,
    pub(crate) doc: String,
}

impl CaseDecl {
    /// The name: its own, or that of its type.
    pub(crate) fn name(&self) -> Option<&Spanned<String>> {
        self.name.as_ref().or(self.ty.as_ref())
    }
}

pub(crate) struct StructDecl {
    pub(crate) kind: StructKind,
    pub(crate) name: Spanned<String>,
    pub(crate) id: Option<Spanned<u32>>,
    pub(crate) align: Option<Spanned<u32>>,
    pub(crate) fields: Option<Vec<FieldDecl>>,
    pub(crate) doc: String,
    /// Whether nothing of it is missing; a layout of what is left would mislead.
    pub(crate) complete: bool,
}

pub(crate) struct FieldDecl {
    /// All that declares it.
    pub(crate) span: Span,
    pub(crate) name: Option<Spanned<String>>,
    pub(crate) content: Option<Content>,
    pub(crate) doc: String,
    pub(crate) unit: Option<Spanned<String>>,
    pub(crate) epoch: Option<Spanned<String>>,
    pub(crate) offset: Option<Spanned<u32>>,
    pub(crate) null: Option<Spanned<Literal>>,
    pub(crate) range: Option<Spanned<Range>>,
    pub(crate) history: History,
    pub(crate) overrides: Overrides,
    pub(crate) ts_u64: Option<Spanned<String>>,
}

/// What a field is.
pub(crate) enum Content {
    Type(Spanned<String>),
    Pad(Spanned<u32>),
    Reserved(Spanned<u32>),
}

/// The names that a field is given in single languages.
#[derive(Default)]
pub(crate) struct Overrides {
    pub(crate) rust: Option<Spanned<String>>,
    pub(crate) python: Option<Spanned<String>>,
    pub(crate) typescript: Option<Spanned<String>>,
    pub(crate) c: Option<Spanned<String>>,
}

pub(crate) struct RingDecl {
    pub(crate) name: Spanned<String>,
    pub(crate) message: Option<Spanned<String>>,
    pub(crate) capacity: Option<Spanned<u64>>,
    pub(crate) kind: Option<Spanned<String>>,
    pub(crate) wait: Wait,
    pub(crate) slab: Option<Spanned<u64>>,
    pub(crate) doc: String,
}

/// The declarations of a file.
pub(crate) fn read(mut root: Record, findings: &mut Findings) -> Schema {
    let mut options = root.table("options");
    let explicit_padding = options.as_mut().and_then(|options| options.text("padding"));
    let max_slot = options.as_mut().and_then(|options| options.integer("max_slot"));
    let mut target = root.table("target");
    let mut of = |language: &str| target.as_mut().and_then(|target| target.table(language));
    let (mut python, typescript) = (of("python"), of("typescript"));
    let python_imports = python.as_mut().and_then(|python| python.text("imports"));
    let mut typescript = typescript.map(TypeScriptKeys::from).unwrap_or_default();
    let mut enums = Vec::new();
    for (kind, key) in [(EnumKind::Enum, "enum"), (EnumKind::Flags, "flags")] {
        enums.extend(root.named(key).into_iter().map(|(name, record)| EnumDecl::new(kind, name, record)));
    }
    let mut structs = Vec::new();
    for (kind, key) in [(StructKind::Struct, "struct"), (StructKind::Message, "message")] {
        let named = root.named(key).into_iter();
        structs.extend(named.map(|(name, record)| StructDecl::new(kind, name, record, findings)));
    }
    Schema {
        origin: Origin::Schema,
        rust_names: BTreeMap::new(),
        package: root.text("package"),
        version: root.integer("version").map_or(Spanned::new(1, NOWHERE), small),
        doc: doc(&mut root),
        explicit_padding: explicit_padding.is_some_and(|word| word.value == "explicit"),
        max_slot: max_slot.map_or(Spanned::new(u32::MAX, NOWHERE), small),
        targets: Targets {
            python: PythonTarget {
                numpy: python.and_then(|mut python| python.bool("numpy")).is_none_or(|numpy| numpy.value),
                relative_imports: python_imports.is_some_and(|word| word.value == "relative"),
            },
            typescript: TypeScriptTarget {
                import_ext: std::mem::take(&mut typescript.import_ext),
                camel_case: typescript.case != "keep",
            },
        },
        ts_u64_is_number: typescript.u64 == "number",
        constants: root.named("const").into_iter().map(|(name, record)| ConstantDecl::new(name, record)).collect(),
        enums,
        structs,
        variants: root.named("variant").into_iter().map(|(name, record)| VariantDecl::new(name, record)).collect(),
        rings: root.named("ring").into_iter().map(|(name, record)| RingDecl::new(name, record)).collect(),
        imports: root.paths("import").unwrap_or_default(),
    }
}

/// An integer of a key whose range is within `u32`.
fn small(integer: Spanned<i128>) -> Spanned<u32> {
    let value = u32::try_from(integer.value).expect("the table of keys keeps it within u32");
    Spanned::new(value, integer.span)
}

fn doc(record: &mut Record) -> String {
    record.text("doc").map(|doc| doc.value.trim().to_string()).unwrap_or_default()
}

#[derive(Default)]
struct TypeScriptKeys {
    import_ext: String,
    case: String,
    u64: String,
}

impl From<Record> for TypeScriptKeys {
    fn from(mut record: Record) -> Self {
        let mut word = |key: &str| record.text(key).map(|word| word.value).unwrap_or_default();
        TypeScriptKeys { import_ext: word("import_ext"), case: word("case"), u64: word("u64") }
    }
}

impl ConstantDecl {
    fn new(name: Spanned<String>, mut record: Record) -> Self {
        let scalar = record.text("type").and_then(|word| Scalar::from_name(&word.value));
        ConstantDecl { name, scalar, value: record.number("value"), doc: doc(&mut record) }
    }
}

impl EnumDecl {
    fn new(kind: EnumKind, name: Spanned<String>, mut record: Record) -> Self {
        let repr = record.text("repr").and_then(|word| Scalar::from_name(&word.value));
        let (list, number) = match kind {
            EnumKind::Enum => ("values", "value"),
            EnumKind::Flags => ("bits", "bit"),
        };
        let value = |mut record: Record| ValueDecl {
            name: record.text("name"),
            number: record.integer(number),
            history: History::new(&mut record),
            doc: doc(&mut record),
        };
        let values = record.list(list).map(|values| values.into_iter().map(value).collect());
        EnumDecl { kind, name, repr, values, doc: doc(&mut record) }
    }
}

impl VariantDecl {
    fn new(name: Spanned<String>, mut record: Record) -> Self {
        let mut complete = record.complete;
        let case = |mut record: Record| CaseDecl {
            span: record.span.clone(),
            ty: record.text("type"),
            name: record.text("name"),
            value: record.integer("value"),
            history: History::new(&mut record),
            doc: doc(&mut record),
        };
        let cases = record.list("cases").map(|cases| {
            complete &= cases.iter().all(|case| case.complete);
            cases.into_iter().map(case).collect()
        });
        let tag = record.text("tag").and_then(|word| Scalar::from_name(&word.value));
        VariantDecl { name, tag, cases, doc: doc(&mut record), complete }
    }
}

impl StructDecl {
    fn new(kind: StructKind, name: Spanned<String>, mut record: Record, findings: &mut Findings) -> Self {
        let mut complete = record.complete;
        let fields = record.list("fields").map(|fields| {
            complete &= fields.iter().all(|field| field.complete);
            fields.into_iter().map(|field| FieldDecl::new(field, findings)).collect()
        });
        let id = match kind {
            StructKind::Message => record.integer("id").map(small),
            StructKind::Struct => None,
        };
        StructDecl {
            kind,
            name,
            id,
            align: record.integer("align").map(small),
            fields,
            doc: doc(&mut record),
            complete,
        }
    }
}

impl FieldDecl {
    fn new(mut record: Record, findings: &mut Findings) -> Self {
        let span = record.span.clone();
        let mut contents = Vec::new();
        contents.extend(record.text("type").map(Content::Type));
        contents.extend(record.integer("pad").map(small).map(Content::Pad));
        contents.extend(record.integer("reserved").map(small).map(Content::Reserved));
        if let [first, second, ..] = &contents[..] {
            let message = format!("a field is one of `{}` and `{}`, not both", first.word(), second.word());
            let finding = Finding::new(&codes::R032, second.span(), message).also(first.span(), "first");
            findings.push(finding.help(format!("remove `{}` or `{}`", first.word(), second.word())));
        }
        if contents.is_empty() && record.complete {
            let finding = Finding::new(&codes::R033, &span, "this field has no `type`");
            findings
                .push(finding.help("add `type = \"u32\"`; or `pad = 4` or `reserved = 4` for bytes without a meaning"));
        }
        let name = record.text("name");
        let content = contents.into_iter().next();
        FieldDecl {
            span,
            name,
            content,
            doc: doc(&mut record),
            unit: record.text("unit"),
            epoch: record.text("epoch"),
            offset: record.integer("offset").map(small),
            null: record.literal("null"),
            range: record.range("range"),
            history: History::new(&mut record),
            overrides: Overrides {
                rust: record.text("rust_name"),
                python: record.text("python_name"),
                typescript: record.text("ts_name"),
                c: record.text("c_name"),
            },
            ts_u64: record.text("ts_u64"),
        }
    }
}

impl Content {
    /// The key that said so.
    fn word(&self) -> &'static str {
        match self {
            Content::Type(_) => "type",
            Content::Pad(_) => "pad",
            Content::Reserved(_) => "reserved",
        }
    }

    /// Where.
    pub(crate) fn span(&self) -> &Span {
        match self {
            Content::Type(text) => &text.span,
            Content::Pad(size) | Content::Reserved(size) => &size.span,
        }
    }
}

impl RingDecl {
    fn new(name: Spanned<String>, mut record: Record) -> Self {
        let large = |integer: Spanned<i128>| {
            let value = u64::try_from(integer.value).expect("the table of keys keeps it within i64");
            Spanned::new(value, integer.span)
        };
        let wait = record.text("wait").and_then(|word| {
            [Wait::Spin, Wait::Yield, Wait::Hybrid].into_iter().find(|wait| wait.word() == word.value)
        });
        RingDecl {
            name,
            message: record.text("message"),
            capacity: record.integer("capacity").map(large),
            slab: record.integer("slab").map(large),
            kind: record.text("kind"),
            wait: wait.unwrap_or(Wait::Hybrid),
            doc: doc(&mut record),
        }
    }
}
