//! Files that are large or deep in one way each. Whoever compiles one, and looks at all that comes of it, waits as long
//! as the file is: something quadratic would take minutes here, and a recursion without an end the whole process.

mod support;

use std::fmt::Write;

use ringgen_schema::{Compiler, Loader, Source};
use support::outcome::{Outcome, check};

const HEAD: &str = "ringgen = 1\npackage = \"large\"\n";

/// How many of something.
const MANY: usize = 1_000;

/// How many bytes a long text has.
const LONG: usize = 1 << 19;

/// How many brackets a deep text has.
const DEEP: usize = 20_000;

fn toml(text: impl Into<String>) -> Outcome {
    check(&Source::new("large.toml", HEAD.to_string() + &text.into()))
}

/// So many parts, each made from its number.
fn many(part: impl Fn(usize) -> String) -> String {
    (0..MANY).map(part).collect()
}

fn message(fields: &str) -> String {
    format!("[message.M]\nfields = [\n{fields}]\n")
}

#[test]
fn fields() {
    let fields = many(|index| format!("{{ name = \"f{index}\", type = \"u8\", doc = \"Number {index}.\" }},\n"));
    assert_eq!(toml(message(&fields)), Outcome::Plan);
}

#[test]
fn fields_of_one_name() {
    let fields = many(|_| "{ name = \"f\", type = \"u8\" },\n".to_string());
    assert_eq!(toml(message(&fields)), Outcome::Report);
}

#[test]
fn fields_on_one_line() {
    let fields = many(|index| format!("{{ name = \"f{index}\", type = \"usize\" }}, "));
    assert_eq!(toml(message(&fields)), Outcome::Report);
}

#[test]
fn fields_that_collide_in_typescript() {
    let fields = many(|index| match index % 2 {
        0 => format!("{{ name = \"a_{index}_b\", type = \"u8\" }},\n"),
        _ => format!("{{ name = \"a_{0}b\", type = \"u8\", ts_name = \"a{0}B\" }},\n", index - 1),
    });
    assert_eq!(toml(message(&fields)), Outcome::Report);
}

#[test]
fn fields_with_a_name_for_c() {
    let fields = many(|index| format!("{{ name = \"f{index}\", type = \"u8\", c_name = \"c{index}\" }},\n"));
    let constants = many(|index| format!("K{index} = {{ type = \"u8\", value = 1 }}\n"));
    assert_eq!(toml(format!("[const]\n{constants}{}", message(&fields))), Outcome::Plan);
}

#[test]
fn fields_of_unknown_types() {
    let fields = many(|index| format!("{{ name = \"f{index}\", type = \"Type{index}\" }},\n"));
    let structs = many(|index| format!("[struct.Typo{index}]\nfields = [{{ name = \"a\", type = \"u8\" }}]\n"));
    assert_eq!(toml(message(&fields) + &structs), Outcome::Report);
}

#[test]
fn fields_of_unknown_lengths() {
    let fields = many(|index| format!("{{ name = \"f{index}\", type = \"u8[LENGTH{index}]\" }},\n"));
    let constants = many(|index| format!("LENGHT{index} = {{ type = \"u8\", value = 1 }}\n"));
    assert_eq!(toml(format!("[const]\n{constants}{}", message(&fields))), Outcome::Report);
}

#[test]
fn unknown_keys() {
    let keys = many(|index| format!("dok{index} = \"\"\n"));
    assert_eq!(toml(format!("[message.M]\n{keys}fields = [{{ name = \"a\", type = \"u8\" }}]\n")), Outcome::Report);
}

#[test]
fn values() {
    let values = many(|index| format!("{{ name = \"V{index}\", value = {index} }},\n"));
    assert_eq!(toml(format!("[enum.E]\nrepr = \"u16\"\nvalues = [\n{values}]\n")), Outcome::Plan);
}

