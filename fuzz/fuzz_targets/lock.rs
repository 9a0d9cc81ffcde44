//! Whatever `ringgen.lock` holds, reading it ends in a lock, which prints as one that reads the same, or in a report.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ringgen_schema::Source;
use ringgen_schema::lock::Lock;

#[allow(dead_code, reason = "the targets about schemas use the rest")]
mod outcome;

fuzz_target!(|bytes: &[u8]| {
    match Lock::read(&Source::from_bytes("ringgen.lock", bytes.to_vec())) {
        Ok(lock) => {
            let text = lock.text();
            let again = Lock::read(&Source::new("ringgen.lock", text.clone())).expect("what a lock prints can be read");
            assert_eq!(again.text(), text);
        }
        Err(report) => outcome::check_report(&report),
    }
});
