//! Assize judges a system's repository, API descriptions and data schemas by national technical
//! standards, clause by clause.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod pack;
pub mod standard;
