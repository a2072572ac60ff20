//! Statements as a user meets them: every row of the decision table through a small pack and a small
//! tree, waivers, evidence, facts, profiles, systems, and `verify` over every byte.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/acceptance.rs"]
mod acceptance;
mod common;

use acceptance::Approver;
use common::{Run, assize, folder};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// A rule on files, in one line of options.
fn rule(id: &str, clause: &str, more: &str, then: &str) -> String {
    format!(
        "  {id}:\n    clause: {clause}\n    on: [repository]\n    then: {then}\n{more}    message: '{id} finds something.'\n    help: Mend it.\n    examples: {{ conforming: [{{ a: b }}], violating: [{{ a: b }}] }}\n"
    )
}

fn clause(id: &str, level: &str, standing: &str, more: &str) -> String {
    format!(
        "  - id: {id}\n    level: {level}\n    standing: {standing}\n    title: Demand {id}\n    url: https://example.org/{id}\n    source: X-{id}\n{more}"
    )
}

const FRAME: &str = "version: 1.0.0
standard:
  title: A standard
  authority: nhs-england
  edition: '1'
  in-force: { from: 2020-01-01 }
  url: https://example.org/
";

fn exists(file: &str) -> String {
    format!("{{ function: file-exists, functionOptions: {{ any: ['{file}'] }} }}")
}

fn absent(files: &str, pattern: &str) -> String {
    format!("{{ function: content-absent, functionOptions: {{ files: ['{files}'], any: ['{pattern}'] }} }}")
}

/// A pack with a clause for each row.
fn pack() -> String {
    let mut text = format!("pack: test/rows\n{FRAME}clauses:\n");
    for (id, level, standing, more) in [
        ("proven", "must", "law", "    covers: whole\n"),
        ("refuted", "must", "guidance", "    covers: whole\n"),
        ("part", "must", "law", "    covers: part\n    residue: The rest is not seen.\n"),
        ("indicated", "should", "guidance", "    covers: part\n    residue: The rest is not seen.\n"),
        ("emptied", "must", "law", "    covers: whole\n"),
        ("no-rule", "should", "guidance", ""),
        ("record", "must", "law", "    evidence: { kind: report }\n"),
        ("forbidden", "must-not", "law", "    covers: whole\n    prohibition: true\n"),
        ("empty-fail", "should", "guidance", "    covers: whole\n"),
        ("empty-na", "should", "guidance", "    covers: whole\n"),
        ("empty-unknown", "should", "guidance", "    covers: whole\n"),
        ("empty-pass", "should", "guidance", "    covers: whole\n"),
        ("needs-fact", "must", "law", "    covers: whole\n    applies-when: [moon]\n"),
        ("needs-not", "must", "law", "    covers: whole\n    applies-when: ['!moon']\n"),
        ("deployers", "must", "law", "    covers: whole\n    addressee: deployer\n"),
        ("convention", "must", "convention", "    covers: whole\n"),
        ("asked", "must", "law", "    covers: whole\n"),
        ("one-of", "should", "guidance", "    covers: whole\n    decide: { any: [one, other] }\n"),
    ] {
        text.push_str(&clause(id, level, standing, more));
    }
    text.push_str("rules:\n");
    for (id, clause, more, then) in [
        ("has-readme", "proven", "    empty: fail\n", exists("README.md")),
        ("has-owner", "refuted", "    empty: fail\n", exists("OWNER")),
        ("has-readme-2", "part", "    empty: fail\n", exists("README.md")),
        ("has-readme-3", "indicated", "    empty: fail\n    decides: indicates\n", exists("README.md")),
        ("no-latest", "emptied", "    empty: pass\n", absent("**/Dockerfile", "latest")),
        ("no-secret", "forbidden", "    empty: pass\n    decides: refutes\n", absent("**", "SECRET")),
        ("no-text", "empty-fail", "    empty: fail\n", absent("*.none", "x")),
        ("no-text-2", "empty-na", "    empty: not-applicable\n", absent("*.none", "x")),
        ("no-text-3", "empty-unknown", "    empty: unknown\n", absent("*.none", "x")),
        ("no-text-4", "empty-pass", "    empty: pass\n", absent("*.none", "x")),
        ("has-readme-4", "needs-fact", "    empty: fail\n", exists("README.md")),
        ("has-readme-5", "needs-not", "    empty: fail\n", exists("README.md")),
        ("has-readme-6", "deployers", "    empty: fail\n", exists("README.md")),
        ("has-owner-2", "convention", "    empty: fail\n", exists("OWNER")),
        ("no-number", "asked", "    empty: pass\n    decides: asks\n", absent("README.md", "4010232137")),
        ("one", "one-of", "    empty: fail\n", exists("OWNER")),
        ("other", "one-of", "    empty: fail\n", exists("README.md")),
    ] {
        text.push_str(&rule(id, clause, more, &then));
    }
    text
}

