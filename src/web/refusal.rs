//! The one answer to everybody who does not get what they asked for: a page, or JSON, with the reason and the reference.

use std::borrow::Cow;
use std::io::Cursor;
use std::sync::Mutex;
use std::time::Duration;

use askama::Template;
use rocket::http::{ContentType, Header, Method, Status};
use rocket::outcome::Outcome;
use rocket::response::{self, Responder, Response};
use rocket::serde::json::json;
use rocket::{Request, request};
use url::Url;

use crate::store::StoreError;

use super::button::{Button, Label, is_own_path};
use super::come_back::ComeBack;
use super::refused_by;
use super::texts::Key;
use super::words::{Instead, Words};
use super::{ClientAddress, Layout, Navigation, Reason, Reference};

/// How long to wait before asking again when the refusal does not know better.
const RETRY_AFTER: Duration = Duration::from_secs(30);

/// A refusal. Handlers return it as their error; guards leave through [`Refusal::from_guard`].
///
/// ```
/// use front_door::web::{Reason, Refusal};
///
/// let refusal = Refusal::new(Reason::LoginExpired)
///     .because("the attempt is 17 minutes old")
///     .start_again("/login?to=%2Fp%2Fhelp");
/// assert_eq!(refusal.reason(), Reason::LoginExpired);
/// ```
#[derive(Debug, Clone)]
#[must_use = "a refusal that is not returned refuses nobody"]
pub struct Refusal {
    reason: Reason,
    /// Whose words are shown in place of the reason's own.
    instead: Option<Instead>,
    detail: Box<str>,
    button: Option<Button>,
    another_account: Option<Box<str>>,
    side_door: bool,
    retry_after: Option<Duration>,
    come_back: Option<ComeBack>,
}

#[derive(Template)]
#[template(path = "web/refusal.html")]
struct RefusalPage<'a> {
    layout: Layout,
    reason: &'static str,
    reference: &'a Reference,
    words: Words,
    /// What the operator says in place of what happened and what to do next.
    own: Option<&'a str>,
    /// What is said of the page's being asked for again by itself.
    again: Vec<Cow<'static, str>>,
    button: Option<Button>,
    another_account: Option<Box<str>>,
    /// Whether the other way to the desk is shown.
    side_door: bool,
}

/// Whoever needs the store refuses alike while it is away, and `?` says it.
impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::from(&error)
    }
}

/// The same of an error that a request's cache keeps.
impl From<&StoreError> for Refusal {
    fn from(error: &StoreError) -> Self {
        Self::new(Reason::StoreUnavailable).because(error)
    }
}

impl Refusal {
    /// Refuses for this reason, with the words and the way on that belong to it.
    pub fn new(reason: Reason) -> Self {
        Self {
            reason,
            instead: None,
            detail: Box::default(),
            button: None,
            another_account: None,
            side_door: false,
            retry_after: None,
            come_back: None,
        }
    }

    /// What the operator needs to know. It stands in the log and is never shown; no token, code or cookie belongs here.
    pub fn because(mut self, detail: impl ToString) -> Self {
        self.detail = detail.to_string().into();
        self
    }

    /// Offers to start again at one of our own paths. Anything else than a path of our own leaves the reason's own button.
    pub fn start_again(self, path: &str) -> Self {
        self.way_on(Label::Text(Key("button-start-again")), path)
    }

    /// Offers the page again whose form was stale. Anything else than a path of our own leaves the reason's own button.
    pub fn page_again(self, path: &str) -> Self {
        self.way_on(Label::Text(Key("button-page-again")), path)
    }

    /// Offers another page of the admin desk, in its words. Anything else than a path of our own leaves the reason's own button.
    pub fn own_path(self, label: &str, path: &str) -> Self {
        self.way_on(Label::Words(label.to_owned()), path)
    }

