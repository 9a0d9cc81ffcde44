//! From a schema to a model: names become indices, lengths numbers, and types come in the order in which they are made.

use std::collections::{BTreeMap, BTreeSet};

use ringgen_layout::{Scalar, StructKind};

use crate::codes;
use crate::constants;
use crate::diagnostic::{Finding, Findings};
use crate::model::{EnumModel, FieldModel, Model, RingModel, StructModel, TypeModel};
use crate::names;
use crate::order;
use crate::plan::{Constant, ConstantValue, Element, TypeId, ValuePlan};
use crate::schema::{Content, EnumDecl, FieldDecl, RingDecl, Schema, StructDecl};
use crate::source::Spanned;
use crate::spell;
use crate::type_expr::{self, Head, Length, TypeExpr};

/// The model of a schema; `None` if it has no package name. Names it can't resolve are reported.
pub(crate) fn resolve(schema: &Schema, findings: &mut Findings) -> Option<Model> {
    let constants = constants::resolve(&schema.constants, findings);
    let enums = schema.enums.iter().map(|of| of.name.value.as_str());
    let declared = enums.chain(schema.structs.iter().map(|of| of.name.value.as_str())).collect();
    let parsed = schema.structs.iter().map(|of| parse_types(of, &declared, findings));
    let parsed: Vec<Vec<Option<TypeExpr>>> = parsed.collect();
    let order = order::order(schema, &parsed, findings);
    let ids = order.iter().enumerate().map(|(index, declared)| (schema.name(*declared), TypeId(index))).collect();
    let mut resolver = Resolver { schema, constants: &constants, ids, findings };
    let types = order.iter().map(|declared| match *declared {
        Declared::Enum(index) => enumeration(&schema.enums[index]).map_or(TypeModel::Broken, TypeModel::Enum),
        Declared::Struct(index) => {
            let of = resolver.structure(&schema.structs[index], &parsed[index]);
            of.map_or(TypeModel::Broken, TypeModel::Struct)
        }
        Declared::Cyclic(index) => {
            resolver.structure(&schema.structs[index], &parsed[index]);
            TypeModel::Broken
        }
    });
    let types = types.collect();
    let rings = schema.rings.iter().filter_map(|ring| resolver.ring(ring)).collect();
    Some(Model {
        package: schema.package.as_ref()?.value.clone(),
        version: schema.version,
        doc: schema.doc.clone(),
        targets: schema.targets.clone(),
        explicit_padding: schema.explicit_padding,
        max_slot: schema.max_slot.clone(),
        constants: constants.into_values().flatten().collect(),
        types,
        rings,
    })
}

/// A declared type, by its index in the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Declared {
    Enum(usize),
    Struct(usize),
    /// A struct that has itself inside.
    Cyclic(usize),
}

impl Schema {
    /// The name of a declared type.
    pub(crate) fn name(&self, declared: Declared) -> &str {
        match declared {
            Declared::Enum(index) => &self.enums[index].name.value,
            Declared::Struct(index) | Declared::Cyclic(index) => &self.structs[index].name.value,
        }
    }
}

fn parse_types(of: &StructDecl, declared: &BTreeSet<&str>, findings: &mut Findings) -> Vec<Option<TypeExpr>> {
    let parse = |field: &FieldDecl| match &field.content {
        Some(Content::Type(text)) => match type_expr::parse(text, declared) {
            Ok(parsed) => Some(parsed),
            Err(finding) => {
                findings.push(finding);
                None
            }
        },
        _ => None,
    };
    of.fields.iter().flatten().map(parse).collect()
}

fn enumeration(of: &EnumDecl) -> Option<EnumModel> {
    let values = of.values.as_ref()?.iter().map(|value| {
        let name = &value.name.as_ref()?.value;
        let number = value.number.as_ref()?.value;
        let (names, rust_const) = spell::value(name);
        let value_of = match of.kind {
            ringgen_layout::EnumKind::Enum => number,
            ringgen_layout::EnumKind::Flags => 1i128.checked_shl(u32::try_from(number).ok()?)?,
        };
        Some(ValuePlan { name: name.clone(), names, rust_const, value: value_of, doc: value.doc.clone() })
    });
    let values = values.collect::<Option<Vec<ValuePlan>>>()?;
    Some(EnumModel { kind: of.kind, name: of.name.value.clone(), repr: of.repr?, values, doc: of.doc.clone() })
}

struct Resolver<'a> {
    schema: &'a Schema,
    constants: &'a BTreeMap<String, Option<Constant>>,
    ids: BTreeMap<&'a str, TypeId>,
    findings: &'a mut Findings,
}