const PROFILE: &str = "profile: test
version: '1'
title: A test
standards: [{ pack: test/rows }]
";

struct Bench {
    tree: PathBuf,
    pack: String,
    profile: String,
}

impl Bench {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        Self::with(name, files, &pack(), PROFILE)
    }

    fn with(name: &str, files: &[(&str, &str)], pack: &str, profile: &str) -> Self {
        let tree = folder(&format!("statement-{name}"), files);
        let beside = folder(
            &format!("statement-{name}-beside"),
            &[("pack/pack.yaml", pack), ("profile.yaml", profile)],
        );
        let path = |path: PathBuf| path.to_str().unwrap().to_owned();
        Self { tree, pack: path(beside.join("pack")), profile: path(beside.join("profile.yaml")) }
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let mut all =
            vec!["statement", self.tree.to_str().unwrap(), "--profile", &self.profile, "--pack", &self.pack];
        if !arguments.contains(&"--clock") {
            all.extend(["--clock", "2026-11-22"]);
        }
        all.extend(arguments);
        assize(&all)
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let mut all = vec!["--format", "json"];
        all.extend(arguments);
        let run = self.run(&all);
        serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {}{}", run.out, run.err))
    }

    fn verdicts(&self, arguments: &[&str]) -> Vec<(String, String)> {
        verdicts(&self.json(arguments))
    }

    #[track_caller]
    fn verdict(&self, id: &str, arguments: &[&str]) -> String {
        let found = self.verdicts(arguments);
        found.iter().find(|(name, _)| name == id).unwrap_or_else(|| panic!("{found:?}")).1.clone()
    }
}

/// `(source, "verdict row")` of each clause.
fn verdicts(statement: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let clauses = statement["clauses"].as_array().unwrap().iter();
    clauses
        .map(|one| (text(&one["source"]), format!("{} {}", text(&one["verdict"]), text(&one["row"]))))
        .collect()
}

const TREE: &[(&str, &str)] = &[("README.md", "# A\n"), ("src/main.py", "print(1)\n")];

