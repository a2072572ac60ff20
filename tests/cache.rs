//! Results that are kept between runs: the same to the byte as without, never a stale one, and nothing
//! that goes wrong with them is a matter of what is found.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod common;

use common::{assize, folder};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A judged tree, and a folder for what is kept.
struct Tree {
    root: PathBuf,
    kept: PathBuf,
}

impl Tree {
    fn copied(name: &str, from: &Path) -> Self {
        let root = folder(&format!("cache-{name}"), &[]);
        let script = format!("cp -r '{}/.' '{}' && chmod -R u+w '{1}'", from.display(), root.display());
        assert!(Command::new("sh").args(["-c", &script]).status().unwrap().success());
        Self::at(root)
    }

    fn at(root: PathBuf) -> Self {
        let kept = root.with_extension("kept");
        let _ = fs::remove_dir_all(&kept);
        Self { root, kept }
    }

    fn run(&self, more: &[&str]) -> String {
        let mut all = vec!["check", self.root.to_str().unwrap(), "--no-config", "--format", "json"];
        if !more.contains(&"--clock") {
            all.extend(["--clock", "2026-01-01"]);
        }
        all.extend(more);
        let run = assize(&all);
        assert!(run.code < 2, "{}", run.err);
        run.out
    }

    /// Judges with the cache and without; both must be the same.
    fn same(&self, what: &str, more: &[&str]) -> String {
        let mut with = vec!["--cache-dir", self.kept.to_str().unwrap()];
        with.extend(more);
        let mut without = vec!["--no-cache"];
        without.extend(more);
        let (with, without) = (self.run(&with), self.run(&without));
        assert!(with == without, "{what}: {}", first_difference(&with, &without));
        with
    }

    /// The one file that is kept.
    fn file(&self) -> PathBuf {
        let mut files: Vec<PathBuf> = fs::read_dir(&self.kept)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "results"))
            .collect();
        assert_eq!(files.len(), 1);
        files.remove(0)
    }
}

fn first_difference(a: &str, b: &str) -> String {
    let pair = a.lines().zip(b.lines()).find(|(a, b)| a != b);
    format!("{pair:?}, {} and {} lines", a.lines().count(), b.lines().count())
}

/// A workflow with faults, one of them explained, and a file of FHIR.
fn small(name: &str) -> Tree {
    let long = "# a line of a comment that makes the file long enough\n".repeat(12);
    let flow = format!(
        "{long}on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      # assize-ignore: uk/github-actions/no-untrusted-expression until=2030-01-01 reason=\"a test\"\n      - run: echo ${{{{ github.event.issue.title }}}}\n      - uses: actions/setup-node@v4\n"
    );
    let patient = format!(
        "{{ \"resourceType\": \"Patient\", \"text\": \"{}\", \"identifier\": [{{ \"system\": \"https://fhir.nhs.uk/Id/nhs-number\", \"value\": \"9000000008\" }}] }}",
        "x".repeat(600)
    );
    let root = folder(
        &format!("cache-{name}"),
        &[
            (".github/workflows/a.yml", &flow),
            ("patient.json", &patient),
            ("README.md", &"Words. ".repeat(200)),
        ],
    );
    Tree::at(root)
}

