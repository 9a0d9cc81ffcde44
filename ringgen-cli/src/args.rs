//! What can be typed on the command line.

use std::path::PathBuf;

use clap::builder::Styles;
use clap::builder::styling::AnsiColor;
use clap::{Parser, Subcommand, ValueEnum};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// One schema, the same bytes in every language, and a ring between processes that is as fast as memory.
#[derive(Debug, Parser)]
#[command(name = "ringgen", version, styles = STYLES, max_term_width = 100)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = "\
Examples:
  ringgen check schemas                       is everything in this folder right?
  ringgen generate schemas --out generated    Rust, Python, TypeScript and C for all of it
  ringgen layout schemas/market.toml          a picture of every message
  ringgen diff HEAD:a.toml a.toml             what changed, and what that breaks
  ringgen explain R001                        what an error means, what to write
  ringgen inspect market.trades               who is on a ring, how full it is
  ringgen gc --dry-run                        which rings nobody uses any more

Exit status: 0 fine, 1 findings, 2 wrong usage or input/output failed.")]
pub(crate) struct Cli {
    /// Colours: auto (in a terminal; heeds NO_COLOR and CLICOLOR_FORCE), always or never
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    #[arg(hide_possible_values = true, hide_default_value = true, display_order = 900)]
    pub(crate) color: Color,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a commented schema to start from
    Init(InitArgs),
    /// Write typed messages and rings for Rust, Python and TypeScript, and headers for C
    Generate(GenerateArgs),
    /// Generate again whenever a schema or an import changes
    Watch(WatchArgs),
    /// Say everything that is wrong with schemas
    Check(CheckArgs),
    /// Record what this version of each schema lays out
    Lock(LockArgs),
    /// Say what changed between two versions of a schema, and what that breaks
    Diff(DiffArgs),
    /// Picture where each byte of a message lies
    Layout(LayoutArgs),
    /// Tell what an error code means and what to write instead
    Explain(ExplainArgs),
    /// Look into a ring without taking part in it
    Inspect(InspectArgs),
    /// Remove rings that nobody uses any more
    Gc(GcArgs),
    /// Print the JSON Schema of the language, for editors
    #[command(after_help = "\
Editors with a TOML language server (Even Better TOML, Taplo, Tombi) check and complete schemas by it. Put it beside \
the schema, and name it in the schema's first line:
  #:schema ./ringgen.schema.json

Examples:
  ringgen schema > schemas/ringgen.schema.json")]
    Schema,
    /// Print completions for a shell
    #[command(after_help = "\
Examples:
  ringgen completions bash > ~/.local/share/bash-completion/completions/ringgen
  ringgen completions zsh  > ~/.zfunc/_ringgen     with ~/.zfunc in $fpath
  ringgen completions fish > ~/.config/fish/completions/ringgen.fish")]
    Completions {
        /// The shell
        #[arg(value_name = "SHELL", value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print a manual page
    #[command(after_help = "\
One page for the command, with its verbs listed; one for each verb, all that --help says of it.

Examples:
  ringgen man | man -l -
  ringgen man generate | man -l -
  ringgen man --out ~/.local/share/man/man1      all of them")]
    Man(ManArgs),
}

/// Write a commented schema to start from
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Its package is called after the file. Beside it goes ringgen.schema.json, by which editors with a TOML language server \
(Even Better TOML, Taplo, Tombi) check and complete it. Nothing that is there already is touched.

Examples:
  ringgen init                       writes messages.toml
  ringgen init schemas/market.toml

Exit status: 0 fine, 2 it is there already or can't be written.")]
pub(crate) struct InitArgs {
    /// The file to write, or a folder for a messages.toml
    #[arg(value_name = "PATH", default_value = "messages.toml", hide_default_value = true)]
    pub(crate) path: PathBuf,
}

/// Write typed messages and rings for Rust, Python and TypeScript, and headers for C
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Each package becomes DIR/<language>/<package>.<extension>. A file that is already right is left alone, so that \
nothing is rebuilt for it. If any schema has a finding, nothing is written at all.

Examples:
  ringgen generate schemas --out generated
  ringgen generate market.toml --out src/gen --lang rust
  ringgen generate src/messages.rs --out gen          structs with a derive of ringgen's
  ringgen generate schemas --out generated --check    for CI
  ringgen generate schemas --out generated --depfile generated/deps.mk

Exit status: 0 fine, 1 a schema has findings or --check found a difference, 2 failed.")]
pub(crate) struct GenerateArgs {
    #[command(flatten)]
    pub(crate) sources: SourceArgs,
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    /// Write nothing; print what would change, and exit with 1 if anything would
    #[arg(long)]
    pub(crate) check: bool,
    /// Write nothing; print the path of every file that belongs there, one a line
    #[arg(long, conflicts_with = "check")]
    pub(crate) list_files: bool,
    /// Write which files were made from which schemas and imports, as a Makefile includes it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["check", "list_files"])]
    pub(crate) depfile: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) messages: MessageArgs,
}

