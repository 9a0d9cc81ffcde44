//! What is no ring is not attached to, and nothing that a file holds makes attaching do anything but refuse.

mod support;

use std::fs;
use std::os::unix::fs::{FileExt, PermissionsExt, symlink};

use ringgen_layout::ring::{HEADER_SIZE, header};
use ringgen_runtime::{
    AttachError, CreateError, Defect, Layout, Message, Observer, OpenError, RawRing, Refusal, Ring, RingOptions,
    Unsupported,
};
use support::{NAME, OtherTick, Random, Rings, Tick, change_header};

fn attach(rings: &Rings) -> AttachError {
    rings.options().attach::<Tick>(NAME).unwrap_err()
}

fn refusal(error: AttachError) -> Refusal {
    match error {
        AttachError::Refused { reason, .. } => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_created_is_found_with_all_that_was_said() {
    let rings = Rings::new();
    let ring = rings.create();
    assert_eq!((ring.path(), ring.capacity()), (rings.path().as_path(), 8));
    assert!(ring.warnings().is_empty() && rings.attach().warnings().is_empty());
    let observer = rings.observe();
    let header = observer.header();
    assert_eq!((header.ring_name.as_str(), header.message_name.as_str()), ("ticks", "Tick"));
    assert_eq!((header.layout_hash, header.package_version), (Tick::LAYOUT_HASH, 1));
    assert_eq!(header.creator_pid, u64::from(std::process::id()));
    assert_eq!(observer.schema(), Tick::schema_text());
    assert!(!observer.is_stale().unwrap());
    assert_eq!(fs::metadata(rings.path()).unwrap().permissions().mode() & 0o7777, 0o600);
    assert_eq!(fs::read_dir(rings.dir()).unwrap().count(), 1, "nothing but the ring is left behind");
}

#[test]
fn names_lead_to_rings_by_instance_and_by_path() {
    let rings = Rings::new();
    rings.options().instance("7").create::<Tick>(NAME).unwrap();
    assert!(rings.dir().join("test.ticks.7").exists());
    rings.options().instance("7").attach::<Tick>(NAME).unwrap();
    assert!(matches!(attach(&rings), AttachError::NotFound { path } if path == rings.path()));
    let path = rings.dir().join("by path");
    Ring::<Tick>::create(&path, 1).unwrap();
    Ring::<Tick>::attach(&path).unwrap().producer().unwrap();
    assert_eq!(Observer::open(&path, &RingOptions::new()).unwrap().header().ring_name, "by path");
    let error = rings.options().attach::<Tick>("no/such").unwrap_err();
    assert_eq!(error.code(), "InvalidArgument");
}

#[test]
fn there_is_one_ring_of_a_name() {
    let rings = Rings::new();
    let ring = rings.create();
    let error = rings.options().create::<Tick>(NAME).unwrap_err();
    assert!(matches!(&error, CreateError::AlreadyExists { path } if *path == rings.path()), "{error:?}");
    assert_eq!(fs::read_dir(rings.dir()).unwrap().count(), 1, "a refused creation leaves nothing behind");
    let opened = rings.options().capacity(64).open_or_create::<Tick>(NAME).unwrap();
    assert_eq!(opened.capacity(), ring.capacity(), "what there is counts");
    ring.unlink().unwrap();
    assert_eq!(rings.options().capacity(64).open_or_create::<Tick>(NAME).unwrap().capacity(), 64);
}

#[test]
fn the_directory_is_made_for_this_user_alone() {
    let rings = Rings::new();
    let dir = rings.dir().join("own");
    let options = RingOptions::new().dir(&dir);
    assert!(matches!(options.attach::<Tick>(NAME), Err(AttachError::NotFound { path }) if path == dir.join(NAME)));
    options.create::<Tick>(NAME).unwrap();
    assert_eq!(fs::metadata(&dir).unwrap().permissions().mode() & 0o7777, 0o700);
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o777)).unwrap();
    assert_eq!(refusal(options.attach::<Tick>(NAME).unwrap_err()), Refusal::Mode(0o777));
    let error = options.create::<Tick>("other").unwrap_err();
    assert!(matches!(error, CreateError::Refused { reason: Refusal::Mode(0o777), .. }), "{error:?}");
    let link = rings.dir().join("link");
    symlink(&dir, &link).unwrap();
    let error = RingOptions::new().dir(link).attach::<Tick>(NAME).unwrap_err();
    assert_eq!(refusal(error), Refusal::NotADirectory);
}

