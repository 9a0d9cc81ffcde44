//! Where schemas declare what plans have: plans know names and numbers, and no places.

use std::collections::BTreeMap;

use crate::plan::{ListPart, TypePlan};
use crate::schema::{CaseDecl, Schema};
use crate::source::{Span, Spanned};

/// Where a file, and those that it imports, declare things. No two of their types have one name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    types: BTreeMap<String, Declared>,
    constants: BTreeMap<String, Span>,
    rings: BTreeMap<String, Span>,
    package: Option<Span>,
    version: Option<Span>,
}

#[derive(Clone, Debug, Default)]
struct Declared {
    span: Span,
    members: BTreeMap<String, Span>,
    id: Option<Span>,
}

impl Places {
    /// Those of a file, and behind it the files that it imports.
    pub(crate) fn of<'a>(schema: &Schema, imported: impl IntoIterator<Item = &'a Schema>) -> Self {
        let span = |of: &Spanned<String>| (of.value.clone(), of.span.clone());
        let mut places = Places {
            types: BTreeMap::new(),
            constants: schema.constants.iter().map(|of| span(&of.name)).collect(),
            rings: schema.rings.iter().map(|of| span(&of.name)).collect(),
            package: schema.package.as_ref().map(|of| of.span.clone()).filter(|span| !span.is_empty()),
            version: Some(schema.version.span.clone()).filter(|span| !span.is_empty()),
        };
        places.add(schema);
        imported.into_iter().for_each(|schema| places.add(schema));
        places
    }

    /// Where a type is named.
    pub(crate) fn ty(&self, name: &str) -> Option<&Span> {
        self.types.get(name).map(|of| &of.span)
    }

    /// Where a member is named, by its name in layouts.
    pub(crate) fn member(&self, of: &TypePlan, wire_name: &str) -> Option<&Span> {
        let name = match of {
            TypePlan::Enum(of) => of.values.iter().find(|value| value.wire_name == wire_name).map(|value| &value.name),
            TypePlan::Variant(of) => of.cases.iter().find(|case| case.wire_name == wire_name).map(|case| &case.name),
            TypePlan::Struct(of) => {
                let field = of.fields.iter().find(|field| field.wire_name == wire_name);
                field.map(|field| match field.list {
                    // The schema names the list alone.
                    Some(ListPart::Length { items }) => &of.fields[items].name,
                    _ => &field.name,
                })
            }
        };
        self.types.get(of.name())?.members.get(name?)
    }

    /// Where the number of a message is.
    pub(crate) fn id(&self, message: &str) -> Option<&Span> {
        self.types.get(message)?.id.as_ref()
    }

    /// Where a constant is named.
    pub(crate) fn constant(&self, name: &str) -> Option<&Span> {
        self.constants.get(name)
    }

    /// Where a ring is named.
    pub(crate) fn ring(&self, name: &str) -> Option<&Span> {
        self.rings.get(name)
    }

    /// Where the package is named.
    pub(crate) fn package(&self) -> Option<&Span> {
        self.package.as_ref()
    }

    /// Where the version is, if it is written down.
    pub(crate) fn version(&self) -> Option<&Span> {
        self.version.as_ref()
    }

    fn add(&mut self, schema: &Schema) {
        let mut add = |name: &Spanned<String>, members: Vec<Option<&Spanned<String>>>, id: Option<&Span>| {
            let members = members.into_iter().flatten().map(|of| (of.value.clone(), of.span.clone())).collect();
            let declared = Declared { span: name.span.clone(), members, id: id.cloned() };
            self.types.entry(name.value.clone()).or_insert(declared);
        };
        for of in &schema.enums {
            add(&of.name, of.values.iter().flatten().map(|value| value.name.as_ref()).collect(), None);
        }
        for of in &schema.structs {
            let fields = of.fields.iter().flatten().map(|field| field.name.as_ref()).collect();
            add(&of.name, fields, of.id.as_ref().map(|id| &id.span));
        }
        for of in &schema.variants {
            add(&of.name, of.cases.iter().flatten().map(CaseDecl::name).collect(), None);
        }
    }
}
