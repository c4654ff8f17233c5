//! `/admin/trace`: what became of the visit whose reference somebody quotes, step by step.

use std::time::Duration;

use askama::Template;
use askama_web::WebTemplate;
use jiff::{SignedDuration, Timestamp};
use rocket::{Route, State, get, routes};

use crate::admission::person::PersonId;
use crate::audit::{Bounds, Filter, Older, Record, Trail};
use crate::store::StoreError;
use crate::trace::{REFUSED, Step, Trace, Traces};
use crate::web::pages::for_people;
use crate::web::{Layout, Reason, Reference, Refusal, Room};

use super::audit::line::Line;
use super::customers::Customers;
use super::recent::preview_of;
use super::remedy::{About, Remedy, remedy};
use super::{Administrator, Frame, Place, words};

/// How much of the audit trail is looked through for one reference.
const SEARCH: Bounds = Bounds {
    found: 50,
    looked_at: 100_000,
    within: Duration::from_secs(2),
};

/// Events of a visit come no later than this after it: that nobody asked for a customer who was handed over is noticed after a minute or more.
const LATE: SignedDuration = SignedDuration::from_mins(30);

#[derive(Template, WebTemplate)]
#[template(path = "admin/trace.html")]
struct TracePage {
    layout: Frame,
    typed: String,
    is_wrong: bool,
    found: Option<Found>,
    dropped: u64,
}

/// What is known under one reference.
struct Found {
    reference: String,
    visit: Option<Visit>,
    /// The visits that led to it, oldest first.
    before: Vec<Before>,
    /// The preview of the login that it was, or that led to it.
    preview: Option<String>,
    events: Vec<Line>,
    /// Whether the audit trail was not looked through to its beginning.
    is_cut: bool,
}

/// One visit.
struct Visit {
    what: String,
    at: String,
    ms: u64,
    status: u16,
    steps: Vec<Shown>,
    left_out: u32,
}

/// One step; a refusal with what to do about it.
struct Shown {
    step: Step,
    /// A refusal's reason in words.
    refusal: Option<&'static str>,
    remedy: Option<Remedy>,
}

/// A visit that led to another; not every one is kept.
struct Before {
    reference: String,
    visit: Option<Visit>,
}

#[get("/admin/trace?<reference>")]
async fn trace(
    administrator: Administrator<'_>,
    layout: Layout,
    reference: Option<&str>,
    traces: &State<Traces>,
    trail: &Room<Trail>,
    customers: &Room<Customers>,
) -> Result<TracePage, Refusal> {
    let typed = reference.unwrap_or_default().trim();
    let read = Reference::typed(typed);
    let found = match &read {
        Some(reference) => Some(find(reference.as_str(), traces, trail, customers).await),
        None => None,
    };
    Ok(TracePage {
        layout: Frame::new(&administrator, layout, Place::Trace),
        typed: typed.chars().take(100).collect(),
        is_wrong: read.is_none() && !typed.is_empty(),
        found: found.transpose()?,
        dropped: traces.dropped(),
    })
}

async fn find(
    reference: &str,
    traces: &Traces,
    trail: &Trail,
    customers: &Customers,
) -> Result<Found, StoreError> {
    traces.written().await;
    let trace = traces.find(reference).await?;
    let filter = filter(reference, trace.as_ref().map(|trace| trace.at));
    let events = trail.search(&filter, None, &SEARCH).await?;
    let whose = Whose::of(events.records.iter().map(|(_, record)| record), customers);
    let mut before = Vec::new();
    for reference in trace.iter().flat_map(|trace| &trace.before) {
        let visit = traces.find(reference).await?;
        before.push(Before {
            reference: reference.clone(),
            visit: visit.map(|visit| Visit::of(visit, &whose)),
        });
    }
    let preview = preview(reference, trace.as_ref(), traces).await?;
    Ok(Found {
        reference: reference.to_owned(),
        visit: trace.map(|trace| Visit::of(trace, &whose)),
        before,
        preview,
        is_cut: events.older != Older::None,
        events: events
            .records
            .into_iter()
            .rev()
            .map(|(_, record)| Line::of(record, customers))
            .collect(),
    })
}

async fn preview(
    reference: &str,
    trace: Option<&Trace>,
    traces: &Traces,
) -> Result<Option<String>, StoreError> {
    let before = trace.iter().flat_map(|trace| trace.before.iter().rev());
    for reference in std::iter::once(reference).chain(before.map(String::as_str)) {
        if traces.login(reference).await?.is_some() {
            return Ok(Some(preview_of(reference)));
        }
    }
    Ok(None)
}

fn filter(reference: &str, at: Option<Timestamp>) -> Filter {
    Filter {
        reference: Some(reference.to_owned()),
        from: at,
        to: at.and_then(|at| at.checked_add(LATE).ok()),
        ..Filter::default()
    }
}

impl Found {
    fn is_nothing(&self) -> bool {
        self.visit.is_none() && self.events.is_empty()
    }
}

/// Whose visit it was, as far as the audit trail knows.
#[derive(Default)]
struct Whose {
    provider: Option<String>,
    person: Option<PersonId>,
}

impl Whose {
    fn of<'a>(records: impl Iterator<Item = &'a Record>, customers: &Customers) -> Self {
        records.fold(Self::default(), |known, record| Self {
            provider: record.provider.clone().or(known.provider),
            person: customers.id_of(record.email.as_deref()).or(known.person),
        })
    }
}

impl Shown {
    fn of(step: Step, link: Option<&str>, whose: &Whose) -> Self {
        let (name, why) = step.outcome.split_once(": ").unwrap_or((&step.outcome, ""));
        let reason = Reason::named(name).filter(|_| step.what == REFUSED);
        let about = About {
            why,
            link,
            provider: whose.provider.as_deref(),
            person: whose.person.clone(),
        };
        Self {
            remedy: reason.map(|reason| remedy(reason, &about)),
            refusal: reason.map(words::of),
            step,
        }
    }
}

impl Visit {
    fn of(trace: Trace, whose: &Whose) -> Self {
        let link = trace.steps.iter().find(|step| step.what == "Link");
        let link = link.map(|step| step.outcome.to_string());
        let steps = trace.steps.into_iter();
        Self {
            steps: steps
                .map(|step| Shown::of(step, link.as_deref(), whose))
                .collect(),
            what: what(&trace.route),
            at: for_people(trace.at),
            ms: trace.ms,
            status: trace.status,
            left_out: trace.left_out,
        }
    }
}

/// What a page is for, by the template of its address.
fn what(route: &str) -> String {
    let known = match route {
        "/" => "The start page",
        "/login" => "The beginning of a login",
        "/login/callback/<provider>" => "The way back from the identity provider",
        "/saml/sso" => "A service provider’s question who it is",
        route if route.starts_with("/p/<slug>") => "A substitute link",
        other => return other.to_owned(),
    };
    format!("{known} ({route})")
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![trace]
}
