//! XML Schema 1.0 and 1.1, by the root element `schema` in W3C's namespace.

use super::{Candidate, Kind, Name, Recognised, Target};

/// The target.
pub(super) struct Xsd;

impl Target for Xsd {
    fn names(&self) -> &'static [Name] {
        &[Name { name: "xsd", wider: &[], example: "example.xsd" }]
    }

    fn recognise(&self, file: &Candidate<'_>) -> Option<Recognised> {
        let (name, root, namespace) = file.element()?;
        if name != "schema" || namespace != "http://www.w3.org/2001/XMLSchema" {
            return None;
        }
        let version = file.document.get(root, "@version").and_then(|node| file.document.str(node));
        Some(Recognised::Sure(Kind { name: "xsd", version: version.map(str::to_owned) }))
    }
}
