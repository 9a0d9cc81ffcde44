//! Walks `tests/cases`: a folder a case. A valid schema has the dump of its plan and the output of every backend beside
//! it, an invalid one the report. `RINGGEN_BLESS=1` writes these anew.

mod support;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use ringgen_layout::Scalar;
use ringgen_schema::backend::BACKENDS;
use ringgen_schema::lock::Locks;
use ringgen_schema::plan::{Element, ListPart, Plan, StructPlan, TypePlan, VariantPlan};
use ringgen_schema::{Compiler, Disk, Source, codes};
use support::{bless, cases, expect, root, schema};

#[test]
fn every_case_is_what_it_was() {
    let mut failures = Vec::new();
    let cases = cases();
    assert!(cases.len() > 40, "only {} cases found", cases.len());
    for case in &cases {
        if let Err(failure) = check(case) {
            failures.push(failure);
        }
    }
    assert!(failures.is_empty(), "{} of {} cases:\n\n{}", failures.len(), cases.len(), failures.join("\n\n"));
}

fn check(case: &Path) -> Result<(), String> {
    let file = schema(case);
    let bytes = fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    // Called by its own name, and what it imports by theirs, so that reports are the same wherever the repository lies.
    let name = file.file_name().expect("a file has a name").to_string_lossy();
    let source = Source::from_bytes(name, bytes);
    let outputs = |extension: &str| case.join(format!("out.{extension}"));
    let compiler = Compiler::new().loader(Disk::below(case)).include("include").locks(Locks::Held);
    match compiler.compile([source]).into_plans() {
        Ok(mut plans) => {
            let plan = plans.remove(0);
            absent(&case.join("errors.txt"))?;
            expect(&case.join("plan.txt"), &dump(&plan))?;
            for backend in BACKENDS {
                let text = backend.emit(&plan);
                if text != backend.emit(&plan) {
                    return Err(format!("{}: {} prints two different texts", case.display(), backend.language()));
                }
                expect(&outputs(backend.extension()), &text)?;
            }
            Ok(())
        }
        Err(report) => {
            absent(&case.join("plan.txt"))?;
            for backend in BACKENDS {
                absent(&outputs(backend.extension()))?;
            }
            expect(&case.join("errors.txt"), &report.render(false))
        }
    }
}

/// A case is valid or not; the expectations of the other kind are left over.
fn absent(path: &Path) -> Result<(), String> {
    if !path.exists() {
        return Ok(());
    }
    if bless() {
        return fs::remove_file(path).map_err(|error| format!("{}: {error}", path.display()));
    }
    Err(format!("{}: the schema is of the other kind now", path.display()))
}

/// Mistakes in schemas have theirs here, those that only a derive can meet in the tests of the whole workspace.
#[test]
fn every_code_has_a_case() {
    let mut seen = String::new();
    for case in cases() {
        seen += &fs::read_to_string(case.join("errors.txt")).unwrap_or_default();
    }
    let ui = root().join("tests/ui");
    for path in files_below(&ui) {
        seen += &fs::read_to_string(path).unwrap_or_default();
    }
    let missing: Vec<&str> = codes::ALL.iter().map(|code| code.id).filter(|id| !seen.contains(*id)).collect();
    assert!(missing.is_empty(), "no case in tests/cases or {} gives {missing:?}", ui.display());
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.path() {
            path if path.is_dir() => files.extend(files_below(&path)),
            path => files.push(path),
        }
    }
    files
}

/// A plan as people read it: every number and name in it.
fn dump(plan: &Plan) -> String {
    let mut text = String::new();
    let line = &mut text;
    let _ = writeln!(line, "package {} {} {:?}", plan.package, plan.version, plan.doc);
    let (python, typescript) = (&plan.targets.python, &plan.targets.typescript);
    let relative = if python.relative_imports { " relative_imports" } else { "" };
    let _ = writeln!(line, "python numpy={}{relative}", python.numpy);
    let _ = writeln!(line, "typescript import_ext={:?} camel_case={}", typescript.import_ext, typescript.camel_case);
    for of in &plan.imports {
        let types: Vec<&str> = of.types.iter().map(|id| plan.ty(*id).name()).collect();
        let _ = writeln!(line, "import {} {types:?}", of.package);
    }
    for of in &plan.constants {
        let _ = writeln!(line, "const {}: {} = {} {:?}", of.name, of.scalar.name(), of.value.shown(of.scalar), of.doc);
    }
    for ty in plan.own_types() {
        line.push('\n');
        match ty {
            TypePlan::Enum(of) => {
                let _ = writeln!(line, "{} {}: {} {:?}", of.kind.word(), of.name, of.repr.name(), of.doc);
                let _ = writeln!(line, "  layout {}", of.layout_hash);
                for value in &of.values {
                    let names = [
                        &value.names.rust,
                        &value.rust_const,
                        &value.names.python,
                        &value.names.typescript,
                        &value.names.c,
                    ];
                    let _ = write!(line, "  {} = {} {names:?} {:?}", value.name, value.value, value.doc);
                    dump_history(&value.name, &value.wire_name, value.since, value.deprecated, line);
                }
            }
            TypePlan::Struct(of) => dump_struct(plan, of, line),
            TypePlan::Variant(of) => dump_variant(plan, of, line),
        }
    }
    for of in &plan.rings {
        let message = plan.ty(of.message).name();
        let (name, ty, wait) = (&of.name, &of.type_name, of.wait.word());
        let _ = writeln!(line, "\nring {name} ({ty}): {} of {message}, {wait} {:?}", of.capacity, of.doc);
    }
    text
}