    fn way_on(mut self, label: Label, path: &str) -> Self {
        let knows_better = self.button.as_ref().is_some_and(Button::is_sign_in);
        if is_own_path(path) && !knows_better {
            let address = path.to_owned();
            self.button = Some(Button { label, address });
        }
        self
    }

    /// Says that every link is closed, not this one alone.
    pub fn all_links_closed(mut self) -> Self {
        self.instead = Some(Instead::LinksClosed);
        self
    }

    /// Says that nothing is broken: the front door is not set up yet, as far as this would need.
    pub fn not_set_up(mut self) -> Self {
        self.instead = Some(Instead::NotSetUp);
        self
    }

    /// Says that many others came for the first time, and not that this visitor came too often.
    pub fn many_newcomers(mut self) -> Self {
        self.instead = Some(Instead::ManyNewcomers);
        self
    }

    /// Says that no link is open to them, and not that what they sent was stale.
    pub fn no_link(mut self) -> Self {
        self.instead = Some(Instead::NoLink);
        self
    }

    /// Offers to set the front door up, at one of our own paths.
    pub fn set_it_up(self, path: &str) -> Self {
        self.way_on(Label::Text(Key("refusal-set-up")), path)
    }

    /// Offers the other way to the desk as well, if the reason is one by which single sign-on may be broken for everybody.
    pub fn side_door(mut self) -> Self {
        self.side_door = self.reason.is_about_single_sign_on();
        self
    }

    /// Offers the login at the provider that is the right one for somebody, at one of our own paths and before any other way on.
    pub fn right_provider(mut self, label: &str, path: &str) -> Self {
        if is_own_path(path) {
            self.button = Some(Button {
                label: Label::SignIn(label.to_owned()),
                address: path.to_owned(),
            });
        }
        self
    }

    /// Offers a login with another account as well, at one of our own paths, if the reason is one where that may help: the provider remembers the
    /// account that was refused, and would go on signing it in.
    pub fn another_account(mut self, path: &str) -> Self {
        if self.reason.is_about_the_account() && is_own_path(path) {
            self.another_account = Some(path.into());
        }
        self
    }

    /// Offers the portal, at an address that comes from the settings.
    pub fn portal(mut self, portal: &Url) -> Self {
        if matches!(portal.scheme(), "http" | "https") {
            self.button = Some(Button {
                label: Label::Text(Key("button-portal")),
                address: portal.to_string(),
            });
        }
        self
    }

    /// When asking again makes sense; rounded up to whole seconds.
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Asks for the same page again by itself, where a browser shows it: what somebody came for may work by then. Never again what was posted.
    pub fn come_back(mut self, wait: Duration) -> Self {
        self.come_back = Some(ComeBack::MayWork);
        self.retry_after(wait)
    }

    /// Says that it is not their turn yet, and asks again by itself when it is. `ahead`: how many are before them, where they have a place.
    pub fn in_line(mut self, wait: Duration, ahead: Option<u32>) -> Self {
        self.instead = Some(Instead::InLine);
        self.come_back = Some(ComeBack::Turn(ahead));
        self.retry_after(wait)
    }

    /// Why.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// The detail for the log.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// Ends a request guard: the status goes to the catcher, which shows this refusal.
    pub fn from_guard<T>(self, request: &Request<'_>) -> request::Outcome<T, Reason> {
        let reason = self.reason;
        if let Ok(mut held) = Held::of(request).0.lock() {
            *held = Some(self);
        }
        Outcome::Error((reason.status(), reason))
    }

    /// Ends a request before it is routed, whatever its address is: the catcher shows this refusal.
    pub(super) fn instead_of_any_route(self, request: &mut Request<'_>) {
        if let Ok(mut held) = Held::of(request).0.lock() {
            *held = Some(self);
        }
        // No route is for this method.
        request.set_method(Method::Connect);
    }

    /// The refusal that a guard of this request left with, if one did.
    pub(super) fn held(request: &Request<'_>) -> Option<Self> {
        Held::of(request).0.lock().ok()?.take()
    }

