//! From files to plans: each file once, behind those that it imports.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::ages;
use crate::check;
use crate::codes;
use crate::collisions;
use crate::diagnostic::{Finding, Findings, Report};
use crate::diff::Version;
use crate::imports::Imports;
use crate::lock::{self, LockFiles, Locks};
use crate::names;
use crate::place;
use crate::places::Places;
use crate::plan::Plan;
use crate::resolve;
use crate::rust_source;
use crate::schema::{self, Schema};
use crate::source::{Source, Sources, Span, Spanned};
use crate::suggest::Declarations;
use crate::syntax;

/// How long a chain of imports may be. Files are read in recursion.
const MAX_CHAIN: usize = 64;

/// Reads what schemas import, and the locks beside them.
pub trait Loader {
    /// The bytes of a file.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] if there is none, and another folder is tried; anything else is told.
    fn load(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// What findings call a file.
    fn name(&self, path: &Path) -> String {
        path.display().to_string()
    }
}

/// Reads imports where paths say that they are, relative to a folder.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    root: PathBuf,
}

impl Disk {
    /// Paths that are not absolute begin at `root`, by default where the process runs.
    pub fn below(root: impl Into<PathBuf>) -> Self {
        Disk { root: root.into() }
    }
}

impl Loader for Disk {
    fn load(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(self.root.join(path))
    }
}

/// Compiles schemas together with what they import.
///
/// ```
/// use ringgen_schema::{Compiler, Source};
///
/// let market = Source::new("market.toml", "ringgen = 1\npackage = \"market\"\nimport = [\"time.toml\"]");
/// let compilation = Compiler::new().compile([market]);
/// let report = compilation.report.unwrap();
/// assert_eq!(report.findings()[0].code.id, "R039", "there is no file of that name");
/// ```
pub struct Compiler {
    loader: Box<dyn Loader>,
    folders: Vec<PathBuf>,
    locks: Locks,
}

impl fmt::Debug for Compiler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Compiler { folders, locks, .. } = self;
        f.debug_struct("Compiler").field("folders", folders).field("locks", locks).finish_non_exhaustive()
    }
}

impl Default for Compiler {
    fn default() -> Self {
        Compiler::new()
    }
}

/// What came of some schemas.
#[derive(Debug)]
pub struct Compilation {
    /// The plan of each schema that was given, in their order; `None` for one that has mistakes, or imports one that has.
    pub plans: Vec<Option<Plan>>,
    /// All mistakes, if there are any.
    pub report: Option<Report>,
    /// Every file that was read.
    pub sources: Sources,
    /// Where imports and locks were looked for and not found: if a file comes to be there, what came of the schemas may change.
    pub missing: BTreeSet<PathBuf>,
    /// How they declare their types.
    pub declarations: Declarations,
}

impl Compilation {
    /// The plans of all schemas.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn into_plans(self) -> Result<Vec<Plan>, Report> {
        match self.report {
            Some(report) => Err(report),
            None => Ok(self.plans.into_iter().flatten().collect()),
        }
    }
}

impl Compiler {
    /// A compiler that reads imports from disk, relative to the files that import them.
    pub fn new() -> Self {
        Compiler { loader: Box::new(Disk::default()), folders: Vec::new(), locks: Locks::Ignored }
    }

    /// Looks for imports in this folder too, behind those that were added before.
    #[must_use]
    pub fn include(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folders.push(folder.into());
        self
    }

    /// Reads imports by other means, for example from a revision of a repository.
    #[must_use]
    pub fn loader(mut self, loader: impl Loader + 'static) -> Self {
        self.loader = Box::new(loader);
        self
    }

    /// What to make of the `ringgen.lock` beside each schema and beside what it imports; by default nothing, so that a
    /// text in memory is not held to a file that happens to lie where its name says.
    #[must_use]
    pub fn locks(mut self, locks: Locks) -> Self {
        self.locks = locks;
        self
    }

    /// Compiles schemas. A file that several of them import is compiled once.
    pub fn compile(&self, roots: impl IntoIterator<Item = Source>) -> Compilation {
        let (mut run, roots, findings) = self.run(roots);
        let plans = roots.iter().enumerate().map(|(index, root)| {
            let plan = &mut run.units[*root].plan;
            // A file may have been given several times.
            if roots[index + 1..].contains(root) { plan.clone() } else { plan.take() }
        });
        let plans = plans.collect();
        let mut declarations = Declarations::default();
        for schema in run.units.iter().filter_map(|unit| unit.schema.as_ref()) {
            declarations.add(schema);
        }
        let report = (!findings.is_empty()).then(|| Report::new(run.sources.clone(), findings));
        Compilation { plans, report, sources: run.sources, missing: run.missing, declarations }
    }

