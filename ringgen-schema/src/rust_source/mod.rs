//! Rust files as schemas: the structs with a derive of ringgen's, as the derives themselves read them.
//!
//! A macro sees types, and this sees tokens. So only what tokens can say for certain is taken: literals and constants
//! of the file for lengths, aliases of the file, names that the file declares or that `ringgen` has. All else is
//! refused, never skipped; and what is printed holds the fingerprints, for rustc to compare with those of the derives.

mod items;
mod scope;
mod variant;

use std::path::Path;

use proc_macro2::{Span as TokenSpan, TokenStream, TokenTree};
use quote::ToTokens;
use ringgen_layout::{EnumKind, StructKind};
use syn::ext::IdentExt;
use syn::spanned::Spanned as _;
use syn::{Attribute, DeriveInput, Item, ItemStruct, UseTree};

use self::items::Part;
use self::scope::{FieldType, Scope};
use crate::annotated::{self, Derive, Input, Report};
use crate::codes;
use crate::diagnostic::{Finding, Findings};
use crate::keys::Style;
use crate::names;
use crate::plan::{Origin, PythonTarget, Targets, TypeScriptTarget, Wait};
use crate::schema::{Content, EnumDecl, FieldDecl, History, Overrides, RingDecl, Schema, StructDecl, ValueDecl};
use crate::source::{Source, Span, Spanned};
use crate::syntax::NOWHERE;

/// Whether a file is Rust, by its name.
pub(crate) fn is_rust(source: &Source) -> bool {
    Path::new(source.name()).extension().is_some_and(|extension| extension == "rs")
}

/// The declarations of a file whose spans begin at `base`; `None` if it is no Rust.
pub(crate) fn read(source: &Source, base: usize, findings: &mut Findings) -> Option<Schema> {
    let text = source.text();
    let skipped = prelude(text);
    let mut reader = Reader { base: base + skipped, findings };
    let tokens = match text[skipped..].parse() {
        Ok(tokens) => tokens,
        Err(error) => {
            reader.not_rust(&syn::Error::from(error));
            return None;
        }
    };
    let items = reader.items(tokens)?;
    Some(reader.schema(source, &items))
}

/// The bytes in front of a file that are no tokens: a byte order mark, and a line for the shell.
fn prelude(text: &str) -> usize {
    let rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    let line = match rest.strip_prefix("#!") {
        Some(line) if !line.trim_start().starts_with('[') => rest.find('\n').unwrap_or(rest.len()),
        _ => 0,
    };
    text.len() - rest.len() + line
}

/// The derives, by their names.
const DERIVES: [(&str, Derive); 5] = [
    ("RingMessage", Derive::Struct(StructKind::Message)),
    ("RingStruct", Derive::Struct(StructKind::Struct)),
    ("RingEnum", Derive::Enum(EnumKind::Enum)),
    ("RingFlags", Derive::Enum(EnumKind::Flags)),
    ("RingVariant", Derive::Variant),
];

fn derive_of(name: &str) -> Option<Derive> {
    DERIVES.iter().find(|(word, _)| *word == name).map(|(_, derive)| *derive)
}

struct Reader<'a> {
    /// Where the first byte that a token can have lies among all spans.
    base: usize,
    findings: &'a mut Findings,
}

/// An item with a derive, read as the derive reads it.
struct Annotated<'a> {
    derive: Derive,
    item: &'a ItemStruct,
    input: Input,
}

impl Annotated<'_> {
    /// What Rust calls it, behind its name in every language, if that is another one.
    fn rust_name(&self) -> Option<(String, String)> {
        let (name, ident) = (self.input.name(), self.item.ident.to_string());
        (name != ident).then_some((name, ident))
    }

    /// The name in every language, and where it is written.
    fn name(&self, reader: &Reader<'_>) -> Spanned<String> {
        let span = self.input.ring.name.as_ref().map_or(self.item.ident.span(), syn::LitStr::span);
        Spanned::new(self.input.name(), reader.span(span))
    }
}

