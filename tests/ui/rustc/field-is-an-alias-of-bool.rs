use ringgen::RingMessage;

type Flag = bool;
type Letter = char;
type Count = usize;
type Text = Option<&'static str>;

#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
struct Status {
    halted: Flag,     //~ ringgen [R019]: `bool` can't lie in shared memory
    letter: [Letter; 2], //~ ringgen [R019]: `char` can't lie in shared memory
    count: Count,     //~ ringgen [R019]: `usize` can't lie in shared memory
    text: Text,       //~ ringgen [R019]: `Option<&str>` can't lie in shared memory
}

fn main() {}