#[test]
fn values_of_one_number() {
    let values = many(|index| format!("{{ name = \"V{index}\", value = 1 }},\n"));
    assert_eq!(toml(format!("[enum.E]\nrepr = \"u16\"\nvalues = [\n{values}]\n")), Outcome::Report);
}

#[test]
fn values_of_numbers_that_are_taken() {
    // The next free one lies far away from each.
    let values = many(|index| format!("{{ name = \"V{index}\", value = {} }},\n", index / 2));
    assert_eq!(toml(format!("[enum.E]\nrepr = \"u16\"\nvalues = [\n{values}]\n")), Outcome::Report);
}

#[test]
fn padding() {
    let fields = many(|index| match index % 2 {
        0 => format!("{{ name = \"f{index}\", type = \"u8\" }},\n"),
        _ => format!("{{ name = \"f{index}\", type = \"u64\" }},\n"),
    });
    assert_eq!(toml(message(&fields)), Outcome::Plan);
    assert_eq!(toml(format!("[options]\npadding = \"explicit\"\n{}", message(&fields))), Outcome::Report);
}

#[test]
fn offsets_that_are_wrong() {
    let fields = many(|index| format!("{{ name = \"f{index}\", type = \"u8\", offset = {} }},\n", index + 1));
    assert_eq!(toml(message(&fields)), Outcome::Report);
}

#[test]
fn constants() {
    let constants = many(|index| format!("K{index} = {{ type = \"u32\", value = {index} }}\n"));
    let fields =
        many(|index| format!("{{ name = \"f{index}\", type = \"u8\", range = [0, \"K{}\"] }},\n", index % 200));
    assert_eq!(toml(format!("[const]\n{constants}{}", message(&fields))), Outcome::Plan);
}

#[test]
fn types() {
    let types =
        many(|index| format!("[message.M{index}]\nid = {index}\nfields = [{{ name = \"a\", type = \"u8\" }}]\n"));
    assert_eq!(toml(types), Outcome::Plan);
}

#[test]
fn types_in_the_order_that_takes_longest() {
    // Each behind the one that it is made of, which is the next in the alphabet; nothing is nested too deep.
    let types = many(|index| {
        let inner = if index % 30 == 29 { "u8".to_string() } else { format!("T{:05}", index + 1) };
        let inner = if index + 1 == MANY { "u8".to_string() } else { inner };
        format!("[struct.T{index:05}]\nfields = [{{ name = \"a\", type = \"{inner}\" }}]\n")
    });
    assert_eq!(toml(types), Outcome::Plan);
}

#[test]
fn types_nested_in_a_chain() {
    let types = many(|index| {
        let inner = if index == 0 { "u8".to_string() } else { format!("T{}", index - 1) };
        format!("[struct.T{index}]\nfields = [{{ name = \"a\", type = \"{inner}\" }}]\n")
    });
    assert_eq!(toml(types), Outcome::Report);
}

#[test]
fn types_in_a_circle() {
    let types =
        many(|index| format!("[struct.T{index}]\nfields = [{{ name = \"a\", type = \"T{}\" }}]\n", (index + 1) % MANY));
    assert_eq!(toml(types), Outcome::Report);
}

#[test]
fn types_in_small_circles_behind_a_long_way() {
    let types = many(|index| {
        let next =
            format!("[struct.T{index}]\nfields = [{{ name = \"a\", type = \"T{}\" }}", (index + 1).min(MANY - 1));
        let back = if index % 2 == 0 { "" } else { ", { name = \"b\", type = \"u8\" }" };
        format!("{next}{back}]\n")
    });
    assert_eq!(toml(types), Outcome::Report);
}

#[test]
fn types_that_hold_the_one_before_twice() {
    // Sizes double, up to the limit.
    let types: String = (1..20)
        .map(|index| format!("[struct.T{index:02}]\nfields = [{{ name = \"a\", type = \"T{0:02}\" }}, {{ name = \"b\", type = \"T{0:02}\" }}]\n", index - 1))
        .collect();
    let first = "[struct.T00]\nfields = [{ name = \"a\", type = \"u8\" }]\n";
    assert_eq!(toml(format!("{first}{types}")), Outcome::Plan);
}

