//! Lets the addon's symbols be found by the Node that loads it.

fn main() {
    napi_build::setup();
}
