//! Values that fields may have and may not: `null` and `range`.

use ringgen_layout::{EnumKind, Scalar, ScalarKind};

use crate::codes;
use crate::constants::{self, Known};
use crate::diagnostic::{Finding, Findings};
use crate::numbers::{Literal, Number};
use crate::plan::{ConstantValue, ValuePlan};
use crate::schema::{EnumDecl, FieldDecl};
use crate::source::{Span, Spanned};

/// What the values of a field are, as far as `null` and `range` care for it.
pub(crate) enum Domain<'a> {
    /// Numbers.
    Scalar(Scalar),
    /// An enum: its integer, its values, and what the file says of it, if that is this one.
    Enum(Scalar, &'a [ValuePlan], Option<&'a EnumDecl>),
    /// Anything else: how the help calls it, and what stands for no value there.
    Other(&'static str),
}

impl<'a> Domain<'a> {
    /// The domain of an enum or flags type.
    pub(crate) fn of_enum(
        kind: EnumKind,
        repr: Scalar,
        values: &'a [ValuePlan],
        declared: Option<&'a EnumDecl>,
    ) -> Self {
        match kind {
            EnumKind::Enum => Domain::Enum(repr, values, declared),
            EnumKind::Flags => Domain::Other("flags, which are empty where there are none"),
        }
    }
}

impl Domain<'_> {
    /// The scalar that values are of, where there are any.
    fn scalar(&self) -> Scalar {
        match self {
            Domain::Scalar(scalar) | Domain::Enum(scalar, ..) => *scalar,
            Domain::Other(_) => Scalar::U8,
        }
    }
}

/// The null value and the range of a field.
#[derive(Default)]
pub(crate) struct Values {
    pub(crate) null: Option<ConstantValue>,
    pub(crate) range: Option<(ConstantValue, ConstantValue)>,
}

/// The null value and the range of a field, each checked against what the field can hold and against each other.
pub(crate) fn resolve(
    field: &FieldDecl,
    domain: &Domain<'_>,
    has_elements: bool,
    constants: Known<'_>,
    findings: &mut Findings,
) -> Values {
    let mut resolver = Resolver { constants, findings };
    let null = field.null.as_ref().and_then(|null| resolver.null(null, domain, has_elements));
    let range = field.range.as_ref().and_then(|range| resolver.range(&range.value, &range.span, domain));
    if let (Some(null), Some((least, most)), Some(written)) = (null, range, &field.null)
        && contains(least, most, null)
        && let Some(range) = &field.range
    {
        let null = null.shown(domain.scalar());
        let message = format!("the null value {null} is a value of the range too");
        let finding = Finding::new(&codes::R008, &written.span, message).also(&range.span, "the range");
        findings.push(finding.help("choose a null value outside of the range"));
    }
    Values { null, range }
}

fn contains(least: ConstantValue, most: ConstantValue, value: ConstantValue) -> bool {
    match (least, most, value) {
        (ConstantValue::Integer(least), ConstantValue::Integer(most), ConstantValue::Integer(value)) => {
            (least..=most).contains(&value)
        }
        (ConstantValue::Float(least), ConstantValue::Float(most), ConstantValue::Float(value)) => {
            (least..=most).contains(&value)
        }
        _ => false,
    }
}

struct Resolver<'a> {
    constants: Known<'a>,
    findings: &'a mut Findings,
}

