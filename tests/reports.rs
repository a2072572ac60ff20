//! Every report format: as a file that is compared with what the program writes (`tests/golden/`,
//! validated by scripts/validate-reports.sh), and over trees that were made to break out of it.
//! ASSIZE_BLESS=1 writes the golden files anew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
#[path = "common/hostile.rs"]
mod hostile;

use common::{Run, assize, folder};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Formats of `check`, each with its golden file.
const FORMATS: [(&str, &str); 20] = [
    ("agent", "agent.txt"),
    ("azure", "azure.txt"),
    ("checkstyle", "checkstyle.xml"),
    ("concise", "concise.txt"),
    ("csv", "csv.csv"),
    ("github-actions", "github-actions.txt"),
    ("github-summary", "github-summary.md"),
    ("gitlab", "gitlab.json"),
    ("json", "json.json"),
    ("junit", "junit.xml"),
    ("letter", "letter.md"),
    ("letter-html", "letter.html"),
    ("markdown", "markdown.md"),
    ("openmetrics", "openmetrics.txt"),
    ("pretty", "pretty.txt"),
    ("rdjson", "rdjson.json"),
    ("sarif", "sarif.sarif"),
    ("sarif-github", "sarif-github.sarif"),
    ("sonarqube", "sonarqube.json"),
    ("teamcity", "teamcity.txt"),
];

/// Formats of `statement` that are somebody else's.
const EVIDENCE: [(&str, &str); 4] = [
    ("cyclonedx", "statement.cdx.json"),
    ("in-toto", "statement.intoto.jsonl"),
    ("oscal", "statement.oscal-ar.json"),
    ("oscal-catalogue", "statement.oscal-catalog.json"),
];

const PACK: &str = "tests/golden/pack";

fn check(tree: &str, format: &str, more: &[&str]) -> Run {
    let mut all = vec!["check", tree, "--no-config", "--pack", PACK, "--clock", "2028-01-01"];
    all.extend(["--max-depth", "10", "--format", format]);
    all.extend(more);
    assize(&all)
}

/// Compares with a golden file; the program's version is left out of it.
fn golden(name: &str, written: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    let written = written.replace(env!("CARGO_PKG_VERSION"), "0.0.0");
    if std::env::var_os("ASSIZE_BLESS").is_some() {
        fs::write(&path, &written).unwrap();
        return;
    }
    let wanted = fs::read_to_string(&path).unwrap_or_default();
    let differing = wanted.lines().zip(written.lines()).position(|(wanted, written)| wanted != written);
    let line = differing.unwrap_or(wanted.lines().count().min(written.lines().count()));
    assert!(
        wanted == written,
        "{name} differs from line {} on; wanted {:?}, written {:?} (ASSIZE_BLESS=1 writes it anew)",
        line + 1,
        wanted.lines().nth(line),
        written.lines().nth(line)
    );
}

#[test]
fn every_format_is_as_its_golden_file() {
    for (format, file) in FORMATS {
        let run = check("tests/golden/tree", format, &[]);
        assert_eq!((run.code, run.err.as_str()), (1, ""), "{format}");
        golden(file, &run.out);
    }
}

fn statement(tree: &str, format: &str) -> Run {
    let profile = ["--profile", "tests/golden/profile.yaml", "--pack", PACK, "--clock", "2028-01-01"];
    assize(&[&["statement", tree, "--format", format], &profile[..]].concat())
}

#[test]
fn every_form_of_evidence_is_as_its_golden_file() {
    for (format, file) in EVIDENCE {
        let run = statement("tests/golden/tree", format);
        assert_eq!((run.code, run.err.as_str()), (1, ""), "{format}");
        golden(file, &run.out);
    }
}

