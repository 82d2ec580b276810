#!/usr/bin/env python3
"""Measures on this machine, in one run: run.py BUILD-DIRECTORY

Three files: (a) public recordings, repeated, where they are ($SHRIKE_SHARED); (b) a generated one, a third of whose command lines
occur once; (c) one in which no value occurs twice. Figures are CPU seconds (user + system, all threads) of whole processes,
start-up and the writing of alerts with them; medians of interleaved rounds, ratios taken within a round. Before each run its files are
read once, so that they come from the page cache. The yardstick is the time of simdjson's DOM parse of the same documents alone,
reading and cutting left out. The matches of the fast evaluator and of its slow twin are compared on a part of each file, with
dictionaries, without, and with one slot.

BENCH_BYTES (default 1,000,000,000) and BENCH_ROUNDS (default 7) for shorter runs; BENCH_LARGE=1 adds a file ten times as large, in
reverse order of time, and deletes it. Prints tables and commands, and everything as JSON into BUILD-DIRECTORY/bench.json."""
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

from inputs import Inputs, describe
import kinds
from measure import Bench, Job, ratio, say

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "7"))
BYTES = int(os.environ.get("BENCH_BYTES", "1000000000"))
LOADS = 9


class Report:
    """What is printed, and the same as JSON."""

    def __init__(self):
        self.goals, self.commands, self.json = [], {}, {"bytes": BYTES, "rounds": ROUNDS}

    def goal(self, figure, goal, measured, met, shown):
        self.goals.append((figure, goal, shown, "met" if met else "missed"))
        self.json.setdefault("goals", []).append({"figure": figure, "goal": goal, "measured": measured, "met": met})

    def at_most(self, figure, most, measured, unit="", digits=2):
        self.goal(figure, f"at most {most}{unit}", measured, measured <= most, f"{measured:.{digits}f}{unit}")

    def print_jobs(self, title, jobs, yardstick, size):
        print(f"\n{title}\n{'':30}{'CPU s':>8}{'GB/s':>7}{'x simdjson':>12}{'wall s':>8}{'peak MiB':>10}{'faults':>10}")
        for name, job in jobs.items():
            print(f"{name:30}{job.median():8.2f}{size / job.median() / 1e9:7.2f}{ratio(job, yardstick):12.2f}"
                  f"{job.median('wall'):8.2f}{job.most('peak'):10.0f}{job.median('faults'):10.0f}")
            self.commands[f"{title[:3]} {name}"] = job.line()
            self.json.setdefault("figures", {})[f"{title[:3]} {name}"] = {
                "cpu": job.median(), "ratio": ratio(job, yardstick), "wall": job.median("wall"), "peak_mib": job.most("peak"),
                "faults": job.median("faults"), "command": job.line()}

    def end(self, path):
        print(f"\n{'figure':58}{'goal':>16}{'measured':>12}")
        for figure, goal, measured, met in self.goals:
            print(f"{figure:58}{goal:>16}{measured:>12}  {met}")
        print("\nto repeat one of them:")
        for name, line in self.commands.items():
            print(f"  {name:34} {line}")
        self.json["commands"] = self.commands
        path.write_text(json.dumps(self.json, indent=1) + "\n")


