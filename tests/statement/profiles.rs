//! What a profile chooses: editions, tiers, parameters, precedence; and several systems in one folder.

use super::acceptance::Approver;
use super::bench::{Bench, FRAME, PROFILE, TREE, clause, exists, pack, rule, verdicts};
use super::common::assize;
use std::fs;
use std::path::Path;

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

#[test]
fn where_keys_are_given_profile_and_packs_must_be_signed() {
    let bench = Bench::new("signed", TREE);
    let (signer, other) = (Approver::new(), Approver::new());
    let (key, profile) = (signer.key(), Path::new(&bench.profile));
    let stopped = |arguments: &[&str], why: &str| {
        let run = bench.run(arguments);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{why}");
        assert!(run.err.replace('\n', " ").contains(why), "{why}: {}", run.err);
    };
    assert_eq!(bench.run(&[]).code, 3);
    stopped(&["--pack-key", &key], "is not signed");
    let signature = bench.profile.clone() + ".minisig";
    fs::write(&signature, signer.sign(PROFILE)).unwrap();
    stopped(&["--pack-key", &key], "pack test/rows is not signed");
    let text = assize(&["pack", "text", &bench.pack]).out;
    fs::write(Path::new(&bench.pack).join("pack.minisig"), signer.sign(&text)).unwrap();
    assert_eq!(bench.run(&["--pack-key", &key]).code, 3);
    stopped(&["--pack-key", &other.key()], "none of those configured");
    stopped(&["--pack-key", "RWnonsense"], "cannot be used");
    // The key is part of the statement: whoever verifies it holds the profile to it again.
    let statement = bench.tree.with_extension("signed.json");
    let statement = statement.to_str().unwrap();
    bench.run(&["--pack-key", &key, "--format", "json", "--output", statement]);
    assert_eq!(assize(&["verify", statement]).code, 0);
    for (file, text) in [
        (profile, PROFILE.replace("A test", "A Test")),
        (Path::new(&signature), other.sign(PROFILE)),
        (Path::new(&signature), signer.sign("something else")),
        (Path::new(&signature), "nonsense".to_owned()),
    ] {
        let before = fs::read(file).unwrap();
        fs::write(file, text).unwrap();
        assert_eq!(bench.run(&["--pack-key", &key]).code, 2);
        assert_eq!(assize(&["verify", statement]).code, 2);
        fs::write(file, before).unwrap();
    }
    assert_eq!(assize(&["verify", statement]).code, 0);
    // What the judged tree says of keys counts for nothing.
    fs::write(bench.tree.join("assize.toml"), format!("[check]\npack-keys = [\"{}\"]\n", other.key()))
        .unwrap();
    assert_eq!(bench.run(&["--pack-key", &key]).code, 3);
    // An embedded profile is part of the program.
    let run =
        assize(&["statement", bench.tree.to_str().unwrap(), "-P", "gov-uk-public-api", "--pack-key", &key]);
    assert_eq!(run.code, 3, "{}", run.err);
}
