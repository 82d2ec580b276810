#!/usr/bin/env python3
"""How time grows with what is hostile: hostile.py SHRIKE [CASE...]

Each case is run with n, 2n, 4n and 8n of something (bytes of a text, terms of a query, elements of an array, events): CPU
seconds of the whole process less those of one that has nothing to do, the least of ROUNDS (default 3), and the
ratios of neighbours. What is linear stays at about 2. Prints a table; as JSON into $HOSTILE_JSON, if set."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROUNDS = int(os.environ.get("ROUNDS", "3"))
shrike = str(pathlib.Path(sys.argv[1]).resolve())
folder = pathlib.Path(tempfile.mkdtemp(prefix="shrike-hostile-"))


def seconds(query, events, options=()):
    (folder / "query.eql").write_text(query)
    with open(folder / "out", "w+b") as out:
        process = subprocess.Popen([shrike, "search", "--quiet", "--count", "--jobs", "1", *options,
                                    f"@{folder / 'query.eql'}", *events], stdout=out, stderr=out)
        _, status, usage = os.wait4(process.pid, 0)
        if os.waitstatus_to_exitcode(status) not in (0, 2):
            out.seek(0)
            sys.exit(f"{query[:200]}: {out.read().decode()[:400]}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def write(lines):
    path = folder / "events.ndjson"
    with open(path, "w", encoding="utf-8") as out:
        for line in lines:
            out.write(line if isinstance(line, str) else json.dumps(line))
            out.write("\n")
    return [path]


def text(*parts):
    """An event whose x is these parts, each a text or a share of n bytes of one."""
    def event(n):
        return write({"@timestamp": number, "x": "".join(
            part if isinstance(part, str) else part[0] * int(n * part[1] / len(part[0])) for part in parts)}
            for number in range(4))
    return event


def one(_):
    return write([{"@timestamp": 1, "x": "aab", "ip": "10.0.0.1"}])


def array(value, fields=("x",), count=4):
    return lambda n: write({"@timestamp": 1, "e": e, **{f: [value(i) for i in range(n)] for f in fields}} for e in range(count))


def flood(key):
    return lambda n: write('{"@timestamp":%d,"k":"%s","z":1}' % (i, key(i)) for i in range(n))


def tiny_files(n):
    path = folder / "tiny"
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    for number in range(n):
        (path / f"{number}.ndjson").write_text('{"@timestamp": 1}\n')
    return [path]


A, KI = ("a", 1), 1024
SEQUENCE = "sequence by k [any where z == 1] [any where z == 2]"
# name, n, query (of n), events (of n)
CASES = [
    # texts, against one pattern
    ("text: *a*a*a*a*b", 96 * KI, 'any where x like "*a*a*a*a*b"', text(A, "ba")),
    ("text: 1,000 ?", 96 * KI, 'any where x like "*' + "?" * 1000 + 'b*c"', text(A, "ba")),
    ("text: 500 a? then c", 64 * KI, 'any where x like "*' + "a?" * 500 + 'c*"', text(A, "c")),
    ("text: 60,000 a then b", 96 * KI, 'any where x like "*' + "a" * 60000 + 'b*c"', text(A, "bc")),
    ("text: many pieces", 96 * KI, 'any where x like~ "*' + "a*" * 2000 + 'b*c"', text(A, "bc")),
    ("text: (a*)*b", 32 * KI, 'any where x regex "(a*)*bc"', text(A, "bca")),
    ("text: ((a|aa)+)+b", 32 * KI, 'any where x regex "((a|aa)+)+bc"', text(A, "bca")),
    ("text: (a?){100}a{100}", 16 * KI, 'any where x regex "(a?){100}a{100}bc"', text(A, "bca")),
    ("text: .*a{1000}b", 16 * KI, 'any where x regex ".*a{1000}bc"', text(A, "bca")),
    ("text: [^z]{500}.*b", 16 * KI, 'any where x regex "[^z]{500}.*bc"', text(A, "bca")),
    ("text: (.*a){12}&.*b", 64 * KI, 'any where x regex "(.*a){12}&.*bc"', text(A, "bca")),
    ("text: ~(.*bc.*)", 64 * KI, 'any where x regex "~(.*bc.*)"', text(A, "bc")),
    ("text: 1,000 words", 8 * KI, 'any where x regex ".*(' + "|".join(f"w{n:04}z" for n in range(1000)) + ')b"',
     text(("w0", 1), "zb")),
    ("text: 10,000 literals", 64 * KI, "any where x like~ (" + ",".join(f'"*ab{n:05}c*"' for n in range(10000)) + ")",
     text(("ab0", 1))),
    ("text: between, greedy", 96 * KI, 'any where between(x, "b", "' + "a" * 30000 + 'c", true) == "q"', text("b", A)),
    ("text: indexOf", 96 * KI, 'any where indexOf(x, "' + "a" * 30000 + 'c") == 1', text(A)),
    ("text: concat", 64 * KI, "any where length(concat(" + ",".join(["x"] * 8) + ")) == 1", text(A)),
    # queries, against one event
    ("query: or", 12_500, lambda n: "any where " + " or ".join(f"x=={i % 90 + 10}" for i in range(n)), one),
    ("query: or, all different", 5_000, lambda n: "any where " + " or ".join(f'x == "{i}"' for i in range(n)), one),
    ("query: and not", 5_000, lambda n: "any where " + " and ".join(f'not x == "{i}"' for i in range(n)), one),
    ("query: in", 10_000, lambda n: "any where x in (" + ",".join(f'"{i}"' for i in range(n)) + ")", one),
    ("query: like list", 10_000, lambda n: "any where x like (" + ",".join(f'"*{i}*"' for i in range(n)) + ")", one),
    ("query: like~ ?", 5_000, lambda n: "any where x like~ (" + ",".join(f'"*{i}?a*"' for i in range(n)) + ")", one),
    ("query: regex list", 1_000, lambda n: "any where x regex (" + ",".join(f'".*{i}[a-z]+"' for i in range(n)) + ")", one),
    ("query: regex alternation", 300, lambda n: 'any where x regex "' + "|".join(f"w{i:05}z" for i in range(n)) + '"', one),
    ("query: regex ~", 60, lambda n: 'any where x regex "~(' + "ab" * n + ')"', one),
    ("query: regex {n}", 600, lambda n: 'any where x regex "(ab?){' + str(n) + '}"', one),
    ("query: fields", 1_000, lambda n: "any where " + " or ".join(f"f{i} == 1" for i in range(n)), one),
    ("query: stages", 32, lambda n: "sequence " + "[any where x == 1] " * n, one),
    ("query: join keys", 10_000, lambda n: "sequence by " + ",".join(["x"] * n) + " [any where true] [any where true]", one),
    ("query: arguments", 128, lambda n: "any where concat(" + ",".join(["x"] * n) + ') == "a"', one),
    ("query: one long text", 100_000, lambda n: 'any where x == "' + "a" * n + '"', one),
    ("query: one long text, twice", 50_000, lambda n: f'any where x == "{"a" * n}" or x : "{"b" * n}"', one),
    ("query: wrong names", 1_000, lambda n: "any where " + " or ".join(f"procces.nam{i} == 1" for i in range(n)), one),
    # events
    ("array: different texts", 8_000, 'any where x == "zz"', array(lambda i: f"v{i}")),
    ("array: different numbers", 8_000, "any where x > 99999999", array(lambda i: i)),
    ("array: like", 8_000, 'any where x like "*z?z*"', array(lambda i: f"v{i}z")),
    ("array: length", 8_000, "any where length(x) == 99", array(lambda i: f"v{i}")),
    ("array: two in one condition", 1_000, 'any where concat(x, y) == "zz"', array(lambda i: f"v{i}", ("x", "y"))),
    ("array: nested", 8_000, "any where x == -1", array(lambda i: [[i]])),
    ("array: objects", 8_000, "any where x.y == -1", array(lambda i: {"y": i})),
    ("array: join keys", 128, "sequence by x [any where e == 0] [any where e == 1]", array(lambda i: i)),
    ("event: other keys", 8_000, "any where x == -1", lambda n: write(
        "{" + ",".join(f'"k{e}_{i}":0' for i in range(n)) + "}" for e in range(8))),
    ("event: the same key", 8_000, "any where x == -1", lambda n: write(
        '{"@timestamp":1,' + ",".join(f'"x":{i}' for i in range(n)) + "}" for e in range(8))),
    ("event: backslashes", 40_000, 'any where x == "z"', text(("\\", 0.5), ('"', 0.5))),
    ("events: one key flooded", 100_000, SEQUENCE, flood(lambda i: "a")),
    ("events: different keys", 50_000, SEQUENCE, flood(lambda i: f"key{i}")),
    ("events: different keys, past the bound", 600_000, SEQUENCE, flood(lambda i: f"key{i}")),
    ("events: 200 stages at once", 1_000, "sequence by k " + "[any where z == 1] " * 200, flood(lambda i: "a")),
    ("events: tail", 100_000, "any where true | tail 1000000000", flood(lambda i: "a")),
    ("events: in one millisecond", 100_000, "any where true", lambda n: write('{"@timestamp":1}' for _ in range(n))),
    ("events: backwards", 100_000, SEQUENCE, lambda n: write(
        '{"@timestamp":%d,"k":"a","z":%d}' % (n - i, i % 2 + 1) for i in range(n))),
    ("files: tiny", 1_000, "any where true", tiny_files),
]


def measure(name, n, query, events):
    idle = min(seconds("any where false", one(0))[0] for _ in range(ROUNDS))
    times, peak = [], 0
    for factor in (1, 2, 4, 8):
        inputs = events(n * factor)
        asked = query(n * factor) if callable(query) else query
        runs = [seconds(asked, inputs) for _ in range(ROUNDS)]
        times.append(max(min(run[0] for run in runs) - idle, 0.0005))
        peak = max(run[1] for run in runs)
    ratios = [b / a for a, b in zip(times, times[1:])]
    print(f"{name:40} {n:>9,}  " + " ".join(f"{time:8.3f}" for time in times) + "   " +
          " ".join(f"{ratio:5.2f}" for ratio in ratios) + f"   {peak:6.0f}", flush=True)
    return {"case": name, "n": n, "seconds": times, "ratios": ratios, "peak_mebibytes": peak}


def main():
    wanted = sys.argv[2:]
    print(f"{'':40} {'n':>9}  {'n':>8} {'2n':>8} {'4n':>8} {'8n':>8}   {'ratios of neighbours':17}   MiB at 8n")
    results = [measure(*case) for case in CASES if not wanted or any(part in case[0] for part in wanted)]
    shutil.rmtree(folder)
    if "HOSTILE_JSON" in os.environ:
        pathlib.Path(os.environ["HOSTILE_JSON"]).write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
