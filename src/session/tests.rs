//! What a session keeps, over a real store.

use serde_json::json;

use super::*;

async fn sessions(folder: &tempfile::TempDir) -> (Sessions, Clock) {
    let clock = Clock::system();
    let vault = Vault::in_folder(folder.path(), &clock).await;
    let settings = SessionSettings {
        idle: Duration::from_hours(2),
        absolute: Duration::from_hours(12),
        recheck: Duration::from_mins(15),
    };
    (Sessions::new(vault, settings, clock.clone()), clock)
}

fn ada() -> Identity {
    serde_json::from_value(json!({
        "provider": "cognito", "subject": "1", "email": "ada@customer.example", "display_name": "Ada",
        "first_name": null, "last_name": null, "username": null,
        "groups": [], "claims": {}, "auth_time": null,
    }))
    .unwrap()
}

fn customer() -> Customer {
    serde_json::from_value(
        json!({ "account_id": "qm:1", "service_desks": ["1"], "organizations": {} }),
    )
    .unwrap()
}

#[tokio::test]
async fn what_is_remembered_by_the_request_that_was_seen_last_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (sessions, clock) = sessions(&folder).await;
    let id = sessions
        .open(ada(), "", None, Vec::new(), None)
        .await
        .unwrap();
    let cookie = id.cookie_value();
    clock.advance(Duration::from_mins(5));
    let touched = sessions.find(&cookie).await.unwrap().unwrap();
    assert!(touched.data.last_seen > touched.data.started, "it was seen");
    sessions.remember(&touched, customer(), "").await.unwrap();
    let again = sessions.find(&cookie).await.unwrap().unwrap();
    assert_eq!(sessions.fresh_customer(&again), Some(&customer()));
}

#[tokio::test]
async fn a_session_that_was_ended_meanwhile_is_not_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let (sessions, _) = sessions(&folder).await;
    let cookie = sessions
        .open(ada(), "", None, Vec::new(), None)
        .await
        .unwrap()
        .cookie_value();
    let session = sessions.find(&cookie).await.unwrap().unwrap();
    sessions.end(&session).await.unwrap();
    sessions.remember(&session, customer(), "").await.unwrap();
    assert!(sessions.find(&cookie).await.unwrap().is_none());
}

#[tokio::test]
async fn both_ends_are_exact_and_no_use_puts_off_the_absolute_one() {
    let folder = tempfile::tempdir().unwrap();
    let (sessions, clock) = sessions(&folder).await;
    let (start, second) = (clock.now(), SignedDuration::from_secs(1));
    let (idle, absolute) = (
        SignedDuration::from_hours(2),
        SignedDuration::from_hours(12),
    );
    let left = |last_seen: Timestamp, now: Timestamp| {
        let data = SessionData {
            identity: ada(),
            started: start,
            last_seen,
            customer: None,
            visits: Vec::new(),
            grounds: None,
        };
        sessions.left(&data, now)
    };
    let just = Some(Duration::from_secs(1));
    assert_eq!(left(start, start + idle - second), just);
    assert_eq!(left(start, start + idle), None);
    assert_eq!(left(start, start + idle + second), None);
    let end = start + absolute;
    assert_eq!(
        left(end - second, end - second),
        just,
        "in use until the end"
    );
    assert_eq!(left(end, end), None);
    assert_eq!(left(end + second, end + second), None);
}

#[tokio::test]
async fn a_clock_that_was_set_back_lengthens_no_session() {
    let folder = tempfile::tempdir().unwrap();
    let (sessions, clock) = sessions(&folder).await;
    let now = clock.now();
    let data = SessionData {
        identity: ada(),
        started: now,
        last_seen: now,
        customer: None,
        visits: Vec::new(),
        grounds: None,
    };
    let earlier = now - SignedDuration::from_hours(10);
    assert_eq!(sessions.left(&data, earlier), Some(Duration::from_hours(2)));
}

