//! `assize completions` and `assize man`: what a package of Assize installs beside the binary, made from
//! the same definition as `--help`.

use super::trouble::Trouble;
use super::{Cli, exit};
use assize_tree::document::de::closest;
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use std::io::{self, Write};

#[derive(Args)]
pub(super) struct CompletionsArguments {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

#[derive(Args)]
pub(super) struct ManArguments {
    /// Page of a command: `check`, or `pack lint` [default: that of assize itself]
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
}

/// Prints a shell's completions.
pub(super) fn completions(arguments: &CompletionsArguments) -> Result<u8, Trouble> {
    // Written to memory first: the generator panics where its output is gone.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "assize", &mut script);
    io::stdout().lock().write_all(&script)?;
    Ok(exit::CLEAN)
}

/// Prints a manual page.
pub(super) fn man(arguments: &ManArguments) -> Result<u8, Trouble> {
    let mut command = Cli::command();
    command.build();
    let mut name = "assize".to_owned();
    for wanted in &arguments.command {
        let names: Vec<String> =
            command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
        let Some(found) = command.find_subcommand(wanted) else {
            let near = closest(wanted, names.iter().map(String::as_str));
            return Err(Trouble::hint(
                format!("{name} has no command \"{wanted}\"."),
                near.map_or_else(
                    || format!("Commands: {}.", names.join(", ")),
                    |near| format!("Did you mean \"{near}\"?"),
                ),
            ));
        };
        name.push('-');
        name.push_str(found.get_name());
        command = found.clone();
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command.name(name)).render(&mut page)?;
    io::stdout().lock().write_all(&page)?;
    Ok(exit::CLEAN)
}
