"""Planted faults: shows that each judge accepts a good Response and refuses every bad one."""

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


def run(judge) -> int:
    """Asks both toolkits about every case; the exit status tells whether all verdicts were right."""
    signer, stranger = Signer(), Signer()
    failed = passed = 0
    for toolkit, version in TOOLKITS.items():
        for name, good, (document, how) in cases(signer, stranger):
            verdict = judge(question(toolkit, document, signer.certificate, how))
            right = verdict["accepted"] == good and (not good or verdict["name_id"] == FACTS["name"])
            passed, failed = passed + right, failed + (not right)
            result = "as it should" if right else "WRONGLY"
            said = "accepted" if verdict["accepted"] else "refused"
            print(f"{'ok' if right else 'NOT OK'}: {toolkit} {said} {name}: {verdict['error'] or ''}"[:160])
            kind = "planted: good Response" if good else "planted: bad Response"
            judged.write(f"{toolkit} {version}", kind, f"{said} {result}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


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
    """(name, is it good, (document, what the question says besides))."""
    now = datetime.datetime.now(datetime.timezone.utc)
    year_ago = datetime.datetime(2025, 5, 1, 12, tzinfo=datetime.timezone.utc)

    def both(**changes: str) -> tuple:
        return signed(response(**changes), signer), {}

    def only(what: str, wanted: str) -> tuple:
        return signed(response(), signer, what), {"signed": wanted}

    yield "a good Response", True, both()
    yield "one with a signed assertion alone", True, only("assertion", "assertion")
    yield "one with a signed message alone", True, only("response", "response")
    yield "an old one on its own day", True, (signed(response(year_ago), signer), {"now": year_ago.isoformat()})

    yield "a changed name", False, (tampered(signer, "NameID", "eve@acme.example"), {})
    yield "a changed attribute", False, (tampered(signer, "AttributeValue", "Eve"), {})
    yield "an expired one", False, (signed(response(now - datetime.timedelta(hours=1)), signer), {})
    yield "one from the future", False, (signed(response(now + datetime.timedelta(hours=1)), signer), {})
    yield "another audience", False, both(sp="https://other.example/sp")
    yield "another recipient", False, both(recipient="https://other.example/acs")
    yield "another destination", False, both(destination="https://other.example/acs")
    yield "another request", False, both(request="_request-2")
    yield "another issuer", False, both(idp="https://other.example/idp")
    yield "another key", False, (signed(response(), stranger), {})
    yield "no signature", False, (response(), {})
    yield "an unsigned assertion where one is wanted", False, only("response", "both")
    yield "an unsigned message where one is wanted", False, only("assertion", "both")
    yield "a forged assertion before the signed one", False, (beside(signer), {"signed": "assertion"})
    yield "a forged assertion around the signed one", False, (around(signer), {"signed": "assertion"})
    yield "a forged message around the signed one", False, (message_around(signer), {"signed": "response"})


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
