//! Which licence a text is. Method: the text and each known licence are brought to a common form
//! (case, punctuation, spelling, copyright lines, as SPDX's matching guidelines say) and compared by
//! the Sørensen-Dice coefficient of their pairs of words (the `spdx` crate's detection, after
//! askalono, over SPDX's own texts). From [`THRESHOLD`] on the licence is recognised; below it there
//! is no answer but the nearest name, for a wrong licence is worse than none.

mod rest;
mod words;

pub use rest::Rest;

use rest::Reading;
use spdx::detection::TextData;
use std::sync::OnceLock;

/// The lowest coefficient that counts as recognised. Forty-six licence files of real repositories have
/// 0.93 and more. A few licences resemble each other by more than that (CC-BY-4.0 and CC-BY-NC-4.0
/// 0.977, Apache-2.0 and ECL-2.0 0.954), hence [`MARGIN`].
pub const THRESHOLD: f32 = 0.92;

/// Licences that are nearer to each other than this are told apart word by word.
pub const MARGIN: f32 = 0.02;

/// How many words nearer the licence must then be than the second nearest.
const APART: usize = 3;

/// Longer files are not licence texts; the longest known has 35 kB.
pub const MOST_BYTES: usize = 128 << 10;

/// Licences that are recognised: what public bodies and their suppliers publish under. Each is its
/// SPDX identifier and those whose text is the same.
const KNOWN: [&[&str]; 45] = [
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
    &["CPL-1.0"],
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
    &["OFL-1.1"],
    &["UPL-1.0"],
    &["PostgreSQL"],
    // Not open, and looked for so that nobody takes them for one that is.
    &["CC-BY-NC-4.0"],
    &["CC-BY-NC-SA-4.0"],
    &["CC-BY-NC-ND-4.0"],
    &["CC-BY-ND-4.0"],
    &["BUSL-1.1"],
    &["SSPL-1.0"],
    &["Elastic-2.0"],
    &["PolyForm-Noncommercial-1.0.0"],
    &["JSON"],
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
    let mut scores: Vec<(usize, f32)> = Vec::new();
    for at in 0..KNOWN.len() {
        // Texts of very different length share too few pairs to be alike; comparing costs more than
        // looking at their lengths.
        let length = source(at).len();
        if length > text.len().saturating_mul(LENGTHS) || text.len() > length.saturating_mul(LENGTHS) {
            continue;
        }
        scores.push((at, data.match_score(prepared(at))));
    }
    let Some(&(first, highest)) = scores.iter().max_by(|one, other| one.1.total_cmp(&other.1)) else {
        return Licence::Unknown(None);
    };
    scores.retain(|&(_, score)| highest - score < MARGIN);
    let Some((at, score)) = nearest(text, &scores) else {
        return Licence::Unknown((highest >= LIKENESS).then_some((KNOWN[first][0], highest)));
    };
    let (ids, known) = (KNOWN[at], prepared(at));
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

/// Of licences that are about as like, the one that differs from the text in fewer words.
fn nearest(text: &str, alike: &[(usize, f32)]) -> Option<(usize, f32)> {
    if let [only] = alike {
        return Some(*only);
    }
    // What is far from all of them is not worth comparing word by word.
    let mut differing: Vec<(usize, (usize, f32))> = alike
        .iter()
        .filter(|(_, score)| *score >= WORTH_SEARCHING)
        .map(|&(at, score)| (rest::difference(text, source(at)), (at, score)))
        .collect();
    differing.sort_by_key(|(words, _)| *words);
    match differing.as_slice() {
        [(fewest, nearest), (next, _), ..] if fewest + APART <= *next => Some(*nearest),
        _ => None,
    }
}

/// What a file says beside the licences it is known to hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Beside {
    /// Further licences whose texts stand in it, by their first identifier.
    pub licences: Vec<&'static str>,
    /// What the rest comes to.
    pub rest: Rest,
}

