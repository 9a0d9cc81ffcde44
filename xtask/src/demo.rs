//! Real telemetry through three processes in three languages: `examples/ride`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::Args;
use comfy_table::{CellAlignment, Table, presets::UTF8_BORDERS_ONLY};
use serde_json::Value;

use crate::command::{self, Result, cargo, heading, output, program, root, success, target_dir};
use crate::setup::{self, Hosts};

/// How the demo replays the ride.
#[derive(Args)]
pub(crate) struct Options {
    /// Samples a second while the ride is shown; recorded was one a second.
    #[arg(long, default_value_t = 1000)]
    rate: u32,
    /// How often the ride is replayed at full speed.
    #[arg(long, default_value_t = 100)]
    laps: u32,
}

/// What the three processes need to run.
struct Stage {
    hosts: Hosts,
    ride: PathBuf,
    compute: PathBuf,
    watch: PathBuf,
    scratch: PathBuf,
}

/// Replays the ride once for people to watch, then at full speed.
pub(crate) fn run(options: &Options) -> Result {
    let stage = set_up()?;
    stop_children_first()?;
    picture()?;
    // In memory, ours alone, and gone when this function returns, however it returns.
    let rings = tempfile::Builder::new().prefix("ringgen-demo-").tempdir_in("/dev/shm")?;

    heading(&format!("A recorded ride, {} times as fast: Python ──▶ Rust ──▶ Node", options.rate));
    let live = stage.replay(rings.path(), 1, 1, options.rate, true)?;
    success(&format!(
        "   {} samples checked in Rust and {} summaries in Node, each against the file",
        live[0]["messages"], live[1]["messages"]
    ));

    let mut table = Table::new();
    table.load_style(UTF8_BORDERS_ONLY);
    table.set_header(["hop", "batch", "messages", "messages/s", "age p50", "age p99"]);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    for batch in [1, 256] {
        heading(&format!("The same ride {} times at full speed, batch {batch}", options.laps));
        for report in stage.replay(rings.path(), batch, options.laps, 0, false)? {
            table.add_row(row(&report));
        }
    }
    anstream::println!("{table}");
    anstream::println!("   The slowest of the three processes sets the pace of both hops. The age of a message is");
    anstream::println!("   from before its push to after its pop: at full speed, time in a queue of up to 4096.");
    rings.close()?;
    success("Every message arrived, in order and equal to the file. Nothing is left behind.");
    Ok(())
}

fn set_up() -> Result<Stage> {
    let hosts = setup::all()?;
    let scratch = target_dir().join("demo");
    fs::create_dir_all(&scratch)?;
    let lock = root().join("examples/ride/requirements.lock").display().to_string();
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "-r", &lock];
    command::run("Install the recorded ride", &mut program(&hosts.python, &pip, root()))?;
    let ride = scratch.join("ride.csv");
    fs::write(&ride, output(&mut program(&hosts.python, &["-c", UNPACK], root()))? + "\n")?;

    command::run("Build the Rust process", &mut cargo(&["build", "--release", "--locked", "--package", "ride"]))?;
    let compute = target_dir().join("release/ride-compute");
    Ok(Stage { watch: node_project(&hosts, &scratch)?, hosts, ride, compute, scratch })
}

/// Prints the recorded ride; its file is all that is used of the package that ships it.
const UNPACK: &str = "\
import gzip, importlib.util, pathlib
package = importlib.util.find_spec('bokeh_sampledata').submodule_search_locations[0]
print(gzip.open(pathlib.Path(package, '_data/cycling.csv.gz'), 'rt').read(), end='')";

