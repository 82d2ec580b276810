"""The verbs search and explain."""
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

    def test_sequences_have_their_join_keys(self):
        found = self.search("sequence by k [c where n < 4] [c where n >= 4]", self.numbers())
        self.assertEqual([(r["join_keys"], [e["_source"]["n"] for e in r["events"]]) for r in found],
                         [([0], [2, 4]), ([1], [3, 5])])

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

    def test_a_mapping_makes_unknown_fields_an_error(self):
        mapping = self.write("mapping.json", json.dumps({"mappings": {"properties": {
            "@timestamp": {"type": "date"}, "event": {"properties": {"category": {"type": "keyword"}}},
            "n": {"type": "long"}, "name": {"type": "keyword"}}}}))
        path = self.numbers()
        self.assertEqual(self.ids("--mapping", mapping, "c where n == 4", path), [4])
        done = self.run_program("search", "--mapping", mapping, "c where nam == \"x\"", path, code=2)
        self.assertIn("Unknown column [nam], did you mean", done.stderr)
        self.assertIn("query:1:9: error: ", done.stderr)
        self.assertEqual(self.ids("--mapping", mapping, "c where ?nam == null", path), list(range(9)))

    def test_errors_show_the_place(self):
        done = self.run_program("search", "process were true", RECORDING, code=2)
        self.assertIn("query:1:9: error: ", done.stderr)
        self.assertIn("process were true\n", done.stderr)
        self.assertIn("        ^", done.stderr)
        done = self.run_program("search", "sample by host.name [any where true] [any where true]", RECORDING, code=2)
        self.assertIn("not supported yet", done.stderr)
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
