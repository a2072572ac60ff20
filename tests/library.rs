//! The library as its readers meet it: lists, counts and pages of packs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::panic)]

mod common;

use common::{assize, folder, report};
use serde_json::Value;

const PACK: &str = "pack: xx/paper
version: 1.2.3
standard: { title: Paper | size, authority: gds, edition: '2', in-force: { from: 2020-01-01 }, url: 'https://a.example/s', tiers: [low, high] }
chosen-when: ['!public']
clauses:
  - { id: title, level: must, standing: law, addressee: own-code, title: There is a title, url: 'https://a.example/s#1', source: P-1, covers: whole, residue: The title is all it asks for. }
  - { id: width, level: should-not, standing: draft, title: Narrow, url: u, source: P-2, covers: part, residue: The height. }
  - { id: feel, level: may, standing: guidance, addressee: deployer, title: Nice, url: u, source: P-3, covers: part, residue: r }
  - { id: audit, level: must, standing: contract, title: Audited, url: u, source: P-4, evidence: { kind: report, renew-every: 1y } }
  - { id: bare, level: must, standing: law, title: Bare, url: u, source: P-5, tier: high, certainty: recalled }
rules:
  titled: { clause: title, on: [publiccode], then: { field: name, function: truthy }, empty: fail, message: No title., help: The maintainer adds one., examples: { conforming: ['name: a'], violating: ['name: \"\"'] } }
  narrow: { clause: width, on: [publiccode], then: { field: width, function: undefined }, decides: refutes, empty: unknown, message: Wide., help: Cut it., examples: { conforming: ['name: a'], violating: ['width: 1'] } }
  nice: { clause: feel, on: [publiccode], then: { field: feel, function: undefined }, decides: indicates, empty: unknown, message: Rough., help: Sand it., examples: { conforming: ['name: a'], violating: ['feel: 1'] } }
";

fn json(arguments: &[&str]) -> Value {
    let run = assize(arguments);
    assert_eq!(run.code, 0, "{}", run.err);
    serde_json::from_str(&run.out).unwrap()
}

#[test]
fn every_clause_is_listed_with_what_a_reader_asks_of_it() {
    let root = folder("library-list", &[("xx/paper/pack.yaml", PACK)]);
    let root = root.to_str().unwrap();
    let told = json(&["standards", "--format", "json", "--pack", root]);
    let clauses = told["packs"][0]["clauses"].as_array().unwrap();
    let row = |at: usize| {
        ["id", "level", "standing", "addressee", "covers", "decided", "source"]
            .map(|member| clauses[at][member].as_str().unwrap_or("-").to_owned())
            .join(" ")
    };
    assert_eq!(row(0), "title must law own-code whole whole P-1");
    assert_eq!(row(1), "width should-not draft supplier part part P-2");
    assert_eq!(row(2), "feel may guidance deployer part indication P-3");
    assert_eq!(row(3), "audit must contract supplier - evidence P-4");
    assert_eq!(row(4), "bare must law supplier - no-rule P-5");
    assert_eq!(clauses[0]["rules"], serde_json::json!(["titled"]));
    assert_eq!(clauses[0]["clause"], "xx/paper/title");
    let text = assize(&["standards", "--pack", root]).out;
    let line = text.lines().find(|line| line.starts_with("  width ")).unwrap();
    assert_eq!(
        line.split_whitespace().collect::<Vec<_>>(),
        ["width", "should-not", "draft", "supplier", "part", "P-2", "narrow"]
    );
    assert!(text.contains("1 standard, 5 clauses, 3 rules."), "{text}");
    // Without packs of one's own: the embedded ones, whole.
    let all = json(&["standards", "--format", "json"]);
    let packs = all["packs"].as_array().unwrap();
    assert!(packs.len() >= 15);
    let clauses: usize = packs.iter().map(|pack| pack["clauses"].as_array().unwrap().len()).sum();
    assert_eq!(all["coverage"]["clauses"], clauses);
    let listed = assize(&["standards", "list"]).out;
    assert_eq!(listed.lines().filter(|line| line.contains("clause")).count(), packs.len() + 1);
}

