//! What is left to do when nobody is served any more: within one time for all of it, since whoever stopped the process ends it by force before long.

use std::time::Duration;

use rocket::{Build, Rocket};
use tokio::time::{Instant, timeout_at};

use crate::audit::Trail;
use crate::spans::Spans;
use crate::store::Register;
use crate::trace::Traces;

/// How long all of it may take together.
const TOGETHER: Duration = Duration::from_secs(5);

/// What a house leaves to be done.
pub(super) struct Rest {
    trail: Option<Trail>,
    traces: Option<Traces>,
    register: Option<Register>,
    spans: Spans,
}

impl Rest {
    pub(super) fn of(house: &Rocket<Build>) -> Self {
        Self {
            trail: house.state::<Trail>().cloned(),
            traces: house.state::<Traces>().cloned(),
            register: house.state::<Register>().cloned(),
            spans: house.state::<Spans>().cloned().unwrap_or_default(),
        }
    }

    /// Does it, each whatever becomes of the others. Returns whether the audit trail is written to its end.
    pub(super) async fn finish(self) -> bool {
        let end = Instant::now() + TOGETHER;
        let stored = async {
            let (is_written, ()) = tokio::join!(self.write_trail(end), self.write_traces(end));
            self.leave(end).await; // behind everything that is sealed
            is_written
        };
        let (is_written, sent) = tokio::join!(stored, timeout_at(end, self.spans.send_rest()));
        if sent.is_err() {
            tracing::warn!("the last spans could not be sent in time");
        }
        is_written
    }

    async fn write_trail(&self, end: Instant) -> bool {
        let Some(trail) = &self.trail else {
            return true;
        };
        match timeout_at(end, trail.flush()).await {
            Ok(Ok(())) => return true,
            Ok(Err(error)) => tracing::error!(%error, "the audit trail is not written to its end"),
            Err(_) => tracing::error!("the audit trail could not be written to its end in time"),
        }
        false
    }

    async fn write_traces(&self, end: Instant) {
        if let Some(traces) = &self.traces
            && timeout_at(end, traces.write_rest()).await.is_err()
        {
            tracing::warn!("the last traces could not be written in time");
        }
    }

    async fn leave(&self, end: Instant) {
        let Some(register) = &self.register else {
            return;
        };
        let why = match timeout_at(end, register.leave(Duration::ZERO)).await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "there was no time left".to_owned(),
        };
        tracing::warn!(
            why,
            "the register of front doors could not be left; the entry ends by itself"
        );
    }
}
