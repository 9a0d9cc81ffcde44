//! The thread that sleeps for all tasks of a process.
//!
//! ```text
//!   task      finds nothing ─▶ asks: what for, and whom to wake ─▶ nudges
//!   thread    for each that asks: ticket odd ─▶ settle ─▶ futex_waitv over all events and the nudges
//!             ─▶ tickets even ─▶ wakes the tasks whose rings have moved
//! ```
//! A task takes out its messages itself, and a ring that has some is none of the thread's business: with messages there,
//! nothing here is touched. One thread sleeps for 127 ends, as many as one system call takes; only beyond that is there
//! another. While nobody asks, it sleeps without a timeout.

use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::Waker;
use std::thread;
use std::time::{Duration, Instant};

use ringgen_layout::ring::{self, block};

use crate::fork;
use crate::park::{self, Parking, SLICE, Sight, UNFENCED_SLICE};
use crate::raw::Shared;
use crate::role::{RawRole, Role, RoleLock};
use crate::steps::{self, Step};
use crate::sync::{AtomicU32, Ordering};
use crate::sys;
use crate::trace;
use crate::wait_set;
use crate::words::Words;

/// How many ends one thread sleeps for: as many as one call takes, beside the word by which it is nudged.
const SEATS: usize = 127;

/// The threads of a process. A forked child has none of its parent's, so it has a list of its own.
struct Process {
    generation: u64,
    threads: Mutex<Vec<&'static Sleeper>>,
    child: OnceLock<Box<Process>>,
}

impl Process {
    fn new(generation: u64) -> Self {
        Process { generation, threads: Mutex::default(), child: OnceLock::new() }
    }

    fn this() -> &'static Process {
        static FIRST: OnceLock<Process> = OnceLock::new();
        let generation = fork::generation();
        // A fork in the midst of it would leave a child that waits for it for ever.
        fork::undivided(|| {
            let mut process = FIRST.get_or_init(|| Process::new(generation));
            while process.generation != generation {
                process = process.child.get_or_init(|| Box::new(Process::new(generation)));
            }
            process
        })
    }
}

/// One thread that sleeps for tasks, and what it sleeps for.
#[derive(Debug)]
struct Sleeper {
    /// Bumped whenever there is something new to sleep for. Lies in private memory.
    nudges: AtomicU32,
    members: Mutex<Vec<Arc<Member>>>,
    seats: Mutex<usize>,
}

/// An end that tasks wait for.
#[derive(Debug)]
struct Member {
    words: Shared,
    role: Role,
    lock: RoleLock,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    request: Option<Request>,
    /// Whether the thread has this end's ticket odd, and is to make it even.
    is_parked: bool,
    /// Whether the peer seems to be gone: the task is to find out.
    is_peer_suspect: bool,
}

/// What a task waits for.
#[derive(Debug)]
struct Request {
    sight: Sight,
    waker: Waker,
    /// When the kernel was asked last whether the peer lives, or else when the task came.
    asked: Instant,
}

/// What there is to do for a member.
enum Work<'a> {
    Nothing,
    Wake(Waker),
    Sleep(Parking<'a, Shared>, Instant),
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Member {
    /// Whether the task is to be woken; otherwise, says that this end is about to sleep.
    fn prepare(&self, now: Instant) -> Work<'_> {
        let mut state = lock(&self.state);
        let Some(mut request) = state.request.take() else { return Work::Nothing };
        let peer = self.role.peer();
        let cursor = self.words.acquire64(peer, block::CURSOR);
        let peer_state = self.words.acquire32(peer, block::STATE);
        let has_moved =
            cursor >= request.sight.want || cursor < request.sight.seen || peer_state != request.sight.state;
        if !has_moved && now >= request.asked + SLICE {
            request.asked = now;
            state.is_peer_suspect = match (self.role, peer_state) {
                (Role::Producer, ring::STATE_DETACHED) => true,
                (_, ring::STATE_ACTIVE) => !self.lock.sees_held(peer).unwrap_or(true),
                _ => false,
            };
        }
        if has_moved || state.is_peer_suspect {
            return Work::Wake(request.waker);
        }
        request.sight.seen = cursor;
        let work = Work::Sleep(Parking::begin(&self.words, self.role, request.sight), request.asked + SLICE);
        state.is_parked = true;
        state.request = Some(request);
        work
    }

    /// Says that this end is awake, unless its owner has said so, or is gone.
    fn wake(&self, parking: Parking<'_, Shared>) {
        let mut state = lock(&self.state);
        if state.is_parked {
            state.is_parked = false;
            parking.end();
        }
    }

    /// Forgets what was asked for: the words of this end are the caller's again.
    fn withdraw(&self) {
        let mut state = lock(&self.state);
        state.is_peer_suspect = false;
        if state.is_parked {
            state.is_parked = false;
            park::rise(&self.words, self.role);
        }
        let request = state.request.take();
        drop(state);
        // A waker may run what it likes when it is dropped.
        drop(request);
    }
}

