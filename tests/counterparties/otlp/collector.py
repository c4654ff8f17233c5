"""A collector of OpenTelemetry spans, which reads what it is sent with OpenTelemetry's own messages, and says what is wrong with it.

It prints {"address": ...}, and answers a question a line from then on:

  {"ask": "spans"}                     what came so far, and every fault of it
  {"ask": "heard", "texts": [...]}     the places of those of the texts that stand in anything that came, in whatever form
  {"ask": "answer", "status": 503}     from now on answers with this status; with "refuse": n it says that n spans were refused
"""

import json
import pathlib
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest, ExportTraceServiceResponse
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import judged

JUDGE = "opentelemetry-proto"
PATH = "/v1/traces"
KIND = "application/x-protobuf"


def value(any_value):
    """What an attribute says."""
    which = any_value.WhichOneof("value")
    return getattr(any_value, which) if which else None


def pairs(attributes) -> dict:
    return {pair.key: value(pair.value) for pair in attributes}


def unlike_an_id(octets: bytes, length: int) -> bool:
    return len(octets) != length or not any(octets)


def faults_of(span: Span) -> list[str]:
    """What the specification does not allow."""
    found = []
    if unlike_an_id(span.trace_id, 16) or unlike_an_id(span.span_id, 8):
        found.append("an id is none")
    if span.parent_span_id and unlike_an_id(span.parent_span_id, 8):
        found.append("the parent's id is none")
    if not span.name or span.kind == Span.SPAN_KIND_UNSPECIFIED:
        found.append("it has no name or kind")
    if not 0 < span.start_time_unix_nano <= span.end_time_unix_nano:
        found.append("it ends before it begins")
    keys = [pair.key for pair in span.attributes]
    if len(keys) != len(set(keys)) or not all(keys):
        found.append("an attribute stands twice or has no name")
    if any(value(pair.value) in (None, "") for pair in span.attributes):
        found.append("an attribute says nothing")
    return [f"{span.name}: {fault}" for fault in found]


def shown(span: Span, resource: dict) -> dict:
    return {
        "trace": span.trace_id.hex(),
        "id": span.span_id.hex(),
        "parent": span.parent_span_id.hex(),
        "links": [link.trace_id.hex() for link in span.links],
        "name": span.name,
        "kind": Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
        "failed": span.status.code == Status.STATUS_CODE_ERROR,
        "start": span.start_time_unix_nano,
        "end": span.end_time_unix_nano,
        "says": pairs(span.attributes),
        "resource": resource,
    }


def read(body: bytes) -> tuple[list[dict], list[str]]:
    """The spans of a message, and its faults."""
    try:
        message = ExportTraceServiceRequest.FromString(body)
    except DecodeError:
        return [], ["the message cannot be read"]
    spans, faults = [], []
    # What this version of the messages does not know is no part of them.
    message.DiscardUnknownFields()
    if message.ByteSize() != len(body):
        faults.append("the message holds fields that are none")
    for of_resource in message.resource_spans:
        resource = pairs(of_resource.resource.attributes)
        if not resource.get("service.name"):
            faults.append("nobody knows whose spans these are")
        for scope in of_resource.scope_spans:
            for span in scope.spans:
                spans.append(shown(span, resource))
                faults.extend(faults_of(span))
    return spans, faults


class Collected:
    """What came so far."""

    def __init__(self):
        self.lock = threading.Lock()
        self.bodies, self.headers, self.spans, self.faults = [], [], [], []
        self.status, self.refused = 200, 0

    def take(self, path: str, headers: dict, body: bytes) -> tuple[int, bytes]:
        with self.lock:
            self.bodies.append(body)
            self.headers.append(headers)
            if path != PATH or headers.get("content-type") != KIND:
                self.faults.append(f"{path} of {headers.get('content-type')}")
            spans, faults = read(body)
            self.faults.extend(faults)
            judged.write(JUDGE, "messages", "refused, WRONGLY" if faults else "accepted")
            if self.status != 200:
                return self.status, b"no"
            self.spans.extend(spans)
            answer = ExportTraceServiceResponse()
            if self.refused:
                answer.partial_success.rejected_spans = self.refused
            return 200, answer.SerializeToString()

    def heard(self, texts: list[str]) -> list[int]:
        everything = b"\n".join(self.bodies) + json.dumps(self.headers).encode()
        return [place for place, text in enumerate(texts) if text.encode() in everything]

    def answer(self, question: dict) -> dict:
        with self.lock:
            if question["ask"] == "heard":
                return {"heard": self.heard(question["texts"])}
            if question["ask"] == "answer":
                self.status, self.refused = question.get("status", 200), question.get("refuse", 0)
            return {"spans": self.spans, "faults": self.faults, "messages": len(self.bodies), "headers": self.headers}


def serve(collected: Collected) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): text for name, text in self.headers.items()}
            status, answer = collected.take(self.path, headers, body)
            self.send_response(status)
            self.send_header("content-type", KIND)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            """Nothing but answers stands on standard output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main() -> None:
    collected = Collected()
    server = serve(collected)
    print(json.dumps({"address": f"http://127.0.0.1:{server.server_address[1]}"}), flush=True)
    for line in sys.stdin:
        print(json.dumps(collected.answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
