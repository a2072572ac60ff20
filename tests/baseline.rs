//! Baselines, and comparing with a commit.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/acceptance.rs"]
mod acceptance;
mod common;

use acceptance::{API, check, outcomes, report, system, told};
use common::{Run, assize};
use std::fs;
use std::path::Path;
use std::process::Command;

fn baseline(root: &Path, what: &str, more: &[&str]) -> Run {
    let (file, pack) = (root.with_extension("baseline.json"), acceptance::pack());
    let mut all = vec!["baseline", what, root.to_str().unwrap(), "--no-config", "--pack", &pack];
    all.extend(["--file", file.to_str().unwrap()]);
    all.extend(more);
    assize(&all)
}

fn file_of(root: &Path) -> String {
    root.with_extension("baseline.json").to_str().unwrap().to_owned()
}

fn start(name: &str, files: &[(&str, &str)]) -> std::path::PathBuf {
    let root = system(name, files);
    let _ = fs::remove_file(file_of(&root));
    let written = baseline(&root, "write", &[]);
    assert_eq!(written.code, 0, "{}", written.err);
    root
}

fn open(root: &Path) -> Vec<String> {
    let (found, _) = report(root, &["--baseline", &file_of(root)]);
    outcomes(&found).into_iter().filter(|one| one.contains(" open")).collect()
}

#[test]
fn what_was_there_does_not_fail_the_run_and_what_is_new_does() {
    let root = start("accepted", &[("openapi.yaml", API), ("a.md", "TODO one\n")]);
    assert_eq!(check(&root, &[]).code, 1);
    let (found, code) = report(&root, &["--baseline", &file_of(&root)]);
    assert_eq!(code, 0);
    assert_eq!(
        outcomes(&found),
        [
            "contact baselined baseline",
            "licence baselined baseline",
            "no-todo baselined baseline",
            "terms baselined baseline"
        ]
    );
    assert_eq!(found["summary"]["baselined"], 4);
    fs::write(
        root.join("more.yaml"),
        API.replace("Clinics", "Others").replace("  title", "  license: {name: a}\n  title"),
    )
    .unwrap();
    let (found, code) = report(&root, &["--baseline", &file_of(&root)]);
    assert_eq!((open(&root), code), (vec!["contact open".to_owned(), "terms open".to_owned()], 1));
    let shown = check(&root, &["--baseline", &file_of(&root)]).out;
    assert!(shown.contains("4 findings there before"), "{shown}");
    assert_eq!(told(&found), [""; 0]);
    // SARIF tells the two apart.
    let log = check(&root, &["--baseline", &file_of(&root), "--format", "sarif"]).out;
    assert_eq!(log.matches("\"baselineState\": \"unchanged\"").count(), 4);
    assert_eq!(log.matches("\"baselineState\": \"new\"").count(), 2);
}

#[test]
fn a_finding_is_known_again_where_its_line_moved() {
    let root = start("moved", &[("openapi.yaml", API), ("a.md", "TODO one\ntext\nTODO two\n")]);
    fs::write(
        root.join("openapi.yaml"),
        format!("# a comment\n\n{}", API.replace("  title", "  x-team: clinics\n  title")),
    )
    .unwrap();
    fs::write(root.join("a.md"), "Heading\n\nTODO two\n   TODO one\n").unwrap();
    assert_eq!(open(&root), [""; 0]);
    // One more of the same in the same file is new, wherever it stands.
    fs::write(root.join("a.md"), "TODO zero\nTODO two\nTODO one\n").unwrap();
    let (found, _) = report(&root, &["--baseline", &file_of(&root)]);
    let new: Vec<&serde_json::Value> =
        found["findings"].as_array().unwrap().iter().filter(|one| one["outcome"] == "open").collect();
    assert_eq!(new.len(), 1);
    assert_eq!(new[0]["start"]["line"], 1);
    fs::write(root.join("a.md"), "TODO one\nTODO one\nTODO two\n").unwrap();
    assert_eq!(open(&root), ["no-todo open"]);
}

#[test]
fn a_finding_is_known_again_in_a_renamed_file_but_not_in_a_copy() {
    let root = start("renamed", &[("openapi.yaml", API), ("a.md", "TODO one\n")]);
    fs::create_dir_all(root.join("spec")).unwrap();
    fs::rename(root.join("openapi.yaml"), root.join("spec/clinics.yaml")).unwrap();
    fs::write(root.join("spec/clinics.yaml"), format!("# moved\n{API}")).unwrap();
    fs::rename(root.join("a.md"), root.join("b.md")).unwrap();
    assert_eq!(open(&root), [""; 0]);
    fs::copy(root.join("b.md"), root.join("a.md")).unwrap();
    assert_eq!(open(&root), ["no-todo open"], "with the file back, one of the two is new");
}

