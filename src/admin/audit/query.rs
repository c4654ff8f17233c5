//! What the form of the audit page asks for: it stands in the address, so that a search can be kept, passed on and paged through.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rocket::http::uri::Origin;
use url::form_urlencoded;

use crate::audit::{EventName, Filter};
use crate::link::Catalogue;
use crate::settings::Slug;

/// The longest text that is looked for.
const LONGEST: usize = 320;

/// A search as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Query {
    pub(super) person: String,
    pub(super) events: Vec<String>,
    pub(super) link: String,
    pub(super) from: String,
    pub(super) to: String,
    /// The place in the trail before which the page begins.
    pub(super) before: Option<u64>,
}

/// What is wrong, by the field's name.
pub(super) type Problems = Vec<(&'static str, &'static str)>;

impl Query {
    /// What an address asks for. What it does not know it passes over.
    pub(super) fn of(uri: &Origin<'_>) -> Self {
        let raw = uri.query().map_or("", |query| query.as_str());
        let mut query = Self::default();
        for (name, value) in form_urlencoded::parse(raw.as_bytes()) {
            let value: String = value.chars().take(LONGEST + 1).collect();
            match name.as_ref() {
                "person" => query.person = value,
                "event" if query.events.len() < EventName::ALL.len() => query.events.push(value),
                "link" => query.link = value,
                "from" => query.from = value,
                "to" => query.to = value,
                "before" => query.before = value.parse().ok(),
                _ => {}
            }
        }
        query
    }

    /// The same search at another address, before another place.
    pub(super) fn address(&self, path: &str, before: Option<u64>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let typed = [
            ("person", &self.person),
            ("link", &self.link),
            ("from", &self.from),
            ("to", &self.to),
        ];
        for (name, value) in typed {
            if !value.trim().is_empty() {
                query.append_pair(name, value);
            }
        }
        for event in &self.events {
            query.append_pair("event", event);
        }
        if let Some(before) = before {
            query.append_pair("before", &before.to_string());
        }
        match query.finish() {
            query if query.is_empty() => path.to_owned(),
            query => format!("{path}?{query}"),
        }
    }

    /// What to look for; a link that was renamed is found under its former names too.
    pub(super) fn filter(&self, catalogue: &Catalogue) -> Result<Filter, Problems> {
        let mut problems = Problems::new();
        if self.person.chars().count() > LONGEST {
            problems.push(("person", "This is longer than any address"));
        }
        let known = |name: &String| EventName::of_name(name);
        let events: Vec<EventName> = self.events.iter().filter_map(known).collect();
        if events.len() < self.events.len() {
            problems.push(("event", "One of these is no event"));
        }
        let mut time = |field, text: &str, is_end| {
            let read = time(text, is_end);
            read.unwrap_or_else(|()| {
                problems.push((field, "Give a time such as 2026-11-21 14:30"));
                None
            })
        };
        let (from, to) = (time("from", &self.from, false), time("to", &self.to, true));
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            problems.push(("to", "The end lies before the beginning"));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let person = Some(self.person.trim()).filter(|person| !person.is_empty());
        Ok(Filter {
            person: person.map(str::to_owned),
            events,
            links: slugs(self.link.trim(), catalogue),
            from,
            to,
            ..Filter::default()
        })
    }
}

/// The names that a link has and had; one that nobody knows any more still stands in the trail.
fn slugs(typed: &str, catalogue: &Catalogue) -> Vec<String> {
    if typed.is_empty() {
        return Vec::new();
    }
    let slug: Option<Slug> = typed.to_lowercase().parse().ok();
    let link = slug.and_then(|slug| catalogue.find(&slug).ok().cloned());
    match link {
        Some(link) => std::iter::once(&link.slug)
            .chain(&link.aliases)
            .map(ToString::to_string)
            .collect(),
        None => vec![typed.to_lowercase()],
    }
}

/// A day, a minute or a second of UTC, as browsers write them, or a full time. The end of a span lies at the end of what was given.
fn time(text: &str, is_end: bool) -> Result<Option<Timestamp>, ()> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(Some(time));
    }
    let begins = match text.parse::<Date>() {
        Ok(date) if !text.contains(':') => date.to_datetime(jiff::civil::Time::midnight()),
        _ => text.parse::<DateTime>().map_err(|_| ())?,
    };
    let lasts = match text.matches(':').count() {
        0 => SignedDuration::from_hours(24),
        1 => SignedDuration::from_mins(1),
        _ => SignedDuration::from_secs(1),
    };
    let begins = begins.to_zoned(TimeZone::UTC).map_err(|_| ())?.timestamp();
    if !is_end {
        return Ok(Some(begins));
    }
    let last = lasts - SignedDuration::from_nanos(1);
    begins.checked_add(last).map(Some).map_err(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Query {
        let uri = format!("/admin/audit?{text}");
        Query::of(&Origin::parse(&uri).unwrap())
    }

    #[test]
    fn an_address_says_again_what_it_was_made_of() {
        let address = "/admin/audit?person=a%26b&link=help&from=2026-11-21&event=refused&event=signed_in&before=7";
        let query = query(&address["/admin/audit?".len()..]);
        assert_eq!(query.person, "a&b");
        assert_eq!(query.address("/admin/audit", Some(7)), address);
        assert_eq!(
            Query::default().address("/admin/audit", None),
            "/admin/audit"
        );
    }

    #[test]
    fn times_are_utc_and_an_end_includes_what_it_names() {
        for (text, begins, ends) in [
            (
                "2026-11-21",
                "2026-11-21T00:00:00Z",
                "2026-11-21T23:59:59.999999999Z",
            ),
            (
                "2026-11-21T10:30",
                "2026-11-21T10:30:00Z",
                "2026-11-21T10:30:59.999999999Z",
            ),
            (
                " 2026-11-21 10:30 ",
                "2026-11-21T10:30:00Z",
                "2026-11-21T10:30:59.999999999Z",
            ),
            (
                "2026-11-21T10:30:15",
                "2026-11-21T10:30:15Z",
                "2026-11-21T10:30:15.999999999Z",
            ),
            (
                "2026-11-21T10:30:00+01:00",
                "2026-11-21T09:30:00Z",
                "2026-11-21T09:30:00Z",
            ),
        ] {
            for (is_end, expected) in [(false, begins), (true, ends)] {
                let expected: Timestamp = expected.parse().unwrap();
                assert_eq!(time(text, is_end), Ok(Some(expected)), "{text}");
            }
        }
        assert_eq!(time(" ", false), Ok(None));
        for wrong in ["yesterday", "2026-13-01", "10:30", "2026-11-21T25:00"] {
            assert_eq!(time(wrong, false), Err(()), "{wrong}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_at_its_field() {
        let long = format!("person={}", "x".repeat(1_000));
        for (text, fields) in [
            ("from=soon&to=later", vec!["from", "to"]),
            ("from=2026-11-22&to=2026-11-21", vec!["to"]),
            ("event=party", vec!["event"]),
            (long.as_str(), vec!["person"]),
        ] {
            let problems = query(text).filter(&Catalogue::default()).unwrap_err();
            let named: Vec<_> = problems.iter().map(|(field, _)| *field).collect();
            assert_eq!(named, fields, "{text}");
        }
    }

    #[test]
    fn nothing_typed_looks_for_everything() {
        let nothing = query("person=&link=+&from=&to=&other=x").filter(&Catalogue::default());
        assert_eq!(nothing, Ok(Filter::default()));
    }
}
