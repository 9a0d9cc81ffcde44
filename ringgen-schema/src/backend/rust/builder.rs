//! Builders: every field by its name, checked as a whole.

use ringgen_layout::Scalar;

use super::template::{call, rust};
use super::values::Content;
use super::words::{bare, deprecated, doc, fallible};
use super::{structs, type_of, type_within};
use crate::backend::text::text;
use crate::plan::{Element, FieldPlan, Plan, StructPlan};

/// The function of a struct that begins one.
pub(super) fn begin(of: &StructPlan) -> String {
    let builder = name(of);
    rust!(
        "
        /// Begins a value by its fields; those that are not set are as by default.
        pub fn builder() -> $builder {
            $builder { value: Self::default(), error: ::core::option::Option::None }
        }
        ",
        builder
    )
}

fn name(of: &StructPlan) -> String {
    text!("{}Builder", of.name)
}

/// The builder of a struct.
pub(super) fn print(plan: &Plan, of: &StructPlan) -> [String; 2] {
    let (ty, builder) = (&of.name, name(of));
    let declaration = rust!(
        r#"
        /// Builds [`$ty`] by its fields.
        #[derive(Clone, Debug)]
        #[must_use = "it is `build` that makes a value"]
        pub struct $builder {
            value: $ty,
            error: ::core::option::Option<::ringgen::ValueError>,
        }
        "#,
        ty,
        builder
    );
    let mut members: Vec<String> = of.data_fields().filter_map(|field| setter(plan, of, field)).collect();
    let doc = fallible(
        &text!("The value, which is [valid]({ty}::validate)."),
        "For the first value that its field does not take.",
    );
    members.push(rust!(
        "
        $doc
        pub fn build(self) -> ::core::result::Result<$ty, ::ringgen::ValueError> {
            match self.error {
                ::core::option::Option::Some(error) => ::core::result::Result::Err(error),
                ::core::option::Option::None => self.value.validate().map(|()| self.value),
            }
        }
        ",
        doc,
        ty
    ));
    [declaration, structs::inherent(&builder, &members)]
}

/// The method that sets a field. What a field's own setter refuses is kept for `build` to tell.
fn setter(plan: &Plan, of: &StructPlan, field: &FieldPlan) -> Option<String> {
    let (name, content) = (&field.names.rust, Content::of(field));
    let ty = match content {
        Content::Nullable(_) => text!("::core::option::Option<{}>", type_of(plan, field)),
        Content::List { .. } => text!("&[{}]", type_within(plan, field, 1)),
        Content::Text => "&str".to_string(),
        Content::Bool => "bool".to_string(),
        Content::Plain => type_of(plan, field),
        Content::Length { .. } => return None,
    };
    let set = match (content.is_checked(field), field.element) {
        (true, _) => {
            text!("self.error = self.error.or(self.value.set_{}({name}).err());", bare(field))
        }
        (false, Element::Scalar(Scalar::Bool)) if field.dims.is_empty() => {
            text!("self.value.{name} = ::ringgen::Bool::new({name});")
        }
        (false, _) => text!("self.value.{name} = {name};"),
    };
    let doc = doc([text!("Sets [`{name}`](field@{}::{name}).", of.name).as_str()]);
    let deprecated = deprecated(plan, field.deprecated);
    let signature = call(4, &text!("pub fn {name}"), &["mut self", &text!("{name}: {ty}")], " -> Self {");
    Some(rust!(
        "
        $doc
        $deprecated
        $signature
            $set
            self
        }
        ",
        doc,
        deprecated,
        signature,
        set
    ))
}