#[test]
fn variants() {
    let cases = many(|index| format!("{{ type = \"M{index}\" }},\n"));
    let types =
        many(|index| format!("[message.M{index}]\nid = {index}\nfields = [{{ name = \"a\", type = \"u8\" }}]\n"));
    assert_eq!(toml(format!("{types}[variant.V]\ntag = \"u16\"\ncases = [\n{cases}]\n")), Outcome::Plan);
}

#[test]
fn rings() {
    let rings = many(|index| format!("[ring.r{index}]\nmessage = \"M\"\ncapacity = 8\n"));
    assert_eq!(toml(message("{ name = \"a\", type = \"u8\" }") + &rings), Outcome::Plan);
}

#[test]
fn tables_that_are_unknown() {
    assert_eq!(toml(many(|index| format!("[sturct.T{index}]\n"))), Outcome::Report);
    assert_eq!(toml(many(|index| format!("[sturct{index}]\n"))), Outcome::Report);
}

#[test]
fn a_long_doc() {
    // As much as a canonical text has room for.
    let long = LONG / 8;
    for doc in [
        "word ".repeat(long / 5),
        "x".repeat(long),
        "\\n".repeat(long / 2),
        "\\\\\\\"".repeat(long / 4),
        "é*/`".repeat(long / 5),
    ] {
        assert_eq!(
            toml(format!(
                "doc = \"{doc}\"\n[message.M]\ndoc = \"{doc}\"\nfields = [{{ name = \"a\", type = \"u8\", doc = \"{doc}\" }}]\n"
            )),
            Outcome::Plan
        );
    }
}

#[test]
fn a_long_name() {
    let name = "x".repeat(LONG);
    assert_eq!(toml(format!("[message.{name}]\nfields = []\n")), Outcome::Report);
    assert_eq!(toml(message(&format!("{{ name = \"{name}\", type = \"u8\" }}"))), Outcome::Report);
    assert_eq!(toml(message(&format!("{{ name = \"a\", {name} = \"u8\" }}"))), Outcome::Report);
    assert_eq!(toml(message(&format!("{{ name = \"a\", type = \"{name}\" }}"))), Outcome::Report);
    assert_eq!(toml(message(&format!("{{ name = \"a\", type = \"u8[{name}]\" }}"))), Outcome::Report);
    assert_eq!(toml(format!("{name} = 1\n")), Outcome::Report);
}

#[test]
fn a_long_type() {
    for ty in [
        "u8[1]".repeat(LONG / 5),
        "[1]".repeat(LONG / 3),
        "unsigned ".repeat(LONG / 9),
        "Vec<".repeat(LONG / 4),
        "&".repeat(LONG),
        "a::".repeat(LONG / 3),
    ] {
        assert_eq!(toml(message(&format!("{{ name = \"a\", type = \"u8{ty}\" }}"))), Outcome::Report);
        assert_eq!(toml(message(&format!("{{ name = \"a\", type = \"{ty}\" }}"))), Outcome::Report);
    }
}

#[test]
fn a_long_number() {
    let digits = "9".repeat(LONG);
    for number in [
        digits.clone(),
        format!("\"{digits}\""),
        format!("\"0x{digits}\""),
        format!("1.{digits}"),
        format!("1e{digits}"),
    ] {
        let constant = format!("[const]\nK = {{ type = \"f64\", value = {number} }}\n");
        toml(constant);
        toml(message(&format!("{{ name = \"a\", type = \"u64\", null = {number}, range = [0, {number}] }}")));
    }
    assert_eq!(toml(message(&format!("{{ name = \"a\", type = \"u8[{digits}]\" }}"))), Outcome::Report);
}

