//! `ringgen schema`: the JSON Schema of the language, for editors.

use crate::json_schema;
use crate::output::{Failure, Output, Verdict};

/// Prints it.
pub(crate) fn run(output: &mut Output) -> Result<Verdict, Failure> {
    output.line(json_schema::text());
    Ok(Verdict::Fine)
}
