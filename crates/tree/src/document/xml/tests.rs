//! XML in general, FHIR's JSON shape, and what hostile files try.

use super::parse;
use crate::document::{Document, Limits};
use crate::text::Text;
use serde_json::{Value, json};
use std::sync::Arc;

fn read(text: &str) -> Document {
    parse(Arc::new(Text::from(text)), Limits::default())
}

fn value(text: &str) -> Value {
    let document = read(text);
    assert_eq!(document.problems(), [], "{text}");
    document.to_value(document.root().unwrap())
}

fn at<'d>(document: &'d Document, pointer: &str) -> &'d str {
    document.raw(document.pointer(document.root().unwrap(), pointer).unwrap())
}

#[test]
fn one_shape_for_an_element_however_often_it_stands() {
    let text = "<?xml version='1.0'?>\n<!-- c --><a x=\"1\"><b>one</b><c y='&lt;2'/><b> t<![CDATA[<w>]]>o&#33; </b></a>\n";
    let shape = json!({ "a": { "@x": "1", "b": [{ "#text": "one" }, { "#text": "t<w>o!" }], "c": [{ "@y": "<2" }] } });
    assert_eq!(value(text), shape);
    let document = read(text);
    assert_eq!(at(&document, "/a/b/0/#text"), "one");
    assert_eq!(at(&document, "/a/c/0/@y"), "'&lt;2'");
    assert_eq!(at(&document, "/a/b/1"), "<b> t<![CDATA[<w>]]>o&#33; </b>");
    let node = document.pointer(document.root().unwrap(), "/a/c").unwrap();
    assert_eq!(document.text().slice(document.node(node).key_span), "c");
    assert_eq!(document.comments().len(), 1);
}

#[test]
fn namespaces_are_names_not_prefixes() {
    let text = |p: &str, colon: &str| {
        format!("<{p}{colon}a xmlns{colon}{p}=\"urn:x\"><{p}{colon}b/><c xmlns=\"urn:y\"/></{p}{colon}a>")
    };
    let prefixed = value(&text("p", ":"));
    assert_eq!(prefixed["a"]["#ns"], "urn:x");
    assert_eq!(prefixed["a"]["b"], json!([{}]));
    assert_eq!(prefixed["a"]["c"][0]["#ns"], "urn:y");
    let plain = value("<a xmlns=\"urn:x\"><b/><c xmlns=\"urn:y\"/></a>");
    assert_eq!(plain["a"]["#ns"], "urn:x");
    assert_eq!(plain["a"]["c"][0]["#ns"], "urn:y");
}

const PATIENT: &str = r#"<Patient xmlns="http://hl7.org/fhir">
  <id value="p1"/>
  <text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml"><p>A &amp; B</p></div></text>
  <contained><Organization><id value="o"/><name value="X &amp; Y"/></Organization></contained>
  <extension url="https://e.example/a"><valueBoolean value="true"/></extension>
  <identifier><system value="https://fhir.nhs.uk/Id/nhs-number"/><value value="9000000009"/></identifier>
  <active value="false"/>
  <name id="n"><given value="Anna"/><given><extension url="u"><valueCode value="c"/></extension></given></name>
  <birthDate value="2000-01-01" id="b"/>
  <multipleBirthInteger value="2"/>
  <gender><extension url="v"><valueDecimal value="1.50"/></extension></gender>
</Patient>"#;

#[test]
fn a_resource_is_its_json() {
    assert_eq!(
        value(PATIENT),
        json!({
            "resourceType": "Patient",
            "id": "p1",
            "text": { "status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>A &amp; B</p></div>" },
            "contained": [{ "resourceType": "Organization", "id": "o", "name": "X & Y" }],
            "extension": [{ "url": "https://e.example/a", "valueBoolean": true }],
            "identifier": [{ "system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9000000009" }],
            "active": false,
            "name": [{ "id": "n", "given": ["Anna", null], "_given": [null, { "extension": [{ "url": "u", "valueCode": "c" }] }] }],
            "birthDate": "2000-01-01",
            "_birthDate": { "id": "b" },
            "multipleBirthInteger": 2,
            "_gender": { "extension": [{ "url": "v", "valueDecimal": 1.50 }] },
        })
    );
    let document = read(PATIENT);
    assert_eq!(at(&document, "/identifier/0/value"), "\"9000000009\"");
    assert_eq!(at(&document, "/multipleBirthInteger"), "2");
    assert_eq!(at(&document, "/resourceType"), "Patient");
}

