//! One rule: added, or changed.

use askama::Template;
use askama_web::WebTemplate;
use rocket::response::Redirect;
use rocket::{Route, get, post, routes};

use crate::admin::change::Editor;
use crate::admin::form::{Form, Kind, Section, SettingsForm, Spec, Way};
use crate::admin::{Administrator, Answer, Frame, Place, Posted};
use crate::settings::Saved;
use crate::web::{Layout, Reason, Refusal, Room};

use super::rules::{ADDRESS, KEY, Rules, about_it, alone, taken_out};

pub(in crate::admin) const SECTIONS: &[Section] = &[
    Section {
        title: "",
        intro: "",
        fields: &[
            Spec {
                key: "name",
                label: "Organization",
                hint: "Its name in Jira Service Management, letter by letter. Empty when a claim names it.",
                kind: Kind::Text("Acme GmbH"),
            },
            Spec {
                key: "create",
                label: "When Jira has none of this name",
                hint: "",
                kind: Kind::Flag(true, "Create it", "Leave it: nobody is added"),
            },
            Spec {
                key: "managed",
                label: "Whoever no longer fits",
                hint: "Only those whom the front door put in are taken out, at their next login. Nobody is where a directory (SCIM) manages the organization.",
                kind: Kind::Flag(true, "Is taken out again", "Stays in it"),
            },
        ],
    },
    Section {
        title: "Who belongs to it",
        intro: "One of these is enough.",
        fields: &[
            Spec {
                key: "domains",
                label: "Domains",
                hint: "One a line: people whose mail address is there; *.acme.example for sub-domains.",
                kind: Kind::Lines("acme.example"),
            },
            Spec {
                key: "groups",
                label: "Groups",
                hint: "One a line: people in one of them. With several identity providers: provider:group.",
                kind: Kind::Lines("acme"),
            },
            Spec {
                key: "claim",
                label: "Claim",
                hint: "A claim and the value that it must have, as in: custom:company = Acme. Only the claim, without a value: what it says is the organization’s name.",
                kind: Kind::Text("custom:company = Acme"),
            },
            Spec {
                key: "default_for",
                label: "Whoever fits no rule",
                hint: "It opens no private link.",
                kind: Kind::Choice(&[
                    ("", "Does not belong to it by that"),
                    ("all", "Belongs to it, whoever it is"),
                    (
                        "new",
                        "Belongs to it when the front door makes them a customer",
                    ),
                ]),
            },
        ],
    },
];

#[derive(Template, WebTemplate)]
#[template(path = "admin/organization.html")]
struct RulePage {
    layout: Frame,
    title: &'static str,
    form: Form,
    action: String,
    button: &'static str,
    /// Where an existing one is deleted.
    deletion: Option<String>,
}

/// The form over one rule, which stands alone while it is shown.
fn settings() -> SettingsForm {
    SettingsForm {
        prefix: KEY.to_owned(),
        sections: SECTIONS,
    }
}

#[get("/admin/organizations/new")]
async fn add(
    administrator: Administrator<'_>,
    layout: Layout,
    editor: &Room<Editor>,
) -> Result<RulePage, Refusal> {
    may_change(editor)?;
    let rules = Rules::of(&editor.saved().await?);
    let form = settings().of(&alone(None), editor);
    Ok(page(&administrator, layout, &rules, None, form))
}

#[post("/admin/organizations/new", data = "<posted>")]
async fn make(
    administrator: Administrator<'_>,
    posted: Posted,
    layout: Layout,
    editor: &Room<Editor>,
) -> Result<Answer<RulePage>, Refusal> {
    may_change(editor)?;
    let saved = editor.saved().await?;
    let rules = Rules::of(&saved);
    let form = match take(editor, &posted, saved, None).await? {
        Ok(review) => return Ok(Answer::on(review)),
        Err(form) => form,
    };
    let page = page(&administrator, layout, &rules, None, form);
    Ok(Answer::page(page))
}