#[test]
fn coverage_counts_each_clause_once() {
    let root = folder("library-coverage", &[("xx/paper/pack.yaml", PACK)]);
    let told = json(&["pack", "coverage", "--format", "json", root.to_str().unwrap()]);
    let wanted = serde_json::json!({ "clauses": 5, "whole": 1, "part": 1, "indication": 1, "evidence": 1, "no-rule": 1 });
    assert_eq!(told["packs"]["xx/paper"], wanted);
    assert_eq!(told["total"], wanted);
    let embedded = json(&["pack", "coverage", "--format", "json"]);
    for (name, counts) in embedded["packs"].as_object().unwrap() {
        let sum: u64 = counts
            .as_object()
            .unwrap()
            .iter()
            .filter(|(way, _)| *way != "clauses")
            .map(|(_, n)| n.as_u64().unwrap())
            .sum();
        assert_eq!(counts["clauses"], sum, "{name}");
    }
    let table = assize(&["pack", "coverage"]).out;
    assert!(table.lines().any(|line| line.starts_with("total ")), "{table}");
}

#[test]
fn pages_are_written_once_and_found_out_when_old() {
    let root =
        folder("library-docs", &[("standards/xx/paper/pack.yaml", PACK), ("docs/mine.md", "# By hand\n")]);
    let (packs, docs) = (root.join("standards"), root.join("docs"));
    let (packs, docs) = (packs.to_str().unwrap(), docs.to_str().unwrap());
    let old = "<!-- Written by `assize pack docs` from the pack; edit the pack, not this page. -->\n";
    std::fs::write(root.join("docs/gone.md"), old).unwrap();
    let check = || assize(&["pack", "docs", packs, "--folder", docs, "--check"]);
    let stale = check();
    assert_eq!((stale.code, stale.out.lines().count()), (1, 4), "{}", stale.out);
    assert_eq!(assize(&["pack", "docs", packs, "--folder", docs]).code, 0);
    assert_eq!(check().code, 0);
    assert!(root.join("docs/mine.md").exists() && !root.join("docs/gone.md").exists());
    let page = std::fs::read_to_string(root.join("docs/xx/paper.md")).unwrap();
    for part in [
        "# Paper \\| size",
        "| [title](#title) | P-1 | must | law | own-code | whole |",
        "- Why passing proves it: The title is all it asks for.",
        "- Not covered: The height.",
        "- Evidence: report, renewed every 1y",
        "- No rule tests it yet: its verdict is unknown.",
        "- Rule `narrow` on publiccode: a finding refutes the clause, none proves nothing; nothing to look at: unknown.",
        "- Source: [P-5](u) (recalled)",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    std::fs::write(root.join("standards/xx/paper/pack.yaml"), PACK.replace("There is a title", "A title"))
        .unwrap();
    let stale = check();
    assert_eq!(stale.code, 1);
    assert!(stale.out.starts_with(&format!("{docs}/xx/paper.md is out of date.")), "{}", stale.out);
}

#[test]
fn the_pages_of_the_embedded_packs_are_up_to_date() {
    let run = assize(&["pack", "docs", "--check"]);
    assert_eq!(run.code, 0, "docs/standards is out of date; `assize pack docs` writes it: {}", run.out);
}

/// Rules that may find something in conforming examples of other rules, each with the packs it may do
/// so in (or `*`).
fn explained() -> Vec<(String, Vec<String>)> {
    let mut seen = std::collections::BTreeSet::new();
    let text = include_str!("known/matrix.tsv");
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let parts: Vec<&str> = line.split('\t').collect();
            let [rule, packs, why] = parts[..] else { panic!("{line}") };
            assert!(why.len() > 20, "{line}: say why");
            assert!(seen.insert((rule, packs)), "{line}: it stands twice");
            (rule.to_owned(), packs.split(' ').map(str::to_owned).collect())
        })
        .collect()
}

