"""python3-saml in its strict mode."""

import importlib.metadata
from urllib.parse import urlsplit

from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser

VERSION = importlib.metadata.version("python3-saml")
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"


def consume(question: dict) -> dict:
    """The person whom the Response names; an error when it is refused."""
    auth = OneLogin_Saml2_Auth(received(question), settings(question))
    auth.process_response(request_id=question["request_id"])
    if auth.get_errors() or not auth.is_authenticated():
        raise ValueError(auth.get_last_error_reason() or ", ".join(auth.get_errors()))
    return {
        "name_id": auth.get_nameid(),
        "name_id_format": auth.get_nameid_format(),
        "attributes": auth.get_attributes(),
        "session_index": auth.get_session_index(),
    }


def received(question: dict) -> dict:
    """The HTTP request in which the Response came."""
    acs = urlsplit(question["acs_url"])
    return {
        "https": "on" if acs.scheme == "https" else "off",
        "http_host": acs.netloc,
        "script_name": acs.path,
        "get_data": {},
        "post_data": {"SAMLResponse": question["saml_response"]},
    }


def settings(question: dict) -> dict:
    signed = question.get("signed", "both")
    return {
        "strict": True,
        "sp": {
            "entityId": question["sp_entity_id"],
            "assertionConsumerService": {"url": question["acs_url"], "binding": POST},
        },
        "idp": identity_provider(question),
        "security": {
            "wantAssertionsSigned": signed in ("both", "assertion"),
            "wantMessagesSigned": signed in ("both", "response"),
            "wantNameId": True,
            "wantAttributeStatement": False,
            "rejectDeprecatedAlgorithm": True,
        },
    }


def identity_provider(question: dict) -> dict:
    if "idp_metadata" in question:
        return OneLogin_Saml2_IdPMetadataParser.parse(question["idp_metadata"])["idp"]
    return {
        "entityId": question["idp_entity_id"],
        "singleSignOnService": {"url": question["idp_sso_url"], "binding": REDIRECT},
        "x509cert": question["idp_certificate"],
    }
