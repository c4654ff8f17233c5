//! Something that is added under a name of its own, in one of the kinds that the desk knows: an identity provider, a service provider. Its kind suggests a
//! free name; whoever adds it may type another.

use std::fmt::Display;
use std::iter;
use std::str::FromStr;

use crate::admin::Posted;
use crate::admin::change::Editor;
use crate::settings::{Saved, Settings};
use crate::web::Refusal;

use super::{Naming, SettingsForm, Taken};

/// One kind of such things.
pub(in crate::admin) trait NamedKind: Sized + 'static {
    /// What names of them are.
    type Name: FromStr<Err: Display>;

    /// What one is called in a sentence.
    const THING: &'static str;
    /// What its name is for.
    const NAMING: &'static str;
    /// Names that addresses of the desk have already.
    const TAKEN: &'static [&'static str];

    /// All kinds; the first is suggested.
    fn all() -> &'static [Self];

    /// What addresses call the kind.
    fn word(&self) -> &'static str;

    /// What the first of the kind is called, unless somebody types another name.
    fn suggested_name(&self) -> &'static str;

    /// The form over one of this name.
    fn settings(&self, name: &str) -> SettingsForm;

    /// Whether there is one of this name.
    fn is_there(name: &str, settings: &Settings) -> bool;

    /// Adds what belongs to a new one and is no field.
    fn finish(&self, _name: &str, saved: Saved) -> Saved {
        saved
    }

    /// The kind that addresses call so.
    fn of_word(word: &str) -> Option<&'static Self> {
        Self::all().iter().find(|kind| kind.word() == word)
    }
}

/// One that is to be added.
pub(in crate::admin) struct Adding<K: 'static> {
    pub(in crate::admin) kind: &'static K,
    pub(in crate::admin) name: String,
}

impl<K: NamedKind> Adding<K> {
    /// By the kind's word (the first kind when there is none of it), under a name that is free.
    pub(in crate::admin) fn of(kind: &str, editor: &Editor) -> Self {
        let kind = K::of_word(kind).unwrap_or(&K::all()[0]);
        let first = kind.suggested_name();
        let numbered = (2..).map(|number| format!("{first}-{number}"));
        let mut names = iter::once(first.to_owned()).chain(numbered);
        let is_free = |name: &String| !K::is_there(name, editor.settings());
        Self {
            name: names.find(is_free).unwrap_or_default(),
            kind,
        }
    }

    /// The same under the name that was typed, whatever it is.
    pub(in crate::admin) fn typed(self, name: &str) -> Self {
        Self {
            name: name.trim().to_owned(),
            ..self
        }
    }

    /// The field for its name.
    pub(in crate::admin) fn naming(&self, error: Option<String>) -> Naming {
        Naming {
            value: self.name.clone(),
            hint: K::NAMING,
            error,
        }
    }

    /// What is wrong with its name, if anything.
    pub(in crate::admin) fn fault(&self, editor: &Editor) -> Option<String> {
        match self.name.parse::<K::Name>() {
            Err(error) => Some(error.to_string()),
            Ok(_) if K::TAKEN.contains(&self.name.as_str()) => {
                Some("is taken by the desk itself".to_owned())
            }
            Ok(_) if K::is_there(&self.name, editor.settings()) => {
                Some(format!("is the name of another {} already", K::THING))
            }
            Ok(_) => None,
        }
    }

    /// The form over it.
    pub(in crate::admin) fn settings(&self) -> SettingsForm {
        self.kind.settings(&self.name)
    }

    /// Adds what belongs to it and is no field.
    pub(in crate::admin) fn finish(&self, saved: Saved) -> Saved {
        self.kind.finish(&self.name, saved)
    }

    /// Judges what was typed, its name first; on to the review, which leads back to `from`, or the form again.
    pub(in crate::admin) async fn take(
        &self,
        editor: &Editor,
        posted: &Posted,
        from: &str,
    ) -> Result<Taken, Refusal> {
        let fault = self.fault(editor);
        let taken = if fault.is_some() {
            // Not under the name that was typed: it may be somebody else's.
            let free = Self::of(self.kind.word(), editor).settings();
            Taken::Again(free.typed(editor, posted, &[]).await?)
        } else {
            let finish = |saved| self.finish(saved);
            self.settings().take(editor, posted, from, finish).await?
        };
        Ok(match taken {
            Taken::Again(mut form) => {
                form.naming = Some(self.naming(fault));
                Taken::Again(form)
            }
            on @ Taken::On(_) => on,
        })
    }
}
