"""Asks libxmlsec and libxml2 about a folder of signed XML documents.

  verify.py FOLDER CERTIFICATE.pem [--signatures N]

Every *.xml in the folder must carry exactly N signatures (without N: at least one), each over the element
that it stands in, and `xmlsec1 --verify` must say yes to each. Its bytes must equal libxml2's exclusive
canonical form of it. Failures are printed, one a line; the exit status tells whether there was any.

`verify.py --self-test` shows that good documents pass and that every planted fault is found.
"""

import argparse
import pathlib
import subprocess
import sys

from lxml import etree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import judged

DS = "{http://www.w3.org/2000/09/xmldsig#}"
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
METADATA = "urn:oasis:names:tc:SAML:2.0:metadata"
# A process a document would take ten times as long.
DOCUMENTS_AT_ONCE = 100
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


def form_faults(document: pathlib.Path, wanted: int | None) -> tuple[list[str], int]:
    """What is wrong with one document before any signature is computed, and how many signatures it has."""
    octets = document.read_bytes()
    root = etree.fromstring(octets, PARSER)
    found = []
    if etree.tostring(root, method="c14n", exclusive=True) != octets:
        found.append("is not canonical")
    signatures = list(root.iter(f"{DS}Signature"))
    if len(signatures) != wanted if wanted is not None else not signatures:
        found.append(f"carries {len(signatures)} signatures")
    for number, signature in enumerate(signatures, start=1):
        signed = [reference.get("URI") for reference in signature.iter(f"{DS}Reference")]
        if signed != ["#" + signature.getparent().get("ID", "")]:
            found.append(f"signature {number} is over something else: {signed}")
    return found, len(signatures)


def verified(documents: list[pathlib.Path], certificate: pathlib.Path, number: int) -> bool:
    """Whether xmlsec1 says yes to the signature of that number in every one of the documents."""
    answer = subprocess.run(
        ["xmlsec1", "--verify"]
        + ["--id-attr:ID", f"{SAMLP}:Response"]
        + ["--id-attr:ID", f"{SAML}:Assertion"]
        + ["--id-attr:ID", f"{METADATA}:EntityDescriptor"]
        + ["--enabled-reference-uris", "same-doc"]
        + ["--node-xpath", f"(//*[local-name()='Signature'])[{number}]"]
        + ["--pubkey-cert-pem", str(certificate), *map(str, documents)],
        capture_output=True,
        text=True,
        check=False,
    )
    # It stops at the first document that it refuses, and says OK once for each before.
    said_yes = answer.stderr.splitlines().count("OK") + answer.stdout.splitlines().count("OK")
    return answer.returncode == 0 and said_yes == len(documents)


def refused(documents: list[pathlib.Path], certificate: pathlib.Path, number: int) -> list[pathlib.Path]:
    """The documents whose signature of that number xmlsec1 refuses: all asked at once, one by one if it says no."""
    if verified(documents, certificate, number):
        return []
    return [document for document in documents if not verified([document], certificate, number)]


def verify(folder: pathlib.Path, certificate: pathlib.Path, wanted: int | None) -> dict[str, list[str]]:
    """The faults of every document that has any, by file name."""
    documents = sorted(folder.glob("*.xml"))
    if not documents:
        return {str(folder): ["holds no document"]}
    faults, questions = {}, {}
    for document in documents:
        faults[document.name], signatures = form_faults(document, wanted)
        for number in range(1, signatures + 1):
            questions.setdefault(number, []).append(document)
    for number, asked in questions.items():
        for start in range(0, len(asked), DOCUMENTS_AT_ONCE):
            for document in refused(asked[start : start + DOCUMENTS_AT_ONCE], certificate, number):
                faults[document.name].append(f"signature {number} is refused by xmlsec1")
    return {name: found for name, found in faults.items() if found}


def judges() -> tuple[str, str]:
    """The names of both judges, with their versions."""
    answer = subprocess.run(["xmlsec1", "--version"], capture_output=True, text=True, check=True)
    return f"xmlsec1 {answer.stdout.split()[1]}", "libxml2 " + ".".join(map(str, etree.LIBXML_VERSION))


def main() -> int:
    if sys.argv[1:] == ["--self-test"]:
        import self_test

        return self_test.run(verify, *judges())
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("certificate", type=pathlib.Path)
    arguments.add_argument("--signatures", type=int)
    asked = arguments.parse_args()
    found = verify(asked.folder, asked.certificate, asked.signatures)
    for name, reasons in found.items():
        print(f"{name}: {'; '.join(reasons)}")
    count = len(list(asked.folder.glob("*.xml")))
    xmlsec1, libxml2 = judges()
    judged.write(xmlsec1, "signed documents of the front door", "refused, WRONGLY" if found else "verified", count)
    judged.write(libxml2, "signed documents of the front door", "refused, WRONGLY" if found else "canonical", count)
    print(f"{count - len(found)} of {count} documents are as they should be")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
