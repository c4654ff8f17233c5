//! From files and variables to checked settings.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use rocket::figment::Figment;
use rocket::figment::value::Value;

use super::ground::Ground;
use super::layers::Layers;
use super::problem::{Problems, Warning};
use super::{Settings, top, variables};

/// Settings that may be used, and what came with them.
#[derive(Debug)]
pub struct Loaded {
    /// Ours.
    pub settings: Settings,
    /// Rocket's own: address, port, limits, TLS. It holds nothing of ours.
    pub rocket: Figment,
    /// What works but should be looked at.
    pub warnings: Vec<Warning>,
}

impl Settings {
    /// Reads `Rocket.toml` of the working folder (or the file that `ROCKET_CONFIG` names) and the environment.
    pub fn load() -> Result<Loaded, Problems> {
        Self::from_folder(Path::new(""), std::env::vars_os().collect())
    }

    /// Reads a text in place of `Rocket.toml`, as if it stood in `folder`, and no environment.
    pub fn from_toml(text: &str, folder: &Path) -> Result<Loaded, Problems> {
        let mut layers = Layers::new("default");
        layers.add_text(text);
        read(layers, folder)
    }

    pub(super) fn from_folder(
        folder: &Path,
        variables: Vec<(OsString, OsString)>,
    ) -> Result<Loaded, Problems> {
        let variable = |name: &str| {
            let mut all = variables.iter();
            let (_, value) = all.find(|(key, value)| key == name && !value.is_empty())?;
            Some(value.clone())
        };
        let profile = variable("ROCKET_PROFILE").and_then(|name| name.into_string().ok());
        let mut layers = Layers::new(profile.as_deref().unwrap_or("default"));
        match variable("ROCKET_CONFIG").map(PathBuf::from) {
            Some(file) => layers.add_file(&folder.join(file)),
            None => layers.add_file_if_any(&folder.join("Rocket.toml")),
        }
        variables::add(&mut layers, variables);
        read(layers, folder)
    }
}

fn read(mut layers: Layers, folder: &Path) -> Result<Loaded, Problems> {
    layers.complain_of_rockets();
    let entries = layers.ours.find_value("").ok();
    let entries = entries.and_then(Value::into_dict).unwrap_or_default();
    let mut ground = Ground::new(layers.ours, layers.lines, folder, layers.problems);
    let settings = top::read(&mut ground, entries);
    let (problems, warnings) = ground.into_findings();
    if !problems.is_empty() {
        return Err(Problems(problems));
    }
    Ok(Loaded {
        settings,
        rocket: layers.rockets,
        warnings,
    })
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
