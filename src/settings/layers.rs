//! The layers that settings come in, weakest first: a file, then environment variables.

use std::path::Path;

use rocket::figment::value::{Dict, Map, Tag, Value};
use rocket::figment::{Error, Figment, Metadata, Profile, Provider};

use super::problem::Problem;
use super::toml_value;

/// Keys that are Rocket's; they are read by Rocket and may stand in the same file.
const ROCKETS: [&str; 13] = [
    "address",
    "port",
    "log_level",
    "limits",
    "tls",
    "workers",
    "max_blocking",
    "keep_alive",
    "ident",
    "ip_header",
    "cli_colors",
    "shutdown",
    "temp_dir",
];

/// Whether a key is Rocket's.
pub(super) fn is_rockets(key: &str) -> bool {
    ROCKETS.contains(&key)
}

/// All layers, parted into ours and Rocket's, so that Rocket never sees our secrets.
pub(super) struct Layers {
    pub(super) ours: Figment,
    pub(super) rockets: Figment,
    pub(super) problems: Vec<Problem>,
}

/// Values of one origin.
struct Layer {
    metadata: Metadata,
    profiles: Map<Profile, Dict>,
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        self.metadata.clone()
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        Ok(self.profiles.clone())
    }
}

impl Layers {
    /// Nothing but Rocket's defaults, for this profile.
    pub(super) fn new(profile: &str) -> Self {
        Self {
            ours: Figment::new().select(profile),
            rockets: Figment::from(rockets_defaults()).select(profile),
            problems: Vec::new(),
        }
    }

    /// Adds a file that must be readable.
    pub(super) fn add_file(&mut self, path: &Path) {
        let origin = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => self.add_toml(&text, &origin, Metadata::from("file", path)),
            Err(error) => self.complain("", &origin, format!("cannot be read: {error}")),
        }
    }

    /// Adds a file unless there is none.
    pub(super) fn add_file_if_any(&mut self, path: &Path) {
        if path.exists() {
            self.add_file(path);
        }
    }

    /// Adds a text in TOML whose tables are profiles.
    pub(super) fn add_text(&mut self, text: &str) {
        self.add_toml(text, "settings", Metadata::named("settings"));
    }

    fn add_toml(&mut self, text: &str, origin: &str, metadata: Metadata) {
        let table: toml::Table = match toml::from_str(text) {
            Ok(table) => table,
            Err(error) => return self.complain("", origin, not_toml(text, &error)),
        };
        let (mut ours, mut rockets) = (Map::new(), Map::new());
        for (name, value) in table {
            let toml::Value::Table(entries) = value else {
                self.complain(&name, origin, "stands above [default]; it belongs under it");
                continue;
            };
            let (theirs, own): (Dict, Dict) = toml_value::dict(entries, Tag::Default)
                .into_iter()
                .partition(|(key, _)| is_rockets(key));
            ours.insert(Profile::new(&name), own);
            rockets.insert(Profile::new(&name), theirs);
        }
        self.merge(metadata, ours, rockets);
    }

    fn merge(&mut self, metadata: Metadata, ours: Map<Profile, Dict>, rockets: Map<Profile, Dict>) {
        let layer = |profiles| Layer {
            metadata: metadata.clone(),
            profiles,
        };
        self.ours = std::mem::take(&mut self.ours).merge(layer(ours));
        self.rockets = std::mem::take(&mut self.rockets).merge(layer(rockets));
    }

    /// Adds one value of ours that a variable sets, above every profile.
    pub(super) fn add_ours(&mut self, variable: &str, path: &[String], value: Value) {
        let profiles = [(Profile::Global, nested(path, value))]
            .into_iter()
            .collect();
        self.merge(Metadata::from("variable", variable), profiles, Map::new());
    }

    /// Adds one of Rocket's values that a variable sets.
    pub(super) fn add_rockets(&mut self, variable: &str, key: String, value: Value) {
        let entries = Dict::from([(key, value)]);
        let profiles = [(Profile::Global, entries)].into_iter().collect();
        self.merge(Metadata::from("variable", variable), Map::new(), profiles);
    }

    /// Notes what Rocket would not start with.
    pub(super) fn complain_of_rockets(&mut self) {
        let Err(errors) = self.rockets.extract::<rocket::Config>() else {
            return;
        };
        for error in errors {
            let source = error.metadata.as_ref().and_then(|from| from.source.clone());
            let origin = source.map_or("settings".to_owned(), |source| source.to_string());
            self.complain(&error.path.join("."), &origin, error.kind.to_string());
        }
    }

    /// Notes a mistake.
    pub(super) fn complain(&mut self, key: &str, origin: &str, message: impl Into<String>) {
        self.problems.push(Problem {
            key: key.to_owned(),
            origin: origin.to_owned(),
            message: message.into(),
        });
    }
}

/// `a.b.c = value` as tables in tables; `path` is never empty.
fn nested(path: &[String], value: Value) -> Dict {
    match path {
        [] => Dict::new(),
        [key] => Dict::from([(key.clone(), value)]),
        [key, rest @ ..] => Dict::from([(key.clone(), nested(rest, value).into())]),
    }
}

/// Where a text stops being TOML. The parser's own report would quote the line, which may hold a secret.
fn not_toml(text: &str, error: &toml::de::Error) -> String {
    let place = error.span().map_or(0, |span| span.start);
    let line = text
        .bytes()
        .take(place)
        .filter(|byte| *byte == b'\n')
        .count()
        + 1;
    format!(
        "is not TOML: {} in line {line}",
        error.message().replace('\n', ", ")
    )
}

/// What we want of Rocket when nobody says otherwise.
fn rockets_defaults() -> rocket::Config {
    rocket::Config {
        // What runs here is nobody's business, and addresses come from `trusted_proxies` alone.
        ident: rocket::config::Ident::none(),
        ip_header: None,
        cli_colors: false,
        // A login in flight may still wait for the provider and Atlassian; orchestrators usually kill after 10 s.
        shutdown: rocket::config::Shutdown {
            grace: 6,
            mercy: 2,
            ..rocket::config::Shutdown::default()
        },
        ..rocket::Config::default()
    }
}
