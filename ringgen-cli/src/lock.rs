//! `ringgen lock`: what each version of a schema lays out, for later ones to be held to.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use ringgen_build::Inputs;
use ringgen_build::write::write_beside;
use ringgen_schema::Source;
use ringgen_schema::lock::{FILE, Lock, Locks, Standing, beside};
use ringgen_schema::plan::Plan;

use crate::args::{LockArgs, MessageFormat};
use crate::findings;
use crate::output::{BOLD, DIM, Failure, GOOD, Output, Verdict, WARN, count, write};

/// The schemas beside one lock.
struct Folder<'a> {
    /// Where the lock is or should be.
    path: PathBuf,
    lock: Lock,
    is_new: bool,
    schemas: Vec<Schema<'a>>,
}

struct Schema<'a> {
    plan: &'a Plan,
    path: &'a Path,
    standing: Standing,
}

/// Records every schema, or with `--check` says which are not. One that can't be recorded stops both.
pub(crate) fn run(args: &LockArgs, output: &mut Output) -> Result<Verdict, Failure> {
    let (paths, folders) = (&args.sources.paths, &args.sources.imports.folders);
    let inputs = Inputs::read_with(paths, folders, Locks::Read)?;
    if inputs.report.is_some() {
        return Ok(refuse(&inputs, args, output));
    }
    let recorded = by_folder(&inputs)?;
    let refused: Vec<PathBuf> = recorded
        .iter()
        .flat_map(|folder| &folder.schemas)
        .filter(|schema| match schema.standing {
            Standing::Recorded | Standing::New => false,
            Standing::Changed | Standing::Behind(_) => !args.unreleased,
            Standing::Closed => true,
        })
        .map(|schema| schema.path.to_path_buf())
        .collect();
    if !refused.is_empty() {
        let held = Inputs::read_with(&refused, folders, Locks::Held)?;
        return Ok(refuse(&held, args, output));
    }
    if args.check { Ok(check(&recorded, output)) } else { record(recorded, output) }
}

/// Says what is wrong, and that nothing came of it.
fn refuse(inputs: &Inputs, args: &LockArgs, output: &mut Output) -> Verdict {
    if let Some(report) = &inputs.report {
        findings::print(report, MessageFormat::Human, output.stderr());
    }
    let consequence = if args.check { "nothing was compared" } else { "nothing was recorded" };
    let findings = count(inputs.finding_count(), "finding");
    write(output.stderr(), format_args!("{BOLD}{findings}{BOLD:#}; {consequence}\n"));
    Verdict::Findings
}

/// The schemas by the folders that they are in, however these were named.
fn by_folder(inputs: &Inputs) -> Result<Vec<Folder<'_>>, Failure> {
    let mut folders: BTreeMap<PathBuf, Folder<'_>> = BTreeMap::new();
    for (plan, path) in inputs.plans.iter().zip(&inputs.paths) {
        if plan.version == 0 {
            let failure = Failure::new(format_args!("`{}` has no version to record", path.display()));
            let attribute = format!("`#[ring(package = \"{}\", version = 1)]`", plan.package);
            return Err(failure.help(format_args!("write {attribute} on each message")));
        }
        let at = beside(path);
        let folder = match folders.entry(folder_of(&at)) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let (lock, is_new) = load(&at)?;
                entry.insert(Folder { path: at, lock, is_new, schemas: Vec::new() })
            }
        };
        if let Some(other) = folder.schemas.iter().find(|other| other.plan.package == plan.package) {
            let schemas = [other.path, path].map(Path::to_path_buf);
            return Err(ringgen_build::Error::SamePackage { package: plan.package.clone(), schemas }.into());
        }
        folder.schemas.push(Schema { plan, path, standing: folder.lock.standing(plan) });
    }
    Ok(folders.into_values().collect())
}

/// What a folder is told from others by.
fn folder_of(lock: &Path) -> PathBuf {
    let folder = lock.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf())
}

/// The lock in a file, and whether there is none yet.
fn load(path: &Path) -> Result<(Lock, bool), Failure> {
    let failed = |error| Failure::new(format_args!("can't read `{}`: {error}", path.display()));
    match fs::read(path) {
        Ok(bytes) => {
            let source = Source::from_bytes(path.display().to_string(), bytes);
            let lock = Lock::read(&source).map_err(|report| {
                // It was right a moment ago.
                Failure::new(format_args!("`{}` changed meanwhile\n{}", path.display(), report.render(false)))
            })?;
            Ok((lock, false))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok((Lock::default(), true)),
        Err(error) => Err(failed(error)),
    }
}

/// Says which versions are not recorded.
fn check(folders: &[Folder<'_>], output: &mut Output) -> Verdict {
    let mut missing = 0;
    for folder in folders {
        for Schema { plan, standing, .. } in &folder.schemas {
            if *standing == Standing::New {
                missing += 1;
                let (package, version) = (&plan.package, plan.version);
                output.line(format_args!("{WARN}missing{WARN:#}  {package} {version} in {}", folder.path.display()));
            }
        }
    }
    let all = folders.iter().map(|folder| folder.schemas.len()).sum();
    if missing == 0 {
        output.line(format_args!("{GOOD}{} recorded{GOOD:#}", count(all, "version")));
    } else {
        output.line(format_args!("{WARN}{missing} of {} not recorded{WARN:#}", count(all, "version")));
        output.line(format_args!("{GOOD}help{GOOD:#}: run it without --check, and commit {FILE}"));
    }
    Verdict::of(missing > 0)
}

/// Records what is not recorded yet, and writes the locks that changed: all of them or none.
fn record(folders: Vec<Folder<'_>>, output: &mut Output) -> Result<Verdict, Failure> {
    let failed = |path: &Path, error| Failure::new(format_args!("can't write `{}`: {error}", path.display()));
    let (mut written, mut told, mut same) = (Vec::new(), Vec::new(), 0);
    for Folder { path, mut lock, is_new, schemas } in folders {
        let mut is_stale = false;
        for Schema { plan, standing, .. } in schemas {
            let (package, version) = (&plan.package, plan.version);
            if standing == Standing::Recorded {
                same += 1;
                continue;
            }
            lock.record(plan);
            is_stale = true;
            let anew = if standing == Standing::Changed { ", anew" } else { "" };
            told.push(format!("{GOOD}recorded{GOOD:#}   {package} {version}{anew}"));
            if let Standing::Behind(newest) = standing {
                let all =
                    if newest > version + 1 { format!("{} to {newest}", version + 1) } else { newest.to_string() };
                told.push(format!("{WARN}forgotten{WARN:#}  {package} {all}"));
            }
        }
        if is_stale {
            let how = if is_new { "created" } else { "updated" };
            told.push(format!("{GOOD}{how}{GOOD:#}    {}", path.display()));
            let file = write_beside(&path, &lock.text()).map_err(|error| failed(&path, error))?;
            written.push((path, file));
        }
    }
    for (path, file) in written {
        file.persist(&path).map_err(|error| failed(&path, error.error))?;
    }
    told.into_iter().for_each(|line| output.line(line));
    if same > 0 {
        output.line(format_args!("{DIM}{} recorded already{DIM:#}", count(same, "version")));
    }
    Ok(Verdict::Fine)
}
