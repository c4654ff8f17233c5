//! An administrator who looks traces up, while somebody's visits go wrong.

use front_door::House;
use front_door::settings::Settings;
use front_door::trace::Traces;
use imitation::browser::{Browser, Page};
use imitation::cognito::Fault;

use super::{Town, reason};

/// A town, its administrator, and every secret that its visitors have met.
pub(crate) struct Desk {
    pub(crate) town: Town,
    grace: Browser,
    pub(crate) secrets: Vec<String>,
}

impl Desk {
    pub(crate) async fn of(town: Town) -> Self {
        let grace = Browser::new();
        let login = grace.open(&town.at("/admin/trace")).await;
        town.cognito.log_in(&grace, &login, "grace").await;
        let secrets = vec![
            town.cognito.client_secret().unwrap(),
            town.atlassian.api_token(),
            imitation::cognito::PASSWORD.to_owned(),
            "canary-of-a-text".to_owned(),
        ];
        Self {
            town,
            grace,
            secrets,
        }
    }

    pub(crate) async fn new() -> Self {
        Self::of(impatient().await).await
    }

    /// Logs somebody in by a link while the provider misbehaves so.
    pub(crate) async fn visit(
        &mut self,
        path: &str,
        username: &str,
        faults: &[Fault],
    ) -> (Browser, Page) {
        let browser = Browser::new();
        let path = format!("{path}?summary=canary-of-a-text");
        let login = browser.open(&self.town.at(&path)).await;
        self.met(&login, &browser);
        for fault in faults {
            self.town.cognito.misbehave(fault.clone());
        }
        let page = self.town.cognito.log_in(&browser, &login, username).await;
        self.town.cognito.behave();
        self.met(&page, &browser);
        (browser, page)
    }

    /// What addresses and forms carried, and the cookies.
    pub(crate) fn met(&mut self, page: &Page, browser: &Browser) {
        for hop in &page.hops {
            let pairs = hop.url.query_pairs();
            let carried = pairs.filter(|(name, _)| {
                ["code", "state", "nonce", "resume", "SAMLRequest"].contains(&&**name)
            });
            self.secrets
                .extend(carried.map(|(_, value)| value.into_owned()));
        }
        let responses = page.forms().into_iter();
        let responses = responses.filter_map(|form| form.field("SAMLResponse").map(str::to_owned));
        self.secrets.extend(responses);
        let cookies = browser.cookies().into_iter().map(|cookie| cookie.value);
        self.secrets
            .extend(cookies.filter(|value| value.len() > 16));
    }

    /// What the desk shows under a reference. It never shows a secret.
    pub(crate) async fn look_up(&self, typed: &str) -> Page {
        let mut address = url::Url::parse(&self.town.at("/admin/trace")).unwrap();
        address.query_pairs_mut().append_pair("reference", typed);
        let page = self.grace.open(address.as_str()).await;
        assert_eq!(page.status, 200, "{}", page.words());
        for (n, secret) in self.secrets.iter().enumerate() {
            assert!(!page.text.contains(secret.as_str()), "secret {n} is shown");
        }
        page
    }

    /// That the trace of this error page shows all of these words, and that what is stored of it names nobody.
    pub(crate) async fn shows(&self, refused: &Page, words: &[&str]) {
        assert!(reason(refused).is_some(), "refused: {}", refused.words());
        let reference = reference(refused);
        let page = self.look_up(&reference).await;
        for words in words {
            assert!(page.says(words), "{words:?} in {}", page.words());
        }
        let stored = stored(&self.town, &reference).await.unwrap();
        for name in ["@", "customer.example", "Lovelace", "127.0.0.1"] {
            assert!(!stored.contains(name), "{name} in {stored}");
        }
    }
}

/// A town whose front door does not wait long.
pub(crate) async fn impatient() -> Town {
    let mut town = Town::new().await;
    town.close().await;
    for (table, more) in [
        ("[default.provider.cognito]", "timeout = \"1s\""),
        ("[default.atlassian]", "budget = \"700ms\""),
    ] {
        assert!(town.settings.contains(table));
        let with = format!("{table}\n{more}");
        town.settings = town.settings.replace(table, &with);
    }
    town.open().await;
    town.wait_until_links_are_read().await;
    town
}

/// The steps that are kept under a reference, as they are kept.
pub(crate) async fn stored(town: &Town, reference: &str) -> Option<String> {
    let loaded = Settings::from_toml(&town.settings, town.folder.path()).unwrap();
    let house = House::open(&loaded, &town.clock).await.unwrap();
    let traces = Traces::new(house.vault, town.clock.clone());
    let trace = traces.find(reference).await.unwrap()?;
    Some(serde_json::to_string(&trace.steps).unwrap())
}

/// The reference of an error page.
pub(crate) fn reference(page: &Page) -> String {
    page.attribute("data-reference").unwrap()
}
