//! What a file seems to be that cannot be parsed: by the marks that its text bears. It is judged as
//! nothing, but what looks for such files has not seen them all.

/// Marks, each with the name that `on` may use for what bears it. A mark is a member's name in quotes
/// (JSON), a key at the start of a line (YAML) or a namespace (XML).
const MARKS: [(Mark, &str); 15] = [
    (Mark::Quoted("resourceType"), "fhir"),
    (Mark::Line("resourceType:"), "fhir"),
    (Mark::Within("http://hl7.org/fhir\""), "fhir"),
    (Mark::Within("http://hl7.org/fhir'"), "fhir"),
    (Mark::Quoted("openapi"), "api-description"),
    (Mark::Line("openapi:"), "api-description"),
    (Mark::Quoted("swagger"), "api-description"),
    (Mark::Line("swagger:"), "api-description"),
    (Mark::Quoted("asyncapi"), "api-description"),
    (Mark::Line("asyncapi:"), "api-description"),
    (Mark::Quoted("bomFormat"), "sbom"),
    (Mark::Within("http://cyclonedx.org/schema/bom"), "sbom"),
    (Mark::Quoted("spdxVersion"), "sbom"),
    (Mark::Within("json-schema.org/"), "json-schema"),
    (Mark::Within("http://maven.apache.org/POM/"), "maven-manifest"),
];

/// What marks a kind in a text.
#[derive(Clone, Copy)]
enum Mark {
    /// The name of a member, in quotes of either kind and with a colon after it.
    Quoted(&'static str),
    /// The start of a line.
    Line(&'static str),
    /// Anywhere.
    Within(&'static str),
}

impl Mark {
    fn stands_in(self, text: &str) -> bool {
        match self {
            Self::Within(word) => text.contains(word),
            Self::Line(word) => text.lines().any(|line| line.starts_with(word)),
            Self::Quoted(word) => text.match_indices(word).any(|(at, _)| {
                let before = text[..at].chars().next_back();
                let mut rest = text[at + word.len()..].chars();
                matches!(before, Some('"' | '\'')) && rest.next() == before && {
                    rest.find(|letter| !letter.is_whitespace()) == Some(':')
                }
            }),
        }
    }
}

/// The name that `on` may use for what a text seems to be; `None` where it bears no mark.
#[must_use]
pub fn resembled(text: &str) -> Option<&'static str> {
    MARKS.iter().find(|(mark, _)| mark.stands_in(text)).map(|(_, name)| *name)
}

/// The same for a text that may be of any kind: the mark must stand near its start, where documents say
/// what they are, and the text must begin as a document does.
#[must_use]
pub fn resembled_at_root(text: &str) -> Option<&'static str> {
    let begins = text.trim_start_matches('\u{feff}').trim_start();
    let starts =
        begins.starts_with(['{', '<', '#', '/', '-']) || begins.split(':').next().is_some_and(is_key);
    let end = (0..=NEAR.min(begins.len())).rev().find(|&at| begins.is_char_boundary(at)).unwrap_or(0);
    // Keys without quotes stand behind a brace or white space.
    let bare = begins[..end].replace(['{', ',', ' ', '\t'], "\n");
    starts.then(|| resembled(&begins[..end]).or_else(|| resembled(&bare))).flatten()
}

/// Bytes that are near the start.
const NEAR: usize = 2_000;

fn is_key(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Whether a merge was left unsettled in a text: a line that a version control system writes between
/// two versions. All three kinds of line must be there; a line of `=` alone underlines headings.
#[must_use]
pub fn is_unsettled(text: &str) -> bool {
    let begins = |mark: &str| text.lines().any(|line| line.starts_with(mark));
    begins("<<<<<<< ") && begins("=======") && begins(">>>>>>> ")
}

/// What a file should be by its name or folder, where nothing in it tells.
#[must_use]
pub fn presumed(path: &str) -> Option<&'static str> {
    let lower = path.to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    if ["openapi", "swagger", "asyncapi"].iter().any(|word| name.starts_with(word)) {
        return Some("api-description");
    }
    let is_resource = name.ends_with(".json") || name.ends_with(".xml");
    let is_fhir = |part: &str| part.split(['-', '_', '.']).any(|word| word == "fhir");
    (is_resource && (folders.split('/').any(is_fhir) || is_fhir(name))).then_some("fhir")
}

/// Whether a text is what Git LFS or git-annex keeps in place of a file (git-lfs, docs/spec.md).
#[must_use]
pub fn is_pointer(text: &str) -> bool {
    text.starts_with("version https://git-lfs.github.com/spec/")
        || text.len() < 1_000 && text.contains("annex/objects/")
}

#[cfg(test)]
mod tests {
    use super::{MARKS, is_pointer, is_unsettled, presumed, resembled, resembled_at_root};
    use crate::target;

    #[test]
    fn every_name_is_one_that_rules_may_use() {
        for (_, name) in MARKS {
            assert!(!target::specific(name).is_empty(), "{name}");
        }
    }

    #[test]
    fn marks_are_names_of_members_and_namespaces_not_words() {
        assert_eq!(resembled("<<<<<<< HEAD\n{\"resourceType\" : \"Patient\"}"), Some("fhir"));
        assert_eq!(resembled("{'resourceType': 'Patient'"), Some("fhir"));
        assert_eq!(resembled("x <Patient xmlns=\"http://hl7.org/fhir\">"), Some("fhir"));
        assert_eq!(resembled("{{ if }}\nopenapi: 3.0.3"), Some("api-description"));
        assert_eq!(resembled("the resourceType is said by openapi: or swagger"), None);
        assert_eq!(resembled("\"the resourceType\": 1, \"http://hl7.org/fhir/StructureDefinition/x\""), None);
        assert_eq!(resembled(""), None);
        assert_eq!(resembled_at_root("// ours\n{openapi: '3.0.3', info: {}}"), Some("api-description"));
        assert_eq!(resembled_at_root("openapi: 3.0.3\n"), Some("api-description"));
        assert_eq!(resembled_at_root("The file says\nopenapi: 3.0.3\n"), None);
        assert_eq!(resembled_at_root(&format!("{{{}\"openapi\": 1}}", " ".repeat(3_000))), None);
    }

    #[test]
    fn an_unsettled_merge_has_all_its_lines() {
        assert!(is_unsettled("<<<<<<< HEAD\na\n=======\nb\n>>>>>>> branch\n"));
        assert!(!is_unsettled("Heading\n=======\n"));
        assert!(!is_unsettled("<<<<<<< HEAD\na\n"));
    }

    #[test]
    fn names_and_folders_say_what_a_file_should_be() {
        for (path, wanted) in [
            ("api/openapi.yaml", Some("api-description")),
            ("Swagger-v1.json", Some("api-description")),
            ("fhir/p.json", Some("fhir")),
            ("src/fhir-examples/a/p.xml", Some("fhir")),
            ("fhir/p.yaml", None),
            ("data/p.json", None),
            ("rhfhir/p.json", None),
        ] {
            assert_eq!(presumed(path), wanted, "{path}");
        }
        assert!(is_pointer("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"));
        assert!(is_pointer("/annex/objects/SHA256E-s1--0.json\n"));
        assert!(!is_pointer("version: 1\n"));
    }
}
