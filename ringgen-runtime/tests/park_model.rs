//! The waiting protocol of docs/memory-format.md, explored exhaustively: every interleaving of a producer, its
//! successor and a consumer on processors that delay stores (x86's total store order), without the time slices that
//! would hide a lost wake-up. A state in which the consumer sleeps and nothing can happen any more is a mistake.
//!
//! Leaving out any one of the fences, or either half of the rule about `fence_mode`, must be found: a model that does
//! not see a mistake that is there shows nothing.

use std::collections::{HashSet, VecDeque};

/// Words in shared memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Word {
    Tail,
    Event,
    Ticket,
    FenceMode,
}

const WORDS: usize = 4;
const ASYMMETRIC: u8 = 1;
const FULL: u8 = 2;

/// What is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mutant {
    None,
    /// A publisher in mode 2 does not fence.
    NoPublisherFence,
    /// A waiter does not use `membarrier` beside a publisher in mode 1, but its own fence.
    NoMembarrier,
    /// A waiter beside a publisher in mode 2 does not fence.
    NoWaiterFence,
    /// A waiter does not look at the fence mode again.
    NoSecondLookAtMode,
    /// A claim does not fence behind its fence mode.
    NoFenceAtClaim,
    /// A waiter does not look at the cursor again behind its fence.
    NoSecondLookAtCursor,
    /// A waker remembers a ticket that it has not answered.
    RemembersWithoutWaking,
}

