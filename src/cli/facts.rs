//! `assize facts`: what is known of a system, and what is asked.

use super::subject::{Subject, SubjectArguments};
use super::trouble::Trouble;
use super::{Colour, exit};
use crate::pack::embedded;
use crate::pack::profile::LoadedProfile;
use crate::report::escape::inline;
use crate::standard::Truth;
use clap::Args;
use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    subject: SubjectArguments,
    /// Print only what is unknown or should be confirmed, with the question
    #[arg(long)]
    ask: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, colour: Colour) -> Result<u8, Trouble> {
    // Facts do not depend on a profile but for what it states itself: any that is there will do.
    let name = arguments.subject.profile.clone().or_else(|| embedded::profiles().keys().next().cloned());
    let profile = LoadedProfile::find(&name.unwrap_or_default())?;
    let subject = Subject::judge(&arguments.subject, profile)?;
    let roles = subject.roles();
    let bold = if colour.on(io::stdout().is_terminal()) { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
    let mut out = String::new();
    let mut listed = Vec::new();
    for system in subject.systems()? {
        let facts = subject.facts(&system, &roles);
        let _ = writeln!(out, "{}{}{}", bold.0, inline(&system.name), bold.1);
        for fact in facts {
            let open = fact.value == Truth::Unknown || !fact.sure;
            if arguments.ask && !open {
                continue;
            }
            let mark = if fact.sure { "" } else { "?" };
            let _ = writeln!(
                out,
                "  {:18} {:9} {}",
                fact.name,
                format!("{}{mark}", fact.value.name()),
                inline(&fact.how)
            );
            if arguments.ask {
                let _ = writeln!(out, "      {}", fact.question);
            }
            listed.push(serde_json::json!({
                "system": system.name,
                "fact": fact.name,
                "about": fact.about,
                "value": fact.value.name(),
                "confirm": !fact.sure,
                "how": fact.how,
                "question": fact.question,
            }));
        }
    }
    if arguments.ask && !listed.is_empty() {
        out.push_str(
            "\nAnswer with --fact NAME=true or --fact NAME=false, or in assize.toml under [facts].\n",
        );
    }
    if arguments.json {
        out = format!("{:#}\n", serde_json::Value::Array(listed));
        io::stdout().write_all(out.as_bytes())?;
        return Ok(exit::CLEAN);
    }
    super::check::print(&out)?;
    Ok(exit::CLEAN)
}
