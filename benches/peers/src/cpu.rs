//! CPUs and clocks.
#![allow(unsafe_code, reason = "calls of the operating system")]

use std::sync::OnceLock;
use std::time::Duration;

use crate::Result;

/// The two CPUs that everything runs on: the first two that this process might use when it was started.
pub(crate) fn pair() -> Result<[usize; 2]> {
    static PAIR: OnceLock<Option<[usize; 2]>> = OnceLock::new();
    PAIR.get_or_init(first_two).ok_or_else(|| "two CPUs are needed: one for each side".into())
}

fn first_two() -> Option<[usize; 2]> {
    // SAFETY: a set of bits, for which zero is the empty one.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    // SAFETY: writes to the set that lives here.
    unsafe { libc::sched_getaffinity(0, size_of::<libc::cpu_set_t>(), &raw mut set) };
    // SAFETY: numbers below the size of the set.
    let mut cpus = (0..libc::CPU_SETSIZE as usize).filter(|&cpu| unsafe { libc::CPU_ISSET(cpu, &set) });
    Some([cpus.next()?, cpus.next()?])
}

/// How many the machine has.
pub(crate) fn count() -> i64 {
    // SAFETY: asks for a number.
    unsafe { libc::sysconf(libc::_SC_NPROCESSORS_ONLN) }
}

/// Keeps this thread, and the processes and threads that it starts, on one CPU.
pub(crate) fn pin(cpu: usize) -> Result {
    // SAFETY: a set of bits, for which zero is the empty one.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    // SAFETY: the number of a CPU, far below the size of the set.
    unsafe { libc::CPU_SET(cpu, &mut set) };
    // SAFETY: reads the set that lives here.
    if unsafe { libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &raw const set) } != 0 {
        return Err(format!("can't stay on CPU {cpu}: {}", std::io::Error::last_os_error()).into());
    }
    Ok(())
}

/// Nanoseconds of the clock that all processes of the machine share.
#[inline]
pub(crate) fn now() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: writes to the value that lives here.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// What this thread has used of a CPU so far, in its program and in the kernel.
pub(crate) fn used() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: writes to the value that lives here.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
