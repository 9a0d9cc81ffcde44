//! Rings without a name: sealed, handed from process to process, with roles of their own on both sides.
#![allow(unsafe_code, reason = "descriptors that are sealed by hand")]

mod support;

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::exit;

use ringgen_layout::ring::{STATE_ACTIVE, header};
use ringgen_runtime::{
    AttachError, ClaimError, CreateError, Defect, LayoutMismatch, PopError, PushError, Refusal, Ring, RingOptions, Role,
};
use support::{OtherTick, PATIENCE, Process, Rings, Tick, change_header, job, socket_of_parent, until};

const NAME: &str = "test.anonymous";
const COUNT: u64 = 5000;

#[test]
#[ignore = "the other process of the tests below"]
fn child() {
    let Some(job) = job() else { return };
    let socket = socket_of_parent();
    if job == "make one, and consume" {
        let ring = Ring::<Tick>::create_anonymous(NAME, 8).unwrap();
        ring.send_over(&socket).unwrap();
        return consume(&ring);
    }
    if job == "make one, and die" {
        let ring = Ring::<Tick>::create_anonymous(NAME, 8).unwrap();
        ring.producer().unwrap().push(Tick::at(0)).unwrap();
        ring.send_over(&socket).unwrap();
        exit(0);
    }
    let ring = Ring::<Tick>::receive_from(&socket).unwrap();
    match job.as_str() {
        "produce" => {
            let mut producer = ring.producer().unwrap();
            (0..COUNT).for_each(|position| producer.push(Tick::at(position)).unwrap());
            producer.close();
        }
        "consume" => consume(&ring),
        "produce until killed" => {
            let mut producer = ring.producer().unwrap();
            (0..3).for_each(|position| producer.push(Tick::at(position)).unwrap());
            std::thread::sleep(PATIENCE);
        }
        "hold the consumer until killed" => {
            let _consumer = ring.consumer().unwrap();
            std::thread::sleep(PATIENCE);
        }
        "find both roles taken" => {
            for (result, role) in
                [(ring.producer().map(drop), Role::Producer), (ring.consumer().map(drop), Role::Consumer)]
            {
                assert!(matches!(result, Err(ClaimError::RoleTaken { role: taken, .. }) if taken == role));
            }
        }
        other => panic!("no such job: {other}"),
    }
}

fn consume(ring: &Ring<Tick>) {
    let mut consumer = ring.consumer().unwrap();
    for position in 0..COUNT {
        assert_eq!(consumer.pop(), Ok(Some(Tick::at(position))));
    }
    assert_eq!(consumer.pop(), Ok(None));
}

fn anonymous() -> Ring<Tick> {
    Ring::create_anonymous(NAME, 8).unwrap()
}

/// Starts a process that receives this ring.
fn give(ring: &Ring<Tick>, job: &str) -> Process {
    let (process, socket) = Rings::new().start_with_socket(job);
    ring.send_over(&socket).unwrap();
    process
}

