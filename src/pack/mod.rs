//! Reading packs.
pub mod form;
