//! The languages that customers read, and which of them a browser asks for (RFC 9110, 12.5.4: `Accept-Language`).

use std::convert::Infallible;

use rocket::Request;
use rocket::request::{FromRequest, Outcome};

/// So many ranges of a header are looked at; browsers send a handful.
const MOST_RANGES: usize = 32;

/// The first part of the addresses that administrators alone have business at.
const DESK: [&str; 2] = ["admin", "setup"];

/// A language that there are texts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// For everybody who asks for none of ours.
    #[default]
    English,
    /// German.
    German,
}

impl Language {
    /// All of them, the one for everybody else first.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// Its code, as pages and settings write it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// The one that this request asks for. The admin desk is English for everybody.
    #[must_use]
    pub fn of(request: &Request<'_>) -> Self {
        let first = request.uri().path().raw_segments().next();
        if first.is_some_and(|first| DESK.iter().any(|desk| first == *desk)) {
            return Self::English;
        }
        Self::wanted(request.headers().get("Accept-Language"))
    }

    /// The one of the highest weight; of two with the same, the one that is named first.
    fn wanted<'a>(lines: impl Iterator<Item = &'a str>) -> Self {
        let ranges: Vec<Range<'_>> = lines
            .flat_map(|line| line.split(','))
            .take(MOST_RANGES)
            .filter_map(Range::read)
            .collect();
        let mut best = (0, Self::default());
        let mut first = usize::MAX;
        for language in Self::ALL {
            let Some((place, weight)) = weight(&ranges, language) else {
                continue;
            };
            if weight > best.0 || (weight == best.0 && place < first && weight > 0) {
                best = (weight, language);
                first = place;
            }
        }
        best.1
    }
}

/// A language's weight and where in the header it stands: by a range of its own, else by `*`.
fn weight(ranges: &[Range<'_>], language: Language) -> Option<(usize, u16)> {
    let of = |tag: &str| {
        let places = ranges.iter().enumerate();
        let fitting = places.filter(|(_, range)| range.primary.eq_ignore_ascii_case(tag));
        fitting
            .map(|(place, range)| (place, range.weight))
            .max_by_key(|(place, weight)| (*weight, usize::MAX - place))
    };
    of(language.code()).or_else(|| of("*"))
}

/// One language range. Regions do not matter to us: `de-AT` is German.
struct Range<'a> {
    primary: &'a str,
    /// In thousandths.
    weight: u16,
}

impl<'a> Range<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (tag, weight) = match text.split_once(';') {
            Some((tag, parameter)) => (tag, thousandths(parameter.trim())?),
            None => (text, 1000),
        };
        let primary = tag.trim().split('-').next()?;
        Some(Self { primary, weight })
    }
}

/// `q=0.8` in thousandths; `None` for what is no weight.
fn thousandths(parameter: &str) -> Option<u16> {
    let number = parameter
        .strip_prefix("q=")
        .or_else(|| parameter.strip_prefix("Q="))?;
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let is_number = decimals.len() <= 3 && decimals.bytes().all(|byte| byte.is_ascii_digit());
    let parts: u16 = format!("{decimals:0<3}").parse().ok()?;
    match (whole, parts) {
        ("0", parts) if is_number => Some(parts),
        ("1", 0) if is_number => Some(1000),
        _ => None,
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Language {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        Outcome::Success(Self::of(request))
    }
}

#[cfg(test)]
mod tests {
    use super::Language::{self, English, German};

    #[test]
    fn the_language_of_the_highest_weight_is_chosen() {
        for (header, expected) in [
            ("", English),
            ("de", German),
            ("en", English),
            ("DE-at", German),
            ("de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7", German),
            ("en-US,en;q=0.9,de;q=0.8", English),
            ("en;q=0.3, de;q=0.31", German),
            ("en;q=0.5,de;q=0.5", English),
            ("de;q=0.5,en;q=0.5", German),
            ("fr, de;q=0.1", German),
            ("fr-CH, fr;q=0.9, it", English),
            ("de;q=0", English),
            ("de;q=0, *", English),
            ("en;q=0, *", German),
            ("*", English),
            ("*;q=0.8, de;q=0.1", English),
            ("en;q=0.1, *;q=0.8", German),
            ("en;q=0, de;q=0", English),
            ("de ; q=1.000", German),
            ("den", English),
            ("e", English),
        ] {
            assert_eq!(Language::wanted([header].into_iter()), expected, "{header}");
        }
    }

    #[test]
    fn what_is_no_range_is_passed_over() {
        for header in [
            "de;q=2, en;q=0.1",
            "de;q=1.001, en;q=0.1",
            "de;q=0.1234, en;q=0.1",
            "de;q=-1, en;q=0.1",
            "de;q=+0.5, en;q=0.1",
            "de;q=0.+5, en;q=0.1",
            "de;q=, en;q=0.1",
            "de;q=NaN, en;q=0.1",
            "de;level=1, en;q=0.1",
            ";;;,,,\u{0},-,--;q=1",
        ] {
            assert_eq!(Language::wanted([header].into_iter()), English, "{header}");
        }
        let long = "fr,".repeat(1000) + "de";
        assert_eq!(Language::wanted([long.as_str()].into_iter()), English);
    }

    #[test]
    fn several_lines_of_the_header_are_one() {
        let lines = ["en;q=0.2", "de;q=0.4"];
        assert_eq!(Language::wanted(lines.into_iter()), German);
    }
}
