//! Every row of the decision table, and what statements come to.

use super::bench::{Bench, FRAME, PROFILE, TREE, absent, clause, exists, pack, rule};
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

#[test]
fn whose_the_code_is_must_be_known_where_a_clause_addresses_owned_code() {
    let text = pack().replace("addressee: deployer\n", "addressee: own-code\n");
    let bench = Bench::with("own-code", TREE, &text, PROFILE);
    let verdict = |arguments: &[&str]| bench.verdict("X-deployers", arguments);
    assert_eq!(verdict(&[]), "unknown fact-unknown");
    let explained = bench.run(&["--explain", "X-deployers"]).out;
    assert!(explained.contains("Does the public body own the code"), "{explained}");
    assert_eq!(verdict(&["--fact", "own-code=true"]), "met proven");
    assert_eq!(verdict(&["--fact", "own-code=false"]), "not-applicable other-addressee");
    // A profile about owned code asks nothing; and where it would not apply anyway, neither.
    let profile = format!("{PROFILE}addressees: [supplier, own-code]\n");
    assert_eq!(
        Bench::with("own-code-profile", TREE, &text, &profile).verdict("X-deployers", &[]),
        "met proven"
    );
    let moot = text.replace(
        "  has-readme-6:\n    clause: deployers\n    on: [repository]\n    then: { function: file-exists, functionOptions: { any: ['README.md'] } }\n    empty: fail\n",
        &format!("  has-readme-6:\n    clause: deployers\n    on: [repository]\n    then: {}\n    empty: not-applicable\n", absent("*.none", "x")),
    );
    assert_eq!(
        Bench::with("own-code-moot", TREE, &moot, PROFILE).verdict("X-deployers", &[]),
        "not-applicable nothing-to-look-at"
    );
}

#[test]
fn what_a_slip_of_syntax_may_have_swallowed_is_not_met() {
    let mut text = format!("pack: test/rows\n{FRAME}clauses:\n");
    text.push_str(&clause("titled", "must", "law", "    covers: whole\n"));
    text.push_str("rules:\n");
    text.push_str(
        &rule(
            "r",
            "titled",
            "    empty: unknown\n",
            "{ function: pattern, functionOptions: { notMatch: bad } }",
        )
        .replace("on: [repository]", "on: [openapi]\n    given: $.info.title"),
    );
    let api =
        "{ \"openapi\": \"3.0.3\", \"info\": { \"title\": \"good\", \"version\": \"1\" }, \"paths\": {}";
    let whole = format!("{api} }}");
    for (name, text_of_api, wanted) in [
        ("whole", whole.clone(), "met proven"),
        // Everything was read all the same.
        ("comma", whole.replace("{} }", "{}, }"), "met proven"),
        // Cut off, or a value gone.
        ("cut", api.to_owned(), "unknown part-unknown"),
        ("gone", whole.replace("\"version\": \"1\"", "\"version\": "), "unknown part-unknown"),
        // What a rule says of half a description may be otherwise of the whole.
        ("bad", api.replace("good", "bad"), "unknown part-unknown"),
        (
            "bad-gone",
            whole.replace("good", "bad").replace("\"version\": \"1\"", "\"version\": "),
            "not-met refuted",
        ),
    ] {
        let bench = Bench::with(&format!("slip-{name}"), &[("openapi.json", &text_of_api)], &text, PROFILE);
        assert_eq!(bench.verdict("X-titled", &[]), wanted, "{name}");
    }
    // In a file that the description refers to.
    let root = whole.replace("\"paths\": {}", "\"paths\": { \"/a\": { \"$ref\": \"a.yaml\" } }");
    let bench =
        Bench::with("slip-part", &[("openapi.json", &root), ("a.yaml", "get: [\nx: 1\n")], &text, PROFILE);
    assert_eq!(bench.verdict("X-titled", &[]), "unknown part-unknown");
    assert!(bench.run(&["--explain", "X-titled"]).out.contains("a.yaml:"));
}

#[test]
fn an_edition_ends_a_record_makes_no_rule_and_a_file_too_large_is_not_clean() {
    let text = pack().replace("{ from: 2020-01-01 }", "{ from: 2020-02-29, until: 2026-11-22 }");
    let bench = Bench::with("ended", TREE, &text, PROFILE);
    for (day, wanted) in [
        ("2020-02-28", "not-applicable not-in-force"),
        ("2020-02-29", "met proven"),
        ("2026-11-22", "met proven"),
        ("2026-11-23", "not-applicable not-in-force"),
    ] {
        assert_eq!(bench.verdict("X-proven", &["--as-of", day]), wanted, "{day}");
    }
    // Where a rule could be written, no record stands in for it.
    let bench = Bench::new("no-rule", TREE);
    fs::create_dir_all(bench.tree.join("evidence")).unwrap();
    let record = "clause: X-no-rule\nstatement: It was looked at.\noutcome: met\nlink: https://example.org/report\nsigned-off-by: architect\ngrade: self-declared\nissued: 2026-01-01\nexpires: 2026-12-31\n";
    fs::write(bench.tree.join("evidence/a.yaml"), record).unwrap();
    assert_eq!(bench.verdict("X-no-rule", &[]), "unknown no-rule-yet");
    // More bytes than the limit: what stands in them was not looked at.
    assert_eq!(bench.verdict("X-forbidden", &[]), "met nothing-forbidden");
    let large = fs::File::create(bench.tree.join("data.json")).unwrap();
    large.set_len((64 << 20) + 1).unwrap();
    assert_eq!(bench.verdict("X-forbidden", &[]), "unknown part-unknown");
}