impl Resolver<'_> {
    fn null(&mut self, null: &Spanned<Literal>, domain: &Domain<'_>, has_elements: bool) -> Option<ConstantValue> {
        let refused = match domain {
            _ if has_elements => Some("an array: put the element into a [struct.NAME] of one nullable field"),
            Domain::Other(what) => Some(*what),
            Domain::Scalar(scalar) if scalar.kind() == ScalarKind::Bool => {
                Some("a `bool`, which has but two values: declare an [enum.NAME] of three")
            }
            Domain::Scalar(_) | Domain::Enum(..) => None,
        };
        if let Some(what) = refused {
            let finding = Finding::new(&codes::R032, &null.span, "only numbers and enums have a null value");
            self.findings.push(finding.label(format!("this is {what}")).help("remove `null`"));
            return None;
        }
        match domain {
            Domain::Scalar(scalar) => self.value(*scalar, null),
            Domain::Enum(repr, values, declared) => {
                let value = self.value(*repr, null)?;
                let legal = values.iter().find(|legal| ConstantValue::Integer(legal.value) == value);
                if let Some(ValuePlan { name, value, .. }) = legal {
                    let message = format!("the null value {value} is the value `{name}` too");
                    let mut finding = Finding::new(&codes::R008, &null.span, message);
                    let declared = declared.iter().flat_map(|of| of.values.iter().flatten());
                    let names = declared.filter_map(|of| of.name.as_ref());
                    if let Some(other) = names.into_iter().find(|other| other.value == *name) {
                        finding = finding.also(&other.span, "this value");
                    }
                    self.findings.push(finding.help(match free(*repr, values) {
                        Some(free) => format!("choose a value that has no name: `null = {free}`"),
                        None => "choose a value that has no name, or a wider `repr`".to_string(),
                    }));
                    return None;
                }
                Some(value)
            }
            Domain::Other(_) => None,
        }
    }

    fn range(
        &mut self,
        (least, most): &(Spanned<Literal>, Spanned<Literal>),
        span: &Span,
        domain: &Domain<'_>,
    ) -> Option<(ConstantValue, ConstantValue)> {
        let Domain::Scalar(scalar) = domain else {
            let finding = Finding::new(&codes::R032, span, "only numbers have a range");
            self.findings.push(finding.help("remove `range`"));
            return None;
        };
        if scalar.kind() == ScalarKind::Bool {
            let finding = Finding::new(&codes::R032, span, "only numbers have a range, and this is a `bool`");
            self.findings.push(finding.help("remove `range`"));
            return None;
        }
        let (low, high) = (self.value(*scalar, least), self.value(*scalar, most));
        let (low, high) = (low?, high?);
        for (value, written) in [(low, least), (high, most)] {
            if matches!(value, ConstantValue::Float(value) if value.is_nan()) {
                let finding = Finding::new(&codes::R037, &written.span, "NaN is no end of a range");
                self.findings.push(finding.help("write a number; `\"inf\"` and `\"-inf\"` are numbers here"));
                return None;
            }
        }
        if !contains(low, high, low) {
            let message = format!("no value lies from {} to {}", low.shown(*scalar), high.shown(*scalar));
            let finding = Finding::new(&codes::R040, span, message);
            self.findings.push(finding.help("write the smallest value first"));
            return None;
        }
        Some((low, high))
    }

    /// The value of a literal, as one of this scalar.
    fn value(&mut self, scalar: Scalar, literal: &Spanned<Literal>) -> Option<ConstantValue> {
        let mut constant = None;
        let number = match &literal.value {
            Literal::Number(number) => *number,
            Literal::Constant(name) => {
                constant = Some(self.constants.find(name, &literal.span, self.findings)?);
                match constant?.value {
                    ConstantValue::Integer(value) => Number::Quoted(value),
                    ConstantValue::Float(value) => Number::Float(value),
                    ConstantValue::Bool(value) => Number::Bool(value),
                }
            }
        };
        match constants::of_scalar(scalar, number, &literal.span) {
            Ok(value) => Some(value),
            Err(finding) => {
                self.findings.push(match constant {
                    Some(constant) => self.constants.show(constant, finding),
                    None => finding,
                });
                None
            }
        }
    }
}

/// A value of the integer that no name has; the largest one, by the habit of wire formats.
fn free(repr: Scalar, values: &[ValuePlan]) -> Option<i128> {
    let (least, most) = repr.integer_range()?;
    (least..=most).rev().take(values.len() + 1).find(|free| !values.iter().any(|legal| legal.value == *free))
}
