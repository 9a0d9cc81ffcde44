//! What each language keeps for itself: keywords, the names of its prelude, and those that generated code uses. Lists of
//! words are texts with a blank between two.

use std::collections::HashSet;
use std::sync::OnceLock;

/// Words, found by hash: every name of a schema is looked up in all lists.
struct Words {
    text: &'static str,
    words: OnceLock<HashSet<&'static str>>,
}

impl Words {
    const fn of(text: &'static str) -> Self {
        Words { text, words: OnceLock::new() }
    }

    fn has(&self, name: &str) -> bool {
        self.words.get_or_init(|| self.text.split_whitespace().collect()).contains(name)
    }
}

/// Rust's keywords, strict and reserved, of every edition.
static RUST: Words = Words::of(
    "
    abstract as async await become box break const continue crate do dyn else enum extern false final fn for gen if
    impl in let loop macro match mod move mut override priv pub ref return self Self static struct super trait true
    try type typeof unsafe unsized use virtual where while yield
",
);

/// The keywords that Rust has no raw form for.
static RUST_NEVER: Words = Words::of(
    "
    crate self Self super
",
);

/// Methods that every generated struct has in Rust, from traits and of its own: a method of a field would hide them.
static RUST_METHODS: Words = Words::of(
    "
    builder clone clone_from default eq fmt ne validate
",
);

/// Functions of every generated variant.
static RUST_VARIANT: Words = Words::of(
    "
    clone clone_from default eq fmt from into ne tag try_from try_into validate view
",
);

/// Python's keywords.
static PYTHON: Words = Words::of(
    "
    False None True and as assert async await break class continue def del elif else except finally for from global
    if import in is lambda nonlocal not or pass raise return try while with yield
",
);

/// Names that would hide, in a class of Python, a type that annotations behind it name; and what methods call their
/// own object, which keyword arguments can't be called then.
static PYTHON_TYPES: Words = Words::of(
    "
    self bool bytearray bytes classmethod dict float frozenset int list memoryview object property set staticmethod
    str super tuple type
",
);

/// Names that a member of a struct can't have in a header for C and C++, and who has them. A macro of another header
/// would change a member's name, or what it is called in the code that uses it.
static C_MEMBERS: [(&str, Words); 4] = [
    (
        "a keyword of C",
        Words::of(
            "
            alignas alignof asm auto bool break case char const constexpr continue default do double else enum extern
            false float for goto if inline int long nullptr register restrict return short signed sizeof static
            static_assert struct switch thread_local true typedef typeof typeof_unqual union unsigned void volatile
            while
            ",
        ),
    ),
    (
        "a keyword of C++",
        Words::of(
            "
            and and_eq bitand bitor catch char16_t char32_t char8_t class co_await co_return co_yield compl concept
            const_cast consteval constinit decltype delete dynamic_cast explicit export friend mutable namespace new
            noexcept not not_eq operator or or_eq private protected public reinterpret_cast requires static_cast
            template this throw try typeid typename using virtual wchar_t xor xor_eq
            ",
        ),
    ),
    (
        "a type of <stdint.h>",
        Words::of(
            "
            int16_t int32_t int64_t int8_t uint16_t uint32_t uint64_t uint8_t
            ",
        ),
    ),
    (
        "a macro of a header of C or POSIX",
        Words::of(
            "
            complex d_fileno errno h_addr h_errno imaginary linux math_errhandling noreturn s6_addr s6_addr16 s6_addr32
            s_addr sa_handler sa_sigaction sched_priority si_addr si_addr_lsb si_arch si_band si_call_addr si_fd si_int
            si_lower si_overrun si_pid si_pkey si_ptr si_status si_stime si_syscall si_timerid si_uid si_upper si_utime
            si_value sigev_notify_attributes sigev_notify_function st_atime st_ctime st_mtime stderr stdin stdout unix
            ",
        ),
    ),
];

