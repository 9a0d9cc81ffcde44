//! Two sides step by step, and the memory between them.

/// What is left out, or done in another order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    /// The protocol as it is.
    Nothing,
    /// A publisher in mode 2 does not fence between its cursor and the ticket.
    NoPublisherFence,
    /// A waiter beside a publisher in mode 2 does not fence.
    NoWaiterFence,
    /// A waiter does not use `membarrier` beside a publisher in mode 1, but its own fence.
    NoMembarrier,
    /// The odd ticket is stored behind the second look.
    TicketAfterLook,
    /// The event is read behind the second look.
    EventAfterLook,
    /// A waiter does not look at the cursor again behind its fence.
    NoSecondLookAtCursor,
    /// A waiter does not look at the state again behind its fence.
    NoSecondLookAtState,
    /// A waiter does not look at the fence mode again behind its fence.
    NoSecondLookAtMode,
    /// A consumer that has not made all the room that is waited for remembers the ticket as answered.
    RemembersWithoutWaking,
    /// An end wakes nobody.
    CloseWithoutWake,
    /// An end wakes, but leaves the event as it was.
    CloseWithoutEvent,
    /// A consumer that sees a closed state does not look at the cursor once more.
    NoLookBehindClose,
    /// A claim does not fence behind its fence mode.
    NoFenceAtClaim,
    /// A claim starts tickets anew.
    TicketResetAtClaim,
}

/// A role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Publishes.
    Producer,
    /// Takes.
    Consumer,
}

impl Side {
    const BOTH: [Side; 2] = [Side::Producer, Side::Consumer];

    fn peer(self) -> Side {
        match self {
            Side::Producer => Side::Consumer,
            Side::Consumer => Side::Producer,
        }
    }
}

/// How a process stops to hold its role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// Not at all: it is done.
    Stay,
    /// It ends the stream.
    Close,
    /// It leaves the stream to a successor.
    Detach,
    /// It dies, at any step.
    Die,
}

/// A process that holds a role, until its cursor is there.
#[derive(Clone, Copy, Debug)]
pub struct Holder {
    /// How many messages have ever been published, or taken, when it is through.
    pub until: u8,
    /// How it orders its cursor before its look at the other side's ticket.
    pub fence_mode: u8,
    /// What it does then; it may die before.
    pub leave: Leave,
}

/// The words of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Word {
    Cursor,
    Event,
    Ticket,
    Want,
    FenceMode,
    State,
}

const WORDS: usize = 6;

const NEW: u8 = 0;
const ACTIVE: u8 = 1;
const CLOSED: u8 = 2;
const DETACHED: u8 = 3;

/// What a process does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Step {
    ClaimTicket,
    ClaimFenceMode,
    ClaimState,
    ClaimFence,
    Look,
    LookAtState,
    LookBehindState,
    ReadEvent,
    StoreWant,
    RaiseTicket,
    ReadFenceMode,
    ParkFence,
    CursorAgain,
    StateAgain,
    FenceModeAgain,
    Sleep,
    Asleep,
    LowerTicket,
    StoreCursor,
    NotifyFence,
    ReadTicket,
    ReadWant,
    RaiseEvent,
    Wake,
    EndState,
    EndEvent,
    EndWake,
    /// The role is free.
    Gone {
        died: bool,
    },
    Done,
}

/// A process and its processor, whose stores reach memory later, in their order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Process {
    /// Which of its role's holders it is.
    holder: usize,
    step: Step,
    delayed: Vec<(Word, u8)>,
    cursor: u8,
    /// What it saw of the other side, and when it was going to sleep.
    seen: u8,
    seen_state: u8,
    seen_mode: u8,
    seen_ticket: u8,
    expected: u8,
    last_woken: u8,
    /// The other side died when it was about to wake this one: a time slice makes up for that, once.
    slice_is_due: bool,
}

