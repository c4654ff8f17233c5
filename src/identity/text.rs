//! Names of people as they may be shown, sent and logged.

/// The longest name or user name that is kept, in characters: what Atlassian takes for a display name.
const MOST: usize = 255;

/// A name without what is invisible or turns other text around; `None` when nothing is left.
///
/// Controls and the two Unicode line separators could forge a line of a log, direction marks a different name; U+FFFE and U+FFFF may not
/// stand in XML. The joiners that some scripts need stay.
pub(super) fn clean(name: &str) -> Option<String> {
    let visible: String = name
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control() && !is_unwelcome(*c))
        .collect();
    let one_spaced = visible
        .split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    let cut: String = one_spaced.chars().take(MOST).collect();
    let cut = cut.trim_end();
    (!cut.is_empty()).then(|| cut.to_owned())
}

fn is_unwelcome(c: char) -> bool {
    matches!(c,
        '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
        || u32::from(c) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn an_ordinary_name_stays() {
        for name in [
            "Ann Lee",
            "Jos\u{e9} Mu\u{f1}oz",
            "\u{738b}\u{5c0f}\u{660e}",
            "\u{646}\u{6cc}\u{200c}\u{6a9}",
            "O'Neil & <Sons>",
        ] {
            assert_eq!(clean(name).as_deref(), Some(name));
        }
    }

    #[test]
    fn what_cannot_be_seen_is_taken_out() {
        assert_eq!(
            clean("Ann\nlevel=info\r\tLee\u{2028}x").as_deref(),
            Some("Ann level=info Lee x")
        );
        assert_eq!(
            clean("\u{1b}[31mAnn\0\u{202e}eeL\u{fffe}").as_deref(),
            Some("[31mAnneeL")
        );
        assert_eq!(clean("  \u{200b}\u{202e}\u{a0} "), None);
        assert_eq!(clean(""), None);
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        let long = "\u{e9}".repeat(1000);
        assert_eq!(clean(&long).map(|name| name.chars().count()), Some(255));
    }
}
