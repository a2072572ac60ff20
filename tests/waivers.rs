//! Waivers and comments as a user meets them: every state, on every day that matters.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/acceptance.rs"]
mod acceptance;
mod common;

use acceptance::{API, Approver, check, outcomes, report, system, told};
use common::assize;
use std::fs;
use std::path::Path;

const WAIVER: &str = "waivers:
  - id: W-1
    clause: 9.10
    reason: The contact is being named.
    issued: 2027-08-31
    expires: 2028-02-29
";

fn with(name: &str, waivers: &str) -> std::path::PathBuf {
    system(name, &[("openapi.yaml", API), ("assize-waivers.yaml", waivers)])
}

#[test]
fn a_requested_waiver_leaves_a_must_not_met() {
    let root = with("requested", WAIVER);
    let (found, code) = report(&root, &["--clock", "2028-01-01"]);
    assert_eq!(code, 1);
    assert_eq!(outcomes(&found), ["contact open waiver-requested", "licence open", "terms open"]);
    assert!(check(&root, &["--clock", "2028-01-01"]).out.contains("waiver requested: W-1"));
}

#[test]
fn a_granted_waiver_holds_through_its_last_day_and_no_longer() {
    let root = with("granted", WAIVER);
    let approver = Approver::new();
    approver.grant(&root, WAIVER, "W-1");
    let list = approver.list(&root, "", "6m");
    // The last day is a leap day.
    for (day, outcome, told_of) in [
        ("2027-08-30", "contact open", &["waiver-early:5"][..]),
        ("2027-08-31", "contact waived waiver", &[]),
        ("2028-01-29", "contact waived waiver", &[]),
        ("2028-01-30", "contact waived waiver", &["waiver-ending:6"]),
        ("2028-02-28", "contact waived waiver", &["waiver-ending:6"]),
        ("2028-02-29", "contact waived waiver", &["waiver-ending:6"]),
        ("2028-03-01", "contact open", &["waiver-expired:6"]),
    ] {
        let (found, code) = report(&root, &["--clock", day, "--approvers", &list]);
        assert!(outcomes(&found).contains(&outcome.to_owned()), "{day}: {:?}", outcomes(&found));
        assert_eq!(told(&found), told_of, "{day}");
        assert_eq!(code, 1, "the must in guidance is open all the while");
    }
    let (found, _) = report(&root, &["--clock", "2028-02-28", "--approvers", &list]);
    let contact =
        found["findings"].as_array().unwrap().iter().find(|one| one["outcome"] == "waived").unwrap();
    assert_eq!(contact["accepted"]["by"], "Ada (clinical-safety-officer)");
    assert_eq!(contact["accepted"]["until"], "2028-02-29");
    let shown = check(&root, &["--clock", "2028-02-28", "--approvers", &list]).out;
    assert!(
        shown
            .contains("waived: W-1, granted by Ada (clinical-safety-officer), until 2028-02-29 (1 day left)"),
        "{shown}"
    );
    // Without the list nobody knows whose signature that is.
    let (found, _) = report(&root, &["--clock", "2028-01-01"]);
    assert!(outcomes(&found).contains(&"contact open waiver-requested".to_owned()));
    assert_eq!(told(&found), [""; 0]);
}

#[test]
fn with_every_must_waived_the_run_passes() {
    let waivers = format!(
        "{WAIVER}  - id: 9.10\n    rule: xx/rules/terms\n    scope: {{ path: '*.yaml', pointer: /info }}\n    reason: Terms follow.\n    issued: 2027-08-31\n    expires: 2028-02-29\n"
    );
    let root = with("all-waived", WAIVER);
    let approver = Approver::new();
    let first = approver.grant(&root, WAIVER, "W-1");
    let second = waivers.strip_prefix(WAIVER).unwrap();
    approver.grant(&root, &format!("{first}{second}"), "9.10");
    let list = approver.list(&root, "", "6m");
    let (found, code) = report(&root, &["--clock", "2028-01-01", "--approvers", &list]);
    assert_eq!(outcomes(&found), ["contact waived waiver", "licence open", "terms waived waiver"]);
    assert_eq!(code, 0);
    let schema = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/report.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    let errors: Vec<String> = validator.iter_errors(&found).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(found["summary"]["waived"], 2);
    assert_eq!(found["summary"]["error"], 0);
}