#[test]
fn evidence_scores_what_is_known_and_nothing_else() {
    let whole: Value = serde_json::from_str(&statement("tests/golden/tree", "json").out).unwrap();
    let document: Value = serde_json::from_str(&statement("tests/golden/tree", "cyclonedx").out).unwrap();
    let results: Value = serde_json::from_str(&statement("tests/golden/tree", "oscal").out).unwrap();
    let map = document["declarations"]["attestations"][0]["map"].as_array().unwrap();
    let findings = results["assessment-results"]["results"][0]["findings"].as_array().unwrap();
    for clause in whole["clauses"].as_array().unwrap() {
        let id = clause["clause"].as_str().unwrap();
        let entry = map.iter().find(|one| one["requirement"] == format!("requirement:{id}")).unwrap();
        let target = format!("{}_smt", id.replace('/', "_"));
        let finding = findings.iter().find(|one| one["target"]["target-id"] == target);
        let state = finding.map_or("none", |one| one["target"]["status"]["state"].as_str().unwrap());
        let score = entry["conformance"]["score"].as_u64();
        let wanted = match clause["verdict"].as_str().unwrap() {
            "met" => (Some(1), "satisfied"),
            "not-met" | "waived" => (Some(0), "not-satisfied"),
            "not-applicable" => (None, "none"),
            _ => (None, "not-satisfied"),
        };
        assert_eq!((score, state), wanted, "{id}: {}", clause["verdict"]);
    }
    let line: Value = serde_json::from_str(&statement("tests/golden/tree", "in-toto").out).unwrap();
    assert_eq!(line["predicate"]["result"], "FAILED");
}

#[test]
fn no_format_is_without_a_golden_file() {
    let help = assize(&["check", "--format", "nothing"]).err;
    let listed = help.split("possible values: ").nth(1).unwrap().split(']').next().unwrap();
    let listed: BTreeSet<&str> = listed.split(", ").collect();
    let mut known: BTreeSet<&str> = FORMATS.iter().map(|(format, _)| *format).collect();
    // Compared with Spectral's own in the suites of rulesets; the page has tests of its own.
    known.extend(["spectral-json", "html"].into_iter().filter(|name| listed.contains(name)));
    assert_eq!(listed, known);
}

#[test]
fn spectrals_names_of_formats_are_understood() {
    for (theirs, ours) in [
        ("stylish", "pretty"),
        ("text", "concise"),
        ("code-climate", "gitlab"),
        ("gitlab", "gitlab"),
        ("github-actions", "github-actions"),
        ("junit", "junit"),
        ("sarif", "sarif"),
        ("teamcity", "teamcity"),
        ("markdown", "markdown"),
    ] {
        let run = |format| check("tests/golden/tree", format, &[]);
        assert_eq!(run(theirs).out, run(ours).out, "{theirs}");
    }
}

