//! A secret goes to the address that it was given for: not when a change is taken back, and not when somebody else moves the address while it waits.

use imitation::atlassian::{Atlassian, AtlassianConfig, Operation};
use imitation::browser::{Browser, Page};
use imitation::cognito::{Cognito, CognitoConfig, Endpoint};

use super::secrets::at_the_account;
use super::support::Town;
use super::{Fields, save, send};

const AGAIN: &str = "must be typed again: it would be sent to another address";
const SECRET: &str = "a-secret-canary";

/// What somebody changes: typed into the form, or a text that is imported.
enum Change {
    Typed(Fields<'static>),
    Imported(String),
}

/// A page with a secret, and with the address that it goes to.
struct Place {
    path: &'static str,
    secret: &'static str,
    /// Takes the secret away.
    without: Change,
    /// Brings one.
    with: Change,
    here: (&'static str, String),
    there: (&'static str, String),
}

/// A desk where a provider and the service account can be moved to somebody else's servers.
struct Desk {
    town: Town,
    browser: Browser,
    places: [Place; 2],
    foreign_pool: Cognito,
    foreign_site: Atlassian,
}

impl Desk {
    async fn open() -> Self {
        let (town, browser, _) = at_the_account().await;
        let foreign_pool = Cognito::start(CognitoConfig::default()).await;
        let foreign_site = Atlassian::start(AtlassianConfig::default()).await;
        let account = account(&town, foreign_site.site());
        let places = [account, provider(&town, foreign_pool.issuer())];
        let new = town.at("/admin/providers/new?kind=okta");
        let new = browser.open(&new).await;
        let okta = [
            ("name", "okta"),
            ("issuer", &places[1].here.1),
            ("client_id", "id"),
            ("client_secret", SECRET),
            ("email_domains", "okta.example"),
        ];
        save(&browser, &new, &okta).await;
        Self {
            town,
            browser,
            places,
            foreign_pool,
            foreign_site,
        }
    }

    async fn form(&self, place: &Place) -> Page {
        self.browser.open(&self.town.at(place.path)).await
    }

    /// The review of a change.
    async fn review(&self, place: &Place, change: &Change) -> Page {
        match change {
            Change::Typed(fields) => send(&self.browser, &self.form(place).await, fields).await,
            Change::Imported(text) => {
                let page = self.browser.open(&self.town.at("/admin/transfer")).await;
                send(&self.browser, &page, &[("settings", text)]).await
            }
        }
    }

    async fn change(&self, place: &Place, change: &Change) {
        let review = self.review(place, change).await;
        let saved = self.browser.press(&review, "Save").await;
        assert!(saved.says("Saved, and in effect"), "{}", saved.words());
    }

    async fn goes(&self, place: &Place, (field, to): &(&'static str, String)) {
        save(&self.browser, &self.form(place).await, &[(field, to)]).await;
    }

    /// Takes back the change that stands there, counted from the newest.
    async fn take_back(&self, nth: usize) -> Page {
        let page = self.browser.open(&self.town.at("/admin/changes")).await;
        let undo = page.forms().into_iter();
        let mut undo = undo.filter(|form| form.field("change").is_some());
        self.browser.submit(&undo.nth(nth).unwrap(), &[]).await
    }

    /// That a review cannot be saved, by no way round it.
    async fn is_refused(&self, place: &Place, review: &Page) {
        assert!(review.says(AGAIN), "{}: {}", place.path, review.words());
        let csrf = self.form(place).await;
        let csrf = csrf.form_with("csrf").field("csrf").unwrap().to_owned();
        let address = review.url.as_str();
        let pressed = self
            .browser
            .post(address, &[("csrf", &csrf)], Some(address))
            .await;
        assert_eq!(pressed.status, 400, "{}", pressed.words());
        let draft = review.url.path().rsplit('/').next().unwrap();
        let back = self.town.at(&format!("{}?draft={draft}", place.path));
        let back = self.browser.open(&back).await;
        let again = send(&self.browser, &back, &[(place.there.0, &place.there.1)]).await;
        assert!(
            again.says("must be typed again"),
            "{}: {}",
            place.path,
            again.words()
        );
        self.nothing_was_sent(place).await;
    }

    /// That no secret is saved beside the other address, or came there, even when the account is tried.
    async fn nothing_was_sent(&self, place: &Place) {
        let form = self.form(place).await;
        let removal = format!("name=\"{}-remove\"", place.secret);
        assert!(!form.text.contains(&removal), "{} is saved", place.secret);
        let test = self.town.at("/admin/account/test");
        let test = self.browser.open(&test).await;
        self.browser.press(&test, "Test now").await;
        assert_eq!(self.foreign_pool.count(Endpoint::Token), 0);
        let calls = self.foreign_site.rest_calls();
        let is_anonymous = |one| matches!(one, Operation::TenantInfo | Operation::ServerInfo);
        assert!(
            calls.iter().all(|call| is_anonymous(call.operation)),
            "{calls:?}"
        );
    }
}

fn provider(town: &Town, foreign: String) -> Place {
    Place {
        path: "/admin/providers/okta",
        secret: "client_secret",
        without: Change::Typed(&[("client_id", "id"), ("client_secret-remove", "yes")]),
        with: Change::Typed(&[("client_secret", SECRET)]),
        here: ("issuer", town.cognito.issuer()),
        there: ("issuer", foreign),
    }
}

/// No form has the addresses of Atlassian's token service and gateway, so the kind of token is changed by a text.
fn account(town: &Town, foreign: String) -> Place {
    let (site, issuer) = (town.atlassian.site(), town.cognito.issuer());
    let (id, secret) = town.atlassian.oauth_client();
    let text = |token: &str| {
        format!(
            "[default.provider.okta]\nissuer = {issuer:?}\nclient_id = \"id\"\nemail_domains = [\"okta.example\"]\n[default.atlassian]\nsite = {site:?}\n{token}"
        )
    };
    let oauth = format!(
        "token_kind = \"oauth\"\nclient_id = {id:?}\nclient_secret = {secret:?}\nauth = {site:?}\ngateway = {site:?}"
    );
    let classic = format!(
        "email = {:?}\napi_token = \"{SECRET}\"",
        town.atlassian.email()
    );
    Place {
        path: "/admin/account",
        secret: "api_token",
        without: Change::Imported(text(&oauth)),
        with: Change::Imported(text(&classic)),
        here: ("site", site),
        there: ("site", foreign),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_back_brings_a_secret_to_no_other_address() {
    let desk = Desk::open().await;
    for place in &desk.places {
        desk.change(place, &place.without).await;
        desk.goes(place, &place.there).await;
        let review = desk.take_back(1).await;
        desk.is_refused(place, &review).await;
        desk.goes(place, &place.here).await;
        let review = desk.take_back(2).await;
        assert!(!review.says(AGAIN), "{}", review.words());
        let saved = desk.browser.press(&review, "Save").await;
        assert!(saved.says("Taken back"), "{}", saved.words());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_waits_for_its_review_goes_to_no_other_address() {
    let desk = Desk::open().await;
    for place in &desk.places {
        desk.change(place, &place.without).await;
        let review = desk.review(place, &place.with).await;
        desk.goes(place, &place.there).await;
        let late = desk.browser.press(&review, "Save").await;
        assert_eq!(late.status, 400, "{}", late.words());
        desk.is_refused(place, &late).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_types_a_secret_is_told_that_its_address_was_changed_meanwhile() {
    let desk = Desk::open().await;
    for place in &desk.places {
        desk.change(place, &place.without).await;
        let open = desk.form(place).await;
        desk.goes(place, &place.there).await;
        let conflict = send(&desk.browser, &open, &[(place.secret, SECRET)]).await;
        assert_eq!(conflict.status, 409, "{}", conflict.words());
        assert!(
            conflict.says("the address that it is sent to was changed by somebody else"),
            "{}",
            conflict.words()
        );
        desk.nothing_was_sent(place).await;
        let form = conflict.form_with(place.there.0);
        assert_eq!(form.field(place.there.0), Some(place.there.1.as_str()));
    }
}
