#[derive(RingVariant)]
#[repr(C)]
#[ring(schema = "../schemas/kitchen_sink.toml", name = "Tagged", view = View)]
struct ByHand {
    tag: u64,
    payload: [u8; 8],
}