fn refusal(error: AttachError) -> Refusal {
    match error {
        AttachError::Refused { reason, .. } => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn messages_go_to_a_process_that_was_given_the_ring() {
    let ring = anonymous();
    let process = give(&ring, "consume");
    let mut producer = ring.producer().unwrap();
    (0..COUNT).for_each(|position| producer.push(Tick::at(position)).unwrap());
    producer.close();
    process.expect_success();
}

#[test]
fn messages_come_from_a_process_that_was_given_the_ring() {
    let ring = anonymous();
    let process = give(&ring, "produce");
    consume(&ring);
    process.expect_success();
}

#[test]
fn messages_go_to_the_process_that_made_the_ring() {
    let (process, socket) = Rings::new().start_with_socket("make one, and consume");
    let ring = Ring::<Tick>::receive_from(&socket).unwrap();
    assert_eq!(ring.path(), Path::new("memfd:test.anonymous"));
    let mut producer = ring.producer().unwrap();
    (0..COUNT).for_each(|position| producer.push(Tick::at(position)).unwrap());
    producer.close();
    process.expect_success();
}

#[test]
fn a_ring_outlives_the_process_that_made_it() {
    let (process, socket) = Rings::new().start_with_socket("make one, and die");
    let ring = Ring::<Tick>::receive_from(&socket).unwrap();
    process.expect_success();
    let mut consumer = ring.consumer().unwrap();
    assert_eq!(consumer.pop(), Ok(Some(Tick::at(0))));
    assert_eq!(consumer.pop(), Ok(None), "dropping a producer closes");
}

#[test]
fn a_producer_that_is_killed_has_died_and_is_succeeded() {
    let ring = anonymous();
    let mut consumer = ring.consumer().unwrap();
    let mut process = give(&ring, "produce until killed");
    for position in 0..3 {
        assert_eq!(consumer.pop(), Ok(Some(Tick::at(position))));
    }
    process.kill();
    assert!(matches!(consumer.pop(), Err(PopError::PeerDied(peer)) if peer.pid == process.id()));
    let mut successor = ring.producer().unwrap();
    assert_eq!((successor.position(), successor.epoch()), (3, 2));
    successor.push(Tick::at(3)).unwrap();
    assert_eq!(consumer.pop(), Ok(Some(Tick::at(3))));
}

#[test]
fn a_consumer_that_is_killed_has_died_and_is_succeeded() {
    let ring = anonymous();
    let mut producer = ring.producer().unwrap();
    let mut process = give(&ring, "hold the consumer until killed");
    until("its role", || ring.raw().observer().role(Role::Consumer).unwrap().state == STATE_ACTIVE);
    process.kill();
    assert!(!ring.raw().observer().role(Role::Consumer).unwrap().held);
    (0..8).for_each(|position| producer.push(Tick::at(position)).unwrap());
    assert!(matches!(producer.push(Tick::at(8)), Err(PushError::PeerDied(peer)) if peer.pid == process.id()));
    let process = give(&ring, "consume");
    (8..COUNT).for_each(|position| producer.push(Tick::at(position)).unwrap());
    producer.close();
    process.expect_success();
}

#[test]
fn a_role_has_one_holder_though_the_descriptor_is_shared() {
    let ring = anonymous();
    let _roles = (ring.producer().unwrap(), ring.consumer().unwrap());
    give(&ring, "find both roles taken").expect_success();
    // In one process, too, and whichever copy of a descriptor is asked.
    let copy = ring.as_fd().try_clone_to_owned().unwrap();
    for other in [Ring::<Tick>::from_fd(&ring).unwrap(), Ring::from_fd(copy).unwrap()] {
        assert!(matches!(other.producer(), Err(ClaimError::RoleTaken { .. })));
        assert!(matches!(other.consumer(), Err(ClaimError::RoleTaken { .. })));
        assert!(other.raw().observer().role(Role::Producer).unwrap().held);
        assert!(ring.raw().observer().role(Role::Producer).unwrap().held, "the one that was passed holds no lock");
    }
}

#[test]
fn nobody_changes_the_size_of_one() {
    let ring = anonymous();
    let file = File::from(ring.as_fd().try_clone_to_owned().unwrap());
    let length = file.metadata().unwrap().len();
    for changed in [0, length - 4096, length + 4096] {
        let error = file.set_len(changed).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::EPERM), "{changed}: {error}");
    }
    let other = Ring::<Tick>::from_fd(&ring).unwrap();
    let theirs = File::from(other.as_fd().try_clone_to_owned().unwrap());
    assert_eq!(theirs.set_len(0).unwrap_err().raw_os_error(), Some(libc::EPERM));
    let seal = |seals: libc::c_int| {
        // SAFETY: the descriptor is open.
        let result = unsafe { libc::fcntl(file.as_raw_fd(), libc::F_ADD_SEALS, seals) };
        (result != 0).then(|| io::Error::last_os_error().raw_os_error())
    };
    assert_eq!(seal(libc::F_SEAL_WRITE), Some(Some(libc::EPERM)), "nobody takes the right to write away");
    assert_eq!(seal(libc::F_SEAL_FUTURE_WRITE), Some(Some(libc::EPERM)));
    assert_eq!(file.metadata().unwrap().len(), length);
}

#[test]
fn no_descriptor_goes_to_a_program_that_is_started_unasked() {
    let ring = anonymous();
    let (here, there) = UnixStream::pair().unwrap();
    ring.send_over(&here).unwrap();
    let rings = [Ring::<Tick>::from_fd(&ring).unwrap(), Ring::receive_from(&there).unwrap(), ring];
    let _roles = (rings[0].producer().unwrap(), rings[1].consumer().unwrap());
    // All of this process's descriptors of it, those of the roles included.
    let mut descriptors = 0;
    for entry in std::fs::read_dir("/proc/self/fd").unwrap() {
        let path = entry.unwrap().path();
        let Ok(target) = std::fs::read_link(&path) else { continue };
        if target.to_string_lossy().starts_with("/memfd:test.anonymous") {
            let number = path.file_name().unwrap().to_str().unwrap().to_string();
            let Ok(facts) = std::fs::read_to_string(format!("/proc/self/fdinfo/{number}")) else { continue };
            let flags = facts.lines().find_map(|line| line.strip_prefix("flags:")).unwrap().trim();
            let flags = libc::c_int::from_str_radix(flags, 8).unwrap();
            // Other tests hand theirs to children on purpose, by copies that are closed on exec too.
            assert!(flags & libc::O_CLOEXEC != 0, "{number}: {facts}");
            descriptors += 1;
        }
    }
    assert!(descriptors >= 5, "{descriptors}");
}

