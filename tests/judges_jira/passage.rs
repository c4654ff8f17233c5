//! Where our client's calls to an imitation of Atlassian pass Prism, and what Prism thought of them.

use std::collections::BTreeSet;

use front_door::jsm::Jsm;
use front_door::settings::Settings;
use imitation::atlassian::{Atlassian, AtlassianConfig};
use imitation::cognito::{Cognito, CognitoConfig};
use serde_json::{Value, json};

use crate::judges::Judge;

/// Our client, an imitation of Atlassian, and Prism between the two.
pub(crate) struct Passage {
    pub(crate) atlassian: Atlassian,
    pub(crate) prism: Judge,
    address: String,
    pub(crate) settings: String,
    folder: tempfile::TempDir,
}

impl Passage {
    pub(crate) async fn new() -> Self {
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
    pub(crate) fn client(&self, settings: &str) -> Jsm {
        let loaded = Settings::from_toml(settings, self.folder.path()).unwrap();
        let http = reqwest::Client::builder().no_proxy();
        let http = http.redirect(reqwest::redirect::Policy::none());
        Jsm::new(http.build().unwrap(), &loaded.settings.atlassian.unwrap())
    }

    /// A request that is not our client's.
    pub(crate) fn request(
        &self,
        method: &str,
        path: &str,
        body: &Value,
    ) -> reqwest::RequestBuilder {
        let url = format!("{}/{path}", self.address);
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client
            .request(method.parse().unwrap(), url)
            .basic_auth(self.atlassian.email(), Some(self.atlassian.api_token()));
        if body.is_null() {
            request
        } else {
            request.json(body)
        }
    }

    pub(crate) fn with_an_oauth_client(&self) -> Jsm {
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

/// The same settings, whose calls to Atlassian go through Prism and may take their time.
pub(crate) fn through(settings: &str, atlassian: &Atlassian, prism: &str) -> String {
    let portal = atlassian.site();
    settings.replace(
        &format!("site = {portal:?}"),
        &format!("site = {prism:?}\nportal = {portal:?}\ngateway = {prism:?}\nbudget = \"1m\""),
    )
}

/// Nothing that passed was against the description; which operations it was.
pub(crate) fn accepted(prism: &mut Judge) -> BTreeSet<String> {
    let passed = prism.ask(&json!({"planted": false}));
    let exchanges = passed.as_array().unwrap();
    for exchange in exchanges {
        assert_eq!(exchange["violations"], json!([]), "{exchange:#}");
    }
    let operations = exchanges.iter().filter_map(|one| one["operation"].as_str());
    operations.map(str::to_owned).collect()
}

/// The one exchange that passed was found to be wrong.
pub(crate) fn refused(prism: &mut Judge, what: &str) {
    let passed = prism.ask(&json!({"planted": true}));
    assert_eq!(passed.as_array().unwrap().len(), 1, "{what}: {passed:#}");
    assert_ne!(passed[0]["violations"], json!([]), "{what}: {passed:#}");
}