#[test]
fn any_change_of_what_was_signed_is_seen() {
    let root = with("tampered", WAIVER);
    let approver = Approver::new();
    let granted = approver.grant(&root, WAIVER, "W-1");
    let list = approver.list(&root, "", "6m");
    let run = |text: &str| {
        fs::write(root.join("assize-waivers.yaml"), text).unwrap();
        report(&root, &["--clock", "2028-01-01", "--approvers", &list]).0
    };
    // Comments, quotes, other entries, the order of members: not what it says.
    for same in [
        format!("# more\n{}", granted.replace("id: W-1", "id: 'W-1' # so")),
        granted.replace(
            "    clause: 9.10\n    reason: The contact is being named.\n",
            "    reason: >-\n      The contact\n      is being named.\n    clause: \"9.10\"\n",
        ),
        format!(
            "{granted}  - id: W-2\n    clause: 9.1\n    reason: a\n    issued: 2027-12-01\n    expires: 2028-01-31\n"
        ),
    ] {
        let found = run(&same);
        assert!(outcomes(&found).contains(&"contact waived waiver".to_owned()), "{same}\n{found}");
    }
    for (from, to) in [
        ("W-1", "W-01"),
        ("clause: 9.10", "clause: 9.1"),
        ("clause: 9.10", "rule: xx/rules/contact"),
        ("being named", "being Named"),
        ("issued: 2027-08-31", "issued: 2027-09-01"),
        ("expires: 2028-02-29", "expires: 2028-03-01"),
        ("    reason", "    system: other\n    reason"),
        ("    reason", "    reference: R\n    reason"),
        ("    reason", "    scope: {path: '**'}\n    reason"),
        ("    reason", "    compensating-control: none\n    reason"),
        ("trusted comment: granted", "trusted comment: Granted"),
    ] {
        let found = run(&granted.replace(from, to));
        assert_eq!(
            told(&found).iter().filter(|one| one.starts_with("waiver-signature")).count(),
            1,
            "{from} to {to}: {found}"
        );
        assert!(!outcomes(&found).iter().any(|one| one.contains("waived")), "{from} to {to}");
    }
    // Every single letter of the signature's second line.
    let line = granted.lines().find(|line| line.trim().starts_with("RU")).unwrap().trim().to_owned();
    for at in (0..line.len() - 4).step_by(7) {
        let mut changed = line.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let found = run(&granted.replace(&line, std::str::from_utf8(&changed).unwrap()));
        assert!(!outcomes(&found).iter().any(|one| one.contains("waived")), "letter {at}");
        assert!(told(&found).iter().any(|one| one.starts_with("waiver-signature")));
    }
    // Somebody else's key.
    let other = Approver::new();
    other.grant(&root, WAIVER, "W-1");
    let (found, _) = report(&root, &["--clock", "2028-01-01", "--approvers", &list]);
    assert_eq!(told(&found), ["waiver-signature:7"]);
    assert!(found.to_string().contains("none of the approvers"));
}

