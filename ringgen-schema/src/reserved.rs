//! What each language keeps for itself: keywords, the names of its prelude, and those that generated code uses.

/// Rust's keywords, strict and reserved, of every edition.
const RUST: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "self", "Self", "static", "struct", "super", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// The keywords that Rust has no raw form for.
const RUST_NEVER: &[&str] = &["crate", "self", "Self", "super"];

/// Python's keywords.
const PYTHON: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// Names that would hide, in a class of Python, a type that annotations behind it name; and what methods call their
/// own object, which keyword arguments can't be called then.
const PYTHON_TYPES: &[&str] = &[
    "self",
    "bool",
    "bytearray",
    "bytes",
    "classmethod",
    "dict",
    "float",
    "frozenset",
    "int",
    "list",
    "memoryview",
    "object",
    "property",
    "set",
    "staticmethod",
    "str",
    "super",
    "tuple",
    "type",
];

/// C's keywords.
const C: &[&str] = &[
    "alignas",
    "alignof",
    "auto",
    "bool",
    "break",
    "case",
    "char",
    "const",
    "constexpr",
    "continue",
    "default",
    "do",
    "double",
    "else",
    "enum",
    "extern",
    "false",
    "float",
    "for",
    "goto",
    "if",
    "inline",
    "int",
    "long",
    "nullptr",
    "register",
    "restrict",
    "return",
    "short",
    "signed",
    "sizeof",
    "static",
    "static_assert",
    "struct",
    "switch",
    "thread_local",
    "true",
    "typedef",
    "typeof",
    "typeof_unqual",
    "union",
    "unsigned",
    "void",
    "volatile",
    "while",
];

/// Members of a generated class in Python that a property can't replace.
const PYTHON_MEMBERS: &[&str] = &[
    "DTYPE",
    "LAYOUT_HASH",
    "copy",
    "from_address",
    "from_buffer",
    "from_buffer_copy",
    "from_bytes",
    "from_dict",
    "from_param",
    "in_dll",
    "mro",
    "to_bytes",
    "to_dict",
];

/// Members of a generated class in TypeScript, and of every object, that an accessor can't replace.
const TYPESCRIPT_MEMBERS: &[&str] = &[
    "assign",
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "load",
    "propertyIsEnumerable",
    "prototype",
    "toJSON",
    "toLocaleString",
    "toObject",
    "toString",
    "valueOf",
];

/// Associated constants of a generated type in Rust that a value can't replace.
const RUST_CONSTANTS: &[&str] = &["LAYOUT_HASH", "SCHEMA_TEXT", "ZERO"];

/// Members of every enum in Python that a value can't replace.
const PYTHON_ENUM_MEMBERS: &[&str] = &["LAYOUT_HASH"];

