//! The steps of the protocol at which a process can be stopped or killed by tests.
//!
//! Each of them stands in front of one store to shared memory, one system call or one fence: a process that ends at a
//! step has done everything in front of it and not the step itself. [`reach`] is called there. Stores reach their step
//! by themselves, since [`Words`](crate::words::Words) has no store without one; all else says
//! `steps::reach(Step::ClaimLock)` on the line above.
//!
//! The names are one list for all implementations: `tests/crash/points.txt`. A step that is added here is added there,
//! and a test of this file compares the two.
//!
//! [`reach`] is nothing at all unless the feature `crash-points` is on, which only tests turn on. Then a process kills
//! itself at the step that `RINGGEN_CRASH_AT` names: `park.ticket-odd`, or `park.ticket-odd:3` for the third time that
//! it gets there. To the file that `RINGGEN_STEPS` names it adds a line for each step that it gets to.

macro_rules! steps {
    ($($step:ident = $name:literal,)*) => {
        /// What a process is about to do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Step {
            $(#[doc = concat!("`", $name, "`")] $step,)*
        }

        impl Step {
            /// All of them, in the order of the list.
            #[cfg(any(test, feature = "crash-points", feature = "mutants"))]
            pub(crate) const ALL: &[Step] = &[$(Step::$step,)*];

            /// Its name in the list.
            #[cfg(any(test, feature = "crash-points", feature = "mutants"))]
            pub(crate) const fn name(self) -> &'static str {
                match self {
                    $(Step::$step => $name,)*
                }
            }
        }
    };
}

steps! {
    CreateTemporary = "create.temporary",
    CreateLock = "create.lock",
    CreateAllocate = "create.allocate",
    CreateHeader = "create.header",
    CreateSchema = "create.schema",
    CreateCursors = "create.cursors",
    CreatePublish = "create.publish",
    CreateMap = "create.map",
    AttachOpen = "attach.open",
    AttachMap = "attach.map",
    ClaimOpen = "claim.open",
    ClaimMap = "claim.map",
    ClaimLock = "claim.lock",
    ClaimLook = "claim.look",
    ClaimEpoch = "claim.epoch",
    ClaimPid = "claim.pid",
    ClaimStart = "claim.start",
    ClaimTicket = "claim.ticket",
    ClaimFenceMode = "claim.fence-mode",
    ClaimState = "claim.state",
    ClaimFence = "claim.fence",
    LookHighWater = "look.high-water",
    LookStall = "look.stall",
    PushSlot = "push.slot",
    PushCursor = "push.cursor",
    PopSlot = "pop.slot",
    PopCursor = "pop.cursor",
    NotifyFence = "notify.fence",
    NotifyEvent = "notify.event",
    NotifyCount = "notify.count",
    NotifyWake = "notify.wake",
    ParkCount = "park.count",
    ParkWant = "park.want",
    ParkTicketOdd = "park.ticket-odd",
    ParkFence = "park.fence",
    ParkSleep = "park.sleep",
    ParkTicketEven = "park.ticket-even",
    EndState = "end.state",
    EndEvent = "end.event",
    EndCount = "end.count",
    EndWake = "end.wake",
    EndUnlock = "end.unlock",
    UnlinkLock = "unlink.lock",
    UnlinkLook = "unlink.look",
    UnlinkRemove = "unlink.remove",
    GcLock = "gc.lock",
}

/// A step is about to be done.
#[cfg(not(feature = "crash-points"))]
#[inline(always)]
pub(crate) const fn reach(_: Step) {}

#[cfg(feature = "crash-points")]
pub(crate) use armed::reach;

#[cfg(feature = "crash-points")]
mod armed {
    use std::fs::{File, OpenOptions};
    use std::io::Write;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::Step;

    /// Where this process ends, and how often it goes on there first.
    struct Point {
        step: Step,
        passes: AtomicU64,
    }

    static POINT: OnceLock<Option<Point>> = OnceLock::new();
    static TRACE: OnceLock<Option<File>> = OnceLock::new();

    /// Ends this process if this is where it is to end.
    #[inline]
    pub(crate) fn reach(step: Step) {
        if let Some(mut file) = TRACE.get_or_init(trace).as_ref() {
            writeln!(file, "{}", step.name()).expect("the file of steps can be written");
        }
        if let Some(point) = POINT.get_or_init(point)
            && point.step == step
            && point.passes.fetch_sub(1, Ordering::Relaxed) == 0
        {
            kill();
        }
    }

    fn trace() -> Option<File> {
        let path = std::env::var_os("RINGGEN_STEPS")?;
        Some(OpenOptions::new().append(true).create(true).open(path).expect("RINGGEN_STEPS names a file"))
    }

    fn point() -> Option<Point> {
        let value = std::env::var("RINGGEN_CRASH_AT").ok()?;
        let (name, time) = value.split_once(':').unwrap_or((&value, "1"));
        let step = Step::ALL.iter().copied().find(|step| step.name() == name);
        let step = step.unwrap_or_else(|| panic!("RINGGEN_CRASH_AT names no step: {name}"));
        let time: u64 = time.parse().expect("RINGGEN_CRASH_AT is `name` or `name:time`");
        Some(Point { step, passes: AtomicU64::new(time.checked_sub(1).expect("times are counted from 1")) })
    }

    /// As if from outside: no destructor runs, no handler, and no buffer is written.
    #[cold]
    fn kill() {
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        loop {
            std::thread::park();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_are_those_of_the_list() {
        let list = include_str!("../../tests/crash/points.txt");
        let listed: Vec<&str> = list
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(|line| line.split_whitespace().next().expect("a line of the list begins with a name"))
            .collect();
        let known: Vec<&str> = Step::ALL.iter().map(|step| step.name()).collect();
        assert_eq!(known, listed, "steps here, and points in tests/crash/points.txt");
    }

    #[test]
    fn names_are_in_kebab_case_and_all_different() {
        let mut names: Vec<&str> = Step::ALL.iter().map(|step| step.name()).collect();
        for name in &names {
            let (operation, step) = name.split_once('.').expect("a name is `operation.step`");
            assert!(operation.chars().all(|c| c.is_ascii_lowercase()), "{name}");
            assert!(step.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{name}");
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Step::ALL.len());
    }
}
