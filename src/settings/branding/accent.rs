//! `branding.accent`: the operator's colour, and what becomes of it so that everybody can read it, on light pages and on dark ones.
//!
//! It stands as text on the grounds of the pages, and under the text of buttons. What is legible there is measured as WCAG 2.2 says: relative luminance,
//! and a contrast of at least 4.5 to 1 (success criterion 1.4.3).

use std::fmt;

use crate::settings::field::Field;

/// The least contrast of text.
const LEAST: f64 = 4.5;

/// How far, in hundredths, the colour may go towards black or white: farther, and it would be another colour.
const MOST_DARKER: u32 = 50;
const MOST_LIGHTER: u32 = 60;

const BLACK: Colour = Colour([0, 0, 0]);
const WHITE: Colour = Colour([255, 255, 255]);

/// One kind of pages, with the colours of the stylesheet that the accent meets there.
struct Scheme {
    grounds: [Colour; 2],
    /// The text on buttons.
    on: Colour,
    /// Where the accent goes until it can be read.
    towards: Colour,
    most: u32,
    /// How much farther it goes under the pointer.
    farther: u32,
}

const LIGHT: Scheme = Scheme {
    grounds: [WHITE, Colour([0xf3, 0xf5, 0xf6])],
    on: WHITE,
    towards: BLACK,
    most: MOST_DARKER,
    farther: 25,
};

const DARK: Scheme = Scheme {
    grounds: [Colour([0x12, 0x18, 0x1d]), Colour([0x1c, 0x25, 0x2c])],
    on: Colour([0x0a, 0x1f, 0x24]),
    towards: WHITE,
    most: MOST_LIGHTER,
    farther: 35,
};

/// The operator's colour, as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accent {
    /// On light pages.
    pub light: Tone,
    /// On dark pages.
    pub dark: Tone,
}

/// The colour on one kind of pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tone {
    /// Of links, buttons and lines.
    pub accent: Colour,
    /// Of links and buttons under the pointer.
    pub strong: Colour,
    /// Of the text on buttons.
    pub on: Colour,
}

/// Red, green and blue; written as `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour([u8; 3]);

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self([red, green, blue]) = self;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl Colour {
    fn read(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let number = u32::from_str_radix(digits, 16).ok();
        let number = number.filter(|_| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        let [_, red, green, blue] = number.to_be_bytes();
        Some(Self([red, green, blue]))
    }

    /// So many hundredths of the way to another colour.
    fn towards(self, other: Self, hundredths: u32) -> Self {
        let mut mixed = self.0;
        for (channel, end) in mixed.iter_mut().zip(other.0) {
            let (from, to) = (u32::from(*channel), u32::from(end));
            let sum = from * (100 - hundredths) + to * hundredths;
            *channel = u8::try_from((sum + 50) / 100).unwrap_or(u8::MAX);
        }
        Self(mixed)
    }

    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 {
                share / 12.92
            } else {
                ((share + 0.055) / 1.055).powf(2.4)
            }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// From 1 (the same) to 21 (black and white).
    fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }
}

impl Scheme {
    /// The least contrast that the colour has to what it meets.
    fn contrast(&self, colour: Colour) -> f64 {
        let met = [self.grounds[0], self.grounds[1], self.on];
        met.map(|other| colour.contrast(other))
            .into_iter()
            .fold(f64::INFINITY, f64::min)
    }

    /// The nearest tone of the colour that can be read; or the contrast of the farthest.
    fn tone(&self, colour: Colour) -> Result<Tone, f64> {
        let mut tones = (0..=self.most).map(|step| colour.towards(self.towards, step));
        let accent = tones
            .find(|tone| self.contrast(*tone) >= LEAST)
            .ok_or_else(|| self.contrast(colour.towards(self.towards, self.most)))?;
        Ok(Tone {
            accent,
            strong: accent.towards(self.towards, self.farther),
            on: self.on,
        })
    }
}

