//! What the names in a Rust file stand for, as far as the file itself says.

use std::collections::BTreeMap;

use ringgen_layout::Scalar;
use syn::ext::IdentExt;
use syn::spanned::Spanned as _;
use syn::{Expr, GenericArgument, Ident, Item, Lit, PathArguments, Type, TypePath, UseTree};

use super::Reader;

/// How long a chain of aliases and constants may be; one that is longer is a circle, which rustc refuses.
const MAX_CHAIN: usize = 64;

/// A field's type, as a schema spells it.
pub(super) enum FieldType {
    /// `u32`, `bytes[12]`, `Level[5]`.
    Data(String),
    /// Bytes that keep alignment.
    Pad(u32),
    /// Bytes for a later version.
    Reserved(u32),
}

/// The names of a file.
pub(super) struct Scope<'a> {
    names: BTreeMap<String, Named<'a>>,
    constants: BTreeMap<String, &'a Expr>,
    /// The enums, of which some are views of variants.
    pub(super) enums: BTreeMap<String, &'a syn::ItemEnum>,
    /// Whether everything of `ringgen` is there by its name.
    has_ringgen: bool,
    /// A path whose names could be any: `use other::*`.
    glob: Option<String>,
}

/// What a type's name stands for.
enum Named<'a> {
    /// A type with a derive: what it is called in every language.
    Declared(String),
    /// A type of this file without one.
    Bare,
    /// Another name for a type.
    Alias(&'a Type),
    /// An alias with parameters.
    Generic,
    /// A name of `ringgen`'s, by which it is known there.
    Ringgen(String),
    /// A name from elsewhere: its path.
    Imported(String),
}

impl<'a> Scope<'a> {
    /// The scope of a file with these annotated types.
    pub(super) fn new(file: &'a [Item], declared: &[(&Ident, String)]) -> Self {
        let (names, constants, enums) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut scope = Scope { names, constants, enums, has_ringgen: false, glob: None };
        for item in file {
            match item {
                Item::Struct(of) => scope.bare(&of.ident),
                Item::Enum(of) => {
                    scope.bare(&of.ident);
                    scope.enums.insert(of.ident.unraw().to_string(), of);
                }
                Item::Union(of) => scope.bare(&of.ident),
                Item::Type(of) => {
                    let named = if of.generics.params.is_empty() { Named::Alias(&of.ty) } else { Named::Generic };
                    scope.names.insert(of.ident.unraw().to_string(), named);
                }
                Item::Const(of) => drop(scope.constants.insert(of.ident.unraw().to_string(), &of.expr)),
                Item::Use(of) => scope.import(&of.tree, String::new()),
                _ => {}
            }
        }
        for (ident, name) in declared {
            scope.names.insert(ident.unraw().to_string(), Named::Declared(name.clone()));
        }
        scope
    }

    fn bare(&mut self, ident: &Ident) {
        self.names.insert(ident.unraw().to_string(), Named::Bare);
    }

    fn import(&mut self, tree: &UseTree, path: String) {
        let below = |name: &Ident| if path.is_empty() { name.to_string() } else { format!("{path}::{name}") };
        match tree {
            UseTree::Path(of) => self.import(&of.tree, below(&of.ident)),
            UseTree::Group(of) => of.items.iter().for_each(|tree| self.import(tree, path.clone())),
            UseTree::Glob(_) if path == "ringgen" => self.has_ringgen = true,
            UseTree::Glob(_) => self.glob = Some(path),
            UseTree::Name(of) => self.imported(&of.ident, below(&of.ident)),
            UseTree::Rename(of) => self.imported(&of.rename, below(&of.ident)),
        }
    }

    fn imported(&mut self, name: &Ident, path: String) {
        let named = match path.strip_prefix("ringgen::").filter(|name| !name.contains("::")) {
            Some(name) => Named::Ringgen(name.to_string()),
            None => Named::Imported(path),
        };
        self.names.insert(name.unraw().to_string(), named);
    }

    /// The scalar that a type is, if it is one.
    pub(super) fn scalar(&self, ty: &Type, reader: &mut Reader<'_>) -> Option<Scalar> {
        match self.field_type(ty, reader)? {
            FieldType::Data(text) => Scalar::from_name(&text),
            FieldType::Pad(_) | FieldType::Reserved(_) => None,
        }
    }

    /// A type, as a schema spells it; what can't be told is reported.
    pub(super) fn field_type(&self, ty: &Type, reader: &mut Reader<'_>) -> Option<FieldType> {
        self.resolve(ty, 0, reader)
    }