/// Generate again whenever a schema or an import changes
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Writes what `ringgen generate` would, then waits. A mistake is shown, and nothing is written until it is mended. \
What is imported is watched too, and so are schemas that come to be in a folder.

Examples:
  ringgen watch schemas --out generated
  ringgen watch schemas -I common --out src/gen --lang rust

Exit status: 0 interrupted, 2 failed.")]
pub(crate) struct WatchArgs {
    #[command(flatten)]
    pub(crate) sources: SourceArgs,
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    #[command(flatten)]
    pub(crate) messages: MessageArgs,
}

/// Say everything that is wrong with schemas
#[derive(Debug, clap::Args)]
#[command(after_help = "\
All findings of all files are reported in one run, each with its place, its code and what to write instead.

Examples:
  ringgen check schemas
  ringgen check market.toml telemetry.toml
  ringgen check schemas --message-format json | jq -r '.file + \": \" + .help'

Exit status: 0 all is well, 1 there are findings, 2 a file can't be read.")]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) sources: SourceArgs,
    #[command(flatten)]
    pub(crate) messages: MessageArgs,
}

/// Record what this version of each schema lays out
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Writes ringgen.lock beside the schemas, to be committed with them. A version that stands in it is closed: check, generate \
and every build refuse a schema that lays it out in another way, until its `version` is raised. \
While nobody has a version yet, --unreleased records it as it is by now.

Examples:
  ringgen lock schemas
  ringgen lock schemas --check             for CI
  ringgen lock market.toml --unreleased    version 3 is not out yet, and changed again

Exit status: 0 recorded, 1 a recorded version has another layout or --check found something to record, 2 failed.")]
pub(crate) struct LockArgs {
    #[command(flatten)]
    pub(crate) sources: SourceArgs,
    /// Record versions anew that nobody has yet, and forget those behind them
    #[arg(long)]
    pub(crate) unreleased: bool,
    /// Write nothing; exit with 1 if a version is not recorded as it is
    #[arg(long, conflicts_with = "unreleased")]
    pub(crate) check: bool,
}

/// Say what changed between two versions of a schema, and what that breaks
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A version is a file, or one of another revision as git names it: HEAD:schemas/market.toml, from the top of the \
repository; v1.2:./market.toml, from here; :schemas/market.toml, as it is staged. What it imports comes from the same \
revision.

Examples:
  ringgen diff old/market.toml market.toml
  ringgen diff HEAD:schemas/market.toml schemas/market.toml
  ringgen diff origin/main:schemas/market.toml schemas/market.toml --json

Exit status: 0 the new version may follow the old one, 1 `version` does not own up to what changed or a schema has \
findings, 2 failed.")]
pub(crate) struct DiffArgs {
    /// The version before: a file, or REV:PATH
    #[arg(value_name = "OLD")]
    pub(crate) old: PathBuf,
    /// The version now: a file, or REV:PATH
    #[arg(value_name = "NEW")]
    pub(crate) new: PathBuf,
    #[command(flatten)]
    pub(crate) imports: ImportArgs,
    /// Print JSON for programs
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which schemas to read
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct SourceArgs {
    /// Schemas, or folders of schemas: every *.toml in them
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) imports: ImportArgs,
}

/// What to generate
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct TargetArgs {
    /// The folder to write to; it gets one folder a language
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// The languages, separated by commas [default: all of them]
    #[arg(long, short, value_delimiter = ',', value_name = "LANG", value_parser = crate::generate::languages())]
    pub(crate) lang: Vec<String>,
}

/// How findings are printed
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct MessageArgs {
    /// How findings are printed: human, short (a line each) or json (an object a line)
    #[arg(long, value_enum, default_value_t = MessageFormat::Human, value_name = "FORMAT")]
    #[arg(hide_possible_values = true, hide_default_value = true)]
    pub(crate) message_format: MessageFormat,
}

/// For whom findings are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MessageFormat {
    /// With the lines that they are about
    Human,
    /// A line each: file, line, column, code, and what is wrong
    Short,
    /// JSON for programs, see docs/cli.md
    Json,
}

/// Where files that schemas import are looked for
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ImportArgs {
    /// Look for imported files in this folder too; may be repeated
    #[arg(short = 'I', long = "include", value_name = "DIR")]
    pub(crate) folders: Vec<PathBuf>,
}

