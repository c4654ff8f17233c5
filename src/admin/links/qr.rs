//! `/admin/links/<slug>/qr.svg`: the substitute link as a QR code, black on white in any colour scheme, with the quiet zone of four modules that readers
//! ask for (ISO/IEC 18004).

use qrcode::render::svg::Color;
use qrcode::{EcLevel, QrCode};
use rocket::http::ContentType;
use rocket::{Route, get, routes};

use crate::admin::Administrator;
use crate::web::{Reason, Refusal};

use super::rooms::{LinkRooms, found};

/// How wide it is at least, in pixels of CSS; on paper about 6 cm.
const LEAST: u32 = 240;

#[get("/admin/links/<slug>/qr.svg")]
fn qr(
    slug: &str,
    _administrator: Administrator<'_>,
    rooms: LinkRooms<'_>,
) -> Result<(ContentType, String), Refusal> {
    let catalogue = rooms.catalogue();
    let link = found(&catalogue, slug)?;
    Ok((ContentType::SVG, drawn(&rooms.address(link))?))
}

fn drawn(address: &str) -> Result<String, Refusal> {
    let code = QrCode::with_error_correction_level(address, EcLevel::M)
        .map_err(|error| Refusal::new(Reason::Internal).because(error))?;
    let mut picture = code.render::<Color<'_>>();
    Ok(picture
        .quiet_zone(true)
        .min_dimensions(LEAST, LEAST)
        .build())
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![qr]
}
