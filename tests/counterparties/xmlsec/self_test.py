"""Planted faults: shows that a good document passes and that each bad one is found."""

import pathlib
import sys
import tempfile

from lxml import etree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "saml_judges"))

import judged
from sample import Signer, response, signed


def canonical(document: etree._Element) -> bytes:
    return etree.tostring(document, method="c14n", exclusive=True)


def run(verify, xmlsec1: str, libxml2: str) -> int:
    """Asks about every case; `xmlsec1` and `libxml2` are the judges' names in the table."""
    signer, stranger = Signer(), Signer()
    good = canonical(signed(response(), signer))
    # Who must find the fault; nobody for a good document, "the form" for what is seen before either is asked.
    cases = {
        "a good one": (good, None),
        "a changed name": (good.replace(b"ada@", b"eve@"), xmlsec1),
        "another key": (canonical(signed(response(), stranger)), xmlsec1),
        "a space before an attribute": (good.replace(b" Version=", b"  Version=", 1), libxml2),
        "a line feed behind it": (good + b"\n", libxml2),
        "one signature less": (canonical(signed(response(), signer, "response")), "the form"),
        "no signature": (canonical(response()), "the form"),
        "a signature over another element": (good.replace(b'"#_response-1"', b'"#_assertion-1"'), "the form"),
    }
    failed = 0
    for name, (octets, finder) in cases.items():
        found = ask(verify, octets, signer.certificate)
        right = finders(found, xmlsec1, libxml2) == {finder} - {None}
        failed += not right
        print(f"{'ok' if right else 'NOT OK'}: {name}: {'; '.join(found) or 'nothing amiss'}")
        if finder in (xmlsec1, libxml2):
            judged.write(finder, "planted: bad document", "refused as it should" if right else "verified WRONGLY")
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0


def finders(found: list[str], xmlsec1: str, libxml2: str) -> set[str]:
    """Whose words the faults are. What the form shows already needs no second finder."""
    if any("carries" in fault or "over something else" in fault for fault in found):
        return {"the form"}
    return {libxml2 if "canonical" in fault else xmlsec1 for fault in found}


def ask(verify, octets: bytes, certificate: str) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        here = pathlib.Path(folder)
        (here / "document.xml").write_bytes(octets)
        (here / "certificate.pem").write_text(certificate)
        found = verify(here, here / "certificate.pem", 2)
    return [reason for reasons in found.values() for reason in reasons]
