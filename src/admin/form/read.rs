//! From what was typed to what could be saved: only what somebody changed. A field that stands as it was shown stays as it is saved by now, whoever saved it.

use toml::{Table, Value};

use crate::admin::Posted;
use crate::admin::change::Editor;
use crate::settings::{Problem, Saved};
use crate::store::StoreError;

use super::shown_with::{Touch, touched};
use super::typed_secret::Typed;
use super::{Kind, SettingsForm, Spec};

/// A posted form over what is saved by now.
pub(in crate::admin) struct Reading<'a> {
    pub(super) posted: &'a Posted,
    /// What is saved by now.
    pub(super) now: &'a Saved,
    /// What would be saved.
    pub(in crate::admin) after: Saved,
    /// What somebody did to each field, by its name.
    touched: Vec<(&'static str, Touch)>,
    /// The secrets that they typed.
    pub(super) secrets: Vec<(&'static str, Typed)>,
    /// Secrets that were typed before and cannot be had any more.
    pub(super) problems: Vec<Problem>,
}

impl<'a> Reading<'a> {
    pub(super) async fn of(
        form: &SettingsForm,
        editor: &Editor,
        posted: &'a Posted,
        now: &'a Saved,
    ) -> Result<Self, StoreError> {
        let mut reading = Self {
            posted,
            now,
            after: now.clone(),
            touched: Vec::new(),
            secrets: Vec::new(),
            problems: Vec::new(),
        };
        for spec in form.specs() {
            reading.field(form, editor, spec).await?;
        }
        reading.look_where_secrets_go(form);
        Ok(reading)
    }

    async fn field(
        &mut self,
        form: &SettingsForm,
        editor: &Editor,
        spec: &'static Spec,
    ) -> Result<(), StoreError> {
        let key = whole(&form.prefix, spec.key);
        let is_removed = self.posted.has(&removal(spec));
        let is_asked = self.posted.has(spec.key) || is_removed;
        if !is_asked || editor.outside().locked(&key).is_some() {
            return Ok(());
        }
        let path: Vec<&str> = key.split('.').collect();
        let saved = self.now.value(&path);
        let wanted = match spec.kind {
            Kind::Secret if is_removed => None,
            Kind::Secret => match self.secret(form, editor, spec).await? {
                None => return Ok(()),
                typed => typed,
            },
            _ => value(spec, self.posted.get(spec.key)).or_else(|| usual(spec, saved)),
        };
        let both = (self.now, wanted.as_ref());
        let touch = touched(spec, &key, self.posted, both, editor);
        self.touched.push((spec.key, touch));
        if touch != Touch::Not {
            let after = std::mem::take(&mut self.after);
            self.after = after.with_value(&path, wanted);
        }
        Ok(())
    }

    /// The secret that somebody typed into this field, now or before; `None` when there is none to save.
    async fn secret(
        &mut self,
        form: &SettingsForm,
        editor: &Editor,
        spec: &'static Spec,
    ) -> Result<Option<Value>, StoreError> {
        let Some(typed) = Typed::of(form, spec, self.posted, editor).await? else {
            return Ok(None);
        };
        let value = typed.value().map(Value::from);
        self.secrets.push((spec.key, typed));
        Ok(value)
    }

    /// A secret that was typed before goes to the address that it was typed for, or is typed again.
    fn look_where_secrets_go(&mut self, form: &SettingsForm) {
        for (name, typed) in &self.secrets {
            let key = whole(&form.prefix, name);
            self.problems.extend(typed.fault(&key, &self.after));
        }
    }

    /// What somebody did to this field.
    pub(super) fn touch(&self, name: &str) -> Touch {
        let mut all = self.touched.iter();
        all.find(|(known, _)| *known == name)
            .map_or(Touch::Not, |(_, touch)| *touch)
    }

    /// Whether somebody else has changed a field meanwhile that is changed here too.
    pub(in crate::admin) fn clashes(&self) -> bool {
        self.touched.iter().any(|(_, touch)| *touch == Touch::Clash)
    }

    /// What is wrong before anything is judged.
    pub(in crate::admin) fn problems(&self) -> Vec<Problem> {
        self.problems.clone()
    }
}

/// A setting's whole key.
pub(super) fn whole(prefix: &str, key: &str) -> String {
    if prefix.is_empty() {
        key.to_owned()
    } else {
        format!("{prefix}.{key}")
    }
}

/// What this text of a field would be saved as; `None` for what is usual, which need not be saved.
pub(super) fn value(spec: &Spec, text: &str) -> Option<Value> {
    let text = text.trim();
    match spec.kind {
        Kind::Text(_) | Kind::Long(_) | Kind::Secret => text_value(&text.replace("\r\n", "\n")),
        // What is no number stays as it was typed: whoever reads settings says what is wrong with it.
        Kind::Number(_) => text
            .parse()
            .map_or_else(|_| text_value(text), |n| Some(Value::Integer(n))),
        Kind::Lines(_) => {
            let lines: Vec<Value> = lines(text).map(Value::from).collect();
            (!lines.is_empty()).then_some(Value::Array(lines))
        }
        Kind::Pairs(_) => {
            let pairs = pairs(text);
            (!pairs.is_empty()).then_some(Value::Table(pairs))
        }
        Kind::Choice(words) => {
            let usual = words.first().is_some_and(|(word, _)| *word == text);
            (!usual).then(|| Value::from(text))
        }
        Kind::Flag(usual, ..) => match text.parse::<bool>() {
            Ok(flag) => (flag != usual).then_some(Value::from(flag)),
            Err(_) => Some(Value::from(text)),
        },
    }
}

/// What is usual need not be saved, unless something was.
fn usual(spec: &Spec, saved: Option<&Value>) -> Option<Value> {
    saved?;
    match spec.kind {
        Kind::Choice(words) => words.first().map(|(word, _)| Value::from(*word)),
        Kind::Flag(usual, ..) => Some(Value::from(usual)),
        _ => None,
    }
}

/// The name of the box that takes a secret away.
pub(super) fn removal(spec: &Spec) -> String {
    format!("{}-remove", spec.key)
}

fn text_value(text: &str) -> Option<Value> {
    (!text.is_empty()).then(|| Value::from(text))
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// `claim = value`, one a line. A line without `=` has no value, and a name that stands twice has two: whoever reads settings complains of both.
fn pairs(text: &str) -> Table {
    let mut pairs = Table::new();
    for (name, value) in lines(text).map(pair) {
        let value = match pairs.remove(&name) {
            None => value,
            Some(Value::Array(so_far)) => Value::Array([so_far, vec![value]].concat()),
            Some(first) => Value::Array(vec![first, value]),
        };
        pairs.insert(name, value);
    }
    pairs
}

fn pair(line: &str) -> (String, Value) {
    let (key, value) = line.split_once('=').unwrap_or((line, ""));
    (key.trim().to_owned(), Value::from(value.trim()))
}
