//! What a version says of itself: its number, and which version its members came with.

use super::{Change, Diff, Problem, Version};
use crate::members::{self, Member};

/// What the new version does not own up to.
pub(super) fn problems(old: &Version, new: &Version, diff: &Diff) -> Vec<Problem> {
    let mut problems = Vec::new();
    number(old, new, diff, &mut problems);
    if old.plan.package == new.plan.package {
        since(old, new, &mut problems);
    }
    problems
}

fn number(old: &Version, new: &Version, diff: &Diff, problems: &mut Vec<Problem>) {
    let (before, after) = (old.plan.version, new.plan.version);
    let (message, least) = if after < before {
        (format!("version {after} is behind version {before}, which it is to follow"), before)
    } else if after == before && diff.needs_version() {
        let why = match diff.changes.iter().any(Change::in_layout) {
            true => "its layout is another",
            false => "code that uses it breaks",
        };
        let still = if after == 0 { "it has no version".to_string() } else { format!("it is version {after} still") };
        (format!("{still}, and {why}"), before.saturating_add(1))
    } else {
        return;
    };
    let help = match after {
        // A Rust file need not have one.
        0 => format!("write `#[ring(package = \"{}\", version = {least})]` on each message", new.plan.package),
        _ => format!("write `version = {least}` or more"),
    };
    problems.push(Problem { message, help, place: new.place(new.places.version().or(new.places.package())) });
}

/// Members whose `since` the old version contradicts.
fn since(old: &Version, new: &Version, problems: &mut Vec<Problem>) {
    for of in new.plan.own_types() {
        let Some(was) = old.ty(of.name()) else { continue };
        let before = members::of(was);
        for Member { wire_name, name, since, .. } in members::of(of) {
            let Some(since) = since else { continue };
            let had = before.iter().any(|member| member.wire_name == wire_name);
            let (with, is_wrong) =
                if had { ("with", since > old.plan.version) } else { ("without", since <= old.plan.version) };
            if is_wrong {
                let type_name = of.name();
                let version = old.plan.version;
                let message =
                    format!("`{type_name}.{name}` says `since = {since}`, and version {version} is {with} it");
                let help = match had {
                    true => format!("write `since = {version}` or less, or leave it out"),
                    false => format!("write `since = {}`", new.plan.version.max(version.saturating_add(1))),
                };
                problems.push(Problem { message, help, place: new.place(new.places.member(of, wire_name)) });
            }
        }
    }
}
