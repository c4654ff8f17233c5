//! A small user agent without script: it keeps cookies as browsers do, follows redirects and remembers each, finds links and forms.
//!
//! A [`Page`] stays usable after the browser has moved on: submitting its form later is a second tab, or the back button.

mod forms;
mod jar;
mod markup;
mod page;
mod step;

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, LOCATION, SET_COOKIE};
use reqwest::{Client, Method, Response};
use url::Url;

pub use forms::{Button, Form};
pub use jar::Cookie;
pub use page::{Hop, Link, Page};

use crate::Clock;
use jar::{Arrival, Jar};
use step::{Step, URL_ENCODED, encode, form_step, upload_step};

/// Browsers give up after 20.
const MAX_REDIRECTS: usize = 20;
/// No honest page of the house or its surroundings takes this long.
const PATIENCE: Duration = Duration::from_mins(1);

/// One browser with one set of cookies; clones share both.
#[derive(Debug, Clone)]
pub struct Browser {
    client: Client,
    jar: Arc<Mutex<Jar>>,
    clock: Clock,
    headers: Vec<(String, String)>,
}

impl Default for Browser {
    fn default() -> Self {
        Self::new()
    }
}

impl Browser {
    /// A private window: no cookies yet.
    #[must_use]
    pub fn new() -> Self {
        Self::with_client(client_trusting(None))
    }

    /// A private window that trusts this certificate, in PEM, and no other.
    #[must_use]
    pub fn trusting(pem: &str) -> Self {
        Self::with_client(client_trusting(Some(pem)))
    }

    /// The same on another machine: its connections come from this address.
    #[must_use]
    pub fn trusting_from(pem: &str, address: IpAddr) -> Self {
        let client = builder(Some(pem)).local_address(address).build();
        Self::with_client(heard(client))
    }

    /// A private window that makes a connection of its own for each request: behind a load balancer each may meet another server.
    #[must_use]
    pub fn wandering() -> Self {
        let client = builder(None).pool_max_idle_per_host(0).build();
        Self::with_client(heard(client))
    }

    fn with_client(client: Client) -> Self {
        Self {
            client,
            jar: Arc::default(),
            clock: Clock::default(),
            headers: Vec::new(),
        }
    }

    /// The same browser, sending one more header with every request.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Another browser that starts with a copy of this one's cookies.
    #[must_use]
    pub fn clone_cookies(&self) -> Self {
        Self {
            jar: Arc::new(Mutex::new(self.with_jar(|jar| jar.clone()))),
            ..self.clone()
        }
    }

    /// All live cookies.
    #[must_use]
    pub fn cookies(&self) -> Vec<Cookie> {
        let now = self.clock.now();
        self.with_jar(|jar| jar.live(now))
    }

