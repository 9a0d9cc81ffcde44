//! A ring with a type: what a program opens first.

use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;

#[cfg(feature = "tokio")]
use crate::asynchronous::{AsyncConsumer, AsyncProducer};
use crate::consumer::Consumer;
use crate::end::End;
use crate::error::{AttachError, ClaimError, CreateError, OpenError};
use crate::host::{Layout, RawRing};
use crate::map::Residency;
use crate::options::RingOptions;
use crate::pod::Message;
use crate::producer::Producer;
#[cfg(feature = "tokio")]
use crate::reactor::Seat;
use crate::role::Side;
use crate::wait::Wait;

/// What kinds of rings there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RingKind {
    /// One producer, one consumer; nothing is lost.
    Spsc,
}

/// A ring of messages `T` in shared memory. Claim a role to take part.
///
/// It stays until its file is removed: by [`unlink`](Ring::unlink), by hand, or by the machine's next start. The
/// handle itself can be dropped, sent and used from any thread; roles live without it.
pub struct Ring<T: Message> {
    raw: RawRing,
    wait: Wait,
    residency: Residency,
    messages: PhantomData<fn(T) -> T>,
}

impl<T: Message> Ring<T> {
    /// Creates a ring of `capacity` messages, a power of two.
    ///
    /// `name` is `ring`, `package.ring` or `package.ring.instance` in the directory `$RINGGEN_DIR`, or else in
    /// `/dev/shm/ringgen-<uid>`; with a `/` in it, it is a path. The file appears complete or not at all, its memory
    /// is allocated, and only this user can open it.
    ///
    /// # Errors
    /// If there is one already, if the name or the capacity can't be, if the directory belongs to or can be written
    /// to by others, or if there is no memory for it.
    pub fn create(name: impl AsRef<Path>, capacity: u64) -> Result<Self, CreateError> {
        RingOptions::new().capacity(capacity).create(name)
    }

    /// Attaches to a ring that there is; see [`create`](Ring::create) for names.
    ///
    /// Its messages may be another version of `T` if the layouts are compatible: what one of them has and the other has
    /// not lies in bytes that the other calls reserved. [`warnings`](Ring::warnings) says so.
    ///
    /// # Errors
    /// If there is none; if its messages are others, with the first field that differs; if the file is damaged, of
    /// another format, from before the machine's last start, or not safe to share memory by.
    pub fn attach(name: impl AsRef<Path>) -> Result<Self, AttachError> {
        RingOptions::new().attach(name)
    }

    /// Attaches to a ring, or creates it with this capacity if there is none. Whoever comes first creates it.
    ///
    /// # Errors
    /// As for [`attach`](Ring::attach) and [`create`](Ring::create).
    pub fn open_or_create(name: impl AsRef<Path>, capacity: u64) -> Result<Self, OpenError> {
        RingOptions::new().capacity(capacity).open_or_create(name)
    }

    /// Creates a ring that has no file: memory that only who is given a descriptor of it can reach, and whose size nobody
    /// can change any more. It lasts as long as anybody has it open. `name` is what it is called in its header and in
    /// messages, in the form of [`create`](Ring::create).
    ///
    /// ```
    /// # use ringgen_runtime::{Message, Ring};
    /// # use std::os::unix::net::UnixStream;
    /// # fn share<Trade: Message>(socket: &UnixStream) -> Result<(), Box<dyn std::error::Error>> {
    /// let ring = Ring::<Trade>::create_anonymous("market.trades", 4096)?;
    /// ring.send_over(socket)?; // to `Ring::receive_from`, in any language
    /// let trades = ring.producer()?;
    /// # drop(trades); Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If the name or the capacity can't be, or if there is no memory for it.
    pub fn create_anonymous(name: &str, capacity: u64) -> Result<Self, CreateError> {
        RingOptions::new().capacity(capacity).create_anonymous(name)
    }

    /// Attaches to the ring without a file that this descriptor is of: inherited, or received by other means than
    /// [`receive_from`](Ring::receive_from). The file is opened anew, so that the sender's locks are not shared.
    ///
    /// # Errors
    /// As for [`attach`](Ring::attach). *Refused* is a descriptor of anything but a memfd whose size is sealed for good
    /// and that can be written to.
    pub fn from_fd(fd: impl AsFd) -> Result<Self, AttachError> {
        RingOptions::new().from_fd(fd)
    }

    /// Passes a ring without a file on: over this Unix socket goes what [`receive_from`](Ring::receive_from) takes, or
    /// `Ring.receive` in Python.
    ///
    /// # Errors
    /// If the ring has a name, or if the operating system says no.
    pub fn send_over(&self, socket: impl AsFd) -> io::Result<()> {
        self.raw.send_over(socket)
    }

    /// Attaches to the ring that comes next over this Unix socket, and waits for it if the socket does.
    ///
    /// # Errors
    /// As for [`from_fd`](Ring::from_fd); also if what comes is no ring, or if the other side closes the socket.
    pub fn receive_from(socket: impl AsFd) -> Result<Self, AttachError> {
        RingOptions::new().receive_from(socket)
    }

