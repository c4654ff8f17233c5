//! Environment variables: ours as raw text, Rocket's as Rocket reads them.

use std::ffi::OsString;

use rocket::figment::value::{Tag, Value};

use super::layers::{Layers, ROCKETS, is_rockets};
use super::suggestion;

const PREFIX: &str = "FRONT_DOOR_";
const ROCKETS_PREFIX: &str = "ROCKET_";

/// A variable of ours.
struct Variable {
    name: String,
    path: Vec<String>,
    value: String,
}

/// Adds every variable that is ours or Rocket's.
pub(super) fn add(layers: &mut Layers, variables: impl IntoIterator<Item = (OsString, OsString)>) {
    let mut ours = Vec::new();
    for (name, value) in variables {
        let Ok(name) = name.into_string() else {
            continue;
        };
        if !name.starts_with(PREFIX) && !name.starts_with(ROCKETS_PREFIX) {
            continue;
        }
        let Ok(value) = value.into_string() else {
            layers.complain("", &name, "is not UTF-8 text");
            continue;
        };
        if let Some(key) = name.strip_prefix(ROCKETS_PREFIX) {
            add_rockets(layers, &name, key, &value);
        } else {
            ours.extend(variable(layers, name, value));
        }
    }
    ours.sort_by(|a, b| a.name.cmp(&b.name));
    for one in &ours {
        complain_of_tables(layers, one, &ours);
        let value = Value::String(Tag::Default, one.value.clone());
        layers.add_ours(&one.name, &one.path, value);
    }
}

/// Rocket's variables have no levels; their values may be TOML.
fn add_rockets(layers: &mut Layers, name: &str, key: &str, value: &str) {
    let key = key.to_ascii_lowercase();
    if is_rockets(&key) {
        let value = toml_value_or_text(value);
        layers.add_rockets(name, key, value);
    } else if let Some(near) = suggestion::nearest(&key, ROCKETS.into_iter()) {
        // Others may begin like this as well; only what looks like a slip is a mistake.
        let near = near.to_ascii_uppercase();
        layers.complain(
            "",
            name,
            format!("is unknown; did you mean {ROCKETS_PREFIX}{near}?"),
        );
    }
}

fn toml_value_or_text(value: &str) -> Value {
    super::toml_value::inline(value, Tag::Default)
        .unwrap_or_else(|| Value::String(Tag::Default, value.to_owned()))
}

fn variable(layers: &mut Layers, name: String, value: String) -> Option<Variable> {
    let rest = name.strip_prefix(PREFIX)?;
    if is_of_kubernetes(rest, &value) {
        return None;
    }
    let path: Vec<String> = rest.split("__").map(str::to_ascii_lowercase).collect();
    let key = path.join(".");
    if path.iter().any(String::is_empty) {
        layers.complain("", &name, "has a level without a name");
        None
    } else if is_rockets(&path[0]) {
        layers.complain(
            &key,
            &name,
            format!("is Rocket's; set {ROCKETS_PREFIX}{rest}"),
        );
        None
    } else if value.trim().is_empty() {
        layers.complain(
            &key,
            &name,
            "is empty; remove the variable to leave it unset",
        );
        None
    } else {
        Some(Variable { name, path, value })
    }
}

/// A variable for a table would silently hide those for its keys, and of two spellings one would silently lose.
fn complain_of_tables(layers: &mut Layers, one: &Variable, all: &[Variable]) {
    let below = |other: &&Variable| other.name != one.name && other.path.starts_with(&one.path);
    if let Some(other) = all.iter().find(below) {
        let message = format!("is set again in {}", other.name);
        layers.complain(&one.path.join("."), &one.name, message);
    }
}

/// Kubernetes gives each pod such variables of every service beside it, and a service may well be called `front-door`
/// (its documentation: "Accessing the Service", environment variables).
fn is_of_kubernetes(rest: &str, value: &str) -> bool {
    rest == "SERVICE_HOST"
        || rest.starts_with("SERVICE_PORT")
        || (rest == "PORT" && value.contains("://"))
        || rest
            .strip_prefix("PORT_")
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}
