//! What the programs in Python and TypeScript are asked: the names to look for, and the bytes to look at.

use ringgen_layout::StructKind;
use ringgen_schema::plan::{CasePlan, ConstantValue, FieldPlan, Names, Plan, TypePlan};
use ringgen_schema::upper_case;
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
    let types: Vec<Value> = facts::composed(plan).map(|of| composed(plan, of, name)).collect();
    json!({ "name": plan.package, "types": types, "enums": enums, "constants": constants, "rings": rings })
}

fn composed(plan: &Plan, of: &TypePlan, name: fn(&Names) -> &String) -> Value {
    let field = |of: &FieldPlan| {
        let (holds_data, is_property) = (of.is_data(), facts::is_property(of));
        json!({ "name": of.name, "property": name(&of.names), "holds_data": holds_data, "is_property": is_property })
    };
    let part = |name: &str| json!({ "name": name, "property": name, "holds_data": true, "is_property": false });
    let (is_message, fields, cases) = match of {
        TypePlan::Struct(of) => (of.kind == StructKind::Message, of.fields.iter().map(field).collect(), Vec::new()),
        TypePlan::Variant(of) => {
            let cases = of.cases.iter().map(|case| json!([case.name, (name)(&spelt(case))]));
            (true, vec![part("tag"), part("payload")], cases.collect())
        }
        TypePlan::Enum(_) => unreachable!("an enum has no parts"),
    };
    let leaves: Vec<Value> = facts::leaves(plan, of).iter().map(|of| leaf(of, name)).collect();
    json!({
        "name": of.name(),
        "size": of.size(),
        "is_message": is_message,
        "fields": fields,
        "cases": cases,
        "leaves": leaves,
    })
}

/// The name of a case's tag, as each language has those of enums.
fn spelt(case: &CasePlan) -> Names {
    let upper = upper_case(&case.name);
    Names { rust: upper.clone(), python: upper.clone(), typescript: case.name.clone(), c: upper }
}

fn leaf(of: &Leaf<'_>, name: fn(&Names) -> &String) -> Value {
    let path: Vec<Value> = of
        .path
        .iter()
        .map(|step| match step {
            Step::Field(field) => json!(name(&field.names)),
            Step::Index(index) => json!(index),
            Step::Value => json!("value"),
        })
        .collect();
    let kind = if of.hidden.is_some() { "hidden" } else { of.kind.word() };
    json!({ "name": of.name(), "path": path, "kind": kind, "offset": of.offset, "bytes": of.pattern() })
}
