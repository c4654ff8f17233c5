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


def run(verify, version: str) -> int:
    signer, stranger = Signer(), Signer()
    good = canonical(signed(response(), signer))
    cases = {
        "a good one": (good, True),
        "a changed name": (good.replace(b"ada@", b"eve@"), False),
        "a space before an attribute": (good.replace(b" Version=", b"  Version=", 1), False),
        "a line feed behind it": (good + b"\n", False),
        "another key": (canonical(signed(response(), stranger)), False),
        "one signature less": (canonical(signed(response(), signer, "response")), False),
        "no signature": (canonical(response()), False),
        "a signature over another element": (good.replace(b'"#_response-1"', b'"#_assertion-1"'), False),
    }
    failed = 0
    for name, (octets, expected) in cases.items():
        found = ask(verify, octets, signer.certificate)
        right = (not found) == expected
        failed += not right
        print(f"{'ok' if right else 'NOT OK'}: {name}: {'; '.join(found) or 'nothing amiss'}")
        said = "verified" if not found else "refused"
        kind = "planted: good document" if expected else "planted: bad document"
        judged.write(version, kind, f"{said} {'as it should' if right else 'WRONGLY'}")
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0


def ask(verify, octets: bytes, certificate: str) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        here = pathlib.Path(folder)
        (here / "document.xml").write_bytes(octets)
        (here / "certificate.pem").write_text(certificate)
        found = verify(here, here / "certificate.pem", 2)
    return [reason for reasons in found.values() for reason in reasons]
