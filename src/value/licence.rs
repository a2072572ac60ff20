//! Which licence a text is. Method: the text and each known licence are brought to a common form
//! (case, punctuation, spelling, copyright lines, as SPDX's matching guidelines say) and compared by
//! the Sørensen-Dice coefficient of their pairs of words (the `spdx` crate's detection, after
//! askalono, over SPDX's own texts). From [`THRESHOLD`] on the licence is recognised; below it there
//! is no answer but the nearest name, for a wrong licence is worse than none.

use spdx::detection::TextData;
use std::sync::OnceLock;

/// The lowest coefficient that counts as recognised. Forty-six licence files of real repositories have
/// 0.93 and more. A few licences resemble each other by more than that (Apache-2.0 and ECL-2.0 0.954,
/// CC-BY-4.0 and CC-BY-SA-4.0 0.951), hence [`MARGIN`].
pub const THRESHOLD: f32 = 0.92;

/// How much nearer the licence must be than the second nearest.
pub const MARGIN: f32 = 0.02;

/// Longer files are not licence texts; the longest known has 35 kB.
pub const MOST_BYTES: usize = 128 << 10;

/// Licences that are recognised: what public bodies and their suppliers publish under. Each is its
/// SPDX identifier and those whose text is the same.
const KNOWN: [&[&str]; 32] = [
    &["MIT"],
    &["MIT-0"],
    &["Apache-2.0"],
    &["BSD-2-Clause"],
    &["BSD-3-Clause"],
    &["BSD-4-Clause"],
    &["0BSD"],
    &["ISC"],
    &["AFL-3.0"],
    &["ECL-2.0"],
    &["BSL-1.0"],
    &["MPL-2.0"],
    &["EPL-2.0"],
    &["EPL-1.0"],
    &["EUPL-1.1"],
    &["EUPL-1.2"],
    &["CDDL-1.0"],
    &["GPL-2.0-only", "GPL-2.0-or-later"],
    &["GPL-3.0-only", "GPL-3.0-or-later"],
    &["LGPL-2.1-only", "LGPL-2.1-or-later"],
    &["LGPL-3.0-only", "LGPL-3.0-or-later"],
    &["AGPL-3.0-only", "AGPL-3.0-or-later"],
    &["Unlicense"],
    &["CC0-1.0"],
    &["CC-BY-4.0"],
    &["CC-BY-SA-4.0"],
    &["OGL-UK-2.0"],
    &["OGL-UK-3.0"],
    &["etalab-2.0"],
    &["Zlib"],
    &["Artistic-2.0"],
    &["BlueOak-1.0.0"],
];

/// What a text turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Licence {
    /// Recognised: the SPDX identifiers whose text it is, with the coefficient.
    Known(&'static [&'static str], f32),
    /// Not recognised; the nearest licence, where there is any likeness.
    Unknown(Option<(&'static str, f32)>),
}

/// The text of a known licence.
fn source(at: usize) -> &'static str {
    let name = KNOWN[at][0];
    spdx::text::LICENSE_TEXTS.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text)
}

/// The same, prepared for comparison when first asked for.
fn prepared(at: usize) -> &'static TextData {
    static PREPARED: [OnceLock<TextData>; KNOWN.len()] = [const { OnceLock::new() }; KNOWN.len()];
    PREPARED[at].get_or_init(|| TextData::new(source(at)).without_text())
}

