//! Records of evidence as a user meets them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/acceptance.rs"]
mod acceptance;
mod common;

use acceptance::{API, report, system, told};
use common::{Run, assize};
use std::fs;
use std::path::Path;

fn evidence(root: &Path, what: &str, more: &[&str]) -> Run {
    let pack = acceptance::pack();
    let mut all = vec!["evidence", what, "--pack", &pack];
    if what == "new" {
        all.extend(["--folder", root.to_str().unwrap()]);
    } else {
        all.push(root.to_str().unwrap());
    }
    all.extend(more);
    assize(&all)
}

const RECORD: &str = "clause: DCB-3.5
statement: The safety case report of release 1.10 was approved.
outcome: met
release: 1.10
file: evidence/report.pdf
sha256: 185f8db32271fe25f561a6fc938b2e264306ec304eda518007d1764826381969
signed-off-by: clinical-safety-officer
grade: hashed
issued: 2023-02-28
expires: 2024-02-29
";

fn with(name: &str, record: &str) -> std::path::PathBuf {
    system(
        &format!("evidence-{name}"),
        &[("openapi.yaml", API), ("evidence/case.yaml", record), ("evidence/report.pdf", "Hello")],
    )
}

/// What is wrong, as `rule:line`.
fn wrong(run: &Run) -> Vec<String> {
    run.out
        .lines()
        .filter_map(|line| {
            let (place, rest) = line.split_once(": ")?;
            let rule = rest.split(' ').nth(1)?.strip_prefix("assize/evidence-")?;
            Some(format!("{rule}:{}", place.split(':').nth(1)?))
        })
        .collect()
}

#[test]
fn a_record_holds_through_its_last_day_and_the_clauses_term() {
    let record = RECORD.replace("2024-02-29", "2025-02-28");
    let (own, term) = (with("own", &RECORD.replace("2024-02-29", "2024-02-28")), with("term", &record));
    // The clause wants a new one every year; from 28 February that is 28 February.
    for (day, own_wrong, term_wrong) in [
        ("2023-02-27", &["age:9"][..], &["age:9"][..]),
        ("2023-02-28", &[], &[]),
        ("2024-02-27", &[], &[]),
        ("2024-02-28", &[], &[]),
        ("2024-02-29", &["age:10"], &["age:10"]),
    ] {
        for (root, expected) in [(&own, own_wrong), (&term, term_wrong)] {
            let run = evidence(root, "check", &["--clock", day]);
            assert_eq!(wrong(&run), expected, "{day}: {}", run.out);
            assert_eq!(run.code, i32::from(!expected.is_empty()));
            assert_eq!(run.out.contains("does not hold"), !expected.is_empty());
        }
    }
    assert!(evidence(&term, "check", &["--clock", "2024-02-29"]).out.contains("a new one every 1y"));
}

#[test]
fn what_is_wrong_with_a_record_is_a_finding_of_its_own() {
    for (name, from, to, expected) in [
        ("hash", "sha256: 1", "sha256: 2", "hash:6"),
        ("gone", "report.pdf", "other.pdf", "hash:5"),
        ("outside", "evidence/report.pdf", "../report.pdf", "form:5"),
        (
            "no-hash",
            "sha256: 185f8db32271fe25f561a6fc938b2e264306ec304eda518007d1764826381969\n",
            "",
            "form:5",
        ),
        ("unknown", "DCB-3.5", "DCB-3.50", "unknown:1"),
        ("misspelt", "outcome: met", "outcome: mett", "form:3"),
        ("member", "statement", "statment", "form:2"),
        ("grade", "grade: hashed", "grade: third-party", "grade:8"),
        ("role", "clinical-safety-officer", "developer", "role:7"),
        ("release", "release: 1.10", "release: 1.1", "release:4"),
        ("no-such-day", "2024-02-29", "2023-02-29", "form:10"),
        ("backwards", "2024-02-29", "2023-02-27", "form:10"),
    ] {
        let root = with(name, &RECORD.replace(from, to));
        let day = ["--clock", "2023-06-01", "--role", "Clinical-Safety-Officer", "--release", "1.10"];
        let run = evidence(&root, "check", &day);
        assert_eq!(wrong(&run), [expected], "{name}: {}", run.out);
        assert_eq!(run.code, 1);
        // It is not a record that anything rests on.
        assert!(evidence(&root, "wanted", &day).out.contains("xx/rules/safety-case"), "{name}");
        // A whole check tells as well, but for what only the buyer knows.
        if !["role", "release"].contains(&name) {
            let (found, _) = report(&root, &["--clock", "2023-06-01"]);
            assert_eq!(told(&found), [format!("evidence-{expected}")], "{name}");
        }
    }
}

#[test]
fn what_is_wanted_is_what_has_no_record_that_holds() {
    let root = system("evidence-wanted", &[("openapi.yaml", API)]);
    let run = evidence(&root, "wanted", &[]);
    assert!(run.out.contains("xx/rules/safety-case  DCB-3.5  must, law"), "{}", run.out);
    assert!(run.out.contains("wanted: a report, renewed every 1y"));
    assert!(run.out.contains("1 clause needs a record."));
    let root = with("wanted-met", RECORD);
    let run = evidence(&root, "wanted", &["--clock", "2023-06-01"]);
    assert!(run.out.starts_with("0 clauses"), "{}", run.out);
    let run = evidence(&root, "wanted", &["--clock", "2024-03-01"]);
    assert!(run.out.contains("evidence/case.yaml does not hold"), "{}", run.out);
}

#[test]
fn a_new_record_is_filled_from_the_command_line() {
    let root = system("evidence-new", &[("openapi.yaml", API), ("evidence/report.pdf", "Hello")]);
    let run = evidence(&root, "new", &["dcb-3.5", "--clock", "2024-02-29"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let first = root.join("evidence/xx-rules-safety-case.yaml");
    assert!(fs::read_to_string(&first).unwrap().contains("expires: 2025-02-28"), "a year from a leap day");
    let check = evidence(&root, "check", &["--clock", "2024-06-01"]);
    assert_eq!((wrong(&check).len(), check.code), (3, 1), "{}", check.out);
    fs::remove_file(&first).unwrap();
    let run = evidence(
        &root,
        "new",
        &[
            "xx/rules/safety-case",
            "--clock",
            "2024-02-29",
            "--statement",
            "It: holds # so",
            "--file",
            "evidence/report.pdf",
            "--signed-off-by",
            "cso",
            "--release",
            "1.10",
        ],
    );
    assert_eq!(run.code, 0, "{}", run.err);
    let check = evidence(&root, "check", &["--clock", "2024-06-01", "--role", "cso", "--release", "1.10"]);
    assert_eq!((wrong(&check), check.code), (vec![], 0), "{}", check.out);
    // A second one does not overwrite the first.
    evidence(&root, "new", &["DCB-3.5"]);
    assert!(root.join("evidence/xx-rules-safety-case-2.yaml").exists());
    assert!(evidence(&root, "new", &["DCB-3.6"]).err.contains("Did you mean \"DCB-3.5\"?"));
    assert_eq!(evidence(&root, "new", &["DCB-3.5", "--file", "no.pdf"]).code, 2);
}

#[test]
fn other_programs_evidence_is_left_alone() {
    let root = system(
        "evidence-other",
        &[
            ("openapi.yaml", API),
            ("evidence/results.yaml", "runs: [1]\n"),
            ("evidence/deep/x.yaml", "clause: x\noutcome: y\n"),
        ],
    );
    assert_eq!(told(&report(&root, &[]).0), [""; 0]);
    assert_eq!(wrong(&evidence(&root, "check", &[])), ["form:1"]);
}
