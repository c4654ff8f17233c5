//! Changing settings in the desk: shown before it is saved, recorded, in effect at once, taken back; and what stands in the way.

mod support;

use imitation::browser::{Browser, Page};
use imitation::cognito::Person;
use support::testing::{Testing, says};
use support::{Town, reason};

/// Types into the form of the page and goes on to the review.
async fn typed(browser: &Browser, page: &Page, fields: &[(&str, &str)]) -> Page {
    let form = page.form_with(fields[0].0);
    browser.submit(&form, fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_shown_old_and_new_saved_in_effect_at_once_and_taken_back() {
    let town = Town::new().await;
    let (browser, page) = town.administrator("/admin/access").await;
    let review = typed(
        &browser,
        &page,
        &[("domains", "acme.example\n\n *.acme.example ")],
    )
    .await;
    assert!(
        review.says("Access → Allowed domains access.domains not set acme.example *.acme.example"),
        "{}",
        review.words()
    );
    let visitor = Browser::new();
    let before = town.arrive(&visitor, "/p/help", "ada").await;
    assert_eq!(reason(&before), None, "nothing is saved before the review");
    let saved = browser.press(&review, "Save").await;
    assert!(saved.says("Saved, and in effect."), "{}", saved.words());
    let refused = town.arrive(&Browser::new(), "/p/help", "ada").await;
    assert_eq!(reason(&refused).as_deref(), Some("domain_not_allowed"));
    let undo = browser.press(&saved, "Take it back").await;
    let taken_back = browser.press(&undo, "Save").await;
    assert!(
        taken_back.says("Taken back, and in effect.")
            && taken_back.says("Access → Allowed domains. Go to Access"),
        "{}",
        taken_back.words()
    );
    let page = browser.click(&taken_back, "Go to Access").await;
    let form = page.form_with("domains");
    assert_eq!(form.field("domains"), Some(""));
    let after = town.arrive(&Browser::new(), "/p/help", "ada").await;
    assert_eq!(reason(&after), None);
    let events = town.events().await;
    let changes = events.iter().filter(|name| *name == "settings_changed");
    assert_eq!(changes.count(), 2);
    let history = browser.open(&town.at("/admin/changes")).await;
    assert!(history.says("grace@"), "{}", history.words());
    assert!(!history.says("Taken back, and"), "only once");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_says_saved_only_to_who_saved_it_just_now() {
    let town = Town::new().await;
    let other = Person::new("edsger", "Edsger", "Dijkstra", "edsger@helpdesk.example");
    town.cognito
        .add_person(other.in_groups(&["helpdesk-admins"]));
    let (browser, page) = town.administrator("/admin/access").await;
    let review = typed(&browser, &page, &[("domains", "acme.example")]).await;
    let saved = browser.press(&review, "Save").await;
    let query = saved.url.query().unwrap_or_default().to_owned();
    let edsger = Browser::new();
    let login = edsger.open(&town.at("/admin")).await;
    town.cognito.log_in(&edsger, &login, "edsger").await;
    let says = async |browser: &Browser, address: String| {
        let page = browser.open(&town.at(&address)).await;
        assert_eq!(page.status, 200, "{address}");
        page.says("Saved, and in effect")
    };
    for path in ["access", "providers", "links", "logo", "organizations"] {
        let (own, forged) = (
            format!("/admin/{path}?{query}"),
            format!("/admin/{path}?saved=1-x"),
        );
        assert!(says(&browser, own.clone()).await, "{path}");
        assert!(!says(&edsger, own).await, "{path}: another's change");
        assert!(!says(&browser, forged).await, "{path}: no change at all");
    }
    town.advance(std::time::Duration::from_mins(6));
    assert!(!says(&browser, format!("/admin/access?{query}")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_stand_at_their_fields_and_what_was_typed_is_kept() {
    let town = Town::new().await;
    let (browser, page) = town.administrator("/admin/access").await;
    for (field, value, expected) in [
        ("domains", "no domain!", "Allowed domains item 1"),
        (
            "attempts_per_minute",
            "many",
            "Logins a minute must be a whole number from 3 to 1000000",
        ),
        ("claims", "company", "Claims is empty"),
        ("create_customers", "x", "New customers must be"),
        (
            "domains",
            "<script>alert(1)</script>",
            "Allowed domains item 1",
        ),
    ] {
        let again = typed(&browser, &page, &[(field, value)]).await;
        assert!(again.says(expected), "{field}: {}", again.words());
        assert!(!again.text.contains("<script>"));
        if field != "create_customers" {
            let kept = again.form_with(field).field(field).map(str::to_owned);
            assert_eq!(kept.as_deref(), Some(value));
        }
    }
    let nothing = typed(&browser, &page, &[("domains", " ")]).await;
    assert!(nothing.says("Nothing would change"), "{}", nothing.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_file_sets_is_locked_with_the_file_and_nothing_that_is_posted_counts() {
    let town = Town::new().await;
    let (browser, page) = town.administrator("/admin/access").await;
    assert!(
        page.says("of settings: change it there"),
        "{}",
        page.words()
    );
    let there = page.form_with("blocked_domains");
    assert_ne!(there.field("blocked_domains"), Some(""));
    let posted = typed(&browser, &page, &[("blocked_domains", "")]).await;
    assert!(posted.says("Nothing would change"), "{}", posted.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_administrators_who_change_the_same_get_a_conflict_and_no_loss() {
    let town = Town::new().await;
    let (one, first) = town.administrator("/admin/access").await;
    let (other, second) = town.administrator("/admin/access").await;
    let mine = typed(&one, &first, &[("domains", "a.example")]).await;
    let both = [("domains", "b.example"), ("claims", "a = b")];
    let theirs = typed(&other, &second, &both).await;
    let aside = typed(&other, &second, &[("attempts_per_minute", "77")]).await;
    one.press(&mine, "Save").await;
    let conflict = other.press(&theirs, "Save").await;
    assert_eq!(conflict.status, 409);
    assert!(
        conflict.says("Access → Allowed domains access.domains a.example b.example"),
        "{}",
        conflict.words()
    );
    let back = other.click(&conflict, "Go back").await;
    assert!(
        back.says("Allowed domains was changed by somebody else")
            && back.says("is “a.example” now")
            && !back.says("Claims was changed"),
        "{}",
        back.words()
    );
    let kept = back.form_with("claims");
    for (name, typed) in both {
        assert_eq!(kept.field(name), Some(typed), "nothing is lost");
    }
    let saved = other.press(&aside, "Save").await;
    assert!(saved.says("Saved, and in effect."), "{}", saved.words());
    let again = other.open(aside.url.as_str()).await;
    assert!(again.says("Nothing waits here any more") && again.status == 404);
    let form = one
        .open(&town.at("/admin/access"))
        .await
        .form_with("domains");
    assert_eq!(form.field("domains"), Some("a.example"));
    assert_eq!(form.field("attempts_per_minute"), Some("77"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_changed_again_since_is_not_said_to_be_somebody_elses() {
    let town = Town::new().await;
    let (browser, page) = town.administrator("/admin/access").await;
    let review = typed(&browser, &page, &[("domains", "a.example")]).await;
    let first = browser.press(&review, "Save").await;
    let review = typed(&browser, &first, &[("domains", "b.example")]).await;
    browser.press(&review, "Save").await;
    let conflict = browser.press(&first, "Take it back").await;
    assert_eq!(conflict.status, 409);
    assert!(
        conflict.says("It was changed again since")
            && conflict.says("There now Before the change")
            && conflict.says("access.domains b.example not set"),
        "{}",
        conflict.words()
    );
    for untrue in ["Somebody else", "typed", "You wanted"] {
        assert!(!conflict.says(untrue), "{untrue}: {}", conflict.words());
    }
    let back = browser.click(&conflict, "Go back").await;
    assert_eq!(back.url.path(), "/admin/changes");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_of_what_somebody_else_changed_meanwhile_is_a_conflict_too() {
    let town = Town::new().await;
    let (one, first) = town.administrator("/admin/mapping").await;
    let (other, second) = town.administrator("/admin/mapping").await;
    let mine = typed(&one, &first, &[("display_name", "name")]).await;
    one.press(&mine, "Save").await;
    let tried = [("display_name", "nickname"), ("preview", "yes")];
    let stale = typed(&other, &second, &tried).await;
    assert!(
        stale.status == 409 && stale.says("Display name was changed by somebody else"),
        "{}",
        stale.words()
    );
    let aside = [("username", "nickname"), ("preview", "yes")];
    assert_eq!(typed(&other, &second, &aside).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn going_back_from_the_review_keeps_what_was_typed() {
    let town = Town::new().await;
    let (browser, page) = town.administrator("/admin/access").await;
    let review = typed(&browser, &page, &[("domains", "a.example")]).await;
    let back = browser.click(&review, "Go back without saving").await;
    let form = back.form_with("domains");
    assert_eq!(form.field("domains"), Some("a.example"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_exported_is_imported_after_a_look_at_what_would_change() {
    let town = Town::new().await;
    let (browser, page) = town.administrator("/admin/transfer").await;
    let exported = browser.click(&page, "Download the settings").await;
    assert!(exported.text.contains("[default.access]") && !exported.text.contains("secret"));
    let text = format!(
        "{}\n[default.branding]\nname = \"Acme Help\"",
        exported.text
    );
    let review = typed(&browser, &page, &[("settings", &text)]).await;
    assert!(
        review.says("Settings → Name branding.name not set Acme Help"),
        "{}",
        review.words()
    );
    let back = browser.click(&review, "Go back without saving").await;
    let kept = back.form_with("settings");
    assert!(
        kept.field("settings")
            .unwrap_or_default()
            .contains("Acme Help")
    );
    let saved = browser.press(&review, "Save").await;
    assert!(saved.says("Saved, and in effect."), "{}", saved.words());
    assert!(browser.open(&town.at("/")).await.says("Acme Help"));
    for (wrong, expected) in [
        (
            "[default.acess]",
            "acess is unknown; did you mean `access`?",
        ),
        (
            "[default]\npublic_url = \"x\"",
            "public_url is only set in a file",
        ),
        ("no toml <b>", "the pasted text:1 is not TOML"),
    ] {
        let again = typed(&browser, &page, &[("settings", wrong)]).await;
        assert!(again.says(expected), "{}", again.words());
        let kept = again.form_with("settings");
        assert_eq!(kept.field("settings"), Some(wrong));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_is_imported_with_a_mistake_does_not_come_back() {
    let town = Town::new().await;
    let (browser, page) = town.administrator("/admin/transfer").await;
    let text = "[default]\nacess = 1\n[default.provider.okta]\nclient_secret = \"\"\"\nhush\"\"\"";
    let again = typed(&browser, &page, &[("settings", text)]).await;
    assert!(again.says("acess is unknown") && again.says("Type each again"));
    assert!(!again.text.contains("hush"), "{}", again.text);
    let kept = again.form_with("settings");
    let masked = "[default]\nacess = 1\n[default.provider.okta]\nclient_secret = ••••••••";
    assert_eq!(kept.field("settings"), Some(masked));
    let sent = browser.submit(&kept, &[]).await;
    assert!(
        sent.says("the pasted text:4 is not TOML"),
        "a mask is never saved: {}",
        sent.words()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_their_own_last_right_to_the_desk() {
    let town = Town::new().await;
    let (browser, page) = town.administrator("/admin/mapping").await;
    let review = typed(&browser, &page, &[("groups", "custom:none")]).await;
    assert!(
        review.says("would no longer let you in yourself"),
        "{}",
        review.words()
    );
    let forms = review.forms();
    assert!(
        forms
            .iter()
            .all(|form| !form.action.path().contains("/changes/")),
        "there is nothing to press"
    );
    let address = review.url.clone();
    let csrf = page.form_with("csrf");
    let fields = [("csrf", csrf.field("csrf").unwrap_or_default())];
    let refused = browser
        .post(address.as_str(), &fields, Some(address.as_str()))
        .await;
    assert_eq!(refused.status, 400, "{}", refused.words());
    assert_eq!(browser.open(&town.at("/admin")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setup_code_saves_what_shuts_oneself_out_and_the_trail_says_so() {
    let town = Town::new().await;
    let (browser, page) = town.administrator("/admin/mapping").await;
    let review = typed(&browser, &page, &[("groups", "custom:none")]).await;
    let door = browser.click(&review, "enter a setup code").await;
    let code = town.setup_code();
    let form = door.form_with("code");
    let again = browser.submit(&form, &[("code", &code)]).await;
    assert_eq!(again.url, review.url, "{}", again.words());
    let saved = browser.press(&again, "Save").await;
    assert_eq!((saved.status, saved.url.path()), (200, "/admin/mapping"));
    let changed = town.trail().await.pop();
    let actor = changed.map(|event| event["actor"].clone());
    assert_eq!(actor, Some("setup code".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn own_texts_and_the_switch_that_closes_every_link_are_set_at_the_desk() {
    let town = Town::new().await;
    let (browser, page) = town.administrator("/admin/texts").await;
    let text = "We are moving.\nBack on Monday.";
    let review = typed(&browser, &page, &[("texts.en.links_closed", text)]).await;
    browser.press(&review, "Save").await;
    let page = browser.open(&town.at("/admin/settings")).await;
    let review = typed(&browser, &page, &[("links_closed", "true")]).await;
    browser.press(&review, "Save").await;
    let closed = Browser::new().open(&town.at("/p/help")).await;
    assert_eq!(reason(&closed).as_deref(), Some("link_off"));
    assert!(closed.says("Back on Monday."), "{}", closed.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logo_is_chosen_looked_at_and_taken_away_again() {
    let town = Town::new().await;
    let (browser, page) = town.administrator("/admin/logo").await;
    let upload = async |content: &str| {
        let form = page.form_with("file");
        browser.upload(&form, &[], ("file", Some(content))).await
    };
    for (wrong, expected) in [
        ("", "Picture"),
        ("no picture", "Picture"),
        (
            "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>",
            "script",
        ),
    ] {
        let again = upload(wrong).await;
        assert!(
            again.says("nothing was saved") && again.says(expected),
            "{}",
            again.words()
        );
    }
    let drawing = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 8 8\"><path d=\"M0 0h8v8z\" fill=\"#123456\"/></svg>";
    let review = upload(drawing).await;
    assert!(review.says("branding.logo"), "{}", review.words());
    let saved = browser.press(&review, "Save").await;
    assert!(saved.text.contains("/branding/"), "it stands in the header");
    let review = browser.press(&saved, "Take the logo away").await;
    browser.press(&review, "Save").await;
    let after = browser.open(&town.at("/")).await;
    assert!(!after.text.contains("/logo\""), "{}", after.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mapping_stands_beside_ones_own_claims_until_a_test_login_brings_others() {
    let town = Town::new().await;
    let other = Person::new("edsger", "Edsger", "Dijkstra", "edsger@helpdesk.example");
    town.cognito
        .add_person(other.in_groups(&["helpdesk-admins"]));
    let testing = Testing::begin(&town).await;
    let address = town.at("/admin/mapping");
    let own = testing.browser.open(&address).await;
    says(
        &own,
        &["Your own, of your last login.", "grace@helpdesk.example"],
    );
    let policy = own.header("content-security-policy").unwrap_or_default();
    assert!(
        policy.contains("connect-src 'self'"),
        "for its script: {policy}"
    );
    testing.log_in(&town, "ada").await;
    let tested = testing.browser.open(&address).await;
    says(
        &tested,
        &["Of your last test login", "Display name Ada Lovelace"],
    );
    let form = tested.form_with("display_name");
    let tried = [("display_name", "{family_name}"), ("preview", "yes")];
    let preview = testing.browser.submit(&form, &tried).await;
    says(&preview, &["Display name Lovelace First name"]);
    let review = typed(&testing.browser, &tested, &[("display_name", "name")]).await;
    says(&review, &["mapping.display_name not set"]);
    let others = Testing::begin_as(&town, "edsger").await;
    let others = others.browser.open(&address).await;
    says(&others, &["Your own, of your last login.", "edsger@"]);
    town.advance(std::time::Duration::from_hours(1));
    let later = testing.browser.open(&address).await;
    assert!(!later.says("Ada Lovelace"), "{}", later.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_typed_is_too_large_for_the_trail() {
    let town = Town::new().await;
    let (browser, page) = town.administrator("/admin/providers/new?kind=okta").await;
    let domains: Vec<String> = (0..5_000)
        .map(|n| format!("customer-{n}.example"))
        .collect();
    let domains = domains.join("\n");
    let fields = [
        ("name", "large"),
        ("issuer", "http://127.0.0.1:9/x"),
        ("client_id", "id"),
        ("email_domains", domains.as_str()),
    ];
    let review = typed(&browser, &page, &fields).await;
    let saved = browser.press(&review, "Save").await;
    assert_eq!(saved.status, 200, "{}", saved.words());
    let events = town.events().await;
    assert!(
        events.iter().any(|name| name == "settings_changed"),
        "{events:?}"
    );
}
