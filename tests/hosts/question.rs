//! What the programs in Python and TypeScript are asked: the names to look for, and the bytes to look at.

use ringgen_layout::StructKind;
use ringgen_schema::plan::{ConstantValue, Names, Plan, StructPlan};
use serde_json::{Value, json};

use crate::facts::{self, Leaf, Step};

/// A question for a language, in JSON: a list of packages. Offsets and sizes are no part of it but for the bytes to
/// read, so that whoever answers can't repeat what it was told.
pub(crate) fn of(plans: &[Plan], name: fn(&Names) -> &String) -> String {
    json!(plans.iter().map(|plan| package(plan, name)).collect::<Vec<_>>()).to_string()
}

fn package(plan: &Plan, name: fn(&Names) -> &String) -> Value {
    let enums: Vec<Value> = facts::enums(plan)
        .map(|of| {
            let values: Vec<Value> = of.values.iter().map(|value| json!([value.name, name(&value.names)])).collect();
            json!({ "name": of.name, "values": values })
        })
        .collect();
    let constants: Vec<Value> = plan
        .constants
        .iter()
        .map(|constant| json!([constant.name, matches!(constant.value, ConstantValue::Float(_))]))
        .collect();
    let rings: Vec<&str> = plan.rings.iter().map(|ring| ring.type_name.as_str()).collect();
    let structs: Vec<Value> = facts::structs(plan).map(|of| structure(plan, of, name)).collect();
    json!({ "name": plan.package, "structs": structs, "enums": enums, "constants": constants, "rings": rings })
}

fn structure(plan: &Plan, of: &StructPlan, name: fn(&Names) -> &String) -> Value {
    let fields: Vec<Value> = of
        .fields
        .iter()
        .map(|field| json!({ "name": field.name, "property": name(&field.names), "holds_data": field.is_data() }))
        .collect();
    let leaves: Vec<Value> = facts::leaves(plan, of).iter().map(|of| leaf(of, name)).collect();
    let is_message = of.kind == StructKind::Message;
    json!({ "name": of.name, "size": of.size, "is_message": is_message, "fields": fields, "leaves": leaves })
}

fn leaf(of: &Leaf<'_>, name: fn(&Names) -> &String) -> Value {
    let path: Vec<Value> = of
        .path
        .iter()
        .map(|step| match step {
            Step::Field(field) => json!(name(&field.names)),
            Step::Index(index) => json!(index),
        })
        .collect();
    json!({ "name": of.name(), "path": path, "kind": of.kind.word(), "offset": of.offset, "bytes": of.pattern() })
}
