use super::*;
use crate::document::{Limits, json, yaml};
use crate::text::Text;
use std::collections::BTreeSet;
use std::sync::Arc;

fn document(text: &str) -> Document {
    let text = Arc::new(Text::from(text));
    if text.as_str().starts_with(['{', '[']) {
        json::parse(text, Limits::default())
    } else {
        yaml::parse(text, Limits::default())
    }
}

fn both(document: &Document, path: &str) -> BTreeSet<String> {
    let path = Path::parse(path).unwrap();
    let root = document.root().unwrap();
    let listed: BTreeSet<String> =
        path.nodelist(document, root).unwrap().into_iter().map(|node| document.pointer_of(node)).collect();
    let mut hit = BTreeSet::new();
    let set = PathSet::new(std::slice::from_ref(&path));
    set.run(&Alone(document), NodeRef { doc: 0, node: root }, Follow::None, &mut |found, _| {
        hit.insert(document.pointer_of(found.at.node));
    })
    .unwrap();
    assert_eq!(listed, hit);
    listed
}

#[test]
fn both_ways_find_the_same() {
    let document = document(r#"{"a": [{"b": 1, "c": {"b": 2}}, {"b": "x"}, 3, 4], "d": {"b": null}}"#);
    for (path, expected) in [
        ("$", vec![""]),
        ("$.a[*].b", vec!["/a/0/b", "/a/1/b"]),
        ("$..b", vec!["/a/0/b", "/a/0/c/b", "/a/1/b", "/d/b"]),
        ("$.a[-1]", vec!["/a/3"]),
        ("$.a[1:3]", vec!["/a/1", "/a/2"]),
        ("$.a[::-2]", vec!["/a/1", "/a/3"]),
        ("$.a[?@.b == 1]", vec!["/a/0"]),
        ("$..[?@.b]", vec!["/a/0", "/a/0/c", "/a/1", "/d"]),
        ("$['a','d'][?@.b]", vec!["/a/0", "/a/1"]),
        ("$.a[?@.b == $.a[1].b]", vec!["/a/1"]),
        ("$.a[?length(@.b) == 1 || count(@.*) > 1]", vec!["/a/0", "/a/1"]),
        ("$.a[?match(@.b, '[x-z]')]", vec!["/a/1"]),
    ] {
        assert_eq!(both(&document, path).into_iter().collect::<Vec<_>>(), expected, "{path}");
    }
}

#[test]
fn aliases_and_merges_are_walked() {
    let document = document("x: &x {b: 1}\ny: *x\nz:\n  <<: *x\n  c: 2\n");
    let path = Path::parse("$.*.b").unwrap();
    assert_eq!(path.nodelist(&document, document.root().unwrap()).unwrap().len(), 3);
    assert_eq!(both(&document, "$.z.*").len(), 2);
}

struct Linked(Document);

impl Graph for Linked {
    fn document(&self, _: u32) -> &Document {
        &self.0
    }

    fn follow(&self, at: NodeRef) -> Option<NodeRef> {
        let target = self.0.str(self.0.get(at.node, "$ref")?)?.strip_prefix('#')?;
        Some(NodeRef { node: self.0.pointer(self.0.root()?, target)?, ..at })
    }

    fn is_unresolved(&self, at: NodeRef) -> bool {
        self.0.get(at.node, "$ref").is_some() && self.follow(at).is_none()
    }

    fn has_unresolved(&self) -> bool {
        true
    }
}

/// A long document in which most places can be skipped: what stands behind the references that lead
/// nowhere, and only that, is not known.
#[test]
fn what_leads_nowhere_is_met_though_most_is_skipped() {
    let filler = (0..200).map(|at| format!(r#""f{at}": {{"x": [1, {{"y": "z"}}]}}"#)).collect::<Vec<_>>();
    let text = format!(
        r##"{{{}, "a": {{"b": {{"$ref": "#/nowhere", "k": 1}}}}, "c": {{"k": 2, "s": "resourceType: 1"}}}}"##,
        filler.join(", ")
    );
    let graph = Linked(document(&text));
    let root = NodeRef { doc: 0, node: graph.0.root().unwrap() };
    let paths = [
        "$..k",
        "$.c..k",
        "$..[?@.k].k",
        "$.c[?@.k].k",
        "$.c..[?@.k]",
        "$.a.b[*]",
        "$..[?search(@, 'resourceType')]",
        "$.c[?search(@, 'resourceType')]",
    ];
    let set = PathSet::new(&paths.map(|path| Path::parse(path).unwrap()));
    let mut hits = BTreeSet::new();
    let trail = set
        .run(&graph, root, Follow::References, &mut |hit, _| {
            hits.insert((hit.path, graph.0.pointer_of(hit.at.node)));
        })
        .unwrap();
    let unread: Vec<&str> = trail.unread.iter().map(|&path| paths[path as usize]).collect();
    assert_eq!(unread, ["$..k", "$..[?@.k].k", "$.a.b[*]", "$..[?search(@, 'resourceType')]"]);
    let hits: Vec<String> = hits.iter().map(|(path, at)| format!("{path} {at}")).collect();
    // The reference is no member of what it leads to.
    assert_eq!(hits, ["0 /a/b/k", "0 /c/k", "1 /c/k", "2 /c/k", "5 /a/b/k", "6 /c/s", "7 /c/s"]);
}

#[test]
fn references_stand_for_their_targets_and_cycles_end() {
    let graph =
        Linked(document(r##"{"a": {"$ref": "#/s/T"}, "s": {"T": {"p": {"$ref": "#/s/T"}, "k": 1}}}"##));
    let root = NodeRef { doc: 0, node: graph.0.root().unwrap() };
    let set = PathSet::new(&[Path::parse("$.a..k").unwrap(), Path::parse("$.a[?@.k].k").unwrap()]);
    let mut hits = BTreeSet::new();
    set.run(&graph, root, Follow::References, &mut |hit, _| {
        hits.insert((hit.path, graph.0.pointer_of(hit.node.node)));
    })
    .unwrap();
    assert_eq!(hits, BTreeSet::from([(0, "/s/T/k".to_owned()), (1, "/s/T/k".to_owned())]));
}

#[test]
fn what_is_no_path_is_refused() {
    for path in [
        "",
        "a",
        "$.",
        "$[a]",
        "$[?@.a == ]",
        "$.a ",
        "$[01]",
        "$[-0]",
        "$[?length(@.a)]",
        "$[?count(1) == 1]",
        "$[?@.* == 1]",
        "$[?nope(@)]",
        "$..",
        "$['a",
        "$[1:2:3:4]",
        "$[?(@.a]",
    ] {
        assert!(Path::parse(path).is_err(), "{path}");
    }
}

#[test]
fn fields_lead_where_lodash_does() {
    let graph = Linked(document(r##"{"a": [{"b.c": 1}], "d": {"e": {"$ref": "#/a"}}}"##));
    let root = NodeRef { doc: 0, node: graph.0.root().unwrap() };
    let one = |field: &str| Field::parse(field).unwrap().targets(&graph, root).unwrap();
    for (field, pointer) in [("a[0]['b.c']", "/a/0/b.c"), ("d.e[0]", "/a/0"), ("$.d.e", "/a")] {
        match &one(field)[..] {
            [FieldTarget::Node(at)] => assert_eq!(graph.0.pointer_of(at.node), pointer, "{field}"),
            other => panic!("{field}: {other:?}"),
        }
    }
    assert!(matches!(&one("d.x.y")[..], [FieldTarget::Missing { rest, .. }] if rest == "x.y"));
    assert_eq!(one("@key").len(), 2);
}

#[test]
fn what_is_skipped_could_not_matter() {
    let mut text = String::from("{");
    for at in 0..60 {
        text.push_str(&format!(
            r#""k{at}": {{"plain": [1, {{"deep": {{"name": "n{at}"}}}}], "b": [{{"b": {at}}}, {{"type": "x"}}]}},"#
        ));
    }
    text.push_str(r#""last": {"type": "array", "enum": [1]}}"#);
    let document = document(&text);
    for (path, count) in [
        ("$..*", 60 * 11 + 4),
        ("$..[*]", 60 * 11 + 4),
        ("$..b", 120),
        ("$..b..b", 60),
        ("$..deep.*", 60),
        ("$..deep..*", 60),
        ("$..[?@.type]", 61),
        ("$..b[?@.type == 'x']", 60),
        ("$..['last','name']", 61),
        ("$..[0]", 121),
    ] {
        assert_eq!(both(&document, path).len(), count, "{path}");
    }
}

#[test]
fn members_are_chosen_by_their_keys() {
    let document = document(
        r##"{"headers": {"X-Id": {"a": 1}, "ETag": {"a": 2}, "x-no": 3}, "list": [{"X-Id": 1}, 2], "same": {"name": "same"}}"##,
    );
    for (path, found) in [
        ("$.headers[?search(key(@), '^X-')]", vec!["/headers/X-Id"]),
        ("$.headers[?!match(key(@), '[Xx]-.*')].a", vec!["/headers/ETag/a"]),
        ("$..[?key(@) == 'X-Id']", vec!["/headers/X-Id", "/list/0/X-Id"]),
        ("$.headers[?length(key(@)) == 4 && @.a == 1]", vec!["/headers/X-Id"]),
        // An element has no key, and neither has the root.
        ("$.list[?search(key(@), '.')]", vec![]),
        ("$.headers[?key($) == 'headers']", vec![]),
        ("$[?key(@) == @.name]", vec!["/same"]),
        ("$[?key(@.name) == 'name']", vec!["/same"]),
    ] {
        assert_eq!(both(&document, path).into_iter().collect::<Vec<_>>(), found, "{path}");
    }
    for wrong in ["$[?key(@.*) == 'a']", "$[?key('a') == 'a']", "$[?key(@)]", "$[?key() == 'a']"] {
        assert!(Path::parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn the_key_is_the_members_own_where_it_refers() {
    let graph = Linked(document(r##"{"a": {"X-Id": {"$ref": "#/b/Id"}}, "b": {"Id": {"c": 1}}}"##));
    let set = |text: &str| {
        let mut found = Vec::new();
        let paths = PathSet::new(&[Path::parse(text).unwrap()]);
        let root = NodeRef { doc: 0, node: graph.0.root().unwrap() };
        let mut sink = |hit: Hit, _: &Trail| found.push(graph.0.pointer_of(hit.at.node));
        paths.run(&graph, root, Follow::References, &mut sink).unwrap();
        found
    };
    assert_eq!(set("$.a[?key(@) == 'X-Id' && @.c == 1]"), ["/a/X-Id"]);
    assert!(set("$.a[?key(@) == 'Id']").is_empty());
}
