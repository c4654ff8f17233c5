//! Programs by others judge the imitation of Atlassian and what our client asks of it, so that neither is an invention of ours.
#![expect(
    clippy::unwrap_used,
    reason = "what cannot be set up has failed the test"
)]

#[path = "support/judges.rs"]
mod judges;
mod support;

use std::collections::BTreeSet;
use std::time::Duration;

use front_door::jsm::{AccountId, Creation, Deadline, Jsm, JsmError, Lookup};
use front_door::settings::Settings;
use imitation::atlassian::{Atlassian, AtlassianConfig, Failure, Operation, Permission};
use imitation::cognito::{Cognito, CognitoConfig};
use judges::Judge;
use serde_json::{Value, json};
use support::{Town, arrived};

const ADA: &str = "ada@customer.example";

/// Our client, an imitation of Atlassian, and Prism between the two.
struct Passage {
    atlassian: Atlassian,
    prism: Judge,
    address: String,
    settings: String,
    folder: tempfile::TempDir,
}

impl Passage {
    async fn new() -> Self {
        let atlassian = Atlassian::start(AtlassianConfig::default()).await;
        let cognito = Cognito::start(CognitoConfig::default()).await;
        let (prism, address) = Judge::prism(&atlassian.site());
        let public_url = "http://localhost:8000";
        let settings = imitation::front_door_settings(public_url, "sqlite:x", &cognito, &atlassian);
        Self {
            settings: through(&settings, &atlassian, &address),
            folder: tempfile::tempdir().unwrap(),
            atlassian,
            prism,
            address,
        }
    }

    /// The client of these settings.
    fn client(&self, settings: &str) -> Jsm {
        let loaded = Settings::from_toml(settings, self.folder.path()).unwrap();
        let http = reqwest::Client::builder().no_proxy();
        let http = http.redirect(reqwest::redirect::Policy::none());
        Jsm::new(http.build().unwrap(), &loaded.settings.atlassian.unwrap())
    }

    fn with_an_oauth_client(&self) -> Jsm {
        let (id, secret) = self.atlassian.oauth_client();
        let basic = format!(
            "email = {:?}\napi_token = {:?}",
            self.atlassian.email(),
            self.atlassian.api_token()
        );
        let oauth = format!(
            "token_kind = \"oauth\"\nauth = {:?}\nclient_id = {id:?}\nclient_secret = {secret:?}",
            self.address
        );
        self.client(&self.settings.replace(&basic, &oauth))
    }
}

/// The same settings, whose calls to Atlassian go through Prism.
fn through(settings: &str, atlassian: &Atlassian, prism: &str) -> String {
    let portal = atlassian.site();
    settings.replace(
        &format!("site = {portal:?}"),
        &format!("site = {prism:?}\nportal = {portal:?}\ngateway = {prism:?}"),
    )
}

fn soon() -> Deadline {
    Deadline::after(Duration::from_secs(20))
}

fn says(error: Result<(), JsmError>, words: &str) {
    let said = error.unwrap_err().to_string();
    assert!(said.contains(words), "{said}");
}

