//! The order of types: each behind those that it is made of, otherwise alphabetical. Cycles have none.

use std::collections::{BTreeMap, BTreeSet};

use crate::codes;
use crate::diagnostic::{Finding, Findings};
use crate::schema::{Schema, VariantDecl};
use crate::source::Span;
use crate::type_expr::TypeExpr;

/// A declared type, by its index in the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Declared {
    Enum(usize),
    Struct(usize),
    Variant(usize),
}

impl Schema {
    /// The name of a declared type.
    pub(crate) fn name(&self, declared: Declared) -> &str {
        match declared {
            Declared::Enum(index) => &self.enums[index].name.value,
            Declared::Struct(index) => &self.structs[index].name.value,
            Declared::Variant(index) => &self.variants[index].name.value,
        }
    }
}

/// The declared types in an order in which they can be made.
pub(crate) struct Order {
    /// Every one once; of two with one name the first counts.
    pub(crate) types: Vec<Declared>,
    /// How many of them can be made; the rest have themselves inside, or a type that has.
    pub(crate) makeable: usize,
}

/// The order of all types; cycles are reported.
pub(crate) fn order(schema: &Schema, parsed: &[Vec<Option<TypeExpr>>], findings: &mut Findings) -> Order {
    let mut waiting: BTreeMap<&str, Node<'_>> = BTreeMap::new();
    let enums = (0..schema.enums.len()).map(Declared::Enum);
    let structs = (0..schema.structs.len()).map(Declared::Struct);
    let variants = (0..schema.variants.len()).map(Declared::Variant);
    for declared in enums.chain(structs).chain(variants) {
        let parts = match declared {
            Declared::Enum(_) => Vec::new(),
            Declared::Struct(index) => parsed[index].iter().flatten().filter_map(TypeExpr::named).collect(),
            Declared::Variant(index) => cases(&schema.variants[index]),
        };
        waiting.entry(schema.name(declared)).or_insert(Node { declared, parts });
    }
    let mut order = Vec::new();
    let is_ready = |node: &Node<'_>, waiting: &BTreeMap<&str, Node<'_>>| {
        node.parts.iter().all(|(name, _)| !waiting.contains_key(name))
    };
    while let Some(name) = waiting.iter().find(|(_, node)| is_ready(node, &waiting)).map(|(name, _)| *name) {
        order.extend(waiting.remove(name).map(|node| node.declared));
    }
    report_cycles(&waiting, findings);
    let makeable = order.len();
    order.extend(waiting.into_values().map(|node| node.declared));
    Order { types: order, makeable }
}

struct Node<'a> {
    declared: Declared,
    /// The types that its fields or cases name, and where.
    parts: Vec<(&'a str, &'a Span)>,
}

fn cases(of: &VariantDecl) -> Vec<(&str, &Span)> {
    let types = of.cases.iter().flatten().filter_map(|case| case.ty.as_ref());
    types.map(|ty| (ty.value.as_str(), &ty.span)).collect()
}

/// Reports each cycle once, from its alphabetically first type. Types that merely contain a cyclic one are in none.
fn report_cycles(waiting: &BTreeMap<&str, Node<'_>>, findings: &mut Findings) {
    let mut reported = BTreeSet::new();
    for start in waiting.keys() {
        if reported.contains(start) {
            continue;
        }
        let Some(steps) = path_back(waiting, start) else { continue };
        reported.extend(steps.iter().map(|(name, _)| *name));
        let names: Vec<&str> = std::iter::once(*start).chain(steps.iter().map(|(name, _)| *name)).collect();
        let message = format!("`{start}` contains itself: {}", names.join(" → "));
        let mut finding = Finding::new(&codes::R013, steps[0].1, message).label(format!("in `{start}`"));
        for (index, (_, span)) in steps.iter().enumerate().skip(1) {
            finding = finding.also(span, format!("in `{}`", names[index]));
        }
        findings.push(finding.help("store an index into an array of them instead: `u32`"));
    }
}

/// The shortest way from a type back to itself: each type on it, and where the one before names it.
fn path_back<'a>(waiting: &BTreeMap<&'a str, Node<'a>>, start: &str) -> Option<Vec<(&'a str, &'a Span)>> {
    let mut came_from: BTreeMap<&str, (&str, &Span)> = BTreeMap::new();
    let mut front = vec![start];
    while !front.is_empty() {
        let mut next = Vec::new();
        for name in front {
            for &(part, span) in &waiting[name].parts {
                if !waiting.contains_key(part) || came_from.contains_key(part) {
                    continue;
                }
                came_from.insert(part, (name, span));
                next.push(part);
            }
        }
        if came_from.contains_key(start) {
            return Some(walk_back(waiting, &came_from, start));
        }
        front = next;
    }
    None
}

fn walk_back<'a>(
    waiting: &BTreeMap<&'a str, Node<'a>>,
    came_from: &BTreeMap<&str, (&str, &Span)>,
    start: &str,
) -> Vec<(&'a str, &'a Span)> {
    let mut steps = Vec::new();
    let mut name = start;
    loop {
        let (from, _) = came_from[name];
        let step = waiting[from].parts.iter().find(|(part, _)| *part == name);
        steps.push(*step.expect("the way came through this part"));
        name = from;
        if name == start {
            steps.reverse();
            return steps;
        }
    }
}
