//! Kinds of files: what a file is taken for, on what evidence, and that rules reach into it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::panic)]

mod common;

use common::{assize, folder, report};
use serde_json::{Value, json};

/// A file, the kind it is taken for and the version it states; for `?`, the kind that it only resembles.
const FILES: &[(&str, &str, &str, &str)] = &[
    (
        "a/bom.json",
        "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.5\",\"components\":[]}",
        "cyclonedx-json",
        "1.5",
    ),
    ("a/bom.xml", "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\"/>", "cyclonedx-xml", "1.4"),
    ("a/other.xml", "<bom xmlns=\"urn:other\"/>", "", ""),
    ("a/x.spdx.json", "{\"spdxVersion\":\"SPDX-2.3\",\"packages\":[]}", "spdx-json", "2.3"),
    ("a/x.spdx", "SPDXVersion: SPDX-2.2\nPackageName: p\n", "spdx-tags", "2.2"),
    (
        "a/y.spdx.json",
        "{\"@context\":\"https://spdx.org/rdf/3.0.1/spdx-context.jsonld\",\"@graph\":[]}",
        "spdx-3",
        "3.0.1",
    ),
    // No operation, so no description that forgot to say its version.
    ("a/menu.json", "{\"info\":{\"title\":\"A\"},\"paths\":{\"/a\":{\"get\":1},\"b\":{\"get\":{}}}}", "", ""),
    ("Dockerfile", "FROM alpine:3\n", "dockerfile", ""),
    ("b/Dockerfile.prod", "from alpine\n", "dockerfile", ""),
    ("c/Dockerfile", "# none yet\nRUN a\n", "?dockerfile", ""),
    ("main.tf", "resource \"a\" \"b\" {}\n", "terraform", ""),
    ("odd.tf", "hello\n", "", ""),
    ("azure-pipelines.yml", "trigger: [main]\nsteps: []\n", "azure-pipelines", ""),
    (
        "pom.xml",
        "<project xmlns=\"http://maven.apache.org/POM/4.0.0\"><modelVersion>4.0.0</modelVersion></project>",
        "maven-manifest",
        "4.0.0",
    ),
    ("d/build.xml", "<project name=\"ant\"/>", "", ""),
    ("A.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"/>", "dotnet-manifest", ""),
    ("Directory.Packages.props", "<Project/>", "dotnet-packages", ""),
    ("packages.config", "<packages/>", "dotnet-packages", ""),
    ("packages.lock.json", "{\"version\":1,\"dependencies\":{}}", "dotnet-lock", "1"),
    ("go.mod", "module a.org/b\n\ngo 1.22\n", "go-manifest", "1.22"),
    ("e/go.mod", "// nothing\nrequire a v1\n", "?go-manifest", ""),
    ("go.sum", "a.org/b v1 h1:x=\n", "go-lock", ""),
    ("package-lock.json", "{\"lockfileVersion\":3,\"packages\":{}}", "npm-lock", "3"),
    ("f/package-lock.json", "{\"other\":1}", "?npm-lock", ""),
    ("yarn.lock", "# yarn lockfile v1\n\na@^1:\n  version \"1.0.0\"\n", "yarn-lock", "1"),
    ("pnpm-lock.yaml", "lockfileVersion: '9.0'\n", "pnpm-lock", "9.0"),
    (
        "poetry.lock",
        "[[package]]\nname = \"a\"\n\n[metadata]\nlock-version = \"2.0\"\n",
        "poetry-lock",
        "2.0",
    ),
    ("uv.lock", "version = 1\n", "uv-lock", "1"),
    ("Pipfile.lock", "{\"_meta\":{\"pipfile-spec\":6}}", "pipenv-lock", "6"),
    ("Cargo.lock", "version = 4\n", "cargo-lock", "4"),
    (".editorconfig", "root = true\n", "editor-config", ""),
    ("docs/.editorconfig", "[*.md]\nindent_size = 2\n", "editor-config", ""),
    ("scripts/config/gitleaks.toml", "[extend]\nuseDefault = true\n", "gitleaks-config", ""),
    ("b/.gitleaks.toml", "[[rules]]\nid = 'a'\n", "gitleaks-config", ""),
    ("gradle.lockfile", "a:b:1=c\nempty=\n", "gradle-lock", ""),
    ("s/a.xsd", "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" version=\"2\"/>", "xsd", "2"),
    ("s/b.xsd", "<schema/>", "", ""),
    ("p/Patient.xml", "<Patient xmlns=\"http://hl7.org/fhir\"><id value=\"1\"/></Patient>", "fhir", ""),
    ("p/plain.xml", "<Patient><id value=\"1\"/></Patient>", "", ""),
];

#[test]
fn files_are_taken_for_what_their_content_shows() {
    let files: Vec<(&str, &str)> = FILES.iter().map(|&(path, text, ..)| (path, text)).collect();
    let root = folder("targets", &files);
    let report = report(&[root.to_str().unwrap(), "--pack", "uk/nhs-number"]);
    let listed = report["files"].as_array().unwrap();
    for (path, _, kind, version) in FILES {
        let file = listed.iter().find(|file| file["path"] == *path);
        let told = file.map_or(Value::Null, |file| json!([file["target"], file["version"], file["note"]]));
        if let Some(like) = kind.strip_prefix('?') {
            assert!(told[2].as_str().unwrap().starts_with(&format!("resembles {like}:")), "{path}: {told}");
            assert!(told[0].is_null(), "{path}: {told}");
        } else if kind.is_empty() {
            assert!(told.is_null() || told[0].is_null(), "{path}: {told}");
        } else {
            let version = if version.is_empty() { Value::Null } else { json!(version) };
            assert_eq!((&told[0], &told[1]), (&json!(kind), &version), "{path}");
        }
    }
    // Nothing is said of a stranger's files that are of no kind.
    assert_eq!(report["findings"], json!([]));
}

const PACK: &str = r##"pack: xx/kinds
version: 1.0.0
standard: { title: Kinds, authority: gds, edition: '1', in-force: { from: 2020-01-01 }, url: 'https://a.example' }
clauses: [{ id: all, level: must, standing: law, title: t, url: u, source: s, covers: part, residue: r }]
rules:
  sbom-versions:
    clause: all
    on: [sbom]
    given: ["$.components[*]", "$.packages[*]"]
    then: { function: or, functionOptions: { properties: [version, versionInfo] } }
    empty: unknown
    message: No version.
    help: Add it.
    examples:
      conforming: ['{"bomFormat":"CycloneDX","components":[{"version":"1"}]}', { a.spdx: "SPDXVersion: SPDX-2.3\nPackageName: p\nPackageVersion: 1\n" }]
      violating: ['{"bomFormat":"CycloneDX","components":[{"name":"a"}]}', { a.spdx: "SPDXVersion: SPDX-2.3\nPackageName: p\n" }]
  images-pinned:
    clause: all
    on: [dockerfile]
    given: "$.stages[?@.base == true].image"
    then: { function: pattern, functionOptions: { match: "@sha256:" } }
    empty: not-applicable
    message: "{{value}} is not pinned."
    help: Pin it.
    examples: { conforming: ["FROM a@sha256:1 AS b\nFROM b\nFROM scratch\n"], violating: ["FROM a:1\n"] }
  no-snapshots:
    clause: all
    on: [maven-manifest]
    given: "$.project..version[*]['#text']"
    then: { function: pattern, functionOptions: { notMatch: "-SNAPSHOT$" } }
    empty: not-applicable
    message: "{{value}} is a snapshot."
    help: Release it.
    examples:
      conforming: ["<project xmlns='http://maven.apache.org/POM/4.0.0'><version>1</version></project>"]
      violating: ["<project xmlns='http://maven.apache.org/POM/4.0.0'><dependencies><dependency><version>1-SNAPSHOT</version></dependency></dependencies></project>"]
  no-replace:
    clause: all
    on: [go-manifest]
    then: { field: replace, function: length, functionOptions: { max: 0 } }
    empty: not-applicable
    message: Replaced.
    help: Publish it.
    examples: { conforming: ["module a.org/b\n"], violating: ["module a.org/b\nreplace a => ../a\n"] }
  documented:
    clause: all
    on: [xsd]
    given: "$.schema.complexType[*]"
    then: { field: annotation, function: truthy }
    empty: not-applicable
    message: "{{path}} is not documented."
    help: Document it.
    examples:
      conforming: ["<schema xmlns='http://www.w3.org/2001/XMLSchema'><complexType name='a'><annotation/></complexType></schema>"]
      violating: ["<x:schema xmlns:x='http://www.w3.org/2001/XMLSchema'><x:complexType name='a'/></x:schema>"]
  family-name:
    clause: all
    on: [fhir]
    given: "$.name[*]"
    then: { field: family, function: truthy }
    empty: not-applicable
    message: No family name.
    help: Add it.
    examples:
      conforming: ['{"resourceType":"Patient","name":[{"family":"A"}]}', "<Patient xmlns='http://hl7.org/fhir'><name><family value='A'/></name></Patient>"]
      violating: ['{"resourceType":"Patient","name":[{"given":["A"]}]}', "<Patient xmlns='http://hl7.org/fhir'><name><given value='A'/></name></Patient>"]
"##;

#[test]
fn rules_reach_into_every_kind() {
    let root = folder("targets-pack", &[("xx/kinds/pack.yaml", PACK)]);
    let run = assize(&["pack", "test", root.to_str().unwrap()]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
}

#[test]
fn a_finding_in_xml_stands_at_its_attribute() {
    let text = "<Patient xmlns=\"http://hl7.org/fhir\">\n  <identifier>\n    <system value=\"https://fhir.nhs.uk/Id/nhs-number\"/>\n    <value value=\"1234567890\"/>\n  </identifier>\n</Patient>\n";
    let json = "{\"resourceType\":\"Patient\",\n\"identifier\":[{\"system\":\"https://fhir.nhs.uk/Id/nhs-number\",\n\"value\":\"1234567890\"}]}\n";
    let root = folder("targets-fhir", &[("a.xml", text), ("a.json", json)]);
    let report = report(&[root.to_str().unwrap(), "--pack", "uk/nhs-number"]);
    let found: Vec<Value> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            json!([finding["rule"], finding["file"], finding["start"]["line"], finding["start"]["column"]])
        })
        .collect();
    let of = |file: &str| -> Vec<&Value> {
        found.iter().filter(|one| one[1] == file).map(|one| &one[0]).collect()
    };
    assert!(!of("a.json").is_empty());
    assert_eq!(of("a.json"), of("a.xml"));
    assert!(found.iter().any(|one| one[1] == "a.xml" && one[2] == 4 && one[3] == 18), "{found:?}");
}

#[test]
fn an_empty_file_is_unknown_where_a_rule_looks_at_its_kind() {
    let packs = folder("targets-empty-pack", &[("xx/kinds/pack.yaml", PACK)]);
    let root = folder(
        "targets-empty",
        &[("Dockerfile", ""), ("main.tf", ""), ("a.xml", ""), ("README.md", "# A\n")],
    );
    let unknown = |pack: &str| -> Vec<String> {
        let report = report(&[root.to_str().unwrap(), "--pack", pack]);
        let all = report["unknown"].as_array().unwrap().iter();
        all.filter_map(|one| one["file"].as_str().map(str::to_owned)).collect()
    };
    assert_eq!(unknown("uk/dmd"), [""; 0]);
    assert_eq!(unknown(packs.to_str().unwrap()), ["Dockerfile", "a.xml"]);
}
