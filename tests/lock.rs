//! Packs from folders and archives, locked and signed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/acceptance.rs"]
mod acceptance;
mod common;

use acceptance::{API, Approver, outcomes};
use common::{Run, assize, folder};
use std::fs;
use std::path::{Path, PathBuf};

fn start(name: &str) -> (PathBuf, PathBuf) {
    let pack = folder(&format!("lock-{name}-pack"), &[]);
    fs::copy(Path::new(&acceptance::pack()).join("pack.yaml"), pack.join("pack.yaml")).unwrap();
    fs::create_dir_all(pack.join("schemas")).unwrap();
    fs::write(pack.join("schemas/a.json"), "{}").unwrap();
    (folder(&format!("lock-{name}"), &[("openapi.yaml", API)]), pack)
}

fn check(root: &Path, pack: &Path, more: &[&str]) -> Run {
    let mut all = vec!["check", root.to_str().unwrap(), "--no-config", "--pack", pack.to_str().unwrap()];
    all.extend(more);
    assize(&all)
}

#[test]
fn a_locked_run_judges_by_what_was_locked() {
    let (root, pack) = start("locked");
    assert_eq!(check(&root, &pack, &["--locked"]).code, 2, "there is no lock");
    let run = assize(&["lock", root.to_str().unwrap(), "--pack", pack.to_str().unwrap()]);
    assert_eq!(run.code, 0, "{}", run.err);
    let lock = fs::read_to_string(root.join("assize.lock")).unwrap();
    assert!(lock.contains("name = \"xx/rules\"\nversion = \"1.0.0\"\nsha256 = \""), "{lock}");
    assert_eq!(check(&root, &pack, &["--locked"]).code, 1);
    // Any byte of any file of the pack.
    let main = fs::read_to_string(pack.join("pack.yaml")).unwrap();
    for (file, text) in [
        ("pack.yaml", format!("{main} ")),
        ("pack.yaml", format!("# a\n{main}")),
        ("schemas/a.json", "{} ".to_owned()),
        ("schemas/b.json", String::new()),
        ("rules/more.yaml", "{}".to_owned()),
        ("CHANGES.yaml", "changes: [{version: 1.0.0, date: 2026-01-01}]\n".to_owned()),
    ] {
        let path = pack.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let before = fs::read(&path).ok();
        fs::write(&path, text).unwrap();
        let run = check(&root, &pack, &["--locked"]);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{file}");
        assert!(run.err.replace('\n', " ").contains("digest"), "{file}: {}", run.err);
        match before {
            Some(before) => fs::write(&path, before).unwrap(),
            None => fs::remove_file(&path).unwrap(),
        }
        assert_eq!(check(&root, &pack, &["--locked"]).code, 1, "{file} as it was");
    }
    fs::write(pack.join("pack.yaml"), main.replace("version: 1.0.0", "version: 1.1.0")).unwrap();
    assert!(check(&root, &pack, &["--locked"]).err.contains("1.1.0"));
    // Another pack than the locked one; a lock with mistakes; one elsewhere.
    assert_eq!(assize(&["check", root.to_str().unwrap(), "--no-config", "--locked"]).code, 2);
    fs::write(pack.join("pack.yaml"), main).unwrap();
    let elsewhere = root.with_extension("lock");
    fs::rename(root.join("assize.lock"), &elsewhere).unwrap();
    assert_eq!(check(&root, &pack, &["--lock-file", elsewhere.to_str().unwrap()]).code, 1);
    for wrong in ["version = 2\n", "pack = 1\n", "version = 1\n[[pack]]\nname = \"xx/rules\"\n", "[["] {
        fs::write(&elsewhere, wrong).unwrap();
        assert_eq!(check(&root, &pack, &["--lock-file", elsewhere.to_str().unwrap()]).code, 2, "{wrong}");
    }
}

#[test]
fn the_embedded_packs_are_the_folders_they_were_built_from() {
    let root = folder("lock-embedded", &[]);
    let (one, two) = (root.join("one"), root.join("two"));
    assert_eq!(assize(&["lock", root.to_str().unwrap(), "--file", one.to_str().unwrap()]).code, 0);
    let run =
        assize(&["lock", root.to_str().unwrap(), "--pack", "standards", "--file", two.to_str().unwrap()]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(fs::read_to_string(one).unwrap(), fs::read_to_string(two).unwrap());
}

/// A tar archive of files; a name of `None` text is a link.
fn archive(path: &Path, files: &[(&str, Option<&[u8]>)], gzip: bool) {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        // `set_path` refuses what leads out; a hostile archive was not made with it.
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_mode(0o644);
        header.set_size(content.map_or(0, |content| content.len() as u64));
        if content.is_none() {
            header.set_entry_type(tar::EntryType::Symlink);
            header.set_link_name("/etc/passwd").unwrap();
        }
        header.set_cksum();
        builder.append(&header, content.unwrap_or_default()).unwrap();
    }
    let bytes = builder.into_inner().unwrap();
    if gzip {
        let mut out =
            flate2::write::GzEncoder::new(fs::File::create(path).unwrap(), flate2::Compression::fast());
        std::io::Write::write_all(&mut out, &bytes).unwrap();
        out.finish().unwrap();
    } else {
        fs::write(path, bytes).unwrap();
    }
}

