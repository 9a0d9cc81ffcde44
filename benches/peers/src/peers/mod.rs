//! Every peer, one a file.

pub(crate) mod crossbeam;
pub(crate) mod futex;
pub(crate) mod iceoryx2;
pub(crate) mod raw;
pub(crate) mod ringfire;
pub(crate) mod ringgen;
pub(crate) mod rtrb;
pub(crate) mod shmem_ipc;
pub(crate) mod slotted;
pub(crate) mod stream;
