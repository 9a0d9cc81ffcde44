//! The shared memory itself: control words and slots, behind methods that can't leave their region.
//!
//! Whoever reads this file, and [`spot`](crate::spot) for single fields of a message, has read every access to memory
//! that another process writes. The peer is not trusted: what is loaded is a number or plain old data, checked elsewhere
//! before it means anything.
#![allow(unsafe_code)] // Pointers into a mapping; each is made from offsets that `header.rs` has checked.

use std::mem::MaybeUninit;
use std::sync::Arc;
use std::time::Duration;

use ringgen_layout::ring::{Geometry, block};
use rustix::thread::MembarrierCommand;

use crate::map::Mapping;
use crate::mutants;
use crate::pod::Pod;
use crate::role::Role;
use crate::spot::{Spot, SpotMut};
use crate::steps::{self, Step};
use crate::sync::{AtomicU32, AtomicU64, Ordering, acquire_u32, acquire_u64, fence};
use crate::sys;
use crate::words::Words;

/// A mapped ring as one side sees it. Also the proof for the rest of this file:
///
/// - `map` maps `geometry.file_length` bytes and lives as long as this and its clones; it never moves or shrinks.
/// - `geometry` was computed by [`Geometry::spsc`] or checked by `header.rs`: blocks have [`block::SIZE`] bytes,
///   slots `capacity × stride`, all inside of the file, disjoint, and aligned to pages.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    map: Arc<Mapping>,
    producer: *mut u8,
    consumer: *mut u8,
    slots: *mut u8,
    stride: usize,
    mask: u64,
}

// SAFETY: the pointers point into `map`, which may be used by any thread, and which they keep. Control words are
// atomics. Slots are written through `&self`, but only by the methods that `Producer` calls with `&mut self`: there is
// one at most for a ring, as the lock of its role says.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

impl Shared {
    pub(crate) fn new(map: Mapping) -> Self {
        let Geometry { producer_block, consumer_block, slots, stride, capacity, .. } = *map.geometry();
        let at = |offset: u64| map.base().wrapping_add(offset as usize);
        Shared {
            producer: at(producer_block),
            consumer: at(consumer_block),
            slots: at(slots),
            stride: stride as usize,
            mask: capacity - 1,
            map: Arc::new(map),
        }
    }

    /// The futex word that the other side sleeps on, for whoever sleeps on several.
    pub(crate) fn event(&self, role: Role) -> &AtomicU32 {
        self.word32(role, block::EVENT)
    }

    pub(crate) fn map(&self) -> &Mapping {
        &self.map
    }

    fn block(&self, role: Role) -> *mut u8 {
        match role {
            Role::Producer => self.producer,
            Role::Consumer => self.consumer,
        }
    }

    /// A 64-bit word of a role's block. Only that role stores to it; its page is read-only to others.
    #[inline]
    fn word64(&self, role: Role, offset: usize) -> &AtomicU64 {
        assert!(offset + 8 <= block::SIZE && offset.is_multiple_of(8));
        let word = self.block(role).wrapping_add(offset).cast::<AtomicU64>();
        // SAFETY: aligned and inside of the block, by the assertion and the proof above, for as long as `self` is
        // borrowed. All sides use atomics. Where the page is read-only, `Words` only loads, relaxed, which is allowed
        // for words of this size (std::sync::atomic, "Atomic accesses to read-only memory").
        unsafe { &*word }
    }

    /// A 32-bit word, as [`Self::word64`].
    #[inline]
    fn word32(&self, role: Role, offset: usize) -> &AtomicU32 {
        assert!(offset + 4 <= block::SIZE && offset.is_multiple_of(4));
        let word = self.block(role).wrapping_add(offset).cast::<AtomicU32>();
        // SAFETY: as in `word64`.
        unsafe { &*word }
    }

    /// The slot of a position: inside of the slots whatever the position is, aligned as any `T` of `stride` bytes.
    #[inline]
    fn slot(&self, position: u64) -> *mut u8 {
        self.slots.wrapping_add(mutants::index((position & self.mask) as usize) * self.stride)
    }

    /// The slot of a position, for messages of this type.
    #[inline]
    fn one<T: Pod>(&self, position: u64) -> *mut T {
        assert!(size_of::<T>() == self.stride, "the ring carries messages of another size");
        self.slot(position).cast()
    }

