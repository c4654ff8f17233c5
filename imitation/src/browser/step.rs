//! One request of a chain: what is asked, and who began it.

use reqwest::Method;
use url::Url;

use super::forms::Form;

/// How forms are sent that say nothing else.
pub(super) const URL_ENCODED: &str = "application/x-www-form-urlencoded";

/// How forms with files are sent.
const MULTIPART: &str = "multipart/form-data; boundary=imitated-browser-boundary";

/// One request of a chain of redirects.
pub(super) struct Step {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: Option<String>,
    /// What the body is.
    pub(super) content_type: &'static str,
    /// The page that the request comes from; none when the address was typed.
    pub(super) from: Option<Url>,
}

impl Step {
    pub(super) fn get(url: Url, from: Option<Url>) -> Self {
        Self {
            method: Method::GET,
            url,
            body: None,
            content_type: URL_ENCODED,
            from,
        }
    }

    /// 307 and 308 keep the method and its body; the others turn it into a GET. Whoever began the chain stays its beginner.
    pub(super) fn redirected(self, to: Url, status: u16) -> Self {
        let keeps = matches!(status, 307 | 308);
        Self {
            method: if keeps { self.method } else { Method::GET },
            body: self.body.filter(|_| keeps),
            content_type: self.content_type,
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
        content_type: URL_ENCODED,
        from: Some(form.page.clone()),
    }
}

/// The request that a form with a file makes: the name of its field, and what is in the file; `None`: no file was chosen.
pub(super) fn upload_step(
    form: &Form,
    fields: &[(&str, &str)],
    file: (&str, Option<&str>),
) -> Step {
    let (_, boundary) = MULTIPART.split_once('=').unwrap_or_default();
    let mut body = String::new();
    let filled = form.filled(fields);
    for (name, value) in filled.iter().filter(|(name, _)| name != file.0) {
        let head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"");
        body.extend([head.as_str(), "\r\n\r\n", value, "\r\n"]);
    }
    let (name, file_name) = (file.0, file.1.map_or("", |_| "file.xml"));
    let head = format!(
        "Content-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\nContent-Type: application/octet-stream"
    );
    let content = file.1.unwrap_or_default();
    let last = format!("--{boundary}\r\n{head}\r\n\r\n{content}\r\n--{boundary}--\r\n");
    body.push_str(&last);
    Step {
        method: Method::POST,
        url: form.action.clone(),
        body: Some(body),
        content_type: MULTIPART,
        from: Some(form.page.clone()),
    }
}

/// Fields as forms send them.
pub(super) fn encode(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}