/// The licence of a text.
#[must_use]
pub fn recognise(text: &str) -> Licence {
    if text.len() > MOST_BYTES {
        return Licence::Unknown(None);
    }
    let data = TextData::new(text);
    let mut best: Option<(&'static [&'static str], &TextData, f32)> = None;
    let mut second: f32 = 0.0;
    for (at, &ids) in KNOWN.iter().enumerate() {
        // Texts of very different length share too few pairs to be alike; comparing costs more than
        // looking at their lengths.
        let length = source(at).len();
        if length > text.len().saturating_mul(LENGTHS) || text.len() > length.saturating_mul(LENGTHS) {
            continue;
        }
        let known = prepared(at);
        let score = data.match_score(known);
        if best.is_none_or(|(.., highest)| score > highest) {
            second = best.map_or(0.0, |(.., highest)| highest);
            best = Some((ids, known, score));
        } else {
            second = score.max(second);
        }
    }
    let Some((ids, known, score)) = best else { return Licence::Unknown(None) };
    if score - second < MARGIN {
        return Licence::Unknown((score >= LIKENESS).then_some((ids[0], score)));
    }
    if score >= THRESHOLD {
        return Licence::Known(ids, score);
    }
    // A licence with something before or after it: look for the lines that are the licence.
    if score >= WORTH_SEARCHING && data.lines_view().1 <= MOST_LINES {
        let (_, found) = data.optimize_bounds(known);
        if found >= THRESHOLD {
            return Licence::Known(ids, found);
        }
    }
    Licence::Unknown((score >= LIKENESS).then_some((ids[0], score)))
}

/// Of a text so many times as long, at most 2 / (1 + LENGTHS) can be shared: less than is searched.
const LENGTHS: usize = 4;
/// Below this, no part of the text is a licence.
const WORTH_SEARCHING: f32 = 0.5;
/// Searching takes a comparison for each line.
const MOST_LINES: usize = 1_000;
/// Below this, naming the nearest licence misleads.
const LIKENESS: f32 = 0.3;

#[cfg(test)]
mod tests {
    use super::{KNOWN, Licence, THRESHOLD, prepared, recognise, source};

    const MIT: &str = include_str!("../../LICENCE-MIT");
    const APACHE: &str = include_str!("../../LICENCE-APACHE");

    fn ids(text: &str) -> Option<&'static str> {
        match recognise(text) {
            Licence::Known(ids, _) => Some(ids[0]),
            Licence::Unknown(_) => None,
        }
    }

    #[test]
    fn every_known_licence_has_its_text_and_is_told_from_all_others() {
        for (at, known) in KNOWN.iter().enumerate() {
            assert!(!source(at).is_empty(), "{known:?} has no text");
            for (other, theirs) in KNOWN.iter().enumerate().skip(at + 1) {
                let likeness = prepared(at).match_score(prepared(other));
                assert!(likeness < 0.975, "{known:?} and {theirs:?}: {likeness}");
            }
            assert_eq!(ids(source(at)), Some(known[0]));
        }
    }

    #[test]
    fn wrapping_headings_and_holders_do_not_matter() {
        assert_eq!(ids(MIT), Some("MIT"));
        assert_eq!(ids(APACHE), Some("Apache-2.0"));
        let one_line = MIT.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(ids(&format!("# Licence\n\n{one_line}\n")), Some("MIT"));
        let ours = MIT.lines().skip(2).collect::<Vec<_>>().join("\n> ");
        assert_eq!(ids(&format!("MIT Licence\n\nCopyright © 2026 Crown Copyright\n\n> {ours}")), Some("MIT"));
    }

    #[test]
    fn a_licence_with_more_around_it_is_found() {
        let more = "This folder also holds pictures.\nAsk the press office before you use them.\n";
        assert_eq!(ids(&format!("{more}\n\n{MIT}\n\n{more}{more}")), Some("MIT"));
    }

    #[test]
    fn what_is_no_licence_has_no_name() {
        for text in ["", "# Licence\n\nTo be decided.\n", "All rights reserved."] {
            assert_eq!(ids(text), None, "{text}");
        }
        // A licence cut off in the middle is not that licence.
        let half = &APACHE[..APACHE.len() / 2];
        assert!(
            matches!(recognise(half), Licence::Unknown(Some(("Apache-2.0", score))) if score < THRESHOLD)
        );
        // Nor is one whose grant was taken away.
        let without = MIT.replace("Permission is hereby granted", "Permission is not granted");
        let without = without.split("The above copyright").next().unwrap();
        assert_eq!(ids(without), None);
    }
}