#[test]
fn capacities_and_positions_that_cannot_be_are_refused() {
    let rings = Rings::new();
    for capacity in [0, 3, 1 << 63, u64::MAX] {
        let error = rings.options().capacity(capacity).create::<Tick>(NAME).unwrap_err();
        assert!(matches!(error, CreateError::InvalidGeometry(_)), "{error:?}");
    }
    let error = rings.options().capacity(1 << 48).create::<Tick>(NAME).unwrap_err();
    assert!(matches!(error, CreateError::Io { action: "allocate", .. }), "{error:?}");
    let error = rings.options().first_position(u64::MAX).create::<Tick>(NAME).unwrap_err();
    assert_eq!(error.code(), "InvalidArgument");
    assert_eq!(fs::read_dir(rings.dir()).unwrap().count(), 0);
    rings.options().first_position(1 << 61).create::<Tick>(NAME).unwrap().producer().unwrap();
}

#[test]
fn another_message_is_named_by_its_first_field_that_differs() {
    let rings = Rings::new();
    rings.create();
    let error = rings.options().attach::<OtherTick>(NAME).unwrap_err();
    assert_eq!(
        error.to_string(),
        "ring \"test.ticks\": Tick.inverse differs: here `inverse: i64 at 8`, in the ring `inverse: u64 at 8`"
    );
    assert_eq!(error.code(), "LayoutMismatch");
    let error = rings.options().open_or_create::<OtherTick>(NAME).unwrap_err();
    assert!(matches!(error, OpenError::Attach(AttachError::LayoutMismatch(_))), "{error:?}");
}

#[test]
fn another_schema_of_the_same_layout_is_a_warning() {
    let rings = Rings::new();
    let layout = Layout { schema_text: (Tick::schema_text() + "#doc Tick Other words.\n"), ..Layout::of::<Tick>() };
    RawRing::create(NAME, &layout, &rings.options()).unwrap();
    let ring = rings.attach();
    assert_eq!(ring.warnings().len(), 1);
    assert!(ring.warnings()[0].contains("Tick has the layout expected here"), "{:?}", ring.warnings());
    assert_eq!(ring.producer().unwrap().warnings(), ring.warnings());
    assert!(RawRing::attach(NAME, None, &rings.options()).unwrap().warnings().is_empty());
}

#[test]
fn attach_rejects_what_is_no_regular_file() {
    let rings = Rings::new();
    let other = rings.dir().join("other");
    Ring::<Tick>::create(&other, 1).unwrap();
    symlink(&other, rings.path()).unwrap();
    assert_eq!(refusal(attach(&rings)), Refusal::NotRegular);
    fs::remove_file(rings.path()).unwrap();

    fs::create_dir(rings.path()).unwrap();
    assert_eq!(refusal(attach(&rings)), Refusal::NotRegular);
    assert_eq!(refusal(Observer::open(NAME, &rings.options()).unwrap_err()), Refusal::NotRegular);
    fs::remove_dir(rings.path()).unwrap();

    let status = std::process::Command::new("mkfifo").arg(rings.path()).status().unwrap();
    assert!(status.success());
    assert_eq!(refusal(attach(&rings)), Refusal::NotRegular);
    assert_eq!(refusal(Observer::open(NAME, &rings.options()).unwrap_err()), Refusal::NotRegular);
    fs::remove_file(rings.path()).unwrap();

    let _socket = std::os::unix::net::UnixListener::bind(rings.path()).unwrap();
    assert_eq!(refusal(attach(&rings)), Refusal::NotRegular);
}

