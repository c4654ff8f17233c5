//! Files and variables: which wins, how they are understood, and where a mistake came from.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use expect_test::{Expect, expect};
use secrecy::ExposeSecret;
use tempfile::TempDir;

use super::*;
use crate::settings::StoreAddress;

const FILE: &str = r#"
    [default]
    store = "sqlite:data/door.sqlite"
    port = 4711
    [default.provider.cognito]
    label = "From the file"
    issuer = "https://issuer.example"
    client_id = "client"
    [strict.session]
    idle = "5m"
"#;

/// A folder with this `Rocket.toml`.
fn folder(toml: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("Rocket.toml"), toml).unwrap();
    folder
}

fn load(folder: &TempDir, variables: &[(&str, &str)]) -> Result<Loaded, Problems> {
    let variables = variables
        .iter()
        .map(|(name, value)| (name.into(), value.into()));
    Settings::from_folder(folder.path(), variables.collect())
}

fn provider(loaded: &Loaded) -> &crate::settings::ProviderSettings {
    loaded.settings.providers.values().next().unwrap()
}

/// What is said of these variables above `FILE`, without the folder's own name.
fn says(variables: &[(&str, &str)], expected: Expect) {
    let folder = folder(FILE);
    let text = load(&folder, variables).unwrap_err().to_string();
    expected.assert_eq(&text.replace(folder.path().to_str().unwrap(), "."));
}

#[test]
fn a_variable_wins_over_the_file_and_leaves_the_rest() {
    let label = ("FRONT_DOOR_PROVIDER__COGNITO__LABEL", "From outside");
    let loaded = load(&folder(FILE), &[label]).unwrap();
    assert_eq!(provider(&loaded).label, "From outside");
    assert_eq!(provider(&loaded).client_id, "client");
}

#[test]
fn the_chosen_profile_wins_over_default() {
    let minutes = |variables: &[_]| {
        load(&folder(FILE), variables)
            .unwrap()
            .settings
            .session
            .idle
            .as_secs()
            / 60
    };
    assert_eq!(minutes(&[]), 120);
    assert_eq!(minutes(&[("ROCKET_PROFILE", "strict")]), 5);
    assert_eq!(
        minutes(&[
            ("ROCKET_PROFILE", "strict"),
            ("FRONT_DOOR_SESSION__IDLE", "7m")
        ]),
        7
    );
}

#[test]
fn a_variable_is_text_until_it_is_asked_for() {
    let loaded = load(
        &folder(FILE),
        &[
            ("FRONT_DOOR_PROVIDER__COGNITO__CLIENT_ID", "0123"),
            (
                "FRONT_DOOR_PROVIDER__COGNITO__CLIENT_SECRET",
                "{not, a table}",
            ),
            (
                "FRONT_DOOR_PROVIDER__COGNITO__EMAIL_DOMAINS",
                "a.example, b.example",
            ),
            ("FRONT_DOOR_ACCESS__DOMAINS", "[\"c.example\"]"),
            ("FRONT_DOOR_ACCESS__CLAIMS", "{ \"custom:Level\" = \"1\" }"),
            ("FRONT_DOOR_ACCESS__ATTEMPTS_PER_MINUTE", "7"),
            (
                "FRONT_DOOR_ORGANIZATION",
                "[{ name = \"A\", domains = [\"a.example\"], managed = false }]",
            ),
        ],
    )
    .unwrap();
    let provider = provider(&loaded);
    assert_eq!(provider.client_id, "0123");
    assert_eq!(
        provider.client_secret.as_ref().unwrap().expose_secret(),
        "{not, a table}"
    );
    assert_eq!(provider.email_domains.len(), 2);
    let access = &loaded.settings.access;
    assert_eq!((access.domains.len(), access.attempts_per_minute), (1, 7));
    assert_eq!(access.claims, [("custom:Level".to_owned(), "1".to_owned())]);
    assert_eq!(loaded.settings.organizations[0].name, "A");
}

#[test]
fn rockets_variables_keep_working() {
    let loaded = load(
        &folder(FILE),
        &[
            ("ROCKET_PORT", "4712"),
            ("ROCKET_LIMITS", "{form=\"64KiB\"}"),
        ],
    )
    .unwrap();
    let rocket: rocket::Config = loaded.rocket.extract().unwrap();
    assert_eq!(rocket.port, 4712);
    assert_eq!(rocket.limits.get("form").unwrap().as_u64(), 64 * 1024);
}

#[test]
fn a_path_is_meant_where_it_stands() {
    let folder = folder(FILE);
    let store = |variables: &[_]| load(&folder, variables).unwrap().settings.store;
    let beside_file = folder.path().join("data/door.sqlite");
    assert_eq!(store(&[]), StoreAddress::Sqlite(beside_file));
    let variable = ("FRONT_DOOR_STORE", "sqlite:data/door.sqlite");
    assert_eq!(
        store(&[variable]),
        StoreAddress::Sqlite("data/door.sqlite".into())
    );
}

