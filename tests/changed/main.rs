//! `assize check --changed`: what is judged, what is said of the rest, and what cannot be compared.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

#[path = "../common/acceptance.rs"]
mod acceptance;
#[path = "../common/mod.rs"]
mod common;
mod names;
#[path = "../common/repository.rs"]
mod repository;

use acceptance::{API, check, report, system};
use common::assize;
use repository::{commit_all, git};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

fn texts(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// Files with findings, each once.
fn files(report: &Value) -> Vec<String> {
    let mut files: Vec<String> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["file"].as_str().unwrap().to_owned())
        .collect();
    files.sort();
    files.dedup();
    files
}

/// What changed, what is gone, and the files with findings.
fn changed(root: &Path, arguments: &[&str]) -> (Vec<String>, Vec<String>, Vec<String>) {
    let mut all = vec!["--changed"];
    all.extend(arguments);
    let (found, _) = report(root, &all);
    let scope = &found["scope"][0];
    (texts(&scope["changed"]), texts(&scope["gone"]), files(&found))
}

/// A repository of two faulty descriptions, one of which is in two parts.
fn tree(name: &str) -> PathBuf {
    let split = format!("{API}components:\n  schemas:\n    Name:\n      $ref: parts/name.yaml#/Name\n");
    let root = system(
        &format!("changed-{name}"),
        &[
            ("a.yaml", API),
            ("b.yaml", &split),
            ("parts/name.yaml", "Name: { $ref: deep.yaml }\n"),
            ("parts/deep.yaml", "type: string\n"),
            ("notes.md", "TODO\n"),
            ("README.md", "# A\n"),
            ("old.md", "TODO\n"),
            (".gitignore", "*.log.md\n"),
        ],
    );
    commit_all(&root, "first");
    root
}

fn owned(list: &[&str]) -> Vec<String> {
    list.iter().map(|&text| text.to_owned()).collect()
}

#[test]
fn only_what_differs_is_judged_and_the_rest_is_said() {
    let root = tree("plain");
    assert_eq!(check(&root, &[]).code, 1);
    // Nothing differs: nothing is found, and nobody may take that for a clean tree.
    let none = check(&root, &["--changed"]);
    assert_eq!(none.code, 0, "{}", none.err);
    let said = none.out.replace('\n', " ");
    assert!(
        said.contains("Nothing differs from HEAD (") && said.contains("nothing is said of 8 files"),
        "{said}"
    );
    assert!(
        !none.out.contains("could not be checked:") && !none.out.contains("nothing here to look at"),
        "{said}"
    );
    let (found, code) = report(&root, &["--changed"]);
    assert_eq!((code, files(&found).len()), (0, 0));
    assert_eq!(found["summary"]["unknown"], 1);
    assert!(found["unknown"][0]["reason"].as_str().unwrap().starts_with("Nothing differs from HEAD"));
    let quiet = check(&root, &["--changed", "--format", "concise"]);
    assert!(quiet.out.is_empty() && quiet.err.contains("Nothing differs"), "{}", quiet.err);
    assert!(check(&root, &["--changed", "--format", "concise", "--quiet"]).err.is_empty());

    // Written and not staged; staged; new; new and ignored; staged and then mended.
    fs::write(root.join("a.yaml"), format!("{API}x-more: 1\n")).unwrap();
    fs::write(root.join("notes.md"), "TODO more\n").unwrap();
    git(&root, &["add", "notes.md"]);
    fs::write(root.join("new.md"), "TODO\n").unwrap();
    fs::write(root.join("new.log.md"), "TODO\n").unwrap();
    fs::write(root.join("README.md"), "TODO\n").unwrap();
    git(&root, &["add", "README.md"]);
    fs::write(root.join("README.md"), "# A\n").unwrap();
    let all = owned(&["a.yaml", "new.md", "notes.md"]);
    assert_eq!(changed(&root, &[]), (all.clone(), vec![], all));
    let (found, code) = report(&root, &["--changed"]);
    assert_eq!(code, 1);
    assert_eq!((&found["scope"][0]["judged"], &found["scope"][0]["filesLeftOut"]), (&3.into(), &6.into()));
    // A file that is committed does not differ; without a name it is HEAD that is compared with.
    commit_all(&root, "second");
    assert_eq!(changed(&root, &[]).0, Vec::<String>::new());
    assert_eq!(changed(&root, &["HEAD~1"]).0, owned(&["a.yaml", "new.md", "notes.md"]));
    // Its mode is nobody's matter.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(root.join("a.yaml"), fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(changed(&root, &[]).0, Vec::<String>::new());
    }
}

