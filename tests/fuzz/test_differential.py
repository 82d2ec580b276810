"""engine_differential, when the ways differ: the case that it prints is small, says its seed, and is a spec file
that fails for the same reason."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

DIFFERENTIAL, SPEC_RUNNER = os.environ["DIFFERENTIAL"], os.environ["SPEC_RUNNER"]


def run(*arguments):
    return subprocess.run(list(map(str, arguments)), capture_output=True, text=True, check=False)


class Differential(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="shrike-differential-")
        self.addCleanup(self.folder.cleanup)

    def write(self, name, text):
        path = pathlib.Path(self.folder.name) / name
        path.write_text(text)
        return path

    def check_small_case(self, done, most_events):
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(done.stderr, r"^seed \d+: the ways differ")
        case = done.stdout[done.stdout.index("# Seed"):]
        lines = case.splitlines()
        self.assertIn("# by columns:", lines)
        self.assertEqual(sum(line.startswith("eql ") for line in lines), 1, case)
        self.assertLessEqual(sum(line.startswith("  {") for line in lines), most_events, case)
        path = self.write("case.spec", case)
        spec = run(SPEC_RUNNER, path)
        self.assertEqual(spec.returncode, 1, "the flaw is the test's own: the spec must fail\n" + case)
        self.assertIn("--- expected\nrows\n--- got\nrows   0", spec.stderr)
        run(SPEC_RUNNER, "--update", path)
        self.assertEqual(run(SPEC_RUNNER, path).returncode, 0, path.read_text())

    def test_made_up_events(self):
        for seed in (1, 1000, 2000):
            self.check_small_case(run(DIFFERENTIAL, "--seed", seed, "--flaw", '"b"'), 1)

    def test_events_of_files(self):
        path = self.write("events.ndjson", "".join(
            '{"@timestamp": "2024-01-01T00:00:%02dZ", "event": {"category": "process"}, "host": {"ip": "10.0.0.%d"}, '
            '"process": {"name": "n%d.exe", "pid": %d}, "ok": true}\n' % (i, i, i % 7, i * 4) for i in range(60)))
        same = run(DIFFERENTIAL, "--pairs", 300, "--events", path)
        self.assertEqual(same.returncode, 0, same.stdout + same.stderr)
        self.assertIn("60 events of 1 files\n", same.stdout)
        self.check_small_case(run(DIFFERENTIAL, "--flaw", "n3.exe", "--events", path), 1)

    def test_wrong_arguments(self):
        for arguments in (["--pairs"], ["--pairs", "x"], ["--nothing", "1"], ["--events", "/nowhere.ndjson"],
                          ["--events", self.write("empty.ndjson", "")]):
            self.assertEqual(run(DIFFERENTIAL, *arguments).returncode, 1)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
