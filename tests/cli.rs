//! The command line as a user meets it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::panic)]

mod common;

use common::{assize, assize_with, folder, report};
use serde_json::Value;

const FAULTY: &str = "fixtures/booking-service/faulty";
const CONFORMING: &str = "fixtures/booking-service/conforming";

#[test]
fn exit_codes_are_as_documented() {
    assert_eq!(assize(&["check", CONFORMING]).code, 0);
    assert_eq!(assize(&["check", FAULTY]).code, 1);
    assert_eq!(assize(&["check", FAULTY, "--fail-on", "never"]).code, 0);
    for wrong in [
        &["check", "no/such/path"][..],
        &["check", "--pack", "uk/nhs-nmber"],
        &["nonsense"],
        &["check", CONFORMING, "--report", "sarif"],
        &["explain", "uk/nope/nope"],
    ] {
        let run = assize(wrong);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{wrong:?}");
        assert!(!run.err.is_empty());
    }
    assert!(assize(&["check", "--pack", "uk/nhs-nmber"]).err.contains("Did you mean \"uk/nhs-number\"?"));
    assert!(assize(&["--help"]).out.contains("Exit codes"));
}

#[test]
fn the_json_report_follows_its_schema() {
    let schema: Value = serde_json::from_str(
        &std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/report.schema.json")).unwrap(),
    )
    .unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for path in [FAULTY, CONFORMING] {
        let report = report(&[path]);
        let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
}

#[test]
fn output_is_the_same_whatever_the_number_of_threads() {
    for format in ["json", "sarif", "pretty", "concise"] {
        let run = |threads| assize(&["check", FAULTY, "--format", format, "--threads", threads]).out;
        assert_eq!(run("1"), run("4"), "{format}");
    }
}

#[test]
fn sarif_names_rules_places_and_fingerprints() {
    let log: Value = serde_json::from_str(&assize(&["check", FAULTY, "--format", "sarif"]).out).unwrap();
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    // Rules that found nothing are results too, of another kind.
    let results: Vec<&Value> =
        run["results"].as_array().unwrap().iter().filter(|result| result["kind"] == "fail").collect();
    assert_eq!(results.len(), 15);
    for result in results {
        assert_eq!(rules[result["ruleIndex"].as_u64().unwrap() as usize]["id"], result["ruleId"]);
        let physical = &result["locations"][0]["physicalLocation"];
        assert!(physical["region"]["startLine"].as_u64().unwrap() >= 1);
        assert!(!physical["artifactLocation"]["uri"].as_str().unwrap().starts_with('/'));
        assert!(result["partialFingerprints"]["assize/v1"].as_str().unwrap().starts_with("v1:"));
    }
    assert!(run["taxonomies"].as_array().unwrap().len() >= 5);
}

#[test]
fn standard_input_is_a_file() {
    let run = assize_with(
        &["check", "-", "--stdin-filename", "openapi.yaml", "--format", "concise"],
        "openapi: 3.0.3\ninfo: {title: x, version: 1}\npaths: {}\n",
    );
    assert_eq!(run.code, 1);
    assert!(run.out.contains("openapi.yaml:2:27: error assize/version-not-string"), "{}", run.out);
}

#[test]
fn named_files_must_be_of_a_kind_that_is_judged() {
    let folder = folder(
        "named",
        &[
            ("a.json", "[1]"),
            ("b.yaml", "# nothing\n"),
            ("c.txt", "Dear Sir"),
            ("d.yaml", "openapi: 3.0.3\ninfo: {}\npaths: {/a: {$ref: e.yaml}}\n"),
            ("e.yaml", "get: {}\n"),
        ],
    );
    for (name, rule) in
        [("a.json", "assize/not-recognised"), ("b.yaml", "assize/empty"), ("c.txt", "assize/not-recognised")]
    {
        let report = report(&[folder.join(name).to_str().unwrap()]);
        assert_eq!(report["findings"][0]["rule"], rule, "{name}");
    }
    let report = report(&[folder.join("d.yaml").to_str().unwrap()]);
    let files: Vec<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["file"].as_str().unwrap())
        .collect();
    assert!(
        files.iter().any(|file| file.ends_with("e.yaml")),
        "the file it refers to is judged with it: {files:?}"
    );
}

