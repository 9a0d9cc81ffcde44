//! The items of a Rust file, apart from each other. Those that declare no type of the file are told by their first words
//! and never parsed: a parser goes down into whatever nests in them, and a function may nest as deep as memory allows.

use proc_macro2::{Delimiter, Group, Punct, Spacing, Span, TokenStream, TokenTree};

/// One item.
pub(super) enum Part {
    /// A struct, an enum, a union, an alias, a constant, a `use`; or what begins like one.
    Declares(TokenStream),
    /// Anything else.
    Other(TokenStream),
}

/// How an item goes on behind its first words.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// `struct`, `enum`, `union`: up to a body in braces, or a semicolon.
    Type,
    /// `use`, `type`: up to a semicolon.
    Line,
    /// `const`: up to a semicolon, and there is an expression.
    Const,
    /// `static`: up to a semicolon.
    Static,
    /// `fn`, `mod`, `impl`, a macro and whatever else: up to a body in braces, or a semicolon.
    Other,
}

/// The items that these tokens are.
pub(super) fn split(tokens: TokenStream) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut item = Item::default();
    for token in tokens {
        if item.add(token) {
            parts.push(std::mem::take(&mut item).finish());
        }
    }
    if !item.tokens.is_empty() {
        // It ends too early, which a parser says best.
        parts.push(Part::Declares(item.tokens.into_iter().collect()));
    }
    parts
}

/// An item up to some token.
#[derive(Default)]
struct Item {
    tokens: Vec<TokenTree>,
    kind: Option<Kind>,
    /// How many `<` are open: braces between them are no body.
    angles: u32,
    /// Where the expression of a constant begins.
    value: Option<usize>,
}

impl Item {
    /// Adds a token; whether the item ends with it.
    fn add(&mut self, token: TokenTree) -> bool {
        let before = match self.tokens.last() {
            Some(TokenTree::Punct(before)) => before.as_char(),
            _ => ' ',
        };
        let ends = match &token {
            TokenTree::Ident(ident) => {
                self.word(&ident.to_string());
                false
            }
            TokenTree::Punct(punct) => {
                match punct.as_char() {
                    '<' => self.angles += 1,
                    '>' if before != '-' => self.angles = self.angles.saturating_sub(1),
                    '=' if self.kind == Some(Kind::Const) && self.angles == 0 && self.value.is_none() => {
                        self.value = Some(self.tokens.len() + 1);
                    }
                    _ => {}
                }
                punct.as_char() == ';'
            }
            TokenTree::Group(group) => match group.delimiter() {
                Delimiter::Brace => self.angles == 0 && matches!(self.kind, Some(Kind::Type | Kind::Other)),
                // `#![…]` is about the file.
                Delimiter::Bracket => before == '!' && self.kind.is_none(),
                _ => false,
            },
            TokenTree::Literal(_) => false,
        };
        self.tokens.push(token);
        ends
    }

    /// What a word says of the kind of item.
    fn word(&mut self, word: &str) {
        self.kind = Some(match (self.kind, word) {
            (None, "pub" | "default" | "safe" | "auto" | "unsafe" | "async") => return,
            (None, "struct" | "enum" | "union") => Kind::Type,
            (None, "use" | "type") => Kind::Line,
            (None, "const") => Kind::Const,
            (None, "static") => Kind::Static,
            (None, _) => Kind::Other,
            (Some(Kind::Const), "fn" | "unsafe" | "async" | "extern") if self.value.is_none() => Kind::Other,
            (Some(kind), _) => kind,
        });
    }

    fn finish(mut self) -> Part {
        if self.kind == Some(Kind::Const)
            && let Some(value) = self.value
            && let Some(span) = too_deep_in(self.tokens[value..].iter().cloned().collect(), false)
        {
            // As much as anyone wants to know of it: that it is no number.
            let mut nothing = Group::new(Delimiter::Parenthesis, TokenStream::new());
            nothing.set_span(span);
            self.tokens.truncate(value);
            self.tokens.extend([nothing.into(), Punct::new(';', Spacing::Alone).into()]);
        }
        let tokens = self.tokens.into_iter().collect();
        match self.kind {
            Some(Kind::Type | Kind::Line | Kind::Const) => Part::Declares(tokens),
            Some(Kind::Static | Kind::Other) | None => Part::Other(tokens),
        }
    }
}

/// How deep a declaration may nest. Parsers go down as deep, and take tens of kilobytes for a level while they are not
/// optimised.
const MAX_DEPTH: u32 = 40;

/// Where tokens nest deeper than that, if they do: groups, and what a parser goes down for without one, which are signs
/// such as `<`, `&` and `::`, and words such as `fn` and `return`. They count from one comma to the next, and in
/// expressions, where a comma may stand in the middle of something, altogether.
pub(super) fn too_deep(tokens: TokenStream) -> Option<Span> {
    too_deep_in(tokens, true)
}

