//! What a name, a label or any other text of one line may be: not too long, and nothing in it that cannot be seen or turns other text around.

/// No name, label or value is longer, in characters: what Atlassian takes for a display name.
pub(super) const MOST: usize = 255;

/// No address is longer, in characters.
pub(super) const MOST_OF_AN_ADDRESS: usize = 2000;

/// What is wrong with a text that is to be one line of at most so many characters.
pub(super) fn check(text: &str, most: usize) -> Result<(), String> {
    let length = text.chars().count();
    if text.trim().is_empty() {
        Err("holds nothing but spaces".to_owned())
    } else if length > most {
        Err(too_long(length, most))
    } else if text.contains(['\n', '\r', '\u{2028}', '\u{2029}']) {
        Err("must be one line".to_owned())
    } else if text.contains(char::is_control) {
        Err("holds control characters".to_owned())
    } else if text.contains(turns) {
        Err(TURNS.to_owned())
    } else {
        Ok(())
    }
}

/// How to say that a text is too long.
pub(super) fn too_long(length: usize, most: usize) -> String {
    format!("is {length} characters long; at most {most} are taken")
}

/// How to say that there is a character that [`turns`].
pub(super) const TURNS: &str = "holds characters that turn the direction of other text around";

/// Embeddings, overrides and isolates (Unicode Standard Annex 9): they reach beyond the word that they stand in. The marks that some scripts need do not.
pub(super) fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
