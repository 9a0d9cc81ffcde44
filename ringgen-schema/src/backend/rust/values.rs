//! What fields may hold beyond what their types say: absent values, ranges, lists, text; and the methods for these.

use ringgen_layout::Scalar;

use super::template::{call, rust};
use super::words::{bare, constant_of, deprecated, doc, fallible, value};
use super::{type_of, type_within};
use crate::backend::text::text;
use crate::plan::{ConstantValue, Element, EnumPlan, FieldPlan, ListPart, Plan, StructPlan, TypePlan};

/// What a method returns that sets or checks something.
pub(super) const OUTCOME: &str = "::core::result::Result<(), ::ringgen::ValueError>";

/// What a field holds, as far as its methods care.
#[derive(Clone, Copy)]
pub(super) enum Content {
    /// A number or enum, or no value, for which this one stands.
    Nullable(ConstantValue),
    /// The elements of a list; the index of the field that says how many of them count.
    List { length: usize },
    /// How many elements of a list count; the index of the field with these.
    Length { items: usize },
    /// A text.
    Text,
    /// One boolean.
    Bool,
    /// Anything else.
    Plain,
}

impl Content {
    pub(super) fn of(field: &FieldPlan) -> Content {
        match (field.null, field.list, field.element) {
            (Some(null), ..) => Content::Nullable(null),
            (None, Some(ListPart::Items { length }), _) => Content::List { length },
            (None, Some(ListPart::Length { items }), _) => Content::Length { items },
            (None, None, Element::Str(_)) if field.dims.is_empty() => Content::Text,
            (None, None, Element::Scalar(Scalar::Bool)) if field.dims.is_empty() => Content::Bool,
            _ => Content::Plain,
        }
    }

    /// Whether there is a setter, because not every value is taken.
    pub(super) fn is_checked(self, field: &FieldPlan) -> bool {
        match self {
            Content::Nullable(_) | Content::List { .. } | Content::Text => true,
            Content::Length { .. } | Content::Bool => false,
            Content::Plain => field.range.is_some(),
        }
    }
}

/// Whether the bytes of a value are zero.
pub(super) fn is_zero(value: ConstantValue) -> bool {
    match value {
        ConstantValue::Integer(value) => value == 0,
        ConstantValue::Float(value) => value.to_bits() == 0,
        ConstantValue::Bool(value) => !value,
    }
}

/// Whether it is a float, which need not be equal to itself.
pub(super) fn is_float(value: ConstantValue) -> bool {
    matches!(value, ConstantValue::Float(_))
}

/// The constant that stands for no value in a field.
pub(super) fn null_constant(of: &FieldPlan) -> String {
    constant_of(of, "_NULL")
}

/// The constant with the range of a field.
pub(super) fn range_constant(of: &FieldPlan) -> String {
    constant_of(of, "_RANGE")
}

/// The type and the name of a field, as errors call them.
pub(super) fn labels(of: &StructPlan, field: &FieldPlan) -> String {
    ["(\"", &of.name, "\", \"", &field.name, "\")"].concat()
}

/// The scalar that a field's numbers are of.
fn scalar_of(plan: &Plan, field: &FieldPlan) -> Scalar {
    match field.element {
        Element::Scalar(scalar) => scalar,
        Element::Type(id) => match plan.ty(id) {
            TypePlan::Enum(of) => of.repr,
            other => panic!("a plan gives {} a null value or a range", other.name()),
        },
        _ => panic!("a plan gives `{}` a null value or a range", field.name),
    }
}

/// The enum of a nullable field, if it is one.
fn enum_of<'a>(plan: &'a Plan, field: &FieldPlan) -> Option<&'a EnumPlan> {
    match plan.ty(field.element.ty()?) {
        TypePlan::Enum(of) => Some(of),
        _ => None,
    }
}

/// What a field takes, in a sentence for its documentation.
pub(super) fn in_words(of: &FieldPlan) -> String {
    // Values of enums are integers of 64 bits at most.
    let scalar = if let Element::Scalar(scalar) = of.element { scalar } else { Scalar::I64 };
    let name = bare(of);
    let mut sentences = Vec::new();
    if let Some((least, most)) = of.range {
        let each = if of.dims.is_empty() { "" } else { "Each " };
        let from = if each.is_empty() { "From" } else { "from" };
        sentences.push(text!("{each}{from} {} to {}.", least.shown(scalar), most.shown(scalar)));
    }
    match Content::of(of) {
        Content::Nullable(_) => {
            let null = null_constant(of);
            sentences.push(text!("[`{null}`](Self::{null}) stands for no value: see [`{name}()`](Self::{name}())."));
        }
        Content::List { .. } => {
            sentences.push(text!("Those that count are [`{name}()`](Self::{name}())."));
        }
        _ => {}
    }
    sentences.join(" ")
}