#[test]
fn approvers_grant_what_they_may_while_they_may() {
    let root = with("approvers", WAIVER);
    let approver = Approver::new();
    approver.grant(&root, WAIVER, "W-1");
    for (more, holds) in [
        ("    grants: [xx/rules]\n", true),
        ("    grants: ['xx/rules/9.10']\n", true),
        ("    grants: ['9.10']\n", true),
        ("    grants: [uk/api-design, 'xx/rules/9.1']\n", false),
        ("    until: 2027-08-31\n", true),
        ("    until: 2027-08-30\n", false),
    ] {
        let list = approver.list(&root, more, "1y");
        let (found, _) = report(&root, &["--clock", "2028-01-01", "--approvers", &list]);
        assert_eq!(outcomes(&found).contains(&"contact waived waiver".to_owned()), holds, "{more}");
        assert_eq!(told(&found).is_empty(), holds, "{more}");
    }
    for wrong in [
        "approvers:\n  - {name: a, key: RWx}\n",
        "approvers:\n  - {nam: a, key: RWx}\n",
        "x: 1\n",
        "longest-waiver: soon\n",
    ] {
        let file = root.join("wrong.yaml");
        fs::write(&file, wrong).unwrap();
        let run = check(&root, &["--approvers", file.to_str().unwrap()]);
        assert_eq!(run.code, 2, "{wrong}");
        assert!(!run.err.is_empty());
    }
}

#[test]
fn what_is_wrong_with_a_waiver_is_a_finding_of_its_own() {
    for (name, from, to, told_of) in [
        ("no-reason", "    reason: The contact is being named.\n", "", "waiver-reason:2"),
        ("blank-reason", "The contact is being named.", "' '", "waiver-reason:4"),
        ("unknown-clause", "clause: 9.10", "clause: 9.100", "waiver-unknown:3"),
        ("unknown-rule", "clause: 9.10", "rule: xx/rules/contct", "waiver-unknown:3"),
        ("term", "expires: 2028-02-29", "expires: 2029-02-28", "waiver-term:6"),
        ("stale-scope", "    reason", "    scope: {path: 'api/*'}\n    reason", "waiver-stale:2"),
        ("stale-pointer", "    reason", "    scope: {pointer: /paths}\n    reason", "waiver-stale:2"),
        ("misspelt", "reason:", "raeson:", "waiver-form:4"),
        ("bad-date", "2028-02-29", "2027-02-29", "waiver-form:6"),
        ("backwards", "2028-02-29", "2027-01-01", "waiver-form:6"),
        ("both", "    reason", "    rule: xx/rules/contact\n    reason", "waiver-form:2"),
        ("no-list", "waivers:", "waiver:", "waiver-form:1"),
        ("syntax", "reason: The", "reason: \"The", "waiver-form:4"),
        ("system", "    reason", "    system: other\n    reason", "waiver-system:4"),
    ] {
        let root = with(name, &WAIVER.replace(from, to));
        let list = Approver::new().list(&root, "", "1y");
        let (found, _) =
            report(&root, &["--clock", "2028-01-01", "--approvers", &list, "--system", "clinics"]);
        assert_eq!(told(&found), [told_of], "{name}");
        assert!(outcomes(&found).contains(&"contact open".to_owned()), "{name}");
    }
    let root = with("near", &WAIVER.replace("clause: 9.10", "rule: xx/rules/contct"));
    let (found, code) = report(&root, &["--clock", "2028-01-01"]);
    assert!(found.to_string().contains("Did you mean \\\"xx/rules/contact\\\"?"));
    assert_eq!(code, 1);
}

#[test]
fn every_mistake_in_the_form_of_a_waiver_is_told_at_once() {
    let text = WAIVER.replace("reason:", "raeson:").replace("2028-02-29", "2027-02-29");
    let root = with("mistakes", &format!("{text}    scope: {{paths: a}}\n"));
    let (found, _) = report(&root, &["--clock", "2028-01-01"]);
    assert_eq!(told(&found), ["waiver-form:4", "waiver-form:6", "waiver-form:7"]);
}

