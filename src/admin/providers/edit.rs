//! One provider: added, or changed.

use askama::Template;
use askama_web::WebTemplate;
use rocket::response::Redirect;
use rocket::{Route, State, get, post, routes};

use crate::admin::change::Editor;
use crate::admin::form::{Adding, Form, NamedKind as _, Taken, Way};
use crate::admin::{Administrator, Answer, Frame, Place, Posted};
use crate::settings::provider::SignUp;
use crate::settings::{ProviderName, ProviderSettings, PublicUrl, Settings};
use crate::web::{Layout, Reason, Refusal, Room};

use super::Addresses;
use super::kinds::{self, ProviderKind};

/// The page of one provider, in the desk or in the first hour.
#[derive(Template, WebTemplate)]
#[template(path = "admin/provider.html")]
pub(in crate::admin) struct ProviderPage {
    pub(in crate::admin) layout: Frame,
    pub(in crate::admin) title: String,
    pub(in crate::admin) kind: &'static ProviderKind,
    pub(in crate::admin) addresses: Addresses,
    pub(in crate::admin) form: Form,
    pub(in crate::admin) action: String,
    pub(in crate::admin) button: &'static str,
    /// The name of one that is there, which can be tested and deleted.
    pub(in crate::admin) existing: Option<String>,
    /// Anybody can make an account there, and no rule asks for more than a login.
    pub(in crate::admin) is_open_to_all: bool,
    /// Any address counts that somebody has there, verified or not.
    pub(in crate::admin) believes_anything: bool,
    /// Whether it was saved before.
    pub(in crate::admin) is_there: bool,
    /// Where groups are looked for, and where this kind lists them, if that is elsewhere.
    pub(in crate::admin) groups: Option<(String, &'static str)>,
    /// Other kinds to choose instead, in the first hour.
    pub(in crate::admin) others: &'static [ProviderKind],
}

/// The kind of one that is there.
pub(in crate::admin) async fn kind_of(
    name: &ProviderName,
    editor: &Editor,
) -> Result<&'static ProviderKind, Refusal> {
    let saved = editor.saved().await?;
    let is_set = |key| editor.outside().locked(&format!("provider.{name}.{key}"));
    let in_a_file = is_set("domain").is_some() || is_set("user_pool").is_some();
    Ok(kinds::of(name.as_str(), &saved, in_a_file))
}

/// Whether a login there is all that it takes, and anybody can have one.
pub(in crate::admin) fn is_open_to_all(name: &ProviderName, settings: &Settings) -> bool {
    let open = settings
        .providers
        .get(name)
        .is_some_and(|it| it.enabled && it.sign_up == SignUp::Open && it.email_domains.is_empty());
    let access = &settings.access;
    open && access.domains.is_empty() && access.groups.is_empty() && access.claims.is_empty()
}

/// Whether whoever has an account there can pass for anybody whose address they enter.
pub(in crate::admin) fn believes_anything(name: &ProviderName, settings: &Settings) -> bool {
    let provider = settings.providers.get(name);
    provider.is_some_and(ProviderSettings::believes_anything)
}

/// What to look at while strangers can come in by an account of their own making, a sentence for each provider.
pub(in crate::admin) fn open_to_all(settings: &Settings) -> Vec<String> {
    let open = settings.providers.values();
    let open = open.filter(|provider| is_open_to_all(&provider.name, settings));
    open.map(|provider| {
        format!(
            "Anybody can come in: strangers can make an account at the identity provider “{}”, and no rule asks for more than a login. Ask for a domain, a group or a claim on the page Access, or name the domains of this provider's addresses on its page.",
            provider.label
        )
    })
    .collect()
}

/// Says at the fields about signing out what counts while they are empty.
pub(in crate::admin) fn with_what_counts(
    form: &mut Form,
    name: &str,
    editor: &Editor,
    public_url: &PublicUrl,
) {
    let named = |(known, _): &(&ProviderName, _)| known.as_str() == name;
    let provider = editor.settings().providers.iter().find(named);
    let domain = provider.and_then(|(_, provider)| provider.domain.as_ref());
    let logout = domain.and_then(|domain| domain.join("/logout").ok());
    let logout = logout.map_or_else(
        || "https://<the domain above>/logout".to_owned(),
        String::from,
    );
    form.when_empty("logout_url", logout);
    form.when_empty("sign_out_url", Addresses::of(name, public_url).sign_out);
}

impl Adding<ProviderKind> {
    /// Under the name that a draft has, as long as it is free.
    fn named(name: Option<&str>, kind: &str, editor: &Editor) -> Self {
        let free = Self::of(kind, editor);
        let wanted = name.map(|name| Self {
            name: name.to_owned(),
            ..free
        });
        let usable = wanted.filter(|it| it.fault(editor).is_none());
        usable.unwrap_or(free)
    }

    /// Where it is typed.
    fn address(&self) -> String {
        let Self { kind, name } = self;
        format!("/admin/providers/new?kind={}&name={name}", kind.name)
    }

    /// An empty form, but for what is suggested.
    pub(in crate::admin) async fn form(
        &self,
        editor: &Editor,
        way: &Way,
        administrator: &Administrator<'_>,
    ) -> Result<Form, Refusal> {
        let mut form = self.settings().show(editor, way, administrator).await?;
        for (key, value) in self.kind.suggested {
            form.suggest(key, value);
        }
        form.naming = Some(self.naming(None));
        Ok(form)
    }
}

