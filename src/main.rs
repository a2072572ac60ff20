//! The binary: the exit code, nothing else.
fn main() {}
