//! What is compared with what: names of commits, folders, work trees, submodules, and the index.

use super::acceptance::{self, API, check, report, system};
use super::common::assize;
use super::repository::{commit_all, git};
use super::{changed, files, owned, texts, tree};
use serde_json::Value;
use std::fs;

/// Two texts of one length, the second written in the moment in which the first was added.
#[test]
fn a_change_in_the_moment_of_the_index_does_not_hide() {
    let root = tree("racy");
    for turn in 0..30 {
        fs::write(root.join("race.md"), format!("DONE {turn:02}\n")).unwrap();
        git(&root, &["add", "race.md"]);
        git(&root, &["commit", "-qm", "race"]);
        fs::write(root.join("race.md"), format!("TODO {turn:02}\n")).unwrap();
        assert_eq!(changed(&root, &[]).2, owned(&["race.md"]), "turn {turn}");
    }
    // The old times given back, long after.
    commit_all(&root, "quiet");
    let path = root.join("race.md");
    let times = fs::metadata(&path).unwrap().modified().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(30));
    git(&root, &["update-index", "--refresh"]);
    std::thread::sleep(std::time::Duration::from_millis(30));
    fs::write(&path, "TODO xx\n").unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_modified(times).unwrap();
    assert_eq!(changed(&root, &[]).0, owned(&["race.md"]));
    // Told to look away, git does; nothing here does.
    git(&root, &["update-index", "--assume-unchanged", "a.yaml"]);
    fs::write(root.join("a.yaml"), format!("{API}x: 1\n")).unwrap();
    assert_eq!(changed(&root, &[]).0, owned(&["a.yaml", "race.md"]));
    // Without an index, or with a broken one, files are read.
    let index = fs::read(root.join(".git/index")).unwrap();
    for broken in [&index[..index.len() / 2], b"DIRC", b""] {
        fs::write(root.join(".git/index"), broken).unwrap();
        assert_eq!(changed(&root, &[]).0, owned(&["a.yaml", "race.md"]));
    }
    fs::remove_file(root.join(".git/index")).unwrap();
    assert_eq!(changed(&root, &[]).0, owned(&["a.yaml", "race.md"]));
}

#[test]
fn a_branch_is_compared_as_a_pull_request_is() {
    let root = tree("names");
    let first = git(&root, &["rev-parse", "HEAD"]);
    git(&root, &["tag", "v1"]);
    git(&root, &["tag", "-am", "x", "v1-signed"]);
    git(&root, &["checkout", "-qb", "feature"]);
    fs::write(root.join("feature.md"), "TODO\n").unwrap();
    commit_all(&root, "feature");
    git(&root, &["checkout", "-q", "main"]);
    fs::write(root.join("main.md"), "TODO\n").unwrap();
    commit_all(&root, "main goes on");
    git(&root, &["update-ref", "refs/remotes/origin/main", "main"]);
    git(&root, &["checkout", "-q", "feature"]);
    for name in [
        "main",
        "origin/main",
        "refs/heads/main",
        "v1",
        "v1-signed",
        &first,
        &first[..9],
        "HEAD~1",
        "feature^",
    ] {
        let (there, gone, found) = changed(&root, &[name]);
        assert_eq!((there, gone, found), (owned(&["feature.md"]), vec![], owned(&["feature.md"])), "{name}");
    }
    assert_eq!(changed(&root, &["feature"]).0, Vec::<String>::new());
    for (name, said) in [
        ("mian", "Did you mean \"main\"?"),
        ("v1-singed", "Did you mean \"v1-signed\"?"),
        ("nothing-like-it", "fetch-depth: 0"),
        ("HEAD~99", "there is no commit"),
        ("v1:a.yaml", "is no name of a commit"),
        ("HEAD^{tree}", "expected commit type"),
    ] {
        let run = check(&root, &["--changed", name]);
        assert!(
            run.code == 2 && run.out.is_empty() && run.err.replace("\n  │ ", " ").contains(said),
            "{name}: {}",
            run.err
        );
    }
    for wrong in ["--changed=", "--changed=-x", "--changed=--help"] {
        assert_eq!(check(&root, &[wrong]).code, 2, "{wrong}");
    }
    // No common history, and a history that is cut off.
    git(&root, &["checkout", "-q", "--orphan", "alone"]);
    commit_all(&root, "alone");
    let run = check(&root, &["--changed", "main"]);
    assert!(run.code == 2 && run.err.contains("parted"), "{}", run.err);
    let shallow = root.with_extension("shallow");
    let _ = fs::remove_dir_all(&shallow);
    let address = format!("file://{}", root.display());
    git(&root, &["clone", "-q", "--depth", "1", "--no-single-branch", &address, shallow.to_str().unwrap()]);
    assert_eq!(changed(&shallow, &["HEAD"]).0, Vec::<String>::new());
    let run = check(&shallow, &["--changed", "origin/main"]);
    assert!(run.code == 2 && run.err.contains("fetch-depth: 0"), "{}", run.err);
}

