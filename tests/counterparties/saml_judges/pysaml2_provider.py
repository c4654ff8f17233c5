"""pysaml2, told which request it had sent and where the answer came in."""

import functools
import importlib.metadata
import logging
import shutil
from xml.sax.saxutils import escape, quoteattr

from saml2 import BINDING_HTTP_POST
from saml2.client import Saml2Client
from saml2.config import SPConfig

VERSION = importlib.metadata.version("pysaml2")


class Errors(logging.Handler):
    """What it logs as errors, in its own words: of some refusals it says nothing but there."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.last = None

    def emit(self, record: logging.LogRecord) -> None:
        self.last = record.getMessage()


ERRORS = Errors()
logging.getLogger("saml2").addHandler(ERRORS)
logging.getLogger("saml2").propagate = False


def consume(question: dict) -> dict:
    """The person whom the Response names; an error when it is refused."""
    ERRORS.last = None
    response = client(
        question["sp_entity_id"],
        question["acs_url"],
        question.get("idp_metadata") or metadata(question),
        question.get("signed", "both"),
    ).parse_authn_request_response(
        question["saml_response"],
        BINDING_HTTP_POST,
        outstanding={question["request_id"]: "/"},
        conv_info={"remote_addr": "0.0.0.0"},
    )
    # It answers with nothing, or with a Response without a subject, where other toolkits raise an error.
    if response is None or response.assertion is None or response.name_id is None:
        raise ValueError(ERRORS.last or "no subject that could be believed")
    return {
        "name_id": response.name_id.text,
        "name_id_format": response.name_id.format,
        "attributes": response.get_identity(),
        "session_index": response.assertion.authn_statement[0].session_index,
    }


@functools.lru_cache(maxsize=16)
def client(sp_entity_id: str, acs_url: str, idp_metadata: str, signed: str) -> Saml2Client:
    config = SPConfig()
    config.load(
        {
            "entityid": sp_entity_id,
            "metadata": {"inline": [idp_metadata]},
            "allow_unknown_attributes": True,
            "accepted_time_diff": 0,
            "xmlsec_binary": shutil.which("xmlsec1"),
            "service": {
                "sp": {
                    "endpoints": {"assertion_consumer_service": [(acs_url, BINDING_HTTP_POST)]},
                    "allow_unsolicited": False,
                    "want_assertions_signed": signed in ("both", "assertion"),
                    "want_response_signed": signed in ("both", "response"),
                    "only_use_keys_in_metadata": True,
                }
            },
        }
    )
    return Saml2Client(config)


def metadata(question: dict) -> str:
    """What this toolkit must read about an identity provider, from the plain values."""
    certificate = "".join(
        line for line in question["idp_certificate"].splitlines() if "-----" not in line
    )
    return f"""<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"
        entityID={quoteattr(question["idp_entity_id"])}>
      <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
        <md:KeyDescriptor use="signing">
          <ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>
            <ds:X509Certificate>{escape(certificate)}</ds:X509Certificate>
          </ds:X509Data></ds:KeyInfo>
        </md:KeyDescriptor>
        <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
            Location={quoteattr(question["idp_sso_url"])}/>
      </md:IDPSSODescriptor>
    </md:EntityDescriptor>"""
