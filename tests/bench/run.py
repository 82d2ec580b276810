#!/usr/bin/env python3
"""Measures on this machine, in one run: run.py BUILD-DIRECTORY

Figures are CPU seconds (user + system, all threads) of whole processes, medians of interleaved rounds, and ratios taken pair by
pair within a round; peak memory is the process's own. A file is generated for it (BENCH_BYTES, default 1,000,000,000); rules
are the public ones where they are ($SHRIKE_SHARED), else generated. The matches of the fast evaluator and of its slow twin are
compared on a part of the same file. Prints a table, and everything as JSON into BUILD-DIRECTORY/bench.json."""
import hashlib
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import time

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
BYTES = int(os.environ.get("BENCH_BYTES", "1000000000"))
build = pathlib.Path(sys.argv[1]).resolve()
shrike = build / "src/cli/shrike"
bench = build / "tests/bench"
shared = pathlib.Path(os.environ.get("SHRIKE_SHARED", "../shared"))


def run(command):
    """CPU seconds, wall seconds, peak memory in MiB and the hash of the output of a finished process. The output goes to a
    file: a process's peak memory counts what its parent held when it was started."""
    start = time.monotonic()
    with open(build / "bench.out", "w+b") as output, open(build / "bench.err", "w+b") as errors:
        process = subprocess.Popen([str(part) for part in command], stdout=output, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        if os.waitstatus_to_exitcode(status) != 0:
            errors.seek(0)
            sys.exit(f"{command}: {errors.read().decode()}")
        output.seek(0)
        digest = hashlib.file_digest(output, "sha256").hexdigest()
    return {"cpu": usage.ru_utime + usage.ru_stime, "wall": wall, "peak": usage.ru_maxrss / 1024,
            "faults": usage.ru_minflt, "digest": digest}


def generated_rules(count):
    """Rules in the manner of real ones, for machines without the public rules."""
    draw = random.Random(11)
    words = ["cmd", "powershell", "rundll32", "regsvr32", "mshta", "wmic", "certutil", "bitsadmin", "schtasks", "net", "whoami"]
    rules = []
    for number in range(count):
        names = ", ".join(f'"{draw.choice(words)}{draw.randrange(40)}.exe"' for _ in range(4))
        parts = ", ".join(f'"*{draw.choice(words)}{draw.randrange(900)}*"' for _ in range(6))
        query = (f'process where event.type == "start" and process.name : ({names}) and process.command_line : ({parts}) and '
                 f'not process.parent.executable : "?:\\\\Program Files\\\\*{number}*"')
        rules.append({"rule_id": f"g{number}", "name": f"Generated {number}", "description": "x", "type": "eql",
                      "language": "eql", "risk_score": 1, "severity": "low", "query": query})
    return rules


def load_rules():
    folder = shared / "rules/elastic"
    if not folder.is_dir():
        return generated_rules(1000)
    shown = subprocess.run([shrike, "rules", "show", "-q", "-o", "ndjson", folder], capture_output=True, text=True, check=True)
    listed = subprocess.run([shrike, "rules", "list", "-q", "-o", "ndjson", folder], capture_output=True, text=True, check=True)
    runs = {rule["rule_id"] for rule in map(json.loads, listed.stdout.splitlines()) if rule["runs"]}
    rules = [json.loads(line) for line in shown.stdout.splitlines() if line]
    return [rule for rule in rules if rule["rule_id"] in runs]


def write_rules(rules, count):
    """Every n-th rule, so that a part is as mixed as the whole."""
    chosen = [rules[i * len(rules) // count] for i in range(count)]
    path = build / f"bench-rules-{count}.ndjson"
    path.write_text("".join(json.dumps(rule) + "\n" for rule in chosen))
    return path


def generate(name, size):
    path = build / name
    if not path.exists() or path.stat().st_size < size:
        subprocess.run([bench / "generate_events", path, str(size)], check=True)
    return path


def main():
    big = generate(f"bench-{BYTES}.ndjson", BYTES)
    fourfold = generate(f"bench-{4 * BYTES}.ndjson", 4 * BYTES)
    size = big.stat().st_size
    rules = load_rules()
    counts = [n for n in (1, 10, 100, len(rules)) if n <= len(rules)]
    detect = [shrike, "detect", "-q", "-o", "ndjson", "--now", "2024-05-07", "--jobs", "1", "--rules"]
    commands = {"read (bench_reader read)": [bench / "bench_reader", "--once", "read", big],
                "parse, simdjson DOM": [bench / "bench_reader", "--once", "simdjson", big],
                "parse, 124 fields": [bench / "bench_reader", "--once", "spans", big]}
    for count in counts:
        commands[f"detect, {count} rules"] = [*detect, write_rules(rules, count), big]
    rounds = {name: [] for name in commands}
    for number in range(ROUNDS):
        for name, command in commands.items():
            print(f"\rround {number + 1}/{ROUNDS}: {name:40}", end="", file=sys.stderr, flush=True)
            rounds[name].append(run(command))
    print("\r" + " " * 60 + "\r", end="", file=sys.stderr)
    yardstick = rounds["parse, simdjson DOM"]
    report = {"bytes": size, "rounds": ROUNDS, "figures": {}}
    print(f"{size:,} bytes, {ROUNDS} interleaved rounds, CPU time, one job\n")
    print(f"{'':28}{'CPU s':>8}{'GB/s':>8}{'x simdjson':>12}{'peak MiB':>10}")
    for name, runs in rounds.items():
        cpu = statistics.median(r["cpu"] for r in runs)
        ratio = statistics.median(r["cpu"] / y["cpu"] for r, y in zip(runs, yardstick))
        peak = max(r["peak"] for r in runs)
        report["figures"][name] = {"cpu": cpu, "ratio": ratio, "peak_mib": peak, "faults": statistics.median(r["faults"] for r in runs), "command": [str(c) for c in commands[name]]}
        print(f"{name:28}{cpu:8.2f}{size / cpu / 1e9:8.2f}{ratio:12.2f}{peak:10.0f}")
    everything = write_rules(rules, len(rules))
    four = run([*detect, everything, fourfold])
    large = report["figures"][f"detect, {len(rules)} rules"]["peak_mib"]
    print(f"\npeak memory, all rules: {large:.0f} MiB, on a file four times as large {four['peak']:.0f} MiB")
    folder = shared / "rules/elastic"
    if folder.is_dir():
        loads = [run([shrike, "rules", "list", "-q", folder])["cpu"] for _ in range(7)]
        report["load_rules_cpu"] = statistics.median(loads)
        print(f"reading, checking and compiling {folder}: {report['load_rules_cpu']:.2f} CPU s, median of 7")
    two = run([*detect[:-3], "--jobs", "2", "--rules", everything, big])
    one = run([*detect, everything, big])
    print(f"two jobs: {one['wall'] / two['wall']:.2f} times the speed of one (wall time), same output: {one['digest'] == two['digest']}")
    part = generate(f"bench-{BYTES // 50}.ndjson", BYTES // 50)
    run([*detect, everything, "--eval", "both", part])
    documents = (build / "bench.out").read_bytes().count(b"\n")
    print(f"both evaluators agree on {part.stat().st_size:,} bytes: {documents:,} alert documents")
    report.update(peak_fourfold=four["peak"], two_jobs=one["wall"] / two["wall"])
    (build / "bench.json").write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
