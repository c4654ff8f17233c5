//! Every metric there is: its name, its labels and what it says. The names and labels are a promise to whoever has built alerts on them.

use prometheus::core::{Collector, MetricVec, MetricVecBuilder};
use prometheus::{
    Error, Histogram, HistogramOpts, HistogramVec, IntCounterVec, IntGaugeVec, Opts, Registry,
};

use super::buckets;

/// All of them. What may be unknown is a vector without labels: without its one member it is left out.
pub(super) struct Families {
    pub(super) logins: IntCounterVec,
    pub(super) refusals: IntCounterVec,
    pub(super) hand_overs: IntCounterVec,
    pub(super) assertions: IntCounterVec,
    pub(super) login: Histogram,
    pub(super) provider: HistogramVec,
    pub(super) atlassian_requests: IntCounterVec,
    pub(super) atlassian: HistogramVec,
    pub(super) store: HistogramVec,
    pub(super) sessions: IntGaugeVec,
    pub(super) api_token: IntGaugeVec,
    pub(super) certificate: IntGaugeVec,
    pub(super) requests: IntCounterVec,
    pub(super) request: HistogramVec,
}

impl Families {
    pub(super) fn new(registry: &Registry) -> Result<Self, Error> {
        let new = New(registry);
        Ok(Self {
            logins: new.counter(
                "front_door_logins_total",
                "Logins that ended, by provider: signed_in, or the reason for which they were refused.",
                &["provider", "outcome"],
            )?,
            refusals: new.counter(
                "front_door_refusals_total",
                "Answers that refused somebody or told of an error, by reason.",
                &["reason"],
            )?,
            hand_overs: new.counter(
                "front_door_hand_overs_total",
                "Customers who were sent to the portal, by link and way (saml: signed in; gate: Atlassian asks).",
                &["link", "kind"],
            )?,
            assertions: new.counter(
                "front_door_assertions_total",
                "SAML assertions that were sent, by service provider.",
                &["service_provider"],
            )?,
            login: new.histogram(
                "front_door_login_seconds",
                "From the return of a browser with a code until its answer was ready.",
                &buckets::LOGIN,
            )?,
            provider: new.histograms(
                "front_door_provider_seconds",
                "Calls to identity providers, whatever came of them.",
                &["provider", "call"],
                &buckets::PROVIDER,
            )?,
            atlassian_requests: new.counter(
                "front_door_atlassian_requests_total",
                "Requests to Atlassian, each try for itself, by the status of the answer (timeout, none: there was no answer).",
                &["operation", "status"],
            )?,
            atlassian: new.histograms(
                "front_door_atlassian_seconds",
                "Requests to Atlassian, each try for itself, whatever came of them.",
                &["operation"],
                &buckets::ATLASSIAN,
            )?,
            store: new.histograms(
                "front_door_store_seconds",
                "Calls to the store, the wait for the commit included.",
                &["operation"],
                &buckets::STORE,
            )?,
            sessions: new.gauge("front_door_sessions", "Sessions that are open, of all instances that share the store.")?,
            api_token: new.gauge(
                "front_door_api_token_days_left",
                "Whole days until the Atlassian token ends, of two that which ends first; negative when it has.",
            )?,
            certificate: new.gauge(
                "front_door_certificate_days_left",
                "Whole days until the certificate of the SAML signing key ends; negative when it has.",
            )?,
            requests: new.counter(
                "http_requests_total",
                "Answers, by the template of the route (none: no route is for it), method and status.",
                &["route", "method", "status"],
            )?,
            request: new.histograms(
                "http_request_seconds",
                "From the head of a request until its answer was ready, by the template of the route.",
                &["route"],
                &buckets::REQUEST,
            )?,
        })
    }
}

/// Makes metrics that are in the registry.
struct New<'a>(&'a Registry);

impl New<'_> {
    fn counter(&self, name: &str, help: &str, labels: &[&str]) -> Result<IntCounterVec, Error> {
        self.registered(IntCounterVec::new(Opts::new(name, help), labels)?)
    }

    fn gauge(&self, name: &str, help: &str) -> Result<IntGaugeVec, Error> {
        self.registered(IntGaugeVec::new(Opts::new(name, help), &[])?)
    }

    fn histogram(&self, name: &str, help: &str, buckets: &[f64]) -> Result<Histogram, Error> {
        let options = HistogramOpts::new(name, help).buckets(buckets.to_vec());
        self.registered(Histogram::with_opts(options)?)
    }

    fn histograms(
        &self,
        name: &str,
        help: &str,
        labels: &[&str],
        buckets: &[f64],
    ) -> Result<HistogramVec, Error> {
        let options = HistogramOpts::new(name, help).buckets(buckets.to_vec());
        self.registered(HistogramVec::new(options, labels)?)
    }

    fn registered<C: Collector + Clone + 'static>(&self, made: C) -> Result<C, Error> {
        self.0.register(Box::new(made.clone()))?;
        Ok(made)
    }
}

/// Drops every series in which a label has this value.
pub(super) fn drop_series<B: MetricVecBuilder>(family: &MetricVec<B>, label: &str, gone: &str) {
    for collected in family.collect() {
        for metric in collected.get_metric() {
            let pairs = metric.get_label().iter();
            let labels: std::collections::HashMap<&str, &str> =
                pairs.map(|pair| (pair.name(), pair.value())).collect();
            if labels.get(label) == Some(&gone) {
                // Somebody else may have dropped it in between.
                let _dropped = family.remove(&labels);
            }
        }
    }
}
