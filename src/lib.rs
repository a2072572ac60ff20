//! Assize judges a system's repository, API descriptions and data schemas by national technical
//! standards, clause by clause.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod bundle;
pub mod cache;
pub mod check;
pub mod cli;
pub mod config;
pub mod engine;
pub mod finding;
pub mod pack;
pub mod report;
pub mod signature;
pub mod spectral;
pub mod standard;
pub mod target;
pub mod value;
pub mod verdict;
pub mod workspace;
