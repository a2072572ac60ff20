//! Files of which nothing could be read, beside those that were: nothing found in the rest is no proof.

use super::bench::{Bench, FRAME, PROFILE, absent, clause, rule};

const GOOD: &str = "{ \"resourceType\": \"Patient\", \"id\": \"good\" }";

/// One clause on the `id` of resources, one that asks for a file `OWNER`.
fn pack() -> String {
    let mut text = format!("pack: test/rows\n{FRAME}clauses:\n");
    text.push_str(&clause("named", "must", "law", "    covers: whole\n"));
    text.push_str(&clause("owned", "must", "law", "    covers: whole\n"));
    text.push_str("rules:\n");
    text.push_str(
        &rule(
            "r",
            "named",
            "    empty: unknown\n",
            "{ function: pattern, functionOptions: { notMatch: bad } }",
        )
        .replace("on: [repository]", "on: [fhir]\n    given: $.id"),
    );
    text.push_str(&rule("o", "owned", "    empty: fail\n", &absent("OWNER", "nobody")));
    text
}

#[test]
fn a_resource_that_nobody_could_read_leaves_its_clause_open() {
    let bad = "{ \"resourceType\": \"Patient\", \"id\": \"bad\" }";
    let xml = "<Patient xmlns=\"http://hl7.org/fhir\"><id value=\"bad\"/></Patient>";
    let merge = |text: &str| format!("<<<<<<< HEAD\n{text}\n=======\n{text}\n>>>>>>> other\n");
    let unknown = "unknown part-unknown";
    for (name, file, text, wanted) in [
        ("whole", "b.json", bad.to_owned(), "not-met refuted"),
        ("merge", "b.json", merge(bad), unknown),
        ("merge-xml", "b.xml", merge(xml), unknown),
        ("guarded", "b.json", format!(")]}}',\n{bad}"), unknown),
        ("page", "b.json", format!("<!-- {bad} -->"), unknown),
        ("prose", "b.json", format!("Here it is:\n{bad}"), unknown),
        // In front of an element text is read past.
        ("prose-xml", "b.xml", format!("Here it is:\n{xml}"), "not-met refuted"),
        // A name that is not read.
        ("unusual", "b.fhir", bad.to_owned(), unknown),
        ("five", "b.json5", "{ resourceType: 'Patient', id: 'bad' }".to_owned(), unknown),
        ("no-ending", "patient", bad.to_owned(), unknown),
        ("settings", "tsconfig.jsonc", "{ \"compilerOptions\": {} }".to_owned(), "met proven"),
        // What bears no mark of a resource is no reason to doubt.
        ("other", "b.json", ")]}',\n{ \"name\": \"bad\" }".to_owned(), "met proven"),
        ("other-xml", "b.xml", "Here it is: <a/>".to_owned(), "met proven"),
    ] {
        let files = [("a.json", GOOD), (file, text.as_str())];
        let bench = Bench::with(&format!("unread-{name}"), &files, &pack(), PROFILE);
        assert_eq!(bench.verdict("X-named", &[]), wanted, "{name}");
        if name.starts_with("merge") {
            let told = bench.run(&["--explain", "X-named"]).out;
            assert!(told.contains("A merge was left unsettled"), "{told}");
        }
    }
}

#[test]
fn what_is_missing_altogether_comes_with_what_to_do() {
    let bench = Bench::with("unread-absent", &[("a.json", GOOD)], &pack(), PROFILE);
    let statement = bench.json(&[]);
    let clauses = statement["clauses"].as_array().unwrap();
    let owned = clauses.iter().find(|one| one["source"] == "X-owned").unwrap();
    assert_eq!(owned["verdict"], "not-met");
    assert_eq!(owned["help"], "Mend it.");
}
