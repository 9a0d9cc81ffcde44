//! The reading half of a pair: start `cargo run --example producer` in another terminal, before or after this.
//!
//! Prints the volume-weighted average price of what it got, and removes the ring at the end of the stream.

use std::error::Error;

use ringgen::PopError;

#[path = "../generated/rust/market.rs"]
mod market;

use market::Trades;

fn main() -> Result<(), Box<dyn Error>> {
    let ring = Trades::open_or_create()?;
    let mut trades = ring.consumer()?;
    println!("consuming from {} from message {} on", ring.path().display(), trades.position());

    let (mut volume, mut value) = (0_u64, 0.0);
    loop {
        match trades.pop() {
            Ok(Some(trade)) => {
                volume += u64::from(trade.quantity);
                value += trade.price * f64::from(trade.quantity);
            }
            Ok(None) => break,
            // All that was published has been taken: wait for the next producer.
            Err(error @ PopError::PeerDied(_)) => println!("{error}"),
            Err(error) => return Err(error.into()),
        }
    }
    println!("{volume} shares at {:.4} on average; {:?}", value / volume as f64, trades.stats());
    ring.unlink()?;
    Ok(())
}
