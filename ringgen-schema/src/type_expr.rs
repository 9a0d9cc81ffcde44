//! Type expressions: `u32`, `Level[5]`, `str[12][4]`, `list[Level, 16]`. What programmers of other languages write instead is refused by
//! the reason why it can't be shared, with what to write.

use std::collections::BTreeSet;

use ringgen_layout::Scalar;

use crate::codes::{self, Code};
use crate::diagnostic::Finding;
use crate::names::shown;
use crate::source::{Span, Spanned};

/// A type as it was written, well-formed.
#[derive(Debug, PartialEq)]
pub(crate) struct TypeExpr {
    /// What one element is.
    pub(crate) head: Head,
    /// Where it says so.
    pub(crate) head_span: Span,
    /// The lengths in brackets behind it, the outermost first; not those of `str[N]` and `bytes[N]`.
    pub(crate) lengths: Vec<Spanned<Length>>,
}

/// What one element is.
#[derive(Debug, PartialEq)]
pub(crate) enum Head {
    Scalar(Scalar),
    Str(Spanned<Length>),
    Bytes(Spanned<Length>),
    /// As many of the element as a length in front of them says, and room for the most that there can be.
    List(Box<TypeExpr>, Spanned<Length>),
    /// A reference to text in the slab of a ring, and the most bytes that it may have.
    Text(Spanned<Length>),
    /// A reference to bytes in the slab of a ring, and the most that there may be.
    Blob(Spanned<Length>),
    Named(String),
}

impl TypeExpr {
    /// The declared type that it names, and where it does.
    pub(crate) fn named(&self) -> Option<(&str, &Span)> {
        match &self.head {
            Head::Named(name) => Some((name, &self.head_span)),
            Head::List(element, _) => element.named(),
            _ => None,
        }
    }

    /// Whether it is a list, which is two fields.
    pub(crate) fn is_list(&self) -> bool {
        matches!(self.head, Head::List(..))
    }

    /// Whether it has elements: an array or a list.
    pub(crate) fn has_elements(&self) -> bool {
        self.is_list() || !self.lengths.is_empty()
    }
}

/// An array length.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Length {
    Number(u32),
    Constant(String),
}

/// Parses the text of a `type` key. The types that the file declares may have names that other languages know.
pub(crate) fn parse(text: &Spanned<String>, declared: &BTreeSet<&str>) -> Result<TypeExpr, Finding> {
    Parser { text: &text.value, span: &text.span, declared, in_list: false }.parse()
}

struct Parser<'a> {
    text: &'a str,
    span: &'a Span,
    declared: &'a BTreeSet<&'a str>,
    /// Whether this is the element of a list.
    in_list: bool,
}