#[test]
fn a_value_that_is_a_path_is_one() {
    let root = tree("paths");
    fs::write(root.join("parts/new.md"), "x\n").unwrap();
    fs::write(root.join("new.md"), "x\n").unwrap();
    let run = |arguments: &[&str]| {
        let pack = acceptance::pack();
        let mut all = vec!["check", "--no-config", "--pack", &pack, "--format", "json"];
        all.extend(arguments);
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_assize"))
            .args(&all)
            .current_dir(&root)
            .output()
            .unwrap();
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        texts(&found["scope"][0]["changed"])
    };
    assert_eq!(run(&["--changed"]), ["new.md", "parts/new.md"]);
    assert_eq!(run(&["--changed", "."]), ["new.md", "parts/new.md"]);
    assert_eq!(run(&["--changed", "parts"]), ["new.md"]);
    assert_eq!(run(&["parts", "--changed"]), ["new.md"]);
    assert_eq!(run(&["--changed", "HEAD", "parts"]), ["new.md"]);
    git(&root, &["branch", "parts"]);
    assert_eq!(run(&["--changed", "parts"]), ["new.md", "parts/new.md"]);
    let pack = acceptance::pack();
    for wrong in [vec![root.join("a.yaml").to_str().unwrap().to_owned()], vec!["-".to_owned()]] {
        let mut all = vec!["check", "--pack", &pack, "--changed=HEAD"];
        all.extend(wrong.iter().map(String::as_str));
        assert_eq!(assize(&all).code, 2, "{wrong:?}");
    }
    for what in ["write", "prune"] {
        let run = assize(&[
            "baseline",
            what,
            "--file",
            root.join("x.json").to_str().unwrap(),
            root.to_str().unwrap(),
            "--changed",
        ]);
        assert!(run.code == 2 && run.err.contains("A baseline is of everything"), "{}", run.err);
    }
}

#[test]
fn before_the_first_commit_everything_differs() {
    let root = system("changed-unborn", &[("a.yaml", API), ("no-todo.md", "TODO\n")]);
    git(&root, &["init", "-q"]);
    let (found, code) = report(&root, &["--changed"]);
    assert_eq!((code, files(&found)), (1, owned(&["a.yaml", "no-todo.md"])));
    assert_eq!(found["scope"][0]["whole"], "every file differs");
    assert_eq!(check(&root, &["--changed", "main"]).code, 2);
    // A branch that names what is not there is no new repository.
    fs::write(root.join(".git/refs/heads/main"), format!("{}\n", "1".repeat(40))).unwrap();
    assert_eq!(check(&root, &["--changed"]).code, 2);
}

#[test]
fn a_folder_that_is_no_work_tree_is_refused() {
    let root = std::env::temp_dir().join(format!("assize-changed-{}", std::process::id()));
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(root.join("plain")).unwrap();
    fs::write(root.join("plain/a.yaml"), API).unwrap();
    let run = check(&root.join("plain"), &["--changed"]);
    assert!(run.code == 2 && run.err.contains("no git repository"), "{}", run.err);
    git(&root, &["init", "-q", "--bare", "bare"]);
    fs::write(root.join("bare/a.yaml"), API).unwrap();
    let run = check(&root.join("bare"), &["--changed"]);
    assert!(run.code == 2 && run.err.contains("bare"), "{}", run.err);
    for broken in ["", "gitdir: /no/such", "gitdir: ../plain"] {
        fs::write(root.join("plain/.git"), broken).unwrap();
        let run = check(&root.join("plain"), &["--changed"]);
        assert!(run.code == 2 && run.out.is_empty(), "{broken}: {}", run.err);
    }
    fs::remove_dir_all(&root).unwrap();
}

