//! What types are called in a module: its own, and those that it imports from siblings.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::text::WIDTH;
use crate::backend::text::text;
use crate::plan::{Element, Plan, TypeId, TypePlan};

/// What follows the name of a struct or variant in the names of what comes with it. The front end sees to it that no
/// other type has one of these names.
pub(super) const READER: &str = "Reader";
pub(super) const VIEW: &str = "View";
pub(super) const FIELDS: &str = "Fields";
pub(super) const TAG: &str = "Tag";

/// How a module calls a type and what comes with it.
#[derive(Clone)]
pub(super) struct Named {
    /// The plain object and its layout, or the enum.
    pub(super) plain: String,
    pub(super) reader: String,
    pub(super) view: String,
    /// Functions of a struct or variant.
    pub(super) read: String,
    pub(super) write: String,
    /// Throws if the bytes hold what could not be written; nothing if there is no such thing.
    pub(super) check: Option<String>,
}

/// The names that a module has.
pub(super) struct Scope {
    types: Vec<Named>,
    imports: String,
}

impl Scope {
    pub(super) fn new(plan: &Plan) -> Scope {
        let checked = checked(plan);
        let types = plan.types.iter().zip(&checked).map(|(ty, checked)| own(ty.name(), *checked));
        let mut scope = Scope { types: types.collect(), imports: String::new() };
        scope.import(plan, &checked);
        scope
    }

    /// The names of a type.
    pub(super) fn of(&self, id: TypeId) -> &Named {
        &self.types[id.0]
    }

    /// The imports of siblings.
    pub(super) fn imports(&self) -> &str {
        &self.imports
    }

    fn import(&mut self, plan: &Plan, checked: &[bool]) {
        let ours = exported(plan);
        let laid_out = laid_out(plan);
        for import in &plan.imports {
            let mut specifiers: Vec<(bool, String)> = Vec::new();
            let mut add = |name: String, is_value: bool| {
                // The name that the sibling has for it, unless this module has that name for something else.
                let local = if ours.contains(&name) { text!("{}_{name}", import.package) } else { name.clone() };
                let specifier = if local == name { name } else { text!("{name} as {local}") };
                specifiers.push((is_value, specifier));
                local
            };
            for &id in &import.types {
                let (name, is_enum) = (plan.ty(id).name(), matches!(plan.ty(id), TypePlan::Enum(_)));
                let plain = add(name.to_string(), !is_enum);
                if is_enum {
                    self.types[id.0].plain = plain;
                    continue;
                }
                let is_part = laid_out.contains(&id);
                self.types[id.0] = Named {
                    reader: add(text!("{name}{READER}"), is_part),
                    view: add(text!("{name}{VIEW}"), is_part),
                    read: text!("{plain}.read"),
                    write: text!("{plain}.write"),
                    check: checked[id.0].then(|| text!("{plain}.check")),
                    plain,
                };
            }
            let from = text!("\"./{}{}\"", import.package, plan.targets.typescript.import_ext);
            self.imports += &statement(&specifiers, &from);
        }
    }
}

fn own(name: &str, checked: bool) -> Named {
    Named {
        plain: name.to_string(),
        reader: text!("{name}{READER}"),
        view: text!("{name}{VIEW}"),
        read: text!("read{name}"),
        write: text!("write{name}"),
        check: checked.then(|| text!("check{name}")),
    }
}

/// An import of values and of types. A module of types alone is not loaded when the program runs.
fn statement(specifiers: &[(bool, String)], from: &str) -> String {
    let only_types = specifiers.iter().all(|(is_value, _)| !is_value);
    let keyword = if only_types { "import type" } else { "import" };
    let names: Vec<String> = specifiers
        .iter()
        .map(|(is_value, name)| if *is_value || only_types { name.clone() } else { text!("type {name}") })
        .collect();
    let line = text!("{keyword} {{ {} }} from {from};\n", names.join(", "));
    if line.trim_end().len() <= WIDTH {
        return line;
    }
    let mut text = text!("{keyword} {{\n");
    for name in names {
        let _ = writeln!(text, "  {name},");
    }
    text + "} from " + from + ";\n"
}

/// Every name that the module exports.
fn exported(plan: &Plan) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = plan.constants.iter().map(|of| of.name.clone()).collect();
    for ty in plan.own_types() {
        let suffixes: &[&str] = match ty {
            TypePlan::Enum(_) => &[""],
            TypePlan::Struct(_) => &["", READER, VIEW, FIELDS],
            TypePlan::Variant(_) => &["", READER, VIEW, FIELDS, TAG],
        };
        names.extend(suffixes.iter().map(|suffix| text!("{}{suffix}", ty.name())));
    }
    for ring in &plan.rings {
        names.extend(["", "Ring", "Producer", "Consumer"].map(|suffix| text!("{}{suffix}", ring.type_name)));
    }
    names
}

/// The types that own structs and variants are made of.
fn laid_out(plan: &Plan) -> BTreeSet<TypeId> {
    let mut types = BTreeSet::new();
    for ty in plan.own_types() {
        match ty {
            TypePlan::Enum(_) => {}
            TypePlan::Struct(of) => types.extend(of.fields.iter().filter_map(|field| field.element.ty())),
            TypePlan::Variant(of) => types.extend(of.cases.iter().map(|case| case.ty)),
        }
    }
    types
}

/// Of each type, whether its bytes can hold what could not be written.
fn checked(plan: &Plan) -> Vec<bool> {
    let mut checked = Vec::new();
    for ty in &plan.types {
        let is_checked = match ty {
            TypePlan::Enum(_) => false,
            TypePlan::Struct(of) => of.data_fields().any(|field| {
                let by_itself = match field.element {
                    Element::Str(_) => true,
                    Element::Type(id) => checked[id.0],
                    _ => field.ts_number,
                };
                by_itself || field.range.is_some() || field.list.is_some()
            }),
            TypePlan::Variant(of) => of.cases.iter().any(|case| checked[case.ty.0]),
        };
        checked.push(is_checked);
    }
    checked
}