#[test]
fn every_row_of_the_table() {
    let bench = Bench::new(
        "rows",
        &[("README.md", "# A 4010232137\n"), ("src/main.py", "print(1)\n"), ("Dockerfile", "")],
    );
    let found = bench.verdicts(&[]);
    for (id, wanted) in [
        ("X-proven", "met proven"),
        ("X-refuted", "not-met refuted"),
        ("X-part", "needs-evidence part-covered"),
        ("X-indicated", "needs-evidence part-covered"),
        ("X-emptied", "unknown part-unknown"),
        ("X-no-rule", "unknown no-rule-yet"),
        ("X-record", "needs-evidence part-covered"),
        ("X-forbidden", "unknown part-unknown"),
        ("X-empty-fail", "not-met refuted"),
        ("X-empty-na", "not-applicable nothing-to-look-at"),
        ("X-empty-unknown", "unknown part-unknown"),
        ("X-empty-pass", "met nothing-to-look-at"),
        ("X-needs-fact", "unknown fact-unknown"),
        ("X-needs-not", "unknown fact-unknown"),
        ("X-deployers", "not-applicable other-addressee"),
        ("X-convention", "not-met refuted"),
        ("X-asked", "unknown part-unknown"),
        ("X-one-of", "met proven"),
    ] {
        let verdict = found.iter().find(|(name, _)| name == id).map(|(_, verdict)| verdict.as_str());
        assert_eq!(verdict, Some(wanted), "{id}");
    }
    assert_eq!(found.len(), 18, "each clause has one verdict");
    // With the empty file filled, what rested on it is met.
    fs::write(bench.tree.join("Dockerfile"), "FROM node:22.11.0\n").unwrap();
    assert_eq!(bench.verdict("X-emptied", &[]), "met proven");
    assert_eq!(bench.verdict("X-forbidden", &[]), "met nothing-forbidden");
    fs::write(bench.tree.join("README.md"), "SECRET\n").unwrap();
    assert_eq!(bench.verdict("X-forbidden", &[]), "not-met refuted");
}

#[test]
fn a_file_that_is_empty_by_custom_hides_nothing() {
    let bench =
        Bench::new("custom", &[("README.md", "# A\n"), ("src/__init__.py", ""), ("data/.gitkeep", "")]);
    assert_eq!(bench.verdict("X-forbidden", &[]), "met nothing-forbidden");
}

#[test]
fn facts_decide_and_only_the_buyer_takes_duties_away() {
    let bench = Bench::new("facts", TREE);
    assert_eq!(bench.verdict("X-needs-fact", &["--fact", "moon=true"]), "met proven");
    assert_eq!(bench.verdict("X-needs-fact", &["--fact", "moon=false"]), "not-applicable fact-false");
    assert_eq!(bench.verdict("X-needs-not", &["--fact", "moon=false"]), "met proven");
    let manifest = bench.tree.with_extension("manifest.yaml");
    fs::write(&manifest, "supplier: Example Ltd\nfacts: { moon: true }\n").unwrap();
    let manifest = manifest.to_str().unwrap();
    // The manifest beats what the supplier says.
    let arguments = ["--fact", "moon=false", "--manifest", manifest];
    assert_eq!(bench.verdict("X-needs-fact", &arguments), "met proven");
    assert_eq!(bench.json(&arguments)["system"]["supplier"], "Example Ltd");
    // A retired system: not on the supplier's word.
    assert_eq!(bench.verdict("X-proven", &["--fact", "retired=true"]), "met proven");
    fs::write(manifest, "facts: { retired: true }\n").unwrap();
    assert_eq!(bench.verdict("X-proven", &["--manifest", manifest]), "not-applicable fact-false");
}

#[test]
fn a_duty_that_detection_found_is_not_declared_away() {
    let text = pack().replace("applies-when: [moon]", "applies-when: [github-actions]");
    let workflow = (".github/workflows/build.yml", "on: push\njobs: {}\n");
    let bench = Bench::with("shed", &[TREE[0], workflow], &text, PROFILE);
    assert_eq!(bench.verdict("X-needs-fact", &[]), "met proven");
    assert_eq!(bench.verdict("X-needs-fact", &["--fact", "github-actions=false"]), "unknown fact-unknown");
    fs::write(bench.tree.join("assize.toml"), "[facts]\ngithub-actions = false\n").unwrap();
    assert_eq!(bench.verdict("X-needs-fact", &[]), "unknown fact-unknown");
    let asked = assize(&["facts", bench.tree.to_str().unwrap(), "--ask"]);
    assert!(asked.out.contains("github-actions     unknown"), "{}", asked.out);
}

