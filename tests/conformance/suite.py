"""What the conformance suites share: counting, running the program, reading compressed files."""
import json
import os
import pathlib
import subprocess
import tempfile


class Suite:
    """Counts what passed, failed and was skipped, and says so as it goes."""

    def __init__(self, shrike, shared):
        self.shrike = str(pathlib.Path(shrike).resolve())
        self.shared = pathlib.Path(shared)
        self.passed = self.failed = self.skipped = 0
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="shrike-conformance-"))

    def check(self, name, holds, detail=""):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {name}: {detail}", flush=True)

    def skip(self, name, why, count=1):
        self.skipped += count
        print(f"skipped {name}: {why}")

    def run(self, *arguments, stdin=None):
        return subprocess.run([self.shrike, *map(str, arguments)], capture_output=True, text=True,
                              input=stdin, check=False, env={**os.environ, "XDG_CACHE_HOME": str(self.work)})

    def results(self, *arguments):
        """The JSON lines a search prints, or None and what it said when it failed."""
        done = self.run(*arguments)
        if done.returncode != 0:
            return None, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()], done.stderr

    def file(self, name, text):
        path = self.work / name
        path.write_text(text)
        return path
