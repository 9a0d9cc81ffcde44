//! An order of a type's fields that takes fewer bytes.
//!
//! Nothing is ever reordered: what is found here is told, as lines to paste. It keeps to what the author meant by the
//! order that there is. A field whose `offset` is asserted stays, and so does a `pad` that does more than alignment
//! asks for, with all that lies in front of it; nothing moves across a `reserved` range, nor in front of a field of
//! an earlier version.

mod search;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use ringgen_layout::{Placer, Scalar, VariantExtent};

use crate::plan::{Element, FieldPlan, ListPart, Origin, Plan, StructPlan, TypeId, TypePlan};
use crate::schema::{Content, FieldDecl, Schema};
use crate::source::{Sources, Span};
use search::Block;

/// How the files of a compilation declare the fields of their types: what a plan does not say.
#[derive(Clone, Debug, Default)]
pub struct Declarations(BTreeMap<String, Package>);

#[derive(Clone, Debug)]
struct Package {
    explicit_padding: bool,
    types: BTreeMap<String, Vec<Declared>>,
}

/// A field as it is declared.
#[derive(Clone, Debug)]
struct Declared {
    name: String,
    span: Span,
    /// Whether its offset is asserted.
    is_pinned: bool,
    /// The version that added it.
    since: u32,
}

/// A type that takes fewer bytes with its fields in another order, or with those of types that lie in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// The type.
    pub ty: TypeId,
    /// The size that it would have, if types that lie in it had the order that is suggested for them.
    pub size: u32,
    /// The fields to move; empty if it is smaller only because types that lie in it are.
    pub moved: Vec<String>,
    /// The types that lie in it and would be smaller too.
    pub within: Vec<TypeId>,
    /// What to write between the brackets of `fields`, or the braces of the struct in a Rust file; empty if that can stay
    /// as it is.
    pub lines: Vec<String>,
    /// Every byte of it as it lies with these lines; empty without them.
    pub fields: Vec<FieldPlan>,
    /// Whether some fields were not considered, because they are not to be moved.
    pub keeps: bool,
}

impl Declarations {
    /// Remembers how a file declares its types.
    pub(crate) fn add(&mut self, schema: &Schema) {
        let Some(package) = &schema.package else { return };
        let types = schema.structs.iter().map(|of| {
            let fields = of.fields.iter().flatten().filter_map(Declared::of).collect();
            (of.name.value.clone(), fields)
        });
        let package_of = Package { explicit_padding: schema.explicit_padding, types: types.collect() };
        self.0.insert(package.value.clone(), package_of);
    }

    /// The types of a package of this compilation that could be smaller, those that lie in others first.
    pub fn suggest(&self, plan: &Plan, sources: &Sources) -> Vec<Suggestion> {
        let Some(package) = self.0.get(&plan.package) else { return Vec::new() };
        let mut search = Search { plan, package, sources, sizes: plan.types.iter().map(TypePlan::size).collect() };
        let own = (plan.imported..plan.types.len()).map(TypeId);
        own.filter_map(|ty| search.suggestion(ty)).collect()
    }
}

impl Declared {
    fn of(field: &FieldDecl) -> Option<Declared> {
        Some(Declared {
            name: field.name.as_ref()?.value.clone(),
            span: field.span.clone(),
            is_pinned: field.offset.is_some(),
            since: match field.content {
                Some(Content::Type(_)) => field.history.since.as_ref().map_or(1, |since| since.value),
                _ => 1,
            },
        })
    }
}

struct Search<'a> {
    plan: &'a Plan,
    package: &'a Package,
    sources: &'a Sources,
    /// The size of each type, as suggested for those that were looked at already.
    sizes: Vec<u32>,
}

/// A field that is declared: the one or two that it is in the plan.
struct Member<'a> {
    declared: &'a Declared,
    fields: Vec<&'a FieldPlan>,
    stays: Stays,
}

/// Whether something may be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stays {
    /// It may.
    No,
    /// It is padding that is there only for alignment, and goes with the order that asks for it.
    Goes,
    /// It keeps its place among the others, and nothing moves across it.
    InOrder,
    /// It keeps its offset, and all in front of it too.
    AtOffset,
}