/// Macros of the headers of C that a macro of a package could be called as: `INT_MAX` is the constant `MAX` of a package
/// `int`. And those of one word that a `c_name` could be.
static C_MACROS: Words = Words::of(
    "
    ATOMIC_BOOL_LOCK_FREE ATOMIC_CHAR16_T_LOCK_FREE ATOMIC_CHAR32_T_LOCK_FREE ATOMIC_CHAR_LOCK_FREE
    ATOMIC_FLAG_INIT ATOMIC_INT_LOCK_FREE ATOMIC_LLONG_LOCK_FREE ATOMIC_LONG_LOCK_FREE ATOMIC_POINTER_LOCK_FREE
    ATOMIC_SHORT_LOCK_FREE ATOMIC_VAR_INIT ATOMIC_WCHAR_T_LOCK_FREE BUFSIZ CHAR_BIT CHAR_MAX CHAR_MIN
    CLOCKS_PER_SEC DBL_DECIMAL_DIG DBL_DIG DBL_EPSILON DBL_HAS_SUBNORM DBL_MANT_DIG DBL_MAX DBL_MAX_10_EXP
    DBL_MAX_EXP DBL_MIN DBL_MIN_10_EXP DBL_MIN_EXP DBL_TRUE_MIN DECIMAL_DIG EOF EXIT_FAILURE EXIT_SUCCESS
    FE_ALL_EXCEPT FE_DFL_ENV FE_DIVBYZERO FE_DOWNWARD FE_INEXACT FE_INVALID FE_OVERFLOW FE_TONEAREST FE_TOWARDZERO
    FE_UNDERFLOW FE_UPWARD FILENAME_MAX FLT_DECIMAL_DIG FLT_DIG FLT_EPSILON FLT_EVAL_METHOD FLT_HAS_SUBNORM
    FLT_MANT_DIG FLT_MAX FLT_MAX_10_EXP FLT_MAX_EXP FLT_MIN FLT_MIN_10_EXP FLT_MIN_EXP FLT_RADIX FLT_ROUNDS
    FLT_TRUE_MIN FOPEN_MAX FP_ILOGB0 FP_ILOGBNAN FP_INFINITE FP_NAN FP_NORMAL FP_SUBNORMAL FP_ZERO HUGE_VAL
    HUGE_VALF HUGE_VALL I INFINITY INT16_C INT16_MAX INT16_MIN INT32_C INT32_MAX INT32_MIN INT64_C INT64_MAX
    INT64_MIN INT8_C INT8_MAX INT8_MIN INTMAX_C INTMAX_MAX INTMAX_MIN INTPTR_MAX INTPTR_MIN INT_FAST16_MAX
    INT_FAST16_MIN INT_FAST32_MAX INT_FAST32_MIN INT_FAST64_MAX INT_FAST64_MIN INT_FAST8_MAX INT_FAST8_MIN
    INT_LEAST16_MAX INT_LEAST16_MIN INT_LEAST32_MAX INT_LEAST32_MIN INT_LEAST64_MAX INT_LEAST64_MIN INT_LEAST8_MAX
    INT_LEAST8_MIN INT_MAX INT_MIN LC_ADDRESS LC_ALL LC_COLLATE LC_CTYPE LC_IDENTIFICATION LC_MEASUREMENT
    LC_MESSAGES LC_MONETARY LC_NAME LC_NUMERIC LC_PAPER LC_TELEPHONE LC_TIME LDBL_DECIMAL_DIG LDBL_DIG LDBL_EPSILON
    LDBL_HAS_SUBNORM LDBL_MANT_DIG LDBL_MAX LDBL_MAX_10_EXP LDBL_MAX_EXP LDBL_MIN LDBL_MIN_10_EXP LDBL_MIN_EXP
    LDBL_TRUE_MIN LLONG_MAX LLONG_MIN LONG_MAX LONG_MIN MATH_ERREXCEPT MATH_ERRNO MB_CUR_MAX MB_LEN_MAX NAN NULL
    ONCE_FLAG_INIT PTRDIFF_MAX PTRDIFF_MIN RAND_MAX SCHAR_MAX SCHAR_MIN SEEK_CUR SEEK_END SEEK_SET SHRT_MAX
    SHRT_MIN SIG_ATOMIC_MAX SIG_ATOMIC_MIN SIG_DFL SIG_ERR SIG_IGN SIZE_MAX TIME_UTC TMP_MAX TSS_DTOR_ITERATIONS
    UCHAR_MAX UINT16_C UINT16_MAX UINT32_C UINT32_MAX UINT64_C UINT64_MAX UINT8_C UINT8_MAX UINTMAX_C UINTMAX_MAX
    UINTPTR_MAX UINT_FAST16_MAX UINT_FAST32_MAX UINT_FAST64_MAX UINT_FAST8_MAX UINT_LEAST16_MAX UINT_LEAST32_MAX
    UINT_LEAST64_MAX UINT_LEAST8_MAX UINT_MAX ULLONG_MAX ULONG_MAX USHRT_MAX WCHAR_MAX WCHAR_MIN WEOF WINT_MAX
    WINT_MIN
",
);