#[test]
fn what_refers_to_a_change_is_judged_and_what_refers_to_nothing_any_more() {
    let root = tree("refers");
    fs::write(root.join("parts/deep.yaml"), "type: integer\n").unwrap();
    assert_eq!(changed(&root, &[]), (owned(&["parts/deep.yaml"]), vec![], owned(&["b.yaml"])));
    fs::remove_file(root.join("parts/deep.yaml")).unwrap();
    let (found, code) = report(&root, &["--changed"]);
    assert_eq!((code, files(&found)), (1, owned(&["b.yaml", "parts/name.yaml"])));
    assert!(found.to_string().contains("assize/ref-missing"), "{found}");
    // Moved: the new place is new, the old one is gone, and both are looked at.
    fs::create_dir_all(root.join("moved")).unwrap();
    fs::write(root.join("moved/deep.yaml"), "type: string\n").unwrap();
    fs::rename(root.join("a.yaml"), root.join("moved/a.yaml")).unwrap();
    let (there, gone, found) = changed(&root, &[]);
    assert_eq!(
        (there, gone),
        (owned(&["moved/a.yaml", "moved/deep.yaml"]), owned(&["a.yaml", "parts/deep.yaml"]))
    );
    assert_eq!(found, owned(&["b.yaml", "moved/a.yaml", "parts/name.yaml"]));
}

