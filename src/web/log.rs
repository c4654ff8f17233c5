//! The log: JSON lines on standard output, and nothing in them that a visitor sent us in confidence.

use std::panic::PanicHookInfo;

use rocket::config::LogLevel;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;

use super::panics;

/// The log was started before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the log was started before")]
pub struct AlreadyStarted;

/// Starts the log. To be called before Rocket is built, which otherwise takes the place with a logger of its own.
pub fn start(level: LogLevel) -> Result<(), AlreadyStarted> {
    start_at(level, std::io::stdout)
}

/// The same, written elsewhere.
pub fn start_at<W>(level: LogLevel, place: W) -> Result<(), AlreadyStarted>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let level = threshold(level);
    let subscriber = tracing_subscriber::registry()
        .with(filter_fn(move |line| is_wanted(line, level)))
        .with({
            let lines = tracing_subscriber::fmt::layer().with_writer(place);
            lines.json().flatten_event(true)
        });
    tracing_log::LogTracer::builder()
        .with_max_level(tracing_log::log::LevelFilter::Warn)
        .init()
        .map_err(|_| AlreadyStarted)?;
    tracing::subscriber::set_global_default(subscriber).map_err(|_| AlreadyStarted)?;
    std::panic::set_hook(Box::new(log_panic));
    Ok(())
}

fn threshold(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Off => LevelFilter::OFF,
        LogLevel::Critical => LevelFilter::WARN,
        LogLevel::Normal => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    }
}

/// The target of audit events, each of which is a line of the log too.
const AUDIT: &str = "audit";

/// Ours from `level` on; of others warnings and errors, since their finer lines show headers and addresses.
fn is_wanted(line: &Metadata<'_>, level: LevelFilter) -> bool {
    let target = line.target();
    let others = level.min(LevelFilter::WARN);
    if target.ends_with("::_") {
        // Rocket's indented lines, written into our modules too, show whole addresses and what guards said.
        false
    } else if target == "rocket::launch" {
        *line.level() == Level::WARN && *line.level() <= level
    } else if target.starts_with("rocket") {
        *line.level() == Level::ERROR && *line.level() <= level
    } else if target.starts_with("front_door") || target == AUDIT {
        *line.level() <= level
    } else {
        *line.level() <= others
    }
}

/// Logs where a panic was. Its message only when it is fixed text: what is put together at run time may hold anything.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let location = panic.location().map(ToString::to_string);
    let location = location.as_deref().unwrap_or("unknown");
    let message = panic.payload().downcast_ref::<&'static str>();
    tracing::error!(
        location,
        detail = message.copied().unwrap_or("withheld"),
        "panicked"
    );
    panics::note(location);
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// What a log with our filter takes in, by target.
    #[derive(Clone, Default)]
    struct Taken(Arc<Mutex<Vec<String>>>);

    impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Taken {
        fn on_event(
            &self,
            event: &tracing::Event<'_>,
            _: tracing_subscriber::layer::Context<'_, S>,
        ) {
            let line = format!("{} {}", event.metadata().level(), event.metadata().target());
            self.0.lock().unwrap().push(line);
        }
    }

    #[test]
    fn rockets_chatter_and_guards_values_stay_out() {
        let taken = Taken::default();
        let subscriber = tracing_subscriber::registry()
            .with(filter_fn(|line| is_wanted(line, LevelFilter::INFO)))
            .with(taken.clone());
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(target: "rocket::server", "GET /login/callback?code=secret");
            tracing::error!(target: "rocket::server::_", "No matching routes for GET /?code=secret");
            tracing::warn!(target: "front_door::login::callback::_", "guard failed: secret");
            tracing::info!(target: "rocket::launch", "secret key: …");
            tracing::debug!(target: "hyper::proto", "headers");
            tracing::debug!(target: "front_door::login", "finer");
            tracing::warn!(target: "rocket::launch", "launched");
            tracing::error!(target: "rocket::server", "failed");
            tracing::info!(target: "front_door::login", "signed in");
            tracing::warn!(target: "rustls", "odd");
        });
        assert_eq!(
            *taken.0.lock().unwrap(),
            [
                "WARN rocket::launch",
                "ERROR rocket::server",
                "INFO front_door::login",
                "WARN rustls"
            ]
        );
    }
}
