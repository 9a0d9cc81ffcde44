//! `ringgen layout`: where each byte of a message lies, for people and for programs.

mod draw;
mod json;
mod suggest;

use ringgen_build::Inputs;
use ringgen_layout::StructKind;
use ringgen_schema::lock::Locks;
use ringgen_schema::plan::{Plan, RingPlan, TypeId, TypePlan};

use crate::args::{Format, LayoutArgs};
use crate::output::{Failure, Output, Verdict, columns, write};
use crate::picture;

/// How many columns the maps in Markdown have: as many as a page of documentation has room for.
const MARKDOWN_COLUMNS: usize = 88;

/// Pictures a schema's types and rings, or prints them as JSON.
pub(crate) fn run(args: &LayoutArgs, output: &mut Output) -> Result<Verdict, Failure> {
    // A layout that is not the recorded one may be looked at all the more.
    let inputs = Inputs::read_with(std::slice::from_ref(&args.path), &args.imports.folders, Locks::Read)?;
    if let Some(report) = &inputs.report {
        write(output.stderr(), format_args!("{}\n", report.render(true)));
        return Ok(Verdict::Findings);
    }
    let [plan] = inputs.plans.as_slice() else {
        let failure = Failure::new(format_args!("`{}` holds several schemas", args.path.display()));
        return Err(failure.help(format_args!("name one, for example `{}`", inputs.paths[0].display())));
    };
    if args.format() == Format::Json && args.expand.is_some() {
        let failure = Failure::new("`--expand` is for pictures, not for JSON");
        return Err(failure.help("a field in JSON names its type, and the types are listed beside each other"));
    }
    let types = select(plan, args)?;
    let carries = |ring: &&RingPlan| types.iter().any(|ty| ty.name() == plan.ty(ring.message).name());
    let rings: Vec<&RingPlan> = plan.rings.iter().filter(carries).collect();
    if args.suggest {
        let suggestions = suggest::choose(plan, &types, inputs.declarations.suggest(plan, &inputs.sources));
        let text = match args.format() {
            Format::Text => suggest::text(plan, &types, &suggestions, columns()),
            Format::Json => suggest::json(plan, &suggestions) + "\n",
            Format::Svg | Format::Html | Format::Md => {
                let failure = Failure::new("`--suggest` prints text or JSON");
                return Err(failure.help("remove `--format`, or write `--format json`"));
            }
        };
        write(output.stdout(), format_args!("{text}"));
        return Ok(Verdict::Fine);
    }
    // Types are not nested deeper than this.
    let depth = args.expand.unwrap_or(0).min(32);
    draw::check_depth(plan, &types, depth)?;
    let page = || draw::page(plan, &types, &rings, args.types.is_empty(), depth);
    let text = match args.format() {
        Format::Text => picture::page(&page(), columns()),
        Format::Json => json::json(plan, &types, &rings) + "\n",
        Format::Svg => picture::svg(&page()).ok_or_else(|| no_bytes(args))?,
        Format::Html => picture::html(&page()),
        Format::Md => picture::md(&page(), MARKDOWN_COLUMNS),
    };
    write(output.stdout(), format_args!("{text}"));
    Ok(Verdict::Fine)
}

/// Enums alone were asked for in a format that pictures bytes.
fn no_bytes(args: &LayoutArgs) -> Failure {
    let failure = Failure::new(format_args!("{} has no fields to picture", args.types.join(", ")));
    failure.help("`--format html` and `--format md` list values")
}

/// The types with these names, in the order they were asked for. Without names all types: for programs in the plan's
/// order, for people messages first, then what they are made of.
fn select<'a>(plan: &'a Plan, args: &LayoutArgs) -> Result<Vec<&'a TypePlan>, Failure> {
    if args.types.is_empty() {
        // For programs those of other packages that lie in them too: they are looked up here.
        if args.format() == Format::Json && !args.suggest {
            return Ok(named(plan));
        }
        let mut types: Vec<&TypePlan> = plan.own_types().iter().collect();
        if args.format() != Format::Json {
            types.sort_by_key(|ty| (rank(ty), ty.name()));
        }
        return Ok(types);
    }
    let find = |name: &String| {
        plan.types.iter().find(|ty| ty.name() == name).ok_or_else(|| {
            let known: Vec<&str> = plan.types.iter().map(TypePlan::name).collect();
            let failure = Failure::new(format_args!("package `{}` has no type `{name}`", plan.package));
            match nearest(name, &known) {
                Some(near) => failure.help(format_args!("did you mean `{near}`?")),
                None => failure,
            }
            .help(format_args!("it has {}", known.join(", ")))
        })
    };
    args.types.iter().map(find).collect()
}

/// A package's own types, and those of others that lie in them.
fn named(plan: &Plan) -> Vec<&TypePlan> {
    let mut is_named: Vec<bool> = (0..plan.types.len()).map(|index| !plan.is_imported(TypeId(index))).collect();
    for ring in &plan.rings {
        is_named[ring.message.0] = true;
    }
    // Types come behind those that lie in them.
    for (index, ty) in plan.types.iter().enumerate().rev() {
        let inside: Vec<TypeId> = match ty {
            TypePlan::Enum(_) => Vec::new(),
            TypePlan::Struct(of) => of.fields.iter().filter_map(|field| field.element.ty()).collect(),
            TypePlan::Variant(of) => of.cases.iter().map(|case| case.ty).collect(),
        };
        if is_named[index] {
            inside.into_iter().for_each(|id| is_named[id.0] = true);
        }
    }
    plan.types.iter().zip(is_named).filter(|(_, is_named)| *is_named).map(|(ty, _)| ty).collect()
}

/// The name that was probably meant: the same but for case, or a letter or two.
fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let distance = |other: &str| strsim::damerau_levenshtein(&other.to_lowercase(), &name.to_lowercase());
    let nearest = known.iter().copied().min_by_key(|other| distance(other))?;
    (distance(nearest) <= (name.chars().count() / 3).min(2)).then_some(nearest)
}

fn rank(ty: &TypePlan) -> u8 {
    match ty {
        TypePlan::Struct(of) if of.kind == StructKind::Message => 0,
        TypePlan::Variant(_) => 1,
        TypePlan::Struct(_) => 2,
        TypePlan::Enum(_) => 3,
    }
}
