//! Addresses that come in from outside: whatever they are, every `Location` that leaves is one of ours, of the provider or of the portal.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use imitation::browser::{Browser, Page};
use imitation::cognito::Endpoint;
use support::addresses::{HOSTILE, OURS};
use support::{Town, reason};
use url::Url;

/// Percent-encoded as a browser would put it behind a question mark.
fn encoded(text: &str) -> String {
    let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    encoded.replace('+', "%20")
}

/// That every redirect on the way led, as a browser resolves it, to somebody of this town.
#[track_caller]
fn stays_in_town(town: &Town, page: &Page, asked: &str) {
    let known = [
        town.public_url.clone(),
        town.cognito.base(),
        town.atlassian.site(),
    ];
    for hop in &page.hops {
        let Some(location) = &hop.location else {
            continue;
        };
        let led = hop.url.join(location).unwrap();
        let origin = led.origin().ascii_serialization();
        assert!(known.contains(&origin), "{asked:?}: {location}");
        assert!(matches!(hop.status, 302 | 303), "{asked:?}: {}", hop.status);
    }
}

/// A browser with a session here and at the provider, so that a login asks nothing.
async fn signed_in(town: &Town) -> Browser {
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    browser
}

/// Logs in with this address wanted, long enough after the last time to be no loop.
async fn log_in_to(town: &Town, browser: &Browser, to: &str) -> Page {
    town.advance(std::time::Duration::from_secs(16));
    let address = format!("/login?to={}", encoded(to));
    browser.open(&town.at(&address)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_was_asked_to_end_elsewhere_ends_at_home() {
    let town = Town::new().await;
    let browser = signed_in(&town).await;
    for to in HOSTILE.iter().filter(|to| !to.contains('\0')) {
        let page = log_in_to(&town, &browser, to).await;
        assert_eq!(page.url.as_str(), town.at("/"), "{to:?}");
        assert_eq!((page.status, reason(&page)), (200, None), "{to:?}");
        stays_in_town(&town, &page, to);
        let led = page.hops.iter().filter_map(|hop| hop.location.as_deref());
        assert_eq!(led.filter(|to| to.contains("evil")).count(), 0, "{to:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_ends_at_a_page_of_ours_byte_for_byte() {
    let town = Town::new().await;
    let browser = signed_in(&town).await;
    let longest = format!("/p/help?{}", "a".repeat(2_040));
    for &to in OURS.iter().chain([&longest.as_str()]) {
        let page = log_in_to(&town, &browser, to).await;
        let mut hops = page.hops.iter();
        let callback = hops.find(|hop| hop.url.path() == "/login/callback/cognito");
        assert_eq!(callback.unwrap().location.as_deref(), Some(to));
        stays_in_town(&town, &page, to);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_too_long_is_not_cut_to_fit() {
    let town = Town::new().await;
    let browser = signed_in(&town).await;
    for length in [2_049, 10_000] {
        let to = format!("/p/help?{}", "a".repeat(length - "/p/help?".len()));
        let page = log_in_to(&town, &browser, &to).await;
        assert_eq!(page.url.as_str(), town.at("/"), "{length}");
    }
    let page = log_in_to(&town, &browser, &"/p/help".repeat(2_500)).await;
    assert_eq!(
        (reason(&page).as_deref(), page.status),
        (Some("bad_request"), 400)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_addresses_or_one_that_is_no_text_start_no_login() {
    let town = Town::new().await;
    for query in [
        "to=%2Fme&to=%2F%2Fevil.test",
        "to=%2F%2Fevil.test&to=%2Fme",
        "to=%2Fme&to=%2Fme",
        "to=%2Fme&%74o=%2F%2Fevil.test",
        "%74%6f=%2F%2Fevil.test&to=%2Fme",
        "to=%2Fme&to",
        "to&to=%2F%2Fevil.test",
        "to=%2Fme&provider=cognito&to=%2F%2Fevil.test",
        "to=%00%2F%2Fevil.test",
        "to=%2Fme%00",
        "to=%FF%2F%2Fevil.test",
        "to=%2Fme%C0%AF%C0%AFevil.test",
    ] {
        let browser = Browser::new();
        let page = browser.open(&town.at(&format!("/login?{query}"))).await;
        assert_eq!(
            (reason(&page).as_deref(), page.status),
            (Some("bad_request"), 400),
            "{query}"
        );
        assert!(browser.cookies().is_empty(), "{query} began an attempt");
    }
    assert_eq!(town.cognito.count(Endpoint::Authorize), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_one_parameter_says_where_a_login_ends() {
    let town = Town::new().await;
    let browser = signed_in(&town).await;
    for query in [
        "",
        "to=",
        "to[]=%2F%2Fevil.test",
        "to=%2Fme;to=%2F%2Fevil.test",
        "to=%2F;%2F%2Fevil.test",
        "TO=%2F%2Fevil.test",
        "to%00=%2F%2Fevil.test",
        "rd=%2F%2Fevil.test",
        "return_to=%2F%2Fevil.test",
        "next=https%3A%2F%2Fevil.test",
        "redirect_uri=https%3A%2F%2Fevil.test",
        "RelayState=https%3A%2F%2Fevil.test",
        "post_logout_redirect_uri=https%3A%2F%2Fevil.test",
    ] {
        town.advance(std::time::Duration::from_secs(16));
        let page = browser.open(&town.at(&format!("/login?{query}"))).await;
        assert_eq!(page.url.as_str(), town.at("/"), "{query}");
        stays_in_town(&town, &page, query);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_form_of_the_chooser_leads_nobody_elsewhere() {
    let mut town = Town::new().await;
    let provider = format!(
        "\n[default.provider.other]\nlabel = \"Other\"\ndomain = {:?}\nissuer = {:?}\nclient_id = {:?}\nemail_domains = [\"other.example\"]\n",
        town.cognito.base(),
        town.cognito.issuer(),
        town.cognito.client_id(),
    );
    town.reopen_with(&provider).await;
    let browser = Browser::new();
    let chooser = browser.open(&town.at("/login?to=%2Fme")).await;
    let form = chooser.form_with("email");
    let address = ("email", "ada@customer.example");
    let login = browser.submit(&form, &[address]).await;
    town.cognito.log_in(&browser, &login, "ada").await;
    for to in HOSTILE {
        town.advance(std::time::Duration::from_secs(16));
        let page = browser.submit(&form, &[address, ("to", to)]).await;
        assert_eq!(page.url.as_str(), town.at("/"), "{to:?}");
        stays_in_town(&town, &page, to);
        let back = [("email", "no address"), ("to", to)];
        let chooser = browser.submit(&form, &back).await;
        let kept = chooser.form_with("email");
        assert_eq!(kept.field("to"), Some("/"), "{to:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pasted_address_that_is_no_portals_leads_nowhere() {
    let town = Town::new().await;
    let browser = signed_in(&town).await;
    let home = browser.open(&town.at("/")).await;
    let form = home.form_with("address");
    let site = town.atlassian.site();
    let portal = "/servicedesk/customer/portal/4";
    let disguised = [
        format!("{site}@evil.test{portal}"),
        format!("{site}.evil.test{portal}"),
        format!("//evil.test{portal}"),
        format!("https://evil.test/{site}{portal}"),
        format!("{site}{portal}/../../../../../login"),
        format!("{site}{portal}/..%2f..%2f..%2flogout"),
        format!("{site}\\@evil.test{portal}"),
    ];
    for pasted in HOSTILE.iter().copied().map(str::to_owned).chain(disguised) {
        let page = browser.submit_once(&form, &[("address", &pasted)]).await;
        if pasted.contains('\0') {
            assert_eq!(page.status, 400, "{pasted:?}");
            continue;
        }
        assert_eq!((page.status, page.location()), (200, None), "{pasted:?}");
        assert_eq!(reason(&page), None, "{pasted:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_at_the_registered_address_whatever_is_asked() {
    let town = Town::new().await;
    let browser = signed_in(&town).await;
    let names = ["to", "post_logout_redirect_uri", "logout_uri", "rd"];
    for to in HOSTILE {
        let value = encoded(to);
        let query: Vec<_> = names.iter().map(|name| format!("{name}={value}")).collect();
        for path in ["/logout", "/signed-out"] {
            let address = format!("{path}?{}&sid=victim", query.join("&"));
            let page = browser.open(&town.at(&address)).await;
            assert_eq!(page.status, 200, "{to:?}");
            assert_eq!(page.form_with("csrf").action.as_str(), town.at("/logout"));
            stays_in_town(&town, &page, to);
        }
    }
    let csrf = browser.open(&town.at("/logout")).await.form_with("csrf");
    let fields: Vec<_> = csrf
        .fields
        .iter()
        .map(|(name, value)| (&**name, &**value))
        .collect();
    let more = names.map(|name| (name, "//evil.test"));
    let address = town.at("/logout?post_logout_redirect_uri=%2F%2Fevil.test");
    let from = town.at("/logout");
    let done = browser
        .post(&address, &[&fields[..], &more].concat(), Some(&from))
        .await;
    assert_eq!(done.url, Url::parse(&town.at("/signed-out")).unwrap());
    let at_provider = done
        .hops
        .iter()
        .find(|hop| hop.url.path() == "/logout" && hop.method == "GET")
        .unwrap();
    let mut pairs: Vec<_> = at_provider.url.query_pairs().into_owned().collect();
    pairs.sort();
    let registered = town.at("/signed-out");
    assert_eq!(
        pairs,
        [
            ("client_id".to_owned(), town.cognito.client_id()),
            ("logout_uri".to_owned(), registered)
        ]
    );
    assert_eq!(browser.fetch(&town.at("/me")).await.status, 401);
}