/// The name of the kind that was asked for, if there is that kind; the first kind where none was.
fn known(kind: Option<&str>) -> Result<&str, Refusal> {
    let kind = kind.unwrap_or(kinds::KINDS[0].name);
    ProviderKind::of_word(kind)
        .map(|kind| kind.name)
        .ok_or_else(|| {
            Refusal::new(Reason::NotFound)
                .because("no such kind of provider")
                .own_path("See all providers", "/admin/providers")
        })
}

#[get("/admin/providers/new?<kind>&<name>&<way..>")]
async fn add(
    kind: Option<&str>,
    name: Option<&str>,
    way: Way,
    administrator: Administrator<'_>,
    layout: Layout,
    editor: &Room<Editor>,
    public_url: &State<PublicUrl>,
) -> Result<Answer<ProviderPage>, Refusal> {
    if let Some(change) = way.saved(editor, &administrator).await? {
        // It is there now.
        let list = format!("/admin/providers?saved={change}");
        return Ok(Answer::on(Redirect::to(list)));
    }
    let adding = Adding::named(name, known(kind)?, editor);
    let form = adding.form(editor, &way, &administrator).await?;
    let layout = Frame::new(&administrator, layout, Place::Providers);
    let page = added_page(layout, &adding, form, editor, public_url);
    Ok(Answer::page(page))
}

#[post("/admin/providers/new?<kind>", data = "<posted>")]
async fn make(
    kind: Option<&str>,
    administrator: Administrator<'_>,
    posted: Posted,
    layout: Layout,
    editor: &Room<Editor>,
    public_url: &State<PublicUrl>,
) -> Result<Answer<ProviderPage>, Refusal> {
    let adding = Adding::of(known(kind)?, editor).typed(posted.get("name"));
    let form = match adding.take(editor, &posted, &adding.address()).await? {
        Taken::On(redirect) => return Ok(Answer::on(redirect)),
        Taken::Again(form) => form,
    };
    let status = form.status();
    let layout = Frame::new(&administrator, layout, Place::Providers);
    let page = added_page(layout, &adding, form, editor, public_url);
    Ok(Answer::again(status, page))
}

fn added_page(
    layout: Frame,
    adding: &Adding<ProviderKind>,
    mut form: Form,
    editor: &Editor,
    public_url: &PublicUrl,
) -> ProviderPage {
    with_what_counts(&mut form, &adding.name, editor, public_url);
    ProviderPage {
        layout,
        title: format!("Add a provider: {}", adding.kind.label),
        kind: adding.kind,
        addresses: Addresses::of(&adding.name, public_url),
        form,
        action: format!("/admin/providers/new?kind={}", adding.kind.name),
        button: "Review the change",
        existing: None,
        is_open_to_all: false,
        believes_anything: false,
        is_there: false,
        groups: adding.kind.groups_elsewhere(editor.settings()),
        others: &[],
    }
}

#[get("/admin/providers/<name>?<way..>")]
async fn show(
    name: ProviderName,
    way: Way,
    administrator: Administrator<'_>,
    layout: Layout,
    editor: &Room<Editor>,
    public_url: &State<PublicUrl>,
) -> Result<ProviderPage, Refusal> {
    is_there(&name, editor)?;
    let kind = kind_of(&name, editor).await?;
    let settings = kind.settings(name.as_str());
    let form = settings.show(editor, &way, &administrator).await?;
    let layout = Frame::new(&administrator, layout, Place::Providers);
    Ok(page(layout, &name, kind, form, editor, public_url))
}

#[post("/admin/providers/<name>", data = "<posted>")]
async fn change(
    name: ProviderName,
    administrator: Administrator<'_>,
    posted: Posted,
    layout: Layout,
    editor: &Room<Editor>,
    public_url: &State<PublicUrl>,
) -> Result<Answer<ProviderPage>, Refusal> {
    is_there(&name, editor)?;
    let kind = kind_of(&name, editor).await?;
    let from = format!("/admin/providers/{name}");
    let settings = kind.settings(name.as_str());
    let taken = settings.take(editor, &posted, &from, |saved| saved);
    Ok(match taken.await? {
        Taken::On(redirect) => Answer::on(redirect),
        Taken::Again(form) => {
            let layout = Frame::new(&administrator, layout, Place::Providers);
            let status = form.status();
            let page = page(layout, &name, kind, form, editor, public_url);
            Answer::again(status, page)
        }
    })
}

fn page(
    layout: Frame,
    name: &ProviderName,
    kind: &'static ProviderKind,
    mut form: Form,
    editor: &Editor,
    public_url: &PublicUrl,
) -> ProviderPage {
    with_what_counts(&mut form, name.as_str(), editor, public_url);
    ProviderPage {
        layout,
        title: format!("Provider {name}"),
        kind,
        addresses: Addresses::of(name.as_str(), public_url),
        form,
        action: format!("/admin/providers/{name}"),
        button: "Review the change",
        existing: Some(name.to_string()),
        is_open_to_all: is_open_to_all(name, editor.settings()),
        believes_anything: believes_anything(name, editor.settings()),
        is_there: true,
        groups: kind.groups_elsewhere(editor.settings()),
        others: &[],
    }
}

/// Whether there is such a provider, switched off or not.
pub(super) fn is_there(name: &ProviderName, editor: &Editor) -> Result<(), Refusal> {
    let known = editor.settings().providers.contains_key(name);
    known.then_some(()).ok_or_else(|| {
        Refusal::new(Reason::NotFound)
            .because("no such provider")
            .own_path("See all providers", "/admin/providers")
    })
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![add, make, show, change]
}
