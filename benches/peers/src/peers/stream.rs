//! A pipe and a Unix socket: the kernel copies in and out, and both sides sleep in it.
#![allow(unsafe_code, reason = "messages as bytes, and calls of the operating system")]

use std::fs::File;
use std::io::{self, Read, Write};
use std::marker::PhantomData;
use std::os::fd::{FromRawFd, OwnedFd};

use crate::Result;
use crate::link::{Peer, Place, Rx, Tx, taken};
use crate::payload::Payload;

/// How much a pipe holds: what the kernel allows any user.
const PIPE_BYTES: libc::c_int = 1 << 20;

/// What makes two connected descriptors.
pub(crate) trait Kind: 'static {
    const NAME: &'static str;

    /// The receiving and the sending one.
    fn pair() -> io::Result<[OwnedFd; 2]>;
}

pub(crate) enum Pipe {}

impl Kind for Pipe {
    const NAME: &'static str = "pipe";

    fn pair() -> io::Result<[OwnedFd; 2]> {
        let mut ends = [0; 2];
        // SAFETY: room for two descriptors.
        if unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) } != 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: a pipe. That it can't grow is no reason not to use it.
        unsafe { libc::fcntl(ends[1], libc::F_SETPIPE_SZ, PIPE_BYTES) };
        // SAFETY: new descriptors that nobody else has.
        Ok(ends.map(|end| unsafe { OwnedFd::from_raw_fd(end) }))
    }
}

pub(crate) enum Socket {}

impl Kind for Socket {
    const NAME: &'static str = "Unix socket";

    fn pair() -> io::Result<[OwnedFd; 2]> {
        let (one, other) = std::os::unix::net::UnixStream::pair()?;
        Ok([one.into(), other.into()])
    }
}

pub(crate) struct Stream<K>(PhantomData<K>);

impl<M: Payload, K: Kind> Peer<M> for Stream<K> {
    const NAME: &'static str = K::NAME;

    type Tx = File;
    type Rx = File;

    fn sender(place: &Place) -> Result<Self::Tx> {
        open::<K>(place, 1)
    }

    fn receiver(place: &Place) -> Result<Self::Rx> {
        open::<K>(place, 0)
    }
}

fn open<K: Kind>(place: &Place, end: usize) -> Result<File> {
    if !place.first {
        return place.descriptor("end");
    }
    let [receiver, sender] = K::pair()?;
    let (own, other) = if end == 0 { (receiver, sender) } else { (sender, receiver) };
    place.leave_descriptor("end", &other)?;
    Ok(own.into())
}

fn bytes<M: Payload>(messages: &[M]) -> &[u8] {
    // SAFETY: so many bytes, all of them initialised: messages have no padding.
    unsafe { std::slice::from_raw_parts(messages.as_ptr().cast(), size_of_val(messages)) }
}

fn bytes_mut<M: Payload>(messages: &mut [M]) -> &mut [u8] {
    // SAFETY: as above, and any bytes are messages.
    unsafe { std::slice::from_raw_parts_mut(messages.as_mut_ptr().cast(), size_of_val(messages)) }
}

impl<M: Payload> Tx<M> for File {
    fn send_one(&mut self, message: M) -> Result<bool> {
        self.write_all(bytes(&[message]))?;
        Ok(true)
    }

    fn send(&mut self, batch: &[M]) -> Result<usize> {
        self.write_all(bytes(batch))?;
        Ok(batch.len())
    }
}

impl<M: Payload> Rx<M> for File {
    fn receive_one(&mut self) -> Result<Option<M>> {
        let mut message = [M::new(0)];
        self.read_exact(bytes_mut(&mut message))?;
        Ok(Some(message[0]))
    }

    fn receive(&mut self, buffer: &mut [M]) -> Result<(usize, u64)> {
        let length = self.read(bytes_mut(buffer))?;
        // The rest of a message that came in part.
        let count = length.div_ceil(size_of::<M>());
        self.read_exact(&mut bytes_mut(buffer)[length..count * size_of::<M>()])?;
        Ok(taken(&buffer[..count]))
    }

    fn block(&mut self) -> Result<M> {
        crate::station::receive(self)
    }
}
