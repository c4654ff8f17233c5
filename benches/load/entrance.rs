//! The way into a front, whichever it is: where a customer begins, whose redirects are followed, and how it is seen that they are in.

use std::collections::HashMap;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, StatusCode};
use url::Url;

use super::service_provider::ServiceProvider;

/// No login takes more requests.
const MOST_REQUESTS: usize = 12;

/// One front's way in.
pub(crate) struct Entrance {
    /// Where it begins.
    begin: Begin,
    /// The front's address as everybody knows it.
    public: String,
    /// Where it listens: somewhere else for each instance. Whoever comes goes from one to the next, as behind a load balancer.
    pub(crate) doors: Vec<String>,
    /// Others whose redirects are followed: the provider, and the portal where that is to ask for an assertion.
    pub(crate) followed: Vec<String>,
    /// What the page says that it ends with.
    pub(crate) ends_with: &'static str,
}

enum Begin {
    /// At a page that nobody sees who is not signed in.
    Page(String),
    /// With the request of a service provider, which judges the Response.
    Request(ServiceProvider),
}

/// Where a customer stands at last.
struct Arrived {
    status: StatusCode,
    onward: Option<String>,
    page: String,
}

impl Entrance {
    /// To the page at `path` of the front at `public`.
    pub(crate) fn page(public: &str, path: &str, provider: &str) -> Self {
        Self::new(Begin::Page(format!("{public}{path}")), public, provider)
    }

    /// By a request of this service provider.
    pub(crate) fn assertion(to: ServiceProvider, public: &str, provider: &str) -> Self {
        Self::new(Begin::Request(to), public, provider)
    }

    fn new(begin: Begin, public: &str, provider: &str) -> Self {
        Self {
            begin,
            public: public.to_owned(),
            doors: vec![public.to_owned()],
            followed: vec![provider.to_owned()],
            ends_with: "",
        }
    }

    /// The page again, with the cookies of somebody who is in.
    pub(crate) async fn check(&self, client: &Client, n: usize, cookies: &str) {
        let Begin::Page(page) = &self.begin else {
            panic!("a service provider's request is no page to look at again");
        };
        let request = client.get(self.door(page, n)).header(COOKIE, cookies);
        let answer = request.header("Sec-Fetch-Mode", "navigate").send().await;
        let answer = answer.unwrap();
        let arrived = Arrived {
            status: answer.status(),
            onward: location(&answer),
            page: answer.text().await.unwrap(),
        };
        arrived.is_in(page, self.ends_with);
    }

    /// One whole login of somebody who has these cookies of the provider's: the front's cookies, as they are sent back.
    pub(crate) async fn log_in(&self, client: &Client, n: usize, at_provider: &str) -> String {
        let mut jar = HashMap::from([(self.followed[0].clone(), cookies_of(at_provider))]);
        match &self.begin {
            Begin::Page(page) => {
                let arrived = self.follow(client, n, page.clone(), &mut jar).await;
                arrived.is_in(page, self.ends_with);
            }
            Begin::Request(provider) => {
                let (address, id) = provider.ask();
                let arrived = self.follow(client, n, address, &mut jar).await;
                provider.judge(&arrived.page, &id);
            }
        }
        sent(jar.get(&self.public).map_or(&[], Vec::as_slice))
    }

    async fn follow(&self, client: &Client, n: usize, first: String, jar: &mut Jar) -> Arrived {
        let mut at = first;
        for hop in 0..MOST_REQUESTS {
            let url = Url::parse(&at).unwrap();
            let origin = url.origin().ascii_serialization();
            let request = client.get(self.door(&at, n + hop));
            let request = request.header("Sec-Fetch-Mode", "navigate");
            let cookies = jar.entry(origin).or_default();
            let request = match cookies.as_slice() {
                [] => request,
                some => request.header(COOKIE, sent(some)),
            };
            let answer = request.send().await.unwrap();
            for line in answer.headers().get_all(SET_COOKIE) {
                keep(cookies, line.to_str().unwrap());
            }
            let onward = location(&answer).map(|to| url.join(&to).unwrap());
            match onward {
                Some(to) if self.follows(&to) => {
                    answer.bytes().await.unwrap();
                    at = to.into();
                }
                onward => {
                    return Arrived {
                        status: answer.status(),
                        onward: onward.map(String::from),
                        page: answer.text().await.unwrap(),
                    };
                }
            }
        }
        panic!("a login that takes more than {MOST_REQUESTS} requests, at {at}");
    }

    fn follows(&self, to: &Url) -> bool {
        let origin = to.origin().ascii_serialization();
        origin == self.public || self.followed.contains(&origin)
    }

    /// The address at the instance whose turn it is.
    fn door(&self, address: &str, turn: usize) -> String {
        match address.strip_prefix(&self.public) {
            Some(path) => format!("{}{path}", self.doors[turn % self.doors.len()]),
            None => address.to_owned(),
        }
    }
}

impl Arrived {
    /// At a page of the front that says this, or sent on to the portal.
    fn is_in(&self, asked: &str, says: &str) {
        let portal = |to: &String| to.contains("/servicedesk/customer/portal/");
        let is_in = self.status.is_success() || self.onward.as_ref().is_some_and(portal);
        assert!(
            is_in && self.page.contains(says),
            "{asked}: {} {:?}\n{}",
            self.status,
            self.onward,
            self.page
        );
    }
}

/// Cookies by origin.
type Jar = HashMap<String, Vec<(String, String)>>;

fn keep(cookies: &mut Vec<(String, String)>, line: &str) {
    let pair = line.split(';').next().unwrap_or_default();
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    cookies.retain(|(kept, _)| kept != name);
    if !value.is_empty() {
        cookies.push((name.to_owned(), value.to_owned()));
    }
}

fn cookies_of(header: &str) -> Vec<(String, String)> {
    let mut cookies = Vec::new();
    header.split("; ").for_each(|pair| keep(&mut cookies, pair));
    cookies
}

fn sent(cookies: &[(String, String)]) -> String {
    let pairs: Vec<String> = cookies
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("; ")
}

fn location(answer: &reqwest::Response) -> Option<String> {
    Some(answer.headers().get(LOCATION)?.to_str().ok()?.to_owned())
}
