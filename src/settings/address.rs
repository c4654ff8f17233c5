//! Addresses of others: `https://`, unless everything stays on this machine.

use url::Url;

use super::field::Field;
use super::public_url::leads_here;

/// An address with a host. `http://` and this machine's own hosts only while `public_url` is on this machine too.
pub(super) fn address(field: &Field<'_>) -> Result<Url, String> {
    checked(&field.text()?, field.ground.loopback)
}

/// The same, as text exactly as it was written.
pub(super) fn written(field: &Field<'_>) -> Result<String, String> {
    address(field)?;
    let text = field.text()?;
    // The parser would drop these silently, and who compares texts would not.
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("must not hold spaces or line ends".to_owned());
    }
    Ok(text)
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
    let text = field.text()?;
    let text = text.trim();
    let whole = if text.contains("://") {
        text.to_owned()
    } else {
        format!("https://{text}")
    };
    let url = checked(&whole, field.ground.loopback)?;
    if url.path() == "/" && url.query().is_none() {
        Ok(url)
    } else {
        Err("must be a host, such as acme.auth.eu-west-1.amazoncognito.com".to_owned())
    }
}

fn checked(text: &str, loopback: bool) -> Result<Url, String> {
    let url = Url::parse(text).ok().filter(Url::has_host);
    let url = url.ok_or("must be an address such as https://example.com")?;
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