#[test]
fn a_pack_in_an_archive_is_the_same_pack() {
    let (root, pack) = start("archive");
    let main = fs::read(pack.join("pack.yaml")).unwrap();
    assize(&["lock", root.to_str().unwrap(), "--pack", pack.to_str().unwrap()]);
    for (name, prefix, gzip) in
        [("a.tar", "", false), ("a.tar.gz", "standards-1.0/xx/rules/", true), ("a.tgz", "./", true)]
    {
        let path = root.with_extension(name);
        let (first, second) = (format!("{prefix}pack.yaml"), format!("{prefix}schemas/a.json"));
        archive(
            &path,
            &[(&first, Some(&main)), (&second, Some(b"{}")), ("README", Some(b"x")), ("link", None)],
            gzip,
        );
        let run = check(&root, &path, &["--locked", "--format", "json"]);
        assert_eq!(run.code, 1, "{name}: {}", run.err);
        let report = serde_json::from_str(&run.out).unwrap();
        assert!(outcomes(&report).contains(&"contact open".to_owned()));
    }
}

#[test]
fn hostile_archives_stop_the_run() {
    let (root, pack) = start("hostile");
    let main = fs::read(pack.join("pack.yaml")).unwrap();
    let path = root.with_extension("tar.gz");
    let ok: (&str, Option<&[u8]>) = ("pack.yaml", Some(&main));
    for (name, files, said) in [
        ("out", vec![ok, ("../../evil.yaml", Some(&b"x"[..]))], "leads out"),
        ("absolute", vec![ok, ("/evil.yaml", Some(b"x"))], "leads out"),
        ("link", vec![ok, ("schemas/passwd.json", None)], "as a link"),
        ("twice", vec![ok, ok], "twice"),
        ("none", vec![("README.yaml", Some(b"x"))], "no pack"),
        ("empty", vec![], "no pack"),
    ] {
        archive(&path, &files, true);
        let run = check(&root, &path, &[]);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{name}");
        assert!(run.err.replace('\n', " ").contains(said), "{name}: {}", run.err);
    }
    assert!(!root.parent().unwrap().parent().unwrap().join("evil.yaml").exists());
    // A bomb: 600 MB of zeros in a few hundred kilobytes, once as a file that is wanted and once as one that is not.
    for name in ["pack.yaml", "big.bin"] {
        let zeros = vec![0_u8; 600 << 20];
        archive(&path, &[(name, Some(&zeros)), ("pack.yaml", Some(&main))], true);
        drop(zeros);
        let started = std::time::Instant::now();
        let run = check(&root, &path, &[]);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{name}");
        assert!(started.elapsed().as_secs() < 60);
    }
    fs::write(&path, b"\x1f\x8bnot gzip at all").unwrap();
    assert_eq!(check(&root, &path, &[]).code, 2);
}

#[test]
fn where_keys_are_configured_every_pack_must_be_signed() {
    let (root, pack) = start("signed");
    let signer = Approver::new();
    let key = signer.key();
    let text = assize(&["pack", "text", pack.to_str().unwrap()]).out;
    assert!(text.starts_with("assize-pack: 1\nname: \"xx/rules\"\nversion: \"1.0.0\"\nsha256: "), "{text}");
    let run = check(&root, &pack, &["--pack-key", &key]);
    assert_eq!((run.code, run.out.as_str()), (2, ""), "not signed");
    fs::write(pack.join("pack.minisig"), signer.sign(&text)).unwrap();
    assert_eq!(assize(&["pack", "text", pack.to_str().unwrap()]).out, text, "the signature is no part of it");
    assert_eq!(check(&root, &pack, &["--pack-key", &key]).code, 1);
    // Keys in a file, and in the configuration.
    let file = root.with_extension("pub");
    fs::write(&file, format!("untrusted comment: a\n{key}\n")).unwrap();
    assert_eq!(check(&root, &pack, &["--pack-key", file.to_str().unwrap()]).code, 1);
    fs::write(root.join("assize.toml"), format!("[check]\npack-keys = [\"{}\"]\n", Approver::new().key()))
        .unwrap();
    let run = assize(&["check", root.to_str().unwrap(), "--pack", pack.to_str().unwrap()]);
    assert_eq!(run.code, 2, "another key");
    assert!(run.err.replace('\n', " ").contains("none of those configured"), "{}", run.err);
    // Embedded packs are part of the program.
    assert_ne!(assize(&["check", root.to_str().unwrap(), "--pack", "uk/api-linting"]).code, 2);
    // Any change after signing.
    let main = fs::read_to_string(pack.join("pack.yaml")).unwrap();
    fs::write(pack.join("pack.yaml"), main.replace("There is no contact.", "There is no Contact.")).unwrap();
    let run = check(&root, &pack, &["--pack-key", &key]);
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    assert!(run.err.replace('\n', " ").contains("changed after it was signed"), "{}", run.err);
    fs::write(pack.join("pack.yaml"), main).unwrap();
    fs::write(pack.join("pack.minisig"), "nonsense").unwrap();
    assert_eq!(check(&root, &pack, &["--pack-key", &key]).code, 2);
    assert_eq!(check(&root, &pack, &["--pack-key", "RWnonsense"]).code, 2);
    let ruleset = folder("lock-ruleset", &[(".spectral.yaml", "rules: {}\n")]).join(".spectral.yaml");
    assert_eq!(check(&root, &ruleset, &["--pack-key", &key]).code, 2, "a ruleset cannot be signed");
}

