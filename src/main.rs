//! The binary: the exit code, nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(assize::cli::main(std::env::args_os()))
}