#[test]
fn pruning_only_shrinks() {
    let root = start("pruned", &[("openapi.yaml", API), ("a.md", "TODO one\nTODO two\n")]);
    fs::write(root.join("a.md"), "TODO two\nTODO three\n").unwrap();
    fs::rename(root.join("openapi.yaml"), root.join("clinics.yaml")).unwrap();
    fs::write(root.join("clinics.yaml"), API.replace("  title", "  license: {name: a}\n  title")).unwrap();
    let (found, _) = report(&root, &["--baseline", &file_of(&root)]);
    assert_eq!(told(&found), ["baseline-stale:1"], "{found}");
    let before = fs::read_to_string(file_of(&root)).unwrap();
    let run = baseline(&root, "prune", &[]);
    assert!(run.out.contains("It held 5 findings, 2 of them mended; it holds 3 findings."), "{}", run.out);
    let after = fs::read_to_string(file_of(&root)).unwrap();
    assert!(after.contains("clinics.yaml") && !after.contains("openapi.yaml"), "{after}");
    assert!(after.lines().count() < before.lines().count());
    fs::write(root.join("c.md"), "TODO four\n").unwrap();
    baseline(&root, "prune", &[]);
    assert_eq!(fs::read_to_string(file_of(&root)).unwrap(), after, "what is new is not taken in");
    assert_eq!(open(&root), ["no-todo open", "no-todo open"]);
    let again = baseline(&root, "write", &[]);
    assert_eq!(again.code, 2);
    assert!(again.err.contains("--force"));
    assert_eq!(baseline(&root, "write", &["--force"]).code, 0);
    assert_eq!(open(&root), [""; 0]);
}

#[test]
fn what_is_wrong_with_waivers_is_never_accepted() {
    let waivers =
        "waivers:\n  - {id: a, rule: xx/rules/contact, issued: 2026-01-01, expires: 2026-01-02, reason: a}\n";
    let root = start("own", &[("openapi.yaml", API), ("assize-waivers.yaml", waivers)]);
    let (found, _) = report(&root, &["--baseline", &file_of(&root), "--clock", "2026-02-01"]);
    assert_eq!(told(&found), ["waiver-expired:2"]);
    assert!(outcomes(&found).contains(&"assize/waiver-expired open".to_owned()));
}

#[test]
fn a_baseline_that_cannot_be_read_stops_the_run() {
    let root = system("unreadable-baseline", &[("openapi.yaml", API)]);
    for text in
        ["", "{}", "{\"version\": 9, \"findings\": []}", "{\"version\": 1, \"findings\": [{\"file\": 1}]}"]
    {
        fs::write(file_of(&root), text).unwrap();
        let run = check(&root, &["--baseline", &file_of(&root)]);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{text}");
    }
    assert_eq!(check(&root, &["--baseline", "no/such"]).code, 2);
    assert_eq!(check(&root, &["--gate", "new"]).code, 2);
}

#[test]
fn the_gate_for_new_findings_looks_at_binding_musts_alone() {
    let mended = API.replace("  title", "  contact: {name: a}\n  title");
    let root = start("gate", &[("openapi.yaml", &mended)]);
    let run = |arguments: &[&str]| {
        let file = file_of(&root);
        let mut all = vec!["--baseline", &file];
        all.extend(arguments);
        check(&root, &all).code
    };
    // A new must in guidance: not binding.
    fs::write(root.join("b.yaml"), &mended).unwrap();
    assert_eq!((run(&[]), run(&["--gate", "new"])), (1, 0));
    // A new must in a contract.
    fs::write(root.join("b.yaml"), API).unwrap();
    assert_eq!((run(&[]), run(&["--gate", "new"])), (1, 1));
    assert_eq!(run(&["--gate", "new", "--fail-on", "never"]), 0);
}