/// What stands in a text beside the licences of some identifiers. `whole`: the text of the first has
/// to be there in full; otherwise the file may name it without giving its text.
#[must_use]
pub fn beside(text: &str, ids: &[&str], whole: bool) -> Beside {
    let mut reading = Reading::new(text);
    let mut missing = None;
    for (at, id) in ids.iter().enumerate() {
        let Some(id) = spdx::license_id(id) else { continue };
        let lacks = reading.hold_against(id.text());
        if at == 0 && whole {
            missing = lacks;
        }
    }
    let mut licences: Vec<&'static str> = Vec::new();
    if text.len() <= MOST_BYTES && reading.may_hold_another() {
        let others: Vec<usize> = (0..KNOWN.len()).filter(|&at| !ids.contains(&KNOWN[at][0])).collect();
        let texts: Vec<&str> = others.iter().map(|&at| source(at)).collect();
        licences.extend(reading.find_others(&texts).into_iter().map(|found| KNOWN[others[found]][0]));
    }
    let rest = match (reading.rest(), missing) {
        (rest @ Rest::Restrictive(_), _) => rest,
        (_, Some(missing)) => Rest::Missing(missing),
        (rest, None) => rest,
    };
    Beside { licences, rest }
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
    use super::{KNOWN, Licence, Rest, THRESHOLD, beside, prepared, recognise, source};

    const MIT: &str = include_str!("../../../LICENCE-MIT");
    const APACHE: &str = include_str!("../../../LICENCE-APACHE");

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
                assert!(likeness < 0.985, "{known:?} and {theirs:?}: {likeness}");
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

    fn told(text: &str) -> Rest {
        let Licence::Known(ids, _) = recognise(text) else { panic!("not recognised:\n{text}") };
        beside(text, ids, true).rest
    }

    /// The sentence that a doubt is about.
    fn doubt(text: &str) -> String {
        match told(text) {
            Rest::Doubtful(at) => text[at].split_whitespace().collect::<Vec<_>>().join(" "),
            other => panic!("{other:?}\n{text}"),
        }
    }

    #[test]
    fn what_ordinarily_stands_beside_a_licence_is_no_doubt() {
        for (at, known) in KNOWN.iter().enumerate() {
            assert_eq!(told(source(at)), Rest::Ordinary, "{:?}", known);
        }
        for more in [
            "",
            "# The MIT Licence (MIT)",
            "Copyright (c) 2026 Crown Copyright (Government Digital Service)\nAll rights reserved.",
            "© 2015-2026 Jane Doe <jane@example.org> and contributors",
            "Copyright (c) 2026 Bookings Limited",
            "Copyright 2019, 2021-2026 Borsetshire Commercial Data Services Limited (Borsetshire Council) and contributors.",
            "Copyright © 2026 Restricted Care Trust, Exclusive Networks PLC and The Only Health Company",
            "Copyright &copy; 2018-2026 pygeoapi development team",
            "Unless stated otherwise, the codebase is released under the MIT licence. This covers the codebase and any sample code in the documentation.",
            "The documentation is © Crown copyright and available under the terms of the Open Government Licence v3.0.",
            "SPDX-License-Identifier: MIT",
            "The name of the author may not be used to endorse or promote products derived from this software without specific prior written permission.",
            "This General Public License does not permit incorporating your program into proprietary programs.  If your program is a subroutine library, you may consider it more useful to permit linking proprietary applications with the library.  If this is what you want to do, use the GNU Lesser General Public License instead of this License.",
        ] {
            assert_eq!(told(&format!("{more}\n\n{MIT}")), Rest::Ordinary, "{more}");
            assert_eq!(told(&format!("{MIT}\n{more}\n")), Rest::Ordinary, "{more}");
        }
        let one_line = MIT.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(told(&format!("# Licence\n\n{one_line}\n")), Rest::Ordinary);
    }

    #[test]
    fn words_that_may_limit_are_a_doubt_wherever_they_stand() {
        let end = "Users must tell us before they deploy it.";
        assert_eq!(doubt(&format!("{MIT}\n{end}\n")), end);
        for (before, after) in [
            ("in the Software without", "in the Software with"),
            ("any person obtaining", "any person of the Example Trust and obtaining"),
            ("free of charge,", "free of charge before 31 December 2026,"),
            ("to use, copy,", "to use internally, copy,"),
        ] {
            assert_ne!(told(&MIT.replace(before, after)), Rest::Ordinary, "{after}");
        }
        for more in [
            "MIT License (superseded: see the supplier contract)",
            "Ni chaniateir defnydd masnachol.",
            "<!-- This licence was withdrawn on 1 March 2026. -->",
            "Copyright 2026 Acme Limited. Internal Evaluation Use Only",
            "Copyright 2026 Acme For Personal Use",
            "Copyright 2026 Acme Limited to Research",
            "Copyright 2026 Acme Staff Only",
            "Copyright 2026 Acme - Commercial Licence Terms Apply",
        ] {
            assert_ne!(told(&format!("{more}\n\n{MIT}")), Rest::Ordinary, "{more}");
        }
        assert_ne!(told(&format!("~~\n{MIT}\n~~\n")), Rest::Ordinary);
        assert_ne!(told(&format!("<<<<<<< HEAD\n{MIT}\n=======\nX\n>>>>>>> main\n")), Rest::Ordinary);
        let inside = MIT.replace("to use, copy,", "to use (outside of hospitals only), copy,");
        assert!(doubt(&inside).contains("outside of hospitals only"));
        let evil = MIT.replace(
            "THE SOFTWARE IS PROVIDED",
            "The Software shall be used for Good, not Evil.\n\nTHE SOFTWARE IS PROVIDED",
        );
        assert_eq!(ids(&evil), Some("JSON"));
        let logo = "The logo is licensed for non-commercial use only.";
        assert_eq!(doubt(&format!("{MIT}\n{logo}\n")), logo);
        let both = "You may use it for commercial or non-commercial purposes.";
        assert_eq!(doubt(&format!("{MIT}\n{both}\n")), both);
        // More than can be overlooked, though nothing in it seems to limit.
        let much = "This folder also holds pictures of many birds and trees. ".repeat(8);
        assert!(doubt(&format!("{much}\n\n{MIT}")).starts_with("This folder"));
    }

    #[test]
    fn what_takes_rights_away_is_a_restriction() {
        for more in [
            "\"Commons Clause\" License Condition v1.0",
            "This software is for non-commercial use only.",
            "For personal, educational and non-commercial purposes.",
            "The software may not be used by military bodies.",
            "Commercial use of this software is prohibited.",
            "Licensed under the Business Source License 1.1.",
        ] {
            let text = format!("{more}\n\n{MIT}");
            let Rest::Restrictive(at) = told(&text) else { panic!("{more}: {:?}", told(&text)) };
            assert_eq!(&text[at], more);
            assert!(matches!(told(&format!("{APACHE}\n{more}\n")), Rest::Restrictive(_)), "{more}");
        }
    }

    #[test]
    fn a_right_that_is_left_out_is_missing() {
        let text = MIT.replace(" modify,", "").replace("and/or sell ", "");
        assert_ne!(text, MIT);
        assert!(matches!(told(&text), Rest::Missing(_)), "{:?}", told(&text));
        // How to apply a licence may be left out.
        let terms = source(2).split("APPENDIX").next().unwrap();
        assert_eq!(told(terms), Rest::Ordinary);
    }

    #[test]
    fn licences_beside_a_licence_are_named() {
        let isc = spdx::license_id("ISC").unwrap().text();
        let text = format!("{MIT}\n\n----\n\n{isc}");
        let Licence::Known(ids, _) = recognise(&text) else { panic!("not recognised") };
        let told = beside(&text, ids, true);
        assert_eq!((told.licences, told.rest), (vec!["ISC"], Rest::Ordinary));
        // A file that states its licence need not hold its text, and what it holds is read all the same.
        assert_eq!(beside("SPDX-License-Identifier: MIT\n", &["MIT"], false).rest, Rest::Ordinary);
        let clause = "SPDX-License-Identifier: MIT\n\nFor non-commercial use only.\n";
        assert!(matches!(beside(clause, &["MIT"], false).rest, Rest::Restrictive(_)));
    }

    #[test]
    fn hostile_texts_are_read_to_the_end() {
        for text in ["é".repeat(50_000), "for ".repeat(20_000), ".\n".repeat(40_000), "a b c ".repeat(20_000)]
        {
            let told = beside(&format!("{MIT}\n{text}"), &["MIT"], true);
            assert!(told.licences.is_empty());
        }
    }
}
