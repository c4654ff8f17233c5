//! Starting: with settings that are wrong, with secrets in files, with another secret key. What cannot be right stops it, says where, and changes nothing.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use imitation::browser::Browser;
use support::{Town, arrived};

/// What must not be printed, wherever it was put.
const CANARY: &str = "canary-of-a-secret";

const GOOD: &str = "[default]\npublic_url = \"https://sso.example.test\"\n[default.provider.cognito]\ndomain = \"acme.auth.eu-west-1.amazoncognito.com\"\nuser_pool = \"eu-west-1_AbCdEf123\"\nclient_id = \"client\"\n";

fn start(folder: &Path, variables: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_front-door"))
        .current_dir(folder)
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

/// That these settings start nothing, and what is said about it holds these words and no secret.
fn starts_nothing(settings: &str, variables: &[(&str, &str)], words: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("Rocket.toml"), settings).unwrap();
    fs::write(folder.path().join("empty"), "\n").unwrap();
    let done = start(folder.path(), variables);
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(
        done.status.code(),
        Some(2),
        "{settings} {variables:?}: {said}"
    );
    for word in words {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert!(
        !said.contains(CANARY) && !String::from_utf8_lossy(&done.stdout).contains(CANARY),
        "{said}"
    );
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        2,
        "nothing was made"
    );
}

#[test]
fn settings_that_are_wrong_start_nothing_and_say_where() {
    let with = |more: &str| format!("{GOOD}{more}\n");
    let top = |more: &str| GOOD.replace("[default]\n", &format!("[default]\n{more}\n"));
    for (settings, words) in [
        (top("link_nwe = \"on\""), ["link_nwe", "Rocket.toml:2"]),
        (top("links_refresh = 7"), ["links_refresh", "Rocket.toml:2"]),
        (
            top("trusted_proxies = \"10.0.0.0/8, x\""),
            ["trusted_proxies", "Rocket.toml:2"],
        ),
        (
            top("public_url = \"https://other.example.test\""),
            ["Rocket.toml:3", "duplicate key"],
        ),
        (
            with("[default.provider.cognito]"),
            ["Rocket.toml:7", "duplicate key"],
        ),
        (
            GOOD.replace("https://sso", "http://sso"),
            ["public_url", "Rocket.toml:2"],
        ),
        (
            with("client_secret = 7"),
            ["client_secret", "Rocket.toml:7"],
        ),
        (
            with("client_secret = \"\""),
            ["client_secret", "Rocket.toml:7"],
        ),
        (
            with(&format!(
                "client_secret = \"{CANARY}\"\nclient_secret_file = \"empty\""
            )),
            ["client_secret", "given twice"],
        ),
        (
            with("client_secret_file = \"nowhere\""),
            ["client_secret_file", "Rocket.toml:7"],
        ),
        (
            with("client_secret_file = \"empty\""),
            ["client_secret_file", "is empty"],
        ),
        (
            with("client_secret_file = \".\""),
            ["client_secret_file", "cannot be read"],
        ),
        (
            with("client_secret_file = \"/dev/zero\""),
            ["client_secret_file", "cannot be read"],
        ),
        (
            with(
                "[default.atlassian]\nsite = \"https://acme.atlassian.net\"\nemail = \"bot@acme.example\"",
            ),
            ["atlassian.api_token", "is required"],
        ),
        (
            top(&format!("secret_key = \"{CANARY}\"")),
            ["secret_key", "Rocket.toml:2"],
        ),
        (
            top(&format!("store = \"redis://door:{CANARY}@127.0.0.1:odd\"")),
            ["store", "Rocket.toml:2"],
        ),
        (
            top(&format!("store = \"redis://door:{CANARY}@127.0.0.1\"")),
            ["secret_key", "is required where the store is Redis"],
        ),
        (top("store = \"/etc/passwd\""), ["store", "Rocket.toml:2"]),
        (with("client_secret = "), ["Rocket.toml:7", "is not TOML"]),
        (
            with(&format!("client_secret = \"{CANARY}")),
            ["Rocket.toml:7", "is not TOML"],
        ),
    ] {
        starts_nothing(&settings, &[], &words);
    }
}

