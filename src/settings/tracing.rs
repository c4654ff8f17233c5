//! `tracing`: the collector that OpenTelemetry spans of visits are sent to, by OTLP over HTTP. Without it there are none.

use percent_encoding::percent_decode_str;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::ExposeSecret as _;
use url::Url;

use super::field::Field;
use super::one_line;
use super::public_url::leads_here;
use super::reader::Table;

/// No collector takes more.
const MOST_HEADERS: usize = 20;

/// Of fewer visits than one in so many nobody could tell anything.
const RAREST: u32 = 100_000;

/// Where spans go, and of what.
#[derive(Debug, Clone)]
pub struct TracingSettings {
    /// `endpoint`: the collector's base address.
    pub endpoint: Url,
    /// `headers`: what it wants to see with each request, its token among it. The values are marked as secrets.
    pub headers: HeaderMap,
    /// `one_in`: of how many visits one is traced.
    pub one_in: u32,
    /// `traceparent`: whether the header of that name is believed of `trusted_proxies`.
    pub traceparent: bool,
}

impl TracingSettings {
    /// Where spans are posted: `v1/traces` below the base address.
    #[must_use]
    pub fn address(&self) -> Url {
        let mut address = self.endpoint.clone();
        if let Ok(mut path) = address.path_segments_mut() {
            path.pop_if_empty().extend(["v1", "traces"]);
        }
        address
    }
}

/// Reads `tracing`; `None` when nothing of it is set.
pub(super) fn read(table: Table<'_>) -> Option<TracingSettings> {
    if table.is_empty() {
        return None;
    }
    let endpoint = table.required("endpoint", endpoint);
    let headers = headers(&table);
    let one_in = table.read("one_in", |field| field.count(1, RAREST));
    let traceparent = table.read("traceparent", Field::flag);
    if let Some(endpoint) = &endpoint
        && !headers.is_empty()
        && endpoint.scheme() == "http"
        && !leads_here(endpoint)
    {
        let message =
            "must begin with https:// where headers are sent along, since they may hold a token";
        table.complain("endpoint", message);
    }
    table.finish();
    Some(TracingSettings {
        endpoint: endpoint?,
        headers,
        one_in: one_in.unwrap_or(1),
        traceparent: traceparent.unwrap_or(false),
    })
}

/// A collector is often the neighbour on this machine or in the same network: it may be asked without TLS.
fn endpoint(field: &Field<'_>) -> Result<Url, String> {
    let text = field.line_of(one_line::MOST_OF_AN_ADDRESS)?;
    let url = Url::parse(text.trim()).ok().filter(Url::has_host);
    let url = url.ok_or("must be an address such as http://127.0.0.1:4318")?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("must begin with http:// or https://".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a user or password; use headers".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must not have a query or a fragment".to_owned());
    }
    if url.path().trim_end_matches('/').ends_with("/v1/traces") {
        return Err("is the base address: leave out /v1/traces, which is added".to_owned());
    }
    Ok(url)
}

fn headers(table: &Table<'_>) -> HeaderMap {
    let Some(text) = table.secret("headers") else {
        return HeaderMap::new();
    };
    listed(text.expose_secret()).unwrap_or_else(|| {
        let message = format!(
            "must be name=value, several parted by commas and at most {MOST_HEADERS}, with percent signs for what is special in a value"
        );
        table.complain("headers", message);
        HeaderMap::new()
    })
}

/// As OpenTelemetry has it everywhere: `name=value,name=value`, the values percent-encoded. No mistake names any of it.
fn listed(text: &str) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for pair in text.split(',') {
        let (name, value) = pair.split_once('=')?;
        let name: HeaderName = name.trim().parse().ok()?;
        let value: Vec<u8> = percent_decode_str(value.trim()).collect();
        let mut value = HeaderValue::from_bytes(&value).ok()?;
        value.set_sensitive(true);
        if value.is_empty() || headers.insert(name, value).is_some() {
            return None;
        }
    }
    (headers.len() <= MOST_HEADERS).then_some(headers)
}

#[cfg(test)]
#[path = "tracing_tests.rs"]
mod tests;
