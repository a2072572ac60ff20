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
        ("comment", "b.json", format!("<!-- {bad} -->"), unknown),
        ("prose", "b.json", format!("Here it is:\n{bad}"), unknown),
        // In front of an element text is read past.
        ("prose-xml", "b.xml", format!("Here it is:\n{xml}"), "not-met refuted"),
        // What is kept elsewhere, or somebody's words in its place, where the folder tells what it should be.
        (
            "pointer",
            "fhir/b.json",
            "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n".to_owned(),
            unknown,
        ),
        ("page", "fhir/b.json", "<html>404</html>".to_owned(), unknown),
        ("words", "fhir/b.xml", "to come".to_owned(), unknown),
        (
            "pointer-else",
            "data/b.json",
            "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n".to_owned(),
            "met proven",
        ),
        // An example as OpenAPI keeps them, alone and several by name.
        ("shown", "b.yaml", format!("summary: One\nvalue: {bad}\n"), "not-met refuted"),
        (
            "named",
            "b.yaml",
            format!("One: {{ summary: A, value: {bad} }}\nTwo: {{ value: {GOOD} }}\n"),
            "not-met refuted",
        ),
        ("entry", "b.json", format!("{{ \"fullUrl\": \"a\", \"resource\": {bad} }}"), "not-met refuted"),
        ("listed", "b.json", format!("[{GOOD}, {bad}]"), "not-met refuted"),
        ("mixed", "b.json", format!("[{bad}, 1]"), "met proven"),
        ("kept", "b.yaml", format!("One: {{ value: {bad}, kind: entry }}\n"), "met proven"),
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

/// A clause on servers that rules for OpenAPI 3 alone decide, one on paths that rules for all do.
fn descriptions() -> String {
    let mut text = format!("pack: test/rows\n{FRAME}clauses:\n");
    for id in ["three", "any"] {
        text.push_str(&clause(id, "must", "law", "    covers: whole\n"));
    }
    text.push_str("rules:\n");
    let check = "{ function: pattern, functionOptions: { notMatch: '^http:' } }";
    for (id, on, given, empty) in [
        ("three", "openapi-3", "$.servers[*].url", "not-applicable"),
        ("any", "openapi", "$.info.title", "unknown"),
    ] {
        let text_of = rule(&format!("r-{id}"), id, &format!("    empty: {empty}\n"), check);
        text.push_str(&text_of.replace("on: [repository]", &format!("on: [{on}]\n    given: {given}")));
    }
    text
}

#[test]
fn what_says_no_version_that_is_known_leaves_open_what_asks_for_one() {
    let body = "info: { title: A, version: '1' }\npaths: { /a: { get: {} } }\nservers: [{ url: 'http://a.example.org' }]\n";
    let (open, met) = ("unknown part-unknown", "met proven");
    for (name, text, three, any) in [
        ("said", format!("openapi: 3.0.3\n{body}"), "not-met refuted", met),
        ("none", body.to_owned(), open, met),
        ("unheard", format!("openapi: 3.9.0\n{body}"), open, open),
        ("mould", "openapi: 3.0.3\ncomponents: {}\n".to_owned(), open, open),
    ] {
        let files = [("api.yaml", text.as_str())];
        let bench = Bench::with(&format!("version-{name}"), &files, &descriptions(), PROFILE);
        let told = (bench.verdict("X-three", &[]), bench.verdict("X-any", &[]));
        assert_eq!((told.0.as_str(), told.1.as_str()), (three, any), "{name}");
    }
    // A mould beside the description itself hides nothing.
    let whole = format!("openapi: 3.0.3\n{}", body.replace("http:", "https:"));
    let files = [("api.yaml", whole.as_str()), ("mould.yaml", "openapi: 3.0.3\ncomponents: {}\n")];
    let bench = Bench::with("version-beside", &files, &descriptions(), PROFILE);
    assert_eq!(bench.verdict("X-three", &[]), met);
}

#[test]
fn what_is_a_copy_of_the_standard_itself_is_nobodys_fault() {
    let pack = pack().replace("given: $.id", "given: [$.id, '$.entry[*].resource.id']");
    let set = |url: &str| format!("{{\"resourceType\":\"ValueSet\",\"id\":\"bad\",\"url\":\"{url}\"}}");
    let bundle = |urls: &[&str]| {
        let entries: Vec<String> = urls.iter().map(|url| format!("{{\"resource\":{}}}", set(url))).collect();
        format!("{{\"resourceType\":\"Bundle\",\"entry\":[{}]}}", entries.join(","))
    };
    let (theirs, own) = ("http://hl7.org/fhir/ValueSet/a", "https://fhir.example.org/ValueSet/a");
    for (name, text, wanted) in [
        ("theirs", set(theirs), "met proven"),
        ("own", set(own), "not-met refuted"),
        ("all", bundle(&[theirs, theirs]), "met proven"),
        ("mixed", bundle(&[theirs, own]), "not-met refuted"),
        ("none", bundle(&[]), "met proven"),
    ] {
        let files = [("a.json", GOOD), ("b.json", text.as_str())];
        let bench = Bench::with(&format!("copy-{name}"), &files, &pack, PROFILE);
        assert_eq!(bench.verdict("X-named", &[]), wanted, "{name}");
    }
}

#[test]
fn a_folder_that_the_readme_says_was_copied_is_a_question() {
    let bad = "{ \"resourceType\": \"Patient\", \"id\": \"bad\" }";
    for (name, readme, wanted) in [
        (
            "under",
            "The specifications (vendored under [`specs/`](specs/)) are theirs.",
            "unknown part-unknown",
        ),
        ("in", "They are vendored in `./specs`.", "unknown part-unknown"),
        ("other", "They are vendored in `lib`.", "not-met refuted"),
        ("verb", "`specs` can be vendored.", "not-met refuted"),
    ] {
        let files = [("a.json", GOOD), ("specs/b.json", bad), ("README.md", readme)];
        let bench = Bench::with(&format!("claimed-{name}"), &files, &pack(), PROFILE);
        assert_eq!(bench.verdict("X-named", &[]), wanted, "{name}");
    }
}
