//! What is suggested is pasted into the schema, and the schema compiled again: it is as small as was said.

use std::io;
use std::path::Path;

use ringgen_schema::plan::{Plan, TypePlan};
use ringgen_schema::suggest::Suggestion;
use ringgen_schema::{Compiler, Loader, Source};
use toml::de::DeTable;

/// Finds `shared.toml`, and the schemas of the repository.
struct Shared;

impl Loader for Shared {
    fn load(&self, path: &Path) -> io::Result<Vec<u8>> {
        match path.ends_with("shared.toml") {
            true => Ok(b"ringgen = 1\npackage = \"shared\"\n[struct.Wasteful]\n\
                        fields = [{ name = \"a\", type = \"u8\" }, { name = \"b\", type = \"u64\" }, { name = \"c\", type = \"u8\" }]"
                .to_vec()),
            false => std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas").join(path)),
        }
    }
}

#[track_caller]
fn suggest(text: &str) -> (Plan, Vec<Suggestion>) {
    let compilation = Compiler::new().loader(Shared).compile([Source::new("x.toml", text)]);
    if let Some(report) = &compilation.report {
        panic!("{}\n{text}", report.render(false));
    }
    let plan = compilation.plans.into_iter().flatten().next().unwrap();
    let suggestions = compilation.declarations.suggest(&plan, &compilation.sources);
    (plan, suggestions)
}

/// The text with what is suggested for its types in place of what they had.
fn pasted(text: &str, plan: &Plan, suggestions: &[Suggestion]) -> String {
    let mut text = text.to_owned();
    for suggestion in suggestions.iter().filter(|suggestion| !suggestion.lines.is_empty()) {
        let TypePlan::Struct(of) = plan.ty(suggestion.ty) else { panic!("only structs have lines: {suggestion:?}") };
        let fields = {
            let root = DeTable::parse(&text).unwrap();
            let table = root.get_ref()[of.kind.word()].get_ref().get(of.name.as_str()).unwrap().get_ref();
            table.get("fields").unwrap().span()
        };
        text.replace_range(fields, &format!("[\n{}\n]", suggestion.lines.join("\n")));
    }
    text
}

/// Pastes what is suggested, and asserts that each type is as large as was said and laid out as was said; the plan.
#[track_caller]
fn check(text: &str) -> (Plan, Vec<Suggestion>) {
    let (plan, suggestions) = suggest(text);
    let pasted = pasted(text, &plan, &suggestions);
    let (after, more) = suggest(&pasted);
    for (before, after) in plan.types.iter().zip(&after.types) {
        let suggestion = suggestions.iter().find(|suggestion| plan.ty(suggestion.ty).name() == before.name());
        let said = suggestion.map_or(before.size(), |suggestion| suggestion.size);
        assert_eq!((after.name(), after.size()), (before.name(), said), "{text}\n\n{pasted}");
        assert!(suggestion.is_none_or(|suggestion| suggestion.size < before.size()), "{suggestion:?}");
        let pasted_in = suggestion.filter(|suggestion| !suggestion.lines.is_empty());
        if let (Some(suggestion), TypePlan::Struct(of)) = (pasted_in, after) {
            let places = |fields: &[ringgen_schema::plan::FieldPlan]| -> Vec<(String, u32, u32)> {
                fields.iter().map(|field| (field.name.clone(), field.offset, field.size)).collect()
            };
            assert_eq!(places(&of.fields), places(&suggestion.fields), "{text}\n\n{pasted}");
        }
    }
    assert!(more.is_empty(), "there is nothing left to gain: {more:?}\n{pasted}");
    (after, suggestions)
}

fn schema(fields: &str) -> String {
    format!("ringgen = 1\npackage = \"x\"\nversion = 9\n[message.M]\nfields = [\n{fields}\n]")
}

/// The names of the declared fields in the order that is suggested.
fn names(suggestion: &Suggestion) -> Vec<&str> {
    let name = |line: &'_ str| -> Option<(usize, usize)> {
        let start = line.find("name = \"")? + 8;
        Some((start, start + line[start..].find('"')?))
    };
    suggestion.lines.iter().map(|line| name(line).map_or(line.as_str(), |(start, end)| &line[start..end])).collect()
}

#[test]
fn fields_move_to_where_they_fill_padding() {
    let (_, suggestions) = check(&schema(
        r#"{ name = "a", type = "u8" },  # First.
           # The price.
           { name = "b", type = "u64", doc = "It's a [price]." },
           { name = "c", type = "u8" },
           { name = "d", type = "u16" }"#,
    ));
    let [suggestion] = suggestions.as_slice() else { panic!("{suggestions:?}") };
    assert_eq!(suggestion.size, 16);
    assert_eq!(suggestion.moved, ["a"], "as little as is needed");
    let expected = [
        "# The price.\n{ name = \"b\", type = \"u64\", doc = \"It's a [price].\" },",
        r#"{ name = "a", type = "u8" }, # First."#,
        r#"{ name = "c", type = "u8" },"#,
        r#"{ name = "d", type = "u16" },"#,
    ];
    assert_eq!(suggestion.lines, expected);
}