/// Names of types, and who has them already.
const TYPES: &[(&str, &[&str])] = &[
    (
        "the prelude of Rust",
        &[
            "AsMut",
            "AsRef",
            "AsyncFn",
            "AsyncFnMut",
            "AsyncFnOnce",
            "Box",
            "Clone",
            "Copy",
            "Debug",
            "Default",
            "DoubleEndedIterator",
            "Drop",
            "Eq",
            "Err",
            "ExactSizeIterator",
            "Extend",
            "Fn",
            "FnMut",
            "FnOnce",
            "From",
            "FromIterator",
            "Future",
            "Hash",
            "Into",
            "IntoFuture",
            "IntoIterator",
            "Iterator",
            "None",
            "Ok",
            "Option",
            "Ord",
            "PartialEq",
            "PartialOrd",
            "Result",
            "Self",
            "Send",
            "Sized",
            "Some",
            "String",
            "Sync",
            "ToOwned",
            "ToString",
            "TryFrom",
            "TryInto",
            "Unpin",
            "Vec",
        ],
    ),
    (
        "ringgen",
        &[
            "Bool",
            "Claim",
            "Consumer",
            "Message",
            "Pad",
            "Peek",
            "Pod",
            "Producer",
            "Reserved",
            "Ring",
            "RingEnum",
            "RingError",
            "RingFlags",
            "RingKind",
            "RingMessage",
            "RingModule",
            "RingOptions",
            "RingStruct",
            "Str",
            "Wait",
        ],
    ),
    (
        "the builtins of Python",
        &[
            "ArithmeticError",
            "AssertionError",
            "AttributeError",
            "BaseException",
            "BaseExceptionGroup",
            "BlockingIOError",
            "BrokenPipeError",
            "BufferError",
            "BytesWarning",
            "ChildProcessError",
            "ConnectionAbortedError",
            "ConnectionError",
            "ConnectionRefusedError",
            "ConnectionResetError",
            "DeprecationWarning",
            "EOFError",
            "Ellipsis",
            "EncodingWarning",
            "EnvironmentError",
            "Exception",
            "ExceptionGroup",
            "False",
            "FileExistsError",
            "FileNotFoundError",
            "FloatingPointError",
            "FutureWarning",
            "GeneratorExit",
            "IOError",
            "ImportError",
            "ImportWarning",
            "IndentationError",
            "IndexError",
            "InterruptedError",
            "IsADirectoryError",
            "KeyError",
            "KeyboardInterrupt",
            "LookupError",
            "MemoryError",
            "ModuleNotFoundError",
            "NameError",
            "NotADirectoryError",
            "NotImplemented",
            "NotImplementedError",
            "OSError",
            "OverflowError",
            "PendingDeprecationWarning",
            "PermissionError",
            "ProcessLookupError",
            "RecursionError",
            "ReferenceError",
            "ResourceWarning",
            "RuntimeError",
            "RuntimeWarning",
            "StopAsyncIteration",
            "StopIteration",
            "SyntaxError",
            "SyntaxWarning",
            "SystemError",
            "SystemExit",
            "TabError",
            "TimeoutError",
            "True",
            "TypeError",
            "UnboundLocalError",
            "UnicodeDecodeError",
            "UnicodeEncodeError",
            "UnicodeError",
            "UnicodeTranslateError",
            "UnicodeWarning",
            "UserWarning",
            "ValueError",
            "Warning",
            "ZeroDivisionError",
        ],
    ),
    (
        "the imports of generated Python",
        &[
            "Any",
            "Array",
            "Callable",
            "ClassVar",
            "Final",
            "Generic",
            "IntEnum",
            "IntFlag",
            "Iterable",
            "LittleEndianStructure",
            "Literal",
            "Mapping",
            "NamedTuple",
            "Sequence",
            "Structure",
            "TypeVar",
            "TypedDict",
            "Union",
            "Unpack",
        ],
    ),
    (
        "the globals of JavaScript",
        &[
            "AbortSignal",
            "AggregateError",
            "ArrayBuffer",
            "ArrayLike",
            "Array",
            "AsyncDisposable",
            "AsyncIterable",
            "AsyncIterator",
            "Atomics",
            "BigInt",
            "BigInt64Array",
            "BigUint64Array",
            "Boolean",
            "Buffer",
            "DataView",
            "Date",
            "Disposable",
            "Error",
            "EvalError",
            "FinalizationRegistry",
            "Float16Array",
            "Float32Array",
            "Float64Array",
            "Function",
            "Infinity",
            "Int16Array",
            "Int32Array",
            "Int8Array",
            "Intl",
            "JSON",
            "Map",
            "Math",
            "NaN",
            "Number",
            "Object",
            "Partial",
            "Promise",
            "Proxy",
            "RangeError",
            "Readonly",
            "Record",
            "Reflect",
            "RegExp",
            "Set",
            "SharedArrayBuffer",
            "Symbol",
            "TextDecoder",
            "TextEncoder",
            "URIError",
            "Uint16Array",
            "Uint32Array",
            "Uint8Array",
            "Uint8ClampedArray",
            "WeakMap",
            "WeakRef",
            "WeakSet",
            "WebAssembly",
        ],
    ),
];

