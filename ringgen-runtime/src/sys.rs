//! The system calls that no safe crate offers: locks of open file descriptions, futexes on read-only words, fork
//! handlers; and what the kernel says of this machine and process.
#![allow(unsafe_code)] // Calls into libc; each argument is made right beside its call.

use std::fs;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};
use std::time::Duration;

use rustix::io::Errno;
use rustix::thread::{CpuSet, futex, sched_setaffinity};
use rustix::time::Timespec;

use crate::sync::{AtomicBool, AtomicU32, Ordering};

/// Bytes of a file, for locks: from `start` on, `length` of them, or with 0 all that a file could ever have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bytes {
    pub(crate) start: u64,
    pub(crate) length: u64,
}

/// Takes the write lock on these bytes for this open file description; `false` if another one has any of them.
pub(crate) fn lock(fd: BorrowedFd<'_>, bytes: Bytes) -> io::Result<bool> {
    match fcntl_lock(fd, libc::F_OFD_SETLK, libc::F_WRLCK, bytes) {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.raw_os_error(), Some(libc::EAGAIN | libc::EACCES)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Gives the lock on these bytes back.
pub(crate) fn unlock(fd: BorrowedFd<'_>, bytes: Bytes) -> io::Result<()> {
    fcntl_lock(fd, libc::F_OFD_SETLK, libc::F_UNLCK, bytes).map(drop)
}

/// A lock that another open file description has on any of these bytes: where it starts.
pub(crate) fn lock_of_another(fd: BorrowedFd<'_>, bytes: Bytes) -> io::Result<Option<u64>> {
    let lock = fcntl_lock(fd, libc::F_OFD_GETLK, libc::F_WRLCK, bytes)?;
    Ok((lock.l_type != libc::F_UNLCK as libc::c_short).then_some(lock.l_start as u64))
}

fn fcntl_lock(fd: BorrowedFd<'_>, command: libc::c_int, kind: libc::c_int, bytes: Bytes) -> io::Result<libc::flock> {
    let mut lock = libc::flock {
        l_type: kind as libc::c_short,
        l_whence: libc::SEEK_SET as libc::c_short,
        l_start: bytes.start as libc::off_t,
        l_len: bytes.length as libc::off_t,
        l_pid: 0, // The kernel insists on it for locks of open file descriptions.
    };
    loop {
        // SAFETY: `fd` is open for as long as it is borrowed, and `lock` is a whole `flock` that lives here.
        let result = unsafe { libc::fcntl(fd.as_raw_fd(), command, &raw mut lock) };
        if result == 0 {
            return Ok(lock);
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

/// Sleeps while `word` is `expected`, for `slice` at most. Wakes without a reason too: look again afterwards.
///
/// The word may lie on a page that is read-only here; the kernel only reads it.
pub(crate) fn futex_wait(word: &AtomicU32, expected: u32, slice: Duration) {
    let timeout =
        libc::timespec { tv_sec: slice.as_secs() as libc::time_t, tv_nsec: libc::c_long::from(slice.subsec_nanos()) };
    // SAFETY: the word is borrowed and the timeout lives here; the other arguments of FUTEX_WAIT are not looked at.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAIT, expected, &raw const timeout) };
}

/// Wakes one sleeper on `word`.
pub(crate) fn futex_wake(word: &AtomicU32) {
    // SAFETY: the word is borrowed; FUTEX_WAKE uses its address alone.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE, 1) };
}

/// The most words that one call can wait for.
const MOST_WORDS: usize = 128;

/// Sleeps while each of the `shared` words is what it is expected to be, and so is `own`, which lies in private memory;
/// for `slice` at most. Wakes without a reason too. `false` if it can't be woken by some of the words, and has slept for
/// `short` at most instead: where there are more than 127 of them, or on a kernel that can't wait for several (before 5.16,
/// or in a sandbox that doesn't know the call).
pub(crate) fn futex_wait_any<'a>(
    shared: impl Iterator<Item = (&'a AtomicU32, u32)>,
    own: (&AtomicU32, u32),
    slice: Duration,
    short: Duration,
) -> bool {
    /// Whether the kernel has said that it does not know the call.
    static IS_UNKNOWN: AtomicBool = AtomicBool::new(false);
    let word = |(word, expected): (&AtomicU32, u32), flags| {
        let mut wait = futex::Wait::new();
        wait.val = expected.into();
        wait.uaddr = futex::WaitPtr::new(word.as_ptr().cast());
        wait.flags = futex::WaitFlags::SIZE_U32 | flags;
        wait
    };
    let mut words = vec![word(own, futex::WaitFlags::PRIVATE)];
    words.extend(shared.map(|shared| word(shared, futex::WaitFlags::empty())));
    let is_all = words.len() <= MOST_WORDS;
    words.truncate(MOST_WORDS);
    let clock = rustix::time::ClockId::Monotonic;
    let now = rustix::time::clock_gettime(clock);
    let slept = if IS_UNKNOWN.load(Ordering::Relaxed) {
        Err(Errno::NOSYS)
    } else {
        let until = Timespec::try_from(if is_all { slice } else { slice.min(short) })
            .ok()
            .and_then(|for_| now.checked_add(for_));
        futex::waitv(&words, futex::WaitvFlags::empty(), until.as_ref(), futex::ClockId::Monotonic)
    };
    match slept {
        // A word has another value by now; a signal; time is up.
        Ok(_) | Err(Errno::AGAIN | Errno::INTR | Errno::TIMEDOUT) => return is_all,
        Err(Errno::NOSYS | Errno::PERM) => IS_UNKNOWN.store(true, Ordering::Relaxed),
        Err(_) => {}
    }
    let is_alone = words.len() == 1;
    let timeout = Timespec::try_from(if is_alone { slice } else { slice.min(short) }).ok();
    let _ = futex::wait(own.0, futex::Flags::PRIVATE, own.1, timeout.as_ref());
    is_alone
}

/// Wakes all sleepers on a word in private memory.
pub(crate) fn futex_wake_own(word: &AtomicU32) {
    let _ = futex::wake(word, futex::Flags::PRIVATE, i32::MAX as u32);
}

/// Has `prepare` and `parent` run in front of and behind every later `fork` of this process, and `child` in its child.
pub(crate) fn at_fork(prepare: extern "C" fn(), parent: extern "C" fn(), child: extern "C" fn()) -> io::Result<()> {
    // SAFETY: three functions that live as long as the code does.
    match unsafe { libc::pthread_atfork(Some(prepare), Some(parent), Some(child)) } {
        0 => Ok(()),
        error => Err(io::Error::from_raw_os_error(error)),
    }
}

/// Closes a descriptor that a forked child has inherited and that nobody uses there.
pub(crate) fn close_inherited(fd: RawFd) {
    // SAFETY: the caller is the fork handler in the child, and the owner of this number is a handle that compares
    // the fork generation before it uses it, so nobody in the child uses or closes it again.
    unsafe { libc::close(fd) };
}

/// How many processors this machine has, whichever this process may run on.
pub(crate) fn processors() -> u64 {
    // SAFETY: asks for a number.
    let count = unsafe { libc::sysconf(libc::_SC_NPROCESSORS_ONLN) };
    u64::try_from(count).unwrap_or(1)
}

/// Binds the calling thread to one processor, by its number as the kernel counts them.
///
/// A side that spins wants a processor of its own, and both sides want two that share a cache: `lscpu --extended` shows
/// which do.
///
/// # Errors
/// If there is no such processor, or if the process may not run there.
pub fn pin_thread(processor: usize) -> io::Result<()> {
    if processor >= CpuSet::MAX_CPU {
        return Err(io::Error::from(io::ErrorKind::InvalidInput));
    }
    let mut set = CpuSet::new();
    set.set(processor);
    Ok(sched_setaffinity(None, &set)?)
}

/// The boot that this machine runs in: the UUID's 16 bytes in the order of its text.
pub(crate) fn boot_id() -> io::Result<[u8; 16]> {
    let text = fs::read_to_string("/proc/sys/kernel/random/boot_id")?;
    let digits: String = text.trim().chars().filter(|&c| c != '-').collect();
    let number = u128::from_str_radix(&digits, 16).map_err(io::Error::other)?;
    Ok(number.to_be_bytes())
}

/// How many bytes of memory can be had without taking them from somebody; where the kernel does not say, how many the
/// machine has.
pub(crate) fn available_memory() -> u64 {
    let told = fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
        let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        kibibytes.checked_mul(1024)
    });
    told.unwrap_or_else(|| {
        // SAFETY: asks for a number.
        let pages = unsafe { libc::sysconf(libc::_SC_PHYS_PAGES) };
        u64::try_from(pages).unwrap_or(0).saturating_mul(rustix::param::page_size() as u64)
    })
}

/// When this process started, in clock ticks since boot.
pub(crate) fn start_time() -> io::Result<u64> {
    // Field 22; fields are counted from behind the command, which may itself hold spaces and parentheses.
    let stat = fs::read("/proc/self/stat")?;
    let stat = String::from_utf8_lossy(&stat);
    stat.rsplit_once(')')
        .and_then(|(_, fields)| fields.split_ascii_whitespace().nth(19)?.parse().ok())
        .ok_or_else(|| io::Error::other("/proc/self/stat has no field 22"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_knows_this_boot_and_process() {
        assert_ne!(boot_id().unwrap(), [0; 16]);
        assert_eq!(boot_id().unwrap(), boot_id().unwrap());
        assert!(start_time().unwrap() > 0);
        assert!(processors() > 0);
        assert!(available_memory() > 1 << 20);
    }

    #[test]
    fn a_byte_is_locked_for_others_and_not_for_oneself() {
        use std::os::fd::AsFd;
        let file = tempfile::NamedTempFile::new().unwrap();
        let other = file.reopen().unwrap();
        let byte = |start| Bytes { start, length: 1 };
        let start = ringgen_layout::ring::LOCK_PRODUCER;
        assert!(lock(file.as_fd(), byte(start)).unwrap());
        assert_eq!(lock_of_another(file.as_fd(), byte(start)).unwrap(), None);
        assert_eq!(lock_of_another(other.as_fd(), byte(start)).unwrap(), Some(start));
        assert_eq!(lock_of_another(other.as_fd(), byte(start + 1)).unwrap(), None);
        assert!(!lock(other.as_fd(), byte(start)).unwrap());
        assert!(!lock(other.as_fd(), Bytes { start: start - 1, length: 0 }).unwrap());
        unlock(file.as_fd(), byte(start)).unwrap();
        assert!(lock(other.as_fd(), Bytes { start: start - 1, length: 0 }).unwrap());
        assert_eq!(lock_of_another(file.as_fd(), byte(u64::MAX >> 1)).unwrap(), Some(start - 1));
        assert!(!lock(file.as_fd(), byte(start)).unwrap());
    }

    #[test]
    fn a_thread_stays_where_it_is_pinned() {
        let allowed = rustix::thread::sched_getaffinity(None).unwrap();
        let last = (0..CpuSet::MAX_CPU).rfind(|&processor| allowed.is_set(processor)).unwrap();
        std::thread::spawn(move || {
            pin_thread(last).unwrap();
            assert_eq!(rustix::thread::sched_getaffinity(None).unwrap().count(), 1);
            assert_eq!(rustix::thread::sched_getcpu(), last);
            assert!(pin_thread(CpuSet::MAX_CPU - 1).is_err(), "no machine has so many");
            assert_eq!(pin_thread(usize::MAX).unwrap_err().kind(), io::ErrorKind::InvalidInput);
        })
        .join()
        .unwrap();
    }

    #[test]
    fn a_futex_does_not_sleep_on_another_value() {
        let word = AtomicU32::new(7);
        futex_wait(&word, 8, Duration::from_secs(3600));
        futex_wait(&word, 7, Duration::from_millis(1));
        futex_wake(&word);
    }
}