#[test]
fn memory_of_huge_pages_is_refused() {
    let flags = libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING | libc::MFD_HUGETLB;
    // SAFETY: a name that ends in NUL.
    let fd = unsafe { libc::memfd_create(c"huge".as_ptr(), flags) };
    if fd < 0 {
        println!("NOT RUN  huge pages: {}", io::Error::last_os_error());
        return;
    }
    // SAFETY: it has just been opened, and nobody else has it.
    let file = unsafe { File::from_raw_fd(fd) };
    // SAFETY: the descriptor is open.
    let sealed =
        unsafe { libc::fcntl(fd, libc::F_ADD_SEALS, libc::F_SEAL_SHRINK | libc::F_SEAL_GROW | libc::F_SEAL_SEAL) };
    assert_eq!(sealed, 0);
    assert_eq!(refusal(Ring::<Tick>::from_fd(&file).unwrap_err()), Refusal::NotAnonymous);
}

#[test]
fn one_has_no_name_to_find_or_to_take_away() {
    let ring = RingOptions::new().capacity(8).instance("7").create_anonymous::<Tick>("test.a").unwrap();
    assert_eq!(ring.path(), Path::new("memfd:test.a.7"));
    assert_eq!(ring.raw().observer().header().ring_name, "a");
    assert!(!ring.unlink().unwrap());
    ring.producer().unwrap();
    for name in ["", "a/b", "a..b", "a b"] {
        assert!(matches!(Ring::<Tick>::create_anonymous(name, 8), Err(CreateError::InvalidName(_))), "{name}");
    }
    assert!(matches!(Ring::<Tick>::create_anonymous(NAME, 7), Err(CreateError::InvalidGeometry(_))));
    assert_eq!(Ring::<Tick>::create_anonymous(NAME, 1 << 48).unwrap_err().code(), "Io");
}

#[test]
fn another_message_is_named_and_so_is_another_boot_or_format() {
    let ring = anonymous();
    match Ring::<OtherTick>::from_fd(&ring) {
        Err(AttachError::LayoutMismatch(mismatch)) => {
            let LayoutMismatch { ring, member, .. } = *mismatch;
            assert_eq!((ring.as_str(), member.as_str()), ("memfd:test.anonymous", "inverse"));
        }
        other => panic!("{other:?}"),
    }
    let path = format!("/proc/self/fd/{}", ring.as_fd().as_raw_fd());
    change_header(path.as_ref(), header::BOOT_ID, &[7; 16]);
    assert!(matches!(Ring::<Tick>::from_fd(&ring), Err(AttachError::Stale { .. })));
    change_header(path.as_ref(), header::FORMAT_MAJOR, &2_u32.to_le_bytes());
    let error = Ring::<Tick>::from_fd(&ring).unwrap_err();
    assert_eq!(
        error.to_string(),
        "memfd:test.anonymous can't be used here: it has format 2, and this is ringgen for format 1: update this program"
    );
    change_header(path.as_ref(), header::MAGIC, b"RINGGONE");
    assert!(matches!(Ring::<Tick>::from_fd(&ring), Err(AttachError::NotARing { defect: Defect::Magic, .. })));
}

/// A copy of a ring's bytes in memory that is sealed otherwise.
fn copy(ring: &Ring<Tick>, flags: libc::c_uint, seals: libc::c_int) -> File {
    let mut bytes = vec![0; usize::try_from(ring.raw().observer().header().geometry.file_length).unwrap()];
    File::from(ring.as_fd().try_clone_to_owned().unwrap()).read_exact_at(&mut bytes, 0).unwrap();
    // SAFETY: a name that ends in NUL.
    let fd = unsafe { libc::memfd_create(c"copy".as_ptr(), libc::MFD_CLOEXEC | flags) };
    assert!(fd >= 0, "{}", io::Error::last_os_error());
    // SAFETY: it has just been opened, and nobody else has it.
    let file = unsafe { File::from_raw_fd(fd) };
    file.write_all_at(&bytes, 0).unwrap();
    // SAFETY: the descriptor is open.
    let sealed = unsafe { libc::fcntl(file.as_raw_fd(), libc::F_ADD_SEALS, seals) };
    assert!(sealed == 0 || flags == 0, "{}", io::Error::last_os_error());
    file
}