#[test]
fn changes_are_held_against_their_pack() {
    let (root, pack) = start("changes");
    for (text, said) in [
        ("changes: [{version: 1.0.0, date: 2026-01-01, clauses: {9.10: added, licence: reworded}}]\n", ""),
        (
            "changes: [{version: 1.0.0, date: 2026-01-01}, {version: 0.9.0, date: 2025-01-01, clauses: {old: added}}]\n",
            "no clause \"old\"",
        ),
        (
            "changes: [{version: 1.0.0, date: 2026-01-01, clauses: {old: removed}}, {version: 0.9.0, date: 2025-01-01, clauses: {old: added}}]\n",
            "",
        ),
        (
            "changes: [{version: 1.0.0, date: 2026-01-01, clauses: {licnce: added}}]\n",
            "Did you mean \"licence\"?",
        ),
        (
            "changes: [{version: 1.0.0, date: 2026-01-01, clauses: {licence: aded}}]\n",
            "Did you mean \"added\"?",
        ),
        ("changes: [{version: 1.0.0, date: 2026-01-01, clauses: {licence: removed}}]\n", "and is there"),
        ("changes: [{version: 1.1.0, date: 2026-01-01}]\n", "newer than the pack's"),
        ("changes: [{version: 0.9.0, date: 2026-01-01}]\n", "has no entry"),
        ("changes: [{version: one, date: 2026-01-01}]\n", "is no version"),
        (
            "changes: [{version: 1.0.0, date: 2026-01-01}, {version: 1.0.0, date: 2026-01-01}]\n",
            "already above",
        ),
        ("changes: [{version: 1.0.0, date: 2025-02-29}]\n", "is not a date"),
        ("changes: [", "CHANGES.yaml"),
    ] {
        fs::write(pack.join("CHANGES.yaml"), text).unwrap();
        let run = check(&root, &pack, &[]);
        if said.is_empty() {
            assert_eq!(run.code, 1, "{text}: {}", run.err);
        } else {
            assert_eq!((run.code, run.out.as_str()), (2, ""), "{text}");
            assert!(run.err.contains(said), "{text}: {}", run.err);
        }
    }
}

#[test]
fn an_upgrade_alone_turns_no_pipeline_red() {
    let (root, pack) = start("grace");
    fs::write(root.join("openapi.yaml"), API.replace("  title", "  termsOfService: a\n  title")).unwrap();
    fs::write(
        pack.join("CHANGES.yaml"),
        "changes: [{version: 1.0.0, date: 2024-01-31, clauses: {9.10: tightened, licence: added}}]\n",
    )
    .unwrap();
    let profile = Approver::new().list(&root, "", "1y");
    let graceless = fs::read_to_string(&profile).unwrap();
    let run = |text: String, day: &str| {
        fs::write(&profile, text).unwrap();
        check(&root, &pack, &["--approvers", &profile, "--clock", day]).code
    };
    assert_eq!(run(graceless.clone(), "2024-02-01"), 1, "without grace");
    for (day, code) in [("2024-01-01", 0), ("2024-01-31", 0), ("2024-02-29", 0), ("2024-03-01", 1)] {
        assert_eq!(run(format!("grace: 1m\n{graceless}"), day), code, "{day}");
    }
    // What the version did not touch is as it was.
    fs::write(root.join("openapi.yaml"), API).unwrap();
    assert_eq!(run(format!("grace: 1m\n{graceless}"), "2024-02-01"), 1);
    assert_eq!(run(format!("grace: soon\n{graceless}"), "2024-02-01"), 2);
}

/// The ruleset of the judged tree is nobody's word but the supplier's, and only adds.
#[test]
fn the_trees_own_ruleset_needs_no_signature_and_no_lock() {
    let rules = "rules: {x: {given: $, then: {function: truthy}}}\n";
    let root = folder("lock-own-ruleset", &[("openapi.yaml", API), (".spectral.yaml", rules)]);
    let path = root.to_str().unwrap();
    assert_eq!(assize(&["lock", path]).code, 0);
    let run = assize(&["check", path, "--locked", "--pack-key", &Approver::new().key()]);
    assert_eq!(run.code, 1, "{}", run.err);
}
