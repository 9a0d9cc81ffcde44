//! Values that are read and written where they lie, in a slot: what the derives make of messages, and what those are
//! made of.
//!
//! | type of a field | read as | written by |
//! | --- | --- | --- |
//! | number, enum, flags, [`Bool`], [`Str`](crate::Str), reference | itself, a copy | [`Put::set`] |
//! | array | [`Array`]: each element as here | [`ArraySlot`]: each element as here |
//! | struct, message, variant | a view of it | a slot of it |

use std::fmt;
use std::iter::FusedIterator;
use std::ops::Deref;

use crate::pod::{Bool, Pad, Pod, Reserved, zeroed};
use crate::reference::{BlobRef, TextRef};
use crate::spot::{Spot, SpotMut, Spots};
use crate::text::Str;
use crate::value::{Field, Nullable, ValueError, too_long};

/// A type whose values are read and written in place, in the slots of a ring.
///
/// The derives implement it. Its types are spelt [`View<'_, Trade>`](View) and [`Slot<'_, Trade>`](Slot).
#[diagnostic::on_unimplemented(
    message = "ringgen [R019]: `{Self}` can't lie in shared memory: not any bytes that a peer may write are a value of it",
    label = "not plain old data",
    note = "write a number of fixed width, `Bool`, `Str<N>`, `[T; N]`, or a type of your own with \
            `#[derive(RingStruct)]`, `#[derive(RingEnum)]` or `#[derive(RingFlags)]`"
)]
pub trait InPlace: Pod {
    /// A value in a slot, to be read: for a message a handle with a method a field.
    type View<'a>: Copy;
    /// A value in a slot, to be written: for a message a handle with a setter a field.
    type Slot<'a>;

    /// The view of a value.
    #[doc(hidden)]
    fn view(spot: Spot<'_, Self>) -> Self::View<'_>;

    /// The slot of a value.
    #[doc(hidden)]
    fn slot(spot: SpotMut<'_, Self>) -> Self::Slot<'_>;
}

/// One message in its slot, to be read field by field: `fn on(trade: View<'_, Trade>)`.
///
/// Each method loads its field anew, in place, and gives what the method or the field of that name of the message gives:
/// a number, an enum that may have no name, `None` for no value. A struct in it is a view again, an array an [`Array`],
/// and a list a [`List`] that is never longer than there is room. What is not asked for is not touched. The whole is
/// `Trade::from(view)`.
///
/// # What may change concurrently
/// Nothing, if the producer follows the protocol: a slot that has not been given back is not written to. A producer that
/// doesn't can make two loads disagree, so load once what you check and use. Each load by itself is a value of its type.
///
/// ```
/// use ringgen_runtime::{Consumer, Message, PopError, View};
///
/// fn last<T: Message>(consumer: &mut Consumer<T>, mut on: impl FnMut(View<'_, T>)) -> Result<usize, PopError> {
///     let Some(peek) = consumer.try_peek(64)? else { return Ok(0) };
///     on(peek.view(peek.len() - 1));
///     let count = peek.len();
///     peek.release(count)?;
///     Ok(count)
/// }
/// ```
pub type View<'a, T> = <T as InPlace>::View<'a>;

/// One message in a free slot, to be written field by field: `fn fill(trade: &mut Slot<'_, Trade>)`.
///
/// There is `set_…` for each field, which takes and refuses what the setter of that name of the message does; `push_…`
/// for each list; and for a struct, a variant or an array in it a method of its name, which gives the slot of that.
///
/// A slot starts blank: what is not set is zero, or no value where there may be none. Nothing of an older message
/// stays.
pub type Slot<'a, T> = <T as InPlace>::Slot<'a>;

/// A type that is loaded and stored as a whole, since it has no parts, or none that anybody asks for alone.
pub trait Whole: Pod {}

#[diagnostic::do_not_recommend]
impl<T: Whole> InPlace for T {
    type View<'a> = T;
    type Slot<'a> = Put<'a, T>;

    #[inline]
    fn view(spot: Spot<'_, T>) -> T {
        spot.load()
    }

    #[inline]
    fn slot(spot: SpotMut<'_, T>) -> Put<'_, T> {
        Put { spot }
    }
}

macro_rules! wholes {
    ($($ty:ty)*) => { $(impl Whole for $ty {})* };
}

wholes! { u8 u16 u32 u64 i8 i16 i32 i64 f32 f64 Bool }
impl<const N: usize> Whole for Str<N> {}
impl<const N: usize> Whole for Pad<N> {}
impl<const N: usize> Whole for Reserved<N> {}
impl<const MAX: usize> Whole for TextRef<MAX> {}
impl<const MAX: usize> Whole for BlobRef<MAX> {}

/// A number, text, enum or the like in a free slot.
pub struct Put<'a, T> {
    spot: SpotMut<'a, T>,
}

impl<T: Pod> Put<'_, T> {
    /// Stores it.
    #[inline]
    pub fn set(&mut self, value: T) {
        self.spot.store(&value);
    }
}

impl<T: InPlace, const N: usize> InPlace for [T; N] {
    type View<'a> = Array<'a, T, N>;
    type Slot<'a> = ArraySlot<'a, T, N>;