#[test]
fn every_run_is_the_same_with_and_without() {
    let mut trees: Vec<Tree> = vec![small("small")];
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    // The other systems are of the same kinds of files.
    for system in ["booking-service", "vaccination-data-flow"] {
        trees.push(Tree::copied(&format!("fixture-{system}"), &fixtures.join(system)));
    }
    if let Some(repos) = common::corpus("repos") {
        let mut names: Vec<PathBuf> =
            fs::read_dir(repos).unwrap().flatten().map(|entry| entry.path()).collect();
        names.retain(|path| path.is_dir());
        names.sort();
        for (at, path) in names.iter().enumerate().filter(|(at, _)| at % 40 == 1) {
            trees.push(Tree::copied(&format!("corpus-{at}"), path));
        }
    }
    let pack = "pack: xx/more\nversion: 1.0.0\nstandard:\n  title: More\n  authority: nhs-england\n  edition: \"2026\"\n  in-force: { from: 2026-01-01 }\n  url: https://www.example.org/more\nclauses:\n  - { id: a, level: must, standing: guidance, title: A job has a name, url: https://www.example.org/a, source: A, covers: whole }\nrules:\n  a:\n    clause: a\n    on: [github-workflow]\n    given: $.jobs[*]\n    then: { field: name, function: truthy }\n    empty: unknown\n    message: The job has no name.\n    help: Name it.\n    examples:\n      conforming: [\"{on: push, jobs: {a: {name: x}}}\"]\n      violating: [\"{on: push, jobs: {a: {}}}\"]\n";
    let packs = folder("cache-pack", &[("pack.yaml", pack)]);
    for tree in trees {
        let name = tree.root.display().to_string();
        tree.same(&format!("{name} cold"), &[]);
        let first = tree.same(&format!("{name} warm"), &[]);
        // Other flags, in both orders.
        for flags in [
            vec!["--disable", "uk/github-actions"],
            vec!["--fact", "international=true", "--fact", "public=true"],
            vec!["--max-depth", "4"],
            vec!["--max-file-size", "2000"],
            vec!["--exclude", "*.md"],
            vec!["--no-inline-ignores"],
            vec!["--clock", "2027-06-01"],
            vec!["--threads", "1"],
        ] {
            tree.same(&format!("{name} {flags:?}"), &flags);
        }
        // A pack, and the same one changed.
        let pack_folder = packs.to_str().unwrap();
        fs::write(packs.join("pack.yaml"), pack).unwrap();
        tree.same(&format!("{name} pack"), &["--pack", pack_folder]);
        let before = tree.same(&format!("{name} pack warm"), &["--pack", pack_folder]);
        fs::write(packs.join("pack.yaml"), pack.replace("The job has no name.", "A name is missing."))
            .unwrap();
        let after = tree.same(&format!("{name} pack changed"), &["--pack", pack_folder]);
        assert_eq!(before.contains("The job has no name."), after.contains("A name is missing."));
        assert!(!after.contains("The job has no name."));
        // One file after the other is another one, moves, or is gone.
        let mut files = Vec::new();
        list(&tree.root, &mut files);
        files.sort();
        for (turn, path) in files.iter().enumerate().filter(|(at, _)| at % (files.len() / 6).max(1) == 0) {
            let bytes = fs::read(path).unwrap();
            match turn % 4 {
                0 => fs::write(path, &bytes[..bytes.len() / 2]).unwrap(),
                1 => fs::write(path, [&bytes[..], b"\n"].concat()).unwrap(),
                2 => fs::rename(path, path.with_file_name("moved.json")).unwrap(),
                _ => fs::remove_file(path).unwrap(),
            }
            tree.same(&format!("{name} without {}", path.display()), &[]);
            let _ = fs::remove_file(path.with_file_name("moved.json"));
            fs::write(path, bytes).unwrap();
        }
        assert!(tree.same(&format!("{name} back"), &[]) == first, "{name}");
        fs::remove_dir_all(&tree.kept).unwrap();
    }
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() && entry.file_name() != ".git" {
            list(&entry.path(), files);
        } else if kind.is_file() && entry.metadata().unwrap().len() > 600 {
            files.push(entry.path());
        }
    }
}

/// Another text in place of one in what is kept, with a checksum that is right.
fn forge(path: &Path, from: &str, to: &str) {
    let bytes = fs::read(path).unwrap();
    let at = memchr::memmem::find(&bytes, from.as_bytes()).unwrap_or_else(|| panic!("no {from}"));
    assert_eq!(from.len(), to.len());
    let mut body = bytes[..bytes.len() - 32].to_vec();
    body[at..at + to.len()].copy_from_slice(to.as_bytes());
    let checksum = Sha256::digest(&body);
    body.extend_from_slice(&checksum);
    fs::write(path, body).unwrap();
}

#[test]
fn what_is_kept_is_used_and_what_is_not_right_is_not() {
    let tree = small("forged");
    let honest = tree.same("cold", &[]);
    assert!(honest.contains("setup-node@v4") && honest.contains("\"suppressed\": 1"), "{honest}");
    let path = tree.file();
    let bytes = fs::read(&path).unwrap();
    // Proof that it is read: a text that was put there is printed. Who may write here may do that; nobody
    // but the user may.
    forge(&path, "setup-node@v4", "setup-nose@v4");
    let forged = tree.run(&["--cache-dir", tree.kept.to_str().unwrap()]);
    assert!(forged.contains("setup-nose@v4") && !honest.contains("setup-nose@v4"));
    // What no plan writes, cut off, changed or of another kind, is as if it were not there.
    for (from, to) in
        [("\"rule\":", "\"rulf\":"), ("\"judged\":[", "\"judged\":{"), ("\"severity\":\"", "\"severity\":[")]
    {
        fs::write(&path, &bytes).unwrap();
        forge(&path, from, to);
        tree.same(&format!("forged {from}"), &[]);
    }
    // Places beyond the end of the file.
    fs::write(&path, &bytes).unwrap();
    let kept = String::from_utf8_lossy(&bytes).into_owned();
    let places: Vec<&str> =
        kept.split("\"place\":[").skip(1).filter_map(|rest| rest.split(",[").next()).collect();
    assert!(places.len() > 2);
    for place in places {
        let far: String = place.chars().map(|one| if one.is_ascii_digit() { '9' } else { one }).collect();
        forge(&path, &format!("\"place\":[{place}"), &format!("\"place\":[{far}"));
    }
    tree.same("places that are none", &[]);
    for length in (0..bytes.len()).step_by(bytes.len() / 8 + 1) {
        fs::write(&path, &bytes[..length]).unwrap();
        tree.same(&format!("{length} bytes"), &[]);
        let mut wrong = bytes.clone();
        wrong[length] ^= 0x20;
        fs::write(&path, wrong).unwrap();
        tree.same(&format!("byte {length}"), &[]);
    }
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    tree.same("a folder in its place", &[]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::remove_dir(&path).unwrap();
        tree.same("anew", &[]);
        forge(&path, "setup-node@v4", "setup-nose@v4");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
        tree.same("a file that others may write to", &[]);
        fs::set_permissions(&tree.kept, fs::Permissions::from_mode(0o777)).unwrap();
        tree.same("a folder that others may write to", &[]);
    }
}

