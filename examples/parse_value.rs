//! Parses a file into `serde_json::Value` and does nothing else: what a run is compared with.
#![allow(clippy::print_stdout)]

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("a file is expected")?;
    let value: serde_json::Value = serde_json::from_slice(&std::fs::read(path)?)?;
    println!("{}", value.is_object());
    Ok(())
}
