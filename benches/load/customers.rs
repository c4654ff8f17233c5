//! Customers who are known already: each is signed in at the imitation of Cognito, and comes to the front door with an empty jar of cookies.

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, Response, StatusCode};

use imitation::browser::Browser;

use super::town::{CUSTOMERS, Town, username};

/// All of them, and their one client.
pub(crate) struct Customers {
    client: Client,
    door: String,
    /// Each one's session at Cognito.
    at_cognito: Vec<String>,
}

impl Customers {
    /// Lets everybody come once, so that all are customers of both service desks.
    pub(crate) async fn new(town: &Town) -> Self {
        let mut at_cognito = Vec::new();
        for n in 0..CUSTOMERS {
            let browser = Browser::new();
            let login = browser.open(&town.at("/p/bill")).await;
            let asked = town.cognito.log_in(&browser, &login, &username(n)).await;
            let arrived = browser.post_on(asked).await;
            assert!(arrived.url.path().ends_with("/portal/7"), "{}", arrived.url);
            browser.open_once(&town.at("/p/help")).await;
            at_cognito.push(browser.cookie("cognito").unwrap());
        }
        Self {
            client: client(),
            door: town.at(""),
            at_cognito,
        }
    }

    /// Follows a link with a live session.
    pub(crate) async fn check(&self, link: &str, session: &str) {
        let cookie = format!("front-door={session}");
        let answer = self.get(&format!("{}{link}", self.door), &cookie).await;
        assert!(location(&answer).contains("/servicedesk/customer/portal/"));
    }

    /// One whole login, from the link to the portal, and where single sign-on is set to the signed Response.
    pub(crate) async fn log_in(&self, n: usize, link: &str, gate: bool) {
        let link = format!("{}{link}", self.door);
        let start = self.get(&link, "").await;
        let (attempt, authorize) = (cookie(&start, "attempt-"), location(&start));
        let known = format!("cognito={}", self.at_cognito[n % CUSTOMERS]);
        let back = self.get(&authorize, &known).await;
        let signed_in = self.get(&location(&back), &attempt).await;
        let session = cookie(&signed_in, "front-door=");
        let onward = self.get(&link, &session).await;
        let portal = location(&onward);
        let asked = self.get(&portal, "").await;
        if gate {
            return; // the portal shows its own login
        }
        let answer = self.get(&location(&asked), &session).await;
        assert_eq!(answer.status(), StatusCode::OK, "a Response");
        let page = answer.text().await.unwrap();
        assert!(page.contains("SAMLResponse"), "{page}");
    }

    async fn get(&self, url: &str, cookies: &str) -> Response {
        let request = self.client.get(url).header("Sec-Fetch-Mode", "navigate");
        let request = if cookies.is_empty() {
            request
        } else {
            request.header(COOKIE, cookies)
        };
        request.send().await.unwrap()
    }
}

/// A client that follows nothing and keeps its connections.
pub(crate) fn client() -> Client {
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap()
}

fn location(answer: &Response) -> String {
    let to = answer.headers().get(LOCATION);
    let to = to.unwrap_or_else(|| panic!("{} without a Location", answer.status()));
    to.to_str().unwrap().to_owned()
}

/// The first cookie that is set and whose name starts so, as it is sent back.
fn cookie(answer: &Response, name: &str) -> String {
    let all = answer.headers().get_all(SET_COOKIE).into_iter();
    let mut pairs = all.filter_map(|line| line.to_str().ok()?.split(';').next());
    let pair = pairs.find(|pair| pair.starts_with(name) && !pair.ends_with('='));
    pair.unwrap_or_else(|| panic!("{} sets no cookie {name}", answer.status()))
        .to_owned()
}
