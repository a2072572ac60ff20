//! CSV.

use super::{Candidate, Kind, Name, Recognised, Target};
use assize_tree::document::Format;

/// The target.
pub(super) struct Csv;

impl Target for Csv {
    fn names(&self) -> &'static [Name] {
        &[Name { name: "csv", wider: &[], example: "example.csv" }]
    }

    fn recognise(&self, file: &Candidate<'_>) -> Option<Recognised> {
        (file.document.format() == Format::Csv)
            .then_some(Recognised::Sure(Kind { name: "csv", version: None }))
    }
}
