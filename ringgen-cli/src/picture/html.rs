//! A package as a page of documentation: one HTML file that needs no other, light or dark as the reader prefers.

use super::lines::{self, Entry};
use super::markup::Markup;
use super::{Case, Field, Page, Part, Ring, Shape, Values, svg};
use crate::output::{human_bytes, thousands};

const STYLE: &str = include_str!("html.css");

/// The page.
pub(crate) fn html(of: &Page) -> String {
    let mut markup = Markup::default();
    markup.raw("<!DOCTYPE html>");
    markup.open("html", &[("lang", &"en")]);
    markup.open("head", &[]);
    markup.empty("meta", &[("charset", &"utf-8")]);
    markup.empty("meta", &[("name", &"viewport"), ("content", &"width=device-width, initial-scale=1")]);
    markup.leaf("title", &[], &format!("{}, version {}: layout", of.package, of.version));
    markup.open("style", &[]);
    markup.raw(svg::STYLE);
    markup.raw(STYLE);
    markup.close("style");
    markup.close("head");
    markup.open("body", &[]);
    svg::common(&mut markup);
    markup.open("main", &[]);
    header(&mut markup, of);
    for part in &of.parts {
        match part {
            Part::Shape(shape) => draw_shape(&mut markup, of, shape),
            Part::Values(values) => draw_values(&mut markup, values),
        }
    }
    if !of.rings.is_empty() {
        draw_rings(&mut markup, of);
    }
    markup.close("main");
    markup.close("body");
    markup.close("html");
    markup.finish()
}

fn header(markup: &mut Markup, of: &Page) {
    markup.open("header", &[]);
    let version = format!("version {}", of.version);
    markup.spans("h1", &[], "small", &[("", &of.package), ("version", &version)]);
    paragraphs(markup, &of.doc);
    markup.open("nav", &[]);
    markup.open("ul", &[]);
    for part in &of.parts {
        markup.open("li", &[]);
        markup.leaf("a", &[("href", &format!("#{}", part.name()))], part.name());
        markup.close("li");
    }
    markup.close("ul");
    markup.close("nav");
    markup.close("header");
}

fn draw_shape(markup: &mut Markup, page: &Page, shape: &Shape) {
    markup.open("section", &[("id", &shape.name)]);
    heading(markup, shape.kind, &shape.name);
    markup.leaf("p", &[("class", &"figures")], &shape.figures().join(" · "));
    paragraphs(markup, &shape.doc);
    svg::inline(markup, shape);
    let has_units = shape.tree().iter().any(|(_, field)| !field.unit.is_empty());
    let unit = if has_units { &["unit"][..] } else { &[] };
    start_table(markup, &[&["offset", "size", "field", "type"], unit, &["meaning"]].concat(), 2);
    for entry in lines::table(shape) {
        match entry {
            Entry::Field(depth, field) => draw_field(markup, page, (depth, field), has_units),
            Entry::Line(_, words) => {
                markup.open("tr", &[("class", &"line")]);
                markup.leaf("td", &[("colspan", &(5 + unit.len()))], &format!("cache line at {words}"));
                markup.close("tr");
            }
        }
    }
    end_table(markup);
    if !shape.cases.is_empty() {
        draw_cases(markup, page, shape);
    }
    hash(markup, &shape.layout_hash);
    markup.close("section");
}

fn draw_cases(markup: &mut Markup, page: &Page, shape: &Shape) {
    start_table(markup, &["tag", "size", "case", "type", "meaning"], 2);
    for Case { value, name, ty, size, doc } in &shape.cases {
        markup.open("tr", &[]);
        markup.leaf("td", &[("class", &"number")], &value.to_string());
        markup.leaf("td", &[("class", &"number")], &size.to_string());
        markup.leaf("td", &[("class", &"name")], name);
        draw_type(markup, page, ty);
        words(markup, "td", doc);
        markup.close("tr");
    }
    end_table(markup);
}

fn hash(markup: &mut Markup, hash: &str) {
    if !hash.is_empty() {
        markup.leaf("p", &[("class", &"hash")], &format!("layout hash {hash}"));
    }
}

