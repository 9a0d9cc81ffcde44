//! What a file can name beside what it declares itself: the types and constants of the files that it imports.

use std::collections::BTreeMap;

use crate::plan::{Constant, Element, ImportPlan, Plan, RingPlan, TypeId, TypePlan};

/// The imported types and constants of a file.
#[derive(Debug, Default)]
pub(crate) struct Imports {
    /// The types of all files that are imported, directly or by an import: each behind those that it is made of.
    pub(crate) types: Vec<TypePlan>,
    /// The package of each of `types`.
    pub(crate) packages: Vec<String>,
    /// The types that can be named: those of files that are imported directly. `None` for one that has mistakes.
    pub(crate) names: BTreeMap<String, Option<TypeId>>,
    /// The constants that can be named, likewise.
    pub(crate) constants: BTreeMap<String, Option<Constant>>,
    /// The types that can't be named, since only an import imports their file: what that file is called.
    pub(crate) indirect: BTreeMap<String, String>,
    /// The index of each of `types`, by its package and its name.
    ids: BTreeMap<(String, String), TypeId>,
    /// Whether there is a file that can't be read, so that a name that is not known may be in it.
    pub(crate) incomplete: bool,
}

impl Imports {
    /// Adds the types of a plan that are not there yet, those that it imports itself too.
    pub(crate) fn add(&mut self, plan: &Plan, packages: &[String]) {
        let mut ids: Vec<TypeId> = Vec::new();
        for (of, package) in plan.types.iter().zip(packages) {
            let id = *self.ids.entry((package.clone(), of.name().to_string())).or_insert_with(|| {
                self.types.push(moved(of, &ids));
                self.packages.push(package.clone());
                TypeId(self.types.len() - 1)
            });
            ids.push(id);
        }
    }

    /// The type with this name of a package.
    pub(crate) fn find(&self, package: &str, name: &str) -> Option<TypeId> {
        self.ids.get(&(package.to_string(), name.to_string())).copied()
    }

    /// The imported types that own types and rings name themselves, by package, in the order of the imports.
    pub(crate) fn named_by(&self, types: &[TypePlan], rings: &[RingPlan]) -> Vec<ImportPlan> {
        let mut named: Vec<TypeId> = rings.iter().map(|ring| ring.message).collect();
        for of in &types[self.types.len()..] {
            match of {
                TypePlan::Enum(_) => {}
                TypePlan::Struct(of) => named.extend(of.fields.iter().filter_map(|field| field.element.ty())),
                TypePlan::Variant(of) => named.extend(of.cases.iter().map(|case| case.ty)),
            }
        }
        named.retain(|id| id.0 < self.types.len());
        named.sort_unstable();
        named.dedup();
        let mut imports: Vec<ImportPlan> = Vec::new();
        for id in named {
            let package = &self.packages[id.0];
            match imports.iter_mut().find(|import| import.package == *package) {
                Some(import) => import.types.push(id),
                None => imports.push(ImportPlan { package: package.clone(), types: vec![id] }),
            }
        }
        imports
    }
}

/// A type whose parts have other indices.
fn moved(of: &TypePlan, ids: &[TypeId]) -> TypePlan {
    let mut of = of.clone();
    match &mut of {
        TypePlan::Enum(_) => {}
        TypePlan::Struct(of) => {
            for field in &mut of.fields {
                if let Element::Type(id) = &mut field.element {
                    *id = ids[id.0];
                }
            }
        }
        TypePlan::Variant(of) => of.cases.iter_mut().for_each(|case| case.ty = ids[case.ty.0]),
    }
    of
}
