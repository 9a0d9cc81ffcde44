//! A ring as a stranger sees it: a file, and the numbers of its header.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, Instant};

use ringgen_layout::ring::{block, header};

/// The file of a ring, open for reading.
pub(crate) struct RingFile(File);

impl RingFile {
    pub(crate) fn open(path: &Path) -> Self {
        RingFile(File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    }

    fn read<const N: usize>(&self, offset: u64) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.read_exact_at(&mut bytes, offset).expect("the ring is as long as it says");
        bytes
    }

    /// Waits until the consumer has said that it sleeps.
    pub(crate) fn wait_until_parked(&self) {
        let ticket = u64::from_le_bytes(self.read(header::CONSUMER_BLOCKS as u64)) + block::TICKET as u64;
        let start = Instant::now();
        while u32::from_le_bytes(self.read(ticket)).is_multiple_of(2) {
            assert!(start.elapsed() < Duration::from_secs(120), "the consumer does not go to sleep");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}