#[test]
fn where_nothing_is_saved_nothing_is_suggested() {
    for fields in [
        r#"{ name = "a", type = "u8" }, { name = "b", type = "u64" }"#,
        r#"{ name = "a", type = "u8" }, { name = "b", type = "u16" }, { name = "c", type = "u8" }, { name = "d", type = "u64" }, { name = "e", type = "u64" }"#,
        r#"{ name = "a", type = "u64" }, { name = "b", type = "u8" }"#,
    ] {
        let (_, suggestions) = suggest(&schema(fields));
        assert!(suggestions.is_empty(), "{suggestions:?}");
    }
}

#[test]
fn nothing_moves_across_reserved_bytes() {
    let (_, suggestions) = check(&schema(
        r#"{ name = "a", type = "u8" }, { name = "b", type = "u64" }, { name = "c", type = "u8" },
           { name = "_later", reserved = 6 },
           { name = "d", type = "u8" }, { name = "e", type = "u64" }, { name = "f", type = "u8" }"#,
    ));
    let order = names(&suggestions[0]);
    let later = order.iter().position(|name| *name == "_later").unwrap();
    assert!(order[..later].iter().all(|name| "abc".contains(name)), "{order:?}");
    assert_eq!((later, order.len(), suggestions[0].keeps), (3, 7, true));
}

#[test]
fn what_is_pinned_stays_with_all_in_front_of_it() {
    let offset = r#"{ name = "a", type = "u8" }, { name = "b", type = "u64" },
                    { name = "c", type = "u8", offset = 16 },
                    { name = "d", type = "u64" }, { name = "e", type = "u8" }"#;
    let pad = r#"{ name = "a", type = "u8" }, { name = "b", type = "u64" },
                 { name = "_line", pad = 48 },
                 { name = "c", type = "u8" }, { name = "d", type = "u64" }, { name = "e", type = "u8" }"#;
    for (fields, order) in [(offset, &["a", "b", "c", "e", "d"][..]), (pad, &["a", "b", "_line", "d", "c", "e"])] {
        let (_, suggestions) = check(&schema(fields));
        assert_eq!(names(&suggestions[0]), order);
    }
}

#[test]
fn padding_for_alignment_goes_with_the_order_that_asks_for_it() {
    let fields = r#"{ name = "a", type = "u8" }, { name = "_p", pad = 7 }, { name = "b", type = "u64" },
                    { name = "c", type = "u8" }, { name = "_q", pad = 7 }"#;
    let (_, suggestions) = check(&schema(fields));
    assert_eq!(names(&suggestions[0]), ["b", "a", "c"], "the generator names padding");
    let explicit = schema(fields).replace("version = 9", "version = 9\n[options]\npadding = \"explicit\"");
    let (_, suggestions) = check(&explicit);
    assert_eq!(names(&suggestions[0]), ["b", "a", "c", "_pad0"], "the author writes it");
    assert_eq!(suggestions[0].lines[3], "{ name = \"_pad0\", pad = 6 },");
}

#[test]
fn new_fields_stay_behind_old_ones() {
    let (_, suggestions) = check(&schema(
        r#"{ name = "a", type = "u8" }, { name = "b", type = "u64" }, { name = "c", type = "u8" },
           { name = "d", type = "u8", since = 2 }, { name = "e", type = "u64", since = 2 },
           { name = "f", type = "u8", since = 2 }, { name = "g", type = "u8", since = 3 }"#,
    ));
    let order = names(&suggestions[0]);
    let rank = |name: &str| [3, 2, 1][usize::from("abc".contains(name)) + usize::from("abcdef".contains(name))];
    assert!(order.is_sorted_by_key(|name| rank(name)), "{order:?}");
}

#[test]
fn the_parts_of_a_list_stay_together() {
    let (after, suggestions) = check(&schema(
        r#"{ name = "a", type = "u8" }, { name = "items", type = "list[u64, 3]" }, { name = "b", type = "u32" },
           { name = "body", type = "text[64]" }, { name = "c", type = "u16" }"#,
    ));
    let TypePlan::Struct(of) = &after.types[0] else { panic!() };
    let length = of.fields.iter().position(|field| field.name == "items_len").unwrap();
    let items = of.fields.iter().position(|field| field.name == "items").unwrap();
    assert!(items == length + 1 && suggestions[0].lines.len() == 5, "{suggestions:?}");
}

