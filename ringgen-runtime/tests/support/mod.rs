//! A message, a directory for rings, and other processes: this very test binary, started again for one job.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(
    unsafe_code,
    reason = "the message is declared by hand: this crate is below the derive; and a filter of system calls"
)]

use std::borrow::Cow;
use std::fs::{File, OpenOptions};
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use ringgen_layout::ring::{Geometry, header};
use ringgen_layout::{Canonical, Field, Hash, Note, Scalar, Struct, StructKind, Type};
use ringgen_runtime::__private::Whole;
use ringgen_runtime::{Message, Observer, Pod, Ring, RingOptions, Role};
use tempfile::TempDir;

/// A message whose fields follow from its position, so that any of them can be checked by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub(crate) struct Tick {
    pub(crate) position: u64,
    pub(crate) inverse: u64,
    pub(crate) low: u32,
    pub(crate) high: u32,
    pub(crate) mixed: u64,
}

impl Tick {
    pub(crate) const ZERO: Tick = Tick::at(0);

    pub(crate) const fn at(position: u64) -> Tick {
        let (low, high) = (position as u32, (position >> 32) as u32);
        Tick { position, inverse: !position, low, high, mixed: position.wrapping_mul(0x9E37_79B9_7F4A_7C15) }
    }
}

const fn field(name: &'static str, offset: u32, scalar: Scalar) -> Field<'static> {
    Field { name, offset, ty: Type::scalar(scalar), note: Note::NONE }
}

pub(crate) const TICK: Struct<'static> = Struct {
    kind: StructKind::Message,
    name: "Tick",
    size: 32,
    align: 8,
    fields: &[
        field("position", 0, Scalar::U64),
        field("inverse", 8, Scalar::U64),
        field("low", 16, Scalar::U32),
        field("high", 20, Scalar::U32),
        field("mixed", 24, Scalar::U64),
    ],
    doc: "",
};

// SAFETY: integers without padding between them, described by `TICK` as they lie.
unsafe impl Pod for Tick {
    const TYPE: Type<'static> = TICK.as_type();
}

impl Whole for Tick {}

// SAFETY: the hash is the one of `TICK`.
unsafe impl Message for Tick {
    const NAME: &'static str = "Tick";
    const LAYOUT_HASH: Hash = TICK.layout_hash();
    const PACKAGE_VERSION: u32 = 1;

    fn schema_text() -> Cow<'static, str> {
        let mut canonical = Canonical::new(None);
        canonical.add_struct(&TICK);
        canonical.finish().into()
    }
}

/// `Tick` with one field of another type, under the same name.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct OtherTick([u64; 4]);

pub(crate) const OTHER_TICK: Struct<'static> = Struct {
    fields: &[
        field("position", 0, Scalar::U64),
        field("inverse", 8, Scalar::I64),
        field("low", 16, Scalar::U32),
        field("high", 20, Scalar::U32),
        field("mixed", 24, Scalar::U64),
    ],
    ..TICK
};

// SAFETY: integers without padding between them.
unsafe impl Pod for OtherTick {
    const TYPE: Type<'static> = OTHER_TICK.as_type();
}

impl Whole for OtherTick {}

// SAFETY: the hash is the one of `OTHER_TICK`.
unsafe impl Message for OtherTick {
    const NAME: &'static str = "Tick";
    const LAYOUT_HASH: Hash = OTHER_TICK.layout_hash();
    const PACKAGE_VERSION: u32 = 1;

    fn schema_text() -> Cow<'static, str> {
        let mut canonical = Canonical::new(None);
        canonical.add_struct(&OTHER_TICK);
        canonical.finish().into()
    }
}

/// The ring of one test, in a directory of its own that goes away with it.
pub(crate) struct Rings {
    dir: TempDir,
}

pub(crate) const NAME: &str = "test.ticks";

impl Rings {
    pub(crate) fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("ringgen-test-").tempdir_in("/dev/shm").unwrap();
        Rings { dir }
    }

    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.dir.path().join(NAME)
    }

    pub(crate) fn options(&self) -> RingOptions {
        RingOptions::new().dir(self.dir.path()).capacity(8)
    }

    pub(crate) fn create(&self) -> Ring<Tick> {
        self.options().create(NAME).unwrap()
    }

    pub(crate) fn attach(&self) -> Ring<Tick> {
        self.options().attach(NAME).unwrap()
    }

    pub(crate) fn observe(&self) -> Observer {
        Observer::open(NAME, &self.options()).unwrap()
    }

    /// Starts this test binary again, for the job of that name in its test `child`.
    pub(crate) fn start(&self, job: &str) -> Process {
        Process(Some(self.command(job).spawn().unwrap()))
    }

    fn command(&self, job: &str) -> Command {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "child", "--ignored", "--nocapture"]);
        command.env("RINGGEN_DIR", self.dir.path()).env(JOB, job).stdout(std::process::Stdio::null());
        command
    }

    /// As [`start`](Rings::start), with a socket to this process as its standard input.
    pub(crate) fn start_with_socket(&self, job: &str) -> (Process, UnixStream) {
        let (mine, theirs) = UnixStream::pair().unwrap();
        let mut command = self.command(job);
        (Process(Some(command.stdin(OwnedFd::from(theirs)).spawn().unwrap())), mine)
    }

    /// The file, to be changed as a hostile or broken process would.
    pub(crate) fn tamper(&self) -> Tamper {
        let geometry = self.observe().header().geometry;
        Tamper { file: OpenOptions::new().read(true).write(true).open(self.path()).unwrap(), geometry }
    }
}

