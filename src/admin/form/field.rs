//! A form as its template shows it.

use rocket::http::Status;
use toml::Value;

use crate::admin::change::Editor;
use crate::admin::wording::{Complaint, complaints};
use crate::settings::{Problem, Saved};

use super::read::{Reading, removal, whole};
use super::shown_with::{Touch, clash, mark_at};
use super::{Kind, Section, SettingsForm, Spec, shown_with, typed_secret};

/// Every section with its fields, and what is wrong.
#[derive(Default)]
pub struct Form {
    pub(crate) sections: Vec<ShownSection>,
    /// Mistakes that belong to no field here.
    pub(in crate::admin) elsewhere: Vec<Complaint>,
    /// The change that was saved just now, by its name in the history.
    pub(crate) saved: Option<String>,
    /// The name of a table that is to be made, above all fields.
    pub(crate) naming: Option<Naming>,
    /// Whether somebody wanted to save what is there already.
    pub(crate) unchanged: bool,
    /// What the fields of one line offer to choose from.
    pub(crate) offers: Vec<String>,
    /// What a second button says, which shows what results and saves nothing.
    pub(crate) preview: Option<&'static str>,
}

/// The field for the name of what is to be made.
#[derive(Default)]
pub struct Naming {
    /// What was typed, or is suggested.
    pub value: String,
    /// What the name is for.
    pub hint: &'static str,
    /// What is wrong with it.
    pub error: Option<String>,
}

/// One section.
pub(crate) struct ShownSection {
    pub(crate) title: &'static str,
    pub(crate) intro: &'static str,
    pub(crate) fields: Vec<Shown>,
}

/// One field.
pub struct Shown {
    pub(crate) spec: Spec,
    /// What it holds, as text; of a secret nothing.
    pub(crate) value: String,
    /// What tells what is saved now from what may be saved by the time that the form comes back.
    pub(crate) mark: String,
    /// Whether something is saved here, or set elsewhere.
    pub(crate) is_set: bool,
    /// The name under which a secret waits that was typed and is not saved yet; empty when none was typed.
    pub(crate) typed: String,
    /// What sets it, when that is not the desk.
    pub(crate) locked: Option<String>,
    pub(crate) error: Option<String>,
    /// Whether somebody else has changed it meanwhile.
    pub(crate) is_clash: bool,
    /// What counts when it is left empty, where that is known.
    pub(crate) when_empty: Option<String>,
}

impl Shown {
    /// The name of the hidden field with the mark.
    pub(crate) fn mark_name(&self) -> String {
        shown_with::name_of(self.spec.key)
    }

    /// The name of the hidden field which says that a secret was typed.
    pub(crate) fn typed_name(&self) -> String {
        typed_secret::name_of(self.spec.key)
    }

    /// Whether a secret waits that was typed and is not saved yet.
    pub(crate) fn waits(&self) -> bool {
        !self.typed.is_empty() && (self.error.is_none() || self.is_clash)
    }

    /// What HTML calls the kind.
    pub(crate) fn control(&self) -> &'static str {
        match self.spec.kind {
            Kind::Text(_) | Kind::Number(_) => "text",
            Kind::Secret => "secret",
            Kind::Lines(_) | Kind::Pairs(_) | Kind::Long(_) => "area",
            Kind::Choice(_) | Kind::Flag(..) => "choice",
        }
    }

    pub(crate) fn example(&self) -> &'static str {
        match self.spec.kind {
            Kind::Text(example)
            | Kind::Number(example)
            | Kind::Lines(example)
            | Kind::Pairs(example)
            | Kind::Long(example) => example,
            Kind::Secret | Kind::Choice(_) | Kind::Flag(..) => "",
        }
    }

    /// The words that can be chosen, what each means, and whether it is chosen.
    pub(crate) fn words(&self) -> Vec<(&'static str, &'static str, bool)> {
        let words = match self.spec.kind {
            Kind::Choice(words) => words.to_vec(),
            Kind::Flag(true, yes, no) => vec![("true", yes), ("false", no)],
            Kind::Flag(false, yes, no) => vec![("false", no), ("true", yes)],
            _ => Vec::new(),
        };
        let known = words.iter().any(|(word, _)| *word == self.value);
        let chosen = |index: usize, word: &str| word == self.value || (!known && index == 0);
        let words = words.into_iter().enumerate();
        words
            .map(|(index, (word, meaning))| (word, meaning, chosen(index, word)))
            .collect()
    }

    pub(crate) fn removal(&self) -> String {
        removal(&self.spec)
    }

    /// What a screen reader reads with the field.
    pub(crate) fn described_by(&self) -> String {
        let key = self.spec.key;
        let mut ids = Vec::new();
        if !self.spec.hint.is_empty() {
            ids.push(format!("{key}-hint"));
        }
        if self.waits() {
            ids.push(format!("{key}-waits"));
        }
        if self.when_empty.is_some() {
            ids.push(format!("{key}-empty"));
        }
        if self.locked.is_some() {
            ids.push(format!("{key}-locked"));
        }
        if self.error.is_some() {
            ids.push(format!("{key}-error"));
        }
        ids.join(" ")
    }
}

impl Form {
    /// What `shown` holds, below what files and variables set. It goes with the marks of what is saved `now`.
    pub(super) fn of(form: &SettingsForm, shown: &Saved, now: &Saved, editor: &Editor) -> Self {
        let value = |spec: &Spec, key: &str| {
            let value = match spec.kind {
                Kind::Secret => None,
                _ => shown.value(&path(key)),
            };
            value.map_or_else(String::new, as_text)
        };
        Self::build(form, now, editor, value)
    }