#[test]
fn what_r4_does_not_know_or_allow_stays_visible() {
    let text = r#"<Thing xmlns="http://hl7.org/fhir"><a value="1"/><b value="x"/><b value="y"/><c><d value="z"/></c></Thing>"#;
    assert_eq!(value(text), json!({ "resourceType": "Thing", "a": "1", "b": ["x", "y"], "c": { "d": "z" } }));
    let text = r#"<Patient xmlns="http://hl7.org/fhir"><active value="yes"/><gender value="a"/><gender value="b"/><name value="N"/></Patient>"#;
    assert_eq!(
        value(text),
        json!({ "resourceType": "Patient", "active": "yes", "gender": ["a", "b"], "name": ["N"] })
    );
    // A questionnaire's items are items again.
    let text = r#"<Questionnaire xmlns="http://hl7.org/fhir"><item><item><required value="true"/></item></item></Questionnaire>"#;
    assert_eq!(value(text)["item"][0]["item"][0]["required"], true);
    let text = r#"<Bundle xmlns="http://hl7.org/fhir"><entry><resource><Patient><id value="1"/></Patient></resource></entry></Bundle>"#;
    assert_eq!(value(text)["entry"][0]["resource"], json!({ "resourceType": "Patient", "id": "1" }));
}

#[test]
fn faults_are_placed_and_leave_the_rest() {
    for (text, start, words) in [
        ("<a><b></a>", 6, "b"),
        ("<a>", 1, "not closed"),
        ("<a><b x=1/></a>", 6, "no attribute"),
        ("<a/><b/>", 4, "second root"),
        ("<a/>text", 4, "outside"),
        ("<a>1 & 2</a>", 5, "&amp;"),
        ("<a>&nbsp;</a>", 3, "&nbsp;"),
        ("<a x='&n;'/>", 5, "&n;"),
        ("<a>&#0;</a>", 3, "&#0;"),
        ("just words", 0, "outside"),
    ] {
        let document = read(text);
        let problem = document.problems().first().unwrap_or_else(|| panic!("{text}"));
        assert_eq!((problem.code, problem.span.start), ("syntax", start), "{text}: {}", problem.message);
        assert!(problem.message.contains(words), "{text}: {}", problem.message);
    }
    assert_eq!(read("<a><b>1</b><c></a>").to_value(crate::document::NodeId(0))["a"]["b"][0]["#text"], "1");
    assert!(read(" \n").root().is_none() && read(" \n").problems().is_empty());
}

#[test]
fn nothing_is_expanded_fetched_or_followed() {
    let laughs = "<!DOCTYPE a [<!ENTITY x \"ha\"><!ENTITY y \"&x;&x;&x;\"><!ENTITY z SYSTEM \"file:///etc/passwd\">]><a>&y;&z;</a>";
    let document = read(laughs);
    let shape = document.to_value(document.root().unwrap());
    assert_eq!(shape, json!({ "a": { "#text": "&y;&z;" } }));
    assert_eq!(document.problems().len(), 2);
    // Within an attribute too.
    let document = read("<!DOCTYPE a [<!ENTITY x \"ha\">]><a b=\"&x;\"/>");
    assert_eq!(document.to_value(document.root().unwrap()), json!({ "a": { "@b": "&x;" } }));
}

#[test]
fn limits_hold() {
    let deep = "<a>".repeat(200_000);
    let document = read(&deep);
    assert!(document.problems().iter().any(|problem| problem.code == "limit-depth"));
    let nested = format!("{}{}", "<a>".repeat(5_000), "</a>".repeat(5_000));
    let most = Limits { depth: crate::document::MAX_DEPTH, ..Limits::default() };
    let reader = std::thread::Builder::new().stack_size(16 << 20);
    let codes = reader
        .spawn(move || {
            parse(Arc::new(Text::from(nested)), most)
                .problems()
                .iter()
                .map(|one| one.code)
                .collect::<Vec<_>>()
        })
        .unwrap()
        .join()
        .unwrap();
    assert_eq!(codes, ["limit-depth"]);
    let many = format!("<a>{}</a>", "<b/>".repeat(5_000));
    let document = parse(Arc::new(Text::from(many.as_str())), Limits { nodes: 1_000, ..Limits::default() });
    assert!(document.problems().iter().any(|problem| problem.code == "limit-nodes"));
    assert!(document.nodes().len() <= 1_000);
    // A FHIR resource within itself.
    let inner = "<contained><Patient>".repeat(3_000);
    let document = read(&format!("<Patient xmlns=\"http://hl7.org/fhir\">{inner}"));
    assert!(document.problems().iter().any(|problem| problem.code == "limit-depth"));
    // Many prefixes, many elements: neither is searched through for the other.
    let declares: String = (0..20_000).map(|n| format!(" xmlns:p{n}='u{n}'")).collect();
    let document = read(&format!("<a{declares}>{}</a>", "<q:b/>".repeat(20_000)));
    assert!(document.problems().is_empty());
}

#[test]
fn what_was_not_read_whole_says_so() {
    for text in ["<a><b>1</b>", "<a><b>1</a>", "<a b='1", "<a><!-- "] {
        assert!(read(text).breaks_off(), "{text}");
    }
    assert!(!read("<a>1 & 2</a>").breaks_off());
}
