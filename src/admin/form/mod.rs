//! Forms over settings: fields by their keys, shown with what is saved or with the file that sets them, read back into what could be saved.
//!
//! A page of settings is a table of [`Section`]s. Everything else is here: locked fields, masked secrets, mistakes at their fields, what was typed, and the
//! way to the review.

mod adding;
mod field;
mod page;
mod read;
mod shown_with;
mod typed_secret;
mod way;

pub(in crate::admin) use adding::{Adding, NamedKind};
pub use field::{Form, Naming, Shown};
pub use page::{FormPage, SettingsForm, Taken};
pub(in crate::admin) use shown_with::mark_of;
pub use way::Way;

/// Whether a field of this name goes along with a form unseen.
pub(in crate::admin) fn is_hidden(name: &str) -> bool {
    name.ends_with(shown_with::SUFFIX) || name.ends_with(typed_secret::SUFFIX)
}

/// Fields that belong together.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// Its heading; may be empty.
    pub title: &'static str,
    /// What it is about; may be empty.
    pub intro: &'static str,
    /// Its fields.
    pub fields: &'static [Spec],
}

/// One field.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    /// The setting, below the form's own prefix.
    pub key: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// What to know; may be empty.
    pub hint: &'static str,
    /// What it holds.
    pub kind: Kind,
}

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// One line. The example says what stands for nothing, or what it looks like.
    Text(&'static str),
    /// A whole number. The example is what is usual.
    Number(&'static str),
    /// Never shown; typed anew, kept when left empty, or taken away.
    Secret,
    /// A list, one a line.
    Lines(&'static str),
    /// Pairs such as `claim = value`, one a line.
    Pairs(&'static str),
    /// Several lines of text.
    Long(&'static str),
    /// One of these words, each with what it means. The first is what holds when nothing is set.
    Choice(&'static [(&'static str, &'static str)]),
    /// Yes or no, with what is usual, and what either means.
    Flag(bool, &'static str, &'static str),
}
