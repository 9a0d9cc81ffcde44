//! Files as memory: creating and publishing a ring, attaching to one, and who may write to which page.
#![allow(unsafe_code)] // mprotect changes what the pages of a mapping can do.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{SystemTime, UNIX_EPOCH};

use memmap2::{MmapOptions, MmapRaw};
use ringgen_layout::ring::{self, Geometry, block};
use rustix::fs::{AtFlags, FallocateFlags, Mode, OFlags, RenameFlags};
use rustix::io::Errno;
use rustix::mm::{Advice, MprotectFlags};
use rustix::process::Resource;

use crate::error::{AttachError, CreateError, Defect, Refusal};
use crate::guard::Guard;
use crate::header::{self, Header, Rejection};
use crate::lock::NameLock;
use crate::name::{self, Place};
use crate::role::Role;
use crate::steps::{self, Step};
use crate::sys;

/// What is done to have the pages of a ring where they are needed, whatever becomes of its file.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Residency {
    /// All pages are in the page table before the role is claimed.
    pub(crate) prefault: bool,
    /// No page is ever swapped out.
    pub(crate) locked: bool,
    /// If somebody truncates the file, that is an error of whoever notices.
    pub(crate) guarded: bool,
}

/// All of a ring's file in memory, shared with everyone else who maps it.
#[derive(Debug)]
pub(crate) struct Mapping {
    /// In front of what it guards, so that it goes first.
    guard: Option<Guard>,
    map: Arc<MmapRaw>,
    geometry: Geometry,
}

impl Mapping {
    /// For whoever only looks.
    pub(crate) fn read_only(file: impl AsFd, geometry: Geometry) -> io::Result<Self> {
        let fd = file.as_fd();
        let map = MmapOptions::new().len(geometry.file_length as usize).map_raw_read_only(&fd)?;
        Ok(Mapping { guard: None, map: Arc::new(map), geometry })
    }

    /// For the holder of a role, who can write to what that role writes and to nothing else.
    pub(crate) fn for_role(file: impl AsFd, geometry: Geometry, role: Role) -> io::Result<Self> {
        let fd = file.as_fd();
        if cfg!(feature = "one-mapping") {
            return Ok(Mapping { guard: None, map: one_mapping(fd, geometry.file_length)?, geometry });
        }
        let map = MmapOptions::new().len(geometry.file_length as usize).map_raw(&fd)?;
        let mapping = Mapping { guard: None, map: Arc::new(map), geometry };
        mapping.protect(0, geometry.file_length, MprotectFlags::READ)?;
        let writable = MprotectFlags::READ | MprotectFlags::WRITE;
        mapping.protect(role.block(&geometry), geometry.block_stride.into(), writable)?;
        if role == Role::Producer {
            mapping.protect(geometry.slots, geometry.capacity * u64::from(geometry.stride), writable)?;
        }
        Ok(mapping)
    }

    /// Has the pages of a role's mapping there before they are first used.
    pub(crate) fn make_resident(&self, role: Role, residency: Residency) -> Result<(), (&'static str, io::Error)> {
        let Residency { prefault, locked, .. } = residency;
        let geometry = &self.geometry;
        if prefault {
            let failed = |error: Errno| ("map the ring's pages ahead of their use", error.into());
            self.advise(0, geometry.file_length, Advice::LinuxPopulateRead).map_err(failed)?;
            let block = (role.block(geometry), geometry.block_stride.into());
            let slots = (geometry.slots, geometry.capacity * u64::from(geometry.stride));
            for (offset, length) in [Some(block), (role == Role::Producer).then_some(slots)].into_iter().flatten() {
                self.advise(offset, length, Advice::LinuxPopulateWrite).map_err(failed)?;
            }
        }
        if locked {
            // SAFETY: the whole of this mapping; locking changes nothing that can be seen in it.
            unsafe { rustix::mm::mlock(self.base().cast(), geometry.file_length as usize) }
                .map_err(|error| ("keep the ring's pages in memory: see `ulimit -l`", error.into()))?;
        }
        Ok(())
    }

    fn advise(&self, offset: u64, length: u64, advice: Advice) -> Result<(), Errno> {
        let start = self.base().wrapping_add(offset as usize);
        // SAFETY: a region of this mapping, as `geometry` was checked; populating changes no byte of it.
        unsafe { rustix::mm::madvise(start.cast(), length as usize, advice) }
    }

    /// Sets what can be done with a region. It begins on a page, and no other region has a part of its last page.
    fn protect(&self, offset: u64, length: u64, flags: MprotectFlags) -> io::Result<()> {
        let start = self.base().wrapping_add(offset as usize);
        // SAFETY: a region of this mapping, as `geometry` was checked; there is no reference into it yet.
        Ok(unsafe { rustix::mm::mprotect(start.cast(), length as usize, flags) }?)
    }