#[tokio::test]
async fn nobody_blocked_has_a_session_however_late_the_block_came() {
    let folder = tempfile::tempdir().unwrap();
    let (sessions, clock) = sessions(&folder).await;
    let by_identity = Identity {
        email: "new@customer.example".parse().unwrap(),
        ..ada()
    };
    let by_address = Identity {
        subject: "2".to_owned(),
        ..ada()
    };
    let theirs = [IdentityKey::from(&ada())].into();
    blocks::block(
        &sessions.vault,
        &ada().email,
        &theirs,
        "",
        "grace",
        clock.now(),
    )
    .await
    .unwrap();
    for identity in [ada(), by_identity, by_address] {
        let opened = sessions
            .open(identity.clone(), "", None, Vec::new(), None)
            .await;
        assert!(matches!(opened, Err(NotOpened::Blocked)));
        let open = sessions.open_of(&IdentityKey::from(&identity)).await;
        assert!(open.unwrap().is_empty());
    }
    let charles = Identity {
        subject: "3".to_owned(),
        email: "charles@customer.example".parse().unwrap(),
        ..ada()
    };
    sessions
        .open(charles, "", None, Vec::new(), None)
        .await
        .unwrap();
}

/// What a login left to ask the provider again with.
fn renewal() -> Renewal {
    serde_json::from_value(json!({
        "issuer": "https://idp.test", "client_id": "ours", "nonce": "n", "by_user_info": [],
        "means": { "RefreshToken": "a-refresh-token" },
    }))
    .unwrap()
}

#[tokio::test]
async fn what_the_provider_said_anew_is_written_whatever_others_wrote_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let (sessions, clock) = sessions(&folder).await;
    let opened = sessions.open(ada(), "", None, Vec::new(), Some(renewal()));
    let cookie = opened.await.unwrap().cookie_value();
    clock.advance(Duration::from_mins(15));
    let session = sessions.find(&cookie).await.unwrap().unwrap();
    assert!(sessions.is_due(&session));
    sessions.remember(&session, customer(), "").await.unwrap();
    let mut augusta = ada();
    augusta.display_name = "Augusta".to_owned();
    let confirmed = sessions.confirm(&session, augusta.clone(), renewal()).await;
    let confirmed = confirmed.unwrap().unwrap();
    assert!(!sessions.is_due(&confirmed));
    let read = sessions.find(&cookie).await.unwrap().unwrap().data;
    assert_eq!(read.identity, augusta);
    assert!(
        read.customer.is_none(),
        "it was made of who they were before"
    );
}

#[tokio::test]
async fn a_session_that_ended_while_the_provider_was_asked_stays_ended() {
    let folder = tempfile::tempdir().unwrap();
    let (sessions, _) = sessions(&folder).await;
    let opened = sessions.open(ada(), "", None, Vec::new(), Some(renewal()));
    let cookie = opened.await.unwrap().cookie_value();
    let session = sessions.find(&cookie).await.unwrap().unwrap();
    sessions.end(&session).await.unwrap();
    let confirmed = sessions.confirm(&session, ada(), renewal()).await.unwrap();
    assert!(confirmed.is_none());
    assert!(sessions.find(&cookie).await.unwrap().is_none());
}

#[tokio::test]
async fn a_provider_that_was_asked_in_vain_is_left_alone_for_a_moment() {
    let folder = tempfile::tempdir().unwrap();
    let (sessions, clock) = sessions(&folder).await;
    let opened = sessions.open(ada(), "", None, Vec::new(), Some(renewal()));
    let cookie = opened.await.unwrap().cookie_value();
    let find = async || sessions.find(&cookie).await.unwrap().unwrap();
    let session = find().await;
    assert_eq!(sessions.pause(&session), None);
    sessions.put_off(&session, renewal()).await.unwrap();
    assert!(sessions.pause(&find().await).is_some());
    clock.advance(Duration::from_secs(5));
    assert_eq!(sessions.pause(&find().await), None);
}

#[test]
fn no_session_prints_its_token() {
    let grounds = Grounds::new(renewal(), Clock::system().now());
    assert!(!format!("{grounds:?}").contains("a-refresh-token"));
}

#[tokio::test]
async fn who_is_signed_out_everywhere_while_they_sign_in_has_no_session() {
    let folder = tempfile::tempdir().unwrap();
    let (sessions, _) = sessions(&folder).await;
    let id = sessions
        .open(ada(), "", None, Vec::new(), None)
        .await
        .unwrap();
    let written = sessions.find(&id.cookie_value()).await.unwrap().unwrap();
    sessions.end_everywhere(&ada()).await.unwrap();
    // Its entry was there when all were ended; it itself is written only now.
    let key = Key::session(&id.hash());
    sessions
        .vault
        .put_under(&key, id.secret(), &written.data, None)
        .await
        .unwrap();
    let stands = sessions.may_stand(&ada(), &id, None).await;
    assert!(matches!(stands, Err(NotOpened::Ended)));
    assert!(sessions.find(&id.cookie_value()).await.unwrap().is_none());
}