#[test]
fn a_type_of_many_brackets() {
    let lists = format!("{}u8{}", "list[".repeat(DEEP), ", 1]".repeat(DEEP));
    for ty in [lists, "list[".repeat(DEEP), "[".repeat(DEEP), format!("u8{}", "[".repeat(DEEP)), "(".repeat(DEEP)] {
        assert_eq!(toml(message(&format!("{{ name = \"a\", type = \"{ty}\" }}"))), Outcome::Report);
    }
}

#[test]
fn toml_of_many_brackets() {
    for text in [
        format!("x = {}", "[".repeat(DEEP)),
        format!("x = {}{}", "[".repeat(DEEP), "]".repeat(DEEP)),
        format!("x = {}", "{a=".repeat(DEEP)),
        format!("x = {}1{}", "{a=".repeat(DEEP), "}".repeat(DEEP)),
        format!("[{}a]", "a.".repeat(DEEP)),
        format!("{}a = 1", "a.".repeat(DEEP)),
        format!("x = {{ {}a = 1 }}", "a.".repeat(DEEP)),
        "[a]\n".repeat(MANY),
        "[[a]]\n".repeat(MANY),
        "a = 1\n".repeat(MANY),
        "\"".repeat(DEEP),
        "'''".repeat(DEEP),
        "[".repeat(DEEP),
        "[[".repeat(DEEP),
        "= ".repeat(DEEP),
        "\\".repeat(DEEP),
        "\u{0}".repeat(DEEP),
    ] {
        assert_eq!(toml(text), Outcome::Report);
    }
}

/// Files by their names.
struct Files<F>(F);

impl<F: Fn(&str) -> Option<String>> Loader for Files<F> {
    fn load(&self, path: &std::path::Path) -> std::io::Result<Vec<u8>> {
        let text = (self.0)(path.to_str().unwrap());
        text.map(String::into_bytes).ok_or_else(|| std::io::ErrorKind::NotFound.into())
    }
}

fn with_imports(first: String, files: impl Fn(&str) -> Option<String> + 'static) -> Outcome {
    let compiler = Compiler::new().loader(Files(files));
    support::outcome::of(compiler.compile([Source::new("large.toml", HEAD.to_string() + &first)]))
}

#[test]
fn imports_in_a_chain() {
    let next = |index: usize| format!("ringgen = 1\npackage = \"p{index}\"\nimport = [\"p{}.toml\"]\n", index + 1);
    let chain = move |path: &str| Some(next(path.strip_prefix('p')?.strip_suffix(".toml")?.parse().ok()?));
    assert_eq!(with_imports("import = [\"p0.toml\"]\n".to_string(), chain), Outcome::Report);
}

#[test]
fn imports_of_many_files() {
    let imports: String = (0..500).map(|index| format!("\"p{index}.toml\", ")).collect();
    let file = |path: &str| {
        let index: usize = path.strip_prefix('p')?.strip_suffix(".toml")?.parse().ok()?;
        // Each imports the one before, so that everything is reached in many ways.
        let import =
            if index.is_multiple_of(30) { String::new() } else { format!("import = [\"p{}.toml\"]\n", index - 1) };
        let mut text = format!("ringgen = 1\npackage = \"p{index}\"\n{import}");
        for ty in 0..10 {
            let _ = write!(text, "[message.T{index}x{ty}]\nfields = [{{ name = \"a\", type = \"u8\" }}]\n");
        }
        Some(text)
    };
    let fields: String = (0..500).map(|index| format!("{{ name = \"f{index}\", type = \"T{index}x3\" }},\n")).collect();
    assert_eq!(with_imports(format!("import = [{imports}]\n{}", message(&fields)), file), Outcome::Plan);
}

