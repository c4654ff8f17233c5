//! Addresses of others: `https://`, unless everything stays on this machine.

use url::Url;

use super::field::Field;
use super::one_line;
use super::public_url::leads_here;

/// An address with a host. `http://` and this machine's own hosts only while `public_url` is on this machine too.
pub(super) fn address(field: &Field<'_>) -> Result<Url, String> {
    checked(&line(field)?, field.ground.loopback)
}

/// The same, as text exactly as it was written.
pub(super) fn written(field: &Field<'_>) -> Result<String, String> {
    address(field)?;
    line(field)
}

/// Scheme, host and port only.
pub(super) fn origin(field: &Field<'_>) -> Result<Url, String> {
    let url = address(field)?;
    if url.path() == "/" && url.query().is_none() {
        Ok(url)
    } else {
        Err("must be scheme, host and port only".to_owned())
    }
}

/// An origin whose scheme may be left out.
pub(super) fn domain(field: &Field<'_>) -> Result<Url, String> {
    let url = checked(&with_scheme(&line(field)?), field.ground.loopback)?;
    if url.path() == "/" && url.query().is_none() {
        Ok(url)
    } else {
        Err("must be a host, such as acme.auth.eu-west-1.amazoncognito.com".to_owned())
    }
}

/// The origin of a site, from the address of any page of it, as it stands in a browser. What was made of it is told.
pub(super) fn site(field: &Field<'_>) -> Result<Url, String> {
    let text = line(field)?;
    let mut url = Url::parse(&with_scheme(&text)).map_err(|_| NO_ADDRESS)?;
    url.set_fragment(None);
    url.set_query(None);
    url.set_path("/");
    let url = checked(url.as_str(), field.ground.loopback)?;
    let origin = url.origin().ascii_serialization();
    if text.trim_end_matches('/') != origin {
        let message = format!("is understood as {origin}");
        field.ground.warn_of(&field.key, message);
    }
    Ok(url)
}

const NO_ADDRESS: &str = "must be an address such as https://example.com";

fn with_scheme(text: &str) -> String {
    if text.contains("://") {
        text.to_owned()
    } else {
        format!("https://{text}")
    }
}

/// An address as it was typed, without the space around it. What the parser would drop silently, and whoever compares texts would not, is refused; and so is
/// an example whose own part was not put in.
fn line(field: &Field<'_>) -> Result<String, String> {
    let text = field.line_of(one_line::MOST_OF_AN_ADDRESS)?;
    let text = text.trim();
    if text.contains(char::is_whitespace) {
        return Err("must not hold spaces or line ends".to_owned());
    }
    if text.contains(['<', '>']) {
        return Err("holds < or >: put your own in place of what stands between them".to_owned());
    }
    Ok(text.to_owned())
}

fn checked(text: &str, loopback: bool) -> Result<Url, String> {
    let url = Url::parse(text).ok().filter(Url::has_host);
    let url = url.ok_or(NO_ADDRESS)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a user or password".to_owned());
    }
    if url.fragment().is_some() {
        return Err("must not have a fragment (#)".to_owned());
    }
    let here = leads_here(&url);
    match url.scheme() {
        "https" | "http" if here && !loopback => {
            Err("is on this machine, but public_url is not".to_owned())
        }
        "https" => Ok(url),
        "http" if loopback => Ok(url),
        _ => Err("must begin with https://".to_owned()),
    }
}
