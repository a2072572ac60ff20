//! Waivers: a supplier asks for one, an approver on the buyer's list grants it by signature.

mod apply;
pub mod approvers;
mod canonical;
pub mod edit;
mod form;
mod members;

pub use apply::{Cover, Judged, Place, Register, State, Terms};
pub use canonical::canonical;
pub use form::{GrantForm, ScopeForm, Waiver, WaiverFile, WaiverForm, WaiversForm, read};

/// The name of the file, in the root of the judged folder.
pub const NAME: &str = "assize-waivers.yaml";
