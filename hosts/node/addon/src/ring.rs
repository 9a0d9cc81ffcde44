//! Rings in files: create, attach, claim.
#![allow(unsafe_code)] // A descriptor that JavaScript names by its number.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::path::PathBuf;

use napi::bindgen_prelude::BigInt;
use napi_derive::napi;
use ringgen_layout::Hash;
use ringgen_runtime::{Layout, RawRing, RingOptions, Role as Side};

use crate::error::{Result, error};
use crate::role::Role;

/// A message, as a generated module describes it.
#[napi(object)]
pub struct Shape {
    /// Its name.
    pub name: String,
    /// Bytes.
    pub size: u32,
    /// Bytes.
    pub align: u32,
    /// The version of its package.
    pub version: u32,
    /// 32 hexadecimal digits.
    pub layout_hash: String,
    /// The canonical schema.
    pub schema: String,
}

/// Which ring, and how it is made if it is.
#[napi(object)]
pub struct Where {
    /// A name, or, with a `/` in it, a path.
    pub name: String,
    /// The directory.
    pub dir: Option<String>,
    /// Tells rings of the same name apart.
    pub instance: Option<String>,
    /// Messages.
    pub capacity: f64,
    /// Where positions start.
    pub first_position: BigInt,
}

/// Where everything in a ring lies, in bytes.
#[napi(object)]
pub struct Layouts {
    /// The whole file.
    pub file_length: f64,
    /// Messages.
    pub capacity: f64,
    /// From slot to slot.
    pub stride: u32,
    /// Of the message.
    pub payload_size: u32,
    /// Of the message.
    pub payload_align: u32,
    /// Offset.
    pub producer_block: f64,
    /// Offset.
    pub consumer_block: f64,
    /// Offset of the first slot.
    pub slots: f64,
    /// Of the canonical schema.
    pub schema_length: f64,
    /// What regions are aligned to.
    pub page_size: u32,
    /// The size of a block.
    pub block_stride: u32,
}

impl Where {
    fn options(&self) -> Result<RingOptions> {
        let mut options = RingOptions::new();
        if self.capacity.fract() != 0.0 || !(1.0..=(1_u64 << 53) as f64).contains(&self.capacity) {
            return Err(error("InvalidArgument", format!("a capacity of {} messages", self.capacity)));
        }
        let (is_negative, first_position, is_whole) = self.first_position.get_u64();
        if is_negative || !is_whole {
            return Err(error("InvalidArgument", "a first position that is no u64"));
        }
        options = options.capacity(self.capacity as u64).first_position(first_position);
        if let Some(dir) = &self.dir {
            options = options.dir(PathBuf::from(dir));
        }
        if let Some(instance) = &self.instance {
            options = options.instance(instance);
        }
        Ok(options)
    }
}

impl Shape {
    fn layout(&self) -> Result<Layout<'_>> {
        let hash = u128::from_str_radix(&self.layout_hash, 16)
            .map_err(|_| error("InvalidArgument", format!("{:?} is no layout hash", self.layout_hash)))?;
        Ok(Layout {
            message_name: self.name.as_str().into(),
            layout_hash: Hash::from_u128(hash),
            schema_text: self.schema.as_str().into(),
            size: self.size,
            align: self.align,
            package_version: self.version,
        })
    }
}

/// An attached ring in a file.
#[napi]
pub struct RingFile {
    ring: RawRing,
}

#[napi]
impl RingFile {
    /// Makes a new ring.
    #[napi(factory)]
    pub fn create(shape: Shape, place: Where) -> Result<RingFile> {
        let ring = RawRing::create(&place.name, &shape.layout()?, &place.options()?);
        Ok(RingFile { ring: ring.map_err(|failure| error(failure.code(), failure))? })
    }