#[test]
fn attach_rejects_a_file_with_two_names() {
    let rings = Rings::new();
    rings.create();
    fs::hard_link(rings.path(), rings.dir().join("second")).unwrap();
    assert_eq!(refusal(attach(&rings)), Refusal::Links(2));
}

#[test]
fn attach_rejects_a_file_that_strangers_may_write_to() {
    let rings = Rings::new();
    rings.create();
    fs::set_permissions(rings.path(), fs::Permissions::from_mode(0o602)).unwrap();
    assert_eq!(refusal(attach(&rings)), Refusal::Mode(0o602));
    fs::set_permissions(rings.path(), fs::Permissions::from_mode(0o660)).unwrap();
    rings.attach();
}

/// Needs the right to give files away, which tests run by root have; without it there is nothing to be refused.
#[test]
fn attach_rejects_a_file_of_somebody_else() {
    let rings = Rings::new();
    rings.create();
    match std::os::unix::fs::chown(rings.path(), Some(12345), None) {
        Ok(()) => {
            assert!(matches!(refusal(attach(&rings)), Refusal::Owner { owner: 12345, .. }));
            rings.options().any_owner(true).attach::<Tick>(NAME).unwrap();
        }
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::PermissionDenied),
    }
}

#[test]
fn attach_rejects_files_that_are_cut_off_or_too_long() {
    let rings = Rings::new();
    rings.create();
    let whole = fs::read(rings.path()).unwrap();
    for length in [0, 1, 511, 512, 4096, whole.len() - 4096, whole.len() - 1] {
        fs::write(rings.path(), &whole[..length]).unwrap();
        let error = attach(&rings);
        assert!(matches!(error, AttachError::NotARing { defect: Defect::Length { .. }, .. }), "{length}: {error:?}");
    }
    fs::write(rings.path(), [&whole[..], &[0]].concat()).unwrap();
    assert!(matches!(attach(&rings), AttachError::NotARing { defect: Defect::Length { .. }, .. }));
    fs::write(rings.path(), &whole).unwrap();
    rings.attach();
}

#[test]
fn attach_rejects_what_is_something_else() {
    let rings = Rings::new();
    fs::write(rings.path(), vec![0; 8192]).unwrap();
    assert!(matches!(attach(&rings), AttachError::NotARing { defect: Defect::Magic, .. }));
    fs::remove_file(rings.path()).unwrap();
    rings.create();
    let file = fs::OpenOptions::new().write(true).open(rings.path()).unwrap();
    file.write_all_at(&[1], header::INSTANCE_ID as u64 + 7).unwrap();
    file.write_all_at(&[2], header::INSTANCE_ID as u64 + 6).unwrap();
    assert!(matches!(attach(&rings), AttachError::NotARing { defect: Defect::Checksum { .. }, .. }));
}

#[test]
fn attach_rejects_a_newer_format() {
    let rings = Rings::new();
    rings.create();
    change_header(&rings.path(), header::FORMAT_MAJOR, &2_u32.to_le_bytes());
    let error = attach(&rings);
    assert!(matches!(error, AttachError::UnsupportedFormat { what: Unsupported::Major(2), .. }), "{error:?}");
    assert_eq!(error.code(), "UnsupportedFormat");
}

#[test]
fn attach_rejects_another_kind_and_unknown_features() {
    let rings = Rings::new();
    rings.create();
    change_header(&rings.path(), header::KIND, &3_u32.to_le_bytes());
    assert!(matches!(attach(&rings), AttachError::UnsupportedFormat { what: Unsupported::Kind(3), .. }));
    change_header(&rings.path(), header::KIND, &1_u32.to_le_bytes());
    change_header(&rings.path(), header::FEATURES, &0x8000_u32.to_le_bytes());
    assert!(matches!(attach(&rings), AttachError::UnsupportedFormat { what: Unsupported::Features(0x8000), .. }));
}

#[test]
fn attach_rejects_a_ring_from_before_the_last_start_and_an_observer_shows_it() {
    let rings = Rings::new();
    rings.create();
    change_header(&rings.path(), header::BOOT_ID, &[7; 16]);
    assert!(matches!(attach(&rings), AttachError::Stale { path } if path == rings.path()));
    assert!(rings.observe().is_stale().unwrap());
}

