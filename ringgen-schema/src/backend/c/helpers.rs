//! What a program in C would otherwise get wrong: filling and reading text that has no NUL where it is full.

use crate::plan::{Element, Plan, TypePlan};

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

/// The functions for what the package has.
pub(super) fn used_by(plan: &Plan) -> String {
    let has_text = plan.own_types().iter().any(|ty| match ty {
        TypePlan::Struct(of) => of.fields.iter().any(|field| matches!(field.element, Element::Str(_))),
        TypePlan::Enum(_) | TypePlan::Variant(_) => false,
    });
    if has_text { TEXT.replace("PACKAGE", &plan.package) } else { String::new() }
}
