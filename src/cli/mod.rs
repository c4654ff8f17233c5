//! The command line: one file a command.

mod audit;
mod check;
mod export;
mod finish;
mod forget;
mod import;
mod invite;
mod links;
mod output;
mod saml;
mod serve;
mod setup_code;
mod stop;
mod store;
mod wait_for_store;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::clock::Clock;
use crate::house::StartError;
use crate::settings::{Loaded, Settings};

use output::complain;

/// Exit status when the settings or the options are wrong: nothing is done then.
const BAD_SETTINGS: u8 = 2;

/// A self-hosted single sign-on front door for Jira Service Management customer portals.
#[derive(Parser)]
#[command(name = "front-door", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serves; the same as no command at all.
    Serve,
    /// Tests everything that can be tested, and changes nothing.
    Check {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Lists the service desks with their substitute links.
    Links {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Prints a one-time code that opens /setup or, when single sign-on is broken, the admin desk.
    SetupCode,
    /// The certificate and the keys that sign SAML assertions.
    Saml {
        #[command(subcommand)]
        command: saml::Command,
    },
    /// Exports the audit trail.
    Audit(audit::Arguments),
    /// Prints the settings as TOML, without secrets and without what belongs to this one front door.
    Export,
    /// Saves the [default] table of a file as the settings that count where no file and no variable says otherwise.
    Import {
        /// The file, in TOML.
        file: std::path::PathBuf,
        /// Only says what would change.
        #[arg(long)]
        dry_run: bool,
    },
    /// Lets whoever proves an address become a customer by one link, once, and prints the link to send.
    Invite(invite::Arguments),
    /// The store that everything lasts in.
    Store {
        #[command(subcommand)]
        command: store::Command,
    },
    /// Erases a person from the front door's own records; what the audit trail says of them can then no longer be read.
    Forget {
        /// The person's mail address.
        email: String,
    },
}

/// Why a command did not do what it should; shown as one line.
#[derive(Debug, thiserror::Error)]
enum CommandError {
    /// The house cannot be opened.
    #[error(transparent)]
    Start(#[from] StartError),
    /// An option that cannot be understood.
    #[error("{0}")]
    Usage(String),
    /// Something that the command asks of a room failed.
    #[error("{0}")]
    Failed(String),
    /// Standard output is gone.
    #[error("the output cannot be written: {0}")]
    Output(#[from] std::io::Error),
}

impl CommandError {
    /// A failure in somebody else's words.
    fn of(error: impl std::fmt::Display) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Runs the command that was given. Returns its exit status.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return fail(1, &format!("no threads to work with: {error}")),
    };
    runtime.block_on(command(arguments.command.unwrap_or(Command::Serve)))
}

async fn command(command: Command) -> ExitCode {
    let loaded = match Settings::load() {
        Ok(loaded) => loaded,
        Err(problems) => {
            let status = if matches!(command, Command::Check { .. }) {
                1
            } else {
                BAD_SETTINGS
            };
            if let Command::Check { json: true } = command {
                return check::report_problems(&problems);
            }
            return fail(
                status,
                &format!("The settings have mistakes; nothing was started.\n{problems}"),
            );
        }
    };
    match Box::pin(carry_out(command, loaded)).await {
        Ok(status) => status,
        Err(error @ CommandError::Usage(_)) => fail(BAD_SETTINGS, &error.to_string()),
        Err(error) => fail(1, &error.to_string()),
    }
}

async fn carry_out(command: Command, loaded: Loaded) -> Result<ExitCode, CommandError> {
    let clock = Clock::system();
    match command {
        Command::Serve => Box::pin(serve::serve(loaded, clock)).await,
        Command::Check { json } => check::check(&loaded, &clock, json).await,
        Command::Links { json } => links::links(&loaded, &clock, json).await,
        Command::SetupCode => setup_code::setup_code(&loaded, &clock).await,
        Command::Saml { command } => saml::saml(&loaded, &clock, command).await,
        Command::Audit(arguments) => audit::audit(&loaded, &clock, &arguments).await,
        Command::Export => export::export(&loaded, &clock).await,
        Command::Import { file, dry_run } => import::import(&loaded, &clock, &file, dry_run).await,
        Command::Invite(arguments) => invite::invite(&loaded, &clock, &arguments).await,
        Command::Store { command } => store::store(&loaded, &clock, command).await,
        Command::Forget { email } => forget::forget(&loaded, &clock, &email).await,
    }
}

fn fail(status: u8, message: &str) -> ExitCode {
    complain(message);
    ExitCode::from(status)
}
