//! Variants in Rust files: cases and tags stand in the attribute, and the types that they hold in the view.

use syn::ext::IdentExt;
use syn::spanned::Spanned as _;
use syn::{Fields, ItemEnum, Type};

use super::scope::{FieldType, Scope};
use super::{Annotated, Reader};
use crate::annotated::Case;
use crate::keys::Style;
use crate::schema::{CaseDecl, History, VariantDecl};
use crate::source::Spanned;

impl Reader<'_> {
    pub(super) fn variant(&mut self, of: &Annotated<'_>, scope: &Scope<'_>) -> VariantDecl {
        let name = of.name(self);
        let mut complete = self.is_own(of) & self.formed(Style::Camel, name.clone()).is_some() & !of.input.is_packed;
        let tag = of.item.fields.iter().next().and_then(|field| scope.scalar(&field.ty, self));
        let view = self.view(of, scope);
        let mut cases = Vec::new();
        for case in of.input.ring.cases.iter().flatten() {
            let case = view.and_then(|view| self.case(case, view, scope));
            complete &= case.is_some();
            cases.extend(case);
        }
        VariantDecl {
            name,
            tag: tag.filter(|tag| tag.is_integer()),
            // That those which are wrong are not there is no mistake of its own.
            cases: Some(cases).filter(|cases| complete || !cases.is_empty()),
            doc: of.input.doc.clone(),
            complete: complete && of.input.generics.params.is_empty(),
        }
    }

    /// The enum that the variant is looked at by.
    fn view<'a>(&mut self, of: &Annotated<'_>, scope: &Scope<'a>) -> Option<&'a ItemEnum> {
        // That there is none is told by the derive.
        let path = of.input.ring.view.as_ref()?;
        let found = path.get_ident().and_then(|ident| scope.view(ident));
        if found.is_none() {
            let what = "this enum is not declared at the top of this file";
            self.refuse(path.span(), what, "declare it here: it says which type each case holds");
        }
        found
    }

    fn case(&mut self, of: &Case, view: &ItemEnum, scope: &Scope<'_>) -> Option<CaseDecl> {
        let span = self.span(of.ident.span());
        let Some(found) = view.variants.iter().find(|variant| variant.ident == of.ident) else {
            let help = format!("add `{}(&'a {}),` to it", of.ident, of.ident);
            self.refuse(of.ident.span(), format!("`{}` has no case `{}`", view.ident, of.ident), help);
            return None;
        };
        let held = match &found.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => match &fields.unnamed[0].ty {
                Type::Reference(reference) => Some(&*reference.elem),
                _ => None,
            },
            _ => None,
        };
        let Some(held) = held else {
            let help = format!("write `{}(&'a {})`", of.ident, of.ident);
            self.refuse(found.ident.span(), "a case of a view holds a reference to a struct", help);
            return None;
        };
        let FieldType::Data(ty) = scope.field_type(held, self)? else {
            self.refuse(held.span(), "a case of a view holds a reference to a struct", "name a struct or message");
            return None;
        };
        let name = self.formed(Style::Camel, Spanned::new(of.name.clone(), span.clone()))?;
        Some(CaseDecl {
            value: Some(Spanned::new(of.number, span.clone())),
            name: Some(name).filter(|name| name.value != ty),
            ty: Some(Spanned::new(ty, self.span(held.span()))),
            span,
            history: History::default(),
            doc: of.doc.clone(),
        })
    }
}

impl<'a> Scope<'a> {
    /// The enum of this name that the file declares.
    fn view(&self, name: &syn::Ident) -> Option<&'a ItemEnum> {
        self.enums.get(&name.unraw().to_string()).copied()
    }
}