#[test]
fn what_is_not_sealed_for_good_or_not_to_be_written_to_is_refused() {
    let ring = anonymous();
    let (shrink, grow, seal) = (libc::F_SEAL_SHRINK, libc::F_SEAL_GROW, libc::F_SEAL_SEAL);
    let missing = |seals: libc::c_int| Refusal::Unsealed { missing: seals as u32 };
    let cases = [
        (0, missing(shrink | grow | seal)),
        (grow | seal, missing(shrink)),
        (shrink | seal, missing(grow)),
        (shrink | grow, missing(seal)),
        (shrink | grow | seal | libc::F_SEAL_WRITE, Refusal::SealedAgainstWriting),
        (shrink | grow | seal | libc::F_SEAL_FUTURE_WRITE, Refusal::SealedAgainstWriting),
    ];
    for (seals, expected) in cases {
        let copy = copy(&ring, libc::MFD_ALLOW_SEALING, seals);
        assert_eq!(refusal(Ring::<Tick>::from_fd(&copy).unwrap_err()), expected, "{seals:#x}");
    }
    let right = copy(&ring, libc::MFD_ALLOW_SEALING, shrink | grow | seal);
    let producer = Ring::<Tick>::from_fd(&right).unwrap().producer().unwrap();
    producer.detach();
    // One that can't be sealed is sealed against that.
    let unsealable = copy(&ring, 0, 0);
    assert_eq!(refusal(Ring::<Tick>::from_fd(&unsealable).unwrap_err()), missing(shrink | grow));
    let text = Ring::<Tick>::from_fd(&unsealable).unwrap_err().to_string();
    assert_eq!(
        text,
        "memfd:copy is not safe to share memory by: its size can still be changed: who makes it has to add \
         F_SEAL_SHRINK, F_SEAL_GROW"
    );
}

#[test]
fn what_is_no_memory_without_a_name_is_refused() {
    let rings = Rings::new();
    let named = rings.create();
    let refused = |fd: BorrowedFd<'_>| refusal(Ring::<Tick>::from_fd(fd).unwrap_err());
    assert_eq!(refused(named.as_fd()), Refusal::NotAnonymous);
    assert_eq!(named.send_over(UnixStream::pair().unwrap().0).unwrap_err().kind(), io::ErrorKind::InvalidInput);
    let (pipe, _end) = io::pipe().unwrap();
    assert_eq!(refused(pipe.as_fd()), Refusal::NotAnonymous);
    assert_eq!(refused(UnixStream::pair().unwrap().0.as_fd()), Refusal::NotAnonymous);
    assert_eq!(refused(File::open("/dev/zero").unwrap().as_fd()), Refusal::NotAnonymous);
    assert_eq!(refused(File::open(".").unwrap().as_fd()), Refusal::NotAnonymous);
    // A file without a name that is no memfd.
    let path = rings.dir().join("unlinked");
    std::fs::copy(rings.path(), &path).unwrap();
    let file = File::options().read(true).write(true).open(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(refused(file.as_fd()), Refusal::Unsealed { .. }));
    assert_eq!(refused(tempfile::tempfile_in(env!("CARGO_TARGET_TMPDIR")).unwrap().as_fd()), Refusal::NotAnonymous);
}

/// Needs the right to give files away, which tests run by root have; without it there is nothing to be refused.
#[test]
fn one_of_somebody_else_is_refused_unless_it_is_allowed() {
    let ring = anonymous();
    match std::os::unix::fs::fchown(&ring, Some(12345), None) {
        Ok(()) => {
            let error = Ring::<Tick>::from_fd(&ring).unwrap_err();
            assert!(matches!(refusal(error), Refusal::Owner { owner: 12345, .. }));
            RingOptions::new().any_owner(true).from_fd::<Tick>(&ring).unwrap().producer().unwrap();
        }
        Err(error) => assert_eq!(error.kind(), io::ErrorKind::PermissionDenied),
    }
}