#[test]
fn a_folder_a_work_tree_and_a_submodule_are_compared_each_by_itself() {
    let root = tree("folders");
    fs::write(root.join("parts/deep.yaml"), "type: integer\n").unwrap();
    fs::write(root.join("a.yaml"), format!("{API}x: 1\n")).unwrap();
    // Paths are those from the judged folder; what changed elsewhere is not its matter.
    assert_eq!(changed(&root.join("parts"), &[]).0, owned(&["deep.yaml"]));
    let beside = root.with_extension("worktree");
    let _ = fs::remove_dir_all(&beside);
    git(&root, &["worktree", "add", "-q", beside.to_str().unwrap()]);
    assert_eq!(changed(&beside, &[]).0, Vec::<String>::new());
    fs::write(beside.join("b.yaml"), API).unwrap();
    assert_eq!(changed(&beside, &[]).0, owned(&["b.yaml"]));

    let above = system("changed-above", &[("top.yaml", API)]);
    git(&above, &["init", "-q"]);
    git(&above, &["submodule", "--quiet", "add", root.to_str().unwrap(), "sub"]);
    commit_all(&above, "with a submodule");
    assert_eq!(changed(&above, &[]).0, Vec::<String>::new());
    fs::write(above.join("sub/notes.md"), "TODO more\n").unwrap();
    fs::remove_file(above.join("sub/parts/deep.yaml")).unwrap();
    let (there, gone, found) = changed(&above, &[]);
    assert_eq!((there, gone), (owned(&["sub/notes.md"]), owned(&["sub/parts/deep.yaml"])));
    assert_eq!(found, owned(&["sub/b.yaml", "sub/parts/name.yaml"]));
    // Where its commit is not at hand, all of it counts as new.
    fs::remove_dir_all(above.join(".git/modules")).unwrap();
    assert!(changed(&above, &[]).0.contains(&"sub/a.yaml".to_owned()));
}

/// Nothing that a repository names runs, though its attributes ask for a filter on every file.
#[cfg(unix)]
#[test]
fn comparing_runs_nothing_of_the_repository() {
    use std::os::unix::fs::PermissionsExt;
    let root = tree("hostile");
    fs::write(root.join(".gitattributes"), "* filter=evil diff=evil merge=evil text=auto\n").unwrap();
    commit_all(&root, "attributes");
    git(&root, &["tag", "v1"]);
    fs::write(root.join("late.md"), "TODO\n").unwrap();
    commit_all(&root, "late");
    let script = root.join(".git/evil.sh");
    let mark = root.with_extension("ran");
    let _ = fs::remove_file(&mark);
    fs::write(&script, format!("#!/bin/sh\ntouch '{}'\n", mark.display())).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let evil = script.to_str().unwrap();
    let names = [
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
        "core.gitProxy",
        "core.askPass",
        "core.alternateRefsCommand",
        "filter.evil.smudge",
        "filter.evil.clean",
        "filter.evil.process",
        "diff.evil.textconv",
        "diff.evil.command",
        "diff.external",
        "merge.evil.driver",
        "credential.helper",
        "pager.merge-base",
        "pager.for-each-ref",
        "alias.merge-base",
        "alias.for-each-ref",
        "alias.ls-tree",
        "alias.rev-parse",
    ];
    for name in names {
        git(&root, &["config", name, evil]);
    }
    for hook in [
        "post-checkout",
        "post-index-change",
        "reference-transaction",
        "fsmonitor-watchman",
        "query-watchman",
    ] {
        fs::create_dir_all(root.join(".git/hooks")).unwrap();
        fs::copy(&script, root.join(".git/hooks").join(hook)).unwrap();
    }
    fs::write(root.join("a.yaml"), format!("{API}x: 1\n")).unwrap();
    fs::write(root.join("notes.md"), "TODO more\n").unwrap();
    assert_eq!(changed(&root, &[]).0, owned(&["a.yaml", "notes.md"]));
    assert_eq!(changed(&root, &["v1"]).0, owned(&["a.yaml", "late.md", "notes.md"]));
    assert_eq!(check(&root, &["--changed", "v2"]).code, 2);
    assert!(!mark.exists());
}
