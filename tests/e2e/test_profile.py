"""--profile, and what explain says of rules and witnesses."""
import json
import re
import unittest

from program import DEMO, NOW, ProgramTest

RECORDING = DEMO[1]
QUERY = 'process where process.name : "certutil.exe" and not process.args : "-hashfile"'


def without_times(value):
    if isinstance(value, dict):
        return {k: without_times(v) for k, v in value.items() if not k.endswith("_ns")}
    return [without_times(v) for v in value] if isinstance(value, list) else value


def nodes(condition):
    yield condition
    for child in condition.get("children", []):
        yield from nodes(child)


class Profile(ProgramTest):
    def profile(self, *arguments):
        path = self.folder / "profile.json"
        self.run_program(*arguments, f"--profile={path}")
        return json.loads(path.read_text())

    def count(self, query, *arguments):
        return int(self.run_program("search", "--count", "-q", query, *arguments, RECORDING).stdout)

    def events(self, *rows):
        return self.write_events("e.ndjson", *({"@timestamp": f"2024-01-01T00:00:{at:02}Z", "event": {"category": "c"}, **row}
                                               for at, row in rows))

    def test_rows_are_those_that_a_search_finds(self):
        profile = self.profile("search", QUERY, RECORDING)
        query, = profile["queries"]
        stage, = query["stages"]
        self.assertEqual(profile["events"], 428)
        self.assertEqual((query["matches"], stage["rows"], stage["hits"]), (self.count(QUERY),) * 3)
        certutil = self.count('any where process.name : "certutil.exe"')
        self.assertEqual(stage["witness"], {"rows": certutil, "any_of": ['process.name in~ ("certutil.exe")']})
        self.assertEqual(query["asked_on"], certutil)
        rows = {n["predicate"]: (n["rows_in"], n["rows_out"]) for n in nodes(stage["condition"]) if "predicate" in n}
        self.assertEqual(rows, {'event.category == "process"': (428, self.count("process where true")),
                                'process.name in~ ("certutil.exe")': (428, certutil),
                                'process.args in~ ("-hashfile")': (428, self.count('any where process.args : "-hashfile"'))})
        negated, = (n for n in nodes(stage["condition"]) if n["kind"] == "not")
        self.assertEqual((negated["rows_in"], negated["rows_out"]), (428, 428 - rows['process.args in~ ("-hashfile")'][1]))

    def test_lineage_tells_its_sources_and_what_it_took(self):
        path = self.events(*[(at, {"process": {"entity_id": id, "parent": {"entity_id": parent}}})
                             for at, (id, parent) in enumerate(["ax", "ba", "cb", "dx", "ed", "cb"])])
        query = 'any where descendant of [any where process.entity_id == "a"] and process.entity_id != "d"'
        profile = self.profile("search", query, path)["queries"][0]
        lineage = profile["lineage"]
        self.assertEqual((lineage["asked"], lineage["taken"], lineage["evicted"]), (5, 3, 0))
        self.assertEqual((lineage["processes"], lineage["most_processes"]), (3, 3))
        self.assertEqual([(s["rows"], s["hits"]) for s in lineage["sources"]], [(1, 1)])
        self.assertEqual((lineage["parents"]["rows"], lineage["parents"]["hits"]), (6, 6))
        self.assertEqual((profile["stages"][0]["hits"], profile["hits"], profile["matches"]), (5, 12, 3))
        text = self.run_program("search", "-q", "--profile", query, path).stderr
        self.assertIn("  lineage: 3 of 5 hits taken; 3 processes known at the end (", text)
        self.assertIn("  source 1: 1 event fits, 1 hit\n", text)
        self.assertIn("  parents of processes: 6 events fit, 6 hits\n", text)
        child = self.profile("search", 'any where child of [any where process.entity_id == "a"]', path)["queries"][0]["lineage"]
        self.assertNotIn("parents", child)
        self.assertEqual((child["asked"], child["taken"]), (6, 1))

    def test_window_and_index_patterns_say_what_a_rule_sees(self):
        window = ["--since", "2024-05-06T09:10:00Z"]
        inside = self.count("any where true", *window)
        self.assertTrue(0 < inside < 428)
        profile = self.profile("search", "any where true", *window, RECORDING)
        self.assertEqual((profile["queries"][0]["sees"], profile["outside"]), (inside, 428 - inside))
        rules = {q["name"]: q for q in self.profile("detect", *NOW, "--rules", DEMO[0], RECORDING)["queries"]}
        self.assertEqual(rules["Password Guessed over the Network"]["sees"], 17)
        path = self.write_events("i.ndjson", *({"_index": index, "_source": {"@timestamp": 1, "process": {"entity_id": "a"}}}
                                               for index in ("logs-a", "logs-a", "other")))
        rule = self.write("r.ndjson", json.dumps({
            "rule_id": "r", "name": "r", "description": "d", "type": "eql", "language": "eql", "risk_score": 1, "severity": "low",
            "index": ["logs-*"], "query": 'any where process.entity_id == "b" or event of [any where true]'}))
        found = self.profile("detect", *NOW, "--rules", rule, path)["queries"][0]
        self.assertEqual((found["sees"], found["matches"], found["lineage"]["sources"][0]["hits"]), (2, 2, 2))

    def test_a_set_of_rules_shares_predicates_and_time(self):
        profile = self.profile("detect", *NOW, "--rules", *DEMO)
        categories = {n["shared_by"] for q in profile["queries"] for s in q["stages"] for n in nodes(s.get("condition", {}))
                      if n.get("predicate") == 'event.category == "process"'}
        self.assertEqual(categories, {5})
        self.assertEqual(len(profile["queries"]), 6)
        self.assertTrue(all(q["matches"] == 1 and q["time_ns"] > 0 for q in profile["queries"]))
        self.assertEqual(set(profile["phases_ns"]), {"read", "parse", "encode", "judge", "nodes", "hits", "order", "match", "result"})

    def test_workers_are_added_up_and_results_stay_the_same(self):
        path = self.write("many.ndjson", "".join(
            json.dumps({"@timestamp": 1700000000000 + n, "event": {"category": "c"}, "n": n, "m": n % 7, "k": f"key {n % 50}",
                        "filler": "x" * 200}) + "\n" for n in range(40000)))
        query = 'sequence by k [c where m == 3 and n - m > 3] [c where m == 5 or k : "key 1*"] until [c where n % 9 == 0]'
        wanted = self.run_program("search", "-q", "-o", "ndjson", query, path).stdout
        profiles = []
        for options in (["--jobs", 1], ["--jobs", 3], ["--jobs", 2, "--eval", "both"]):
            arguments = ["search", "-q", "-o", "ndjson", query, path, *options]
            profiles.append(without_times(self.profile(*arguments)))
            self.assertEqual(self.run_program(*arguments, "--profile").stdout, wanted)
        del profiles[1]["values_judged"], profiles[2]["values_judged"]  # each worker judges for itself
        del profiles[0]["values_judged"]
        self.assertEqual(profiles[0], profiles[1])
        self.assertEqual(profiles[0], profiles[2])
        self.assertEqual(profiles[0]["queries"][0]["matches"], len(wanted.splitlines()))
        self.assertEqual(profiles[0]["queries"][0]["until"]["rows"], 4445)

    def test_what_became_of_sequences(self):
        ends_too_early = [(0, {"k": 2, "n": 2}), (0, {"k": 3, "n": 2})]
        path = self.events(*ends_too_early, (1, {"k": 1, "n": 1}), (2, {"k": 2, "n": 1}), (3, {"k": 1, "n": 1}), (4, {"k": 1, "n": 2}),
                           (20, {"k": 3, "n": 1}))
        query = "sequence by k with maxspan=10s [c where n == 1] [c where n == 2]"
        sequences = self.profile("search", query, path)["queries"][0]["sequences"]
        self.assertTrue(sequences.pop("open_bytes") > 0 and sequences.pop("most_bytes") > 0)
        self.assertEqual(sequences, {"begun": 4, "completed": 1, "forbidden": 0, "undecided": 0, "expired": 1, "evicted": 0, "open": 1, "most_open": 2})

    def test_what_has_no_counterpart_is_a_hit_that_begins_nothing(self):
        path = self.events((1, {"k": 1, "n": 1}), (2, {"k": 2, "n": 1}), (3, {"k": 2, "n": 2}))
        for query, begun in [("sequence by k [c where n == 1] [c where n == 2]", 1), ("sequence by k [c where n == 1] [c where n == 3]", 0),
                             ("sequence by k with maxspan=1m [c where n == 1] ![c where n == 3] [c where n == 2]", 2)]:
            counted = self.profile("search", query, path)["queries"][0]
            self.assertEqual((counted["stages"][0]["hits"], counted["sequences"]["begun"]), (2, begun), query)

    def test_forbidden_sequences_and_samples(self):
        path = self.events((1, {"n": 1}), (2, {"n": 2}), (3, {"n": 3}), (4, {"n": 1}), (5, {"n": 3}))
        query = "sequence with maxspan=1m [any where n == 1] ![any where n == 2] [any where n == 3]"
        counted = self.profile("search", query, path)["queries"][0]
        self.assertEqual((counted["sequences"]["completed"], counted["sequences"]["forbidden"], counted["matches"]), (2, 1, 1))
        self.assertIn("2 completed, 1 of them forbidden", self.run_program("search", "-q", query, path, "--profile").stderr)
        counted = self.profile("search", "sample by n [any where n == 1] [any where n > 0]", path)["queries"][0]
        self.assertEqual(([s["hits"] for s in counted["stages"]], counted["matches"]), ([2, 5], 1))

    def test_pipes_tell_what_came_and_went(self):
        path = self.events((1, {"n": 1}), (2, {"n": 2}), (3, {"n": 2}), (4, {"n": 3}))
        query = "c where true | filter n > 1 | unique n | sort -n | head 1"
        for options in ([], ["--size", 7]):
            counted = self.profile("search", *options, query, path)["queries"][0]
            self.assertEqual(counted["pipes"], [{"pipe": "filter", "in": 4, "out": 3}, {"pipe": "unique n", "in": 3, "out": 2},
                                                {"pipe": "sort -n", "in": 2, "out": 1}, {"pipe": "head 1", "in": 1, "out": 1}])
        self.assertIn("  pipe 1: 4 in, 3 out: filter\n  pipe 2: 3 in, 2 out: unique n\n",
                      self.run_program("search", "-q", query, path, "--profile").stderr)

    def test_a_stage_without_a_witness_is_told(self):
        path = self.events((1, {"n": 1}), (2, {"n": 2}))
        query = "sequence [c where n == 1] [any where n != 1]"
        text = self.run_program("search", "-q", query, path, "--profile").stderr
        self.assertEqual(re.sub(r" *[0-9.]+ (ns|us|ms|s)\b", " TIME", text[text.index("query:"):]), """\
query: TIME, sees 2 of 2 events, 1 match
  sequences: 1 begun, 1 completed, 0 dropped past maxspan, 0 gave way; 0 open at the end (0 B), at most 1 (SIZE)
  stage 1: 1 event fits, 1 hit
    witness: n == 1, on 1 event
          in         out      time
           2           1 TIME  and
           2           2 TIME    [equal] event.category == "c"
           2           1 TIME    [equal] n == 1
  stage 2: 1 event fits, 1 hit
    no witness: asked on every event
          in         out      time
           2           1 TIME  not
           2           1 TIME    [equal] n == 1
""".replace("SIZE", re.search(r"at most 1 \((.*?)\)", text)[1]))

    def test_the_table_has_the_dearest_rule_first_and_names_those_without_a_witness(self):
        rule = ('[rule]\nname = "{0}"\nrule_id = "{0}"\ntype = "eql"\nlanguage = "eql"\nrisk_score = 1\nseverity = "low"\n'
                'description = "d"\nquery = """{1}"""\n')
        self.write("rules/asks.toml", rule.format("asks", "any where not n == 1"))
        self.write("rules/looks.toml", rule.format("looks", "any where n == 1"))
        path = self.events((1, {"n": 1}), (2, {"n": 2}), (3, {"n": 2}))
        text = self.run_program("detect", "-q", "--rules", self.folder / "rules", path, "--profile").stderr
        rows = dict((m[3], m[1] + " " + m[2]) for m in re.finditer(r"% +3 +(\d) +(\d) +\d +0  (\w+)$", text, re.M))
        self.assertEqual(rows, {"asks": "3 2", "looks": "1 1"})
        times = [float(share) for share in re.findall(r"([0-9.]+) % +3 ", text)]
        self.assertEqual(times, sorted(times, reverse=True))
        self.assertEqual(re.findall("no witness: asked on every event: (.*)", text), ["asks"])

    def test_what_cannot_be_done_is_refused_at_once(self):
        done = self.run_program("search", "any where true", RECORDING, "--profile", "--eval", "row", code=2)
        self.assertIn("--profile needs", done.stderr)
        done = self.run_program("search", "any where true", RECORDING, "--profile=/nowhere/p.json", code=3)
        self.assertIn("/nowhere/p.json", done.stderr)
        self.assertEqual(done.stdout, "")

    def test_a_scan_that_fails_leaves_no_file(self):
        path = self.write("e.ndjson", '{"n": 1}\n{"n": \n')
        for place in (self.folder / "new.json", self.write("old.json", "old")):
            self.run_program("search", "-q", "--strict", "any where true", path, f"--profile={place}", code=3)
        self.assertEqual((self.folder / "old.json").read_text(), "old")
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["e.ndjson", "old.json"])


