//! The way to the admin desk: every address that it has, commands, and setup codes.

use front_door::admin::setup_code::SetupCodes;
use front_door::settings::Settings;
use imitation::browser::{Browser, Page};

use super::Town;

/// A route of the launched house: its verb, and an address that leads to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) verb: String,
    pub(crate) path: String,
}

impl Town {
    /// Every route of the house as it was launched that is below this path.
    pub(crate) fn addresses(&self, below: &str) -> Vec<Address> {
        let all = self.running.iter().flat_map(|running| &running.addresses);
        let rest = |one: &&Address| one.path == below || one.path.starts_with(&format!("{below}/"));
        all.filter(rest).cloned().collect()
    }

    /// An administrator at this page of the desk, in a browser of her own: Grace, who is one by her group.
    pub(crate) async fn administrator(&self, path: &str) -> (Browser, Page) {
        let browser = Browser::new();
        let login = browser.open(&self.at(path)).await;
        let page = self.cognito.log_in(&browser, &login, "grace").await;
        (browser, page)
    }

    /// Runs a command of the front door on this store; its exit status, standard output and standard error.
    pub(crate) fn command(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        std::fs::write(self.folder.path().join("Rocket.toml"), &self.settings).unwrap();
        let done = std::process::Command::new(env!("CARGO_BIN_EXE_front-door"))
            .args(arguments)
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        (done.status.code(), text(done.stdout), text(done.stderr))
    }

    /// A setup code, as the command prints it.
    pub(crate) fn setup_code(&self) -> String {
        let (status, code, said) = self.command(&["setup-code"]);
        assert_eq!(status, Some(0), "{said}");
        code.trim_end().to_owned()
    }

    /// A setup code by the town's own clock, which the command does not know.
    pub(crate) async fn setup_code_of_now(&self) -> String {
        let loaded = Settings::from_toml(&self.settings, self.folder.path());
        let loaded = loaded.unwrap_or_else(|problems| panic!("{problems}"));
        let house = front_door::House::open(&loaded, &self.clock).await.unwrap();
        let codes = SetupCodes::new(house.vault.clone(), self.clock.clone());
        codes.make().await.unwrap().shown()
    }

    /// Opens the page with the field for a setup code, and enters one.
    pub(crate) async fn enter_code(&self, browser: &Browser, path: &str, code: &str) -> Page {
        let page = browser.open(&self.at(path)).await;
        browser
            .submit(&page.form_with("code"), &[("code", code)])
            .await
    }

    /// A browser that a setup code has let into the desk.
    pub(crate) async fn holder(&self) -> Browser {
        let browser = self.browser();
        let page = self
            .enter_code(&browser, "/admin/code", &self.setup_code())
            .await;
        assert_eq!(page.url.path(), "/admin", "{}", page.words());
        browser
    }
}

/// Where any of several things may stand, something stands that is there.
pub(super) fn address(route: &rocket::Route) -> Address {
    let path = route.uri.path();
    let part = |part: &str| match part {
        "<_..>" => "no/such/page".to_owned(),
        "<page>" => "access".to_owned(),
        "<name>" => "cognito".to_owned(),
        "<id>" => "A".repeat(43),
        "<place>" => "0".to_owned(),
        open if open.starts_with('<') => "help".to_owned(),
        fixed => fixed.to_owned(),
    };
    let parts: Vec<String> = path.split('/').map(part).collect();
    Address {
        verb: route.method.to_string(),
        path: parts.join("/") + must_be_asked(route),
    }
}

/// What an address must be asked with to be meant.
fn must_be_asked(route: &rocket::Route) -> &'static str {
    match route.uri.query() {
        Some(query) if query.contains("<was>") => "?was=something",
        _ => "",
    }
}
