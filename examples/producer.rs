//! The writing half of a pair: start `cargo run --example consumer` in another terminal, before or after this.
//!
//! ```text
//! cargo run --example producer [COUNT]
//! ```
//! Kill either of them with -9 and start it again: it goes on where the other one is.

use std::error::Error;
use std::time::Duration;

use ringgen::{PushError, Str};

#[path = "../generated/rust/market.rs"]
mod market;

use market::{Conditions, Side, Trade, Trades};

fn main() -> Result<(), Box<dyn Error>> {
    let count: u64 = std::env::args().nth(1).map_or(Ok(1_000_000), |count| count.parse())?;
    let ring = Trades::open_or_create()?;
    let mut trades = ring.producer()?;
    println!("producing into {} from message {} on", ring.path().display(), trades.position());

    while trades.position() < count {
        let id = trades.position();
        let trade = Trade {
            id,
            price: 100.0 + (id % 100) as f64 / 100.0,
            quantity: 1 + (id % 500) as u32,
            symbol: Str::new("ACME")?,
            side: if id % 2 == 0 { Side::BUY } else { Side::SELL },
            conditions: Conditions::empty(),
            ..Trade::ZERO
        };
        match trades.push_timeout(trade, Duration::from_secs(30)) {
            Ok(()) => {}
            // The ring is full and nobody empties it: wait for the next consumer.
            Err(error @ (PushError::PeerDied(_) | PushError::Detached)) => println!("{error}"),
            Err(error) => return Err(error.into()),
        }
    }
    println!("{count} trades; {:?}", trades.stats());
    trades.close();
    Ok(())
}
