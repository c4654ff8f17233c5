//! The layers that settings come in, weakest first: a file, then environment variables.

use std::path::Path;

use rocket::figment::error::Kind;
use rocket::figment::value::{Dict, Map, Tag, Value};
use rocket::figment::{Error, Figment, Metadata, Profile, Provider, Source};

use super::lines::{Lines, line_at};
use super::problem::Problem;
use super::saved::{self, Saved};
use super::{suggestion, toml_value};

/// Keys that are Rocket's; they are read by Rocket and may stand in the same file.
pub(super) const ROCKETS: [&str; 13] = [
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

/// What stands as a table inside a profile. At the top of a file it would be a profile that nobody chooses, and be passed over in silence.
const SECTIONS: [&str; 13] = [
    "access",
    "admin",
    "atlassian",
    "audit",
    "branding",
    "home",
    "link",
    "mapping",
    "organization",
    "provider",
    "saml",
    "session",
    "texts",
];

/// Whether a key is Rocket's.
pub(super) fn is_rockets(key: &str) -> bool {
    ROCKETS.contains(&key)
}

/// All layers, parted into ours and Rocket's, so that Rocket never sees our secrets.
#[derive(Clone)]
pub(super) struct Layers {
    pub(super) ours: Figment,
    /// Ours without what variables say.
    pub(super) files: Figment,
    pub(super) rockets: Figment,
    /// Where the keys of the file stand.
    pub(super) lines: Lines,
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
            files: Figment::new().select(profile),
            rockets: Figment::from(rockets_defaults()).select(profile),
            lines: Lines::default(),
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
        // A file that cannot be looked for may well be there: it is a mistake like one that cannot be read.
        if path.try_exists().unwrap_or(true) {
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
            Err(error) => return self.complain_of_toml(text, origin, &error),
        };
        let chosen = self.ours.profile().to_string();
        self.lines = Lines::of(text, ["default", &chosen, "global"]);
        let (mut ours, mut rockets) = (Map::new(), Map::new());
        for (name, value) in table {
            let toml::Value::Table(entries) = value else {
                self.complain(&name, origin, "stands above [default]; it belongs under it");
                continue;
            };
            let (theirs, own): (Dict, Dict) = toml_value::dict(entries, Tag::Default)
                .into_iter()
                .partition(|(key, _)| is_rockets(key));
            if let Some(message) = not_a_profile(&name) {
                self.complain(&name, origin, message);
            }
            if ours.insert(Profile::new(&name), own).is_some() {
                self.complain(&name, origin, "stands twice, in two spellings");
            }
            rockets.insert(Profile::new(&name), theirs);
        }
        self.merge(metadata, ours, rockets);
        self.files = self.ours.clone();
    }

    fn merge(&mut self, metadata: Metadata, ours: Map<Profile, Dict>, rockets: Map<Profile, Dict>) {
        let layer = |profiles| Layer {
            metadata: metadata.clone(),
            profiles,
        };
        self.ours = std::mem::take(&mut self.ours).merge(layer(ours));
        self.rockets = std::mem::take(&mut self.rockets).merge(layer(rockets));
    }

    /// Adds what was saved, below everything that was added before.
    pub(super) fn join_saved(&mut self, saved: &Saved) {
        self.ours = std::mem::take(&mut self.ours).join(saved_layer(saved, Profile::Default));
    }

    /// Adds what is to be saved above everything else: to be judged, also where something stronger hides it.
    pub(super) fn merge_saved(&mut self, saved: &Saved) {
        self.ours = std::mem::take(&mut self.ours).merge(saved_layer(saved, Profile::Global));
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

    /// Notes what Rocket would not start with. It stops at the first mistake, so each is put right, on a copy, for the next to be seen.
    pub(super) fn complain_of_rockets(&mut self) {
        let usual = Figment::from(rockets_defaults());
        let mut rest = self.rockets.clone();
        for _ in ROCKETS {
            let Err(errors) = rest.extract::<rocket::Config>() else {
                return;
            };
            for error in errors {
                let key = error.path.first().cloned().unwrap_or_default();
                if let Ok(value) = usual.find_value(&key) {
                    rest = rest.merge((key, value));
                }
                self.complain_of_rocket(error);
            }
        }
    }

    fn complain_of_rocket(&mut self, error: Error) {
        let key = error.path.join(".");
        let origin = match error.metadata.and_then(|from| from.source) {
            Some(Source::Custom(variable)) => variable,
            Some(Source::File(path)) => self.lines.placed(&key, path.display()),
            _ => self.lines.placed(&key, "settings"),
        };
        self.complain(&key, &origin, without_value(error.kind));
    }

    /// Notes where a text stops being TOML. The parser's own report would quote the line, which may hold a secret.
    fn complain_of_toml(&mut self, text: &str, origin: &str, error: &toml::de::Error) {
        let line = line_at(text, error.span().map_or(0, |span| span.start));
        let message = error.message().replace('\n', ", ");
        self.complain(
            "",
            &format!("{origin}:{line}"),
            format!("is not TOML: {message}"),
        );
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

fn saved_layer(saved: &Saved, profile: Profile) -> Layer {
    Layer {
        metadata: Metadata::named(saved::ORIGIN),
        profiles: [(profile, saved.values())].into_iter().collect(),
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

/// Why a table at the top cannot be a profile, if it cannot.
fn not_a_profile(name: &str) -> Option<String> {
    let usual = Profile::Default;
    if SECTIONS.contains(&name) || is_rockets(name) {
        Some(format!("stands above [default]; write [default.{name}]"))
    } else if usual != name && suggestion::nearest(name, ["default"].into_iter()).is_some() {
        Some("is unknown; did you mean `default`?".to_owned())
    } else {
        None
    }
}

/// What Rocket says of a mistake, without what it found there: that may be a private key.
fn without_value(kind: Kind) -> String {
    match kind {
        Kind::InvalidType(_, wanted) | Kind::InvalidValue(_, wanted) => format!("must be {wanted}"),
        Kind::InvalidLength(_, wanted) => format!("must have the length {wanted}"),
        Kind::MissingField(field) => format!("lacks `{field}`"),
        Kind::UnknownVariant(_, words) => format!("must be one of {}", words.join(", ")),
        _ => "is not what Rocket understands".to_owned(),
    }
}

/// What we want of Rocket when nobody says otherwise.
fn rockets_defaults() -> rocket::Config {
    rocket::Config {
        // What runs here is nobody's business, and addresses come from `trusted_proxies` alone.
        ident: rocket::config::Ident::none(),
        ip_header: None,
        cli_colors: false,
        // Grace is waited twice, for load balancers and then for logins in flight; orchestrators usually kill after 10 s.
        shutdown: rocket::config::Shutdown {
            grace: 4,
            mercy: 1,
            ..rocket::config::Shutdown::default()
        },
        ..rocket::Config::default()
    }
}
