//! What a provider says about a person, read leniently: providers disagree about how a claim looks, not about what it means.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The most values that one list gives; Cognito knows a hundred groups a person.
const MOST_VALUES: usize = 1000;
/// Members of a token that speak of the token, not of the person.
const OF_THE_TOKEN: &[&str] = &[
    "iss",
    "sub",
    "aud",
    "azp",
    "exp",
    "iat",
    "nbf",
    "auth_time",
    "nonce",
    "at_hash",
    "c_hash",
    "s_hash",
    "sid",
    "jti",
    "origin_jti",
    "event_id",
    "token_use",
];

/// Members of a token that tie it to one login or to another token.
const USED_ONCE: &[&str] = &["nonce", "at_hash", "c_hash", "s_hash", "sid"];

/// Claims that are tokens by their name.
const TOKENS: &[&str] = &["access_token", "id_token", "refresh_token", "code"];

/// Claims by name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Claims(Map<String, Value>);

/// What a provider said about one person, after every check of the token that carried it.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifiedClaims {
    /// `sub`: 1 to 255 printable ASCII characters.
    pub subject: String,
    /// Everything the ID token said, and what userInfo added.
    pub claims: Claims,
    /// When the person last proved who they are, if the provider tells.
    pub auth_time: Option<Timestamp>,
}

impl Claims {
    /// Claims of an object that was bounded in size and depth where it came in.
    #[must_use]
    pub fn new(object: Map<String, Value>) -> Self {
        Self(object)
    }

