//! What files and variables say of a key, for pages that show it as locked.

use rocket::figment::Source;

use super::load::Outside;
use super::saved::is_secret;
use super::toml_value;

/// A key that a file or a variable sets: nothing that is saved counts there.
#[derive(Clone, PartialEq)]
pub struct Locked {
    /// What it is set to; of a secret nothing, and of a table everything that is set in it, but for secrets.
    pub value: Option<toml::Value>,
    /// The line of the file, or the variable, in words that stand after "set by".
    pub by: String,
}

/// What is set may be secret to whoever reads a log.
impl std::fmt::Debug for Locked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Locked(by {})", self.by)
    }
}

impl Outside {
    /// Whether, and by what, this key is set. Its levels are parted by dots.
    #[must_use]
    pub fn locked(&self, key: &str) -> Option<Locked> {
        let of_file = format!("{key}_file");
        let name = key.rsplit('.').next().unwrap_or(key);
        let found = self.find(key);
        let found = found.or_else(|| is_secret(name).then(|| self.find(&of_file)).flatten());
        found.map(|(value, by)| Locked {
            value: value.filter(|_| !is_secret(name)),
            by,
        })
    }

    fn find(&self, key: &str) -> Option<(Option<toml::Value>, String)> {
        let layers = self.layers();
        let value = layers.ours.find_value(key).ok()?;
        let metadata = layers.ours.get_metadata(value.tag());
        let by = match metadata.and_then(|metadata| metadata.source.as_ref()) {
            Some(Source::Custom(variable)) => format!("the environment variable {variable}"),
            Some(Source::File(path)) => layers.lines.in_words(key, path.display()),
            _ => layers.lines.in_words(key, "settings"),
        };
        Some((toml_value::without_secrets(value), by))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::settings::Settings;

    const FILE: &str = "[default]\npublic_url = \"http://localhost:8000\"\n[default.provider.c]\nclient_id = \"id\"\nuser_pool = \"eu-west-1_A\"\ndomain = \"x.example\"\nclient_secret = \"hush\"\n";

    #[test]
    fn what_a_file_sets_is_locked_with_its_line() {
        let outside = Settings::from_toml(FILE, Path::new("")).unwrap().outside;
        let locked = outside.locked("provider.c.client_id").unwrap();
        assert_eq!(
            (locked.value, locked.by.as_str()),
            (Some("id".into()), "line 4 of settings")
        );
        assert_eq!(outside.locked("provider.c.label"), None);
        assert_eq!(outside.locked("access.domains"), None);
    }

    #[test]
    fn a_locked_secret_is_not_told() {
        let outside = Settings::from_toml(FILE, Path::new("")).unwrap().outside;
        let locked = outside.locked("provider.c.client_secret").unwrap();
        assert_eq!(locked.value, None);
        let table = outside.locked("provider.c").unwrap();
        assert!(!format!("{:?}", table.value).contains("hush"));
    }
}