impl Parser<'_> {
    /// The place of a part of the text; all of it, where escapes make that unknowable.
    fn part(&self, start: usize, end: usize) -> Span {
        if self.span.len() == self.text.len() {
            self.span.start + start..self.span.start + end
        } else {
            self.span.clone()
        }
    }

    fn parse(&self) -> Result<TypeExpr, Finding> {
        let text = self.text;
        let start = text.len() - text.trim_start().len();
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let end = text[start..].find(|c| !is_word(c)).map_or(text.len(), |end| start + end);
        let (word, rest) = (&text[start..end], text[end..].trim());
        if word.is_empty() || !(rest.is_empty() || rest.starts_with('[')) {
            return Err(self.foreign(start, end));
        }
        if let Some(finding) = self.refused(word, start, end).filter(|_| !self.declared.contains(word)) {
            return Err(finding);
        }
        let head_span = self.part(start, end);
        if word == "list" && !self.declared.contains(word) {
            // Not after a look inside, which could go down as many brackets as there are.
            return if self.in_list { Err(self.no_list_of(word, head_span)) } else { self.list(head_span, end) };
        }
        let mut lengths = self.lengths(end)?;
        let head = match word {
            "str" | "bytes" | "text" | "blob" if lengths.is_empty() => {
                let (what, size) = match word {
                    "str" | "bytes" => ("its size in bytes", 12),
                    _ => ("the most bytes that it may have", 4096),
                };
                let finding = self.unreadable(head_span, format!("`{word}` needs {what}"));
                return Err(finding.help(format!("write `{word}[{size}]`")));
            }
            "str" => Head::Str(lengths.remove(0)),
            "bytes" => Head::Bytes(lengths.remove(0)),
            "text" => Head::Text(lengths.remove(0)),
            "blob" => Head::Blob(lengths.remove(0)),
            _ => Scalar::from_name(word).map_or_else(|| Head::Named(word.to_string()), Head::Scalar),
        };
        if let (Head::Text(_) | Head::Blob(_), Some(extra)) = (&head, lengths.first()) {
            let finding = self.unreadable(extra.span.clone(), format!("there are no arrays of `{word}`"));
            return Err(finding.help("write a field for each, or one `str[N]` or `bytes[N]` array of fixed size"));
        }
        let most = if matches!(head, Head::Bytes(_)) { 1 } else { 2 };
        if let Some(extra) = lengths.get(most) {
            let finding = self.unreadable(extra.span.clone(), "an array has two dimensions at most".to_string());
            return Err(finding.help("put the inner ones into a [struct.NAME], and make an array of that"));
        }
        Ok(TypeExpr { head, head_span, lengths })
    }

    /// `[5][DEPTH]`, from `at` to the end.
    fn lengths(&self, mut at: usize) -> Result<Vec<Spanned<Length>>, Finding> {
        let mut lengths = Vec::new();
        loop {
            let rest = &self.text[at..];
            let bracket = at + rest.len() - rest.trim_start().len();
            if bracket == self.text.len() {
                return Ok(lengths);
            }
            let close = match self.text[bracket..].strip_prefix('[') {
                Some(inside) => inside.find(']').map(|close| bracket + 1 + close),
                None => {
                    let span = self.part(bracket, self.text.len());
                    let finding = self.unreadable(span, "this does not belong to a type".to_string());
                    return Err(finding.help("remove it"));
                }
            };
            let Some(close) = close else {
                let span = self.part(bracket, bracket + 1);
                return Err(self.unreadable(span, "this bracket is not closed".to_string()).help("add `]`"));
            };
            lengths.push(self.length(bracket, close)?);
            at = close + 1;
        }
    }

    fn length(&self, bracket: usize, close: usize) -> Result<Spanned<Length>, Finding> {
        let inside = &self.text[bracket + 1..close];
        let text = inside.trim();
        let start = bracket + 1 + (inside.len() - inside.trim_start().len());
        let span = self.part(start, start + text.len());
        if text.is_empty() {
            let finding = self.unreadable(self.part(bracket, close + 1), "an array needs its length".to_string());
            return Err(
                finding.help("write how many elements there are, `[16]`; or how many there can be, `list[T, 16]`")
            );
        }
        if text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(|c| c.is_ascii_digit() || c == '_') {
            return match text.replace('_', "").parse() {
                Ok(number) => Ok(Spanned::new(Length::Number(number), span)),
                Err(_) => Err(Finding::new(&codes::R014, &span, format!("a length of {text} does not fit in memory"))
                    .label(format!("at most {}", u32::MAX))
                    .help("write a smaller length")),
            };
        }
        let is_constant = text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if is_constant {
            return Ok(Spanned::new(Length::Constant(text.to_string()), span));
        }
        let finding = self.unreadable(span, format!("`{}` is no array length", shown(text)));
        Err(finding.help("write a decimal integer or the name of a constant; there is no arithmetic"))
    }

    fn unreadable(&self, span: Span, message: String) -> Finding {
        Finding::new(&codes::R036, &span, message)
    }

    /// `list[Level, 16]`, of which `[Level, 16]` begins at `at`.
    fn list(&self, head_span: Span, at: usize) -> Result<TypeExpr, Finding> {
        let rest = &self.text[at..];
        let open = at + rest.len() - rest.trim_start().len();
        let close = self.text.trim_end().len();
        let inside = self.text[open..close].strip_prefix('[').and_then(|inside| inside.strip_suffix(']'));
        // An index behind the list is no part of its length.
        let parts = inside.and_then(|inside| inside.rsplit_once(',')).filter(|(_, length)| !length.contains(']'));
        let Some((element, length)) = parts else {
            let finding = self.unreadable(head_span, "`list` needs its elements and how many there can be".to_string());
            return Err(finding.help("write `list[u32, 16]`; for an array of lists put the list into a [struct.NAME]"));
        };
        let comma = open + 1 + element.len();
        let span = self.part(open + 1, comma);
        let inner = Parser { text: element, span: &span, declared: self.declared, in_list: true }.parse()?;
        let refused = match &inner.head {
            Head::Text(_) => Some("text"),
            Head::Blob(_) => Some("blob"),
            _ => None,
        };
        if let Some(word) = refused {
            return Err(self.no_list_of(word, inner.head_span));
        }
        let most = if matches!(inner.head, Head::Bytes(_)) { 0 } else { 1 };
        if let Some(extra) = inner.lengths.get(most) {
            let finding = self.unreadable(extra.span.clone(), "a list has two dimensions at most".to_string());
            return Err(finding.help("put the inner ones into a [struct.NAME], and make a list of that"));
        }
        debug_assert_eq!(length.len(), close - 2 - comma, "what is between the comma and the bracket is the length");
        let length = self.length(comma, close - 1)?;
        Ok(TypeExpr { head: Head::List(Box::new(inner), length), head_span, lengths: Vec::new() })
    }

    fn no_list_of(&self, word: &str, span: Span) -> Finding {
        let finding = self.unreadable(span, format!("there are no lists of `{word}`"));
        finding.help("put it into a [struct.NAME], and make a list of that")
    }

    /// A head that is a type of another language. Where it says of what, so does the help.
    fn refused(&self, word: &str, start: usize, end: usize) -> Option<Finding> {
        let finding = foreign(word, &self.part(start, end))?;
        let Some(of) = self.argument(end) else { return Some(finding) };
        let help = finding.help.as_deref().unwrap_or_default();
        let help = help
            .replace("`T`", &format!("`{of}`"))
            .replace("`T[", &format!("`{of}["))
            .replace("[T,", &format!("[{of},"));
        Some(finding.help(help))
    }

    /// The `u64` of `Vec<u64>`, if it is a type of this language or could be one of the file.
    fn argument(&self, end: usize) -> Option<&str> {
        let inside = self.text[end..].trim_start().strip_prefix('<')?;
        let word = inside.split(['>', ',']).next()?.trim();
        let is_name =
            word.starts_with(|c: char| c.is_ascii_uppercase()) && word.chars().all(|c| c.is_ascii_alphanumeric());
        let is_type = Scalar::from_name(word).is_some() || is_name && foreign(word, &(0..0)).is_none();
        alias(word).or(is_type.then_some(word))
    }

    /// What is no type of this language at all: Rust's, C's and Python's spellings.
    fn foreign(&self, start: usize, end: usize) -> Finding {
        let text = self.text.trim();
        let all = self.part(start, start + text.len());
        let sigil = ["&mut ", "&", "*const ", "*mut ", "*"].into_iter().find(|sigil| text.starts_with(sigil));
        if let Some(sigil) = sigil {
            let span = self.part(start, start + sigil.trim_end().len());
            return address(&span, &format!("`{}`", shown(text)), text);
        }
        if text.ends_with(['*', '&']) {
            let sigil = start + text.len() - 1;
            return address(&self.part(sigil, sigil + 1), &format!("`{}`", shown(text)), text);
        }
        for word in ["fn", "dyn", "impl", "extern", "unsafe"] {
            if text.strip_prefix(word).is_some_and(|rest| rest.starts_with([' ', '('])) {
                let message = format!("`{}` is code, which lies elsewhere in another process", shown(text));
                let finding = Finding::new(&codes::R021, &self.part(start, start + word.len()), message);
                return finding.help("declare an [enum.NAME] of what is to be done");
            }
        }
        if let Some(inside) = text.strip_prefix('[') {
            let finding = self.unreadable(all, "the length of an array stands behind the type".to_string());
            let parts = inside.trim_end_matches(']').split_once(';').map(|(ty, length)| (ty.trim(), length.trim()));
            let (ty, length) = parts.unwrap_or((inside.trim_end_matches(']').trim(), "16"));
            let ty = if ty.is_empty() { "u8" } else { ty };
            return finding.help(format!("write `{}[{}]`", shown(ty), shown(length)));
        }
        if text.starts_with('(') {
            let finding = self.unreadable(all, "a tuple has no defined layout".to_string());
            return finding.help("declare a [struct.NAME] with a field for each element, and name it here");
        }
        if text.is_empty() {
            return self.unreadable(self.span.clone(), "there is no type here".to_string()).help("write `u32`");
        }
        let word = &self.text[start..end];
        if self.text[end..].trim_start().starts_with('<') && word == "Option" && text.contains("Box") {
            return address(&self.part(start, end), "`Option<Box<…>>`", text);
        }
        // `std::vec::Vec<u8>`, `unsigned int`: the word that is known says why.
        let mut at = start;
        for word in text.split(|c: char| !(c.is_alphanumeric() || c == '_')) {
            let offset = at + self.text[at..].find(word).unwrap_or_default();
            if let Some(finding) = self.refused(word, offset, offset + word.len()) {
                return finding;
            }
            at = offset + word.len();
        }
        if text.contains('<') {
            let finding = self.unreadable(all, format!("`{}` is generic, and types here are not", shown(text)));
            return finding.help("write a scalar, `T[N]`, `list[T, N]`, or the name of a declared type");
        }
        let finding = self.unreadable(all, format!("`{}` is no type", shown(text)));
        finding.help("write a scalar, `T[N]`, `list[T, N]`, `str[N]`, `bytes[N]`, or the name of a declared type")
    }
}