/// Memory, and both processes with their processors.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// By the role whose block it is.
    memory: [[u8; WORDS]; 2],
    processes: [Process; 2],
}

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A process does what comes next.
    Step(Side),
    /// The oldest delayed store of a processor reaches memory.
    Arrive(Side),
    /// A process dies.
    Die(Side),
    /// A time slice ends.
    TimeUp(Side),
}

/// A ring and the processes that hold its roles, one behind the other.
#[derive(Clone, Debug)]
pub struct Machine {
    /// How many slots there are.
    pub capacity: u8,
    /// How many messages the producer publishes at once.
    pub batch: u8,
    /// Who holds the producer's role, one behind the other.
    pub producers: Vec<Holder>,
    /// Who holds the consumer's role, one behind the other.
    pub consumers: Vec<Holder>,
    /// Whether a side whose peer has another fence mode by now sleeps no more, as in Rust, or fences anew, as elsewhere.
    pub gives_up: bool,
    /// What is done wrong.
    pub mutant: Mutant,
}

impl State {
    fn process(&mut self, side: Side) -> &mut Process {
        &mut self.processes[side as usize]
    }

    /// A word of one's own block: stores that are on their way are seen by whoever made them.
    fn own(&self, side: Side, word: Word) -> u8 {
        let delayed = &self.processes[side as usize].delayed;
        let last = delayed.iter().rev().find(|(to, _)| *to == word);
        last.map_or(self.memory[side as usize][word as usize], |(_, value)| *value)
    }

    /// A word of the other side's block.
    fn peers(&self, side: Side, word: Word) -> u8 {
        self.memory[side.peer() as usize][word as usize]
    }

    fn store(&mut self, side: Side, word: Word, value: u8) {
        self.process(side).delayed.push((word, value));
    }

    fn arrive(&mut self, side: Side) {
        let (word, value) = self.process(side).delayed.remove(0);
        self.memory[side as usize][word as usize] = value;
    }

    /// A full fence, or an entry into the kernel.
    fn fence(&mut self, side: Side) {
        while !self.process(side).delayed.is_empty() {
            self.arrive(side);
        }
    }

    fn wake_peer(&mut self, side: Side) {
        self.fence(side);
        let peer = self.process(side.peer());
        if peer.step == Step::Asleep {
            peer.step = Step::LowerTicket;
        }
    }

    /// Whether nobody waits for anything.
    pub fn is_done(&self) -> bool {
        self.processes.iter().all(|process| matches!(process.step, Step::Done | Step::Gone { .. }))
    }

    /// Whether a consumer that has stopped has all that it was to take: so many messages, or all that there will be.
    pub fn is_whole(&self, machine: &Machine) -> bool {
        let consumer = &self.processes[Side::Consumer as usize];
        let until = machine.consumers[consumer.holder].until;
        consumer.step != Step::Done
            || consumer.cursor == until
            || consumer.cursor == self.own(Side::Producer, Word::Cursor)
    }
}

impl Machine {
    /// A new ring, whose roles are about to be claimed.
    pub fn start(&self) -> State {
        let process = || Process {
            holder: 0,
            step: Step::ClaimTicket,
            delayed: Vec::new(),
            cursor: 0,
            seen: 0,
            seen_state: NEW,
            seen_mode: 0,
            seen_ticket: 0,
            expected: 0,
            last_woken: 0,
            slice_is_due: false,
        };
        State { memory: [[0; WORDS]; 2], processes: [process(), process()] }
    }

    fn holders(&self, side: Side) -> &[Holder] {
        match side {
            Side::Producer => &self.producers,
            Side::Consumer => &self.consumers,
        }
    }

    fn holder(&self, state: &State, side: Side) -> Holder {
        self.holders(side)[state.processes[side as usize].holder]
    }

    fn has_successor(&self, state: &State, side: Side) -> bool {
        state.processes[side as usize].holder + 1 < self.holders(side).len()
    }

