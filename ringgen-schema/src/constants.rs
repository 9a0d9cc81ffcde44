//! Constants: their values fit their types.

use std::collections::BTreeMap;

use ringgen_layout::{Scalar, ScalarKind};

use crate::codes;
use crate::diagnostic::{Finding, Findings};
use crate::numbers::Number;
use crate::plan::{Constant, ConstantValue};
use crate::schema::{ConstantDecl, Schema};
use crate::source::Span;

/// Every constant by its name, in alphabetical order; `None` for one that is wrong, and reported.
pub(crate) fn resolve(of: &[ConstantDecl], findings: &mut Findings) -> BTreeMap<String, Option<Constant>> {
    of.iter().map(|of| (of.name.value.clone(), constant(of, findings))).collect()
}

fn constant(of: &ConstantDecl, findings: &mut Findings) -> Option<Constant> {
    let (scalar, number) = (of.scalar?, of.value.as_ref()?);
    let value = of_scalar(scalar, number.value, &number.span).and_then(|value| finite(value, &number.span));
    let value = match value {
        Ok(value) => value,
        Err(finding) => {
            findings.push(finding);
            return None;
        }
    };
    Some(Constant { name: of.name.value.clone(), scalar, value, doc: of.doc.clone() })
}

/// The constants that a file can name.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    /// The file, for where its own ones are declared.
    pub(crate) schema: &'a Schema,
    /// By name; `None` for one that is wrong, and reported.
    pub(crate) constants: &'a BTreeMap<String, Option<Constant>>,
    /// Whether there is an import that can't be read, so that any other name may be declared there.
    pub(crate) incomplete: bool,
}

impl<'a> Known<'a> {
    /// The constant that is named somewhere. Reports a name that is unknown for sure.
    pub(crate) fn find(&self, name: &str, span: &Span, findings: &mut Findings) -> Option<&'a Constant> {
        if let Some(constant) = self.constants.get(name) {
            return constant.as_ref();
        }
        if !self.incomplete {
            let finding = Finding::new(&codes::R013, span, format!("unknown constant `{name}`"));
            let meant = findings.meant(name, self.constants.keys().map(String::as_str));
            findings.push(match meant {
                Some(close) => finding.label(format!("did you mean `{close}`?")).help(format!("write `{close}`")),
                None => finding.help(format!("declare it in [const]: `{name} = {{ type = \"u32\", value = 16 }}`")),
            });
        }
        None
    }

    /// Shows where a constant is declared, if that is in this file.
    pub(crate) fn show(&self, constant: &Constant, finding: Finding) -> Finding {
        match self.schema.constants.iter().find(|of| of.name.value == constant.name) {
            Some(of) => finding.also(&of.name.span, format!("a `{}`", constant.scalar.name())),
            None => finding,
        }
    }
}

/// A number as a value of a scalar; those of the IEEE that are no numbers too.
pub(crate) fn of_scalar(scalar: Scalar, number: Number, span: &Span) -> Result<ConstantValue, Finding> {
    match (scalar.kind(), number) {
        (ScalarKind::Unsigned | ScalarKind::Signed, Number::Integer(value) | Number::Quoted(value)) => {
            fits(scalar, value, span).map(|()| ConstantValue::Integer(value))
        }
        (ScalarKind::Float, Number::Integer(value)) => float(scalar, value as f64, span),
        (ScalarKind::Float, Number::Float(value)) => float(scalar, value, span),
        (ScalarKind::Bool, Number::Bool(value)) => Ok(ConstantValue::Bool(value)),
        (kind, _) => {
            let wants = match kind {
                ScalarKind::Unsigned | ScalarKind::Signed => "an integer",
                ScalarKind::Float => "a number without quotes",
                ScalarKind::Bool => "`true` or `false`",
            };
            let message = format!("a `{}` is {wants}", scalar.name());
            Err(Finding::new(&codes::R032, span, message).help(format!("write {wants}, or change the type")))
        }
    }
}

/// Whether an integer is one of its type.
pub(crate) fn fits(scalar: Scalar, value: i128, span: &Span) -> Result<(), Finding> {
    match scalar.integer_range() {
        Some((least, most)) if !(least..=most).contains(&value) => {
            let message = format!("{value} does not fit in `{}`", scalar.name());
            let holds = |other: &&Scalar| other.integer_range().is_some_and(|(a, b)| (a..=b).contains(&value));
            let same_kind = Scalar::ALL.iter().filter(|other| other.kind() == scalar.kind()).find(holds);
            let as_wide = || Scalar::ALL.iter().filter(|other| other.bits() >= scalar.bits()).find(holds);
            let larger = same_kind.or_else(as_wide);
            let finding = Finding::new(&codes::R037, span, message).label(format!("from {least} to {most}"));
            Err(match larger {
                Some(larger) => finding.help(format!("write a number from {least} to {most}, or `{}`", larger.name())),
                None => finding.help(format!("write a number from {least} to {most}")),
            })
        }
        _ => Ok(()),
    }
}

fn float(scalar: Scalar, value: f64, span: &Span) -> Result<ConstantValue, Finding> {
    let rounded = if scalar == Scalar::F32 { f64::from(value as f32) } else { value };
    if rounded.is_finite() || !value.is_finite() {
        return Ok(ConstantValue::Float(rounded));
    }
    let message = format!("{value:e} does not fit in `{}`", scalar.name());
    Err(Finding::new(&codes::R037, span, message).help("write a smaller number"))
}

/// Constants are printed as literals, which not every language has for these.
fn finite(value: ConstantValue, span: &Span) -> Result<ConstantValue, Finding> {
    match value {
        ConstantValue::Float(float) if !float.is_finite() => {
            let message = format!("{float} is no number that every language can write");
            Err(Finding::new(&codes::R037, span, message).help("write a finite number"))
        }
        _ => Ok(value),
    }
}
