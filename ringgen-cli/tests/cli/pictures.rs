//! `ringgen layout` for documentation: SVG, HTML and Markdown.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use roxmltree::{Document, Node, ParsingOptions};

use crate::support::{diff, golden, is_blessing, ringgen, run};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every schema of the repository, those in folders included, and that of the tests.
fn schemas() -> Vec<PathBuf> {
    let mut folders = vec![root().join("schemas")];
    let mut schemas = ["trade.toml", "feed.toml"].map(|name| crate::support::data().join(name)).to_vec();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                schemas.push(path);
            }
        }
    }
    assert!(schemas.len() > 5, "{schemas:?}");
    schemas
}

fn layout(schema: &Path, options: &str) -> String {
    let arguments = ["layout", schema.to_str().unwrap()].into_iter().chain(options.split_whitespace());
    run(arguments).stdout_of(0)
}

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{name} of {node:?}"))
}

fn has_class(node: Node<'_, '_>, class: &str) -> bool {
    node.attribute("class").is_some_and(|classes| classes.split(' ').any(|other| other == class))
}

/// Asserts that the bars of a drawing cover each byte once and in order, as wide as they say, with rows below each
/// other; the number of bytes.
fn bytes_of(drawing: Node<'_, '_>) -> u32 {
    let bars: Vec<_> = drawing.descendants().filter(|node| has_class(*node, "rg-byte")).collect();
    let left = number(bars[0], "x");
    let is_drawn = |bar: &&Node<'_, '_>| !has_class(**bar, "rg-gap");
    let scale_of = |bar: &Node<'_, '_>| number(*bar, "width") / (number(*bar, "data-end") - number(*bar, "data-start"));
    let scale = scale_of(bars.iter().find(is_drawn).unwrap());
    // A row ends where the bars do, or short of it where the type does.
    let right = bars.iter().map(|bar| number(*bar, "x") + number(*bar, "width")).fold(0.0, f64::max);
    let row = ((right - left) / scale).round();
    let (mut end, mut y) = (0.0, f64::NEG_INFINITY);
    for bar in &bars {
        let (x, width, from, to) =
            (number(*bar, "x"), number(*bar, "width"), number(*bar, "data-start"), number(*bar, "data-end"));
        assert_eq!(from, end, "no gap and no overlap: {bar:?}");
        if is_drawn(&bar) {
            assert!((width - (to - from) * scale).abs() < 1e-6, "to scale: {bar:?}");
            assert!((x - left - from % row * scale).abs() < 1e-6, "in its column: {bar:?}");
            assert!(from % row + (to - from) <= row, "within a row: {bar:?}");
        } else {
            assert_eq!((x, width, from % row, to % row), (left, right - left, 0.0, 0.0), "whole rows: {bar:?}");
        }
        let below = number(*bar, "y");
        assert!(if from % row == 0.0 { below > y } else { below == y }, "rows follow each other: {bar:?}");
        (end, y) = (to, below);
    }
    end as u32
}

#[test]
fn the_bars_of_every_type_cover_each_byte_once_and_to_scale() {
    for schema in schemas() {
        let json: serde_json::Value = serde_json::from_str(&layout(&schema, "--json")).unwrap();
        let types = json["types"].as_array().unwrap().iter().filter(|ty| ty["imported"].is_null());
        let shapes: Vec<_> = types.filter(|ty| !ty["fields"].as_array().unwrap().is_empty()).collect();
        let cases: usize = shapes.iter().filter_map(|ty| Some(ty["cases"].as_array()?.len())).sum();
        // A variant that is taken apart is drawn once more for each of its cases.
        for (options, more) in [("", 0), ("--expand=1", cases), ("--expand", cases)] {
            let text = layout(&schema, &format!("--format svg {options}"));
            let svg = Document::parse(&text).unwrap();
            let drawings: Vec<_> = svg.descendants().filter(|node| has_class(*node, "rg-drawing")).collect();
            assert_eq!(drawings.len(), shapes.len() + more, "{schema:?} {options}");
            for drawing in drawings {
                let title = drawing.descendants().find(|node| has_class(*node, "rg-title")).unwrap();
                let title: String = title.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect();
                let name = title.split([' ', '.']).nth(1).unwrap();
                let ty = shapes.iter().find(|ty| ty["name"] == name).unwrap_or_else(|| panic!("{title}"));
                assert_eq!(u64::from(bytes_of(drawing)), ty["size"].as_u64().unwrap(), "{title} {options}");
            }
        }
    }
}

#[test]
fn nothing_is_drawn_beyond_the_card() {
    for schema in schemas() {
        let text = layout(&schema, "--format svg --expand");
        let svg = Document::parse(&text).unwrap();
        let (width, height) = (number(svg.root_element(), "width"), number(svg.root_element(), "height"));
        let shift = |node: Node<'_, '_>| {
            let drawing = node.ancestors().find_map(|node| node.attribute("transform")?.strip_prefix("translate(0 "));
            drawing.map_or(0.0, |shift| shift.trim_end_matches(')').parse().unwrap())
        };
        for rect in svg.descendants().filter(|node| node.has_tag_name("rect")) {
            let (right, bottom) =
                (number(rect, "x") + number(rect, "width"), number(rect, "y") + number(rect, "height"));
            assert!(right <= width && bottom + shift(rect) <= height, "{rect:?}");
        }
        for text in svg.descendants().filter(|node| node.has_tag_name("text") && node.has_attribute("x")) {
            let words: String = text.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect();
            // As wide as the narrowest letters of a proportional font, or those of a monospaced one.
            let character = if has_class(text, "rg-name") { 7.2 } else { 4.5 };
            let (x, length) = (number(text, "x"), words.chars().count() as f64 * character);
            let right = if text.attribute("text-anchor") == Some("end") { x } else { x + length };
            assert!(right <= width && number(text, "y") + shift(text) <= height, "{words}");
        }
    }
}

