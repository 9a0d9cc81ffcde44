#![deny(deprecated)]

mod history {
    ringgen::include_schema!("history.toml");
}

fn main() {
    let side = history::Side::SELL; //~ use of deprecated associated constant | since version 3 of `history`
    let mut trade = history::Trade { side, ..history::Trade::ZERO };
    trade.id = 7; //~ use of deprecated field | since version 2 of `history`
    let _ = history::Event::old(trade); //~ use of deprecated associated function
    let _ = history::Trade::builder().id(7); //~ use of deprecated method
    if let history::EventView::Old(_) = history::Event::ZERO.view() {} //~ use of deprecated tuple variant
    //~^ use of deprecated field `history::EventView::Old::0`
}