class Run:
    def __init__(self, build, shared):
        self.build, self.inputs, self.bench, self.report = build, Inputs(build, shared, BYTES), Bench(build), Report()
        self.shrike, self.reader = build / "src/cli/shrike", build / "tests/bench/bench_reader"
        self.sets, words = self.inputs.make_rule_sets()
        self.cache = build / "bench-cache"
        print(words)

    def detect(self, rules, path, *options, jobs=1, **environment):
        return Job([self.shrike, "detect", "-q", "-o", "ndjson", "--now", "2024-05-07", "--jobs", str(jobs), *options,
                    *(() if "--no-cache" in options else ("--cache", self.cache)), "--rules", rules, path], environment)

    def yardstick(self, path):
        return Job([self.reader, "--once", "simdjson", path], reads_seconds=True)

    def measure(self, title, path, more=None):
        """All rules over the file and over its first half, beside the yardstick and what else is asked for."""
        jobs = {"simdjson DOM": self.yardstick(path), "all rules": self.detect(self.sets["all"], path), **(more or {}),
                "all rules, half of the file": self.detect(self.sets["all"], self.inputs.half(path))}
        self.bench.rounds(jobs, ROUNDS, title[:3])
        half = jobs.pop("all rules, half of the file")
        about = describe(path)
        self.report.print_jobs(f"{title}: {path.stat().st_size:,} bytes, {about['events']:,} events", jobs, jobs["simdjson DOM"],
                               path.stat().st_size)
        fewer = describe(self.inputs.half(path))["events"]
        faults = statistics.median(a["faults"] - b["faults"] for a, b in zip(jobs["all rules"].runs, half.runs))
        jobs["faults per 1,000 events"] = 1000 * faults / max(about["events"] - fewer, 1)
        self.report.commands[f"{title[:3]} half"] = half.line()
        return jobs

    def recordings(self):
        path = self.inputs.recordings()
        if path is None:
            print("\n(a) is skipped: the recordings are not here (SHRIKE_SHARED)")
            return None
        jobs = self.measure("(a) public recordings", path)
        self.report.at_most("all rules on (a), over simdjson", 1.5, ratio(jobs["all rules"], jobs["simdjson DOM"]))
        return path, jobs

    def generated(self):
        path = self.inputs.generated("third-unique", BYTES)
        once = describe(path)["command_lines_once"]
        assert 0.3 < once < 0.4 or BYTES < 100_000_000, once
        jobs = self.measure("(b) generated", path, {
            "1 rule": self.detect(self.sets["1"], path),
            "10 rules": self.detect(self.sets["10"], path),
            "1,000 rules": self.detect(self.sets["1000"], path),
            "all rules, 2 jobs": self.detect(self.sets["all"], path, jobs=2),
            "grep -ci": Job(["grep", "-ci", "certutil", path], {"LC_ALL": "C"}),
        })
        print(f"{once:.1%} of the command lines occur once")
        yardstick, everything, two = jobs["simdjson DOM"], jobs["all rules"], jobs["all rules, 2 jobs"]
        report = self.report
        report.at_most("all rules on (b), over simdjson", 2.5, ratio(everything, yardstick))
        report.at_most("1 rule on (b), over simdjson", 0.6, ratio(jobs["1 rule"], yardstick))
        report.at_most("10 rules on (b), over simdjson", 0.9, ratio(jobs["10 rules"], yardstick))
        report.at_most("1,000 rules over 10 rules on (b)", 2.0, ratio(jobs["1,000 rules"], jobs["10 rules"]))
        grep = ratio(two, jobs["grep -ci"], "wall")
        report.goal("all rules, 2 jobs, over grep -ci on (b), wall time", "below 1", grep, grep < 1, f"{grep:.2f}")
        speedup = ratio(everything, two, "wall")
        report.goal("2 jobs, times as fast as 1 (wall time)", "at least 1.9", speedup, speedup >= 1.9, f"{speedup:.2f}")
        report.json["machine_speedup"] = self.machine_speedup(path)
        return path, jobs

    def machine_speedup(self, path):
        """How much faster two yardsticks are done side by side than one after the other: what the machine itself gives."""
        job = self.yardstick(path)
        alone = self.bench.run(job)["wall"]
        other = subprocess.Popen([str(part) for part in job.command], stdout=subprocess.DEVNULL)
        together = self.bench.run(job)["wall"]
        other.wait()
        speedup = 2 * alone / together
        print(f"two yardsticks side by side are {speedup:.2f} times as fast as one after the other: so much the machine gives now")
        return speedup

    def every_value(self):
        path = self.inputs.generated("every-value", BYTES, "--every-value")
        jobs = self.measure("(c) no value twice", path, {
            "all rules, no dictionary": self.detect(self.sets["all"], path, SHRIKE_DICTIONARY="off")})
        print(f"{describe(path)['values_once']:.1%} of the values occur once")
        self.report.at_most("all rules on (c), over the same without a dictionary", 1.1,
                            ratio(jobs["all rules"], jobs["all rules, no dictionary"]))
        return path, jobs

    def memory_and_faults(self, measured):
        peak = max(job.most("peak") for _, jobs in measured for name, job in jobs.items() if name.startswith("all"))
        self.report.at_most("peak memory, all rules, any of the files", 512, peak, " MiB")
        faults = max(jobs["faults per 1,000 events"] for _, jobs in measured)
        self.report.goal("page faults per 1,000 events in steady state", "below 1", faults, faults < 1, f"{faults:.2f}")

    def loading(self):
        folder = self.inputs.rule_folder()
        if folder is None:
            print("\nloading is skipped: the public rules are not here (SHRIKE_SHARED)")
            return
        event = self.build / "bench-one.ndjson"
        event.write_text('{"@timestamp":1}\n')
        shutil.rmtree(self.cache, ignore_errors=True)
        two_thousand = self.sets["2000"]
        listing = [self.shrike, "rules", "list", "-q"]
        jobs = {"read and compile, cold": Job([*listing, "--no-cache", folder]),
                "read and compile, cached": Job([*listing, "--cache", self.cache, folder]),
                "cold": self.detect(folder, event, "--no-cache"), "cached": self.detect(folder, event),
                "2,000 rules, cold": self.detect(two_thousand, event, "--no-cache"),
                "2,000 rules, cached": self.detect(two_thousand, event)}
        for job in jobs.values():
            self.bench.run(job)
        self.bench.rounds(jobs, LOADS, "start")
        print(f"\na start, all {len(list(folder.rglob('*.toml')))} public rules; but for the first two with one event\n{'':30}{'CPU s':>8}{'wall s':>8}{'faults':>10}")
        for name, job in jobs.items():
            print(f"{name:30}{job.median():8.3f}{job.median('wall'):8.3f}{job.median('faults'):10.0f}")
            self.report.commands[f"start, {name}"] = job.line()
        self.report.at_most("read and compile all public rules, cold, CPU", 0.5, jobs["read and compile, cold"].median(), " s", 3)
        self.report.at_most("read and compile all public rules, cached, CPU", 0.05, jobs["read and compile, cached"].median(), " s", 3)
        self.report.at_most("start with 2,000 rules, cached, CPU", 0.1, jobs["2,000 rules, cached"].median(), " s", 3)

    def compare_ways(self, paths):
        """One job and several, the two evaluators, and dictionaries that remember all, one value or none."""
        for path in paths:
            part = self.inputs.part(path)
            results = set()
            for memory in ("on", "off", "one"):
                say(f"{part.name}: both evaluators, dictionary {memory}")
                done = self.bench.run(self.detect(self.sets["all"], part, "--eval", "both", SHRIKE_DICTIONARY=memory), digest=True)
                results.add((done["digest"], done["bytes"]))
            for jobs in (1, 2, 4):
                done = self.bench.run(self.detect(self.sets["all"], part, jobs=jobs), digest=True)
                results.add((done["digest"], done["bytes"]))
            say("")
            same = len(results) == 1
            print(f"{part.name}, {part.stat().st_size:,} bytes: both evaluators agree; with dictionaries, without and with one slot, and "
                  f"with 1, 2 and 4 jobs the {done['bytes']:,} bytes of alerts are {'the same' if same else 'NOT THE SAME'}")
            if not same:
                sys.exit(f"the ways differ on {part}")

    def large(self):
        path = self.inputs.generated("large", 10 * BYTES, "--backwards")
        try:
            job = self.detect(self.sets["all"], path, jobs=2)
            say(f"all rules over {path.stat().st_size:,} bytes")
            job.runs = [self.bench.run(job)]
            say("")
            count, unsorted = count_times(self.bench.output)
        finally:
            path.unlink()
        print(f"\n{10 * BYTES:,} bytes, latest event first: {job.median('wall'):.0f} s, {count:,} alerts, {unsorted:,} of them before an earlier one")
        self.report.at_most("peak memory on a file ten times as large, 2 jobs", 512, job.most("peak"), " MiB")
        self.report.goal("its alerts in order of time", "all", unsorted, unsorted == 0 and count > 0, f"{unsorted:,} not")


def count_times(output):
    """Alerts of events, and how many of them come after one of a later time. (A sequence's are in order of its last event.)"""
    count, unsorted, last = 0, 0, ""
    with open(output, "rb") as lines:
        for line in lines:
            alert = json.loads(line)
            if "kibana.alert.group.id" not in alert:
                count += 1
                time = alert["kibana.alert.original_time"]
                unsorted += time < last
                last = time
    return count, unsorted


def main():
    shared = pathlib.Path(os.environ.get("SHRIKE_SHARED", "../shared"))
    run = Run(pathlib.Path(sys.argv[1]).resolve(), shared.resolve())
    measured = [done for done in (run.recordings(), run.generated(), run.every_value()) if done is not None]
    run.memory_and_faults(measured)
    run.loading()
    kinds.measure(run.bench, run.report, run.shrike, run.build, min(ROUNDS, 3))
    print()
    run.compare_ways(path for path, _ in measured)
    if os.environ.get("BENCH_LARGE") == "1":
        run.large()
    run.report.end(run.build / "bench.json")


if __name__ == "__main__":
    main()
