//! Reading packs: one standard as data. What can be said of a pack without knowing checks and
//! targets is said here; compiling its rules is the engine's.

pub mod changes;
pub mod compare;
pub mod coverage;
mod either;
pub mod embedded;
pub mod form;
mod load;
pub mod lock;
pub mod profile;
pub mod signed;
pub mod source;

pub use load::{Pack, PackError, PackSource, Place, is_pack_file};
