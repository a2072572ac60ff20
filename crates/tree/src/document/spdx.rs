//! SPDX 2 in its form of tags and values, as the JSON form of the same document has it: `{ spdxVersion,
//! name, creationInfo, packages, files, relationships, hasExtractedLicensingInfos }`. Tags that have no
//! place there stand in `tags: [{ tag, value }]`.

use super::lines::{Parts, lines};
use super::{Builder, Document, Format, Kind, Limits};
use crate::text::Text;
use std::sync::Arc;

/// A tag and its value.
type Pair<'t> = (&'t str, &'t str);

/// How a member is written in JSON.
#[derive(Clone, Copy)]
enum Form {
    Text,
    Truth,
    /// One of a list of texts.
    Listed,
    /// `SHA256: ab`.
    Checksum,
    /// `SECURITY cpe23Type cpe:2.3:...`.
    Reference,
}

const DOCUMENT: &[(&str, &str, Form)] = &[
    ("SPDXVersion", "spdxVersion", Form::Text),
    ("DataLicense", "dataLicense", Form::Text),
    ("SPDXID", "SPDXID", Form::Text),
    ("DocumentName", "name", Form::Text),
    ("DocumentNamespace", "documentNamespace", Form::Text),
    ("DocumentComment", "comment", Form::Text),
    ("ExternalDocumentRef", "externalDocumentRefs", Form::Listed),
];

const CREATION: &[(&str, &str, Form)] = &[
    ("Creator", "creators", Form::Listed),
    ("Created", "created", Form::Text),
    ("CreatorComment", "comment", Form::Text),
    ("LicenseListVersion", "licenseListVersion", Form::Text),
];

const PACKAGE: &[(&str, &str, Form)] = &[
    ("PackageName", "name", Form::Text),
    ("SPDXID", "SPDXID", Form::Text),
    ("PackageVersion", "versionInfo", Form::Text),
    ("PackageFileName", "packageFileName", Form::Text),
    ("PackageSupplier", "supplier", Form::Text),
    ("PackageOriginator", "originator", Form::Text),
    ("PackageDownloadLocation", "downloadLocation", Form::Text),
    ("PackageHomePage", "homepage", Form::Text),
    ("FilesAnalyzed", "filesAnalyzed", Form::Truth),
    ("PackageChecksum", "checksums", Form::Checksum),
    ("PackageLicenseConcluded", "licenseConcluded", Form::Text),
    ("PackageLicenseDeclared", "licenseDeclared", Form::Text),
    ("PackageLicenseInfoFromFiles", "licenseInfoFromFiles", Form::Listed),
    ("PackageCopyrightText", "copyrightText", Form::Text),
    ("PackageSummary", "summary", Form::Text),
    ("PackageDescription", "description", Form::Text),
    ("PackageComment", "comment", Form::Text),
    ("ExternalRef", "externalRefs", Form::Reference),
    ("PrimaryPackagePurpose", "primaryPackagePurpose", Form::Text),
];

const FILE: &[(&str, &str, Form)] = &[
    ("FileName", "fileName", Form::Text),
    ("SPDXID", "SPDXID", Form::Text),
    ("FileType", "fileTypes", Form::Listed),
    ("FileChecksum", "checksums", Form::Checksum),
    ("LicenseConcluded", "licenseConcluded", Form::Text),
    ("LicenseInfoInFile", "licenseInfoInFiles", Form::Listed),
    ("FileCopyrightText", "copyrightText", Form::Text),
];

const LICENCE: &[(&str, &str, Form)] = &[
    ("LicenseID", "licenseId", Form::Text),
    ("ExtractedText", "extractedText", Form::Text),
    ("LicenseName", "name", Form::Text),
    ("LicenseComment", "comment", Form::Text),
];