#[test]
fn configuration_in_the_tree_removes_no_clause() {
    let bench = Bench::new("config", TREE);
    fs::write(
        bench.tree.join("assize.toml"),
        "[check]\ndisable = [\"test/rows\"]\nexclude = [\"**\"]\npacks = []\n",
    )
    .unwrap();
    let statement = bench.json(&[]);
    assert_eq!(verdicts(&statement).len(), 18);
    assert_eq!(bench.verdict("X-refuted", &[]), "not-met refuted");
    assert_eq!(statement["identity"]["configuration"]["path"], "assize.toml");
}

#[test]
fn the_day_chooses_the_edition() {
    let bench = Bench::new("edition", TREE);
    assert_eq!(bench.verdict("X-proven", &["--as-of", "2019-12-31"]), "not-applicable not-in-force");
    assert_eq!(bench.verdict("X-proven", &["--as-of", "2020-01-01"]), "met proven");
    let manifest = bench.tree.with_extension("then.yaml");
    fs::write(&manifest, "contract-date: 2019-05-01\n").unwrap();
    let statement = bench.json(&["--manifest", manifest.to_str().unwrap()]);
    let refuted =
        statement["clauses"].as_array().unwrap().iter().find(|one| one["source"] == "X-refuted").unwrap();
    assert_eq!((&refuted["verdict"], &refuted["then"]), (&"not-met".into(), &"not-applicable".into()));
}