    /// What can happen now.
    pub fn enabled(&self, state: &State, actions: &mut Vec<Action>) {
        for side in Side::BOTH {
            let process = &state.processes[side as usize];
            let holder = self.holder(state, side);
            match process.step {
                Step::Asleep if self.time_is_up(state, side) => actions.push(Action::TimeUp(side)),
                Step::Asleep | Step::Done => {}
                Step::Gone { .. } if !self.has_successor(state, side) => {}
                Step::Look if holder.leave == Leave::Die && process.cursor >= holder.until => {}
                _ => actions.push(Action::Step(side)),
            }
            if holder.leave == Leave::Die && !matches!(process.step, Step::Gone { .. } | Step::Done) {
                actions.push(Action::Die(side));
            }
            if !process.delayed.is_empty() {
                actions.push(Action::Arrive(side));
            }
        }
    }

    /// Whether the other side has died for good.
    fn is_alone(&self, state: &State, side: Side) -> bool {
        let peer = side.peer();
        state.processes[peer as usize].step == (Step::Gone { died: true }) && !self.has_successor(state, peer)
    }

    /// Whether the end of a time slice shows a sleeper something that nobody else would tell it.
    fn time_is_up(&self, state: &State, side: Side) -> bool {
        let process = &state.processes[side as usize];
        let now = [Word::Cursor, Word::State, Word::FenceMode].map(|word| state.peers(side, word));
        let is_short = !matches!(process.seen_mode, crate::ASYMMETRIC | crate::FULL);
        process.slice_is_due
            || self.is_alone(state, side)
            || (is_short && now != [process.seen, process.seen_state, process.seen_mode])
    }

    /// What is then.
    pub fn after(&self, state: &State, action: Action) -> State {
        let mut next = state.clone();
        match action {
            Action::Arrive(side) => next.arrive(side),
            Action::Step(side) => self.step(&mut next, side),
            Action::Die(side) => {
                // What a processor has stored arrives, whatever becomes of the process; the kernel's lock goes later.
                next.fence(side);
                let step = next.process(side).step;
                let process = next.process(side);
                let (holder, cursor, slice_is_due) = (process.holder, process.cursor, process.slice_is_due);
                let fresh = self.start().processes[side as usize].clone();
                *process = Process { holder, cursor, slice_is_due, step: Step::Gone { died: true }, ..fresh };
                next.process(side.peer()).slice_is_due |= matches!(
                    step,
                    Step::NotifyFence
                        | Step::ReadTicket
                        | Step::ReadWant
                        | Step::RaiseEvent
                        | Step::Wake
                        | Step::EndEvent
                        | Step::EndWake
                );
            }
            Action::TimeUp(side) => {
                let is_new = next.peers(side, Word::Cursor) != next.process(side).seen;
                let is_alone = self.is_alone(state, side);
                next.process(side).slice_is_due = false;
                // Behind the free lock there is nothing new: the other side has died.
                next.process(side).step = if is_alone && !is_new { Step::Done } else { Step::LowerTicket };
            }
        }
        next
    }

    /// How much a side can do, by what it has seen.
    fn available(&self, process: &Process, side: Side) -> u8 {
        match side {
            Side::Producer => self.capacity - (process.cursor - process.seen),
            Side::Consumer => process.seen - process.cursor,
        }
    }

    fn needed(&self, side: Side) -> u8 {
        match side {
            Side::Producer => self.batch,
            Side::Consumer => 1,
        }
    }

    fn can_move(&self, next: &mut State, side: Side) -> bool {
        next.process(side).seen = next.peers(side, Word::Cursor);
        self.available(&next.processes[side as usize], side) >= self.needed(side)
    }

