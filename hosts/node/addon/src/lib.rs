//! What JavaScript cannot do itself, for the package `ringgen`: open rings in files, hold a role, sleep and wake.
//!
//! ```text
//! RingFile ─claim→ Role ─buffer→ ArrayBuffer over the mapping      moved by TypeScript, never by this addon
//!                    └─ peerAlive, wait, wake, end
//! Waits ─wait(role, word)→ the one thread of this process that sleeps for every event loop in it
//! ```

pub mod error;
pub mod ring;
pub mod role;
pub mod waiter;
