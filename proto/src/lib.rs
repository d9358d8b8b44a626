//! The messages and services of `fineprint.v1`, as Rust types.
//!
//! Comes in: the `.proto` files of this crate's folder. Goes out: the generated modules below and
//! [`FILE_DESCRIPTOR_SET`], which reflection and canonical JSON are made from. The generated code is committed, so
//! that a build needs neither protoc nor a build script; `tests/generated.rs` makes it anew and fails on a
//! difference. Nothing is written by hand here.

/// The proto package tree; [`v1`] is the way in.
pub mod fineprint {
    /// Messages and services of `fineprint.v1`.
    #[allow(
        missing_docs,
        missing_debug_implementations,
        unreachable_pub,
        unused_qualifications,
        clippy::all,
        clippy::pedantic,
        clippy::restriction,
        reason = "generated code"
    )]
    pub mod v1 {
        include!("generated/fineprint.v1.rs");
    }
}

pub use fineprint::v1;

/// Types of `google.type` that events use: `Money` and `Date`.
pub mod google {
    /// Messages of the package `google.type`.
    #[allow(
        missing_docs,
        unreachable_pub,
        unused_qualifications,
        clippy::all,
        clippy::pedantic,
        reason = "generated code"
    )]
    pub mod r#type {
        include!("generated/google.r#type.rs");
    }
}

/// Encoded `FileDescriptorSet` of `fineprint.v1` and all that it imports.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!("generated/descriptor.binpb");
