//! How much of a hostile file is read before the rest is cut off and said to be.

/// Bounds on one file. Each has a problem code of its own (`limit-bytes`, `limit-depth`, ...) whose
/// hint names the option that lifts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Size of a file in bytes; a larger one is not read.
    pub bytes: u64,
    /// Nesting of arrays and objects; what lies deeper reads as null.
    pub depth: u32,
    /// Number of nodes; the file is read up to there.
    pub nodes: u32,
    /// Number of nodes the file stands for once every YAML alias is followed; further aliases read as null.
    pub expansion: u64,
}

/// The largest `depth` anyone can set: recursion over a tree must fit its thread's stack.
pub const MAX_DEPTH: u32 = 4_000;

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 64 << 20, depth: 512, nodes: 5_000_000, expansion: 2_000_000 }
    }
}
