//! Two processes and tokio: a task that receives trades, beside a clock that does not stop for them.
//!
//! ```text
//! cargo run --features tokio --example tokio [COUNT]
//! ```
//! It starts itself again as the producer. Neither of them uses any processor time while there is nothing to do.

use std::error::Error;
use std::process::{Child, Command};
use std::time::Duration;

use ringgen::Str;

#[path = "../generated/rust/market.rs"]
mod market;

use market::{Trade, Trades};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let first = arguments.next();
    if first.as_deref() == Some("produce") {
        let count = arguments.next().ok_or("how many?")?.parse()?;
        return produce(count).await;
    }
    let count: u64 = first.map_or(Ok(100_000), |count| count.parse())?;
    consume(count).await
}

async fn produce(count: u64) -> Result<(), Box<dyn Error>> {
    let mut trades = Trades::attach()?.async_producer()?;
    for id in 0..count {
        let trade = Trade { id, price: 100.0, quantity: 1, symbol: Str::new("ACME")?, ..Trade::ZERO };
        trades.send(trade).await?;
        if id % 1000 == 0 {
            // A lull, in which both processes sleep.
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    trades.close();
    Ok(())
}

async fn consume(count: u64) -> Result<(), Box<dyn Error>> {
    let ring = Trades::create()?;
    let mut trades = ring.async_consumer()?;
    let mut producer = start_producer(count)?;
    let mut second = tokio::time::interval(Duration::from_secs(1));
    let mut received = 0;
    loop {
        // Whichever is not chosen is dropped: a `recv` that is dropped has taken nothing.
        tokio::select! {
            trade = trades.recv() => match trade? {
                Some(trade) => {
                    assert_eq!(trade.id, received, "in order, and none is missing");
                    received += 1;
                }
                None => break,
            },
            _ = second.tick() => println!("{received} trades so far"),
        }
    }
    println!("{received} trades; {:?}", trades.get_ref().stats());
    ring.unlink()?;
    producer.wait()?;
    Ok(())
}

/// This very program, as the other process.
fn start_producer(count: u64) -> Result<Child, Box<dyn Error>> {
    Ok(Command::new(std::env::current_exe()?).args(["produce", &count.to_string()]).spawn()?)
}