#[test]
fn references_in_every_spelling_are_followed_back() {
    let api = |reference: &str| format!("{API}components:\n  schemas:\n    Name:\n      $ref: {reference}\n");
    let schema = |id: &str, reference: &str| {
        format!(
            "{{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\", \"$id\": \"{id}\", \"$ref\": \"{reference}\"}}"
        )
    };
    let spaced = "{ \"openapi\": \"3.0.3\", \"info\": { \"title\": \"A\", \"version\": \"1\" }, \"paths\": {}, \"components\": { \"schemas\": { \"A\": { \"\\u0024ref\": \"p\\u0061rts\\/the na\\u006de.json\" } } } }";
    let files = [
        ("percent.yaml", api("parts/the%20n%61me.json")),
        ("escaped.yaml", api("\"parts/the n\\x61me.json#\"")),
        ("folded.yaml", api("\"parts/the\n        name.json\"")),
        ("broken.yaml", api("\"parts/the na\\\n        me.json\"")),
        ("key.json", spaced.to_owned()),
        ("dots.yaml", api("./x/../parts//the name.json")),
        (
            "alias.yaml",
            format!("{API}x-a: &a parts/the name.json\ncomponents: {{ schemas: {{ A: {{ $ref: *a }} }} }}\n"),
        ),
        ("odd.yaml", api("parts/between.inc")),
        ("parts/between.inc", "{ \"$ref\": \"the name.json\" }".to_owned()),
        (
            "mapped.yaml",
            format!(
                "{API}components: {{ schemas: {{ A: {{ discriminator: {{ propertyName: a, mapping: {{ a: parts/the name.json }} }} }} }} }}\n"
            ),
        ),
        ("by-id.json", schema("https://example.org/s/by-id.json", "named.json")),
        (
            "by-address.json",
            schema("https://example.org/t/by-address.json", "https://example.org/s/named.json"),
        ),
        ("other.yaml", api("parts/other.json")),
        ("parts/other.json", "{}".to_owned()),
        ("parts/the name.json", schema("https://example.org/s/named.json", "#/$defs/a")),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let root = system("changed-spelling", &files);
    let wide: Vec<u8> =
        format!("\u{feff}{}", api("parts/the name.json")).encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(root.join("wide.yaml"), wide).unwrap();
    commit_all(&root, "first");
    let full = report(&root, &[]).0;
    fs::write(root.join("parts/the name.json"), schema("https://example.org/s/named.json", "#/$defs/b"))
        .unwrap();
    let (found, _) = report(&root, &["--changed"]);
    let judged: Vec<String> =
        texts_of(&found, "path").into_iter().filter(|path| judged(&found, path)).collect();
    let wanted = [
        "alias.yaml",
        "broken.yaml",
        "by-address.json",
        "by-id.json",
        "dots.yaml",
        "escaped.yaml",
        "folded.yaml",
        "key.json",
        "mapped.yaml",
        "odd.yaml",
        "parts/the name.json",
        "percent.yaml",
        "wide.yaml",
    ];
    assert_eq!(judged, wanted);
    // Unchanged files are found by their addresses all the same.
    fs::write(root.join("by-id.json"), schema("https://example.org/s/by-id.json", "named.json#/$defs/none"))
        .unwrap();
    git(&root, &["checkout", "-q", "parts"]);
    let (part, _) = report(&root, &["--changed"]);
    assert!(!part.to_string().contains("ref-remote"), "{part}");
    assert!(full["findings"].as_array().unwrap().len() > 10);
}

fn texts_of(report: &Value, member: &str) -> Vec<String> {
    report["files"].as_array().unwrap().iter().map(|file| file[member].as_str().unwrap().to_owned()).collect()
}

fn judged(report: &Value, path: &str) -> bool {
    let file = report["files"].as_array().unwrap().iter().find(|file| file["path"] == path);
    file.is_some_and(|file| file["note"] != "not changed" && !file["target"].is_null())
}

#[test]
fn a_schema_that_is_no_longer_referred_to_stands_alone() {
    let api = |reference: &str| format!("{API}components: {{ schemas: {{ A: {{ $ref: {reference} }} }} }}\n");
    let schema =
        "{ \"$schema\": \"https://json-schema.org/draft/2020-12/schema\", \"$ref\": \"#/$defs/none\" }";
    let root =
        system("changed-dropped", &[("a.yaml", &api("s.json")), ("s.json", schema), ("t.json", schema)]);
    commit_all(&root, "first");
    fs::write(root.join("a.yaml"), API).unwrap();
    let (found, _) = report(&root, &["--changed"]);
    assert!(judged(&found, "s.json") && !judged(&found, "t.json"), "{found}");
}

#[test]
fn what_decides_over_other_files_has_everything_judged() {
    let root = tree("deciding");
    let whole = |arguments: &[&str]| {
        let mut all = vec!["check", root.to_str().unwrap(), "--format", "json", "--changed=HEAD"];
        all.extend(arguments);
        let run = assize(&all);
        let found: Value = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}", run.err));
        let scope = &found["scope"][0];
        assert_eq!(scope["whole"].is_null(), scope["filesLeftOut"] != 0);
        assert_eq!(scope["whole"].is_null(), found["unknown"].to_string().contains(" differs from HEAD"));
        scope["whole"].as_str().unwrap_or_default().to_owned()
    };
    let pack = root.join("rules");
    fs::create_dir_all(&pack).unwrap();
    fs::copy(Path::new(&acceptance::pack()).join("pack.yaml"), pack.join("pack.yaml")).unwrap();
    fs::create_dir_all(root.join("lint")).unwrap();
    fs::write(root.join("lint/main.yaml"), "extends: [./base.yaml]\nrules: {}\n").unwrap();
    fs::write(root.join("lint/base.yaml"), "rules: {}\n").unwrap();
    commit_all(&root, "packs");
    let (rules, lint) = (pack.to_str().unwrap(), root.join("lint/main.yaml"));
    for (path, arguments) in [
        ("assize.toml", vec![]),
        ("assize-waivers.yaml", vec![]),
        (".gitignore", vec![]),
        ("parts/.gitignore", vec![]),
        (".gitattributes", vec![]),
        ("rules/pack.yaml", vec!["--pack", rules]),
        ("lint/base.yaml", vec!["--ruleset", lint.to_str().unwrap()]),
    ] {
        assert_eq!(whole(&arguments), "", "before {path}");
        let before = fs::read_to_string(root.join(path)).unwrap_or_default();
        fs::write(root.join(path), format!("{before}# more\n")).unwrap();
        assert!(whole(&arguments).starts_with(path), "{path}");
        if before.is_empty() {
            fs::remove_file(root.join(path)).unwrap();
        } else {
            fs::write(root.join(path), before).unwrap();
        }
    }
    // Settings above the judged folder decide as well.
    let below = |expected: bool| {
        let folder = root.join("parts");
        let run = assize(&["check", folder.to_str().unwrap(), "--format", "json", "--changed"]);
        let found: Value = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}", run.err));
        assert_eq!(!found["scope"][0]["whole"].is_null(), expected, "{}", run.out);
    };
    below(false);
    fs::write(root.join("assize.toml"), "# mine\n").unwrap();
    below(true);
    commit_all(&root, "settings");
    below(false);
    fs::remove_file(root.join("assize.toml")).unwrap();
    below(true);
}

