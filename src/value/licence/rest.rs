//! What a licence file says beside the licence that was recognised in it, and what it leaves out.
//! Words count as the licence's own where three in a row stand so in SPDX's text of it; the rest is
//! looked at sentence by sentence: holders, titles and notes on documentation are ordinary, words
//! that may limit are a doubt, and words that plainly take a right away are a restriction.

use super::words::{Word, sentences, words};
use regex::Regex;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

/// What the words beside a licence come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rest {
    /// Little, and nothing that could limit the licence.
    Ordinary,
    /// Something that may limit it, or more than can be overlooked: the sentence.
    Doubtful(Range<usize>),
    /// Something that plainly takes rights away: the sentence.
    Restrictive(Range<usize>),
    /// Words that the licence has and the file has not.
    Missing(String),
}

/// So many words beside the licence, in all, are overlooked where none of them limits: names in the
/// clauses of a BSD licence, other wording of a disclaimer, who wrote what.
const FEW: usize = 30;

/// What may limit, in words of any licence. A sentence of the rest with one of them is a doubt.
static LIMITS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^(?:not|no|non|never|nor|none|cannot|only|except\w*|exclu\w*|unless|without|prohibit\w*|forbid\w*|forbidden|restrict\w*|limit\w*|must|shall|should|may|commercial\w*|noncommercial\w*|fees?|purchas\w*|pay\w*|royalt\w*|permission|permitted|consent|approval|sell\w*|conditions?|terms|however|subject|requir\w*|revo[ck]\w*|terminat\w*|evil|military|weapons?|nuclear|compet\w*|proprietary|confidential|internal|evaluation|academic|educational|personal|agree\w*|warrant\w*|supersed\w*|replac\w*|void|invalid|withdraw\w*|expir\w*|until|contract\w*|lapse\w*|instead|employ\w*|staff|resident\w*|draft|former\w*|longer)$",
    )
    .ok()
});

/// What plainly takes rights away that open licences give.
static RESTRICTIONS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)
        \bcommons\s+clause\b
        | \b(?:for|only|solely|strictly|exclusively)\s+(?:(?:for|personal|private|educational|academic|research|and|or)[,\s]+)*non-?\s?commercial
        | \bnon-?\s?commercial\s+(?:use|purposes)\s+only\b | \battribution[\s-]non-?\s?commercial
        | \bno[\s-]?deriv(?:ative|ate)s?\b | \bno\s+derivative\s+works\b
        | \b(?:may\s+not|shall\s+not|must\s+not|cannot|can\s+not)\s+be\s+(?:used|sold)\s+(?:in|for|by)\b
        | \byou\s+(?:may|shall|must)\s+not\s+(?:use|sell)\s+(?:the|this)\s+software\b
        | \b(?:the|this)\s+software\s+may\s+only\s+be\s+used\b
        | \bnot\s+(?:be\s+used\s+)?for\s+(?:any\s+)?commercial\b
        | \bcommercial\s+use\s+(?:of\s+\w+(?:\s+\w+)?\s+)?is\s+(?:strictly\s+)?(?:prohibited|forbidden|not\s+(?:permitted|allowed))\b
        | \bfor\s+(?:non-?\s?production|personal|academic|educational|evaluation|internal)\s+(?:use|purposes)\s+only\b
        | \bbusiness\s+source\s+licen[cs]e\b",
    )
    .ok()
});

/// What a sentence is about, where it is about something other than the whole of the software, or
/// takes back what it seems to say. Such a restriction is a doubt, not a fault.
static PART_OF_IT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)\b(?:document(?:ation|s)?|docs?|contents?|images?|pictures?|photo(?:graph)?s?|logos?|icons?|crests?|fonts?|trade\s?-?marks?|names?|brands?|assets?|artwork|media|data(?:sets?)?|slides?|samples?|examples?|third|director(?:y|ies)|folders?|files?|subdirector(?:y|ies)|portions?|parts?|modules?|components?|packages?|librar(?:y|ies)|previous(?:ly)?|former(?:ly)?|longer|until|before|removed|alternative(?:ly)?|dual|either|unless|except|if|or|non-?\s?commercial\s+and\s+commercial)\b",
    )
    .ok()
});

