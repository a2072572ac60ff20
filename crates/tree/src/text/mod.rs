//! Bytes to text: encodings, spans, the line index and the problems found on the way.
//! Everything above works on UTF-8 and on byte offsets into it; lines and columns exist only
//! where a report asks for them.

mod decode;
mod lines;
mod problem;

pub use decode::{Encoding, Text};
pub use lines::{LineIndex, Position};
pub use problem::{Problem, Span};
