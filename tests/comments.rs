//! Comments in judged files that explain a finding beside them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/acceptance.rs"]
mod acceptance;
mod common;

use acceptance::{API, Approver, check, outcomes, report, system, told};
use common::assize;
use std::fs;

const WAIVER: &str = "waivers:
  - id: W-1
    clause: 9.10
    reason: The contact is being named.
    issued: 2027-08-31
    expires: 2028-02-29
";

fn ignored(name: &str, file: &str, text: &str, arguments: &[&str]) -> (Vec<String>, Vec<String>) {
    let root = system(&format!("ignored-{name}"), &[(file, text)]);
    let mut all = vec!["--clock", "2028-02-29"];
    all.extend(arguments);
    let (found, _) = report(&root, &all);
    (outcomes(&found), told(&found))
}

#[test]
fn comments_explain_what_should_be_done() {
    let comment = "assize-ignore: xx/rules/licence reason=\"Crown copyright\" until=2028-02-29";
    let at = |before: &str, after: &str| API.replace("info:\n", &format!("{before}info:{after}\n"));
    let explained = ["contact open", "licence suppressed comment", "terms open"].map(str::to_owned).to_vec();
    assert_eq!(
        ignored("above", "o.yaml", &at(&format!("# {comment}\n"), ""), &[]),
        (explained.clone(), vec![])
    );
    assert_eq!(
        ignored("beside", "o.yaml", &at("", &format!(" # {comment}")), &[]),
        (explained.clone(), vec![])
    );
    let by_clause = comment.replace("xx/rules/licence", "LIC-1");
    assert_eq!(ignored("clause", "o.yaml", &at("", &format!(" # {by_clause}")), &[]), (explained, vec![]));
    let stands = ["contact open", "licence open", "terms open"].map(str::to_owned).to_vec();
    for (name, arguments, text, told_of) in [
        ("refused", &["--no-inline-ignores"][..], at("", &format!(" # {comment}")), &[][..]),
        ("expired", &["--clock", "2028-03-01"], at("", &format!(" # {comment}")), &["ignore-expired:2"]),
        (
            "no-reason",
            &[],
            at("", &format!(" # {}", comment.replace("reason=\"Crown copyright\" ", ""))),
            &["ignore-reason:2"],
        ),
        (
            "no-day",
            &[],
            at("", &format!(" # {}", comment.replace(" until=2028-02-29", ""))),
            &["ignore-form:2"],
        ),
        ("no-such-day", &[], at("", &format!(" # {}", comment.replace("2028", "2027"))), &["ignore-form:2"]),
        (
            "unknown",
            &[],
            at("", &format!(" # {}", comment.replace("rules/licence", "rules/licnce"))),
            &["ignore-unknown:2"],
        ),
        ("elsewhere", &[], format!("{API}# {comment}\nx-y: 1\n"), &["ignore-stale:6"]),
        ("in-a-value", &[], format!("{API}x-y: '# {comment}'\n"), &[]),
    ] {
        let mut all: Vec<&str> = arguments.to_vec();
        let clock = all.iter().position(|one| *one == "--clock");
        let root = system(&format!("ignored-{name}"), &[("o.yaml", &text)]);
        if clock.is_none() {
            all.extend(["--clock", "2028-02-29"]);
        }
        let (found, _) = report(&root, &all);
        let open: Vec<String> =
            outcomes(&found).into_iter().filter(|one| !one.starts_with("assize/")).collect();
        assert_eq!(
            (open, told(&found)),
            (stands.clone(), told_of.iter().map(|one| (*one).to_owned()).collect()),
            "{name}"
        );
    }
}

#[test]
fn comments_work_in_every_format() {
    let comment = "assize-ignore: xx/rules/no-todo reason=\"Known\" until=2028-12-31";
    for (name, file, text) in [
        ("md", "a.md", format!("Text\n\n<!-- {comment} -->\n\nTODO\n")),
        ("md-beside", "a.md", format!("TODO <!-- {comment} -->\n")),
        ("front", "a.md", format!("---\ntitle: x # TODO {comment}\n---\nText\n")),
        ("front-next", "a.md", format!("---\n# {comment}\ntitle: TODO\n---\n<!-- done -->\n")),
        ("front-and-body", "a.md", format!("---\ntitle: x\n---\nTODO <!-- {comment} -->\n")),
        ("toml", "a.toml", format!("a = 1 # TODO {comment}\n# {comment}\nb = 'TODO'\n")),
        ("docker", "Dockerfile", format!("FROM scratch\n# {comment}\n# TODO\nRUN x TODO\n")),
        ("tf", "a.tf", format!("// {comment}\nresource \"TODO\" {{}}\n")),
    ] {
        let (outcomes, told) = ignored(name, file, &text, &[]);
        assert!(outcomes.contains(&"no-todo suppressed comment".to_owned()), "{name}: {outcomes:?} {told:?}");
        assert_eq!(told, [""; 0], "{name}");
    }
    let json = "{ \"openapi\": \"3.0.3\",\n// assize-ignore: LIC-1 reason=\"Known\" until=2028-12-31\n\"info\": {\"title\": \"x\", \"version\": \"1\"}, \"paths\": {} }";
    let (outcomes, told) = ignored("json", "a.json", json, &[]);
    assert!(outcomes.contains(&"licence suppressed comment".to_owned()), "{outcomes:?} {told:?}");
    // In front matter a value that speaks of it is none, nor is an HTML comment, nor a rule in the text.
    for (name, text) in [
        ("front-value", format!("---\ntitle: '# {comment}'\n---\nTODO\n")),
        ("front-html", format!("---\ntitle: '<!-- {comment} -->'\n---\nTODO\n")),
        ("front-none", format!("Text\n\n---\n# {comment}\nTODO\n---\n")),
    ] {
        let (outcomes, told) = ignored(name, "b.md", &text, &[]);
        assert!(outcomes.contains(&"no-todo open".to_owned()), "{name}: {outcomes:?}");
        assert_eq!(told, [""; 0], "{name}");
    }
    // A fence shows how to write one; it is none.
    let (_, told) = ignored("fence", "b.md", &format!("```\n<!-- {comment} -->\n```\nTODO\n"), &[]);
    assert_eq!(told, [""; 0]);
}

