//! Every row of the decision table, and what statements come to.

use super::bench::{Bench, FRAME, PROFILE, TREE, clause, exists, rule};
use super::common::assize;
use std::fs;

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