#[test]
fn what_rules_find_in_conforming_examples_of_others_is_explained() {
    // `pack test` holds the matrix itself to what the rules do.
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let matrix = std::fs::read_to_string(root.join("standards/matrix.tsv")).unwrap();
    let explained = explained();
    let mut used: Vec<Vec<bool>> = explained.iter().map(|(_, packs)| vec![false; packs.len()]).collect();
    let mut unexplained = std::collections::BTreeMap::new();
    let mut looked = 0;
    for line in matrix.lines().skip(1) {
        let [rule, example, count] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        // Of other packs' examples there is one line for each pack; of its own, where a rule of a higher tier
        // may find something too, one for each example.
        let (owner, which) = example.split_once(' ').unwrap();
        let pack = match which.split_once('/') {
            None if which == "conforming" => owner,
            Some(("conforming", _)) if owner != rule => owner.rsplit_once('/').unwrap().0,
            _ => continue,
        };
        looked += 1;
        // A rule may have several lines, each with its own reason.
        let lines = explained.iter().enumerate().filter(|(_, (known, _))| known == rule);
        let place = lines
            .filter_map(|(entry, (_, packs))| {
                Some((entry, packs.iter().position(|known| known == pack || known == "*")?))
            })
            .next();
        match place {
            Some((entry, at)) => used[entry][at] = true,
            None => *unexplained.entry((rule, pack)).or_insert(0) += count.parse::<u32>().unwrap(),
        }
    }
    assert!(looked > 100, "{looked}");
    let unexplained: Vec<String> = unexplained
        .into_iter()
        .map(|((rule, pack), count)| format!("{rule} in {count} examples of {pack}"))
        .collect();
    assert!(
        unexplained.is_empty(),
        "mend the rule or the example, or explain it in tests/known/matrix.tsv:\n{}",
        unexplained.join("\n")
    );
    let idle: Vec<&str> = explained
        .iter()
        .zip(&used)
        .filter(|(_, used)| used.contains(&false))
        .map(|((rule, _), _)| rule.as_str())
        .collect();
    assert!(idle.is_empty(), "tests/known/matrix.tsv explains what no longer happens: {idle:?}");
}

#[test]
fn packs_that_nothing_gives_cause_for_are_named_and_left_out() {
    let root = folder("library-left-out", &[("README.md", "# A\n")]);
    let root = root.to_str().unwrap();
    let packs = |more: &[&str]| -> Vec<(String, Value)> {
        let mut arguments = vec!["check", root, "--no-config", "--format", "json"];
        arguments.extend(more);
        let run = assize(&arguments);
        let report: Value = serde_json::from_str(&run.out).unwrap();
        let told = report["packs"].as_array().unwrap();
        told.iter().map(|pack| (pack["name"].as_str().unwrap().to_owned(), pack["leftOut"].clone())).collect()
    };
    let all = json(&["standards", "--format", "json"]);
    let mut names: Vec<&str> =
        all["packs"].as_array().unwrap().iter().map(|pack| pack["pack"].as_str().unwrap()).collect();
    names.sort_unstable();
    for fact in ["public=true", "public=false"] {
        let mut told = packs(&["--fact", fact]);
        told.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(told.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), names);
        let of = |name: &str| told.iter().find(|(one, _)| one == name).unwrap().1.clone();
        let (in_public, inside) = (of("uk/open-source-policy"), of("uk/handling"));
        if fact == "public=true" {
            assert_eq!((in_public, inside), (Value::Null, "public is true (declared)".into()));
        } else {
            assert_eq!((in_public, inside), ("public is false (declared)".into(), Value::Null));
        }
    }
    // Of a file that is named, packs whose rules look at none of its kind are not read either: neither are
    // they lost from the report, nor their rules from those that can be disabled.
    let file =
        folder("library-one-file", &[("openapi.yaml", "openapi: 3.0.3\ninfo: { title: x }\npaths: {}\n")]);
    let file = file.join("openapi.yaml");
    let run = |more: &[&str]| {
        let mut arguments = vec!["check", file.to_str().unwrap(), "--no-config", "--format", "json"];
        arguments.extend(more);
        assize(&arguments)
    };
    let report: Value = serde_json::from_str(&run(&[]).out).unwrap();
    let told = report["packs"].as_array().unwrap();
    assert_eq!(told.len(), names.len());
    let all: Vec<&str> = names.iter().flat_map(|name| ["--pack", name]).collect();
    let whole: Value = serde_json::from_str(&run(&all).out).unwrap();
    let count = |report: &Value, pack: &str| {
        let of = |finding: &&Value| finding["rule"].as_str().unwrap().starts_with(&format!("{pack}/"));
        report["findings"].as_array().unwrap().iter().filter(of).count()
    };
    for pack in told.iter().filter(|pack| pack["leftOut"].is_null()) {
        let name = pack["name"].as_str().unwrap();
        assert_eq!(count(&report, name), count(&whole, name), "{name}");
    }
    assert!(count(&report, "uk/api-linting") > 0);
    assert_eq!(run(&["--disable", "uk/github-actions"]).code, 1);
    assert_eq!(run(&["--disable", "uk/github-actions/pinned-to-commits"]).code, 2, "no such rule");
    let rules = assize(&["standards", "show", "uk/github-actions", "--format", "json"]).out;
    let rules: Value = serde_json::from_str(&rules).unwrap();
    let rule = rules["packs"][0]["clauses"][0]["rules"][0].as_str().unwrap();
    assert_eq!(run(&["--disable", &format!("uk/github-actions/{rule}")]).code, 1);
    // Asked for by name, a pack is taken whatever the facts.
    assert_eq!(
        packs(&["--fact", "public=true", "--pack", "uk/handling"]),
        [("uk/handling".to_owned(), Value::Null)]
    );
}

