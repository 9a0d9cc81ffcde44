//! Either side killed at any moment, in any language: everything that was published is delivered once and in order, and
//! the bounds of docs/memory-format.md, "What is promised", hold to the message.
//!
//! `RINGGEN_STORM=1000000 cargo test --test crash storm` kills so many processes; `RINGGEN_STORM_SEED` repeats a run.

mod common;
#[path = "crash/killed.rs"]
mod killed;
#[path = "crash/ledger.rs"]
mod ledger;
#[path = "../generated/rust/market.rs"]
mod market;
#[path = "crash/peer.rs"]
mod peer;
#[path = "crash/points.rs"]
mod points;
#[path = "crash/stopped.rs"]
mod stopped;
#[path = "crash/storm.rs"]
mod storm;
#[path = "crash/subject.rs"]
mod subject;
#[path = "crash/survive.rs"]
mod survive;
#[path = "crash/watched.rs"]
mod watched;

/// The other process of the tests, in which a job runs until it is killed.
#[test]
#[ignore = "the other process of the tests"]
fn child() {
    if let Ok(job) = std::env::var(subject::JOB) {
        peer::run(&serde_json::from_str(&job).expect("a job is JSON"));
    }
}
