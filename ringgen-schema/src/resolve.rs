//! From a schema to a model: names become indices, lengths numbers, and types come in the order in which they are made.

use std::collections::{BTreeMap, BTreeSet};

use ringgen_layout::{EnumKind, Scalar, StructKind};

use crate::codes;
use crate::constants::{self, Known};
use crate::diagnostic::{Finding, Findings};
use crate::imports::Imports;
use crate::model::{EnumModel, FieldModel, Model, RingModel, StructModel, TypeModel, VariantModel};
use crate::names;
use crate::order::{self, Declared};
use crate::plan::{CasePlan, ConstantValue, Element, ListPart, TypeId, TypePlan, ValuePlan};
use crate::schema::{CaseDecl, Content, EnumDecl, FieldDecl, History, RingDecl, Schema, StructDecl, VariantDecl};
use crate::source::Spanned;
use crate::spell;
use crate::type_expr::{self, Head, Length, TypeExpr};
use crate::values::{self, Domain, Values};

/// The types of all fields, in the order of the structs and their fields; `None` where there is none to be read.
pub(crate) type Parsed = Vec<Vec<Option<TypeExpr>>>;

/// Reads the types of all fields.
pub(crate) fn parse_types(schema: &Schema, imports: &Imports, findings: &mut Findings) -> Parsed {
    let own = schema.type_names().map(|name| name.value.as_str());
    let declared: BTreeSet<&str> = own.chain(imports.names.keys().map(String::as_str)).collect();
    let mut parse = |field: &FieldDecl| match &field.content {
        Some(Content::Type(text)) => match type_expr::parse(text, &declared) {
            Ok(parsed) => Some(parsed),
            Err(finding) => {
                findings.push(finding);
                None
            }
        },
        _ => None,
    };
    schema.structs.iter().map(|of| of.fields.iter().flatten().map(&mut parse).collect()).collect()
}

/// The model of a schema; `None` if it has no package name. Names it can't resolve are reported.
pub(crate) fn resolve(schema: &Schema, parsed: &Parsed, imports: &Imports, findings: &mut Findings) -> Option<Model> {
    let own_constants = constants::resolve(&schema.constants, findings);
    let mut constants = imports.constants.clone();
    constants.extend(own_constants.clone());
    let order = order::order(schema, parsed, findings);
    let mut ids: BTreeMap<&str, TypeId> = BTreeMap::new();
    ids.extend(imports.names.iter().filter_map(|(name, id)| Some((name.as_str(), (*id)?))));
    let first = imports.types.len();
    ids.extend(order.types.iter().enumerate().map(|(index, of)| (schema.name(*of), TypeId(first + index))));
    let constants = Known { schema, constants: &constants, incomplete: imports.incomplete };
    let mut resolver = Resolver { schema, imports, constants, ids, types: Vec::new(), findings };
    for (index, declared) in order.types.iter().enumerate() {
        let of = match *declared {
            Declared::Enum(index) => enumeration(&schema.enums[index]).map(TypeModel::Enum),
            Declared::Struct(index) => {
                resolver.structure(&schema.structs[index], &parsed[index]).map(TypeModel::Struct)
            }
            Declared::Variant(index) => resolver.variant(&schema.variants[index]).map(TypeModel::Variant),
        };
        resolver.types.push(of.filter(|_| index < order.makeable).unwrap_or(TypeModel::Broken));
    }
    let rings = schema.rings.iter().filter_map(|ring| resolver.ring(ring)).collect();
    Some(Model {
        origin: schema.origin,
        rust_names: schema.rust_names.clone(),
        types: resolver.types,
        package: schema.package.as_ref()?.value.clone(),
        version: schema.version.value,
        doc: schema.doc.clone(),
        targets: schema.targets.clone(),
        explicit_padding: schema.explicit_padding,
        max_slot: schema.max_slot.clone(),
        constants: own_constants.into_values().flatten().collect(),
        rings,
    })
}

fn enumeration(of: &EnumDecl) -> Option<EnumModel> {
    let values = of.values.as_ref()?.iter().map(|value| {
        let name = &value.name.as_ref()?.value;
        let number = value.number.as_ref()?.value;
        let (names, rust_const) = spell::value(name);
        let value_of = match of.kind {
            EnumKind::Enum => number,
            EnumKind::Flags => 1i128.checked_shl(u32::try_from(number).ok()?)?,
        };
        Some(ValuePlan {
            name: name.clone(),
            wire_name: wire_name(name, &value.history),
            names,
            rust_const,
            value: value_of,
            doc: value.doc.clone(),
            since: version(&value.history.since),
            deprecated: version(&value.history.deprecated),
        })
    });
    let values = values.collect::<Option<Vec<ValuePlan>>>()?;
    Some(EnumModel { kind: of.kind, name: of.name.value.clone(), repr: of.repr?, values, doc: of.doc.clone() })
}

