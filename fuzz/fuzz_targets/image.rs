//! What a file may hold that somebody wants to be taken for a ring: any bytes, or a sound ring's with some of them changed.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use ringgen::RingOptions;
use ringgen_layout::Hash;
use ringgen_layout::ring::{HEADER_SIZE, header};

#[path = "../../generated/rust/market.rs"]
#[allow(dead_code, reason = "one message is enough")]
mod market;

pub use market::Trade;

/// A folder of this process, in memory.
pub fn folder() -> &'static Path {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
        let folder = PathBuf::from(format!("/dev/shm/ringgen-fuzz-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("/dev/shm is writable");
        folder
    });
    &FOLDER
}

/// The bytes of a ring of trades that has just been made.
fn sound() -> &'static [u8] {
    static SOUND: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let path = folder().join("sound");
        let _ = std::fs::remove_file(&path);
        RingOptions::new().capacity(4).create::<Trade>(&path).expect("it is not there");
        let bytes = std::fs::read(&path).expect("it is there");
        std::fs::remove_file(&path).expect("it is there");
        bytes
    });
    &SOUND
}

/// The first byte says what the others are: all that the file holds, or changes of a sound one, each as an offset, a
/// length and as many bytes. It also says which sums are made to fit, without which little would be looked at.
pub fn of(input: &[u8]) -> Vec<u8> {
    let Some((&choice, mut rest)) = input.split_first() else { return Vec::new() };
    let mut bytes = if choice & 1 == 0 { sound().to_vec() } else { rest.to_vec() };
    while choice & 1 == 0 && rest.len() >= 3 {
        let (start, length) = (usize::from(u16::from_le_bytes([rest[0], rest[1]])), usize::from(rest[2] & 15));
        let change = &rest[3..(3 + length).min(rest.len())];
        rest = &rest[3 + change.len()..];
        if start == 0xFFFF {
            // As long as somebody likes.
            bytes.resize(
                bytes
                    .len()
                    .wrapping_add_signed(i16::from_le_bytes([length as u8, *change.first().unwrap_or(&0)]).into())
                    % (1 << 18),
                0,
            );
        } else if let Some(place) = bytes.get_mut(start..start + change.len()) {
            place.copy_from_slice(change);
        }
    }
    let word = |bytes: &[u8], at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"));
    if bytes.len() < HEADER_SIZE as usize {
        return bytes;
    }
    if choice & 2 == 0 {
        let end = HEADER_SIZE.saturating_add(word(&bytes, header::SCHEMA_LENGTH));
        if let Some(schema) = bytes.get(HEADER_SIZE as usize..usize::try_from(end).unwrap_or(usize::MAX)) {
            let hash = Hash::of(schema).to_bytes();
            bytes[header::SCHEMA_HASH..header::SCHEMA_HASH + 16].copy_from_slice(&hash);
        }
    }
    if choice & 4 == 0 {
        let length = (bytes.len() as u64).to_le_bytes();
        bytes[header::FILE_LENGTH..header::FILE_LENGTH + 8].copy_from_slice(&length);
    }
    if choice & 8 == 0 {
        let checksum = crc32fast::hash(&bytes[..header::CHECKSUM]).to_le_bytes();
        bytes[header::CHECKSUM..header::CHECKSUM + 4].copy_from_slice(&checksum);
    }
    bytes
}
