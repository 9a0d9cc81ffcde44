//! Which types no field can have, as far as syntax tells. What an alias hides is left to the trait bound on `Pod`.

use quote::{ToTokens, quote};
use syn::{GenericArgument, PathArguments, PathSegment, Type, TypePath};

use super::mistakes::Report;
use crate::codes::{self, Code};

/// Reports a field's type that can't be shared, under its own tokens, and says whether it is one.
pub(super) fn reject(name: &str, ty: &Type, report: &mut Report) -> bool {
    let inner = element(ty);
    let Some(Rejection { code, what, instead }) = condemned(inner) else { return false };
    let help = match instead {
        // Inside an array, the array stays.
        Instead::Type(instead) => {
            format!("write `{name}: {}`", spelling(ty).replacen(&spelling(inner), &instead, 1))
        }
        Instead::Words(words) => words.replace("{name}", name),
    };
    report.add(code, inner, what, help);
    true
}

/// What an array is made of.
fn element(ty: &Type) -> &Type {
    match ty {
        Type::Array(array) => element(&array.elem),
        Type::Group(group) => element(&group.elem),
        Type::Paren(paren) => element(&paren.elem),
        _ => ty,
    }
}

struct Rejection {
    code: &'static Code,
    what: String,
    instead: Instead,
}

/// What to write instead.
enum Instead {
    /// Another type for the same field.
    Type(String),
    /// Something else.
    Words(String),
}

fn condemned(ty: &Type) -> Option<Rejection> {
    let reject = |code, what: &str, instead| Some(Rejection { code, what: what.to_string(), instead });
    let words = |words: &str| Instead::Words(words.to_string());
    match ty {
        Type::Reference(reference) if matches!(&*reference.elem, Type::Slice(_)) || is_str(&reference.elem) => {
            let what = format!("`{}` is an address, which means nothing in another process", spelling(ty));
            let instead = match &*reference.elem {
                Type::Slice(slice) => format!("[{}; 16]", spelling(&*slice.elem)),
                _ => "Str<16>".to_string(),
            };
            reject(&codes::R003, &what, Instead::Type(instead))
        }
        Type::Reference(_) | Type::Ptr(_) => {
            let what = format!("`{}` is an address, which means nothing in another process", spelling(ty));
            reject(&codes::R003, &what, words("write the value itself, or an index: `{name}: u32`"))
        }
        Type::FnPtr(_) => {
            let what = "a function lies elsewhere in every process, or nowhere";
            reject(&codes::R021, what, words("write a number that each process looks up: `{name}: u32`"))
        }
        Type::Slice(slice) => {
            let what = format!("`{}` has no fixed size", spelling(ty));
            reject(&codes::R001, &what, Instead::Type(format!("[{}; 16]", spelling(&*slice.elem))))
        }
        Type::Tuple(tuple) if tuple.elems.is_empty() => {
            reject(&codes::R014, "`()` has no bytes to share", words("leave `{name}` out"))
        }
        Type::Tuple(_) => {
            let what = "the compiler chooses how a tuple lies in memory";
            reject(
                &codes::R019,
                what,
                words("write a struct with `#[derive(RingStruct, Clone, Copy)]` and `#[repr(C)]`"),
            )
        }
        Type::TraitObject(_) | Type::ImplTrait(_) | Type::Never(_) | Type::Infer(_) => {
            let what = format!("`{}` is not plain old data", spelling(ty));
            reject(&codes::R019, &what, words("write a type of fixed size: `{name}: u32`"))
        }
        Type::Path(path) => by_name(ty, path),
        _ => None,
    }
}

fn is_str(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.is_ident("str"))
}

