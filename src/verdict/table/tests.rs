//! Every row of the table, and that the first that fits wins.

use super::{Case, ClauseWaiver, EvidenceState, NeededFact, Part, PartFinding, Row, Verdict, decide};
use crate::pack::form::{Covers, DecideForm, Decides, Empty};
use crate::standard::Truth;

fn part(places: u64) -> Part {
    Part {
        id: "r".to_owned(),
        decides: Decides::Both,
        empty: Empty::Unknown,
        places,
        files: 1,
        findings: Vec::new(),
        unknown: None,
        nothing: "There is nothing to look at.".to_owned(),
    }
}

fn broken(waived: Option<&str>) -> Part {
    let finding = PartFinding {
        index: 0,
        message: "It is wrong.".to_owned(),
        waived_by: waived.map(str::to_owned),
        requested: false,
    };
    Part { findings: vec![finding], ..part(3) }
}

fn whole(parts: Vec<Part>) -> Case<'static> {
    Case { parts, covers: Some(Covers::Whole), ..Case::default() }
}

fn fact(value: Truth) -> NeededFact {
    NeededFact { name: "fhir".to_owned(), value, how: "told".to_owned(), question: "Is it?".to_owned() }
}

#[track_caller]
fn comes_to(case: &Case<'_>, verdict: Verdict, row: Row) {
    let decision = decide(case);
    assert_eq!((decision.verdict, decision.row), (verdict, row), "{:#?}", decision);
    assert!(!decision.reason.is_empty());
    assert!(decision.steps.last().unwrap().contains(row.situation()));
}

#[test]
fn an_edition_not_in_force_or_another_addressee_comes_first() {
    let case = Case { not_in_force: Some("later".to_owned()), ..whole(vec![broken(None)]) };
    comes_to(&case, Verdict::NotApplicable, Row::NotInForce);
    let case = Case { other_addressee: Some("deployers".to_owned()), ..whole(vec![broken(None)]) };
    comes_to(&case, Verdict::NotApplicable, Row::OtherAddressee);
}

#[test]
fn a_fact_decides_whether_it_applies() {
    let with = |value, parts| Case { facts: vec![fact(value)], ..whole(parts) };
    comes_to(&with(Truth::False, vec![broken(None)]), Verdict::NotApplicable, Row::FactFalse);
    comes_to(&with(Truth::Unknown, vec![part(2)]), Verdict::Unknown, Row::FactUnknown);
    comes_to(&with(Truth::Unknown, vec![broken(None)]), Verdict::Unknown, Row::FactUnknown);
    assert_eq!(decide(&with(Truth::Unknown, vec![part(2)])).question.as_deref(), Some("Is it?"));
    // It would not apply either way: the unknown fact makes no difference.
    let nothing = Part { empty: Empty::NotApplicable, ..part(0) };
    comes_to(&with(Truth::Unknown, vec![nothing]), Verdict::NotApplicable, Row::NothingToLookAt);
    comes_to(&with(Truth::True, vec![part(2)]), Verdict::Met, Row::Proven);
    // One that is false settles it whatever another is.
    let both = Case { facts: vec![fact(Truth::Unknown), fact(Truth::False)], ..whole(vec![part(1)]) };
    comes_to(&both, Verdict::NotApplicable, Row::FactFalse);
}

#[test]
fn precedence_exempts_what_is_refuted() {
    let case = Case { exempt: Some("Exempted by p.".to_owned()), ..whole(vec![broken(None)]) };
    comes_to(&case, Verdict::NotApplicable, Row::Exempt);
}

#[test]
fn refuted_is_waived_only_when_every_finding_is() {
    comes_to(&whole(vec![broken(Some("W-1"))]), Verdict::Waived, Row::Waived);
    let mut half = broken(Some("W-1"));
    half.findings.push(PartFinding { index: 1, message: "So is this.".to_owned(), ..PartFinding::default() });
    comes_to(&whole(vec![half]), Verdict::NotMet, Row::Refuted);
    comes_to(&whole(vec![broken(None)]), Verdict::NotMet, Row::Refuted);
    let mut asked = broken(None);
    asked.findings[0].requested = true;
    assert!(decide(&whole(vec![asked])).reason.ends_with("(waiver requested)"));
}