    fn resolve(&self, ty: &Type, chain: usize, reader: &mut Reader<'_>) -> Option<FieldType> {
        match ty {
            Type::Group(of) => self.resolve(&of.elem, chain, reader),
            Type::Paren(of) => self.resolve(&of.elem, chain, reader),
            Type::Array(_) => {
                let (mut lengths, mut element) = (Vec::new(), ty);
                while let Type::Array(array) = element {
                    lengths.push(self.length(&array.len, 0, reader));
                    element = &array.elem;
                }
                let element = self.resolve(element, chain, reader);
                let lengths: Vec<u32> = lengths.into_iter().collect::<Option<_>>()?;
                self.array(ty, element?, &lengths, reader)
            }
            Type::Path(of) => self.path(of, chain, reader),
            other => {
                reader.refuse(other.span(), "this type can't be told from its tokens", "write the name of a type");
                None
            }
        }
    }

    /// `[Level; 5]` as `Level[5]`, and bytes as bytes.
    fn array(&self, ty: &Type, element: FieldType, lengths: &[u32], reader: &mut Reader<'_>) -> Option<FieldType> {
        let FieldType::Data(element) = element else {
            reader.refuse(ty.span(), "there are no arrays of padding", "write one `Pad<N>` or `Reserved<N>`");
            return None;
        };
        // An alias of an array has its lengths behind those of the array of it.
        let (element, inner) = match element.find('[') {
            Some(_) if element.starts_with("str[") || element.starts_with("bytes[") => {
                let own = element.find(']').map_or(element.len(), |end| end + 1);
                element.split_at(own)
            }
            Some(at) => element.split_at(at),
            None => (element.as_str(), ""),
        };
        let brackets = |lengths: &[u32]| lengths.iter().map(|length| format!("[{length}]")).collect::<String>();
        let text = match lengths.split_last() {
            Some((last, outer)) if element == "u8" && inner.is_empty() => format!("bytes[{last}]{}", brackets(outer)),
            _ => format!("{element}{}{inner}", brackets(lengths)),
        };
        Some(FieldType::Data(text))
    }

    fn path(&self, of: &TypePath, chain: usize, reader: &mut Reader<'_>) -> Option<FieldType> {
        let segments: Vec<String> = of.path.segments.iter().map(|segment| segment.ident.unraw().to_string()).collect();
        let words: Vec<&str> = segments.iter().map(String::as_str).collect();
        let last = of.path.segments.last()?;
        if of.qself.is_some() {
            reader.refuse(of.span(), "this type can't be told from its tokens", "write the name of a type");
            return None;
        }
        match words[..] {
            [name] | ["self", name] => self.name(name, of, chain, reader),
            ["core" | "std", "primitive", name] if Scalar::from_name(name).is_some() => {
                Some(FieldType::Data(name.to_string()))
            }
            ["ringgen", name] => self.ringgen(name, &last.arguments, of, reader),
            _ => {
                let what = format!("`{}` is declared elsewhere", words.join("::"));
                reader.refuse(of.span(), what, "declare it in this file, or generate from a schema instead");
                None
            }
        }
    }

    fn name(&self, name: &str, of: &TypePath, chain: usize, reader: &mut Reader<'_>) -> Option<FieldType> {
        let elsewhere = "declare it in this file, or generate from a schema instead";
        let arguments = &of.path.segments.last()?.arguments;
        match self.names.get(name) {
            Some(Named::Declared(name)) => Some(FieldType::Data(name.clone())),
            Some(Named::Alias(_)) if chain >= MAX_CHAIN => {
                reader.refuse(of.span(), format!("`{name}` is another name for itself"), "name a type");
                None
            }
            Some(Named::Alias(ty)) => self.resolve(ty, chain + 1, reader),
            Some(Named::Ringgen(name)) => self.ringgen(name, arguments, of, reader),
            Some(Named::Bare) => {
                let what = format!("`{name}` has no derive that says how it lies");
                reader.refuse(of.span(), what, "put `#[derive(Clone, Copy, RingStruct)]` and `#[repr(C)]` on it");
                None
            }
            Some(Named::Generic) => {
                let what = format!("`{name}` has parameters, which only the compiler can fill in");
                reader.refuse(of.span(), what, "write the type that it stands for");
                None
            }
            Some(Named::Imported(path)) => {
                reader.refuse(of.span(), format!("`{name}` is declared elsewhere: `{path}`"), elsewhere);
                None
            }
            None if Scalar::from_name(name).is_some() => Some(FieldType::Data(name.to_string())),
            None if self.has_ringgen && is_of_ringgen(name) => self.ringgen(name, arguments, of, reader),
            None => {
                let what = match &self.glob {
                    Some(glob) => format!("`{name}` is not declared in this file, and may be of `{glob}::*`"),
                    None => format!("`{name}` is not declared in this file"),
                };
                reader.refuse(
                    of.span(),
                    what,
                    match is_of_ringgen(name) {
                        true => format!("write `ringgen::{name}`"),
                        false => elsewhere.to_string(),
                    },
                );
                None
            }
        }
    }

