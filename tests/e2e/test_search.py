"""The verbs search and explain."""
import gzip
import json
import unittest

from program import DEMO, ProgramTest

RECORDING = DEMO[1]
SEQUENCE = "sequence by process.entity_id [process where event.type == \"start\"] [network where true]"


class Search(ProgramTest):
    def ids(self, *arguments):
        return [r["_source"]["n"] for r in self.search(*arguments)]

    def numbers(self, count=9):
        return self.write_events("n.ndjson", *({"@timestamp": f"2024-01-01T00:00:{n:02}Z", "event": {"category": "c"},
                                                "n": n, "k": n % 2} for n in range(count)))

    def test_size_and_result_position(self):
        path = self.numbers()
        self.assertEqual(self.ids("c where true", path), list(range(9)))
        self.assertEqual(self.ids("--size", 3, "c where true", path), [6, 7, 8])
        self.assertEqual(self.ids("--size", 3, "--result-position", "head", "c where true", path), [0, 1, 2])
        self.assertEqual(self.ids("--size", 0, "c where true", path), [])
        self.assertEqual(self.ids("c where n > 2 | tail 3 | head 2", path), [6, 7])
        self.assertEqual(self.ids("--size", 2, "c where true | head 5", path), [0, 1])

    def test_pipes_count(self):
        path = self.write_events("p.ndjson", *({"@timestamp": n, "event": {"category": "c"}, "n": n, "name": name, **more}
                                               for n, (name, more) in enumerate([
                                                   ("a", {"tags": ["y", "x"]}), ("b", {}), ("a", {"tags": ["x", "y"]}), ("c\x1b[2J", {})])))
        counts = [{"count": 1, "percent": 0.25, "keys": ["b", None]}, {"count": 1, "percent": 0.25, "keys": ["c\x1b[2J", None]},
                  {"count": 2, "percent": 0.5, "keys": ["a", ["x", "y"]]}]
        for mode in ("vector", "row", "both"):
            for jobs in (1, 3):
                options = ["--eval", mode, "--jobs", jobs]
                self.assertEqual(self.search(*options, "c where true | count name, tags", path), counts)
                self.assertEqual(self.search(*options, "c where true | count", path), [{"count": 4}])
                self.assertEqual(self.search(*options, "--size", 1, "c where true | count name | sort -count", path),
                                 [{"count": 2, "percent": 0.5, "keys": ["a"]}])
                found = self.search(*options, "--fields", "n", "c where true | unique_count name", path)
                self.assertEqual([(r["_source"]["n"], r["fields"]["n"], r["count"], r["percent"]) for r in found],
                                 [(1, [1], 1, 0.25), (3, [3], 1, 0.25), (0, [0], 2, 0.5)])
                pair, = self.search(*options, "sequence by name [c where n < 2] [c where true] | unique_count name", path)
                self.assertEqual((pair["join_keys"], pair["count"], pair["percent"]), (["a"], 1, 1))
                self.assertEqual(self.ids(*options, "c where true | unique name | sort -n", path), [3, 1, 0])
        done = self.run_program("search", "-q", "c where true | count name, tags", path)
        self.assertEqual(done.stdout, """\
         1  25.0% b                          null
         1  25.0% c?[2J                       null
         2  50.0% a                          x, y
""")
        self.assertEqual(self.run_program("search", "-q", "c where true | count", path).stdout, "         4\n")
        done = self.run_program("search", "-q", "--fields", "n", "c where true | unique_count name | filter count > 1", path)
        self.assertEqual(done.stdout, "     count share  @timestamp               n\n         2  50.0% 1970-01-01T00:00:00.000Z 0\n")
        self.assertEqual(self.run_program("search", "-q", "--count", "c where true | count name", path).stdout, "3\n")

    def test_pipes_read_compressed_events_again(self):
        path = self.numbers()
        (self.folder / "n.gz").write_bytes(gzip.compress((self.folder / "n.ndjson").read_bytes()))
        for source in (path, "n.gz"):
            for mode in ("vector", "row", "both"):
                found = self.search("--eval", mode, "sequence [c where true] [c where true] | filter events[1].n > 6", source)
                self.assertEqual([[e["_source"]["n"] for e in r["events"]] for r in found], [[6, 7], [7, 8]])

    def test_pipes_ask_several_events_of_a_large_match(self):
        path = self.write_events("large.ndjson", *({"@timestamp": n, "k": f"value {n // 3 % 2} {n % 3}", "n": n, "x": "x" * 900_000}
                                                   for n in range(9)))
        terms = ", ".join(f"events[{n}].k" for n in range(3))
        query = f"sequence {' '.join(f'[any where n % 3 == {n}]' for n in range(3))} | "
        for mode in ("vector", "both"):
            found = self.search("--eval", mode, query + f"count {terms}", path)
            self.assertEqual([(r["count"], r["keys"]) for r in found], [(1, [f"value 1 {n}" for n in range(3)]),
                                                                       (2, [f"value 0 {n}" for n in range(3)])])
            found = self.search("--eval", mode, "--count", query + 'filter events[0].k == "value 0 0" and events[1].k == "value 0 1" and '
                                'events[0].k == "value 0 0" and concat(events[1].k, events[2].k) == "value 0 1value 0 2"', path)
            self.assertEqual(found, [2])

    def test_sequences_have_their_join_keys(self):
        found = self.search("sequence by k [c where n < 4] [c where n >= 4]", self.numbers())
        self.assertEqual([(r["join_keys"], [e["_source"]["n"] for e in r["events"]]) for r in found],
                         [([0], [2, 4]), ([1], [3, 5])])

    def test_missing_events_leave_their_places(self):
        query = "sequence by k with maxspan=1m ![c where n == 0] [c where n < 4] ![c where n == 99]"
        found = self.search("--fields", "n", query, self.numbers(4))
        missing = {"_index": "", "_id": "", "_source": {}, "missing": True}
        self.assertEqual([r["join_keys"] for r in found], [[0], [1], [0], [1]])
        self.assertEqual([r["events"][0] for r in found], [missing] * 4)
        self.assertEqual([r["events"][2] for r in found], [missing] * 4)
        self.assertEqual([r["events"][1]["_source"]["n"] for r in found], [0, 1, 2, 3])
        self.assertEqual([r["events"][1]["fields"] for r in found], [{"n": [n]} for n in range(4)])
        text = self.run_program("search", query, self.numbers(4)).stdout
        self.assertEqual(text.count("(missing)\n"), 8)
        self.assertEqual(text.count("1 event by "), 4)

    def test_a_missing_event_may_be_waited_for(self):
        times = {0: "a", 5: "b", 8: "c"}
        path = self.write_events("w.ndjson", *({"@timestamp": f"2024-01-01T00:00:0{n}Z", "event": {"category": c}, "n": n}
                                               for n, c in times.items()))
        query = "sequence with maxspan=6s [any where n < 8] ![d where true]"
        both = [[0, None], [5, None]]
        for arguments, wanted in ((("report",), both), (("wait",), both[:1]), (("wait", "--until", "2024-01-01T00:00:06Z"), []),
                                  (("wait", "--jobs", 3), both[:1]), (("wait", "--eval", "row"), both[:1])):
            done = self.run_program("search", "--eval", "both", "-o", "ndjson", "--missing-at-end", *arguments, query, path)
            found = [[e["_source"].get("n") for e in json.loads(line)["events"]] for line in done.stdout.splitlines()]
            self.assertEqual(found, wanted)
            waiting = len(both) - len(wanted)
            told = f"shrike search: {waiting} sequences wait: what must be missing behind them may still come\n"
            self.assertEqual(told in done.stderr, waiting > 0)
        self.assertEqual(self.run_program("search", "-q", "--count", "--missing-at-end", "wait", query + " | head 1", path).stderr, "")
        done = self.run_program("search", "--dialect", "elasticsearch", "--missing-at-end", "wait", query, path, code=2)
        self.assertIn("--missing-at-end wait is not Elasticsearch's way", done.stderr)

    def test_samples_per_key(self):
        path = self.numbers(9)
        query = "sample by k [c where n < 6] [c where n > 2]"
        rows = lambda *options: [[e["_source"]["n"] for e in r["events"]]
                                 for r in self.search(*options, query, path)]
        self.assertEqual(rows(), [[0, 4], [1, 3]])
        self.assertEqual(rows("--max-samples-per-key", 2), [[0, 4], [0, 6], [1, 3], [1, 5]])
        self.assertEqual(rows("--max-samples-per-key", 2, "--size", 3), [[0, 4], [0, 6], [1, 3]])
        self.assertEqual(rows("--eval", "both", "--jobs", 3), rows("--eval", "row"))
        self.assertEqual(rows("--since", "2024-01-01T00:00:04Z"), [[4, 6], [5, 7]])
        done = self.run_program("search", "--max-samples-per-key", 0, query, path, code=2)
        self.assertIn("--max-samples-per-key", done.stderr)

    def test_samples_need_no_time_and_show_dates_as_milliseconds(self):
        path = self.write_events("t.ndjson", {"c": 1, "process": {"start": "2024-01-01T00:00:00.001Z"}},
                                 {"c": 2, "process": {"start": "2024-01-01T00:00:00.001Z"}})
        done = self.run_program("search", "-o", "ndjson", "sample by process.start [any where c == 1] [any where c == 2]", path)
        self.assertEqual(json.loads(done.stdout)["join_keys"], [1704067200001])
        self.assertNotIn("no usable time", done.stderr)

    def test_fields_count_and_ids(self):
        path = self.numbers(2)
        first, second = self.search("--fields", "n,k", "c where true", path)
        self.assertEqual(first["fields"], {"n": [0], "k": [0]})
        self.assertNotEqual(first["_id"], second["_id"])
        self.assertEqual(self.run_program("search", "--count", "-q", "c where true", path).stdout, "2\n")

    def test_fields_of_other_names(self):
        path = self.write_events("o.ndjson", {"when": 2, "what": "x", "tb": 2, "n": 1}, {"when": 2, "what": "x", "tb": 1, "n": 2},
                                 {"when": 1, "what": "y", "n": 3})
        options = ["--timestamp-field", "when", "--event-category-field", "what"]
        self.assertEqual(self.ids(*options, "any where true", path), [3, 1, 2])
        self.assertEqual(self.ids(*options, "--tiebreaker-field", "tb", "x where true", path), [2, 1])

    def mapping(self, properties, **more):
        always = {"@timestamp": {"type": "date"}, "event": {"properties": {"category": {"type": "keyword"}}}}
        return self.write("mapping.json", json.dumps({"mappings": {**more, "properties": {**always, **properties}}}))

    def reason(self, *arguments):
        """What Elasticsearch would say, and the kind of the error."""
        done = self.run_program("search", "--quiet", "--output", "ndjson", *arguments, code=2)
        self.assertEqual(done.stdout, "")
        body = json.loads(done.stderr)
        cause, = body["error"].pop("root_cause")
        self.assertEqual((cause, body["status"] >= 400), (body["error"], True))
        return cause["type"].removesuffix("_exception"), cause["reason"]

    def test_a_mapping_makes_unknown_fields_an_error(self):
        mapping = self.mapping({"name": {"type": "keyword"}, "k": {"type": "long"}}, dynamic="strict")
        path = self.numbers()
        self.assertEqual(self.ids("--mapping", mapping, "c where k == 1", path), [1, 3, 5, 7])
        done = self.run_program("search", "--mapping", mapping, "c where nam == \"x\" or n == 1", path, code=2)
        self.assertIn("Unknown column [nam], did you mean", done.stderr)
        self.assertIn("query:1:9: error: ", done.stderr)
        self.assertIn("query:1:23: error: ", done.stderr)
        self.assertEqual(self.ids("--mapping", mapping, "c where ?n == null", path), list(range(9)))

    def test_a_mapping_grows_with_the_events(self):
        mapping = self.mapping({"name": {"type": "keyword"}, "o": {"dynamic": False, "properties": {}}})
        path = self.write_events("g.ndjson", *({"@timestamp": second, "event": {"category": "c"}, "n": second, **more}
                                               for second, more in enumerate([{}, {"colour": "red"}, {"deep": [{"er": 1}]},
                                                                              {"o": {"x": 1}, "void": None, "empty": []}])))
        for mode in ("vector", "row", "both"):
            for jobs in (1, 3):
                options = ["--eval", mode, "--jobs", jobs, "--mapping", mapping]
                self.assertEqual(self.ids(*options, "c where colour == \"red\" or deep.er == 1", path), [1, 2])
                self.assertEqual(self.ids(*options, "c where ?colour != null", path), [1])
                self.assertEqual(self.reason(*options, "c where color == 1 or colour == 1 or color == 2", path), (
                    "verification", "Found 2 problems\nline 1:9: Unknown column [color], did you mean [colour]?\n"
                                    "line 1:38: Unknown column [color], did you mean [colour]?"))
                self.assertEqual(self.reason(*options, "any where nme == 1", path), (
                    "verification", "Found 1 problem\nline 1:11: Unknown column [nme], did you mean [name]?"))
        for name in ("void", "empty", "zzz"):  # to have nothing in it is not to have it
            self.assertEqual(self.reason("--mapping", mapping, f"any where {name} == null", path),
                             ("verification", f"Found 1 problem\nline 1:11: Unknown column [{name}]"))
        self.assertEqual(self.reason("--mapping", mapping, "any where deep == null", path)[1],
                         "Found 1 problem\nline 1:11: Cannot use field [deep] type [object] only its subfields")
        self.assertIn("Unknown column [o.x]", self.reason("--mapping", mapping, "any where o.x == 1", path)[1])
        # Fields that every query reads; and events outside of the time that is asked for have fields too.
        self.assertIn("Unknown column [kind]",
                      self.reason("--mapping", mapping, "--event-category-field", "kind", "c where true", path)[1])
        self.assertEqual(self.ids("--mapping", mapping, "--since", "1970-01-01T00:00:00.002Z", "c where colour == null", path),
                         [2, 3])

    def test_no_result_comes_before_an_error(self):
        path = self.numbers()
        for form in ("table", "ndjson"):
            done = self.run_program("search", "--output", form, "--mapping", self.mapping({"n": {"type": "long"}}),
                                    "c where n >= 0 or nothing == 1", path, code=2)
            self.assertEqual(done.stdout, "")
            self.assertIn("Unknown column [nothing]", done.stderr)

    def test_types_that_are_not_known_are_told(self):
        mapping = self.mapping({"n": {"type": "[plugin]"}, "k": {"type": "text", "fields": {"raw": {"type": "[plugin]"}}}})
        done = self.run_program("search", "--count", "--mapping", mapping, "c where n == 4 and k == \"0\"", self.numbers())
        self.assertEqual(done.stdout, "1\n")
        self.assertIn("2 fields of a type that is not known, as [[plugin]]", done.stderr)
        done = self.run_program("search", "-q", "--count", "--mapping", mapping, "c where n == 4", self.numbers())
        self.assertEqual(done.stderr, "")

    def test_fields_that_nothing_has_are_warned_of(self):
        path = self.write_events("f.ndjson", {"@timestamp": 1, "event": {"category": "c"}, "process": {"own": {"colour": 1}}})
        query = "c where process.own.color == 1 or process.own.color == 2 or process.name == null or ?what == 1 or processs.nam == 1"
        done = self.run_program("search", "--count", query, path)
        self.assertEqual(done.stdout, "1\n")
        self.assertIn("query:1:9: warning: no event has the field [process.own.color], did you mean [process.own.colour]?",
                      done.stderr)
        self.assertIn("no event has the field [processs.nam], did you mean [process.name]?", done.stderr)
        self.assertEqual(done.stderr.count("warning: "), 2)
        self.assertEqual(self.run_program("search", "--quiet", query, path).stderr, "")
        self.assertNotIn("warning", self.run_program("search", "c where process.own.colour == 1", path).stderr)

    def test_a_join_key_that_nothing_has_is_null(self):
        path = self.numbers(3)
        for options in ([], ["--mapping", self.mapping({"n": {"type": "long"}})],
                        ["--mapping", self.mapping({"n": {"type": "long"}}, dynamic=False)]):
            found = self.search(*options, "sequence by ?x [c where n == 0] [c where n == 2]", path)
            self.assertEqual([r["join_keys"] for r in found], [[None]])
            self.assertEqual(self.search(*options, "sequence by ?x, n [any where true] [any where true]", path), [])

    def test_errors_are_what_elasticsearch_says(self):
        mapping = self.mapping({"a": {"type": "long"}, "b": {"type": "long"}, "t": {"type": "text"}}, dynamic=False)
        cases = {
            "c were true": ("parsing", "line 1:3: missing 'where' at 'were'"),
            "c where a == 'x'": ("parsing", "line 1:15: Use double quotes [\"] to define string literals, not single quotes [']"),
            "c where x == 1\n  or y == 1": ("verification", "Found 2 problems\nline 1:9: Unknown column [x]\n"
                                                           "line 2:6: Unknown column [y]"),
            # What its parser refuses comes alone.
            "c where x == 1 | sort a": ("parsing", "line 1:19: Pipe [sort] is not supported"),
            "c where a[0] == 1 and x == 1": ("parsing", "line 1:11: Array indexes are not supported"),
            "c where child of [c where true]": ("parsing", "line 1:10: Process relationships are not supported"),
            "c where length() == 1 or x == 1": ("parsing", "line 1:10: error building [length]: expects exactly one argument"),
            "c where arrayContains(a, 1)": ("verification", "Found 1 problem\nline 1:9: Unknown function [arrayContains], did "
                                           "you mean [stringcontains]?"),
            # Two fields are met last.
            "c where a == b": ("ql_illegal_argument", "Line 1:14: Comparisons against fields are not (currently) supported; "
                                                      "offender [b] in [==]"),
            "c where a in (b, 1)": ("verification", "Found 1 problem\nline 1:9: Comparisons against fields are not (currently) "
                                                    "supported; offender [b] in [a in (b, 1)]"),
            "c where a == b or t == 1": ("verification", "Found 1 problem\nline 1:19: [t == 1] cannot operate on first argument "
                                         "field of data type [text]: No keyword/multi-field defined exact matches for [t]; "
                                         "define one or use MATCH/QUERY instead"),
        }
        for query, wanted in cases.items():
            found = self.reason("--dialect", "elasticsearch", "--mapping", mapping, query, RECORDING)
            self.assertEqual(found, wanted, query)

    def test_dialects(self):
        path = self.numbers(2)
        for dialect in ("elasticsearch", "extended"):
            self.assertEqual(self.ids("--dialect", dialect, "c where n == 1", path), [1])
            self.run_program("explain", "--dialect", dialect, "c where n == 1")
        self.run_program("search", "--dialect", "endgame", "c where n == 1", path, code=2)

    def test_lineage_over_many_new_values(self):
        # What a stage asks for in one case only, is judged, too.
        path = self.write_events("many.ndjson", *({"@timestamp": n, "n": n, "s": f"value {n}", "t": f"text {n * 7}", "process": {
            "entity_id": f"p{n}", "parent": {"entity_id": f"p{n // 50}"}}} for n in range(2_000)))
        query = 'any where s : "*9" and t : "*1*" or child of [any where s : "*7" or event of [any where t == "text 70"]]'
        wanted = [n for n in range(2_000) if (n % 10 == 9 and "1" in str(n * 7)) or n // 50 % 10 == 7 or n // 50 == 10]
        for options in (["--eval", "vector"], ["--eval", "both"], ["--jobs", 3]):
            self.assertEqual(self.ids(*options, query, path), wanted)

    def test_explain_tells_what_events_must_confirm(self):
        done = self.run_program("explain", "--mapping", self.mapping({"n": {"type": "long"}}), "c where n == 1 or x == 1 or x == 2")
        self.assertEqual(done.stderr.count("note: the mapping lacks the field [x]"), 1)
        self.assertEqual(self.run_program("explain", "c where x == 1").stderr, "")

    def test_any_field_may_be_the_time(self):
        path = self.write_events("t.ndjson", {"when": "2024-01-01T00:00:00Z", "n": 1}, {"when": "2023-01-01", "n": 2},
                                 {"when": 1717200000000, "n": 3}, {"n": 4})
        for mode in ("vector", "both"):
            self.assertEqual(self.ids("--eval", mode, "--timestamp-field", "when", "--since", "2023-06-01", "any where n > 0", path),
                             [1, 3])

    def test_errors_show_the_place(self):
        done = self.run_program("search", "process were true", RECORDING, code=2)
        self.assertIn("query:1:9: error: ", done.stderr)
        self.assertIn("process were true\n", done.stderr)
        self.assertIn("        ^", done.stderr)
        done = self.run_program("search", "join by host.name [any where true] [any where true]", RECORDING, code=2)
        self.assertIn("join is not supported", done.stderr)
        self.assertIn("query:1:1: error: ", done.stderr)

    def test_a_query_may_stand_in_a_file(self):
        query = self.write("q.eql", SEQUENCE)
        self.assertEqual(self.search(f"@{query}", RECORDING), self.search(SEQUENCE, RECORDING))

    def test_the_table_is_for_people(self):
        text = self.run_program("search", SEQUENCE, RECORDING).stdout
        self.assertIn("2 events by ", text)
        self.assertIn("certutil.exe", text)
        hostile = self.write_events("h.ndjson", {"@timestamp": "2024-01-01T00:00:00Z", "user": {"name": "\x1b[31mred\u202e"}})
        text = self.run_program("search", "any where true", hostile).stdout
        self.assertNotIn("\x1b", text)
        self.assertNotIn("\u202e", text)

    def test_explain_tells_the_plan(self):
        text = self.run_program("explain", SEQUENCE).stdout
        for word in ("sequence", "process.entity_id", "event.category", "network"):
            self.assertIn(word, text)


if __name__ == "__main__":
    unittest.main()