fn address(span: &Span, what: &str, text: &str) -> Finding {
    let finding =
        Finding::new(&codes::R003, span, format!("{what} is an address, which means nothing in another process"));
    finding.help(match text.contains("str") || text.contains("char") {
        true => "write `str[12]` for text of at most 12 bytes",
        false => "store an index instead: `u32` or `u64`",
    })
}

/// A type of another language, and why this one does not have it.
pub(crate) fn foreign(word: &str, span: &Span) -> Option<Finding> {
    FOREIGN
        .iter()
        .find(|(names, ..)| names.contains(&word))
        .map(|(_, code, why, help)| Finding::new(code, span, format!("`{word}` {why}")).help(format!("write {help}")))
}

type Foreign = (&'static [&'static str], &'static Code, &'static str, &'static str);

/// Types of other languages: their names, the code, what is wrong with them, what to write.
static FOREIGN: &[Foreign] = &[
    (
        &["String", "string", "OsString", "CString", "PathBuf", "Cow"],
        &codes::R001,
        "grows on the heap of one process",
        "`str[12]` for text of at most 12 bytes",
    ),
    (
        &["Vec", "VecDeque", "vector", "deque", "LinkedList", "SmallVec", "Bytes", "BytesMut"],
        &codes::R001,
        "grows on the heap of one process",
        "`list[T, 16]` for at most 16 elements, or `T[16]` for just as many",
    ),
    (
        &[
            "HashMap",
            "BTreeMap",
            "HashSet",
            "BTreeSet",
            "BinaryHeap",
            "map",
            "unordered_map",
            "dict",
            "set",
            "Map",
            "Set",
        ],
        &codes::R001,
        "grows on the heap of one process",
        "an array of a [struct.NAME] with the key and the value",
    ),
    (
        &["usize", "uint", "ulong", "unsigned", "size_t", "uintptr_t", "c_uint", "c_ulong", "uintmax_t"],
        &codes::R002,
        "has no fixed width",
        "`u64` or `u32`",
    ),
    (
        &["isize", "int", "long", "ssize_t", "ptrdiff_t", "intptr_t", "c_int", "c_long", "intmax_t", "time_t"],
        &codes::R002,
        "has no fixed width",
        "`i64` or `i32`",
    ),
    (&["ushort", "short", "c_short", "c_ushort"], &codes::R002, "has no fixed width", "`i16` or `u16`"),
    (&["double", "number"], &codes::R002, "does not say how wide it is", "`f64`"),
    (&["float"], &codes::R002, "is of another width in each language", "`f32` for that of C, `f64` for that of Python"),
    (
        &[
            "Box", "Rc", "Arc", "Weak", "NonNull", "Pin", "Ref", "RefMut", "Mutex", "RwLock", "RefCell", "ptr",
            "pointer", "void",
        ],
        &codes::R003,
        "holds an address or a lock of one process",
        "an index instead: `u32` or `u64`",
    ),
    (&["u128", "i128"], &codes::R004, "is aligned differently by different compilers", "`bytes[16]` or `u64[2]`"),
    (&["f16", "bf16", "f128", "f80", "half"], &codes::R004, "is not in every language", "`f32`, or `u16` for its bits"),
    (
        &["char", "rune", "wchar_t"],
        &codes::R005,
        "has bit patterns that are no character",
        "`u32`, or `str[4]` for its UTF-8",
    ),
    (
        &["Option", "Result", "Optional", "Union"],
        &codes::R020,
        "has no layout that languages agree on",
        "`T` with a `null` value, if it is a number, or a `bool` beside it that says whether there is one",
    ),
    (
        &["NonZero", "NonZeroU8", "NonZeroU16", "NonZeroU32", "NonZeroU64", "NonZeroI32", "NonZeroI64"],
        &codes::R005,
        "has a bit pattern that is no value",
        "the integer itself, without the `NonZero`",
    ),
];

