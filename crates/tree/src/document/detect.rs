//! Which format a file is in, by its name first: most files of a repository are told by that alone
//! and never read. Content decides only where a name says nothing and somebody asked.

use super::{
    Document, Format, Limits, csv, dockerfile, editor_config, go, json, locks, markdown, plain, spdx,
    terraform, toml, xml, yaml,
};
use crate::text::Text;
use std::sync::Arc;

/// The format a file's name promises; `None` for what holds no data that is judged (source code,
/// pictures, archives).
#[must_use]
pub fn format_of_name(path: &str) -> Option<Format> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let lower = name.to_ascii_lowercase();
    let extension =
        lower.rsplit_once('.').map_or("", |(stem, extension)| if stem.is_empty() { "" } else { extension });
    Some(match extension {
        "json" | "jsonld" | "geojson" | "webmanifest" | "avsc" => Format::Json,
        "yaml" | "yml" => Format::Yaml,
        "toml" => Format::Toml,
        "csv" | "tsv" => Format::Csv,
        "md" | "markdown" => Format::Markdown,
        "xml" | "xsd" | "csproj" | "fsproj" | "vbproj" => Format::Xml,
        "tf" => Format::Terraform,
        "spdx" => Format::SpdxTags,
        "dockerfile" | "containerfile" => Format::Dockerfile,
        _ => match lower.as_str() {
            "codeowners" => Format::Plain,
            "pipfile" | "cargo.lock" | "poetry.lock" | "uv.lock" => Format::Toml,
            "pipfile.lock" => Format::Json,
            "packages.config" | "directory.packages.props" | "directory.build.props" => Format::Xml,
            "go.mod" => Format::GoMod,
            "go.sum" => Format::GoSum,
            "yarn.lock" => Format::YarnLock,
            "gradle.lockfile" | "buildscript-gradle.lockfile" => Format::GradleLock,
            ".editorconfig" => Format::EditorConfig,
            "dockerfile" | "containerfile" => Format::Dockerfile,
            // `Dockerfile.prod`
            _ if lower.starts_with("dockerfile.") || lower.starts_with("containerfile.") => {
                Format::Dockerfile
            }
            _ => return None,
        },
    })
}

/// The format of a file, by its name or else by how its text begins.
#[must_use]
pub fn format_of(path: &str, text: &str) -> Option<Format> {
    if let Some(format) = format_of_name(path) {
        return Some(format);
    }
    let start = text.trim_start();
    if start.starts_with(['{', '[']) {
        return Some(Format::Json);
    }
    if start.starts_with("<?xml") {
        return Some(Format::Xml);
    }
    // `openapi: 3.0.3` or `---`: a first line that is a key of a mapping, or begins a stream.
    let line = start.lines().find(|line| !line.trim_start().starts_with('#'))?;
    let key = line.split_once(':').is_some_and(|(key, rest)| {
        let word = !key.is_empty()
            && key.chars().all(|char| char.is_alphanumeric() || matches!(char, '_' | '-' | '"' | '\'' | '$'));
        word && (rest.is_empty() || rest.starts_with(' '))
    });
    (key || line.trim_end() == "---" || line.starts_with("%YAML")).then_some(Format::Yaml)
}

