//! What a header brings along besides the types: only what its types need.

use crate::plan::{ConstantValue, Element, FieldPlan, Plan, TypePlan};

/// What would be read the wrong way round must not compile. Compilers that don't tell are for Windows, where every
/// machine is little-endian.
pub(super) const BYTE_ORDER: &str = r#"
#if defined(__BYTE_ORDER__) && defined(__ORDER_LITTLE_ENDIAN__)
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "messages of ringgen are little-endian, and this target is not"
#endif
#elif !defined(_WIN32)
#error "the byte order of this target is unknown, and messages of ringgen are little-endian"
#endif
"#;

/// What C and C++ spell differently, and the assertions made of it. Where a standard header has a macro of the same
/// meaning, a freestanding compiler may lack the header.
const BEGIN: &str = r#"
#ifdef __cplusplus
#define RINGGEN_ALIGNAS_(bytes) alignas(bytes)
#define RINGGEN_ALIGNOF_(type) alignof(type)
#define RINGGEN_SIZEOF_(type, member) sizeof(type::member)
#define RINGGEN_ASSERT_(fact, text) static_assert(fact, text)
#else
#define RINGGEN_ALIGNAS_(bytes) _Alignas(bytes)
#define RINGGEN_ALIGNOF_(type) _Alignof(type)
#define RINGGEN_SIZEOF_(type, member) sizeof(((type *)0)->member)
#define RINGGEN_ASSERT_(fact, text) _Static_assert(fact, text)
#endif
#define RINGGEN_TYPE_(type, size, align) \
    RINGGEN_ASSERT_(sizeof(type) == (size), #type " must have " #size " bytes"); \
    RINGGEN_ASSERT_(RINGGEN_ALIGNOF_(type) == (align), #type " must be aligned to " #align)
#define RINGGEN_MEMBER_(type, member, offset, size) \
    RINGGEN_ASSERT_(offsetof(type, member) == (offset), #type "." #member " must lie at " #offset); \
    RINGGEN_ASSERT_(RINGGEN_SIZEOF_(type, member) == (size), #type "." #member " must have " #size " bytes")
"#;

const END: &str = "
#undef RINGGEN_ALIGNAS_
#undef RINGGEN_ALIGNOF_
#undef RINGGEN_SIZEOF_
#undef RINGGEN_ASSERT_
#undef RINGGEN_TYPE_
#undef RINGGEN_MEMBER_
";

/// Warns whoever uses a member, which the header's own assertions are not to be warned of.
const BEGIN_DEPRECATED: &str = r#"
#ifdef __cplusplus
#define RINGGEN_DEPRECATED_(text) [[deprecated(text)]]
#elif defined(__GNUC__)
#define RINGGEN_DEPRECATED_(text) __attribute__((deprecated(text)))
#else
#define RINGGEN_DEPRECATED_(text)
#endif
#ifdef __GNUC__
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#endif
"#;

const END_DEPRECATED: &str = "#undef RINGGEN_DEPRECATED_
#ifdef __GNUC__
#pragma GCC diagnostic pop
#endif
";

/// The attribute of a member that some version gave up.
pub(super) fn deprecated(version: Option<u32>) -> String {
    version.map_or(String::new(), |version| format!("RINGGEN_DEPRECATED_(\"since version {version}\") "))
}

/// Values that no digits stand for. Those of <math.h> are the same, and a freestanding compiler may lack them.
const NOT_FINITE: &str = r#"
#ifndef RINGGEN_NAN
#ifdef __GNUC__
#define RINGGEN_NAN __builtin_nan("")
#define RINGGEN_NANF __builtin_nanf("")
#define RINGGEN_INFINITY __builtin_inf()
#define RINGGEN_INFINITYF __builtin_inff()
#else
#include <math.h>
#define RINGGEN_NAN ((double)NAN)
#define RINGGEN_NANF NAN
#define RINGGEN_INFINITY ((double)INFINITY)
#define RINGGEN_INFINITYF INFINITY
#endif
#endif
"#;

/// What a `text` or a `blob` is: the same type in every package, as the same slab holds what it refers to.
const SLAB_REF: &str = r#"
#ifndef RINGGEN_SLAB_REF
#define RINGGEN_SLAB_REF
/** Where the bytes of a `text` or a `blob` lie in the slab of its ring. */
typedef struct ringgen_slab_ref {
    RINGGEN_ALIGNAS_(8) uint64_t pos; /* 0: u64 */
    uint32_t len; /* 8: u32 */
    uint32_t zero; /* 12: u32 */
} ringgen_slab_ref;

RINGGEN_TYPE_(ringgen_slab_ref, 16, 8);
RINGGEN_MEMBER_(ringgen_slab_ref, pos, 0, 8);
RINGGEN_MEMBER_(ringgen_slab_ref, len, 8, 4);
RINGGEN_MEMBER_(ringgen_slab_ref, zero, 12, 4);
#endif
"#;

/// What a program would otherwise get wrong: filling and reading text that has no NUL where it is full.
const TEXT: &str = r#"
/**
 * Sets a `str[N]` to text that ends in a NUL. False if that is longer than N bytes: text is never cut, and the field
 * is as it was. What is set should be UTF-8, which is not looked at here.
 *
 *     PACKAGE_str_set(of.name, sizeof of.name, "text")
 */
static inline bool PACKAGE_str_set(char *field, size_t size, const char *text)
{
    size_t length = 0;
    while (text[length] != '\0') {
        if (length == size) {
            return false;
        }
        length++;
    }
    for (size_t at = 0; at < size; at++) {
        field[at] = at < length ? text[at] : '\0';
    }
    return true;
}

/**
 * How many bytes of a `str[N]` are text: all in front of the first NUL, or of its end.
 *
 *     printf("%.*s\n", (int)PACKAGE_str_length(of.name, sizeof of.name), of.name)
 */
static inline size_t PACKAGE_str_length(const char *field, size_t size)
{
    size_t length = 0;
    while (length < size && field[length] != '\0') {
        length++;
    }
    return length;
}
"#;

/// What stands in front of the types.
pub(super) fn before(plan: &Plan) -> String {
    let mut text = String::new();
    if has_structs(plan) {
        text += BEGIN;
    }
    if has_deprecated(plan) {
        text += BEGIN_DEPRECATED;
    }
    if fields(plan).any(has_infinity) {
        text += NOT_FINITE;
    }
    if fields(plan).any(|field| matches!(field.element, Element::Text(_) | Element::Blob(_))) {
        text += SLAB_REF;
    }
    if fields(plan).any(|field| matches!(field.element, Element::Str(_))) {
        text += &TEXT.replace("PACKAGE", &plan.package);
    }
    text
}

/// What stands behind them.
pub(super) fn after(plan: &Plan) -> String {
    let mut text = if has_structs(plan) { END.to_string() } else { String::new() };
    if has_deprecated(plan) {
        text += END_DEPRECATED;
    }
    text
}

/// Whether a function or a constant is a `bool`.
pub(super) fn has_bool(plan: &Plan) -> bool {
    let is_bool = |field: &FieldPlan| field.null.is_some() || matches!(field.element, Element::Str(_));
    plan.constants.iter().any(|of| matches!(of.value, ConstantValue::Bool(_))) || fields(plan).any(is_bool)
}

fn has_structs(plan: &Plan) -> bool {
    plan.own_types().iter().any(|ty| !matches!(ty, TypePlan::Enum(_)))
}

fn has_deprecated(plan: &Plan) -> bool {
    plan.own_types().iter().any(|ty| match ty {
        TypePlan::Enum(_) => false,
        TypePlan::Struct(of) => of.fields.iter().any(|field| field.deprecated.is_some()),
        TypePlan::Variant(of) => of.cases.iter().any(|case| case.deprecated.is_some()),
    })
}

fn has_infinity(field: &FieldPlan) -> bool {
    let (least, most) = field.range.unzip();
    let values = [field.null, least, most].into_iter().flatten();
    values.into_iter().any(|value| matches!(value, ConstantValue::Float(value) if !value.is_finite()))
}

fn fields(plan: &Plan) -> impl Iterator<Item = &FieldPlan> {
    plan.own_types().iter().flat_map(|ty| match ty {
        TypePlan::Struct(of) => of.fields.as_slice(),
        TypePlan::Enum(_) | TypePlan::Variant(_) => &[],
    })
}
