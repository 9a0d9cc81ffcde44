//! Programs of `ringgen-sanitized` under the compiler's sanitizers, which take a nightly compiler, or a stable one that
//! is told to behave as one.
//!
//! ```text
//! let sanitizer = Sanitizer::Address;
//! if let Err(why) = sanitizer.is_there() {
//!     return optional_tool(sanitizer.name(), Err(&why));
//! }
//! let program = sanitizer.build("address", "my-program");
//! let output = sanitizer.command(&program).arg(…).output()…;      // or spawn()
//! assert!(!sanitizer.reports(&output), …);
//! ```
//! A program is a `[[bin]]` of ringgen-runtime/sanitized with its feature (`address` or `thread`) as
//! `required-features`, so that no ordinary build has it. The first build for a sanitizer takes some ten seconds of a
//! processor, each further program one.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::{root, target_dir};

/// What watches a program.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sanitizer {
    /// Finds accesses outside of what was allocated.
    Address,
    /// Finds accesses of two threads to one place, one of them a store, without an order.
    Thread,
}

impl Sanitizer {
    pub fn name(self) -> &'static str {
        match self {
            Sanitizer::Address => "AddressSanitizer",
            Sanitizer::Thread => "ThreadSanitizer",
        }
    }

    /// The compiler's flags. The standard library comes without sanitizers, which is no mistake here: what it
    /// allocates and how it starts threads is seen all the same.
    fn flags(self) -> [&'static str; 2] {
        let name = match self {
            Sanitizer::Address => "-Zsanitizer=address",
            Sanitizer::Thread => "-Zsanitizer=thread",
        };
        [name, "-Cunsafe-allow-abi-mismatch=sanitizer"]
    }

    /// Whether this machine can build and run a program under it, or why not.
    pub fn is_there(self) -> Result<(), String> {
        let folder = tempfile::tempdir().expect("a temporary directory");
        std::fs::write(folder.path().join("probe.rs"), "fn main() {}\n").expect("a fresh directory");
        let mut compile = Command::new(rustc());
        compile.args(self.flags()).arg("probe.rs").env("RUSTC_BOOTSTRAP", "1").current_dir(folder.path());
        let run = &mut self.command(&folder.path().join("probe"));
        for command in [&mut compile, run] {
            let output = command.output().map_err(|error| error.to_string())?;
            if !output.status.success() {
                let why = String::from_utf8_lossy(&output.stderr).into_owned();
                return Err(why.lines().next().unwrap_or("it fails").to_string());
            }
        }
        Ok(())
    }

    /// Builds a program of `ringgen-sanitized` with a feature of it.
    pub fn build(self, feature: &str, program: &str) -> PathBuf {
        let target = host();
        let folder = target_dir().join("sanitized").join(self.name());
        let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        build.args(["build", "--quiet", "--locked", "--package", "ringgen-sanitized", "--bin", program]);
        // With a target, build scripts and macros are built as ever.
        build.args(["--features", feature, "--target", &target]).current_dir(root());
        build.env("CARGO_TARGET_DIR", &folder).env("RUSTC_BOOTSTRAP", "1");
        build.env("CARGO_ENCODED_RUSTFLAGS", self.flags().join("\u{1f}"));
        super::assert_succeeds("cargo build", &mut build);
        folder.join(target).join("debug").join(program)
    }

    /// A run of such a program. What it was built without is not looked for: leaks, and who deals with signals.
    pub fn command(self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env("ASAN_OPTIONS", "detect_leaks=0").env("TSAN_OPTIONS", "halt_on_error=1");
        command
    }

    /// Whether the sanitizer has found something in such a run.
    pub fn reports(self, output: &Output) -> bool {
        String::from_utf8_lossy(&output.stderr).contains(self.name())
    }
}

fn rustc() -> PathBuf {
    std::env::var_os("RUSTC").map_or_else(|| "rustc".into(), PathBuf::from)
}

/// What the compiler compiles for unless told.
fn host() -> String {
    let output = Command::new(rustc()).arg("-vV").output().expect("rustc runs");
    let text = String::from_utf8(output.stdout).expect("rustc prints UTF-8");
    text.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc names its host").to_string()
}