/// A processor whose stores reach memory later, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Processor {
    delayed: VecDeque<(usize, u8)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct State {
    memory: [u8; WORDS],
    processors: [Processor; 2],
    // The producer.
    step: u8,
    generation: usize,
    published: u8,
    last_woken: u8,
    seen_ticket: u8,
    // The consumer.
    waiting: Waiting,
    head: u8,
    expected: u8,
    mode: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Waiting {
    Look,
    ReadEvent,
    RaiseTicket,
    ReadMode,
    Fence,
    LookAgain,
    ModeAgain,
    Sleep,
    Asleep,
    LowerTicket,
    Done,
}

const PRODUCER: usize = 0;
const CONSUMER: usize = 1;

struct Model {
    /// The fence modes of the producer and its successor.
    modes: [u8; 2],
    /// How many messages each of them publishes.
    each: u8,
    mutant: Mutant,
}

impl State {
    fn load(&self, processor: usize, word: Word) -> u8 {
        let own = self.processors[processor].delayed.iter().rev().find(|(to, _)| *to == word as usize);
        own.map_or(self.memory[word as usize], |(_, value)| *value)
    }

    fn store(&mut self, processor: usize, word: Word, value: u8) {
        self.processors[processor].delayed.push_back((word as usize, value));
    }

    fn arrive(&mut self, processor: usize) -> bool {
        let Some((word, value)) = self.processors[processor].delayed.pop_front() else { return false };
        self.memory[word] = value;
        true
    }

    /// A full fence, or an entry into the kernel.
    fn fence(&mut self, processor: usize) {
        while self.arrive(processor) {}
    }
}

impl Model {
    fn start(&self) -> State {
        let mut memory = [0; WORDS];
        memory[Word::FenceMode as usize] = self.modes[0];
        State {
            memory,
            processors: Default::default(),
            step: 1,
            generation: 0,
            published: 0,
            last_woken: 0,
            seen_ticket: 0,
            waiting: Waiting::Look,
            head: 0,
            expected: 0,
            mode: 0,
        }
    }

    fn messages(&self) -> u8 {
        self.each * 2
    }

    /// One step of the producer; `None` if it has nothing left to do.
    fn produce(&self, state: &State) -> Option<State> {
        let mut next = state.clone();
        let mode = self.modes[state.generation];
        match state.step {
            // A claim: the successor of a producer that died here. Death, too, lets its stores arrive.
            0 => {
                next.fence(PRODUCER);
                next.last_woken = 0;
                next.store(PRODUCER, Word::FenceMode, mode);
                if self.mutant != Mutant::NoFenceAtClaim {
                    next.fence(PRODUCER);
                }
            }
            1 if state.published == self.each * (state.generation as u8 + 1) => {
                if state.generation == 1 {
                    return None;
                }
                next.generation = 1;
                next.step = 0;
                return Some(next);
            }
            1 => {
                let tail = state.load(PRODUCER, Word::Tail) + 1;
                next.store(PRODUCER, Word::Tail, tail);
                next.published += 1;
            }
            2 => {
                if mode == FULL && self.mutant != Mutant::NoPublisherFence {
                    next.fence(PRODUCER);
                }
            }
            3 => next.seen_ticket = state.load(PRODUCER, Word::Ticket),
            _ => {
                let ticket = state.seen_ticket;
                if ticket % 2 == 1 && ticket != state.last_woken {
                    next.last_woken = ticket;
                    if self.mutant != Mutant::RemembersWithoutWaking {
                        let event = state.load(PRODUCER, Word::Event) + 1;
                        next.store(PRODUCER, Word::Event, event);
                        next.fence(PRODUCER);
                        if next.waiting == Waiting::Asleep {
                            next.waiting = Waiting::LowerTicket;
                        }
                    }
                }
                next.step = 1;
                return Some(next);
            }
        }
        next.step += 1;
        Some(next)
    }

    /// One step of the consumer; `None` if it sleeps or has everything.
    fn consume(&self, state: &State) -> Option<State> {
        let mut next = state.clone();
        next.waiting = match state.waiting {
            Waiting::Look if state.load(CONSUMER, Word::Tail) > state.head => {
                next.head = state.load(CONSUMER, Word::Tail);
                if next.head == self.messages() { Waiting::Done } else { Waiting::Look }
            }
            Waiting::Look => Waiting::ReadEvent,
            Waiting::ReadEvent => {
                next.expected = state.load(CONSUMER, Word::Event);
                Waiting::RaiseTicket
            }
            Waiting::RaiseTicket => {
                let ticket = state.load(CONSUMER, Word::Ticket);
                next.store(CONSUMER, Word::Ticket, ticket + 1);
                Waiting::ReadMode
            }
            Waiting::ReadMode => {
                next.mode = state.load(CONSUMER, Word::FenceMode);
                Waiting::Fence
            }
            Waiting::Fence => {
                if state.mode == ASYMMETRIC {
                    next.fence(CONSUMER);
                    // It reaches processes that have registered: those in mode 1.
                    if self.mutant != Mutant::NoMembarrier && self.modes[state.generation] == ASYMMETRIC {
                        next.fence(PRODUCER);
                    }
                } else if self.mutant != Mutant::NoWaiterFence {
                    next.fence(CONSUMER);
                }
                Waiting::LookAgain
            }
            Waiting::LookAgain => {
                let is_new = state.load(CONSUMER, Word::Tail) > state.head;
                if is_new && self.mutant != Mutant::NoSecondLookAtCursor {
                    Waiting::LowerTicket
                } else {
                    Waiting::ModeAgain
                }
            }
            Waiting::ModeAgain => {
                let is_same = state.load(CONSUMER, Word::FenceMode) == state.mode;
                if is_same || self.mutant == Mutant::NoSecondLookAtMode { Waiting::Sleep } else { Waiting::ReadMode }
            }
            Waiting::Sleep => {
                // The kernel compares and sleeps in one step.
                next.fence(CONSUMER);
                let is_same = state.memory[Word::Event as usize] == state.expected;
                if is_same { Waiting::Asleep } else { Waiting::LowerTicket }
            }
            Waiting::LowerTicket => {
                let ticket = state.load(CONSUMER, Word::Ticket);
                next.store(CONSUMER, Word::Ticket, ticket + 1);
                Waiting::Look
            }
            Waiting::Asleep | Waiting::Done => return None,
        };
        Some(next)
    }

    /// Whether some order of events leaves the consumer asleep for ever; and how many states there are.
    fn gets_stuck(&self) -> (bool, usize) {
        let mut seen = HashSet::new();
        let mut open = vec![self.start()];
        while let Some(state) = open.pop() {
            let mut nexts: Vec<State> = self.produce(&state).into_iter().chain(self.consume(&state)).collect();
            for processor in [PRODUCER, CONSUMER] {
                let mut next = state.clone();
                if next.arrive(processor) {
                    nexts.push(next);
                }
            }
            if nexts.is_empty() && state.waiting != Waiting::Done {
                return (true, seen.len());
            }
            open.extend(nexts.into_iter().filter(|next| seen.insert(next.clone())));
        }
        (false, seen.len())
    }
}

fn gets_stuck(modes: [u8; 2], mutant: Mutant) -> bool {
    let (is_stuck, states) = Model { modes, each: 2, mutant }.gets_stuck();
    assert!(is_stuck || states > 1000, "only {states} states were reached");
    is_stuck
}

#[test]
fn nobody_sleeps_through_a_message() {
    for modes in [[ASYMMETRIC; 2], [FULL; 2], [ASYMMETRIC, FULL], [FULL, ASYMMETRIC]] {
        assert!(!gets_stuck(modes, Mutant::None), "{modes:?}");
    }
}

#[test]
fn whatever_is_left_out_is_missed() {
    for (modes, mutant) in [
        ([FULL; 2], Mutant::NoPublisherFence),
        ([FULL; 2], Mutant::NoWaiterFence),
        ([ASYMMETRIC; 2], Mutant::NoMembarrier),
        ([FULL, ASYMMETRIC], Mutant::NoSecondLookAtMode),
        ([FULL, ASYMMETRIC], Mutant::NoFenceAtClaim),
        ([ASYMMETRIC; 2], Mutant::NoSecondLookAtCursor),
        ([FULL; 2], Mutant::NoSecondLookAtCursor),
        ([ASYMMETRIC; 2], Mutant::RemembersWithoutWaking),
    ] {
        assert!(gets_stuck(modes, mutant), "{mutant:?} with {modes:?} is not found");
    }
}