    /// The value of the live cookie of this name, whatever its host.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        let cookies = self.cookies().into_iter();
        cookies
            .filter(|cookie| cookie.name == name)
            .map(|cookie| cookie.value)
            .next()
    }

    /// Plants a host-only cookie, as somebody with access to the browser could.
    pub fn plant_cookie(&self, url: &str, name: &str, value: &str) {
        let url = parse(url);
        self.with_jar(|jar| jar.plant(&url, name, value));
    }

    /// Forgets all cookies, or those whose name starts so.
    pub fn forget_cookies(&self, prefix: &str) {
        self.with_jar(|jar| jar.forget(prefix));
    }

    /// Moves the browser's clock ahead, so that cookies end.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// Opens a typed or bookmarked address and follows redirects.
    ///
    /// # Panics
    /// When nothing answers; see [`Browser::try_open`].
    pub async fn open(&self, url: &str) -> Page {
        heard(self.try_open(url).await)
    }

    /// As [`Browser::open`], but a refused connection is an answer too.
    pub async fn try_open(&self, url: &str) -> Result<Page, reqwest::Error> {
        self.follow(Step::get(parse(url), None), MAX_REDIRECTS)
            .await
    }

    /// Opens an address and stays at its first answer, be it a redirect.
    ///
    /// # Panics
    /// When nothing answers.
    pub async fn open_once(&self, url: &str) -> Page {
        heard(self.follow(Step::get(parse(url), None), 0).await)
    }

    /// Follows an address found on a page: by its text or title, exactly or, failing that, the first that contains it.
    ///
    /// # Panics
    /// When the page has no such link or nothing answers.
    pub async fn click(&self, page: &Page, text: &str) -> Page {
        let to = page.link(text);
        let step = Step::get(to, Some(page.url.clone()));
        heard(self.follow(step, MAX_REDIRECTS).await)
    }

    /// Submits a form with these fields filled in over what it holds, and follows redirects.
    ///
    /// # Panics
    /// When nothing answers.
    pub async fn submit(&self, form: &Form, fields: &[(&str, &str)]) -> Page {
        heard(self.try_submit(form, fields).await)
    }

    /// As [`Browser::submit`], but an answer that never comes is one too.
    pub async fn try_submit(
        &self,
        form: &Form,
        fields: &[(&str, &str)],
    ) -> Result<Page, reqwest::Error> {
        self.follow(form_step(form, fields), MAX_REDIRECTS).await
    }

    /// As [`Browser::submit`], staying at the first answer.
    ///
    /// # Panics
    /// When nothing answers.
    pub async fn submit_once(&self, form: &Form, fields: &[(&str, &str)]) -> Page {
        heard(self.follow(form_step(form, fields), 0).await)
    }

    /// Submits a form that carries a file, as [`Browser::submit`] does: the name of its field, and the file's content if one was chosen.
    ///
    /// # Panics
    /// When nothing answers.
    pub async fn upload(
        &self,
        form: &Form,
        fields: &[(&str, &str)],
        file: (&str, Option<&str>),
    ) -> Page {
        let step = upload_step(form, fields, file);
        heard(self.follow(step, MAX_REDIRECTS).await)
    }

    /// Presses the button of this text; its name and value go with the form.
    ///
    /// # Panics
    /// When the page has no such button or nothing answers.
    pub async fn press(&self, page: &Page, text: &str) -> Page {
        let (form, button) = page.button(text);
        match &button.name {
            Some(name) => self.submit(&form, &[(name, &button.value)]).await,
            None => self.submit(&form, &[]).await,
        }
    }

    /// Goes on while a page holds a form with a SAML message: what its script does, or its button.
    ///
    /// # Panics
    /// When nothing answers.
    pub async fn post_on(&self, page: Page) -> Page {
        let mut page = page;
        for _ in 0..5 {
            let next = page.forms().into_iter().find(Form::carries_saml);
            let Some(form) = next else { break };
            page = self.submit(&form, &[]).await;
        }
        page
    }

    /// Posts fields to an address as a page of `from` would; with no `from`, as if typed.
    ///
    /// # Panics
    /// When nothing answers.
    pub async fn post(&self, url: &str, fields: &[(&str, &str)], from: Option<&str>) -> Page {
        let step = Step {
            method: Method::POST,
            url: parse(url),
            body: Some(encode(fields)),
            content_type: URL_ENCODED,
            from: from.map(parse),
        };
        heard(self.follow(step, MAX_REDIRECTS).await)
    }

    /// Asks as a script would: not a navigation, JSON wanted, redirects not followed.
    ///
    /// # Panics
    /// When nothing answers.
    pub async fn fetch(&self, url: &str) -> Page {
        let url = parse(url);
        let request = self
            .client
            .get(url.clone())
            .header("Accept", "application/json")
            .header("Sec-Fetch-Mode", "cors")
            .header("Sec-Fetch-Site", "same-origin")
            .header("Sec-Fetch-Dest", "empty");
        let arrival = Arrival::same_site();
        let response = heard(self.with_own(request, &url, arrival).send().await);
        heard(self.read(response, url, Vec::new()).await)
    }

    async fn follow(&self, first: Step, redirects: usize) -> Result<Page, reqwest::Error> {
        let mut hops = Vec::new();
        let mut step = first;
        loop {
            let response = self.send(&step).await?;
            let location = redirect_of(&response);
            hops.push(Hop {
                method: step.method.to_string(),
                url: step.url.clone(),
                status: response.status().as_u16(),
                location: location.clone(),
            });
            match location.and_then(|to| step.url.join(&to).ok()) {
                Some(to) if hops.len() <= redirects => {
                    self.keep_cookies(&response, &step.url);
                    step = step.redirected(to, response.status().as_u16());
                }
                _ => return self.read(response, step.url, hops).await,
            }
        }
    }

    async fn send(&self, step: &Step) -> Result<Response, reqwest::Error> {
        let arrival = Arrival::new(step.from.as_ref(), &step.url, step.method == Method::GET);
        let mut request = self
            .client
            .request(step.method.clone(), step.url.clone())
            .header(
                "Accept",
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            )
            .header("Sec-Fetch-Mode", "navigate")
            .header("Sec-Fetch-Dest", "document")
            .header("Sec-Fetch-Site", arrival.name());
        if let Some(body) = &step.body {
            request = request
                .header(CONTENT_TYPE, step.content_type)
                .body(body.clone());
        }
        if let Some(from) = step.from.as_ref().filter(|_| step.method != Method::GET) {
            request = request.header("Origin", from.origin().ascii_serialization());
        }
        self.with_own(request, &step.url, arrival).send().await
    }

    fn with_own(
        &self,
        request: reqwest::RequestBuilder,
        url: &Url,
        arrival: Arrival,
    ) -> reqwest::RequestBuilder {
        let now = self.clock.now();
        let cookies = self.with_jar(|jar| jar.header_for(url, arrival, now));
        let request = match cookies {
            Some(cookies) => request.header("Cookie", cookies),
            None => request,
        };
        let speaks = |(name, _): &(String, String)| name.eq_ignore_ascii_case("Accept-Language");
        let request = if self.headers.iter().any(speaks) {
            request
        } else {
            request.header("Accept-Language", "en")
        };
        self.headers.iter().fold(request, |request, (name, value)| {
            request.header(name, value)
        })
    }

    fn keep_cookies(&self, response: &Response, url: &Url) {
        let now = self.clock.now();
        for line in response.headers().get_all(SET_COOKIE) {
            let line = String::from_utf8_lossy(line.as_bytes());
            self.with_jar(|jar| jar.keep(url, &line, now));
        }
    }

    async fn read(
        &self,
        response: Response,
        url: Url,
        hops: Vec<Hop>,
    ) -> Result<Page, reqwest::Error> {
        self.keep_cookies(&response, &url);
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes());
                (name.to_string(), value.into_owned())
            })
            .collect();
        let text = response.text().await?;
        Ok(Page {
            status,
            url,
            text,
            headers,
            hops,
        })
    }

    fn with_jar<T>(&self, use_it: impl FnOnce(&mut Jar) -> T) -> T {
        use_it(&mut self.jar.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn redirect_of(response: &Response) -> Option<String> {
    let status = response.status().as_u16();
    if !matches!(status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = response.headers().get(LOCATION)?;
    Some(String::from_utf8_lossy(location.as_bytes()).into_owned())
}

#[expect(clippy::expect_used, reason = "a test names real addresses")]
fn parse(url: &str) -> Url {
    Url::parse(url).expect("an absolute address")
}

#[expect(
    clippy::expect_used,
    reason = "a test that meets nobody has nothing to go on with"
)]
fn heard<T>(answer: Result<T, reqwest::Error>) -> T {
    answer.expect("the server answers")
}

#[expect(
    clippy::expect_used,
    reason = "a test gives a certificate that can be read"
)]
fn client_trusting(pem: Option<&str>) -> Client {
    builder(pem).build().expect("a client can be made")
}

#[expect(
    clippy::expect_used,
    reason = "a test gives a certificate that can be read"
)]
fn builder(pem: Option<&str>) -> reqwest::ClientBuilder {
    let trusted = pem.map(|pem| {
        reqwest::Certificate::from_pem_bundle(pem.as_bytes()).expect("certificates in PEM")
    });
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE)
        .no_proxy()
        .tls_certs_only(trusted.unwrap_or_default())
}