/// The constants of a struct's fields, one behind the other.
pub(super) fn constants(plan: &Plan, of: &StructPlan) -> String {
    let constants: Vec<String> = of.data_fields().flat_map(|field| constants_of(plan, field)).collect();
    constants.join("\n")
}

fn constants_of(plan: &Plan, field: &FieldPlan) -> Vec<String> {
    let scalar = || scalar_of(plan, field);
    let deprecated = deprecated(plan, field.deprecated);
    let constant = |doc: String, name: String, ty: &str, value: &str| {
        rust!(
            "
            $doc
            $deprecated
            pub const $name: $ty = $value;
            ",
            doc,
            deprecated,
            name,
            ty,
            value
        )
    };
    let mut constants = Vec::new();
    if let Some(null) = field.null {
        let doc = doc([text!("Stands for no value in `{}`.", bare(field)).as_str()]);
        let number = value(scalar(), null);
        let (ty, number) = match enum_of(plan, field) {
            Some(of) => (of.name.as_str(), text!("{}({number})", of.name)),
            None => (scalar().name(), number),
        };
        constants.push(constant(doc, null_constant(field), ty, &number));
    }
    if let Some((least, most)) = field.range {
        let each = if field.dims.is_empty() { "" } else { "each of " };
        let doc = doc([text!("What {each}`{}` may be.", bare(field)).as_str()]);
        let ty = text!("::core::ops::RangeInclusive<{}>", scalar().name());
        let range = text!("{}..={}", value(scalar(), least), value(scalar(), most));
        constants.push(constant(doc, range_constant(field), &ty, &range));
    }
    constants
}

/// The methods of a struct's fields.
pub(super) fn methods(plan: &Plan, of: &StructPlan) -> Vec<String> {
    let methods = of.data_fields().flat_map(|field| match Content::of(field) {
        Content::Nullable(_) => nullable(plan, of, field),
        Content::List { length } => list(plan, of, field, length),
        Content::Text => vec![text(plan, of, field)],
        Content::Plain if field.range.is_some() => vec![ranged(plan, of, field)],
        Content::Plain | Content::Length { .. } | Content::Bool => Vec::new(),
    });
    methods.collect()
}

/// A method that may fail, with `given` for its parameter. `body` is what it does, but for the last line where that is
/// nothing but success.
fn setter(plan: &Plan, field: &FieldPlan, head: &str, given: &str, doc: &str, body: &str) -> String {
    let deprecated = deprecated(plan, field.deprecated);
    let signature = call(4, head, &["&mut self", given], &text!(" -> {OUTCOME} {{"));
    rust!(
        "
        $doc
        $deprecated
        $signature
            $body
        }
        ",
        doc,
        deprecated,
        signature,
        body
    )
}

/// The call of a function of the library, as it stands in a method.
fn private(function: &str, arguments: &[&str], tail: &str) -> String {
    call(8, &text!("::ringgen::__private::{function}"), arguments, tail)
}

fn nullable(plan: &Plan, of: &StructPlan, field: &FieldPlan) -> Vec<String> {
    let deprecated = deprecated(plan, field.deprecated);
    let (name, ty) = (&field.names.rust, type_of(plan, field));
    let (null, labels) = (null_constant(field), labels(of, field));
    let is_nan = matches!(field.null, Some(ConstantValue::Float(null)) if null.is_nan());
    let is_there = if is_nan { text!("!self.{name}.is_nan()") } else { text!("self.{name} != Self::{null}") };
    let getter = rust!(
        "
        /// The value of `$name`, if there is one.
        $deprecated
        #[must_use]
        pub fn $name(&self) -> ::core::option::Option<$ty> {
            ($is_there).then_some(self.$name)
        }
        ",
        name,
        deprecated,
        ty,
        is_there
    );
    // Errors speak of numbers, so an enum is asked about as one.
    let wrapper = enum_of(plan, field).map(|of| of.name.as_str());
    let (given, null_number) = match wrapper {
        Some(_) => (text!("{name}.map(|{name}| {name}.0)"), text!("Self::{null}.0")),
        None => (name.clone(), text!("Self::{null}")),
    };
    let (before, behind) = match wrapper {
        Some(wrapper) => (text!("self.{name} = {wrapper}("), "?);"),
        None => (text!("self.{name} = "), "?;"),
    };
    let (stored, why) = match field.range {
        Some(_) => {
            let range = range_constant(field);
            let head = text!("{before}::ringgen::__private::or_null_in");
            let stored = call(8, &head, &[&labels, &given, &null_number, &text!("&Self::{range}")], behind);
            (stored, text!("If it lies outside of [`{range}`](Self::{range}), or stands for no value itself."))
        }
        None => {
            let head = text!("{before}::ringgen::__private::or_null");
            (call(8, &head, &[&labels, &given, &null_number], behind), "If it stands for no value itself.".to_string())
        }
    };
    let doc = fallible(&text!("Sets `{name}`, or stores [`{null}`](Self::{null}) for no value."), &why);
    let given = text!("{name}: ::core::option::Option<{ty}>");
    let body = text!("{stored}\n::core::result::Result::Ok(())");
    vec![getter, setter(plan, field, &text!("pub fn set_{}", bare(field)), &given, &doc, &body)]
}