/// The name in layouts.
fn wire_name(name: &str, history: &History) -> String {
    history.was.as_ref().map_or(name, |was| was.value.as_str()).to_string()
}

fn version(of: &Option<Spanned<u32>>) -> Option<u32> {
    of.as_ref().map(|version| version.value)
}

struct Resolver<'a> {
    schema: &'a Schema,
    imports: &'a Imports,
    constants: Known<'a>,
    ids: BTreeMap<&'a str, TypeId>,
    /// The types of this file so far, each at its index less that of the first.
    types: Vec<TypeModel>,
    findings: &'a mut Findings,
}

/// A type as a field has it.
struct FieldType {
    element: Element,
    dims: Vec<u32>,
    spelling: String,
}

impl Resolver<'_> {
    fn structure(&mut self, of: &StructDecl, parsed: &[Option<TypeExpr>]) -> Option<StructModel> {
        let mut fields = Vec::new();
        let mut complete = of.complete;
        for (field, parsed) in of.fields.as_ref()?.iter().zip(parsed) {
            complete &= self.field(field, parsed.as_ref(), &mut fields).is_some();
        }
        complete.then(|| StructModel {
            kind: of.kind,
            name: of.name.clone(),
            id: of.id.as_ref().map(|id| id.value),
            align: of.align.clone(),
            fields,
            doc: of.doc.clone(),
        })
    }

    /// Adds a field, or the two that a list is.
    fn field(&mut self, field: &FieldDecl, parsed: Option<&TypeExpr>, fields: &mut Vec<FieldModel>) -> Option<()> {
        let content = field.content.as_ref()?;
        let (FieldType { element, dims, spelling }, bytes) = match content {
            Content::Type(_) => (self.type_of(parsed?)?, 0),
            Content::Pad(size) => (FieldType::blank(Element::Pad, "pad", size.value), size.value),
            Content::Reserved(size) => (FieldType::blank(Element::Reserved, "reserved", size.value), size.value),
        };
        let name = field.name.clone()?;
        let wide = matches!(element, Element::Scalar(Scalar::U64 | Scalar::I64));
        if let Some(word) = field.ts_u64.as_ref().filter(|_| !wide) {
            let message = format!("`ts_u64` is for 64-bit integers, and this is `{spelling}`");
            self.findings.push(Finding::new(&codes::R032, &word.span, message).help("remove `ts_u64`"));
        }
        let has_elements = parsed.is_some_and(TypeExpr::has_elements);
        let domain = domain(element, self.imports, &self.types, self.schema);
        let values = match content {
            Content::Type(_) => values::resolve(field, &domain, has_elements, self.constants, self.findings),
            Content::Pad(_) | Content::Reserved(_) => Values::default(),
        };
        let number = field.ts_u64.as_ref().map_or(self.schema.ts_u64_is_number, |word| word.value == "number");
        let text = |text: &Option<Spanned<String>>| text.as_ref().map(|text| text.value.clone()).unwrap_or_default();
        let camel = self.schema.targets.typescript.camel_case;
        let mut model = FieldModel {
            wire_name: wire_name(&name.value, &field.history),
            names: spell::field(&name.value, &field.overrides, camel),
            name,
            element,
            bytes,
            dims,
            content: content.span().clone(),
            offset: field.offset.clone(),
            spelling,
            doc: field.doc.clone(),
            unit: text(&field.unit),
            epoch: text(&field.epoch),
            null: values.null,
            range: values.range,
            since: version(&field.history.since),
            deprecated: version(&field.history.deprecated),
            list: None,
            ts_number: wide && number,
        };
        if parsed.is_some_and(TypeExpr::is_list) {
            let at = fields.len();
            fields.push(length_of(&model, field, camel, at + 1));
            model.list = Some(ListPart::Items { length: at });
            // An offset is that of the first byte, which is the length's.
            model.offset = None;
        }
        fields.push(model);
        Some(())
    }

    fn type_of(&mut self, parsed: &TypeExpr) -> Option<FieldType> {
        let lengths: Vec<Option<u32>> = parsed.lengths.iter().map(|length| self.length(length)).collect();
        let mut own = None;
        let sized = |word: &str, length: Option<u32>| format!("{word}[{}]", length.unwrap_or_default());
        let (element, mut spelling) = match &parsed.head {
            Head::Scalar(scalar) => (Some(Element::Scalar(*scalar)), scalar.name().to_string()),
            Head::Str(length) => {
                let length = self.length(length);
                (length.map(Element::Str), sized("str", length))
            }
            Head::Text(max) => {
                let max = self.length(max);
                (max.map(Element::Text), sized("text", max))
            }
            Head::Blob(max) => {
                let max = self.length(max);
                (max.map(Element::Blob), sized("blob", max))
            }
            Head::Bytes(length) => {
                own = self.length(length);
                (own.map(|_| Element::Bytes), sized("bytes", own))
            }
            Head::List(element, most) => {
                let (element, most) = (self.type_of(element), self.length(most));
                let (FieldType { element, dims, spelling }, most) = (element?, most?);
                let dims = std::iter::once(most).chain(dims).collect();
                return Some(FieldType { element, dims, spelling: format!("list[{spelling}, {most}]") });
            }
            Head::Named(name) => (self.named(name, parsed), name.clone()),
        };
        let mut dims = lengths.into_iter().collect::<Option<Vec<u32>>>()?;
        for length in &dims {
            spelling.push_str(&format!("[{length}]"));
        }
        dims.extend(own);
        Some(FieldType { element: element?, dims, spelling })
    }

    fn named(&mut self, name: &str, parsed: &TypeExpr) -> Option<Element> {
        if let Some(id) = self.ids.get(name) {
            return Some(Element::Type(*id));
        }
        if self.is_elsewhere(name) {
            return None;
        }
        let finding = Finding::new(&codes::R013, &parsed.head_span, format!("unknown type `{name}`"));
        if let Some(file) = self.imports.indirect.get(name) {
            self.findings.push(finding.help(format!("it is declared in {file}: import that file here too")));
            return None;
        }
        let heads = ["str", "bytes", "text", "blob"];
        let known = Scalar::ALL.iter().map(|scalar| scalar.name()).chain(heads).chain(self.ids.keys().copied());
        let meant = type_expr::alias(name).or_else(|| self.findings.meant(name, known));
        self.findings.push(match meant {
            Some(meant) => finding.label(format!("did you mean `{meant}`?")).help(format!("write `{meant}`")),
            None => finding.help(format!(
                "declare it as [struct.{0}] or [enum.{0}], or import the file that does",
                names::camel_case(name)
            )),
        });
        None
    }

    /// Whether a name that is not known may be in a file that has mistakes of its own, which are told there.
    fn is_elsewhere(&self, name: &str) -> bool {
        self.imports.incomplete || self.imports.names.contains_key(name)
    }

    fn variant(&mut self, of: &VariantDecl) -> Option<VariantModel> {
        let mut cases: Vec<CasePlan> = Vec::new();
        let mut declared: Vec<&CaseDecl> = Vec::new();
        let mut complete = of.complete;
        for case in of.cases.as_ref()? {
            let Some(plan) = self.case(case, of.tag) else {
                complete = false;
                continue;
            };
            if let Some(first) = cases.iter().position(|other| other.value == plan.value) {
                self.same_tag(plan.value, declared[first], case);
                complete = false;
            }
            cases.push(plan);
            declared.push(case);
        }
        let tag = of.tag.filter(|_| complete && !cases.is_empty())?;
        Some(VariantModel { name: of.name.clone(), tag, cases, doc: of.doc.clone() })
    }

    /// Reports two cases of one tag, at least one of which has it from its message. Others are known to be doubled.
    fn same_tag(&mut self, tag: i128, first: &CaseDecl, second: &CaseDecl) {
        let place = |case: &CaseDecl, known: &str| match (&case.value, &case.ty) {
            (Some(value), _) => (value.span.clone(), known.to_string()),
            (None, Some(ty)) => (ty.span.clone(), format!("its `id` is {tag}")),
            (None, None) => (case.span.clone(), known.to_string()),
        };
        if first.value.is_none() || second.value.is_none() {
            let ((span, label), (before, known)) = (place(second, "second"), place(first, "first"));
            let finding = Finding::new(&codes::R013, &span, format!("the value `{tag}` is there twice")).label(label);
            self.findings.push(finding.also(&before, known).help("give one of them a `value` of its own"));
        }
    }

    fn case(&mut self, case: &CaseDecl, tag: Option<Scalar>) -> Option<CasePlan> {
        let named = case.ty.as_ref()?;
        let id = self.member_type(named)?;
        let name = &case.name()?.value;
        let value = match (&case.value, self.message_id(id)) {
            (Some(value), _) => value.value,
            (None, Some(id)) => {
                if let Some(tag) = tag
                    && let Err(finding) = constants::fits(tag, id.into(), &named.span)
                {
                    self.findings.push(finding.label(format!("its `id` is {id}")));
                    return None;
                }
                id.into()
            }
            (None, None) => {
                let finding = Finding::new(&codes::R033, &case.span, format!("the case `{name}` has no `value`"));
                self.findings.push(finding.help(format!("add `value = 1`, or an `id` to [message.{}]", named.value)));
                return None;
            }
        };
        Some(CasePlan {
            wire_name: wire_name(name, &case.history),
            name: name.clone(),
            value,
            ty: id,
            doc: case.doc.clone(),
            since: version(&case.history.since),
            deprecated: version(&case.history.deprecated),
        })
    }

    /// A struct or message that a case names.
    fn member_type(&mut self, named: &Spanned<String>) -> Option<TypeId> {
        let name = &named.value;
        let found = match self.ids.get(name.as_str()) {
            Some(id) => match id.0.checked_sub(self.imports.types.len()) {
                None => matches!(self.imports.types[id.0], TypePlan::Struct(_)).then_some(*id),
                Some(_) => self.schema.structs.iter().any(|of| of.name.value == *name).then_some(*id),
            },
            None if self.is_elsewhere(name) => return None,
            None => None,
        };
        if found.is_none() {
            let message = match self.ids.contains_key(name.as_str()) {
                true => format!("`{name}` is neither a struct nor a message"),
                false => format!("unknown struct or message `{name}`"),
            };
            let known = self.schema.structs.iter().map(|of| of.name.value.as_str());
            let finding = self.schema.show(name, Finding::new(&codes::R013, &named.span, message));
            let meant = self.findings.meant(name, known);
            self.findings.push(match meant {
                Some(close) => finding.label(format!("did you mean `{close}`?")).help(format!("write `{close}`")),
                None => finding.help("name a [struct.NAME] or [message.NAME]; put anything else into one"),
            });
        }
        found
    }

    fn message_id(&self, id: TypeId) -> Option<u32> {
        match id.0.checked_sub(self.imports.types.len()) {
            None => match &self.imports.types[id.0] {
                TypePlan::Struct(of) => of.id,
                _ => None,
            },
            Some(own) => match self.types.get(own) {
                Some(TypeModel::Struct(of)) => of.id,
                _ => None,
            },
        }
    }

    fn length(&mut self, length: &Spanned<Length>) -> Option<u32> {
        let value = match &length.value {
            Length::Number(number) => i128::from(*number),
            Length::Constant(name) => {
                let constant = self.constants.find(name, &length.span, self.findings)?;
                match constant.value {
                    ConstantValue::Integer(value) => value,
                    ConstantValue::Float(_) | ConstantValue::Bool(_) => {
                        let message = format!("`{name}` is no integer, and a length is one");
                        let finding = Finding::new(&codes::R036, &length.span, message);
                        let finding = self.constants.show(constant, finding);
                        self.findings.push(finding.help("name an integer constant, or write the number"));
                        return None;
                    }
                }
            }
        };
        match u32::try_from(value) {
            Ok(value) if value > 0 => Some(value),
            _ => {
                let message = match value {
                    0 => "an array of no elements has no bytes".to_string(),
                    _ => format!("there is no array of {value} elements"),
                };
                let finding = Finding::new(&codes::R014, &length.span, message);
                self.findings.push(finding.help(format!("write a length from 1 to {}", u32::MAX)));
                None
            }
        }
    }

    fn ring(&mut self, ring: &RingDecl) -> Option<RingModel> {
        let message = ring.message.as_ref()?;
        let Some(id) = self.ids.get(message.value.as_str()).copied().filter(|id| self.travels(*id, &message.value))
        else {
            self.no_message(message);
            return None;
        };
        Some(RingModel {
            name: ring.name.value.clone(),
            type_name: spell::ring_type(&ring.name.value),
            message: id,
            message_span: message.span.clone(),
            capacity: ring.capacity.clone()?,
            slab: ring.slab.clone(),
            wait: ring.wait,
            doc: ring.doc.clone(),
        })
    }

    /// Whether a type may travel in a ring.
    fn travels(&self, id: TypeId, name: &str) -> bool {
        match id.0.checked_sub(self.imports.types.len()) {
            None => match &self.imports.types[id.0] {
                TypePlan::Struct(of) => of.kind == StructKind::Message,
                TypePlan::Variant(_) => true,
                TypePlan::Enum(_) => false,
            },
            Some(_) => {
                let messages = self.schema.structs.iter().filter(|of| of.kind == StructKind::Message);
                let mut names = messages.map(|of| &of.name).chain(self.schema.variants.iter().map(|of| &of.name));
                names.any(|of| of.value == name)
            }
        }
    }

    fn no_message(&mut self, name: &Spanned<String>) {
        let declared = self.ids.contains_key(name.value.as_str());
        if !declared && self.is_elsewhere(&name.value) {
            return;
        }
        let messages = self.schema.structs.iter().filter(|of| of.kind == StructKind::Message);
        let messages = messages.map(|of| &of.name).chain(self.schema.variants.iter().map(|of| &of.name));
        let finding = match declared {
            true => Finding::new(&codes::R013, &name.span, format!("`{}` is no message", name.value)),
            false => Finding::new(&codes::R013, &name.span, format!("unknown message `{}`", name.value)),
        };
        let finding = self.schema.show(&name.value, finding);
        let is_struct = self.schema.structs.iter().any(|of| of.name.value == name.value);
        let meant = self.findings.meant(&name.value, messages.map(|of| of.value.as_str()));
        self.findings.push(match meant {
            Some(close) => finding.label(format!("did you mean `{close}`?")).help(format!("write `{close}`")),
            None if is_struct => {
                finding.help(format!("declare it as [message.{}]: only messages travel in rings", name.value))
            }
            None => finding.help("name a [message.NAME] or [variant.NAME]"),
        });
    }
}

