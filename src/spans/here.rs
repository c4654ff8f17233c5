//! Which visit the work that goes on here belongs to. It is known to the task that serves the visit, and to whatever that task waits for; work in the
//! background belongs to none, and has no spans.

use std::time::Duration;

use opentelemetry_proto::tonic::common::v1::KeyValue;

use super::context::Context;
use super::otlp::{Over, SpanKind, number, text};
use super::send::Spans;

tokio::task_local! {
    static HERE: Here;
}

/// A span that is going on, and where those below it go.
#[derive(Clone)]
pub(super) struct Here {
    pub(super) spans: Spans,
    pub(super) context: Context,
}

/// Does this work as a part of the visit.
pub(super) async fn within<F: Future>(here: Here, work: F) -> F::Output {
    HERE.scope(here, work).await
}

/// The same work as a part of the visit that this is a part of, for a task of its own.
pub fn carried<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let here = HERE.try_with(Clone::clone).ok();
    async move {
        match here {
            Some(here) => within(here, work).await,
            None => work.await,
        }
    }
}

/// A call that was made of somebody else.
pub(crate) struct Called {
    name: String,
    attributes: Vec<KeyValue>,
    is_error: bool,
}

impl Called {
    /// Of the store.
    pub(crate) fn store(operation: &str, is_done: bool) -> Self {
        Self {
            name: format!("store {operation}"),
            attributes: vec![text("db.operation.name", operation)],
            is_error: !is_done,
        }
    }

    /// Of Atlassian, once; `label` is what stands for the answer in the metrics.
    pub(crate) fn atlassian(operation: &str, status: Option<u16>, label: &'static str) -> Self {
        let said = vec![text("front_door.operation", operation)];
        Self::over_http(format!("atlassian {operation}"), said, status, label)
    }

    /// Of an identity provider.
    pub(crate) fn provider(
        (provider, call): (&str, &str),
        status: Option<u16>,
        label: &'static str,
    ) -> Self {
        let said = vec![
            text("front_door.operation", call),
            text("front_door.provider", provider),
        ];
        Self::over_http(format!("provider {call}"), said, status, label)
    }

    fn over_http(
        name: String,
        mut said: Vec<KeyValue>,
        status: Option<u16>,
        label: &'static str,
    ) -> Self {
        let is_error = status.is_none_or(|status| status >= 400);
        said.extend(status.map(|status| number("http.response.status_code", status)));
        said.extend(is_error.then(|| text("error.type", label)));
        Self {
            name,
            attributes: said,
            is_error,
        }
    }
}

/// Notes a call that has just ended, if it belongs to a visit that is sent. Otherwise nothing is made of it.
pub(crate) fn called(took: Duration, call: impl FnOnce() -> Called) {
    let note = |here: &Here| {
        let call = call();
        here.spans.send(Over {
            context: here.context.another(),
            parent: Some(here.context.span),
            link: None,
            name: call.name,
            kind: SpanKind::Client,
            time: here.spans.time_of(took),
            attributes: call.attributes,
            is_error: call.is_error,
        });
    };
    // Without a visit here there is nothing to note.
    let _of_no_visit = HERE.try_with(note);
}