    #[inline]
    fn view(spot: Spot<'_, Self>) -> Array<'_, T, N> {
        Array { spot, list: List { spots: spot.elements(N) } }
    }

    #[inline]
    fn slot(spot: SpotMut<'_, Self>) -> ArraySlot<'_, T, N> {
        ArraySlot { spot }
    }
}

/// An array in a slot, to be read: a [`List`] of all its elements.
pub struct Array<'a, T: InPlace, const N: usize> {
    spot: Spot<'a, [T; N]>,
    list: List<'a, T>,
}

impl<T: InPlace, const N: usize> Array<'_, T, N> {
    /// A copy of it.
    #[inline]
    pub fn to_array(&self) -> [T; N] {
        self.spot.load()
    }
}

impl<T: InPlace, const N: usize> Clone for Array<'_, T, N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: InPlace, const N: usize> Copy for Array<'_, T, N> {}

impl<'a, T: InPlace, const N: usize> Deref for Array<'a, T, N> {
    type Target = List<'a, T>;

    #[inline]
    fn deref(&self) -> &List<'a, T> {
        &self.list
    }
}

impl<'a, T: InPlace<View<'a>: fmt::Debug>, const N: usize> fmt::Debug for Array<'a, T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.list.fmt(f)
    }
}

impl<'a, T: InPlace, const N: usize> IntoIterator for Array<'a, T, N> {
    type Item = T::View<'a>;
    type IntoIter = Items<'a, T>;

    fn into_iter(self) -> Items<'a, T> {
        self.list.iter()
    }
}

/// Elements in a slot, to be read.
///
/// How many there are is decided once, when it is made; what they are is loaded with each.
pub struct List<'a, T: InPlace> {
    spots: Spots<'a, T>,
}

impl<'a, T: InPlace> List<'a, T> {
    /// How many elements there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.spots.len()
    }

    /// Whether there is none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// An element, if there are so many.
    #[inline]
    pub fn get(&self, index: usize) -> Option<T::View<'a>> {
        self.spots.get(index).map(T::view)
    }

    /// All elements in their order.
    #[inline]
    pub fn iter(&self) -> Items<'a, T> {
        Items { list: *self, front: 0, back: self.len() }
    }

    /// Copies of all of them.
    pub fn to_vec(&self) -> Vec<T> {
        self.spots.to_vec()
    }
}

impl<T: InPlace> Clone for List<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: InPlace> Copy for List<'_, T> {}

impl<'a, T: InPlace<View<'a>: fmt::Debug>> fmt::Debug for List<'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<'a, T: InPlace> IntoIterator for List<'a, T> {
    type Item = T::View<'a>;
    type IntoIter = Items<'a, T>;

    fn into_iter(self) -> Items<'a, T> {
        self.iter()
    }
}

/// The elements of a [`List`] or an [`Array`], each loaded when it is asked for.
pub struct Items<'a, T: InPlace> {
    list: List<'a, T>,
    front: usize,
    back: usize,
}

impl<'a, T: InPlace> Iterator for Items<'a, T> {
    type Item = T::View<'a>;

    #[inline]
    fn next(&mut self) -> Option<T::View<'a>> {
        let index = (self.front < self.back).then_some(self.front)?;
        self.front += 1;
        self.list.get(index)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.back - self.front, Some(self.back - self.front))
    }
}