#[test]
fn variables_that_are_wrong_start_nothing_and_are_named() {
    for (name, value, words) in [
        ("FRONT_DOOR_PROVIDER__COGNITO__CLIENT_ID", "", "is empty"),
        (
            "FRONT_DOOR_PROVIDER__COGNITO__CLIENT_SECRET",
            "",
            "is empty",
        ),
        (
            "FRONT_DOOR_PROVIDER__COGNITO__CLIENT_SECRET_FILE",
            "nowhere",
            "cannot be read",
        ),
        ("FRONT_DOOR_PROVIDER__COGNITO__TIMEOUT", "soon", "must be"),
        ("FRONT_DOOR_SECRET_KEY", CANARY, "must be"),
        ("FRONT_DOOR_SECRETKEY", CANARY, "unknown"),
        ("FRONT_DOOR_PUBLIC_URL", "ftp://x", "must be"),
        ("ROCKET_PORT", "eighty", "must be"),
        ("ROCKET_LIMITS", "{", "ROCKET_LIMITS"),
    ] {
        starts_nothing(GOOD, &[(name, value)], &[name, words]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_in_a_file_counts_without_its_line_end_and_one_that_all_may_read_is_warned_of() {
    for (line_end, mode, warned) in [
        ("\n", 0o600, false),
        ("\r\n", 0o644, true),
        ("", 0o400, false),
    ] {
        let mut town = Town::new().await;
        town.close().await;
        let secret = town.cognito.client_secret().unwrap();
        let file = town.folder.path().join("cognito");
        fs::write(&file, format!("{secret}{line_end}")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        let named = format!("client_secret = {secret:?}");
        assert!(town.settings.contains(&named));
        town.settings = town
            .settings
            .replace(&named, "client_secret_file = \"cognito\"");
        fs::write(town.folder.path().join("Rocket.toml"), &town.settings).unwrap();
        let words = fs::File::create(town.folder.path().join("words.log")).unwrap();
        let mut program = Command::new(env!("CARGO_BIN_EXE_front-door"))
            .current_dir(town.folder.path())
            .env("ROCKET_PORT", town.public_url.rsplit(':').next().unwrap())
            .stdout(words)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        town.wait_until_links_are_read().await;
        let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
        program.kill().unwrap();
        program.wait().unwrap();
        arrived(&page, "ada@customer.example");
        let said = fs::read_to_string(town.folder.path().join("words.log")).unwrap();
        assert_eq!(
            said.contains("every user of this machine may read"),
            warned,
            "{said}"
        );
        assert!(!said.contains(&secret));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_secret_key_opens_nothing_and_changes_nothing() {
    let mut town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    town.close().await;
    fs::write(town.folder.path().join("Rocket.toml"), &town.settings).unwrap();
    let database = town.folder.path().join("front-door.sqlite");
    let held = || {
        let store = rusqlite::Connection::open(&database).unwrap();
        let rows = "SELECT group_concat(name || hex(value)) FROM entry ORDER BY name";
        store
            .query_row(rows, [], |row| row.get::<_, String>(0))
            .unwrap()
    };
    let before = held();
    for byte in [0, 1, 255] {
        let key = STANDARD.encode([byte; 64]);
        let done = start(town.folder.path(), &[("FRONT_DOOR_SECRET_KEY", &key)]);
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!(done.status.code(), Some(1), "{said}");
        assert!(
            said.contains("opens with neither secret_key nor previous_secret_key")
                && !said.contains(&key),
            "{said}"
        );
        assert_eq!(held(), before);
    }
    town.open().await;
    let page = browser.open(&town.at("/p/help")).await;
    arrived(&browser.post_on(page).await, "ada@customer.example");
}
