//! Spans as the messages of OTLP (opentelemetry-proto), with the names that OpenTelemetry's semantic conventions have for what is said.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::Link;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};
use prost::Message as _;

pub(super) use opentelemetry_proto::tonic::trace::v1::span::SpanKind;

use super::context::Context;

/// Whose spans these are.
const SERVICE: &str = "front-door";

/// One thing that is said of a span. The keys are fixed, and no value comes from a visitor.
pub(super) fn text(key: &str, value: &str) -> KeyValue {
    pair(key, Value::StringValue(value.to_owned()))
}

/// The same of a number.
pub(super) fn number(key: &str, value: u16) -> KeyValue {
    pair(key, Value::IntValue(value.into()))
}

fn pair(key: &str, value: Value) -> KeyValue {
    KeyValue {
        key: key.to_owned(),
        value: Some(AnyValue { value: Some(value) }),
        ..KeyValue::default()
    }
}

/// A span that is over.
pub(super) struct Over {
    pub(super) context: Context,
    /// The span above it; none above the first of a trace.
    pub(super) parent: Option<[u8; 8]>,
    pub(super) link: Option<Context>,
    pub(super) name: String,
    pub(super) kind: SpanKind,
    /// When it began and ended, in nanoseconds since 1970.
    pub(super) time: (u64, u64),
    pub(super) attributes: Vec<KeyValue>,
    pub(super) is_error: bool,
}

impl From<Over> for Span {
    fn from(over: Over) -> Self {
        let link = |to: Context| Link {
            trace_id: to.trace.to_vec(),
            span_id: to.span.to_vec(),
            ..Link::default()
        };
        let failed = || Status {
            code: StatusCode::Error.into(),
            ..Status::default()
        };
        Self {
            trace_id: over.context.trace.to_vec(),
            span_id: over.context.span.to_vec(),
            parent_span_id: over.parent.map_or_else(Vec::new, |parent| parent.to_vec()),
            flags: u32::from(over.context.sampled),
            name: over.name,
            kind: over.kind.into(),
            start_time_unix_nano: over.time.0,
            end_time_unix_nano: over.time.1,
            attributes: over.attributes,
            links: over.link.map(link).into_iter().collect(),
            status: over.is_error.then(failed),
            ..Self::default()
        }
    }
}

/// The process that sends them.
pub(super) fn resource(instance: &str) -> Resource {
    Resource {
        attributes: vec![
            text("service.name", SERVICE),
            text("service.version", env!("CARGO_PKG_VERSION")),
            text("service.instance.id", instance),
        ],
        ..Resource::default()
    }
}

/// What is posted to the collector.
pub(super) fn message(resource: &Resource, spans: Vec<Span>) -> Vec<u8> {
    let scope = InstrumentationScope {
        name: SERVICE.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        ..InstrumentationScope::default()
    };
    let of_scope = ScopeSpans {
        scope: Some(scope),
        spans,
        ..ScopeSpans::default()
    };
    let of_resource = ResourceSpans {
        resource: Some(resource.clone()),
        scope_spans: vec![of_scope],
        ..ResourceSpans::default()
    };
    let message = ExportTraceServiceRequest {
        resource_spans: vec![of_resource],
    };
    message.encode_to_vec()
}
