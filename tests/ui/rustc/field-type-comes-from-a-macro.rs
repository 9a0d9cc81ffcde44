use ringgen::RingMessage;

macro_rules! id {
    () => {
        Box<u64>
    };
}

#[derive(RingMessage)]
#[repr(C)]
struct Trade { //~ ringgen [R017]: `Trade` is not `Copy`
    id: id!(), //~ ringgen [R019]: `Box<u64>` can't lie in shared memory
}

fn main() {}
