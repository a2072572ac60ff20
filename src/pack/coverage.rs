//! How far a pack's rules reach: which of its clauses a program decides, and how surely. One place
//! for it, so that `assize standards`, `assize pack coverage` and the pages of packs count alike.

use super::form::{ClauseForm, Covers, Decides, PackForm, RuleForm, Status};

/// How a clause is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decided {
    /// Passing its rules proves it.
    Whole,
    /// Its rules show part of it, or only that it is broken.
    Part,
    /// Its rules only point somewhere: their outcome decides nothing.
    Indication,
    /// No rule, but a record decides it.
    Evidence,
    /// Nothing decides it yet.
    NoRule,
}

impl Decided {
    /// All of them, the surest first.
    pub const ALL: [Self; 5] = [Self::Whole, Self::Part, Self::Indication, Self::Evidence, Self::NoRule];

    /// As lists and `--format json` write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Part => "part",
            Self::Indication => "indication",
            Self::Evidence => "evidence",
            Self::NoRule => "no-rule",
        }
    }
}

/// The rules of a clause that run unasked, by id.
pub fn rules_of<'a>(
    form: &'a PackForm,
    clause: &'a ClauseForm,
) -> impl Iterator<Item = (&'a str, &'a RuleForm)> {
    form.rules
        .iter()
        .filter(|(_, rule)| rule.clause == clause.id && rule.status != Status::Deprecated)
        .map(|(id, rule)| (id.as_str(), rule))
}

/// How a clause of a pack is decided.
#[must_use]
pub fn decided(form: &PackForm, clause: &ClauseForm) -> Decided {
    let mut rules = rules_of(form, clause).peekable();
    if rules.peek().is_none() {
        return if clause.evidence.is_some() { Decided::Evidence } else { Decided::NoRule };
    }
    if rules.all(|(_, rule)| rule.decides == Decides::Indicates) {
        return Decided::Indication;
    }
    if clause.covers == Some(Covers::Whole) { Decided::Whole } else { Decided::Part }
}

/// How many clauses are decided in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage([usize; 5]);

impl Coverage {
    /// Of one pack.
    #[must_use]
    pub fn of(form: &PackForm) -> Self {
        let mut coverage = Self::default();
        for clause in &form.clauses {
            coverage.0[decided(form, clause) as usize] += 1;
        }
        coverage
    }

    /// How many are decided so.
    #[must_use]
    pub const fn count(self, decided: Decided) -> usize {
        self.0[decided as usize]
    }

    /// How many there are.
    #[must_use]
    pub fn clauses(self) -> usize {
        self.0.iter().sum()
    }
}

impl std::iter::Sum for Coverage {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |mut sum, one| {
            sum.0.iter_mut().zip(one.0).for_each(|(sum, one)| *sum += one);
            sum
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Coverage, Decided, decided};
    use crate::pack::Pack;

    const HEAD: &str = "pack: xx/a\nversion: 1.0.0\nstandard: { title: A, authority: gds, edition: '1', in-force: { from: 2020-01-01 }, url: 'https://a.example' }\nclauses:\n";

    #[test]
    fn each_clause_is_counted_once_and_by_the_surest_rule() {
        let clause = |id: &str, more: &str| {
            format!("  - {{ id: {id}, level: must, standing: law, title: t, url: u, source: s{id}{more} }}\n")
        };
        let rule = |id: &str, clause: &str, more: &str| {
            format!(
                "  {id}: {{ clause: {clause}, on: [csv], then: {{ function: truthy }}, empty: fail, message: m, help: h, examples: {{ conforming: [a], violating: [b] }}{more} }}\n"
            )
        };
        let part = ", covers: part, residue: r";
        let text = [
            HEAD.to_owned(),
            clause("whole", ", covers: whole"),
            clause("part", part),
            clause("pointed", part),
            clause("record", ", evidence: { kind: report }"),
            clause("bare", ""),
            clause("retired", ""),
            "rules:\n".to_owned(),
            rule("one", "whole", ""),
            rule("two", "part", ", decides: indicates"),
            rule("three", "part", ", decides: refutes"),
            rule("four", "pointed", ", decides: indicates"),
            rule("five", "retired", ", status: deprecated"),
        ];
        let pack = Pack::from_files(vec![("pack.yaml".to_owned(), text.concat())], None).unwrap();
        let ways: Vec<Decided> = pack.form.clauses.iter().map(|clause| decided(&pack.form, clause)).collect();
        use Decided::{Evidence, Indication, NoRule, Part, Whole};
        assert_eq!(ways, [Whole, Part, Indication, Evidence, NoRule, NoRule]);
        let both: Coverage = [Coverage::of(&pack.form), Coverage::of(&pack.form)].into_iter().sum();
        assert_eq!((both.clauses(), both.count(NoRule), both.count(Whole)), (12, 4, 2));
    }
}
