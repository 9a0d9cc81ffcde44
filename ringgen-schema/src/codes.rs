//! The table of codes: one row a kind of mistake. Each has a page in `codes/` and a case in `tests/cases`.

/// A kind of mistake. Codes are stable: one that is no longer given is not given to something else.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Code {
    /// Its name: `R001`.
    pub id: &'static str,
    /// What it is about, in a few words.
    pub title: &'static str,
    /// A page of Markdown: what is wrong with it, an example, what to write instead.
    pub explanation: &'static str,
}

macro_rules! codes {
    ($($id:ident $title:literal;)*) => {
        $(
            #[doc = concat!("The code ", stringify!($id), ": ", $title, ".")]
            pub static $id: Code = Code {
                id: stringify!($id),
                title: $title,
                explanation: include_str!(concat!("codes/", stringify!($id), ".md")),
            };
        )*

        /// Every code, in order.
        pub static ALL: &[&Code] = &[$(&$id),*];
    };
}

codes! {
    R001 "a type that grows on the heap of one process";
    R002 "a type of no fixed width";
    R003 "an address";
    R004 "a number that compilers disagree on";
    R005 "a type with bit patterns that are no value";
    R006 "implied padding where padding is to be explicit";
    R007 "a field that does not lie where its offset says";
    R008 "a null value that is also a legal value";
    R009 "a version that can't be";
    R010 "a name that a target language can't have";
    R011 "a recorded version that is laid out in another way";
    R012 "an unknown key";
    R013 "an unknown name, a name used twice, or a type inside itself";
    R014 "a size that can't be";
    R015 "a struct that the compiler may lay out as it likes";
    R016 "a packed struct";
    R017 "a type that is not `Copy`";
    R018 "a struct with parameters";
    R019 "a type that is not plain old data";
    R020 "an `Option`";
    R021 "a function pointer";
    R022 "Rust's `bool`";
    R023 "an item of the wrong form";
    R024 "a `#[ring(…)]` or `include_schema!` that can't be read";
    R025 "a struct that is not what its schema says";
    R030 "a file that is not UTF-8";
    R031 "a file that is not TOML";
    R032 "a value of the wrong kind";
    R033 "a missing key";
    R034 "an unknown edition of the language";
    R035 "a name of the wrong form";
    R036 "a type that can't be read";
    R037 "a number that its type can't hold";
    R038 "a text that can't be printed in every language";
    R039 "an import that can't be";
    R040 "a range that holds nothing";
    R041 "a file that is not Rust";
    R042 "Rust that only the compiler can tell";
    R043 "a `ringgen.lock` that can't be read";
    R110 "not yet supported: broadcast rings";
    R111 "not yet supported: gated rings";
    R112 "not yet supported: rings of text and blob";
}

/// The code with this name, in either case: `R001`, `r001`.
pub fn find(id: &str) -> Option<&'static Code> {
    ALL.iter().copied().find(|code| code.id.eq_ignore_ascii_case(id.trim()))
}
