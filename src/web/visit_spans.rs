//! Has each request that a route is for sent as a span, and keeps the requests of one visit together in one trace.
//!
//! A visit is what begins with a login and ends with the first answer that leads nowhere else. Its trace goes along in a sealed cookie of its own, which is set
//! only while spans are sent. Nobody else's word counts for it, but for that of a trusted proxy, where the settings say so: most proxies pass on a `traceparent`
//! that a stranger made up.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::{Cookie, StatusClass};
use rocket::route::{Handler, Outcome};
use rocket::{Data, Request, Response, Route};

use crate::clock::Clock;
use crate::spans::{Answer, Context, Most, RequestSpan, Spans, Under};
use crate::store::Vault;

use super::request_log::{Started, route_template};
use super::{CookieNames, RawCookies, Reason, Reference, TrustedProxies};

/// How long a visit may take: as long as a login attempt lives. Other logins that begin in it do not make it longer.
const LIFE: Duration = Duration::from_mins(15);

const TRACEPARENT: &str = "traceparent";

/// Sends the spans of requests.
#[derive(Clone)]
pub struct VisitSpans(Arc<Inner>);

struct Inner {
    spans: Spans,
    vault: Vault,
    clock: Clock,
    most: Most,
}

/// A route whose requests are spans.
#[derive(Clone)]
struct Spanned {
    of: VisitSpans,
    handler: Box<dyn Handler>,
}

/// The span of this request, once a route was for it.
struct Begun(Option<RequestSpan>);

impl VisitSpans {
    /// Sends them this way.
    #[must_use]
    pub fn new(spans: Spans, vault: Vault, clock: Clock) -> Self {
        Self(Arc::new(Inner {
            spans,
            vault,
            clock,
            most: Most::default(),
        }))
    }

    /// The same routes, with a span for each request, where spans are sent.
    #[must_use]
    pub fn around(&self, mut routes: Vec<Route>) -> Vec<Route> {
        if self.0.spans.are_on() {
            for route in &mut routes {
                route.handler = Box::new(Spanned {
                    of: self.clone(),
                    handler: route.handler.clone(),
                });
            }
        }
        routes
    }

    fn begin(&self, request: &Request<'_>) -> Option<RequestSpan> {
        let under = Under {
            visit: self.gone_on_with(request),
            proxy: self.proxy(request),
        };
        self.0.spans.begin(under, Started::of(request).at)
    }

    /// The visit that the request is a part of.
    fn gone_on_with(&self, request: &Request<'_>) -> Option<Context> {
        let (visit, ends) = self.visit(request)?;
        let now = self.0.clock.now();
        self.0.most.takes(visit, ends, now).then_some(visit)
    }

    /// The visit that the request says it goes on with, in our own sealed words, and when that ends.
    fn visit(&self, request: &Request<'_>) -> Option<(Context, Timestamp)> {
        let name = request.rocket().state::<CookieNames>()?.visit();
        let cookies = RawCookies::read(request.headers().get("Cookie"));
        let sealed = URL_SAFE_NO_PAD.decode(cookies.get(name)?).ok()?;
        let opened = self.0.vault.ring().open(name, &sealed)?;
        let text = std::str::from_utf8(&opened.plain).ok()?;
        let (context, ends) = text.split_once(' ')?;
        let ends: Timestamp = ends.parse().ok()?;
        let context = context.parse().ok()?;
        (self.0.clock.now() < ends).then_some((context, ends))
    }

    /// The span of the proxy in front of us, if its word counts.
    fn proxy(&self, request: &Request<'_>) -> Option<Context> {
        let peer = request.remote()?.ip();
        let proxies = request.rocket().state::<TrustedProxies>()?;
        let mut lines = request.headers().get(TRACEPARENT);
        let line = lines.next().filter(|_| lines.next().is_none())?;
        let counts = self.0.spans.believe_proxies() && proxies.trust(peer.to_canonical());
        counts.then(|| line.parse().ok())?
    }

    /// What the browser is to remember of the visit, or to forget.
    fn cookie(
        &self,
        request: &Request<'_>,
        response: &Response<'_>,
        span: &RequestSpan,
    ) -> Option<Cookie<'static>> {
        let names = *request.rocket().state::<CookieNames>()?;
        if begins_login(response, names) {
            return self.remembered(request, names, span);
        }
        let is_over = response.status().class() != StatusClass::Redirection;
        let came = RawCookies::read(request.headers().get("Cookie")).names(names.visit());
        (is_over && came).then(|| names.expired(names.visit().to_owned()))
    }

    fn remembered(
        &self,
        request: &Request<'_>,
        names: CookieNames,
        span: &RequestSpan,
    ) -> Option<Cookie<'static>> {
        let (now, visit) = (self.0.clock.now(), span.of_visit());
        let begun = self.visit(request).filter(|(begun, _)| *begun == visit);
        let ends = match begun {
            Some((_, ends)) => ends,
            None => now.checked_add(LIFE).ok()?,
        };
        let text = format!("{visit} {ends}");
        let name = names.visit();
        let sealed = self.0.vault.ring().seal(name, text.as_bytes()).ok()?;
        let left = Duration::try_from(ends.duration_since(now)).ok()?;
        Some(names.build(name.to_owned(), URL_SAFE_NO_PAD.encode(sealed), Some(left)))
    }
}

/// A login attempt has a cookie of its own.
fn begins_login(response: &Response<'_>, names: CookieNames) -> bool {
    let mut lines = response.headers().get("Set-Cookie");
    lines.any(|line| line.starts_with(names.attempt_prefix()) && !line.contains("Max-Age=0"))
}

/// Notes why this request is refused, where it has a span.
pub(super) fn refused(request: &Request<'_>, reason: Reason) {
    if let Begun(Some(span)) = request.local_cache(|| Begun(None)) {
        span.refused(reason.name());
    }
}

#[rocket::async_trait]
impl Handler for Spanned {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        let Begun(span) = request.local_cache(|| Begun(self.of.begin(request)));
        match span {
            Some(span) => span.within(self.handler.handle(request, data)).await,
            None => self.handler.handle(request, data).await,
        }
    }
}

#[rocket::async_trait]
impl Fairing for VisitSpans {
    fn info(&self) -> Info {
        Info {
            name: "spans of visits",
            kind: Kind::Response,
        }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        let Begun(Some(span)) = request.local_cache(|| Begun(None)) else {
            return;
        };
        span.answered(Answer {
            method: Started::of(request).method.as_str(),
            route: route_template(request),
            status: response.status().code,
            reference: Reference::of(request).as_str(),
        });
        if let Some(cookie) = self.cookie(request, response, span) {
            response.adjoin_header(&cookie);
        }
    }
}