#[test]
fn results_and_exit_codes() {
    // Only law and contract bind here: a must of guidance that is not met does not decide.
    let undecided = Bench::new("undecided", TREE);
    assert_eq!(undecided.run(&[]).code, 3);
    let only = |name: &str, ids: &[&str], more: &str| {
        let mut text = format!("pack: test/rows\n{FRAME}clauses:\n");
        let mut rules = "rules:\n".to_owned();
        for (index, id) in ids.iter().enumerate() {
            let (file, standing) = if *id == "bad" { ("OWNER", "law") } else { ("README.md", "law") };
            text.push_str(&clause(&format!("{id}{index}"), "must", standing, "    covers: whole\n"));
            rules.push_str(&rule(
                &format!("r{index}"),
                &format!("{id}{index}"),
                "    empty: fail\n",
                &exists(file),
            ));
        }
        Bench::with(name, TREE, &format!("{text}{rules}"), &format!("{PROFILE}{more}"))
    };
    let good = only("good", &["good", "good"], "");
    assert_eq!((good.run(&[]).code, good.json(&[])["result"].as_str().unwrap()), (0, "conforms"));
    let bad = only("bad", &["good", "bad"], "");
    assert_eq!((bad.run(&[]).code, bad.json(&[])["result"].as_str().unwrap()), (1, "does-not-conform"));
    // Nothing that binds was judged: that is no conformance.
    let none = only("none", &["good"], "binding: [contract]\n");
    assert_eq!((none.run(&[]).code, none.json(&[])["result"].as_str().unwrap()), (3, "cannot-be-decided"));
    let run = assize(&["statement", "no-such-folder", "--profile", "nhs-api-platform"]);
    assert_eq!(run.code, 2, "{}", run.err);
    let run = assize(&["statement", ".", "--profile", "nhs-api-platfrom"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("nhs-api-platform"), "{}", run.err);
}

const WAIVER: &str = "waivers:
  - id: '9.10'
    clause: X-bad1
    reason: It is being mended.
    issued: 2026-10-02
    expires: 2026-11-22
";

#[test]
fn waivers_hold_when_granted_and_until_their_last_day() {
    let mut text = format!("pack: test/rows\n{FRAME}clauses:\n");
    text.push_str(&clause("good0", "must", "law", "    covers: whole\n"));
    text.push_str(&clause("bad1", "must", "law", "    covers: whole\n"));
    text.push_str("rules:\n");
    text.push_str(&rule("r0", "good0", "    empty: fail\n", &exists("README.md")));
    text.push_str(&rule("r1", "bad1", "    empty: fail\n", &exists("OWNER")));
    let approver = Approver::new();
    let profile = format!(
        "{PROFILE}longest-waiver: 1y\napprovers: [{{ name: Ada, role: clinical-safety-officer, key: {} }}]\n",
        approver.key()
    );
    let bench = Bench::with("waiver", &[TREE[0], TREE[1], ("assize-waivers.yaml", WAIVER)], &text, &profile);
    // Asked for, granted by nobody.
    assert_eq!(bench.verdict("X-bad1", &[]), "not-met refuted");
    assert!(bench.json(&[])["clauses"][0]["reason"].as_str().unwrap().ends_with("(waiver requested)"));
    approver.grant(&bench.tree, WAIVER, "9.10");
    let statement = bench.json(&[]);
    let waived =
        statement["clauses"].as_array().unwrap().iter().find(|one| one["source"] == "X-bad1").unwrap();
    assert_eq!(waived["verdict"], "waived");
    assert_eq!(waived["waiver"]["id"], "9.10");
    assert_eq!(waived["waiver"]["days-left"], 0);
    assert_eq!(statement["result"], "conforms-with-waivers");
    assert_eq!(bench.run(&[]).code, 0);
    // The day after its last.
    assert_eq!(bench.run(&["--clock", "2026-11-23"]).code, 1);
    // Somebody changed what was signed.
    let file = bench.tree.join("assize-waivers.yaml");
    let signed = fs::read_to_string(&file).unwrap();
    fs::write(&file, signed.replace("being mended", "fine as it is")).unwrap();
    assert_eq!(bench.verdict("X-bad1", &[]), "not-met refuted");
}

#[test]
fn records_decide_what_no_rule_can() {
    let bench = Bench::new("evidence", TREE);
    let record = |clause: &str, outcome: &str, expires: &str| {
        format!(
            "clause: {clause}\nstatement: It was looked at.\noutcome: {outcome}\nlink: https://example.org/report\nsigned-off-by: architect\ngrade: self-declared\nissued: 2026-01-01\nexpires: {expires}\n"
        )
    };
    fs::create_dir_all(bench.tree.join("evidence")).unwrap();
    let write = |text: String| fs::write(bench.tree.join("evidence/a.yaml"), text).unwrap();
    write(record("X-record", "met", "2026-12-31"));
    assert_eq!(bench.verdict("X-record", &[]), "met part-covered");
    write(record("X-record", "met", "2026-11-22"));
    assert_eq!(bench.verdict("X-record", &[]), "met part-covered", "valid through the day named");
    assert_eq!(bench.verdict("X-record", &["--clock", "2026-11-23"]), "needs-evidence part-covered");
    write(record("X-record", "not-met", "2026-12-31"));
    assert_eq!(bench.verdict("X-record", &[]), "not-met evidence-against");
    write(record("X-part", "met", "2026-12-31"));
    assert_eq!(bench.verdict("X-part", &[]), "met part-covered");
    // A record never outweighs what was found, nor what could not be read.
    write(record("X-refuted", "met", "2026-12-31"));
    assert_eq!(bench.verdict("X-refuted", &[]), "not-met refuted");
    fs::write(bench.tree.join("Dockerfile"), "").unwrap();
    write(record("X-emptied", "met", "2026-12-31"));
    assert_eq!(bench.verdict("X-emptied", &[]), "unknown part-unknown");
}

#[test]
fn clauses_that_contradict_need_a_precedence() {
    let mut text = format!("pack: test/rows\n{FRAME}clauses:\n");
    text.push_str(&clause(
        "with",
        "must",
        "law",
        "    covers: whole\n    contradicts: [test/rows/without]\n",
    ));
    text.push_str(&clause("without", "must", "law", "    covers: whole\n"));
    text.push_str("rules:\n");
    text.push_str(&rule("r0", "with", "    empty: fail\n", &exists("README.md")));
    text.push_str(&rule("r1", "without", "    empty: fail\n", &exists("OWNER")));
    let bench = Bench::with("contradiction", TREE, &text, PROFILE);
    let run = bench.run(&[]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("X-with") && run.err.contains("X-without"), "{}", run.err);
    let order = "precedence:\n  - { id: P-1, prevails: test/rows/with, over: [test/rows/without], because: the platform needs it }\n";
    let bench = Bench::with("precedence", TREE, &text, &format!("{PROFILE}{order}"));
    assert_eq!(bench.verdict("X-without", &[]), "not-applicable exempt");
    let run = bench.run(&["--explain", "X-without"]);
    assert!(run.out.contains("Exempted by test (P-1) because the platform needs it."), "{}", run.out);
    let misspelt = order.replace("over: [test/rows/without]", "over: [test/rows/wihtout]");
    assert_eq!(Bench::with("misspelt", TREE, &text, &format!("{PROFILE}{misspelt}")).run(&[]).code, 2);
}

#[test]
fn a_profile_tightens_and_never_loosens() {
    let text = pack().replace(
        "  url: https://example.org/\nclauses",
        "  url: https://example.org/\n  tiers: [low, high]\n  parameters: { age: { default: 1y, tighten: lower } }\nclauses",
    );
    let text = text.replace("    source: X-proven\n", "    source: X-proven\n    tier: high\n");
    let with = |name: &str, selection: &str| {
        let profile = PROFILE.replace("{ pack: test/rows }", &format!("{{ pack: test/rows, {selection} }}"));
        Bench::with(name, TREE, &text, &profile)
    };
    assert_eq!(with("tighter", "parameters: { age: 6m }").verdict("X-proven", &[]), "met proven");
    let run = with("looser", "parameters: { age: 2y }").run(&[]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("loosened"), "{}", run.err);
    assert_eq!(with("low", "tier: low").verdict("X-proven", &[]), "not-applicable exempt");
    assert_eq!(with("high", "tier: high").verdict("X-proven", &[]), "met proven");
    assert_eq!(with("no-tier", "tier: middle").run(&[]).code, 2);
    assert_eq!(with("edition", "edition: '2'").run(&[]).code, 2);
    assert_eq!(
        with("left-out", "without: { refuted: not ours }").verdict("X-refuted", &[]),
        "not-applicable exempt"
    );
    assert_eq!(with("left-out-wrong", "without: { refutd: not ours }").run(&[]).code, 2);
}

#[test]
fn several_systems_have_a_statement_each() {
    let files = [
        ("README.md", "# A\n"),
        ("one/Dockerfile", "FROM a:latest\n"),
        ("two/Dockerfile", "FROM a:1\n"),
        (
            "assize.toml",
            "[[system]]\nname = \"one\"\npaths = [\"one/**\"]\nsupplier = \"First Ltd\"\n[[system]]\nname = \"two\"\npaths = [\"two/**\"]\n[system.facts]\nmoon = true\n",
        ),
    ];
    let bench = Bench::new("systems", &files);
    let statements = bench.json(&[]);
    let statements = statements.as_array().unwrap();
    assert_eq!(statements.len(), 2);
    let of = |index: usize, id: &str| {
        verdicts(&statements[index]).into_iter().find(|(name, _)| name == id).unwrap().1
    };
    assert_eq!(of(0, "X-emptied"), "not-met refuted");
    assert_eq!(of(1, "X-emptied"), "met proven");
    assert_eq!(of(0, "X-needs-fact"), "unknown fact-unknown");
    assert_eq!(of(1, "X-needs-fact"), "met proven");
    assert_eq!(statements[0]["system"]["supplier"], "First Ltd");
    assert_eq!(bench.json(&["--system", "two"])["system"]["name"], "two");
    assert_eq!(bench.run(&["--system", "three"]).code, 2);
}

#[test]
fn verify_finds_any_changed_byte() {
    let bench = Bench::new(
        "verify",
        &[TREE[0], TREE[1], ("assize-waivers.yaml", "waivers: []\n"), ("link/deep/file.txt", "x")],
    );
    let file = bench.tree.with_extension("statement.json");
    let file = file.to_str().unwrap();
    let run = bench.run(&["--format", "json", "--output", file]);
    assert_eq!(run.code, 3, "{}", run.err);
    let verify = || assize(&["verify", file]);
    let run = verify();
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    let touch = |path: &Path, told: &str| {
        let before = fs::read(path).unwrap();
        let mut after = before.clone();
        after.extend(b" ");
        fs::write(path, &after).unwrap();
        let run = verify();
        assert_eq!(run.code, 1, "{}: {}{}", path.display(), run.out, run.err);
        assert!(run.out.contains(told), "{told}: {}", run.out);
        fs::write(path, &before).unwrap();
        assert_eq!(verify().code, 0);
    };
    touch(&bench.tree.join("link/deep/file.txt"), "the tree, in: link");
    touch(&bench.tree.join("README.md"), "the tree, in: README.md");
    touch(&bench.tree.join("assize-waivers.yaml"), "assize-waivers.yaml");
    touch(Path::new(&bench.profile), "the profile");
    touch(&Path::new(&bench.pack).join("pack.yaml"), "the pack test/rows");
    // The statement itself, touched up.
    let text = fs::read_to_string(file).unwrap();
    for (from, to) in
        [("not-met", "met"), ("Of 10 musts", "Of 9 musts"), ("\"looked-at\": 1", "\"looked-at\": 2")]
    {
        if text.contains(from) {
            fs::write(file, text.replacen(from, to, 1)).unwrap();
            assert_eq!(verify().code, 1, "{from}");
        }
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

fn api(title: &str, version: &str, more: &str) -> String {
    format!(
        "openapi: 3.0.3\ninfo: {{ title: {title}, version: '{version}' }}\nservers: [{{ url: 'https://api.example.org/v1' }}]\npaths: {{}}\n{more}"
    )
}

/// `path role` of each description.
fn roles(statement: &Value) -> Vec<String> {
    let list = statement["descriptions"].as_array().unwrap().iter();
    list.map(|one| format!("{} {}", one["path"].as_str().unwrap(), one["role"].as_str().unwrap())).collect()
}

#[test]
fn verdicts_rest_on_what_is_published() {
    let texts = [
        ("openapi-1.9.0.yaml", api("Clinics", "1.9.0", "")),
        ("openapi-1.10.0.yaml", api("Clinics", "1.10.0", "")),
        ("infra/oas.yaml", api("Clinics", "1.0.0", "x-amazon-apigateway-policy: {}\n")),
        ("dump.json", "{ \"openapi\": \"3.0.3\", \"info\": { \"title\": \"Service\", \"version\": \"DEVELOPMENT\" }, \"paths\": {} }".to_owned()),
        ("tests/openapi.yaml", api("Mock", "1.0.0", "")),
        ("made/openapi.yaml", api("Made", "1.0.0", "")),
        (".gitattributes", "made/** linguist-generated=true\n".to_owned()),
    ];
    let files: Vec<(&str, &str)> = texts.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let bench = Bench::new("roles", &files);
    assert_eq!(
        roles(&bench.json(&[])),
        [
            "openapi-1.10.0.yaml published",
            "dump.json generated",
            "infra/oas.yaml deployment",
            "made/openapi.yaml generated",
            "openapi-1.9.0.yaml superseded",
            "tests/openapi.yaml test",
        ]
    );
    // What publishes names another edition: both are judged, and a question is asked.
    let package =
        "{ \"scripts\": { \"publish\": \"redocly bundle openapi-1.9.0.yaml -o build/openapi.json\" } }";
    fs::write(bench.tree.join("package.json"), package).unwrap();
    let statement = bench.json(&[]);
    assert_eq!(roles(&statement)[..2], ["openapi-1.10.0.yaml published", "openapi-1.9.0.yaml published"]);
    assert!(statement["descriptions"][0]["question"].as_str().unwrap().contains("Which edition"));
    // The answer, declared.
    let declared = "[[api]]\npath = \"openapi-1.10.0.yaml\"\nrole = \"superseded\"\n";
    fs::write(bench.tree.join("assize.toml"), declared).unwrap();
    let statement = bench.json(&[]);
    assert_eq!(roles(&statement)[0], "openapi-1.9.0.yaml published");
    assert!(statement["descriptions"][0]["question"].is_null());
}

#[test]
fn findings_outside_what_is_published_are_notes() {
    let good = "security: [{ a: [] }]\ncomponents: { securitySchemes: { a: { type: oauth2, flows: {} } } }\n";
    let (new, old) = (api("Clinics", "2.0.0", good), api("Clinics", "1.0.0", ""));
    let tree = folder("statement-notes", &[("new.yaml", &new), ("old.yaml", &old)]);
    let judge = || {
        let run = assize(&[
            "statement",
            tree.to_str().unwrap(),
            "--profile",
            "gov-uk-public-api",
            "--format",
            "json",
        ]);
        let statement: Value = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}", run.err));
        let clauses = statement["clauses"].as_array().unwrap().clone();
        clauses.into_iter().find(|one| one["source"] == "UK-API-AUTH-01").unwrap()
    };
    let clause = judge();
    assert_eq!((&clause["verdict"], &clause["notes"]["superseded"]), (&"met".into(), &1.into()));
    // The same in the published edition refutes; of several published ones the worst counts.
    fs::write(tree.join("other.yaml"), api("Pharmacies", "1.0.0", "")).unwrap();
    let clause = judge();
    assert_eq!(clause["verdict"], "not-met");
    assert_eq!(clause["places"].as_array().unwrap().len(), 1);
    assert_eq!(clause["places"][0]["file"], "other.yaml");
    // Without any description nothing is met, and nothing fails.
    for file in ["new.yaml", "old.yaml", "other.yaml"] {
        fs::remove_file(tree.join(file)).unwrap();
    }
    fs::write(tree.join("app.py"), "import flask\n").unwrap();
    assert_eq!(judge()["verdict"], "unknown");
}

#[test]
fn an_empty_or_broken_description_is_no_clean_one() {
    for (name, text) in [("emptied", ""), ("broken", "openapi: [3.0.3\ninfo: {\n")] {
        let tree =
            folder(&format!("statement-{name}"), &[("openapi.yaml", text), ("app.py", "import flask\n")]);
        let run = assize(&[
            "statement",
            tree.to_str().unwrap(),
            "--profile",
            "gov-uk-public-api",
            "--format",
            "json",
        ]);
        assert_eq!(run.code, 3, "{name} {}", run.err);
        let statement: Value = serde_json::from_str(&run.out).unwrap();
        for (source, verdict) in verdicts(&statement).iter().filter(|(source, _)| source.starts_with("UK-")) {
            assert!(
                !verdict.starts_with("met") && !verdict.starts_with("not-met"),
                "{name}: {source} {verdict}"
            );
        }
    }
    // An empty workflow is none that is in order.
    let tree = folder("statement-workflow", &[(".github/workflows/build.yml", ""), ("README.md", "# A\n")]);
    let run = assize(&[
        "statement",
        tree.to_str().unwrap(),
        "--profile",
        "nhs-supplier-service",
        "--format",
        "json",
    ]);
    let statement: Value = serde_json::from_str(&run.out).unwrap();
    for (source, verdict) in verdicts(&statement).iter().filter(|(source, _)| source.starts_with("NHS-GHA-"))
    {
        assert!(!verdict.starts_with("met"), "{source} {verdict}");
    }
}

#[path = "common/specimens.rs"]
mod specimens;
