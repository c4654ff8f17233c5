//! `/admin/audit/export.csv` and `….jsonl`: what a search finds, as a file, oldest first.
//!
//! A page of records at a time is read, and only when the browser has taken the one before: a million of them need no more memory than one page. Once the
//! answer has begun its status cannot change any more, so a file that is not whole says so in its last line.

use std::sync::Arc;

use jiff::Timestamp;
use rocket::futures::StreamExt as _;
use rocket::futures::stream::BoxStream;
use rocket::http::uri::Origin;
use rocket::http::{ContentType, Header};
use rocket::response::stream::ByteStream;
use rocket::{Responder, Route, get, routes};

use crate::admin::Administrator;
use crate::audit::{Format, Matching, Record, Trail};
use crate::clock::Clock;
use crate::link::catalogue_keeper::CatalogueKeeper;
use crate::web::bundle::bundle;
use crate::web::{Reason, Refusal, Room};

use super::PATH;
use super::query::Query;

pub(super) const CSV: &str = "/admin/audit/export.csv";
pub(super) const JSON: &str = "/admin/audit/export.jsonl";

/// A file to be kept.
#[derive(Responder)]
struct Download<R> {
    body: R,
    content_type: ContentType,
    disposition: Header<'static>,
}

type Chunks = ByteStream<BoxStream<'static, Vec<u8>>>;

#[get("/admin/audit/export.csv")]
fn csv(
    administrator: Administrator<'_>,
    uri: &Origin<'_>,
    source: Source<'_>,
) -> Result<Download<Chunks>, Refusal> {
    source.file(&administrator, uri, Format::Csv)
}

#[get("/admin/audit/export.jsonl")]
fn json(
    administrator: Administrator<'_>,
    uri: &Origin<'_>,
    source: Source<'_>,
) -> Result<Download<Chunks>, Refusal> {
    source.file(&administrator, uri, Format::JsonLines)
}

/// What a file is made from.
struct Source<'r> {
    trail: &'r Room<Trail>,
    links: &'r Room<Arc<CatalogueKeeper>>,
    clock: &'r Room<Clock>,
}

bundle!(Source {
    trail,
    links,
    clock
});

impl Source<'_> {
    fn file(
        &self,
        administrator: &Administrator<'_>,
        uri: &Origin<'_>,
        format: Format,
    ) -> Result<Download<Chunks>, Refusal> {
        let matching = matching(administrator, uri, self.trail, self.links)?;
        let (content_type, extension) = match format {
            Format::Csv => (ContentType::CSV.with_params(("charset", "utf-8")), "csv"),
            Format::JsonLines => (ContentType::new("application", "x-ndjson"), "jsonl"),
        };
        let name = file_name(self.clock.now(), extension);
        let disposition = format!("attachment; filename=\"{name}\"");
        Ok(Download {
            body: chunks(matching, format),
            content_type,
            disposition: Header::new("Content-Disposition", disposition),
        })
    }
}

/// What the address asks for. The log says who took it with them.
fn matching(
    administrator: &Administrator<'_>,
    uri: &Origin<'_>,
    trail: &Trail,
    links: &CatalogueKeeper,
) -> Result<Matching, Refusal> {
    let query = Query::of(uri);
    let filter = query.filter(&links.current()).map_err(|problems| {
        Refusal::new(Reason::BadRequest)
            .because(format!("{problems:?}"))
            .own_path("Go to the search", &query.address(PATH, None))
    })?;
    tracing::info!(actor = administrator.actor(), "audit events are exported");
    Ok(trail.matching(filter))
}

fn file_name(now: Timestamp, extension: &str) -> String {
    format!("audit-{}.{extension}", now.strftime("%Y-%m-%d-%H%M%S"))
}