fn too_deep_in(tokens: TokenStream, has_parts: bool) -> Option<Span> {
    let mut levels = vec![Level { tokens: tokens.into_iter(), above: 0, depth: 0, angles: 0, bars: 0, has_parts }];
    let (mut is_attribute, mut is_colon) = (false, false);
    while let Some(level) = levels.last_mut() {
        let Some(token) = level.tokens.next() else {
            levels.pop();
            continue;
        };
        let was_sign =
            std::mem::replace(&mut is_attribute, matches!(&token, TokenTree::Punct(of) if of.as_char() == '#'));
        let is_joint = |of: &Punct| of.as_char() == ':' && of.spacing() == Spacing::Joint;
        let was_colon = std::mem::replace(&mut is_colon, matches!(&token, TokenTree::Punct(of) if is_joint(of)));
        match &token {
            TokenTree::Punct(of) => match of.as_char() {
                ',' | ';' if level.angles == 0 && level.has_parts => level.depth = level.bars,
                ',' | ';' | '#' | '\'' => {}
                ':' if of.spacing() == Spacing::Joint => {}
                ':' if !was_colon => {}
                '>' => level.angles = level.angles.saturating_sub(1),
                sign => {
                    level.angles += u32::from(sign == '<');
                    level.bars += u32::from(sign == '|');
                    level.depth += 1;
                }
            },
            TokenTree::Ident(of) => {
                let words =
                    ["fn", "dyn", "impl", "return", "break", "yield", "move", "if", "else", "match", "as", "for"];
                level.depth += u32::from(words.contains(&of.to_string().as_str()));
            }
            TokenTree::Group(of) => {
                let above = level.above + level.depth + 1;
                let has_parts = match of.delimiter() {
                    Delimiter::Bracket => was_sign,
                    _ => level.has_parts,
                };
                if was_sign {
                    level.depth = 0;
                }
                levels.push(Level { tokens: of.stream().into_iter(), above, depth: 0, angles: 0, bars: 0, has_parts });
            }
            TokenTree::Literal(_) => {}
        }
        if levels.last().is_some_and(|level| level.above + level.depth > MAX_DEPTH) {
            return Some(token.span());
        }
    }
    None
}

/// The tokens of a group.
struct Level {
    tokens: proc_macro2::token_stream::IntoIter,
    /// How deep the group is.
    above: u32,
    /// How much deeper the last of its tokens are.
    depth: u32,
    angles: u32,
    /// How many `|` there are: what stands between two of them may have commas.
    bars: u32,
    /// Whether a comma ends a part of it.
    has_parts: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<bool> {
        let tokens = text.parse().expect("these are tokens");
        split(tokens).iter().map(|part| matches!(part, Part::Declares(_))).collect()
    }

    #[test]
    fn items_are_told_apart() {
        for (text, expected) in [
            ("#![no_std] //! The file.\nuse a::{b, c}; pub(crate) use d;", vec![false, false, true, true]),
            ("/// A.\n#[derive(Clone)] pub struct A { a: u8 } struct B(u8); struct C;", vec![true, true, true]),
            ("struct A<const N: usize = { 1 }> where [u8; { N }]: Sized { a: [u8; N] } enum B {}", vec![true, true]),
            (
                "pub const A: B = B { b: 1 }; const fn f() {} pub const unsafe extern \"C\" fn g() {}",
                vec![true, false, false],
            ),
            ("static A: u8 = { 1 }; extern crate core; extern \"C\" { fn f(); }", vec![false; 3]),
            ("fn f<T: Into<u8>>(x: T) -> impl Fn(u8) -> u8 { struct A { a: u8 } } mod m { } mod n;", vec![false; 3]),
            ("impl A<{ 1 }> for B { } unsafe impl C for D {} trait E: F<{ 1 }> {} pub auto trait G {}", vec![false; 4]),
            ("macro_rules! m { () => {} } m! { struct A {} } m!(a); a::m![b];", vec![false; 4]),
            ("type A = Vec<u8>; union U { a: u8 }", vec![true, true]),
        ] {
            assert_eq!(kinds(text), expected, "{text}");
        }
        assert_eq!(kinds("struct A"), [true], "what ends too early is for the parser");
    }

    #[test]
    fn depth_counts_what_parsers_go_down_for() {
        let is_too_deep = |text: &str| too_deep(text.parse().expect("these are tokens")).is_some();
        let fields = "/// A field.\n#[ring(name = \"a\")]\npub a: [[Str<12>; 4]; DEPTH],\n".repeat(1000);
        assert!(!is_too_deep(&format!("#[ring(values(A = 1, B = -1))] pub struct A {{ {fields} }}")));
        assert!(!is_too_deep("pub type A<'a> = &'a dyn Fn(&mut [u8], *const u8) -> Result<Option<Box<u8>>, fn()>;"));
        let values = "Buy = 1, Sell = -1, ".repeat(1000);
        assert!(!is_too_deep(&format!("#[ring(values({values}))] struct A(u8);")));
        for (start, end) in
            [("(", ")"), ("[", "; 1]"), ("Vec<", ">"), ("A<u8, A<", ">>"), ("&", ""), ("fn() -> ", ""), ("*const ", "")]
        {
            let ty = format!("{}u8{}", start.repeat(41), end.repeat(41));
            assert!(is_too_deep(&format!("struct A {{ a: {ty} }}")), "{start}");
        }
        for part in ["!", "1 +", "return ", "|a, b|", "if a {} else "] {
            assert!(is_too_deep(&format!("struct A {{ a: [u8; {}1] }}", part.repeat(41))), "{part}");
        }
    }
}
