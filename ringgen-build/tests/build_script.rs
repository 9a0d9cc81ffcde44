//! A crate with a build script, built by cargo.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const MARKET: &str = r#"
ringgen = 1
package = "market"
import = ["book.toml"]
[message.Trade]
fields = [ { name = "levels", type = "u16[DEPTH]" }, { name = "price", type = "f64" } ]
[ring.trades]
message = "Trade"
capacity = 16
"#;

const BOOK: &str = r#"
ringgen = 1
package = "book"
[const.DEPTH]
type = "u32"
value = 4
"#;

const SCRIPT: &str = r#"
fn main() -> Result<(), ringgen_build::Error> {
    let book = ringgen_build::Builder::new().schema("common/book.toml").generate()?;
    let builder = ringgen_build::Builder::new().schema("schemas").include("common");
    let market = builder.clone().generate()?;
    assert_eq!((book.files.len(), market.files.len()), (1, 1));
    builder.languages(["python", "rust"]).out_dir("generated").generate()?;
    Ok(())
}
"#;

const MAIN: &str = r#"
#![forbid(unsafe_code)]
#![deny(warnings)]
mod book {
    include!(concat!(env!("OUT_DIR"), "/rust/book.rs"));
}
mod market {
    include!(concat!(env!("OUT_DIR"), "/rust/market.rs"));
}
fn main() {
    println!("{:?}, {}", market::Trade::ZERO, book::DEPTH);
}
"#;

/// A crate in a folder of its own, with the dependencies of the other tests' crates already built.
struct Project(PathBuf);

/// What cargo did.
struct Built {
    /// Whether anything was compiled or run anew.
    fresh: bool,
    success: bool,
    stdout: String,
    stderr: String,
}

impl Project {
    fn new() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let project = Path::new(env!("CARGO_TARGET_TMPDIR")).join("build_script");
        let _ = fs::remove_dir_all(&project);
        let project = Project(project);
        let manifest = format!(
            "[package]\nname = \"scripted\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\nringgen = {{ path = {root:?} }}\n\n\
             [build-dependencies]\nringgen-build = {{ path = {:?} }}\n\n[workspace]\n",
            env!("CARGO_MANIFEST_DIR")
        );
        let files = [
            ("Cargo.toml", manifest.as_str()),
            ("Cargo.lock", &fs::read_to_string(root.join("Cargo.lock")).unwrap()),
            ("build.rs", SCRIPT),
            ("src/main.rs", MAIN),
            ("schemas/market.toml", MARKET),
            ("common/book.toml", BOOK),
        ];
        for (name, text) in files {
            project.write(name, text);
        }
        project
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn run(&self) -> Built {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("ui");
        let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["run", "--offline", "-v"])
            .current_dir(&self.0)
            .env("CARGO_TARGET_DIR", target)
            // Cargo sets these for the tests that it runs, and they are not for another cargo.
            .env_remove("OUT_DIR")
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        let fresh = stderr.lines().any(|line| line.trim().starts_with("Fresh scripted "));
        let is_told = |line: &&str| !["Fresh ", "Running `"].iter().any(|word| line.trim().starts_with(word));
        let stderr = stderr.lines().filter(is_told).collect::<Vec<_>>().join("\n");
        Built { fresh, success: output.status.success(), stdout: String::from_utf8(output.stdout).unwrap(), stderr }
    }

    #[track_caller]
    fn prints(&self, expected: &str, fresh: bool) {
        let built = self.run();
        assert!(built.success, "{}", built.stderr);
        assert_eq!((built.stdout.trim_end(), built.fresh), (expected, fresh), "{}", built.stderr);
    }
}

#[test]
fn a_build_script_generates_what_its_crate_includes_and_runs_again_when_an_import_changes() {
    let project = Project::new();
    project.prints("Trade { levels: [0, 0, 0, 0], price: 0.0 }, 4", false);
    assert!(project.0.join("generated/python/market.py").exists());
    project.prints("Trade { levels: [0, 0, 0, 0], price: 0.0 }, 4", true);

    project.write("common/book.toml", &BOOK.replace("4", "2"));
    project.prints("Trade { levels: [0, 0], price: 0.0 }, 2", false);

    let before = fs::read(project.0.join("generated/rust/market.rs")).unwrap();
    project.write("schemas/market.toml", &MARKET.replace("\"f64\"", "\"double\""));
    let built = project.run();
    assert!(!built.success && built.stderr.contains("error[R002]: `double`"), "{}", built.stderr);
    assert!(built.stderr.contains("schemas/market.toml:6:80") && built.stderr.contains("^^^^^^"), "{}", built.stderr);
    assert_eq!(fs::read(project.0.join("generated/rust/market.rs")).unwrap(), before, "nothing was written");

    project.write("schemas/market.toml", &MARKET.replace("\"f64\"", "\"i32\""));
    project.prints("Trade { levels: [0, 0], price: 0 }, 2", false);
    project.prints("Trade { levels: [0, 0], price: 0 }, 2", true);
}
