"""Planted faults: the collector takes a good message and says no to each bad one."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import judged
from collector import JUDGE, read
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


def good() -> ExportTraceServiceRequest:
    message = ExportTraceServiceRequest()
    of_resource = message.resource_spans.add()
    name = of_resource.resource.attributes.add(key="service.name")
    name.value.string_value = "somebody"
    span = of_resource.scope_spans.add().spans.add(name="GET /", kind=2)
    span.trace_id, span.span_id, span.parent_span_id = b"t" * 16, b"s" * 8, b"p" * 8
    span.start_time_unix_nano, span.end_time_unix_nano = 1, 2
    span.attributes.add(key="http.route").value.string_value = "/"
    return message


def change(what: str) -> bytes:
    """The good message with one fault."""
    message = good()
    of_resource = message.resource_spans[0]
    span = of_resource.scope_spans[0].spans[0]
    match what:
        case "short id":
            span.trace_id = b"t" * 15
        case "id of zeros":
            span.span_id = bytes(8)
        case "long parent":
            span.parent_span_id = b"p" * 9
        case "no name":
            span.name = ""
        case "no kind":
            span.kind = 0
        case "ends first":
            span.start_time_unix_nano = 3
        case "twice":
            span.attributes.add(key="http.route").value.string_value = "/"
        case "says nothing":
            span.attributes.add(key="empty")
        case "nobody's":
            of_resource.resource.Clear()
        case "cut off":
            return message.SerializeToString()[:-1]
        case "unknown field":
            return message.SerializeToString() + b"\xf8\x01\x01"
    return message.SerializeToString()


BAD = ["short id", "id of zeros", "long parent", "no name", "no kind", "ends first", "twice", "says nothing", "nobody's", "cut off", "unknown field"]


def main() -> int:
    passed, failed = 0, 0
    for what in ["nothing", *BAD]:
        _, faults = read(change(what))
        is_right = bool(faults) == (what != "nothing")
        passed, failed = passed + is_right, failed + (not is_right)
        kind = "bad" if what != "nothing" else "good"
        result = ("refused" if faults else "accepted") + ("" if is_right else ", WRONGLY")
        judged.write(JUDGE, f"planted: {kind} messages", result)
        if not is_right:
            print(f"{what}: {faults}")
    print(f"{passed} passed, {failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
