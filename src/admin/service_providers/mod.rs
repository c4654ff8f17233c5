//! `/admin/service-providers`: who is told by a signed assertion who somebody is, what they need to know of us, and whether it works.

pub(in crate::admin) mod around;
mod delete;
pub(in crate::admin) mod edit;
pub(in crate::admin) mod general;
pub(in crate::admin) mod kinds;
mod list;
mod metadata;
mod ours;
pub(in crate::admin) mod outcomes;
pub(in crate::admin) mod test;

use rocket::Route;

use crate::admin::change::Editor;
use crate::settings::Slug;
use crate::settings::saml::ServiceProviderSettings;
use crate::web::{Reason, Refusal};

pub(in crate::admin) use ours::{Ours, Shown as ShownCertificate, refusal as keys_refusal};

/// The service provider of this name, if there is one.
fn find<'e>(name: &Slug, editor: &'e Editor) -> Result<&'e ServiceProviderSettings, Refusal> {
    let all = &editor.settings().saml.service_providers;
    all.get(name.as_str()).ok_or_else(unknown)
}

fn unknown() -> Refusal {
    Refusal::new(Reason::NotFound)
        .because("no such service provider")
        .own_path("See all service providers", "/admin/service-providers")
}

/// The addresses of this folder.
pub(super) fn routes() -> Vec<Route> {
    [
        list::routes(),
        edit::routes(),
        delete::routes(),
        general::routes(),
        metadata::routes(),
        test::routes(),
    ]
    .concat()
}
