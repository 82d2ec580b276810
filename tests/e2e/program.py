"""What the end-to-end tests share: the program, and a folder for each test."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHRIKE = os.environ["SHRIKE"]
DEMO = [str(ROOT / "demo/rules"), str(ROOT / "demo/recording.ndjson")]
NOW = ["--now", "2024-05-06T10:00:00Z"]
# jemalloc fills the program's memory when it is taken and given back (jemalloc(3), opt.junk): no answer hangs on memory that
# nobody has written. A sanitized build has its own ways.
JUNK = "junk:true"


class ProgramTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="shrike-e2e-"))
        self.addCleanup(shutil.rmtree, self.folder)
        # What a test keeps of compiled rules is gone with its folder, and the user's own is left alone.
        self.environment = {**os.environ, "MALLOC_CONF": JUNK, "XDG_CACHE_HOME": str(self.folder / ".cache")}

    def run_program(self, *arguments, stdin=None, code=0, env=None):
        done = subprocess.run([SHRIKE, *map(str, arguments)], capture_output=True, input=stdin, check=False,
                              text=not isinstance(stdin, bytes), cwd=self.folder, env={**self.environment, **(env or {})})
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            path.write_bytes(text)
        else:
            path.write_text(text)
        return path

    def write_events(self, name, *events):
        return self.write(name, "".join(json.dumps(event) + "\n" for event in events))

    def search(self, *arguments, stdin=None):
        done = self.run_program("search", "--quiet", "--output", "ndjson", *arguments, stdin=stdin)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def detect(self, *arguments):
        done = self.run_program("detect", "--quiet", "--output", "ndjson", *NOW, *arguments)
        return [json.loads(line) for line in done.stdout.splitlines()]
