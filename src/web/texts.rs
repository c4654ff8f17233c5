//! Every text that customers read, found by its name: one file a language in `templates/texts`, in the format of Project Fluent.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use jiff::Timestamp;

use super::Language;

/// All texts of one language.
type Texts = FluentBundle<FluentResource>;

/// The files are part of the program and read once.
static ENGLISH: LazyLock<Texts> =
    LazyLock::new(|| read("en", include_str!("../../templates/texts/en.ftl")));
static GERMAN: LazyLock<Texts> =
    LazyLock::new(|| read("de", include_str!("../../templates/texts/de.ftl")));

/// The name of a text, where code chooses it and a template shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key(pub &'static str);

fn read(code: &str, file: &str) -> Texts {
    let mut texts = Texts::new_concurrent(vec![code.parse().unwrap_or_default()]);
    // Invisible marks around every name would be copied with it.
    texts.set_use_isolating(false);
    // What cannot be read of a file is a mistake that a test finds.
    let resource = FluentResource::try_new(file.to_owned());
    texts.add_resource_overriding(resource.unwrap_or_else(|(rest, _)| rest));
    texts
}

fn all(language: Language) -> &'static Texts {
    match language {
        Language::English => &ENGLISH,
        Language::German => &GERMAN,
    }
}

/// The text of this name; `part` is one of those that belong to it.
pub(super) fn text(
    language: Language,
    name: &'static str,
    part: Option<&str>,
) -> Cow<'static, str> {
    filled(language, name, part, None).unwrap_or(Cow::Borrowed(name))
}

/// The text of this name with these values in it, as text whatever they are.
pub(super) fn text_with(
    language: Language,
    name: &'static str,
    values: &[(&'static str, &str)],
) -> Cow<'static, str> {
    let mut args = FluentArgs::with_capacity(values.len());
    for (key, value) in values {
        args.set(*key, *value);
    }
    filled(language, name, None, Some(&args)).unwrap_or(Cow::Borrowed(name))
}

/// A time for people. Their own time zone is not known here, so it is UTC, and says so.
pub(super) fn date(language: Language, time: Timestamp) -> Cow<'static, str> {
    let Key(name) = Key("date");
    let time = time.to_zoned(jiff::tz::TimeZone::UTC);
    let mut args = FluentArgs::with_capacity(4);
    args.set("day", time.day().to_string());
    args.set("month", time.month());
    args.set("year", time.year().to_string());
    args.set("time", time.strftime("%H:%M").to_string());
    filled(language, name, None, Some(&args)).unwrap_or(Cow::Borrowed(name))
}

fn filled(
    language: Language,
    name: &str,
    part: Option<&str>,
    values: Option<&FluentArgs<'_>>,
) -> Option<Cow<'static, str>> {
    let texts = all(language);
    let message = texts.get_message(name)?;
    let pattern = match part {
        Some(part) => message.get_attribute(part)?.value(),
        None => message.value()?,
    };
    // A value that is missing shows as its name, and a test finds it.
    Some(texts.format_pattern(pattern, values, &mut Vec::new()))
}

#[cfg(test)]
#[path = "texts_tests.rs"]
mod tests;