/// Members of a generated class in Python, its base among them, that a property can't replace. Those that end in `_`
/// become names of `ctypes` with the `_` that a property's bytes have in front.
static PYTHON_MEMBERS: Words = Words::of(
    "
    ALIGN DTYPE FIELDS LAYOUT_HASH MESSAGE_NAME PACKAGE_VERSION SCHEMA_HASH SCHEMA_TEXT SIZE align_ anonymous_
    as_parameter_ b_base_ b_needsfree_ fields_ from_address from_buffer from_buffer_copy from_param in_dll layout_
    objects pack_ swappedbytes_ to_dict validate
",
);

/// Members of a generated class in TypeScript, and of every object, that an accessor can't replace.
static TYPESCRIPT_MEMBERS: Words = Words::of(
    "
    assign constructor hasOwnProperty isPrototypeOf load propertyIsEnumerable prototype toJSON toLocaleString
    toObject toString validate valueOf
",
);

/// Names of types, and who has them already.
static TYPES: [(&str, Words); 4] = [
    (
        "the standard library of Rust",
        Words::of(
            "
            AsMut AsRef AsyncFn AsyncFnMut AsyncFnOnce AtomicI16 AtomicI32 AtomicI64 AtomicI8 AtomicU16 AtomicU32
            AtomicU64 AtomicU8 Box CStr CString Clone Copy Debug Default DoubleEndedIterator Drop Eq Err
            ExactSizeIterator Fn FnMut FnOnce From FromIterator Hash Into IntoIterator Iterator NonZeroI16
            NonZeroI32 NonZeroI64 NonZeroI8 NonZeroU16 NonZeroU32 NonZeroU64 NonZeroU8 None Ok Option Ord OsStr
            OsString PartialEq PartialOrd Path PathBuf Result Self Send Sized Some String Sync ToOwned ToString
            TryFrom TryInto Unpin Vec
            ",
        ),
    ),
    (
        "ringgen",
        Words::of(
            "
            Bool Consumer Pad Producer Reserved Ring RingModule Str
            ",
        ),
    ),
    (
        "the builtins of Python",
        Words::of(
            "
            ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError
            BrokenPipeError BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError
            ConnectionRefusedError ConnectionResetError DeprecationWarning EOFError Ellipsis EncodingWarning
            EnvironmentError Exception ExceptionGroup False FileExistsError FileNotFoundError FloatingPointError
            FutureWarning GeneratorExit IOError ImportError ImportWarning IndentationError IndexError
            InterruptedError IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError
            ModuleNotFoundError NameError NotADirectoryError NotImplemented NotImplementedError OSError
            OverflowError PendingDeprecationWarning PermissionError ProcessLookupError RecursionError ReferenceError
            ResourceWarning RuntimeError RuntimeWarning StopAsyncIteration StopIteration SyntaxError SyntaxWarning
            SystemError SystemExit TabError TimeoutError True TypeError UnboundLocalError UnicodeDecodeError
            UnicodeEncodeError UnicodeError UnicodeTranslateError UnicodeWarning UserWarning ValueError Warning
            ZeroDivisionError
            ",
        ),
    ),
    (
        "the globals of JavaScript and TypeScript",
        Words::of(
            "
            AbortSignal AggregateError Array ArrayBuffer ArrayBufferView ArrayLike AsyncDisposable AsyncIterable
            AsyncIterator Atomics Awaited BigInt BigInt64Array BigUint64Array Boolean Buffer ConstructorParameters
            DataView Date Disposable Error EvalError Exclude Extract FinalizationRegistry Float16Array Float32Array
            Float64Array Function Infinity InstanceType Int16Array Int32Array Int8Array Intl Iterable JSON Map Math
            NaN NonNullable Number Object Omit Parameters Partial Pick Promise Proxy RangeError Readonly Record
            Reflect RegExp Required ReturnType Set SharedArrayBuffer Symbol TextDecoder TextEncoder ThisType
            URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet WebAssembly
            ",
        ),
    ),
];

