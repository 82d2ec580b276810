"""Events in every form that detect and search take give the same answers; bad ones are named and the rest goes on."""
import gzip
import json
import pathlib
import shutil
import subprocess
import unittest

from program import DEMO, ProgramTest

RECORDING = DEMO[1]
QUERY = 'process where process.name : "certutil.exe"'


class Inputs(ProgramTest):
    def setUp(self):
        super().setUp()
        self.text = pathlib.Path(RECORDING).read_text(encoding="utf-8")
        self.events = [json.loads(line) for line in self.text.splitlines()]
        self.usual = [r["_source"] for r in self.search(QUERY, RECORDING)]
        self.assertEqual(self.usual, [e for e in self.events if e["event"]["category"] == ["process"]
                                      and e["process"]["name"] == "certutil.exe"])

    def sources(self, *arguments, **more):
        return [r["_source"] for r in self.search(QUERY, *arguments, **more)]

    def test_compressed_files_and_standard_input(self):
        packed = self.write("a.ndjson.gz", gzip.compress(self.text.encode()))
        self.assertEqual(self.sources(packed), self.usual)
        halves = self.text.splitlines(keepends=True)
        two = gzip.compress("".join(halves[:200]).encode()) + gzip.compress("".join(halves[200:]).encode())
        self.assertEqual(self.sources(self.write("two.ndjson.gz", two)), self.usual)
        if shutil.which("zstd"):
            subprocess.run(["zstd", "-q", RECORDING, "-o", self.folder / "a.ndjson.zst"], check=True)
            self.assertEqual(self.sources("a.ndjson.zst"), self.usual)
        self.assertEqual(self.sources(stdin=self.text), self.usual)
        self.assertEqual(self.sources("-", stdin=self.text), self.usual)

    def test_arrays_hits_and_pretty_printed_documents(self):
        self.assertEqual(self.sources(self.write("array.json", json.dumps(self.events))), self.usual)
        self.assertEqual(self.sources(self.write("pretty.json", json.dumps(self.events, indent=2))), self.usual)
        hits = "".join(json.dumps({"_index": "i", "_id": str(n), "_source": e}) + "\n" for n, e in enumerate(self.events))
        found = self.search(QUERY, self.write("hits.ndjson", hits))
        self.assertEqual([r["_source"] for r in found], self.usual)
        self.assertEqual({r["_index"] for r in found}, {"i"})
        one_by_one = "\n".join(json.dumps(e, indent=1) for e in self.events)
        self.assertEqual(self.sources(self.write("objects.json", one_by_one)), self.usual)

    def test_a_folder_is_its_files_in_order_of_time(self):
        lines = self.text.splitlines(keepends=True)
        self.write("logs/b/late.ndjson", "".join(lines[200:]))
        self.write("logs/a.jsonl", "".join(lines[:200]))
        self.write("logs/notes.txt", "not events")
        self.write("logs/.hidden.ndjson", "not events")
        self.assertEqual(self.sources("logs"), self.usual)

    def test_input_need_not_be_in_order(self):
        lines = self.text.splitlines(keepends=True)
        self.assertEqual(self.sources(self.write("reversed.ndjson", "".join(reversed(lines)))), self.usual)

    def test_bad_lines_are_named_and_the_rest_goes_on(self):
        lines = self.text.splitlines()
        lines[4:4] = ['{"@timestamp": nonsense}', "", "[1, 2", '{"a": "\x01"}', '"text"']
        path = self.write("bad.ndjson", "\n".join(lines) + "\n")
        done = self.run_program("search", "-o", "ndjson", QUERY, path)
        self.assertEqual([json.loads(line)["_source"] for line in done.stdout.splitlines()], self.usual)
        self.assertIn(f"{path}:5:16: ", done.stderr)
        self.assertIn(f"{path}:7:", done.stderr)
        self.assertIn(f"{path}:8:8: ", done.stderr)
        self.assertIn("4 events or stretches of input could not be read", done.stderr)
        strict = self.run_program("search", "-q", "--strict", QUERY, path, code=3)
        self.assertIn(f"{path}:5:16: ", strict.stderr)

    def test_long_events_are_left_out_by_the_bound(self):
        big = {"@timestamp": "2024-05-06T09:00:00Z", "event": {"category": "process"}, "process": {"name": "certutil.exe", "args": "x" * 70000}}
        path = self.write_events("big.ndjson", big, self.usual[0])
        self.assertEqual(len(self.search(QUERY, path)), 2)
        done = self.run_program("search", "--max-event-bytes", 65536, "--count", "-q", QUERY, path)
        self.assertEqual(done.stdout, "1\n")
        self.assertIn(f"{path}:1", done.stderr)

    def test_a_cut_off_archive_gives_what_it_has_and_is_named(self):
        packed = gzip.compress(self.text.encode(), mtime=0)
        path = self.write("cut.ndjson.gz", packed[:len(packed) // 2])
        done = self.run_program("search", "-q", "--count", "any where true", path)
        self.assertGreater(int(done.stdout), 50)
        self.assertIn(str(path), done.stderr)

    def test_missing_files_and_empty_ones(self):
        done = self.run_program("search", QUERY, "no-such-file.ndjson", code=3)
        self.assertIn("no-such-file.ndjson", done.stderr)
        self.assertEqual(self.search(QUERY, self.write("empty.ndjson", "")), [])
        self.assertEqual(self.search(QUERY, stdin=""), [])


if __name__ == "__main__":
    unittest.main()