/// A Node project as a user would make it: the package from its tarball, our TypeScript compiled beside it.
fn node_project(hosts: &Hosts, scratch: &Path) -> Result<PathBuf> {
    let project = scratch.join("watch");
    fs::create_dir_all(&project)?;
    fs::write(project.join("package.json"), r#"{ "private": true, "type": "module" }"#)?;
    fs::copy(root().join("examples/ride/watch.ts"), project.join("watch.ts"))?;
    fs::copy(root().join("generated/typescript/telemetry.ts"), project.join("telemetry.ts"))?;
    let tarball = hosts.node_tarball.display().to_string();
    let install = ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error", &tarball];
    command::run("Install the packed Node package into a fresh project", &mut program("npm", &install, &project))?;
    let types = hosts.node_package.join("node_modules/@types").display().to_string();
    let compile = [
        "--strict",
        "--target",
        "es2022",
        "--lib",
        "es2023,esnext.disposable",
        "--module",
        "nodenext",
        "--typeRoots",
        &types,
        "--types",
        "node",
        "watch.ts",
        "telemetry.ts",
    ];
    let tsc = hosts.node_package.join("node_modules/.bin/tsc");
    command::run("Compile the Node process", &mut program(tsc, &compile, &project))?;
    Ok(project.join("watch.js"))
}

fn picture() -> Result {
    let arguments =
        ["run", "--quiet", "--locked", "--package", "ringgen-cli", "--", "layout", "schemas/telemetry.toml"];
    command::run("The message", cargo(&arguments).args(["--type", "Sample"]))
}

impl Stage {
    /// Runs the three processes to their end and gives the report of each hop.
    fn replay(&self, rings: &Path, batch: u32, laps: u32, rate: u32, live: bool) -> Result<[Value; 2]> {
        let report = |name: &str| self.scratch.join(name);
        let (batch, ride) = (batch.to_string(), self.ride.as_os_str());
        let mut watch = program("node", &[], root());
        watch.arg(&self.watch).arg(ride).arg(&batch).arg(report("watch.json")).args(live.then_some("live"));
        let mut compute = program(&self.compute, &[], root());
        compute.arg(ride).arg(&batch).arg(report("compute.json"));
        let mut feed = program(&self.hosts.python, &["examples/ride/feed.py"], root());
        feed.arg(ride).args([&batch, &laps.to_string(), &rate.to_string()]);
        feed.env("PYTHONPATH", root().join("generated/python"));

        let mut peers = Peers::default();
        for (name, peer) in [("Node", &mut watch), ("Rust", &mut compute), ("Python", &mut feed)] {
            peers.start(name, peer.env("RINGGEN_DIR", rings))?;
        }
        peers.wait()?;
        // The streams are closed; the next replay makes rings of its own.
        for file in fs::read_dir(rings)? {
            fs::remove_file(file?.path())?;
        }
        let read = |name: &str| -> Result<Value> { Ok(serde_json::from_slice(&fs::read(report(name))?)?) };
        Ok([read("compute.json")?, read("watch.json")?])
    }
}

/// The processes of one replay; those still running when this is dropped are ended.
#[derive(Default)]
struct Peers(Vec<(&'static str, Child)>);

impl Peers {
    fn start(&mut self, name: &'static str, command: &mut Command) -> Result {
        self.0.push((name, command.spawn()?));
        Ok(())
    }

    /// Waits until all have ended well, or one has not.
    fn wait(mut self) -> Result {
        while !self.0.is_empty() {
            let mut ended: Vec<(&str, ExitStatus)> = Vec::new();
            self.0.retain_mut(|(name, child)| match child.try_wait() {
                Ok(Some(status)) => {
                    ended.push((name, status));
                    false
                }
                _ => true,
            });
            if INTERRUPTED.load(Ordering::Relaxed) {
                return Err("interrupted; nothing is left behind".into());
            }
            if let Some((name, status)) = ended.iter().find(|(_, status)| !status.success()) {
                return Err(format!("the {name} process ended with {status}").into());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }
}

impl Drop for Peers {
    fn drop(&mut self) {
        for (_, child) in &mut self.0 {
            // It may have ended in between; either way it is gone after the wait.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// On Ctrl-C the processes are ended and the rings removed before this one goes.
fn stop_children_first() -> Result {
    Ok(ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed))?)
}

fn row(report: &Value) -> [String; 6] {
    let number = |key: &str| report[key].as_f64().unwrap_or(f64::NAN);
    let age = |nanoseconds: f64| match nanoseconds {
        ns if ns < 10_000.0 => format!("{ns:.0} ns"),
        ns if ns < 10_000_000.0 => format!("{:.0} µs", ns / 1e3),
        ns => format!("{:.1} ms", ns / 1e6),
    };
    let rate = number("messages") / number("seconds");
    let rate = if rate >= 1e6 { format!("{:.2} M", rate / 1e6) } else { format!("{:.0} k", rate / 1e3) };
    [
        report["hop"].as_str().unwrap_or_default().to_string(),
        format!("{}", report["batch"]),
        format!("{}", report["messages"]),
        rate,
        age(number("p50_ns")),
        age(number("p99_ns")),
    ]
}
