//! `branding.logo`: a picture, taken from a file that settings outside name, or held by the setting itself as a `data:` address.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{png, svg};
use crate::settings::field::Field;
use crate::settings::ground::Origin;

/// No logo is larger.
const MOST_KIBIBYTES: usize = 256;
const MOST_BYTES: usize = MOST_KIBIBYTES * 1024;

/// A picture that was looked at: nothing in it runs, moves or loads.
#[derive(Clone, PartialEq, Eq)]
pub struct Logo {
    kind: LogoKind,
    bytes: Arc<[u8]>,
}

/// What kind of picture it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogoKind {
    /// A picture of pixels.
    Png,
    /// A drawing.
    Svg,
}

impl LogoKind {
    const ALL: [Self; 2] = [Self::Png, Self::Svg];

    /// How a `data:` address of this kind begins.
    fn data(self) -> &'static str {
        match self {
            Self::Png => "data:image/png;base64,",
            Self::Svg => "data:image/svg+xml;base64,",
        }
    }
}

impl fmt::Debug for Logo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Logo({:?}, {} bytes)", self.kind, self.bytes.len())
    }
}

impl Logo {
    /// The picture of these bytes, if it is one that may be shown.
    pub fn new(bytes: Vec<u8>) -> Result<Self, String> {
        if bytes.len() > MOST_BYTES {
            return Err(too_large());
        }
        let kind = if png::is_png(&bytes) {
            png::check(&bytes)?;
            LogoKind::Png
        } else {
            svg::check(&bytes)?;
            LogoKind::Svg
        };
        let bytes = bytes.into();
        Ok(Self { kind, bytes })
    }

    /// What kind of picture it is.
    #[must_use]
    pub fn kind(&self) -> LogoKind {
        self.kind
    }

    /// The picture.
    #[must_use]
    pub fn bytes(&self) -> &Arc<[u8]> {
        &self.bytes
    }

    /// The picture as a setting that can be saved.
    #[must_use]
    pub fn data_url(&self) -> String {
        self.kind.data().to_owned() + &STANDARD.encode(&self.bytes)
    }
}

fn too_large() -> String {
    format!("is larger than {MOST_KIBIBYTES} KiB")
}

/// Reads the logo. What is saved in the store never names a file: one of the server's would be read for whoever saves its name.
pub(super) fn read(field: &Field<'_>) -> Result<Logo, String> {
    let text = field.text()?;
    if text.starts_with("data:") {
        return of_data_url(&text);
    }
    if field.origin() == Origin::Saved {
        return Err("must be a picture as data:image/png;base64,… or data:image/svg+xml;base64,…; only a file or a variable may name a path".to_owned());
    }
    let path = field.path()?;
    let named = |what: String| format!("names {}, which {what}", path.display());
    let bytes = of_file(&path).map_err(|error| named(format!("cannot be read: {error}")))?;
    Logo::new(bytes).map_err(named)
}

fn of_data_url(text: &str) -> Result<Logo, String> {
    let bad = "must begin with data:image/png;base64, or data:image/svg+xml;base64,";
    let begins = |kind: &LogoKind| text.starts_with(kind.data());
    let kind = LogoKind::ALL.into_iter().find(begins).ok_or(bad)?;
    let encoded = &text[kind.data().len()..];
    if encoded.len() > MOST_BYTES.div_ceil(3) * 4 {
        return Err(too_large());
    }
    let bytes = STANDARD
        .decode(encoded)
        .map_err(|_| "is not whole base64")?;
    let logo = Logo::new(bytes)?;
    if logo.kind == kind {
        Ok(logo)
    } else {
        Err("is not the kind of picture that it says".to_owned())
    }
}

fn of_file(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX);
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::branding::png::tests::png;

    const DRAWING: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\"><path d=\"M0 0\"/></svg>";

    #[test]
    fn a_picture_comes_back_from_its_address() {
        for (bytes, kind) in [
            (png(10, 10), LogoKind::Png),
            (DRAWING.as_bytes().to_vec(), LogoKind::Svg),
        ] {
            let logo = Logo::new(bytes).unwrap();
            assert_eq!(logo.kind(), kind);
            assert_eq!(of_data_url(&logo.data_url()), Ok(logo));
        }
    }

    #[test]
    fn an_address_that_holds_something_else_is_refused() {
        let picture = STANDARD.encode(png(10, 10));
        for address in [
            "data:".to_owned(),
            "data:image/png,x".to_owned(),
            "data:text/html;base64,PGI+".to_owned(),
            format!("data:image/gif;base64,{picture}"),
            format!("data:image/svg+xml;base64,{picture}"),
            format!("data:image/png;base64,{}", STANDARD.encode(DRAWING)),
            format!("data:image/png;base64,{picture}="),
            format!("data:image/png;base64, {picture}"),
            format!("DATA:image/png;base64,{picture}"),
        ] {
            assert!(of_data_url(&address).is_err(), "{address}");
        }
    }

    #[test]
    fn a_logo_may_be_so_large_and_no_larger() {
        let comment = |length: usize| format!("{DRAWING}<!--{}-->", " ".repeat(length));
        let rest = MOST_BYTES - comment(0).len();
        let largest = Logo::new(comment(rest).into_bytes()).unwrap();
        assert!(of_data_url(&largest.data_url()).is_ok());
        assert_eq!(Logo::new(comment(rest + 1).into_bytes()), Err(too_large()));
        let address = LogoKind::Svg.data().to_owned() + &STANDARD.encode(comment(rest + 3));
        assert_eq!(of_data_url(&address), Err(too_large()));
    }
}