/// Nothing that passed was against the description; which operations it was.
fn accepted(prism: &mut Judge) -> BTreeSet<String> {
    let passed = prism.ask(&json!({"planted": false}));
    let exchanges = passed.as_array().unwrap();
    for exchange in exchanges {
        assert_eq!(exchange["violations"], json!([]), "{exchange:#}");
    }
    let operations = exchanges.iter().filter_map(|one| one["operation"].as_str());
    operations.map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_of_the_client_is_as_atlassian_describes_it() {
    let mut passage = Passage::new().await;
    let jsm = passage.client(&passage.settings);
    let ada = customers(&jsm, &passage.atlassian).await;
    organizations(&jsm, &passage.atlassian, &ada).await;
    credentials(&jsm, &passage).await;
    let seen = accepted(&mut passage.prism);
    let unseen: Vec<_> = operations_of_the_client()
        .into_iter()
        .filter(|operation| !seen.contains(operation))
        .collect();
    assert!(
        unseen.is_empty(),
        "to be described in openapi.json, and called here: {unseen:?}"
    );
}

/// Found, made, found again, added to a desk and taken out; and each refusal.
async fn customers(jsm: &Jsm, atlassian: &Atlassian) -> AccountId {
    let desks = jsm.service_desks(soon()).await.unwrap();
    assert_eq!(desks.len(), 3, "in two pages");
    let desk = &desks[0].id;
    assert!(jsm.portal_id(desk, soon()).await.unwrap().is_some());
    let nobody = jsm.find_by_address(ADA, Some(desk), soon()).await.unwrap();
    assert_eq!(nobody, Lookup::NotFound);
    let made = jsm.create_customer(ADA, "Ada Lovelace", soon()).await;
    let Creation::Created { account_id, .. } = made.unwrap() else {
        panic!("the address is free");
    };
    let again = jsm.create_customer(ADA, "Ada Lovelace", soon()).await;
    assert_eq!(again.unwrap(), Creation::Taken);
    jsm.account_type(&account_id, soon()).await.unwrap();
    for _ in 0..2 {
        let added = jsm.add_to_service_desk(desk, &account_id, soon()).await;
        added.unwrap();
    }
    assert_eq!(atlassian.member_emails("HELP").len(), 1);
    let unknown = "qm:nobody".parse().unwrap();
    let refused = jsm.add_to_service_desk(desk, &unknown, soon()).await;
    says(refused, "(400)");
    let elsewhere = "99".parse().unwrap();
    let missing = jsm.add_to_service_desk(&elsewhere, &account_id, soon());
    says(missing.await, "(404)");
    atlassian.revoke(Permission::AdministerDesks);
    let forbidden = jsm.add_to_service_desk(desk, &account_id, soon()).await;
    says(forbidden, "(403)");
    atlassian.grant(Permission::AdministerDesks);
    let removed = jsm.remove_from_service_desk(desk, &account_id, soon());
    removed.await.unwrap();
    account_id
}

/// Made, listed in pages, joined, let into a desk and left; and each refusal.
async fn organizations(jsm: &Jsm, atlassian: &Atlassian, ada: &AccountId) {
    for name in ["Acme", "Beta", "Ceti"] {
        atlassian.add_organization(name, false);
    }
    assert_eq!(jsm.organizations(soon()).await.unwrap().len(), 3);
    let acme = jsm.create_or_get_organization("Acme", soon()).await;
    let acme = acme.unwrap().id;
    let desk = "1".parse().unwrap();
    let let_in = jsm.add_organization_to_service_desk(&desk, &acme, soon());
    let_in.await.unwrap();
    jsm.add_to_organization(&acme, ada, soon()).await.unwrap();
    let unknown = "qm:nobody".parse().unwrap();
    let refused = jsm.add_to_organization(&acme, &unknown, soon()).await;
    says(refused, "(400)");
    let left = jsm.remove_from_organization(&acme, ada, soon()).await;
    left.unwrap();
    let elsewhere = "99".parse().unwrap();
    let missing = jsm.add_to_organization(&elsewhere, ada, soon()).await;
    says(missing, "(404)");
}

/// Each kind of token: good, ended, and looked for at the gateway.
async fn credentials(jsm: &Jsm, passage: &Passage) {
    let found = jsm.examine(soon()).await;
    assert_eq!(found.problems, []);
    passage.atlassian.set_token_expired(true);
    assert_eq!(jsm.examine(soon()).await.problems.len(), 1);
    passage.atlassian.set_token_expired(false);
    let oauth = passage.with_an_oauth_client();
    oauth.myself(soon()).await.unwrap();
}

/// The names of the calls in the client's source.
fn operations_of_the_client() -> BTreeSet<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/jsm");
    let mut names = BTreeSet::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.ends_with("_tests.rs") || name == "scripted_site.rs" {
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        let source = source.split("#[cfg(test)]\nmod tests").next().unwrap();
        for start in [
            "Call::get(",
            "Call::post(",
            "Call::put(",
            "Call::delete(",
            "OPERATION: Operation = ",
        ] {
            let after = source.split(start).skip(1).map(str::trim_start);
            let quoted = after.filter_map(|after| after.strip_prefix('"')?.split('"').next());
            names.extend(quoted.map(str::to_owned));
        }
    }
    assert!(names.len() >= 17, "{names:?}");
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_visit_asks_nothing_else_of_atlassian() {
    let mut town = Town::new().await;
    town.close().await;
    let (mut prism, address) = Judge::prism(&town.atlassian.site());
    town.settings = through(&town.settings, &town.atlassian, &address);
    town.open().await;
    town.wait_until_links_are_read().await;
    let browser = town.browser();
    arrived(&town.arrive(&browser, "/p/help", "ada").await, ADA);
    let seen = accepted(&mut prism);
    assert!(seen.contains("create_customer"), "{seen:?}");
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_as_described_is_found() {
    let mut passage = Passage::new().await;
    let customers = "rest/servicedeskapi/servicedesk/1/customer";
    let accounts = json!({"accountIds": ["qm:1"]});
    let requests = [
        (
            "POST",
            "rest/servicedeskapi/customer",
            json!({"email": ADA}),
        ),
        (
            "POST",
            "rest/servicedeskapi/customer",
            json!({"email": 7, "displayName": "Ada"}),
        ),
        ("POST", customers, json!({"accountIds": "qm:1"})),
        ("POST", customers, json!({"accounts": ["qm:1"]})),
        ("DELETE", customers, accounts.clone()),
        ("PUT", customers, accounts),
        (
            "GET",
            "rest/servicedeskapi/servicedesk?start=one",
            Value::Null,
        ),
        ("GET", "rest/api/3/user/search", Value::Null),
        ("GET", "rest/servicedeskapi/portals", Value::Null),
    ];
    for (method, path, body) in requests {
        let url = format!("{}/{path}", passage.address);
        let (email, token) = (passage.atlassian.email(), passage.atlassian.api_token());
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client
            .request(method.parse().unwrap(), url)
            .basic_auth(email, Some(token));
        let request = if body.is_null() {
            request
        } else {
            request.json(&body)
        };
        request.send().await.unwrap();
        refused(&mut passage.prism, path);
    }
    let answers = [
        r#"{"size":"two","start":0,"limit":50,"isLastPage":true,"_links":{},"values":[]}"#,
        r#"{"size":0,"start":0,"limit":50,"_links":{},"values":[]}"#,
        r#"{"size":0,"start":0,"limit":50,"isLastPage":true,"_links":{},"values":[],"total":0}"#,
        r#"{"size":1,"start":0,"limit":50,"isLastPage":true,"_links":{},"values":[{"id":1,"projectId":"1","projectKey":"HELP","projectName":"Help"}]}"#,
        "[]",
    ];
    let jsm = passage.client(&passage.settings);
    for answer in answers {
        passage
            .atlassian
            .fail_next(Operation::ListDesks, Failure::text(answer));
        let _whatever_the_client_makes_of_it = jsm.service_desks(soon()).await;
        refused(&mut passage.prism, answer);
    }
}

/// The one exchange that passed was found to be wrong.
fn refused(prism: &mut Judge, what: &str) {
    let passed = prism.ask(&json!({"planted": true}));
    assert_eq!(passed.as_array().unwrap().len(), 1, "{what}: {passed:#}");
    assert_ne!(passed[0]["violations"], json!([]), "{what}: {passed:#}");
}