fn by_name(ty: &Type, path: &TypePath) -> Option<Rejection> {
    let segment = standard(path)?;
    let argument = inner(segment).map(spelling);
    let spelled = spelling(ty);
    let (code, what, instead) = match (segment.ident.to_string().as_str(), argument) {
        ("String" | "str" | "CString" | "CStr" | "OsString" | "OsStr" | "PathBuf" | "Path", None) => {
            let what = format!("`{spelled}` keeps its text on the heap of one process");
            (&codes::R001, what, Instead::Type("Str<16>".to_string()))
        }
        ("Vec" | "VecDeque", Some(of)) => {
            let what = format!("`{spelled}` keeps its elements on the heap of one process");
            let help = format!("write `{{name}}: [{of}; 16]`, and how many of them count: `{{name}}_len: u32`");
            (&codes::R001, what, Instead::Words(help))
        }
        ("HashMap" | "HashSet" | "BTreeMap" | "BTreeSet" | "BinaryHeap" | "LinkedList" | "Cow", Some(_)) => {
            let what = format!("`{spelled}` grows on the heap of one process");
            (&codes::R001, what, Instead::Words("write an array of fixed length: `{name}: [u32; 16]`".to_string()))
        }
        ("usize", None) => width(&spelled, "u64"),
        ("isize", None) => width(&spelled, "i64"),
        ("Box" | "Rc" | "Arc" | "NonNull", Some(of)) => {
            let what = format!("`{spelled}` is an address, which means nothing in another process");
            (
                &codes::R003,
                what,
                Instead::Words(format!("write the value itself, `{{name}}: {of}`, or an index: `{{name}}: u32`")),
            )
        }
        ("u128" | "i128", None) => disputed(&spelled, "[u64; 2]"),
        ("f128", None) => disputed(&spelled, "[u64; 2]"),
        ("f16", None) => disputed(&spelled, "u16"),
        ("char", None) => {
            let what = "`char` has bit patterns that are no value, and a peer may send any".to_string();
            (&codes::R005, what, Instead::Words("write `{name}: u32`, or `{name}: Str<4>`".to_string()))
        }
        ("NonZero", Some(of)) => nonzero(&spelled, of.to_string()),
        (name, None) if name.strip_prefix("NonZero").is_some_and(is_integer) => {
            nonzero(&spelled, name["NonZero".len()..].to_lowercase())
        }
        ("Option", Some(_)) if inner(segment).and_then(condemned).is_some_and(|inner| inner.code == &codes::R003) => {
            let what = format!("`{spelled}` is an address, which means nothing in another process");
            (
                &codes::R003,
                what,
                Instead::Words("write an index, with a value that stands for none: `{name}: u32`".to_string()),
            )
        }
        ("Option", Some(of)) => {
            let what = format!("the compiler chooses how `{spelled}` lies in memory");
            let help = format!("write `{{name}}: {of}`, and whether it is there: `has_{{name}}: Bool`");
            (&codes::R020, what, Instead::Words(help))
        }
        ("bool", None) => {
            let what = "Rust's `bool` may only be 0 or 1, and a peer may send any byte".to_string();
            (&codes::R022, what, Instead::Type("Bool".to_string()))
        }
        ("PhantomData", Some(_)) => {
            let what = format!("`{spelled}` has no bytes to share");
            (&codes::R014, what, Instead::Words("leave `{name}` out".to_string()))
        }
        (name, None) if name.strip_prefix("Atomic").is_some_and(is_integer) => {
            let what = format!("`{spelled}` is for memory that several write; a message has one writer at a time");
            (&codes::R019, what, Instead::Type(name["Atomic".len()..].to_lowercase()))
        }
        _ => return None,
    };
    Some(Rejection { code, what, instead })
}

fn width(spelled: &str, instead: &str) -> (&'static Code, String, Instead) {
    let what = format!("`{spelled}` is as wide as each target likes");
    (&codes::R002, what, Instead::Type(instead.to_string()))
}

fn disputed(spelled: &str, instead: &str) -> (&'static Code, String, Instead) {
    let what = format!("languages and compilers disagree on `{spelled}`");
    (&codes::R004, what, Instead::Type(instead.to_string()))
}

fn nonzero(spelled: &str, integer: String) -> (&'static Code, String, Instead) {
    let what = format!("`{spelled}` has a bit pattern that is no value, and a peer may send any");
    (&codes::R005, what, Instead::Type(integer))
}

fn is_integer(name: &str) -> bool {
    matches!(name, "U8" | "U16" | "U32" | "U64" | "I8" | "I16" | "I32" | "I64")
}

/// The last segment of a path that is the standard library's, or may be: one name, or one behind `std::`.
///
/// A name alone can be a type of the user's own; then the user's names mislead every reader, not only this one. That
/// is why heap types are only taken for such with their parameter: a `Vec` of two floats is nobody's mistake.
fn standard(path: &TypePath) -> Option<&PathSegment> {
    if path.qself.is_some() {
        return None;
    }
    let segments = &path.path.segments;
    let first = segments.first()?.ident.to_string();
    (segments.len() == 1 || matches!(first.as_str(), "std" | "core" | "alloc")).then(|| segments.last())?
}

/// The last type in angle brackets.
fn inner(segment: &PathSegment) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    arguments.args.iter().rev().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// Tokens as people write types: `Box<[u8; 4]>`.
fn spelling(tokens: impl ToTokens) -> String {
    let mut text = quote!(#tokens).to_string();
    for (spaced, tight) in [
        (" <", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" ;", ";"),
        (" ,", ","),
        (" :: ", "::"),
        ("& ", "&"),
        ("* ", "*"),
        ("' ", "'"),
    ] {
        text = text.replace(spaced, tight);
    }
    text
}