    /// Whose words are shown.
    fn words(&self) -> Key {
        let own = Key(self.reason.name());
        self.instead.map_or(own, Instead::key)
    }

    /// The name of the operator's words for this.
    fn own_words(&self) -> &'static str {
        match self.instead {
            Some(instead) if !instead.is_the_reason() => instead.key().0,
            _ => self.reason.name(),
        }
    }

    fn seconds_to_wait(&self) -> Option<u64> {
        let unknown = match self.reason.status() {
            Status::TooManyRequests | Status::ServiceUnavailable => Some(RETRY_AFTER),
            _ => None,
        };
        let wait = self.retry_after.or(unknown)?;
        Some(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
    }

    /// In how many seconds the browser asks again, if it may, and why.
    fn refresh(&self, request: &Request<'_>) -> Option<(ComeBack, u64)> {
        let asks = request.method() == Method::Get && Navigation::of(request).is_browser();
        let come_back = self.come_back.filter(|_| asks)?;
        Some((come_back, self.seconds_to_wait()?))
    }

    fn log(&self, request: &Request<'_>) {
        let (reason, detail) = (self.reason.name(), &*self.detail);
        let reference = Reference::of(request).as_str();
        let client = ClientAddress::of(request);
        if matches!(self.instead, Some(Instead::InLine)) {
            tracing::info!(reason, detail, reference, %client, "waits in line");
        } else if self.reason.status().code >= 500 {
            tracing::error!(reason, detail, reference, %client, "refused");
        } else {
            tracing::info!(reason, detail, reference, %client, "refused");
        }
    }

    fn body(self, request: &Request<'_>) -> Result<(ContentType, String), askama::Error> {
        let reference = Reference::of(request);
        let layout = Layout::of(request);
        let key = self.words();
        let words = Words::of(key, layout.language());
        let own = layout.own(self.own_words()).map(str::to_owned);
        if !Navigation::of(request).is_browser() {
            let message = own.as_deref().unwrap_or(&words.happened);
            let json = json!({ "reason": self.reason.name(), "reference": reference.as_str(), "message": message });
            return Ok((ContentType::JSON, json.to_string()));
        }
        let refresh = self.refresh(request);
        let again = refresh.map(|(come_back, seconds)| come_back.sentences(&layout, seconds));
        let this_page = refresh.and_then(|_| Button::this_page(request));
        let page = RefusalPage {
            layout,
            reason: self.reason.name(),
            reference,
            words,
            own: own.as_deref(),
            again: again.unwrap_or_default(),
            button: self
                .button
                .or(this_page)
                .or_else(|| Button::of(self.reason)),
            another_account: self.another_account,
            side_door: self.side_door,
        };
        Ok((ContentType::HTML, page.render()?))
    }
}

/// Where a guard's refusal waits for the catcher.
#[derive(Default)]
struct Held(Mutex<Option<Refusal>>);

impl Held {
    fn of<'r>(request: &'r Request<'_>) -> &'r Self {
        request.local_cache(Self::default)
    }
}

impl<'r> Responder<'r, 'static> for Refusal {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        self.log(request);
        if !matches!(self.instead, Some(Instead::InLine)) {
            refused_by::count(request, self.reason); // nobody is refused who stands in line
        }
        super::visit::steps(request).refused(self.reason.name(), &self.detail);
        let status = self.reason.status();
        let (wait, refresh) = (self.seconds_to_wait(), self.refresh(request));
        let (content_type, body) = self
            .body(request)
            .map_err(|_| Status::InternalServerError)?;
        let mut answer = Response::build();
        answer
            .status(status)
            .header(content_type)
            .header(Header::new("Cache-Control", "no-store"))
            .sized_body(body.len(), Cursor::new(body));
        if let Some(seconds) = wait {
            answer.header(Header::new("Retry-After", seconds.to_string()));
        }
        if let Some((_, seconds)) = refresh {
            answer.header(Header::new("Refresh", seconds.to_string()));
        }
        answer.ok()
    }
}
