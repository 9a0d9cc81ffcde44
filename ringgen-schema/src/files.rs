//! What a generator run writes: paths and texts, in memory first, so that `--check` is a comparison.

use std::fmt;
use std::path::PathBuf;

use crate::backend::Backend;
use crate::plan::Plan;

/// A file to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneratedFile {
    /// Where, below the folder that the caller chose: `rust/market.rs`.
    pub path: PathBuf,
    /// What.
    pub text: String,
}

/// Two packages would be written to the same files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SamePackage {
    /// The name that both have.
    pub package: String,
    /// The index of the first plan with it.
    pub first: usize,
    /// The index of the second one.
    pub second: usize,
}

impl fmt::Display for SamePackage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "two schemas are called `{}`; a package is one file", self.package)
    }
}

impl std::error::Error for SamePackage {}

/// Prints every plan in every language, in the order of both.
///
/// # Errors
/// If two plans have the same package, whose files would overwrite each other.
pub fn generate(plans: &[Plan], backends: &[&dyn Backend]) -> Result<Vec<GeneratedFile>, SamePackage> {
    for (second, plan) in plans.iter().enumerate() {
        if let Some(first) = plans[..second].iter().position(|other| other.package == plan.package) {
            return Err(SamePackage { package: plan.package.clone(), first, second });
        }
    }
    let print = |plan: &Plan, backend: &&dyn Backend| GeneratedFile {
        path: [backend.language(), &format!("{}.{}", plan.package, backend.extension())].iter().collect(),
        text: backend.emit(plan),
    };
    Ok(plans.iter().flat_map(|plan| backends.iter().map(move |backend| print(plan, backend))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::BACKENDS;
    use crate::{Source, compile};

    fn package(name: &str) -> Plan {
        compile(&Source::new(name, format!("ringgen = 1\npackage = \"{name}\"\n")))
            .expect("a package with nothing in it")
    }

    #[test]
    fn each_package_is_a_file_in_each_language() {
        let files = generate(&[package("a"), package("b")], BACKENDS).unwrap();
        let paths: Vec<String> = files.iter().map(|file| file.path.to_string_lossy().into_owned()).collect();
        for path in ["python/a.py", "rust/a.rs", "typescript/a.ts", "python/b.py", "rust/b.rs", "typescript/b.ts"] {
            assert!(paths.iter().any(|found| found == path), "{path} is not in {paths:?}");
        }
        assert_eq!(files.len(), 2 * BACKENDS.len());
    }

    #[test]
    fn two_packages_of_one_name_are_refused() {
        let same = generate(&[package("a"), package("b"), package("a")], BACKENDS).unwrap_err();
        assert_eq!((same.package.as_str(), same.first, same.second), ("a", 0, 2));
    }
}
