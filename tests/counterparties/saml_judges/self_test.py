"""Planted faults: shows that each judge accepts a good Response and refuses every bad one, each for its own reason."""

import copy
import datetime

from lxml import etree

import judged
import pysaml2_provider
import python3_saml_provider
import sample
from sample import DS, FACTS, SAML, SAMLP, Signer, assertion_of, response, signed

TOOLKITS = {
    "python3-saml": python3_saml_provider.VERSION,
    "pysaml2": pysaml2_provider.VERSION,
}

# Why each of them, in this order, refuses each bad Response: a piece of its own message. What is not named here is good.
SIGNATURE = ("Signature validation failed", "Failed to verify signature")
REASONS = {
    "a changed name": SIGNATURE,
    "a changed attribute": SIGNATURE,
    "an expired one": ("timestamp: expired", "ResponseLifetimeExceed"),
    "one from the future": ("timestamp: not yet valid", "ToEarly"),
    "another audience": ("is not a valid audience", "AudienceRestrictions conditions not satisfied"),
    "another recipient": ("A valid SubjectConfirmation was not found", "No valid recipient"),
    "another destination": ("The response was received at", "not in return addresses"),
    "another request": ("does not match the ID of the AuthNRequest", "UnsolicitedResponse"),
    "another issuer": ("Invalid issuer", "MissingKey"),
    "another key": SIGNATURE,
    "no signature": ("The Assertion of the Response is not signed", "Signature missing for response"),
    "an unsigned assertion where one is wanted": (
        "The Assertion of the Response is not signed",
        "Signature missing for assertion",
    ),
    "an unsigned message where one is wanted": (
        "The Message of the Response is not signed",
        "Signature missing for response",
    ),
    "a forged assertion before the signed one": ("must contain 1 assertion", "Invalid number of assertions"),
    "a forged assertion around the signed one": ("must contain 1 assertion", "Signature failed to meet constraints"),
    "a forged message around the signed one": ("must contain 1 assertion", "Invalid document format"),
}


def run(judge) -> int:
    """Asks both toolkits about every case; the exit status tells whether all verdicts were right."""
    signer, stranger = Signer(), Signer()
    failed = passed = 0
    for number, (toolkit, version) in enumerate(TOOLKITS.items()):
        for name, (document, how) in cases(signer, stranger):
            verdict = judge(question(toolkit, document, signer.certificate, how))
            good = name not in REASONS
            right = is_accepted(verdict) if good else is_refused(verdict, REASONS[name][number])
            passed, failed = passed + right, failed + (not right)
            result = "as it should" if right else "WRONGLY"
            said = "accepted" if verdict["accepted"] else "refused"
            print(f"{'ok' if right else 'NOT OK'}: {toolkit} {said} {name}: {verdict['error'] or ''}"[:160])
            kind = "planted: good Response" if good else "planted: bad Response"
            judged.write(f"{toolkit} {version}", kind, f"{said} {result}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def is_accepted(verdict: dict) -> bool:
    return verdict["accepted"] and verdict["name_id"] == FACTS["name"]


def is_refused(verdict: dict, reason: str) -> bool:
    return not verdict["accepted"] and reason in verdict["error"]


def question(toolkit: str, document: etree._Element, certificate: str, how: dict) -> dict:
    return {
        "toolkit": toolkit,
        "sp_entity_id": FACTS["sp"],
        "acs_url": FACTS["acs"],
        "idp_entity_id": FACTS["idp"],
        "idp_sso_url": "https://door.example/saml/sso",
        "idp_certificate": certificate,
        "request_id": FACTS["request"],
        "saml_response": sample.field(document),
        **how,
    }


def cases(signer: Signer, stranger: Signer):
    """(name, (document, what the question says besides))."""
    now = datetime.datetime.now(datetime.timezone.utc)
    year_ago = datetime.datetime(2025, 5, 1, 12, tzinfo=datetime.timezone.utc)

    def both(**changes: str) -> tuple:
        return signed(response(**changes), signer), {}

    def only(what: str, wanted: str) -> tuple:
        return signed(response(), signer, what), {"signed": wanted}

    yield "a good Response", both()
    yield "one with a signed assertion alone", only("assertion", "assertion")
    yield "one with a signed message alone", only("response", "response")
    yield "an old one on its own day", (signed(response(year_ago), signer), {"now": year_ago.isoformat()})

    yield "a changed name", (tampered(signer, "NameID", "eve@acme.example"), {})
    yield "a changed attribute", (tampered(signer, "AttributeValue", "Eve"), {})
    yield "an expired one", (signed(response(now - datetime.timedelta(hours=1)), signer), {})
    yield "one from the future", (signed(response(now + datetime.timedelta(hours=1)), signer), {})
    yield "another audience", both(sp="https://other.example/sp")
    yield "another recipient", both(recipient="https://other.example/acs")
    yield "another destination", both(destination="https://other.example/acs")
    yield "another request", both(request="_request-2")
    yield "another issuer", both(idp="https://other.example/idp")
    yield "another key", (signed(response(), stranger), {})
    yield "no signature", (response(), {})
    yield "an unsigned assertion where one is wanted", only("response", "both")
    yield "an unsigned message where one is wanted", only("assertion", "both")
    yield "a forged assertion before the signed one", (beside(signer), {"signed": "assertion"})
    yield "a forged assertion around the signed one", (around(signer), {"signed": "assertion"})
    yield "a forged message around the signed one", (message_around(signer), {"signed": "response"})


def tampered(signer: Signer, tag: str, text: str) -> etree._Element:
    document = signed(response(), signer)
    document.find(f".//{{{SAML}}}{tag}").text = text
    return document


def forged(original: etree._Element) -> etree._Element:
    """A copy of the assertion about somebody else, without the signature."""
    copied = copy.deepcopy(original)
    copied.set("ID", "_assertion-2")
    copied.find(f".//{{{SAML}}}NameID").text = "eve@acme.example"
    for signature in copied.findall(f"{{{DS}}}Signature"):
        copied.remove(signature)
    return copied


def beside(signer: Signer) -> etree._Element:
    document = signed(response(), signer, "assertion")
    original = assertion_of(document)
    original.addprevious(forged(original))
    return document


def around(signer: Signer) -> etree._Element:
    """The forged assertion carries the real signature, and the real assertion as its object."""
    document = signed(response(), signer, "assertion")
    original = assertion_of(document)
    evil = forged(original)
    document.replace(original, evil)
    signature = original.find(f"{{{DS}}}Signature")
    original.remove(signature)
    etree.SubElement(signature, f"{{{DS}}}Object").append(original)
    evil.insert(1, signature)
    return document


def message_around(signer: Signer) -> etree._Element:
    document = signed(response(), signer, "response")
    evil = copy.deepcopy(document)
    evil.set("ID", "_response-2")
    evil.find(f".//{{{SAML}}}NameID").text = "eve@acme.example"
    signature = evil.find(f"{{{DS}}}Signature")
    document.remove(document.find(f"{{{DS}}}Signature"))
    etree.SubElement(signature, f"{{{DS}}}Object").append(document)
    assert evil.tag == f"{{{SAMLP}}}Response"
    return evil
