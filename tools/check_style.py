#!/usr/bin/env python3
"""House rules that no compiler holds: file sizes, names unique in the tree, no // comments, no marks of unfinished work."""
import pathlib
import re
import sys

HARD_LINES = 800
faults = []
seen = {}
for path in sorted(p for folder in ("src", "tests") for kind in ("*.[ch]", "*.cc")
                   for p in pathlib.Path(folder).rglob(kind)):
    text = path.read_text()
    lines = text.count("\n")
    if lines > HARD_LINES:
        faults.append(f"{path}: {lines} lines, at most {HARD_LINES}")
    if path.parts[0] == "src":
        twin = seen.setdefault(path.name, path)
        if twin != path:
            faults.append(f"{path}: the name stands in the tree already: {twin}")
        if path.suffix == ".h" and not text.startswith("#pragma once\n/* "):
            faults.append(f"{path}: a header begins with #pragma once and says what it is")
    without_strings = re.sub(r'"(?:[^"\\\n]|\\.)*"', '""', text)
    for number, line in enumerate(without_strings.splitlines(), 1):
        if re.search(r"(?<!:)//", line):
            faults.append(f"{path}:{number}: // marks what must not be committed; use /* */")
        if re.search(r"\b(TODO|FIXME|XXX)\b", line):
            faults.append(f"{path}:{number}: unfinished work")
print("\n".join(faults), end="\n" if faults else "")
sys.exit(1 if faults else 0)