#[test]
fn a_waiver_of_the_clause_needs_somebody_who_granted_it() {
    let waiver =
        |by: Option<&str>| Some(ClauseWaiver { id: "W-2".to_owned(), granted_by: by.map(str::to_owned) });
    let case = |by| Case { wants_record: true, waiver: waiver(by), ..Case::default() };
    comes_to(&case(Some("CSO")), Verdict::Waived, Row::Waived);
    comes_to(&case(None), Verdict::NeedsEvidence, Row::PartCovered);
    // What is met needs no waiver.
    comes_to(&Case { waiver: waiver(Some("CSO")), ..whole(vec![part(1)]) }, Verdict::Met, Row::Proven);
}

#[test]
fn what_is_demanded_and_absent_is_not_met() {
    comes_to(&whole(vec![Part { empty: Empty::Fail, ..part(0) }]), Verdict::NotMet, Row::Refuted);
    // Where not all places could be read, absence is not known.
    let unread = Part { empty: Empty::Fail, unknown: Some("a.yml is empty.".to_owned()), ..part(0) };
    comes_to(&whole(vec![unread]), Verdict::Unknown, Row::PartUnknown);
}

#[test]
fn refuted_beats_unknown_and_a_record_that_says_met() {
    let unknown = Part { unknown: Some("cannot tell".to_owned()), ..part(0) };
    comes_to(&whole(vec![unknown, broken(None)]), Verdict::NotMet, Row::Refuted);
    let record = EvidenceState::Met { record: "e.yaml".to_owned() };
    comes_to(&Case { evidence: record, ..whole(vec![broken(None)]) }, Verdict::NotMet, Row::Refuted);
}

#[test]
fn a_record_may_say_that_it_is_not_met() {
    let record = || EvidenceState::NotMet { record: "e.yaml".to_owned() };
    comes_to(&Case { evidence: record(), ..whole(vec![part(9)]) }, Verdict::NotMet, Row::EvidenceAgainst);
    let unknown = Part { unknown: Some("cannot tell".to_owned()), ..part(0) };
    comes_to(&Case { evidence: record(), ..whole(vec![unknown]) }, Verdict::NotMet, Row::EvidenceAgainst);
}

#[test]
fn an_unknown_part_makes_it_unknown_and_no_record_mends_that() {
    let unknown = || Part { unknown: Some("x.py is empty.".to_owned()), ..part(5) };
    comes_to(&whole(vec![part(1), unknown()]), Verdict::Unknown, Row::PartUnknown);
    let record = EvidenceState::Met { record: "e.yaml".to_owned() };
    comes_to(&Case { evidence: record, ..whole(vec![unknown()]) }, Verdict::Unknown, Row::PartUnknown);
    let only_indicates = Part { decides: Decides::Indicates, ..unknown() };
    comes_to(&whole(vec![only_indicates]), Verdict::Unknown, Row::PartUnknown);
}

#[test]
fn a_question_to_a_person_is_unknown_until_a_record_answers_it() {
    let asks = || Part { decides: Decides::Asks, ..broken(None) };
    comes_to(&whole(vec![asks()]), Verdict::Unknown, Row::PartUnknown);
    assert!(decide(&whole(vec![asks()])).question.is_some());
    let record = EvidenceState::Met { record: "e.yaml".to_owned() };
    comes_to(&Case { evidence: record, ..whole(vec![asks()]) }, Verdict::Met, Row::PartCovered);
    comes_to(&whole(vec![Part { decides: Decides::Asks, ..part(4) }]), Verdict::Met, Row::Proven);
}