impl<T: InPlace> DoubleEndedIterator for Items<'_, T> {
    #[inline]
    fn next_back(&mut self) -> Option<Self::Item> {
        self.back = (self.front < self.back).then(|| self.back - 1)?;
        self.list.get(self.back)
    }
}

impl<'a, T: InPlace<View<'a>: fmt::Debug>> fmt::Debug for Items<'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries((self.front..self.back).filter_map(|index| self.list.get(index))).finish()
    }
}

impl<T: InPlace> ExactSizeIterator for Items<'_, T> {}
impl<T: InPlace> FusedIterator for Items<'_, T> {}

/// An array in a free slot, to be written.
pub struct ArraySlot<'a, T: InPlace, const N: usize> {
    spot: SpotMut<'a, [T; N]>,
}

impl<T: InPlace, const N: usize> ArraySlot<'_, T, N> {
    /// Stores an element.
    ///
    /// # Panics
    /// If there are not so many.
    #[inline]
    pub fn set(&mut self, index: usize, value: T) {
        self.element(index).store(&value);
    }

    /// The slot of an element.
    ///
    /// # Panics
    /// If there are not so many.
    #[inline]
    pub fn slot(&mut self, index: usize) -> T::Slot<'_> {
        T::slot(self.element(index))
    }

    fn element(&mut self, index: usize) -> SpotMut<'_, T> {
        self.spot.element(index).unwrap_or_else(|| panic!("element {index} of an array of {N}"))
    }
}

impl<T> fmt::Debug for Put<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Put").finish_non_exhaustive()
    }
}

impl<T: InPlace, const N: usize> fmt::Debug for ArraySlot<'_, T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArraySlot").finish_non_exhaustive()
    }
}

/// What generated accessors call.
impl<'a, T: Pod> Spot<'a, T> {
    /// The view of a field.
    #[inline]
    pub fn view<F: InPlace>(self, offset: usize) -> F::View<'a> {
        F::view(self.field(offset))
    }

    /// The value of a field, if it is not the one that stands for none.
    #[inline]
    pub fn present<F: Pod + Nullable>(self, offset: usize, null: F) -> Option<F> {
        Some(self.field::<F>(offset).load()).filter(|value| !value.is(null))
    }

    /// The elements of a list that count.
    #[inline]
    pub fn list<F: InPlace, const N: usize>(self, items: usize, length: usize) -> List<'a, F> {
        let length: u32 = self.field(length).load();
        List { spots: self.field::<[F; N]>(items).elements(length as usize) }
    }
}

/// What generated setters call.
impl<T: Pod> SpotMut<'_, T> {
    /// The slot of a field.
    #[inline]
    pub fn slot<F: InPlace>(&mut self, offset: usize) -> F::Slot<'_> {
        F::slot(self.field(offset))
    }

    /// Stores a field.
    #[inline]
    pub fn put<F: Pod>(&mut self, offset: usize, value: F) {
        self.field(offset).store(&value);
    }

    /// Makes a list hold these elements, and zeroes what is behind them.
    ///
    /// # Errors
    /// If there is no room for them; the list stays as it was.
    pub fn set_list<F: InPlace, const N: usize>(
        &mut self,
        field: Field,
        (items, length): (usize, usize),
        values: &[F],
    ) -> Result<(), ValueError> {
        if values.len() > N {
            return Err(too_long(field, values.len(), N));
        }
        let mut room = self.field::<[F; N]>(items);
        let zero = zeroed();
        for (index, value) in values.iter().chain(std::iter::repeat(&zero)).take(N).enumerate() {
            room.element(index).expect("there are so many").store(value);
        }
        // A list has room for as many elements as its `u32` can count.
        self.put(length, values.len() as u32);
        Ok(())
    }

    /// Adds an element to a list.
    ///
    /// # Errors
    /// If it is full; it stays as it was.
    pub fn push_list<F: InPlace, const N: usize>(
        &mut self,
        field: Field,
        (items, length): (usize, usize),
        value: F,
    ) -> Result<(), ValueError> {
        let count = self.field::<u32>(length).load();
        let mut room = self.field::<[F; N]>(items);
        let Some(mut free) = room.element(count as usize) else {
            return Err(too_long(field, (count as usize).saturating_add(1), N));
        };
        free.store(&value);
        self.put(length, count + 1);
        Ok(())
    }
}
