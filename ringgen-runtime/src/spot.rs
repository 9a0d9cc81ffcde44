//! Where one value lies in a slot: what views and slots of messages are made of.
//!
//! ```text
//!   slot    │ id      │ price   │ qty │ pad │
//!           ▲ Spot<Trade>   ▲ .field::<u32>(16) = Spot<u32> ── load ──▶ u32
//! ```
//! With [`raw`](crate::raw) this is every access to memory that another process writes. No reference into it is ever
//! made: a value goes in or out as a whole, by volatile accesses, and is plain old data wherever it came from.
#![allow(unsafe_code)] // Pointers into slots; each is made from one of `raw.rs`, and never leaves its value.

use std::fmt;
use std::marker::PhantomData;
use std::mem::MaybeUninit;

use crate::pod::Pod;
use crate::raw::copy_bytes;
use crate::steps::{self, Step};

/// A value in a slot that may be loaded while `'a` lasts.
///
/// Always: `at` points to a readable `T`, aligned, in a mapping that outlives `'a`.
pub struct Spot<'a, T> {
    at: *const T,
    mapping: PhantomData<&'a ()>,
}

// SAFETY: what it points to is only ever loaded, by volatile accesses, and stays mapped for `'a` whichever thread asks.
unsafe impl<T: Pod> Send for Spot<'_, T> {}
// SAFETY: as above.
unsafe impl<T: Pod> Sync for Spot<'_, T> {}

impl<T> Clone for Spot<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Spot<'_, T> {}

impl<'a, T: Pod> Spot<'a, T> {
    /// # Safety
    /// `at` points to a readable `T`, aligned, in a mapping that outlives `'a`.
    #[inline]
    pub(crate) unsafe fn new(at: *const T) -> Self {
        Spot { at, mapping: PhantomData }
    }

    /// The value as it is now.
    #[inline]
    pub fn load(self) -> T {
        // SAFETY: a readable `T`, aligned, by the promise of the type.
        unsafe { copy_out(self.at) }
    }

    /// The part of the value that lies at this offset. Any bytes are a value of any type that may lie in a slot.
    ///
    /// # Panics
    /// If no `F` can lie there: the derive gives offsets of fields of this type.
    #[inline]
    pub fn field<F: Pod>(self, offset: usize) -> Spot<'a, F> {
        assert!(has_room::<T, F>(offset), "a field lies inside of its struct");
        Spot { at: self.at.wrapping_byte_add(offset).cast(), mapping: PhantomData }
    }
}

impl<'a, T: Pod, const N: usize> Spot<'a, [T; N]> {
    /// The first `count` elements, or all if there are fewer.
    #[inline]
    pub(crate) fn elements(self, count: usize) -> Spots<'a, T> {
        Spots { first: self.at.cast(), count: count.min(N), mapping: PhantomData }
    }
}

impl<T> fmt::Debug for Spot<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

/// Values that lie one behind the other, as [`Spot`] each.
pub(crate) struct Spots<'a, T> {
    first: *const T,
    count: usize,
    mapping: PhantomData<&'a ()>,
}

// SAFETY: as for `Spot`.
unsafe impl<T: Pod> Send for Spots<'_, T> {}
// SAFETY: as for `Spot`.
unsafe impl<T: Pod> Sync for Spots<'_, T> {}

impl<T> Clone for Spots<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Spots<'_, T> {}

impl<'a, T: Pod> Spots<'a, T> {
    #[inline]
    pub(crate) fn len(self) -> usize {
        self.count
    }

    #[inline]
    pub(crate) fn get(self, index: usize) -> Option<Spot<'a, T>> {
        (index < self.count).then(|| Spot { at: self.first.wrapping_add(index), mapping: PhantomData })
    }

    /// Copies of all of them.
    pub(crate) fn to_vec(self) -> Vec<T> {
        let mut values = Vec::<T>::with_capacity(self.count);
        // SAFETY: `count` readable `T` lie there, the vector has room for as many, and a slot is in no vector.
        unsafe { copy_bytes(values.as_mut_ptr().cast(), self.first.cast(), self.count * size_of::<T>()) };
        // SAFETY: so many elements have just been written. Any bytes are `T`s.
        unsafe { values.set_len(self.count) };
        values
    }
}