/// Modules that a file of the same name next to generated code would hide from Python, a crate from Rust, a header
/// from C.
static PACKAGES: [(&str, Words); 4] = [
    (
        "a crate that generated Rust names",
        Words::of(
            "
            alloc core std
            ",
        ),
    ),
    (
        "the package that generated code imports",
        Words::of(
            "
            ringgen
            ",
        ),
    ),
    (
        "a module that generated Python needs",
        Words::of(
            "
            abc array ast asyncio builtins codecs collections contextlib copy ctypes dataclasses enum errno fcntl
            functools inspect io itertools keyword mmap numbers numpy operator os pathlib platform re select site
            stat string struct subprocess sys tempfile threading time token types typing uuid warnings weakref
            ",
        ),
    ),
    (
        "a header of C or POSIX",
        Words::of(
            "
            aio assert complex cpio ctype dirent dlfcn endian features fenv float fmtmsg fnmatch ftw glob grp iconv
            inttypes iso646 langinfo libgen limits locale math monetary mqueue ndbm netdb nl_types poll pthread pwd
            regex sched search semaphore setjmp signal spawn stdalign stdarg stdatomic stdbool stddef stdint stdio
            stdlib stdnoreturn strings syslog tar termios tgmath threads uchar ulimit unistd utime utmpx
            wchar wctype wordexp
            ",
        ),
    ),
];

/// A keyword that a language has no escape for, or a member that generated code has already.
pub(crate) struct Taken {
    /// Who has it: `a keyword of Rust`.
    pub(crate) by: &'static str,
}

fn taken(name: &str, words: &Words, by: &'static str) -> Option<Taken> {
    words.has(name).then_some(Taken { by })
}

/// As Rust writes a name: a keyword is raw.
pub(crate) fn escape_rust(name: String) -> String {
    if RUST.has(&name) && !RUST_NEVER.has(&name) { format!("r#{name}") } else { name }
}

/// As Python writes a name: a keyword has a `_` behind it.
pub(crate) fn escape_python(name: String) -> String {
    let is_kept = PYTHON.has(&name) || PYTHON_TYPES.has(&name);
    if is_kept { format!("{name}_") } else { name }
}

/// As C writes a name: what it has already has a `_` behind it.
pub(crate) fn escape_c(name: String) -> String {
    if c_field(&name).is_some() { format!("{name}_") } else { name }
}

/// Why a field can't have this name in Rust, escapes applied.
pub(crate) fn rust_field(name: &str) -> Option<Taken> {
    taken(name, &RUST_NEVER, "a keyword of Rust that has no raw form")
}

/// Why a field can't have a method of this name in Rust.
pub(crate) fn rust_method(name: &str) -> Option<Taken> {
    taken(name, &RUST_METHODS, "a method of every generated struct in Rust")
}

/// Why no field can be called like this in a builder of Rust.
pub(crate) fn rust_builder(name: &str) -> Option<Taken> {
    (name == "build").then_some(Taken { by: "the method that ends a builder in Rust" })
}

/// Why a case of a variant can't have this name, or the function that makes it this one.
pub(crate) fn case(name: &str, function: &str) -> Option<Taken> {
    let unknown = (name == "Unknown").then_some(Taken { by: "the case of Rust for tags that have no name" });
    unknown
        .or_else(|| taken(function, &RUST_NEVER, "a keyword of Rust that has no raw form"))
        .or_else(|| taken(function, &RUST_VARIANT, "a function of every generated variant in Rust"))
}

/// Why a field can't have this name in Python, escapes applied.
pub(crate) fn python_field(name: &str) -> Option<Taken> {
    taken(name, &PYTHON_MEMBERS, "a member of every generated class in Python")
}

/// Why a field can't have this name in TypeScript.
pub(crate) fn typescript_field(name: &str) -> Option<Taken> {
    taken(name, &TYPESCRIPT_MEMBERS, "a member of every generated class in TypeScript")
}

