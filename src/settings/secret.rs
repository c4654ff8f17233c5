//! Secrets: in their place, or in a file of their own.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use secrecy::SecretString;

use super::field::Field;
use super::reader::Table;

/// No secret is longer; a path that leads elsewhere is noticed before it fills the memory.
const MOST_BYTES: u64 = 64 * 1024;

/// No secret that stands in its place is longer.
const MOST_TYPED: usize = 4096;

impl Table<'_> {
    /// A secret given as `key`, or in the file that `<key>_file` names.
    pub(super) fn secret(&self, key: &str) -> Option<SecretString> {
        let file_key = format!("{key}_file");
        let (direct, in_file) = (self.field(key), self.field(&file_key));
        match (direct, in_file) {
            (None, None) => None,
            (Some(_), Some(_)) => {
                self.complain(key, format!("is given twice: remove it or `{file_key}`"));
                None
            }
            (Some(field), None) if field.is_empty() => {
                self.complain(key, "is empty; leave it out when there is none");
                None
            }
            (Some(_), None) => self.read(key, |field| typed(field).map(Into::into)),
            (None, Some(_)) => self.secret_in_file(&file_key),
        }
    }

    /// The same, and a mistake when it is not set.
    pub(super) fn required_secret(&self, key: &str) -> Option<SecretString> {
        let secret = self.secret(key);
        if secret.is_none() && self.field(&format!("{key}_file")).is_none() {
            self.complain(
                key,
                "is required, or its file as `".to_owned() + key + "_file`",
            );
        }
        secret
    }

    fn secret_in_file(&self, key: &str) -> Option<SecretString> {
        let path = self.required(key, super::field::Field::path)?;
        match read(&path) {
            Err(error) => {
                self.complain(
                    key,
                    format!("names {}, which cannot be read: {error}", path.display()),
                );
                None
            }
            Ok(text) if text.trim().is_empty() => {
                self.complain(key, format!("names {}, which is empty", path.display()));
                None
            }
            Ok(text) => {
                self.warn_of_readers(key, &path);
                let text = text.strip_suffix('\n').unwrap_or(&text);
                let text = text.strip_suffix('\r').unwrap_or(text);
                Some(text.into())
            }
        }
    }

    #[cfg(unix)]
    fn warn_of_readers(&self, key: &str, path: &Path) {
        use std::os::unix::fs::PermissionsExt;
        let open = std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o004 != 0);
        if open {
            let message = format!(
                "names {}, which every user of this machine may read",
                path.display()
            );
            self.ground.warn_of(&self.key(key), message);
        }
    }

    #[cfg(not(unix))]
    fn warn_of_readers(&self, _key: &str, _path: &Path) {}
}

/// A secret in its place.
fn typed(field: &Field<'_>) -> Result<String, String> {
    let text = field.text()?;
    if text.len() > MOST_TYPED {
        return Err(format!("is longer than {MOST_TYPED} characters"));
    }
    Ok(text)
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let file = File::open(path)?;
    file.take(MOST_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MOST_BYTES {
        return Err(io::Error::other("it is larger than 64 KiB"));
    }
    Ok(text)
}
