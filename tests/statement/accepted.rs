//! Waivers and records of evidence in statements, day by day.

use super::acceptance::Approver;
use super::bench::{Bench, FRAME, PROFILE, TREE, clause, exists, rule};
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
