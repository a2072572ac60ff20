//! `assize verify` over every byte, and the forms of a statement.

use super::bench::{Bench, TREE};
use super::common::assize;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn verify_finds_any_changed_byte() {
    let bench = Bench::new(
        "verify",
        &[
            TREE[0],
            TREE[1],
            ("assize-waivers.yaml", "waivers: []\n"),
            ("link/deep/file.txt", "one\ntwo\n"),
            ("link/deep/picture.png", "\u{0}\u{1}"),
            ("link/nothing.txt", ""),
            (".hidden/name with spaces", "x"),
        ],
    );
    let pack = Path::new(&bench.pack);
    let beside: Vec<PathBuf> =
        ["CHANGES.yaml", "schemas/a.json", "rules/more.yaml"].iter().map(|name| pack.join(name)).collect();
    for (path, text) in beside.iter().zip([
        "changes: [{ version: 1.0.0, date: 2026-01-01, clauses: {} }]\n",
        "{}\n",
        "# none\n{}\n",
    ]) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let manifest = bench.tree.with_extension("verify.yaml");
    fs::write(&manifest, "supplier: Example Ltd\n").unwrap();
    let file = bench.tree.with_extension("statement.json");
    let file = file.to_str().unwrap();
    let run = bench.run(&["--format", "json", "--output", file, "--manifest", manifest.to_str().unwrap()]);
    assert_eq!(run.code, 3, "{}", run.err);
    let verify = || assize(&["verify", file]);
    let run = verify();
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    // Each byte in turn, and one more at the end. Verdicts need not change: the digest does.
    let touch = |path: &Path, told: &str| {
        let before = fs::read(path).unwrap();
        let step = before.len() / 3 + 1;
        let flipped = (0..before.len()).step_by(step).map(|at| {
            let mut after = before.clone();
            after[at] ^= 1;
            after
        });
        let longer = std::iter::once(before.iter().copied().chain(*b"\n").collect());
        for after in flipped.chain(longer) {
            fs::write(path, &after).unwrap();
            let run = verify();
            let stopped = run.code == 2 && path.starts_with(bench.tree.parent().unwrap());
            assert!(run.code == 1 || stopped, "{}: {}{}", path.display(), run.out, run.err);
            assert!(stopped || run.out.contains(told), "{told}: {}", run.out);
            if path.starts_with(&bench.tree) {
                assert_eq!(run.code, 1, "what a stranger's file holds does not stop it: {}", run.err);
                let named = run.out.lines().filter(|line| line.starts_with("differs: the tree")).count();
                assert_eq!(named, 1, "that file and no other: {}", run.out);
            }
        }
        fs::write(path, &before).unwrap();
    };
    for path in [
        "README.md",
        "src/main.py",
        "assize-waivers.yaml",
        "link/deep/file.txt",
        "link/deep/picture.png",
        "link/nothing.txt",
        ".hidden/name with spaces",
    ] {
        touch(&bench.tree.join(path), &format!("differs: the tree: {path} (changed)"));
    }
    touch(Path::new(&bench.profile), "the profile");
    touch(&manifest, "the file");
    touch(&pack.join("pack.yaml"), "the pack test/rows");
    for path in &beside {
        touch(path, "the pack test/rows");
    }
    assert_eq!(verify().code, 0);
    // Files that came and went.
    fs::rename(bench.tree.join("link/deep"), bench.tree.join("link/moved")).unwrap();
    let run = verify();
    for told in ["link/deep/file.txt (gone)", "link/moved/file.txt (new)", "link/moved/picture.png (new)"] {
        assert!(run.out.contains(&format!("differs: the tree: {told}")), "{told}: {}", run.out);
    }
    fs::rename(bench.tree.join("link/moved"), bench.tree.join("link/deep")).unwrap();
    let many = bench.tree.join("many");
    fs::create_dir(&many).unwrap();
    for index in 0..50 {
        fs::write(many.join(format!("{index}.txt")), "x").unwrap();
    }
    let run = verify();
    assert!(run.out.contains("differs: the tree: 30 more files"), "{}", run.out);
    fs::remove_dir_all(&many).unwrap();
    assert_eq!(verify().code, 0);
    // The statement itself, touched up.
    let text = fs::read_to_string(file).unwrap();
    let digest = &bench.json(&[])["identity"]["tree"]["folders"]["src"]["main.py"];
    for (from, to) in [
        ("not-met", "met"),
        ("\"looked-at\": 1", "\"looked-at\": 2"),
        ("Example Ltd", "Example Inc"),
        (digest.as_str().unwrap(), "000000000000"),
    ] {
        assert!(text.contains(from), "{from}");
        fs::write(file, text.replacen(from, to, 1)).unwrap();
        assert_eq!(verify().code, 1, "{from}");
    }
    fs::write(file, &text).unwrap();
    // The same tree at another place is the same tree.
    let moved = bench.tree.with_extension("moved");
    let _ = fs::remove_dir_all(&moved);
    fs::rename(&bench.tree, &moved).unwrap();
    let run = assize(&["verify", file, moved.to_str().unwrap()]);
    fs::rename(&moved, &bench.tree).unwrap();
    assert!(run.code == 0 || !run.out.contains("the tree"), "{}", run.out);
    fs::write(file, "[]").unwrap();
    assert_eq!(verify().code, 2);
}

#[test]
fn the_json_form_follows_its_schema() {
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/statement.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let bench = Bench::new("schema", TREE);
    let manifest = bench.tree.with_extension("schema.yaml");
    fs::write(&manifest, "contract-date: 2019-05-01\ncommit: 0123456\n").unwrap();
    let mut all = vec![bench.json(&[]), bench.json(&["--manifest", manifest.to_str().unwrap()])];
    for system in ["booking-service", "record-access", "prescriptions"] {
        for variant in ["conforming", "faulty"] {
            let path = format!("fixtures/{system}/{variant}");
            let run = assize(&["statement", &path, "--profile", "nhs-api-platform", "--format", "json"]);
            all.push(serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}", run.err)));
        }
    }
    for statement in all {
        let errors: Vec<String> = validator
            .iter_errors(&statement)
            .map(|error| format!("{error} at {}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
}

#[test]
fn a_strangers_text_stays_text() {
    let hostile = "openapi: 3.0.3\ninfo: { title: \"\\e[31m<script>@team\", version: \"1\\u202e\" }\nservers: [{ url: 'https://api.service.nhs.uk/x' }]\npaths: {}\n";
    let bench = Bench::new("hostile", &[("README.md", "# A\n"), ("openapi.yaml", hostile)]);
    for format in ["terminal", "markdown"] {
        let run = bench.run(&["--format", format]);
        assert!(!run.out.contains('\u{1b}') && !run.out.contains('\u{202e}'), "{format}");
    }
    assert!(!bench.run(&["--format", "markdown"]).out.contains("<script>"));
}
