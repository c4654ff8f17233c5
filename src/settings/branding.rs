//! `branding`: what the pages show of the operator.

pub mod accent;
pub mod logo;
mod png;
mod svg;
mod svg_names;

use std::path::Path;

use rocket::figment::value::Dict;
use url::Url;

use accent::Accent;
use logo::Logo;

use super::field::Field;
use super::ground::Ground;
use super::layers::Layers;
use super::one_line;
use super::reader::Table;

/// Name, looks, and way to help.
#[derive(Debug, Clone, Default)]
pub struct BrandingSettings {
    /// The organisation's name; "Front Door" when empty.
    pub name: String,
    /// Shown in place of the name.
    pub logo: Option<Logo>,
    /// The colour of links and buttons; our own when not set.
    pub accent: Option<Accent>,
    /// A mail address, or an `https:` link, shown on every error page; may be empty.
    pub support: String,
}

/// Reads `branding`.
pub(super) fn read(table: Table<'_>) -> BrandingSettings {
    let settings = BrandingSettings {
        name: table
            .read_unless_empty("name", Field::line)
            .unwrap_or_default(),
        logo: table.read_unless_empty("logo", logo::read),
        accent: table.read_unless_empty("accent", accent::read),
        support: table
            .read_unless_empty("support", support)
            .unwrap_or_default(),
    };
    table.finish();
    settings
}

/// The logo that these layers set, for somebody who has them and not the file that they may name.
pub(super) fn logo_of(layers: Layers, folder: &Path, entries: Dict) -> Option<Logo> {
    let ground = Ground::new(layers.ours, layers.lines, folder, Vec::new());
    let table = Table::root(&ground, entries).table("branding", "branding");
    table.read_unless_empty("logo", logo::read)
}

fn support(field: &Field<'_>) -> Result<String, String> {
    let text = field.line_of(one_line::MOST_OF_AN_ADDRESS)?;
    let is_link = Url::parse(&text).is_ok_and(|url| url.scheme() == "https" && url.has_host());
    let is_address = !text.contains([':', '/', ' ', '<', '>', '?'])
        && text.split_once('@').is_some_and(|(name, domain)| {
            !name.is_empty() && !domain.is_empty() && !domain.contains('@')
        });
    if is_link || is_address {
        Ok(text)
    } else {
        Err("must be a mail address or a link that begins with https://".to_owned())
    }
}

#[cfg(test)]
#[path = "branding/tests.rs"]
mod tests;
