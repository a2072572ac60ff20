//! Which files verdicts rest on.

use super::bench::{Bench, verdicts};
use super::common::{assize, folder};
use serde_json::Value;
use std::fs;

fn api(title: &str, version: &str, more: &str) -> String {
    format!(
        "openapi: 3.0.3\ninfo: {{ title: {title}, version: '{version}' }}\nservers: [{{ url: 'https://api.example.org/v1' }}]\npaths: {{}}\n{more}"
    )
}

/// `path role` of each description.
fn roles(statement: &Value) -> Vec<String> {
    let list = statement["descriptions"].as_array().unwrap().iter();
    list.map(|one| format!("{} {}", one["path"].as_str().unwrap(), one["role"].as_str().unwrap())).collect()
}

#[test]
fn verdicts_rest_on_what_is_published() {
    let texts = [
        ("openapi-1.9.0.yaml", api("Clinics", "1.9.0", "")),
        ("openapi-1.10.0.yaml", api("Clinics", "1.10.0", "")),
        ("infra/oas.yaml", api("Clinics", "1.0.0", "x-amazon-apigateway-policy: {}\n")),
        ("dump.json", "{ \"openapi\": \"3.0.3\", \"info\": { \"title\": \"Service\", \"version\": \"DEVELOPMENT\" }, \"paths\": {} }".to_owned()),
        ("tests/openapi.yaml", api("Mock", "1.0.0", "")),
        ("made/openapi.yaml", api("Made", "1.0.0", "")),
        (".gitattributes", "made/** linguist-generated=true\n".to_owned()),
    ];
    let files: Vec<(&str, &str)> = texts.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let bench = Bench::new("roles", &files);
    assert_eq!(
        roles(&bench.json(&[])),
        [
            "openapi-1.10.0.yaml published",
            "dump.json generated",
            "infra/oas.yaml deployment",
            "made/openapi.yaml generated",
            "openapi-1.9.0.yaml superseded",
            "tests/openapi.yaml test",
        ]
    );
    // What publishes names another edition: both are judged, and a question is asked.
    let package =
        "{ \"scripts\": { \"publish\": \"redocly bundle openapi-1.9.0.yaml -o build/openapi.json\" } }";
    fs::write(bench.tree.join("package.json"), package).unwrap();
    let statement = bench.json(&[]);
    assert_eq!(roles(&statement)[..2], ["openapi-1.10.0.yaml published", "openapi-1.9.0.yaml published"]);
    assert!(statement["descriptions"][0]["question"].as_str().unwrap().contains("Which edition"));
    // The answer, declared.
    let declared = "[[api]]\npath = \"openapi-1.10.0.yaml\"\nrole = \"superseded\"\n";
    fs::write(bench.tree.join("assize.toml"), declared).unwrap();
    let statement = bench.json(&[]);
    assert_eq!(roles(&statement)[0], "openapi-1.9.0.yaml published");
    assert!(statement["descriptions"][0]["question"].is_null());
}

#[test]
fn a_gateways_template_alone_is_what_is_published() {
    let template = "openapi: 3.0.3\ninfo: { title: Clinics, version: 1.0.0 }\nservers: [{ url: 'https://clinics.service.gov.uk/v1' }]\npaths: {}\nx-amazon-apigateway-policy: {}\n";
    let bench = Bench::new("template", &[("api.yaml", template)]);
    assert_eq!(roles(&bench.json(&[])), ["api.yaml published"]);
    // Where nothing says where it is served, somebody is asked.
    fs::write(bench.tree.join("api.yaml"), template.replace("clinics.service.gov.uk", "{gateway}")).unwrap();
    let statement = bench.json(&[]);
    assert_eq!(roles(&statement), ["api.yaml deployment"]);
    assert!(statement["descriptions"][0]["question"].as_str().unwrap().contains("Is this one?"));
    // Beside another description it is a template.
    fs::write(bench.tree.join("api.yaml"), template).unwrap();
    fs::write(bench.tree.join("docs.yaml"), api("Clinics", "1.0.0", "")).unwrap();
    assert_eq!(roles(&bench.json(&[])), ["docs.yaml published", "api.yaml deployment"]);
}

#[test]
fn what_a_script_publishes_is_published_whatever_its_folder_is_called() {
    let bench = Bench::new("examples-published", &[("examples/openapi.yaml", &api("Clinics", "1.0.0", ""))]);
    assert_eq!(roles(&bench.json(&[])), ["examples/openapi.yaml example"]);
    let package =
        "{ \"scripts\": { \"publish\": \"redocly bundle examples/openapi.yaml -o build/openapi.json\" } }";
    fs::write(bench.tree.join("package.json"), package).unwrap();
    assert_eq!(roles(&bench.json(&[])), ["examples/openapi.yaml published"]);
}

