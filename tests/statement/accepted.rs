//! Waivers and records of evidence in statements, day by day.

use super::acceptance::Approver;
use super::bench::{Bench, FRAME, PROFILE, TREE, absent, clause, exists, rule};
use std::fs;

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

/// A clause with two places against it, one with a record wanted, and a should.
fn two_places() -> String {
    let mut text = format!("pack: test/rows\n{FRAME}clauses:\n");
    text.push_str(&clause("tags", "must", "law", "    covers: whole\n"));
    text.push_str(&clause("tested", "must", "law", "    evidence: { kind: report }\n"));
    text.push_str(&clause("tidy", "should", "guidance", "    covers: whole\n"));
    text.push_str("rules:\n");
    text.push_str(&rule("no-latest", "tags", "    empty: pass\n", &absent("**/Dockerfile", "latest")));
    text.push_str(&rule("no-todo", "tidy", "    empty: pass\n", &absent("**/Dockerfile", "TODO")));
    text
}

fn entry(id: &str, subject: &str, expires: &str) -> String {
    format!(
        "  - id: {id}\n    {subject}\n    reason: It is being mended.\n    issued: 2027-08-31\n    expires: {expires}\n"
    )
}

/// A system with two faulty files, and an approver on the profile's list.
fn faulty(name: &str) -> (Bench, Approver) {
    let approver = Approver::new();
    let profile =
        format!("{PROFILE}longest-waiver: 1y\napprovers: [{{ name: Ada, key: {} }}]\n", approver.key());
    let files = [("a/Dockerfile", "FROM x:latest\n"), ("b/Dockerfile", "FROM y:latest\n")];
    (Bench::with(name, &files, &two_places(), &profile), approver)
}

#[test]
fn a_clause_is_waived_where_every_place_against_it_is() {
    let (bench, approver) = faulty("every-place");
    let on = |id: &str, day: &str| bench.verdict(id, &["--clock", day]);
    let one = entry("W-1", "rule: test/rows/no-latest\n    scope: { path: 'a/**' }", "2028-02-29");
    let first = approver.grant(&bench.tree, &format!("waivers:\n{one}"), "W-1");
    assert_eq!(on("X-tags", "2028-01-01"), "not-met refuted", "one of two");
    let two = entry("9.10", "rule: test/rows/no-latest\n    scope: { path: 'b/*' }", "2028-02-28");
    approver.grant(&bench.tree, &format!("{first}{two}"), "9.10");
    for (day, wanted) in [
        ("2027-08-30", "not-met refuted"),
        ("2027-08-31", "waived waived"),
        ("2028-02-27", "waived waived"),
        ("2028-02-28", "waived waived"),
        // One of the two ended yesterday, the other ends today, a leap day.
        ("2028-02-29", "not-met refuted"),
        ("2028-03-01", "not-met refuted"),
    ] {
        assert_eq!(on("X-tags", day), wanted, "{day}");
    }
    // Lines moved: the same. A file renamed out of the scope: open again, and the waiver is idle.
    fs::write(bench.tree.join("a/Dockerfile"), "# moved\n\n\nFROM x:latest\n").unwrap();
    assert_eq!(on("X-tags", "2028-01-01"), "waived waived");
    fs::rename(bench.tree.join("a"), bench.tree.join("c")).unwrap();
    assert_eq!(on("X-tags", "2028-01-01"), "not-met refuted");
    let outside = bench.json(&["--clock", "2028-01-01"])["outside"].to_string();
    assert!(outside.contains("waiver-stale"), "{outside}");
    // A waiver of the clause without a scope goes with the file.
    let whole = entry("W-3", "clause: X-tags", "2028-02-29");
    approver.grant(&bench.tree, &format!("waivers:\n{whole}"), "W-3");
    assert_eq!(on("X-tags", "2028-02-29"), "waived waived");
    assert_eq!(on("X-tags", "2028-03-01"), "not-met refuted");
}