#[test]
fn each_format_looks_as_it_did() {
    golden("layout.svg", &ringgen("layout trade.toml --type Trade --type Book --type Block --format svg").stdout_of(0));
    golden("variant.svg", &ringgen("layout feed.toml --type Event --format svg").stdout_of(0));
    golden("variant.html", &ringgen("layout feed.toml --format html --expand=1").stdout_of(0));
    golden("variant.md", &ringgen("layout feed.toml --type Event --format md --expand").stdout_of(0));
    golden("layout.html", &ringgen("layout trade.toml --format html --expand").stdout_of(0));
    golden("layout.md", &ringgen("layout trade.toml --format md").stdout_of(0));
}

#[test]
fn the_picture_in_the_readme_is_what_is_drawn_today() {
    let path = root().join("docs/book.svg");
    let drawn = layout(&root().join("schemas/market.toml"), "--type Book --expand --format svg");
    if is_blessing() {
        fs::write(&path, &drawn).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == drawn, "docs/book.svg differs; RINGGEN_BLESS=1 accepts it\n{}", diff(&committed, &drawn));
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    assert!(readme.contains("(docs/book.svg)"), "README.md shows it");
}

#[test]
fn a_page_is_well_formed_and_its_links_lead_somewhere() {
    for schema in schemas() {
        let page = layout(&schema, "--format html --expand");
        let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
        let page = Document::parse_with_options(&page, options).unwrap();
        let ids: HashSet<&str> = page.descendants().filter_map(|node| node.attribute("id")).collect();
        let links: Vec<&str> = page.descendants().filter_map(|node| node.attribute("href")).collect();
        assert!(!links.is_empty());
        for link in links {
            assert!(ids.contains(link.strip_prefix('#').unwrap()), "{link} leads nowhere");
        }
        let drawings = page.descendants().filter(|node| node.has_tag_name("svg") && has_class(*node, "rg"));
        assert!(drawings.map(bytes_of).sum::<u32>() > 0);
        // HTML knows no `<td/>`: what is empty and not void has to be closed.
        let text = layout(&schema, "--format html --expand");
        for line in text.lines().filter(|line| line.ends_with("/>")) {
            let element = line.trim_start().trim_start_matches('<').split(' ').next().unwrap();
            assert!(["meta", "rect", "line", "circle"].contains(&element), "{line}");
        }
    }
}

#[test]
fn tables_in_markdown_have_a_cell_for_each_heading() {
    for schema in schemas() {
        let text = layout(&schema, "--format md --expand");
        let mut columns = 0;
        for line in text.lines() {
            let cells = line.replace("\\|", "").matches('|').count();
            columns = match (line.starts_with('|'), columns) {
                (false, _) => 0,
                (true, 0) => cells,
                (true, columns) => {
                    assert_eq!(cells, columns, "{line}");
                    columns
                }
            };
        }
    }
}

#[test]
fn a_picture_does_not_depend_on_the_terminal() {
    for format in ["svg", "html", "md"] {
        let line = format!("--color always layout trade.toml --format {format}");
        let narrow = crate::support::command(line.split(' ')).env("COLUMNS", "40").output().unwrap();
        let wide = crate::support::command(line.split(' ')).env("COLUMNS", "200").output().unwrap();
        assert!(narrow.stdout == wide.stdout && !narrow.stdout.contains(&0x1b), "{format}");
    }
}

#[test]
fn a_long_name_does_not_run_into_the_figures() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.toml");
    let name = "AMessageWhoseNameIsAsLongAsTheNameOfAMessageCanBeInTheseFilesXX";
    let fields = "[{ name = \"a\", type = \"u8\" }, { name = \"b\", type = \"u64\" }]";
    fs::write(&path, format!("ringgen = 1\npackage = \"long\"\n[message.{name}]\nfields = {fields}\n")).unwrap();
    let text = layout(&path, "--format svg");
    let svg = Document::parse(&text).unwrap();
    let at = |words: &str| {
        let texts = svg.descendants().filter(|node| node.has_tag_name("text"));
        let mut texts =
            texts.filter(|node| node.descendants().any(|node| node.text().is_some_and(|text| text.contains(words))));
        number(texts.next().unwrap(), "y")
    };
    assert!(at("16 bytes") > at(name), "{text}");
    assert_eq!(bytes_of(svg.root()), 16);
}

#[test]
fn enums_have_no_bytes_to_picture() {
    let stderr = ringgen("layout trade.toml --type Side --format svg").stderr_of(2);
    assert!(stderr.contains("Side has no fields") && stderr.contains("--format md"), "{stderr}");
}