    /// The names of all.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether the claim is there and says something: neither `null` nor empty.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        match self.0.get(name) {
            None | Some(Value::Null) => false,
            Some(Value::String(text)) => !text.is_empty(),
            Some(Value::Array(values)) => !values.is_empty(),
            Some(_) => true,
        }
    }

    /// A text, or a number or truth value as text; `None` for anything else and for an empty text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        as_text(self.0.get(name)?).filter(|text| !text.is_empty())
    }

    /// `true` or `"true"`, `false` or `"false"`: Cognito's userInfo writes truth as text.
    #[must_use]
    pub fn boolean(&self, name: &str) -> Option<bool> {
        match self.0.get(name)? {
            Value::Bool(truth) => Some(*truth),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// A whole number.
    #[must_use]
    pub fn integer(&self, name: &str) -> Option<i64> {
        self.0.get(name)?.as_i64()
    }

    /// The texts of a list, or of the lists in it; a single text is a list of one and is never taken apart.
    ///
    /// At most 1000 are given, each once, in their order.
    #[must_use]
    pub fn list(&self, name: &str) -> Vec<String> {
        let mut found = Vec::new();
        if let Some(value) = self.0.get(name) {
            flatten(value, &mut found);
        }
        found
    }

    /// The claim as it came.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Without what speaks of the token: nothing kept of these can be taken for a token, or for a part of one.
    #[must_use]
    pub fn of_the_person(mut self) -> Self {
        self.0
            .retain(|name, _| !OF_THE_TOKEN.contains(&name.as_str()));
        self
    }

    /// Without these.
    #[must_use]
    pub fn without(mut self, names: &BTreeSet<String>) -> Self {
        self.0.retain(|name, _| !names.contains(name));
        self
    }

    /// Without anything that is named like a token or looks like one: some providers are set up to hand another's tokens on.
    #[must_use]
    pub fn without_tokens(mut self) -> Self {
        self.0
            .retain(|name, value| !TOKENS.contains(&name.as_str()) && !holds_token(value));
        self
    }

    /// Without the values that are good for one login alone; their names stay.
    #[must_use]
    pub fn without_what_is_used_once(mut self) -> Self {
        for name in USED_ONCE {
            if let Some(value) = self.0.get_mut(*name) {
                *value = Value::Null;
            }
        }
        self
    }

    /// Whether [`Claims::without_what_is_used_once`] takes this one's value.
    #[must_use]
    pub fn is_used_once(name: &str) -> bool {
        USED_ONCE.contains(&name)
    }

    /// Name and value of each, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Adds what `other` says about the person and these do not.
    ///
    /// An address and the word that it is verified belong together: the word is never combined with an address from elsewhere.
    #[must_use]
    pub fn completed_by(mut self, other: Self) -> Self {
        if !self.has("email") {
            self.0.remove("email_verified");
        }
        let same_address = !self.has("email") || self.0.get("email") == other.0.get("email");
        for (name, value) in other.of_the_person().0 {
            if !self.has(&name) && (name != "email_verified" || same_address) {
                self.0.insert(name, value);
            }
        }
        self
    }
}

fn as_text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        Value::Bool(truth) => Some(Cow::Borrowed(if *truth { "true" } else { "false" })),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Whether it is, or holds, what has the shape of a signed or encrypted token: parts of base64url, of which the first is a JSON object.
fn holds_token(value: &Value) -> bool {
    match value {
        Value::String(text) => text
            .split_whitespace()
            .any(|word| word.starts_with("eyJ") && word.matches('.').count() >= 2),
        Value::Array(values) => values.iter().any(holds_token),
        Value::Object(members) => members.values().any(holds_token),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn flatten(value: &Value, found: &mut Vec<String>) {
    if let Value::Array(values) = value {
        for value in values {
            flatten(value, found);
        }
    } else if let Some(text) = as_text(value)
        && found.len() < MOST_VALUES
        && !text.is_empty()
        && !found.iter().any(|known| *known == text)
    {
        found.push(text.into_owned());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims(value: Value) -> Claims {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_text_may_be_a_number_or_a_truth() {
        let claims =
            claims(json!({"a": "x", "b": 7, "c": true, "d": "", "e": null, "f": ["x"], "g": {}}));
        assert_eq!(claims.text("a").as_deref(), Some("x"));
        assert_eq!(claims.text("b").as_deref(), Some("7"));
        assert_eq!(claims.text("c").as_deref(), Some("true"));
        for nothing in ["d", "e", "f", "g", "h"] {
            assert_eq!(claims.text(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_truth_may_be_written_as_text() {
        let claims = claims(
            json!({"a": true, "b": "true", "c": false, "d": "false", "e": "yes", "f": 1, "g": "TRUE", "h": null}),
        );
        let read = |names: &[&str]| {
            names
                .iter()
                .map(|name| claims.boolean(name))
                .collect::<Vec<_>>()
        };
        assert_eq!(read(&["a", "b"]), [Some(true), Some(true)]);
        assert_eq!(read(&["c", "d"]), [Some(false), Some(false)]);
        assert_eq!(read(&["e", "f", "g", "h", "i"]), [None; 5]);
    }

    #[test]
    fn one_text_is_a_list_of_one_and_is_never_taken_apart() {
        let claims = claims(
            json!({"one": "a,b", "nested": ["a", ["b", ["c", "a"]], 4, null, {"x": "y"}, "", "say \"hi\""]}),
        );
        assert_eq!(claims.list("one"), ["a,b"]);
        assert_eq!(claims.list("nested"), ["a", "b", "c", "4", "say \"hi\""]);
        assert!(claims.list("none").is_empty());
    }

    #[test]
    fn a_list_is_bounded() {
        let many: Vec<String> = (0..10_000).map(|n| format!("g{n}")).collect();
        assert_eq!(claims(json!({ "groups": many })).list("groups").len(), 1000);
    }

    #[test]
    fn what_is_there_is_not_overwritten() {
        let ours = claims(json!({"name": "Ann", "phone": ""}));
        let theirs = claims(json!({"name": "Eve", "phone": "1", "aud": "x", "sub": "other"}));
        assert_eq!(
            ours.completed_by(theirs),
            claims(json!({"name": "Ann", "phone": "1"}))
        );
    }

    #[test]
    fn a_verified_flag_never_meets_an_address_from_elsewhere() {
        let flag_alone = claims(json!({"email_verified": true}));
        let address = claims(json!({"email": "ann@corp.test"}));
        assert_eq!(
            flag_alone
                .completed_by(address.clone())
                .boolean("email_verified"),
            None
        );

        let other = claims(json!({"email": "eve@evil.test", "email_verified": "true"}));
        let completed = address.clone().completed_by(other);
        assert_eq!(
            (
                completed.text("email").as_deref(),
                completed.boolean("email_verified")
            ),
            (Some("ann@corp.test"), None)
        );

        let same = claims(json!({"email": "ann@corp.test", "email_verified": "true"}));
        assert_eq!(
            address.completed_by(same).boolean("email_verified"),
            Some(true)
        );
    }

    #[test]
    fn no_token_is_kept_whatever_it_is_called() {
        let jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln";
        let told = claims(json!({
            "custom:token": jwt,
            "nested": {"list": ["a", format!("Bearer {jwt}")]},
            "refresh_token": "opaque",
            "email": "ann@corp.test",
            "custom:file": "eyJ.txt",
        }));
        assert_eq!(
            told.without_tokens(),
            claims(json!({"email": "ann@corp.test", "custom:file": "eyJ.txt"}))
        );
    }

    #[test]
    fn nothing_of_the_token_is_kept() {
        let token = claims(json!({"sub": "1", "nonce": "n", "exp": 1, "email": "ann@corp.test"}));
        assert_eq!(
            token.of_the_person(),
            claims(json!({"email": "ann@corp.test"}))
        );
    }
}
