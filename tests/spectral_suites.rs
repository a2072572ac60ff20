//! What Spectral 6.16.3 answered, case by case, against what the binary answers. Disagreements stand in
//! lists under tests/known, each with its reason; the lists may only shrink. Skipped, with a printed
//! reason, where the cases are not at hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::panic)]

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

fn shared() -> Option<PathBuf> {
    let shared = std::env::var_os("ASSIZE_SHARED").map(PathBuf::from);
    if shared.is_none() {
        println!("skipped: ASSIZE_SHARED is not set, so what Spectral answers is not at hand");
    }
    shared
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// A list of known disagreements: name and reason.
fn known(name: &str) -> BTreeMap<String, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/known").join(name);
    std::fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(|line| {
            let (name, reason) = line.split_once('\t').expect("a name, a tab and a reason");
            (name.to_owned(), reason.to_owned())
        })
        .collect()
}

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder.canonicalize().unwrap()
}

/// Exit code and results of a run in a folder; the folder's own path is cut out of them.
fn lint(folder: &Path, arguments: &[String]) -> (i32, Option<Value>) {
    let output = Command::new(env!("CARGO_BIN_EXE_assize"))
        .args(["check", "--no-config", "--format", "spectral-json"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let place = folder.to_str().unwrap();
    let text = text.replace(&format!("\"source\": \"{place}/"), "\"source\": \"").replace(place, "{dir}");
    (output.status.code().unwrap_or(-1), serde_json::from_str(&text).ok())
}

/// Runs cases on every processor; `run` says whether a case is right.
fn every(count: usize, run: impl Fn(usize) -> bool + Sync) -> Vec<usize> {
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= count {
                        break;
                    }
                    if !run(index) {
                        wrong.lock().unwrap().push(index);
                    }
                }
            });
        }
    });
    let mut wrong = wrong.into_inner().unwrap();
    wrong.sort_unstable();
    wrong
}

/// Compares what is wrong with what is known to be.
fn settle(what: &str, count: usize, wrong: Vec<String>, known: &BTreeMap<String, String>) {
    println!("{what}: {} of {count} equal, {} listed", count - wrong.len(), known.len());
    let new: Vec<&String> = wrong.iter().filter(|name| !known.contains_key(*name)).collect();
    let right: Vec<&String> = known.keys().filter(|name| !wrong.contains(name)).collect();
    assert!(new.is_empty(), "{what}: not equal, and not listed: {new:?}");
    assert!(right.is_empty(), "{what}: right by now, take them off the list: {right:?}");
}

#[test]
fn crafted_cases() {
    let Some(shared) = shared() else { return };
    let cases = read(&shared.join("spectral/crafted.json"));
    let cases = cases.as_array().unwrap();
    let base = scratch("spectral-crafted");
    let wrong = every(cases.len(), |index| {
        let case = &cases[index];
        let folder = base.join(index.to_string());
        for (name, text) in case["files"].as_object().unwrap() {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text.as_str().unwrap()).unwrap();
        }
        let texts = |key: &str| -> Vec<String> {
            let list = case.get(key).and_then(Value::as_array);
            list.into_iter().flatten().map(|one| one.as_str().unwrap().to_owned()).collect()
        };
        let mut arguments = vec!["--ruleset".to_owned(), case["ruleset"].as_str().unwrap().to_owned()];
        arguments.extend(texts("args"));
        let documents = texts("documents");
        if documents.is_empty() {
            arguments.push(case["document"].as_str().unwrap().to_owned());
        } else {
            arguments.extend(documents);
        }
        let (code, results) = lint(&folder, &arguments);
        match &case["expected"]["results"] {
            Value::Null => code == 2,
            wanted => results.as_ref() == Some(wanted),
        }
    });
    let wrong = wrong.into_iter().map(|index| cases[index]["id"].as_str().unwrap().to_owned()).collect();
    settle("crafted cases", cases.len(), wrong, &known("crafted.tsv"));
}

