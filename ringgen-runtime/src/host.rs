//! Rings without types, for hosts in other languages, which bring layouts as values.

use std::borrow::Cow;
use std::fs::File;
use std::io;
use std::path::Path;

use ringgen_layout::ring::{self, Geometry, Identity};
use ringgen_layout::{Comparison, Difference, Hash, compare_layouts, first_other_lines};

use crate::cursor::Cursors;
use crate::error::{AttachError, ClaimError, CreateError, Defect, LayoutMismatch, NameError, OpenError};
use crate::header::Header;
use crate::home::Home;
use crate::map::{self, Mapping, NewRing, Residency};
use crate::name::{self, PlaceError};
use crate::observe::Observer;
use crate::options::{MAX_FIRST_POSITION, RingOptions};
use crate::pod::Message;
use crate::raw::Shared;
use crate::role::{RawRole, Role};
use crate::steps::{self, Step};
use crate::trace;

/// The layout of a message, as a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout<'a> {
    /// The name of the message.
    pub message_name: Cow<'a, str>,
    /// The fingerprint of its layout.
    pub layout_hash: Hash,
    /// The canonical text of its layout.
    pub schema_text: Cow<'a, str>,
    /// Its size in bytes.
    pub size: u32,
    /// Its alignment in bytes.
    pub align: u32,
    /// The version of its package; 0 where there is none.
    pub package_version: u32,
}

impl Layout<'static> {
    /// The layout of a message type.
    pub fn of<T: Message>() -> Self {
        Layout {
            message_name: Cow::Borrowed(T::NAME),
            layout_hash: T::LAYOUT_HASH,
            schema_text: T::schema_text(),
            size: T::TYPE.size,
            align: T::TYPE.align,
            package_version: T::PACKAGE_VERSION,
        }
    }
}

/// A ring that roles can be claimed of, for hosts in other languages. [`Ring`](crate::Ring) is this with a type.
#[derive(Debug)]
pub struct RawRing {
    observer: Observer,
    warnings: Vec<String>,
}

impl RawRing {
    /// Creates a ring for messages of this layout.
    ///
    /// # Errors
    /// As for [`Ring::create`](crate::Ring::create).
    pub fn create(name: impl AsRef<Path>, layout: &Layout<'_>, options: &RingOptions) -> Result<Self, CreateError> {
        let location = options.locate(name.as_ref()).map_err(CreateError::InvalidName)?;
        let dir = location.dir().to_path_buf();
        let file_name = location.path().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let new = Self::plan(&file_name, layout, options)?;
        let place = location.open(true, options.any_owner).map_err(|error| match error {
            PlaceError::NotFound => {
                CreateError::Io { path: dir, action: "open the directory", error: io::ErrorKind::NotFound.into() }
            }
            PlaceError::Refused(reason) => CreateError::Refused { path: dir, reason },
            PlaceError::Io(action, error) => CreateError::Io { path: dir, action, error },
        })?;
        let (file, header) = map::create(&place, &new)?;
        Self::created(Home::Named(place), file, header, &new)
    }

    /// What a new ring is made of; `file_name` has its name as the second part.
    pub(crate) fn plan<'a>(
        file_name: &'a str,
        layout: &'a Layout<'_>,
        options: &RingOptions,
    ) -> Result<NewRing<'a>, CreateError> {
        let identity = Identity {
            ring_name: header_name(name::ring_name(file_name))?,
            message_name: header_name(&layout.message_name)?,
            layout_hash: layout.layout_hash,
            schema_hash: Hash::of(layout.schema_text.as_bytes()),
            package_version: layout.package_version,
        };
        let first_position = options.first_position;
        if first_position > MAX_FIRST_POSITION {
            return Err(CreateError::InvalidPosition(first_position));
        }
        let schema = &*layout.schema_text;
        let geometry =
            Geometry::spsc(options.capacity, layout.size, layout.align, schema.len() as u64, map::machine_page())
                .map_err(CreateError::InvalidGeometry)?;
        Ok(NewRing { identity, geometry, schema, first_position })
    }

    /// A ring whose file has just been made.
    pub(crate) fn created(home: Home, file: File, header: Header, new: &NewRing<'_>) -> Result<Self, CreateError> {
        steps::reach(Step::CreateMap);
        let map = Mapping::read_only(&file, new.geometry).map_err(|error| {
            let path = home.path().to_path_buf();
            CreateError::Io { path, action: "map", error }
        })?;
        trace::created(home.path(), &header.message_name, new.geometry.capacity);
        let observer = Observer { home, file, header, schema: new.schema.to_string(), shared: Shared::new(map) };
        Ok(RawRing { observer, warnings: Vec::new() })
    }

    /// Attaches to a ring. Without a layout, whatever message it carries is welcome.
    ///
    /// # Errors
    /// As for [`Ring::attach`](crate::Ring::attach).
    pub fn attach(
        name: impl AsRef<Path>,
        layout: Option<&Layout<'_>>,
        options: &RingOptions,
    ) -> Result<Self, AttachError> {
        Self::attached(Observer::open_as(name.as_ref(), options, true)?, layout)
    }

    /// A ring that can be seen, if it is of this boot and carries such messages.
    pub(crate) fn attached(observer: Observer, layout: Option<&Layout<'_>>) -> Result<Self, AttachError> {
        let path = || observer.path().to_path_buf();
        let is_stale = observer.is_stale().map_err(|error| AttachError::Io {
            path: path(),
            action: "find out about this boot for",
            error,
        })?;
        if is_stale {
            return Err(AttachError::Stale { path: path() });
        }
        let warnings = match layout {
            Some(layout) => compare(&observer, layout)?,
            None => Vec::new(),
        };
        trace::attached(observer.path(), &observer.header().message_name, &warnings);
        Ok(RawRing { observer, warnings })
    }

    /// Attaches to a ring, or creates it if there is none.
    ///
    /// # Errors
    /// As for [`RawRing::attach`] and [`RawRing::create`].
    pub fn open_or_create(
        name: impl AsRef<Path>,
        layout: &Layout<'_>,
        options: &RingOptions,
    ) -> Result<Self, OpenError> {
        let name = name.as_ref();
        loop {
            match Self::attach(name, Some(layout), options) {
                Err(AttachError::NotFound { .. }) => {}
                other => return other.map_err(OpenError::Attach),
            }
            match Self::create(name, layout, options) {
                // Somebody was faster: attach to theirs.
                Err(CreateError::AlreadyExists { .. }) => {}
                other => return other.map_err(OpenError::Create),
            }
        }
    }

    /// Claims a role.
    ///
    /// # Errors
    /// As for [`Ring::producer`](crate::Ring::producer) and [`Ring::consumer`](crate::Ring::consumer).
    pub fn claim(&self, role: Role) -> Result<RawRole, ClaimError> {
        self.claim_with_cursors(role, Residency::default()).map(|(role, _)| role)
    }

    pub(crate) fn claim_with_cursors(
        &self,
        role: Role,
        residency: Residency,
    ) -> Result<(RawRole, Cursors), ClaimError> {
        let Observer { home, file, header, .. } = &self.observer;
        RawRole::claim(home, header.geometry, file, role, residency)
    }

    /// What can be seen of the ring without taking part.
    pub fn observer(&self) -> &Observer {
        &self.observer
    }

    /// What the caller should know, though the ring can be used; see [`Ring::warnings`](crate::Ring::warnings).
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Takes the ring's name away, so that it can be created anew; `false` if the name leads elsewhere by now.
    /// Whoever holds a role goes on.
    ///
    /// # Errors
    /// If the operating system says no.
    pub fn unlink(&self) -> io::Result<bool> {
        let is_gone = self.observer.home.unlink(&self.observer.file)?;
        if is_gone {
            trace::unlinked(self.observer.path());
        }
        Ok(is_gone)
    }
}