#[test]
fn waivers_records_and_days_together() {
    let (bench, approver) = faulty("together");
    let on = |day: &str| bench.verdict("X-tested", &["--clock", day]);
    let record = |outcome: &str, expires: &str| {
        let text = format!(
            "clause: X-tested\nstatement: It was looked at.\noutcome: {outcome}\nlink: https://example.org/report\nsigned-off-by: architect\ngrade: self-declared\nissued: 2027-09-01\nexpires: {expires}\n"
        );
        fs::create_dir_all(bench.tree.join("evidence")).unwrap();
        fs::write(bench.tree.join("evidence/a.yaml"), text).unwrap();
    };
    // Neither; a record on its last day, which is a leap day, and on the next.
    assert_eq!(on("2028-02-29"), "needs-evidence part-covered");
    record("met", "2028-02-29");
    assert_eq!(on("2028-02-28"), "met part-covered");
    assert_eq!(on("2028-02-29"), "met part-covered");
    assert_eq!(on("2028-03-01"), "needs-evidence part-covered");
    assert_eq!(on("2027-08-31"), "needs-evidence part-covered", "not issued yet");
    // A record against it, and a waiver of the clause as a whole: asked for, then granted.
    record("not-met", "2028-03-31");
    let waivers = format!("waivers:\n{}", entry("W-1", "clause: X-tested", "2028-02-29"));
    fs::write(bench.tree.join("assize-waivers.yaml"), &waivers).unwrap();
    assert_eq!(on("2028-02-28"), "not-met evidence-against");
    let granted = approver.grant(&bench.tree, &waivers, "W-1");
    for (day, wanted) in [
        ("2028-02-28", "waived waived"),
        ("2028-02-29", "waived waived"),
        ("2028-03-01", "not-met evidence-against"),
        ("2028-03-31", "not-met evidence-against"),
        ("2028-04-01", "needs-evidence part-covered"),
    ] {
        assert_eq!(on(day), wanted, "{day}");
    }
    // Tampered with, misspelt: as if it were not there.
    for (from, to, rule) in
        [("2028-02-29", "2028-03-29", "waiver-signature"), ("X-tested", "X-tasted", "waiver-unknown")]
    {
        fs::write(bench.tree.join("assize-waivers.yaml"), granted.replace(from, to)).unwrap();
        assert_eq!(on("2028-02-28"), "not-met evidence-against", "{to}");
        let outside = bench.json(&["--clock", "2028-02-28"])["outside"].to_string();
        assert!(outside.contains(rule), "{rule}: {outside}");
    }
}

#[test]
fn a_should_that_is_explained_is_printed_as_such_and_blocks_nothing() {
    let (bench, _) = faulty("explained");
    let tidy = |arguments: &[&str]| {
        let mut all = vec!["--clock", "2028-01-01"];
        all.extend(arguments);
        let clauses = bench.json(&all)["clauses"].as_array().unwrap().clone();
        let found = clauses.into_iter().find(|one| one["source"] == "X-tidy").unwrap();
        (found["verdict"].as_str().unwrap().to_owned(), found["explained"].as_bool().unwrap())
    };
    let write = |text: &str| fs::write(bench.tree.join("a/Dockerfile"), text).unwrap();
    write("FROM x:1\n# TODO\n");
    fs::write(bench.tree.join("b/Dockerfile"), "FROM y:1\n").unwrap();
    assert_eq!(tidy(&[]), ("not-met".to_owned(), false));
    let comment = "# assize-ignore: test/rows/no-todo reason=\"After the release.\" until=2028-02-29";
    write(&format!("FROM x:1\n{comment}\nRUN x # TODO\n"));
    assert_eq!(tidy(&[]), ("not-met".to_owned(), true));
    assert_eq!(tidy(&["--no-inline-ignores"]), ("not-met".to_owned(), false));
    assert_eq!(bench.run(&["--clock", "2028-01-01"]).code, 3, "it does not block: only a record is wanted");
    // Past its day it explains nothing.
    let clauses = bench.json(&["--clock", "2028-03-01"])["clauses"].as_array().unwrap().clone();
    assert!(clauses.iter().all(|one| one["explained"] == false));
    // One of two places explained is not enough.
    fs::write(bench.tree.join("b/Dockerfile"), "FROM y:1\n# TODO\n").unwrap();
    assert_eq!(tidy(&[]), ("not-met".to_owned(), false));
}
