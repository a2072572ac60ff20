//! Facts: detected, declared, stated by the buyer.

use super::bench::{Bench, PROFILE, TREE, pack, verdicts};
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
