//! The order of types: each behind those that it is made of, otherwise alphabetical. Cycles have none.

use std::collections::{BTreeMap, BTreeSet};

use crate::cycles;
use crate::diagnostic::Findings;
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
    // Who waits for a type, and for how many each waits; those that wait for none are ready.
    let mut waiters: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut missing: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, node) in &waiting {
        let parts: BTreeSet<&str> = node.parts.iter().map(|(part, _)| *part).collect();
        let parts = parts.into_iter().filter(|part| waiting.contains_key(part));
        missing.insert(name, parts.map(|part| waiters.entry(part).or_default().push(name)).count());
    }
    let mut ready: BTreeSet<&str> = missing.iter().filter(|(_, count)| **count == 0).map(|(name, _)| *name).collect();
    let mut order = Vec::new();
    while let Some(name) = ready.pop_first() {
        order.extend(waiting.remove(name).map(|node| node.declared));
        for waiter in waiters.remove(name).into_iter().flatten() {
            let count = missing.get_mut(waiter).expect("every type waits for a number of others");
            *count -= 1;
            if *count == 0 {
                ready.insert(waiter);
            }
        }
    }
    cycles::report(&waiting, findings);
    let makeable = order.len();
    order.extend(waiting.into_values().map(|node| node.declared));
    Order { types: order, makeable }
}

pub(crate) struct Node<'a> {
    declared: Declared,
    /// The types that its fields or cases name, and where.
    pub(crate) parts: Vec<(&'a str, &'a Span)>,
}

fn cases(of: &VariantDecl) -> Vec<(&str, &Span)> {
    let types = of.cases.iter().flatten().filter_map(|case| case.ty.as_ref());
    types.map(|ty| (ty.value.as_str(), &ty.span)).collect()
}