/// Rules that gather, or choose by the list of all files and their texts, need the whole tree: they are left
/// out, and how many is said.
const LEFT_OUT: [&str; 5] = [
    "uk/github-actions/used-action-is-there",
    "uk/engineering-quality/licence-present",
    "uk/engineering-quality/updates-configured",
    "uk/engineering-quality/no-word-of-a-scan",
    "uk/open-source-policy/no-words-to-developers",
];

fn is_left_out(finding: &str) -> bool {
    LEFT_OUT.iter().any(|rule| finding.contains(rule))
}

#[test]
fn rules_about_the_repository_are_asked_where_what_they_look_at_changed() {
    let files = [
        ("Dockerfile", "FROM a@sha256:1\n"),
        ("package.json", "{ \"dependencies\": { \"a\": \"1\" } }"),
        ("package-lock.json", "{}"),
        ("LICENSE", "x\n"),
        ("src/a.py", "# a\n"),
    ];
    let root = system("changed-repository", &files);
    commit_all(&root, "first");
    let run = |more: &[&str]| {
        let mut all = vec!["check", root.to_str().unwrap(), "--no-config", "--format", "json"];
        all.extend(more);
        let run = assize(&all);
        let found: Value = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}", run.err));
        let all: Vec<String> = found["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| format!("{} {}", one["file"].as_str().unwrap(), one["rule"].as_str().unwrap()))
            .collect();
        (all, found["scope"][0]["rulesLeftOut"].as_u64())
    };
    let before = run(&[]).0;
    // The lock of a file that did not change is gone, and so is the licence; a key was left in a third.
    fs::remove_file(root.join("package-lock.json")).unwrap();
    fs::remove_file(root.join("LICENSE")).unwrap();
    let key = format!("-----BEGIN {} PRIVATE KEY-----\n{}\n", "RSA", "MIIEpAIBAAKCAQEA".repeat(4));
    fs::write(root.join("src/a.py"), key).unwrap();
    let (part, left_out) = run(&["--changed"]);
    let full = run(&[]).0;
    let new: Vec<&String> = full.iter().filter(|one| !before.contains(one)).collect();
    assert!(
        new.iter().any(|one| one.ends_with("/no-keys"))
            && new.iter().any(|one| one.starts_with("package.json"))
            && new.len() >= 3,
        "{new:?}"
    );
    assert!(new.iter().all(|one| part.contains(one) || is_left_out(one)), "{part:#?} {new:#?}");
    assert!(part.iter().all(|one| full.contains(one)) && part.len() < full.len(), "{part:#?}");
    assert!(left_out.unwrap() > 20, "{left_out:?}");
}