impl Reader<'_> {
    /// Where tokens stand, among all spans.
    fn span(&self, span: TokenSpan) -> Span {
        let range = span.byte_range();
        self.base + range.start..self.base + range.end
    }

    /// Refuses something that only the compiler can make out.
    fn refuse(&mut self, span: TokenSpan, what: impl Into<String>, help: impl Into<String>) {
        let finding = Finding::new(&codes::R042, &self.span(span), what);
        self.findings.push(finding.help(help));
    }

    fn not_rust(&mut self, error: &syn::Error) {
        let finding = Finding::new(&codes::R041, &self.span(error.span()), format!("not Rust: {error}"));
        self.findings.push(finding.help("write what `cargo check` takes"));
    }

    /// The items that declare something; `None` if one of them can't be read. Refuses others that have a type inside.
    fn items(&mut self, tokens: TokenStream) -> Option<Vec<Item>> {
        let mut items = Some(Vec::new());
        for part in items::split(tokens) {
            let tokens = match part {
                Part::Declares(tokens) => tokens,
                Part::Other(tokens) => {
                    if let Some(span) = derive_inside(tokens) {
                        let what = "a type in a module, a function or a macro can't be told from here";
                        self.refuse(span, what, "move it to the top of the file, outside of any other item");
                    }
                    continue;
                }
            };
            if let Some(span) = items::too_deep(tokens.clone()) {
                self.refuse(span, "this nests too deep to be read", "give what is inside a name of its own");
                items = None;
                continue;
            }
            match (syn::parse2(tokens), &mut items) {
                (Ok(item), Some(items)) => items.push(item),
                (Ok(_), None) => {}
                (Err(error), _) => {
                    self.not_rust(&error);
                    items = None;
                }
            }
        }
        items
    }

    fn schema(&mut self, source: &Source, file: &[Item]) -> Schema {
        let mut items = Vec::new();
        for item in file {
            self.item(item, &mut items);
        }
        let scope = Scope::new(file, &items.iter().map(|of| (&of.item.ident, of.input.name())).collect::<Vec<_>>());
        let (mut enums, mut structs, mut variants, mut rings) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for of in &items {
            match of.derive {
                Derive::Enum(kind) => enums.push(self.enumeration(kind, of, &scope)),
                Derive::Struct(kind) => {
                    structs.push(self.structure(kind, of, &scope));
                    rings.extend(self.rings(of));
                }
                Derive::Variant => {
                    variants.push(self.variant(of, &scope));
                    rings.extend(self.rings(of));
                }
            }
        }
        if items.is_empty() {
            let finding = Finding::new(&codes::R042, &(self.base..self.base), "this file has no type to share");
            self.findings.push(finding.help("put `#[derive(Clone, Copy, RingMessage)]` and `#[repr(C)]` on a struct"));
        }
        let (package, version) = self.package(source, &items);
        Schema {
            origin: Origin::Rust { is_packaged: version.is_some() },
            rust_names: items.iter().filter_map(Annotated::rust_name).collect(),
            package,
            version: Spanned::new(version.unwrap_or(0), NOWHERE),
            doc: String::new(),
            imports: Vec::new(),
            explicit_padding: true,
            max_slot: Spanned::new(u32::MAX, NOWHERE),
            targets: Targets {
                python: PythonTarget { numpy: true, relative_imports: false },
                typescript: TypeScriptTarget { import_ext: ".js".to_string(), camel_case: true },
            },
            ts_u64_is_number: false,
            constants: Vec::new(),
            enums,
            structs,
            variants,
            rings,
        }
    }

    /// Reads an item if it has a derive.
    fn item<'a>(&mut self, item: &'a Item, items: &mut Vec<Annotated<'a>>) {
        match item {
            Item::Struct(of) => {
                if let Some(derive) = self.derive(&of.attrs)
                    && self.is_unconditional(&of.attrs, &of.ident.to_string())
                {
                    let input = self.annotated(derive, DeriveInput::from(of.clone()));
                    items.push(Annotated { derive, item: of, input });
                }
            }
            Item::Enum(of) => {
                if let Some(derive) = self.derive(&of.attrs) {
                    self.annotated(derive, DeriveInput::from(of.clone()));
                }
            }
            Item::Union(of) => {
                if let Some(derive) = self.derive(&of.attrs) {
                    self.annotated(derive, DeriveInput::from(of.clone()));
                }
            }
            Item::Use(of) => self.renamed(&of.tree),
            _ => {}
        }
    }

    /// What the derives see; their mistakes are findings here.
    fn annotated(&mut self, derive: Derive, item: DeriveInput) -> Input {
        let mut report = Report::default();
        let input = annotated::read(derive, item, &mut report);
        for mistake in report.into_mistakes() {
            let (first, last) = (self.span(mistake.at.0), self.span(mistake.at.1));
            let span = first.start..last.end.max(first.end);
            self.findings.push(Finding::new(mistake.code, &span, mistake.what).help(mistake.help));
        }
        input
    }

    /// The derive of ringgen's in these attributes.
    fn derive(&mut self, attributes: &[Attribute]) -> Option<Derive> {
        let mut found = None;
        for attribute in attributes {
            if attribute.path().is_ident("cfg_attr") {
                if let Some(span) = derive_inside(attribute.to_token_stream()) {
                    let what = "whether this is derived is known to the compiler alone";
                    self.refuse(span, what, "write `#[derive(…)]`, without a condition");
                }
            } else if attribute.path().is_ident("derive") {
                // What rustc can't read of a `derive`, rustc reports.
                let _ = attribute.parse_nested_meta(|meta| {
                    let name = meta.path.segments.last().map(|segment| segment.ident.to_string());
                    let Some(derive) = name.as_deref().and_then(derive_of) else { return Ok(()) };
                    if found.replace(derive).is_some() {
                        self.refuse(meta.path.span(), "a type is one of these", "remove one of the two derives");
                    }
                    Ok(())
                });
            }
        }
        found
    }

    /// Whether an item or field is there in every build; if not, that is reported.
    fn is_unconditional(&mut self, attributes: &[Attribute], what: &str) -> bool {
        let condition = attributes.iter().find(|of| of.path().is_ident("cfg") || of.path().is_ident("cfg_attr"));
        let Some(condition) = condition else { return true };
        let what = format!("`{what}` is another one in another build, and other languages have but one");
        self.refuse(condition.path().span(), what, "remove the condition");
        false
    }

    /// Refuses other names for what is known here by its name.
    fn renamed(&mut self, tree: &UseTree) {
        match tree {
            UseTree::Path(path) => self.renamed(&path.tree),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.renamed(tree)),
            UseTree::Rename(of) if derive_of(&of.ident.to_string()).is_some() => {
                let what = format!("`{}` under another name can't be seen here", of.ident);
                self.refuse(of.rename.span(), what, format!("use it as `{}`", of.ident));
            }
            UseTree::Rename(_) | UseTree::Name(_) | UseTree::Glob(_) => {}
        }
    }

    /// The name of the package, and its version if the messages state one.
    fn package(&mut self, source: &Source, items: &[Annotated<'_>]) -> (Option<Spanned<String>>, Option<u32>) {
        let travels = |of: &&Annotated<'_>| matches!(of.derive, Derive::Struct(StructKind::Message) | Derive::Variant);
        let messages = || items.iter().filter(travels);
        let stated = messages().find_map(|of| Some((of, of.input.ring.package.as_ref()?)));
        let Some((first, literal)) = stated else {
            let stem = Path::new(source.name()).file_stem().unwrap_or_default().to_string_lossy();
            let words = names::words(&stem).join("_").to_ascii_lowercase();
            let name = Spanned::new(words, self.base..self.base);
            return (self.formed(Style::Snake, name), None);
        };
        for of in messages() {
            let ring = &of.input.ring;
            let other = ring.package.as_ref().map(syn::LitStr::value);
            if other.as_ref() == Some(&literal.value()) && ring.version == first.input.ring.version {
                continue;
            }
            let version = first.input.ring.version.map(|version| format!(", version = {version}"));
            let what = format!("`{}` is not of the package of `{}`", of.item.ident, first.item.ident);
            let finding = Finding::new(&codes::R042, &self.span(of.item.ident.span()), what);
            let finding = finding.also(&self.span(literal.span()), "one file is one package");
            let version = version.unwrap_or_default();
            self.findings
                .push(finding.help(format!("write `#[ring(package = \"{}\"{version})]` on it", literal.value())));
        }
        let name = Spanned::new(literal.value(), self.span(literal.span()));
        (self.formed(Style::Snake, name), Some(first.input.ring.version.unwrap_or(0)))
    }

    /// A name that has the form it is to have in a schema; if not, that is reported.
    fn formed(&mut self, style: Style, name: Spanned<String>) -> Option<Spanned<String>> {
        let Err(problem) = names::form(style, &name.value) else { return Some(name) };
        let message = format!("`{}` {}", names::shown(&name.value), problem.message);
        let finding = Finding::new(&codes::R035, &name.span, message).label(problem.label);
        self.findings.push(finding.help(match style {
            Style::Camel | Style::Field => {
                format!("{}, or give it another name: `#[ring(name = \"…\")]`", problem.help)
            }
            _ => problem.help,
        }));
        None
    }

    /// Refuses types that another file or program has declared, and this one only repeats.
    fn is_own(&mut self, of: &Annotated<'_>) -> bool {
        let ring = &of.input.ring;
        if let Some(schema) = &ring.schema {
            let what = format!("`{}` is declared by {}", of.item.ident, schema.value());
            self.refuse(schema.span(), what, format!("run `ringgen generate {}`", names::shown(&schema.value())));
            return false;
        }
        if let Some((_, span)) = ring.layout_hash {
            let what = format!("`{}` is generated already", of.item.ident);
            self.refuse(span, what, "run `ringgen generate` on the schema that it comes from");
            return false;
        }
        true
    }

    fn enumeration(&mut self, kind: EnumKind, of: &Annotated<'_>, scope: &Scope<'_>) -> EnumDecl {
        let name = of.name(self);
        let is_own = self.is_own(of);
        let is_named = self.formed(Style::Camel, name.clone()).is_some();
        let repr = of.item.fields.iter().next().and_then(|field| scope.scalar(&field.ty, self));
        let mut values = Vec::new();
        for value in of.input.ring.values.iter().flatten() {
            let span = self.span(value.span);
            // A name in quotes stands between them.
            let name = self.formed(Style::Value, Spanned::new(value.name.clone(), span.clone()));
            values.push(ValueDecl {
                name,
                number: Some(Spanned::new(value.number, span)),
                history: History::default(),
                doc: value.doc.clone(),
            });
        }
        let values = of.input.ring.values.is_some().then_some(values).filter(|_| is_own && is_named);
        EnumDecl { kind, name, repr: repr.filter(|repr| repr.is_integer()), values, doc: of.input.doc.clone() }
    }

    fn structure(&mut self, kind: StructKind, of: &Annotated<'_>, scope: &Scope<'_>) -> StructDecl {
        let name = of.name(self);
        let mut complete = self.is_own(of) & self.formed(Style::Camel, name.clone()).is_some() & !of.input.is_packed;
        let mut fields = Vec::new();
        for field in &of.input.fields {
            let item = of.item.fields.iter().find(|item| item.ident.as_ref() == Some(&field.ident));
            complete &= item.is_none_or(|item| self.is_unconditional(&item.attrs, &field.ident.to_string()));
            // What a parameter stands for, nobody can tell, and the derive says so.
            let is_known = !field.is_refused && of.input.generics.params.is_empty();
            let content = if is_known { self.content(field, scope) } else { None };
            let at = self.span(field.ident.span());
            let name = self.formed(Style::Field, Spanned::new(field.name.clone(), at.clone()));
            complete &= content.is_some() && name.is_some();
            let note = |text: &String| (!text.is_empty()).then(|| Spanned::new(text.clone(), at.clone()));
            let is_data = matches!(content, Some(Content::Type(_)));
            fields.push(FieldDecl {
                span: item.map_or(at.clone(), |item| self.span(item.span())),
                name,
                content,
                doc: field.doc.clone(),
                unit: note(&field.unit).filter(|_| is_data),
                epoch: note(&field.epoch).filter(|_| is_data),
                offset: None,
                null: None,
                range: None,
                history: History::default(),
                overrides: Overrides { rust: rust_name(field), ..Overrides::default() },
                ts_u64: None,
            });
        }
        complete &= !fields.is_empty() && of.input.generics.params.is_empty();
        let align = self.alignment(&of.item.attrs);
        StructDecl { kind, name, id: None, align, fields: Some(fields), doc: of.input.doc.clone(), complete }
    }

    fn content(&mut self, field: &annotated::Field, scope: &Scope<'_>) -> Option<Content> {
        let span = self.span(field.ty.span());
        match scope.field_type(&field.ty, self)? {
            FieldType::Data(text) if field.is_filler() && text.starts_with("bytes[") && !text.contains("][") => {
                let size = text["bytes[".len()..text.len() - 1].parse().ok()?;
                Some(Content::Pad(Spanned::new(size, span)))
            }
            FieldType::Data(text) => Some(Content::Type(Spanned::new(text, span))),
            FieldType::Pad(size) => Some(Content::Pad(Spanned::new(size, span))),
            FieldType::Reserved(size) => Some(Content::Reserved(Spanned::new(size, span))),
        }
    }

    /// The alignment in `#[repr(C, align(64))]`.
    fn alignment(&mut self, attributes: &[Attribute]) -> Option<Spanned<u32>> {
        let mut align = None;
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("repr")) {
            // What rustc can't read of a `repr`, rustc reports.
            let _ = attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("align") {
                    let number;
                    syn::parenthesized!(number in meta.input);
                    let literal: syn::LitInt = number.parse()?;
                    align = Some(Spanned::new(literal.base10_parse()?, self.span(literal.span())));
                }
                Ok(())
            });
        }
        align
    }

    fn rings(&mut self, of: &Annotated<'_>) -> Vec<RingDecl> {
        let mut rings = Vec::new();
        for ring in of.input.ring.rings.iter().flatten() {
            let span = self.span(ring.span);
            let capacity = u64::try_from(ring.number).unwrap_or(0);
            let Some(name) = self.formed(Style::Snake, Spanned::new(ring.name.clone(), span.clone())) else { continue };
            rings.push(RingDecl {
                name,
                message: Some(Spanned::new(of.input.name(), span.clone())),
                capacity: Some(Spanned::new(capacity, span)),
                kind: None,
                wait: Wait::Hybrid,
                slab: None,
                doc: ring.doc.clone(),
            });
        }
        rings
    }
}

/// What Rust calls a field, if that is not its name in layouts.
fn rust_name(field: &annotated::Field) -> Option<Spanned<String>> {
    let ident = field.ident.unraw().to_string();
    (ident != field.name).then(|| Spanned::new(ident, NOWHERE))
}

/// The first derive of ringgen's that stands somewhere in these tokens, however deep.
fn derive_inside(tokens: TokenStream) -> Option<TokenSpan> {
    let mut levels = vec![tokens.into_iter()];
    while let Some(level) = levels.last_mut() {
        match level.next() {
            Some(TokenTree::Ident(ident)) if derive_of(&ident.to_string()).is_some() => return Some(ident.span()),
            Some(TokenTree::Group(group)) => levels.push(group.stream().into_iter()),
            Some(_) => {}
            None => drop(levels.pop()),
        }
    }
    None
}
