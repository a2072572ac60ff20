//! The page to read: what it holds, and that nothing of a judged tree can act in it. A real browser
//! opens such pages in scripts/check-html.sh.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::panic)]

mod common;

use common::{assize, folder};
use sha2::{Digest, Sha256};
use std::path::Path;

const FAULTY: &str = "fixtures/booking-service/faulty";

fn check(path: &str) -> String {
    let run = assize(&["check", path, "--no-config", "--format", "html"]);
    assert!(run.code < 2, "{}", run.err);
    run.out
}

/// What stands between two texts.
fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    let start = page.find(from).unwrap_or_else(|| panic!("no {from}")) + from.len();
    &page[start..start + page[start..].find(to).unwrap_or_else(|| panic!("no {to} behind {from}"))]
}

/// RFC 4648, apart from the program's own.
fn base64(bytes: &[u8]) -> String {
    let bits: String = bytes.iter().map(|byte| format!("{byte:08b}")).collect();
    let letters: Vec<char> = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['+', '/']).collect();
    let mut text: String = bits
        .as_bytes()
        .chunks(6)
        .map(|six| {
            let six = format!("{:0<6}", std::str::from_utf8(six).unwrap());
            letters[usize::from_str_radix(&six, 2).unwrap()]
        })
        .collect();
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

#[test]
fn the_policy_lets_this_script_and_this_style_run_and_nothing_else() {
    let page = check(FAULTY);
    let policy = between(&page, "http-equiv=\"Content-Security-Policy\" content=\"", "\">");
    let hash = |text: &str| format!("'sha256-{}'", base64(&Sha256::digest(text.as_bytes())));
    assert!(policy.starts_with("default-src 'none';"));
    assert!(policy.contains(&format!("style-src {};", hash(between(&page, "<style>", "</style>")))));
    assert!(policy.contains(&format!("script-src {};", hash(between(&page, "<script>", "</script>")))));
    assert!(policy.contains("require-trusted-types-for 'script'") && !policy.contains("unsafe"));
    // It stands before anything that it is to hold back.
    assert!(page.find("Content-Security-Policy").unwrap() < page.find("<style>").unwrap());
    assert_eq!(page.matches("<script").count(), 1);
    assert_eq!(page.matches("<style").count(), 1);
    for member in [" style=\"", " onclick", " onload", " src=", "<link", "<img", "<iframe", "@import", "url("]
    {
        assert!(!page.contains(member), "{member}");
    }
}

#[test]
fn a_check_shows_rules_places_lines_and_clauses() {
    let page = check(FAULTY);
    let findings = between(&page, "id=\"findings\"", "id=\"accepted\"");
    assert_eq!(findings.matches("<li id=\"f").count(), 15);
    assert!(findings.contains("specification/bookings.yaml:7:10"));
    assert!(findings.contains("<mark>http://api.bookings.example.org/v1</mark>"), "the place is marked");
    assert!(findings.contains("<b>What to do:</b>"));
    let clauses = between(&page, "id=\"clauses\"", "id=\"findings\"");
    assert!(clauses.contains("NHSNO-01") && clauses.contains("finding of uk/nhs-number/examples-are-valid"));
    // Each link to a group of findings leads to one.
    for link in clauses.split("href=\"#").skip(1) {
        let id = link.split('"').next().unwrap();
        assert!(page.contains(&format!(" id=\"{id}\"")), "{id}");
    }
    let conforming = check("fixtures/booking-service/conforming");
    assert!(conforming.contains(">Passes<") && page.contains(">Fails<"));
}

#[test]
fn a_statement_shows_verdicts_facts_and_the_dates_of_records() {
    let root = folder(
        "html-statement",
        &[
            (
                "openapi.yaml",
                "openapi: 3.0.3\ninfo: {title: x, version: '1'}\nservers: [{url: 'http://a.example'}]\npaths: {}\n",
            ),
            (
                "evidence/dspt.yaml",
                "clause: DSPT\nstatement: The toolkit is met.\noutcome: met\nissued: 2026-06-01\nexpires: 2027-05-31\nsigned-off-by: caldicott-guardian\nlink: https://www.example.org/dspt\ngrade: self-declared\n",
            ),
        ],
    );
    let out = root.with_extension("html");
    let run = assize(&[
        "statement",
        root.to_str().unwrap(),
        "--profile",
        "nhs-api-platform",
        "--clock",
        "2026-11-22",
        "--format",
        "html",
        "--output",
        out.to_str().unwrap(),
    ]);
    assert!(matches!(run.code, 1 | 3), "{} {}", run.code, run.err);
    let page = std::fs::read_to_string(&out).unwrap();
    assert!(page.contains("k-bad\">Does not conform<") || page.contains("k-unknown\">Cannot be decided<"));
    let clauses = between(&page, "id=\"clauses\"", "id=\"findings\"");
    for verdict in ["not met", "needs evidence", "unknown", "not applicable"] {
        assert!(clauses.contains(&format!("\">{verdict}</span>")), "{verdict}");
    }
    assert!(page.contains("<dt>Expiries as of</dt><dd>2026-11-22</dd>"));
    let accepted = between(&page, "id=\"accepted\"", "id=\"unknown\"");
    assert!(accepted.contains("2026-06-01") && accepted.contains("2027-05-31"), "{accepted}");
}

