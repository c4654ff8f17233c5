//! A town whose front door keeps everything in Redis.

use super::Town;

impl Town {
    /// A front door on the Redis at this address, as the setting gives it.
    pub(crate) async fn over(address: &str) -> Self {
        let mut town = Self::new().await;
        town.close().await;
        let key = format!("{}AA==", "k".repeat(84));
        let store = format!("{address:?}\nsecret_key = {key:?}");
        town.settings = town
            .settings
            .replacen("\"sqlite:front-door.sqlite\"", &store, 1);
        town.open().await;
        town.wait_until_links_are_read().await;
        let metadata = town.browser().open(&town.at("/saml/metadata")).await.text;
        town.atlassian.trust_metadata(&metadata);
        town
    }
}