#[test]
fn processes_that_share_it_do_not_disturb_each_other() {
    let tree = small("shared");
    let wanted = tree.run(&["--no-cache"]);
    for round in 0..5 {
        let _ = fs::remove_dir_all(&tree.kept);
        let start = || {
            Command::new(env!("CARGO_BIN_EXE_assize"))
                .args(["check", tree.root.to_str().unwrap(), "--no-config", "--clock", "2026-01-01"])
                .args(["--format", "json", "--cache-dir", tree.kept.to_str().unwrap()])
                .current_dir(env!("CARGO_MANIFEST_DIR"))
                .stdout(Stdio::piped())
                .spawn()
                .unwrap()
        };
        let all: Vec<_> = (0..6).map(|_| start()).collect();
        for child in all {
            let output = child.wait_with_output().unwrap();
            assert!(output.stdout == wanted.as_bytes(), "round {round}");
        }
        let left: Vec<_> =
            fs::read_dir(&tree.kept).unwrap().flatten().map(|entry| entry.file_name()).collect();
        assert_eq!(left.len(), 2, "{left:?}");
        tree.same("after", &[]);
    }
}

#[test]
fn it_is_kept_where_it_should_be_and_can_be_taken_away() {
    let tree = small("places");
    let kept = tree.kept.to_str().unwrap();
    tree.run(&["--no-cache", "--cache-dir", kept]);
    assert!(!tree.kept.exists());
    let cache = |what: &str| assize(&["cache", what, "--cache-dir", kept]).out;
    assert_eq!(
        (cache("dir"), cache("size"), cache("clean")),
        (format!("{kept}\n"), "0 bytes in 0 files\n".to_owned(), "Took away 0 files, 0 bytes.\n".to_owned())
    );
    tree.same("kept", &[]);
    fs::write(tree.kept.join("mine.txt"), "x").unwrap();
    let size = fs::metadata(tree.file()).unwrap().len();
    assert_eq!(cache("size"), format!("{size} bytes in 1 file\n"));
    assert_eq!(cache("clean"), format!("Took away 1 file, {size} bytes.\n"));
    assert!(tree.kept.join("mine.txt").exists() && cache("size").starts_with("0 bytes"));
    // A statement rests on nothing but what is there.
    let statement = assize(&[
        "statement",
        tree.root.to_str().unwrap(),
        "--profile",
        "nhs-england-supplier",
        "--cache-dir",
        kept,
    ]);
    assert_eq!(statement.code, 2, "it takes no such argument: {}", statement.out);

    // By the surroundings; but never within the judged tree, nor where the place hangs on the folder.
    let at = |name: &str, value: &str, what: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_assize"))
            .args(what)
            .env_remove("XDG_CACHE_HOME")
            .env_remove("ASSIZE_CACHE_DIR")
            .env("HOME", "/nonexistent")
            .env(name, value)
            .current_dir(&tree.root)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(at("ASSIZE_CACHE_DIR", "/a/b", &["cache", "dir"]), "/a/b\n");
    assert_eq!(at("ASSIZE_CACHE_DIR", "b", &["cache", "dir"]), "");
    if cfg!(target_os = "linux") {
        assert_eq!(at("XDG_CACHE_HOME", "/a/b", &["cache", "dir"]), "/a/b/assize\n");
        assert_eq!(at("XDG_CACHE_HOME", "b", &["cache", "dir"]), "/nonexistent/.cache/assize\n");
    }
    let big = tree.root.join("big.json");
    fs::write(&big, format!("{{ \"a\": \"{}\" }}", "x".repeat(4 << 20))).unwrap();
    let inside = tree.root.join("within");
    at("ASSIZE_CACHE_DIR", inside.to_str().unwrap(), &["check", "--no-config", "."]);
    assert!(!inside.exists());
    let outside = tree.root.with_extension("surroundings");
    let _ = fs::remove_dir_all(&outside);
    at("ASSIZE_CACHE_DIR", outside.to_str().unwrap(), &["check", "--no-config", "."]);
    assert!(outside.exists());
}
