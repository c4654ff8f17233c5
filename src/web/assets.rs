//! The few files that pages need, part of the program, at addresses that change with their content.

use rocket::http::{ContentType, Header, Status};
use rocket::request::FromParam;
use rocket::{Responder, Route, get, routes};

/// A year: the address of a changed file is another one.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// For a file asked for by another version's address, as happens while instances are being replaced.
const ASK_AGAIN: &str = "no-cache";

/// One of our files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asset {
    /// The one stylesheet.
    Stylesheet,
    /// Posts the hand-over form by itself.
    PostScript,
    /// Puts a button that copies beside each field that is there to be copied.
    CopyScript,
    /// Looks for a result when its window is looked at again.
    WaitScript,
    /// Puts claims into fields, and shows what results while somebody types.
    MappingScript,
    /// The icon in the browser's tab.
    Icon,
}

impl Asset {
    const ALL: [Self; 6] = [
        Self::Stylesheet,
        Self::PostScript,
        Self::CopyScript,
        Self::WaitScript,
        Self::MappingScript,
        Self::Icon,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Stylesheet => "front-door.css",
            Self::PostScript => "post.js",
            Self::CopyScript => "copy.js",
            Self::WaitScript => "wait.js",
            Self::MappingScript => "mapping.js",
            Self::Icon => "icon.svg",
        }
    }

    fn content(self) -> &'static str {
        match self {
            Self::Stylesheet => include_str!("../../static/front-door.css"),
            Self::PostScript => include_str!("../../static/post.js"),
            Self::CopyScript => include_str!("../../static/copy.js"),
            Self::WaitScript => include_str!("../../static/wait.js"),
            Self::MappingScript => include_str!("../../static/mapping.js"),
            Self::Icon => include_str!("../../static/icon.svg"),
        }
    }

    fn version(self) -> u64 {
        const VERSIONS: [u64; 6] = [
            fingerprint(include_bytes!("../../static/front-door.css")),
            fingerprint(include_bytes!("../../static/post.js")),
            fingerprint(include_bytes!("../../static/copy.js")),
            fingerprint(include_bytes!("../../static/icon.svg")),
            fingerprint(include_bytes!("../../static/wait.js")),
            fingerprint(include_bytes!("../../static/mapping.js")),
        ];
        match self {
            Self::Stylesheet => VERSIONS[0],
            Self::PostScript => VERSIONS[1],
            Self::CopyScript => VERSIONS[2],
            Self::Icon => VERSIONS[3],
            Self::WaitScript => VERSIONS[4],
            Self::MappingScript => VERSIONS[5],
        }
    }

    fn content_type(self) -> ContentType {
        match self {
            Self::Stylesheet => ContentType::CSS,
            Self::PostScript | Self::CopyScript | Self::WaitScript | Self::MappingScript => {
                ContentType::JavaScript
            }
            Self::Icon => ContentType::SVG,
        }
    }

    /// The path where browsers find this very content.
    #[must_use]
    pub fn address(self) -> String {
        format!("/static/{:016x}/{}", self.version(), self.name())
    }
}

/// FNV-1a, at compile time: it tells versions apart, nothing depends on nobody being able to make two alike.
const fn fingerprint(content: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut place = 0;
    while place < content.len() {
        hash = (hash ^ content[place] as u64).wrapping_mul(0x0100_0000_01b3);
        place += 1;
    }
    hash
}

impl<'a> FromParam<'a> for Asset {
    type Error = Status;

    fn from_param(name: &'a str) -> Result<Self, Status> {
        let found = Self::ALL.into_iter().find(|asset| asset.name() == name);
        found.ok_or(Status::NotFound)
    }
}

#[derive(Responder)]
struct File {
    content: &'static str,
    content_type: ContentType,
    caching: Header<'static>,
}

impl File {
    fn new(asset: Asset, caching: &'static str) -> Self {
        Self {
            content: asset.content(),
            content_type: asset.content_type(),
            caching: Header::new("Cache-Control", caching),
        }
    }
}

#[get("/static/<version>/<asset>")]
fn file(version: &str, asset: Asset) -> File {
    let current = asset.address().split('/').nth(2) == Some(version);
    File::new(asset, if current { FOR_EVER } else { ASK_AGAIN })
}

/// Browsers ask here before they have read a page.
#[get("/favicon.ico")]
fn favicon() -> File {
    File::new(Asset::Icon, "public, max-age=86400")
}

/// The addresses of the files.
#[must_use]
pub fn routes() -> Vec<Route> {
    routes![file, favicon]
}