/// A line that names holders.
static HOLDER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^[^\p{L}\p{N}©]*(?:(?:portions\s+)?(?:crown\s+)?copyright\b|\(c\)|©|&copy;|all\s+rights\s+reserved|(?:written|created|developed|maintained)\s+by\b|(?:with\s+)?contributions?\s+by\b|(?:the\s+)?(?:authors?|contributors?)\b)").ok()
});

/// A line that names a holder and says nothing more: years, and names in capitals. The words of a firm's
/// name limit nothing.
static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?x)^[^\p{L}\p{N}©&(]*
        (?:(?i:portions|crown)\s+)?(?:(?:(?i:copyright)|\([cC]\)|©|(?i:&copy;))[\s:,]*)+
        (?:\d{4}(?:\s*[-–—,/]\s*(?:\d{2,4}|present|now|today))*[\s,:]*)?(?:by\s+)?
        (?:(?:[\p{Lu}\p{N}][\p{L}\p{N}.'’&+/-]*|and|of|the|for|in|on|et|al|its|de|van|von|contributors?|authors?|team|plc|llp|limited|ltd|<[^<>\s]*>|\([\p{L}\s]{1,40}\)|https?://\S+|[\w.+-]+@[\w.-]+|&|"|“|”)[\s,.]*)+$"#,
    )
    .ok()
});

/// Words by which such a line would say more.
static SAYS_MORE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:use[sd]?|using|purposes?|to|not|no|non|never|must|may|shall|cannot|except\w*|unless|without|until|withdraw\w*|supersed\w*|replac\w*|void|invalid|expir\w*|terminat\w*|revo[ck]\w*|licen[cs]\w*|conditions?|terms|agree\w*|confidential|proprietary|prohibit\w*|forbid\w*|draft|requir\w*|subject)\b|\b(?:only|limited)\s+(?:by|for)\b|\bonly[\s.]*$",
    )
    .ok()
});

/// A note on a licence for documentation, pictures and the like, or on whose something is, that
/// leaves the software alone: ordinary where it does not limit in other words than `unless stated`.
static DOCUMENTATION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?is)\b(?:document(?:ation|s)?|content|data|text|website)\b.*\b(?:open\s+government\s+licen[cs]e|ogl|creative\s+commons|cc[\s-](?:by|0)|licence\s+ouverte|etalab)\b|\b(?:open\s+government\s+licen[cs]e|ogl|creative\s+commons|cc[\s-](?:by|0))\b.*\b(?:document(?:ation|s)?|content|data|text|website)\b").ok()
});

/// Phrases of ordinary notes in which a word that may limit does not.
static HARMLESS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?ix)
        \b(?:unless|except(?:\s+where)?|where\s+not)\s+(?:it\s+is\s+)?(?:otherwise\s+)?(?:stated|noted|indicated|specified|mentioned)(?:\s+otherwise)?
        | \bsubject\s+to\s+(?:crown\s+copyright|the\s+(?:following\s+)?conditions(?:\s+below)?)\b
        | \bunder\s+the\s+terms\s+(?:and\s+conditions\s+)?of\s+(?:the|this|version)\b
        | \b(?:may|must|shall)\s+(?:not\s+)?be\s+used\s+to\s+endorse\s+or\s+promote(?:\s+products\s+derived\s+from\s+(?:this|the)\s+(?:software|work)(?:\s+without\s+(?:specific\s+)?prior\s+(?:written\s+)?(?:permission|consent))?)?\b
        | \bnon-infringement\b
        # The end of the GNU General Public Licence's file speaks of what it does to other programs.
        | \bthis\s+general\s+public\s+licen[cs]e\s+does\s+not\s+permit\s+incorporating\s+your\s+program\s+into\s+proprietary\s+programs\b
        | \b(?:if\s+your\s+program\s+is\s+a\s+subroutine\s+library,\s+)?you\s+may\s+consider\s+it\s+more\s+useful\s+to\s+permit\s+linking\s+proprietary\s+applications\s+with\s+the\s+library\b
        | \bif\s+this\s+is\s+what\s+you\s+want\s+to\s+do,\s+use\s+the\s+gnu\s+(?:lesser|library)\s+general\s+public\s+licen[cs]e\s+instead\s+of\s+this\s+licen[cs]e\b
        | \bshould\s+not\s+be\s+interpreted\s+as\s+representing\s+official\s+policies\b
        | \b(?:may|must|shall)\s+(?:obtain|find|also\s+find|choose)\b").ok()
});