impl Accent {
    fn of(colour: Colour) -> Result<Self, String> {
        let refused = |what, done, pages, other, contrast| {
            format!(
                "is too {what}: even when it is made {done}, its contrast on {pages} pages is {contrast:.1} to 1, and text needs {LEAST} to 1; choose a {other} colour"
            )
        };
        Ok(Self {
            light: LIGHT.tone(colour).map_err(|contrast| {
                refused("light", "half as light", "light", "darker", contrast)
            })?,
            dark: DARK
                .tone(colour)
                .map_err(|contrast| refused("dark", "much lighter", "dark", "lighter", contrast))?,
        })
    }
}

/// Reads the colour.
pub(super) fn read(field: &Field<'_>) -> Result<Accent, String> {
    let colour = Colour::read(&field.text()?);
    let colour = colour.ok_or("must be a colour such as #0b5563: # and six digits from 0 to f")?;
    Accent::of(colour)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        Colour::read(text).unwrap()
    }

    #[test]
    fn contrast_is_measured_as_the_guidelines_say() {
        for (one, two, expected) in [
            ("#000000", "#ffffff", "21.00"),
            ("#ffffff", "#ffffff", "1.00"),
            ("#767676", "#ffffff", "4.54"),
            ("#777777", "#ffffff", "4.48"),
            ("#ff0000", "#ffffff", "4.00"),
        ] {
            let contrast = colour(one).contrast(colour(two));
            assert_eq!(format!("{contrast:.2}"), expected, "{one} {two}");
        }
    }

    #[test]
    fn a_colour_that_can_be_read_stays_as_it_is() {
        let accent = Accent::of(colour("#0b5563")).unwrap();
        assert_eq!(accent.light.accent.to_string(), "#0b5563");
        let accent = Accent::of(colour("#7fd0df")).unwrap();
        assert_eq!(accent.dark.accent.to_string(), "#7fd0df");
    }

    #[test]
    fn every_colour_that_is_taken_can_be_read_everywhere() {
        let steps = (0..=255).step_by(17);
        let (mut taken, mut refused) = (0, Vec::new());
        for (red, green, blue) in steps.clone().flat_map(|red| {
            let steps = steps.clone();
            steps
                .clone()
                .flat_map(move |green| steps.clone().map(move |blue| (red, green, blue)))
        }) {
            let colour = Colour([red, green, blue]);
            let Ok(Accent { light, dark }) = Accent::of(colour) else {
                refused.push(colour);
                continue;
            };
            taken += 1;
            for (tone, scheme) in [(light, LIGHT), (dark, DARK)] {
                for shown in [tone.accent, tone.strong] {
                    assert!(scheme.contrast(shown) >= LEAST, "{colour}: {shown}");
                }
            }
        }
        assert!(taken > 3500, "{taken}");
        assert!(refused.contains(&WHITE) && refused.contains(&colour("#ffff00")));
        assert!(refused.iter().all(|colour| colour.luminance() > 0.7));
    }

    #[test]
    fn a_colour_that_is_too_light_is_refused_with_what_was_measured() {
        let said = Accent::of(WHITE).unwrap_err();
        assert!(said.starts_with("is too light"), "{said}");
        assert!(
            said.contains("is 3.6 to 1, and text needs 4.5 to 1"),
            "{said}"
        );
    }

    #[test]
    fn only_six_digits_are_a_colour() {
        for text in [
            "", "red", "#fff", "0b5563", "#0b556", "#0b55633", "#+b5563", "#0b556g", "#0b5563;",
            "#ä5563",
        ] {
            assert_eq!(Colour::read(text), None, "{text}");
        }
        assert_eq!(colour("#AbCdEf").to_string(), "#abcdef");
    }

    #[test]
    fn the_grounds_are_those_of_the_stylesheet() {
        let css = include_str!("../../../static/front-door.css");
        let dark = css.find("prefers-color-scheme: dark").unwrap();
        for (scheme, part) in [(LIGHT, &css[..dark]), (DARK, &css[dark..])] {
            let [ground, raised] = scheme.grounds;
            for line in [
                format!("--ground: {ground};"),
                format!("--raised: {raised};"),
                format!("--on-accent: {};", scheme.on),
            ] {
                assert!(part.contains(&line), "{line}");
            }
        }
    }
}
