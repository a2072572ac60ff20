//! Rules over the history and the forge's settings: what a full clone tells, and that a shallow one, or
//! none, is unknown.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::panic)]

mod common;

use common::{assize, folder};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

const PACK: &str = r#"pack: xx/history
version: 1.0.0
standard: { title: History, authority: gds, edition: '1', in-force: { from: 2020-01-01 }, url: 'https://a.example' }
clauses:
  - { id: versions, level: must, standing: law, title: t, url: u, source: s1, covers: whole }
  - { id: maintained, level: must, standing: law, title: t, url: u, source: s2, covers: whole, decide: { any: [recent, said] } }
  - { id: reviewed, level: must, standing: law, title: t, url: u, source: s3, covers: whole }
rules:
  semantic-tags:
    clause: versions
    gather:
      have: { on: [repository], given: "$.git.tags[*]" }
      want: { on: [repository], given: "$.git.tags[*]", match: '^v?\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$' }
    then: { function: share, functionOptions: { min: 0.5 } }
    empty: unknown
    message: "Of the tags, {{error}}."
    help: The maintainer tags releases with semantic versions.
    examples:
      conforming: [&good { a.md: "x", .git: "{ tags: [v1.0.0, 2.0.0-rc.1, nightly], date: 2025-12-01 }", .settings: "{ branches: [{ name: main, reviews: 1 }] }" }]
      violating: [{ a.md: "x", .git: "{ tags: [release-1, release-2] }" }]
  recent:
    clause: maintained
    on: [repository]
    given: $.git.age
    then: { function: length, functionOptions: { max: 365 } }
    severity: hint
    empty: unknown
    message: The last commit is {{value}} days old.
    help: The maintainer says in the README whether the code is maintained.
    examples:
      conforming: [*good]
      violating: [{ a.md: "x", .git: "{ date: 2024-12-31 }" }]
  said:
    clause: maintained
    on: [repository]
    then: { function: content-matches, functionOptions: { files: ["README.md"], any: ["/no longer maintained/i"] } }
    empty: fail
    message: The README says nothing of maintenance.
    help: The maintainer says so.
    severity: hint
    examples:
      conforming: [{ README.md: "This is no longer maintained.\n", .git: "{ date: 2025-12-31 }" }]
      violating: [{ README.md: "Hello\n" }]
  branch-reviewed:
    clause: reviewed
    on: [repository]
    given: "$.settings.branches[?@.name == 'main']"
    then: { field: reviews, function: length, functionOptions: { min: 1 } }
    empty: unknown
    message: Nobody reviews changes.
    help: The owner turns reviews on.
    examples:
      conforming: [*good]
      violating: [{ a.md: "x", .settings: "{ branches: [{ name: main, reviews: 0 }] }" }]
"#;

