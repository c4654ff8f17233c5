//! Customers who are known already: each is signed in at the imitation of Cognito, and comes to a front with an empty jar of cookies.

use reqwest::Client;
use rocket::futures::{StreamExt, stream};

use imitation::browser::Browser;

use super::entrance::Entrance;
use super::town::{CUSTOMERS, Town, username};

/// First visits at a time.
const VISITS_AT_ONCE: usize = 8;

/// All of them, and their one client.
pub(crate) struct Customers {
    pub(crate) client: Client,
    /// Each one's session at Cognito.
    at_cognito: Vec<String>,
}

impl Customers {
    /// Lets everybody come once, so that all are customers of both service desks.
    pub(crate) async fn new(town: &Town) -> Self {
        let each = (0..CUSTOMERS).map(|n| come_for_the_first_time(town, n));
        let all = stream::iter(each).buffered(VISITS_AT_ONCE);
        let at_cognito = all.collect().await;
        Self {
            client: client(),
            at_cognito,
        }
    }

    /// One whole login of one of them: their cookies.
    pub(crate) async fn log_in(&self, entrance: &Entrance, n: usize) -> String {
        let at_cognito = &self.at_cognito[n % CUSTOMERS];
        entrance.log_in(&self.client, n, at_cognito).await
    }

    /// Lets everybody who has a session come once, so that the house knows whose customer they are.
    pub(crate) async fn come_once(&self, entrance: &Entrance, cookies: &[String]) {
        let visits = cookies.iter().enumerate();
        let visits = visits.map(|(n, cookies)| entrance.check(&self.client, n, cookies));
        stream::iter(visits)
            .buffer_unordered(VISITS_AT_ONCE)
            .collect::<()>()
            .await;
    }

    /// Logs in so many times, for the cookies of as many sessions.
    pub(crate) async fn sessions(&self, entrance: &Entrance, count: usize) -> Vec<String> {
        let mut cookies = Vec::new();
        for n in 0..count {
            cookies.push(self.log_in(entrance, n).await);
        }
        cookies
    }
}

/// One of them comes, to both service desks: their session at Cognito.
async fn come_for_the_first_time(town: &Town, n: usize) -> String {
    let browser = Browser::new();
    let login = browser.open(&town.at("/p/bill")).await;
    let asked = town.cognito.log_in(&browser, &login, &username(n)).await;
    let arrived = browser.post_on(asked).await;
    assert!(arrived.url.path().ends_with("/portal/7"), "{}", arrived.url);
    browser.open_once(&town.at("/p/help")).await;
    format!("cognito={}", browser.cookie("cognito").unwrap())
}

/// A client that follows nothing and keeps its connections.
pub(crate) fn client() -> Client {
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap()
}
