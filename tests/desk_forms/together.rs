//! Two who opened the same form before either of them saved: nobody changes back what they did not touch, and who changed the same is told.

use std::time::Duration;

use imitation::browser::Browser;

use super::support::Town;
use super::{Fields, first_hour, holds, save, send};

const OKTA: Fields<'static> = &[
    ("name", "okta"),
    ("issuer", "http://127.0.0.1:9/okta"),
    ("client_id", "id"),
    ("email_domains", "okta.example"),
];

/// A link that has groups.
const PRIVATE: Fields<'static> = &[("groups", "cognito:some"), ("access", "private")];

/// A page, what one of them types there, and what the other types into another field; with the keys of both.
type Both = (&'static str, [&'static str; 3], [&'static str; 3]);

const PAGES: [Both; 5] = [
    (
        "/admin/access",
        ["domains", "acme.example", "access.domains"],
        ["attempts_per_minute", "77", "access.attempts_per_minute"],
    ),
    (
        "/admin/mapping",
        ["display_name", "nickname", "mapping.display_name"],
        ["username", "nickname", "mapping.username"],
    ),
    (
        "/admin/links/help",
        ["groups", "cognito:vip", "link.help.groups"],
        ["aliases", "sos", "link.help.aliases"],
    ),
    (
        "/admin/providers/okta",
        ["label", "Acme", "provider.okta.label"],
        ["client_id", "other", "provider.okta.client_id"],
    ),
    (
        "/admin/texts",
        ["texts.en.links_closed", "Closed.", "texts.en.links_closed"],
        ["texts.en.link_off", "Off.", "texts.en.link_off"],
    ),
];

/// Two at the desk, with a provider that they may change.
async fn two() -> (Town, Browser, Browser) {
    let town = Town::new().await;
    let (one, page) = town.administrator("/admin/providers/new?kind=okta").await;
    let (other, _) = town.administrator("/admin").await;
    save(&one, &page, OKTA).await;
    let link = one.open(&town.at("/admin/links/help")).await;
    save(&one, &link, PRIVATE).await;
    (town, one, other)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_changes_another_field_changes_nothing_back() {
    let (town, one, other) = two().await;
    for (path, [theirs, value, their_key], [mine, wanted, my_key]) in PAGES {
        let first = one.open(&town.at(path)).await;
        let second = other.open(&town.at(path)).await;
        save(&one, &first, &[(theirs, value)]).await;
        let review = send(&other, &second, &[(mine, wanted)]).await;
        assert!(
            review.says(my_key) && !review.says(their_key),
            "{path}: {}",
            review.words()
        );
        other.press(&review, "Save").await;
        for (field, expected) in [(theirs, value), (mine, wanted)] {
            assert_eq!(holds(&town, &one, path, field).await, expected, "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_changes_the_same_field_is_shown_both_and_loses_nothing() {
    let (town, one, other) = two().await;
    for (path, [field, value, key], [aside, wanted, _]) in PAGES {
        let first = one.open(&town.at(path)).await;
        let second = other.open(&town.at(path)).await;
        save(&one, &first, &[(field, value)]).await;
        let mine = format!("{value}x");
        let typed = [(field, mine.as_str()), (aside, wanted)];
        let conflict = send(&other, &second, &typed).await;
        assert_eq!(conflict.status, 409, "{path}: {}", conflict.words());
        let theirs = format!("is “{value}” now");
        assert!(conflict.says(&theirs), "{path}: {}", conflict.words());
        assert_eq!(holds(&town, &one, path, field).await, value, "{path}");
        let kept = conflict.form_with(field);
        for (field, typed) in typed {
            assert_eq!(kept.field(field), Some(typed), "{path}");
        }
        let review = other.submit(&kept, &[]).await;
        assert!(
            review.status == 200 && review.says(key),
            "whoever has seen it may replace it: {}",
            review.words()
        );
        other.press(&review, "Save").await;
        assert_eq!(holds(&town, &one, path, field).await, mine, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn choices_are_no_other_than_what_is_typed() {
    let town = Town::new().await;
    let (one, first) = town.administrator("/admin/access").await;
    let (other, second) = town.administrator("/admin/access").await;
    let third = other.open(&town.at("/admin/access")).await;
    save(&one, &first, &[("create_customers", "never")]).await;
    let review = send(&other, &second, &[("domains", "a.example")]).await;
    assert!(
        review.says("access.domains") && !review.says("create_customers"),
        "{}",
        review.words()
    );
    let other_choice = [("create_customers", "if_listed")];
    let conflict = send(&other, &third, &other_choice).await;
    assert_eq!(conflict.status, 409, "{}", conflict.words());
    let same = [("create_customers", "never"), ("domains", "b.example")];
    let review = send(&other, &third, &same).await;
    assert!(
        review.status == 200 && !review.says("create_customers"),
        "both wanted the same: {}",
        review.words()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_knowing_what_was_shown_nothing_is_replaced_unseen() {
    let town = Town::new().await;
    let (browser, page) = town.administrator("/admin/access").await;
    let saved = save(&browser, &page, &[("domains", "acme.example")]).await;
    for forged in ["", "-", "AAAAAAAAAAAAAAAAAAAAAA"] {
        let typed = [("domains", "b.example"), ("domains-was", forged)];
        let again = send(&browser, &saved, &typed).await;
        assert_eq!(again.status, 409, "{forged}: {}", again.words());
        let kept = again.form_with("domains");
        assert_eq!(kept.field("domains"), Some("b.example"));
    }
    let typed = [("domains", "acme.example"), ("domains-was", "")];
    let nothing = send(&browser, &saved, &typed).await;
    assert!(nothing.says("Nothing would change"), "{}", nothing.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_a_login_changes_nothing_back_either() {
    let town = Town::replacing("[default.admin]", "[default.admin]\nlogin_within = \"30m\"").await;
    let (other, second) = town.administrator("/admin/access").await;
    town.advance(Duration::from_mins(29));
    let (one, first) = town.administrator("/admin/access").await;
    save(&one, &first, &[("domains", "acme.example")]).await;
    town.advance(Duration::from_mins(2));
    let asked = send(&other, &second, &[("attempts_per_minute", "77")]).await;
    let login = other.click(&asked, "Log in again").await;
    let back = town.cognito.log_in(&other, &login, "grace").await;
    assert!(!back.says("-was"), "{}", back.words());
    let review = other.press(&back, "Send it").await;
    assert!(
        review.says("access.attempts_per_minute") && !review.says("access.domains"),
        "{}",
        review.words()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_of_the_first_hour_change_nothing_back_and_tell_who_changed_the_same() {
    let town = Town::new().await;
    let browser = Browser::new();
    let code = town.setup_code();
    town.enter_code(&browser, "/setup", &code).await;
    let link = browser.open(&town.at("/setup/links/help")).await;
    send(&browser, &link, PRIVATE).await;
    for (path, field, value, wanted, aside) in [
        (
            "/setup/mapping",
            "display_name",
            "nickname",
            "name",
            ("username", "nickname"),
        ),
        (
            "/setup/links/help",
            "groups",
            "cognito:vip",
            "cognito:all",
            ("aliases", "sos"),
        ),
        (
            "/setup/account",
            "budget",
            "3s",
            "5s",
            ("token_expires", "2099-01-01"),
        ),
    ] {
        let open = async || browser.open(&town.at(path)).await;
        let (first, second, third) = (open().await, open().await, open().await);
        for (page, typed) in [(&first, (field, value)), (&second, aside)] {
            let saved = send(&browser, page, &[typed]).await;
            assert_eq!(saved.status, 200, "{path}: {}", saved.words());
        }
        for (field, expected) in [(field, value), aside] {
            let held = holds(&town, &browser, path, field).await;
            assert_eq!(held, expected, "{path}: {field}");
        }
        let conflict = send(&browser, &third, &[(field, wanted)]).await;
        assert_eq!(conflict.status, 409, "{path}: {}", conflict.words());
        assert_eq!(holds(&town, &browser, path, field).await, value, "{path}");
        let kept = conflict.form_with(field);
        assert_eq!(kept.field(field), Some(wanted));
        browser.submit(&kept, &[]).await;
        assert_eq!(holds(&town, &browser, path, field).await, wanted, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_set_the_first_provider_the_later_one_is_told() {
    let (town, browser) = first_hour().await;
    let address = town.at("/setup/provider?kind=okta");
    let (first, second) = (browser.open(&address).await, browser.open(&address).await);
    send(&browser, &first, OKTA).await;
    let mut typed = OKTA.to_vec();
    typed[2] = ("client_id", "mine");
    let conflict = send(&browser, &second, &typed).await;
    assert_eq!(conflict.status, 409, "{}", conflict.words());
    assert!(conflict.says("is “id” now"), "{}", conflict.words());
    assert_eq!(
        holds(&town, &browser, "/setup/provider", "client_id").await,
        "id"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_choose_a_logo_the_later_one_is_told() {
    let town = Town::new().await;
    let (one, first) = town.administrator("/admin/logo").await;
    let (other, second) = town.administrator("/admin/logo").await;
    let drawing = |fill: &str| {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 8 8\"><path d=\"M0 0h8v8z\" fill=\"{fill}\"/></svg>"
        )
    };
    let form = first.form_with("file");
    let file = drawing("#123456");
    let review = one.upload(&form, &[], ("file", Some(&file))).await;
    one.press(&review, "Save").await;
    let file = drawing("#654321");
    let form = second.form_with("file");
    let conflict = other.upload(&form, &[], ("file", Some(&file))).await;
    assert_eq!(conflict.status, 409, "{}", conflict.words());
    let form = conflict.form_with("file");
    let review = other.upload(&form, &[], ("file", Some(&file))).await;
    assert!(review.says("branding.logo"), "{}", review.words());
}