impl Resolver<'_> {
    fn structure(&mut self, of: &StructDecl, parsed: &[Option<TypeExpr>]) -> Option<StructModel> {
        let fields = of.fields.as_ref()?.iter().zip(parsed);
        let fields: Vec<Option<FieldModel>> =
            fields.map(|(field, parsed)| self.field(field, parsed.as_ref())).collect();
        let fields: Option<Vec<FieldModel>> = fields.into_iter().collect();
        Some(StructModel {
            kind: of.kind,
            name: of.name.clone(),
            id: of.id.as_ref().map(|id| id.value),
            align: of.align.clone(),
            fields: fields.filter(|_| of.complete)?,
            doc: of.doc.clone(),
        })
    }

    fn field(&mut self, field: &FieldDecl, parsed: Option<&TypeExpr>) -> Option<FieldModel> {
        let content = field.content.as_ref()?;
        let (element, dims, bytes, spelling) = match content {
            Content::Type(_) => {
                let (element, dims, spelling) = self.type_of(parsed?)?;
                (element, dims, 0, spelling)
            }
            Content::Pad(size) => (Element::Pad, Vec::new(), size.value, format!("pad[{}]", size.value)),
            Content::Reserved(size) => (Element::Reserved, Vec::new(), size.value, format!("reserved[{}]", size.value)),
        };
        let name = field.name.clone()?;
        let wide = matches!(element, Element::Scalar(Scalar::U64 | Scalar::I64));
        if let Some(word) = field.ts_u64.as_ref().filter(|_| !wide) {
            let message = format!("`ts_u64` is for 64-bit integers, and this is `{spelling}`");
            self.findings.push(Finding::new(&codes::R032, &word.span, message).help("remove `ts_u64`"));
        }
        let number = field.ts_u64.as_ref().map_or(self.schema.ts_u64_is_number, |word| word.value == "number");
        let text = |text: &Option<Spanned<String>>| text.as_ref().map(|text| text.value.clone()).unwrap_or_default();
        Some(FieldModel {
            names: spell::field(&name.value, &field.overrides, self.schema.targets.typescript.camel_case),
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
            ts_number: wide && number,
        })
    }

    fn type_of(&mut self, parsed: &TypeExpr) -> Option<(Element, Vec<u32>, String)> {
        let lengths: Vec<Option<u32>> = parsed.lengths.iter().map(|length| self.length(length)).collect();
        let mut own = None;
        let (element, mut spelling) = match &parsed.head {
            Head::Scalar(scalar) => (Some(Element::Scalar(*scalar)), scalar.name().to_string()),
            Head::Str(length) => {
                let length = self.length(length);
                (length.map(Element::Str), format!("str[{}]", length.unwrap_or_default()))
            }
            Head::Bytes(length) => {
                own = self.length(length);
                (own.map(|_| Element::Bytes), format!("bytes[{}]", own.unwrap_or_default()))
            }
            Head::Named(name) => (self.named(name, parsed), name.clone()),
        };
        let mut dims = lengths.into_iter().collect::<Option<Vec<u32>>>()?;
        for length in &dims {
            spelling.push_str(&format!("[{length}]"));
        }
        dims.extend(own);
        Some((element?, dims, spelling))
    }

    fn named(&mut self, name: &str, parsed: &TypeExpr) -> Option<Element> {
        if let Some(id) = self.ids.get(name) {
            return Some(Element::Type(*id));
        }
        if self.schema.imports || self.schema.refused_types.iter().any(|refused| refused == name) {
            return None;
        }
        let finding = Finding::new(&codes::R013, &parsed.head_span, format!("unknown type `{name}`"));
        let known =
            Scalar::ALL.iter().map(|scalar| scalar.name()).chain(["str", "bytes"]).chain(self.ids.keys().copied());
        let meant = type_expr::alias(name).or_else(|| names::closest(name, known));
        self.findings.push(match meant {
            Some(meant) => finding.label(format!("did you mean `{meant}`?")).help(format!("write `{meant}`")),
            None => {
                finding.help(format!("declare it as [struct.{0}] or [enum.{0}] in this file", names::camel_case(name)))
            }
        });
        None
    }

    fn length(&mut self, length: &Spanned<Length>) -> Option<u32> {
        let value = match &length.value {
            Length::Number(number) => i128::from(*number),
            Length::Constant(name) => match self.constants.get(name) {
                Some(constant) => match constant.as_ref()?.value {
                    ConstantValue::Integer(value) => value,
                    ConstantValue::Float(_) | ConstantValue::Bool(_) => {
                        let message = format!("`{name}` is no integer, and a length is one");
                        let finding = Finding::new(&codes::R036, &length.span, message);
                        self.findings.push(finding.help("name an integer constant, or write the number"));
                        return None;
                    }
                },
                None => {
                    let finding = Finding::new(&codes::R013, &length.span, format!("unknown constant `{name}`"));
                    self.findings.push(match names::closest(name, self.constants.keys().map(String::as_str)) {
                        Some(close) => {
                            finding.label(format!("did you mean `{close}`?")).help(format!("write `{close}`"))
                        }
                        None => {
                            finding.help(format!("declare it: `{name} = {{ type = \"u32\", value = 16 }}` in [const]"))
                        }
                    });
                    return None;
                }
            },
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
        let is_message = |of: &&StructDecl| of.kind == StructKind::Message && of.name.value == message.value;
        if !self.schema.structs.iter().any(|of| is_message(&of)) {
            self.no_message(message);
            return None;
        }
        Some(RingModel {
            name: ring.name.value.clone(),
            type_name: spell::ring_type(&ring.name.value),
            message: *self.ids.get(message.value.as_str())?,
            capacity: ring.capacity.clone()?,
            wait: ring.wait,
            doc: ring.doc.clone(),
        })
    }

    fn no_message(&mut self, name: &Spanned<String>) {
        if self.schema.imports || self.schema.refused_types.contains(&name.value) {
            return;
        }
        let messages = self.schema.structs.iter().filter(|of| of.kind == StructKind::Message);
        let declared = self.ids.contains_key(name.value.as_str());
        let finding = match declared {
            true => Finding::new(&codes::R013, &name.span, format!("`{}` is no message", name.value)),
            false => Finding::new(&codes::R013, &name.span, format!("unknown message `{}`", name.value)),
        };
        let is_struct = self.schema.structs.iter().any(|of| of.name.value == name.value);
        self.findings.push(match names::closest(&name.value, messages.map(|of| of.name.value.as_str())) {
            Some(close) => finding.label(format!("did you mean `{close}`?")).help(format!("write `{close}`")),
            None if is_struct => {
                finding.help(format!("declare it as [message.{}]: only messages travel in rings", name.value))
            }
            None => finding.help("name a [message.NAME] of this file"),
        });
    }
}