    /// Has the process survive it if the file is truncated.
    pub(crate) fn guard(&mut self) -> io::Result<()> {
        self.guard = Some(Guard::over(self.base(), self.map.len())?);
        Ok(())
    }

    /// Whether it is guarded against truncation, and then whether it has been lost by it.
    pub(crate) fn is_lost(&self) -> Option<bool> {
        self.guard.as_ref().map(Guard::is_lost)
    }

    pub(crate) fn base(&self) -> *mut u8 {
        self.map.as_mut_ptr()
    }

    pub(crate) fn geometry(&self) -> &Geometry {
        &self.geometry
    }
}

/// The one mapping of a file that all roles of this process share.
///
/// ThreadSanitizer knows memory by its address, and can't see that two mappings are the same memory.
fn one_mapping(fd: BorrowedFd<'_>, length: u64) -> io::Result<Arc<MmapRaw>> {
    static MAPPINGS: Mutex<Vec<(u64, u64, Weak<MmapRaw>)>> = Mutex::new(Vec::new());
    let stat = rustix::fs::fstat(fd)?;
    let mut mappings = MAPPINGS.lock().unwrap_or_else(PoisonError::into_inner);
    mappings.retain(|(_, _, map)| map.strong_count() > 0);
    let known = mappings.iter().find(|(device, inode, _)| (*device, *inode) == (stat.st_dev, stat.st_ino));
    if let Some(map) = known.and_then(|(_, _, map)| map.upgrade()) {
        return Ok(map);
    }
    let map = Arc::new(MmapOptions::new().len(length as usize).map_raw(&fd)?);
    mappings.push((stat.st_dev, stat.st_ino, Arc::downgrade(&map)));
    Ok(map)
}

/// The size of this machine's pages.
pub(crate) fn machine_page() -> u32 {
    u32::try_from(rustix::param::page_size()).expect("a page is smaller than 4 GiB")
}

/// What a creator chooses.
#[derive(Debug)]
pub(crate) struct NewRing<'a> {
    pub(crate) identity: ring::Identity<'a>,
    pub(crate) geometry: Geometry,
    pub(crate) schema: &'a str,
    pub(crate) first_position: u64,
}

/// How often a creation starts over when a collector takes its temporary file for one that was left behind. That it
/// does so once takes a collector at work between two system calls.
const ATTEMPTS: u32 = 100;

/// Creates a ring: complete under another name first, so that nobody ever sees a half of it.
pub(crate) fn create(place: &Place, new: &NewRing<'_>) -> Result<(File, Header), CreateError> {
    for _ in 0..ATTEMPTS {
        if let Some(created) = try_create(place, new)? {
            return Ok(created);
        }
    }
    let error = io::Error::other("its temporary file is removed again and again");
    Err(CreateError::Io { path: place.path.clone(), action: "create", error })
}

/// As [`create`]; `None` if the temporary file was collected.
fn try_create(place: &Place, new: &NewRing<'_>) -> Result<Option<(File, Header)>, CreateError> {
    let failed = |action, error: io::Error| CreateError::Io { path: place.path.clone(), action, error };
    let header = new_header(new).map_err(|error| failed("find out about this process for", error))?;
    let unpublished = name::unpublished(std::process::id(), header.instance_id);
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    steps::reach(Step::CreateTemporary);
    let fd = rustix::fs::openat(&place.dir, unpublished.as_str(), flags, Mode::RUSR | Mode::WUSR)
        .map_err(|error| failed("create", error.into()))?;
    let file = File::from(fd);
    let publish = || -> Result<bool, CreateError> {
        // Tells collectors that the creator lives, which no process id can: they may be in another namespace.
        steps::reach(Step::CreateLock);
        let lock = NameLock::try_take(&file).map_err(|error| failed("lock", error))?;
        if lock.is_none() {
            return Ok(false);
        }
        // Whatever the umask says: to take a role its owner opens the file again, and nobody else may.
        rustix::fs::fchmod(&file, Mode::RUSR | Mode::WUSR).map_err(|error| failed("set the mode of", error.into()))?;
        fill(&file, &header, new).map_err(|error| failed("allocate", error))?;
        steps::reach(Step::CreatePublish);
        match rustix::fs::renameat_with(
            &place.dir,
            unpublished.as_str(),
            &place.dir,
            &place.file,
            RenameFlags::NOREPLACE,
        ) {
            Ok(()) => Ok(true),
            Err(Errno::NOENT) => Ok(false),
            Err(Errno::EXIST) => Err(CreateError::AlreadyExists { path: place.path.clone() }),
            Err(error) => Err(failed("publish", error.into())),
        }
    };
    let published = publish();
    if !matches!(published, Ok(true)) {
        // What failed is what the caller must hear of, not what is left behind by it.
        let _ = rustix::fs::unlinkat(&place.dir, unpublished.as_str(), AtFlags::empty());
    }
    Ok(published?.then_some((file, header)))
}

