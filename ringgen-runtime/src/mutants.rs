//! Mistakes on purpose, which sanitizers must find: a tool that is silent has shown something only if it is not silent
//! about these.
//!
//! Without the feature `mutants`, which only tests turn on, all of this is what it is given. With it, the process does
//! wrong what `RINGGEN_MUTANT` names:
//!
//! | mutant | mistake | found by |
//! | --- | --- | --- |
//! | `relaxed:push.cursor` | the store of this step publishes nothing | ThreadSanitizer |
//! | `too-long:push.slot` | a run is copied with one byte more, in or out | AddressSanitizer |
//! | `next-slot` | the slot behind the right one is used | AddressSanitizer |

use crate::steps::Step;
use crate::sync::Ordering;

/// The ordering of a store.
#[cfg(not(feature = "mutants"))]
#[inline(always)]
pub(crate) const fn ordering(_: Step, ordering: Ordering) -> Ordering {
    ordering
}

/// The length of a run in bytes.
#[cfg(not(feature = "mutants"))]
#[inline(always)]
pub(crate) const fn length(_: Step, bytes: usize) -> usize {
    bytes
}

/// The index of a slot.
#[cfg(not(feature = "mutants"))]
#[inline(always)]
pub(crate) const fn index(slot: usize) -> usize {
    slot
}

#[cfg(feature = "mutants")]
pub(crate) use armed::{index, length, ordering};

#[cfg(feature = "mutants")]
mod armed {
    use std::sync::OnceLock;

    use super::{Ordering, Step};

    enum Mutant {
        Relaxed(Step),
        TooLong(Step),
        NextSlot,
    }

    fn mutant() -> Option<&'static Mutant> {
        static MUTANT: OnceLock<Option<Mutant>> = OnceLock::new();
        let read = || {
            let name = std::env::var("RINGGEN_MUTANT").ok()?;
            let step = |name| Step::ALL.iter().copied().find(|step| step.name() == name);
            let mutant = match name.split_once(':') {
                Some(("relaxed", name)) => step(name).map(Mutant::Relaxed),
                Some(("too-long", name)) => step(name).map(Mutant::TooLong),
                _ => (name == "next-slot").then_some(Mutant::NextSlot),
            };
            Some(mutant.unwrap_or_else(|| panic!("RINGGEN_MUTANT names no mutant: {name}")))
        };
        MUTANT.get_or_init(read).as_ref()
    }

    pub(crate) fn ordering(step: Step, ordering: Ordering) -> Ordering {
        match mutant() {
            Some(Mutant::Relaxed(this)) if *this == step => Ordering::Relaxed,
            _ => ordering,
        }
    }

    pub(crate) fn length(step: Step, bytes: usize) -> usize {
        if matches!(mutant(), Some(Mutant::TooLong(this)) if *this == step) { bytes + 1 } else { bytes }
    }

    pub(crate) fn index(slot: usize) -> usize {
        if matches!(mutant(), Some(Mutant::NextSlot)) { slot + 1 } else { slot }
    }
}