#[test]
fn a_rule_that_fails_while_it_runs_leaves_its_clause_unknown() {
    // A back-reference needs the backtracker, whose bound this text reaches.
    let slow = r"^(?:(a+)\1?)+$";
    let title = "a".repeat(60);
    let rules = rule("no-slow", "proven", "    empty: pass\n", &absent("*.txt", slow))
        + &rule("has-readme", "other", "    empty: fail\n", &exists("README.md"));
    let text = format!(
        "pack: test/rows\n{FRAME}clauses:\n{}{}rules:\n{rules}",
        clause("proven", "must", "law", "    covers: whole\n"),
        clause("other", "must", "law", "    covers: whole\n"),
    );
    let tree = [("README.md", "# A\n"), ("a.txt", &format!("{title}!\n")[..]), ("b.txt", "b\n")];
    let bench = Bench::with("runtime", &tree, &text, PROFILE);
    let statement = bench.json(&[]);
    assert_eq!(bench.verdict("X-proven", &[]), "unknown part-unknown");
    let reason = statement["clauses"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("a.txt") && reason.contains("more steps"), "{reason}");
    // The other rules have run all the same.
    assert_eq!(bench.verdict("X-other", &[]), "met proven");
    assert_eq!(bench.run(&[]).code, 3, "cannot be decided");
}

#[cfg(unix)]
#[test]
fn a_link_is_what_it_leads_to_and_out_of_the_tree_nobody_knows() {
    use std::os::unix::fs::symlink;
    let demands = clause("proven", "must", "law", "    covers: whole\n")
        + &clause("text", "must", "law", "    covers: whole\n");
    let text_rule =
        "{ function: content-matches, functionOptions: { files: ['README.md'], any: ['Bookings'] } }";
    let text = format!(
        "pack: test/rows\n{FRAME}clauses:\n{demands}rules:\n{}{}",
        rule(
            "there",
            "proven",
            "    empty: fail\n",
            "{ function: file-exists, functionOptions: { any: ['README.md'], nonEmpty: true } }"
        ),
        rule("says", "text", "    empty: fail\n", text_rule)
    );
    let outside = std::env::temp_dir().join("assize-no-such-file");
    let cases: [(&str, &str, [&str; 2]); 6] = [
        ("in", "docs/index.md", ["met proven", "met proven"]),
        ("twice", "again.md", ["met proven", "met proven"]),
        ("emptied", "empty.md", ["unknown part-unknown"; 2]),
        ("nowhere", "missing.md", ["unknown part-unknown"; 2]),
        ("out", outside.to_str().unwrap(), ["unknown part-unknown"; 2]),
        ("round", "README.md", ["unknown part-unknown"; 2]),
    ];
    for (name, target, wanted) in cases {
        let files = [("docs/index.md", "# Bookings\n"), ("empty.md", "")];
        let bench = Bench::with(&format!("link-{name}"), &files, &text, PROFILE);
        symlink("docs/index.md", bench.tree.join("again.md")).unwrap();
        symlink(target, bench.tree.join("README.md")).unwrap();
        let found = [bench.verdict("X-proven", &[]), bench.verdict("X-text", &[])];
        assert_eq!(found, wanted, "{name}");
    }
    // A statement tells when a link leads elsewhere.
    let bench =
        Bench::with("link-verify", &[("docs/index.md", "# Bookings\n"), ("b.md", "# B\n")], &text, PROFILE);
    symlink("docs/index.md", bench.tree.join("README.md")).unwrap();
    let file = bench.tree.with_extension("json");
    fs::write(&file, bench.run(&["--format", "json"]).out).unwrap();
    let verify = || assize(&["verify", file.to_str().unwrap()]);
    assert_eq!(verify().code, 0, "{}", verify().out);
    fs::remove_file(bench.tree.join("README.md")).unwrap();
    symlink("b.md", bench.tree.join("README.md")).unwrap();
    let told = verify();
    assert_eq!(told.code, 1);
    assert!(told.out.contains("the tree: README.md (changed)"), "{}", told.out);
}

