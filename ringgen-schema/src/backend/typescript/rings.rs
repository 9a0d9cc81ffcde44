//! Rings: what opens them, and the types of their sides.

use std::fmt::Write;

use super::scope::Scope;
use super::text::{doc, quoted};
use crate::backend::text::text;
use crate::plan::{Plan, RingPlan};

pub(super) fn emit_ring(plan: &Plan, scope: &Scope, ring: &RingPlan) -> String {
    let RingPlan { name, type_name, capacity, wait, .. } = ring;
    let message = scope.of(ring.message);
    let (plain, reader, view) = (&message.plain, &message.reader, &message.view);
    let generics = text!("{plain}, {reader}, {view}");
    let path = quoted(&text!("{}.{name}", plan.package));
    let mut text = doc("", &[&ring.doc, &text!("A ring of {{@link {plain}}}.")]);
    let _ = writeln!(
        text,
        "export const {type_name}: RingModule<{generics}> = {{\n\
         \x20 NAME: {path},\n  CAPACITY: {capacity},\n  KIND: \"spsc\",\n  WAIT: \"{}\",\n  MESSAGE: {plain},\n\
         \x20 create: async (options) => (await ringgen_()).Ring.create({type_name}, options),\n\
         \x20 attach: async (options) => (await ringgen_()).Ring.attach({type_name}, options),\n\
         \x20 openOrCreate: async (options) => (await ringgen_()).Ring.openOrCreate({type_name}, options),\n\
         \x20 allocate: async (options) => (await ringgen_()).Ring.allocate({type_name}, options),\n\
         \x20 over: async (buffer, options) => (await ringgen_()).Ring.over({type_name}, buffer, options),\n}};\n",
        wait.word()
    );
    for (suffix, ty, what) in [
        ("Ring", text!("Ring<{generics}>"), "The ring, attached."),
        ("Producer", text!("Producer<{plain}, {view}>"), "The only one that puts messages in."),
        ("Consumer", text!("Consumer<{generics}>"), "The only one that takes messages out."),
    ] {
        let _ = writeln!(text, "/** {what} */\nexport type {type_name}{suffix} = {ty};\n");
    }
    text
}
