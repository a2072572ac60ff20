//! The binary: the exit code, nothing else.

use std::process::ExitCode;

/// Much of a run is small allocations from two or more threads; the system's allocator, above all musl's,
/// takes a fifth of the time for them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(assize::cli::main(std::env::args_os()))
}
