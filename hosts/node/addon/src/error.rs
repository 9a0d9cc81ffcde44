//! Errors with the `code` that they have in every host.

use napi::Status;

/// The `code` of a JavaScript error.
#[derive(Debug)]
pub struct Code(&'static str);

impl AsRef<str> for Code {
    fn as_ref(&self) -> &str {
        self.0
    }
}

impl From<Status> for Code {
    /// What Node-API itself says no to is a misuse by the package's TypeScript.
    fn from(_: Status) -> Self {
        Code("InvalidArgument")
    }
}

/// A result whose error JavaScript can tell apart.
pub type Result<T> = std::result::Result<T, napi::Error<Code>>;

/// An error of this code.
pub fn error(code: &'static str, text: impl ToString) -> napi::Error<Code> {
    napi::Error::new(Code(code), text.to_string())
}