    /// The slots of `count` positions from `position` on, which lie side by side.
    #[inline]
    fn run<T: Pod>(&self, position: u64, count: usize) -> *mut T {
        assert!(count as u64 <= self.mask + 1 - (position & self.mask), "the run reaches over the last slot");
        self.one(position)
    }

    /// As [`Self::load_run`], behind the elements that a vector has.
    pub(crate) fn load_run_into<T: Pod>(&self, position: u64, into: &mut Vec<T>, count: usize) {
        steps::reach(Step::PopSlot);
        let slots = self.run::<T>(position, count);
        into.reserve(count);
        let room = into.spare_capacity_mut().as_mut_ptr();
        // SAFETY: `run` gives `count` readable `T`, the vector has room for as many, and they don't overlap.
        unsafe { copy_bytes(room.cast(), slots.cast(), count * size_of::<T>()) };
        // SAFETY: that many elements more have just been written. Any bytes are `T`s.
        unsafe { into.set_len(into.len() + count) };
    }

    /// Copies the bytes of the message in the slot of `position` out.
    pub(crate) fn load_bytes(&self, position: u64, into: &mut [u8]) {
        assert!(into.len() == self.stride, "a message has {} bytes", self.stride);
        let slot = self.slot(position);
        // SAFETY: a slot has `stride` readable bytes, and `into` is as long and private.
        unsafe { copy_bytes(into.as_mut_ptr(), slot, into.len()) };
    }

    /// The message in the slot of `position`, to be loaded where it lies.
    #[inline]
    pub(crate) fn spot<T: Pod>(&self, position: u64) -> Spot<'_, T> {
        steps::reach(Step::PopSlot);
        let slot = self.one::<T>(position);
        // SAFETY: `one` gives one readable, aligned `T`, in the mapping that this owns.
        unsafe { Spot::new(slot) }
    }

    /// The slot of `position`, to be stored to in parts by the producer, who alone calls this.
    #[inline]
    pub(crate) fn spot_mut<T: Pod>(&mut self, position: u64) -> SpotMut<'_, T> {
        let slot = self.one::<T>(position);
        // SAFETY: `one` gives room for one `T`, aligned, in the mapping that this owns, and which is writable for the
        // producer. Whatever else stores there goes through this too, which is borrowed mutably.
        unsafe { SpotMut::new(slot) }
    }

    /// The slots from `position` on as they lie in shared memory.
    ///
    /// # Safety
    /// Nobody writes to these slots while the slice lives.
    pub(crate) unsafe fn as_slice<T: Pod>(&self, position: u64, count: usize) -> &[T] {
        let slots = self.run::<T>(position, count);
        // SAFETY: `run` gives `count` readable, aligned `T`, and the caller promises that they don't change.
        unsafe { std::slice::from_raw_parts(slots, count) }
    }

    /// The slots from `position` on as they lie in shared memory, to be written.
    ///
    /// # Safety
    /// Nobody reads or writes these slots while the slice lives, and this is the producer's mapping.
    #[expect(clippy::mut_from_ref, reason = "the producer's handle is borrowed mutably by whoever calls this")]
    pub(crate) unsafe fn as_mut_slice<T: Pod>(&self, position: u64, count: usize) -> &mut [T] {
        let slots = self.run::<T>(position, count);
        // SAFETY: `run` gives `count` aligned `T`, and the caller promises that they are writable and unshared.
        unsafe { std::slice::from_raw_parts_mut(slots, count) }
    }
}

impl Words for Shared {
    #[inline]
    fn load32(&self, role: Role, offset: usize) -> u32 {
        self.word32(role, offset).load(Ordering::Relaxed)
    }

    #[inline]
    fn load64(&self, role: Role, offset: usize) -> u64 {
        self.word64(role, offset).load(Ordering::Relaxed)
    }

    #[inline]
    fn acquire32(&self, role: Role, offset: usize) -> u32 {
        acquire_u32(self.word32(role, offset))
    }

    #[inline]
    fn acquire64(&self, role: Role, offset: usize) -> u64 {
        acquire_u64(self.word64(role, offset))
    }