    fn step(&self, next: &mut State, side: Side) {
        let mutant = self.mutant;
        let holder = self.holder(next, side);
        let step = next.process(side).step;
        next.process(side).step = match step {
            Step::Gone { .. } => {
                let (cursor, seen) = (next.own(side, Word::Cursor), next.peers(side, Word::Cursor));
                let process = next.process(side);
                let (holder, slice_is_due) = (process.holder + 1, process.slice_is_due);
                *process =
                    Process { holder, cursor, seen, slice_is_due, ..self.start().processes[side as usize].clone() };
                Step::ClaimTicket
            }
            Step::ClaimTicket => {
                let ticket = next.own(side, Word::Ticket);
                let is_reset = mutant == Mutant::TicketResetAtClaim;
                next.store(side, Word::Ticket, if is_reset { 0 } else { ticket + (ticket & 1) });
                Step::ClaimFenceMode
            }
            Step::ClaimFenceMode => {
                next.store(side, Word::FenceMode, holder.fence_mode);
                Step::ClaimState
            }
            Step::ClaimState => {
                next.store(side, Word::State, ACTIVE);
                Step::ClaimFence
            }
            Step::ClaimFence => {
                if mutant != Mutant::NoFenceAtClaim {
                    next.fence(side);
                }
                Step::Look
            }
            Step::Look if next.process(side).cursor >= holder.until => match holder.leave {
                Leave::Close | Leave::Detach => Step::EndState,
                Leave::Stay | Leave::Die => Step::Done,
            },
            Step::Look => {
                if self.can_move(next, side) {
                    Step::StoreCursor
                } else {
                    Step::LookAtState
                }
            }
            Step::LookAtState => {
                let state = next.peers(side, Word::State);
                next.process(side).seen_state = state;
                if matches!(state, CLOSED | DETACHED) { Step::LookBehindState } else { self.before_sleep(side) }
            }
            Step::LookBehindState => {
                let has_ended = side == Side::Consumer && next.process(side).seen_state == CLOSED;
                if mutant != Mutant::NoLookBehindClose && self.can_move(next, side) {
                    Step::StoreCursor
                } else if has_ended {
                    Step::Done
                } else {
                    self.before_sleep(side)
                }
            }
            Step::ReadEvent => {
                next.process(side).expected = next.peers(side, Word::Event);
                if mutant == Mutant::EventAfterLook { Step::Sleep } else { self.behind_event(side) }
            }
            Step::StoreWant => {
                let process = &next.processes[side as usize];
                let want = process.seen + (self.needed(side) - self.available(process, side));
                next.store(side, Word::Want, want);
                if mutant == Mutant::TicketAfterLook { Step::ReadFenceMode } else { Step::RaiseTicket }
            }
            Step::RaiseTicket => {
                let ticket = next.own(side, Word::Ticket);
                next.store(side, Word::Ticket, (ticket + 1) | 1);
                if mutant == Mutant::TicketAfterLook { Step::Sleep } else { Step::ReadFenceMode }
            }
            Step::ReadFenceMode => {
                next.process(side).seen_mode = next.peers(side, Word::FenceMode);
                Step::ParkFence
            }
            Step::ParkFence => {
                if next.process(side).seen_mode == crate::ASYMMETRIC {
                    next.fence(side);
                    // It reaches processes that have registered: those whose mode is 1.
                    let is_registered = self.holder(next, side.peer()).fence_mode == crate::ASYMMETRIC;
                    if mutant != Mutant::NoMembarrier && is_registered {
                        next.fence(side.peer());
                    }
                } else if mutant != Mutant::NoWaiterFence {
                    next.fence(side);
                }
                Step::CursorAgain
            }
            Step::CursorAgain => {
                let is_new = next.peers(side, Word::Cursor) != next.process(side).seen;
                if is_new && mutant != Mutant::NoSecondLookAtCursor { Step::LowerTicket } else { Step::StateAgain }
            }
            Step::StateAgain => {
                let is_new = next.peers(side, Word::State) != next.process(side).seen_state;
                if is_new && mutant != Mutant::NoSecondLookAtState { Step::LowerTicket } else { Step::FenceModeAgain }
            }
            Step::FenceModeAgain => {
                let is_new = next.peers(side, Word::FenceMode) != next.process(side).seen_mode;
                match mutant {
                    _ if is_new && mutant != Mutant::NoSecondLookAtMode && self.gives_up => Step::LowerTicket,
                    _ if is_new && mutant != Mutant::NoSecondLookAtMode => Step::ReadFenceMode,
                    Mutant::TicketAfterLook => Step::RaiseTicket,
                    Mutant::EventAfterLook => Step::ReadEvent,
                    _ => Step::Sleep,
                }
            }
            Step::Sleep => {
                // The kernel compares and sleeps in one step.
                next.fence(side);
                let is_same = next.peers(side, Word::Event) == next.process(side).expected;
                if is_same { Step::Asleep } else { Step::LowerTicket }
            }
            Step::LowerTicket => {
                let ticket = next.own(side, Word::Ticket);
                next.store(side, Word::Ticket, ticket + (ticket & 1));
                let process = next.process(side);
                (process.expected, process.seen_state, process.seen_mode) = (0, 0, 0);
                Step::Look
            }
            Step::StoreCursor => {
                let cursor = next.process(side).cursor + self.needed(side);
                next.process(side).cursor = cursor;
                next.store(side, Word::Cursor, cursor);
                next.process(side).seen_state = 0;
                // Another mode has no fence to wait for.
                if holder.fence_mode == crate::FULL { Step::NotifyFence } else { Step::ReadTicket }
            }
            Step::NotifyFence => {
                if mutant != Mutant::NoPublisherFence {
                    next.fence(side);
                }
                Step::ReadTicket
            }
            Step::ReadTicket => {
                let ticket = next.peers(side, Word::Ticket);
                let process = next.process(side);
                if ticket & 1 == 0 || ticket == process.last_woken {
                    Step::Look
                } else {
                    process.seen_ticket = ticket;
                    if side == Side::Consumer { Step::ReadWant } else { Step::RaiseEvent }
                }
            }
            Step::ReadWant => {
                let want = next.peers(side, Word::Want);
                let process = next.process(side);
                if process.cursor >= want {
                    Step::RaiseEvent
                } else {
                    if mutant == Mutant::RemembersWithoutWaking {
                        process.last_woken = process.seen_ticket;
                    }
                    process.seen_ticket = 0;
                    Step::Look
                }
            }
            Step::RaiseEvent => {
                let event = next.own(side, Word::Event);
                let process = next.process(side);
                process.last_woken = process.seen_ticket;
                process.seen_ticket = 0;
                next.store(side, Word::Event, event + 1);
                Step::Wake
            }
            Step::Wake => {
                next.wake_peer(side);
                Step::Look
            }
            Step::EndState => {
                let state = if holder.leave == Leave::Close { CLOSED } else { DETACHED };
                next.store(side, Word::State, state);
                match mutant {
                    Mutant::CloseWithoutWake => {
                        // The unlock is an entry into the kernel.
                        next.fence(side);
                        Step::Gone { died: false }
                    }
                    Mutant::CloseWithoutEvent => Step::EndWake,
                    _ => Step::EndEvent,
                }
            }
            Step::EndEvent => {
                let event = next.own(side, Word::Event);
                next.store(side, Word::Event, event + 1);
                Step::EndWake
            }
            Step::EndWake => {
                next.wake_peer(side);
                Step::Gone { died: false }
            }
            Step::Asleep | Step::Done => unreachable!("nothing is done asleep, or behind the end"),
        };
    }

    fn before_sleep(&self, side: Side) -> Step {
        if self.mutant == Mutant::EventAfterLook { self.behind_event(side) } else { Step::ReadEvent }
    }

    fn behind_event(&self, side: Side) -> Step {
        match side {
            Side::Producer => Step::StoreWant,
            Side::Consumer if self.mutant == Mutant::TicketAfterLook => Step::ReadFenceMode,
            Side::Consumer => Step::RaiseTicket,
        }
    }
}