/// Reads a document of tags and values.
#[must_use]
pub fn parse(text: Arc<Text>, limits: Limits) -> Document {
    let mut parts = Parts::new(Builder::new(Arc::clone(&text), Format::SpdxTags, limits));
    let source = text.as_str();
    let pairs = pairs(source);
    if pairs.is_empty() {
        return parts.tree.finish();
    }
    // A section begins with the tag that names what it is about and goes on to the next one.
    let heads = ["PackageName", "FileName", "LicenseID", "SnippetSPDXID"];
    let first = pairs.iter().position(|(tag, _)| heads.contains(tag)).unwrap_or(pairs.len());
    let (top, rest) = pairs.split_at(first);
    let mut sections: Vec<&[Pair<'_>]> = Vec::new();
    let mut from = 0;
    for at in 1..=rest.len() {
        if at == rest.len() || heads.contains(&rest[at].0) {
            sections.push(&rest[from..at]);
            from = at;
        }
    }
    let mut known: Vec<&str> = vec!["Relationship"];
    parts.open_item(Kind::Object, source);
    members(&mut parts, top, DOCUMENT);
    parts.open("creationInfo", Kind::Object, source);
    members(&mut parts, top, CREATION);
    parts.close(source);
    for (head, key, table) in [
        ("PackageName", "packages", PACKAGE),
        ("FileName", "files", FILE),
        ("LicenseID", "hasExtractedLicensingInfos", LICENCE),
    ] {
        parts.open(key, Kind::Array, source);
        for section in sections.iter().filter(|section| section[0].0 == head) {
            if parts.tree.is_full() {
                break;
            }
            parts.open_item(Kind::Object, section[0].0);
            members(&mut parts, section, table);
            parts.close(section[section.len() - 1].1);
        }
        parts.close(source);
    }
    parts.open("relationships", Kind::Array, source);
    for (_, value) in pairs.iter().filter(|(tag, _)| *tag == "Relationship") {
        let words: Vec<&str> = value.split_whitespace().collect();
        let [from, kind, to, ..] = words[..] else { continue };
        parts.open_item(Kind::Object, value);
        parts.member("spdxElementId", from);
        parts.member("relationshipType", kind);
        parts.member("relatedSpdxElement", to);
        parts.close(value);
    }
    parts.close(source);
    known.extend([DOCUMENT, CREATION, PACKAGE, FILE, LICENCE].into_iter().flatten().map(|(tag, ..)| *tag));
    parts.open("tags", Kind::Array, source);
    for (tag, value) in pairs.iter().filter(|(tag, _)| !known.contains(tag)) {
        parts.open_item(Kind::Object, tag);
        parts.member("tag", tag);
        parts.member("value", value);
        parts.close(value);
    }
    parts.close(source);
    parts.close(source);
    parts.tree.finish()
}

/// The members of a section, in the order of the table.
fn members(parts: &mut Parts, pairs: &[Pair<'_>], table: &[(&str, &str, Form)]) {
    for &(tag, key, form) in table {
        let mut values = pairs.iter().filter(|(name, _)| *name == tag).map(|&(_, value)| value).peekable();
        let Some(&first) = values.peek() else { continue };
        match form {
            Form::Text => parts.member(key, first),
            Form::Truth => parts.truth(key, first.eq_ignore_ascii_case("true"), first),
            Form::Listed | Form::Checksum | Form::Reference => {
                parts.open(key, Kind::Array, first);
                for value in values {
                    entry(parts, value, form);
                }
                parts.close(first);
            }
        }
    }
}

fn entry(parts: &mut Parts, value: &str, form: Form) {
    let words: Vec<&str> = value.split_whitespace().collect();
    match (form, &words[..]) {
        (Form::Checksum, [algorithm, sum]) => {
            parts.open_item(Kind::Object, value);
            parts.member("algorithm", algorithm.trim_end_matches(':'));
            parts.member("checksumValue", sum);
            parts.close(value);
        }
        (Form::Reference, [category, kind, locator]) => {
            parts.open_item(Kind::Object, value);
            parts.member("referenceCategory", category);
            parts.member("referenceType", kind);
            parts.member("referenceLocator", locator);
            parts.close(value);
        }
        _ => parts.item(value),
    }
}

/// The tags with their values. A value in `<text>` may be many lines long.
fn pairs(source: &str) -> Vec<Pair<'_>> {
    let mut found: Vec<Pair<'_>> = Vec::new();
    // Up to where a value of several lines has been read.
    let mut read = 0;
    for line in lines(source) {
        let start = (line.as_ptr() as usize).wrapping_sub(source.as_ptr() as usize);
        if start < read || line.starts_with('#') {
            continue;
        }
        let Some((tag, value)) = line.split_once(':') else { continue };
        let (tag, value) = (tag.trim(), value.trim());
        if tag.is_empty() || !tag.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            continue;
        }
        match value.strip_prefix("<text>") {
            None => found.push((tag, value)),
            Some(inner) => {
                let from = (inner.as_ptr() as usize).wrapping_sub(source.as_ptr() as usize);
                let rest = source.get(from..).unwrap_or_default();
                let length = rest.find("</text>").unwrap_or(rest.len());
                read = from + length;
                found.push((tag, rest[..length].trim()));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn tags_are_the_json_of_the_same_document() {
        let text = "SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\nSPDXID: SPDXRef-DOCUMENT\nDocumentName: a\n# c\nCreator: Tool: x-1\nCreator: Person: Y\nCreated: 2024-01-01T00:00:00Z\n\nPackageName: p\nSPDXID: SPDXRef-p\nPackageVersion: 1.0\nPackageSupplier: NOASSERTION\nFilesAnalyzed: false\nPackageChecksum: SHA256: ab\nPackageCopyrightText: <text>Copyright\n  PackageName: no</text>\nExternalRef: PACKAGE-MANAGER purl pkg:npm/p@1.0\nPackageName: q\nRelationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-p\nAnnotator: Person: Z\n";
        let document = parse(Arc::new(Text::from(text)), Limits::default());
        assert_eq!(
            document.to_value(document.root().unwrap()),
            json!({
                "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": "a",
                "creationInfo": { "creators": ["Tool: x-1", "Person: Y"], "created": "2024-01-01T00:00:00Z" },
                "packages": [
                    {
                        "name": "p", "SPDXID": "SPDXRef-p", "versionInfo": "1.0", "supplier": "NOASSERTION", "filesAnalyzed": false,
                        "checksums": [{ "algorithm": "SHA256", "checksumValue": "ab" }],
                        "copyrightText": "Copyright\n  PackageName: no",
                        "externalRefs": [{ "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:npm/p@1.0" }],
                    },
                    { "name": "q" },
                ],
                "files": [], "hasExtractedLicensingInfos": [],
                "relationships": [{ "spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-p" }],
                "tags": [{ "tag": "Annotator", "value": "Person: Z" }],
            })
        );
        let version = document.pointer(document.root().unwrap(), "/packages/0/versionInfo").unwrap();
        assert_eq!(document.raw(version), "1.0");
        assert!(parse(Arc::new(Text::from("no tags here")), Limits::default()).root().is_none());
    }
}