#[test]
fn a_waiver_that_covers_nothing_any_more_is_told_of() {
    let mended = API.replace("  title", "  contact: {name: a}\n  title");
    let root = system("mended", &[("openapi.yaml", &mended), ("assize-waivers.yaml", WAIVER)]);
    assert_eq!(told(&report(&root, &["--clock", "2028-01-01"]).0), ["waiver-stale:2"]);
    // Of a clause that no rule decides, nothing found means nothing.
    let evidence = WAIVER.replace("9.10", "DCB-3.5");
    fs::write(root.join("assize-waivers.yaml"), &evidence).unwrap();
    assert_eq!(told(&report(&root, &["--clock", "2028-01-01"]).0), [""; 0]);
    // Nor where the rule did not run, or only one file was judged.
    fs::write(root.join("assize-waivers.yaml"), WAIVER.replace("clause: 9.10", "rule: xx/rules/contact"))
        .unwrap();
    assert_eq!(told(&report(&root, &["--clock", "2028-01-01"]).0), ["waiver-stale:2"]);
    assert_eq!(told(&report(&root, &["--clock", "2028-01-01", "--disable", "xx/rules/contact"]).0), [""; 0]);
    assert_eq!(told(&report(&root.join("openapi.yaml"), &["--clock", "2028-01-01"]).0), [""; 0]);
}

#[test]
fn waivers_hold_where_a_single_file_is_judged_and_from_elsewhere() {
    let root = with("single", WAIVER);
    // What lies above the folder would be the root otherwise.
    fs::create_dir_all(root.join(".git")).unwrap();
    let approver = Approver::new();
    approver.grant(&root, WAIVER, "W-1");
    let list = approver.list(&root, "", "6m");
    let (found, _) = report(&root.join("openapi.yaml"), &["--clock", "2028-01-01", "--approvers", &list]);
    assert!(outcomes(&found).contains(&"contact waived waiver".to_owned()), "{found}");
    let elsewhere = root.with_extension("waivers.yaml");
    fs::rename(root.join("assize-waivers.yaml"), &elsewhere).unwrap();
    let file = elsewhere.to_str().unwrap();
    let (found, _) = report(&root, &["--clock", "2028-03-01", "--approvers", &list, "--waivers", file]);
    assert_eq!(told(&found), ["waiver-expired:6"]);
    assert_eq!(check(&root, &["--waivers", "no/such/file"]).code, 2);
}

#[test]
fn a_file_of_another_name_is_not_passed_over_in_silence() {
    for name in ["assize-waivers.yml", "assize-waiver.yaml", "Assize-Waivers.yaml", ".assize-waivers.yaml"] {
        let root = system("misnamed", &[("openapi.yaml", API), (name, WAIVER)]);
        assert_eq!(told(&report(&root, &[]).0), ["waiver-form:1"], "{name}");
    }
}

#[test]
fn an_id_at_its_source_that_means_several_clauses_is_refused() {
    let root = with("several", WAIVER);
    let text = fs::read_to_string(Path::new(&acceptance::pack()).join("pack.yaml")).unwrap();
    let other = system("several-pack", &[("pack.yaml", &text.replace("xx/rules", "xx/other"))]);
    let run = |waivers: &str| {
        fs::write(root.join("assize-waivers.yaml"), waivers).unwrap();
        report(&root, &["--clock", "2028-01-01", "--pack", other.to_str().unwrap()]).0
    };
    let found = run(WAIVER);
    assert_eq!(told(&found), ["waiver-unknown:3"]);
    assert!(found.to_string().contains("xx/rules/9.10 or xx/other/9.10"), "{found}");
    let found = run(&WAIVER.replace("9.10", "xx/other/9.10"));
    assert_eq!(told(&found), [""; 0]);
    assert_eq!(outcomes(&found).iter().filter(|one| one.ends_with("requested")).count(), 1);
}

#[cfg(unix)]
#[test]
fn a_link_in_place_of_the_waivers_is_not_followed() {
    let root = system("linked", &[("openapi.yaml", API)]);
    let outside = root.with_extension("outside.yaml");
    fs::write(&outside, WAIVER).unwrap();
    std::os::unix::fs::symlink(&outside, root.join("assize-waivers.yaml")).unwrap();
    let (found, _) = report(&root, &["--clock", "2028-01-01"]);
    assert_eq!(told(&found), ["waiver-form:1"]);
    assert!(outcomes(&found).contains(&"contact open".to_owned()));
}

