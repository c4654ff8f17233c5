//! How the trail is written down for others: CSV for spreadsheets, JSON lines for programs. The command and the desk share it.
//!
//! A spreadsheet calculates a cell that begins like a formula, and one that is set to semicolons or tabs begins a new cell at each of them, whatever the
//! quotes say (OWASP, "CSV injection"). An apostrophe in front makes it text.

use super::Record;

/// The columns of CSV, which are the fields of JSON.
const COLUMNS: [&str; 13] = [
    "at",
    "event",
    "reference",
    "provider",
    "subject",
    "email",
    "customer",
    "link",
    "reason",
    "client",
    "actor",
    "changes",
    "previous",
];

/// One way of writing the trail down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values, a heading first.
    Csv,
    /// One JSON object a line.
    JsonLines,
}

impl Format {
    /// What stands above the first event.
    #[must_use]
    pub fn heading(self) -> Option<String> {
        (self == Self::Csv).then(|| COLUMNS.join(","))
    }

    /// One event, without the end of its line.
    pub fn line(self, record: &Record) -> Result<String, serde_json::Error> {
        match self {
            Self::Csv => csv(record),
            Self::JsonLines => serde_json::to_string(record),
        }
    }

    /// A line that is no event, because the reader has to know something of the events above: it stands in the column `event`.
    #[must_use]
    pub fn remark(self, text: &str) -> String {
        match self {
            Self::Csv => format!(",{}{}", cell(text), ",".repeat(COLUMNS.len() - 2)),
            Self::JsonLines => serde_json::json!({ "remark": text }).to_string(),
        }
    }
}

fn csv(record: &Record) -> Result<String, serde_json::Error> {
    let object = serde_json::to_value(record)?;
    let cells = COLUMNS.map(|column| match &object[column] {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => cell(text),
        other => cell(&other.to_string()),
    });
    Ok(cells.join(","))
}

/// A cell that a spreadsheet shows and never calculates.
fn cell(text: &str) -> String {
    let shown = defused(text);
    if shown.contains(['"', ',', ';', '\t', '\n', '\r']) {
        format!("\"{}\"", shown.replace('"', "\"\""))
    } else {
        shown
    }
}

/// The text with an apostrophe before whatever a spreadsheet could take for the beginning of a formula.
fn defused(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 1);
    let mut at_a_beginning = true;
    for char in text.chars() {
        if at_a_beginning && begins_a_formula(char) {
            shown.push('\'');
        }
        at_a_beginning = match char {
            ';' | '\t' | '\n' | '\r' => true,
            ' ' | '"' => at_a_beginning,
            _ => false,
        };
        shown.push(char);
    }
    shown
}

/// Full-width signs count too: some spreadsheets take them for the others.
fn begins_a_formula(char: char) -> bool {
    matches!(
        char,
        '=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_text_to_every_spreadsheet() {
        for (text, expected) in [
            ("plain", "plain"),
            ("ada@acme.example", "ada@acme.example"),
            ("=1+1", "'=1+1"),
            (" =1+1", " '=1+1"),
            ("\u{ff1d}1+1", "'\u{ff1d}1+1"),
            ("@SUM(A1),2", "\"'@SUM(A1),2\""),
            ("say \"hi\"\n", "\"say \"\"hi\"\"\n\""),
            ("a;=1+1", "\"a;'=1+1\""),
            ("a;\"=1+1", "\"a;\"\"'=1+1\""),
            ("a\t-1", "\"a\t'-1\""),
            ("\ttab", "\"'\ttab\""),
            (r#"{"a":-1,"b":"x"}"#, r#""{""a"":-1,""b"":""x""}""#),
        ] {
            assert_eq!(cell(text), expected);
        }
    }

    #[test]
    fn a_remark_has_as_many_cells_as_an_event() {
        let heading = Format::Csv.heading().unwrap();
        let remark = Format::Csv.remark("This is not all");
        assert_eq!(
            remark.matches(',').count(),
            heading.matches(',').count(),
            "{remark}"
        );
        assert!(remark.starts_with(",This is not all,"));
        assert_eq!(
            Format::JsonLines.remark("not all"),
            r#"{"remark":"not all"}"#
        );
    }
}