    /// Compiles a schema to compare it with another version of itself.
    ///
    /// # Errors
    /// Everything that is wrong with it, in one report.
    pub fn version(&self, root: Source) -> Result<Version, Report> {
        let (mut run, roots, findings) = self.run([root]);
        if !findings.is_empty() {
            return Err(Report::new(run.sources, findings));
        }
        let places = run.places(roots[0]);
        let plan = run.units[roots[0]].plan.take().expect("one schema without a mistake has one plan");
        Ok(Version { plan, places, sources: run.sources })
    }

    fn run(&self, roots: impl IntoIterator<Item = Source>) -> (Run<'_>, Vec<usize>, Findings) {
        let mut run = Run {
            compiler: self,
            sources: Sources::default(),
            units: Vec::new(),
            loading: Vec::new(),
            missing: BTreeSet::new(),
            locks: LockFiles::default(),
        };
        let mut findings = Findings::default();
        let roots: Vec<usize> = roots.into_iter().map(|root| run.root(root, &mut findings)).collect();
        let mut reported = BTreeSet::new();
        for index in 0..run.units.len() {
            run.lock(index, &mut findings);
            run.compile(index, &mut reported, &mut findings);
        }
        (run, roots, findings)
    }
}

/// A file of a compilation. Units come behind those that they import.
struct Unit {
    path: PathBuf,
    /// `None` if it can't be read at all.
    schema: Option<Schema>,
    /// Its imports that could be found, each once: what is written, and the index of the unit.
    imports: Vec<(Span, usize)>,
    /// Whether it could be read without a mistake.
    is_readable: bool,
    /// Whether all of its imports could be found.
    is_complete: bool,
    /// The indices of all units that it imports, directly or by an import, in order.
    closure: BTreeSet<usize>,
    plan: Option<Plan>,
    /// The package of each type of the plan.
    packages: Vec<String>,
}

/// A file that is being read.
struct Loading {
    path: PathBuf,
    /// Where the file in front of it imports it; nowhere for the first.
    imported_at: Span,
}

struct Run<'a> {
    compiler: &'a Compiler,
    sources: Sources,
    units: Vec<Unit>,
    /// The chain of files from the first to the one that is being read.
    loading: Vec<Loading>,
    /// See [`Compilation::missing`].
    missing: BTreeSet<PathBuf>,
    locks: LockFiles,
}

