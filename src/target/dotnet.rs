//! .NET: projects (`*.csproj` and the like), the files that hold versions for several of them, and
//! `packages.lock.json`.

use super::{Candidate, Kind, Name, Recognised, Target};

/// The target.
pub(super) struct DotNet;

impl Target for DotNet {
    fn names(&self) -> &'static [Name] {
        &[
            Name { name: "dotnet-manifest", wider: &["package-manifest"], example: "Example.csproj" },
            Name { name: "dotnet-packages", wider: &[], example: "Directory.Packages.props" },
            Name { name: "dotnet-lock", wider: &["lock-file"], example: "packages.lock.json" },
        ]
    }

    fn recognise(&self, file: &Candidate<'_>) -> Option<Recognised> {
        let sure = |name, version| Some(Recognised::Sure(Kind { name, version }));
        if file.name == "packages.lock.json" {
            let root = file.object()?;
            let version = file.document.get(root, "version").and_then(|node| file.document.scalar(node));
            file.document.get(root, "dependencies")?;
            return sure("dotnet-lock", version.map(str::to_owned));
        }
        let (root, ..) = file.element()?;
        let ends = |ending: &str| file.name.ends_with(ending);
        match root {
            "Project" if [".csproj", ".fsproj", ".vbproj"].into_iter().any(ends) => {
                sure("dotnet-manifest", None)
            }
            "Project" if ends(".props") => sure("dotnet-packages", None),
            "packages" if file.name == "packages.config" => sure("dotnet-packages", None),
            _ => None,
        }
    }
}
