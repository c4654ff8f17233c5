//! `/admin/audit`: what happened, to whom and by whom; searched, exported, and checked.

mod checked;
mod export;
pub(super) mod line;
mod query;

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use askama_web::WebTemplate;
use rocket::http::uri::Origin;
use rocket::{Route, get, routes};

use crate::audit::{Bounds, EventName, Filter, Found, Older, Trail};
use crate::link::catalogue_keeper::CatalogueKeeper;
use crate::web::pages::for_people;
use crate::web::{Layout, Refusal, Room};

use super::change::Editor;
use super::customers::Customers;
use super::{Administrator, Frame, Place, words};
use line::Line;
use query::{Problems, Query};

const PATH: &str = "/admin/audit";

/// One page of a search. A search for what is rare goes on from where it stopped when somebody asks for that.
const PAGE: Bounds = Bounds {
    found: 50,
    looked_at: 200_000,
    within: Duration::from_secs(2),
};

#[derive(Template, WebTemplate)]
#[template(path = "admin/audit.html")]
struct AuditPage {
    layout: Frame,
    query: Query,
    problems: Problems,
    /// Name, words, and whether it is chosen.
    events: Vec<(String, &'static str, bool)>,
    /// For the list of the field.
    links: Vec<String>,
    results: Option<Results>,
    /// That events are kept for longer than is set.
    kept_for_longer: Option<String>,
}

/// What was found.
struct Results {
    lines: Vec<Line>,
    unreadable: u64,
    /// Where older ones are, or may be.
    older: Option<String>,
    /// Until when was searched, where that is not the end.
    searched_until: Option<String>,
    newest: Option<String>,
    csv: String,
    json: String,
}

#[get("/admin/audit")]
async fn audit(
    administrator: Administrator<'_>,
    layout: Layout,
    uri: &Origin<'_>,
    trail: &Room<Trail>,
    customers: &Room<Customers>,
    links: &Room<Arc<CatalogueKeeper>>,
    editor: &Room<Editor>,
) -> Result<AuditPage, Refusal> {
    let (query, catalogue) = (Query::of(uri), links.current());
    let (problems, results) = match query.filter(&catalogue) {
        Ok(filter) => (
            Problems::new(),
            Some(search(trail, &query, &filter, customers).await?),
        ),
        Err(problems) => (problems, None),
    };
    Ok(AuditPage {
        layout: Frame::new(&administrator, layout, Place::Audit),
        events: events(&query),
        links: catalogue
            .links()
            .iter()
            .map(|link| link.slug.to_string())
            .collect(),
        query,
        problems,
        results,
        kept_for_longer: editor.kept_for_longer().await?,
    })
}

async fn search(
    trail: &Trail,
    query: &Query,
    filter: &Filter,
    customers: &Customers,
) -> Result<Results, Refusal> {
    let Found {
        records,
        older,
        unreadable,
    } = trail.search(filter, query.before, &PAGE).await?;
    let (before, searched_until) = match older {
        Older::None => (None, None),
        Older::Before(place) => (Some(place), None),
        Older::Unknown(place, at) => {
            let at = at.map(for_people);
            (
                Some(place),
                Some(at.unwrap_or_else(|| format!("record {place}"))),
            )
        }
    };
    Ok(Results {
        lines: records
            .into_iter()
            .map(|(_, record)| Line::of(record, customers))
            .collect(),
        unreadable,
        older: before.map(|place| query.address(PATH, Some(place))),
        searched_until,
        newest: query.before.map(|_| query.address(PATH, None)),
        csv: query.address(export::CSV, None),
        json: query.address(export::JSON, None),
    })
}

fn events(query: &Query) -> Vec<(String, &'static str, bool)> {
    let event = |event: EventName| {
        let name = event.name();
        let is_chosen = query.events.contains(&name);
        (name, words::event_name(event), is_chosen)
    };
    EventName::ALL.into_iter().map(event).collect()
}

impl AuditPage {
    fn problem(&self, field: &str) -> Option<&'static str> {
        let mut all = self.problems.iter();
        all.find(|(name, _)| *name == field).map(|(_, text)| *text)
    }

    /// Name, label and value of the two fields for times.
    fn times(&self) -> [(&'static str, &'static str, &str); 2] {
        [
            ("from", "From", &self.query.from),
            ("to", "To", &self.query.to),
        ]
    }

    fn is_by_event(&self) -> bool {
        !self.query.events.is_empty()
    }
}

/// The addresses of this folder.
pub(super) fn routes() -> Vec<Route> {
    [routes![audit], export::routes(), checked::routes()].concat()
}
