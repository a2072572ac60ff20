//! Rules over several files: what is gathered, how it is compared, and what is unknown.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::panic)]

mod common;

use common::{assize, folder, report};
use serde_json::Value;

const HEAD: &str = "pack: xx/across
version: 1.0.0
standard: { title: Across, authority: gds, edition: '1', in-force: { from: 2020-01-01 }, url: 'https://a.example' }
clauses: [{ id: all, level: must, standing: law, title: t, url: u, source: s, covers: whole }]
rules:
";

const RULES: &str = r##"  updates-cover-all:
    clause: all
    gather:
      have:
        - { on: [npm-manifest], value: npm }
        - { on: [python-manifest], value: pip }
        - { on: [github-workflow], value: github-actions }
      want: { on: [dependabot], given: "$.updates[*]['package-ecosystem']" }
    then: { function: subset }
    empty: not-applicable
    message: "Dependabot does not look after {{value}}."
    help: Add it to .github/dependabot.yml.
    examples:
      conforming: [{ package.json: "{}", package-lock.json: '{"lockfileVersion":3}', .github/dependabot.yml: "updates: [{ package-ecosystem: npm }]" }]
      violating:
        - { package.json: "{}", pyproject.toml: "a = 1", .github/dependabot.yml: "updates: [{ package-ecosystem: npm }]" }
        - { package.json: "{}" }
  one-version:
    clause: all
    gather:
      version: { on: [npm-manifest, rust-manifest, openapi], given: ["$.version", "$.package.version", "$.info.version"], match: '^\d+\.\d+' }
    then: { function: equal }
    empty: not-applicable
    message: "{{error}}."
    help: Agree on one version.
    examples:
      conforming: [{ package.json: '{"version":"1.2.3"}', package-lock.json: '{"lockfileVersion":3}', .github/dependabot.yml: "updates: [{ package-ecosystem: npm }]", openapi.yaml: "openapi: 3.0.3\ninfo: { title: a, version: 1.2.9 }\npaths: {}\n" }]
      violating: [{ package.json: '{"version":"1.2.3"}', openapi.yaml: "openapi: 3.0.3\ninfo: { title: a, version: '2.0' }\npaths: {}\n" }]
  same-names:
    clause: all
    gather:
      have: { on: [csv], given: "$.header[*]" }
      want: { on: [json-schema], given: "$.properties[*]", take: key }
    then: { function: equal }
    empty: not-applicable
    message: "{{error}}."
    help: Name columns and properties alike.
    examples:
      conforming: [{ a.csv: "x,y\n1,2\n", a.schema.json: '{"properties":{"x":{},"y":{}}}' }, { a.csv: "x,z\n1,2\n" }]
      violating: [{ a.csv: "x,z\n1,2\n", a.schema.json: '{"properties":{"x":{},"y":{}}}' }]
  few-descriptions:
    clause: all
    gather: { all: { on: [openapi], take: file } }
    then: { function: count, functionOptions: { have: all, max: 1 } }
    empty: pass
    message: "{{error}}."
    help: Merge them.
    examples:
      conforming: [{ a.yaml: "openapi: 3.0.3\ninfo: { title: a, version: 1.2.9 }\npaths: {}\n" }]
      violating: [{ a.yaml: "openapi: 3.0.3\ninfo: { title: a, version: '1' }\npaths: {}\n", b.yaml: "openapi: 3.0.3\ninfo: { title: a, version: '1' }\npaths: {}\n" }]
  mostly-locked:
    clause: all
    gather:
      have: { on: [npm-manifest], take: folder }
      want: { on: [lock-file], take: folder }
    then: { function: share, functionOptions: { min: 0.5 } }
    empty: not-applicable
    message: "{{error}}."
    help: Commit the lock files.
    examples:
      conforming: [{ .github/dependabot.yml: "updates: [{ package-ecosystem: npm }]", a/package.json: "{}", a/yarn.lock: "# yarn lockfile v1\nb@1:\n  version \"1\"\n", b/package.json: "{}" }]
      violating: [{ a/package.json: "{}", b/package.json: "{}", c/package.json: "{}", a/package-lock.json: '{"lockfileVersion":3}' }]
"##;

fn pack(name: &str, rules: &str) -> String {
    let root = folder(name, &[("xx/across/pack.yaml", &format!("{HEAD}{rules}"))]);
    root.to_str().unwrap().to_owned()
}

