//! The peers side by side, each with its other end on the second CPU.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;

use tempfile::TempDir;

use crate::Result;
use crate::contender::{Contender, Here};
use crate::cpu;
use crate::link::{Peer, Place, Rx, Tx};
use crate::payload::{Large, Payload, Small, checksum};
use crate::peers::crossbeam::Crossbeam;
use crate::peers::futex::Futex;
use crate::peers::iceoryx2::Iceoryx2;
use crate::peers::raw::{Lines, OneLine, Pages, Pairs, Raw};
use crate::peers::ringfire::Ringfire;
use crate::peers::ringgen::{Hybrid, InPlace, Ringgen, Spin, Yield};
use crate::peers::rtrb::Rtrb;
use crate::peers::shmem_ipc::ShmemIpc;
use crate::peers::slotted::Slotted;
use crate::peers::stream::{Pipe, Socket, Stream};
use crate::probe::CoreToCore;
use crate::station::{Ends, Order, Station};

/// How many messages fit into what answers are sent by.
const BACK: usize = 4096;

type Start = Box<dyn FnOnce(Orders) -> Result<Box<dyn Contender>>>;

/// What can be done with a peer whose type is known no more.
struct Entry {
    name: &'static str,
    thread: bool,
    here: fn(&Place, &Place) -> Result<Start>,
    station: fn(&Place, &Place) -> Result<Box<dyn Station>>,
    solo: fn(&Place, &Place, usize, u64) -> Result<u64>,
}

fn entry<M: Payload, P: Peer<M>>() -> Entry {
    Entry {
        name: P::NAME,
        thread: P::THREAD,
        here: |there, back| {
            let ends = Here::<M, P>::open(there, back)?;
            Ok(Box::new(move |orders| Ok(Box::new(Here::<M, P>::new(ends, orders)?))))
        },
        station: |there, back| Ok(Box::new(Ends::<M, P>::open(there, back)?)),
        solo: |first, second, batch, messages| {
            let mut rx = P::receiver(first)?;
            let mut tx = P::sender(second)?;
            rx.ready()?;
            tx.ready()?;
            let mut buffer = vec![M::new(0); batch];
            let (mut id, mut sum) = (0, 0);
            while id < messages {
                buffer.iter_mut().zip(id..).for_each(|(message, id)| message.set_id(id));
                id += batch as u64;
                sum += match batch {
                    1 => {
                        tx.send_one(buffer[0])?;
                        rx.receive_one()?.map_or(0, |message| message.sum())
                    }
                    _ => {
                        tx.send(&buffer)?;
                        rx.receive(&mut buffer)?.1
                    }
                };
            }
            Ok(sum)
        },
    }
}

fn entries<M: Payload>() -> Vec<Entry> {
    vec![
        entry::<M, CoreToCore>(),
        entry::<M, Ringgen<Hybrid>>(),
        entry::<M, Ringgen<InPlace>>(),
        entry::<M, Ringgen<Spin>>(),
        entry::<M, Ringgen<Yield>>(),
        entry::<M, Raw<Pages>>(),
        entry::<M, Raw<Pairs>>(),
        entry::<M, Raw<Lines>>(),
        entry::<M, Raw<OneLine>>(),
        entry::<M, Slotted>(),
        entry::<M, Rtrb>(),
        entry::<M, Crossbeam>(),
        entry::<M, ShmemIpc>(),
        entry::<M, Ringfire>(),
        entry::<M, Iceoryx2>(),
        entry::<M, Stream<Pipe>>(),
        entry::<M, Stream<Socket>>(),
        entry::<M, Futex>(),
    ]
}

/// The peers for messages of 32 or of 256 bytes.
fn entries_of(size: usize) -> Result<Vec<Entry>> {
    match size {
        32 => Ok(entries::<Small>()),
        256 => Ok(entries::<Large>()),
        _ => Err(format!("messages have 32 or 256 bytes, not {size}").into()),
    }
}

