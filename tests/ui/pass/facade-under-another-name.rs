use ringgen as rings;

mod exports {
    pub(crate) use ringgen as reexported;
}

#[derive(rings::RingMessage, Clone, Copy)]
#[repr(C)]
#[ring(crate = "rings")]
struct Tick {
    ts: u64,
}

#[derive(exports::reexported::RingEnum, Clone, Copy)]
#[repr(transparent)]
#[ring(crate = "crate::exports::reexported", values(Buy = 1))]
struct Side(u8);

fn main() {
    let _ = (Tick::ZERO.ts, Side(1).0);
}