fn git(root: &Path, arguments: &[&str]) {
    let output = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(["-c", "user.name=A", "-c", "user.email=a@b.example"])
        .args(arguments)
        .env("GIT_COMMITTER_DATE", "2026-01-10T12:00:00Z")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn examples_say_what_stands_beside_their_files() {
    let root = folder("history-pack", &[("xx/history/pack.yaml", PACK)]);
    // What the README says settles what the age leaves open, so the one is no example of the other.
    let run = assize(&["pack", "test", root.to_str().unwrap()]);
    let lines: Vec<&str> = run.out.lines().filter(|line| !line.contains("xx/history/said finds 1")).collect();
    assert_eq!(lines.len(), 1, "{}{}", run.out, run.err);
    let broken = PACK.replacen("{ date: 2024-12-31 }", "{ dat: 1 }", 1);
    let root = folder("history-broken", &[("xx/history/pack.yaml", &broken)]);
    let run = assize(&["pack", "test", root.to_str().unwrap()]);
    assert!(run.code == 1 && run.out.contains(".git of the example"), "{}", run.out);
}

#[test]
fn a_full_clone_tells_and_a_shallow_one_does_not() {
    let packs = folder("history-packs", &[("xx/history/pack.yaml", PACK)]);
    let profile = "profile: p\nversion: 1.0.0\ntitle: P\nstandards: [{ pack: xx/history }]\n";
    let profile = folder("history-profile", &[("p.yaml", profile)]).join("p.yaml");
    let verdicts = |root: &Path, more: &[&str]| -> Vec<Value> {
        let (root, profile, packs) =
            (root.to_str().unwrap(), profile.to_str().unwrap(), packs.to_str().unwrap());
        let mut arguments =
            vec!["statement", root, "--profile", profile, "--pack", packs, "--format", "json"];
        arguments.extend(more);
        let run = assize(&arguments);
        let told: Value = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}", run.err));
        let clauses = told["clauses"].as_array().unwrap();
        ["versions", "maintained", "reviewed"]
            .iter()
            .map(|id| {
                let full = format!("xx/history/{id}");
                clauses.iter().find(|one| one["clause"] == full || one["id"] == full).unwrap()["verdict"]
                    .clone()
            })
            .collect()
    };
    let root = folder("history-full", &[("README.md", "# A\n")]);
    git(&root, &["init", "-q", "-b", "main"]);
    git(&root, &["add", "."]);
    git(&root, &["commit", "-q", "-m", "one"]);
    git(&root, &["tag", "v1.0.0"]);
    git(&root, &["commit", "-q", "--allow-empty", "-m", "two"]);
    git(&root, &["tag", "release/x"]);
    let day = |day| ["--clock", day];
    assert_eq!(verdicts(&root, &day("2026-06-01")), [json!("met"), json!("met"), json!("unknown")]);
    // A year and a half on, and once more with everything packed.
    for _ in 0..2 {
        assert_eq!(verdicts(&root, &day("2027-07-01"))[1], "not-met");
        git(&root, &["gc", "-q"]);
    }
    git(&root, &["tag", "release/y"]);
    assert_eq!(verdicts(&root, &day("2026-06-01"))[0], "not-met");
    let settings =
        folder("history-settings", &[("s.json", "{\"branches\":[{\"name\":\"main\",\"reviews\":2}]}")]);
    let settings = settings.join("s.json");
    let with = ["--clock", "2026-06-01", "--settings", settings.to_str().unwrap()];
    assert_eq!(verdicts(&root, &with)[2], "met");
    // Shallow: the last commit is there, the tags may not be.
    let shallow = folder("history-shallow", &[]);
    std::fs::remove_dir(&shallow).unwrap();
    let address = format!("file://{}", root.display());
    git(root.parent().unwrap(), &["clone", "-q", "--depth", "1", &address, shallow.to_str().unwrap()]);
    assert_eq!(verdicts(&shallow, &day("2026-06-01")), [json!("unknown"), json!("met"), json!("unknown")]);
    let none = folder("history-none", &[("README.md", "# A\n")]);
    assert_eq!(verdicts(&none, &day("2026-06-01")), [json!("unknown"), json!("unknown"), json!("unknown")]);
}

/// Version control ignores a file only as long as it was not added: what `.gitignore` names and the
/// repository keeps all the same is judged like any other file.
#[test]
fn what_the_repository_keeps_is_judged_whatever_gitignore_says() {
    let api = "openapi: 3.0.3\ninfo: { title: Clinics, version: 1.0.0 }\nservers: [{ url: 'http://clinics.service.gov.uk/v1' }]\npaths: {}\n";
    let root = folder(
        "history-ignored",
        &[
            (".gitignore", "/specification/\nlocal.yaml\n"),
            ("specification/clinics.yaml", api),
            ("hidden/clinics.yaml", api),
            ("hidden/.ignore", "clinics.yaml\n"),
            ("local.yaml", api),
        ],
    );
    git(&root, &["init", "-q"]);
    git(&root, &["add", "-f", ".gitignore", "specification/clinics.yaml", "hidden"]);
    git(&root, &["commit", "-q", "-m", "All"]);
    let judged = |more: &[&str]| -> Vec<String> {
        let mut arguments = vec!["check", root.to_str().unwrap(), "--format", "json", "--fail-on", "never"];
        arguments.extend(more);
        let report: Value = serde_json::from_str(&assize(&arguments).out).unwrap();
        let files = report["files"].as_array().unwrap().iter();
        files.map(|file| file["path"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(judged(&[]), ["specification/clinics.yaml"]);
    assert!(judged(&["--exclude", "specification/"]).is_empty());
}