/// How a contender tells its station what to do.
pub(crate) enum Orders {
    Process { stdin: Rc<RefCell<ChildStdin>>, index: usize },
    Thread(mpsc::Sender<Order>),
}

impl Orders {
    pub(crate) fn give(&self, order: Order) -> Result {
        match self {
            Orders::Process { stdin, index } => Ok(writeln!(stdin.borrow_mut(), "{index} {order}")?),
            Orders::Thread(orders) => Ok(orders.send(order)?),
        }
    }
}

/// Contenders and their stations, which end with it.
pub(crate) struct Session {
    pub(crate) probe: Box<dyn Contender>,
    pub(crate) contenders: Vec<Box<dyn Contender>>,
    /// What could not be opened, and why.
    pub(crate) not_run: Vec<(&'static str, String)>,
    _watcher: Watcher,
    _dir: TempDir,
}

/// The file that tells the other process which peers it opens.
const PEERS: &str = "peers";

impl Session {
    /// Opens these peers for messages of `size` bytes, `capacity` of which fit in.
    pub(crate) fn open(size: usize, capacity: usize, peers: &[&str]) -> Result<Self> {
        let [_, second] = cpu::pair()?;
        let dir = tempfile::Builder::new().prefix("ringgen-peers-").tempdir_in("/dev/shm")?;
        let entries: Vec<Entry> = entries_of(size)?
            .into_iter()
            .filter(|entry| entry.name == "core to core" || peers.contains(&entry.name))
            .collect();
        let mut not_run = Vec::new();
        let mut starts = Vec::new();
        for entry in &entries {
            let (there, back) = places(dir.path(), entry.name, capacity, true)?;
            match (entry.here)(&there, &back) {
                Ok(start) => starts.push(Some(start)),
                Err(error) => {
                    not_run.push((entry.name, error.to_string()));
                    starts.push(None);
                }
            }
        }
        let opened: Vec<&str> =
            entries.iter().zip(&starts).filter_map(|(entry, start)| start.is_some().then_some(entry.name)).collect();
        std::fs::write(dir.path().join(PEERS), opened.join("\n"))?;

        let mut child = Command::new(std::env::current_exe()?)
            .arg("station")
            .arg(dir.path())
            .args([size.to_string(), capacity.to_string(), second.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdin = Rc::new(RefCell::new(child.stdin.take().ok_or("standard input was piped")?));
        let mut said = BufReader::new(child.stdout.take().ok_or("standard output was piped")?).lines();
        let mut contenders = Vec::new();
        let mut index = 0;
        for (entry, start) in entries.iter().zip(starts) {
            let Some(start) = start else { continue };
            let orders = if entry.thread {
                let (there, back) = places(dir.path(), entry.name, capacity, false)?;
                serve_by_thread(entry.station, there, back, second)
            } else {
                let answer = said.next().ok_or("the other process has ended")??;
                let orders = Orders::Process { stdin: Rc::clone(&stdin), index };
                index += 1;
                if answer == OPENED { Ok(orders) } else { Err(answer) }
            };
            match orders.and_then(|orders| start(orders).map_err(|error| error.to_string())) {
                Ok(contender) => contenders.push(contender),
                Err(error) => not_run.push((entry.name, error)),
            }
        }
        if contenders.first().is_none_or(|first| first.name() != "core to core") {
            return Err(format!("the two CPUs can't be probed: {not_run:?}").into());
        }
        let probe = contenders.remove(0);
        Ok(Session { probe, contenders, not_run, _watcher: Watcher::start(child, said), _dir: dir })
    }
}

fn places(session: &Path, name: &str, capacity: usize, first: bool) -> Result<(Place, Place)> {
    let there = Place::new(session, &format!("{name} there"), capacity, first)?;
    let back = Place::new(session, &format!("{name} back"), BACK, first)?;
    Ok((there, back))
}

/// What a station says that has what it needs; all else is why it has not.
const OPENED: &str = "opened";

/// The other process. Ends this one if it ends before it should: whoever waits for its messages would wait for ever.
struct Watcher {
    child: Child,
    done: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Watcher {
    /// `said` is what it says: nothing more, until it ends.
    fn start(child: Child, mut said: impl Iterator + Send + 'static) -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&done);
        let thread = thread::spawn(move || {
            while said.next().is_some() {}
            if !seen.load(Ordering::Relaxed) {
                eprintln!("error: the other process has ended");
                std::process::exit(1);
            }
        });
        Watcher { child, done, thread: Some(thread) }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.done.store(true, Ordering::Relaxed);
        // Where a measurement failed, it may be in the middle of an order whose messages nobody takes any more.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve_by_thread(
    station: fn(&Place, &Place) -> Result<Box<dyn Station>>,
    there: Place,
    back: Place,
    cpu: usize,
) -> std::result::Result<Orders, String> {
    let (orders, received) = mpsc::channel();
    let (say, said) = mpsc::channel();
    thread::spawn(move || {
        let opened = cpu::pin(cpu).and_then(|()| station(&there, &back));
        let mut station = match opened {
            Ok(station) => station,
            Err(error) => return drop(say.send(Err(error.to_string()))),
        };
        let _ = say.send(Ok(()));
        for order in received {
            if let Err(error) = station.obey(order) {
                eprintln!("error: {error}");
                std::process::exit(1);
            }
        }
    });
    said.recv().map_err(|error| error.to_string())?.map(|()| Orders::Thread(orders))
}

/// The other process: opens its ends, says so, and does what it is told.
pub(crate) fn serve(dir: &str, size: &str, capacity: &str, cpu: &str) -> Result {
    cpu::pin(cpu.parse()?)?;
    let dir = Path::new(dir);
    let names = std::fs::read_to_string(dir.join(PEERS))?;
    let mut stations = Vec::new();
    for entry in entries_of(size.parse()?)? {
        if entry.thread || !names.lines().any(|name| name == entry.name) {
            continue;
        }
        let (there, back) = places(dir, entry.name, capacity.parse()?, false)?;
        let station = (entry.station)(&there, &back);
        match &station {
            Ok(_) => println!("{OPENED}"),
            Err(error) => println!("{}", error.to_string().replace('\n', " ")),
        }
        stations.push(station.ok());
    }
    for line in std::io::stdin().lines() {
        let line = line?;
        let (index, order) = line.split_once(' ').ok_or("an order is for somebody")?;
        let station = stations.get_mut(index.parse::<usize>()?).and_then(Option::as_mut);
        station.ok_or("there is no such station")?.obey(order.parse()?)?;
    }
    Ok(())
}

/// One contender alone.
pub(crate) fn once(peer: &str, batch: usize, messages: u64) -> Result {
    cpu::pin(cpu::pair()?[0])?;
    let mut session = Session::open(32, 4096, &[peer])?;
    let Some(contender) = session.contenders.first_mut() else {
        return Err(format!("`{peer}` is not run: {:?}", session.not_run).into());
    };
    println!("{messages} messages in batches of {batch}: {:.2} ns each", contender.throughput(batch, messages)?);
    Ok(())
}

/// Both ends of one peer in turn, in one thread.
pub(crate) fn solo(peer: &str, batch: usize, messages: u64) -> Result {
    let dir = tempfile::tempdir_in("/dev/shm")?;
    let entry = entries_of(32)?.into_iter().find(|entry| entry.name == peer).ok_or("there is no such peer")?;
    let (first, _) = places(dir.path(), peer, 4096, true)?;
    let (second, _) = places(dir.path(), peer, 4096, false)?;
    let sum = (entry.solo)(&first, &second, batch, messages)?;
    if sum != checksum::<Small>(messages) { Err("messages were lost or changed".into()) } else { Ok(()) }
}