#[test]
fn imports_of_a_large_file() {
    let fields = many(|index| format!("{{ name = \"f{index}\", type = \"T{index}\" }},\n"));
    let file = |path: &str| {
        let types = many(|index| format!("[message.T{index}]\nfields = [{{ name = \"a\", type = \"u8\" }}]\n"));
        (path == "other.toml").then(|| format!("ringgen = 1\npackage = \"other\"\n{types}"))
    };
    assert_eq!(with_imports(format!("import = [\"other.toml\"]\n{}", message(&fields)), file), Outcome::Plan);
}

fn rust(text: impl Into<String>) -> Outcome {
    check(&Source::new("large.rs", text))
}

/// A struct with a derive.
fn item(name: &str, fields: &str) -> String {
    format!("#[derive(Clone, Copy, RingMessage)]\n#[repr(C)]\nstruct {name} {{\n{fields}}}\n")
}

#[test]
fn rust_of_many_items() {
    let fields = many(|index| format!("f{index}: u8,\n"));
    assert_eq!(rust(item("M", &fields)), Outcome::Plan);
    assert_eq!(rust(many(|index| item(&format!("M{index}"), "a: u8,\n"))), Outcome::Plan);
    let fields = many(|index| format!("f{index}: Unknown{index},\n"));
    assert_eq!(rust(item("M", &fields)), Outcome::Report);
    let constants = many(|index| format!("const K{index}: usize = K{};\n", index + 1));
    assert_eq!(rust(constants + &item("M", "a: [u8; K0],\n")), Outcome::Report);
    let aliases = many(|index| format!("type A{index} = A{};\n", index + 1));
    assert_eq!(rust(aliases + &item("M", "a: A0,\n")), Outcome::Report);
}

/// What parsers of Rust go down for.
const DEEPER: &[(&str, &str)] = &[
    ("(", ")"),
    ("[", "]"),
    ("{", "}"),
    ("[", "; 1]"),
    ("Vec<", ">"),
    ("(u8, ", ")"),
    ("&", ""),
    ("*const ", ""),
    ("fn() -> ", ""),
    ("!", ""),
    ("-", ""),
    ("1 + ", ""),
    ("a.", ""),
    ("a::", ""),
    ("return ", ""),
    ("|a, b| ", ""),
    ("if a {} else ", ""),
    ("a = ", ""),
];

#[test]
fn rust_of_many_brackets() {
    let good = item("M", "a: u8,\n");
    for (start, end) in DEEPER {
        let deep = format!("{}a{}", start.repeat(DEEP), end.repeat(DEEP));
        // What other items hold does not matter.
        for text in [
            format!("fn f() {{ {deep} }}\n"),
            format!("const K: u8 = {deep};\n"),
            format!("static K: u8 = {deep};\n"),
            format!("mod m {{ {deep} }}\n"),
            format!("m! {{ {deep} }}\n"),
        ] {
            assert_eq!(rust(text + &good), Outcome::Plan, "{start}");
        }
        for text in [
            format!("const K: usize = {deep};\n{}", item("M", "a: [u8; K],\n")),
            item("M", &format!("a: {deep},\n")),
            item("M", &format!("a: [u8; {deep}],\n")),
            item("M", &format!("a: Str<{{ {deep} }}>,\n")),
            format!("type A = {deep};\n{}", item("M", "a: A,\n")),
            deep.clone(),
        ] {
            assert_eq!(rust(text), Outcome::Report, "{start}");
        }
        // Whether that is Rust at all does not matter: it comes back.
        for text in [
            format!("use {deep};\n{good}"),
            format!("#[a({deep})] {good}"),
            format!("#[a = {deep}] {good}"),
            format!("#[ring(name = {deep})] {good}"),
            format!("#[cfg({deep})] {good}"),
            format!("struct A<T: {deep}>(u8);\n{good}"),
            format!("pub({deep}) {good}"),
        ] {
            rust(text);
        }
        rust(start.repeat(DEEP));
        rust(item("M", &format!("a: {}", start.repeat(DEEP))));
    }
}