/// A value in a free slot that may be stored while `'a` lasts.
///
/// Always: `at` points to room for a `T`, aligned, in a writable mapping that outlives `'a`, and nothing else of this
/// process stores there meanwhile.
pub struct SpotMut<'a, T> {
    at: *mut T,
    mapping: PhantomData<&'a mut ()>,
}

// SAFETY: it is the only way to its value, and that stays mapped for `'a` whichever thread stores it.
unsafe impl<T: Pod> Send for SpotMut<'_, T> {}

impl<T: Pod> SpotMut<'_, T> {
    /// # Safety
    /// `at` points to room for a `T`, aligned, in a writable mapping that outlives the lifetime, through which nothing
    /// else stores there meanwhile.
    #[inline]
    pub(crate) unsafe fn new(at: *mut T) -> Self {
        SpotMut { at, mapping: PhantomData }
    }

    /// Stores the value.
    #[inline]
    pub fn store(&mut self, value: &T) {
        steps::reach(Step::PushSlot);
        // SAFETY: room for a `T`, aligned and writable, by the promise of the type.
        unsafe { copy_in(self.at, value) };
    }

    /// What has been stored, or what a peer has written there since, which has no business there.
    #[inline]
    pub fn load(&self) -> T {
        // SAFETY: a readable `T`, aligned, by the promise of the type.
        unsafe { copy_out(self.at) }
    }

    /// The part of the value that lies at this offset.
    ///
    /// # Panics
    /// If no `F` can lie there: the derive gives offsets of fields of this type.
    #[inline]
    pub fn field<F: Pod>(&mut self, offset: usize) -> SpotMut<'_, F> {
        assert!(has_room::<T, F>(offset), "a field lies inside of its struct");
        SpotMut { at: self.at.wrapping_byte_add(offset).cast(), mapping: PhantomData }
    }
}

impl<T: Pod, const N: usize> SpotMut<'_, [T; N]> {
    /// An element, if there are so many.
    #[inline]
    pub(crate) fn element(&mut self, index: usize) -> Option<SpotMut<'_, T>> {
        let first = self.at.cast::<T>();
        (index < N).then(|| SpotMut { at: first.wrapping_add(index), mapping: PhantomData })
    }
}

impl<T> fmt::Debug for SpotMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

/// Whether an `F` can lie at this offset of a `T`, wherever that lies itself.
const fn has_room<T, F>(offset: usize) -> bool {
    let is_aligned = align_of::<F>() <= align_of::<T>() && offset.is_multiple_of(align_of::<F>());
    is_aligned && size_of::<F>() <= size_of::<T>() && offset <= size_of::<T>() - size_of::<F>()
}

/// The largest value that is moved by words.
const MAX_WORDS: usize = 64;

/// Calls a macro with the widest type that a value can be moved by: it divides its size, and is aligned where it is.
/// Bytes move by eight; what is left of them by one.
macro_rules! by_words {
    ($ty:ty, $copy:ident) => {
        match align_of::<$ty>() {
            1 => {
                let whole = size_of::<$ty>() / 8 * 8;
                $copy!([u8; 8], 0..whole);
                $copy!(u8, whole..size_of::<$ty>());
            }
            2 => $copy!(u16, 0..size_of::<$ty>()),
            4 => $copy!(u32, 0..size_of::<$ty>()),
            _ => $copy!(u64, 0..size_of::<$ty>()),
        }
    };
}

/// # Safety
/// `at` points to room for a `T`, aligned.
#[inline]
unsafe fn copy_in<T: Pod>(at: *mut T, value: &T) {
    let value = &raw const *value;
    if size_of::<T>() > MAX_WORDS {
        // SAFETY: room for a `T`, and a pointer to another one.
        return unsafe { copy_bytes(at.cast(), value.cast(), size_of::<T>()) };
    }
    macro_rules! copy {
        ($word:ty, $bytes:expr) => {
            for offset in $bytes.step_by(size_of::<$word>()) {
                let from = value.wrapping_byte_add(offset).cast::<$word>();
                // SAFETY: inside of the value, all of whose bytes are initialized: `Pod` has no padding. It is aligned,
                // as the word's size is no larger than the value's alignment, or the word is bytes.
                let word = unsafe { from.read() };
                let to = at.wrapping_byte_add(offset).cast::<$word>();
                // SAFETY: inside of the room, and aligned as above.
                unsafe { to.write_volatile(word) };
            }
        };
    }
    by_words!(T, copy);
}