impl Sleeper {
    fn start() -> io::Result<&'static Sleeper> {
        // For as long as the process lives, as its thread.
        let sleeper: &'static Sleeper =
            Box::leak(Box::new(Sleeper { nudges: AtomicU32::new(0), members: Mutex::default(), seats: Mutex::new(0) }));
        thread::Builder::new().name("ringgen-waiter".into()).spawn(move || sleeper.run())?;
        Ok(sleeper)
    }

    fn nudge(&self) {
        self.nudges.fetch_add(1, Ordering::Release);
        sys::futex_wake_own(&self.nudges);
    }

    fn run(&self) -> ! {
        loop {
            let nudges = self.nudges.load(Ordering::Acquire);
            let members = lock(&self.members).clone();
            let now = Instant::now();
            let mut wakers = Vec::new();
            let (mut sides, mut sleeping) = (Vec::new(), Vec::new());
            let mut due = None;
            for member in &members {
                match member.prepare(now) {
                    Work::Nothing => {}
                    Work::Wake(waker) => wakers.push(waker),
                    Work::Sleep(side, until) => {
                        sides.push(side);
                        sleeping.push(member);
                        due = Some(due.map_or(until, |due: Instant| due.min(until)));
                    }
                }
            }
            for waker in wakers {
                // A waker that panics is its executor's mistake, and no reason to let all other tasks sleep for ever.
                let _ = panic::catch_unwind(AssertUnwindSafe(|| waker.wake()));
            }
            // Without anything to sleep for, until a nudge.
            let slice = due.map_or(Duration::MAX, |due| due.saturating_duration_since(now));
            if sides.is_empty() {
                sys::futex_wait_any([].into_iter(), (&self.nudges, nudges), slice, slice);
            } else if let Some(longest) = park::settle(&mut sides) {
                trace::parked_for_tasks(sides.len());
                let own = (&self.nudges, nudges);
                steps::reach(Step::ParkSleep);
                sys::futex_wait_any(wait_set::events(&sides), own, slice.min(longest), UNFENCED_SLICE);
            }
            for (member, side) in sleeping.into_iter().zip(sides) {
                member.wake(side);
            }
        }
    }
}

/// Room for an end with a thread.
#[derive(Debug)]
pub(crate) struct Seat {
    sleeper: &'static Sleeper,
    generation: u64,
}

impl Seat {
    /// Finds a thread with room, and starts one if there is none.
    pub(crate) fn take() -> io::Result<Seat> {
        let process = Process::this();
        let generation = process.generation;
        let mut threads = lock(&process.threads);
        for &sleeper in threads.iter() {
            let mut seats = lock(&sleeper.seats);
            if *seats < SEATS {
                *seats += 1;
                return Ok(Seat { sleeper, generation });
            }
        }
        let sleeper = Sleeper::start()?;
        *lock(&sleeper.seats) += 1;
        threads.push(sleeper);
        Ok(Seat { sleeper, generation })
    }

    /// Has the thread sleep for this end whenever it is asked to. The end must outlive the registration.
    pub(crate) fn register(self, role: &RawRole) -> Registration {
        let member = Arc::new(Member {
            words: role.protocol.words.clone(),
            role: role.role(),
            lock: role.lock(),
            state: Mutex::default(),
        });
        lock(&self.sleeper.members).push(Arc::clone(&member));
        Registration { seat: self, member }
    }

    /// Whether this is a forked child, which has no such thread, and where other threads may have had the locks.
    fn is_forked(&self) -> bool {
        self.generation != fork::generation()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if !self.is_forked() {
            *lock(&self.sleeper.seats) -= 1;
        }
    }
}

/// An end that tasks wait for, as they see it.
#[derive(Debug)]
pub(crate) struct Registration {
    seat: Seat,
    member: Arc<Member>,
}

impl Registration {
    /// Whether the peer seemed to be gone when the thread looked last.
    pub(crate) fn take_suspicion(&self) -> bool {
        std::mem::take(&mut lock(&self.member.state).is_peer_suspect)
    }

    /// Has the task woken when there may be what it waits for. A look has just shown nothing.
    pub(crate) fn ask(&self, sight: Sight, waker: &Waker) {
        let mut state = lock(&self.member.state);
        let old = match &mut state.request {
            // A future that was dropped has asked for the same.
            Some(request) if request.sight.want == sight.want => {
                if request.waker.will_wake(waker) {
                    return;
                }
                std::mem::replace(&mut request.waker, waker.clone())
            }
            request => {
                let old = request.replace(Request { sight, waker: waker.clone(), asked: Instant::now() });
                drop(state);
                self.seat.sleeper.nudge();
                return drop(old);
            }
        };
        drop(state);
        drop(old);
    }

    /// Forgets what was asked for, so that the owner of the end may sleep itself.
    pub(crate) fn withdraw(&self) {
        if !self.seat.is_forked() {
            self.member.withdraw();
        }
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        if !self.seat.is_forked() {
            self.member.withdraw();
            lock(&self.seat.sleeper.members).retain(|member| !Arc::ptr_eq(member, &self.member));
        }
    }
}