#[test]
fn nothing_of_a_strangers_tree_acts() {
    let script = "<script>window.owned=1</script>";
    let api = |text: &str| {
        format!(
            "openapi: 3.0.3\ninfo: {{title: x, version: 1}}\nservers:\n  - url: \"http://{}\"\npaths: {{}}\n",
            text.replace('"', "\\\"")
        )
    };
    let names = [
        "a<script>owned<\u{2215}script>.yaml",
        "\"><img src=x onerror=owned>.yaml",
        "line\nbreak.yaml",
        "\u{1b}[31mred.yaml",
        "::set-output name=x::y.yaml",
        "\u{202e}gnp.yaml",
        "' style='x.yaml",
        "a&amp;b%3C.yaml",
    ];
    let body = api(&format!("</pre></style>{script}<img src=x onerror=owned>\u{202e}"));
    let long = api(&format!("{}{script}", "x".repeat(10_000)));
    let ruleset = "documentationUrl: \"javascript:owned\"\nrules:\n  a:\n    given: $\n    documentationUrl: \"javascript:owned\"\n    message: \"<script>owned</script>\"\n    then: {field: nothing, function: truthy}\n";
    let mut files: Vec<(&str, &str)> = names.iter().map(|name| (*name, body.as_str())).collect();
    files.push(("long.yaml", &long));
    files.push((".spectral.yaml", ruleset));
    let root = folder("html <b>&\"'hostile", &files);
    let page = check(root.to_str().unwrap());
    assert_eq!(page.matches("<script").count(), 1);
    assert!(page.contains("&lt;script&gt;"));
    let body = between(&page, "<body>", "</body>");
    for tag in body.split('<').skip(1).map(|tag| tag.split('>').next().unwrap()) {
        let name = tag.trim_start_matches('/').split([' ', '\n']).next().unwrap();
        let own = [
            "a",
            "b",
            "br",
            "button",
            "caption",
            "code",
            "desc",
            "div",
            "figcaption",
            "figure",
            "footer",
            "form",
            "g",
            "h1",
            "h2",
            "h3",
            "header",
            "input",
            "label",
            "li",
            "main",
            "mark",
            "nav",
            "ol",
            "option",
            "p",
            "pre",
            "rect",
            "section",
            "select",
            "span",
            "strong",
            "svg",
            "table",
            "tbody",
            "td",
            "text",
            "th",
            "thead",
            "title",
            "tr",
            "ul",
        ];
        assert!(own.contains(&name), "<{tag}>");
        assert!(!tag.contains(" on") && !tag.contains("style="), "<{tag}>");
    }
    for link in body.split("href=\"").skip(1) {
        assert!(
            link.starts_with('#') || link.starts_with("https://") || link.starts_with("http://"),
            "{link:.60}"
        );
    }
    assert!(!page.contains(['\u{1b}', '\u{202e}', '\u{7}', '\u{0}', '\r']));
    let longest = page.lines().map(str::len).max().unwrap();
    assert!(longest < 20_000, "a line of {longest} bytes");
}

#[test]
fn the_page_is_the_same_for_every_run_and_stays_small() {
    let servers: String =
        (0..5000).map(|at| format!("  - url: http://service-{at}.example.org/api\n")).collect();
    let text = format!("openapi: 3.0.3\ninfo: {{title: x, version: '1'}}\nservers:\n{servers}paths: {{}}\n");
    let root = folder("html-many", &[("openapi.yaml", &text)]);
    let page = check(root.to_str().unwrap());
    assert_eq!(page, check(root.to_str().unwrap()));
    let count = page.matches("<li id=\"f").count();
    assert!(count >= 5000);
    assert!(page.len() / count < 1000, "{} bytes for a finding", page.len() / count);
    assert!(Path::new(&root).exists());
}
