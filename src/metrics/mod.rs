//! What is counted and timed, for Prometheus.
//!
//! | file | holds |
//! |---|---|
//! | `families` | every metric: its name, labels and help |
//! | `labels`, `names` | the values that labels may have |
//! | `buckets` | where histograms are divided |
//!
//! No value of a label comes from what a visitor sends. Outcomes, reasons, operations and calls are fixed words of the program, and routes are the templates of
//! its routes. Providers, links and service providers are named by administrators; see `names` for how those stay bounded. Nothing here names a person.
//!
//! Calls to others are told here once, with what came of them: of the same words are the spans of a visit made ([`crate::spans`]), also where nothing is counted.
//!
//! Rooms are furnished anew when settings change; this stays, so that no counter begins anew.

mod buckets;
mod families;
mod labels;
mod names;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use prometheus::{Histogram, IntGaugeVec, Registry, TextEncoder};
use rocket::Route;

use crate::settings::link::HandOver;
use crate::settings::{ProviderName, Slug};
use crate::spans::{Called, called};

pub use labels::{Answered, LoginOutcome, ProviderCall, StoreCall};
pub use prometheus::Error as MetricsError;

use families::{Families, drop_series};
use names::Names;

/// What everything counts as that has no value of its own. No provider and no link can be called that.
const OTHER: &str = "(other)";

/// The route of what no route is for.
const NO_ROUTE: &str = "none";

/// Providers, links and service providers that are told apart at one time.
const MOST_PROVIDERS: usize = 100;
const MOST_LINKS: usize = 2_000;
const MOST_SERVICE_PROVIDERS: usize = 200;

/// Counts and times what happens. Clones share it; the default one counts nothing.
#[derive(Clone, Default)]
pub struct Metrics(Option<Arc<Inner>>);

struct Inner {
    registry: Registry,
    families: Families,
    /// Ready for use: every request that shows a session asks the store.
    store: Vec<Histogram>,
    providers: Names,
    links: Names,
    service_providers: Names,
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics(…)")
    }
}

/// What has a name now, by the settings and the service desks.
#[derive(Debug, Default)]
pub struct Named {
    /// The providers.
    pub providers: BTreeSet<String>,
    /// The links, by their slugs.
    pub links: BTreeSet<String>,
    /// The service providers.
    pub service_providers: BTreeSet<String>,
}

impl Metrics {
    /// Metrics that count. `reasons` are all there are for a refusal: each begins at zero, so that the first one is seen as an increase.
    pub fn new(reasons: impl Iterator<Item = &'static str>) -> Result<Self, MetricsError> {
        let registry = Registry::new();
        let families = Families::new(&registry)?;
        for reason in reasons {
            families.refusals.with_label_values(&[reason]);
        }
        let calls = StoreCall::ALL.iter();
        let store = calls.map(|call| families.store.with_label_values(&[call.label()]));
        Ok(Self(Some(Arc::new(Inner {
            store: store.collect(),
            registry,
            families,
            providers: Names::at_most(MOST_PROVIDERS),
            links: Names::at_most(MOST_LINKS),
            service_providers: Names::at_most(MOST_SERVICE_PROVIDERS),
        }))))
    }

    /// The settings are others now: what is no longer named is dropped, and what can be counted at once begins at zero.
    pub fn rename(&self, named: &Named) {
        let Some(inner) = &self.0 else { return };
        let families = &inner.families;
        for gone in inner.providers.keep(&named.providers) {
            drop_series(&families.logins, "provider", &gone);
            drop_series(&families.provider, "provider", &gone);
        }
        for gone in inner.links.keep(&named.links) {
            drop_series(&families.hand_overs, "link", &gone);
        }
        for gone in inner.service_providers.keep(&named.service_providers) {
            drop_series(&families.assertions, "service_provider", &gone);
        }
        for name in &named.providers {
            let labels = [inner.providers.value(name), LoginOutcome::SignedIn.label()];
            families.logins.with_label_values(&labels);
        }
        for name in &named.service_providers {
            let labels = [inner.service_providers.value(name)];
            families.assertions.with_label_values(&labels);
        }
    }

    /// A login ended.
    pub fn login(&self, provider: &ProviderName, outcome: LoginOutcome) {
        let Some(inner) = &self.0 else { return };
        let labels = [inner.providers.value(provider.as_str()), outcome.label()];
        inner.families.logins.with_label_values(&labels).inc();
    }

    /// A browser came back with a code, and its answer was ready so much later.
    pub fn login_took(&self, took: Duration) {
        let Some(inner) = &self.0 else { return };
        inner.families.login.observe(took.as_secs_f64());
    }

