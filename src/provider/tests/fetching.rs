//! Discovery and keys: shared, kept, rotated, away and back.

use super::*;

#[tokio::test]
async fn a_rotated_key_is_fetched_once_and_at_once() {
    let house = House::build().await;
    house.redeem().await.unwrap();
    house.fake.say(
        "/keys",
        Reply::Json(json!({"keys": [FIRST.jwk(), SECOND.jwk()]})),
    );
    house.hand_out(SECOND.token(&house.claims()));
    let (a, b, c) = tokio::join!(house.redeem(), house.redeem(), house.redeem());
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert_eq!(house.asked("/keys"), 2);
}

#[tokio::test]
async fn an_unknown_key_is_searched_for_once_in_ten_seconds_and_untold_in_between() {
    let house = House::build().await;
    house.redeem().await.unwrap();
    house.hand_out(SECOND.token(&house.claims()));
    for asked in [2, 3] {
        let unknown = Err(IdTokenFault::UnknownKey.into());
        assert_eq!(house.redeem().await, unknown);
        is_unavailable(house.redeem().await);
        is_unavailable(house.redeem().await);
        assert_eq!(house.asked("/keys"), asked);
        house.clock.advance(Duration::from_secs(11));
    }
}

#[tokio::test]
async fn a_key_that_comes_in_the_pause_of_a_made_up_one_is_found_after_it() {
    let house = House::build().await;
    house.redeem().await.unwrap();
    house.hand_out(SECOND.token(&house.claims()));
    is_invalid(house.redeem().await);
    house
        .fake
        .say("/keys", Reply::Json(json!({"keys": [SECOND.jwk()]})));
    is_unavailable(house.redeem().await);
    house.clock.advance(Duration::from_secs(11));
    assert!(house.redeem().await.is_ok());
}

#[tokio::test]
async fn many_with_an_unknown_key_wait_for_one_search() {
    let house = House::build().await;
    house.redeem().await.unwrap();
    house.fake.forget("/keys");
    house.hand_out(SECOND.token(&house.claims()));
    let (a, b, c) = tokio::join!(house.redeem(), house.redeem(), house.redeem());
    is_unavailable(a);
    is_unavailable(b);
    is_unavailable(c);
    assert_eq!(house.asked("/keys"), 2);
}

#[tokio::test]
async fn old_keys_outlive_a_failed_fetch() {
    let house = House::build().await;
    house.redeem().await.unwrap();
    for broken in [
        Reply::Json(json!({"keys": []})),
        Reply::Json(json!([])),
        Reply::Text {
            status: 500,
            content_type: "text/html",
            body: String::new(),
        },
    ] {
        house.fake.say("/keys", broken);
        house.clock.advance(Duration::from_secs(11));
        house.hand_out(SECOND.token(&house.claims()));
        is_unavailable(house.redeem().await);
        house.issue(&house.claims());
        assert!(house.redeem().await.is_ok());
    }
    assert!(house.provider.status().failing.is_some());
}

#[tokio::test]
async fn keys_that_were_never_had_make_the_provider_unavailable() {
    let house = House::build().await;
    house.fake.forget("/keys");
    is_unavailable(house.redeem().await);
    house.fake.say(
        "/keys",
        Reply::Json(json!({"keys": [{"kty": "odd"}, FIRST.jwk()]})),
    );
    assert!(house.redeem().await.is_ok());
}

#[tokio::test]
async fn many_first_logins_share_one_discovery() {
    let house = House::build().await;
    let (a, b, c) = (login(), login(), login());
    let (a, b, c) = tokio::join!(
        house.provider.start(&a),
        house.provider.start(&b),
        house.provider.start(&c)
    );
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert_eq!(house.asked(DISCOVERY), 1);
}

#[tokio::test]
async fn a_provider_may_be_away_and_come_back() {
    let house = House::build().await;
    house.fake.forget(DISCOVERY);
    is_unavailable(house.provider.start(&login()).await);
    let status = house.provider.status();
    assert!(status.discovered.is_none() && status.failing.is_some());
    house
        .fake
        .say(DISCOVERY, Reply::Json(document(&house.fake.origin)));
    assert!(house.provider.start(&login()).await.is_ok());
    let status = house.provider.status();
    assert!(status.discovered.is_some() && status.failing.is_none());
}

#[tokio::test]
async fn odd_discovery_documents_start_no_login() {
    let house = House::build().await;
    let html = Reply::Text {
        status: 200,
        content_type: "text/html",
        body: "<html>".into(),
    };
    for reply in [
        html,
        Reply::Json(json!({"issuer": house.provider.settings.issuer})),
        Reply::Endless,
        Reply::Redirect("/keys"),
    ] {
        house.fake.say(DISCOVERY, reply);
        is_unavailable(house.provider.start(&login()).await);
    }
    let mut other = document(&house.fake.origin);
    other["issuer"] = "https://evil.test".into();
    house.fake.say(DISCOVERY, Reply::Json(other));
    assert!(matches!(
        house.provider.start(&login()).await,
        Err(ProviderError::Misconfigured(_))
    ));
}

#[tokio::test]
async fn a_background_task_discovers_without_being_asked() {
    let house = House::build().await;
    let fake = house.fake;
    let providers = Providers(Arc::new(BTreeMap::from([(
        house.provider.name().clone(),
        Arc::new(house.provider),
    )])));
    let task = tokio::spawn(providers.clone().keep_fresh());
    while fake.requests("/keys").is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(providers.only().unwrap().status().discovered.is_some());
    task.abort();
}