impl Search<'_> {
    fn suggestion(&mut self, id: TypeId) -> Option<Suggestion> {
        let of = match self.plan.ty(id) {
            TypePlan::Enum(_) => return None,
            TypePlan::Struct(of) => of,
            TypePlan::Variant(of) => {
                let cases: Vec<(u32, u32)> = of.cases.iter().map(|case| self.extent(case.ty)).collect();
                let size = VariantExtent::of(of.tag, &cases).ok()?.size;
                let within = self.smaller(of.cases.iter().map(|case| case.ty));
                let suggestion =
                    Suggestion { ty: id, size, moved: vec![], within, fields: vec![], lines: vec![], keeps: false };
                return self.accepted(suggestion);
            }
        };
        let members = self.members(of)?;
        let blocks = self.blocks(&members);
        let order = search::best(&blocks, of.align);
        let placed: Vec<&Member<'_>> = order.iter().map(|block| &members[*block]).collect();
        let (mut fields, mut lines) = self.lay(of, &placed)?;
        let strays = search::strays(&order).into_iter();
        let moved: Vec<String> = strays.map(|block| members[block].declared.name.clone()).collect();
        let pads = |fields: &[FieldPlan]| -> Vec<u32> {
            fields.iter().filter(|field| field.element == Element::Pad).map(|pad| pad.size).collect()
        };
        if moved.is_empty() && (!self.package.explicit_padding || pads(&fields) == pads(&of.fields)) {
            (fields, lines) = (Vec::new(), Vec::new());
        }
        let suggestion = Suggestion {
            ty: id,
            size: search::size(&blocks, &order, of.align),
            moved,
            within: self.smaller(of.fields.iter().filter_map(|field| field.element.ty())),
            lines,
            keeps: members.iter().any(|member| matches!(member.stays, Stays::InOrder | Stays::AtOffset)),
            fields,
        };
        self.accepted(suggestion)
    }

    /// Remembers a suggestion that saves something.
    fn accepted(&mut self, suggestion: Suggestion) -> Option<Suggestion> {
        let size = &mut self.sizes[suggestion.ty.0];
        (suggestion.size < *size).then(|| {
            *size = suggestion.size;
            suggestion
        })
    }

    /// Size and alignment of a type, as suggested.
    fn extent(&self, id: TypeId) -> (u32, u32) {
        (self.sizes[id.0], self.plan.ty(id).align())
    }

    /// Those types that something smaller is suggested for.
    fn smaller(&self, types: impl Iterator<Item = TypeId>) -> Vec<TypeId> {
        let types: BTreeSet<TypeId> = types.filter(|id| self.sizes[id.0] < self.plan.ty(*id).size()).collect();
        types.into_iter().collect()
    }

    /// Size and alignment of a field, with the type that it is of as suggested.
    fn place_of(&self, field: &FieldPlan) -> (u32, u32) {
        let size = match field.element {
            Element::Type(id) => field.size / self.plan.ty(id).size() * self.sizes[id.0],
            _ => field.size,
        };
        (size, align(field.element, self.plan))
    }

    /// Lays members in their order: every byte of the type, and the lines that declare it. `None` if there is no way to
    /// write that down.
    fn lay(&self, of: &StructPlan, members: &[&Member<'_>]) -> Option<(Vec<FieldPlan>, Vec<String>)> {
        let mut placer = Placer::new();
        let (mut fields, mut lines): (Vec<FieldPlan>, Vec<String>) = (Vec::new(), Vec::new());
        let pad = |fields: &mut Vec<FieldPlan>, offset: u32, size: u32| {
            let is_free = |name: &String| {
                let others = members.iter().flat_map(|member| &member.fields).map(|field| &field.name);
                others.chain(fields.iter().map(|field| &field.name)).all(|other| other != name)
            };
            let name = (0..).map(|index| format!("_pad{index}")).find(is_free)?;
            let line = match self.plan.origin {
                Origin::Schema => format!("{{ name = \"{name}\", pad = {size} }},"),
                Origin::Rust { .. } => format!("{name}: [u8; {size}],"),
            };
            fields.push(FieldPlan::padding(name, offset, size));
            Some(line)
        };
        for member in members {
            for (index, field) in member.fields.iter().enumerate() {
                let (size, align) = self.place_of(field);
                let placement = placer.place(size, align).ok()?;
                if placement.padding > 0 {
                    let line = pad(&mut fields, placement.offset - placement.padding, placement.padding)?;
                    match self.package.explicit_padding {
                        // Nothing can be written between the length and the elements of a list.
                        true if index > 0 => return None,
                        true => lines.push(line),
                        false => {}
                    }
                }
                fields.push(FieldPlan { offset: placement.offset, size, ..FieldPlan::clone(field) });
            }
            lines.push(text::line(self.sources, &member.declared.span));
        }
        let end = placer.end();
        let rest = placer.finish(of.align).ok()?.padding;
        if rest > 0 {
            let line = pad(&mut fields, end, rest)?;
            lines.extend(self.package.explicit_padding.then_some(line));
        }
        Some((fields, lines))
    }

    /// What is declared, with the fields that it became; `None` if that is not how the plan was made.
    fn members<'a>(&'a self, of: &'a StructPlan) -> Option<Vec<Member<'a>>> {
        let mut fields = of.fields.iter().peekable();
        let mut members = Vec::new();
        for declared in self.package.types.get(&of.name)? {
            let is_it = |field: &FieldPlan| match field.list {
                Some(ListPart::Length { items }) => of.fields[items].name == declared.name,
                _ => field.name == declared.name,
            };
            // What is not declared is padding that the generator named.
            while fields.next_if(|field| !is_it(field)).is_some() {}
            let first = fields.next()?;
            let mut parts = vec![first];
            if let Some(ListPart::Length { items }) = first.list {
                parts.push(&of.fields[items]);
                while fields.next_if(|field| field.offset <= of.fields[items].offset).is_some() {}
            }
            let stays = match first.element {
                _ if declared.is_pinned => Stays::AtOffset,
                Element::Pad if is_alignment(of, first, self.plan) => Stays::Goes,
                Element::Pad => Stays::AtOffset,
                Element::Reserved => Stays::InOrder,
                _ => Stays::No,
            };
            members.push(Member { declared, fields: parts, stays });
        }
        members.retain(|member| member.stays != Stays::Goes);
        Some(members)
    }

    fn blocks(&self, members: &[Member<'_>]) -> Vec<Block> {
        let pinned = members.iter().rposition(|member| member.stays == Stays::AtOffset).map_or(0, |last| last + 1);
        let (mut run, mut since) = (0, 0);
        let block = |(index, member): (usize, &Member<'_>)| {
            // A run ends where the next field is of another version, and at all that stays in order.
            if member.stays != Stays::No || member.declared.since != since {
                (run, since) = (run + 1, member.declared.since);
            }
            Block {
                parts: member.fields.iter().map(|field| self.place_of(field)).collect(),
                run: (member.stays == Stays::No && index >= pinned).then_some(run),
            }
        };
        members.iter().enumerate().map(block).collect()
    }
}

/// Whether a declared pad is just what alignment asks for: without it, everything would lie where it does.
fn is_alignment(of: &StructPlan, pad: &FieldPlan, plan: &Plan) -> bool {
    let is_pad = |field: &&FieldPlan| field.element == Element::Pad;
    let pads: Vec<&FieldPlan> = of.fields.iter().filter(is_pad).collect();
    // Those that touch it are one gap with it.
    let gap = pads.chunk_by(|a, b| a.offset + a.size == b.offset).find(|gap| gap.contains(&pad));
    let Some([first, .., last] | [first @ last]) = gap else { return false };
    let end = last.offset + last.size;
    let next = of.fields.iter().find(|field| field.offset == end);
    let align = next.map_or(of.align, |field| align(field.element, plan));
    first.offset.checked_next_multiple_of(align) == Some(end)
}

/// What an element is aligned to.
fn align(element: Element, plan: &Plan) -> u32 {
    match element {
        Element::Scalar(scalar) => scalar.align(),
        // The position in the slab comes first.
        Element::Text(_) | Element::Blob(_) => Scalar::U64.align(),
        Element::Type(id) => plan.ty(id).align(),
        Element::Str(_) | Element::Bytes | Element::Pad | Element::Reserved => 1,
    }
}
