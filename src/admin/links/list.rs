//! The list of all links: searched, filtered, and cut into pages. It stands on a page of its own, and may stand on others.

use askama::Template;
use askama_web::WebTemplate;
use rocket::{FromForm, Route, get, routes};
use url::form_urlencoded::Serializer;

use crate::admin::closed::Closed;
use crate::admin::{Administrator, Frame, Place};
use crate::link::{Catalogue, Link, LinkState};
use crate::web::{Layout, Refusal};

use super::LIST;
use super::line::{Line, shown_name};
use super::rooms::{LinkRooms, names};

/// How many links a page shows.
const MOST: usize = 50;

/// What links are looked for, as an address says it.
#[derive(FromForm)]
pub struct Wanted {
    search: Option<String>,
    state: Option<String>,
    page: Option<usize>,
    saved: Option<String>,
}

/// The states that one can look for, and what they are called.
const STATES: [(&str, &str); 6] = [
    ("", "all"),
    ("on", "on"),
    ("pilot", "on, as a pilot"),
    ("off", "off"),
    ("closed", "closed, as all links are"),
    ("gone", "gone"),
];

/// One page of the list. A template that has it as `list`, beside a frame as `layout`, includes `admin/link_list.html`.
pub struct LinkList {
    /// The page that it stands on.
    pub(crate) here: String,
    /// The same with what is looked for: where a change leads back to.
    pub(crate) from: String,
    pub(crate) search: String,
    pub(crate) states: Vec<(&'static str, &'static str, bool)>,
    pub(crate) lines: Vec<Line>,
    /// How many links there are, and how many of them are looked for.
    pub(crate) all: usize,
    pub(crate) found: usize,
    pub(crate) page: usize,
    pub(crate) pages: usize,
    pub(crate) previous: Option<String>,
    pub(crate) next: Option<String>,
    /// Whether the service desks were ever read.
    pub(crate) is_read: bool,
    /// Why every link is closed, when it is.
    pub(crate) closed: Option<Closed>,
    /// The change that was saved just now.
    pub(crate) saved: Option<String>,
}

impl LinkList {
    /// The list for the page at `here`.
    pub async fn of(
        rooms: LinkRooms<'_>,
        wanted: &Wanted,
        here: &str,
        administrator: &Administrator<'_>,
    ) -> Result<Self, Refusal> {
        rooms.count().await?;
        let catalogue = rooms.catalogue();
        let news = rooms.editor.news(wanted.saved.as_deref(), administrator);
        let found: Vec<&Link> = wanted.among(&catalogue);
        let pages = found.len().div_ceil(MOST).max(1);
        let page = wanted.page.unwrap_or(1).clamp(1, pages);
        let shown = found.iter().skip((page - 1) * MOST).take(MOST);
        let to = |page: usize| wanted.address(here, page);
        Ok(Self {
            here: here.to_owned(),
            from: to(page),
            search: wanted.search().to_owned(),
            states: STATES
                .map(|(word, label)| (word, label, word == wanted.state()))
                .to_vec(),
            lines: shown
                .map(|link| Line::of(link, &catalogue, rooms))
                .collect(),
            all: catalogue.links().len(),
            found: found.len(),
            page,
            pages,
            previous: (page > 1).then(|| to(page - 1)),
            next: (page < pages).then(|| to(page + 1)),
            is_read: catalogue.read_at().is_some(),
            closed: Closed::of(rooms.editor),
            saved: news.await?,
        })
    }
}

impl Wanted {
    fn search(&self) -> &str {
        self.search.as_deref().unwrap_or_default().trim()
    }

    fn state(&self) -> &str {
        self.state.as_deref().unwrap_or_default()
    }

    fn among<'a>(&self, catalogue: &'a Catalogue) -> Vec<&'a Link> {
        let words = self.search().to_lowercase();
        let wanted = |link: &&Link| is_in(link, self.state()) && speaks_of(link, &words);
        let mut found: Vec<&Link> = catalogue.links().iter().filter(wanted).collect();
        found.sort_by_cached_key(|link| shown_name(link).to_lowercase());
        found
    }

    fn address(&self, here: &str, page: usize) -> String {
        let mut query = Serializer::new(String::new());
        for (name, value) in [("search", self.search()), ("state", self.state())] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        if page > 1 {
            query.append_pair("page", &page.to_string());
        }
        match query.finish() {
            query if query.is_empty() => here.to_owned(),
            query => format!("{here}?{query}"),
        }
    }
}

fn is_in(link: &Link, state: &str) -> bool {
    match state {
        "on" => link.state == LinkState::On,
        "pilot" => link.state == LinkState::On && !link.enforce,
        "off" => link.state == LinkState::Off,
        "closed" => link.state == LinkState::Closed,
        "gone" => link.state == LinkState::Gone,
        _ => true,
    }
}

/// Whether its service desk's name, its project key or one of its names holds these words.
fn speaks_of(link: &Link, words: &str) -> bool {
    words.is_empty()
        || shown_name(link).to_lowercase().contains(words)
        || link.project_key.to_lowercase().contains(words)
        || names(link).any(|name| name.as_str().contains(words))
}

#[derive(Template, WebTemplate)]
#[template(path = "admin/links.html")]
struct LinksPage {
    layout: Frame,
    list: LinkList,
}

#[get("/admin/links?<wanted..>")]
async fn links(
    wanted: Wanted,
    administrator: Administrator<'_>,
    layout: Layout,
    rooms: LinkRooms<'_>,
) -> Result<LinksPage, Refusal> {
    Ok(LinksPage {
        list: LinkList::of(rooms, &wanted, LIST, &administrator).await?,
        layout: Frame::new(&administrator, layout, Place::Links),
    })
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![links]
}
