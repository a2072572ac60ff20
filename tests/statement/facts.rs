//! Facts: detected, declared, stated by the buyer.

use super::acceptance::Approver;
use super::bench::{Bench, FRAME, PROFILE, TREE, clause, pack, verdicts};
use super::common::assize;
use std::fs;

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

const DECLARED: &str = "waivers:
  - id: D-1
    fact: github-actions
    value: false
    reason: The workflows are those of the template and are switched off.
    issued: 2026-01-01
    expires: 2026-12-31
";

/// A system with workflows, judged by a clause that needs `github-actions`.
fn with_workflows(name: &str, approvers: &str) -> Bench {
    let text = pack().replace("applies-when: [moon]", "applies-when: [github-actions]");
    let workflow = (".github/workflows/build.yml", "on: push\njobs: {}\n");
    let files = [TREE[0], workflow, ("assize-waivers.yaml", DECLARED)];
    Bench::with(name, &files, &text, &format!("{PROFILE}approvers: [{approvers}]\nlongest-waiver: 1y\n"))
}

#[test]
fn an_approver_declares_away_what_detection_found_by_signature() {
    let approver = Approver::new();
    let ada = format!("{{ name: Ada, role: architect, key: {} }}", approver.key());
    let bench = with_workflows("declared", &ada);
    let verdict = |arguments: &[&str]| bench.verdict("X-needs-fact", arguments);
    // Asked for, signed by nobody: as if it were not there.
    assert_eq!(verdict(&[]), "met proven");
    let signed = approver.grant(&bench.tree, DECLARED, "D-1");
    assert_eq!(verdict(&[]), "not-applicable fact-false");
    let told = bench.run(&["--explain", "X-needs-fact"]).out.replace('\n', " ");
    assert!(told.contains("signed by Ada (architect) (D-1)"), "{told}");
    // The supplier's own word changes nothing of it; the buyer's does.
    assert_eq!(verdict(&["--fact", "github-actions=true"]), "not-applicable fact-false");
    let manifest = bench.tree.with_extension("manifest.yaml");
    fs::write(&manifest, "facts: { github-actions: true }\n").unwrap();
    assert_eq!(verdict(&["--manifest", manifest.to_str().unwrap()]), "met proven");
    // Through its last day; the waiver itself covers no finding and is not stale.
    assert_eq!(verdict(&["--clock", "2026-12-31"]), "not-applicable fact-false");
    assert_eq!(verdict(&["--clock", "2027-01-01"]), "met proven");
    let outside = bench.json(&[])["outside"].to_string();
    assert!(!outside.contains("waiver-"), "{outside}");
    // Any change of what was signed.
    let file = bench.tree.join("assize-waivers.yaml");
    for (from, to) in [
        ("value: false", "value: true"),
        ("fact: github-actions", "fact: ci"),
        ("switched off", "Switched off"),
        ("    issued:", "    system: other\n    issued:"),
    ] {
        fs::write(&file, signed.replace(from, to)).unwrap();
        assert_eq!(verdict(&[]), "met proven", "{to}");
        assert!(bench.json(&[])["outside"].to_string().contains("waiver-signature"), "{to}");
    }
}