#[test]
fn sarif_carries_suppressions_with_their_justification() {
    let waivers = format!(
        "{WAIVER}  - {{id: W-2, clause: 9.1, reason: Later., issued: 2027-12-01, expires: 2028-02-01}}\n"
    );
    let root = system(
        "sarif",
        &[(
            "openapi.yaml",
            &API.replace(
                "info:\n",
                "info: # assize-ignore: LIC-1 reason=\"Crown copyright\" until=2028-02-29\n",
            ),
        )],
    );
    let approver = Approver::new();
    let granted = approver.grant(&root, WAIVER, "W-1");
    fs::write(
        root.join("assize-waivers.yaml"),
        format!("{granted}{}", waivers.strip_prefix(WAIVER).unwrap()),
    )
    .unwrap();
    let list = approver.list(&root, "", "6m");
    let run = check(&root, &["--clock", "2028-01-01", "--approvers", &list, "--format", "sarif"]);
    let log: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let mut all: Vec<String> = log["runs"][0]["results"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|result| result["kind"] == "fail")
        .map(|result| {
            let one = &result["suppressions"][0];
            format!("{} {} {} {}", result["ruleId"], one["kind"], one["status"], one["justification"])
                .replace('"', "")
        })
        .collect();
    all.sort();
    assert_eq!(
        all,
        [
            "xx/rules/contact external accepted The contact is being named.",
            "xx/rules/licence inSource accepted Crown copyright",
            "xx/rules/terms external underReview Later.",
        ]
    );
}

fn waiver(root: &Path, arguments: &[&str]) -> common::Run {
    let (file, pack) = (root.join("assize-waivers.yaml"), acceptance::pack());
    let mut all = vec!["waiver"];
    all.extend(arguments);
    if arguments[0] == "request" {
        all.extend(["--file", file.to_str().unwrap()]);
    }
    if arguments[0] != "text" {
        all.extend(["--pack", &pack]);
    }
    assize(&all)
}