/// Why a field can't have this name in C, escapes applied.
pub(crate) fn c_field(name: &str) -> Option<Taken> {
    C_MEMBERS.iter().find_map(|(by, names)| taken(name, names, by)).or_else(|| c_macro(name))
}

/// Why a package can't have a macro of this name in C.
pub(crate) fn c_macro(name: &str) -> Option<Taken> {
    taken(name, &C_MACROS, "a macro of a header of C")
}

/// Why a value can't have this name as an enumerator of Rust.
pub(crate) fn value(name: &str) -> Option<Taken> {
    taken(name, &RUST_NEVER, "a keyword of Rust that has no raw form")
}

/// Why a type can't have this name.
pub(crate) fn type_name(name: &str) -> Option<Taken> {
    TYPES.iter().find_map(|(by, names)| taken(name, names, by))
}

/// Why a package can't have this name: it is a file's and a module's, which no language escapes.
pub(crate) fn package(name: &str) -> Option<Taken> {
    taken(name, &RUST, "a keyword of Rust")
        .or_else(|| taken(name, &PYTHON, "a keyword of Python"))
        .or_else(|| PACKAGES.iter().find_map(|(by, names)| taken(name, names, by)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::BACKENDS;
    use crate::plan::{Plan, TypePlan};
    use crate::{Source, compile};

    /// A package with everything that brings names along.
    const EVERYTHING: &str = r#"
ringgen = 1
package = "probe"
[const]
LIMIT = { type = "f64", value = 1.5 }
[enum.Side]
repr = "u8"
values = [ { name = "Buy", value = 1 } ]
[flags.State]
repr = "u64"
bits = [ { name = "Up", bit = 0 } ]
[struct.Inner]
fields = [ { name = "xx", type = "u8" } ]
[message.Outer]
fields = [
  { name = "number", type = "u32" }, { name = "exact", type = "u64", ts_u64 = "number" }, { name = "wide", type = "i64[2]" },
  { name = "real", type = "f32" }, { name = "yes", type = "bool[2][2]" }, { name = "side", type = "Side" },
  { name = "sides", type = "Side[2]" }, { name = "state", type = "State" }, { name = "states", type = "State[2]" },
  { name = "text", type = "str[4]" }, { name = "texts", type = "str[4][2]" }, { name = "raw", type = "bytes[4]" },
  { name = "raws", type = "bytes[4][2]" }, { name = "inner", type = "Inner" }, { name = "inners", type = "Inner[2]" },
  { name = "grid", type = "f64[2][2]" }, { name = "none", type = "u64", null = 0, range = [1, 9] },
  { name = "mid", type = "f32", null = "nan", range = [0.5, "inf"] }, { name = "items", type = "list[u16, 4]", range = [1, 9] },
  { name = "rows", type = "list[Inner[2], 3]", deprecated = 1 }, { name = "event", type = "Event" }, { name = "_later", reserved = 3 },
]
[variant.Event]
tag = "u8"
cases = [ { type = "Inner", value = 1 } ]
[ring.outers]
message = "Outer"
capacity = 8
"#;

    fn emitted(language: &str) -> (Plan, String) {
        let plan =
            compile(&Source::new("probe.toml", EVERYTHING)).unwrap_or_else(|bad| panic!("{}", bad.render(false)));
        let backend = BACKENDS.iter().find(|backend| backend.language() == language).expect("a backend");
        let text = backend.emit(&plan);
        (plan, text)
    }

    /// The names of what a class has, by the words in front of them.
    fn members(text: &str, starts: &[&str]) -> Vec<String> {
        let name = |line: &str| {
            let rest = starts.iter().find_map(|start| line.strip_prefix(start))?;
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_'))?;
            (end > 0 && rest[end..].starts_with(['(', ':', ' '])).then(|| rest[..end].to_string())
        };
        text.lines().filter_map(name).collect()
    }

    /// The part of a text that defines a class.
    fn class<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
        let from = text.find(start).unwrap_or_else(|| panic!("no `{start}` in:\n{text}"));
        let text = &text[from + start.len()..];
        &text[..text.find(end).unwrap_or(text.len())]
    }

    fn fields(plan: &Plan) -> Vec<&str> {
        let TypePlan::Struct(outer) = plan.types.last().expect("a type") else {
            panic!("the last type is the message")
        };
        assert_eq!(outer.name, "Outer");
        outer.fields.iter().map(|field| field.name.as_str()).collect()
    }

    #[test]
    fn every_member_of_a_generated_class_in_python_is_known_here() {
        let (plan, text) = emitted("python");
        let class = class(&text, "class Outer(", "\nclass ");
        let members = members(class, &["    def ", "    "]);
        assert!(members.contains(&"to_dict".to_string()) && members.contains(&"SIZE".to_string()), "{members:?}");
        for member in members.iter().filter(|member| !member.starts_with('_')) {
            let mut ours =
                fields(&plan).into_iter().flat_map(|name| [name.to_string(), crate::spell::python_null(name)]);
            let known = ours.any(|name| name == *member) || PYTHON_MEMBERS.has(member);
            assert!(known, "Python has a member `{member}`, which a field can hide");
        }
    }

    #[test]
    fn every_member_of_a_generated_class_in_typescript_is_known_here() {
        let (plan, text) = emitted("typescript");
        for start in ["class OuterReader", "class OuterView"] {
            let class = class(&text, start, "\n}\n");
            let starts = ["  override get ", "  override set ", "  override ", "  get ", "  set ", "  "];
            let members = members(class, &starts);
            assert!(members.len() > 15, "{members:?}");
            for member in &members {
                let TypePlan::Struct(outer) = plan.types.last().expect("a type") else { unreachable!() };
                let ours = outer.fields.iter().map(|field| &field.names.typescript).any(|field| {
                    let setter = format!("set{}{}At", field[..1].to_uppercase(), &field[1..]);
                    let more = [format!("{field}At"), format!("{field}Bytes"), format!("{field}BytesAt"), setter];
                    member == field || more.contains(member)
                });
                let known = ours || TYPESCRIPT_MEMBERS.has(member) || ["readonly", "const"].contains(&member.as_str());
                assert!(known, "TypeScript has a member `{member}`, which a field can hide");
            }
        }
    }

    /// A type of the schema would hide what the code around it means by the same name.
    #[test]
    fn every_name_that_generated_code_takes_from_its_language_is_refused_for_types() {
        for language in ["python", "typescript"] {
            let (_, text) = emitted(language);
            let mut found = 0;
            let mut unknown = std::collections::BTreeSet::new();
            for name in bare_names(&text) {
                let ours = ["Side", "State", "Inner", "Outer", "Event"].iter().any(|ty| name.contains(ty));
                let is_constant = !name.chars().any(|c| c.is_ascii_lowercase());
                if ours || is_constant || name.ends_with('_') || name.len() == 1 {
                    continue;
                }
                found += 1;
                if type_name(&name).is_none() && !PYTHON.has(&name) {
                    unknown.insert(name);
                }
            }
            assert!(unknown.is_empty(), "{language} uses {unknown:?}, which types of a schema can hide");
            assert!(found > 10, "{language}: {found}");
        }
    }

    /// The capitalised names in code that are not members of something; comments and texts left out.
    fn bare_names(text: &str) -> Vec<String> {
        let mut code = String::new();
        let mut in_doc = false;
        for line in text.lines() {
            let trimmed = line.trim_start();
            let quotes = line.matches("\"\"\"").count();
            let comment = trimmed.starts_with(['#', '*']) || trimmed.starts_with("/*") || trimmed.starts_with("//");
            if quotes == 0 && !in_doc && !comment {
                let outside = line.split(['"', '`']).step_by(2).collect::<Vec<_>>().join("\"");
                code += outside.split("//").next().unwrap_or_default();
                code += "\n";
            }
            in_doc ^= quotes == 1;
        }
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let starts = code.char_indices().filter(|&(at, c)| {
            let before = &code[..at];
            // `\\p{…}` stands in regular expressions.
            let is_name = !before.ends_with(|c: char| is_word(c) || c == '.' || c == '#') && !before.ends_with("\\p{");
            c.is_ascii_uppercase() && is_name
        });
        let names = starts.map(|(at, _)| &code[at..]).filter_map(|rest| {
            let end = rest.find(|c| !is_word(c))?;
            // What has a colon behind it is the key of an object.
            (!rest[end..].starts_with(':')).then(|| rest[..end].to_string())
        });
        names.collect()
    }
}