    #[inline]
    fn store32(&self, step: Step, role: Role, offset: usize, value: u32, ordering: Ordering) {
        steps::reach(step);
        self.word32(role, offset).store(value, mutants::ordering(step, ordering));
    }

    #[inline]
    fn store64(&self, step: Step, role: Role, offset: usize, value: u64, ordering: Ordering) {
        steps::reach(step);
        self.word64(role, offset).store(value, mutants::ordering(step, ordering));
    }

    #[inline]
    fn store<T: Pod>(&self, position: u64, message: &T) {
        steps::reach(Step::PushSlot);
        let slot = self.one::<T>(position);
        // SAFETY: `one` asserts the size, and gives room for one `T` that is aligned as `stride`, since slots begin on a
        // page; it is mapped writable for the producer (`Mapping::for_role`), who alone calls this.
        unsafe { copy_in(slot, message) };
    }

    #[inline]
    fn store_run<T: Pod>(&self, position: u64, messages: &[T]) {
        steps::reach(Step::PushSlot);
        let slots = self.run::<T>(position, messages.len());
        // SAFETY: `run` gives room for all of them, writable as in `store`; a shared slot is in no private slice.
        unsafe {
            copy_bytes(slots.cast(), messages.as_ptr().cast(), mutants::length(Step::PushSlot, size_of_val(messages)))
        };
    }

    #[inline]
    fn load<T: Pod>(&self, position: u64) -> T {
        steps::reach(Step::PopSlot);
        let slot = self.one::<T>(position);
        // SAFETY: `one` gives one readable, aligned `T`.
        unsafe { copy_out(slot) }
    }

    #[inline]
    fn load_run<T: Pod>(&self, position: u64, into: &mut [T]) {
        steps::reach(Step::PopSlot);
        let slots = self.run::<T>(position, into.len());
        // SAFETY: `run` gives as many readable `T`, and a shared slot is in no private slice. Any bytes are `T`s.
        unsafe {
            copy_bytes(into.as_mut_ptr().cast(), slots.cast(), mutants::length(Step::PopSlot, size_of_val(into)))
        };
    }

    #[inline]
    fn fence(&self, step: Step) {
        steps::reach(step);
        fence(Ordering::SeqCst);
    }

    #[inline]
    fn acquire_fence(&self) {
        fence(Ordering::Acquire);
    }

    fn barrier(&self) -> bool {
        rustix::thread::membarrier(MembarrierCommand::GlobalExpedited).is_ok()
    }

    fn sleep(&self, step: Step, role: Role, expected: u32, at_most: Duration) {
        steps::reach(step);
        sys::futex_wait(self.word32(role, block::EVENT), expected, at_most);
    }

    fn wake(&self, step: Step, role: Role) {
        steps::reach(step);
        sys::futex_wake(self.word32(role, block::EVENT));
    }
}

/// How a message is cut up to be moved. The wider the better, but a chunk must divide the size, so that it is
/// aligned in every slot. Volatile on the shared side only: the private side stays in registers, where a message
/// that has just been built is.
macro_rules! by_chunks {
    ($size:expr, $copy:ident) => {
        match $size {
            #[cfg(all(target_arch = "x86_64", not(miri)))]
            size if size % 16 == 0 => $copy!(std::arch::x86_64::__m128i),
            size if size % 8 == 0 => $copy!(u64),
            size if size % 4 == 0 => $copy!(u32),
            size if size % 2 == 0 => $copy!(u16),
            _ => $copy!(u8),
        }
    };
}

/// The longest message that is moved by chunks; the copy of runs is as fast from here on.
const MAX_CHUNKED: usize = 512;

/// # Safety
/// `slot` points to room for one `T`, aligned to the largest power of two up to 16 that divides its size.
#[inline]
unsafe fn copy_in<T: Pod>(slot: *mut T, message: &T) {
    let size = size_of::<T>();
    if size > MAX_CHUNKED {
        // SAFETY: room for a `T`, and a reference to another one.
        return unsafe { copy_bytes(slot.cast(), (&raw const *message).cast(), size) };
    }
    macro_rules! copy {
        ($chunk:ty) => {
            for index in 0..size / size_of::<$chunk>() {
                let from = (&raw const *message).cast::<$chunk>().wrapping_add(index);
                // SAFETY: inside of `message`, all of whose bytes are initialized: `Pod` has no padding.
                let chunk = unsafe { from.read_unaligned() };
                let to = slot.cast::<$chunk>().wrapping_add(index);
                // SAFETY: inside of the slot, aligned because the chunk's size divides the slot's.
                unsafe { to.write_volatile(chunk) };
            }
        };
    }
    by_chunks!(size, copy);
}

