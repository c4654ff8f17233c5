//! Callbacks, honest ones and others, and what must not happen at the others.

use imitation::browser::Browser;
use url::Url;

use super::{Town, told};

/// Where people come back from the provider.
pub(crate) const CALLBACK: &str = "/login/callback/cognito";

/// One parameter of an address.
pub(crate) fn parameter(url: &Url, name: &str) -> String {
    let mut pairs = url.query_pairs();
    pairs
        .find(|(known, _)| known == name)
        .unwrap()
        .1
        .into_owned()
}

/// A town in which made-up callbacks are not limited: they are what is tested.
pub(crate) async fn unlimited() -> Town {
    let access = "[default.access]";
    Town::replacing(access, &format!("{access}\nattempts_per_minute = 100000")).await
}

/// Begins a login in this browser; its state.
pub(crate) async fn begin(town: &Town, browser: &Browser) -> String {
    let begun = browser.open_once(&town.at("/p/help")).await;
    parameter(&begun.location().unwrap(), "state")
}

/// Logs in at the provider and stays there: the callback's address, with a code that nobody has spent.
pub(crate) async fn callback(town: &Town, browser: &Browser, username: &str) -> Url {
    let login = browser.open(&town.at("/p/help")).await;
    let form = login.form_with("password");
    let fields = [
        ("username", username),
        ("password", imitation::cognito::PASSWORD),
    ];
    let page = browser.submit_once(&form, &fields).await;
    page.location().unwrap()
}

/// That this callback is refused so, in this browser, without a word to the provider or to Atlassian.
pub(crate) async fn is_refused(town: &Town, browser: &Browser, query: &str, expected: (&str, u16)) {
    town.atlassian.forget_calls();
    town.cognito.forget_calls();
    let page = browser.open(&town.at(&format!("{CALLBACK}{query}"))).await;
    let expected = (Some(expected.0.to_owned()), expected.1);
    assert_eq!(told(&page), expected, "{query:.200}: {}", page.words());
    assert_eq!(page.hops.len(), 1, "{query:.200}: nothing starts by itself");
    assert_eq!(browser.cookie("front-door"), None, "{query:.200}");
    assert!(town.provider_heard_of_nobody(), "{query:.200}");
    assert!(town.atlassian_heard_of_nobody(), "{query:.200}");
}