/// Modules that a file of the same name next to generated code would hide from Python, or a crate from Rust.
const PACKAGES: &[(&str, &[&str])] = &[
    ("a crate that generated Rust names", &["alloc", "core", "std"]),
    ("the package that generated code imports", &["ringgen"]),
    (
        "a module that generated Python needs",
        &[
            "abc",
            "array",
            "ast",
            "asyncio",
            "builtins",
            "codecs",
            "collections",
            "contextlib",
            "copy",
            "ctypes",
            "dataclasses",
            "enum",
            "errno",
            "fcntl",
            "functools",
            "inspect",
            "io",
            "itertools",
            "keyword",
            "mmap",
            "numbers",
            "numpy",
            "operator",
            "os",
            "pathlib",
            "platform",
            "re",
            "select",
            "site",
            "stat",
            "string",
            "struct",
            "subprocess",
            "sys",
            "tempfile",
            "threading",
            "time",
            "token",
            "types",
            "typing",
            "uuid",
            "warnings",
            "weakref",
        ],
    ),
];

/// A keyword that a language has no escape for, or a member that generated code has already.
pub(crate) struct Taken {
    /// Who has it: `a keyword of Rust`.
    pub(crate) by: &'static str,
}

fn taken(name: &str, names: &[&str], by: &'static str) -> Option<Taken> {
    names.contains(&name).then_some(Taken { by })
}

/// As Rust writes a name: a keyword is raw.
pub(crate) fn escape_rust(name: String) -> String {
    if RUST.contains(&name.as_str()) && !RUST_NEVER.contains(&name.as_str()) { format!("r#{name}") } else { name }
}

/// As Python writes a name: a keyword has a `_` behind it.
pub(crate) fn escape_python(name: String) -> String {
    let is_kept = PYTHON.contains(&name.as_str()) || PYTHON_TYPES.contains(&name.as_str());
    if is_kept { format!("{name}_") } else { name }
}

/// Why a field can't have this name in Rust, escapes applied.
pub(crate) fn rust_field(name: &str) -> Option<Taken> {
    taken(name, RUST_NEVER, "a keyword of Rust that has no raw form")
}

/// Why a field can't have this name in Python, escapes applied.
pub(crate) fn python_field(name: &str) -> Option<Taken> {
    taken(name, PYTHON_MEMBERS, "a member of every generated class in Python")
}

/// Why a field can't have this name in TypeScript.
pub(crate) fn typescript_field(name: &str) -> Option<Taken> {
    taken(name, TYPESCRIPT_MEMBERS, "a member of every generated class in TypeScript")
}

/// Why a field can't have this name in C.
pub(crate) fn c_field(name: &str) -> Option<Taken> {
    taken(name, C, "a keyword of C")
}

/// Why a value can't have these names: as an enumerator of Rust, as its constant, and in Python.
pub(crate) fn value(rust: &str, rust_const: &str, python: &str) -> Option<Taken> {
    taken(rust, RUST_NEVER, "a keyword of Rust that has no raw form")
        .or_else(|| taken(rust_const, RUST_CONSTANTS, "a constant of every generated type in Rust"))
        .or_else(|| taken(python, PYTHON_ENUM_MEMBERS, "a member of every generated enum in Python"))
}

/// Why a type can't have this name.
pub(crate) fn type_name(name: &str) -> Option<Taken> {
    TYPES.iter().find_map(|(by, names)| taken(name, names, by))
}

/// Why a package can't have this name: it is a file's and a module's, which no language escapes.
pub(crate) fn package(name: &str) -> Option<Taken> {
    taken(name, RUST, "a keyword of Rust")
        .or_else(|| taken(name, PYTHON, "a keyword of Python"))
        .or_else(|| PACKAGES.iter().find_map(|(by, names)| taken(name, names, by)))
}
