"""Public EQL cases: a query, and the ids (and join keys) it must give, under both result positions."""
import json
import re
import tomllib

# Case file -> data file, event category field, tiebreaker, id field.
ENDGAME = ("endgame-140", "event_type", "serial_event_id", "serial_event_id")
FILES = {
    "test_queries": ENDGAME,
    "test_queries_date": ENDGAME,
    "test_queries_date_nanos": ("endgame-140-nanos", "event_type", "serial_event_id", "serial_event_id"),
    "additional_test_queries": ENDGAME,
    "test_extra": ("extra", "event_type", "sequence", "sequence"),
    "test_missing_events": ("missing-events", "event_type", "sequence", "sequence"),
    "test_sample": ("sample1,sample2,sample3", "event_type", None, "id"),
    "test_sample_multi": ("sample-multi", "event_type", None, "id"),
}


def json_type(value):
    """The type Elasticsearch's dynamic mapping gives a value; None when it says nothing."""
    if isinstance(value, list):
        return next((found for found in map(json_type, value) if found), None)
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "long"
    if isinstance(value, float):
        return "float"
    if isinstance(value, str):
        return "date" if re.match(r"\d{4}-\d\d-\d\dT", value) else "keyword"
    return None


def add_property(properties, path, kind):
    head, _, rest = path.partition(".")
    if not rest:
        properties.setdefault(head, {"type": kind})
        return
    add_property(properties.setdefault(head, {"properties": {}}).setdefault("properties", {}), rest, kind)


def mapping_text(folder, part):
    """The mapping file of a part of the data. The one with nanoseconds shares another's, but for its times."""
    path = folder / f"{part.removesuffix('-nanos')}.mapping"
    text = path.read_text() if path.exists() else '{"properties": {}}'
    if part.endswith("-nanos"):
        text = re.sub(r'("@timestamp": \{\s*"type": )"date"', r'\1"date_nanos"', text)
    return text


def effective_mapping(text, events):
    """The mapping, and for what it leaves out what dynamic mapping makes of the events."""
    text = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    text = re.sub(r'"\[runtime_random_keyword_type\]"', '"keyword"', text)
    text = re.sub(r'"\[runtime_random_date_type\]"', '"date"', text)
    mapping = json.loads(text)
    for event in events:
        for key, value in event.items():
            kind = json_type(value)
            if kind:
                add_property(mapping["properties"], key, kind)
    return mapping


def prepare_effective(suite, name):
    """Writes NDJSON and the whole mapping of a case file's data; gives their paths."""
    folder = suite.shared / "cases/eql/data"
    paths = []
    merged = {"properties": {}}
    for part in FILES[name][0].split(","):
        events = json.loads((folder / f"{part}.data").read_text())
        merge(merged["properties"], effective_mapping(mapping_text(folder, part), events)["properties"])
        lines = [json.dumps({"_index": part, "_id": str(i), "_source": event}) for i, event in enumerate(events)]
        paths.append(suite.file(f"{part}.ndjson", "\n".join(lines) + "\n"))
    return paths, suite.file(f"{name}.mapping.json", json.dumps(merged))


def prepare_raw(suite, name):
    """The data as it is, and its mapping files as they are: placeholders for types, and fields left out."""
    folder = suite.shared / "cases/eql/data"
    parts = FILES[name][0].split(",")
    indices = [f'"{part}": {{"mappings":\n{mapping_text(folder, part)}\n}}' for part in parts]
    mapping = suite.file(f"{name}.raw.json", "{" + ",\n".join(indices) + "}")
    return [folder / f"{part}.data" for part in parts], mapping


def merge(into, more):
    for key, value in more.items():
        if key in into and "properties" in value:
            merge(into[key].setdefault("properties", {}), value["properties"])
        else:
            into.setdefault(key, value)


def key_text(value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def flatten(results, id_field):
    ids, keys = [], []
    for result in results:
        events = result["events"] if "events" in result else [result]
        keys += [key_text(key) for key in result.get("join_keys", [])]
        for event in events:
            ids.append(-1 if event.get("missing") else event["_source"][id_field])
    return ids, keys


def check_case(suite, name, case, how, inputs, mapping):
    _, category, tiebreaker, id_field = FILES[name]
    expected = case["expected_event_ids"]
    accepted = expected if expected and isinstance(expected[0], list) else [expected]
    for position in ("head", "tail"):
        for mode in ("vector", "row", "both"):
            arguments = ["search", "--quiet", "--output", "ndjson", "--mapping", mapping, "--eval", mode,
                         "--size", case.get("size", 50), "--result-position", position,
                         "--event-category-field", category]
            if tiebreaker:
                arguments += ["--tiebreaker-field", tiebreaker]
            if "max_samples_per_key" in case:
                arguments += ["--max-samples-per-key", case["max_samples_per_key"]]
            results, said = suite.results(*arguments, case["query"], *inputs)
            title = f"{name} {case['name']} {position} {mode} {how}"
            if results is None:
                suite.check(title, False, said.strip())
                continue
            ids, keys = flatten(results, id_field)
            suite.check(title, ids in accepted, f"{case['query'].strip()}\n  expected {expected}\n  found    {ids}")
            if "join_keys" in case:
                suite.check(f"{title} keys", keys == case["join_keys"],
                            f"expected {case['join_keys']}, found {keys}")


def run_case_files(suite):
    for name in FILES:
        prepared = {"effective": prepare_effective(suite, name), "raw": prepare_raw(suite, name)}
        cases = tomllib.loads((suite.shared / f"cases/eql/{name}.toml").read_text())["queries"]
        for case in cases:
            for how, (inputs, mapping) in prepared.items():
                check_case(suite, name, case, how, inputs, mapping)


def literal(value):
    return json.dumps(value)


def fold_expectation(function, test):
    """What the expression must equal. Shipped between() differs from the old specification: a piece that is not found
    gives "", and an empty piece gives the source itself."""
    expression = test["expression"]
    specified = literal(test["expected"]) if "expected" in test else "null"
    if function != "between" or "null" in expression:
        return specified
    arguments = json.loads("[" + expression[len("between("):-1] + "]")
    if "" in arguments[:3]:
        return literal(arguments[0])
    return specified if "expected" in test else literal("")


def run_functions(suite):
    """Every expression over constants, asked of one event."""
    event = suite.file("one.ndjson", '{"@timestamp":"2024-01-01T00:00:00Z"}\n')
    functions = tomllib.loads((suite.shared / "cases/eql/test_string_functions.toml").read_text())
    shipped = 0
    for function, spec in functions.items():
        for test in spec.get("fold", {}).get("tests", []):
            wanted = fold_expectation(function, test)
            shipped += wanted != (literal(test["expected"]) if "expected" in test else "null")
            query = f"any where {test['expression']} == {wanted}"
            done = suite.run("search", "--quiet", "--count", query, event)
            suite.check(f"function {query}", done.stdout.strip() == "1", done.stdout + done.stderr)
        for failure in spec.get("verifier", {}).get("failures", []):
            done = suite.run("search", "--quiet", "--count", f"any where {failure['expression']} == 1", event)
            suite.check(f"function {failure['expression']} is refused", done.returncode == 2, done.stdout)
    print(f"functions: {shipped} expressions are held against shipped behaviour, which differs from the old specification")


def run(suite):
    run_case_files(suite)
    run_functions(suite)