#[test]
fn rule_cases() {
    let Some(shared) = shared() else { return };
    let cases = read(&shared.join("spectral/rule-cases-pretty.json"));
    let cases = cases.as_array().unwrap();
    let base = scratch("spectral-rules");
    let wrong = every(cases.len(), |index| {
        let case = &cases[index];
        let folder = base.join(index.to_string());
        std::fs::create_dir_all(&folder).unwrap();
        let document = format!("doc.{}", case["format"].as_str().unwrap());
        std::fs::write(folder.join(&document), case["text"].as_str().unwrap()).unwrap();
        let off = |name: &str| json!([name, "off"]);
        let ruleset = json!({
            "extends": [off("spectral:asyncapi"), off("spectral:oas"), off("spectral:arazzo")],
            "rules": { case["rule"].as_str().unwrap(): true },
        });
        std::fs::write(folder.join("ruleset.json"), ruleset.to_string()).unwrap();
        let (_, results) =
            lint(&folder, &["--ruleset".to_owned(), "ruleset.json".to_owned(), document.clone()]);
        let mut results = results.unwrap_or(Value::Null);
        // The cases name the document by its file alone.
        for result in results.as_array_mut().into_iter().flatten() {
            result.as_object_mut().unwrap().remove("source");
        }
        let mut wanted = case["results"].clone();
        for result in wanted.as_array_mut().into_iter().flatten() {
            result.as_object_mut().unwrap().remove("source");
        }
        results == wanted
    });
    let name = |index: usize| {
        let case = &cases[index];
        format!("{} {} {}", case["case"], case["rule"].as_str().unwrap(), case["format"].as_str().unwrap())
    };
    let wrong = wrong.into_iter().map(name).collect();
    settle("rule cases", cases.len(), wrong, &known("rule-cases.tsv"));
}

/// Code, file, path and severity, and the range.
type Key = (String, String, Vec<String>, i64);

fn keyed(results: &Value, unknown: &[String]) -> BTreeMap<Key, Value> {
    results
        .as_array()
        .into_iter()
        .flatten()
        .filter(|result| !unknown.iter().any(|rule| result["code"] == rule.as_str()))
        .map(|result| {
            let source = result["source"].as_str().unwrap_or_default();
            let source = source.rsplit('/').next().unwrap_or_default().to_owned();
            let path = result["path"].as_array().unwrap();
            let path = path
                .iter()
                .map(|step| step.as_str().map_or_else(|| step.to_string(), str::to_owned))
                .collect();
            let code = result["code"].as_str().unwrap().to_owned();
            ((code, source, path, result["severity"].as_i64().unwrap()), result["range"].clone())
        })
        .collect()
}

/// The published rulesets over the documents of several nations. The answers were recorded through
/// Spectral's library, which reads `.json` as JSON; so does `--corrected=json-as-json`.
#[test]
fn published_rulesets() {
    let Some(shared) = shared() else { return };
    let rulesets = shared.join("rulesets");
    let base = scratch("spectral-published");
    let mut files: Vec<PathBuf> = Vec::new();
    for pack in std::fs::read_dir(&rulesets).unwrap() {
        let folder = pack.unwrap().path().join("oracle-6.16.3");
        let Ok(list) = std::fs::read_dir(folder) else { continue };
        files.extend(list.map(|file| file.unwrap().path()));
    }
    files.sort();
    let totals: Mutex<[usize; 5]> = Mutex::default();
    let wrong = every(files.len(), |index| {
        let oracle = read(&files[index]);
        let Some(ruleset) = oracle.get("ruleset").and_then(Value::as_str) else { return true };
        // Packages that are not installed cannot be read; where Spectral crashed there is no answer.
        if oracle.get("results").is_none_or(Value::is_null) || ruleset.contains("entry.spectral") {
            return true;
        }
        let document = rulesets.join(oracle["document"].as_str().unwrap());
        let report = base.join(format!("{index}.json"));
        let mut arguments = vec![
            "--ruleset".to_owned(),
            rulesets.join(ruleset).to_str().unwrap().to_owned(),
            "--report".to_owned(),
            format!("json={}", report.display()),
            "--fail-on".to_owned(),
            "never".to_owned(),
            document.to_str().unwrap().to_owned(),
        ];
        if document.extension().is_some_and(|ending| ending == "json") {
            arguments.push("--corrected=json-as-json".to_owned());
        }
        let (_, results) = lint(&base, &arguments);
        let Some(results) = results else { return false };
        let report = read(&report);
        let unknown: Vec<String> = report["unknown"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|one| Some(one["rule"].as_str()?.split_once('/')?.1.to_owned()))
            .collect();
        let (wanted, found) = (keyed(&oracle["results"], &unknown), keyed(&results, &unknown));
        let same = wanted.keys().filter(|key| found.contains_key(*key)).count();
        let ranges = wanted.iter().filter(|(key, range)| found.get(*key) == Some(*range)).count();
        let mut totals = totals.lock().unwrap();
        totals[0] += same;
        totals[1] += ranges;
        totals[2] += wanted.len() - same;
        totals[3] += found.len() - same;
        totals[4] += 1;
        same == wanted.len() && same == found.len() && ranges == same
    });
    let [same, ranges, missed, more, runs] = totals.into_inner().unwrap();
    println!(
        "{runs} runs: {same} results the same, {ranges} of them with the same range, {missed} of Spectral alone, {more} of Assize alone"
    );
    let name = |index: usize| {
        files[index].strip_prefix(&rulesets).unwrap().to_str().unwrap().replace("/oracle-6.16.3/", "/")
    };
    let wrong = wrong.into_iter().map(name).collect();
    settle("published rulesets", runs, wrong, &known("published.tsv"));
}