#[test]
fn who_may_declare_and_for_which_system() {
    let approver = Approver::new();
    let may = |grants: &str| format!("{{ name: Ada, key: {}, grants: [{grants}] }}", approver.key());
    for (name, grants, wanted) in [
        ("facts", "facts", "not-applicable fact-false"),
        ("one", "facts/github-actions", "not-applicable fact-false"),
        ("other", "facts/clinical", "met proven"),
        ("pack", "test/rows", "met proven"),
    ] {
        let bench = with_workflows(&format!("may-{name}"), &may(grants));
        approver.grant(&bench.tree, DECLARED, "D-1");
        assert_eq!(bench.verdict("X-needs-fact", &[]), wanted, "{name}");
    }
    let bench = with_workflows("system", &may(""));
    approver.grant(&bench.tree, &DECLARED.replace("    issued", "    system: rooms\n    issued"), "D-1");
    assert_eq!(bench.verdict("X-needs-fact", &["--system", "rooms"]), "not-applicable fact-false");
    assert_eq!(bench.verdict("X-needs-fact", &["--system", "doors"]), "met proven");
    // A misspelt fact, one without a value, one with a scope: said, and of no effect.
    for (from, to, rule) in [
        ("fact: github-actions", "fact: github-action", "waiver-unknown"),
        ("    value: false\n", "", "waiver-form"),
        ("    value: false\n", "    value: false\n    scope: { path: a }\n", "waiver-form"),
        ("    value: false\n", "    value: false\n    rule: a/b\n", "waiver-form"),
    ] {
        fs::write(bench.tree.join("assize-waivers.yaml"), DECLARED.replace(from, to)).unwrap();
        let statement = bench.json(&[]);
        assert!(statement["outside"].to_string().contains(rule), "{to}: {}", statement["outside"]);
    }
    // Asked for on the command line.
    let file = bench.tree.join("assize-waivers.yaml");
    fs::remove_file(&file).unwrap();
    let file = file.to_str().unwrap();
    let run = assize(&[
        "waiver",
        "request",
        "github-actions=false",
        "--reason",
        "They are switched off.",
        "--file",
        file,
        "--id",
        "D-1",
        "--until",
        "2026-12-31",
        "--clock",
        "2026-11-22",
    ]);
    assert_eq!(run.code, 0, "{}", run.err);
    let text = assize(&["waiver", "text", "D-1", "--file", file]).out;
    assert!(text.contains("fact: \"github-actions\"\nvalue: \"false\"\n"), "{text}");
    let signature = bench.tree.with_extension("minisig");
    fs::write(&signature, approver.sign(&text)).unwrap();
    assert_eq!(assize(&["waiver", "attach", "D-1", signature.to_str().unwrap(), "--file", file]).code, 0);
    assert_eq!(bench.verdict("X-needs-fact", &[]), "not-applicable fact-false");
    let run = assize(&["waiver", "check", file, "--approvers", &bench.profile, "--clock", "2026-11-22"]);
    assert!(run.out.contains("D-1  github-actions=false  granted by Ada"), "{}{}", run.out, run.err);
}

#[test]
fn rules_see_what_the_buyer_and_the_forge_say() {
    let public = "  public:\n    clause: public\n    on: [repository]\n    given: $.facts.public\n    \
                  then: { function: falsy }\n    empty: unknown\n    message: It is public.\n    \
                  help: Mend it.\n    examples: { conforming: [{ a: b }], violating: [{ a: b }] }\n";
    let text = format!(
        "pack: test/rows\n{FRAME}clauses:\n{}rules:\n{public}",
        clause("public", "must", "law", "    covers: whole\n")
    );
    let verdict = |profile: &str, arguments: &[&str]| {
        Bench::with("told", TREE, &text, &format!("{PROFILE}{profile}")).verdict("X-public", arguments)
    };
    assert_eq!(verdict("", &[]), "unknown part-unknown", "nobody has said");
    assert_eq!(verdict("facts: { public: true }\n", &[]), "not-met refuted");
    // The buyer's word before the supplier's, the manifest's before the profile's.
    assert_eq!(verdict("facts: { public: true }\n", &["--fact", "public=false"]), "not-met refuted");
    let bench = Bench::with("told", TREE, &text, PROFILE);
    let beside = |name: &str, text: &str| {
        let file = bench.tree.with_extension(name);
        fs::write(&file, text).unwrap();
        file.to_str().unwrap().to_owned()
    };
    let manifest = beside("told.yaml", "facts: { public: false }\n");
    assert_eq!(verdict("facts: { public: true }\n", &["--manifest", &manifest]), "met proven");
    let settings = beside("told.json", "{ \"private\": false }\n");
    assert_eq!(verdict("", &["--settings", &settings, "--fact", "public=false"]), "not-met refuted");
}
