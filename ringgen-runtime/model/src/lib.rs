//! The protocol of docs/memory-format.md, "Waiting" and "Close, death, restart", explored exhaustively.
//!
//! Every interleaving of two sides on processors that delay stores (x86's total store order): each moves messages,
//! parks when it can't, wakes the other one; and each may be followed by a successor, behind an orderly end or a death
//! at any step, which fences in another way. Nothing ends a sleep but what the protocol relies on: time slices, which
//! would turn a lost wake-up into a delay, end one only where a process has died or gives no fence.
//!
//! A state in which nothing can happen any more, and somebody waits, is a mistake; so is an end of the stream before
//! its last message. Each [`Mutant`] leaves one thing out and must be found: a model that does not see a mistake that is
//! there shows nothing.

use stateright::{Model, Property};

mod machine;

pub use machine::{Action, Holder, Leave, Machine, Mutant, State};

/// `fence_mode` of a host that has no fence.
pub const NO_FENCE: u8 = 0;
/// `fence_mode` of a process whose fences its waiters make up for, by `membarrier`.
pub const ASYMMETRIC: u8 = 1;
/// `fence_mode` of a process that fences in full.
pub const FULL: u8 = 2;

/// What always holds: a state in which nothing can happen is one in which nobody waits.
pub const STUCK: &str = "somebody can go on, or nobody waits";
/// What always holds: a consumer that stops has taken everything.
pub const LOST: &str = "the stream ends behind its last message";

impl Model for Machine {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![self.start()]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        self.enabled(state, actions);
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        Some(self.after(state, action))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(STUCK, |machine: &Machine, state: &State| {
                let mut actions = Vec::new();
                machine.enabled(state, &mut actions);
                !actions.is_empty() || state.is_done()
            }),
            Property::always(LOST, |machine: &Machine, state: &State| state.is_whole(machine)),
        ]
    }
}
