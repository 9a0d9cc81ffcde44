//! When members came and went, in words.

/// `Added in version 2. Deprecated since version 3.`
pub(super) fn sentences(since: Option<u32>, deprecated: Option<u32>) -> String {
    let since = since.map(|version| format!("Added in version {version}."));
    let deprecated = deprecated.map(|version| format!("Deprecated since version {version}."));
    since.into_iter().chain(deprecated).collect::<Vec<_>>().join(" ")
}