/// The type of a field, as a link if the page tells more of it.
fn draw_type(markup: &mut Markup, page: &Page, ty: &str) {
    let element = ty.strip_prefix("list[").unwrap_or(ty);
    let declared = element.split(['[', ',']).next().unwrap_or(element);
    if page.parts.iter().any(|part| part.name() == declared) {
        markup.open("td", &[("class", &"type")]);
        markup.leaf("a", &[("href", &format!("#{declared}"))], ty);
        markup.close("td");
    } else {
        markup.leaf("td", &[("class", &"type")], ty);
    }
}

fn draw_field(markup: &mut Markup, page: &Page, (depth, field): (usize, &Field), has_units: bool) {
    let row: &[(&str, &dyn std::fmt::Display)] = if field.tone.is_data() { &[] } else { &[("class", &"blank")] };
    markup.open("tr", row);
    let Field { name, ty, offset, size, unit, doc, .. } = field;
    markup.leaf("td", &[("class", &"number")], &offset.to_string());
    markup.leaf("td", &[("class", &"number")], &size.to_string());
    let indent = format!("padding-left: {}em", depth * 2);
    match depth {
        0 => markup.leaf("td", &[("class", &"name")], name),
        _ => markup.leaf("td", &[("class", &"name"), ("style", &indent)], name),
    }
    draw_type(markup, page, ty);
    if has_units {
        markup.leaf("td", &[("class", &"unit")], unit);
    }
    words(markup, "td", doc);
    markup.close("tr");
}

fn draw_values(markup: &mut Markup, of: &Values) {
    markup.open("section", &[("id", &of.name)]);
    heading(markup, of.kind, &of.name);
    markup.leaf("p", &[("class", &"figures")], &format!("stored as {}", of.repr));
    paragraphs(markup, &of.doc);
    start_table(markup, &["value", "name", "meaning"], 1);
    for (name, value, doc) in &of.values {
        markup.open("tr", &[]);
        markup.leaf("td", &[("class", &"number")], &of.number(*value));
        markup.leaf("td", &[("class", &"name")], name);
        words(markup, "td", doc);
        markup.close("tr");
    }
    end_table(markup);
    hash(markup, &of.layout_hash);
    markup.close("section");
}

fn draw_rings(markup: &mut Markup, page: &Page) {
    markup.open("section", &[("id", &"rings")]);
    markup.leaf("h2", &[], "Rings");
    start_table(markup, &["capacity", "stride", "memory", "ring", "message", "wait"], 3);
    for Ring { name, message, capacity, stride, memory, wait } in &page.rings {
        markup.open("tr", &[]);
        for number in [thousands(*capacity), thousands((*stride).into()), human_bytes(*memory)] {
            markup.leaf("td", &[("class", &"number")], &number);
        }
        markup.leaf("td", &[("class", &"name")], name);
        markup.open("td", &[("class", &"type")]);
        markup.leaf("a", &[("href", &format!("#{message}"))], message);
        markup.close("td");
        markup.leaf("td", &[], wait);
        markup.close("tr");
    }
    end_table(markup);
    markup.close("section");
}

fn heading(markup: &mut Markup, kind: &str, name: &str) {
    markup.spans("h2", &[], "span", &[("kind", kind), ("", " "), ("", name)]);
}

/// Opens a table whose first columns are numbers.
fn start_table(markup: &mut Markup, headings: &[&str], numbers: usize) {
    markup.open("div", &[("class", &"table")]);
    markup.open("table", &[]);
    markup.open("tr", &[]);
    for (index, heading) in headings.iter().enumerate() {
        match index < numbers {
            true => markup.leaf("th", &[("scope", &"col"), ("class", &"number")], heading),
            false => markup.leaf("th", &[("scope", &"col")], heading),
        }
    }
    markup.close("tr");
}

fn end_table(markup: &mut Markup) {
    markup.close("table");
    markup.close("div");
}

/// The paragraphs of a doc, which empty lines separate.
fn paragraphs(markup: &mut Markup, doc: &str) {
    for paragraph in doc.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
        words(markup, "p", paragraph);
    }
}

/// A text of words, in which backticks set off code.
fn words(markup: &mut Markup, element: &str, text: &str) {
    let parts: Vec<&str> = text.trim().split('`').collect();
    // A backtick that has no other is one.
    if parts.len().is_multiple_of(2) {
        return markup.leaf(element, &[], text);
    }
    let parts: Vec<(&str, &str)> =
        parts.iter().enumerate().map(|(index, part)| (if index % 2 == 1 { "code" } else { "" }, *part)).collect();
    markup.spans(element, &[], "code", &parts);
}