/// Picture where each byte of a message lies
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Draws every type to scale: fields, padding, and where the 64-byte lines of the processor's cache \
(and the 128-byte pairs that it prefetches) cut through. In a terminal the picture is as wide as that allows; \
$COLUMNS overrides.

Examples:
  ringgen layout schemas/market.toml
  ringgen layout schemas/market.toml --type Book --expand
  ringgen layout schemas/market.toml --type Book --format svg > docs/book.svg
  ringgen layout schemas/market.toml --suggest
  ringgen layout schemas/market.toml --json | jq '.types[] | {name, size}'")]
pub(crate) struct LayoutArgs {
    /// The schema
    #[arg(value_name = "PATH")]
    pub(crate) path: PathBuf,
    #[command(flatten)]
    pub(crate) imports: ImportArgs,
    /// Only this type; may be repeated
    #[arg(long = "type", short, value_name = "NAME")]
    pub(crate) types: Vec<String>,
    /// Take apart the types that lie in others, so many levels deep [default: all of them]
    #[arg(long, short, value_name = "DEPTH", num_args = 0..=1, require_equals = true, default_missing_value = "32")]
    pub(crate) expand: Option<u32>,
    /// Print the order of fields that takes the fewest bytes, as lines to paste, and how many it saves
    #[arg(long, conflicts_with = "expand")]
    pub(crate) suggest: bool,
    /// What to print: a picture for the terminal; an SVG file, an HTML page or Markdown for documentation; or JSON
    #[arg(long, short, value_enum, value_name = "FORMAT", default_value_t = Format::Text)]
    format: Format,
    /// The same as --format json; padding is a field whose name starts with `_`
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

impl LayoutArgs {
    /// What to print.
    pub(crate) fn format(&self) -> Format {
        if self.json { Format::Json } else { self.format }
    }
}

/// What `ringgen layout` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Svg,
    Html,
    Md,
    Json,
}

/// Tell what an error code means and what to write instead
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ringgen explain R001
  ringgen explain         all codes, one a line")]
pub(crate) struct ExplainArgs {
    /// The code, for example R001 [default: list them all]
    #[arg(value_name = "CODE")]
    pub(crate) code: Option<String>,
}

/// Print a manual page
#[derive(Debug, clap::Args)]
pub(crate) struct ManArgs {
    /// The verb whose page it is [default: the command itself]
    #[arg(value_name = "COMMAND")]
    pub(crate) command: Option<String>,
    /// Write every page into this folder instead: ringgen.1, ringgen-generate.1, …
    #[arg(long, short, value_name = "DIR", conflicts_with = "command")]
    pub(crate) out: Option<PathBuf>,
}

/// Look into a ring without taking part in it
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Shows what the ring carries, who holds which role and whether they live, how full it is, and what its \
sides have counted. \
Takes no role, writes nothing, wakes nobody; a ring of an earlier boot can be looked at too.

Examples:
  ringgen inspect market.trades                     in $RINGGEN_DIR, else /dev/shm/ringgen-<uid>
  ringgen inspect /dev/shm/ringgen-1000/market.trades
  watch -n1 ringgen inspect market.trades

Exit status: 0 it is a ring, 2 there is none or it can't be read.")]
pub(crate) struct InspectArgs {
    /// The ring's name, `<package>.<ring>[.<instance>]`, or a path: anything with a `/` in it
    #[arg(value_name = "RING")]
    pub(crate) ring: String,
    /// Print JSON for programs
    #[arg(long)]
    pub(crate) json: bool,
}

/// Remove rings that nobody uses any more
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Removes what nobody can use: rings from before this machine last started, and files of processes that died while they \
made a ring. With --idle also rings that nobody holds a role of just now, with all that lies in them: processes that \
left one there for a restart have to create it anew. A ring that a living process holds a role of is never removed.

Examples:
  ringgen gc --dry-run                what would go, and why the rest would stay
  ringgen gc                          in $RINGGEN_DIR, else /dev/shm/ringgen-<uid>
  ringgen gc --idle market.trades     this ring, if nobody is on it

Exit status: 0 done, 2 a file could not be looked at or removed, or there is no such ring.")]
pub(crate) struct GcArgs {
    /// Only these: names, `<package>.<ring>[.<instance>]`, or paths [default: every file in the directory]
    #[arg(value_name = "RING")]
    pub(crate) rings: Vec<String>,
    /// Remove nothing; say what would go and what would stay
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Remove rings too that nobody holds a role of
    #[arg(long)]
    pub(crate) idle: bool,
    /// The directory of rings, instead of the one that names of rings are in
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// Print JSON for programs
    #[arg(long)]
    pub(crate) json: bool,
}