    /// A type of the crate `ringgen`.
    fn ringgen(
        &self,
        name: &str,
        arguments: &PathArguments,
        of: &TypePath,
        reader: &mut Reader<'_>,
    ) -> Option<FieldType> {
        if name == "Bool" {
            return Some(FieldType::Data("bool".to_string()));
        }
        let length = match arguments {
            PathArguments::AngleBracketed(arguments) if arguments.args.len() == 1 => &arguments.args[0],
            _ if is_of_ringgen(name) => {
                reader.refuse(of.span(), format!("`{name}` needs its size"), format!("write `{name}<12>`"));
                return None;
            }
            _ => {
                reader.refuse(of.span(), format!("`ringgen::{name}` is no type of a field"), "write another type");
                return None;
            }
        };
        let length = match length {
            GenericArgument::Const(length) => self.length(length, 0, reader)?,
            GenericArgument::Type(Type::Path(path)) => {
                let length = Expr::Path(syn::ExprPath { attrs: Vec::new(), qself: None, path: path.path.clone() });
                self.length(&length, 0, reader)?
            }
            other => {
                reader.refuse(other.span(), "this is no size", "write a number, or a constant of this file");
                return None;
            }
        };
        match name {
            "Str" => Some(FieldType::Data(format!("str[{length}]"))),
            "TextRef" => Some(FieldType::Data(format!("text[{length}]"))),
            "BlobRef" => Some(FieldType::Data(format!("blob[{length}]"))),
            "Pad" => Some(FieldType::Pad(length)),
            "Reserved" => Some(FieldType::Reserved(length)),
            _ => {
                reader.refuse(of.span(), format!("`ringgen::{name}` is no type of a field"), "write another type");
                None
            }
        }
    }

    /// The value of a length: a literal, or a constant of the file that is one in the end.
    fn length(&self, length: &Expr, chain: usize, reader: &mut Reader<'_>) -> Option<u32> {
        match length {
            Expr::Group(of) => self.length(&of.expr, chain, reader),
            Expr::Paren(of) => self.length(&of.expr, chain, reader),
            Expr::Lit(syn::ExprLit { lit: Lit::Int(number), .. }) => {
                let value = number.base10_parse().ok();
                if value.is_none() {
                    reader.refuse(number.span(), "this length does not fit in memory", "write a smaller one");
                }
                value
            }
            Expr::Block(of) => match &of.block.stmts[..] {
                [syn::Stmt::Expr(inner, None)] => self.length(inner, chain, reader),
                _ => self.arithmetic(length, reader),
            },
            Expr::Path(of) if of.qself.is_none() && chain < MAX_CHAIN => {
                let mut segments: Vec<String> =
                    of.path.segments.iter().map(|segment| segment.ident.unraw().to_string()).collect();
                if segments.len() == 2 && segments[0] == "self" {
                    segments.remove(0);
                }
                match &segments[..] {
                    [name] if self.constants.contains_key(name) => self.length(self.constants[name], chain + 1, reader),
                    _ => {
                        let what = format!("`{}` is no constant of this file", segments.join("::"));
                        reader.refuse(of.span(), what, "declare it in this file, or write the number");
                        None
                    }
                }
            }
            other => self.arithmetic(other, reader),
        }
    }

    fn arithmetic(&self, of: &Expr, reader: &mut Reader<'_>) -> Option<u32> {
        let help = "write a number, or the name of a constant of this file that is one";
        reader.refuse(of.span(), "only the compiler can tell this length", help);
        None
    }
}

fn is_of_ringgen(name: &str) -> bool {
    matches!(name, "Bool" | "Str" | "Pad" | "Reserved" | "TextRef" | "BlobRef")
}