    /// Somebody was refused, for the reason of this name.
    pub fn refusal(&self, reason: &'static str) {
        let Some(inner) = &self.0 else { return };
        inner.families.refusals.with_label_values(&[reason]).inc();
    }

    /// A customer was sent to the portal.
    pub fn hand_over(&self, link: &Slug, how: HandOver) {
        let Some(inner) = &self.0 else { return };
        let kind = match how {
            HandOver::Saml => "saml",
            HandOver::Gate => "gate",
        };
        let labels = [inner.links.value(link.as_str()), kind];
        inner.families.hand_overs.with_label_values(&labels).inc();
    }

    /// An assertion was sent to the service provider that the settings call this.
    pub fn assertion(&self, service_provider: &str) {
        let Some(inner) = &self.0 else { return };
        let labels = [inner.service_providers.value(service_provider)];
        inner.families.assertions.with_label_values(&labels).inc();
    }

    /// A provider was asked, and this came of it.
    pub fn provider(
        &self,
        provider: &ProviderName,
        call: ProviderCall,
        answered: Answered,
        took: Duration,
    ) {
        called(took, || {
            let names = (provider.as_str(), call.label());
            Called::provider(names, answered.status(), answered.label())
        });
        let Some(inner) = &self.0 else { return };
        let labels = [inner.providers.value(provider.as_str()), call.label()];
        let histogram = inner.families.provider.with_label_values(&labels);
        histogram.observe(took.as_secs_f64());
    }

    /// Atlassian was asked once.
    pub fn atlassian(&self, operation: &'static str, answered: Answered, took: Duration) {
        called(took, || {
            Called::atlassian(operation, answered.status(), answered.label())
        });
        let Some(inner) = &self.0 else { return };
        let families = &inner.families;
        let labels = [operation, answered.label()];
        families.atlassian_requests.with_label_values(&labels).inc();
        let histogram = families.atlassian.with_label_values(&[operation]);
        histogram.observe(took.as_secs_f64());
    }

    /// The store was asked, and did it or failed.
    pub fn store(&self, call: StoreCall, is_done: bool, took: Duration) {
        called(took, || Called::store(call.label(), is_done));
        let Some(inner) = &self.0 else { return };
        if let Some(histogram) = inner.store.get(call as usize) {
            histogram.observe(took.as_secs_f64());
        }
    }

    /// A request was answered, by this route if by any.
    pub fn request(
        &self,
        route: Option<&Route>,
        method: &'static str,
        status: u16,
        took: Duration,
    ) {
        let Some(inner) = &self.0 else { return };
        let route = route.map_or(NO_ROUTE, |route| route.uri.path());
        let labels = [route, method, &status.to_string()];
        inner.families.requests.with_label_values(&labels).inc();
        let histogram = inner.families.request.with_label_values(&[route]);
        histogram.observe(took.as_secs_f64());
    }

    /// A request was refused whose method is none that anybody knows, before it was one for any route.
    pub fn request_of_unknown_method(&self, status: u16) {
        let Some(inner) = &self.0 else { return };
        let labels = [NO_ROUTE, OTHER, &status.to_string()];
        inner.families.requests.with_label_values(&labels).inc();
    }

    /// So many sessions are open; `None`: nobody knows.
    pub fn sessions(&self, count: Option<u64>) {
        let count = count.map(|count| i64::try_from(count).unwrap_or(i64::MAX));
        self.set(|families| &families.sessions, count);
    }

    /// The Atlassian token that ends first ends in so many days; `None`: nobody knows.
    pub fn api_token_days_left(&self, days: Option<i64>) {
        self.set(|families| &families.api_token, days);
    }

    /// The certificate of the signing key ends in so many days; `None`: nobody knows.
    pub fn certificate_days_left(&self, days: Option<i64>) {
        self.set(|families| &families.certificate, days);
    }

    fn set(&self, which: impl Fn(&Families) -> &IntGaugeVec, value: Option<i64>) {
        let Some(inner) = &self.0 else { return };
        let gauge = which(&inner.families);
        match value {
            Some(value) => gauge.with_label_values::<&str>(&[]).set(value),
            None => gauge.reset(),
        }
    }

    /// Everything, in Prometheus's text format.
    pub fn text(&self) -> Result<String, MetricsError> {
        match &self.0 {
            Some(inner) => TextEncoder::new().encode_to_string(&inner.registry.gather()),
            None => Ok(String::new()),
        }
    }
}

#[cfg(test)]
mod tests;
