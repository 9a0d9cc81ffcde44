//! The Python backend.

use super::Backend;
use crate::plan::Plan;

/// Prints Python.
pub struct Python;

impl Backend for Python {
    fn language(&self) -> &'static str {
        "python"
    }

    fn extension(&self) -> &'static str {
        "py"
    }

    fn emit(&self, _plan: &Plan) -> String {
        String::new()
    }
}
