//! The operator's looks: logo and colour, where they show, how they are served, and what a running server makes of a change.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use imitation::browser::{Browser, Page};
use support::{Town, reason};

const DRAWING: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 4\"><style>.a{fill:red}</style><circle class=\"a\" r=\"2\"/></svg>";

/// A town with a logo and a colour.
async fn branded() -> Town {
    let mut town = Town::new().await;
    std::fs::write(town.folder.path().join("logo.svg"), DRAWING).unwrap();
    town.reopen_with(
        "[default.branding]\nname = \"Acme & Söhne\"\nlogo = \"logo.svg\"\naccent = \"#FFB000\"\n",
    )
    .await;
    town
}

/// What stands in the page behind this, up to the next quotation mark.
fn quoted(page: &Page, before: &str) -> String {
    let found = page.text.split_once(before).map(|(_, rest)| rest);
    let found = found.and_then(|rest| rest.split('"').next());
    found.unwrap_or_else(|| panic!("{before}")).to_owned()
}

fn policy(page: &Page) -> &str {
    page.header("content-security-policy").unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_logo_stands_in_place_of_the_name_on_every_page() {
    let town = branded().await;
    for path in ["/", "/p/nobody", "/signed-out", "/logout"] {
        let page = Browser::new().open(&town.at(path)).await;
        assert_eq!(
            quoted(&page, "<img class=\"logo\" src=\"")
                .split('/')
                .nth(1),
            Some("branding")
        );
        assert_eq!(
            page.attribute("alt").as_deref(),
            Some("Acme & Söhne"),
            "{path}"
        );
        assert!(
            policy(&page).contains("img-src 'self'") && policy(&page).contains("style-src 'self'")
        );
        assert!(!page.text.contains("style="), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_logo_is_served_so_that_nothing_in_it_could_run() {
    let town = branded().await;
    let page = Browser::new().open(&town.at("/")).await;
    let address = quoted(&page, "<img class=\"logo\" src=\"");
    let logo = Browser::new().open(&town.at(&address)).await;
    assert_eq!((logo.status, logo.text.as_str()), (200, DRAWING));
    for (name, value) in [
        ("content-type", "image/svg+xml; charset=utf-8"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "public, max-age=31536000, immutable"),
    ] {
        assert_eq!(logo.header(name), Some(value));
    }
    assert!(policy(&logo).starts_with("default-src 'none'; style-src 'unsafe-inline';"));
    assert!(policy(&logo).ends_with("; sandbox"), "{}", policy(&logo));
    let old = Browser::new()
        .open(&town.at("/branding/0000000000000000/logo"))
        .await;
    assert_eq!(
        (old.status, old.header("cache-control")),
        (200, Some("no-cache"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_colour_comes_in_a_stylesheet_that_can_be_read_in_light_and_dark() {
    let town = branded().await;
    let page = Browser::new().open(&town.at("/")).await;
    let ours = page.text.find("/front-door.css").unwrap();
    let theirs = page.text.find("/accent.css").unwrap();
    assert!(ours < theirs, "it comes after ours, or it would not count");
    let address = page.text[..theirs].rsplit('"').next().unwrap().to_owned() + "/accent.css";
    let css = Browser::new().open(&town.at(&address)).await;
    assert_eq!(css.header("content-type"), Some("text/css; charset=utf-8"));
    let (light, dark) = css
        .text
        .split_once("@media (prefers-color-scheme: dark)")
        .unwrap();
    assert!(dark.contains("--accent: #ffb000; "), "as it is: {dark}");
    assert!(
        !light.contains("#ffb000") && light.contains("--accent: #"),
        "darker: {light}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_logo_or_a_colour_there_is_neither() {
    let town = Town::new().await;
    let page = Browser::new().open(&town.at("/")).await;
    assert!(!page.text.contains("/branding/") && !page.text.contains("<img"));
    for path in [
        "/branding/0000000000000000/logo",
        "/branding/0000000000000000/accent.css",
        "/branding/x/other",
        "/branding/../Rocket.toml",
    ] {
        let none = Browser::new().open(&town.at(path)).await;
        assert_eq!(reason(&none).as_deref(), Some("not_found"), "{path}");
    }
}