#[test]
fn one_comes_in_the_middle_of_another_conversation() {
    let ring = anonymous();
    let (mut here, mut there) = UnixStream::pair().unwrap();
    here.write_all(b"before").unwrap();
    ring.send_over(&here).unwrap();
    ring.send_over(&here).unwrap();
    here.write_all(b"behind").unwrap();
    let mut six = [0; 6];
    there.read_exact(&mut six).unwrap();
    assert_eq!(&six, b"before");
    let received = Ring::<Tick>::receive_from(&there).unwrap();
    let again = Ring::<Tick>::receive_from(&there).unwrap();
    there.read_exact(&mut six).unwrap();
    assert_eq!(&six, b"behind");
    let id = |ring: &Ring<Tick>| ring.raw().observer().header().instance_id;
    assert_eq!((id(&received), id(&again)), (id(&ring), id(&ring)));
}

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

#[test]
fn what_comes_over_a_socket_and_is_no_ring_is_refused_and_closed() {
    let unsent = |error: AttachError| matches!(error, AttachError::NotARing { defect: Defect::Unsent, .. });
    let ring = anonymous();
    let (mut here, there) = UnixStream::pair().unwrap();
    there.set_nonblocking(true).unwrap();
    let error = Ring::<Tick>::receive_from(&there).unwrap_err();
    assert!(matches!(&error, AttachError::Io { error, .. } if error.kind() == io::ErrorKind::WouldBlock), "{error}");
    // Other tests open descriptors meanwhile, but none of them as many as would be left open here.
    let before = descriptors();
    for _ in 0..200 {
        here.write_all(b"no ring!").unwrap();
        assert!(unsent(Ring::<Tick>::receive_from(&there).unwrap_err()));
        while (&there).read(&mut [0; 64]).is_ok() {}
        here.write_all(b"RINGGEN1").unwrap();
        assert!(unsent(Ring::<Tick>::receive_from(&there).unwrap_err()), "without a descriptor");
        for count in [2, 4] {
            send_descriptors(&here, b"RINGGEN1", &vec![ring.as_fd(); count]);
            assert!(unsent(Ring::<Tick>::receive_from(&there).unwrap_err()), "with {count} of them");
        }
        send_descriptors(&here, b"GARBAGE!", &[ring.as_fd()]);
        assert!(unsent(Ring::<Tick>::receive_from(&there).unwrap_err()));
        while (&there).read(&mut [0; 64]).is_ok() {}
    }
    assert!(descriptors() < before + 200, "{before} descriptors, then {}", descriptors());
    send_descriptors(&here, b"RING", &[ring.as_fd()]);
    drop(here);
    let error = Ring::<Tick>::receive_from(&there).unwrap_err();
    assert_eq!(error.to_string(), "can't receive a ring over a socket: the other side has closed it");
    assert_eq!(ring.send_over(&there).unwrap_err().kind(), io::ErrorKind::BrokenPipe, "and no SIGPIPE");
}

/// Sends descriptors as another program would.
fn send_descriptors(socket: &UnixStream, bytes: &[u8], fds: &[BorrowedFd<'_>]) {
    use std::mem::MaybeUninit;
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(8))];
    let mut control = rustix::net::SendAncillaryBuffer::new(&mut space);
    assert!(control.push(rustix::net::SendAncillaryMessage::ScmRights(fds)));
    let flags = rustix::net::SendFlags::empty();
    rustix::net::sendmsg(socket, &[io::IoSlice::new(bytes)], &mut control, flags).unwrap();
}

#[test]
fn a_descriptor_can_be_inherited() {
    // Without a socket: the child finds it as its standard input.
    let ring = anonymous();
    let mut producer = ring.producer().unwrap();
    producer.push(Tick::at(0)).unwrap();
    let inherited: OwnedFd = ring.as_fd().try_clone_to_owned().unwrap();
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "inheriting_child", "--ignored", "--nocapture"]).env("RINGGEN_TEST_JOB", "inherit");
    assert!(command.stdin(inherited).stdout(std::process::Stdio::null()).status().unwrap().success());
}

#[test]
#[ignore = "the other process of the test above"]
fn inheriting_child() {
    if job().is_none() {
        return;
    }
    let ring = Ring::<Tick>::from_fd(io::stdin()).unwrap();
    assert!(matches!(ring.producer(), Err(ClaimError::RoleTaken { .. })));
    assert_eq!(ring.consumer().unwrap().pop(), Ok(Some(Tick::at(0))));
}
