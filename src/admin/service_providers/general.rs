//! `/admin/service-providers/general`: what holds for all service providers.

use rocket::{Route, get, post, routes};

use crate::admin::change::Editor;
use crate::admin::form::{Form, FormPage, Kind, Section, SettingsForm, Spec, Taken, Way};
use crate::admin::wording::Sheet;
use crate::admin::{Administrator, Answer, Frame, Place, Posted};
use crate::web::{Layout, Refusal, Room};

const ADDRESS: &str = "/admin/service-providers/general";

const SECTIONS: &[Section] = &[
    Section {
        title: "How links hand over",
        intro: "",
        fields: &[Spec {
            key: "unsolicited",
            label: "Who begins",
            hint: "Which of the two Atlassian accepts for portal-only customers is documented for the first alone; the second was not verified against a live site.",
            kind: Kind::Flag(
                false,
                "A link posts a signed Response to the portal at once, without being asked",
                "A link leads to the portal, which asks who it is (documented)",
            ),
        }],
    },
    Section {
        title: "Our name",
        intro: "Every service provider knows the front door by it. Whoever changes it must enter the new one at each of them at the same moment.",
        fields: &[Spec {
            key: "entity_id",
            label: "Our entity ID",
            hint: "Empty: the address of our metadata.",
            kind: Kind::Text(""),
        }],
    },
];

/// Where it stands in the desk.
pub(in crate::admin) const SHEET: Sheet = Sheet {
    page: "All service providers",
    address: ADDRESS,
    prefix: "saml",
    sections: SECTIONS,
};

fn settings() -> SettingsForm {
    SettingsForm {
        prefix: SHEET.prefix.to_owned(),
        sections: SHEET.sections,
    }
}

#[get("/admin/service-providers/general?<way..>")]
async fn show(
    way: Way,
    administrator: Administrator<'_>,
    layout: Layout,
    editor: &Room<Editor>,
) -> Result<FormPage, Refusal> {
    let form = settings().show(editor, &way, &administrator).await?;
    Ok(page(&administrator, layout, form))
}

#[post("/admin/service-providers/general", data = "<posted>")]
async fn change(
    administrator: Administrator<'_>,
    posted: Posted,
    layout: Layout,
    editor: &Room<Editor>,
) -> Result<Answer<FormPage>, Refusal> {
    let form = settings();
    let taken = form.take(editor, &posted, ADDRESS, |saved| saved).await?;
    Ok(match taken {
        Taken::On(redirect) => Answer::on(redirect),
        Taken::Again(form) => Answer::again(form.status(), page(&administrator, layout, form)),
    })
}

fn page(administrator: &Administrator<'_>, layout: Layout, form: Form) -> FormPage {
    FormPage {
        warnings: Vec::new(),
        layout: Frame::new(administrator, layout, Place::ServiceProviders),
        title: SHEET.page,
        lead: "What holds for every service provider alike. It is right as it is for nearly everybody.",
        action: ADDRESS.to_owned(),
        button: "Review the change",
        form,
        more: &[("/admin/service-providers", "Service providers")],
    }
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![show, change]
}