#[cfg(unix)]
#[test]
fn a_named_file_that_cannot_be_read_is_an_error_of_that_file() {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::process::CommandExt;
    let good = "openapi: 3.0.3\ninfo: {title: x, version: 1.0.0}\npaths: {}\n";
    let folder = folder("unreadable", &[("shut.yaml", good), ("shut", good), ("back\\slash.yaml", good)]);
    let odd = folder.join(std::ffi::OsStr::from_bytes(b"odd\xff.yaml"));
    std::fs::write(&odd, good).unwrap();
    let pipe = folder.join("pipe.yaml");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for name in ["shut.yaml", "shut"] {
        std::fs::set_permissions(folder.join(name), std::fs::Permissions::from_mode(0o000)).unwrap();
    }
    // The superuser reads everything, so that somebody else has to try; and the binary may lie where
    // nobody else may look.
    let anyone = std::env::temp_dir().join(format!("assize-unreadable-{}", std::process::id()));
    std::fs::create_dir_all(anyone.join("tree")).unwrap();
    let binary = anyone.join("assize");
    std::fs::copy(env!("CARGO_BIN_EXE_assize"), &binary).unwrap();
    for name in ["shut.yaml", "shut"] {
        std::fs::rename(folder.join(name), anyone.join("tree").join(name)).unwrap();
    }
    let superuser =
        std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    let run = |path: &std::path::Path, pack: Option<&str>| {
        let mut command = std::process::Command::new(&binary);
        command
            .args(["check", "--no-config", "--format", "json"])
            .args(pack.map(|pack| format!("--pack={pack}")));
        command.arg(path).current_dir(&anyone).env("ASSIZE_CACHE_DIR", "none");
        if superuser {
            command.uid(65534).gid(65534);
        }
        let output = command.output().unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        (output.status.code(), report, String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let ruleset = anyone.join("ruleset.yaml");
    std::fs::write(&ruleset, "rules: {x: {given: $.info, then: {function: truthy}}}\n").unwrap();
    let inside = anyone.join("tree");
    for (path, why) in [
        (inside.join("shut.yaml"), "denied"),
        (inside.join("shut"), "denied"),
        (pipe, "a pipe"),
        (odd, "not UTF-8"),
    ] {
        for pack in [None, Some(ruleset.to_str().unwrap())] {
            let (code, report, err) = run(&path, pack);
            let findings = report["findings"].as_array().unwrap_or_else(|| panic!("{path:?}: {err}"));
            assert_eq!((code, findings.len()), (Some(1), 1), "{path:?} {pack:?}: {findings:#?}");
            assert_eq!(findings[0]["rule"], "assize/unreadable", "{path:?}");
            assert_eq!(findings[0]["level"], "error", "{path:?}");
            assert!(findings[0]["message"].as_str().unwrap().contains(why), "{findings:#?}");
            assert!(!report["unknown"].as_array().unwrap().is_empty(), "{path:?}");
        }
    }
    let (_, report, _) = run(&folder.join("back\\slash.yaml"), None);
    assert_eq!(report["files"][0]["target"], "openapi-3.0", "a backslash is part of a name");
    symlink("gone.yaml", folder.join("link.yaml")).unwrap();
    let (code, _, err) = run(&folder.join("link.yaml"), None);
    assert_eq!(code, Some(2));
    assert!(err.contains("it is a link to gone.yaml, which is not there"), "{err}");
    std::fs::remove_dir_all(&anyone).unwrap();
}

#[test]
fn nothing_of_a_strangers_text_acts_on_the_terminal() {
    let hostile = "openapi: 3.0.3\ninfo: {title: x, version: '1', description: x, contact: {url: x}}\nservers: [{url: \"http://\\e]0;owned\\a\\u202e\"}]\npaths: {}\n";
    let folder = folder("hostile", &[("o\u{1b}[31m.yaml", hostile)]);
    for format in ["pretty", "concise"] {
        let run = assize(&["check", folder.to_str().unwrap(), "--format", format, "--color", "never"]);
        assert!(!run.out.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{format}: {:?}", run.out);
        assert!(run.out.contains("https-servers"));
    }
}

#[cfg(unix)]
#[test]
fn links_out_of_the_root_are_never_followed() {
    let outside = folder("outside", &[("secret.yaml", "openapi: 3.0.3\ninfo: {}\npaths: {}\n")]);
    let inside = folder(
        "inside",
        &[(
            "a.yaml",
            "openapi: 3.0.3\ninfo: {title: x}\npaths: {/a: {$ref: link.yaml}, /b: {$ref: ../outside/secret.yaml}}\n",
        )],
    );
    std::os::unix::fs::symlink(outside.join("secret.yaml"), inside.join("link.yaml")).unwrap();
    let report = report(&[inside.to_str().unwrap()]);
    let rules: Vec<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["rule"].as_str().unwrap())
        .collect();
    assert!(rules.contains(&"assize/ref-outside-root"), "{rules:?}");
    let link = report["files"].as_array().unwrap().iter().find(|file| file["path"] == "link.yaml").unwrap();
    assert_eq!(link["note"], "symbolic link, not followed");
    assert!(rules.contains(&"assize/ref-unreadable"), "{rules:?}");
}

#[test]
fn fingerprints_outlast_edits_elsewhere() {
    let text = "openapi: 3.0.3\ninfo: {title: x}\npaths: {}\n";
    let fingerprints = |name: &str, text: &str| -> Vec<String> {
        let folder = folder(name, &[("openapi.yaml", text), ("SECURITY.md", "x"), ("CODEOWNERS", "* @a")]);
        report(&[folder.to_str().unwrap()])["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| finding["fingerprint"].as_str().unwrap().to_owned())
            .collect()
    };
    let before = fingerprints("before", text);
    assert!(!before.is_empty());
    assert_eq!(before, fingerprints("after", &format!("# a comment\n\n{text}x-more: 1\n")));
}

#[test]
fn explain_knows_rules_clauses_and_sources() {
    for id in
        ["uk/api-linting/https-servers", "uk/api-linting/https", "NHSNO-01", "assize/ref-dangling", "syntax"]
    {
        let run = assize(&["explain", id]);
        assert_eq!(run.code, 0, "{id}: {}", run.err);
        assert!(run.out.len() > 150, "{id}: {}", run.out);
    }
    assert!(assize(&["explain", "uk/api-linting/htps"]).err.contains("Did you mean"));
}

#[test]
fn explain_takes_an_id_without_its_pack_where_one_pack_alone_has_it() {
    let full = assize(&["explain", "uk/nhs-number/examples-are-valid"]);
    let bare = assize(&["explain", "examples-are-valid"]);
    assert_eq!((bare.code, bare.out), (0, full.out));
    assert_eq!(assize(&["explain", "limit-depth"]).out, assize(&["explain", "assize/limit-depth"]).out);
    // One that several packs have is not chosen among; all of them are named.
    let several = assize(&["explain", "described"]);
    assert_eq!((several.code, several.out.as_str()), (2, ""));
    let named: Vec<&str> = several
        .err
        .split_whitespace()
        .map(|word| word.trim_matches([',', '.']))
        .filter(|word| word.ends_with("/described"))
        .collect();
    assert!(named.len() > 1, "{}", several.err);
    for id in named {
        assert_eq!(assize(&["explain", id]).code, 0, "{id}");
    }
    let slip = assize(&["explain", "examples-are-vald"]);
    assert_eq!(slip.code, 2);
    assert!(slip.err.contains("Did you mean uk/nhs-number/examples-are-valid?"), "{}", slip.err);
}

#[test]
fn standards_takes_the_names_of_packs() {
    let shown = assize(&["standards", "uk/nhs-number"]);
    assert_eq!((shown.code, &shown.out), (0, &assize(&["standards", "show", "uk/nhs-number"]).out));
    assert!(shown.out.starts_with("uk/nhs-number  NHS Number"));
    let two = assize(&["standards", "uk/nhs-number", "be/rest"]).out;
    assert!(two.contains("Belgif") && two.contains("NHSNO-01"));
    let json: Value =
        serde_json::from_str(&assize(&["standards", "uk/nhs-number", "--format", "json"]).out).unwrap();
    assert_eq!(json["packs"].as_array().unwrap().len(), 1);
    assert!(!json["packs"][0]["clauses"].as_array().unwrap().is_empty());
    for (name, near) in [("uk/nhs-nmber", "uk/nhs-number"), ("nhs-number", "uk/nhs-number")] {
        let run = assize(&["standards", name]);
        assert_eq!((run.code, run.out.as_str()), (2, ""));
        assert!(run.err.contains(&format!("Did you mean \"{near}\"?")), "{}", run.err);
    }
    assert_eq!(assize(&["standards", "uk/nhs-number", "list"]).code, 2);
    assert!(assize(&["standards", "list"]).out.contains("assize standards PACK"));
}

#[test]
fn a_folder_within_a_repository_is_told_to_be_a_part_of_it() {
    const API: &str = "openapi: 3.0.3\ninfo: {title: x, version: 1.0.0}\npaths: {}\n";
    let root = folder("above", &[("api/x.yaml", API), ("tests/api/x.yaml", API), ("kept/out.yaml", API)]);
    let git = |arguments: &[&str]| {
        let ran = std::process::Command::new("git").arg("-C").arg(&root).args(arguments).output().unwrap();
        assert!(ran.status.success(), "{ran:?}");
    };
    git(&["init", "-q"]);
    git(&["add", "api", "tests"]);
    let at = |name: &str| root.join(name).to_str().unwrap().to_owned();
    let check = |name: &str, more: &[&str]| {
        let path = at(name);
        assize(&[&["check", "--no-config", path.as_str()], more].concat())
    };
    let said = "is a part of the repository above it.";
    let run = check("api", &["--format", "concise"]);
    let lines: Vec<&str> = run.err.lines().filter(|line| line.contains(said)).collect();
    assert_eq!(lines.len(), 1, "{}", run.err);
    assert!(lines[0].starts_with(&at("api")) && lines[0].contains("assize check "), "{}", lines[0]);
    // A verdict it is none, and a report tells it where reports tell such things.
    assert_eq!(run.code, 1);
    let json: Value = serde_json::from_str(&check("api", &["--format", "json"]).out).unwrap();
    assert!(json["notices"][0].as_str().unwrap().contains(said));
    let sarif: Value = serde_json::from_str(&check("api", &["--format", "sarif"]).out).unwrap();
    let told = sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"].to_string();
    assert!(told.contains(said), "{told}");
    // Not of the root, of what lies beside version control, of tests that stand for a repository, of
    // files that are named, of packs that look at no repository; and not to whoever wants to hear nothing.
    for (name, more) in [
        (".", &[][..]),
        ("kept", &[]),
        ("tests/api", &[]),
        ("api/x.yaml", &[]),
        ("api", &["--pack", "uk/nhs-number"]),
        ("api", &["--quiet"]),
    ] {
        let run = check(name, more);
        assert!(!run.err.contains(said), "{name} {more:?}: {}", run.err);
    }
}

#[test]
fn what_concerns_a_folder_as_a_whole_stands_on_a_line_without_numbers() {
    let root = folder("whole", &[("one/README.md", "# One\n"), ("two/README.md", "# Two\n")]);
    let at = |name: &str| root.join(name).to_str().unwrap().to_owned();
    let lines = |paths: &[&str]| {
        let run = assize(&[&["check", "--no-config", "--format", "concise"], paths].concat());
        run.out.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let one = lines(&[&at("one")]);
    assert!(
        one.iter().any(|line| line.starts_with(".: warning uk/engineering-quality/licence-present ")),
        "{one:#?}"
    );
    let two = lines(&[&at("one"), &at("two")]);
    let start = format!("{}: warning uk/engineering-quality/licence-present ", at("two"));
    assert!(two.iter().any(|line| line.starts_with(&start)), "{two:#?}");
    assert!(
        !one.iter()
            .chain(&two)
            .any(|line| line.starts_with(".:1") || line.starts_with(&format!("{}:1", at("two"))))
    );
}

#[test]
fn a_baseline_or_waivers_that_are_not_there_come_with_the_command_that_makes_them() {
    let run = assize(&["check", CONFORMING, "--baseline", "no-such.json"]);
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    assert!(run.err.contains("There is no baseline no-such.json."), "{}", run.err);
    assert!(run.err.contains("`assize baseline write --file no-such.json`"), "{}", run.err);
    let run = assize(&["check", CONFORMING, "--waivers", "no-such.yaml"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("`assize waiver request RULE"), "{}", run.err);
    for (name, near) in [("nhs-api-platfrom", "nhs-api-platform"), ("api-platform", "nhs-api-platform")] {
        let run = assize(&["statement", CONFORMING, "--profile", name]);
        assert_eq!((run.code, run.out.as_str()), (2, ""));
        assert!(run.err.contains(&format!("Did you mean \"{near}\"?")), "{}", run.err);
        let run = assize(&["check", CONFORMING, "--approvers", name]);
        assert!(run.err.contains(&format!("Did you mean \"{near}\"?")), "{}", run.err);
    }
}

#[test]
fn a_statement_says_first_what_is_decided() {
    let given = ["fixtures/record-access/faulty", "--profile", "nhs-api-platform", "--clock", "2026-11-22"];
    let run = assize(&[&["statement"], &given[..]].concat());
    assert_eq!(run.code, 1);
    let lines: Vec<&str> = run.out.lines().collect();
    assert!(
        lines[0].starts_with("STATEMENT OF CONFORMANCE   faulty under nhs-api-platform@"),
        "{}",
        lines[0]
    );
    assert!(lines[2].starts_with("RESULT  Does not conform.  2 binding musts not met"), "{}", lines[2]);
    // The counts fit the narrowest terminal, and add up with those of the program's own form.
    let json: Value =
        serde_json::from_str(&assize(&[&["statement", "--format", "json"], &given[..]].concat()).out)
            .unwrap();
    let counts = &json["counts"];
    let (heads, binding) = (lines[4], lines[5]);
    assert!(lines[4..8].iter().all(|line| line.len() <= 78), "{:#?}", &lines[4..8]);
    assert_eq!(
        heads.split_whitespace().collect::<Vec<_>>(),
        ["met", "not", "met", "waived", "evidence", "unknown", "n/a"]
    );
    let told: Vec<u64> = binding.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let wanted: Vec<u64> = ["met", "not-met", "waived", "needs-evidence", "unknown", "not-applicable"]
        .iter()
        .map(|name| counts["binding"][name].as_u64().unwrap_or_default())
        .collect();
    assert_eq!(told, wanted, "{counts}");
    let place = |start: &str| lines.iter().position(|line| line.starts_with(start)).unwrap();
    assert!(place("To decide this statement: ") < place("WHAT WAS JUDGED"));
    // How facts are answered stands there once, whoever asks.
    let facts = assize(&[&["facts", "--ask"], &given[..]].concat()).out;
    for text in [&run.out, &facts] {
        assert_eq!(text.matches("Answer with --fact").count(), 1, "{text}");
    }
}

#[test]
fn packs_are_tried_and_their_mistakes_placed() {
    assert_eq!(assize(&["pack", "test", "standards"]).code, 0);
    let schema =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/pack.schema.json")).unwrap();
    assert_eq!(
        assize(&["pack", "schema"]).out,
        schema,
        "docs/pack.schema.json is out of date: `assize pack schema` prints it"
    );
    let folder = folder("packs", &[]);
    let path = folder.to_str().unwrap();
    assert_eq!(assize(&["pack", "new", "nl/api-design", "--folder", path]).code, 0);
    assert_eq!(assize(&["pack", "test", path]).code, 0, "what `pack new` writes passes its tests");
    let file = folder.join("nl/api-design/pack.yaml");
    let good = std::fs::read_to_string(&file).unwrap();
    for (from, to, expected) in [
        ("function: truthy", "function: trutthy", "Did you mean \"truthy\"?"),
        ("on: [openapi]", "on: [opnapi]", "Did you mean \"openapi\"?"),
        ("level: must", "levl: must", "Did you mean \"level\"?"),
        ("given: $.info", "given: $.info^", "then.field"),
        ("    empty: unknown\n", "", "The member \"empty\" is missing."),
        ("clause: described", "clause: descibed", "Did you mean \"described\"?"),
        ("authority: nhs-england", "authority: nhs-englnd", "Did you mean \"nhs-england\"?"),
    ] {
        assert!(good.contains(from), "{from}");
        std::fs::write(&file, good.replace(from, to)).unwrap();
        let run = assize(&["check", CONFORMING, "--pack", path]);
        assert_eq!(run.code, 2, "{to}");
        assert!(run.err.contains(expected) && run.err.contains("pack.yaml:"), "{to}: {}", run.err);
    }
}

#[test]
fn descriptions_are_judged_with_their_fragments() {
    let operation = "operationId: read\nresponses: { '200': { description: Read. } }\n";
    let folder = folder(
        "fragments",
        &[
            (
                "api.yaml",
                "openapi: 3.1.0\ninfo: { title: T, version: 1.0.0 }\npaths:\n  /a:\n    get: { $ref: 'one.yaml' }\n  /b:\n    get: { $ref: 'two.yaml' }\n  /c:\n    get: { $ref: 'one.yaml' }\n  /d:\n    get: { $ref: 'built-later.yaml' }\n",
            ),
            ("one.yaml", operation),
            ("two.yaml", operation),
        ],
    );
    let report = report(&[folder.to_str().unwrap(), "--pack", "uk/api-linting"]);
    let twice: Vec<&Value> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["rule"] == "uk/api-linting/operation-ids-distinct")
        .collect();
    // Two files say `read`; the two paths that share one file share one operation.
    assert_eq!(twice.len(), 1, "{twice:#?}");
    assert_eq!(twice[0]["file"], "two.yaml");
    // What stands in a file that is not there yet is not known to lack an operationId.
    let lacking = |finding: &&Value| finding["rule"] == "uk/api-linting/operation-id-given";
    assert_eq!(report["findings"].as_array().unwrap().iter().filter(lacking).count(), 0);
    assert!(report["unknown"].as_array().unwrap().iter().any(|unknown| {
        unknown["rule"] == "uk/api-linting/operation-id-given" && unknown["file"] == "api.yaml"
    }));
}

#[test]
fn facts_settings_and_texts_are_part_of_the_repository() {
    let folder = folder(
        "facts",
        &[
            ("repo/README.md", "# Bookings\n"),
            ("settings.json", "{ \"private\": false }"),
            (
                "own/pack.yaml",
                r##"pack: own/repository
version: 0.1.0
standard: { title: Ours, authority: nhs-england, edition: "1", in-force: { from: 2026-01-01 }, url: "https://example.org" }
clauses:
  - { id: one, level: must, standing: guidance, title: One, url: "https://example.org", source: "1", covers: whole }
rules:
  not-private: &rule
    clause: one
    on: [repository]
    given: $.settings.private
    then: { function: truthy }
    empty: unknown
    message: The repository is not private.
    help: Make it private.
    examples: { conforming: [{ a.md: "# A\n" }], violating: [{ a.md: "# A\n" }] }
  not-public: { <<: *rule, given: $.facts.public, then: { function: falsy }, message: It is public. }
  no-bookings: { <<: *rule, given: "$.files[?search(@.text, 'Bookings')]", then: { function: falsy }, message: Bookings. }
"##,
            ),
        ],
    );
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let run = |more: &[&str]| {
        let (repo, own) = (path("repo"), path("own"));
        let mut arguments = vec![repo.as_str(), "--pack", &own];
        arguments.extend(more);
        let report = report(&arguments);
        let rules: Vec<String> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| finding["rule"].as_str().unwrap().replace("own/repository/", ""))
            .collect();
        rules
    };
    assert_eq!(run(&[]), ["no-bookings"]);
    let settings = path("settings.json");
    let mut all = run(&["--settings", &settings, "--fact", "public=true"]);
    all.sort();
    assert_eq!(all, ["no-bookings", "not-private", "not-public"]);
    assert_eq!(run(&["--fact", "public=false"]), ["no-bookings"]);
    assert_eq!(assize(&["check", &path("repo"), "--fact", "public=yes"]).code, 2);
}

#[test]
fn repositories_judged_together_are_told_apart() {
    let folder = folder("several", &[("one/README.md", "# One\n"), ("two/README.md", "# Two\n")]);
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let run = assize(&[
        "check",
        &path("one"),
        &path("two"),
        "--pack",
        "uk/engineering-quality",
        "--format",
        "concise",
        "--no-config",
    ]);
    for name in ["one", "two"] {
        let line =
            format!("{}: error uk/engineering-quality/security-policy There is no SECURITY.md.", path(name));
        assert!(run.out.contains(&line), "{}", run.out);
    }
    let report = report(&[&path("one"), &path("two"), "--pack", "uk/engineering-quality"]);
    assert_eq!(report["summary"]["files"], 2);
}

#[test]
fn one_fault_is_told_once() {
    let text = "openapi: 3.0.3\ninfo: { title: T, version: 1.0.0, description: '', contact: { email: a@example.org } }\nservers: [{ url: 'https://api.example.org' }]\npaths:\n  /a:\n    get: { operationId: read, responses: { '200': { description: Read. }, 4XX: { description: No. } } }\n  /b:\n    get: { operationId: read, responses: { '200': { description: Read. }, 4XX: { description: No. } } }\n";
    let folder = folder("once", &[("openapi.yaml", text)]);
    let told = |more: &[&str]| -> Vec<String> {
        let found = report(&[&[folder.to_str().unwrap(), "--pack", "uk/api-linting"][..], more].concat());
        let wanted = |rule: &str| {
            rule.contains("operation-id")
                || rule.contains("/described")
                || rule.contains("description-written")
        };
        let rules = found["findings"].as_array().unwrap().iter().map(|one| one["rule"].as_str().unwrap());
        rules.filter(|rule| wanted(rule)).map(str::to_owned).collect()
    };
    assert_eq!(told(&[]), ["uk/api-linting/described", "uk/api-linting/operation-ids-distinct"]);
    // Whoever switches the pack's rule off still hears of it.
    assert_eq!(
        told(&["--disable", "uk/api-linting/operation-ids-distinct"]),
        ["uk/api-linting/described", "assize/operation-id-unique"]
    );
}
