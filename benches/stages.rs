//! The stages of a check, each by itself: parse, references, pass, whole check, reports. The document is made
//! here, so that every machine measures the same; with ASSIZE_BENCH_FILE set, that file is measured
//! too. `cargo bench`.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use assize::engine::{Options, Plan, judge};
use assize::pack::embedded;
use assize::report::{self, Style};
use assize::workspace::{Memory, Workspace};
use assize_tree::document::{Document, Limits, json, yaml};
use assize_tree::path::{Follow, Path, PathSet};
use assize_tree::reference::{Bundle, Grammar, LoadError, Provider};
use assize_tree::text::Text;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::fmt::Write as _;
use std::sync::Arc;

/// A description with so many resources, each with two operations and a schema that refers on.
fn description(resources: usize) -> String {
    let mut text = String::from(
        r#"{"openapi":"3.0.3","info":{"title":"Bench","version":"1.0.0","description":"Made for measuring.","contact":{"email":"api@example.org"}},"servers":[{"url":"https://api.example.org/v1"}],"paths":{"#,
    );
    for at in 0..resources {
        let comma = if at == 0 { "" } else { "," };
        write!(
            text,
            r##"{comma}"/things-{at}/{{id}}":{{"get":{{"operationId":"getThing{at}","summary":"One thing","parameters":[{{"name":"id","in":"path","required":true,"description":"Its number.","schema":{{"type":"string"}},"example":"17"}}],"responses":{{"200":{{"description":"The thing.","content":{{"application/json":{{"schema":{{"$ref":"#/components/schemas/Thing{at}"}},"example":{{"name":"One","openingDate":"2026-11-24"}}}}}}}},"default":{{"$ref":"#/components/responses/Problem"}}}}}},"post":{{"operationId":"addThing{at}","responses":{{"201":{{"description":"Added.","content":{{"application/json":{{"schema":{{"$ref":"#/components/schemas/Thing{at}"}}}}}}}},"4XX":{{"$ref":"#/components/responses/Problem"}}}}}}}}"##
        )
        .unwrap();
    }
    text.push_str(r#"},"components":{"responses":{"Problem":{"description":"Wrong."}},"schemas":{"#);
    for at in 0..resources {
        let comma = if at == 0 { "" } else { "," };
        let next = (at * 7 + 3) % resources;
        write!(
            text,
            r##"{comma}"Thing{at}":{{"type":"object","properties":{{"name":{{"type":"string","description":"What it is called."}},"openingDate":{{"type":"string","format":"date","example":"2026-11-24"}},"parts":{{"type":"array","items":{{"$ref":"#/components/schemas/Thing{next}"}}}}}}}}"##
        )
        .unwrap();
    }
    text.push_str("}}}");
    text
}

fn parsed(text: &str) -> Arc<Document> {
    Arc::new(json::parse(Arc::new(Text::from(text)), Limits::default()))
}

struct NoFiles;

impl Provider for NoFiles {
    fn load(&self, _: &str) -> Result<Arc<Document>, LoadError> {
        Err(LoadError::NotFound)
    }
}

fn bundle(document: &Arc<Document>) -> Bundle {
    let root = document.root().unwrap();
    Bundle::build("api.json", Arc::clone(document), root, Grammar::OpenApi3, &NoFiles)
}

fn plan() -> Plan {
    let pack = embedded::load("uk/api-design").unwrap().ok().unwrap();
    Plan::new(vec![pack], embedded::authorities()).ok().unwrap()
}

fn stages(criterion: &mut Criterion) {
    let mut texts = vec![
        ("200 resources".to_owned(), description(200)),
        ("2000 resources".to_owned(), description(2000)),
    ];
    if let Some(file) = std::env::var_os("ASSIZE_BENCH_FILE") {
        texts.push(("ASSIZE_BENCH_FILE".to_owned(), std::fs::read_to_string(file).unwrap()));
    }
    let plan = plan();
    let paths: Vec<Path> = plan
        .packs
        .iter()
        .flat_map(|pack| pack.form.rules.values())
        .filter(|rule| rule.on.iter().any(|kind| kind.starts_with("openapi")))
        .flat_map(|rule| rule.given.iter().flat_map(|given| given.as_slice()))
        .map(|given| Path::parse(given).unwrap())
        .collect();
    let paths = PathSet::new(&paths);
    for (name, text) in &texts {
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(text.len() as u64)).sample_size(20);
        group.bench_function(BenchmarkId::from_parameter("serde_json::Value"), |bench| {
            bench.iter(|| serde_json::from_str::<serde_json::Value>(text).unwrap());
        });
        group.bench_function(BenchmarkId::from_parameter("parse"), |bench| bench.iter(|| parsed(text)));
        let document = parsed(text);
        group.bench_function(BenchmarkId::from_parameter("references"), |bench| {
            bench.iter(|| bundle(&document));
        });
        let graph = bundle(&document);
        group.bench_function(BenchmarkId::from_parameter("pass"), |bench| {
            bench.iter(|| {
                let mut hits = 0_u64;
                paths.run(&graph, graph.root(), Follow::References, &mut |_, _| hits += 1).unwrap();
                hits
            });
        });
        group.bench_function(BenchmarkId::from_parameter("whole check"), |bench| {
            bench.iter(|| {
                let files = Memory::default().with("api.json", text.as_str());
                let workspace = Workspace::new(Box::new(files), Limits::default(), false);
                judge(&plan, &workspace, Options { by_name: true, ..Options::default() }).findings.len()
            });
        });
        group.finish();
    }
    let text: String =
        (0..2000).map(|at| format!("- name: thing {at}\n  tags: [a, b]\n  open: true\n")).collect();
    let mut group = criterion.benchmark_group("yaml");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("parse", |bench| {
        bench.iter(|| yaml::parse(Arc::new(Text::from(text.as_str())), Limits::default()));
    });
    group.finish();
}

/// Writing 25,000 findings.
fn reports(criterion: &mut Criterion) {
    let mut text = "openapi: 3.0.3\ninfo: { title: x, version: '1' }\npaths: {}\nservers:\n".to_owned();
    for at in 0..25_000 {
        let _ = writeln!(text, "  - url: http://a{at}.example.org/bookings");
    }
    let pack = embedded::load("uk/api-linting").unwrap().ok().unwrap();
    let plan = Plan::new(vec![pack], embedded::authorities()).ok().unwrap();
    let files = Memory::default().with("openapi.yaml", text.as_str());
    let workspace = Workspace::new(Box::new(files), Limits::default(), false);
    let report = judge(&plan, &workspace, Options { by_name: true, ..Options::default() });
    assert!(report.findings.len() > 25_000);
    let style = Style {
        colour: false,
        unicode: true,
        links: false,
        width: 100,
        subject: ".".to_owned(),
        fail_on: None,
        quiet: false,
        origin: None,
    };
    let mut group = criterion.benchmark_group("25,000 findings");
    group.sample_size(10);
    for format in ["sarif", "sarif-github", "json", "junit", "gitlab", "csv", "markdown", "pretty"] {
        let format = report::find(format).unwrap();
        group.bench_function(format.name(), |bench| {
            bench.iter(|| format.write(&report, &style, &mut std::io::sink()).unwrap());
        });
    }
    group.finish();
}

criterion_group!(benches, stages, reports);
criterion_main!(benches);
