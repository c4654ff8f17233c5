//! `/admin/mapping`: which claim becomes what of the customer, beside real claims and the customer that results of them.

mod fields;
mod result;
mod sample;

use askama::Template;
use askama_web::WebTemplate;
use rocket::{Route, get, post, routes};

use crate::login::Login;
use crate::provider::Diagnosis;
use crate::settings::{Saved, Settings};
use crate::web::headers::AsksUs;
use crate::web::{Layout, Refusal, Room};

use super::change::Editor;
use super::form::{Form, SettingsForm, Taken, Way};
use super::providers::claims_table::ClaimsTable;
use super::setup::note_mapped;
use super::wording::Sheet;
use super::{Administrator, Answer, Frame, Place, Posted};

pub(super) use result::Resulting;
use sample::Sample;

const HERE: &str = "/admin/mapping";

/// Where it stands in the desk.
pub(super) const SHEET: Sheet = Sheet {
    page: "Mapping",
    address: HERE,
    prefix: "mapping",
    sections: fields::SECTIONS,
};

/// The page, in the desk or in the first hour. Its script asks for it again while somebody types.
pub(super) type Page = AsksUs<Box<MappingPage>>;

/// What it shows.
#[derive(Template, WebTemplate)]
#[template(path = "admin/mapping.html")]
pub(super) struct MappingPage {
    layout: Frame,
    form: Form,
    action: &'static str,
    button: &'static str,
    /// Claims, when there are any to look at; and whether they are the administrator's own.
    claims: Option<(ClaimsTable, bool)>,
    /// Where others can be had.
    test: String,
    result: Resulting,
    /// Whether what results does so by the mapping that is saved.
    is_saved: bool,
}

/// Where the page stands.
pub(super) struct Standing {
    pub(super) layout: Frame,
    pub(super) action: &'static str,
    pub(super) button: &'static str,
    /// Where the test login is.
    pub(super) test: String,
}

/// What the page is made with.
pub(super) struct Making<'a> {
    pub(super) administrator: &'a Administrator<'a>,
    pub(super) editor: &'a Editor,
    pub(super) login: &'a Login,
}

/// The form of it.
pub(super) fn settings() -> SettingsForm {
    SettingsForm {
        prefix: SHEET.prefix.to_owned(),
        sections: SHEET.sections,
    }
}