#[test]
fn a_comment_explains_no_must_unless_a_granted_waiver_covers_it() {
    let comment = |more: &str| {
        API.replace(
            "info:\n",
            &format!("info: # assize-ignore: xx/rules/contact reason=\"a\" until=2028-12-31{more}\n"),
        )
    };
    let root = system("must", &[("openapi.yaml", &comment(""))]);
    let run = |arguments: &[&str]| {
        let mut all = vec!["--clock", "2028-01-01"];
        all.extend(arguments);
        let (found, _) = report(&root, &all);
        (outcomes(&found).into_iter().find(|one| one.starts_with("contact")).unwrap(), told(&found))
    };
    let open = || ("contact open".to_owned(), vec!["ignore-must:2".to_owned()]);
    assert_eq!(run(&[]), open());
    fs::write(root.join("openapi.yaml"), comment(" waiver=W-1")).unwrap();
    assert_eq!(run(&[]), open());
    let approver = Approver::new();
    fs::write(root.join("assize-waivers.yaml"), WAIVER).unwrap();
    let list = approver.list(&root, "", "1y");
    assert_eq!(
        run(&["--approvers", &list]),
        ("contact open waiver-requested".to_owned(), vec!["ignore-must:2".to_owned()])
    );
    approver.grant(&root, WAIVER, "W-1");
    assert_eq!(run(&["--approvers", &list]), ("contact waived waiver".to_owned(), vec![]));
    assert_eq!(
        run(&["--approvers", &list, "--no-inline-ignores"]),
        ("contact waived waiver".to_owned(), vec![])
    );
}

#[test]
fn what_is_accepted_is_absent_where_the_form_has_no_word_for_it() {
    let comment = "# assize-ignore: LIC-1 reason=\"Known\" until=2028-12-31";
    let root =
        system("spectral-json", &[("openapi.yaml", &API.replace("info:\n", &format!("info: {comment}\n")))]);
    let codes = |arguments: &[&str]| -> Vec<String> {
        let mut all = vec!["--format", "spectral-json", "--clock", "2028-01-01"];
        all.extend(arguments);
        let list: serde_json::Value = serde_json::from_str(&check(&root, &all).out).unwrap();
        let mut codes: Vec<String> =
            list.as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect();
        codes.sort();
        codes
    };
    assert_eq!(codes(&[]), ["contact", "terms"]);
    assert_eq!(codes(&["--no-inline-ignores"]), ["contact", "licence", "terms"]);
    // The same of a Spectral ruleset.
    let ruleset = root.join("rules.yaml");
    fs::write(&ruleset, "rules:\n  has-licence: { given: $.info, severity: warn, then: { field: license, function: truthy } }\n  has-terms: { given: $.info, then: { field: termsOfService, function: truthy } }\n").unwrap();
    let run = |more: &str| {
        let text = API
            .replace("info:\n", &format!("info: {}{more}\n", comment.replace("LIC-1", "rules/has-licence")));
        fs::write(root.join("openapi.yaml"), text).unwrap();
        let file = root.join("openapi.yaml");
        let run = assize(&[
            "check",
            file.to_str().unwrap(),
            "--ruleset",
            ruleset.to_str().unwrap(),
            "--no-config",
            "--format",
            "spectral-json",
            "--clock",
            "2028-01-01",
        ]);
        let list: serde_json::Value =
            serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}", run.err));
        list.as_array()
            .unwrap()
            .iter()
            .map(|one| one["code"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let found = run("");
    assert!(found.contains(&"has-terms".to_owned()), "{found:?}");
    assert!(!found.contains(&"has-licence".to_owned()), "{found:?}");
}
