//! Names that settings and service desks give to things, as values of a label: bounded, however often they change.
//!
//! A name becomes a value when something happens to it, and stays one until the settings are exchanged and it is no longer among them: then it goes, and its
//! series with it. In between there are never more than so many; whatever comes beyond that counts together as [`OTHER`].

use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock};

use super::OTHER;

/// The values of one label.
#[derive(Debug)]
pub(super) struct Names {
    held: RwLock<BTreeSet<String>>,
    most: usize,
}

impl Names {
    pub(super) fn at_most(most: usize) -> Self {
        Self {
            held: RwLock::default(),
            most,
        }
    }

    /// What this name counts as.
    pub(super) fn value<'a>(&self, name: &'a str) -> &'a str {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        if held.contains(name) {
            return name;
        }
        drop(held);
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= self.most && !held.contains(name) {
            return OTHER;
        }
        held.insert(name.to_owned());
        name
    }

    /// Keeps only names that are still there. Returns those that are gone.
    pub(super) fn keep(&self, there: &BTreeSet<String>) -> Vec<String> {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let gone = held.difference(there).cloned().collect();
        held.retain(|name| there.contains(name));
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_the_most_all_count_together_until_some_are_gone() {
        let names = Names::at_most(2);
        let there = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        assert_eq!(
            ["a", "b", "c", "a"].map(|name| names.value(name)),
            ["a", "b", OTHER, "a"]
        );
        assert_eq!(names.keep(&there(&["b", "c"])), ["a"]);
        assert_eq!(["c", "a"].map(|name| names.value(name)), ["c", OTHER]);
        assert!(names.keep(&there(&["b", "c", "never-seen"])).is_empty());
    }
}