fn git(root: &Path, arguments: &[&str]) {
    let done = Command::new("git")
        .args([
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@example.org",
            "-c",
            "commit.gpgsign=false",
            "-c",
            "init.defaultBranch=main",
        ])
        .args(arguments)
        .current_dir(root)
        .env_remove("GIT_DIR")
        .output()
        .unwrap();
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn since_a_commit_only_what_is_new_counts() {
    let root = system(
        "since",
        &[("api/openapi.yaml", API), ("a.md", "TODO one\n"), ("ü \"x\".md", "TODO\n"), ("old.yaml", API)],
    );
    git(&root, &["init", "-q"]);
    git(&root, &["add", "."]);
    git(&root, &["commit", "-qm", "first"]);
    git(&root, &["tag", "v1"]);
    fs::rename(root.join("old.yaml"), root.join("new.yaml")).unwrap();
    fs::write(root.join("a.md"), "\nTODO one\nTODO two\n").unwrap();
    let new = |arguments: &[&str]| {
        let (found, code) = report(&root, arguments);
        let open: Vec<String> = outcomes(&found).into_iter().filter(|one| one.contains(" open")).collect();
        (open, code)
    };
    assert_eq!(new(&["--since", "HEAD"]), (vec!["no-todo open".to_owned()], 0));
    assert_eq!(new(&["--since", "v1", "--gate", "new"]).1, 0);
    fs::write(root.join("third.yaml"), API).unwrap();
    assert_eq!(new(&["--since", "v1", "--gate", "new"]).1, 1);
    fs::remove_file(root.join("third.yaml")).unwrap();
    // A folder within the repository, and a single file.
    assert_eq!(report(&root.join("api"), &["--since", "v1"]).1, 0);
    assert_eq!(report(&root.join("api/openapi.yaml"), &["--since", "v1"]).1, 0);
    assert_eq!(check(&root.join("api"), &[]).code, 1);
    for wrong in ["nope", "--help", "-x", "", "v1:a.md", "HEAD^{tree}"] {
        let run = check(&root, &[&format!("--since={wrong}")]);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{wrong}");
    }
    let none = system("since-none", &[("openapi.yaml", API)]);
    fs::create_dir_all(none.join(".git")).unwrap();
    assert_eq!(check(&none, &["--since", "HEAD"]).code, 2);
}

/// A hook runs with the surroundings of its repository, which need not be the judged one.
#[test]
fn the_surroundings_name_no_other_repository() {
    let root = system("since-env", &[("openapi.yaml", API)]);
    git(&root, &["init", "-q"]);
    git(&root, &["add", "."]);
    git(&root, &["commit", "-qm", "first"]);
    let run = Command::new(env!("CARGO_BIN_EXE_assize"))
        .args([
            "check",
            root.to_str().unwrap(),
            "--no-config",
            "--pack",
            &acceptance::pack(),
            "--since",
            "HEAD",
        ])
        .envs([
            ("GIT_DIR", "/no/such"),
            ("GIT_WORK_TREE", "/"),
            ("GIT_INDEX_FILE", "/x"),
            ("GIT_EXTERNAL_DIFF", "/x"),
        ])
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
}

#[cfg(unix)]
#[test]
fn reading_a_commit_runs_nothing_of_the_repository() {
    use std::os::unix::fs::PermissionsExt;
    let root =
        system("hostile-git", &[("openapi.yaml", API), (".gitattributes", "* filter=evil diff=evil\n")]);
    git(&root, &["init", "-q"]);
    git(&root, &["add", "."]);
    git(&root, &["commit", "-qm", "first"]);
    let script = root.join("evil.sh");
    let mark = root.with_extension("ran");
    let _ = fs::remove_file(&mark);
    fs::write(&script, format!("#!/bin/sh\ntouch '{}'\n", mark.display())).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let evil = script.to_str().unwrap();
    for name in [
        "core.fsmonitor",
        "core.pager",
        "core.editor",
        "core.sshCommand",
        "core.gitProxy",
        "core.askPass",
        "core.alternateRefsCommand",
        "filter.evil.smudge",
        "filter.evil.clean",
        "filter.evil.process",
        "diff.evil.textconv",
        "diff.external",
        "credential.helper",
        "pager.ls-tree",
        "pager.cat-file",
        "alias.ls-tree",
        "alias.cat-file",
        "alias.rev-parse",
        "uploadpack.packObjectsHook",
        "gpg.program",
    ] {
        git(&root, &["config", name, evil]);
    }
    let hooks = root.join(".git/hooks");
    fs::create_dir_all(&hooks).unwrap();
    for hook in
        ["post-checkout", "post-index-change", "pre-commit", "reference-transaction", "fsmonitor-watchman"]
    {
        fs::copy(&script, hooks.join(hook)).unwrap();
    }
    let (found, code) = report(&root, &["--since", "HEAD"]);
    assert_eq!(code, 0, "{found}");
    assert!(!mark.exists(), "something of the repository was run");
}
