//! Rings in Rust: their constants, how to open them, and the types of their ends.

use super::template::rust;
use super::words::{doc, grouped, quoted};
use crate::plan::{Plan, RingPlan, Wait};

/// The ring's type, and aliases for its producer and consumer.
pub(super) fn print(plan: &Plan, of: &RingPlan) -> Vec<String> {
    let RingPlan { type_name: ty, capacity, .. } = of;
    let message = plan.ty(of.message).name();
    let name = format!("{}.{}", plan.package, of.name);
    let what = format!("The ring `{name}`: {capacity} messages [`{message}`] from one producer to one consumer.");
    let type_doc = doc([of.doc.as_str(), what.as_str()]);
    let (name, capacity) = (quoted(&name), grouped(capacity));
    let wait = match of.wait {
        Wait::Spin => "Spin",
        Wait::Yield => "Yield",
        Wait::Hybrid => "Hybrid",
    };
    let kind = rust!(
        "
        $type_doc
        #[derive(Clone, Copy, Debug)]
        pub struct $ty;
        ",
        type_doc,
        ty
    );
    let methods = rust!(
        "
        impl $ty {
            /// The name that every process finds it by.
            pub const NAME: &'static str = $name;
            /// How many messages it holds where it is created from here.
            pub const CAPACITY: u64 = $capacity;
            /// What kind of ring it is.
            pub const KIND: ::ringgen::RingKind = ::ringgen::RingKind::Spsc;
            /// How its ends wait.
            pub const WAIT: ::ringgen::Wait = ::ringgen::Wait::$wait;

            /// The options of the schema, to change some of them.
            #[must_use]
            pub fn options() -> ::ringgen::RingOptions {
                ::ringgen::RingOptions::new().capacity(Self::CAPACITY).wait(Self::WAIT)
            }

            /// Creates the ring.
            ///
            /// # Errors
            /// If it is there already, or there is no room for it.
            pub fn create() -> ::core::result::Result<::ringgen::Ring<$message>, ::ringgen::CreateError> {
                Self::options().create(Self::NAME)
            }

            /// Attaches to the ring that another process created.
            ///
            /// # Errors
            /// If there is none, or its messages are not these.
            pub fn attach() -> ::core::result::Result<::ringgen::Ring<$message>, ::ringgen::AttachError> {
                Self::options().attach(Self::NAME)
            }

            /// Attaches to the ring, or creates it if there is none yet.
            ///
            /// # Errors
            /// As [`create`](Self::create) and [`attach`](Self::attach).
            pub fn open_or_create() -> ::core::result::Result<::ringgen::Ring<$message>, ::ringgen::OpenError> {
                Self::options().open_or_create(Self::NAME)
            }
        }
        ",
        ty,
        name,
        capacity,
        wait,
        message
    );
    let end = |what: &str, end: &str| {
        rust!(
            "
            /// The $what end of [`$ty`].
            pub type $ty$end = ::ringgen::$end<$message>;
            ",
            what,
            end,
            ty,
            message
        )
    };
    vec![kind, methods, end("writing", "Producer"), end("reading", "Consumer")]
}
