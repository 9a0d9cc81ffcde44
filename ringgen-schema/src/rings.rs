//! Rings: whether the file of one can be laid out, and whether it has the slab that it needs.

use ringgen_layout::ring::{Geometry, GeometryError, MIN_PAGE};

use crate::codes;
use crate::diagnostic::{Finding, Findings};
use crate::model::RingModel;
use crate::plan::{Element, RingPlan, TypePlan};

/// The most bytes of text and bytes that a value of a type has in a slab; `None` if it has no references to any.
fn slab_bytes(of: &TypePlan, types: &[Option<TypePlan>]) -> Option<u64> {
    match of {
        TypePlan::Enum(_) => None,
        TypePlan::Variant(of) => {
            let cases = of.cases.iter().filter_map(|case| slab_bytes(types[case.ty.0].as_ref()?, types));
            cases.max()
        }
        TypePlan::Struct(of) => {
            let fields = of.fields.iter().filter_map(|field| match field.element {
                Element::Text(max) | Element::Blob(max) => Some(u64::from(max)),
                Element::Type(id) => {
                    let elements = field.dims.iter().map(|length| u64::from(*length)).product::<u64>();
                    Some(slab_bytes(types[id.0].as_ref()?, types)?.saturating_mul(elements))
                }
                _ => None,
            });
            fields.reduce(u64::saturating_add)
        }
    }
}

/// A ring whose file can be laid out; that its capacity is a power of two is checked already.
pub(crate) fn place(of: &RingModel, types: &[Option<TypePlan>], findings: &mut Findings) -> Option<RingPlan> {
    let message = types[of.message.0].as_ref()?;
    if !has_slab_it_needs(of, message, types, findings) {
        return None;
    }
    let schema_length = message.schema().map_or(0, |(text, _)| text.len() as u64);
    match Geometry::spsc(of.capacity.value, message.size(), message.align(), schema_length, MIN_PAGE) {
        Ok(_) => {}
        Err(GeometryError::Capacity(_)) => return None,
        Err(_) => {
            let message = format!("{} messages of {} bytes do not fit in a file", of.capacity.value, message.size());
            findings.push(Finding::new(&codes::R014, &of.capacity.span, message).help("write a smaller capacity"));
            return None;
        }
    }
    Some(RingPlan {
        name: of.name.clone(),
        type_name: of.type_name.clone(),
        message: of.message,
        capacity: of.capacity.value,
        wait: of.wait,
        doc: of.doc.clone(),
    })
}

/// Whether a ring has room for the text and bytes of its messages just if they have any. This version has no such rings.
fn has_slab_it_needs(of: &RingModel, message: &TypePlan, types: &[Option<TypePlan>], findings: &mut Findings) -> bool {
    let name = message.name();
    match (slab_bytes(message, types), &of.slab) {
        (None, None) => true,
        (None, Some(slab)) => {
            let text = format!("`{name}` has no `text` or `blob` that would lie in a slab");
            findings.push(Finding::new(&codes::R032, &slab.span, text).help("remove `slab`"));
            false
        }
        (Some(most), slab) => {
            if let Some(slab) = slab
                && most > slab.value / 2
            {
                let text = format!("a `{name}` can have {most} bytes in the slab, more than half of {}", slab.value);
                let finding = Finding::new(&codes::R014, &slab.span, text);
                findings.push(match most.checked_mul(2).and_then(u64::checked_next_power_of_two) {
                    Some(enough) => finding.help(format!("write `slab = {enough}` or more, or smaller maxima")),
                    None => finding.help("write smaller maxima"),
                });
            }
            let text = format!("rings that carry `text` or `blob`, as `{name}` has, are not supported yet");
            let finding = Finding::new(&codes::R112, &of.message_span, text);
            findings.push(finding.help("write `str[N]` or `bytes[N]` in the message, which have a fixed size"));
            false
        }
    }
}