fn ranged(plan: &Plan, of: &StructPlan, field: &FieldPlan) -> String {
    let (name, ty, range) = (&field.names.rust, type_of(plan, field), range_constant(field));
    let check = check_range(of, field, name, field.dims.len());
    let which = if field.dims.is_empty() { "it" } else { "one of them" };
    let why = text!("If {which} lies outside of [`{range}`](Self::{range}).");
    let doc = fallible(&text!("Sets `{name}`."), &why);
    let body = text!("{check}\nself.{name} = {name};\n::core::result::Result::Ok(())");
    setter(plan, field, &text!("pub fn set_{}", bare(field)), &text!("{name}: {ty}"), &doc, &body)
}

/// The check of a number, or of an array of `depth` dimensions, against the range of a field.
fn check_range(of: &StructPlan, field: &FieldPlan, given: &str, depth: usize) -> String {
    let (labels, range) = (labels(of, field), text!("&Self::{}", range_constant(field)));
    match depth {
        0 => private("check_range", &[&labels, given, &range], "?;"),
        1 => private("check_ranges", &[&labels, &text!("&{given}"), &range], "?;"),
        _ => private("check_ranges", &[&labels, &text!("{given}.as_flattened()"), &range], "?;"),
    }
}

fn text(plan: &Plan, of: &StructPlan, field: &FieldPlan) -> String {
    let (name, labels) = (&field.names.rust, labels(of, field));
    let why = text!("If it is longer than {} bytes, or holds a NUL. Nothing is ever cut.", field.size);
    let doc = fallible(&text!("Sets `{name}`."), &why);
    let stored = call(8, &text!("self.{name} = ::ringgen::__private::text"), &[&labels, name], "?;");
    let body = text!("{stored}\n::core::result::Result::Ok(())");
    setter(plan, field, &text!("pub fn set_{}", bare(field)), &text!("{name}: &str"), &doc, &body)
}

fn list(plan: &Plan, of: &StructPlan, field: &FieldPlan, length: usize) -> Vec<String> {
    let deprecated = deprecated(plan, field.deprecated);
    let (name, length) = (&field.names.rust, &of.fields[length].names.rust);
    let (element, labels, most) = (type_within(plan, field, 1), labels(of, field), field.dims[0].to_string());
    let getter = rust!(
        "
        /// The elements of `$name` that count: never more than $most, whatever a peer says.
        $deprecated
        #[must_use]
        pub fn $name(&self) -> &[$element] {
            ::ringgen::__private::counted(&self.$name, self.$length)
        }
        ",
        name,
        most,
        deprecated,
        element,
        length
    );
    let depth = field.dims.len();
    let range = field.range.map(|_| range_constant(field));
    let outside = |which: &str| match &range {
        Some(range) => text!(", or {which} lies outside of [`{range}`](Self::{range})."),
        None => ".".to_string(),
    };
    let parts = [text!("&mut self.{name}"), text!("&mut self.{length}")];
    // The check of what is given, behind which a line ends, if there is one.
    let checked = |check: String| if range.is_some() { check + "\n" } else { String::new() };

    let what = text!("Makes `{name}` hold these elements; what is behind them is zeroed.");
    let doc = fallible(&what, &text!("If there are more than {most}{}", outside("one of them")));
    let given = if depth == 1 { name.clone() } else { text!("{name}.as_flattened()") };
    let check = private("check_ranges", &[&labels, &given, &text!("&Self::{}", range_constant(field))], "?;");
    let body = checked(check) + &private("set_list", &[&labels, &parts[0], &parts[1], name], "");
    let set = setter(plan, field, &text!("pub fn set_{}", bare(field)), &text!("{name}: &[{element}]"), &doc, &body);

    let what = text!("Adds an element to `{name}`.");
    let doc = fallible(&what, &text!("If there are {most} already{}", outside("it")));
    let check = check_range(of, field, "item", depth - 1);
    let body = checked(check) + &private("push_list", &[&labels, &parts[0], &parts[1], "item"], "");
    let push = setter(plan, field, &text!("pub fn push_{}", bare(field)), &text!("item: {element}"), &doc, &body);
    vec![getter, set, push]
}
