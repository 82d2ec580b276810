"""--why: why an event matched, or did not."""
import gzip
import json
import pathlib
import subprocess
import unittest

from program import DEMO, ROOT, SHRIKE, ProgramTest

RECORDING = DEMO[1]


class Why(ProgramTest):
    def events(self, *events):
        return self.write_events("e.ndjson", *({"_id": id, "_source": {"@timestamp": f"2024-01-01T00:00:{at:02}Z", **event}}
                                               for at, (id, event) in enumerate(events)))

    def why(self, id, *arguments, stdin=None, code=0):
        return self.run_program("search", "-q", "--why", id, *arguments, stdin=stdin, code=code).stdout

    def verdict(self, id, *arguments, stdin=None):
        lines = [line.strip() for line in self.why(id, *arguments, stdin=stdin).splitlines()]
        return next(line for line in lines if line.startswith(("matched", "not matched")))

    def test_each_condition_with_the_values_that_it_saw(self):
        path = self.events(("one", {"event": {"category": "process"}, "process": {"name": "cmd.exe", "args": list("abcdefg")}, "n": 5}))
        query = 'process where (process.name : ("a.exe", "b*") or n > 7 or add(length(file.path), n) > 9) and process.args : "c" and not n == 5'
        self.assertEqual(self.why("one", query, path), f"""\
event one at {path}:1
  no index can be told; @timestamp is 2024-01-01T00:00:00.000Z
  not matched: its condition does not hold
condition: does not fit
    no   and
    yes    event.category == "process"   -- event.category is "process"
    no     or
  > no       process.name in~ ("a.exe")   -- process.name is "cmd.exe"
  > no       process.name like~ ("b*")   -- process.name is "cmd.exe"
  > no       n > 7   -- n is 5
  > no       (length(file.path) + n) > 9   -- file.path is missing, n is 5
    yes    process.args in~ ("c")   -- process.args is "a", "b", "c", "d", "e" and 2 more
    no     not
  > yes      n == 5   -- n is 5
""")
        self.assertEqual(self.verdict("one", "process where n == 5", path), "matched: its condition holds")

    def test_the_story_of_a_sequence(self):
        path = self.events(("a", {"k": "x", "n": 1}), ("b", {"k": "x", "n": 1}), ("c", {"k": "y", "n": 2}), ("d", {"k": "x", "n": 2}),
                           ("e", {"k": "x", "n": 2}), ("f", {"k": "x", "n": 1}), ("g", {"k": "x", "n": 3}), ("h", {"n": 1}))
        query = "sequence by k with maxspan=5s [any where n == 1] [any where n == 2] until [any where n == 3]"
        self.assertEqual(self.why("e", query, path), f"""\
event e at {path}:5
  no index can be told; @timestamp is 2024-01-01T00:00:04.000Z
  not matched: it fits stage 2, but no sequence waited for it
stage 1 by k: does not fit
  > no   n == 1   -- n is 2
stage 2 by k: fits
    yes  n == 2   -- n is 2
until by k: does not fit
  > no   n == 3   -- n is 2
k "x"
  events that fit stage 1: 3, stage 2: 2, until: 1
    2024-01-01T00:00:00.000Z  {path}:1  stage 1: begins a sequence
    2024-01-01T00:00:01.000Z  {path}:2  stage 1: begins a sequence, in place of the one begun at {path}:1
    2024-01-01T00:00:03.000Z  {path}:4  stage 2: completes the sequence begun at {path}:2
  > 2024-01-01T00:00:04.000Z  {path}:5  stage 2: no sequence waits for it
    2024-01-01T00:00:05.000Z  {path}:6  stage 1: begins a sequence
    2024-01-01T00:00:06.000Z  {path}:7  until: ends the sequence begun at {path}:6
""")
        for id, verdict in {"a": f"not matched: its sequence was replaced by a later one, at {path}:2",
                            "b": f"matched: 1 match has it: {path}:2, {path}:4", "d": f"matched: 1 match has it: {path}:2, {path}:4",
                            "c": "not matched: it fits stage 2, but no sequence waited for it",
                            "f": f"not matched: its sequence was ended by until, at {path}:7",
                            "g": "not matched: it fits until, and so ends what waits",
                            "h": "not matched: it fits, but lacks a join key"}.items():
            self.assertEqual(self.verdict(id, query, path), verdict)
        self.assertIn("stage 1 by k: fits, but k is missing, by which it would be joined", self.why("h", query, path))
        self.assertEqual(self.verdict("b", query, path, "--size", 0), "not matched: it is part of a match that size cut off")
        for pipes, told in ((" | head 0", "size or a pipe cut off"), (" | tail 0", "a pipe took away: tail 0"),
                            (" | unique ?nothing | filter false", "a pipe took away: filter"),
                            (" | tail 1 | count ?nothing", "was counted: count nothing")):
            self.assertEqual(self.verdict("b", query + pipes, path), f"not matched: it is part of a match that {told}")
        late = query.replace("maxspan=5s", "maxspan=1s")
        self.assertEqual(self.verdict("b", late, path), f"not matched: its sequence came to its next stage after maxspan, at {path}:4")
        self.assertEqual(self.verdict("d", late, path),
                         f"not matched: it fits stage 2, but came after maxspan for the sequence begun at {path}:2 (1s)")

    def test_computed_keys(self):
        path = self.events(("a", {"k": "xa", "n": 1}), ("b", {"k": "xb", "n": 2}), ("c", {"n": 1}))
        query = "sequence by substring(k, 0, 1) [any where n == 1] by n + 1 [any where n == 2] by n"
        text = self.why("b", query, path)
        self.assertIn("  matched: 1 match has it: ", text)
        self.assertIn("stage 1 by substring(k, 0, 1), n + 1: does not fit\n", text)
        self.assertIn('\nsubstring(k, 0, 1) "x", n + 1 2\n  events that fit stage 1: 1, stage 2: 1\n', text)
        self.assertIn("fits, but substring(k, 0, 1) is missing, by which it would be joined", self.why("c", query, path))
        self.assertEqual(self.search(query, path)[0]["join_keys"], ["x", 2])
        self.assertIn(" by x, 2", self.run_program("search", "-q", query, path, "--output", "table").stdout)

    def test_the_manual_shows_what_is_told(self):
        text = (ROOT / "docs/rules.md").read_text()
        command, told = text[text.index("$ shrike search"):].split("```")[0].split("\nevent ")
        command = command.replace("$ shrike", SHRIKE, 1)
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True, cwd=ROOT,
                              env=self.environment)
        self.assertEqual(done.stdout, "event " + told)

    def test_events_that_must_be_missing(self):
        path = self.events(*[(id, {"k": 1, "n": n}) for id, n in zip("abcdef", (1, 2, 3, 1, 3, 2))])
        query = "sequence by k with maxspan=1m [any where n == 1] ![any where n == 2] [any where n == 3]"
        text = self.why("a", query, path)
        self.assertIn("  not matched: its sequence is complete, but an event that must be missing was there\n", text)
        self.assertIn(f"    2024-01-01T00:00:01.000Z  {path}:2  stage 2: there is an event that must be missing\n", text)
        self.assertIn("stage 2, missing by k: does not fit\n", text)
        self.assertEqual(self.verdict("b", query, path), "not matched: it fits stage 2, and so forbids what it must be missing from")
        self.assertEqual(self.verdict("d", query, path), f"matched: 1 match has it: {path}:4, {path}:5")
        self.assertIn("begins a sequence", text)
        behind = query.replace("![any where n == 2] [any where n == 3]", "[any where n == 3] ![any where n == 2]")
        self.assertEqual(self.verdict("e", behind, path),
                         "not matched: its sequence is complete, but an event that must be missing was there")

    def test_events_that_must_be_missing_and_may_still_come(self):
        path = self.events(*[(id, {"k": 1, "n": n}) for id, n in zip("abc", (1, 2, 3))])
        query = "sequence by k with maxspan=9s [any where n == 1] [any where n == 2] ![any where n == 4]"
        self.assertEqual(self.verdict("a", query, path), f"matched: 1 match has it: {path}:1, {path}:2")
        told = self.run_program("search", "--missing-at-end", "wait", "--why", "a", query, path).stdout
        self.assertIn("not matched: its sequence is complete, but waits: when the input ends, the time in which an event must be "
                      "missing behind it has not passed\n", told)

    def test_all_that_an_event_continues(self):
        path = self.events(*[(id, {"k": 1, "n": n}) for id, n in zip("abcd", (1, 1, 2, 3))])
        query = "sequence by k with matches=starts [any where n == 1] [any where n == 2] [any where n == 3]"
        self.assertEqual(self.verdict("a", query, path), f"matched: 1 match has it: {path}:1, {path}:3, {path}:4")
        self.assertIn(f"stage 2: continues the sequence begun at {path}:1 and 1 more\n", self.why("a", query, path))

    def test_lineage(self):
        path = self.events(*[(id, {"event": {"category": "process"}, "process": {"name": name, "entity_id": id, "parent": {"entity_id": parent}}})
                             for id, name, parent in (("w", "word", "e"), ("p", "sh", "w"), ("c", "cmd", "p"), ("x", "cmd", "e"))],
                           ("n", {"process": {"name": "cmd"}}), ("late", {"process": {"entity_id": "x", "name": "word"}}))
        query = 'any where process.name == "cmd" and descendant of [any where process.name == "word"]'
        self.assertEqual(self.why("x", query, path), f"""\
event x at {path}:4
  no index can be told; @timestamp is 2024-01-01T00:00:03.000Z
  not matched: it would fit, but for the lineage of its process
condition: does not fit, by its lineage
    no   and
    yes    process.name == "cmd"   -- process.name is "cmd"
  > no     descendant of source 1   -- process.entity_id is "x", process.parent.entity_id is "e"
source 1: 1 event fitted by then
""")
        self.assertEqual(self.verdict("c", query, path), "matched: its condition holds")
        self.assertIn('    yes    descendant of source 1   -- process.entity_id is "c"', self.why("c", query, path))
        self.assertIn("descendant of source 1   -- process.entity_id is missing, process.parent.entity_id is missing",
                      self.why("n", query, path))
        self.assertEqual(self.verdict("p", query, path), "not matched: its condition does not hold")
        self.assertIn("    yes    descendant of source 1   --", self.why("p", query, path))
        self.assertIn("source 1: 2 events fitted by then\n", self.why("late", query, path))
        within = 'any where child of [any where event of [any where process.name == "word"] and process.name != "sh"]'
        self.assertIn("source 1: 1 event fitted by then\nsource 2: 1 event fitted by then\n", self.why("p", within, path))
        sequence = query.replace("any where", 'sequence [any where process.name == "sh"] [any where', 1) + "]"
        self.assertEqual(self.verdict("c", sequence, path), f"matched: 1 match has it: {path}:2, {path}:3")
        text = self.why("x", sequence, path)
        self.assertIn("  not matched: it would fit, but for the lineage of its process\n", text)
        self.assertIn("stage 2: does not fit, by its lineage\n", text)

    def test_samples(self):
        path = self.events(("a", {"k": 1, "n": 1}), ("b", {"k": 1, "n": 2}), ("c", {"k": 2, "n": 1}), ("d", {"k": 1, "n": 1}))
        query = "sample by k [any where n == 1] [any where n == 2]"
        self.assertEqual(self.verdict("a", query, path), f"matched: 1 match has it: {path}:1, {path}:2")
        text = self.why("c", query, path)
        self.assertIn("  not matched: it fits, but no event with its keys fits stage 2\n", text)
        self.assertTrue(text.endswith("k 2\n  events that fit stage 1: 1, stage 2: 0\n"))
        self.assertEqual(self.verdict("d", query, path), "not matched: it fits, but samples with its keys are made of other events, "
                         "which come first, or too few differ")
        self.assertEqual(self.verdict("d", query, path, "--max-samples-per-key", 9), f"matched: 1 match has it: {path}:4, {path}:2")

    def test_index_patterns_and_window(self):
        path = self.events(("a", {"event": {"category": "process"}, "_index": "other"}))
        rule = self.write("r.toml", '[rule]\nname = "The rule"\nrule_id = "r"\ntype = "eql"\nlanguage = "eql"\nrisk_score = 1\n'
                          'severity = "low"\ndescription = "d"\nindex = ["logs-*"]\nquery = "process where true"\n')
        named = self.write_events("i.ndjson", {"_id": "a", "_index": "other", "_source": json.loads(path.read_text())["_source"]})
        text = self.run_program("detect", "-q", "--rules", rule, "--why", "a", named).stdout
        self.assertTrue(text.startswith(f"rule The rule\nevent a at {named}:1\n  index other; "))
        self.assertIn("  not matched: the rule's index patterns do not let it pass\n", text)
        self.assertIn('  > no     _index matches ("logs-*")   -- _index is "other"\n', text)
        self.assertEqual(self.verdict("a", "process where true", path, "--since", "2024-02-01"),
                         "not matched: it is outside of --since and --until")
        timeless = self.write_events("t.ndjson", {"_id": "t", "_source": {"event": {"category": "process"}}})
        self.assertEqual(self.verdict("t", "process where true", timeless), "not matched: it fits, but has no time to order it by")

    def test_the_same_whatever_way_events_are_read(self):
        query = 'sequence by process.entity_id [process where process.name : "certutil.exe"] [network where true]'
        id = self.search(query, RECORDING)[0]["events"][1]["_id"]
        wanted = self.why(id, query, RECORDING)
        self.assertIn("  matched: 1 match has it: ", wanted)
        for options in (["--eval", "row"], ["--eval", "both"], ["--jobs", 1], ["--jobs", 3]):
            self.assertEqual(self.why(id, query, RECORDING, *options), wanted)
        data = pathlib.Path(RECORDING).read_bytes()
        packed = self.write("r.ndjson.gz", gzip.compress(data))
        self.assertEqual(self.why(id, query, packed), wanted.replace(RECORDING, str(packed)))
        done = self.run_program("search", "-q", "--why", id, query, stdin=data)
        self.assertEqual(done.stdout.decode(), wanted.replace(RECORDING, "-"))

    def test_matched_are_those_in_the_results(self):
        query = 'sequence by process.entity_id with maxspan=1m [process where process.name : "certutil.exe"] [network where true]'
        results = {e["_id"] for r in self.search(query, RECORDING) for e in r["events"]}
        every = [r["_id"] for r in self.search('any where process.name : "certutil.exe"', RECORDING)]
        self.assertTrue(4 < len(results) < len(every))
        for id in every[:30]:
            self.assertEqual(self.verdict(id, query, RECORDING).startswith("matched"), id in results)

    def test_as_json(self):
        path = self.events(("a", {"k": "x", "n": 1}), ("b", {"k": "x", "n": 1, "tag": ["p", 5, True]}), ("c", {"k": "x", "n": 2}),
                           ("d", {"k": "x", "n": 3}))
        query = 'sequence by k with maxspan=5s [any where n == 1 and not tag == "p"] [any where n == 2] until [any where n == 3]'
        told = json.loads(self.why("b", query, path, "-o", "ndjson"))
        place = {"input": str(path), "line": 2}
        self.assertEqual(told, {
            "_id": "b", "_index": "", "index_given": False, **place, "matched": False, "verdict": "fits_not",
            "because": "it fits none of the 2 stages",
            "stages": [
                {"fits": False, "by": ["k"], "condition": {"kind": "and", "holds": False, "children": [
                    {"kind": "predicate", "holds": True, "predicate": "n == 1", "values": {"n": [1]}},
                    {"kind": "not", "holds": False, "children": [
                        {"kind": "predicate", "holds": True, "predicate": 'tag == "p"', "values": {"tag": ["p", 5, True]}}]}]}},
                {"fits": False, "by": ["k"], "condition": {
                    "kind": "predicate", "holds": False, "predicate": "n == 2", "values": {"n": [1]}}}],
            "until": {"fits": False, "by": ["k"], "condition": {
                "kind": "predicate", "holds": False, "predicate": "n == 3", "values": {"n": [1]}}},
            "keys": [], "keys_left_out": 0, "matches": 0})
        told = json.loads(self.why("c", query.replace("tag", "q"), path, "-o", "ndjson"))
        self.assertEqual((told["matched"], told["verdict"], told["matches"], told["time"]), (True, "matched", 1, "2024-01-01T00:00:02.000Z"))
        self.assertEqual(told["first_match"], [place, {"input": str(path), "line": 3}])
        key, = told["keys"]
        self.assertEqual((key["join_keys"], key["events_by_stage"], key["until_events"]), (["x"], [2, 1], 1))
        self.assertEqual([(s["does"], s.get("stage"), s["line"], s["own"]) for s in key["steps"]],
                         [("begins", 1, 1, False), ("begins", 1, 2, False), ("completes", 2, 3, True), ("until", None, 4, False)])
        self.assertEqual(key["steps"][1]["replaces"], {"input": str(path), "line": 1})
        self.assertEqual((key["steps"][2]["begun"], key["steps"][2]["more"]), (place, 0))

    def test_as_json_of_a_rule(self):
        text = self.run_program("detect", "-q", "--rules", DEMO[0], "--rule", "Certutil Reaches", DEMO[1], "-o", "json", "--why",
                                "83863c0e8894c0ecdc9d4b63cf68b920").stdout
        told, = json.loads(text)
        self.assertEqual((told["rule"], told["matched"]), ("Certutil Reaches a Public Address", True))
        done = self.run_program("detect", "--rules", DEMO[0], "--rule", "Certutil Reaches", DEMO[1], "-o", "csv", "--why", "x", code=2)
        self.assertIn("--why has no csv form", done.stderr)
        path = self.events(*[("same", {"n": n}) for n in range(7)])
        done = self.run_program("search", "-q", "-o", "ndjson", "--why", "same", "any where n == 2", path)
        self.assertEqual([json.loads(line)["matched"] for line in done.stdout.splitlines()], [False, False, True, False, False])
        self.assertEqual(done.stderr, "2 more events have this _id\n")

    def test_events_of_the_same_id_are_all_told(self):
        path = self.events(*[("same", {"n": n}) for n in range(7)])
        text = self.why("same", "any where n == 2", path)
        self.assertEqual([line.split(":")[0].strip() for line in text.splitlines() if "matched:" in line],
                         ["not matched", "not matched", "matched", "not matched", "not matched"])
        self.assertTrue(text.endswith("  2 more events have this _id\n"))

    def test_what_an_event_says_is_safe_to_show(self):
        path = self.events(("\x1b[31m", {"process": {"name": "\x1b[2J\u202e"}, "k\x1b": 1}))
        text = self.why("\x1b[31m", 'any where process.name : "x" or `k\x1b` == 2', path)
        self.assertNotIn("\x1b", text)
        self.assertNotIn("\u202e", text)

    def test_what_cannot_be_told(self):
        done = self.run_program("search", "-q", "any where true", RECORDING, "--why", "nobody", code=3)
        self.assertEqual((done.stdout, done.stderr), ("", "shrike search: none of 428 events has the _id nobody\n"))
        done = self.run_program("detect", "--rules", *DEMO, "--why", "x", code=2)
        self.assertIn("--why asks about one rule, and 6 are chosen", done.stderr)
        self.run_program("search", "any where true", RECORDING, "--why", "x", "--profile", code=2)
        broken = self.write("b.ndjson", '{"_id": "a", "_source": {"n": 1}}\n{"n": \n')
        done = self.run_program("search", "-q", "any where n == 1", broken, "--why", "a")
        self.assertIn("1 events or stretches of input could not be read", done.stderr)


if __name__ == "__main__":
    unittest.main()
