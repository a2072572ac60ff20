//! The JSON Schemas of what people write: they are what the program prints, and the examples of the
//! documentation, what the program writes itself and the shipped files follow them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{assize, folder};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn validator(form: &str) -> jsonschema::Validator {
    let path = root().join(format!("docs/{form}.schema.json"));
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(
        assize(&["pack", "schema", form]).out,
        text,
        "docs/{form}.schema.json is out of date: `assize pack schema {form}` prints it"
    );
    jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap()
}

/// A YAML text as a value, by the program's own parser.
fn value(yaml: &str) -> Value {
    use assize_tree::document::{Format, Limits, detect};
    let text = std::sync::Arc::new(assize_tree::text::Text::from(yaml.to_owned()));
    let document = detect::parse(Format::Yaml, text, Limits::default());
    assert!(document.problems().is_empty(), "{yaml}: {:?}", document.problems());
    assize_tree::document::de::from_node(&document, document.root().unwrap()).unwrap()
}

#[track_caller]
fn follows(validator: &jsonschema::Validator, yaml: &str) {
    let value = value(yaml);
    let errors: Vec<String> =
        validator.iter_errors(&value).map(|error| format!("{error} at {}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{yaml}\n{errors:?}");
}

/// Blocks of YAML in a document that begin with a word.
fn blocks(document: &str, start: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join("docs").join(document)).unwrap();
    let blocks = text.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap().to_owned());
    let found: Vec<String> = blocks.filter(|block| block.starts_with(start)).collect();
    assert!(!found.is_empty(), "{document} shows none");
    found
}

#[test]
fn waivers_follow_their_schema() {
    let schema = validator("waivers");
    for block in blocks("waivers.md", "waivers:") {
        follows(&schema, &block);
    }
    let file = folder("schemas-waivers", &[]).join("assize-waivers.yaml");
    let file = file.to_str().unwrap();
    let ask = |more: &[&str]| {
        let mut all = vec!["waiver", "request"];
        all.extend(more);
        all.extend(["--reason", "It is being mended: soon.", "--file", file]);
        assert_eq!(assize(&all).code, 0, "{more:?}");
    };
    ask(&["uk/github-actions/pinned-to-commit", "--path", "a/**", "--pointer", "/b", "--reference", "9.10"]);
    ask(&[
        "NHSNO-01",
        "--id",
        "9.10",
        "--system",
        "rooms",
        "--requested-by",
        "A",
        "--compensating-control",
        "B",
    ]);
    ask(&["clinical=false"]);
    follows(&schema, &fs::read_to_string(file).unwrap());
    follows(&schema, "waivers:\n");
    follows(&schema, "waivers: [{ id: 9.10, clause: 3.5, issued: 2026-01-01, expires: 2026-02-01 }]\n");
    for wrong in [
        "waivres: []\n",
        "waivers: [{ id: a, issued: 2026-01-01, expires: 2026-02-01 }]\n",
        "waivers: [{ id: a, rule: b, clause: c, issued: 2026-01-01, expires: 2026-02-01 }]\n",
        "waivers: [{ id: a, fact: b, issued: 2026-01-01, expires: 2026-02-01 }]\n",
        "waivers: [{ id: a, rule: b, issued: 2026-01-01 }]\n",
        "waivers: [{ id: a, rule: b, resaon: c, issued: 2026-01-01, expires: 2026-02-01 }]\n",
        "waivers: [{ id: a, rule: b, issued: soon, expires: 2026-02-01 }]\n",
    ] {
        assert!(!schema.is_valid(&value(wrong)), "{wrong}");
    }
}

#[test]
fn records_follow_their_schema() {
    let schema = validator("evidence");
    for block in blocks("evidence.md", "clause:") {
        follows(&schema, &block);
    }
    let root = folder("schemas-evidence", &[("report.pdf", "x")]);
    let path = root.to_str().unwrap();
    let run = assize(&[
        "evidence",
        "new",
        "uk/api-design/tls",
        "--folder",
        path,
        "--statement",
        "Scanned.",
        "--file",
        "report.pdf",
        "--signed-off-by",
        "architect",
        "--release",
        "1.10",
    ]);
    assert_eq!(run.code, 0, "{}", run.err);
    let mut records = 0;
    for entry in fs::read_dir(root.join("evidence")).unwrap() {
        follows(&schema, &fs::read_to_string(entry.unwrap().path()).unwrap());
        records += 1;
    }
    assert_eq!(records, 1);
    let good = "clause: a\nstatement: b\noutcome: met\nlink: https://example.org\nsigned-off-by: c\ngrade: self-declared\nissued: 2026-01-01\nexpires: 2026-02-01\n";
    follows(&schema, good);
    for (from, to) in [
        ("outcome: met", "outcome: perhaps"),
        ("link: https://example.org\n", ""),
        ("link: https://example.org", "file: a.pdf"),
        ("grade: self-declared", "grade: hashed"),
        ("grade: self-declared", "grade: third-party"),
        ("signed-off-by: c\n", ""),
        ("issued: 2026-01-01", "issued: 1 January"),
    ] {
        assert!(!schema.is_valid(&value(&good.replace(from, to))), "{to}");
    }
}

fn shipped(folder: &Path, name: &dyn Fn(&str) -> bool, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            shipped(&path, name, found);
        } else if name(path.file_name().unwrap().to_str().unwrap()) {
            found.push(path);
        }
    }
}

#[test]
fn shipped_packs_and_profiles_follow_their_schemas() {
    let (changes, profile) = (validator("changes"), validator("profile"));
    for block in blocks("packs.md", "changes:") {
        follows(&changes, &block);
    }
    let (mut packs, mut told) = (Vec::new(), Vec::new());
    shipped(&root().join("standards"), &|name| name == "pack.yaml", &mut packs);
    shipped(&root().join("standards"), &|name| name == "CHANGES.yaml", &mut told);
    for path in &told {
        follows(&changes, &fs::read_to_string(path).unwrap());
    }
    let mut profiles = Vec::new();
    shipped(&root().join("standards/profiles"), &|name| name.ends_with(".yaml"), &mut profiles);
    assert!(profiles.len() >= 3);
    for path in profiles {
        follows(&profile, &fs::read_to_string(path).unwrap());
    }
    // Every shipped pack tells its history up to the version it has, and in its first one nothing is new.
    for path in packs {
        let pack = value(&fs::read_to_string(&path).unwrap());
        let history = path.with_file_name("CHANGES.yaml");
        assert!(told.contains(&history), "{} is missing", history.display());
        let history = value(&fs::read_to_string(&history).unwrap());
        let releases = history["changes"].as_array().unwrap();
        assert!(releases.iter().any(|one| one["version"] == pack["version"]), "{}", path.display());
        let first = releases.iter().min_by_key(|one| one["date"].as_str().unwrap().to_owned()).unwrap();
        assert!(first.get("clauses").is_none(), "{}: in a first version nothing is new", path.display());
    }
}