/// Nothing is read before it is asked for.
fn chunks(mut matching: Matching, format: Format) -> Chunks {
    let stream = ByteStream! {
        if let Some(heading) = format.heading() {
            yield line(&heading);
        }
        loop {
            match next(&mut matching, format).await {
                Ok(Some(text)) if text.is_empty() => {}
                Ok(Some(text)) => yield text,
                Ok(None) => break,
                Err(error) => {
                    tracing::error!(error, "an export of audit events is incomplete");
                    yield line(&format.remark("THIS EXPORT IS INCOMPLETE: the events could not be read any further."));
                    return;
                }
            }
        }
        if matching.unreadable() > 0 {
            let remark = format!("Records on the way that cannot be read: {}. They are not what was written; check the chain.", matching.unreadable());
            yield line(&format.remark(&remark));
        }
    };
    ByteStream(stream.0.boxed())
}

async fn next(matching: &mut Matching, format: Format) -> Result<Option<Vec<u8>>, String> {
    let page = matching.next().await.map_err(|error| error.to_string())?;
    page.map(|records| lines(&records, format)).transpose()
}

fn lines(records: &[Record], format: Format) -> Result<Vec<u8>, String> {
    let mut text = Vec::new();
    for record in records {
        let written = format.line(record).map_err(|error| error.to_string())?;
        text.extend(line(&written));
    }
    Ok(text)
}

fn line(text: &str) -> Vec<u8> {
    format!("{text}\n").into_bytes()
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![csv, json]
}

#[cfg(test)]
mod tests {
    use rocket::State;
    use rocket::local::asynchronous::{Client, LocalResponse};
    use tokio::io::AsyncReadExt as _;

    use crate::audit::{Event, EventName, Filter};
    use crate::store::{Key, Vault};

    use super::*;

    /// How many events there are: far more than are read at once.
    const MANY: u64 = 5_000;

    /// How many are read at once.
    const PAGE: usize = 500;

    #[get("/export")]
    fn export(trail: &State<Trail>) -> Chunks {
        chunks(trail.matching(Filter::default()), Format::JsonLines)
    }

    async fn trail(folder: &tempfile::TempDir) -> (Vault, Trail) {
        let vault = Vault::in_folder(folder.path(), &Clock::system()).await;
        let trail = Trail::new(vault.clone(), Clock::system());
        for n in 0..MANY {
            let event = Event::new(EventName::HandedOver).link(&n.to_string());
            trail.record_soon(event).await.unwrap();
        }
        trail.flush().await.unwrap();
        (vault, trail)
    }

    /// Reads on until so many lines have come, or the end.
    async fn lines_of(answer: &mut LocalResponse<'_>, most: usize) -> Vec<String> {
        let mut text = Vec::new();
        let lines = |text: &[u8]| text.split(|byte| *byte == b'\n').count() - 1;
        while lines(&text) < most && answer.read_buf(&mut text).await.unwrap() > 0 {}
        let text = String::from_utf8(text).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    #[tokio::test]
    async fn no_more_is_read_than_the_browser_has_taken() {
        let folder = tempfile::tempdir().unwrap();
        let (vault, trail) = trail(&folder).await;
        let house = rocket::build().manage(trail).mount("/", routes![export]);
        let client = Client::debug(house).await.unwrap();
        let mut answer = client.get("/export").dispatch().await;

        let begun = lines_of(&mut answer, 1).await;
        assert!((1..=PAGE).contains(&begun.len()), "{}", begun.len());
        // What was read beforehand would come although it is not there any more.
        vault.trim_log(&Key::audit(), MANY - 1).await.unwrap();
        let rest = lines_of(&mut answer, usize::MAX).await;
        let came = begun.len() + rest.len();
        assert!(came <= 2 * PAGE + 1, "{came} of {MANY} events");
        let newest = format!("\"link\":\"{}\"", MANY - 1);
        assert!(rest.last().unwrap().contains(&newest), "{rest:?}");
    }

    #[tokio::test]
    async fn everything_comes_in_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let (_vault, trail) = trail(&folder).await;
        let house = rocket::build().manage(trail).mount("/", routes![export]);
        let client = Client::debug(house).await.unwrap();
        let mut answer = client.get("/export").dispatch().await;
        let lines = lines_of(&mut answer, usize::MAX).await;
        assert_eq!(lines.len() as u64, MANY);
    }
}