impl Making<'_> {
    /// The page with what is saved, or stands in a draft.
    pub(super) async fn saved(&self, way: &Way, standing: Standing) -> Result<Page, Refusal> {
        let form = settings()
            .show(self.editor, way, self.administrator)
            .await?;
        let judged = self.judged(&way.settings(self.editor).await?);
        let mut page = self.page(form, judged, standing).await?;
        page.0.is_saved = way.draft.is_none();
        Ok(page)
    }

    /// What results of the last test login by what was typed. When it is somebody, that is noted.
    pub(super) async fn tried(&self, posted: &Posted) -> Result<Resulting, Refusal> {
        let judged = self.judged(&self.read(posted).await?);
        self.noted(judged.as_ref()).await
    }

    /// Why the last test login could not sign in as things are, if it is so.
    pub(super) async fn failing(&self) -> Result<Option<Box<Diagnosis>>, Refusal> {
        Ok(match self.noted(Some(self.editor.settings())).await? {
            Resulting::Refused(problem) => Some(problem),
            _ => None,
        })
    }

    async fn noted(&self, settings: Option<&Settings>) -> Result<Resulting, Refusal> {
        let sample = Sample::of(self.administrator, self.login).await?;
        let result = Resulting::of(sample.as_ref(), settings, self.login);
        if let (Some(sample), Some(settings), Resulting::Customer(_)) = (sample, settings, &result)
            && let Some(provider) = settings.providers.get(&sample.provider)
        {
            note_mapped(self.login.vault(), provider, &settings.mapping).await?;
        }
        Ok(result)
    }

    /// The page with what was typed, which is not saved.
    pub(super) async fn preview(
        &self,
        posted: &Posted,
        standing: Standing,
    ) -> Result<Answer<Page>, Refusal> {
        let saved = self.editor.saved().await?;
        let reading = settings().read(self.editor, posted, &saved).await?;
        let after = &reading.after;
        let problems = self.editor.judge(after).err().map(|all| all.0);
        let problems = problems.unwrap_or_default();
        let form = settings().again(&reading, self.editor, &problems).await?;
        let status = form.status();
        let page = self.page(form, self.judged(after), standing).await?;
        Ok(Answer::again(status, page))
    }

    /// The page again, after what was typed was not saved.
    pub(super) async fn again(
        &self,
        form: Form,
        posted: &Posted,
        standing: Standing,
    ) -> Result<Page, Refusal> {
        let judged = self.judged(&self.read(posted).await?);
        self.page(form, judged, standing).await
    }

    async fn read(&self, posted: &Posted) -> Result<Saved, Refusal> {
        let saved = self.editor.saved().await?;
        let reading = settings().read(self.editor, posted, &saved).await?;
        Ok(reading.after)
    }

    fn judged(&self, saved: &Saved) -> Option<Settings> {
        let loaded = self.editor.judge(saved).ok();
        loaded.map(|loaded| loaded.settings)
    }

    async fn page(
        &self,
        mut form: Form,
        judged: Option<Settings>,
        standing: Standing,
    ) -> Result<Page, Refusal> {
        let sample = Sample::of(self.administrator, self.login).await?;
        let mapping = judged.as_ref().map(|settings| &settings.mapping);
        let mapping = mapping.unwrap_or_else(|| self.login.mapping());
        let claims = |sample: &Sample| (sample.table(mapping), sample.is_own());
        if let Some(sample) = &sample {
            form.offers = sample.offers();
            form.preview = Some("Show what results");
        }
        Ok(AsksUs(Box::new(MappingPage {
            claims: sample.as_ref().map(claims),
            result: Resulting::of(sample.as_ref(), judged.as_ref(), self.login),
            layout: standing.layout,
            form,
            action: standing.action,
            button: standing.button,
            test: standing.test,
            is_saved: false,
        })))
    }
}

impl MappingPage {
    /// Whether the claims are the administrator's own.
    fn is_own(&self) -> bool {
        matches!(self.claims, Some((_, true)))
    }

    /// Whether a claim of this name can be put into a field.
    fn is_offered(&self, name: &str) -> bool {
        self.form.offers.iter().any(|offer| offer == name)
    }
}

fn at_desk(administrator: &Administrator<'_>, layout: Layout, login: &Login) -> Standing {
    let test = match login.providers().only() {
        Some(provider) => super::providers::testing::address(provider.name()),
        None => "/admin/providers".to_owned(),
    };
    Standing {
        layout: Frame::new(administrator, layout, Place::Mapping),
        action: HERE,
        button: "Review the change",
        test,
    }
}

#[get("/admin/mapping?<way..>")]
async fn show(
    way: Way,
    administrator: Administrator<'_>,
    layout: Layout,
    editor: &Room<Editor>,
    login: &Room<Login>,
) -> Result<Page, Refusal> {
    let making = Making {
        administrator: &administrator,
        editor,
        login,
    };
    let standing = at_desk(&administrator, layout, login);
    making.saved(&way, standing).await
}

#[post("/admin/mapping", data = "<posted>")]
async fn change(
    administrator: Administrator<'_>,
    posted: Posted,
    layout: Layout,
    editor: &Room<Editor>,
    login: &Room<Login>,
) -> Result<Answer<Page>, Refusal> {
    let making = Making {
        administrator: &administrator,
        editor,
        login,
    };
    let standing = at_desk(&administrator, layout, login);
    if posted.has("preview") {
        return making.preview(&posted, standing).await;
    }
    let form = settings();
    let taken = form.take(editor, &posted, HERE, |saved| saved).await?;
    Ok(match taken {
        Taken::On(redirect) => Answer::on(redirect),
        Taken::Again(form) => {
            let status = form.status();
            Answer::again(status, making.again(form, &posted, standing).await?)
        }
    })
}

/// The addresses of this folder.
pub(super) fn routes() -> Vec<Route> {
    routes![show, change]
}