/// One clause with one rule that looks at API descriptions.
fn about_apis(given: &str, then: &str) -> String {
    let then = format!(
        "    given: {given}\n    then: {then}\n    empty: not-applicable\n    message: m.\n    help: Mend it.\n    examples: {{ conforming: [{{ a: b }}], violating: [{{ a: b }}] }}\n"
    );
    format!(
        "pack: test/rows\n{FRAME}clauses:\n{}rules:\n  r:\n    clause: seen\n    on: [openapi]\n{then}",
        clause("seen", "must", "law", "    covers: whole\n")
    )
}

#[test]
fn what_stands_behind_a_reference_that_leads_nowhere_is_not_met() {
    let api = |more: &str| {
        format!(
            "openapi: 3.0.3\ninfo: {{ title: A, version: '1' }}\npaths:\n  /a:\n    get:\n      summary: s\n      \
             responses:\n        '200': {{ description: d, headers: {{ X: {{ schema: {{ type: string }} }} }} }}\n{more}"
        )
    };
    let path = "  /b: { $ref: gone.yaml }\n";
    let answer = "    post: { summary: t, responses: { '200': { $ref: '#/components/responses/Gone' } } }\n";
    let schema = "    post: { summary: t, responses: { '200': { description: d, headers: { X: { schema: { $ref: 'gone.yaml#/S' } } } } } }\n";
    let bad = "  /c:\n    get: { responses: {} }\n";
    for (name, given, then, more, wanted) in [
        // The path goes through the reference.
        ("through", "$.paths[*].get", "{ field: summary, function: truthy }", path, "unknown part-unknown"),
        ("besides", "$.paths[*].get", "{ field: summary, function: truthy }", answer, "met proven"),
        (
            "refuted",
            "$.paths[*].get",
            "{ field: summary, function: truthy }",
            "  /b: { $ref: gone.yaml }\n  /c:\n    get: { responses: {} }\n",
            "not-met refuted",
        ),
        // The filter asks for what stands behind it.
        (
            "filter",
            "$.paths[?@.get.summary].get",
            "{ field: summary, function: truthy }",
            path,
            "unknown part-unknown",
        ),
        (
            "other",
            "$.paths[*][?@.operationId]",
            "{ field: summary, function: truthy }",
            answer,
            "not-applicable nothing-to-look-at",
        ),
        // A descent may lead anywhere.
        ("descent", "$..summary", "{ function: truthy }", path, "unknown part-unknown"),
        // The field leads behind it.
        (
            "field",
            "$.paths[*][*].responses[*]",
            "{ field: headers.X, function: truthy }",
            answer,
            "unknown part-unknown",
        ),
        (
            "deep",
            "$.paths[*][*].responses[*].headers.X",
            "{ field: schema.type, function: truthy }",
            schema,
            "unknown part-unknown",
        ),
        (
            "shallow",
            "$.paths[*][*].responses[*].headers.X",
            "{ field: schema, function: truthy }",
            schema,
            "met proven",
        ),
        // A share is judged by what is known, where that is enough.
        (
            "share",
            "$.paths[*][*].responses[*]",
            "{ function: share, functionOptions: { having: [headers], min: 0.9 } }",
            answer,
            "unknown part-unknown",
        ),
        (
            "too-few",
            "$.paths[*].get",
            "{ function: share, functionOptions: { having: [summary], min: 0.9 } }",
            bad,
            "not-met refuted",
        ),
    ] {
        let files = [("openapi.yaml", api(more))];
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let bench = Bench::with(&format!("nowhere-{name}"), &files, &about_apis(given, then), PROFILE);
        assert_eq!(bench.verdict("X-seen", &[]), wanted, "{name}");
    }
}

#[test]
fn white_space_and_comments_say_nothing() {
    let frame = |then: &str| {
        format!(
            "pack: test/rows\n{FRAME}clauses:\n{}rules:\n{}",
            clause("seen", "must", "law", "    covers: whole\n"),
            rule("r", "seen", "    empty: fail\n", then)
        )
    };
    let filled = "{ function: file-exists, functionOptions: { any: ['README*'], nonEmpty: true } }";
    let matches = "{ function: content-matches, functionOptions: { files: ['*.md'], any: ['/report/i'] } }";
    for (name, file, text, then, wanted) in [
        ("words", "README.md", "# A\n", filled, "met proven"),
        ("blank", "README.md", "\u{FEFF} \n\t\u{200B}\n", filled, "not-met refuted"),
        ("picture", "README.png", "\u{1}\u{2}", filled, "met proven"),
        ("said", "SECURITY.md", "Report to a@b.uk\n", matches, "met proven"),
        ("comment", "SECURITY.md", "# S\n<!-- Report\nto a@b.uk -->\n", matches, "not-met refuted"),
        ("after", "SECURITY.md", "<!-- x -->Report<!-- y -->\n", matches, "met proven"),
        ("open", "SECURITY.md", "# S\n<!-- Report\n", matches, "not-met refuted"),
    ] {
        let bench = Bench::with(&format!("says-{name}"), &[(file, text)], &frame(then), PROFILE);
        assert_eq!(bench.verdict("X-seen", &[]), wanted, "{name}");
    }
}