/// Marks by which a text, or a part of it, is taken back without a word: of versions of which neither was
/// settled on, and of what is struck through.
static UNDONE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?m)^(?:<{7}|>{7})(?:\s[^\n]*)?$|(?:^|[^~])~~(?:[^~\n][^\n]*)?$").ok());

/// What a sentence of a licence gives by: a word put into it changes what is given.
const GRANTING: [&str; 6] = ["permission", "permitted", "granted", "grants", "grant", "redistribution"];

/// The commonest words of English. A sentence without any of them is in another language, or no sentence.
const ENGLISH: [&str; 34] = [
    "the", "of", "and", "a", "an", "in", "to", "is", "are", "by", "for", "with", "on", "this", "that", "or",
    "as", "at", "from", "under", "it", "be", "was", "all", "not", "your", "you", "into", "does", "which",
    "if", "will", "has", "have",
];

/// So many words in small letters, and none of them of the commonest, are a sentence that is not understood.
const FOREIGN: usize = 3;

fn has(pattern: &LazyLock<Option<Regex>>, text: &str) -> bool {
    pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

/// The runs of three words of a text.
fn triples<'a>(words: &'a [Word<'_>]) -> HashSet<[&'a str; 3]> {
    let mut set = HashSet::with_capacity(words.len());
    set.extend(words.windows(3).map(|run| [&*run[0].text, &*run[1].text, &*run[2].text]));
    set
}

/// For each word, whether it stands in a run of three that the set has.
fn covered(words: &[Word<'_>], set: &HashSet<[&str; 3]>) -> Vec<bool> {
    let mut is = vec![false; words.len()];
    for (at, run) in words.windows(3).enumerate() {
        if set.contains(&[&*run[0].text, &*run[1].text, &*run[2].text]) {
            is[at..at + 3].fill(true);
        }
    }
    is
}

/// How many words of a text and of a licence are not the other's.
pub(super) fn difference(text: &str, licence: &str) -> usize {
    let (mine, theirs) = (words(text), words(licence));
    let count = |is: Vec<bool>| is.into_iter().filter(|&is| !is).count();
    count(covered(&mine, &triples(&theirs))) + count(covered(&theirs, &triples(&mine)))
}

/// A text held against licences: which of its words are theirs.
pub(super) struct Reading<'t> {
    text: &'t str,
    words: Vec<Word<'t>>,
    theirs: Vec<bool>,
    sentences: Vec<Range<usize>>,
}

impl<'t> Reading<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let words = words(text);
        Self { text, theirs: vec![false; words.len()], words, sentences: sentences(text) }
    }

    /// Marks the words that are a licence's; the words of the licence that the text lacks.
    pub(super) fn hold_against(&mut self, licence: &str) -> Option<String> {
        let known = words(licence);
        for (mine, is) in self.theirs.iter_mut().zip(covered(&self.words, &triples(&known))) {
            *mine |= is;
        }
        lacking(licence, &known, &covered(&known, &triples(&self.words)))
    }

    /// The sentences that are not the licences' and not ordinary, and how many words of them are not.
    fn strange(&self) -> impl Iterator<Item = (Range<usize>, usize)> {
        let mut from = 0;
        self.sentences.iter().filter_map(move |sentence| {
            let begin = from;
            from += self.words[from..].iter().take_while(|word| word.at.start < sentence.end).count();
            let count = self.theirs[begin..from].iter().filter(|&&theirs| !theirs).count();
            (count > 0 && !self.is_ordinary(sentence)).then(|| (sentence.clone(), count))
        })
    }

    fn is_ordinary(&self, sentence: &Range<usize>) -> bool {
        let text = &self.text[sentence.clone()];
        // A tag's value is read by whoever asks about the licence.
        if text.trim_start_matches(|c: char| !c.is_alphanumeric()).starts_with("SPDX-") {
            return true;
        }
        let spared = self.spared(sentence);
        let is_spared = |at: usize| spared.iter().any(|span| span.contains(&self.words[at].at.start));
        let all_spared = self.within(sentence).all(|at| self.theirs[at] || is_spared(at));
        (has(&HOLDER, text) || has(&DOCUMENTATION, text) || all_spared)
            && !self.limits(sentence)
            && self.restriction(sentence).is_none()
    }

    /// Whether a sentence has words that may limit the licences: those that are not the licences',
    /// and all of them where most of the sentence is not.
    fn limits(&self, sentence: &Range<usize>) -> bool {
        let Some(limits) = LIMITS.as_ref() else { return true };
        let spared = self.spared(sentence);
        let within = self.within(sentence);
        let strange = within.clone().filter(|&at| !self.theirs[at]).count();
        let all = strange * 2 > within.len();
        within
            .filter(|&at| all || !self.theirs[at])
            .map(|at| &self.words[at])
            .filter(|word| !spared.iter().any(|span| span.contains(&word.at.start)))
            .any(|word| limits.is_match(&word.text))
    }

    /// The parts of a sentence that never limit.
    fn spared(&self, sentence: &Range<usize>) -> Vec<Range<usize>> {
        let whole = self.trimmed(sentence);
        let text = &self.text[whole.clone()];
        if has(&NAME, text) && !has(&SAYS_MORE, text) {
            return vec![whole];
        }
        let found = HARMLESS.as_ref().map(|harmless| harmless.find_iter(&self.text[sentence.clone()]));
        let found = found.into_iter().flatten();
        found.map(|found| sentence.start + found.start()..sentence.start + found.end()).collect()
    }

    /// Whether strange words stand in a sentence of a licence behind the word by which it gives.
    fn changes_a_grant(&self, sentence: &Range<usize>) -> bool {
        let mut within = self.within(sentence);
        let theirs = within.clone().filter(|&at| self.theirs[at]).count();
        let most = theirs * 2 > within.len();
        let spared = self.spared(sentence);
        let is_spared = |at: usize| spared.iter().any(|span| span.contains(&self.words[at].at.start));
        most && within.any(|at| self.theirs[at] && GRANTING.contains(&&*self.words[at].text))
            && within.any(|at| !self.theirs[at] && !is_spared(at))
    }

    /// Whether a sentence is in a language that is not read here.
    fn is_foreign(&self, sentence: &Range<usize>) -> bool {
        let strange = || self.within(sentence).filter(|&at| !self.theirs[at]).map(|at| &self.words[at]);
        let small = |word: &Word<'_>| self.text[word.at.clone()].starts_with(char::is_lowercase);
        // An address has words too.
        !self.text[sentence.clone()].contains('@')
            && !strange().any(|word| ENGLISH.contains(&&*word.text))
            && strange().filter(|word| small(word)).count() >= FOREIGN
    }

    /// The words of a part of the text.
    fn within(&self, part: &Range<usize>) -> Range<usize> {
        let begin = self.words.partition_point(|word| word.at.start < part.start);
        let end = self.words.partition_point(|word| word.at.start < part.end);
        begin..end
    }

    /// Where a sentence plainly restricts, in words that are not the licences' own.
    fn restriction(&self, sentence: &Range<usize>) -> Option<Range<usize>> {
        RESTRICTIONS
            .as_ref()?
            .find_iter(&self.text[sentence.clone()])
            .map(|found| sentence.start + found.start()..sentence.start + found.end())
            .find(|found| self.within(found).any(|at| !self.theirs[at]))
    }

    /// Whether so much is strange that another licence may stand in the text.
    pub(super) fn may_hold_another(&self) -> bool {
        self.strange().map(|(_, count)| count).sum::<usize>() >= A_LICENCE
    }

    /// Which licences' texts stand in this one too, of those given by text: what is marked as theirs
    /// is taken from the strange words, the licence that explains most of them first.
    pub(super) fn find_others(&mut self, licences: &[&str]) -> Vec<usize> {
        let mine = triples(&self.words);
        let mut there: Vec<(usize, Vec<bool>)> = Vec::new();
        for (at, licence) in licences.iter().enumerate() {
            let known = words(licence);
            let common = covered(&known, &mine).into_iter().filter(|&is| is).count();
            if common * 100 >= known.len() * MOST_OF_IT {
                there.push((at, covered(&self.words, &triples(&known))));
            }
        }
        let mut found = Vec::new();
        loop {
            let mut best: Option<(usize, usize)> = None;
            for (which, (_, is)) in there.iter().enumerate() {
                let gain = is.iter().zip(&self.theirs).filter(|(is, already)| **is && !**already).count();
                if gain > best.map_or(EXPLAINS, |(gain, _)| gain) {
                    best = Some((gain, which));
                }
            }
            let Some((_, which)) = best else { return found };
            let (at, is) = there.swap_remove(which);
            self.theirs.iter_mut().zip(is).for_each(|(mine, is)| *mine |= is);
            found.push(at);
        }
    }

    /// What is left beside the licences.
    pub(super) fn rest(&self) -> Rest {
        let undone = UNDONE.as_ref().and_then(|undone| undone.find(self.text));
        let mut doubt = undone.map(|found| self.trimmed(&found.range()));
        let mut words = 0;
        let mut longest: Option<(Range<usize>, usize)> = None;
        for (sentence, count) in self.strange() {
            if self.restriction(&sentence).is_some() {
                let sentence = self.trimmed(&sentence);
                if !has(&PART_OF_IT, &self.text[sentence.clone()]) {
                    return Rest::Restrictive(sentence);
                }
                doubt.get_or_insert(sentence);
            } else if self.limits(&sentence) || self.changes_a_grant(&sentence) || self.is_foreign(&sentence)
            {
                doubt.get_or_insert_with(|| self.trimmed(&sentence));
            }
            words += count;
            if longest.as_ref().is_none_or(|(_, most)| count > *most) {
                longest = Some((sentence, count));
            }
        }
        match (doubt, longest) {
            (Some(sentence), _) => Rest::Doubtful(sentence),
            (None, Some((sentence, _))) if words > FEW => Rest::Doubtful(self.trimmed(&sentence)),
            _ => Rest::Ordinary,
        }
    }

    fn trimmed(&self, sentence: &Range<usize>) -> Range<usize> {
        let text = &self.text[sentence.clone()];
        let begin = sentence.start + (text.len() - text.trim_start().len());
        begin..begin + text.trim().len()
    }
}