/// What values a field can have.
fn domain<'a>(element: Element, imports: &'a Imports, types: &'a [TypeModel], schema: &'a Schema) -> Domain<'a> {
    match element {
        Element::Scalar(scalar) => Domain::Scalar(scalar),
        Element::Str(_) | Element::Bytes => Domain::Other("text or bytes, which are empty where there are none"),
        Element::Text(_) | Element::Blob(_) => Domain::Other("a reference, which is empty where there is nothing"),
        Element::Pad | Element::Reserved => Domain::Other("bytes without a meaning"),
        Element::Type(id) => match id.0.checked_sub(imports.types.len()) {
            None => match &imports.types[id.0] {
                TypePlan::Enum(of) => Domain::of_enum(of.kind, of.repr, &of.values, None),
                TypePlan::Struct(_) | TypePlan::Variant(_) => Domain::Other("no number"),
            },
            Some(own) => match types.get(own) {
                Some(TypeModel::Enum(of)) => {
                    let declared = schema.enums.iter().find(|declared| declared.name.value == of.name);
                    Domain::of_enum(of.kind, of.repr, &of.values, declared)
                }
                _ => Domain::Other("no number"),
            },
        },
    }
}

impl FieldType {
    fn blank(element: Element, word: &str, size: u32) -> Self {
        FieldType { element, dims: Vec::new(), spelling: format!("{word}[{size}]") }
    }
}

/// The field in front of a list's elements that says how many of them count.
fn length_of(items: &FieldModel, decl: &FieldDecl, camel: bool, at: usize) -> FieldModel {
    let name = spell::length(&items.name.value);
    FieldModel {
        wire_name: spell::length(&items.wire_name),
        names: spell::field(&name, &decl.overrides.of_length(), camel),
        name: Spanned::new(name, items.name.span.clone()),
        element: Element::Scalar(Scalar::U32),
        bytes: 0,
        dims: Vec::new(),
        content: items.content.clone(),
        offset: decl.offset.clone(),
        spelling: Scalar::U32.name().to_string(),
        doc: format!("How many elements of `{}` count.", items.name.value),
        unit: String::new(),
        epoch: String::new(),
        null: None,
        range: None,
        since: items.since,
        deprecated: items.deprecated,
        list: Some(ListPart::Length { items: at }),
        ts_number: false,
    }
}