    /// Opens a ring.
    #[napi(factory)]
    pub fn attach(shape: Shape, place: Where) -> Result<RingFile> {
        let ring = RawRing::attach(&place.name, Some(&shape.layout()?), &place.options()?);
        Ok(RingFile { ring: ring.map_err(|failure| error(failure.code(), failure))? })
    }

    /// Opens a ring, or makes it if there is none.
    #[napi(factory)]
    pub fn open_or_create(shape: Shape, place: Where) -> Result<RingFile> {
        let ring = RawRing::open_or_create(&place.name, &shape.layout()?, &place.options()?);
        Ok(RingFile { ring: ring.map_err(|failure| error(failure.code(), failure))? })
    }

    /// Makes a new ring that has no file.
    #[napi(factory)]
    pub fn create_anonymous(shape: Shape, place: Where) -> Result<RingFile> {
        let ring = RawRing::create_anonymous(&place.name, &shape.layout()?, &place.options()?);
        Ok(RingFile { ring: ring.map_err(|failure| error(failure.code(), failure))? })
    }

    /// Opens the ring without a file that a descriptor is of. The descriptor stays the caller's.
    #[napi(factory)]
    pub fn from_fd(shape: Shape, fd: i32) -> Result<RingFile> {
        if fd < 0 {
            return Err(error("InvalidArgument", format!("{fd} is no descriptor")));
        }
        // SAFETY: only the kernel is asked what it is of, and says so if it is not open. It is opened anew at once, so
        // that nothing is kept of a number that JavaScript may close at any time.
        let fd = unsafe { BorrowedFd::borrow_raw(fd) };
        let ring = RawRing::from_fd(fd, Some(&shape.layout()?), &RingOptions::new());
        Ok(RingFile { ring: ring.map_err(|failure| error(failure.code(), failure))? })
    }

    /// A descriptor of the ring's file, open for as long as this object lives.
    #[napi(getter)]
    pub fn fd(&self) -> i32 {
        self.ring.as_fd().as_raw_fd()
    }

    /// The file.
    #[napi(getter)]
    pub fn path(&self) -> String {
        self.ring.observer().path().display().to_string()
    }

    /// What is different here and there, though not in the layout.
    #[napi(getter)]
    pub fn warnings(&self) -> Vec<String> {
        self.ring.warnings().to_vec()
    }

    /// The canonical schema in it.
    #[napi(getter)]
    pub fn schema(&self) -> String {
        self.ring.observer().schema().to_string()
    }

    /// Where everything lies.
    #[napi(getter)]
    pub fn geometry(&self) -> Layouts {
        let geometry = self.ring.observer().header().geometry;
        // A file's length is below 2^53 on every file system there is.
        Layouts {
            file_length: geometry.file_length as f64,
            capacity: geometry.capacity as f64,
            stride: geometry.stride,
            payload_size: geometry.payload_size,
            payload_align: geometry.payload_align,
            producer_block: geometry.producer_block as f64,
            consumer_block: geometry.consumer_block as f64,
            slots: geometry.slots as f64,
            schema_length: geometry.schema_length as f64,
            page_size: geometry.page_size,
            block_stride: geometry.block_stride,
        }
    }

    /// Claims a role.
    #[napi]
    pub fn claim(&self, is_producer: bool) -> Result<Role> {
        let role = self.ring.claim(side(is_producer)).map_err(|failure| error(failure.code(), failure))?;
        Ok(Role::new(role))
    }

    /// The process that claimed a role last, as it said itself.
    #[napi]
    pub fn holder(&self, is_producer: bool) -> Result<BigInt> {
        let info = self.ring.observer().role(side(is_producer)).map_err(|failure| error("Io", failure))?;
        Ok(info.pid.into())
    }

    /// Removes the file's name if it is still this ring.
    #[napi]
    pub fn unlink(&self) -> Result<bool> {
        self.ring.unlink().map_err(|failure| error("Io", failure))
    }
}

fn side(is_producer: bool) -> Side {
    if is_producer { Side::Producer } else { Side::Consumer }
}
