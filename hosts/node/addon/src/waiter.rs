//! One thread a process that sleeps for every event loop in it, on any number of rings at once.
//!
//! libuv's pool has four threads, so four parked rings would starve everything else that uses it. This thread sleeps
//! on all words with one `futex_waitv`, and on a word of its own, the doorbell, that is rung when there is another
//! one to sleep on.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use napi::bindgen_prelude::Function;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;
use rustix::thread::futex;
use rustix::time::{ClockId, clock_gettime};

use crate::error::{Code, Result, error};
use crate::role::{Held, Role, duration, timespec};

/// Tells an event loop that the sleep of this number is over. Does not keep the loop alive.
type Report = ThreadsafeFunction<u32, (), u32, Code, false, true>;

/// The most words that one `futex_waitv` sleeps on, but for the doorbell.
const MOST_WORDS: usize = 127;
/// How long a sleep lasts that can't be on all words at once.
const BLIND: Duration = Duration::from_millis(1);

struct Sleep {
    held: Arc<Held>,
    word: i64,
    expected: u32,
    deadline: Instant,
    number: u32,
    report: Arc<Report>,
}

impl Sleep {
    fn is_over(&self, now: Instant) -> bool {
        self.deadline <= now
            || self.held.word(self.word).map_or(true, |word| word.load(Ordering::Relaxed) != self.expected)
    }

    fn end(self) {
        // Refused only by an event loop that is gone, and then nobody waits.
        self.report.call(self.number, ThreadsafeFunctionCallMode::NonBlocking);
    }
}

struct Waiter {
    new: Mutex<Vec<Sleep>>,
    doorbell: AtomicU32,
}

static WAITER: LazyLock<std::result::Result<Arc<Waiter>, String>> = LazyLock::new(|| {
    let waiter = Arc::new(Waiter { new: Mutex::new(Vec::new()), doorbell: AtomicU32::new(0) });
    let its = Arc::clone(&waiter);
    let thread = std::thread::Builder::new().name("ringgen-waiter".to_string()).spawn(move || its.run());
    thread.map(|_| waiter).map_err(|failure| failure.to_string())
});

impl Waiter {
    fn add(&self, sleep: Sleep) {
        self.new.lock().unwrap_or_else(PoisonError::into_inner).push(sleep);
        self.doorbell.fetch_add(1, Ordering::Release);
        let _ = futex::wake(&self.doorbell, futex::Flags::empty(), 1);
    }

    fn run(&self) {
        let mut sleeps: Vec<Sleep> = Vec::new();
        loop {
            // Read in front of the list: what is added later rings it once more.
            let rung = self.doorbell.load(Ordering::Acquire);
            sleeps.append(&mut self.new.lock().unwrap_or_else(PoisonError::into_inner));
            let now = Instant::now();
            for over in sleeps.extract_if(.., |sleep| sleep.is_over(now)) {
                over.end();
            }
            self.sleep(rung, &sleeps, now);
        }
    }

    /// Sleeps until any of the words changes, the first deadline, or the doorbell.
    fn sleep(&self, rung: u32, sleeps: &[Sleep], now: Instant) {
        let deadline = sleeps.iter().map(|sleep| sleep.deadline).min();
        let mut longest = deadline.map(|deadline| deadline.saturating_duration_since(now));
        if sleeps.len() > MOST_WORDS {
            longest = longest.map(|longest| longest.min(BLIND));
        }
        let mut words = vec![on(&self.doorbell, rung)];
        for sleep in sleeps.iter().take(MOST_WORDS) {
            if let Ok(word) = sleep.held.word(sleep.word) {
                words.push(on(word, sleep.expected));
            }
        }
        let until = longest.map(from_now);
        let slept = futex::waitv(&words, futex::WaitvFlags::empty(), until.as_ref(), ClockId::Monotonic);
        if slept == Err(rustix::io::Errno::NOSYS) {
            // Linux before 5.16: on the doorbell alone, and the other words are looked at often.
            let blind = longest.map(|longest| timespec(longest.min(BLIND)));
            let _ = futex::wait(&self.doorbell, futex::Flags::empty(), rung, blind.as_ref());
        }
    }
}

fn on(word: &AtomicU32, expected: u32) -> futex::Wait {
    let mut wait = futex::Wait::new();
    wait.val = expected.into();
    wait.uaddr = futex::WaitPtr::new(word.as_ptr().cast());
    wait.flags = futex::WaitFlags::SIZE_U32;
    wait
}

/// `futex_waitv` takes a point in time.
fn from_now(duration: Duration) -> futex::Timespec {
    let now = clock_gettime(ClockId::Monotonic);
    let nanoseconds = now.tv_nsec + i64::from(duration.subsec_nanos());
    futex::Timespec {
        tv_sec: now.tv_sec + duration.as_secs().cast_signed() + nanoseconds / 1_000_000_000,
        tv_nsec: nanoseconds % 1_000_000_000,
    }
}

/// The sleeps of one event loop.
#[napi]
pub struct Waits {
    report: Arc<Report>,
}

#[napi]
impl Waits {
    /// `over` is called with the number of each sleep that is over.
    #[napi(constructor)]
    pub fn new(over: Function<'_, u32, ()>) -> Result<Waits> {
        let report = over
            .build_threadsafe_function::<u32>()
            .error_status::<Code>()
            .callee_handled::<false>()
            .weak::<true>()
            .build()
            .map_err(|failure| error("Io", failure))?;
        Ok(Waits { report: Arc::new(report) })
    }

    /// Sleeps, without blocking anybody, until the word is no longer `expected`, it is woken, or the time is up.
    #[napi]
    pub fn wait(&self, role: &Role, word: i64, expected: i32, milliseconds: f64, number: u32) -> Result<()> {
        let waiter = WAITER.as_ref().map_err(|failure| error("Io", format!("no thread to wait with: {failure}")))?;
        role.held().word(word)?;
        waiter.add(Sleep {
            held: Arc::clone(role.held()),
            word,
            expected: expected.cast_unsigned(),
            deadline: Instant::now() + duration(milliseconds),
            number,
            report: Arc::clone(&self.report),
        });
        Ok(())
    }
}