#[get("/admin/organizations/<place>?<way..>")]
async fn show(
    place: usize,
    way: Way,
    administrator: Administrator<'_>,
    layout: Layout,
    editor: &Room<Editor>,
) -> Result<RulePage, Refusal> {
    may_change(editor)?;
    let rules = Rules::of(&editor.saved().await?);
    // As the draft has it that somebody comes back from.
    let seen = Rules::of(&way.settings(editor).await?);
    let rule = seen.get(place).ok_or_else(no_rule)?;
    let now = alone(rules.get(place));
    let mut form = settings().of_over(&alone(Some(rule)), &now, editor);
    form.saved = way.saved(editor, &administrator).await?;
    // One that stands in a draft alone is still to be added.
    let existing = rules.get(place).map(|_| place);
    Ok(page(&administrator, layout, &rules, existing, form))
}

#[post("/admin/organizations/<place>?<was>", data = "<posted>")]
async fn change(
    place: usize,
    was: &str,
    administrator: Administrator<'_>,
    posted: Posted,
    layout: Layout,
    editor: &Room<Editor>,
) -> Result<Answer<RulePage>, Refusal> {
    may_change(editor)?;
    let saved = editor.saved().await?;
    let rules = Rules::of(&saved);
    let place = rules.find(place, was)?;
    let form = match take(editor, &posted, saved, Some(place)).await? {
        Ok(review) => return Ok(Answer::on(review)),
        Err(form) => form,
    };
    let page = page(&administrator, layout, &rules, Some(place), form);
    Ok(Answer::page(page))
}

/// Judges what was typed among all rules; on to the review, or the form again.
async fn take(
    editor: &Editor,
    posted: &Posted,
    saved: Saved,
    existing: Option<usize>,
) -> Result<Result<Redirect, Form>, Refusal> {
    let mut rules = Rules::of(&saved);
    let place = existing.unwrap_or(rules.len());
    let before = alone(existing.and_then(|place| rules.get(place)));
    let form = settings();
    let reading = form.read(editor, posted, &before).await?;
    rules.replace(place, taken_out(&reading.after));
    let after = rules.put(saved.clone());
    let judged = editor.judge(&after).map(|_| ());
    let problems = judged.map_or_else(|all| about_it(all.0, place), |()| Vec::new());
    if !problems.is_empty() || reading.clashes() {
        return form.again(&reading, editor, &problems).await.map(Err);
    }
    let from = format!("{ADDRESS}/{place}");
    let review = editor.review(&saved, &after, &from).await?;
    Ok(review.ok_or_else(|| {
        let mut form = form.of(&before, editor);
        form.unchanged = true;
        form
    }))
}

/// Rules that a file sets are not changed here.
pub(super) fn may_change(editor: &Editor) -> Result<(), Refusal> {
    match editor.outside().locked(KEY) {
        None => Ok(()),
        Some(locked) => Err(Refusal::new(Reason::Conflict)
            .because(format!("the organizations are set by {}", locked.by))
            .own_path("See all organizations", ADDRESS)),
    }
}

fn page(
    administrator: &Administrator<'_>,
    layout: Layout,
    rules: &Rules,
    place: Option<usize>,
    form: Form,
) -> RulePage {
    let address = |place| format!("{ADDRESS}/{place}");
    let query = |place| format!("?was={}", rules.mark(place));
    RulePage {
        layout: Frame::new(administrator, layout, Place::Organizations),
        title: place.map_or("Add a rule", |_| "Change a rule"),
        form,
        action: place.map_or_else(
            || format!("{ADDRESS}/new"),
            |place| address(place) + &query(place),
        ),
        button: "Review the change",
        deletion: place.map(|place| format!("{}/delete{}", address(place), query(place))),
    }
}

fn no_rule() -> Refusal {
    Refusal::new(Reason::NotFound)
        .because("no such rule")
        .own_path("See all organizations", ADDRESS)
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![add, make, show, change]
}
