//! One part of a clause: a rule over what it looked at.

use super::logic::Value;
use crate::pack::form::{Decides, Empty};

/// A finding, as the table needs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartFinding {
    /// Its index among the findings of the report.
    pub index: usize,
    /// What it says.
    pub message: String,
    /// The granted waiver that accepts it.
    pub waived_by: Option<String>,
    /// A waiver was asked for, and nobody has granted it.
    pub requested: bool,
}

/// A rule over what it looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The rule's id within its pack.
    pub id: String,
    /// What its outcome says of the clause.
    pub decides: Decides,
    /// What it means that there was nothing to look at.
    pub empty: Empty,
    /// Places it looked at.
    pub places: u64,
    /// Files of a kind it runs on, the repository as a whole counting as one.
    pub files: u64,
    /// What it found, of what counts.
    pub findings: Vec<PartFinding>,
    /// Why it could not tell, or not of everything.
    pub unknown: Option<String>,
    /// What it says where there was nothing to look at: a sentence that names what was missing.
    pub nothing: String,
}

impl Part {
    /// Whether there was nothing to look at.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.places == 0 && self.findings.is_empty() && self.unknown.is_none()
    }

    /// Whether that means that the clause does not apply.
    #[must_use]
    pub fn means_not_applicable(&self) -> bool {
        self.is_nothing() && self.empty == Empty::NotApplicable
    }

    /// Whether its findings are questions to a person.
    #[must_use]
    pub fn asks(&self) -> bool {
        self.decides == Decides::Asks && !self.findings.is_empty()
    }

    /// Whether it could not be told.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.value() == Value::Unknown
    }

    /// What it comes to.
    #[must_use]
    pub fn value(&self) -> Value {
        if !self.findings.is_empty() {
            return match self.decides {
                Decides::Both | Decides::Refutes => Value::Fails,
                Decides::Asks => Value::Unknown,
                Decides::Proves | Decides::Indicates => Value::Open,
            };
        }
        // What a rule that only points somewhere did not see, it would only have pointed to; but
        // then nobody looked at all.
        if self.unknown.is_some() {
            return Value::Unknown;
        }
        if self.places == 0 {
            return match (self.empty, self.decides) {
                (Empty::Fail, Decides::Both | Decides::Refutes) => Value::Fails,
                (Empty::Fail, _) => Value::Open,
                (Empty::Pass, Decides::Refutes) => Value::Silent,
                (Empty::Pass, Decides::Indicates) => Value::Open,
                (Empty::Pass, _) => Value::Holds,
                (Empty::NotApplicable, _) => Value::Silent,
                (Empty::Unknown, _) => Value::Unknown,
            };
        }
        match self.decides {
            Decides::Both | Decides::Proves | Decides::Asks => Value::Holds,
            Decides::Refutes => Value::Silent,
            Decides::Indicates => Value::Open,
        }
    }

    /// Why it is what it is, as a sentence.
    #[must_use]
    pub fn why(&self) -> String {
        if let Some(first) = self.findings.first() {
            return match self.findings.len() {
                1 => first.message.clone(),
                many => format!("{many} findings, the first: {}", first.message),
            };
        }
        match &self.unknown {
            Some(why) => why.clone(),
            None if self.places == 0 => self.nothing.clone(),
            None => format!("{} looked at {} places.", self.id, self.places),
        }
    }

    /// What it did, for the derivation.
    #[must_use]
    pub fn told(&self) -> String {
        let value = format!("{:?}", self.value()).to_lowercase();
        let mut told = format!(
            "rule {}: {} places in {} files, {} findings",
            self.id,
            self.places,
            self.files,
            self.findings.len()
        );
        if let Some(why) = &self.unknown {
            told.push_str(&format!("; {}", why.trim_end_matches('.')));
        }
        if self.is_nothing() {
            told.push_str(&format!("; nothing to look at means {}", name(self.empty)));
        }
        format!("{told}: {value}")
    }
}

const fn name(empty: Empty) -> &'static str {
    match empty {
        Empty::Fail => "fail",
        Empty::Pass => "pass",
        Empty::NotApplicable => "not applicable",
        Empty::Unknown => "unknown",
    }
}
