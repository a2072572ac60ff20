//! Rules that ask about every address a server's `url` stands for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::panic)]

mod common;

use common::{assize, folder, report};

const PACK: &str = "pack: test/servers
version: 0.1.0
standard: { title: A test, authority: nhs-england, edition: '1', in-force: { from: 2025-01-01 }, url: 'https://example.org/' }
clauses:
  - { id: https, level: must, standing: contract, title: HTTPS, url: 'https://example.org/', covers: part, residue: The rest., source: TEST-01 }
rules:
  servers-use-https:
    clause: https
    on: [openapi-3]
    given: '$.servers[*].url'
    then: { function: pattern, expand: EXPAND, functionOptions: { OPTIONS } }
    severity: error
    empty: unknown
    message: '{{value}} is wrong.'
    help: Change it.
    examples:
      conforming: [\"{ openapi: 3.0.3, info: { title: A, version: '1' }, servers: [{ url: 'https://a.example/v1' }], paths: {} }\"]
      violating: [\"{ openapi: 3.0.3, info: { title: A, version: '1' }, servers: [{ url: 'http://a.example/' }], paths: {} }\"]
";

/// Where something is wrong and with what message, and why nothing can be told.
fn told(name: &str, expand: &str, options: &str, servers: &str) -> (Vec<String>, Vec<String>) {
    let api =
        format!("openapi: 3.0.3\ninfo: {{ title: A, version: '1' }}\nservers: {servers}\npaths: {{}}\n");
    let pack = PACK.replace("EXPAND", expand).replace("OPTIONS", options);
    let root = folder(&format!("servers-{name}"), &[("tree/api.yaml", &api), ("pack/pack.yaml", &pack)]);
    let path = |name: &str| root.join(name).to_str().unwrap().to_owned();
    let told = report(&[&path("tree"), "--pack", &path("pack")]);
    let of = |list: &str, say: &dyn Fn(&serde_json::Value) -> String| -> Vec<String> {
        let list = told[list].as_array().unwrap();
        list.iter().filter(|one| one["rule"] == "test/servers/servers-use-https").map(say).collect()
    };
    let found = of("findings", &|one| {
        let step = |step: &serde_json::Value| {
            format!("/{}", step.as_str().map_or_else(|| step.to_string(), str::to_owned))
        };
        let at: String = one["path"].as_array().unwrap().iter().map(step).collect();
        format!("{at} {}", one["message"].as_str().unwrap())
    });
    (found, of("unknown", &|one| one["reason"].as_str().unwrap().to_owned()))
}

const HTTPS: &str = "notMatch: '^http://(?!localhost)'";
const NOTHING: [&str; 0] = [];

#[test]
fn the_value_of_a_variable_that_makes_an_address_wrong_is_the_place() {
    let (found, unknown) = told(
        "enum",
        "server",
        HTTPS,
        "[{ url: '{scheme}://{host}/v1', variables: { scheme: { enum: [https, http], default: https }, host: { enum: [a.example, b.example], default: a.example } } }]",
    );
    assert_eq!(found, ["/servers/0/variables/scheme/enum/1 http://a.example/v1 is wrong."]);
    assert_eq!(unknown, NOTHING);
    let (found, _) = told(
        "default",
        "server",
        HTTPS,
        "[{ url: '{scheme}://a.example', variables: { scheme: { default: http } } }]",
    );
    assert_eq!(found, ["/servers/0/variables/scheme/default http://a.example is wrong."]);
    // The address itself is wrong, whatever stands for the host.
    let (found, _) = told(
        "url",
        "server",
        HTTPS,
        "[{ url: 'http://{host}', variables: { host: { enum: [a.example, b.example], default: a.example } } }]",
    );
    assert_eq!(found, ["/servers/0/url http://a.example is wrong."]);
    // Only together are they wrong; the localhost that a developer runs is not.
    let (found, _) = told(
        "both",
        "server",
        HTTPS,
        "[{ url: '{s}://{h}', variables: { s: { enum: [https, http], default: https }, h: { enum: [localhost, a.example], default: localhost } } }]",
    );
    assert_eq!(found, ["/servers/0/url http://a.example is wrong."]);
    let (found, unknown) = told(
        "fine",
        "server",
        HTTPS,
        "[{ url: 'https://a.example' }, { url: 'https://{h}', variables: { h: { default: b } } }]",
    );
    assert_eq!((found.len(), unknown.len()), (0, 0));
}

#[test]
fn what_an_address_stands_for_may_not_be_known() {
    let (found, unknown) = told("relative", "server", HTTPS, "[{ url: /v1 }, { url: 'http://a.example' }]");
    assert_eq!(found, ["/servers/1/url http://a.example is wrong."]);
    assert_eq!(
        unknown,
        ["The address \"/v1\" is relative: where the description is served from is not known."]
    );
    let (found, unknown) = told(
        "path",
        "server-path",
        "match: '/v[0-9]+$'",
        "[{ url: '/v1' }, { url: '/{v}', variables: { v: { enum: [v2, latest], default: v2 } } }]",
    );
    assert_eq!(found, ["/servers/1/variables/v/enum/1 /latest is wrong."]);
    assert_eq!(unknown, NOTHING);
    let (found, unknown) = told("undefined", "server", HTTPS, "[{ url: '{scheme}://a.example' }]");
    assert_eq!(found, NOTHING);
    assert_eq!(
        unknown,
        [
            "What {scheme} stands for in the address \"{scheme}://a.example\" is said nowhere: it has no default."
        ]
    );
    let list = |name: &str| format!("{name}: {{ enum: [a, b, c, d, e, f, g, h, i], default: a }}");
    let many = format!("[{{ url: 'https://{{x}}.{{y}}', variables: {{ {}, {} }} }}]", list("x"), list("y"));
    let (found, unknown) = told("many", "server", HTTPS, &many);
    assert_eq!(found, NOTHING);
    assert_eq!(unknown, ["The address \"https://{x}.{y}\" stands for more than 64 addresses."]);
    // Braces that are no variables, and variables that are no objects.
    for (number, odd) in
        ["[{ url: 'https://a{b' }]", "[{ url: 'https://a}b{' }]", "[{ url: '{}://x', variables: 7 }]"]
            .iter()
            .enumerate()
    {
        let (found, _) = told(&format!("odd-{number}"), "server", HTTPS, odd);
        assert_eq!(found, NOTHING);
    }
}

#[test]
fn checks_that_judge_no_text_cannot_be_asked_about_addresses() {
    let pack = PACK
        .replace("EXPAND", "server")
        .replace("pattern", "truthy")
        .replace("functionOptions: { OPTIONS }", "functionOptions: null");
    let root = folder("servers-truthy", &[("tree/a.txt", "x"), ("pack/pack.yaml", &pack)]);
    let path = |name: &str| root.join(name).to_str().unwrap().to_owned();
    let run = assize(&["check", &path("tree"), "--pack", &path("pack")]);
    let said = run.err;
    assert_eq!(run.code, 2, "{said}");
    assert!(said.contains("is not asked about addresses"), "{said}");
}
