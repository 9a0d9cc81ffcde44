//! How a producer pushes: a message, or what one is made of.

use super::code::{Code, docstring};
use super::fields::{Field, Fields};
use super::modules;
use super::structs::{is_packable, packer};
use super::variants;
use crate::backend::text::text;
use crate::plan::{Plan, RingPlan, StructPlan, VariantPlan};

/// One of the two verbs.
struct Verb {
    name: &'static str,
    gives: &'static str,
    /// The parameter for how long it may wait.
    timeout: Option<String>,
}

impl Verb {
    fn both(timeout: String) -> [Verb; 2] {
        [
            Verb { name: "try_push", gives: "bool", timeout: None },
            Verb { name: "push", gives: "None", timeout: Some(timeout) },
        ]
    }

    fn timeout_parameter(&self) -> Option<String> {
        self.timeout.as_ref().map(|timeout| text!("{timeout}: float | None = None"))
    }

    /// Hands the bytes in this variable to the ring.
    fn push_bytes(&self, code: &mut Code, data: &str) {
        let Some(timeout) = &self.timeout else {
            return code.line(format_args!("return self._core.try_push_bytes({data})"));
        };
        // Almost always there is room, and a call less to find out.
        code.block(format_args!("if not self._core.try_push_bytes({data}):"), |code| {
            code.line(format_args!("self._core.push_bytes({data}, {timeout})"));
        });
    }

    /// Hands an object to the ring.
    fn push(&self, code: &mut Code, message: &str, is_last: bool) {
        match &self.timeout {
            None => code.line(format_args!("return self._core.try_push({message})")),
            Some(timeout) => {
                code.line(format_args!("self._core.push({message}, {timeout})"));
                if !is_last {
                    code.line("return");
                }
            }
        }
    }
}

/// `try_push` and `push` of a message, or of the values of its fields.
pub(super) fn of_struct(code: &mut Code, plan: &Plan, ring: &RingPlan, of: &StructPlan) {
    let fields = &Fields::of(plan, of);
    for verb in Verb::both(timeout(fields)) {
        of_fields(code, ring, fields, &verb);
    }
}

fn of_fields(code: &mut Code, ring: &RingPlan, all: &Fields<'_>, verb: &Verb) {
    let name = modules::type_name(all.plan, ring.message);
    let fields: Vec<&Field<'_>> = all.properties().collect();
    let timeout = verb.timeout_parameter();
    let tail = text!(") -> {}:", verb.gives);
    let head = text!("def {}(", verb.name);
    let mut whole = vec!["self".to_string(), text!("_message: {name}"), "/".to_string()];
    if let Some(timeout) = &timeout {
        whole.extend(["*".to_string(), timeout.clone()]);
    }
    let mut each = vec!["self".to_string(), "/".to_string()];
    let mut both = vec!["self".to_string(), text!("_message: {name} | None = None"), "/".to_string()];
    if !fields.is_empty() || timeout.is_some() {
        each.push("*".to_string());
        both.push("*".to_string());
    }
    each.extend(fields.iter().map(|field| field.pushed()).chain(timeout.clone()));
    both.extend(fields.iter().map(|field| field.pushed_or_not()).chain(timeout));

    for parameters in [whole, each] {
        code.line("");
        code.line("@_t.overload");
        code.list(&head, parameters, &text!("{tail} ..."));
    }
    code.line("");
    code.function(&head, both, &tail, |code| {
        docstring(
            code,
            match verb.timeout {
                None => "Pushes a message, or one of these values, unless the ring is full. Whether it did.",
                Some(_) => "Pushes a message, or one of these values; waits for room, at most `timeout` seconds.",
            },
        );
        code.block("if _message is not None:", |code| verb.push(code, "_message", false));
        let mut keywords: Vec<String> = fields.iter().map(|field| text!("{0}={0}", field.name())).collect();
        if all.deprecated().next().is_some() {
            // Whoever calls this is to blame.
            keywords.push("_stacklevel=3".to_string());
        }
        if !is_packable(all) {
            for field in fields.iter().filter(|field| field.is_required()) {
                required(code, field);
            }
            code.list(format_args!("_message = {name}("), keywords, ")");
            verb.push(code, "_message", true);
            return;
        }
        for field in &fields {
            let Some(text) = field.deprecation() else { continue };
            code.block(format_args!("if {} is not None:", field.name()), |code| {
                code.call("_warnings.warn", [text, "DeprecationWarning".into(), "stacklevel=2".into()]);
            });
        }
        code.block("try:", |code| {
            let values = fields.iter().map(|field| field.pack());
            code.list(format_args!("_data = {}.pack(", packer(&all.of.name)), values, ")");
        });
        code.block("except (_struct.error, OverflowError):", |code| {
            // The setters check again and name the field.
            code.list(format_args!("{name}("), keywords, ")");
            code.line("raise");
        });
        verb.push_bytes(code, "_data");
    });
}

/// What has to be given and was not is checked as the zeros that it would be.
fn required(code: &mut Code, field: &Field<'_>) {
    let name = field.name();
    let zeros = match field.dims() {
        [] => return,
        [n] => text!("(0,) * {n}"),
        [n, m, ..] => text!("((0,) * {m},) * {n}"),
    };
    code.block(format_args!("if {name} is None:"), |code| code.line(format_args!("{name} = {zeros}")));
}

/// The name of the parameter for the timeout, which gives way to a field of that name.
fn timeout(fields: &Fields<'_>) -> String {
    let mut name = "timeout".to_string();
    while fields.properties().any(|field| field.name() == name) {
        name.push('_');
    }
    name
}

/// `try_push` and `push` of a variant, or of what it can hold.
pub(super) fn of_variant(code: &mut Code, plan: &Plan, ring: &RingPlan, of: &VariantPlan) {
    let (name, value) = (modules::type_name(plan, ring.message), value_type(plan, ring, of));
    let blame = if variants::is_aging(of) { ", _stacklevel=3" } else { "" };
    for verb in Verb::both("timeout".to_string()) {
        let mut parameters = vec!["self".to_string(), text!("message: {name} | {value}"), "/".to_string()];
        if let Some(timeout) = verb.timeout_parameter() {
            parameters.extend(["*".to_string(), timeout]);
        }
        code.line("");
        code.define(verb.name, parameters, verb.gives, |code| {
            let what = text!("Pushes {}, or what one can hold", variants::one(&of.name));
            docstring(
                code,
                &match verb.timeout {
                    None => text!("{what}, unless the ring is full. Whether it did."),
                    Some(_) => text!("{what}; waits for room, at most `timeout` seconds."),
                },
            );
            code.line(format_args!("data = {name}.pack(message{blame})"));
            verb.push_bytes(code, "data");
        });
    }
}

/// The statement that makes bytes of `messages` for a variant's ring.
pub(super) fn batch(plan: &Plan, ring: &RingPlan, of: &VariantPlan) -> String {
    let name = modules::type_name(plan, ring.message);
    match variants::is_aging(of) {
        // Behind `pack` lie this and `_batch`, then the verb, then who calls it.
        true => text!("batch = _batch(messages, lambda message: {name}.pack(message, _stacklevel=5))"),
        false => text!("batch = _batch(messages, {name}.pack)"),
    }
}

/// The type of what a variant can hold, as this module names it.
pub(super) fn value_type(plan: &Plan, ring: &RingPlan, of: &VariantPlan) -> String {
    modules::member(plan, ring.message, &variants::value_name(&of.name))
}
