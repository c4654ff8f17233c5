//! Reads the metadata of a service provider (SAML 2.0 Metadata, section 2.4.4) that an administrator pasted. What it says is shown and saved by hand, so
//! its signature proves nothing more; it need only be harmless to read.

use roxmltree::{Document, Error, Node, ParsingOptions};

use super::xml::Prefix;

/// The most that is read.
pub const LARGEST: usize = 256 * 1024;

/// The longest piece from one `<` to the next: the parser compares each attribute of a tag with each other.
const LONGEST_PIECE: usize = 16 * 1024;

/// The most XML nodes.
const MOST_NODES: u32 = 10_000;

/// The longest entity id (SAML 2.0 Metadata, section 2.2.1).
const LONGEST_ENTITY_ID: usize = 1024;

const POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";

/// What a service provider says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TheirMetadata {
    /// Its entity id.
    pub entity_id: String,
    /// Where it takes Responses by HTTP-POST, in its own order; at least one.
    pub consumers: Vec<Consumer>,
    /// Whether it demands that assertions are signed.
    pub wants_signed_assertions: bool,
    /// Whether it signs its requests.
    pub signs_requests: bool,
    /// How it would have people named, as formats of `NameID`.
    pub formats: Vec<String>,
}

/// An assertion consumer service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consumer {
    /// Its address, exactly as it stands there.
    pub address: String,
    /// Its index.
    pub index: String,
    /// Whether it is the one to take when nobody names one.
    pub is_default: bool,
}

/// Why nothing could be read, in words for whoever pasted it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// Nothing at all.
    #[error("is empty")]
    Empty,
    /// More than is read.
    #[error("is larger than 256 KiB, or holds a single part that is far too long")]
    TooLarge,
    /// Bytes that are no text.
    #[error("is not UTF-8 text")]
    NotText,
    /// An address instead of what is there.
    #[error(
        "is an address. The front door fetches nothing: open it yourself, and paste what it shows"
    )]
    Address,
    /// A web page instead of what it shows.
    #[error("is a web page, not metadata: look there for a link to XML, and paste what that shows")]
    WebPage,
    /// Entities could be declared there.
    #[error("holds a document type (<!DOCTYPE …>), which metadata never needs; it was not read")]
    DocumentType,
    /// Not well-formed, or too much of it.
    #[error("is not well-formed XML, or far too much of it (line {0})")]
    NotXml(u32),
    /// Something else.
    #[error("is XML, but not SAML 2.0 metadata: it does not begin with an EntityDescriptor")]
    NotMetadata,
    /// Of somebody who is no service provider.
    #[error("describes no SAML 2.0 service provider; perhaps it is an identity provider’s")]
    NoServiceProvider,
    /// Of more than one.
    #[error("describes {0} service providers: paste only the EntityDescriptor of the one you want")]
    Several(usize),
    /// Without a name.
    #[error("has no entity ID, or one that is longer than 1024 characters")]
    NoEntityId,
    /// Without an address that we could answer at.
    #[error("names no address that takes a Response by HTTP-POST, which is how it would be sent")]
    NoConsumer,
}

impl TheirMetadata {
    /// Reads a document.
    pub fn read(bytes: &[u8]) -> Result<Self, MetadataError> {
        let text = text(bytes)?;
        let document = parse(text)?;
        let entity = service_provider(document.root_element())?;
        let entity_id = entity.attribute("entityID").unwrap_or_default().trim();
        if entity_id.is_empty() || entity_id.chars().count() > LONGEST_ENTITY_ID {
            return Err(MetadataError::NoEntityId);
        }
        let consumers = consumers(entity);
        if consumers.is_empty() {
            return Err(MetadataError::NoConsumer);
        }
        let says = |name| roles(entity).any(|role| is_true(role.attribute(name)));
        Ok(Self {
            entity_id: entity_id.to_owned(),
            consumers,
            wants_signed_assertions: says("WantAssertionsSigned"),
            signs_requests: says("AuthnRequestsSigned"),
            formats: formats(entity),
        })
    }
}

