//! Files whose syntax breaks off half way: nobody may say that they lack what may stand in the rest, nor
//! that what they hold so far is all there is.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{assize, folder, report};
use serde_json::Value;

const API: &str = r##"{
  "openapi": "3.0.3",
  "info": { "title": "Clinics", "version": "1.0.0" },
  "tags": [{ "name": "clinics" }],
  "paths": {
    "/clinics": {
      "get": {
        "operationId": "listClinics",
        "tags": ["clinics", "later"],
        "parameters": [{ "$ref": "#/components/parameters/Page" }],
        "responses": { "200": { "description": "The clinics.", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Clinic" } } } } }
      }
    }
  },
  "components": {
    "parameters": { "Page": { "name": "page", "in": "query", "schema": { "type": "integer" } } },
    "schemas": { "Clinic": { "type": "object" } }
  }
}
"##;

const PATIENT: &str = r#"{ "resourceType": "Patient", "id": "a", "text": { "status": "generated", "div": "<div>A</div>" },
  "identifier": [{ "system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9000000009" }],
  "name": [{ "family": "Smith" }], "birthDate": "1970-01-01" }
"#;

fn rules(report: &Value) -> Vec<&str> {
    report["findings"].as_array().unwrap().iter().map(|one| one["rule"].as_str().unwrap()).collect()
}

#[test]
fn a_file_that_breaks_off_lacks_nothing() {
    let yaml = "openapi: 3.0.3\ninfo: { title: Clinics, version: 1.0.0 }\npaths:\n  /clinics:\n    get:\n      responses: { '200': { description: \"The clinics.\" } }\n";
    let xml = "<?xml version='1.0'?>\n<Patient xmlns=\"http://hl7.org/fhir\">\n  <id value=\"a\"/>\n  <identifier>\n    <system value=\"https://fhir.nhs.uk/Id/nhs-number\"/>\n    <value value=\"9000000009\"/>\n  </identifier>\n</Patient>\n";
    // From where each has said what it is.
    for (name, text, from) in [
        ("openapi.json", API, "\"title\""),
        ("openapi.yaml", yaml, "title"),
        ("patient.json", PATIENT, "\"id\""),
        ("patient.xml", xml, "<id"),
    ] {
        let whole = folder("whole", &[(name, text)]);
        let found = report(&[
            whole.to_str().unwrap(),
            "--pack",
            "uk/api-linting",
            "--pack",
            "be/rest",
            "--pack",
            "uk/nhs-number",
        ]);
        assert!(!rules(&found).is_empty(), "{name}: rules run on the whole file");
        let mut cut = 0;
        for at in (text.find(from).unwrap()..text.trim_end().len()).step_by(23) {
            let tree = folder("cut", &[(name, &text[..at])]);
            let found = report(&[
                tree.to_str().unwrap(),
                "--pack",
                "uk/api-linting",
                "--pack",
                "be/rest",
                "--pack",
                "uk/nhs-number",
            ]);
            // YAML that ends between two lines is YAML.
            if !rules(&found).contains(&"assize/syntax") {
                assert!(name.ends_with(".yaml"), "{name} cut at {at}: {found:#}");
                continue;
            }
            cut += 1;
            assert_eq!(rules(&found), ["assize/syntax"], "{name} cut at {at}");
            let unknown = found["unknown"].as_array().unwrap();
            assert!(
                unknown
                    .iter()
                    .any(|one| one["file"] == name && one["reason"].as_str().unwrap().contains("breaks off")),
                "{name} cut at {at}: {unknown:#?}"
            );
        }
        assert!(cut > 3, "{name}: {cut}");
    }
}

#[test]
fn a_number_that_may_be_a_persons_is_one_in_half_a_file_too() {
    let half = PATIENT.split("birthDate").next().unwrap().replace("9000000009", "4010232137");
    let tree = folder("half-number", &[("patient.json", &half)]);
    let found = report(&[tree.to_str().unwrap(), "--pack", "uk/nhs-number"]);
    assert_eq!(rules(&found), ["uk/nhs-number/test-numbers-only", "assize/syntax"]);
}

#[test]
fn a_fragment_that_breaks_off_leaves_the_rest_judged() {
    let root = "openapi: 3.0.3\ninfo: { title: Clinics, version: 1.0.0, description: Lists clinics., contact: { email: a@example.org } }\nservers: [{ url: 'https://api.example.org' }]\npaths:\n  /a: { $ref: a.json }\n  /b: { get: { responses: { '200': { $ref: 'a.json#/get/responses/200' }, 4XX: { $ref: 'a.json#/later' } } } }\n";
    let tree = folder(
        "half-part",
        &[
            ("api.yaml", root),
            ("a.json", "{ \"get\": { \"responses\": { \"200\": { \"description\": \"A\" }"),
        ],
    );
    let found = report(&[tree.to_str().unwrap(), "--pack", "uk/api-linting"]);
    let findings = found["findings"].as_array().unwrap();
    let told: Vec<(&str, &str)> =
        findings.iter().map(|one| (one["file"].as_str().unwrap(), one["rule"].as_str().unwrap())).collect();
    assert!(told.contains(&("api.yaml", "uk/api-linting/operation-id-given")), "{told:?}");
    let of_part: Vec<_> = told.iter().filter(|(file, _)| *file == "a.json").collect();
    assert_eq!(of_part, [&("a.json", "assize/syntax")], "{told:?}");
    assert!(!told.iter().any(|(_, rule)| rule.starts_with("assize/ref-")), "{told:?}");
    assert!(found["unknown"].as_array().unwrap().iter().any(|one| one["file"] == "a.json"));
}

#[test]
fn what_is_compared_over_files_lacks_nothing_of_one_that_breaks_off() {
    let run = |text: &str| {
        let tree = folder("half-gathered", &[("openapi.json", text)]);
        report(&[tree.to_str().unwrap(), "--pack", "be/rest"])
    };
    let gathered = "be/rest/tags-are-declared";
    assert!(rules(&run(API)).contains(&gathered), "the tag later is declared nowhere");
    let cut = run(API.trim_end().trim_end_matches('}'));
    assert_eq!(rules(&cut), ["assize/syntax"]);
    assert!(cut["unknown"].as_array().unwrap().iter().any(|one| one["rule"] == gathered), "{cut:#}");
}

#[test]
fn waivers_and_comments_of_half_a_file_are_not_stale() {
    let whole = "openapi: 3.0.3\ninfo:\n  title: Clinics # assize-ignore: uk/api-linting/described reason=\"It is on the web page.\" until=2099-01-01\n  version: 1.0.0\npaths: {}\n";
    let run = |text: &str| {
        let tree = folder("half-ignored", &[("api.yaml", text)]);
        assize(&["check", tree.to_str().unwrap(), "--pack", "uk/api-linting", "--format", "concise"]).out
    };
    assert!(run(&whole.replace("described", "schemes-are-https")).contains("ignore-stale"), "{}", run(whole));
    let cut = run(&format!("{}x-a: [1\n", whole.replace("described", "schemes-are-https")));
    assert!(cut.contains("assize/syntax") && !cut.contains("ignore-stale"), "{cut}");
}
