//! `primaryLocationLineHash`, the fingerprint that GitHub tells alerts apart by. Its algorithm is
//! that of github/codeql-action: a rolling hash over 100 UTF-16 units from the start of a line,
//! without blanks and tabs, 37 as the factor, in 64 bits; and which of the lines with that hash it
//! is. It changes with the next lines, so our own fingerprint stands beside it.

use crate::engine::Report;
use crate::finding::{FileId, Finding, Location};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Units that a hash is taken over.
const WINDOW: usize = 100;
const FACTOR: u64 = 37;
const END_OF_FILE: u16 = 0xFFFF;

/// Hashes of the lines that findings stand in.
#[derive(Default)]
pub(super) struct Hashes(BTreeMap<(FileId, u32), String>);

impl Hashes {
    /// Those of all findings.
    pub(super) fn of(report: &Report, findings: &[&Finding]) -> Self {
        let mut wanted: BTreeMap<FileId, BTreeSet<u32>> = BTreeMap::new();
        for location in findings.iter().map(|finding| &finding.primary) {
            if let (Some(file), Some(line)) = (location.file, line_of(report, location)) {
                wanted.entry(file).or_default().insert(line);
            }
        }
        let mut hashes = Self::default();
        for (file, lines) in wanted {
            if let Some(text) = &report.file(file).text {
                // The mark is dropped when a file is read; GitHub hashes it with the rest.
                let mark = report.file(file).size == text.as_str().len() as u64 + 3;
                for (line, hash) in of_lines(text.as_str(), mark, &lines) {
                    hashes.0.insert((file, line), hash);
                }
            }
        }
        hashes
    }

    /// That of a place, where its file's text is known.
    pub(super) fn get(&self, report: &Report, location: &Location) -> Option<&str> {
        if self.0.is_empty() {
            return None;
        }
        self.0.get(&(location.file?, line_of(report, location)?)).map(String::as_str)
    }
}

fn line_of(report: &Report, location: &Location) -> Option<u32> {
    report.file(location.file?).text.as_ref().map(|text| text.position(location.span.start).line)
}

/// The hashes of some lines (from 1), each with which of the lines of that hash it is. The text is
/// read twice: only hashes that are asked for are counted, so that a long file takes no memory.
fn of_lines(text: &str, mark: bool, wanted: &BTreeSet<u32>) -> Vec<(u32, String)> {
    let mut found: Vec<(u32, u64)> = Vec::new();
    each_line(text, mark, &mut |line, hash| {
        if wanted.contains(&line) {
            found.push((line, hash));
        }
    });
    let mut counts: HashMap<u64, u32> = found.iter().map(|(_, hash)| (*hash, 0)).collect();
    let mut named = Vec::with_capacity(found.len());
    each_line(text, mark, &mut |line, hash| {
        if let Some(count) = counts.get_mut(&hash) {
            *count += 1;
            if wanted.contains(&line) {
                named.push((line, format!("{hash:x}:{count}")));
            }
        }
    });
    named
}

/// Tells every line's hash.
fn each_line(text: &str, mark: bool, tell: &mut dyn FnMut(u32, u64)) {
    let first_factor = (0..WINDOW).fold(1_u64, |factor, _| factor.wrapping_mul(FACTOR));
    let mut window = [0_u16; WINDOW];
    // Which line begins at a unit of the window; 0: none.
    let mut lines = [0_u32; WINDOW];
    let (mut at, mut hash, mut line) = (0, 0_u64, 0);
    let mut begins = true;
    let mut after_cr = false;
    let mut roll = |unit: u16, at: &mut usize, hash: &mut u64| {
        let leaving = std::mem::replace(&mut window[*at], unit);
        *hash = FACTOR
            .wrapping_mul(*hash)
            .wrapping_add(u64::from(unit))
            .wrapping_sub(first_factor.wrapping_mul(u64::from(leaving)));
        *at = (*at + 1) % WINDOW;
    };
    let units = mark.then_some(0xFEFF).into_iter().chain(text.encode_utf16()).chain([END_OF_FILE]);
    for unit in units {
        let feed = unit == u16::from(b'\n');
        if unit == u16::from(b' ') || unit == u16::from(b'\t') || (after_cr && feed) {
            after_cr = false;
            continue;
        }
        after_cr = unit == u16::from(b'\r');
        let unit = if after_cr { u16::from(b'\n') } else { unit };
        if lines[at] != 0 {
            tell(lines[at], hash);
            lines[at] = 0;
        }
        if begins {
            begins = false;
            line += 1;
            lines[at] = line;
        }
        begins |= unit == u16::from(b'\n');
        roll(unit, &mut at, &mut hash);
    }
    for _ in 0..WINDOW {
        if lines[at] != 0 {
            tell(lines[at], hash);
            lines[at] = 0;
        }
        roll(0, &mut at, &mut hash);
    }
}

#[cfg(test)]
mod tests {
    use super::of_lines;

    fn hashes(text: &str) -> Vec<String> {
        of_lines(text, false, &(1..100).collect()).into_iter().map(|(_, hash)| hash).collect()
    }

    #[test]
    fn hashes_are_those_of_github() {
        // The vectors that codeql-action holds its own to.
        assert_eq!(hashes(""), ["c129715d7a2bc9a3:1"]);
        assert_eq!(
            hashes(" a\nb\n  \t\tc\n d"),
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]
        );
        let ended = [
            "e9496ae3ebfced30:1",
            "fb7c023a8b9ccb3f:1",
            "ce8ba1a563dcdaca:1",
            "e20e36e16fcb0cc8:1",
            "b3edc88f2938467e:1",
            "c8e28b0b4002a3a0:1",
            "c129715d7a2bc9a3:1",
        ];
        assert_eq!(hashes(" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n"), ended);
        assert_eq!(hashes(" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r"), ended);
        assert_eq!(hashes(" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n"), ended);
        let repeated = hashes(&"Lorem ipsum dolor sit amet.\n".repeat(10));
        assert_eq!(repeated[0], "a7f2ff13bc495cf2:1");
        assert_eq!(repeated[5..8], ["a7f2ff13bc495cf2:6", "a7f2ff1481e87703:1", "a9cf91f7bbf1862b:1"]);
    }

    #[test]
    fn only_the_lines_asked_for_are_told() {
        let text = "x\n".repeat(300);
        let found = of_lines(&text, false, &[7].into());
        assert_eq!(found.len(), 1);
        assert!(found[0].1.ends_with(":7"), "{found:?}");
    }
}