/// From so many words on, what stands beside a licence may be another one.
const A_LICENCE: usize = 40;

/// The text of a licence stands in another where so many of a hundred of its words do: holders and
/// titles differ.
const MOST_OF_IT: usize = 90;

/// A licence that stands there explains more words than this that no other does.
const EXPLAINS: usize = 15;

/// Words that give something; a licence without one of its own gives less.
const GIVES: [&str; 25] = [
    "without",
    "use",
    "copy",
    "modify",
    "modification",
    "merge",
    "publish",
    "distribute",
    "distribution",
    "redistribution",
    "redistribute",
    "sublicense",
    "sell",
    "permission",
    "permitted",
    "granted",
    "grants",
    "free",
    "charge",
    "restriction",
    "fee",
    "purpose",
    "royalty",
    "irrevocable",
    "perpetual",
];

/// The first words of a licence's terms that a text lacks, where they give something. What follows
/// the terms (how to apply them) may be left out.
fn lacking(licence: &str, known: &[Word<'_>], has: &[bool]) -> Option<String> {
    let end = ["END OF TERMS AND CONDITIONS", "How to Apply These Terms"]
        .iter()
        .filter_map(|mark| licence.find(mark))
        .min()
        .unwrap_or(licence.len());
    let lost = |at: usize| !has[at] && known[at].at.start < end;
    let gives = (0..known.len()).find(|&at| lost(at) && GIVES.contains(&&*known[at].text))?;
    let begin = (0..gives).rev().take_while(|&at| lost(at)).last().unwrap_or(gives);
    let words: Vec<&str> =
        (begin..known.len()).take_while(|&at| lost(at)).take(12).map(|at| &*known[at].text).collect();
    Some(words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        let all = [
            &LIMITS,
            &RESTRICTIONS,
            &PART_OF_IT,
            &HOLDER,
            &NAME,
            &SAYS_MORE,
            &DOCUMENTATION,
            &HARMLESS,
            &UNDONE,
        ];
        assert!(all.iter().all(|pattern| pattern.is_some()));
    }
}