#[test]
fn without_a_rule_it_is_unknown_unless_only_a_record_can_tell() {
    comes_to(&Case::default(), Verdict::Unknown, Row::NoRuleYet);
    comes_to(&Case { wants_record: true, ..Case::default() }, Verdict::NeedsEvidence, Row::PartCovered);
    let met = EvidenceState::Met { record: "e.yaml".to_owned() };
    comes_to(&Case { wants_record: true, evidence: met, ..Case::default() }, Verdict::Met, Row::PartCovered);
    let void = EvidenceState::Void { why: "it expired".to_owned() };
    let case = Case { wants_record: true, evidence: void, ..Case::default() };
    comes_to(&case, Verdict::NeedsEvidence, Row::PartCovered);
    assert!(decide(&case).reason.contains("it expired"));
}

#[test]
fn met_takes_whole_cover_and_something_looked_at() {
    comes_to(&whole(vec![part(7)]), Verdict::Met, Row::Proven);
    assert_eq!(decide(&whole(vec![part(7)])).reason, "7 places looked at, none against it.");
    let partly = Case { covers: Some(Covers::Part), ..whole(vec![part(7)]) };
    comes_to(&partly, Verdict::NeedsEvidence, Row::PartCovered);
    for decides in [Decides::Indicates, Decides::Refutes] {
        comes_to(&whole(vec![Part { decides, ..part(7) }]), Verdict::NeedsEvidence, Row::PartCovered);
    }
    // A finding of a rule that only indicates refutes nothing.
    let indicated = Part { decides: Decides::Indicates, ..broken(None) };
    comes_to(&whole(vec![indicated]), Verdict::NeedsEvidence, Row::PartCovered);
    // A guard beside a rule that proves leaves the proof to it.
    let guard = Part { decides: Decides::Refutes, ..part(7) };
    comes_to(&whole(vec![part(1), guard]), Verdict::Met, Row::Proven);
    // One that was to prove it and did not leaves it open.
    let unproven = Part { decides: Decides::Proves, ..broken(None) };
    comes_to(&whole(vec![part(1), unproven]), Verdict::NeedsEvidence, Row::PartCovered);
}

#[test]
fn a_prohibition_is_kept_only_where_every_file_could_be_read() {
    let guard = Part { decides: Decides::Refutes, empty: Empty::Pass, ..part(0) };
    let case = Case { prohibition: true, ..whole(vec![guard]) };
    comes_to(&case, Verdict::Met, Row::NothingForbidden);
    assert!(decide(&case).reason.starts_with("0 places"));
    let emptied = Case { unread: Some("3 files are empty".to_owned()), ..case };
    comes_to(&emptied, Verdict::Unknown, Row::PartUnknown);
    // The same for one that looked at places: the forbidden thing may stand in what was not read.
    let looked =
        Case { prohibition: true, unread: Some("3 files are empty".to_owned()), ..whole(vec![part(45)]) };
    comes_to(&looked, Verdict::Unknown, Row::PartUnknown);
}

#[test]
fn nothing_to_look_at_means_what_the_rule_declares() {
    let empty = |empty| whole(vec![Part { empty, ..part(0) }]);
    comes_to(&empty(Empty::Fail), Verdict::NotMet, Row::Refuted);
    comes_to(&empty(Empty::NotApplicable), Verdict::NotApplicable, Row::NothingToLookAt);
    comes_to(&empty(Empty::Unknown), Verdict::Unknown, Row::PartUnknown);
    comes_to(&empty(Empty::Pass), Verdict::Met, Row::NothingToLookAt);
    assert!(decide(&empty(Empty::Pass)).reason.contains("0 places"));
}

#[test]
fn decide_combines_the_parts() {
    let named = |id: &str, part: Part| Part { id: id.to_owned(), ..part };
    let decide: DecideForm = serde_json::from_str(r#"{ "any": ["file", "section"] }"#).unwrap();
    let case = |file, section| Case {
        decide: Some(&decide),
        ..Case {
            parts: vec![named("file", file), named("section", section)],
            covers: Some(Covers::Whole),
            ..Case::default()
        }
    };
    comes_to(&case(broken(None), part(1)), Verdict::Met, Row::Proven);
    comes_to(&case(broken(None), broken(None)), Verdict::NotMet, Row::Refuted);
    let unknown = Part { unknown: Some("cannot tell".to_owned()), ..part(0) };
    comes_to(&case(broken(None), unknown), Verdict::Unknown, Row::PartUnknown);
}
