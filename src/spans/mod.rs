//! What each visit asked of whom, as OpenTelemetry spans for a collector of the operator's. Nothing is made or sent unless `tracing.endpoint` is set.
//!
//! These are not the steps of [`crate::trace`], which the desk shows: a span has a name, a time and a status, and nothing in it comes from a visitor. Its
//! words are those of the metrics: templates of routes, names of operations, reasons, statuses, and what administrators call their providers. The one
//! thing more is the reference, so that an error page leads to its trace.
//!
//! | file | holds |
//! |---|---|
//! | `context` | which span of which trace; `traceparent` |
//! | `visit` | the span of one request |
//! | `most` | how many of a visit there may be |
//! | `here` | which visit the work that goes on belongs to, and the calls that it makes |
//! | `otlp` | spans as messages |
//! | `send`, `collector` | the queue, and the way out |
//!
//! The messages are OpenTelemetry's own; its SDK is not used, since it finds a span's parent by thread, and takes orders from the environment which no
//! setting shows.

mod collector;
mod context;
mod here;
mod most;
mod otlp;
mod send;
mod visit;

pub use collector::{NotTaken, try_collector};
pub use context::{Context, NoContext};
pub use here::carried;
pub(crate) use here::{Called, called};
pub use most::Most;
pub use send::Spans;
pub use visit::{Answer, RequestSpan, Under};
