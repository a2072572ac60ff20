//! What a profile chooses: editions, tiers, parameters, precedence; and several systems in one folder.

use super::bench::{Bench, FRAME, PROFILE, TREE, clause, exists, pack, rule, verdicts};
use std::fs;

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
