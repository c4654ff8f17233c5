//! Step 3, `/setup/mapping`: what claims become of a customer, beside those of the test login.

use rocket::{Route, get, post, routes};

use crate::admin::change::Editor;
use crate::admin::form::{Taken, Way};
use crate::admin::mapping::{Making, Page, Resulting, Standing, settings};
use crate::admin::setup::{InSetup, Step};
use crate::admin::{Answer, Frame, Posted};
use crate::login::Login;
use crate::web::{Layout, Refusal, Room, Visit};

fn in_setup(holder: &InSetup<'_>, layout: Layout) -> Standing {
    Standing {
        layout: Frame::setup(holder, layout, Step::Mapping),
        action: Step::Mapping.address(),
        button: "Save and go on",
        test: Step::Test.address().to_owned(),
    }
}

#[get("/setup/mapping?<way..>")]
async fn show(
    way: Way,
    holder: InSetup<'_>,
    layout: Layout,
    editor: &Room<Editor>,
    login: &Room<Login>,
) -> Result<Page, Refusal> {
    let making = Making {
        administrator: &holder,
        editor,
        login,
    };
    making.saved(&way, in_setup(&holder, layout)).await
}

#[post("/setup/mapping", data = "<posted>")]
async fn save(
    holder: InSetup<'_>,
    posted: Posted,
    visit: Visit,
    layout: Layout,
    editor: &Room<Editor>,
    login: &Room<Login>,
) -> Result<Answer<Page>, Refusal> {
    let making = Making {
        administrator: &holder,
        editor,
        login,
    };
    let standing = in_setup(&holder, layout);
    if posted.has("preview") {
        return making.preview(&posted, standing).await;
    }
    // What lets nobody in may be saved, but not passed by.
    let next = match making.tried(&posted).await? {
        Resulting::Refused(_) => Step::Mapping,
        _ => Step::Account,
    };
    let (by, next) = (holder.actor(), next.address());
    let form = settings();
    let taken = form.save(editor, &posted, (&visit, &by), next).await?;
    Ok(match taken {
        Taken::On(redirect) => Answer::on(redirect),
        Taken::Again(form) => {
            let status = form.status();
            Answer::again(status, making.again(form, &posted, standing).await?)
        }
    })
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![show, save]
}
