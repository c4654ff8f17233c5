"""Makes small signed Responses, good and bad, with the libraries that the judges themselves trust."""

import base64
import datetime

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree

SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
DS = "http://www.w3.org/2000/09/xmldsig#"


class Signer:
    """A signing key of its own, with a certificate signed by itself."""

    def __init__(self) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.key = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sample")])
        today = datetime.datetime.now(datetime.timezone.utc)
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(today - datetime.timedelta(days=1))
            .not_valid_after(today + datetime.timedelta(days=30))
            .sign(key, hashes.SHA256())
            .public_bytes(serialization.Encoding.PEM)
            .decode()
        )

    def sign(self, element: etree._Element, digest: str = "sha256") -> None:
        """Puts an enveloped signature behind the element's Issuer."""
        method = {"sha256": xmlsec.Transform.RSA_SHA256, "sha1": xmlsec.Transform.RSA_SHA1}[digest]
        hashing = {"sha256": xmlsec.Transform.SHA256, "sha1": xmlsec.Transform.SHA1}[digest]
        signature = xmlsec.template.create(element, xmlsec.Transform.EXCL_C14N, method, ns="ds")
        element.insert(1, signature)
        reference = xmlsec.template.add_reference(signature, hashing, uri="#" + element.get("ID"))
        xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
        xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
        xmlsec.tree.add_ids(element.getroottree().getroot(), ["ID"])
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_memory(self.key, xmlsec.KeyFormat.PEM)
        context.sign(signature)


FACTS = {
    "sp": "https://portal.example/sp",
    "acs": "https://portal.example/acs",
    "idp": "https://door.example/saml/metadata",
    "request": "_request-1",
    "name": "ada@acme.example",
}


def response(issued: datetime.datetime | None = None, **changes: str) -> etree._Element:
    """An unsigned Response about `FACTS`, with `changes`."""
    facts = {**FACTS, **changes}
    issued = issued or datetime.datetime.now(datetime.timezone.utc)

    def at(minutes: int) -> str:
        moment = issued + datetime.timedelta(minutes=minutes)
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    return etree.fromstring(
        f'<samlp:Response xmlns:samlp="{SAMLP}" Destination="{facts.get("destination", facts["acs"])}"'
        f' ID="_response-1" InResponseTo="{facts["request"]}" IssueInstant="{at(0)}" Version="2.0">'
        f'<saml:Issuer xmlns:saml="{SAML}">{facts["idp"]}</saml:Issuer>'
        '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success">'
        "</samlp:StatusCode></samlp:Status>"
        f'<saml:Assertion xmlns:saml="{SAML}" ID="_assertion-1" IssueInstant="{at(0)}" Version="2.0">'
        f"<saml:Issuer>{facts['idp']}</saml:Issuer>"
        '<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">'
        f"{facts['name']}</saml:NameID>"
        '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
        f'<saml:SubjectConfirmationData InResponseTo="{facts["request"]}" NotOnOrAfter="{at(5)}"'
        f' Recipient="{facts.get("recipient", facts["acs"])}"></saml:SubjectConfirmationData>'
        "</saml:SubjectConfirmation></saml:Subject>"
        f'<saml:Conditions NotBefore="{at(-1)}" NotOnOrAfter="{at(5)}"><saml:AudienceRestriction>'
        f"<saml:Audience>{facts['sp']}</saml:Audience></saml:AudienceRestriction></saml:Conditions>"
        f'<saml:AuthnStatement AuthnInstant="{at(0)}" SessionIndex="_session-1"><saml:AuthnContext>'
        "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
        "</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>"
        '<saml:AttributeStatement><saml:Attribute Name="given_name">'
        "<saml:AttributeValue>Ada</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>"
        "</saml:Assertion></samlp:Response>"
    )


def assertion_of(document: etree._Element) -> etree._Element:
    return document.find(f"{{{SAML}}}Assertion")


def signed(document: etree._Element, signer: Signer, what: str = "both", digest: str = "sha256") -> etree._Element:
    """Signs the assertion first, then the Response around it."""
    if what in ("both", "assertion"):
        signer.sign(assertion_of(document), digest)
    if what in ("both", "response"):
        signer.sign(document, digest)
    return document


def field(document: etree._Element) -> str:
    """The form field SAMLResponse."""
    return base64.b64encode(etree.tostring(document)).decode()
