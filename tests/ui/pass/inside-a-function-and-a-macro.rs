#![deny(warnings)]
use ringgen::{Message, RingMessage};

macro_rules! message {
    ($name:ident { $($field:ident: $ty:ty),* }) => {
        #[derive(RingMessage, Clone, Copy)]
        #[repr(C)]
        struct $name { $($field: $ty,)* own: u64 }
    };
}

message!(Tick { ts: u64, price: f64 });

fn main() {
    #[derive(RingMessage, Clone, Copy)]
    #[repr(C)]
    struct Local {
        r#type: u32,
    }
    assert_eq!(Local::schema_text(), "message Local 4 4\n0 4 u32 - type\n#ringgen 1\n");
    assert_eq!((Local::ZERO.r#type, Tick::ZERO.ts, Tick::ZERO.price, Tick::ZERO.own), (0, 0, 0.0, 0));
}
