//! Which folders the kernel watches for us.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;

use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use super::Event;
use crate::output::Failure;

/// The folders that are watched, each by itself and not what is in it.
pub(super) struct Folders {
    watcher: RecommendedWatcher,
    watched: BTreeSet<PathBuf>,
}

impl Folders {
    /// Watches nothing yet; what happens goes to `events`.
    pub(super) fn new(events: Sender<Event>) -> Result<Self, Failure> {
        let send = move |result: notify::Result<notify::Event>| {
            let told = match result {
                Ok(event) if event.need_rescan() => vec![Event::Unsure],
                // To be read is no change: we read all of them ourselves.
                Ok(event) if event.kind.is_access() => Vec::new(),
                Ok(event) => event.paths.into_iter().map(Event::Changed).collect(),
                Err(_) => vec![Event::Unsure],
            };
            for event in told {
                // Nobody receives once the session has ended.
                let _ = events.send(event);
            }
        };
        let watcher = notify::recommended_watcher(send).map_err(|error| cant_watch(&error))?;
        Ok(Folders { watcher, watched: BTreeSet::new() })
    }

    /// Watches these folders and no others. Whether one of them was not watched before.
    pub(super) fn watch(&mut self, wanted: BTreeSet<PathBuf>) -> Result<bool, Failure> {
        for folder in self.watched.difference(&wanted) {
            // It may be gone, and its watch with it.
            let _ = self.watcher.unwatch(folder);
        }
        let mut is_new = false;
        for folder in wanted.difference(&self.watched) {
            match self.watcher.watch(folder, RecursiveMode::NonRecursive) {
                Ok(()) => is_new = true,
                // Gone since it was looked at: the next round watches what is above it.
                Err(_) if !folder.is_dir() => is_new = true,
                Err(error) => return Err(cant_watch(&error)),
            }
        }
        self.watched = wanted;
        Ok(is_new)
    }

    /// A folder that was deleted or moved is not watched any more, whatever comes to be in its place.
    pub(super) fn forget_if_gone(&mut self, path: &Path) {
        if self.watched.remove(path) {
            let _ = self.watcher.unwatch(path);
        }
    }
}

fn cant_watch(error: &notify::Error) -> Failure {
    let failure = Failure::new(format_args!("can't watch files: {error}"));
    match error.kind {
        notify::ErrorKind::MaxFilesWatch => failure.help("raise fs.inotify.max_user_watches"),
        _ => failure,
    }
}
