//! A form as its template shows it.

use toml::Value;

use crate::admin::Posted;
use crate::admin::wording::{Complaint, complaints};
use crate::settings::{Outside, Problem, Saved};

use super::read::{removal, whole};
use super::{Kind, Section, Spec};

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
    /// Whether a secret is there.
    pub(crate) is_set: bool,
    /// What sets it, when that is not the desk.
    pub(crate) locked: Option<String>,
    pub(crate) error: Option<String>,
    /// What counts when it is left empty, where that is known.
    pub(crate) when_empty: Option<String>,
}

impl Shown {
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
    /// What is saved, below what files and variables set.
    #[must_use]
    pub fn of(sections: &[Section], prefix: &str, saved: &Saved, outside: &Outside) -> Self {
        let value = |spec: &Spec, key: &str| {
            let path: Vec<&str> = key.split('.').collect();
            let value = saved.value(&path);
            match spec.kind {
                Kind::Secret => (String::new(), value.is_some()),
                _ => (value.map_or_else(String::new, as_text), value.is_some()),
            }
        };
        Self::build(sections, prefix, outside, value)
    }

    /// What was typed, with what is wrong about it.
    #[must_use]
    pub fn typed(
        sections: &[Section],
        prefix: &str,
        posted: &Posted,
        saved: &Saved,
        outside: &Outside,
        problems: &[Problem],
    ) -> Self {
        let value = |spec: &Spec, key: &str| {
            let path: Vec<&str> = key.split('.').collect();
            let is_set = saved.value(&path).is_some();
            match spec.kind {
                Kind::Secret => (String::new(), is_set),
                _ => (posted.get(spec.key).to_owned(), is_set),
            }
        };
        let mut form = Self::build(sections, prefix, outside, value);
        let rest: Vec<Problem> = problems
            .iter()
            .filter(|problem| !form.complain(prefix, problem))
            .cloned()
            .collect();
        form.elsewhere = complaints(rest, saved.clone(), outside);
        form
    }

    fn build(
        sections: &[Section],
        prefix: &str,
        outside: &Outside,
        value: impl Fn(&Spec, &str) -> (String, bool),
    ) -> Self {
        let shown = |spec: &Spec| {
            let key = whole(prefix, spec.key);
            let (mut text, mut is_set) = value(spec, &key);
            let locked = outside.locked(&key);
            if let Some(locked) = &locked {
                text = locked.value.as_ref().map_or_else(String::new, as_text);
                is_set = true;
            }
            Shown {
                spec: *spec,
                value: text,
                is_set,
                locked: locked.map(|locked| locked.by),
                when_empty: None,
                error: None,
            }
        };
        let section = |section: &Section| ShownSection {
            title: section.title,
            intro: section.intro,
            fields: section.fields.iter().map(shown).collect(),
        };
        Self {
            sections: sections.iter().map(section).collect(),
            ..Self::default()
        }
    }

    /// A secret that stands in a draft is not sent back, so it is to be typed again: it is there only if it is in what is saved.
    pub(super) fn ask_again(&mut self, saved: &Self) {
        let saved = saved.sections.iter().flat_map(|one| &one.fields);
        let fields = self.sections.iter_mut().flat_map(|one| &mut one.fields);
        for (field, saved) in fields.zip(saved) {
            field.is_set = saved.is_set;
        }
    }

    /// Fills in a field that is empty.
    pub(in crate::admin) fn suggest(&mut self, key: &str, value: &str) {
        let mut fields = self.sections.iter_mut().flat_map(|one| &mut one.fields);
        if let Some(field) = fields.find(|field| field.spec.key == key && field.value.is_empty()) {
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
            let mut fields = self.sections.iter_mut().flat_map(|one| &mut one.fields);
            let found = brought.and_then(|(name, words)| {
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
        let fields = self.sections.iter_mut().flat_map(|one| &mut one.fields);
        for field in fields {
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

/// A value as it is typed.
fn as_text(value: &Value) -> String {
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
