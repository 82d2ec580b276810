"""Processes measured: CPU and wall time, peak memory, page faults, in rounds in which all of them take turns."""
import dataclasses
import hashlib
import os
import shlex
import statistics
import subprocess
import sys
import time

MEMORY = 512 << 20  # bytes


@dataclasses.dataclass
class Job:
    """A command to measure. `reads_seconds`: the figure is what it says itself, else the process's CPU time."""
    command: list
    environment: dict = dataclasses.field(default_factory=dict)
    reads_seconds: bool = False
    runs: list = dataclasses.field(default_factory=list)

    def line(self):
        words = [f"{name}={value}" for name, value in self.environment.items()] + [str(part) for part in self.command]
        return " ".join(shlex.quote(word) if "=" not in word else word for word in words)

    def median(self, what="cpu"):
        return statistics.median(run[what] for run in self.runs)

    def most(self, what):
        return max(run[what] for run in self.runs)


def warm(job):
    """Reads the files that the command names, so that they are in the page cache: a system that was idle, or short of memory, takes
    them out of it, and then reading from disk would be measured with the program. And touches as much memory as the program may
    take: a virtual machine that was idle has given it back to its host, and getting it again would be measured, too."""
    room = bytearray(1 << 20)
    for part in job.command:
        if os.path.isfile(part):
            with open(part, "rb", buffering=0) as file:
                while file.readinto(room):
                    pass
    subprocess.run([sys.executable, "-c", f"bytearray(b'x') * {MEMORY}"], check=True)


MEMORY = 512 << 20


class Bench:
    """Runs processes; what they print goes to one file in the build folder, alerts with it."""

    def __init__(self, build):
        self.output = build / "bench.out"
        self.errors = build / "bench.err"

    def run(self, job, digest=False):
        # A process's peak memory counts what its parent held when it was started: nothing is kept here.
        start = time.monotonic()
        with open(self.output, "wb") as output, open(self.errors, "wb") as errors:
            process = subprocess.Popen([str(part) for part in job.command], stdout=output, stderr=errors,
                                       env={**os.environ, **job.environment})
            _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        if os.waitstatus_to_exitcode(status) not in ((0, 1) if job.command[0] == "grep" else (0,)):
            sys.exit(f"{job.line()}: exit status {os.waitstatus_to_exitcode(status)}: {self.errors.read_text()[:2000]}")
        done = {"cpu": usage.ru_utime + usage.ru_stime, "wall": wall, "peak": usage.ru_maxrss / 1024, "faults": usage.ru_minflt}
        if job.reads_seconds:
            done["cpu"] = float(self.output.read_text().split()[-2])
        if digest:
            with open(self.output, "rb") as output:
                done["digest"] = hashlib.file_digest(output, "sha256").hexdigest()
            done["bytes"] = self.output.stat().st_size
        return done

    def rounds(self, jobs, count, what):
        """`jobs` by name; in each round each runs once, its files warm, every time another one first."""
        names = list(jobs)
        for number in range(count):
            for place in range(len(names)):
                name = names[(place + number) % len(names)]
                say(f"{what}: round {number + 1} of {count}, {name}")
                warm(jobs[name])
                jobs[name].runs.append(self.run(jobs[name]))
        say("")


def say(text):
    """Progress: one line that is written over on a terminal, lines in a log."""
    if sys.stderr.isatty():
        print(f"\r{text:79.79}\r", end="", file=sys.stderr, flush=True)
    elif text:
        print(text, file=sys.stderr, flush=True)


def ratio(job, other, what="cpu"):
    """Median of the ratios within each round."""
    return statistics.median(a[what] / b[what] for a, b in zip(job.runs, other.runs))
