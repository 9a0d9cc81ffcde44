//! What errors tell of: the facts that several of them share.

use std::fmt;

use ringgen_layout::ring::FORMAT_MAJOR;

use crate::role::Role;

/// What contradicts itself in the control words of a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Corruption {
    /// `head ≤ tail ≤ head + capacity` does not hold, or a cursor is above 2⁶².
    Cursors {
        /// Messages ever taken.
        head: u64,
        /// Messages ever published.
        tail: u64,
        /// How many there may be between them.
        capacity: u64,
    },
    /// A cursor went backwards.
    Backwards {
        /// Whose cursor.
        role: Role,
        /// Where it was.
        seen: u64,
        /// Where it is.
        now: u64,
    },
    /// A role has a state that there is none of.
    State {
        /// Whose state.
        role: Role,
        /// Its number.
        state: u32,
    },
    /// The ring's file was cut short while it was mapped; see
    /// [`RingOptions::guard_truncation`](crate::RingOptions::guard_truncation).
    Truncated,
}

/// The first thing in which a message here and in a ring differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayoutMismatch {
    /// The ring.
    pub ring: String,
    /// The struct or enum that differs.
    pub type_name: String,
    /// The field or value of it; empty if the types differ as a whole.
    pub member: String,
    /// What it is here.
    pub mine: String,
    /// What it is in the ring.
    pub theirs: String,
}

/// Why a name can't be one of a ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameError {
    /// The name.
    pub name: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

/// Why a file or directory is not used for shared memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// It is a symbolic link, a directory, a pipe, a socket or a device.
    NotRegular,
    /// The directory is none, or a symbolic link.
    NotADirectory,
    /// The file has several names.
    Links(u64),
    /// It belongs to somebody else.
    Owner {
        /// Who owns it.
        owner: u32,
        /// Who asks.
        me: u32,
    },
    /// Others may write to it.
    Mode(u32),
    /// The descriptor is of no memory without a name.
    NotAnonymous,
    /// Somebody can still change its size, or what can be done to it.
    Unsealed {
        /// The seals that are missing: `F_SEAL_*`.
        missing: u32,
    },
    /// Nobody can write to it any more, or nobody who has not done so before.
    SealedAgainstWriting,
}

/// What is wrong with a file that should be a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Defect {
    /// It does not begin with `RINGGEN1`.
    Magic,
    /// The header's checksum is another one.
    Checksum {
        /// The one in the header.
        stated: u32,
        /// The one of the header.
        computed: u32,
    },
    /// The file is shorter or longer than its header says.
    Length {
        /// The length in the header.
        stated: u64,
        /// The length of the file.
        actual: u64,
    },
    /// A field of the header can't be what it is.
    Field {
        /// The field.
        name: &'static str,
        /// Its value.
        value: u64,
    },
    /// Two regions share bytes, or one lies outside of the file.
    Regions,
    /// A name or the canonical schema is no UTF-8, or a name is not NUL padded.
    Text {
        /// Which.
        name: &'static str,
    },
    /// The canonical schema's hash is not the one in the header.
    SchemaHash,
    /// It is not what a ring that is sent over a socket is: `RINGGEN1` with one descriptor.
    Unsent,
}

/// What a ring needs that there is not here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unsupported {
    /// Another format.
    Major(u32),
    /// Another byte order.
    Endianness(u32),
    /// Another kind of ring.
    Kind(u32),
    /// Features that must be understood.
    Features(u32),
    /// Regions that this machine's pages can't protect.
    PageSize {
        /// The ring's.
        ring: u32,
        /// The machine's.
        machine: u32,
    },
}

impl fmt::Display for Corruption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cursors { head, tail, capacity } => {
                write!(f, "{head} messages taken and {tail} published can't be with a capacity of {capacity}")
            }
            Self::Backwards { role, seen, now } => write!(f, "the {role} went back from {seen} to {now}"),
            Self::State { role, state } => write!(f, "the {role} has the unknown state {state}"),
            Self::Truncated => f.write_str("its file was truncated while it was mapped"),
        }
    }
}

/// For example: ``ring "market.trades": Trade.price differs: here `price: f64 at 8`, in the ring `price: f32 at 8` ``.
impl fmt::Display for LayoutMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LayoutMismatch { ring, type_name, member, mine, theirs } = self;
        write!(f, "ring \"{ring}\": {type_name}")?;
        if !member.is_empty() {
            write!(f, ".{member}")?;
        }
        write!(f, " differs: here `{mine}`, in the ring `{theirs}`")
    }
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} can't name a ring: {}", self.name, self.reason)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRegular => f.write_str("it is no regular file"),
            Self::NotADirectory => f.write_str("it is no directory, or a symbolic link to one"),
            Self::Links(links) => write!(f, "the file has {links} names"),
            Self::Owner { owner, me } => write!(f, "it belongs to user {owner}, and you are user {me}"),
            Self::Mode(mode) => write!(f, "others may write to it (mode {mode:04o}): take that right away by chmod"),
            Self::NotAnonymous => f.write_str("the descriptor is of no memfd"),
            Self::Unsealed { missing } => {
                let seals = [(0x2, "F_SEAL_SHRINK"), (0x4, "F_SEAL_GROW"), (0x1, "F_SEAL_SEAL")];
                let missing: Vec<&str> =
                    seals.iter().filter(|(bit, _)| missing & bit != 0).map(|(_, name)| *name).collect();
                write!(f, "its size can still be changed: who makes it has to add {}", missing.join(", "))
            }
            Self::SealedAgainstWriting => f.write_str("it is sealed against writing"),
        }
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Magic => f.write_str("it does not begin with RINGGEN1"),
            Self::Checksum { stated, computed } => {
                write!(f, "its header has the checksum {computed:08x} and states {stated:08x}")
            }
            Self::Length { stated, actual } => {
                write!(f, "it has {actual} bytes and its header states {stated}")
            }
            Self::Field { name, value } => write!(f, "its header states {name} = {value}"),
            Self::Regions => f.write_str("its regions overlap or lie outside of the file"),
            Self::Text { name: name @ "canonical schema" } => write!(f, "its {name} is no UTF-8"),
            Self::Text { name } => write!(f, "its {name} is no NUL-padded UTF-8"),
            Self::SchemaHash => f.write_str("its canonical schema is not the one its header states the hash of"),
            Self::Unsent => f.write_str("it is not `RINGGEN1` with one descriptor"),
        }
    }
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Major(major) => {
                let older = if *major > FORMAT_MAJOR { "this program" } else { "the one that creates it" };
                write!(f, "it has format {major}, and this is ringgen for format {FORMAT_MAJOR}: update {older}")
            }
            Self::Endianness(_) => f.write_str("it was made on a machine of the other byte order"),
            Self::Kind(kind) => write!(f, "it is a ring of kind {kind}, and only spsc (1) is known here"),
            Self::Features(bits) => write!(f, "it needs the unknown features {bits:#x}"),
            Self::PageSize { ring, machine } => {
                write!(f, "its regions are aligned to {ring} bytes, and this machine's pages have {machine}")
            }
        }
    }
}
