//! What all readers share: where values came from, and everything found so far.

use std::cell::RefCell;
use std::fmt;
use std::path::{Path, PathBuf};

use rocket::figment::value::Tag;
use rocket::figment::{Figment, Source};

use super::lines::Lines;
use super::names::ProviderName;
use super::problem::{Problem, Warning};
use super::saved;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// Nobody set it.
    BuiltIn,
    /// A settings file.
    File(PathBuf),
    /// An environment variable, by its name.
    Variable(String),
    /// A text that was handed over.
    Text,
    /// What administrators saved in the store.
    Saved,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => f.write_str("not set"),
            Self::File(path) => path.display().fmt(f),
            Self::Variable(name) => f.write_str(name),
            Self::Text => f.write_str("settings"),
            Self::Saved => f.write_str(saved::ORIGIN),
        }
    }
}

/// The common ground of one reading.
pub(super) struct Ground {
    figment: Figment,
    lines: Lines,
    folder: PathBuf,
    /// Whether `http://` and loopback counterparts are acceptable.
    pub(super) loopback: bool,
    /// The names of all configured providers, for groups.
    pub(super) providers: Vec<ProviderName>,
    problems: RefCell<Vec<Problem>>,
    warnings: RefCell<Vec<Warning>>,
    /// Every key that was asked for, for tests that go over all of them.
    #[cfg(test)]
    pub(super) asked: RefCell<std::collections::BTreeSet<String>>,
}

impl Ground {
    /// Values of `figment`; relative paths that no file said are relative to `folder`.
    pub(super) fn new(
        figment: Figment,
        lines: Lines,
        folder: &Path,
        problems: Vec<Problem>,
    ) -> Self {
        Self {
            figment,
            lines,
            folder: folder.to_owned(),
            loopback: true,
            providers: Vec::new(),
            problems: RefCell::new(problems),
            warnings: RefCell::default(),
            #[cfg(test)]
            asked: RefCell::default(),
        }
    }

    /// The folder of what nobody said.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the value with this tag came from.
    pub(super) fn origin(&self, tag: Tag) -> Origin {
        let Some(metadata) = self.figment.get_metadata(tag) else {
            return Origin::BuiltIn;
        };
        match &metadata.source {
            Some(Source::File(path)) => Origin::File(path.clone()),
            Some(Source::Custom(variable)) => Origin::Variable(variable.clone()),
            _ if metadata.name == saved::ORIGIN => Origin::Saved,
            _ => Origin::Text,
        }
    }

    /// Where a key came from, or the nearest table above it that was set.
    fn origin_of_key(&self, key: &str) -> Origin {
        let mut key = key;
        loop {
            if let Ok(value) = self.figment.find_value(key) {
                return self.origin(value.tag());
            }
            let Some((above, _)) = key.rsplit_once('.') else {
                return Origin::BuiltIn;
            };
            key = above;
        }
    }

    /// A path as it is meant where it stands: beside its file, or from the working folder.
    pub(super) fn resolve(&self, path: &Path, origin: &Origin) -> PathBuf {
        match origin {
            Origin::File(file) => file.parent().unwrap_or(Path::new("")).join(path),
            Origin::Variable(_) => path.to_owned(),
            Origin::Text | Origin::Saved | Origin::BuiltIn => self.folder.join(path),
        }
    }

    /// Notes a mistake, the first of a key only: what follows from it would confuse.
    pub(super) fn complain(&self, key: &str, origin: &Origin, message: impl Into<String>) {
        let mut problems = self.problems.borrow_mut();
        if !problems.iter().any(|problem| problem.key == key) {
            problems.push(Problem {
                key: key.to_owned(),
                origin: self.placed(key, origin),
                message: message.into(),
            });
        }
    }

    /// Notes a mistake that several keys make together, under one of them.
    pub(super) fn complain_of(&self, key: &str, message: impl Into<String>) {
        self.complain(key, &self.origin_of_key(key), message);
    }

    /// Notes something to look at.
    pub(super) fn warn(&self, key: &str, origin: &Origin, message: impl Into<String>) {
        self.warnings.borrow_mut().push(Warning {
            key: key.to_owned(),
            origin: self.placed(key, origin),
            message: message.into(),
        });
    }

    /// An origin as it is shown: with the line, when it is a file.
    fn placed(&self, key: &str, origin: &Origin) -> String {
        match origin {
            Origin::File(_) | Origin::Text => self.lines.placed(key, origin),
            Origin::Variable(_) | Origin::Saved | Origin::BuiltIn => origin.to_string(),
        }
    }

    /// Notes something to look at, with the key's own origin.
    pub(super) fn warn_of(&self, key: &str, message: impl Into<String>) {
        self.warn(key, &self.origin_of_key(key), message);
    }

    /// Everything that was found.
    pub(super) fn into_findings(self) -> (Vec<Problem>, Vec<Warning>) {
        (self.problems.into_inner(), self.warnings.into_inner())
    }
}
