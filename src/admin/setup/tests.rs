//! What counts as done, over a real store.

use std::path::Path;

use super::*;
use crate::clock::Clock;
use crate::link::Catalogue;
use crate::settings::Settings;
use crate::store::Vault;

const PROVIDER: &str = "[default.provider.cognito]\ndomain = \"acme.auth.eu-west-1.amazoncognito.com\"\nuser_pool = \"eu-west-1_AbCdEf123\"\nclient_id = \"client\"\n";

const PORTAL: &str = "[default.saml.service_provider.portal]\nkind = \"portal-only\"\nentity_id = \"urn:portal\"\nacs_url = \"https://portal.example/acs\"\n";

fn settings(text: &str) -> Settings {
    let loaded = Settings::from_toml(text, Path::new(""));
    loaded
        .unwrap_or_else(|problems| panic!("{problems}"))
        .settings
}

async fn vault(folder: &tempfile::TempDir) -> Vault {
    Vault::in_folder(folder.path(), &Clock::system()).await
}

/// The steps that are done by these settings, before anything was read of Atlassian.
async fn done(vault: &Vault, text: &str) -> Vec<Step> {
    let settled = Settled::by(&settings(text), vault.clone());
    let progress = settled
        .progress(&Catalogue::default(), false)
        .await
        .unwrap();
    let is_done = |step: &Step| step.state(&progress) == State::Done;
    Step::ALL.into_iter().filter(is_done).collect()
}

#[tokio::test]
async fn a_step_is_done_when_the_settings_say_all_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(&folder).await;
    assert_eq!(done(&vault, "").await, []);
    let usual = [Step::Provider, Step::Administrators];
    assert_eq!(done(&vault, PROVIDER).await, usual);
    let nobody = format!("{PROVIDER}[default.admin]\ngroups = []");
    assert_eq!(done(&vault, &nobody).await, [Step::Provider]);
    let portal = done(&vault, &format!("{PROVIDER}{PORTAL}")).await;
    assert!(portal.contains(&Step::SignIn), "{portal:?}");
}

#[tokio::test]
async fn a_test_counts_for_the_pool_and_client_that_were_tested() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(&folder).await;
    let tested = |steps: &[Step]| (steps.contains(&Step::Test), steps.contains(&Step::Mapping));
    assert_eq!(tested(&done(&vault, PROVIDER).await), (false, false));
    let set = settings(PROVIDER);
    for provider in set.providers.values() {
        note_mapped(&vault, provider, &set.mapping).await.unwrap();
        assert_eq!(tested(&done(&vault, PROVIDER).await), (false, false));
        for _ in 0..2 {
            note_tested(&vault, provider, &set.mapping).await.unwrap();
        }
    }
    assert_eq!(tested(&done(&vault, PROVIDER).await), (true, true));
    let names = format!("{PROVIDER}[default.mapping]\ndisplay_name = \"name\"");
    assert_eq!(tested(&done(&vault, &names).await), (true, true));
    let another = format!("{PROVIDER}[default.mapping]\nemail = \"upn\"");
    assert_eq!(tested(&done(&vault, &another).await), (true, false));
    let domains = format!("{PROVIDER}email_domains = [\"acme.example\"]");
    assert_eq!(tested(&done(&vault, &domains).await), (true, false));
    for other in [
        PROVIDER.replace("\"client\"", "\"another\""),
        PROVIDER.replace("AbCdEf123", "AbCdEf124"),
        format!(
            "{PROVIDER}email_domains = [\"acme.example\"]\n{}",
            PROVIDER.replace("cognito]", "second]")
        ),
        String::new(),
    ] {
        assert_eq!(
            tested(&done(&vault, &other).await),
            (false, false),
            "{other}"
        );
    }
}

#[tokio::test]
async fn the_first_run_ends_once_and_for_every_process() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(&folder).await;
    let (one, other) = (FirstRun::new(vault.clone()), FirstRun::new(vault.clone()));
    assert!(!one.is_over().await.unwrap() && !other.is_over().await.unwrap());
    for _ in 0..2 {
        one.end().await.unwrap();
        assert!(one.is_over().await.unwrap() && other.is_over().await.unwrap());
    }
    assert!(FirstRun::new(vault).is_over().await.unwrap());
}

#[test]
fn back_and_next_lead_through_all_steps() {
    let (mut forth, mut back) = (Vec::new(), Vec::new());
    let mut here = Some(Step::Provider);
    while let Some(step) = here {
        forth.push(step);
        back.extend(step.previous());
        here = step.next();
    }
    assert_eq!(forth, Step::ALL);
    assert_eq!(back, Step::ALL[..6]);
    for step in Step::ALL {
        assert!(step.address().starts_with("/setup/"), "{step:?}");
    }
}
