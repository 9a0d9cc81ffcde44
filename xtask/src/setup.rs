//! What a fresh clone needs before its tests: a virtualenv and Node packages, both from lock files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{self, Result, output, program, root, run, target_dir};

/// The tools that must be on the machine, what each says its version is, and the least one that will do.
const REQUIRED: &[(&str, &[&str], (u32, u32))] = &[
    ("rustc", &["--version"], (1, 95)),
    ("gcc", &["-dumpfullversion"], (9, 0)),
    ("make", &["--version"], (4, 3)),
    ("g++", &["-dumpfullversion"], (9, 0)),
    ("python3", &["--version"], (3, 11)),
    ("node", &["--version"], (20, 0)),
    ("npm", &["--version"], (9, 0)),
];

/// The interpreters that tests and the demo run.
pub(crate) struct Hosts {
    /// The virtualenv's Python, with the `ringgen` package and the development tools.
    pub(crate) python: PathBuf,
    /// The Node package's folder, built.
    pub(crate) node_package: PathBuf,
    /// The packed Node package, as users install it.
    pub(crate) node_tarball: PathBuf,
}

impl Hosts {
    /// A program of the virtualenv.
    pub(crate) fn venv_program(&self, name: &str) -> PathBuf {
        self.python.with_file_name(name)
    }

    /// Tells a command where the interpreters are, under the names that `tests/` look for.
    pub(crate) fn tell(&self, command: &mut Command) {
        command.env("RINGGEN_TEST_PYTHON", &self.python).env("RINGGEN_TEST_NODE_PACKAGE", &self.node_package);
    }
}

/// Makes everything that a fresh clone lacks.
pub(crate) fn all() -> Result<Hosts> {
    tools()?;
    let python = python()?;
    let (node_package, node_tarball) = node()?;
    Ok(Hosts { python, node_package, node_tarball })
}

/// Checks that what can't be installed from here is on the machine.
fn tools() -> Result {
    command::heading("Look for the tools that must be on the machine");
    let mut missing = Vec::new();
    for (tool, arguments, least) in REQUIRED {
        let wanted = format!("{tool} {}.{} or newer", least.0, least.1);
        let Ok(version) = output(&mut program(tool, arguments, root())) else {
            missing.push(format!("{wanted} (not found)"));
            continue;
        };
        let version = version.lines().next().unwrap_or_default();
        let numbers: Vec<u32> =
            version.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
        anstream::println!("   {tool:8} {version}");
        match numbers[..] {
            [major, minor, ..] if (major, minor) >= *least => {}
            _ => missing.push(format!("{wanted} (found {version})")),
        }
    }
    if missing.is_empty() { Ok(()) } else { Err(format!("needed on this machine: {}", missing.join(", ")).into()) }
}

/// The virtualenv, with what the lock file names and the package itself.
fn python() -> Result<PathBuf> {
    let venv = target_dir().join("venv");
    let python = venv.join("bin/python");
    let lock = root().join("hosts/python/requirements-dev.lock");
    if !python.exists() {
        let venv = venv.display().to_string();
        run("Make a Python virtualenv", &mut program("python3", &["-m", "venv", "--clear", &venv], root()))?;
    }
    let stamp = venv.join("requirements-dev.lock");
    let wanted = fs::read(&lock)?;
    if fs::read(&stamp).ok().as_ref() != Some(&wanted) {
        let lock = lock.display().to_string();
        let arguments = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", &lock];
        run("Install the Python development tools from their lock file", &mut program(&python, &arguments, root()))?;
        fs::write(&stamp, &wanted)?;
    }
    let arguments =
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--force-reinstall"];
    let mut install = program(&python, &arguments, root());
    install.arg("./hosts/python");
    run("Install the Python package", &mut install)?;
    Ok(python)
}

/// The Node package, built and packed.
fn node() -> Result<(PathBuf, PathBuf)> {
    let package = root().join("hosts/node");
    node_modules("Install the Node development tools from their lock file", &package)?;
    node_modules("Install the linter for TypeScript from its lock file", &package.join("lint"))?;
    let build = ["run", "build", "--silent"];
    run(
        "Build the Node package and its addon",
        program("npm", &build, &package).env("CARGO_TARGET_DIR", target_dir()),
    )?;
    let packs = target_dir().join("npm");
    fs::create_dir_all(&packs)?;
    let folder = packs.display().to_string();
    let arguments = ["pack", "--silent", "--loglevel=error", "--pack-destination", &folder];
    let name = output(&mut program("npm", &arguments, &package))?;
    let name = name.lines().last().ok_or("npm pack printed no file name")?;
    Ok((package, packs.join(name)))
}

/// What the lock file of a Node package names, if it is not there yet.
fn node_modules(what: &str, package: &Path) -> Result {
    let lock = fs::read(package.join("package-lock.json"))?;
    let stamp = package.join("node_modules/.ringgen-lock.json");
    if fs::read(&stamp).ok().as_ref() == Some(&lock) {
        return Ok(());
    }
    run(what, &mut program("npm", &["ci", "--no-audit", "--no-fund", "--loglevel=error"], package))?;
    fs::write(&stamp, &lock)?;
    Ok(())
}
