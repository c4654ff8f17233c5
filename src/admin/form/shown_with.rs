//! What each field was shown with, as a mark that goes with the form and comes back: so that a field nobody touched changes nothing, and one that somebody
//! else has changed meanwhile is not changed back unseen.
//!
//! A mark is a keyed hash (HMAC, in [`crate::store::Vault::pseudonym`]), so it tells nothing of a secret and cannot be made by anybody else. Whoever sends
//! none, or another, is treated as having seen nothing: each field that differs from what is saved by now is shown beside it and asked for once more. To
//! refuse the form would lose what was typed.

use toml::Value;

use crate::admin::Posted;
use crate::admin::change::Editor;
use crate::settings::{Saved, SecretGoes};

use super::field::as_text;
use super::read::value;
use super::{Kind, Spec};

/// How much of the hash goes with the form.
const LENGTH: usize = 22;

/// The mark of a field that holds nothing, or what is usual.
const NOTHING: &str = "-";

/// What somebody did to a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Touch {
    /// Nothing: it stands as it was shown, or as it is saved anyway.
    Not,
    /// They changed it, and nobody else did.
    Changed,
    /// They changed it, and so did somebody else meanwhile.
    Clash,
}

/// How the name of the hidden field with the mark ends.
pub(super) const SUFFIX: &str = "-was";

/// The name of the hidden field with the mark.
pub(super) fn name_of(field: &str) -> String {
    format!("{field}{SUFFIX}")
}

/// The mark of a field of this whole key that holds this value. That of a secret also tells where the secret is sent: whoever typed one meant that address.
fn mark(
    spec: &Spec,
    key: &str,
    value: Option<&Value>,
    (beside, editor): (&Saved, &Editor),
) -> String {
    let value = value.and_then(|value| seen(spec, &as_text(value)));
    let goes = matches!(spec.kind, Kind::Secret).then(|| SecretGoes::of(key, beside));
    match goes.filter(SecretGoes::is_said) {
        Some(goes) => hash(&format!("{key}\0{value:?}\0{goes}"), editor),
        None => mark_of(key, value.as_ref(), editor),
    }
}

/// The mark of a field of this whole key, where these are saved.
pub(super) fn mark_at(spec: &Spec, key: &str, saved: &Saved, editor: &Editor) -> String {
    let path: Vec<&str> = key.split('.').collect();
    mark(spec, key, saved.value(&path), (saved, editor))
}

/// The mark of something that is saved and stands in no field.
pub(in crate::admin) fn mark_of(key: &str, saved: Option<&Value>, editor: &Editor) -> String {
    let Some(saved) = saved else {
        return NOTHING.to_owned();
    };
    hash(&format!("{key}\0{saved}"), editor)
}

fn hash(text: &str, editor: &Editor) -> String {
    let mut mark = editor.vault().pseudonym("shown field", text);
    mark.truncate(LENGTH);
    mark
}

/// A value as a browser gives it back that nobody typed into: a line has no breaks.
fn seen(spec: &Spec, text: &str) -> Option<Value> {
    match spec.kind {
        Kind::Text(_) | Kind::Number(_) => value(spec, &text.replace(['\r', '\n'], "")),
        _ => value(spec, text),
    }
}

/// What somebody did to this field, by what is saved now and what they want there.
pub(super) fn touched(
    spec: &Spec,
    key: &str,
    posted: &Posted,
    (saved, wanted): (&Saved, Option<&Value>),
    editor: &Editor,
) -> Touch {
    let now = mark_at(spec, key, saved, editor);
    let wanted = mark(spec, key, wanted, (saved, editor));
    let was = posted.get(&name_of(spec.key));
    // A secret is never shown: whoever types one wants it.
    let is_as_shown = wanted == was && !matches!(spec.kind, Kind::Secret);
    if wanted == now || is_as_shown {
        Touch::Not
    } else if now == was {
        Touch::Changed
    } else {
        Touch::Clash
    }
}

/// What to say at a secret that was changed meanwhile, or that would be sent to another address by now.
const SECRET_CLASH: &str = "or the address that it is sent to was changed by somebody else since you opened this page. What you entered still waits here: look where it goes, and send the form again to have it saved for that address.";

/// What to say at a field of which `theirs` is saved by now.
pub(super) fn clash(spec: &Spec, theirs: Option<&Value>) -> String {
    if matches!(spec.kind, Kind::Secret) {
        return SECRET_CLASH.to_owned();
    }
    let now = match (spec.kind, theirs) {
        (_, None) if !matches!(spec.kind, Kind::Choice(_) | Kind::Flag(..)) => "not set".to_owned(),
        (Kind::Choice(words), _) => chosen(words, theirs),
        (Kind::Flag(usual, yes, no), _) => {
            let is = theirs.and_then(Value::as_bool).unwrap_or(usual);
            format!("“{}”", if is { yes } else { no })
        }
        (_, value) => {
            let text = value.map_or_else(String::new, as_text);
            format!("“{}”", cut(&text.replace('\n', ", ")))
        }
    };
    format!(
        "was changed by somebody else since you opened this page, and is {now} now. What you entered still stands here: send the form again to put it in its place."
    )
}

fn chosen(words: &[(&str, &str)], theirs: Option<&Value>) -> String {
    let word = theirs.and_then(Value::as_str);
    let known = words.iter().find(|(known, _)| Some(*known) == word);
    let meaning = known.or(words.first()).map_or("", |(_, meaning)| *meaning);
    format!("“{meaning}”")
}

/// Long enough to be recognized.
fn cut(text: &str) -> String {
    const MOST: usize = 300;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
