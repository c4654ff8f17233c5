//! The span of one request, under which are those of the calls that it led to.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::context::Context;
use super::here::{self, Here};
use super::otlp::{Over, SpanKind, number, text};
use super::send::Spans;

/// Where a request belongs that begins.
#[derive(Debug, Clone, Copy, Default)]
pub struct Under {
    /// The visit that it goes on with.
    pub visit: Option<Context>,
    /// The span of a proxy that is believed.
    pub proxy: Option<Context>,
}

impl Under {
    /// A visit that it goes on with comes first; else it is a part of the proxy's trace.
    fn parent(self) -> Option<Context> {
        self.visit.or(self.proxy)
    }

    /// The proxy's span, where that is not the parent.
    fn link(self) -> Option<Context> {
        self.visit.and(self.proxy)
    }
}

/// How a request was answered.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// Its method.
    pub method: &'static str,
    /// The template of its route.
    pub route: &'a str,
    /// The status.
    pub status: u16,
    /// The id on its error page, in the log and in the audit trail.
    pub reference: &'a str,
}

/// A request that is under way.
pub struct RequestSpan {
    spans: Spans,
    context: Context,
    under: Under,
    began: Instant,
    reason: Mutex<Option<&'static str>>,
}

impl RequestSpan {
    /// Of a request that began then; of visits that begin with it one in so many is sent.
    pub(super) fn begin(spans: Spans, under: Under, began: Instant, one_in: u32) -> Self {
        let context = match under.parent() {
            Some(parent) => parent.another(),
            None => Context::first(one_in),
        };
        Self {
            spans,
            context,
            under,
            began,
            reason: Mutex::default(),
        }
    }

    /// What the rest of the visit goes on under: its first request.
    #[must_use]
    pub fn of_visit(&self) -> Context {
        self.under.visit.unwrap_or(self.context)
    }

    /// It is refused, for the reason of this name.
    pub fn refused(&self, reason: &'static str) {
        *self.reason.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
    }

    /// Does this work as a part of it.
    pub async fn within<F: Future>(&self, work: F) -> F::Output {
        if !self.context.sampled {
            return work.await;
        }
        let here = Here {
            spans: self.spans.clone(),
            context: self.context,
        };
        here::within(here, work).await
    }

    /// It is answered.
    pub fn answered(&self, answer: Answer<'_>) {
        if !self.context.sampled {
            return;
        }
        let mut said = vec![
            text("http.request.method", answer.method),
            text("http.route", answer.route),
            number("http.response.status_code", answer.status),
            text("front_door.reference", answer.reference),
        ];
        let reason = *self.reason.lock().unwrap_or_else(PoisonError::into_inner);
        said.extend(reason.map(|reason| text("error.type", reason)));
        self.spans.send(Over {
            context: self.context,
            parent: self.under.parent().map(|parent| parent.span),
            link: self.under.link(),
            name: format!("{} {}", answer.method, answer.route),
            kind: SpanKind::Server,
            time: self.spans.time_of(self.began.elapsed()),
            attributes: said,
            is_error: answer.status >= 500,
        });
    }
}
