#!/usr/bin/env python3
"""Planted faults: shows that compare.py finds whatever our description says and another does not. The other is ours too, with something taken away."""

import json
import sys

from compare import OURS, Document, compare

CUSTOMER = "/rest/servicedeskapi/customer"
DESK = "/rest/servicedeskapi/servicedesk/{serviceDeskId}/customer"


def without(document: dict, *steps) -> None:
    """Takes away what the last step names."""
    for step in steps[:-1]:
        document = document[step]
    del document[steps[-1]]


def changed(document: dict, value, *steps) -> None:
    for step in steps[:-1]:
        document = document[step]
    document[steps[-1]] = value


SCHEMAS = ("components", "schemas")
# What is done to the other description, and a piece of what has to be found.
FAULTS = {
    "an operation": (lambda theirs: without(theirs, "paths", CUSTOMER, "post"), None),
    "a parameter": (lambda theirs: theirs["paths"][CUSTOMER]["post"]["parameters"].clear(), "is not theirs"),
    "a status": (lambda theirs: without(theirs, "paths", CUSTOMER, "post", "responses", "409"), "answers 409"),
    "a body": (lambda theirs: without(theirs, "paths", CUSTOMER, "post", "requestBody"), "has a body"),
    "a field of a body": (lambda theirs: without(theirs, *SCHEMAS, "NewCustomer", "properties", "email"), "email is not"),
    "a field that is needed": (lambda theirs: theirs["components"]["schemas"]["NewCustomer"]["required"].append("key"), "leaves out"),
    "a field of an answer": (lambda theirs: without(theirs, *SCHEMAS, "ServiceDesk", "properties", "projectKey"), "projectKey is"),
    "a type": (lambda theirs: changed(theirs, {"type": "integer"}, *SCHEMAS, "Organization", "properties", "id"), "is integer"),
    "a value": (lambda theirs: theirs["components"]["schemas"]["User"]["properties"]["accountType"]["enum"].pop(), "values"),
    "the opting in": (lambda theirs: without(theirs, "paths", DESK, "delete", "x-experimental"), "experimental"),
}


def theirs() -> dict:
    """Ours, in the way that Atlassian says what is experimental."""
    whole = json.loads(OURS.read_text("utf-8"))
    for item in whole["paths"].values():
        for operation in item.values():
            kept = [p for p in operation.get("parameters", []) if p["name"] != "X-ExperimentalApi"]
            if len(kept) < len(operation.get("parameters", [])):
                operation["x-experimental"] = True
            operation["parameters"] = kept
    return whole


def main() -> int:
    ours = Document(OURS.read_text("utf-8"))
    cases = {"nothing": (lambda theirs: None, ""), **FAULTS}
    failed = 0
    for name, (take, words) in cases.items():
        other = theirs()
        take(other)
        _, undescribed, faults = compare(ours, [Document(json.dumps(other))])
        if words is None:
            right = undescribed == [f"POST {CUSTOMER}"]
        else:
            right = all(words in fault for fault in faults) and bool(faults) == bool(words)
        failed += not right
        print(f"{'ok' if right else 'NOT OK'}: without {name}: {'; '.join(faults + undescribed) or 'nothing amiss'}"[:200])
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
