//! What is deployed at work: a login on the image's own files, which nobody can write to, over the Redis that the compose file starts; and what terraform
//! registers at Cognito.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

#[path = "support/compose.rs"]
mod compose;
#[path = "support/judges.rs"]
mod judges;
#[path = "support/scripts.rs"]
mod scripts;
mod support;

use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use compose::{compose, redis_of_compose};
use front_door::settings::Settings;
use imitation::browser::Browser;
use judges::Judge;
use scripts::{deployed, script};
use serde_json::json;
use support::{Town, arrived};
use tempfile::TempDir;

/// What the image holds, a folder with settings and secrets, and one for the store.
struct Container {
    image: TempDir,
    settings: TempDir,
    store: TempDir,
}

/// That this program can lock another one up, as a container would; or what is missing.
fn can_lock_up(bwrap: &str) -> Result<(), String> {
    let mut command = Command::new(bwrap);
    command.args(["--unshare-all", "--uid", "65532", "--ro-bind", "/", "/"]);
    let tried = command.arg("true").output();
    let tried = tried.map_err(|error| {
        format!("bwrap does not start ({error}): tests/run installs what the tests need")
    })?;
    if tried.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&tried.stderr);
    Err(format!(
        "bwrap makes no user namespace here, which these tests need: allow them (sysctl kernel.unprivileged_userns_clone=1, \
         kernel.apparmor_restrict_unprivileged_userns=0, user.max_user_namespaces above 0), and in a container start it with \
         --security-opt seccomp=unconfined. It said: {said}"
    ))
}

/// Where the settings are inside.
const SETTINGS: &str = "/etc/front-door";

/// Where SQLite keeps its file inside.
const STORE: &str = "/var/lib/front-door";

impl Container {
    fn new() -> Self {
        let can_lock_up = can_lock_up("bwrap");
        can_lock_up.unwrap_or_else(|missing| panic!("{missing}"));
        let folder = || tempfile::tempdir().unwrap();
        let (image, settings, store) = (folder(), folder(), folder());
        let program = Path::new(env!("CARGO_BIN_EXE_front-door"));
        script("image.sh", &[program, image.path()]);
        Self {
            image,
            settings,
            store,
        }
    }

    /// Starts it as the image says, not as root and without any right; it may write to its store, if that is so.
    fn start(&self, town: &Town, store: &str, may_write: bool) -> Child {
        let line = "store = \"sqlite:front-door.sqlite\"";
        assert!(town.settings.contains(line));
        let settings = town.settings.replace(line, store);
        std::fs::write(self.settings.path().join("Rocket.toml"), settings).unwrap();
        let mut command = Command::new("bwrap");
        command.args(["--unshare-all", "--share-net", "--die-with-parent"]);
        command.args(["--uid", "65532", "--gid", "65532", "--cap-drop", "ALL"]);
        command.arg("--ro-bind").arg(self.image.path()).arg("/");
        command
            .arg("--ro-bind")
            .arg(self.settings.path())
            .arg(SETTINGS);
        if may_write {
            command.arg("--bind").arg(self.store.path()).arg(STORE);
        }
        let port = town.public_url.rsplit(':').next().unwrap();
        command.args(["--chdir", STORE, "--clearenv"]);
        command.args(["--setenv", "ROCKET_ADDRESS", "0.0.0.0"]);
        command.args(["--setenv", "ROCKET_PORT", port]);
        command.args(["--setenv", "ROCKET_CONFIG", "/etc/front-door/Rocket.toml"]);
        command.args(["/usr/local/bin/front-door", "serve"]);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }
}

/// Waits until it has read the links; tells what it said when it ends before.
async fn is_open(town: &Town, child: &mut Child) {
    let (browser, ready) = (Browser::new(), town.at("/health/ready"));
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            panic!("{status}: {}", said(child));
        }
        match browser.try_open(&ready).await {
            Ok(page) if page.says("\"atlassian\":\"ok\"") => return,
            _ => tokio::task::yield_now().await,
        }
    }
}

fn said(child: &mut Child) -> String {
    let mut text = String::new();
    let mut stderr = child.stderr.take().unwrap();
    stderr.read_to_string(&mut text).unwrap();
    text
}