#[test]
fn sarif_follows_the_schema_of_oasis_where_it_is_at_hand() {
    let Some(corpus) = common::corpus("sarif") else { return };
    let schema = corpus.join("sarif-spec/sarif-2.1/schema/sarif-schema-2.1.0.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let trees = hostile::trees();
    for tree in trees.iter().map(PathBuf::as_path).chain([Path::new("tests/golden/tree")]) {
        for (format, log) in all_of(tree).into_iter().filter(|(format, _)| format.starts_with("sarif")) {
            let log: Value = serde_json::from_str(&log).unwrap();
            let errors: Vec<String> = validator.iter_errors(&log).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{} {format}: {errors:?}", tree.display());
        }
    }
}

fn results(format: &str, more: &[&str]) -> Vec<Value> {
    let log: Value = serde_json::from_str(&check("tests/golden/tree", format, more).out).unwrap();
    log["runs"][0]["results"].as_array().unwrap().clone()
}

#[test]
fn the_whole_sarif_tells_what_every_rule_came_to() {
    let results = results("sarif", &[]);
    let kind = |rule: &str| {
        let mut kinds: Vec<&str> = results
            .iter()
            .filter(|result| result["ruleId"] == rule)
            .map(|result| result["kind"].as_str().unwrap())
            .collect();
        kinds.dedup();
        kinds.join(",")
    };
    assert_eq!(kind("xx/golden/https-servers"), "pass");
    assert_eq!(kind("xx/golden/contact"), "fail");
    assert!(results.iter().all(|result| (result["kind"] == "fail") != (result["level"] == "none")));
    assert_eq!(results.iter().filter(|result| !result["suppressions"].is_null()).count(), 2);
}

#[test]
fn sarif_for_github_holds_what_github_shows() {
    let results = results("sarif-github", &[]);
    assert_eq!(results.len(), 6, "the finding that a comment explains is not there");
    assert!(results.iter().all(|result| result["suppressions"].is_null() && result["kind"] == "fail"));
    assert_eq!(results[0]["ruleId"], "xx/golden/no-injection", "the most harmful comes first");
    for result in &results {
        let physical = &result["locations"][0]["physicalLocation"];
        assert!(!physical["artifactLocation"]["uri"].as_str().unwrap().is_empty());
        assert!(physical["region"]["startLine"].as_u64().unwrap() > 0);
        let has = !result["partialFingerprints"]["primaryLocationLineHash"].is_null();
        assert_eq!(has, result["ruleId"] != "xx/golden/changes-told", "a missing file has no line");
    }
    // A missing file is an alert at the front page.
    let missing = results.iter().find(|result| result["ruleId"] == "xx/golden/changes-told").unwrap();
    assert_eq!(missing["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "README.md");
    let log: Value = serde_json::from_str(&check("tests/golden/tree", "sarif-github", &[]).out).unwrap();
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    let security: Vec<&str> = rules
        .iter()
        .filter(|rule| !rule["properties"]["security-severity"].is_null())
        .map(|rule| rule["id"].as_str().unwrap())
        .collect();
    assert_eq!(security, ["xx/golden/no-injection"], "only a rule of security makes a security alert");
    assert_eq!(log["runs"][0]["automationDetails"]["id"], "assize/tests/golden/tree/");
}

#[test]
fn sarif_says_where_the_tree_comes_from_and_no_password() {
    let commit = "0123456789abcdef0123456789abcdef01234567";
    for (address, uri) in [
        ("https://user:secret@example.org/a/b.git", Some("https://example.org/a/b.git")),
        ("git@example.org:a/b.git", Some("ssh://git@example.org/a/b.git")),
        ("https://example.org/a b<script>", None),
        ("/home/somebody/b", None),
        ("file:///home/somebody/b", None),
    ] {
        let config = format!("[remote \"origin\"]\n\turl = {address}\n");
        let root = common::folder(
            "report-origin",
            &[
                ("a.md", "x"),
                (".git/HEAD", "ref: refs/heads/main\n"),
                (".git/refs/heads/main", commit),
                (".git/config", &config),
            ],
        );
        let log = check(root.to_str().unwrap(), "sarif", &[]).out;
        assert!(!log.contains("secret"));
        let log: Value = serde_json::from_str(&log).unwrap();
        let origin = &log["runs"][0]["versionControlProvenance"][0];
        assert_eq!(origin["repositoryUri"].as_str(), uri, "{address}");
        assert_eq!(origin["revisionId"].as_str(), uri.map(|_| commit), "{address}");
    }
}

#[test]
fn github_gets_no_more_than_it_keeps_and_is_told_what_was_cut() {
    let path = common::folder("report-many", &[]);
    let mut paths = String::from("openapi: 3.0.3\ninfo: {title: x, version: '1'}\npaths:\n");
    for at in 0..5200 {
        paths.push_str(&format!("  /p{at}: {{ $ref: '#/paths/~1none{at}' }}\n"));
    }
    fs::write(path.join("openapi.yaml"), paths).unwrap();
    let log: Value = serde_json::from_str(&check(path.to_str().unwrap(), "sarif-github", &[]).out).unwrap();
    let run = &log["runs"][0];
    assert_eq!(run["results"].as_array().unwrap().len(), 5000);
    let told = run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].as_str().unwrap();
    assert!(told.contains("202 of 5202 findings were left out"), "{told}");
    // A comment has its limit too, and says what is not in it.
    let comment = check(path.to_str().unwrap(), "markdown", &[]).out;
    assert!(comment.len() < 65_536 && comment.contains("have no room here"), "{}", comment.len());
}

/// What stands at the start of a line, or anywhere in it, that a pipeline would act on.
fn commands(text: &str) -> Vec<String> {
    text.lines()
        .filter(|line| {
            let lower = line.to_ascii_lowercase();
            line.trim_start().starts_with("::")
                || ["##[", "##vso[", "##teamcity["].iter().any(|command| lower.contains(command))
        })
        .map(str::to_owned)
        .collect()
}

fn is_hostile(char: char) -> bool {
    char != '\n' && assize::report::escape::is_hostile(char)
}

/// The commands that the format itself writes.
fn is_own(format: &str, line: &str) -> bool {
    let rest = |start: &str| line.strip_prefix(start).map(str::to_ascii_lowercase);
    match format {
        "github-actions" => {
            ["::error file=", "::warning file=", "::notice file=", "::group::"]
                .iter()
                .any(|own| line.starts_with(own))
                || line == "::endgroup::"
        }
        "azure" => rest("##vso[task.logissue type=").is_some_and(|rest| !rest.contains("##")),
        "teamcity" => {
            ["##teamcity[inspectionType id='", "##teamcity[inspection typeId='"].iter().any(|own| {
                rest(own).is_some_and(|rest| {
                    !rest.contains("##") && rest.matches('[').count() == rest.matches("|[").count()
                })
            })
        }
        _ => false,
    }
}

/// Every format of a tree, from one run.
fn all_of(tree: &Path) -> Vec<(&'static str, String)> {
    let folder = common::folder(&format!("reports-of-{}", tree.file_name().unwrap().to_str().unwrap()), &[]);
    let formats: Vec<&str> = FORMATS.iter().map(|(format, _)| *format).chain(["spectral-json"]).collect();
    let wanted: Vec<String> = formats
        .iter()
        .map(|format| format!("--report={format}={}", folder.join(format).to_str().unwrap()))
        .collect();
    let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
    let run = check(tree.to_str().unwrap(), "concise", &wanted);
    assert!(run.code == 1 && run.err.is_empty(), "{}: {} {}", tree.display(), run.code, run.err);
    formats.into_iter().map(|format| (format, fs::read_to_string(folder.join(format)).unwrap())).collect()
}

#[test]
fn nothing_of_a_hostile_tree_escapes_in_any_format() {
    let trees = hostile::trees();
    assert!(trees.len() >= 10);
    for tree in &trees {
        let shown = tree.file_name().unwrap().to_str().unwrap();
        for (format, text) in all_of(tree) {
            let name = format!("{shown} as {format}");
            let text = text.replace("\r\n", "\n");
            let hostile: Vec<char> = text.chars().filter(|char| is_hostile(*char)).collect();
            assert!(hostile.is_empty(), "{name}: {hostile:?}");
            for line in commands(&text) {
                assert!(is_own(format, &line), "{name}: {line}");
            }
            if format == "json" {
                let whole: Value = serde_json::from_str(&text).unwrap();
                assert!(
                    whole["findings"].as_array().unwrap().len() > 4,
                    "{name}: nothing of it is in a report"
                );
            }
            inside(format, &name, &text);
        }
        for format in ["cyclonedx", "in-toto", "oscal", "oscal-catalogue", "json", "markdown", "terminal"] {
            let text = statement(tree.to_str().unwrap(), format).out;
            assert!(!text.is_empty() && !text.chars().any(is_hostile), "{shown} as {format}");
            assert_eq!(commands(&text), [""; 0], "{shown} as {format}");
        }
    }
}

/// What must hold of the inside of a format.
fn inside(format: &str, name: &str, text: &str) {
    match format {
        "json" | "gitlab" | "sonarqube" | "rdjson" | "spectral-json" => {
            serde_json::from_str::<Value>(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        "sarif" | "sarif-github" => sarif(name, text),
        "junit" | "checkstyle" => xml(name, text),
        "markdown" | "github-summary" | "letter" => markdown(name, text),
        "csv" => {
            for row in rows(text) {
                assert_eq!(row.len(), 15, "{name}: {row:?}");
                assert!(
                    row.iter().all(|cell| !cell.trim_start().starts_with(['=', '+', '-', '@'])),
                    "{name}: {row:?}"
                );
            }
        }
        "letter-html" => letter(name, text),
        "openmetrics" => assert!(text.ends_with("# EOF\n") && !text.contains("<script"), "{name}"),
        _ => {}
    }
}

/// Every element is one of the letter's own, none has a script or a style beside the first, and no
/// attribute is more than a class or a link to the web.
fn letter(name: &str, text: &str) {
    const TAGS: [&str; 20] = [
        "!doctype", "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "p", "ol",
        "ul", "li", "span", "strong", "code", "a", "/",
    ];
    let (_, body) = text.split_once("</style>").unwrap_or_else(|| panic!("{name}: no style"));
    assert!(text.contains("script-src 'none'"), "{name}");
    for rest in body.split('<').skip(1) {
        let tag = rest.split(['>', ' ']).next().unwrap();
        assert!(TAGS.iter().any(|one| tag == *one || tag.starts_with('/')), "{name}: <{tag}");
        let attributes = rest.split('>').next().unwrap().strip_prefix(tag).unwrap().trim();
        let honest = attributes.is_empty()
            || attributes.starts_with("class=\"")
            || attributes.starts_with("href=\"https://")
            || attributes.starts_with("href=\"http://");
        assert!(honest && !attributes.contains("on"), "{name}: {attributes}");
    }
    for rest in body.split('&').skip(1) {
        let entity = rest.split(';').next().unwrap();
        let known = ["amp", "lt", "gt", "quot", "#39", "#96"];
        assert!(known.contains(&entity), "{name}: &{entity}");
    }
}

fn sarif(name: &str, text: &str) {
    let log: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut found = 0;
    let mut rest = vec![&log];
    while let Some(value) = rest.pop() {
        match value {
            Value::Array(list) => rest.extend(list),
            Value::Object(members) => {
                if let Some(Value::String(uri)) = members.get("uri") {
                    found += 1;
                    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/%".contains(&byte);
                    assert!(uri.bytes().all(plain) && !uri.starts_with('/'), "{name}: {uri}");
                    let parts: Vec<&str> = uri.split('%').skip(1).collect();
                    let two =
                        |part: &&str| part.get(..2).is_some_and(|two| u8::from_str_radix(two, 16).is_ok());
                    assert!(parts.iter().all(two), "{name}: {uri}");
                }
                if let Some(Value::String(message)) = members.get("message").and_then(|one| one.get("text")) {
                    assert!(!message.replace("\\](", "").contains("]("), "{name}: a link in {message}");
                }
                rest.extend(members.values());
            }
            _ => {}
        }
    }
    assert!(found > 0, "{name}");
}

/// Every tag is one of ours, and every entity one of the five or a number.
fn xml(name: &str, text: &str) {
    const TAGS: [&str; 11] = [
        "?xml",
        "testsuites",
        "testsuite",
        "testcase",
        "failure",
        "error",
        "skipped",
        "system-out",
        "checkstyle",
        "file",
        "/",
    ];
    for rest in text.split('<').skip(1) {
        assert!(TAGS.iter().any(|tag| rest.starts_with(tag)), "{name}: <{}", rest.lines().next().unwrap());
    }
    for rest in text.split('&').skip(1) {
        let entity = rest.split(';').next().unwrap();
        assert!(["amp", "lt", "gt", "quot", "#39"].contains(&entity), "{name}: &{entity}");
    }
}

/// Nothing is markup but what the format writes: links to the clauses, and what it makes bold.
fn markdown(name: &str, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find("](") {
        let target = &rest[at + 2..];
        let escaped = rest[..at].ends_with('\\');
        assert!(
            escaped || target.starts_with("https://www.example.org/"),
            "{name}: {}",
            target.lines().next().unwrap()
        );
        rest = target;
    }
    let bare = text.replace("\\<", "");
    assert!(!bare.contains('<') && !bare.contains("<!--"), "{name}");
    for line in text.lines().filter(|line| line.starts_with('|')) {
        let bars = line.replace("\\|", "").matches('|').count();
        assert!(bars == 6 || bars == 5, "{name}: {line}");
    }
}

fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            other => cell.push(other),
        }
    }
    assert!(!quoted && cell.is_empty() && row.is_empty(), "the last row is whole");
    rows
}

/// Reports of the hostile trees for scripts/validate-reports.sh, which names the folder.
#[test]
fn reports_of_hostile_trees_are_written_for_the_validators() {
    let Some(folder) = std::env::var_os("ASSIZE_REPORTS").map(PathBuf::from) else { return };
    for tree in hostile::trees() {
        let name = tree.file_name().unwrap().to_str().unwrap();
        for (format, text) in all_of(&tree) {
            let file = FORMATS.iter().find(|(known, _)| *known == format).map_or("x.json", |(_, file)| file);
            let extension = Path::new(file).extension().unwrap().to_str().unwrap();
            fs::write(folder.join(format!("{name}.{format}.{extension}")), text).unwrap();
        }
        for (format, file) in EVIDENCE {
            let ending = file.split_once('.').unwrap().1;
            let text = statement(tree.to_str().unwrap(), format).out;
            fs::write(folder.join(format!("{name}.{ending}")), text).unwrap();
        }
    }
}

#[test]
fn a_letter_to_a_file_of_html_is_a_page() {
    let root = folder("reports-letter", &[("a.html", "")]);
    let at = |name: &str| root.join(name).to_str().unwrap().to_owned();
    let (page, prose) = (at("letter.html"), at("letter.md"));
    let (as_page, as_prose) = (format!("letter={page}"), format!("letter={prose}"));
    check("tests/golden/tree", "concise", &["--report", &as_page, "--report", &as_prose]);
    let golden = |name: &str| fs::read_to_string(Path::new("tests/golden").join(name)).unwrap();
    let read = |path: &str| fs::read_to_string(path).unwrap().replace(env!("CARGO_PKG_VERSION"), "0.0.0");
    assert_eq!(read(&page), golden("letter.html"));
    assert_eq!(read(&prose), golden("letter.md"));
}
