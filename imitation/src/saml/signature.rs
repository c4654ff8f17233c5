//! Enveloped XML signatures: one algorithm, one reference, one place; everything else is refused.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use roxmltree::Node;

use super::XMLDSIG;
use super::canonical::canonical;
use super::certificate::Certificate;
use super::response::Refusal;

const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

/// Whether this element is signed by the trusted key: no signature is `false`, a bad one an error.
pub(super) fn is_signed(element: Node<'_, '_>, trusted: &Certificate) -> Result<bool, Refusal> {
    let mut signatures = element
        .children()
        .filter(|child| child.has_tag_name((XMLDSIG, "Signature")));
    let Some(signature) = signatures.next() else {
        return Ok(false);
    };
    if signatures.next().is_some() {
        return Err(Refusal::Signature("two signatures in one element"));
    }
    let parts: Vec<_> = elements(signature).collect();
    let [info, value, key_info @ ..] = parts.as_slice() else {
        return Err(Refusal::Signature("it is not whole"));
    };
    expect(*info, "SignedInfo")?;
    expect(*value, "SignatureValue")?;
    check_key_info(key_info, trusted)?;
    let stated = reference_digest(*info, element)?;
    let found = digest::digest(
        &digest::SHA256,
        canonical(element, Some(signature.id())).as_bytes(),
    );
    if stated != found.as_ref() {
        return Err(Refusal::Signature("the digest differs: it was changed"));
    }
    let signed = canonical(*info, None);
    if trusted.verifies(signed.as_bytes(), &base64_of(*value)?) {
        Ok(true)
    } else {
        Err(Refusal::Thumbprint)
    }
}

/// The key is the one that the administrator entered; a certificate that comes along may only agree.
fn check_key_info(rest: &[Node<'_, '_>], trusted: &Certificate) -> Result<(), Refusal> {
    let key_info = match rest {
        [] => return Ok(()),
        [key_info] => *key_info,
        _ => return Err(Refusal::Signature("more than a key beside it")),
    };
    expect(key_info, "KeyInfo")?;
    let certificates = key_info
        .descendants()
        .filter(|node| node.has_tag_name((XMLDSIG, "X509Certificate")));
    for shown in certificates {
        if Certificate::read(shown.text().unwrap_or_default()).as_ref() != Some(trusted) {
            return Err(Refusal::Thumbprint);
        }
    }
    Ok(())
}

/// The digest of the only reference, which must be to `element` with exactly the two transforms.
fn reference_digest(info: Node<'_, '_>, element: Node<'_, '_>) -> Result<Vec<u8>, Refusal> {
    let [method, algorithm, reference] = exactly(info)?;
    expect_algorithm(method, "CanonicalizationMethod", EXCLUSIVE)?;
    expect_algorithm(algorithm, "SignatureMethod", RSA_SHA256)?;
    expect(reference, "Reference")?;
    let id = element.attribute("ID").unwrap_or_default();
    if id.is_empty() || reference.attribute("URI") != Some(&format!("#{id}")) {
        return Err(Refusal::Signature("it refers to something else"));
    }
    let [transforms, method, value] = exactly(reference)?;
    expect(transforms, "Transforms")?;
    let [first, second] = exactly(transforms)?;
    expect_algorithm(first, "Transform", ENVELOPED)?;
    expect_algorithm(second, "Transform", EXCLUSIVE)?;
    expect_algorithm(method, "DigestMethod", SHA256)?;
    expect(value, "DigestValue")?;
    base64_of(value)
}

fn elements<'a, 'i>(node: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(Node::is_element)
}

fn exactly<'a, 'i, const N: usize>(node: Node<'a, 'i>) -> Result<[Node<'a, 'i>; N], Refusal> {
    let found: Vec<_> = elements(node).collect();
    found
        .try_into()
        .map_err(|_| Refusal::Signature("it has more or fewer parts than it should"))
}

fn expect(node: Node<'_, '_>, name: &str) -> Result<(), Refusal> {
    if node.has_tag_name((XMLDSIG, name)) {
        Ok(())
    } else {
        Err(Refusal::Signature("a part stands where it should not"))
    }
}

fn expect_algorithm(node: Node<'_, '_>, name: &str, algorithm: &str) -> Result<(), Refusal> {
    expect(node, name)?;
    let plain = elements(node).next().is_none();
    if plain && node.attribute("Algorithm") == Some(algorithm) {
        Ok(())
    } else {
        Err(Refusal::Signature("another algorithm"))
    }
}

fn base64_of(node: Node<'_, '_>) -> Result<Vec<u8>, Refusal> {
    let text: String = node
        .text()
        .unwrap_or_default()
        .chars()
        .filter(|char| !char.is_ascii_whitespace())
        .collect();
    STANDARD
        .decode(text)
        .map_err(|_| Refusal::Signature("no base64"))
}
