#!/usr/bin/env python3
"""The built-in schema against the published lists of fields: check_schema.py SCHEMA_DUMP

SCHEMA_DUMP is the program tests/support/schema_dump. Reads the folder data/schema of $SHRIKE_SHARED; fails when a
field is missing or compares in another way than the list says, or when the schema calls a field unknown that a
public rule asks for."""
import os
import pathlib
import re
import subprocess
import sys

# Types that compare alike.
CLASSES = {
    "keyword": "keyword constant_keyword wildcard",
    "text": "text match_only_text",
    "long": "long integer short byte unsigned_long",
    "double": "double float half_float scaled_float",
    "nested": "nested",
    "object": "object array",
}
CLASS_OF = {name: kind for kind, names in CLASSES.items() for name in names.split()}


def rows(path):
    lines = path.read_text().splitlines()
    for line in lines[1:]:
        field, kind = line.split("\t")[:2]
        yield field, kind


def differences(ours, path):
    for field, kind in rows(path):
        if kind == "alias":
            continue  # only made for indices of old, on request
        if field not in ours:
            if not any(field.startswith(above + ".") for above in OPEN):
                yield f"{field}: missing ({kind})"
        elif CLASS_OF.get(ours[field], ours[field]) != CLASS_OF.get(kind, kind):
            yield f"{field}: {ours[field]}, not {kind}"


# Any key below is a keyword: the lists name only the usual ones.
OPEN = ["winlog.event_data", "winlog.user_data"]


NAME = r"\b[A-Za-z_@][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)+"


def rule_fields(folder):
    names = set()
    for path in folder.rglob("*.toml"):
        text = path.read_text()
        query = re.search(r'^query = (?:\'\'\'(.*?)\'\'\'|"""(.*?)""")', text, re.S | re.M)
        language = re.search(r'^language = "(eql|kuery)"', text, re.M)
        if query and language:
            code = re.sub(r'"(?:\\.|[^"\\\n])*"|//[^\n]*', " ", query[1] or query[2])
            # Words without quotes are fields in EQL, in KQL only before a colon or a comparison.
            names.update(re.findall(NAME if language[1] == "eql" else NAME + r"(?=\s*[:<>])", code))
    return sorted(names)


def dumped(dump, *arguments):
    return subprocess.run([dump, *arguments], capture_output=True, text=True, check=True).stdout


def faults(dump, shared):
    """(name, fault) for everything that is not as it should be."""
    ours = dict(line.split("\t") for line in dumped(dump).splitlines())
    for name in ["ecs", "endpoint", "winlogbeat"]:
        for fault in differences(ours, shared / "data/schema" / f"{name}_fields.tsv"):
            yield name, fault
    for name in dumped(dump, *rule_fields(shared / "rules")).split():
        yield "rules", f"{name}: a rule asks for it, the schema lacks it"


def run(suite):
    """As one of the suites of run.py: the program stands beside the one that is tested."""
    dump = pathlib.Path(suite.shrike).parents[2] / "tests/support/schema_dump"
    found = list(faults(dump, suite.shared))
    for name in ["ecs", "endpoint", "winlogbeat", "rules"]:
        lines = [fault for of, fault in found if of == name]
        suite.check(f"schema {name}", not lines, "\n  ".join(lines))


def main():
    found = list(faults(sys.argv[1], pathlib.Path(os.environ.get("SHRIKE_SHARED", "../shared"))))
    for name, fault in found:
        print(f"{name}: {fault}")
    print(f"{len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
