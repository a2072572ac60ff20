//! What writing SARIF takes of 25,000 findings in fifty files, apart from finding them: time, and memory
//! on top of the report's, counted allocation by allocation. `cargo bench --bench sarif`. A debug build
//! (`cargo bench --profile dev`) tells the memory just as well.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

use assize::engine::{Options, Plan, judge};
use assize::pack::embedded;
use assize::report::{self, Style};
use assize::workspace::{Memory, Workspace};
use assize_tree::document::Limits;
use peak_alloc::PeakAlloc;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

const FILES: usize = 50;
const EACH: usize = 500;
const RUNS: usize = 15;

/// Counts what it is given and keeps nothing.
struct Counted(u64);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn main() {
    let mut files = Memory::default();
    for file in 0..FILES {
        let mut text = format!(
            "openapi: 3.0.3\ninfo: {{ title: Part {file}, version: 1.0.0 }}\npaths: {{}}\nservers:\n"
        );
        for at in 0..EACH {
            writeln!(text, "  - url: http://a{at}.example.org/bookings").unwrap();
        }
        files = files.with(format!("specification/part-{file}.yaml"), text.as_str());
    }
    let pack = embedded::load("uk/api-linting").unwrap().ok().unwrap();
    let plan = Plan::new(vec![pack], embedded::authorities()).ok().unwrap();
    let workspace = Workspace::new(Box::new(files), Limits::default(), false);
    let report = judge(&plan, &workspace, Options { by_name: true, ..Options::default() });
    assert!(report.findings.len() >= FILES * EACH, "{} findings", report.findings.len());
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
    println!("{} findings in {FILES} files, {RUNS} runs each", report.findings.len());
    for name in ["sarif", "sarif-github", "json"] {
        let format = report::find(name).unwrap();
        let mut times: Vec<Duration> = Vec::new();
        let (mut peak, mut written) = (0, 0);
        for _ in 0..RUNS {
            let before = ALLOCATED.current_usage();
            ALLOCATED.reset_peak_usage();
            let started = Instant::now();
            let mut out = io::BufWriter::new(Counted(0));
            format.write(&report, &style, &mut out).unwrap();
            out.flush().unwrap();
            times.push(started.elapsed());
            peak = peak.max(ALLOCATED.peak_usage().saturating_sub(before));
            written = out.get_ref().0;
        }
        times.sort_unstable();
        println!(
            "{name:13} median {:>6.1} ms, least {:>6.1} ms, most {:>6.1} ms; {:.1} MB written, {:.2} MB allocated at once",
            ms(times[RUNS / 2]),
            ms(times[0]),
            ms(times[RUNS - 1]),
            written as f64 / 1e6,
            peak as f64 / 1e6
        );
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
