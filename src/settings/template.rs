//! A claim's name, or a template over claims such as `{given_name} {family_name}`.

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// One claim, by name.
    Claim(String),
    /// Text with claims in braces.
    Template(Vec<Part>),
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// As it stands.
    Text(String),
    /// The value of the claim of this name.
    Claim(String),
}

/// A template whose braces do not pair up, or which names no claim inside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("has braces that do not pair up around a claim's name")]
pub struct BadTemplate;

impl std::str::FromStr for Source {
    type Err = BadTemplate;

    fn from_str(text: &str) -> Result<Self, BadTemplate> {
        if !text.contains(['{', '}']) {
            return if text.is_empty() {
                Err(BadTemplate)
            } else {
                Ok(Self::Claim(text.to_owned()))
            };
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let (before, after) = (&rest[..open], &rest[open + 1..]);
            let close = after.find('}').ok_or(BadTemplate)?;
            let claim = &after[..close];
            if before.contains('}') || claim.is_empty() || claim.contains('{') {
                return Err(BadTemplate);
            }
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(Part::Claim(claim.to_owned()));
            rest = &after[close + 1..];
        }
        if rest.contains('}') {
            return Err(BadTemplate);
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Ok(Self::Template(parts))
    }
}

impl Source {
    /// The claims this source reads.
    pub fn claims(&self) -> impl Iterator<Item = &str> {
        let (one, parts) = match self {
            Self::Claim(name) => (Some(name.as_str()), [].as_slice()),
            Self::Template(parts) => (None, parts.as_slice()),
        };
        one.into_iter()
            .chain(parts.iter().filter_map(|part| match part {
                Part::Claim(name) => Some(name.as_str()),
                Part::Text(_) => None,
            }))
    }

    /// The value, with runs of spaces made one and none at the ends; `None` when nothing is left.
    #[must_use]
    pub fn value<'a>(
        &self,
        claim: impl Fn(&str) -> Option<std::borrow::Cow<'a, str>>,
    ) -> Option<String> {
        let raw = match self {
            Self::Claim(name) => claim(name)?.into_owned(),
            Self::Template(parts) => parts
                .iter()
                .map(|part| match part {
                    Part::Text(text) => std::borrow::Cow::Borrowed(text.as_str()),
                    Part::Claim(name) => claim(name)
                        .map_or(std::borrow::Cow::Borrowed(""), |v| v.into_owned().into()),
                })
                .collect(),
        };
        let value = raw.split_whitespace().collect::<Vec<_>>().join(" ");
        (!value.is_empty()).then_some(value)
    }
}