    pub(crate) fn create_anonymous_with(name: &str, options: &RingOptions) -> Result<Self, CreateError> {
        RawRing::create_anonymous(name, &Layout::of::<T>(), options).map(|raw| Self::new(raw, options))
    }

    pub(crate) fn from_fd_with(fd: BorrowedFd<'_>, options: &RingOptions) -> Result<Self, AttachError> {
        RawRing::from_fd(fd, Some(&Layout::of::<T>()), options).map(|raw| Self::new(raw, options))
    }

    pub(crate) fn receive_with(socket: BorrowedFd<'_>, options: &RingOptions) -> Result<Self, AttachError> {
        RawRing::receive_from(socket, Some(&Layout::of::<T>()), options).map(|raw| Self::new(raw, options))
    }

    pub(crate) fn create_with(name: &Path, options: &RingOptions) -> Result<Self, CreateError> {
        RawRing::create(name, &Layout::of::<T>(), options).map(|raw| Self::new(raw, options))
    }

    pub(crate) fn attach_with(name: &Path, options: &RingOptions) -> Result<Self, AttachError> {
        RawRing::attach(name, Some(&Layout::of::<T>()), options).map(|raw| Self::new(raw, options))
    }

    pub(crate) fn open_or_create_with(name: &Path, options: &RingOptions) -> Result<Self, OpenError> {
        RawRing::open_or_create(name, &Layout::of::<T>(), options).map(|raw| Self::new(raw, options))
    }

    fn new(raw: RawRing, options: &RingOptions) -> Self {
        Ring { raw, wait: options.wait, residency: options.residency, messages: PhantomData }
    }

    /// Claims the writing end. Who was producer before does not matter: this one goes on at the next position.
    ///
    /// # Errors
    /// If a living process holds it, if the stream has been ended, or if the ring's file is gone or corrupt.
    pub fn producer(&self) -> Result<Producer<T>, ClaimError> {
        Ok(Producer::new(self.end()?, self.warnings().to_vec()))
    }

    /// Claims the reading end. Who was consumer before does not matter: this one goes on at the next position.
    ///
    /// # Errors
    /// If a living process holds it, or if the ring's file is gone or corrupt.
    pub fn consumer(&self) -> Result<Consumer<T>, ClaimError> {
        Ok(Consumer::new(self.end()?, self.warnings().to_vec()))
    }

    /// As [`consumer`](Ring::consumer), for tasks: it is awaited.
    ///
    /// # Errors
    /// As there, and if the thread that waits can't be started.
    #[cfg(feature = "tokio")]
    pub fn async_consumer(&self) -> Result<AsyncConsumer<T>, ClaimError> {
        let seat = Seat::take().map_err(no_thread)?;
        Ok(AsyncConsumer::new(self.consumer()?, seat))
    }

    /// As [`producer`](Ring::producer), for tasks: it is awaited.
    ///
    /// # Errors
    /// As there, and if the thread that waits can't be started.
    #[cfg(feature = "tokio")]
    pub fn async_producer(&self) -> Result<AsyncProducer<T>, ClaimError> {
        let seat = Seat::take().map_err(no_thread)?;
        Ok(AsyncProducer::new(self.producer()?, seat))
    }

    fn end<S: Side>(&self) -> Result<End<S>, ClaimError> {
        let (role, cursors) = self.raw.claim_with_cursors(S::ROLE, self.residency)?;
        Ok(End::new(role, cursors, self.wait))
    }

    /// What its user should know, though the ring can be used: a layout that is not the same but compatible, with the
    /// fields that differ, or a schema that differs in docs, units or version.
    pub fn warnings(&self) -> &[String] {
        self.raw.warnings()
    }

    /// Where it lies; `memfd:` and its name, if that is nowhere.
    pub fn path(&self) -> &Path {
        self.raw.observer().path()
    }

    /// How many messages it holds.
    pub fn capacity(&self) -> u64 {
        self.raw.observer().header().geometry.capacity
    }

    /// The same ring without its type.
    pub fn raw(&self) -> &RawRing {
        &self.raw
    }

    /// Takes the ring's name away, so that it can be created anew; `false` if the name leads elsewhere by now, or if it
    /// has none.
    /// Whoever holds a role goes on.
    ///
    /// # Errors
    /// If the operating system says no.
    pub fn unlink(&self) -> io::Result<bool> {
        self.raw.unlink()
    }
}

impl<T: Message> AsFd for Ring<T> {
    /// A descriptor of the ring's file, to be passed on. It holds no lock.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.raw.as_fd()
    }
}

#[cfg(feature = "tokio")]
fn no_thread(error: io::Error) -> ClaimError {
    ClaimError::Io { action: "start the thread that waits", error }
}

impl<T: Message> fmt::Debug for Ring<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ring")
            .field("message", &T::NAME)
            .field("path", &self.path())
            .field("capacity", &self.capacity())
            .finish_non_exhaustive()
    }
}