/// A name that has room in a header.
fn header_name(name: &str) -> Result<&str, CreateError> {
    let refuse = |reason| Err(CreateError::InvalidName(NameError { name: name.to_string(), reason }));
    if name.is_empty() {
        return refuse("it is empty");
    }
    if name.len() > ring::MAX_NAME {
        return refuse("it is longer than 63 bytes");
    }
    if name.contains(['\0', char::REPLACEMENT_CHARACTER]) {
        return refuse("it is no text");
    }
    Ok(name)
}

/// How many differences of a compatible layout a warning names.
const NAMED_DIFFERENCES: usize = 8;

/// Compares the message that is expected with the one in the ring; what is to be told though it is no error.
fn compare(observer: &Observer, mine: &Layout<'_>) -> Result<Vec<String>, AttachError> {
    let theirs = observer.header();
    let path = observer.path();
    let ring = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let has_layout = theirs.layout_hash == mine.layout_hash;
    let differences = if has_layout { Vec::new() } else { compatible_differences(&ring, observer, mine)? };
    let Geometry { payload_size, payload_align, .. } = theirs.geometry;
    for (name, is, must) in
        [("payload size", payload_size, mine.size), ("payload alignment", payload_align, mine.align)]
    {
        if is != must {
            let defect = Defect::Field { name, value: is.into() };
            return Err(AttachError::NotARing { path: path.to_path_buf(), defect });
        }
    }
    if theirs.schema_hash == Hash::of(mine.schema_text.as_bytes()) {
        return Ok(Vec::new());
    }
    let message = &theirs.message_name;
    let what = if has_layout {
        "has the layout expected here, but units, docs or the version of the package differ"
    } else {
        "has another layout than the one expected here, and a compatible one"
    };
    Ok(vec![format!("ring \"{ring}\": {message} {what}: {}", named(&differences, observer, mine))])
}

/// What differs between two layouts that are not the same but compatible.
fn compatible_differences(ring: &str, observer: &Observer, mine: &Layout<'_>) -> Result<Vec<Difference>, AttachError> {
    let difference = match compare_layouts(&mine.schema_text, observer.schema()) {
        Comparison::Compatible(differences) => return Ok(differences),
        Comparison::Different(difference) => difference,
        // The texts say the same and the hashes do not: one of the two is not what it says.
        Comparison::Same => Difference {
            type_name: mine.message_name.to_string(),
            member: String::new(),
            mine: format!("layout {}", mine.layout_hash),
            theirs: format!("layout {}", observer.header().layout_hash),
        },
    };
    let Difference { type_name, member, mine, theirs } = difference;
    let ring = ring.to_string();
    Err(AttachError::LayoutMismatch(Box::new(LayoutMismatch { ring, type_name, member, mine, theirs })))
}

/// The differences that have a name; where none has, the first line of each text that the other has not.
fn named(differences: &[Difference], observer: &Observer, mine: &Layout<'_>) -> String {
    let words = |Difference { type_name, member, mine, theirs }: &Difference| {
        format!("{type_name}.{member} is here `{mine}`, in the ring `{theirs}`")
    };
    let mut parts: Vec<String> = differences.iter().take(NAMED_DIFFERENCES).map(words).collect();
    match differences.len().saturating_sub(NAMED_DIFFERENCES) {
        0 if parts.is_empty() => {
            let (here, there) = first_other_lines(&mine.schema_text, observer.schema());
            return format!("here `{here}`, in the ring `{there}`");
        }
        0 => {}
        more => parts.push(format!("and {more} more")),
    }
    parts.join("; ")
}