/// # Safety
/// `slot` points to a readable `T`, aligned to the largest power of two up to 16 that divides its size.
#[inline]
unsafe fn copy_out<T: Pod>(slot: *const T) -> T {
    let size = size_of::<T>();
    let mut message = MaybeUninit::<T>::uninit();
    if size > MAX_CHUNKED {
        // SAFETY: a readable `T`, and room for another one.
        unsafe { copy_bytes(message.as_mut_ptr().cast(), slot.cast(), size) };
    } else {
        macro_rules! copy {
            ($chunk:ty) => {
                for index in 0..size / size_of::<$chunk>() {
                    let from = slot.cast::<$chunk>().wrapping_add(index);
                    // SAFETY: inside of the slot, aligned because the chunk's size divides the slot's.
                    let chunk = unsafe { from.read_volatile() };
                    let to = message.as_mut_ptr().cast::<$chunk>().wrapping_add(index);
                    // SAFETY: inside of `message`.
                    unsafe { to.write_unaligned(chunk) };
                }
            };
        }
        by_chunks!(size, copy);
    }
    // SAFETY: all bytes have been written, and any bytes are a `T`.
    unsafe { message.assume_init() }
}

/// Copies `count` bytes between shared and private memory.
///
/// In assembly that the compiler knows nothing about, as it must be for memory that a peer may write to.
///
/// # Safety
/// `from` has `count` readable bytes, `to` as many writable ones, and they don't overlap.
#[cfg(all(target_arch = "x86_64", not(miri), not(feature = "portable-copy")))]
#[inline]
pub(crate) unsafe fn copy_bytes(mut to: *mut u8, mut from: *const u8, mut count: usize) {
    /// From here on, one instruction is faster than any loop, where the processor says that it is good at it.
    const ONE_INSTRUCTION: usize = 1024;
    if count >= ONE_INSTRUCTION && std::is_x86_feature_detected!("ermsb") {
        // SAFETY: copies `count` bytes from `from` to `to`, forwards: the direction flag is clear, as in every function.
        unsafe {
            std::arch::asm!(
                "rep movsb",
                inout("rcx") count => _,
                inout("rdi") to => _,
                inout("rsi") from => _,
                options(nostack, preserves_flags),
            );
        }
        return;
    }
    /// From here on, setting up the wide loop pays; `memcpy` of libc is as fast and not faster.
    const WIDE: usize = 256;
    if count >= WIDE && std::is_x86_feature_detected!("avx") {
        let wide = count / 128 * 128;
        // SAFETY: the processor has AVX. Each step reads and writes the next 128 of the first `wide` bytes, one step
        // at least.
        unsafe {
            std::arch::asm!(
                "2:",
                "vmovdqu ymm0, [rsi]",
                "vmovdqu ymm1, [rsi + 32]",
                "vmovdqu ymm2, [rsi + 64]",
                "vmovdqu ymm3, [rsi + 96]",
                "vmovdqu [rdi], ymm0",
                "vmovdqu [rdi + 32], ymm1",
                "vmovdqu [rdi + 64], ymm2",
                "vmovdqu [rdi + 96], ymm3",
                "sub rsi, -128",
                "sub rdi, -128",
                "add rcx, -128",
                "jnz 2b",
                "vzeroupper",
                inout("rsi") from,
                inout("rdi") to,
                inout("rcx") wide => _,
                // `vzeroupper` changes every vector register.
                clobber_abi("C"),
                options(nostack),
            );
        }
        count -= wide;
    }
    // SAFETY: each step reads and writes the next 16 of the bytes that are left, or one of them, and none if there
    // are none.
    unsafe {
        std::arch::asm!(
            "sub {count}, 16",
            "jb 3f",
            "2:",
            "movups {chunk}, [{from}]",
            "movups [{to}], {chunk}",
            "add {from}, 16",
            "add {to}, 16",
            "sub {count}, 16",
            "jae 2b",
            "3:",
            "add {count}, 16",
            "jz 5f",
            "4:",
            "mov {byte}, byte ptr [{from}]",
            "mov byte ptr [{to}], {byte}",
            "inc {from}",
            "inc {to}",
            "dec {count}",
            "jnz 4b",
            "5:",
            count = inout(reg) count => _,
            to = inout(reg) to => _,
            from = inout(reg) from => _,
            chunk = out(xmm_reg) _,
            byte = out(reg_byte) _,
            options(nostack),
        );
    }
}

