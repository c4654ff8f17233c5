//! From what was typed to what could be saved.

use toml::{Table, Value};

use crate::settings::{Outside, Saved};

use crate::admin::Posted;

use super::{Kind, Section, Spec};

/// What would be saved: what is there, with every field of the form that is not locked as it was typed.
pub(super) fn read(
    sections: &[Section],
    prefix: &str,
    posted: &Posted,
    saved: &Saved,
    outside: &Outside,
) -> Saved {
    let mut after = saved.clone();
    for spec in sections.iter().flat_map(|section| section.fields) {
        let key = whole(prefix, spec.key);
        if outside.locked(&key).is_some() {
            continue;
        }
        let path: Vec<&str> = key.split('.').collect();
        let before = saved.value(&path).cloned();
        after = after.with_value(&path, typed(spec, posted, before));
    }
    after
}

/// A setting's whole key.
pub(super) fn whole(prefix: &str, key: &str) -> String {
    if prefix.is_empty() {
        key.to_owned()
    } else {
        format!("{prefix}.{key}")
    }
}

fn typed(spec: &Spec, posted: &Posted, before: Option<Value>) -> Option<Value> {
    let text = posted.get(spec.key).trim();
    match spec.kind {
        Kind::Text(_) | Kind::Long(_) => text_value(&text.replace("\r\n", "\n")),
        // What is no number stays as it was typed: whoever reads settings says what is wrong with it.
        Kind::Number(_) => text
            .parse()
            .map_or_else(|_| text_value(text), |n| Some(Value::Integer(n))),
        Kind::Secret if posted.has(&removal(spec)) => None,
        Kind::Secret => text_value(text).or(before),
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
            unless_usual(usual, Value::from(text), before)
        }
        Kind::Flag(usual, ..) => {
            let flag = text == "true";
            unless_usual(flag == usual, Value::from(flag), before)
        }
    }
}

/// The name of the box that takes a secret away.
pub(super) fn removal(spec: &Spec) -> String {
    format!("{}-remove", spec.key)
}

fn text_value(text: &str) -> Option<Value> {
    (!text.is_empty()).then(|| Value::from(text))
}

/// What is usual need not be saved, unless it was.
fn unless_usual(usual: bool, value: Value, before: Option<Value>) -> Option<Value> {
    (!usual || before.is_some()).then_some(value)
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