    /// What was typed, with what is wrong about it. A field that nobody touched shows what is saved by now.
    pub(super) fn typed(
        form: &SettingsForm,
        reading: &Reading<'_>,
        editor: &Editor,
        problems: &[Problem],
    ) -> Self {
        let value = |spec: &Spec, key: &str| match (spec.kind, reading.touch(spec.key)) {
            (Kind::Secret, _) => String::new(),
            (_, Touch::Not) => reading
                .now
                .value(&path(key))
                .map_or_else(String::new, as_text),
            _ => reading.posted.get(spec.key).to_owned(),
        };
        let mut shown = Self::build(form, reading.now, editor, value);
        for spec in form.specs() {
            if reading.touch(spec.key) == Touch::Clash {
                shown.clash(&form.prefix, spec.key, reading.now);
            }
        }
        let rest: Vec<Problem> = problems
            .iter()
            .filter(|problem| !shown.complain(&form.prefix, problem))
            .cloned()
            .collect();
        shown.elsewhere = complaints(rest, reading.after.clone(), editor.outside());
        shown
    }

    fn build(
        form: &SettingsForm,
        now: &Saved,
        editor: &Editor,
        value: impl Fn(&Spec, &str) -> String,
    ) -> Self {
        let shown = |spec: &Spec| {
            let key = whole(&form.prefix, spec.key);
            let saved = now.value(&path(&key));
            let locked = editor.outside().locked(&key);
            let text = match &locked {
                Some(locked) => locked.value.as_ref().map_or_else(String::new, as_text),
                None => value(spec, &key),
            };
            Shown {
                spec: *spec,
                value: text,
                mark: mark_at(spec, &key, now, editor),
                is_set: saved.is_some() || locked.is_some(),
                typed: String::new(),
                locked: locked.map(|locked| locked.by),
                when_empty: None,
                error: None,
                is_clash: false,
            }
        };
        let section = |section: &Section| ShownSection {
            title: section.title,
            intro: section.intro,
            fields: section.fields.iter().map(shown).collect(),
        };
        Self {
            sections: form.sections.iter().map(section).collect(),
            ..Self::default()
        }
    }

    pub(super) fn fields_mut(&mut self) -> impl Iterator<Item = &mut Shown> {
        self.sections.iter_mut().flat_map(|one| &mut one.fields)
    }

    /// Says at a field what somebody else has made of it meanwhile.
    pub(super) fn clash(&mut self, prefix: &str, name: &str, now: &Saved) {
        if let Some(field) = self.fields_mut().find(|field| field.spec.key == name) {
            let key = whole(prefix, name);
            field.error = Some(clash(&field.spec, now.value(&path(&key))));
            field.is_clash = true;
        }
    }

    /// What a page with this form is answered with.
    #[must_use]
    pub fn status(&self) -> Status {
        let mut fields = self.sections.iter().flat_map(|one| &one.fields);
        if fields.any(|field| field.is_clash) {
            Status::Conflict
        } else {
            Status::Ok
        }
    }

    /// Fills in a field that is empty.
    pub(in crate::admin) fn suggest(&mut self, key: &str, value: &str) {
        let empty = |field: &&mut Shown| field.spec.key == key && field.value.is_empty();
        if let Some(field) = self.fields_mut().find(empty) {
            value.clone_into(&mut field.value);
        }
    }

    /// Says what counts while a field is empty.
    pub(in crate::admin) fn when_empty(&mut self, key: &str, value: String) {
        let mut fields = self.sections.iter_mut().flat_map(|one| &mut one.fields);
        if let Some(field) = fields.find(|field| field.spec.key == key) {
            field.when_empty = Some(value);
        }
    }

    /// Shows mistakes about other keys at fields of this form: `here` says which, in which words.
    pub(in crate::admin) fn bring(
        &mut self,
        here: impl Fn(&str, &str) -> Option<(&'static str, String)>,
    ) {
        for problem in std::mem::take(&mut self.elsewhere) {
            let brought = here(&problem.key, &problem.message);
            let found = brought.and_then(|(name, words)| {
                let mut fields = self.fields_mut();
                Some((fields.find(|field| field.spec.key == name)?, words))
            });
            match found {
                Some((field, words)) => field.error = Some(words),
                None => self.elsewhere.push(problem),
            }
        }
    }

    /// Notes a mistake at its field; `false` if it has none here.
    fn complain(&mut self, prefix: &str, problem: &Problem) -> bool {
        for field in self.fields_mut() {
            let key = whole(prefix, field.spec.key);
            let inside = |rest: &str| rest.is_empty() || rest.starts_with(['.', '[']);
            if problem.key.strip_prefix(&key).is_some_and(inside) {
                field.error.get_or_insert_with(|| problem.message.clone());
                return true;
            }
        }
        false
    }

    /// Every field with a mistake: its name, its label, the mistake.
    pub(crate) fn wrong(&self) -> Vec<(&'static str, &'static str, &str)> {
        let fields = self.sections.iter().flat_map(|section| &section.fields);
        fields
            .filter_map(|field| {
                let error = field.error.as_deref()?;
                Some((field.spec.key, field.spec.label, error))
            })
            .collect()
    }

    pub(crate) fn naming_error(&self) -> Option<&str> {
        self.naming.as_ref()?.error.as_deref()
    }

    pub(crate) fn is_wrong(&self) -> bool {
        self.naming_error().is_some() || !self.elsewhere.is_empty() || !self.wrong().is_empty()
    }
}

fn path(key: &str) -> Vec<&str> {
    key.split('.').collect()
}

/// A value as it is typed.
pub(super) fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(as_text).collect::<Vec<_>>().join("\n"),
        Value::Table(table) => {
            let pair = |(key, value): (&String, &Value)| format!("{key} = {}", as_text(value));
            table.iter().map(pair).collect::<Vec<_>>().join("\n")
        }
        other => other.to_string(),
    }
}
