//! What is wrong or doubtful about the settings: each with its key and where it came from.

use std::fmt;

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The whole key, its levels parted by dots; empty for a file as a whole.
    pub key: String,
    /// The file or environment variable it came from.
    pub origin: String,
    /// What is wrong; never a secret's value.
    pub message: String,
}

/// Something that works but should be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The whole key.
    pub key: String,
    /// The file or environment variable it came from.
    pub origin: String,
    /// What to look at.
    pub message: String,
}

/// Every mistake that was found, at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl std::error::Error for Problems {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        line(f, &self.key, &self.origin, &self.message)
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        line(f, &self.key, &self.origin, &self.message)
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

fn line(f: &mut fmt::Formatter<'_>, key: &str, origin: &str, message: &str) -> fmt::Result {
    if key.is_empty() {
        write!(f, "{origin}: {message}")
    } else {
        write!(f, "{key} ({origin}): {message}")
    }
}
