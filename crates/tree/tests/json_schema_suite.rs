//! JSON-Schema-Test-Suite and SchemaStore, through the facade: the answer on the tree is the suite's,
//! and every error has a place. Skipped, with a printed reason, where the suites are not at hand.
#![cfg(feature = "schema")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::panic)]

mod common;

use assize_tree::document::{Document, Limits, detect, json};
use assize_tree::schema::{Dialect, Options, Schema, Violation};
use assize_tree::text::Text;
use common::corpus;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Cases that come out otherwise, each with the reason. The list may only shrink.
const KNOWN: &[(&str, &str)] = &[];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn document(value: &Value) -> Document {
    json::parse(Arc::new(Text::from(value.to_string().as_str())), Limits::default())
}

/// What references of the suite may lead to: `http://localhost:1234/`.
fn remotes(folder: &Path) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    files(folder, &mut found);
    found
        .iter()
        .filter_map(|path| {
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
            let value = serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()?;
            Some((format!("http://localhost:1234/{name}"), value))
        })
        .collect()
}

/// The remote documents that a schema leads to, over any number of steps. The others may refer to
/// what the suite does not have, or be of another draft.
fn mentioned(schema: &Value, all: &[(String, Value)]) -> Vec<(String, Value)> {
    let mut texts = schema.to_string();
    let mut found: Vec<(String, Value)> = Vec::new();
    loop {
        let more = all.iter().find(|(url, _)| {
            let name = url.rsplit('/').next().unwrap();
            texts.contains("localhost:1234")
                && texts.contains(name)
                && !found.iter().any(|(known, _)| known == url)
        });
        let Some((url, value)) = more else { return found };
        texts.push_str(&value.to_string());
        found.push((url.clone(), value.clone()));
    }
}

