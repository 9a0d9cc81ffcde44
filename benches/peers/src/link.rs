//! What a peer must be able to do, and where it finds its other end.
#![allow(unsafe_code, reason = "descriptors that a child inherits")]

use std::any::Any;
use std::collections::HashMap;
use std::fs::File;
use std::os::fd::{AsRawFd, FromRawFd, RawFd};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::Result;
use crate::payload::Payload;

/// A way to bring messages from one process, or thread, to another.
pub(crate) trait Peer<M: Payload>: 'static {
    /// What it is called in tables and commands.
    const NAME: &'static str;
    /// Whether its other end is a thread of this process rather than a process.
    const THREAD: bool = false;
    /// Whether a receiver can sleep until something comes.
    const BLOCKS: bool = true;
    /// Whether it is made for more than one message at a time.
    const STREAMS: bool = true;

    type Tx: Tx<M>;
    type Rx: Rx<M>;

    fn sender(place: &Place) -> Result<Self::Tx>;
    fn receiver(place: &Place) -> Result<Self::Rx>;
}

/// A sending end.
pub(crate) trait Tx<M: Payload> {
    /// Called once the other end is there.
    fn ready(&mut self) -> Result {
        Ok(())
    }

    /// Sends a message; `false` if there is no room.
    fn send_one(&mut self, message: M) -> Result<bool>;

    /// Sends a message to a receiver that may be asleep.
    fn send_waking(&mut self, message: M) -> Result {
        while !self.send_one(message)? {
            std::hint::spin_loop();
        }
        Ok(())
    }

    /// Sends the first of these messages, and says how many; 0 if there is no room.
    fn send(&mut self, batch: &[M]) -> Result<usize>;
}

/// A receiving end.
pub(crate) trait Rx<M: Payload> {
    /// Called once the other end is there.
    fn ready(&mut self) -> Result {
        Ok(())
    }

    /// Takes a message if there is one. Peers that always wait do so.
    fn receive_one(&mut self) -> Result<Option<M>>;

    /// Takes as many messages as there are and as fit in, or reads as many in place, and says how many and what the sum
    /// of their [`Payload::sum`] is.
    fn receive(&mut self, buffer: &mut [M]) -> Result<(usize, u64)>;

    /// Takes a message; sleeps until there is one, if it [can](Peer::BLOCKS).
    fn block(&mut self) -> Result<M>;
}

/// What has been taken into a buffer.
#[inline]
pub(crate) fn taken<M: Payload>(messages: &[M]) -> (usize, u64) {
    (messages.len(), messages.iter().map(M::sum).sum())
}

/// Where the two ends of one link find each other: a folder of its own, and how much fits in.
pub(crate) struct Place {
    dir: PathBuf,
    pub(crate) capacity: usize,
    /// Whether this is the end that comes first and makes what both use.
    pub(crate) first: bool,
}

/// The other ends of links between threads.
static LEFT: Mutex<Option<HashMap<PathBuf, Box<dyn Any + Send>>>> = Mutex::new(None);

impl Place {
    pub(crate) fn new(session: &Path, name: &str, capacity: usize, first: bool) -> Result<Self> {
        let dir = session.join(name.replace([' ', ',', '(', ')'], "-"));
        std::fs::create_dir_all(&dir)?;
        Ok(Place { dir, capacity, first })
    }

    /// A file of this link.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Leaves a descriptor to the process that comes second and is a child of this one.
    pub(crate) fn leave_descriptor(&self, name: &str, descriptor: &impl AsRawFd) -> Result {
        // SAFETY: an open descriptor. The copy stays open when the child starts its program.
        let copy = unsafe { libc::dup(descriptor.as_raw_fd()) };
        if copy < 0 {
            return Err(std::io::Error::last_os_error().into());
        }
        Ok(std::fs::write(self.file(name), copy.to_string())?)
    }

    /// What [`leave_descriptor`](Place::leave_descriptor) left.
    pub(crate) fn descriptor(&self, name: &str) -> Result<File> {
        let number: RawFd = std::fs::read_to_string(self.file(name))?.parse()?;
        // SAFETY: inherited for this purpose, and taken once: each name is asked for by one end.
        Ok(unsafe { File::from_raw_fd(number) })
    }

    /// Leaves the other end to the thread that comes second.
    pub(crate) fn leave<T: Send + 'static>(&self, end: T) {
        let mut left = LEFT.lock().unwrap_or_else(PoisonError::into_inner);
        left.get_or_insert_default().insert(self.dir.clone(), Box::new(end));
    }

    /// What [`leave`](Place::leave) left.
    pub(crate) fn take<T: Send + 'static>(&self) -> Result<T> {
        let mut left = LEFT.lock().unwrap_or_else(PoisonError::into_inner);
        let end = left.as_mut().and_then(|left| left.remove(&self.dir)).and_then(|end| end.downcast().ok());
        Ok(*end.ok_or("nothing was left for the other thread")?)
    }
}
