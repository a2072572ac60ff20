//! Statements as a user meets them: every row of the decision table through a small pack and a small
//! tree, waivers, evidence, facts, profiles, systems, and `verify` over every byte.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../common/acceptance.rs"]
mod acceptance;
#[path = "../common/mod.rs"]
mod common;

mod accepted;
mod bench;
mod facts;
mod profiles;
mod roles;
mod specimens;
mod table;
mod unread;
mod verify;