#[test]
fn another_file_may_be_named_and_must_then_be_there() {
    let folder = folder("[default]\ncolour = 1");
    fs::write(folder.path().join("other.toml"), FILE).unwrap();
    assert!(load(&folder, &[("ROCKET_CONFIG", "other.toml")]).is_ok());
    let problems = load(&folder, &[("ROCKET_CONFIG", "missing.toml")]).unwrap_err();
    assert!(
        problems
            .to_string()
            .contains("missing.toml: cannot be read")
    );
}

#[test]
fn a_secret_may_stand_in_a_file_of_its_own() {
    let named = "client_id = \"client\"\nclient_secret_file = \"secret\"";
    let folder = folder(&FILE.replace("client_id = \"client\"", named));
    let file = folder.path().join("secret");
    fs::write(&file, "hush\n").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let loaded = load(&folder, &[]).unwrap();
    assert_eq!(
        provider(&loaded)
            .client_secret
            .as_ref()
            .unwrap()
            .expose_secret(),
        "hush"
    );
    assert!(loaded.warnings.is_empty());

    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let warning = load(&folder, &[]).unwrap().warnings[0].to_string();
    assert!(
        warning.ends_with("which every user of this machine may read"),
        "{warning}"
    );
}

#[test]
fn a_mistake_names_its_variable_or_file() {
    says(
        &[
            ("FRONT_DOOR_PROVIDER__COGNITO__CLIENT_ID", ""),
            ("FRONT_DOOR_PROVIDER__COGNITO__TIMEOUT", "soon"),
            ("FRONT_DOOR_PROVIDER__COGNITO__CLIENT_SECRET", "hush"),
            (
                "FRONT_DOOR_PROVIDER__COGNITO__CLIENT_SECRET_FILE",
                "nowhere",
            ),
            (
                "FRONT_DOOR_PROVIDER__OTHER__ISSUER",
                "https://other.example",
            ),
            ("FRONT_DOOR_SECRET_KEY_FILE", "nowhere"),
            ("FRONT_DOOR_SECRET_KEY", "c2hvcnQ="),
            ("FRONT_DOOR_PREVIOUS_SECRET_KEY_FILE", "nowhere"),
            ("FRONT_DOOR_LINKS_REFRESHED", "5m"),
            ("FRONT_DOOR_PORT", "80"),
            ("FRONT_DOOR_ACCESS", "{}"),
            ("FRONT_DOOR_ACCESS__DISPOSABLE", "allow"),
            ("FRONT_DOOR_SESSION____IDLE", "1h"),
            ("FRONT_DOOR_link_new", "on"),
            ("FRONT_DOOR_LINK_NEW", "off"),
            ("ROCKET_PORT", "eighty"),
            ("ROCKET_TLS", "-----BEGIN PRIVATE KEY-----"),
            ("ROCKET_ADRESS", "0.0.0.0"),
            ("ROCKET_CHAT_URL", "https://chat.example"),
        ],
        expect![[r"
            provider.cognito.client_id (FRONT_DOOR_PROVIDER__COGNITO__CLIENT_ID): is empty; remove the variable to leave it unset
            port (FRONT_DOOR_PORT): is Rocket's; set ROCKET_PORT
            FRONT_DOOR_SESSION____IDLE: has a level without a name
            ROCKET_ADRESS: is unknown; did you mean ROCKET_ADDRESS?
            access (FRONT_DOOR_ACCESS): is set again in FRONT_DOOR_ACCESS__DISPOSABLE
            link_new (FRONT_DOOR_LINK_NEW): is set again in FRONT_DOOR_link_new
            link_new (FRONT_DOOR_link_new): is set again in FRONT_DOOR_LINK_NEW
            port (ROCKET_PORT): must be u16
            tls (ROCKET_TLS): must be struct TlsConfig
            secret_key (FRONT_DOOR_SECRET_KEY): is given twice: remove it or `secret_key_file`
            previous_secret_key_file (FRONT_DOOR_PREVIOUS_SECRET_KEY_FILE): names nowhere, which cannot be read: No such file or directory (os error 2)
            provider.cognito.client_secret (FRONT_DOOR_PROVIDER__COGNITO__CLIENT_SECRET): is given twice: remove it or `client_secret_file`
            provider.cognito.timeout (FRONT_DOOR_PROVIDER__COGNITO__TIMEOUT): must be a whole number above 0 and ms, s, m, h or d, such as 90s or 12h
            provider.other.client_id (FRONT_DOOR_PROVIDER__OTHER__ISSUER): is required
            links_refreshed (FRONT_DOOR_LINKS_REFRESHED): is unknown; did you mean `links_refresh`?"]],
    );
}

#[test]
fn what_kubernetes_says_of_a_service_is_not_for_us() {
    let variables = [
        ("FRONT_DOOR_SERVICE_HOST", "10.0.0.1"),
        ("FRONT_DOOR_SERVICE_PORT_HTTP", "80"),
        ("FRONT_DOOR_PORT", "tcp://10.0.0.1:80"),
        ("FRONT_DOOR_PORT_80_TCP_ADDR", "10.0.0.1"),
    ];
    assert!(load(&folder(FILE), &variables).is_ok());
}
