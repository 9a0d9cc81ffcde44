//! The C and C++ compilers of the machine, as strict as the most careful user's.

use std::fmt;
use std::path::Path;
use std::process::{Command, Output};

/// What a header promises to be clean under.
const STRICT: &[&str] = &[
    "-Wall",
    "-Wextra",
    "-Wpedantic",
    "-Werror",
    "-Wconversion",
    "-Wsign-conversion",
    "-Wshadow",
    "-Wundef",
    "-Wcast-align",
];

/// A compiler, a language and a target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Compiler {
    program: &'static str,
    language: Language,
    bits: u32,
    /// Further flags.
    more: &'static [&'static str],
}

/// Which language, in the oldest version that headers promise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Language {
    C,
    Cpp,
}

impl fmt::Display for Compiler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.program)?;
        if self.bits == 32 { f.write_str(" -m32") } else { Ok(()) }
    }
}

/// The two that must be on the machine.
pub const GCC: Compiler = Compiler { program: "gcc", language: Language::C, bits: 64, more: &[] };
/// See [`GCC`].
pub const GPP: Compiler = Compiler { program: "g++", language: Language::Cpp, bits: 64, more: &[] };

/// Those that may be there.
pub const OPTIONAL: [Compiler; 4] = [
    Compiler { bits: 32, ..GCC },
    Compiler { bits: 32, ..GPP },
    Compiler { program: "clang", ..GCC },
    Compiler { program: "clang++", ..GPP },
];

impl Compiler {
    /// The same with these flags.
    #[must_use]
    pub fn with(self, more: &'static [&'static str]) -> Self {
        Compiler { more, ..self }
    }

    /// Whether it can compile anything for its target, or why not.
    pub fn is_there(self) -> Result<(), String> {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let probe =
            format!("#include <stdint.h>\ntypedef char is_{0}[sizeof(void *) * 8 == {0} ? 1 : -1];\n", self.bits);
        std::fs::write(folder.path().join("probe.c"), probe).expect("a fresh directory");
        let mut command = self.command(folder.path());
        match command.args(["-fsyntax-only", "probe.c"]).output() {
            Ok(output) if output.status.success() => Ok(()),
            Ok(output) => {
                let why = String::from_utf8_lossy(&output.stderr).into_owned();
                Err(why.lines().next().unwrap_or("it fails").to_string())
            }
            Err(error) => Err(error.to_string()),
        }
    }

    /// Its command in a folder, without the files. Headers lie in the folder; so do sources, which end in `.c` in both
    /// languages.
    pub fn command(self, folder: &Path) -> Command {
        let mut command = Command::new(self.program);
        match self.language {
            Language::C => command.args(["-std=c11", "-Wc++-compat", "-Wstrict-prototypes", "-x", "c"]),
            Language::Cpp => {
                command.args(["-std=c++17", "-Wold-style-cast", "-Wzero-as-null-pointer-constant", "-x", "c++"])
            }
        };
        if self.bits == 32 {
            // The headers of the C library are often there for 64 bits alone; those of ringgen need none of them.
            command.args(["-m32", "-ffreestanding"]);
        }
        command.args(STRICT).args(self.more).args(["-I", "."]).current_dir(folder).env("LC_ALL", "C");
        command
    }

    /// Runs the compiler.
    ///
    /// # Panics
    /// If it can't be run, or refuses what it is given.
    pub fn compile(self, folder: &Path, arguments: impl IntoIterator<Item = impl AsRef<std::ffi::OsStr>>) {
        let output = self.try_compile(folder, arguments);
        assert!(output.status.success(), "{self}:\n{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Runs the compiler, whatever comes of it.
    pub fn try_compile(
        self,
        folder: &Path,
        arguments: impl IntoIterator<Item = impl AsRef<std::ffi::OsStr>>,
    ) -> Output {
        let mut command = self.command(folder);
        command.args(arguments).output().unwrap_or_else(|error| panic!("{self} must be on the machine: {error}"))
    }
}