class Explain(ProgramTest):
    def test_rules_are_explained_with_their_witnesses(self):
        text = self.run_program("explain", "--rules", DEMO[0], "--rule", "Certutil").stdout
        self.assertTrue(text.startswith("Certutil Reaches a Public Address (5f0f4d06-6a5b-4ce8-9b55-2c7c6a1f6b01)\nsequence with"))
        self.assertTrue(text.endswith("""\
  witnesses
    stage 1
      event.category == "process"
      event.type == "start"
      process.name in~ ("certutil.exe")
    stage 2
      event.category == "network"
"""))
        every = self.run_program("explain", "--rules", DEMO[0]).stdout
        self.assertEqual(every.count("  witnesses\n"), 6)
        self.assertIn("\n\nCertutil", "\n\n" + every)

    def test_a_query_tells_what_is_asked_on_every_event(self):
        text = self.run_program("explain", "any where not a == 1 or b == 2").stdout
        self.assertTrue(text.endswith("  witnesses\n    no witness: asked on every event\n"), text)
        text = self.run_program("explain", "any where a == 1 and child of [any where b == 2 and not c == 3]").stdout
        self.assertTrue(text.endswith("  witnesses\n    a == 1\n    source 1\n      b == 2\n"), text)
        text = self.run_program("explain", 'any where a == 1 or b == 2').stdout
        self.assertTrue(text.endswith("  witnesses\n    any of a == 1, b == 2\n"), text)

    def test_a_query_and_rules_do_not_go_together(self):
        self.run_program("explain", "--rules", DEMO[0], "any where true", code=2)
        self.run_program("explain", code=2)


if __name__ == "__main__":
    unittest.main()
