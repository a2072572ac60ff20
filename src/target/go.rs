//! Go's `go.mod` and `go.sum`.

use super::{Candidate, Kind, Name, Recognised, Target};
use assize_tree::document::Format;

/// The target.
pub(super) struct Go;

impl Target for Go {
    fn names(&self) -> &'static [Name] {
        &[
            Name { name: "go-manifest", wider: &["package-manifest"], example: "go.mod" },
            Name { name: "go-lock", wider: &["lock-file"], example: "go.sum" },
        ]
    }

    fn recognise(&self, file: &Candidate<'_>) -> Option<Recognised> {
        let document = file.document;
        let member = |name| document.get(file.object()?, name);
        let name = match document.format() {
            Format::GoMod if member("module").is_some() => "go-manifest",
            Format::GoMod => {
                return Some(Recognised::doubtful("go-manifest", "it names no module".to_owned()));
            }
            Format::GoSum if document.len(member("modules")?) > 0 => "go-lock",
            _ => return None,
        };
        let version = member("go").and_then(|node| document.str(node));
        Some(Recognised::Sure(Kind { name, version: version.map(str::to_owned) }))
    }
}