fn found(report: &Value, rule: &str) -> Vec<(String, String, Vec<String>)> {
    let all = report["findings"].as_array().unwrap().iter();
    all.filter(|finding| finding["rule"] == format!("xx/across/{rule}"))
        .map(|finding| {
            let related = finding["related"].as_array().unwrap().iter();
            (
                finding["file"].as_str().unwrap().to_owned(),
                finding["message"].as_str().unwrap().to_owned(),
                related.map(|one| one["file"].as_str().unwrap().to_owned()).collect(),
            )
        })
        .collect()
}

#[test]
fn every_check_accepts_and_rejects_its_examples() {
    let run = assize(&["pack", "test", &pack("gather-pack", RULES)]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(run.out.contains("5 rules"), "{}", run.out);
}

#[test]
fn a_finding_stands_where_the_value_was_taken() {
    let pack = pack("gather-places-pack", RULES);
    let root = folder(
        "gather-places",
        &[
            ("a/package.json", "{\"version\": \"1.2.0\"}"),
            ("b/package.json", "{\"version\": \"1.2.1\"}"),
            ("c/package.json", "{\n  \"version\": \"1.3.0\"}"),
            ("tests/package.json", "{\"version\": \"9.9.9\"}"),
            ("node_modules/x/package.json", "{\"version\": \"8.8.8\"}"),
            (".github/dependabot.yml", "updates:\n- package-ecosystem: npm\n"),
            (".github/workflows/a.yml", "on: push\njobs: {}\n"),
        ],
    );
    let report = report(&[root.to_str().unwrap(), "--pack", &pack]);
    let own = |file: &str, message: &str, related: &[&str]| {
        (file.to_owned(), message.to_owned(), related.iter().map(|&one| one.to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(
        found(&report, "one-version"),
        [own("c/package.json", "\"1.3\" differs from \"1.2\" elsewhere.", &["a/package.json"])]
    );
    let finding = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["rule"] == "xx/across/one-version")
        .unwrap();
    assert_eq!((&finding["start"]["line"], &finding["start"]["column"]), (&2.into(), &14.into()));
    assert_eq!(
        found(&report, "updates-cover-all"),
        [own(".github/workflows/a.yml", "Dependabot does not look after github-actions.", &[])]
    );
    assert_eq!(
        found(&report, "mostly-locked"),
        [own(
            ".",
            "0 of 3 are among the values of want, and 50 in 100 are wanted.",
            &["a/package.json", "b/package.json", "c/package.json"]
        )]
    );
    // A part of a tree shows nothing of the whole.
    let file = root.join("c/package.json");
    let part = common::report(&[file.to_str().unwrap(), "--pack", &pack]);
    assert!(found(&part, "one-version").is_empty() && found(&part, "mostly-locked").is_empty());
    // The same bytes, whatever the number of threads.
    let run = |threads| {
        assize(&["check", root.to_str().unwrap(), "--pack", &pack, "--format", "json", "--threads", threads])
            .out
    };
    assert_eq!(run("1"), run("4"));
}

#[test]
fn what_cannot_be_compared_is_unknown() {
    let rules = "  versions:
    clause: all
    gather: { have: { on: [npm-manifest], given: $.version }, want: { on: [npm-manifest], given: $.name } }
    then: { function: subset }
    empty: pass
    message: m
    help: h
    examples: { conforming: [{ package.json: '{\"version\":\"1\",\"name\":\"1\"}' }], violating: [{ package.json: '{\"version\":\"1\"}' }] }
";
    let pack = pack("gather-unknown-pack", rules);
    let of = |name: &str, text: &str| {
        let root = folder(name, &[("package.json", text)]);
        report(&[root.to_str().unwrap(), "--pack", &pack])
    };
    let unclear = of("gather-unknown", "{\"version\": {\"a\": 1}, \"name\": \"a\"}");
    let reasons: Vec<&str> =
        unclear["unknown"].as_array().unwrap().iter().map(|one| one["reason"].as_str().unwrap()).collect();
    assert_eq!(reasons, ["/version is an object or a list where a value was to be compared."]);
    // A verdict: nothing to look at is what the rule says, and a manifest that cannot be read is unknown.
    let profile = "profile: p\nversion: 1.0.0\ntitle: P\nstandards: [{ pack: xx/across }]\n";
    let profile = folder("gather-profile", &[("p.yaml", profile)]).join("p.yaml");
    let result = |name: &str, file: &str, text: &str| {
        let root = folder(name, &[(file, text)]);
        let (root, profile) = (root.to_str().unwrap(), profile.to_str().unwrap());
        let run = assize(&["statement", root, "--profile", profile, "--pack", &pack, "--format", "json"]);
        let told: Value = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}", run.err));
        told["counts"]["binding"].clone()
    };
    let one = |name: &str| serde_json::json!({ name: 1 });
    assert_eq!(result("gather-none", "a.txt", "x"), one("met"));
    assert_eq!(result("gather-good", "package.json", "{\"version\":\"1\",\"name\":\"1\"}"), one("met"));
    assert_eq!(result("gather-bad", "package.json", "{\"version\":\"1\",\"name\":\"2\"}"), one("not-met"));
    assert_eq!(result("gather-broken", "package.json", "[1"), one("unknown"));
    assert_eq!(result("gather-empty", "package.json", ""), one("unknown"));
}

#[test]
fn mistakes_in_gathering_are_placed() {
    let good = RULES;
    for (from, to, expected) in [
        ("then: { function: subset }", "then: { function: subst }", "Did you mean \"subset\"?"),
        ("then: { function: subset }", "then: { function: truthy }", "over gathered places"),
        ("on: [python-manifest], value", "on: [pyton-manifest], value", "Did you mean \"python-manifest\"?"),
        ("match: '^\\d+\\.\\d+'", "match: '('", "The pattern cannot be read"),
        (
            "functionOptions: { have: all, max: 1 }",
            "functionOptions: { have: al, max: 1 }",
            "gathers no \"al\"",
        ),
        (
            "functionOptions: { have: all, max: 1 }",
            "functionOptions: { have: all }",
            "needs \"min\" or \"max\"",
        ),
        ("functionOptions: { min: 0.5 }", "functionOptions: { min: 2 }", "from 0 to 1"),
        (
            "    then: { function: equal }\n    empty",
            "    on: [csv]\n    then: { function: equal }\n    empty",
            "no \"on\" of its own",
        ),
        ("given: \"$.header[*]\"", "given: \"$.header[\"", "cannot be read"),
        ("take: folder }\n      want", "take: folders }\n      want", "folder"),
    ] {
        assert!(good.contains(from), "{from}");
        let run = assize(&["pack", "test", &pack("gather-mistakes", &good.replacen(from, to, 1))]);
        let told = run.err + &run.out;
        let shown = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(run.code == 2 && shown.contains(expected), "{to}: {told}");
    }
}

#[test]
fn a_value_of_several_files_is_found_at_the_one_that_counts() {
    // Two editions of one API with the same licence: the older one is superseded, and stands first.
    let api = |version: &str| {
        format!(
            "openapi: 3.0.3\ninfo: {{ title: A, version: {version}, license: {{ name: Apache-2.0 }} }}\nservers: [{{ url: 'https://a.example.nhs.uk' }}]\npaths: {{}}\n"
        )
    };
    let pack = "pack: xx/one
version: 0.1.0
standard: { title: T, authority: gds, edition: '1', in-force: { from: 2020-01-01 }, url: 'https://a.example/' }
clauses:
  - { id: one, level: must, standing: law, title: The licences agree, url: 'https://a.example/1', source: X-1, covers: whole }
rules:
  agree:
    clause: one
    gather:
      have: { on: [openapi], given: $.info.license.name }
      want: { on: [npm-manifest], given: $.license }
    then: { function: subset }
    empty: not-applicable
    message: '{{error}}.'
    help: Mend it.
    examples: { conforming: [{ a: b }], violating: [{ a: b }] }
";
    let root = folder(
        "gather-editions",
        &[
            ("tree/api-1.0.0.yaml", &api("1.0.0")),
            ("tree/api-2.0.0.yaml", &api("2.0.0")),
            ("tree/package.json", "{ \"name\": \"a\", \"license\": \"MIT\" }\n"),
            ("pack/pack.yaml", pack),
            ("p.yaml", "profile: p\nversion: '1'\ntitle: P\nstandards: [{ pack: xx/one }]\n"),
        ],
    );
    let path = |name: &str| root.join(name).to_str().unwrap().to_owned();
    let (tree, profile, pack) = (path("tree"), path("p.yaml"), path("pack"));
    let run = assize(&["statement", &tree, "-P", &profile, "--pack", &pack, "--format", "json"]);
    let statement: serde_json::Value =
        serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}", run.err));
    let clause = &statement["clauses"][0];
    assert_eq!(clause["verdict"], "not-met", "{clause:#}");
    assert_eq!(clause["places"][0]["file"], "api-2.0.0.yaml");
    let message = clause["places"][0]["message"].as_str().unwrap();
    assert_eq!(message, "\"Apache-2.0\" is not among the values of want (MIT).");
}
