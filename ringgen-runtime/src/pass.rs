//! A descriptor that goes from one process to another, over a Unix socket.
//!
//! What goes over it is the eight bytes `RINGGEN1` with one descriptor (`SCM_RIGHTS`) at the first of them. Nothing in
//! front of them and nothing behind them is read, so that they may come in the middle of another conversation.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};

use ringgen_layout::ring::MAGIC;
use rustix::io::Errno;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags,
};

use crate::error::{AttachError, Defect};

pub(crate) fn send(socket: BorrowedFd<'_>, fd: BorrowedFd<'_>) -> io::Result<()> {
    let fds = [fd];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    assert!(control.push(SendAncillaryMessage::ScmRights(&fds)), "there is space for one descriptor");
    let mut sent = 0;
    while sent < MAGIC.len() {
        // The descriptor goes with the first bytes that go.
        match rustix::net::sendmsg(socket, &[IoSlice::new(&MAGIC[sent..])], &mut control, SendFlags::NOSIGNAL) {
            Ok(count) => {
                sent += count;
                control.clear();
            }
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

pub(crate) fn receive(socket: BorrowedFd<'_>) -> Result<OwnedFd, AttachError> {
    let failed = |error: io::Error| AttachError::Io { path: "a socket".into(), action: "receive a ring over", error };
    let no_ring = || AttachError::NotARing { path: "what came over the socket".into(), defect: Defect::Unsent };
    let mut bytes = [0; MAGIC.len()];
    let mut received = 0;
    // All that come are taken, so that they are closed: only one is what a sender of ours sends.
    let mut fds: Vec<OwnedFd> = Vec::new();
    while received < bytes.len() {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(4))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let mut into = [IoSliceMut::new(&mut bytes[received..])];
        let count = match rustix::net::recvmsg(socket, &mut into, &mut control, RecvFlags::CMSG_CLOEXEC) {
            Ok(message) => message.bytes,
            Err(Errno::INTR) => continue,
            Err(error) => return Err(failed(error.into())),
        };
        for message in control.drain() {
            if let RecvAncillaryMessage::ScmRights(descriptors) = message {
                fds.extend(descriptors);
            }
        }
        if count == 0 {
            return Err(failed(io::Error::new(io::ErrorKind::UnexpectedEof, "the other side has closed it")));
        }
        received += count;
        if bytes[..received] != MAGIC[..received] {
            return Err(no_ring());
        }
    }
    match <[OwnedFd; 1]>::try_from(fds) {
        Ok([fd]) => Ok(fd),
        Err(_) => Err(no_ring()),
    }
}
