"""Public error cases: an expression or a query that is refused, and Elasticsearch's words for it with their place.

A message that begins with ^ or $ is only the start or the end of what Elasticsearch says."""
import json
import pathlib
import subprocess


def field(kind, **more):
    return {"type": kind, **more}


# The fields that the cases ask for; all others are unknown.
MAPPING = {"dynamic": False, "properties": {
    "@timestamp": field("date"),
    "event": {"properties": {"category": field("keyword")}},
    "process_name": field("keyword"),
    "parent_process_name": field("keyword"),
    "hostname": field("text", fields={"keyword": field("keyword")}),
    "plain_text": field("text"),
    "some_text": field("text"),
    "opcode": field("long"),
    "source_address": field("ip"),
    "md5": field("keyword"),
    "processes": field("nested", properties={"pid": field("long")}),
    "location": field("geo_point"),
    "ip_range_field": field("ip_range"),
    "long_field": field("long"),
    "bytes_written_string_list": field("keyword"),
}}


def with_double_quotes(case):
    """One case is older than the refusal of single quotes, which the same cases ask for."""
    if case["query"] == "foo where long_field in (1, 'string')":
        return {**case, "query": case["query"].replace("'", '"'), "message": case["message"].replace("'", '"')}
    return case


def answer(suite, case, mapping, events):
    """(type, reason) of the error, or None and what was said instead."""
    if case["kind"] == "expression":
        program = pathlib.Path(suite.shrike).parents[2] / "tests/support/expression_error"
        done = subprocess.run([program, case["query"]], capture_output=True, text=True, check=True)
        said = done.stdout
    else:
        done = suite.run("search", "--quiet", "--output", "ndjson", "--dialect", "elasticsearch", "--mapping", mapping,
                         case["query"], events)
        said = done.stderr
    try:
        body = json.loads(said)
    except json.JSONDecodeError:
        return None, said
    cause = body["error"]["root_cause"][0]
    assert body["status"] == 400 and body["error"]["reason"] == cause["reason"]
    return cause["type"], cause["reason"]


def fits(kind, reason, message):
    if message.startswith("^"):
        return reason.startswith(message[1:])
    if message.startswith("$"):
        return reason.endswith(message[1:])
    if message == "ParsingException (no text checked)":
        return kind == "parsing_exception"
    expected = "verification_exception" if message.startswith("Found ") else "parsing_exception"
    return reason == message and kind == expected


def run(suite):
    cases = json.loads((suite.shared / "cases/eql/error_cases.json").read_text())
    mapping = suite.file("errors.mapping.json", json.dumps(MAPPING))
    events = suite.file("none.ndjson", "")
    http = sum(case["kind"] == "http" for case in cases)
    exact = 0
    for case in cases:
        if case["kind"] == "http":
            continue
        case = with_double_quotes(case)
        kind, reason = answer(suite, case, mapping, events)
        suite.check(f"error {case['query']}", fits(kind, reason, case["message"]),
                    f"expected {case['message']}\n  found    {reason} ({kind})")
        exact += reason == case["message"]
    suite.skip(f"{http} error cases", "they are requests over HTTP", http)
    print(f"errors: {exact} of {len(cases) - http} to the byte; of the others the cases give only a part")
