"""Asks two SAML toolkits, as strict service providers, what they think of a Response.

Reads one question a line and answers with one line, both JSON, until the input ends:

  toolkit         "python3-saml" or "pysaml2"
  sp_entity_id    who the service provider is
  acs_url         where it received the Response
  idp_metadata    the identity provider's metadata XML; or, instead of it,
  idp_entity_id, idp_sso_url, idp_certificate (PEM or bare base64)
  request_id      the ID of the AuthnRequest that it had sent
  signed          what must carry a signature: "both" (the default), "assertion" or "response"
  saml_response   the form field, base64
  now             optional, RFC 3339: the judge's clock; the real time when absent
  expected        optional, true or false: a verdict that differs is written down as wrong

  -> accepted, error, name_id, name_id_format, attributes, session_index

`judge.py --self-test` shows that both accept a good Response and refuse every bad one.
"""

import contextlib
import datetime
import json
import pathlib
import sys

import time_machine

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import judged
import pysaml2_provider
import python3_saml_provider

TOOLKITS = {
    "python3-saml": python3_saml_provider,
    "pysaml2": pysaml2_provider,
}


def clock(now: str | None):
    """The judge's clock: stands at `now`, or is the real one."""
    if now is None:
        return contextlib.nullcontext()
    return time_machine.travel(datetime.datetime.fromisoformat(now), tick=False)


def judge(question: dict) -> dict:
    """What the named toolkit says. Every error of a toolkit is a refusal."""
    toolkit = TOOLKITS[question["toolkit"]]
    try:
        with clock(question.get("now")):
            person = toolkit.consume(question)
        return {"accepted": True, "error": None, **person}
    except Exception as error:  # toolkits refuse with errors of a hundred kinds
        return {
            "accepted": False,
            "error": f"{type(error).__name__}: {error}",
            "name_id": None,
            "name_id_format": None,
            "attributes": {},
            "session_index": None,
        }


def write_down(question: dict, verdict: dict) -> None:
    """Leaves the verdict for the table."""
    result = "accepted" if verdict["accepted"] else "refused"
    if question.get("expected", verdict["accepted"]) != verdict["accepted"]:
        result += ", WRONGLY"
    name = f"{question['toolkit']} {TOOLKITS[question['toolkit']].VERSION}"
    judged.write(name, "Responses of the front door", result)


def main() -> int:
    if sys.argv[1:] == ["--self-test"]:
        import self_test

        return self_test.run(judge)
    for line in sys.stdin:
        question = json.loads(line)
        verdict = judge(question)
        write_down(question, verdict)
        print(json.dumps(verdict), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
