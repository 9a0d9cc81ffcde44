//! The TypeScript backend.

use super::Backend;
use crate::plan::Plan;

/// Prints TypeScript.
pub struct TypeScript;

impl Backend for TypeScript {
    fn language(&self) -> &'static str {
        "typescript"
    }

    fn extension(&self) -> &'static str {
        "ts"
    }

    fn emit(&self, _plan: &Plan) -> String {
        String::new()
    }
}
