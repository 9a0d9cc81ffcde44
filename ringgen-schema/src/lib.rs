//! From a ringgen schema to a layout plan, and from that to source code.
//!
//! ```text
//! text ─parse→ Schema ─resolve, check→ Model ─place→ Plan ─emit→ Files
//!              spans, strings          typed, POD    every number   name → bytes
//! ```
//!
//! ```
//! use ringgen_schema::{Source, compile};
//!
//! let source = Source::new(
//!     "market.toml",
//!     r#"
//! ringgen = 1
//! package = "market"
//! [message.Trade]
//! fields = [ { name = "id", type = "u64" }, { name = "symbol", type = "str[12]" } ]
//! "#,
//! );
//! let plan = compile(&source).unwrap();
//! let ringgen_schema::plan::TypePlan::Struct(trade) = &plan.types[0] else { unreachable!() };
//! assert_eq!((trade.size, trade.align), (24, 8));
//! assert_eq!(trade.fields.last().unwrap().spelling, "pad[4]");
//!
//! let report = compile(&Source::new("bad.toml", "ringgen = 1\npackage = \"Market\"")).unwrap_err();
//! assert_eq!(report.findings()[0].code.id, "R035");
//! ```
#![forbid(unsafe_code)]

mod ages;
#[doc(hidden)]
pub mod annotated;
pub mod backend;
mod check;
pub mod codes;
mod collisions;
mod compile;
mod constants;
mod cycles;
mod describe;
mod diagnostic;
pub mod diff;
pub mod files;
mod imports;
pub mod keys;
mod layouts;
pub mod lock;
mod members;
mod model;
mod names;
mod numbers;
mod order;
mod picture;
mod place;
mod places;
pub mod plan;
pub mod reference;
mod render;
mod reserved;
mod resolve;
mod rings;
mod rust_source;
mod schema;
mod source;
mod spell;
pub mod suggest;
mod syntax;
mod toml_errors;
mod type_expr;
mod values;

pub use compile::{Compilation, Compiler, Disk, Loader, normalized};
pub use diagnostic::{Finding, Label, Report};
pub use names::{camel_case, lower_camel_case, upper_case};
pub use source::{Position, Source, Sources, Span};

use plan::Plan;

/// Compiles one schema file; what it imports is read from disk.
///
/// # Errors
/// Everything that is wrong with it, in one report.
pub fn compile(source: &Source) -> Result<Plan, Report> {
    let mut plans = Compiler::new().compile([source.clone()]).into_plans()?;
    Ok(plans.pop().expect("one schema without a mistake has one plan"))
}