/// # Safety
/// `at` points to a readable `T`, aligned.
#[inline]
unsafe fn copy_out<T: Pod>(at: *const T) -> T {
    let mut value = MaybeUninit::<T>::uninit();
    let room = value.as_mut_ptr();
    if size_of::<T>() > MAX_WORDS {
        // SAFETY: a readable `T`, and room for another one.
        unsafe { copy_bytes(room.cast(), at.cast(), size_of::<T>()) };
    } else {
        macro_rules! copy {
            ($word:ty, $bytes:expr) => {
                for offset in $bytes.step_by(size_of::<$word>()) {
                    let from = at.wrapping_byte_add(offset).cast::<$word>();
                    // SAFETY: inside of the value, and aligned, as the word's size is no larger than the value's
                    // alignment, or the word is bytes.
                    let word = unsafe { from.read_volatile() };
                    let to = room.wrapping_byte_add(offset).cast::<$word>();
                    // SAFETY: inside of the room, and aligned as above.
                    unsafe { to.write(word) };
                }
            };
        }
        by_words!(T, copy);
    }
    // SAFETY: all bytes have been written, and any bytes are a `T`.
    unsafe { value.assume_init() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip<T: Pod + PartialEq + fmt::Debug>(value: T) {
        #[repr(C, align(16))]
        struct Room<T>([T; 3]);
        let mut room = Room([crate::pod::zeroed::<T>(); 3]);
        // SAFETY: room for a `T` that nobody else uses while this lasts.
        let mut spot = unsafe { SpotMut::new(&raw mut room.0[1]) };
        spot.store(&value);
        assert_eq!(spot.load(), value);
        // SAFETY: as above.
        assert_eq!(unsafe { Spot::new(&raw const room.0[1]) }.load(), value);
        assert_eq!(room.0, [crate::pod::zeroed(), value, crate::pod::zeroed()], "nothing is written beside it");
    }

    #[test]
    fn values_of_any_size_and_alignment_survive_a_spot() {
        round_trip(0xAB_u8);
        round_trip(0xABCD_u16);
        round_trip(-1_i32);
        round_trip(u64::MAX - 1);
        round_trip(1.5_f64);
        round_trip(std::array::from_fn::<u8, 7, _>(|index| index as u8 + 1));
        round_trip(std::array::from_fn::<u8, 8, _>(|index| index as u8 + 1));
        round_trip(std::array::from_fn::<u8, 23, _>(|index| index as u8 + 1));
        round_trip(std::array::from_fn::<u8, 65, _>(|index| index as u8 + 1));
        round_trip([1_u16, 2, 3]);
        round_trip([[1_u32, 2, 3], [4, 5, 6]]);
        round_trip([1_u64, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    }

    #[test]
    fn a_field_lies_inside_and_is_aligned() {
        assert!(has_room::<[u64; 2], u64>(8) && has_room::<[u64; 2], [u64; 2]>(0));
        assert!(!has_room::<[u64; 2], u64>(9) && !has_room::<[u64; 2], u64>(12) && !has_room::<[u64; 2], u8>(16));
        assert!(!has_room::<[u64; 2], u8>(usize::MAX) && !has_room::<u32, u64>(0));
        assert!(!has_room::<[u8; 16], u32>(4), "bytes may lie anywhere");
        let values = [1_u64, 2];
        // SAFETY: a value that lives for long enough.
        let spot = unsafe { Spot::new(&raw const values) };
        assert_eq!((spot.field::<u64>(8).load(), spot.field::<u16>(8).load()), (2, 2));
        assert!(std::panic::catch_unwind(|| spot.field::<u64>(16)).is_err());
        assert!(std::panic::catch_unwind(|| spot.field::<u64>(4)).is_err());
    }

    #[test]
    fn elements_end_where_the_array_does() {
        let values = [1_u16, 2, 3];
        // SAFETY: a value that lives for long enough.
        let spot = unsafe { Spot::new(&raw const values) };
        let two = spot.elements(2);
        assert_eq!((two.len(), two.to_vec()), (2, vec![1, 2]));
        assert!(two.get(2).is_none());
        assert_eq!(spot.elements(usize::MAX).to_vec(), values);
        assert_eq!(spot.elements(9).get(2).map(Spot::load), Some(3));
    }
}