impl Run<'_> {
    fn root(&mut self, source: Source, findings: &mut Findings) -> usize {
        let path = normalized(source.path());
        match self.units.iter().position(|unit| unit.path == path) {
            Some(unit) => unit,
            None => self.unit(path, source, 0..0, findings),
        }
    }

    /// Reads a file and those that it imports; its index.
    fn unit(&mut self, path: PathBuf, source: Source, imported_at: Span, findings: &mut Findings) -> usize {
        let base = self.sources.add(source.clone());
        let before = findings.count();
        let schema = match rust_source::is_rust(&source) {
            true => rust_source::read(&source, base, findings),
            false => syntax::parse(&source, base, findings).map(|root| schema::read(root, findings)),
        };
        let is_readable = findings.count() == before;
        self.loading.push(Loading { path: path.clone(), imported_at });
        let mut unit = Unit {
            path,
            imports: Vec::new(),
            is_readable,
            is_complete: true,
            closure: BTreeSet::new(),
            plan: None,
            packages: Vec::new(),
            schema: None,
        };
        for written in schema.iter().flat_map(|schema| &schema.imports) {
            let Some(index) = self.import(&unit.path, written, findings) else {
                unit.is_complete = false;
                continue;
            };
            if let Some((first, _)) = unit.imports.iter().find(|(_, other)| *other == index) {
                let message = format!("`{}` is imported twice", names::shown(&written.value));
                let finding = Finding::new(&codes::R039, &written.span, message).label("second").also(first, "first");
                findings.push(finding.help("remove one of them"));
                unit.is_readable = false;
                continue;
            }
            unit.closure.extend(self.units[index].closure.iter().copied().chain([index]));
            unit.imports.push((written.span.clone(), index));
        }
        self.loading.pop();
        unit.schema = schema;
        self.units.push(unit);
        self.units.len() - 1
    }

    /// Finds and reads an imported file; its index, if that can be done.
    fn import(&mut self, importer: &Path, written: &Spanned<String>, findings: &mut Findings) -> Option<usize> {
        if written.value.is_empty() {
            let finding = Finding::new(&codes::R039, &written.span, "there is no path here");
            findings.push(finding.help("write the path of a schema file, or remove it"));
            return None;
        }
        let beside = importer.parent().unwrap_or(Path::new(""));
        let folders = std::iter::once(beside).chain(self.compiler.folders.iter().map(PathBuf::as_path));
        let mut tried = Vec::new();
        for folder in folders {
            let path = normalized(&folder.join(&written.value));
            if let Some(at) = self.loading.iter().position(|loading| loading.path == path) {
                findings.push(self.cycle(at, written));
                return None;
            }
            if let Some(known) = self.units.iter().position(|unit| unit.path == path) {
                return Some(known);
            }
            let bytes = match self.compiler.loader.load(&path) {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    tried.push(self.compiler.loader.name(&path));
                    self.missing.insert(path);
                    continue;
                }
                Err(error) => {
                    let message = format!("{} can't be read: {error}", self.compiler.loader.name(&path));
                    let finding = Finding::new(&codes::R039, &written.span, message);
                    findings.push(finding.help("write the path of a schema file"));
                    return None;
                }
            };
            if self.loading.len() >= MAX_CHAIN {
                let message = format!("a chain of more than {MAX_CHAIN} imports ends here");
                findings.push(Finding::new(&codes::R039, &written.span, message).help("import fewer files in a row"));
                return None;
            }
            let source = Source::from_bytes(self.compiler.loader.name(&path), bytes);
            return Some(self.unit(path, source, written.span.clone(), findings));
        }
        let message = format!("there is no file `{}`", names::shown(&written.value));
        let finding =
            Finding::new(&codes::R039, &written.span, message).note(format!("looked for {}", tried.join(", ")));
        findings.push(finding.help("write a path relative to this file, or give its folder with `-I`"));
        None
    }

    /// The finding that a file imports itself: the files from `at` on do, the last one by `written`.
    fn cycle(&self, at: usize, written: &Spanned<String>) -> Finding {
        let files = &self.loading[at..];
        let name = |of: &Loading| self.compiler.loader.name(&of.path);
        let names: Vec<String> = files.iter().chain(&files[..1]).map(name).collect();
        let message = format!("`{}` imports itself: {}", names[0], names.join(" → "));
        let mut finding = Finding::new(&codes::R039, &written.span, message);
        for (loading, importer) in files[1..].iter().zip(files) {
            finding = finding.also(&loading.imported_at, format!("in {}", name(importer)));
        }
        finding.help("move the types that both need into a file of their own, and import that")
    }

    /// Makes the plan of a unit whose imports have theirs.
    fn compile(&mut self, index: usize, reported: &mut BTreeSet<(usize, usize)>, all: &mut Findings) {
        let mut findings = Findings::default();
        let unit = &self.units[index];
        let Some(schema) = &unit.schema else { return };
        self.duplicates(index, reported, &mut findings);
        let imports = self.imports(unit);
        let parsed = resolve::parse_types(schema, &imports, &mut findings);
        check::check(schema, &mut findings);
        let imported: Vec<&Schema> =
            unit.closure.iter().filter_map(|index| self.units[*index].schema.as_ref()).collect();
        collisions::check(schema, &imported, &parsed, &mut findings);
        let model = resolve::resolve(schema, &parsed, &imports, &mut findings);
        let plan = model.and_then(|model| place::place(model, &imports, &mut findings));
        self.history(index, plan.as_ref(), &mut findings);
        let has_imports = unit.is_complete && unit.imports.iter().all(|(_, import)| self.units[*import].plan.is_some());
        let has_lock = !self.locks.is_broken(&unit.path);
        let is_right = unit.is_readable && has_imports && has_lock && findings.is_empty();
        let has_numpy = |plan: &Plan| plan.targets.python.numpy;
        let imports_have_numpy = unit.imports.iter().all(|(_, of)| self.units[*of].plan.as_ref().is_none_or(has_numpy));
        let mut packages = imports.packages;
        let unit = &mut self.units[index];
        if let Some(mut plan) = plan.filter(|_| is_right) {
            plan.targets.python.numpy &= imports_have_numpy;
            packages.resize(plan.types.len(), plan.package.clone());
            unit.packages = packages;
            unit.plan = Some(plan);
        }
        all.append_at(0, findings);
    }

    /// Reads the lock beside a unit.
    fn lock(&mut self, index: usize, findings: &mut Findings) {
        if self.compiler.locks != Locks::Ignored {
            let loader = self.compiler.loader.as_ref();
            let missing = self.locks.read(&self.units[index].path, loader, &mut self.sources, findings);
            self.missing.extend(missing);
        }
    }

    /// Reports where a unit contradicts its own past.
    fn history(&self, index: usize, plan: Option<&Plan>, findings: &mut Findings) {
        let unit = &self.units[index];
        let Some(schema) = &unit.schema else { return };
        let package = schema.package.as_ref();
        let versions = package.and_then(|package| self.locks.versions(&unit.path, &package.value));
        ages::check(schema, plan, versions, findings);
        if let (Some(plan), Some(versions), Locks::Held) = (plan, versions, self.compiler.locks) {
            let file = self.compiler.loader.name(&unit.path);
            lock::hold(plan, &self.places(index), versions, &file, findings);
        }
    }

    /// Where a unit and those that it imports declare things.
    fn places(&self, index: usize) -> Places {
        let schema = |index: &usize| self.units[*index].schema.as_ref();
        let imported = self.units[index].closure.iter().filter_map(schema);
        schema(&index).map(|schema| Places::of(schema, imported)).unwrap_or_default()
    }

    /// What a unit can name.
    fn imports(&self, unit: &Unit) -> Imports {
        let mut imports = Imports::default();
        imports.incomplete = !unit.is_complete;
        for (_, import) in &unit.imports {
            let of = &self.units[*import];
            if let Some(plan) = &of.plan {
                imports.add(plan, &of.packages);
            }
        }
        for index in &unit.closure {
            let of = &self.units[*index];
            let is_direct = unit.imports.iter().any(|(_, import)| import == index);
            let Some(schema) = &of.schema else {
                imports.incomplete |= is_direct;
                continue;
            };
            for name in schema.type_names() {
                let id = of.plan.as_ref().and_then(|plan| imports.find(&plan.package, &name.value));
                if is_direct {
                    imports.names.insert(name.value.clone(), id);
                } else {
                    imports.indirect.insert(name.value.clone(), self.compiler.loader.name(&of.path));
                }
            }
            if is_direct {
                let constants = of.plan.iter().flat_map(|plan| &plan.constants);
                let mut values: BTreeMap<&str, _> = constants.map(|of| (of.name.as_str(), of)).collect();
                imports.constants.extend(schema.constants.iter().map(|of| {
                    let value = values.remove(of.name.value.as_str()).cloned();
                    (of.name.value.clone(), value)
                }));
            }
        }
        imports
    }

    /// Reports names that two of the files have that a unit brings together.
    fn duplicates(&self, index: usize, reported: &mut BTreeSet<(usize, usize)>, findings: &mut Findings) {
        let unit = &self.units[index];
        let mut first: BTreeMap<(&str, &str), (&Spanned<String>, usize)> = BTreeMap::new();
        for at in unit.closure.iter().copied().chain([index]) {
            let Some(schema) = &self.units[at].schema else { continue };
            let types = schema.type_names().map(|name| ("type", name));
            let packages = schema.package.iter().map(|name| ("package", name));
            // Only those that can be named clash: an array length names one.
            let is_visible = at == index || unit.imports.iter().any(|(_, import)| *import == at);
            let constants = schema.constants.iter().map(|of| ("constant", &of.name)).filter(|_| is_visible);
            for (what, name) in types.chain(packages).chain(constants) {
                let (before, file) = *first.entry((what, &name.value)).or_insert((name, at));
                if file == at || !reported.insert((before.span.start, name.span.start)) {
                    continue;
                }
                let message = format!("the {what} `{}` is there twice", name.value);
                let mut finding = Finding::new(&codes::R013, &name.span, message).label("second");
                finding = finding.also(&before.span, "first");
                if at != index {
                    // Each of them may be right by itself.
                    for (span, import) in &unit.imports {
                        let brings = |file| *import == file || self.units[*import].closure.contains(&file);
                        if brings(file) != brings(at) {
                            finding = finding.also(span, "imported here");
                        }
                    }
                }
                findings.push(finding.help(match what {
                    "type" => "rename one of them: what a ring carries names types by name alone",
                    "package" => "rename one of them: a package is a module in every language",
                    _ => "rename one of them",
                }));
            }
        }
    }
}

/// A path without `.` and, where that can be said, without `..`; by it files are told apart.
pub fn normalized(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(normal.components().next_back(), Some(Component::Normal(_))) => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_apart_by_where_they_lead() {
        for (path, normal) in [
            ("./a.toml", "a.toml"),
            ("x/../a.toml", "a.toml"),
            ("x/./y/../../a.toml", "a.toml"),
            ("../a.toml", "../a.toml"),
            ("../../x/../a.toml", "../../a.toml"),
            ("/x/../a.toml", "/a.toml"),
        ] {
            assert_eq!(normalized(Path::new(path)), Path::new(normal));
        }
    }
}
