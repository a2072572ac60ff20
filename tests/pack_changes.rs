//! `assize pack changes`: no clause of a pack changes without its version and CHANGES.yaml saying so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::panic)]

mod common;

use common::{Run, assize, folder};

const PACK: &str = "pack: xx/paper
version: 1.0.0
standard: { title: Paper, authority: gds, edition: '2', in-force: { from: 2020-01-01 }, url: 'https://a.example/s' }
clauses:
  - { id: title, level: should, standing: guidance, title: There is a title, url: 'https://a.example/s#1', source: P-1, covers: whole }
  - { id: contact, level: must, standing: law, title: There is a contact, url: 'https://a.example/s#2', source: P-2, covers: whole }
rules:
  has-title:
    clause: title
    on: [openapi]
    given: $.info
    then: { field: title, function: truthy }
    empty: not-applicable
    message: There is no title.
    help: Add one.
    examples: { conforming: ['{}'], violating: ['{}'] }
  has-contact:
    clause: contact
    on: [openapi]
    given: $.info
    then: { field: contact, function: schema, functionOptions: { schemaFile: schemas/contact.json } }
    empty: not-applicable
    message: There is no contact.
    help: Add one.
    examples: { conforming: ['{}'], violating: ['{}'] }
";

const FIRST: &str = "changes:\n  - { version: 1.0.0, date: 2026-01-01 }\n";

fn versions(name: &str, new: &str, changes: &str) -> Run {
    let root = folder(
        &format!("pack-changes-{name}"),
        &[
            ("old/pack.yaml", PACK),
            ("old/CHANGES.yaml", FIRST),
            ("new/pack.yaml", new),
            ("new/CHANGES.yaml", changes),
        ],
    );
    let path = |name: &str| root.join(name).to_str().unwrap().to_owned();
    assize(&["pack", "changes", &path("old"), &path("new")])
}

fn second(clauses: &str) -> String {
    format!("{FIRST}  - {{ version: 1.1.0, date: 2026-02-01, clauses: {{ {clauses} }} }}\n")
}

#[test]
fn what_changed_must_be_said() {
    let same = versions("same", PACK, FIRST);
    assert_eq!(
        (same.code, same.out.as_str()),
        (0, "xx/paper 1.0.0 to 1.0.0: every clause is what it was.\n")
    );
    // The same version with other bytes.
    let unraised = versions("unraised", &PACK.replace("field: title", "field: version"), FIRST);
    assert_eq!(unraised.code, 1);
    assert!(unraised.out.contains("its version is still 1.0.0: raise it."), "{}", unraised.out);
    assert!(unraised.out.contains("  changed    title: then of the rule has-title\n"), "{}", unraised.out);
    // Raised, and said.
    let raised = PACK.replace("version: 1.0.0", "version: 1.1.0").replace("field: title", "field: version");
    let said = versions("said", &raised, &second("title: tightened"));
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    // Raised, and another thing said.
    let wrong = versions("wrong", &raised, &second("contact: reworded"));
    assert_eq!(wrong.code, 1);
    let wanted = "! CHANGES.yaml does not say that title was tightened or loosened or reworded.";
    assert!(wrong.out.contains(wanted), "{}", wrong.out);
    assert!(
        wrong.out.contains("      title: tightened  # or loosened, or reworded: say which"),
        "{}",
        wrong.out
    );
}

#[test]
fn a_stronger_level_is_a_tightening_and_words_are_none() {
    let raised = PACK.replace("version: 1.0.0", "version: 1.1.0");
    let stronger = raised.replace("level: should", "level: must");
    assert_eq!(versions("loosened", &stronger, &second("title: loosened")).code, 1);
    let told = versions("tightened", &stronger, &second("title: tightened"));
    assert_eq!((told.code, told.out.as_str()), (0, "xx/paper 1.0.0 to 1.1.0:\n  tightened  title: level\n"));
    let words =
        raised.replace("There is a title", "A title is there").replace("help: Add one.", "help: Name it.");
    let told = versions("reworded", &words, &second(""));
    assert_eq!(told.code, 0, "{}", told.out);
    assert!(told.out.contains("  reworded   title: title; help of the rule has-title\n"), "{}", told.out);
    // Gone and new.
    let other = raised.replace("id: title", "id: name").replace("clause: title", "clause: name");
    let told = versions("renamed", &other, &second(""));
    assert!(told.out.contains("! CHANGES.yaml does not say that name was added."), "{}", told.out);
    assert!(told.out.contains("! CHANGES.yaml does not say that title was removed."), "{}", told.out);
    assert_eq!(versions("renamed", &other, &second("name: added, title: removed")).code, 0);
}

#[test]
fn two_packs_are_not_two_versions() {
    let other = assize(&["pack", "changes", "standards/uk/ods", "uk/dmd"]);
    assert_eq!(other.code, 2);
    assert!(other.err.contains("uk/ods and uk/dmd are two packs"), "{}", other.err);
    // An embedded pack and its folder are the same.
    let same = assize(&["pack", "changes", "uk/ods", "standards/uk/ods"]);
    assert_eq!(same.code, 0, "{}{}", same.out, same.err);
}
