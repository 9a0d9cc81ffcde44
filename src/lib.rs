//! x
pub use ringgen_layout as layout;
pub use ringgen_macros::{RingEnum, RingFlags, RingMessage, RingStruct};
pub use ringgen_runtime::{Bool, Message, Pad, Pod, Reserved, Str, StrError, zeroed};
#[doc(hidden)]
pub use ringgen_runtime::__private;