fn dump_struct(plan: &Plan, of: &StructPlan, line: &mut String) {
    let id = of.id.map(|id| format!(" id={id}")).unwrap_or_default();
    let _ = writeln!(line, "{} {}:{id} size={} align={} {:?}", of.kind.word(), of.name, of.size, of.align, of.doc);
    let _ = writeln!(line, "  layout {}\n  schema {}", of.layout_hash, of.schema_hash);
    for field in &of.fields {
        let element = match field.element {
            Element::Scalar(scalar) => scalar.name().to_string(),
            Element::Str(length) => format!("str of {length}"),
            Element::Bytes => "bytes".to_string(),
            Element::Text(max) => format!("text of {max}"),
            Element::Blob(max) => format!("blob of {max}"),
            Element::Type(id) => plan.ty(id).name().to_string(),
            Element::Pad => "pad".to_string(),
            Element::Reserved => "reserved".to_string(),
        };
        let names = [&field.names.rust, &field.names.python, &field.names.typescript, &field.names.c];
        let _ = write!(line, "  {:>4} {:>4} {}: {}", field.offset, field.size, field.name, field.spelling);
        let _ = write!(line, " = {element} {:?} {names:?}", field.dims);
        for (key, value) in [("doc", &field.doc), ("unit", &field.unit), ("epoch", &field.epoch)] {
            if !value.is_empty() {
                let _ = write!(line, " {key}={value:?}");
            }
        }
        let scalar = if let Element::Scalar(scalar) = field.element { scalar } else { Scalar::I64 };
        if let Some(null) = field.null {
            let _ = write!(line, " null={}", null.shown(scalar));
        }
        if let Some((least, most)) = field.range {
            let _ = write!(line, " range={}..{}", least.shown(scalar), most.shown(scalar));
        }
        match field.list {
            Some(ListPart::Length { items }) => drop(write!(line, " length-of={}", of.fields[items].name)),
            Some(ListPart::Items { length }) => drop(write!(line, " counted-by={}", of.fields[length].name)),
            None => {}
        }
        line.push_str(if field.ts_number { " ts_number" } else { "" });
        dump_history(&field.name, &field.wire_name, field.since, field.deprecated, line);
    }
    for schema_line in of.schema_text.lines() {
        let _ = writeln!(line, "  | {schema_line}");
    }
}

fn dump_variant(plan: &Plan, of: &VariantPlan, line: &mut String) {
    let VariantPlan { name, tag, size, align, payload_offset, payload_size, doc, .. } = of;
    let _ = write!(line, "variant {name}: tag={} size={size} align={align}", tag.name());
    let _ = writeln!(line, " payload={payload_size} at {payload_offset} {doc:?}");
    let _ = writeln!(line, "  layout {}\n  schema {}", of.layout_hash, of.schema_hash);
    for case in &of.cases {
        let _ = write!(line, "  {} = {}: {} {:?}", case.name, case.value, plan.ty(case.ty).name(), case.doc);
        dump_history(&case.name, &case.wire_name, case.since, case.deprecated, line);
    }
    for schema_line in of.schema_text.lines() {
        let _ = writeln!(line, "  | {schema_line}");
    }
}

/// Ends the line of a member.
fn dump_history(name: &str, wire_name: &str, since: Option<u32>, deprecated: Option<u32>, line: &mut String) {
    for (key, version) in [("since", since), ("deprecated", deprecated)] {
        if let Some(version) = version {
            let _ = write!(line, " {key}={version}");
        }
    }
    line.push_str(&if name == wire_name { "\n".to_string() } else { format!(" was={wire_name}\n") });
}