#[test]
fn every_draft_answers_as_its_suite_says() {
    let Some(folder) = corpus("torture") else { return };
    let suite = folder.join("JSON-Schema-Test-Suite");
    let all = remotes(&suite.join("remotes"));
    let (mut cases, mut wrong, mut known, mut plain) = (0, Vec::new(), 0, 0);
    for (name, dialect) in [
        ("draft4", Dialect::Draft4),
        ("draft6", Dialect::Draft6),
        ("draft7", Dialect::Draft7),
        ("draft2019-09", Dialect::Draft201909),
        ("draft2020-12", Dialect::Draft202012),
    ] {
        let tests = suite.join("tests").join(name);
        let mut found = Vec::new();
        files(&tests, &mut found);
        for path in found.iter().filter(|path| !path.starts_with(tests.join("optional"))) {
            let file = path.file_stem().unwrap().to_str().unwrap();
            let groups: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
            for group in groups.as_array().unwrap() {
                let external = mentioned(&group["schema"], &all);
                let options =
                    Options { dialect, formats: false, external, known_sound: false, unworded: false };
                let schema = Schema::new(&group["schema"], options.clone());
                let sound = Schema::new(&group["schema"], Options { known_sound: true, ..options.clone() });
                let unworded =
                    Schema::new(&group["schema"], Options { known_sound: true, unworded: true, ..options });
                for test in group["tests"].as_array().unwrap() {
                    cases += 1;
                    let id = format!(
                        "{name}/{file}: {}: {}",
                        group["description"].as_str().unwrap(),
                        test["description"].as_str().unwrap()
                    );
                    let right = schema.as_ref().is_ok_and(|schema| {
                        let document = document(&test["data"]);
                        let root = document.root().unwrap();
                        let valid = schema.is_valid(&document, root);
                        // An error has a place, and what conforms has none.
                        let errors = schema.errors(&document, root);
                        let quickly = sound.as_ref().is_ok_and(|sound| {
                            plain += usize::from(sound.is_plain());
                            sound.agrees(&document, root) && sound.errors(&document, root) == errors
                        });
                        // Without words the places are the same.
                        let places = |errors: &[Violation]| {
                            let mut places: Vec<_> = errors.iter().map(|one| one.node).collect();
                            places.sort_unstable();
                            places
                        };
                        let quickly = quickly
                            && unworded.as_ref().is_ok_and(|schema| {
                                places(&schema.errors(&document, root)) == places(&errors)
                            });
                        valid == test["valid"].as_bool().unwrap() && errors.is_empty() == valid && quickly
                    });
                    match (right, KNOWN.iter().any(|(known, _)| *known == id)) {
                        (true, false) => {}
                        (false, true) => known += 1,
                        (true, true) => wrong.push(format!("{id}: right by now; take it off the list")),
                        (false, false) => {
                            let error = schema.as_ref().err().map(|error| error.message.clone());
                            wrong.push(format!("{id} {}", error.unwrap_or_default()));
                        }
                    }
                }
            }
        }
    }
    println!("{cases} cases, {plain} of them with a plain schema, {known} known differences");
    assert!(cases > 3000 && plain > 500, "{cases} {plain}");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn schemas_of_the_store_accept_and_reject_their_examples() {
    let Some(folder) = corpus("schemas") else { return };
    let store = folder.join("schemastore");
    let (mut cases, mut wrong, mut unusable) = (0, Vec::new(), Vec::new());
    for (kind, wanted) in [("test", true), ("negative_test", false)] {
        let mut folders: Vec<PathBuf> =
            std::fs::read_dir(store.join(kind)).unwrap().map(|entry| entry.unwrap().path()).collect();
        folders.sort();
        for examples in folders.iter().filter(|path| path.is_dir()) {
            let name = examples.file_name().unwrap().to_str().unwrap();
            let Ok(text) = std::fs::read_to_string(store.join("schemas").join(format!("{name}.json"))) else {
                continue;
            };
            let Ok(schema) = serde_json::from_str::<Value>(&text) else { continue };
            // Schemas of the store refer to each other by address.
            let schema = match Schema::new(&schema, Options { formats: true, ..Options::default() }) {
                Ok(schema) => schema,
                Err(error) => {
                    unusable.push(format!("{name}: {}", error.message));
                    continue;
                }
            };
            let mut found = Vec::new();
            files(examples, &mut found);
            for path in found {
                let Ok(bytes) = std::fs::read(&path) else { continue };
                let Ok(text) = Text::decode(bytes) else { continue };
                let file = path.to_str().unwrap();
                let Some(format) = detect::format_of_name(file) else { continue };
                let document = detect::parse(format, Arc::new(text), Limits::default());
                // An example that breaks its own syntax says nothing of the schema.
                let Some(root) = document.root().filter(|_| document.problems().is_empty()) else { continue };
                cases += 1;
                if schema.is_valid(&document, root) != wanted {
                    let file = path.strip_prefix(&store).unwrap().display().to_string();
                    if !KNOWN_STORE.iter().any(|(known, _)| *known == file) {
                        let errors = schema.errors(&document, root);
                        let first = errors.first().map_or("nothing wrong", |error| error.message.as_str());
                        wrong.push(format!("{file}: {first}"));
                    }
                }
            }
        }
    }
    println!("{cases} examples; {} schemas cannot be used alone", unusable.len());
    assert!(cases > 500, "{cases}");
    assert!(wrong.is_empty(), "{} of {cases} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Examples of the store that come out otherwise, each with the reason. The list may only shrink.
const KNOWN_STORE: &[(&str, &str)] = &[
    ("test/es6importsorterrc/es6importsorterrc-test.json", DRAFT_4),
    ("test/function/BlobTrigger.json", DRAFT_4),
    ("test/function/EventHubTrigger.json", DRAFT_4),
    ("test/function/ExternalFileTrigger.json", DRAFT_4),
    ("test/function/ExternalTable.json", DRAFT_4),
    ("test/function/FaceLocator.json", DRAFT_4),
    ("test/function/GenericWebHook.json", DRAFT_4),
    ("test/function/GitHubCommenter.json", DRAFT_4),
    ("test/function/GitHubWebHook.json", DRAFT_4),
    ("test/function/HttpGET(CRUD).json", DRAFT_4),
    ("test/function/HttpPOST(CRUD).json", DRAFT_4),
    ("test/function/HttpPUT(CRUD).json", DRAFT_4),
    ("test/function/HttpTrigger.json", DRAFT_4),
    ("test/function/ImageResizer.json", DRAFT_4),
    ("test/function/Kusto.json", DRAFT_4),
    ("test/function/ManualTrigger.json", DRAFT_4),
    ("test/function/MySql.json", DRAFT_4),
    ("test/function/QueueTrigger.json", DRAFT_4),
    ("test/function/SasToken.json", DRAFT_4),
    ("test/function/ScheduledMail.json", DRAFT_4),
    ("test/function/SendGrid.json", DRAFT_4),
    ("test/function/ServiceBusQueueTrigger.json", DRAFT_4),
    ("test/function/ServiceBusTopicTrigger.json", DRAFT_4),
    ("test/function/Sql.json", DRAFT_4),
    ("test/function/TimerTrigger.json", DRAFT_4),
    ("test/function/function.json", DRAFT_4),
    ("test/web-manifest/W3C Example 1.json", DRAFT_4),
    ("test/webjob-publish-settings/scheduled.json", RFC_3339),
];

const DRAFT_4: &str = "the schema says draft 4 and uses `const`, which came with draft 6; the store's validator reads it all the same";
const RFC_3339: &str =
    "the example's time has no offset, which RFC 3339 demands; the store's validator lets it pass";