#[test]
fn the_worked_example_for_authors_passes_its_tests() {
    let text = include_str!("../standards/README.md");
    let start = text.find("# yaml-language-server").unwrap();
    let pack = &text[start..start + text[start..].find("```").unwrap()];
    let register = "authorities:\n  xx-interior: { name: Ministry of the Interior, country: xx }\n";
    let files = [("xx/registry-messages/pack.yaml", pack), ("authorities.yaml", register)];
    let root = folder("library-example", &files);
    let run = assize(&["pack", "test", root.to_str().unwrap()]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(run.out.contains("4 rules, 8 examples"), "{}", run.out);
    // Nothing of it is met by a tree that holds nothing.
    let empty = folder("library-example-empty", &[("a.txt", "x")]);
    let profile = "profile: p\nversion: 1.0.0\ntitle: P\nstandards: [{ pack: xx/registry-messages }]\n";
    let profile = folder("library-example-profile", &[("p.yaml", profile)]).join("p.yaml");
    let root = root.to_str().unwrap();
    let run = assize(&[
        "statement",
        empty.to_str().unwrap(),
        "--profile",
        profile.to_str().unwrap(),
        "--pack",
        root,
        "--format",
        "json",
    ]);
    let told: Value = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}", run.err));
    assert!(
        told["clauses"].as_array().unwrap().iter().all(|clause| clause["verdict"] != "met"),
        "{}",
        run.out
    );
}

#[test]
fn rules_of_the_engine_are_disabled_by_name_and_what_could_not_be_judged_is_still_said() {
    let root = folder(
        "library-disable-own",
        &[
            ("openapi.yaml", "openapi: 3.0.3\ninfo: { title: x, title: y, version: '1' }\npaths: {}\n"),
            ("b.json", "{\"a\": "),
        ],
    );
    let ids = |more: &[&str]| {
        let mut arguments = vec![root.to_str().unwrap(), "--pack", "uk/api-design"];
        arguments.extend(more);
        let told = report(&arguments);
        let own = told["findings"].as_array().unwrap().iter();
        let own = own.map(|finding| finding["rule"].as_str().unwrap().to_owned());
        (
            own.filter(|id| id.starts_with("assize/")).collect::<Vec<_>>(),
            told["unknown"].as_array().unwrap().len(),
        )
    };
    let (all, unknown) = ids(&[]);
    assert!(all.contains(&"assize/duplicate-key".to_owned()), "{all:?}");
    let (left, still) = ids(&["--disable", "assize/duplicate-key"]);
    assert_eq!(left.len(), all.len() - 1, "{left:?}");
    assert_eq!(still, unknown);
    let (none, still) = ids(&["--disable", "assize"]);
    assert_eq!((none.len(), still), (0, unknown));
    let wrong =
        assize(&["check", root.to_str().unwrap(), "--no-config", "--disable", "assize/duplicate-keys"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("assize/duplicate-key\""), "{}", wrong.err);
}

#[test]
fn each_clause_called_whole_says_why_passing_proves_it() {
    let told = assize(&["standards", "--format", "json"]).out;
    let told: Value = serde_json::from_str(&told).unwrap();
    let clauses =
        told["packs"].as_array().unwrap().iter().flat_map(|pack| pack["clauses"].as_array().unwrap());
    let whole: Vec<&Value> = clauses.filter(|clause| clause["covers"] == "whole").collect();
    assert!(whole.len() > 100, "{}", whole.len());
    let silent: Vec<&Value> =
        whole.iter().filter(|clause| clause["residue"].is_null()).map(|clause| &clause["clause"]).collect();
    assert!(silent.is_empty(), "{silent:?}");
}

#[test]
fn a_fact_that_nothing_asks_about_is_told() {
    let root = folder("library-fact-slip", &[("README.md", "# A\n")]);
    let run = |fact: &str| assize(&["check", root.to_str().unwrap(), "--no-config", "--fact", fact]).err;
    assert!(
        run("publik=true").contains("No standard asks about the fact \"publik\". Did you mean \"public\"?")
    );
    assert_eq!(run("public=true"), "");
    assert_eq!(run("australia=true"), "");
}