/// As the one above, in words that any tool sees.
#[cfg(not(all(target_arch = "x86_64", not(miri), not(feature = "portable-copy"))))]
#[inline]
pub(crate) unsafe fn copy_bytes(to: *mut u8, from: *const u8, count: usize) {
    // SAFETY: as promised to this function.
    unsafe { copy_bytes_portably(to, from, count) }
}

/// # Safety
/// As for [`copy_bytes`].
#[cfg(any(test, not(all(target_arch = "x86_64", not(miri), not(feature = "portable-copy")))))]
unsafe fn copy_bytes_portably(to: *mut u8, from: *const u8, count: usize) {
    const WORD: usize = size_of::<u64>();
    let aligned = to.addr().is_multiple_of(WORD) && from.addr().is_multiple_of(WORD);
    let words = if aligned { count / WORD } else { 0 };
    for index in 0..words {
        // SAFETY: an aligned word of the first `count` bytes.
        let word = unsafe { from.cast::<u64>().wrapping_add(index).read_volatile() };
        // SAFETY: as above.
        unsafe { to.cast::<u64>().wrapping_add(index).write_volatile(word) };
    }
    for index in words * WORD..count {
        // SAFETY: one of the first `count` bytes.
        let byte = unsafe { from.wrapping_add(index).read_volatile() };
        // SAFETY: as above.
        unsafe { to.wrapping_add(index).write_volatile(byte) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(count: usize) -> Vec<u8> {
        (0..count).map(|index| (index * 7 + 1) as u8).collect()
    }

    #[test]
    fn the_portable_twin_copies_what_the_instruction_copies() {
        for count in (0..70).chain([127, 255, 256, 1023, 1024, 1025, 4096, 4099, 8191, 8192, 8193]) {
            for (to_offset, from_offset) in [(0, 0), (1, 0), (0, 3), (8, 8)] {
                let from = bytes(count + 16);
                let (mut one, mut two) = (vec![0; count + 32], vec![0; count + 32]);
                // SAFETY: both vectors are 16 bytes longer than what is copied from or to.
                unsafe {
                    copy_bytes(one.as_mut_ptr().wrapping_add(to_offset), from.as_ptr().wrapping_add(from_offset), count)
                };
                // SAFETY: as above.
                unsafe {
                    copy_bytes_portably(
                        two.as_mut_ptr().wrapping_add(to_offset),
                        from.as_ptr().wrapping_add(from_offset),
                        count,
                    );
                };
                assert_eq!(one, two);
                assert_eq!(one[to_offset..to_offset + count], from[from_offset..from_offset + count]);
                assert!(one[to_offset + count..].iter().all(|&byte| byte == 0), "nothing is written behind the end");
            }
        }
    }

    fn round_trip<const N: usize>() {
        #[repr(align(16))]
        struct Aligned<const N: usize>([u8; N]);
        let message: [u8; N] = bytes(N).try_into().unwrap();
        let mut slot = Aligned([0; N]);
        // SAFETY: room for the message, aligned to 16.
        unsafe { copy_in(&raw mut slot.0, &message) };
        // SAFETY: a message, aligned to 16.
        assert_eq!(unsafe { copy_out(&raw const slot.0) }, message);
        assert_eq!(slot.0, message);
    }

    #[test]
    fn messages_of_any_size_survive_a_slot() {
        round_trip::<1>();
        round_trip::<2>();
        round_trip::<3>();
        round_trip::<4>();
        round_trip::<12>();
        round_trip::<24>();
        round_trip::<32>();
        round_trip::<50>();
        round_trip::<512>();
        round_trip::<513>();
        round_trip::<528>();
        round_trip::<5000>();
    }
}