#[test]
fn waivers_are_asked_for_on_the_command_line() {
    let root = system("ask", &[("openapi.yaml", API)]);
    let ask = |arguments: &[&str]| {
        let mut all = vec!["request"];
        all.extend(arguments);
        all.extend(["--clock", "2024-02-29"]);
        waiver(&root, &all)
    };
    assert_eq!(ask(&["xx/rules/contact", "--reason", "Not: yet # named", "--path", "*.yaml"]).code, 0);
    assert_eq!(ask(&["9.10", "--reason", "a", "--term", "1y", "--reference", "9.10"]).code, 0);
    assert_eq!(ask(&["9.10", "--reason", "a", "--id", "9.10", "--until", "2024-03-01"]).code, 0);
    let text = fs::read_to_string(root.join("assize-waivers.yaml")).unwrap();
    assert!(
        text.contains("id: W-2024-001") && text.contains("id: W-2024-002") && text.contains("id: \"9.10\""),
        "{text}"
    );
    assert!(text.contains("expires: 2025-02-28"), "a year from a leap day: {text}");
    let shown = waiver(&root, &["check", root.to_str().unwrap(), "--clock", "2024-03-01"]);
    assert_eq!(shown.code, 0, "{}", shown.out);
    assert_eq!(shown.out.lines().count(), 3);
    assert!(shown.out.contains("9.10  9.10  requested  until 2024-03-01 (its last day)"), "{}", shown.out);
    let shown = waiver(&root, &["check", root.to_str().unwrap(), "--clock", "2024-03-02"]);
    assert_eq!(shown.code, 1);
    assert!(
        shown.out.contains("warning assize/waiver-expired") && shown.out.contains("yesterday"),
        "{}",
        shown.out
    );
    let (found, _) = report(&root, &["--clock", "2024-03-01"]);
    assert!(outcomes(&found).contains(&"contact open waiver-requested".to_owned()));
    for (wrong, said) in [
        (&["xx/rules/contct", "--reason", "a"][..], "Did you mean \"xx/rules/contact\"?"),
        (&["9.10", "--reason", " "], "needs a reason"),
        (&["9.10", "--reason", "a", "--id", "9.10"], "already"),
    ] {
        let run = ask(wrong);
        assert_eq!(run.code, 2);
        assert!(run.err.contains(said), "{}", run.err);
    }
    assert_eq!(fs::read_to_string(root.join("assize-waivers.yaml")).unwrap(), text);
    let file = root.join("assize-waivers.yaml");
    let signed = assize(&["waiver", "text", "9.10", "--file", file.to_str().unwrap()]).out;
    assert_eq!(
        signed,
        "assize-waiver: 1\nid: \"9.10\"\nclause: \"9.10\"\nreason: \"a\"\nissued: \"2024-02-29\"\nexpires: \"2024-03-01\"\n"
    );
    let signature = root.with_extension("minisig");
    let approver = Approver::new();
    fs::write(&signature, approver.sign(&signed)).unwrap();
    let attach = |id: &str| {
        let (signature, file) = (signature.to_str().unwrap(), file.to_str().unwrap());
        assize(&["waiver", "attach", id, signature, "--file", file]).code
    };
    assert_eq!((attach("9.10"), attach("9.10"), attach("9.1")), (0, 2, 2));
    let list = approver.list(&root, "", "6m");
    let shown =
        waiver(&root, &["check", root.to_str().unwrap(), "--clock", "2024-03-01", "--approvers", &list]);
    assert!(
        shown.out.contains("9.10  9.10  granted by Ada (clinical-safety-officer)  until"),
        "{}",
        shown.out
    );
    assert_eq!(assize(&["waiver", "text", "9.1", "--file", file.to_str().unwrap()]).code, 2);
}

#[test]
fn approvers_are_named_by_profile_or_file_and_a_file_is_held_to_its_signature() {
    let root = with("approvers-signed", WAIVER);
    let approver = Approver::new();
    approver.grant(&root, WAIVER, "W-1");
    let list = approver.list(&root, "", "6m");
    let check = |arguments: &[&str]| check(&root, arguments).code;
    let waived = |arguments: &[&str]| outcomes(&report(&root, arguments).0).join(" ").contains("waived");
    assert!(waived(&["--approvers", &list, "--clock", "2028-01-01"]));
    // An embedded profile goes by its name; this one lets nobody grant.
    assert!(!waived(&["--approvers", "nhs-api-platform", "--clock", "2028-01-01"]));
    let run = assize(&["check", root.to_str().unwrap(), "--approvers", "nhs-api-platfrom"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("nhs-api-platform"), "{}", run.err);
    // With keys, nobody's list but a signed one.
    let key = approver.key();
    let pack = Path::new(&acceptance::pack()).join("pack.minisig");
    let text = assize(&["pack", "text", &acceptance::pack()]).out;
    fs::write(&pack, approver.sign(&text)).unwrap();
    let signed = ["--approvers", &list, "--pack-key", &key, "--clock", "2028-01-01"];
    assert_eq!(check(&signed), 2, "not signed");
    let signature = format!("{list}.minisig");
    fs::write(&signature, approver.sign(&fs::read_to_string(&list).unwrap())).unwrap();
    assert!(waived(&signed));
    let named = ["check", root.to_str().unwrap(), "--approvers", &list, "--pack-key", &key];
    let granted = waiver(&root, &named);
    assert_ne!(granted.code, 2, "{}", granted.err);
    fs::write(&signature, Approver::new().sign(&fs::read_to_string(&list).unwrap())).unwrap();
    assert_eq!(check(&signed), 2, "another key");
    let run = waiver(&root, &named);
    assert_eq!(run.code, 2);
}