/// Parses a text as a format.
#[must_use]
pub fn parse(format: Format, text: Arc<Text>, limits: Limits) -> Document {
    match format {
        Format::Json => json::parse(text, limits),
        Format::Yaml => yaml::parse(text, limits),
        Format::Toml => toml::parse(text, limits),
        Format::Csv => csv::parse(text, limits),
        Format::Markdown => markdown::parse(text, limits),
        Format::Xml => xml::parse(text, limits),
        Format::Dockerfile => dockerfile::parse(text, limits),
        Format::Terraform => terraform::parse(text, limits),
        Format::SpdxTags => spdx::parse(text, limits),
        Format::GoMod => go::parse_mod(text, limits),
        Format::GoSum => go::parse_sum(text, limits),
        Format::YarnLock => locks::parse_yarn(text, limits),
        Format::GradleLock => locks::parse_gradle(text, limits),
        Format::EditorConfig => editor_config::parse(text, limits),
        Format::Plain | Format::Synthetic => plain::parse(text, limits),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell() {
        for (name, format) in [
            ("a/b/openapi.yaml", Some(Format::Yaml)),
            ("package.json", Some(Format::Json)),
            ("README.MD", Some(Format::Markdown)),
            ("a/Dockerfile.prod", Some(Format::Dockerfile)),
            ("Dockerfile.md", Some(Format::Markdown)),
            ("web.dockerfile", Some(Format::Dockerfile)),
            ("go.mod", Some(Format::GoMod)),
            ("Cargo.lock", Some(Format::Toml)),
            ("a.lock", None),
            ("a/.editorconfig", Some(Format::EditorConfig)),
            ("CODEOWNERS", Some(Format::Plain)),
            ("src/main.rs", None),
            (".json", None),
            ("yaml", None),
        ] {
            assert_eq!(format_of_name(name), format, "{name}");
        }
    }

    #[test]
    fn no_beginning_and_no_mutilation_of_a_file_breaks_its_parser() {
        let samples = [
            (
                Format::Xml,
                "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a x=\"1\" xmlns:p='u'><p:b>é&amp;<![CDATA[x]]>&#33;</p:b><!-- c --><d/></a>",
            ),
            (
                Format::Xml,
                "<Patient xmlns='http://hl7.org/fhir'><id value='1'/><contained><Group/></contained><name id='a'><given value='é'/></name><text><div xmlns='http://www.w3.org/1999/xhtml'>x</div></text></Patient>",
            ),
            (
                Format::Dockerfile,
                "# escape=`\nFROM --platform=a b@sha256:c AS d\nRUN <<EOF `\n é\nEOF\nCOPY --from=d a `\n # x\n b\n",
            ),
            (
                Format::Terraform,
                "/* é */ resource \"a\" \"b\" {\n x = \"${y[\"z\"]}\" // {\n p = <<-EOT\n {é\n EOT\n}\n",
            ),
            (
                Format::SpdxTags,
                "SPDXVersion: SPDX-2.3\nPackageName: é\nPackageChecksum: SHA1: a\nPackageComment: <text>x\ny</text>\nRelationship: a B c\n",
            ),
            (
                Format::GoMod,
                "module \"é\"\nrequire (\n a v1 // indirect\n)\nreplace a v1 => b v2\nretract [v1, v2]\n",
            ),
            (Format::GoSum, "é v1 h1:a=\na v1/go.mod h1:b=\n"),
            (
                Format::YarnLock,
                "# yarn lockfile v1\n\"a@é\", b@1:\n  version \"1\"\n__metadata:\n  version: 8\n",
            ),
            (Format::GradleLock, "# é\na:b:1=c,d\nempty=\n"),
            (Format::EditorConfig, "root = true\n[*.{é}]\nA = b ; c\r\n[x\n"),
            (Format::Plain, "# é\n* @a # b\r\n[x]\r"),
            (Format::Csv, "a,\"é\"\"\n\",c\r\n1,2\n"),
        ];
        let limits = Limits { depth: 8, nodes: 40, ..Limits::default() };
        for (format, text) in samples {
            for (at, _) in text.char_indices() {
                for limits in [Limits::default(), limits] {
                    for cut in [
                        text[..at].to_owned(),
                        text[at..].to_owned(),
                        text.replacen(&text[at..], "\n<\"{&", 1),
                    ] {
                        let document = parse(format, Arc::new(Text::from(cut)), limits);
                        // Every span lies in the text, and every value can be asked for.
                        let length = document.text().as_str().len() as u32;
                        assert!(
                            document
                                .nodes()
                                .iter()
                                .all(|node| node.span.start <= node.span.end && node.span.end <= length)
                        );
                        document.root().map(|root| document.to_value(root));
                    }
                }
            }
        }
    }

    #[test]
    fn beginnings_tell_where_names_do_not() {
        assert_eq!(format_of("x.txt", " {\"a\": 1}"), Some(Format::Json));
        assert_eq!(format_of("x.txt", "# a comment\nopenapi: 3.0.3\n"), Some(Format::Yaml));
        assert_eq!(format_of("x.txt", "Dear Sir: hello"), None);
        assert_eq!(format_of("main.rs", "fn main() {}"), None);
    }
}