#[test]
fn what_lies_in_others_makes_them_smaller_too() {
    let (plan, suggestions) = check(
        r#"ringgen = 1
package = "x"
import = ["shared.toml"]
[struct.Inner]
fields = [{ name = "a", type = "u8" }, { name = "b", type = "u32" }, { name = "c", type = "u8" }]
[message.Outer]
id = 1
fields = [{ name = "one", type = "Inner[4]" }, { name = "theirs", type = "Wasteful" }]
[message.Small]
id = 2
fields = [{ name = "a", type = "u32" }]
[variant.Event]
tag = "u16"
cases = [{ type = "Outer" }, { type = "Small" }]
"#,
    );
    let told: Vec<(&str, bool, usize)> =
        suggestions.iter().map(|of| (plan.ty(of.ty).name(), of.lines.is_empty(), of.within.len())).collect();
    assert_eq!(told, [("Inner", false, 0), ("Outer", true, 1), ("Event", true, 1)]);
}

#[test]
fn the_schemas_of_the_repository_keep_what_is_promised() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas");
    let mut saved = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            saved += check(&std::fs::read_to_string(path).unwrap()).1.len();
        }
    }
    assert!(saved > 0, "kitchen_sink.toml has gaps");
}

#[test]
fn random_types_keep_what_is_promised() {
    let mut dice = 0x9e37_79b9_7f4a_7c15_u64;
    let mut roll = |sides: u64| {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        (dice >> 33) % sides
    };
    let types =
        ["u8", "u16", "u32", "u64", "f64", "str[5]", "u16[3]", "list[u32, 3]", "list[u64, 2]", "text[9]", "bytes[3]"];
    let mut saved = 0;
    for _ in 0..100 {
        let mut text = "ringgen = 1\npackage = \"x\"\nversion = 3\n".to_owned();
        let count = 1 + roll(4);
        for ty in 0..count {
            text.push_str(&format!("[struct.T{ty}]\nfields = [\n"));
            let mut since = 1;
            for field in 0..1 + roll(9) {
                since = (since + u64::from(roll(12) == 0)).min(3);
                let content = match roll(16) {
                    0 => format!("reserved = {}", 1 + roll(9)),
                    1 => format!("pad = {}", 1 + roll(9)),
                    2..=4 if ty > 0 => format!("type = \"T{}\", since = {since}", roll(ty)),
                    _ => format!("type = \"{}\", since = {since}", types[roll(types.len() as u64) as usize]),
                };
                let name = if content.starts_with("type") { format!("f{field}") } else { format!("_f{field}") };
                text.push_str(&format!("  {{ name = \"{name}\", {content} }}, # {field}\n"));
            }
            text.push_str("]\n");
        }
        saved += check(&text).1.len();
    }
    assert!(saved > 50, "{saved} types could be smaller");
}

#[test]
fn fields_of_a_rust_file_are_suggested_as_rust() {
    let text = "\
use ringgen::RingMessage;

#[derive(Clone, Copy, RingMessage)]
#[repr(C)]
pub struct Trade {
    pub side: u8, // Who crossed.
    _gap: [u8; 7],
    // Nanoseconds.
    /// When it came.
    #[ring(
        unit = \"ns\",
    )]
    pub ts: u64,
    pub flag: u8,
    _rest: [u8; 7],
}
";
    let compile = |text: &str| {
        let compilation = Compiler::new().compile([Source::new("messages.rs", text)]);
        if let Some(report) = &compilation.report {
            panic!("{}\n{text}", report.render(false));
        }
        let plan = compilation.plans[0].clone().unwrap();
        let suggestions = compilation.declarations.suggest(&plan, &compilation.sources);
        (plan, suggestions)
    };
    let (plan, suggestions) = compile(text);
    let [suggestion] = suggestions.as_slice() else { panic!("{suggestions:?}") };
    let expected = [
        "// Nanoseconds.\n/// When it came.\n#[ring(\n    unit = \"ns\",\n)]\npub ts: u64,",
        "pub side: u8, // Who crossed.",
        "pub flag: u8,",
        "_pad0: [u8; 6],",
    ];
    assert_eq!((plan.types[0].size(), suggestion.size), (24, 16));
    assert_eq!(suggestion.lines, expected);
    let (start, end) = (text.find("Trade {").unwrap() + 7, text.rfind('}').unwrap());
    let pasted = format!("{}\n{}\n{}", &text[..start], suggestion.lines.join("\n"), &text[end..]);
    let (plan, suggestions) = compile(&pasted);
    assert_eq!((plan.types[0].size(), suggestions.len()), (16, 0));
}