pub(crate) fn new_header(new: &NewRing<'_>) -> io::Result<Header> {
    let instance_id = getrandom::u64().map_err(|error| io::Error::other(error.to_string()))?;
    let ring::Identity { ring_name, message_name, layout_hash, schema_hash, package_version } = new.identity;
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(Header {
        geometry: new.geometry,
        format_minor: ring::FORMAT_MINOR,
        features: 0,
        layout_hash,
        schema_hash,
        instance_id,
        boot_id: sys::boot_id()?,
        creator_pid: std::process::id().into(),
        creator_uid: rustix::process::geteuid().as_raw().into(),
        creator_start: sys::start_time()?,
        created_at: since_epoch.as_nanos() as u64,
        ring_name: ring_name.to_string(),
        message_name: message_name.to_string(),
        package_version,
        schema_edition: ringgen_layout::EDITION,
    })
}

/// Gives a fresh file its size, and writes everything to it that is not zero.
pub(crate) fn fill(file: &File, header: &Header, new: &NewRing<'_>) -> io::Result<()> {
    let geometry = &new.geometry;
    // Beyond this limit the kernel does not only refuse, it ends the process by SIGXFSZ.
    if rustix::process::getrlimit(Resource::Fsize).current.is_some_and(|limit| limit < geometry.file_length) {
        return Err(Errno::FBIG.into());
    }
    // Pages are given now, so that a full file system is an error here and not a SIGBUS at some push.
    steps::reach(Step::CreateAllocate);
    rustix::fs::fallocate(file, FallocateFlags::empty(), 0, geometry.file_length)?;
    steps::reach(Step::CreateHeader);
    file.write_all_at(&header.encode(), 0)?;
    steps::reach(Step::CreateSchema);
    file.write_all_at(new.schema.as_bytes(), geometry.schema_offset)?;
    steps::reach(Step::CreateCursors);
    for block in [geometry.producer_block, geometry.consumer_block] {
        file.write_all_at(&new.first_position.to_le_bytes(), block + block::CURSOR as u64)?;
    }
    Ok(())
}

/// Checks a ring's file: its header and canonical schema.
pub(crate) fn read(file: &File, path: &Path) -> Result<(Header, String), AttachError> {
    let path = || path.to_path_buf();
    let failed = |action, error: io::Error| AttachError::Io { path: path(), action, error };
    let length = file.metadata().map_err(|error| failed("look at", error))?.len();
    let defect = |defect| AttachError::NotARing { path: path(), defect };
    let mut bytes = [0; header::SIZE];
    match file.read_exact_at(&mut bytes, 0) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            return Err(defect(Defect::Length { stated: ring::HEADER_SIZE, actual: length }));
        }
        Err(error) => return Err(failed("read", error)),
    }
    let header = Header::decode(&bytes, length, machine_page()).map_err(|rejection| match rejection {
        Rejection::Defect(found) => defect(found),
        Rejection::Unsupported(what) => AttachError::UnsupportedFormat { path: path(), what },
    })?;
    let mut schema = vec![0; header.geometry.schema_length as usize];
    file.read_exact_at(&mut schema, header.geometry.schema_offset).map_err(|error| failed("read", error))?;
    if ringgen_layout::Hash::of(&schema) != header.schema_hash {
        return Err(defect(Defect::SchemaHash));
    }
    let schema = String::from_utf8(schema).map_err(|_| defect(Defect::Text { name: "canonical schema" }))?;
    Ok((header, schema))
}

/// Opens a file that is safe to map: nothing that could be something else for others, or that strangers write to.
pub(crate) fn open(place: &Place, writable: bool, any_owner: bool) -> Result<File, AttachError> {
    let path = || place.path.clone();
    let refused = |reason| AttachError::Refused { path: path(), reason };
    let failed = |action, error: Errno| AttachError::Io { path: path(), action, error: error.into() };
    let access = if writable { OFlags::RDWR } else { OFlags::RDONLY };
    // Without NONBLOCK, opening a pipe would wait for somebody at its other end.
    let flags = access | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let fd = match rustix::fs::openat(&place.dir, &place.file, flags, Mode::empty()) {
        Ok(fd) => fd,
        Err(Errno::NOENT) => return Err(AttachError::NotFound { path: path() }),
        Err(Errno::LOOP | Errno::ISDIR | Errno::NXIO | Errno::NODEV) => return Err(refused(Refusal::NotRegular)),
        Err(error) => return Err(failed("open", error)),
    };
    let stat = rustix::fs::fstat(&fd).map_err(|error| failed("look at", error))?;
    if stat.st_nlink == 0 {
        // Its name was taken away since it was opened.
        return Err(AttachError::NotFound { path: path() });
    }
    name::check_file(&stat, any_owner).map_err(refused)?;
    Ok(fd.into())
}