fn text(bytes: &[u8]) -> Result<&str, MetadataError> {
    if bytes.len() > LARGEST {
        return Err(MetadataError::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| MetadataError::NotText)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim();
    if text.is_empty() {
        return Err(MetadataError::Empty);
    }
    if text.starts_with("http://") || text.starts_with("https://") {
        return Err(MetadataError::Address);
    }
    if text.split('<').any(|piece| piece.len() > LONGEST_PIECE) {
        return Err(MetadataError::TooLarge);
    }
    Ok(text)
}

fn parse(text: &str) -> Result<Document<'_>, MetadataError> {
    let begins = |start: &str| {
        let head = text.as_bytes().get(..start.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()))
    };
    if begins("<!doctype html") || begins("<html") {
        return Err(MetadataError::WebPage);
    }
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MOST_NODES,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options).map_err(|error| match error {
        Error::DtdDetected => MetadataError::DocumentType,
        other => MetadataError::NotXml(other.pos().row),
    })
}

/// The one service provider of a document, which may stand among others that are none.
fn service_provider<'a, 'i>(root: Node<'a, 'i>) -> Result<Node<'a, 'i>, MetadataError> {
    let entities: Vec<_> = if is(root, "EntityDescriptor") {
        vec![root]
    } else if is(root, "EntitiesDescriptor") {
        let inside = root.descendants();
        inside
            .filter(|node| is(*node, "EntityDescriptor"))
            .collect()
    } else {
        return Err(MetadataError::NotMetadata);
    };
    let mut found = entities
        .into_iter()
        .filter(|entity| roles(*entity).next().is_some());
    match (found.next(), found.count()) {
        (Some(only), 0) => Ok(only),
        (Some(_), more) => Err(MetadataError::Several(more + 1)),
        (None, _) => Err(MetadataError::NoServiceProvider),
    }
}

/// Its parts as a service provider of SAML 2.0.
fn roles<'a, 'i: 'a>(entity: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    entity.children().filter(|node| {
        let spoken = node.attribute("protocolSupportEnumeration");
        let mut spoken = spoken.unwrap_or_default().split_ascii_whitespace();
        is(*node, "SPSSODescriptor") && spoken.any(|one| one == Prefix::Samlp.uri())
    })
}

fn consumers(entity: Node<'_, '_>) -> Vec<Consumer> {
    let all = roles(entity).flat_map(|role| role.children());
    let mut consumers: Vec<Consumer> = Vec::new();
    let mut first_unmarked = None;
    for node in all.filter(|node| is(*node, "AssertionConsumerService")) {
        let address = node.attribute("Location").unwrap_or_default().trim();
        if node.attribute("Binding") != Some(POST) || address.is_empty() {
            continue;
        }
        let marked = node.attribute("isDefault");
        if marked.is_none() {
            first_unmarked.get_or_insert(consumers.len());
        }
        consumers.push(Consumer {
            address: address.to_owned(),
            index: node.attribute("index").unwrap_or_default().to_owned(),
            is_default: is_true(marked),
        });
    }
    only_one_default(&mut consumers, first_unmarked.unwrap_or(0));
    consumers
}

/// The first that says it is the default; else the first that does not say it is not; else the first (SAML 2.0 Metadata, section 2.2.3).
fn only_one_default(consumers: &mut [Consumer], otherwise: usize) {
    let marked = consumers.iter().position(|one| one.is_default);
    for (index, one) in consumers.iter_mut().enumerate() {
        one.is_default = index == marked.unwrap_or(otherwise);
    }
}

fn formats(entity: Node<'_, '_>) -> Vec<String> {
    let all = roles(entity).flat_map(|role| role.children());
    all.filter(|node| is(*node, "NameIDFormat"))
        .filter_map(|node| node.text())
        .map(|format| format.trim().to_owned())
        .filter(|format| !format.is_empty())
        .collect()
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.has_tag_name((Prefix::Md.uri(), name))
}

fn is_true(value: Option<&str>) -> bool {
    matches!(value.map(str::trim), Some("true" | "1"))
}

#[cfg(test)]
#[path = "their_metadata_tests.rs"]
mod tests;