/// Changes the header, and fits the checksum to it as a hostile creator would.
pub(crate) fn change_header(path: &Path, offset: usize, bytes: &[u8]) {
    let file = OpenOptions::new().read(true).write(true).open(path).unwrap();
    file.write_all_at(bytes, offset as u64).unwrap();
    let mut covered = [0; header::CHECKSUM];
    file.read_exact_at(&mut covered, 0).unwrap();
    file.write_all_at(&crc32fast::hash(&covered).to_le_bytes(), header::CHECKSUM as u64).unwrap();
}

const JOB: &str = "RINGGEN_TEST_JOB";

/// The socket to the parent's test.
pub(crate) fn socket_of_parent() -> UnixStream {
    let stdin = std::os::fd::AsFd::as_fd(&std::io::stdin()).try_clone_to_owned().unwrap();
    UnixStream::from(stdin)
}

/// What the process was started for; `None` if it is not a child of a test.
pub(crate) fn job() -> Option<String> {
    std::env::var(JOB).ok()
}

/// The ring that the parent's test is about.
pub(crate) fn ring_of_parent() -> Ring<Tick> {
    Ring::attach(NAME).unwrap()
}

/// Another process, killed at the latest when its test ends.
pub(crate) struct Process(Option<Child>);

impl Process {
    pub(crate) fn id(&self) -> u64 {
        self.0.as_ref().unwrap().id().into()
    }

    pub(crate) fn kill(&mut self) {
        let child = self.0.as_mut().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    pub(crate) fn wait(mut self) -> ExitStatus {
        self.0.take().unwrap().wait().unwrap()
    }

    pub(crate) fn expect_success(self) {
        let status = self.wait();
        assert!(status.success(), "the other process failed: {status}");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Writes to a ring behind everybody's back.
pub(crate) struct Tamper {
    file: File,
    geometry: Geometry,
}

impl Tamper {
    fn at(&self, role: Role, offset: usize) -> u64 {
        role.block(&self.geometry) + offset as u64
    }

    pub(crate) fn set64(&self, role: Role, offset: usize, value: u64) {
        self.file.write_all_at(&value.to_le_bytes(), self.at(role, offset)).unwrap();
    }

    pub(crate) fn set32(&self, role: Role, offset: usize, value: u32) {
        self.file.write_all_at(&value.to_le_bytes(), self.at(role, offset)).unwrap();
    }

    pub(crate) fn get64(&self, role: Role, offset: usize) -> u64 {
        let mut bytes = [0; 8];
        self.file.read_exact_at(&mut bytes, self.at(role, offset)).unwrap();
        u64::from_le_bytes(bytes)
    }

    pub(crate) fn get32(&self, role: Role, offset: usize) -> u32 {
        let mut bytes = [0; 4];
        self.file.read_exact_at(&mut bytes, self.at(role, offset)).unwrap();
        u32::from_le_bytes(bytes)
    }
}

/// Waits until something is so, and fails after a while that no sound run comes near.
#[track_caller]
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what} never came");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// So long that only a lost wake-up or a hang comes near.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// xorshift64: the same numbers in every run.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

/// Takes the write lock on one byte for this open file description, as a host in another language would.
pub(crate) fn lock_byte(fd: BorrowedFd<'_>, byte: u64) {
    lock(fd, byte, 1);
}

/// Takes it on every byte from this one on.
pub(crate) fn lock_from(fd: BorrowedFd<'_>, byte: u64) {
    lock(fd, byte, 0);
}

fn lock(fd: BorrowedFd<'_>, start: u64, length: i64) {
    let lock = libc::flock {
        l_type: libc::F_WRLCK as libc::c_short,
        l_whence: libc::SEEK_SET as libc::c_short,
        l_start: start as libc::off_t,
        l_len: length,
        l_pid: 0,
    };
    // SAFETY: the descriptor is open, and the lock lives here.
    assert_eq!(unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_OFD_SETLK, &raw const lock) }, 0);
}

/// Has the kernel say to this process that there is no such system call.
pub(crate) fn forget_futex_waitv() {
    refuse_call(libc::SYS_futex_waitv, libc::ENOSYS);
    // SAFETY: a call with nothing to wait for, which the kernel refuses in one way or the other.
    assert_eq!(unsafe { libc::syscall(libc::SYS_futex_waitv, 0, 0, 0, 0, 0) }, -1);
    assert_eq!(std::io::Error::last_os_error().raw_os_error(), Some(libc::ENOSYS));
}

/// Has the kernel refuse a system call to this thread, and to those that it starts, with this error.
pub(crate) fn refuse_call(call: libc::c_long, error: i32) {
    let statement = |code, k, jt, jf| libc::sock_filter { code, jt, jf, k };
    let mut filter = [
        statement((libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16, 0, 0, 0),
        statement((libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16, call as u32, 0, 1),
        statement((libc::BPF_RET | libc::BPF_K) as u16, libc::SECCOMP_RET_ERRNO | error as u32, 0, 0),
        statement((libc::BPF_RET | libc::BPF_K) as u16, libc::SECCOMP_RET_ALLOW, 0, 0),
    ];
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
    // SAFETY: numbers alone.
    assert_eq!(unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) }, 0);
    // SAFETY: a whole filter that lives for as long as the call.
    let set = unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program) };
    assert_eq!(set, 0, "{}", std::io::Error::last_os_error());
}