#[test]
fn attach_rejects_a_schema_that_is_not_the_one_of_its_hash() {
    let rings = Rings::new();
    rings.create();
    let file = fs::OpenOptions::new().write(true).open(rings.path()).unwrap();
    file.write_all_at(b"Message", HEADER_SIZE).unwrap();
    assert!(matches!(attach(&rings), AttachError::NotARing { defect: Defect::SchemaHash, .. }));
}

#[test]
fn attach_rejects_a_layout_hash_of_a_message_of_another_size() {
    let rings = Rings::new();
    let layout = Layout { size: 16, ..Layout::of::<Tick>() };
    RawRing::create(NAME, &layout, &rings.options()).unwrap();
    let error = attach(&rings);
    assert!(
        matches!(error, AttachError::NotARing { defect: Defect::Field { name: "payload size", value: 16 }, .. }),
        "{error:?}"
    );
}

/// Whatever stands in a header, attaching either refuses or gives a ring that can be used without harm.
#[test]
fn random_headers_are_refused_or_harmless() {
    let rings = Rings::new();
    let ring = rings.create();
    let path = ring.path();
    let sound = fs::read(path).unwrap();
    let file = fs::OpenOptions::new().write(true).open(path).unwrap();
    let mut random = Random(0xD1B5_4A32_D192_ED03);
    let mut attached = 0;
    for _ in 0..3000 {
        file.write_all_at(&sound[..HEADER_SIZE as usize], 0).unwrap();
        for _ in 0..1 + random.next() % 3 {
            let offset = 8 + random.next() as usize % (header::CHECKSUM - 16);
            let value = match random.next() % 4 {
                0 => random.next(),
                1 => 1 << (random.next() % 64),
                2 => random.next() % 8 * 4096,
                _ => u64::MAX - random.next() % 4,
            };
            let width = if random.next().is_multiple_of(2) { 8 } else { 4 };
            let offset = offset / width * width;
            change_header(path, offset, &value.to_le_bytes()[..width]);
        }
        let Ok(ring) = rings.options().any_owner(true).attach::<Tick>(NAME) else { continue };
        attached += 1;
        let (mut producer, mut consumer) = (ring.producer().unwrap(), ring.consumer().unwrap());
        producer.try_push(Tick::at(5)).unwrap();
        assert_eq!(consumer.try_pop(), Ok(Some(Tick::at(5))));
        producer.detach();
    }
    assert!(attached > 100, "changes of names and ids are harmless: {attached}");
}

/// As above, for the control words: every word of both blocks at random, and then every verb.
#[test]
fn random_control_words_are_corrupt_or_harmless() {
    let mut random = Random(0x2545_F491_4F6C_DD1D);
    let rings = Rings::new();
    let (mut claims, mut refusals) = (0, 0);
    for _ in 0..300 {
        let ring = rings.create();
        let tamper = rings.tamper();
        for role in [ringgen_runtime::Role::Producer, ringgen_runtime::Role::Consumer] {
            for offset in (0..0x280).step_by(8) {
                if random.next().is_multiple_of(4) {
                    let value = random.next() >> (random.next() % 64);
                    tamper.set64(role, offset, value);
                }
            }
        }
        if let (Ok(mut producer), Ok(mut consumer)) = (ring.producer(), ring.consumer()) {
            claims += 1;
            let _ = producer.try_push(Tick::at(0));
            let _ = producer.try_push_many(&[Tick::at(0); 9]);
            let _ = producer.push_timeout(Tick::at(0), std::time::Duration::from_micros(200));
            let _ = consumer.try_pop();
            let _ = consumer.try_pop_many(&mut [Tick::ZERO; 9]);
            let _ = consumer.pop_timeout(std::time::Duration::from_micros(200));
        } else {
            refusals += 1;
        }
        assert!(ring.unlink().unwrap());
    }
    assert!(claims > 5 && refusals > 50, "{claims} claims, {refusals} refusals");
}