/// Somebody comes, and is known when they come again.
async fn a_customer_arrives(town: &Town) {
    let metadata = Browser::new().open(&town.at("/saml/metadata")).await.text;
    town.atlassian.trust_metadata(&metadata);
    let browser = Browser::new();
    let page = town.arrive(&browser, "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
    let page = browser.open(&town.at("/p/help")).await;
    arrived(&browser.post_on(page).await, "ada@customer.example");
}

#[test]
fn without_user_namespaces_the_tests_say_so() {
    let missing = can_lock_up("false").unwrap_err();
    assert!(
        missing.contains("makes no user namespace here"),
        "{missing}"
    );
    let missing = can_lock_up("no-such-program").unwrap_err();
    assert!(missing.contains("tests/run installs"), "{missing}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_image_works_with_nothing_to_write_to_over_the_redis_of_compose() {
    let container = Container::new();
    let secrets = container.settings.path().join("secrets");
    script("compose/secrets.sh", &[&secrets]);
    let redis = redis_of_compose(&secrets);
    let store = std::fs::read_to_string(secrets.join("store")).unwrap();
    let here = format!("@127.0.0.1:{}", redis.port);
    // In the test everything belongs to one user, and so it is written anew.
    for (name, text) in [
        ("store", store.replace("@redis:6379", &here)),
        (
            "secret_key",
            std::fs::read_to_string(secrets.join("secret_key")).unwrap(),
        ),
    ] {
        std::fs::write(container.settings.path().join(name), text).unwrap();
    }
    let mut town = Town::new().await;
    town.close().await;
    let settings = "store_file = \"store\"\nsecret_key_file = \"secret_key\"";
    let mut child = container.start(&town, settings, false);
    is_open(&town, &mut child).await;
    a_customer_arrives(&town).await;
    let told = redis.say("PING");
    assert!(told.contains("NOAUTH"), "nobody without a password: {told}");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn with_sqlite_the_image_writes_beside_its_database_alone() {
    let container = Container::new();
    let mut town = Town::new().await;
    town.close().await;
    let store = format!("store = \"sqlite:{STORE}/front-door.sqlite\"");
    let mut refused = container.start(&town, &store, false);
    assert_eq!(refused.wait().unwrap().code(), Some(1));
    let said = said(&mut refused);
    assert!(said.contains("Read-only file system"), "{said}");
    let mut child = container.start(&town, &store, true);
    is_open(&town, &mut child).await;
    a_customer_arrives(&town).await;
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn compose_and_its_script_name_the_same_files() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = folder.path().join("secrets");
    script("compose/secrets.sh", &[&secrets]);
    let compose = compose();
    let named = compose["secrets"].as_object().unwrap();
    assert_eq!(named.len(), 3);
    for (name, file) in named {
        assert_eq!(file["file"], format!("compose/secrets/{name}"));
        assert!(secrets.join(name).exists(), "{name}");
    }
    for (name, service) in compose["services"].as_object().unwrap() {
        assert_eq!(service["read_only"], true, "{name}");
        assert_eq!(service["cap_drop"], json!(["ALL"]), "{name}");
        let image = service["image"].as_str().unwrap();
        assert!(image.contains(':') && !image.ends_with("latest"), "{image}");
    }
    let again = Command::new("sh")
        .arg(deployed("compose/secrets.sh"))
        .arg(&secrets)
        .status();
    assert!(!again.unwrap().success(), "secrets are made once");
}

#[test]
fn what_compose_asks_for_is_in_the_file_that_it_reads_by_itself() {
    let compose = std::fs::read_to_string(deployed("compose.yaml")).unwrap();
    let example = std::fs::read_to_string(deployed(".env.example")).unwrap();
    let asked: Vec<&str> = compose.split("${").skip(1).collect();
    assert!(!asked.is_empty());
    for variable in asked {
        let name = variable.split([':', '}']).next().unwrap();
        assert!(example.contains(&format!("\n{name}=")), "{name}");
    }
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let ignored = std::fs::read_to_string(top.join(".gitignore")).unwrap();
    assert!(ignored.lines().any(|line| line == "/deploy/.env"));
}

#[tokio::test(flavor = "multi_thread")]
async fn terraform_registers_the_addresses_that_check_asks_for() {
    let town = Town::new().await;
    std::fs::write(town.folder.path().join("Rocket.toml"), &town.settings).unwrap();
    let check = Command::new(env!("CARGO_BIN_EXE_front-door"))
        .arg("check")
        .current_dir(town.folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8(check.stdout).unwrap();
    let text = std::fs::read_to_string(deployed("terraform/main.tf")).unwrap();
    for key in ["callback_urls", "logout_urls"] {
        let line = text
            .lines()
            .find(|line| line.trim().starts_with(key))
            .unwrap();
        let template = line.split('"').nth(1).unwrap();
        let address = template
            .replace("${var.public_url}", &town.public_url)
            .replace("${var.provider_name}", "cognito");
        assert!(said.contains(&address), "{address}: {said}");
    }
}

/// The settings that the manifests for Kubernetes mount.
fn settings_of_kubernetes() -> String {
    let text = std::fs::read_to_string(deployed("kubernetes/configmap.yaml")).unwrap();
    let read = json!({ "kind": "read", "text": text });
    let map = Judge::of_deployment().ask(&read)["read"][0].take();
    map["data"]["Rocket.toml"].as_str().unwrap().to_owned()
}

#[test]
fn the_settings_that_are_deployed_are_settings() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = folder.path().join("secrets");
    script("compose/secrets.sh", &[&secrets]);
    let there = |text: &str| {
        let secrets = format!("{}/", secrets.display());
        text.replace("/run/secrets/front-door/", &secrets)
            .replace("/run/secrets/", &secrets)
    };
    let unit = std::fs::read_to_string(deployed("systemd/Rocket.toml")).unwrap();
    let more = unit.replace("# [default", "[default").replace("# ", "");
    assert!(more.contains("\napi_token_file"), "{more}");
    std::fs::copy(secrets.join("store"), folder.path().join("atlassian")).unwrap(); // with its mode
    let comments = |line: &&str| !line.starts_with("/etc/") && !line.starts_with("A secret");
    let more: Vec<&str> = more.lines().filter(comments).collect();
    for text in [&unit, &more.join("\n"), &there(&settings_of_kubernetes())] {
        let loaded = Settings::from_toml(text, folder.path());
        let loaded = loaded.unwrap_or_else(|problems| panic!("{problems}: {text}"));
        assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
        assert_eq!(loaded.settings.trusted_proxies.len(), 1);
    }
    let environment = compose()["services"]["front-door"]["environment"].take();
    let mut check = Command::new(env!("CARGO_BIN_EXE_front-door"));
    check.arg("check").current_dir(folder.path()).env_clear();
    for (name, value) in environment.as_object().unwrap() {
        let value = value.as_str().unwrap();
        let is_address = value.starts_with("${PUBLIC_URL:");
        let value = if is_address {
            "https://sso.acme.example"
        } else {
            &there(value)
        };
        check.env(name, value);
    }
    let said = String::from_utf8(check.output().unwrap().stdout).unwrap();
    let line = said.lines().find(|line| line.contains("settings"));
    assert!(line.is_some_and(|line| line.starts_with("ok")), "{said}");
}
