use ringgen::RingMessage;

#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
struct AMessageWithANameThatIsFarTooLongForTheHeaderOfARingInSharedMemory {
    id: u64,
}

fn main() {}
