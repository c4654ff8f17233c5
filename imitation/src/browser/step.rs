//! One request of a chain: what is asked, and who began it.

use reqwest::Method;
use url::Url;

use super::forms::Form;

/// One request of a chain of redirects.
pub(super) struct Step {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: Option<String>,
    /// The page that the request comes from; none when the address was typed.
    pub(super) from: Option<Url>,
}

impl Step {
    pub(super) fn get(url: Url, from: Option<Url>) -> Self {
        Self {
            method: Method::GET,
            url,
            body: None,
            from,
        }
    }

    /// 307 and 308 keep the method and its body; the others turn it into a GET. Whoever began the chain stays its beginner.
    pub(super) fn redirected(self, to: Url, status: u16) -> Self {
        let keeps = matches!(status, 307 | 308);
        Self {
            method: if keeps { self.method } else { Method::GET },
            body: self.body.filter(|_| keeps),
            from: self.from,
            url: to,
        }
    }
}

/// The request that a form makes, with these fields filled in.
pub(super) fn form_step(form: &Form, fields: &[(&str, &str)]) -> Step {
    let filled = form.filled(fields);
    let pairs: Vec<_> = filled
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let mut url = form.action.clone();
    let (method, body) = if form.is_post {
        (Method::POST, Some(encode(&pairs)))
    } else {
        url.set_query(Some(&encode(&pairs)));
        (Method::GET, None)
    };
    Step {
        method,
        url,
        body,
        from: Some(form.page.clone()),
    }
}

/// Fields as forms send them.
pub(super) fn encode(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}