#[test]
fn an_example_of_fhir_with_a_fault_leaves_the_clause_open() {
    let observation = |system: &str| {
        format!(
            "{{ \"resourceType\": \"Observation\", \"status\": \"final\", \"code\": {{ \"coding\": [{{ \"system\": \"{system}\", \"code\": \"80146002\", \"display\": \"Excision of appendix\" }}] }} }}"
        )
    };
    let (right, wrong) = (observation("http://snomed.info/sct"), observation("https://snomed.info/sct"));
    let verdict = |tree: &[(&str, &str)]| {
        let tree = folder("statement-fhir-example", tree);
        let run =
            assize(&["statement", tree.to_str().unwrap(), "--profile", "nhs-health-it", "--format", "json"]);
        let statement: Value = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}", run.err));
        let clauses = statement["clauses"].as_array().unwrap().clone();
        clauses.into_iter().find(|one| one["source"] == "NHS-SCT-01").unwrap()["verdict"].clone()
    };
    assert_eq!(verdict(&[("data/a.json", &right), ("examples/b.json", &right)]), "met");
    assert_eq!(verdict(&[("data/a.json", &right), ("examples/b.json", &wrong)]), "unknown");
    assert_eq!(verdict(&[("data/a.json", &wrong)]), "not-met");
}

#[test]
fn findings_outside_what_is_published_are_notes() {
    let good = "security: [{ a: [] }]\ncomponents: { securitySchemes: { a: { type: oauth2, flows: {} } } }\n";
    let (new, old) = (api("Clinics", "2.0.0", good), api("Clinics", "1.0.0", ""));
    let tree = folder("statement-notes", &[("new.yaml", &new), ("old.yaml", &old)]);
    let judge = || {
        let run = assize(&[
            "statement",
            tree.to_str().unwrap(),
            "--profile",
            "gov-uk-public-api",
            "--format",
            "json",
        ]);
        let statement: Value = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}", run.err));
        let clauses = statement["clauses"].as_array().unwrap().clone();
        clauses.into_iter().find(|one| one["source"] == "UK-API-AUTH-01").unwrap()
    };
    let clause = judge();
    // That the scheme is named proves it in part alone.
    assert_eq!((&clause["verdict"], &clause["notes"]["superseded"]), (&"needs-evidence".into(), &1.into()));
    // The same in the published edition refutes; of several published ones the worst counts.
    let basic =
        "security: [{ a: [] }]\ncomponents: { securitySchemes: { a: { type: http, scheme: basic } } }\n";
    fs::write(tree.join("other.yaml"), api("Pharmacies", "1.0.0", basic)).unwrap();
    let clause = judge();
    assert_eq!(clause["verdict"], "not-met");
    assert_eq!(clause["places"].as_array().unwrap().len(), 1);
    assert_eq!(clause["places"][0]["file"], "other.yaml");
    // Without any description nothing is met, and nothing fails.
    for file in ["new.yaml", "old.yaml", "other.yaml"] {
        fs::remove_file(tree.join(file)).unwrap();
    }
    fs::write(tree.join("app.py"), "import flask\n").unwrap();
    assert_eq!(judge()["verdict"], "unknown");
}

#[test]
fn an_empty_or_broken_description_is_no_clean_one() {
    for (name, text) in [("emptied", ""), ("broken", "openapi: [3.0.3\ninfo: {\n")] {
        let tree =
            folder(&format!("statement-{name}"), &[("openapi.yaml", text), ("app.py", "import flask\n")]);
        let run = assize(&[
            "statement",
            tree.to_str().unwrap(),
            "--profile",
            "gov-uk-public-api",
            "--format",
            "json",
        ]);
        assert_eq!(run.code, 3, "{name} {}", run.err);
        let statement: Value = serde_json::from_str(&run.out).unwrap();
        for (source, verdict) in verdicts(&statement).iter().filter(|(source, _)| source.starts_with("UK-")) {
            assert!(
                !verdict.starts_with("met") && !verdict.starts_with("not-met"),
                "{name}: {source} {verdict}"
            );
        }
    }
    // An empty workflow is none that is in order.
    let tree = folder("statement-workflow", &[(".github/workflows/build.yml", ""), ("README.md", "# A\n")]);
    let run = assize(&[
        "statement",
        tree.to_str().unwrap(),
        "--profile",
        "nhs-supplier-service",
        "--format",
        "json",
    ]);
    let statement: Value = serde_json::from_str(&run.out).unwrap();
    for (source, verdict) in verdicts(&statement).iter().filter(|(source, _)| source.starts_with("NHS-GHA-"))
    {
        assert!(!verdict.starts_with("met"), "{source} {verdict}");
    }
}
