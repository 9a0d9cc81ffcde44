use ringgen::RingMessage;

#[derive(Clone, Copy, RingMessage)]
#[repr(C)]
struct Trade {
    id: u64,
    price: f64,
}

const _: () = {
    ringgen::__private::check_told::<Trade>("Trade", "0123456789abcdef0123456789abcdef"); //~ `Trade` is not what other languages were told | run `ringgen generate`
};

fn main() {}
