//! The list of rules.

use askama::Template;
use askama_web::WebTemplate;
use rocket::{Route, get, routes};
use toml::{Table, Value};

use crate::admin::change::Editor;
use crate::admin::form::Way;
use crate::admin::{Administrator, Frame, Place};
use crate::web::{Layout, Refusal, Room};

use super::rules::{KEY, Rules};

#[derive(Template, WebTemplate)]
#[template(path = "admin/organizations.html")]
struct ListPage {
    layout: Frame,
    lines: Vec<Line>,
    /// What sets the rules, when that is not the desk.
    locked: Option<String>,
    saved: Option<String>,
}

struct Line {
    /// The organization, or where its name comes from.
    name: String,
    who: String,
    creates: bool,
    managed: bool,
    mark: String,
}

#[get("/admin/organizations?<way..>")]
async fn list(
    way: Way,
    administrator: Administrator<'_>,
    layout: Layout,
    editor: &Room<Editor>,
) -> Result<ListPage, Refusal> {
    let saved = editor.saved().await?;
    let locked = editor.outside().locked(KEY);
    let lines = match &locked {
        None => lines(&Rules::of(&saved)),
        Some(locked) => {
            let set = locked.value.as_ref().and_then(Value::as_array);
            let tables = set.into_iter().flatten().filter_map(Value::as_table);
            tables.map(|rule| line(rule, String::new())).collect()
        }
    };
    Ok(ListPage {
        layout: Frame::new(&administrator, layout, Place::Organizations),
        lines,
        locked: locked.map(|locked| locked.by),
        saved: way.saved(editor, &administrator).await?,
    })
}

fn lines(rules: &Rules) -> Vec<Line> {
    let all = 0..rules.len();
    all.filter_map(|place| Some(line(rules.get(place)?, rules.mark(place))))
        .collect()
}

fn line(rule: &Table, mark: String) -> Line {
    let text = |key: &str| rule.get(key).and_then(Value::as_str).unwrap_or_default();
    let (name, claim) = (text("name"), text("claim"));
    let name = if name.is_empty() {
        format!("as the claim {claim} says")
    } else {
        name.to_owned()
    };
    Line {
        who: who(rule, claim),
        creates: is_on(rule, "create"),
        managed: is_on(rule, "managed"),
        name,
        mark,
    }
}

fn is_on(rule: &Table, key: &str) -> bool {
    rule.get(key).and_then(Value::as_bool) != Some(false)
}

/// Who belongs there, in words.
fn who(rule: &Table, claim: &str) -> String {
    let list = |key: &str| {
        let items = rule.get(key).and_then(Value::as_array);
        let texts = items.into_iter().flatten().filter_map(Value::as_str);
        texts.collect::<Vec<_>>().join(" or ")
    };
    let part = |before: &str, what: String| (!what.is_empty()).then(|| format!("{before} {what}"));
    let of_claim = match claim.split_once('=') {
        Some((name, value)) => Some(format!("whose claim {} is {}", name.trim(), value.trim())),
        None => part("who have the claim", claim.to_owned()),
    };
    let parts = [
        part("with an address at", list("domains")),
        part("in the group", list("groups")),
        of_claim,
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let fitting = (!parts.is_empty()).then(|| format!("those {}", parts.join(", or ")));
    let others = match rule.get("default_for").and_then(Value::as_str) {
        Some("all") => Some("whoever fits no rule"),
        Some("new") => Some("new customers who fit no rule"),
        _ => None,
    };
    let all: Vec<String> = fitting
        .into_iter()
        .chain(others.map(str::to_owned))
        .collect();
    all.join("; also ")
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![list]
}