#[test]
fn no_format_takes_what_was_left_out_for_met() {
    let root = tree("formats");
    fs::write(root.join("README.md"), "# A\n\nMore.\n").unwrap();
    let run = |format: &str| check(&root, &["--changed", "--format", format]).out;
    let said = "Only what differs from HEAD";
    for format in [
        "pretty",
        "json",
        "sarif",
        "sarif-github",
        "markdown",
        "github-summary",
        "agent",
        "letter",
        "csv",
        "html",
        "junit",
    ] {
        assert!(run(format).replace('\n', " ").contains(said), "{format}");
    }
    let sarif: Value = serde_json::from_str(&run("sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert!(
        !results.is_empty()
            && results.iter().all(|one| one["kind"] != "pass" && one["kind"] != "notApplicable"),
        "{results:#?}"
    );
    let junit = run("junit");
    assert!(
        junit.contains("<skipped message=\"nothing was found in what was judged")
            && !junit.contains("<error"),
        "{junit}"
    );
    assert!(junit.matches("<testcase").count() == junit.matches("<skipped").count(), "{junit}");
    assert!(run("openmetrics").contains("assize_unknown"));
}

#[test]
fn waivers_and_commits_to_compare_with_go_together_with_it() {
    let root = tree("since");
    fs::write(root.join("notes.md"), "TODO\nTODO more\n").unwrap();
    let (found, code) = report(&root, &["--changed", "--since", "HEAD"]);
    let open = |outcome: &str| {
        found["findings"].as_array().unwrap().iter().filter(|one| one["outcome"] == outcome).count()
    };
    assert_eq!((code, open("open"), open("baselined")), (0, 1, 1), "{found}");
    // A baseline of everything is not stale for what was not judged.
    let file = root.with_extension("changed-baseline.json");
    let _ = fs::remove_file(&file);
    let pack = acceptance::pack();
    let (root, file) = (root.to_str().unwrap(), file.to_str().unwrap());
    let written = assize(&["baseline", "write", "--file", file, root, "--no-config", "--pack", &pack]);
    assert_eq!(written.code, 0, "{}", written.err);
    let (found, code) = report(Path::new(root), &["--changed", "--baseline", file]);
    assert!(code == 0 && !found.to_string().contains("baseline-stale"), "{found}");
}

/// On real repositories: what a change brings with it is found, and nothing that a full run would not find.
#[test]
fn a_part_finds_what_the_whole_finds_of_it() {
    let Some(repos) = common::corpus("repos") else { return };
    let mut names: Vec<PathBuf> = fs::read_dir(repos)
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    names.sort();
    let (mut compared, mut new_ones) = (0, 0);
    for (at, source) in names.iter().enumerate().filter(|(at, _)| at % 5 == 0) {
        let root = common::folder(&format!("changed-corpus-{at}"), &[]);
        let script = format!(
            "cp -r '{}/.' '{}' && chmod -R u+w '{1}' && rm -rf '{1}/.git'",
            source.display(),
            root.display()
        );
        assert!(std::process::Command::new("sh").args(["-c", &script]).status().unwrap().success());
        commit_all(&root, "first");
        let full = |more: &[&str]| {
            let mut all = vec![
                "check",
                root.to_str().unwrap(),
                "--no-config",
                "--format",
                "json",
                "--clock",
                "2026-01-01",
                "--fact",
                "international=true",
            ];
            all.extend(more);
            let run = assize(&all);
            let found: Value = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}", run.err));
            found
        };
        let key = |one: &Value| {
            format!(
                "{}\t{}\t{}\t{}",
                one["file"].as_str().unwrap(),
                one["rule"].as_str().unwrap(),
                one["message"].as_str().unwrap(),
                one["fingerprint"].as_str().unwrap()
            )
        };
        let keys =
            |report: &Value| report["findings"].as_array().unwrap().iter().map(key).collect::<Vec<_>>();
        let before = keys(&full(&[]));
        let tracked = git(&root, &["ls-files", "*.json", "*.yaml", "*.yml", "*.md"]);
        let chosen: Vec<&str> = tracked.lines().filter(|line| !line.starts_with('"')).collect();
        let step = (chosen.len() / 12).max(1);
        for (turn, path) in chosen.iter().step_by(step).enumerate() {
            let file = root.join(path);
            let Ok(text) = fs::read_to_string(&file) else { continue };
            match turn % 3 {
                0 => fs::remove_file(&file).unwrap(),
                1 => fs::write(&file, text.replacen("description", "summary", 3)).unwrap(),
                _ => fs::write(&file, text.replacen("https:", "http:", 3)).unwrap(),
            }
        }
        let (part, whole) = (full(&["--changed"]), keys(&full(&[])));
        assert!(part["scope"][0]["whole"].is_null(), "{}", source.display());
        let found = keys(&part);
        let extra: Vec<&String> = found.iter().filter(|one| !whole.contains(one)).collect();
        assert!(extra.is_empty(), "{}: {extra:#?}", source.display());
        let new: Vec<&String> = whole.iter().filter(|one| !before.contains(one)).collect();
        let count = new.len();
        let missing: Vec<&String> =
            new.into_iter().filter(|one| !found.contains(one) && !is_left_out(one)).collect();
        assert!(missing.is_empty(), "{}: {missing:#?}", source.display());
        compared += found.len();
        new_ones += count;
        fs::remove_dir_all(&root).unwrap();
    }
    println!("{compared} findings of parts compared, {new_ones} of them new");
    assert!(compared > 100 && new_ones > 10);
}
