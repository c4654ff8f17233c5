//! The settings that the README shows are settings that the front door takes.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use front_door::settings::Settings;

const README: &str = include_str!("../README.md");

/// The TOML of the README, without the indentation of lists.
fn toml_blocks() -> Vec<String> {
    let mut blocks: Vec<String> = Vec::new();
    let mut open = false;
    for line in README.lines().map(str::trim_start) {
        match (open, line) {
            (false, "```toml") => {
                open = true;
                blocks.push(String::new());
            }
            (true, "```") => open = false,
            (true, line) => {
                let block = blocks.last_mut().unwrap();
                block.push_str(line);
                block.push('\n');
            }
            (false, _) => {}
        }
    }
    blocks
}

#[test]
fn the_settings_of_the_readme_have_no_mistakes() {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in [
        ("cognito", "a-secret\n"),
        ("atlassian", "a-secret\n"),
        ("logo.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
    ] {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let blocks = toml_blocks();
    assert_eq!(
        blocks.len(),
        4,
        "settings, a service provider, what customers see, traces"
    );
    let settings = blocks.join("\n").replace("/etc/front-door/", "");
    let loaded = Settings::from_toml(&settings, folder.path());
    let settings = loaded
        .unwrap_or_else(|problems| panic!("{problems}"))
        .settings;
    assert_eq!(settings.links.len(), 1);
    assert_eq!(settings.saml.service_providers.len(), 1);
}
