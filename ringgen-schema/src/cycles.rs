//! Types that have themselves inside, and are told how.

use std::collections::{BTreeMap, BTreeSet};

use crate::codes;
use crate::diagnostic::{Finding, Findings};
use crate::order::Node;
use crate::source::Span;

/// How many types are taken for the start of a cycle: from each, all the others may have to be gone through. Further
/// cycles are found when the first ones are gone.
const MAX_STARTS: usize = 100;

/// Reports each cycle once, from its alphabetically first type. Types that merely contain a cyclic one are in none.
pub(crate) fn report(waiting: &BTreeMap<&str, Node<'_>>, findings: &mut Findings) {
    let mut reported = BTreeSet::new();
    let mut starts = 0;
    for start in cyclic(waiting) {
        if reported.contains(start) {
            continue;
        }
        if starts == MAX_STARTS {
            return;
        }
        starts += 1;
        let Some(steps) = path_back(waiting, start) else { continue };
        reported.extend(steps.iter().map(|(name, _)| *name));
        let names: Vec<&str> = std::iter::once(start).chain(steps.iter().map(|(name, _)| *name)).collect();
        let message = format!("`{start}` contains itself: {}", names.join(" → "));
        let mut finding = Finding::new(&codes::R013, steps[0].1, message).label(format!("in `{start}`"));
        for (index, (_, span)) in steps.iter().enumerate().skip(1) {
            finding = finding.also(span, format!("in `{}`", names[index]));
        }
        findings.push(finding.help("store an index into an array of them instead: `u32`"));
    }
}

/// The types that a way leads back to, in alphabetical order: those of strongly connected components, by Tarjan's
/// algorithm. It goes down by a stack of its own, since a chain of types may be long.
fn cyclic<'a>(waiting: &BTreeMap<&'a str, Node<'a>>) -> BTreeSet<&'a str> {
    const NEW: usize = usize::MAX;
    let names: Vec<&str> = waiting.keys().copied().collect();
    let numbers: BTreeMap<&str, usize> = names.iter().enumerate().map(|(number, name)| (*name, number)).collect();
    let parts = |node: &Node<'_>| node.parts.iter().filter_map(|(part, _)| numbers.get(part).copied()).collect();
    let parts: Vec<Vec<usize>> = waiting.values().map(parts).collect();
    // When the walk came to a type, and the first of those on its way that lead back from it.
    let (mut came, mut low) = (vec![NEW; parts.len()], vec![NEW; parts.len()]);
    let (mut open, mut is_open, mut count) = (Vec::new(), vec![false; parts.len()], 0);
    let mut cyclic = BTreeSet::new();
    for start in 0..parts.len() {
        let mut way = if came[start] == NEW { vec![(start, 0)] } else { Vec::new() };
        while let Some((at, next)) = way.pop() {
            if next == 0 {
                (came[at], low[at]) = (count, count);
                count += 1;
                open.push(at);
                is_open[at] = true;
            }
            if let Some(&part) = parts[at].get(next) {
                way.push((at, next + 1));
                if came[part] == NEW {
                    way.push((part, 0));
                } else if is_open[part] {
                    low[at] = low[at].min(came[part]);
                }
                continue;
            }
            if low[at] == came[at] {
                let first = open.iter().rposition(|other| *other == at).expect("what is open ends with its component");
                let component = open.split_off(first);
                component.iter().for_each(|of| is_open[*of] = false);
                if component.len() > 1 || parts[at].contains(&at) {
                    cyclic.extend(component.into_iter().map(|of| names[of]));
                }
            }
            if let Some((above, _)) = way.last() {
                low[*above] = low[*above].min(low[at]);
            }
        }
    }
    cyclic
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
