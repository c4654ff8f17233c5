//! From files and variables to checked settings.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rocket::figment::Figment;
use rocket::figment::value::Value;

use super::ground::Ground;
use super::layers::Layers;
use super::problem::{Problem, Problems, Warning};
use super::saved::{self, Saved};
use super::{Settings, branding, size, top, variables};

/// Settings that may be used, and what came with them.
#[derive(Debug)]
pub struct Loaded {
    /// Ours.
    pub settings: Settings,
    /// Rocket's own: address, port, limits, TLS. It holds nothing of ours.
    pub rocket: Figment,
    /// What works but should be looked at.
    pub warnings: Vec<Warning>,
    /// The same as it was given, to be read again together with what is saved in the store.
    pub outside: Outside,
    /// How far apart first visits begin, where a test wants it otherwise than it is. No setting says it.
    pub first_visits_apart: Option<Duration>,
}

/// What files and variables say, before it is read: the layers above what administrators saved.
#[derive(Clone)]
pub struct Outside {
    layers: Layers,
    folder: PathBuf,
}

/// Secrets stand in it.
impl std::fmt::Debug for Outside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Outside(…)")
    }
}

/// Settings with what is saved, as far as it can be used.
#[derive(Debug)]
pub struct Layered {
    /// Everything together.
    pub settings: Settings,
    /// What of the saved settings is ignored, and why.
    pub ignored: Vec<Problem>,
    /// Whether every door is shut for it.
    pub is_shut: bool,
    /// The saved settings without that.
    pub usable: Saved,
    /// What works but should be looked at.
    pub warnings: Vec<Warning>,
}

impl Outside {
    pub(super) fn layers(&self) -> &Layers {
        &self.layers
    }

    /// Where no file and no variable says anything.
    #[must_use]
    pub fn nothing() -> Self {
        Self {
            layers: Layers::new("default"),
            folder: PathBuf::new(),
        }
    }

    /// Reads everything together; every mistake counts.
    pub fn with(&self, saved: &Saved) -> Result<Loaded, Problems> {
        let mut layers = self.layers.clone();
        layers.join_saved(&self.unshadowed(saved));
        let read = read(layers, &self.folder)?;
        Ok(Loaded {
            outside: self.clone(),
            ..read
        })
    }

    /// Judges what is to be saved, also where a file or a variable hides it now: every mistake of its own counts.
    pub fn judge(&self, saved: &Saved) -> Result<Loaded, Problems> {
        if let Some(problem) = size::problem(saved) {
            return Err(Problems(vec![problem]));
        }
        let saved = &self.unshadowed(saved);
        let mut layers = self.layers.clone();
        layers.merge_saved(saved);
        if let Err(Problems(mut problems)) = read(layers, &self.folder) {
            problems.retain(|problem| problem.origin == saved::ORIGIN);
            if !problems.is_empty() {
                return Err(Problems(problems));
            }
        }
        self.with(saved)
    }

    /// The same of a change at the desk: no secret may go to another address than it was given for.
    pub fn judge_change(&self, before: &Saved, after: &Saved) -> Result<Loaded, Problems> {
        let loaded = self.judge(after)?;
        match super::secret_host::problems(before, after, self) {
            none if none.is_empty() => Ok(loaded),
            problems => Err(Problems(problems)),
        }
    }

    /// Reads everything together; what is saved and cannot be used is left out, and told.
    pub fn with_usable(&self, saved: &Saved) -> Result<Layered, Problems> {
        let mut usable = saved.clone();
        let shadowed = self.drop_shadowed(&mut usable);
        let mut ignored = usable.drop_misplaced();
        loop {
            let problems = match self.with(&usable) {
                Ok(loaded) => {
                    let mut settings = loaded.settings;
                    let is_shut = ignored.iter().any(may_restrict);
                    if is_shut {
                        close(&mut settings);
                    }
                    ignored.extend(shadowed);
                    return Ok(Layered {
                        settings,
                        ignored,
                        is_shut,
                        usable,
                        warnings: loaded.warnings,
                    });
                }
                Err(problems) if usable.is_empty() => return Err(problems),
                Err(problems) => problems,
            };
            let (of_saved, others): (Vec<_>, Vec<_>) = problems
                .0
                .into_iter()
                .partition(|problem| problem.origin == saved::ORIGIN);
            let mut dropped = false;
            for problem in &of_saved {
                dropped |= usable.drop_key(&problem.key);
            }
            if !dropped {
                // What is saved and what stands outside do not go together, and nobody can say which part of it.
                usable = Saved::default();
            }
            let whole = Problem {
                key: String::new(),
                origin: saved::ORIGIN.to_owned(),
                message: "do not go with what stands in files and variables".to_owned(),
            };
            ignored.extend((!dropped).then_some(whole));
            ignored.extend(if of_saved.is_empty() {
                others
            } else {
                of_saved
            });
        }
    }

    /// What files say and what is saved, as it could be saved elsewhere: without what belongs to this one front door, and without what variables say,
    /// which is text of no certain kind and often secret.
    #[must_use]
    pub fn everything(&self, saved: &Saved) -> Saved {
        let mut layers = self.layers.clone();
        layers.ours = layers.files.clone();
        layers.join_saved(saved);
        let entries = layers.ours.find_value("").ok();
        let entries = entries.map(saved::whole).unwrap_or_default();
        let all = Saved::of_entries(entries.clone());
        // Nobody else has the file that a path names: the picture itself goes along.
        match branding::logo_of(layers, &self.folder, entries) {
            Some(logo) => all.with_value(&["branding", "logo"], Some(logo.data_url().into())),
            None => all,
        }
    }
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

/// Saved settings that open nothing to anybody when they are left out.
const HARMLESS: [&str; 7] = [
    "audit",
    "branding",
    "home",
    "links_refresh",
    "mapping",
    "session",
    "texts",
];

/// Whether a saved setting that is left out may have kept somebody out.
fn may_restrict(problem: &Problem) -> bool {
    let section = problem.key.split(['.', '[']).next().unwrap_or_default();
    !HARMLESS.contains(&section)
}

/// What was ignored must not have opened anything: every door is shut until it is put right.
fn close(settings: &mut Settings) {
    settings.links_closed = true;
    settings.saml.service_providers.clear();
    settings.admin_groups.clear();
}

fn read(mut layers: Layers, folder: &Path) -> Result<Loaded, Problems> {
    layers.complain_of_rockets();
    let outside = Outside {
        layers: layers.clone(),
        folder: folder.to_owned(),
    };
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
        outside,
        first_visits_apart: None,
    })
}

/// Every key that is asked for while this text is read, of those that can be saved.
#[cfg(test)]
pub(crate) fn keys_read(text: &str) -> std::collections::BTreeSet<String> {
    let mut layers = Layers::new("default");
    layers.add_text(text);
    let entries = layers.ours.find_value("").unwrap().into_dict().unwrap();
    let mut ground = Ground::new(layers.ours, layers.lines, Path::new(""), Vec::new());
    let _settings = top::read(&mut ground, entries);
    let mut keys = ground.asked.take();
    let (problems, _) = ground.into_findings();
    assert!(problems.is_empty(), "{problems:?}");
    let all = keys.clone();
    let is_table = |key: &str| {
        let inside = |one: &String| {
            one.strip_prefix(key)
                .is_some_and(|rest| rest.starts_with(['.', '[']))
        };
        all.iter().any(inside)
    };
    keys.retain(|key| !is_table(key) && saved::can_be_saved(key));
    keys
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
