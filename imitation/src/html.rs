//! The plain page that all pages of the imitations share.

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #172b4d; --paper: #fff; --soft: #f4f5f7; --line: #6b778c; --strong: #0747a6; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf7; --paper: #16202e; --soft: #1f2b3d; --line: #8c9bb5; --strong: #9dc1ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
header { padding: .75rem 1rem; background: var(--soft); border-bottom: 1px solid var(--line); display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; }
main { max-width: 44rem; margin: 0 auto; padding: 1.5rem 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.2; } h2 { font-size: 1.15rem; margin-top: 2rem; }
a { color: var(--strong); }
label { display: block; margin-top: 1rem; font-weight: 600; }
input, textarea { width: 100%; padding: .5rem; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 4px; }
button { margin-top: 1rem; padding: .5rem 1rem; font: inherit; border: 1px solid var(--strong); border-radius: 4px; background: var(--strong); color: var(--paper); cursor: pointer; }
ul.people { list-style: none; padding: 0; } ul.people li { margin: .75rem 0; } ul.people button { margin: 0 .5rem 0 0; }
";

/// Escapes text for an element or a quoted attribute.
pub(crate) fn escape(text: &str) -> String {
    text.chars()
        .fold(String::with_capacity(text.len()), |mut escaped, char| {
            match char {
                '&' => escaped.push_str("&amp;"),
                '<' => escaped.push_str("&lt;"),
                '>' => escaped.push_str("&gt;"),
                '"' => escaped.push_str("&quot;"),
                '\'' => escaped.push_str("&#39;"),
                other => escaped.push(other),
            }
            escaped
        })
}

/// A page: `attributes` and `main` are HTML already, `title` and `owner` are text.
pub(crate) fn page(owner: &str, title: &str, attributes: &str, main: &str) -> String {
    let (owner, title) = (escape(owner), escape(title));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><style>{STYLE}</style></head>\n\
         <body>\n<header><strong>{owner}</strong></header>\n<main {attributes}>\n<h1>{title}</h1>\n{main}\n</main>\n</body>\n</html>\n"
    )
}