/// What the names of scalars are elsewhere, for suggestions.
static ALIASES: &[(&str, &[&str])] = &[
    ("u8", &["byte", "uchar", "uint8", "uint8_t", "U8", "ubyte"]),
    ("u16", &["uint16", "uint16_t", "U16", "word"]),
    ("u32", &["uint32", "uint32_t", "U32", "dword"]),
    ("u64", &["uint64", "uint64_t", "U64", "qword", "bigint"]),
    ("i8", &["int8", "int8_t", "I8", "sbyte"]),
    ("i16", &["int16", "int16_t", "I16"]),
    ("i32", &["int32", "int32_t", "I32", "integer"]),
    ("i64", &["int64", "int64_t", "I64"]),
    ("f32", &["float32", "F32", "single"]),
    ("f64", &["float64", "F64"]),
    ("bool", &["boolean", "Bool", "_Bool"]),
    ("str[12]", &["Str"]),
];

/// What a scalar is called here that other languages call `name`.
pub(crate) fn alias(name: &str) -> Option<&'static str> {
    ALIASES.iter().find(|(_, names)| names.contains(&name)).map(|(scalar, _)| *scalar)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_text(text: &str) -> Result<TypeExpr, Finding> {
        parse(&Spanned::new(text.to_string(), 100..100 + text.len()), &BTreeSet::from(["Cow"]))
    }

    #[test]
    fn lengths_are_in_the_order_they_are_written() {
        let parsed = parse_text("Level[5][ DEPTH ]").unwrap();
        assert_eq!(parsed.head, Head::Named("Level".to_string()));
        assert_eq!(parsed.head_span, 100..105);
        let constant = Spanned::new(Length::Constant("DEPTH".to_string()), 110..115);
        assert_eq!(parsed.lengths, [Spanned::new(Length::Number(5), 106..107), constant]);
        assert_eq!(parse_text("Cow").unwrap().head, Head::Named("Cow".to_string()), "it is declared");
        let list = parse_text(" list[ Level[3] , DEPTH ] ").unwrap();
        assert_eq!(list.named(), Some(("Level", &(107..112))));
        let Head::List(element, length) = &list.head else { panic!("{list:?}") };
        assert_eq!(element.lengths, [Spanned::new(Length::Number(3), 113..114)]);
        assert_eq!(*length, Spanned::new(Length::Constant("DEPTH".to_string()), 118..123));
        let text = parse_text("str[8][4]").unwrap();
        assert_eq!(text.head, Head::Str(Spanned::new(Length::Number(8), 104..105)));
        assert_eq!(text.lengths, [Spanned::new(Length::Number(4), 107..108)]);
    }

    #[test]
    fn what_is_no_type_is_refused_with_its_reason_and_smallest_place() {
        for (text, code, part) in [
            ("String", "R001", "String"),
            ("Vec<u8>", "R001", "Vec"),
            ("std::vec::Vec<u8>", "R001", "Vec"),
            ("HashMap<u32, u32>", "R001", "HashMap"),
            ("usize", "R002", "usize"),
            ("usize[4]", "R002", "usize"),
            ("unsigned int", "R002", "unsigned"),
            ("long long", "R002", "long"),
            ("&T", "R003", "&"),
            ("&'static str", "R003", "&"),
            ("*const T", "R003", "*const"),
            ("char *", "R003", "*"),
            ("Box<T>", "R003", "Box"),
            ("Option<Box<T>>", "R003", "Option"),
            ("fn(u8) -> u8", "R021", "fn"),
            ("u128", "R004", "u128"),
            ("char", "R005", "char"),
            ("Option<u32>", "R020", "Option"),
            ("u8[", "R036", "["),
            ("u8[]", "R036", "[]"),
            ("u8[-1]", "R036", "-1"),
            ("u8[N+1]", "R036", "N+1"),
            ("u8[4]x", "R036", "x"),
            ("u8[1][2][3]", "R036", "3"),
            ("bytes[1][2][3]", "R036", "3"),
            ("u8[99999999999]", "R014", "99999999999"),
            ("[u8; 4]", "R036", "[u8; 4]"),
            ("(u8, u8)", "R036", "(u8, u8)"),
            ("Foo<T>", "R036", "Foo<T>"),
            ("str", "R036", "str"),
            ("list", "R036", "list"),
            ("list[u8]", "R036", "list"),
            ("list[u8, 4", "R036", "list"),
            ("list[u8, 4][2]", "R036", "list"),
            ("list[u8, ]", "R036", ", ]"),
            ("list[, 4]", "R036", ""),
            ("list[Vec<u8>, 4]", "R001", "Vec"),
            ("list[list[u8, 2], 4]", "R036", "list"),
            ("list[u8[2][3], 4]", "R036", "3"),
            ("list[bytes[2][3], 4]", "R036", "3"),
            ("list[text[8], 4]", "R036", "text"),
            ("text", "R036", "text"),
            ("text[4][2]", "R036", "2"),
            ("u8 u8", "R036", "u8 u8"),
            ("é[", "R036", "["),
        ] {
            let finding = parse_text(text).expect_err(text);
            let span = &finding.primary().span;
            assert_eq!((finding.code.id, &text[span.start - 100..span.end - 100]), (code, part), "{text}");
        }
        assert_eq!(parse_text("").unwrap_err().code.id, "R036");
    }
}
