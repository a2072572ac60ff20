//! What a standard is, as plain types: authority, edition, clause, level, standing. No I/O here.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod approver;
mod authority;
mod date;
mod profile;
mod term;
mod truth;

pub use approver::Approver;
pub use authority::{Authorities, Authority, Succession};
pub use date::Date;
pub use profile::{Mend, Precedence, Profile, Selection};
pub use term::Term;
pub use truth::Truth;

/// How strongly a clause demands, in the words of BCP 14 (RFC 2119, RFC 8174).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// An absolute demand.
    Must,
    /// An absolute prohibition.
    MustNot,
    /// A demand that may be departed from with a reason.
    Should,
    /// A prohibition that may be departed from with a reason.
    ShouldNot,
    /// Truly optional.
    May,
}

impl Level {
    /// As the pack form writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::MustNot => "must-not",
            Self::Should => "should",
            Self::ShouldNot => "should-not",
            Self::May => "may",
        }
    }
}

/// Why a clause binds. Not its level, and not how sure we are of its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// An Act, a regulation or an information standard under one.
    Law,
    /// Binding through a contract or framework agreement.
    Contract,
    /// Published guidance: comply or explain.
    Guidance,
    /// Not adopted yet, or withdrawn without a successor. Never counts in a result.
    Draft,
    /// What is usually done; nobody has demanded it. Never counts in a result.
    Convention,
}

impl Standing {
    /// As the pack form writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Law => "law",
            Self::Contract => "contract",
            Self::Guidance => "guidance",
            Self::Draft => "draft",
            Self::Convention => "convention",
        }
    }

    /// Law and contract leave no choice; guidance is to be followed or departed from with a reason.
    #[must_use]
    pub const fn binds(self) -> bool {
        matches!(self, Self::Law | Self::Contract)
    }

    /// Draft and convention clauses give notes at most and never count.
    #[must_use]
    pub const fn counts(self) -> bool {
        !matches!(self, Self::Draft | Self::Convention)
    }
}

/// Who must obey a clause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Addressee {
    /// Whoever supplies a system to the body.
    #[default]
    Supplier,
    /// Code that the body owns itself.
    OwnCode,
    /// The organisation that deploys a system.
    Deployer,
}

impl Addressee {
    /// As the pack form writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Supplier => "supplier",
            Self::OwnCode => "own-code",
            Self::Deployer => "deployer",
        }
    }
}

/// How sure we are of a clause's wording.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// Read at the source.
    #[default]
    Verified,
    /// Read in an excerpt or a secondary source.
    Excerpt,
    /// Recalled, not read.
    Recalled,
}

impl Certainty {
    /// As the pack form writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Excerpt => "excerpt",
            Self::Recalled => "recalled",
        }
    }
}
