#!/usr/bin/env python3
"""Compares our description of Atlassian's API (openapi.json) with Atlassian's own: ours may ask for less and promise less, and say nothing else.

    compare.py <Atlassian's file>...

Atlassian's files are not kept here. What no file of theirs describes is named, and no fault.
"""

import json
import sys
from pathlib import Path

OURS = Path(__file__).with_name("openapi.json")
OPT_IN = "X-ExperimentalApi"


class Document:
    """One description, with its references followed."""

    def __init__(self, text: str):
        self.whole = json.loads(text)

    def follow(self, node: dict) -> dict:
        while node and "$ref" in node:
            found = self.whole
            for step in node["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            node = found
        parts = (node or {}).get("allOf", [])
        return self.follow(parts[0]) if len(parts) == 1 else node or {}

    def operations(self):
        for path, item in self.whole["paths"].items():
            for method in ("get", "put", "post", "delete"):
                if method in item:
                    yield path, method, item[method]

    def find(self, path: str, method: str):
        return self.whole["paths"].get(path, {}).get(method)


class Comparison:
    """Collects what ours says that theirs does not."""

    def __init__(self, ours: Document, theirs: Document):
        self.ours, self.theirs, self.faults = ours, theirs, []

    def fault(self, where: str, what: str):
        self.faults.append(f"{where}: {what}")

    def operation(self, where: str, mine: dict, original: dict):
        self.parameters(where, mine.get("parameters", []), original)
        body, original_body = self.body(self.ours, mine), self.body(self.theirs, original)
        if (body is None) != (original_body is None):
            self.fault(where, "one has a body and the other has none")
        elif body is not None:
            self.schema(f"{where} body", body, original_body, asked=True)
        for status, answer in mine["responses"].items():
            if status not in original["responses"]:
                self.fault(where, f"answers {status}, which is not theirs")
                continue
            shape = self.content(self.ours, answer)
            original_shape = self.content(self.theirs, original["responses"][status])
            if shape is not None and original_shape is not None:
                self.schema(f"{where} {status}", shape, original_shape, asked=False)

    def body(self, document: Document, operation: dict):
        body = operation.get("requestBody")
        return None if body is None else self.content(document, body)

    @staticmethod
    def content(document: Document, holder: dict):
        content = document.follow(holder).get("content", {})
        return content.get("application/json", {}).get("schema")

    def parameters(self, where: str, mine: list, original: dict):
        known = {(p["in"], p["name"]): p for p in map(self.theirs.follow, original.get("parameters", []))}
        opted_in = any(p["name"] == OPT_IN and p.get("required") for p in mine)
        if opted_in != bool(original.get("x-experimental")):
            self.fault(where, "only one of the two is experimental")
        for parameter in (p for p in mine if p["name"] != OPT_IN):
            theirs = known.pop((parameter["in"], parameter["name"]), None)
            if theirs is None:
                self.fault(where, f"the parameter {parameter['name']} is not theirs")
            else:
                self.schema(f"{where} {parameter['name']}", parameter["schema"], theirs["schema"], asked=True)
        for (_, name), parameter in known.items():
            if parameter.get("required"):
                self.fault(where, f"the parameter {name} is needed")

    def schema(self, where: str, mine: dict, original: dict, asked: bool):
        mine, original = self.ours.follow(mine), self.theirs.follow(original)
        if not original:
            return
        if mine.get("type") != original.get("type"):
            self.fault(where, f"{mine.get('type')}, but theirs is {original.get('type')}")
            return
        if "enum" in original and not set(mine.get("enum", [None])) <= set(original["enum"]):
            self.fault(where, "has values that are not theirs")
        if "items" in mine:
            self.schema(f"{where}[]", mine["items"], original.get("items", {}), asked)
        self.properties(where, mine, original, asked)

    def properties(self, where: str, mine: dict, original: dict, asked: bool):
        theirs, others = original.get("properties", {}), original.get("additionalProperties", True)
        for name, schema in mine.get("properties", {}).items():
            if name in theirs:
                self.schema(f"{where}.{name}", schema, theirs[name], asked)
            elif others is not True:
                if isinstance(others, dict):
                    self.schema(f"{where}.{name}", schema, others, asked)
                else:
                    self.fault(where, f"{name} is not theirs")
        if isinstance(mine.get("additionalProperties"), dict) and isinstance(others, dict):
            self.schema(f"{where}.*", mine["additionalProperties"], others, asked)
        missing = set(original.get("required", [])) - set(mine.get("required", []))
        if asked and missing:
            self.fault(where, f"leaves out {sorted(missing)}")


def compare(ours: Document, originals: list) -> tuple[int, list, list]:
    """How many operations are theirs, which they do not describe, and what is wrong."""
    described, undescribed, faults = 0, [], []
    for path, method, mine in ours.operations():
        where = f"{method.upper()} {path}"
        for theirs in originals:
            if original := theirs.find(path, method):
                comparison = Comparison(ours, theirs)
                comparison.operation(where, mine, original)
                faults += comparison.faults
                described += 1
                break
        else:
            undescribed.append(where)
    return described, undescribed, faults


def main() -> int:
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    originals = [Document(Path(name).read_text("utf-8")) for name in sys.argv[1:]]
    described, undescribed, faults = compare(Document(OURS.read_text("utf-8")), originals)
    unknown = [where for where in undescribed if " /rest/" in where]
    print(f"{described} operations are Atlassian's; not in these files: {', '.join(undescribed) or 'none'}")
    print("\n".join(faults + [f"{where}: Atlassian knows no such operation" for where in unknown]))
    return 1 if faults or unknown else 0


if __name__ == "__main__":
    sys.exit(main())
