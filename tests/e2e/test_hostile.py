"""Queries and events that somebody made to hurt: each meets a bound, which is told, or is answered; in memory that
does not grow with them. TIME is there to end what hangs; how time grows is measured in tests/bench/hostile.py."""
import gzip
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import unittest

from program import NOW, SHRIKE, ProgramTest

MEASURED = pathlib.Path(__file__).with_name("measured.py")
TIME = 600
MEBIBYTE = 1 << 20
# A sanitized build takes several times the memory and the time, a tiny one has other bounds: there the inputs are
# smaller, and only the answers are looked at.
PLAIN = os.environ.get("HOSTILE_PLAIN", "1") == "1"


class HostileTest(ProgramTest):
    def ask(self, *arguments, code=0, most_mebibytes=512):
        """Output, what was said on stderr; with the memory checked that it took at most."""
        out, err = (open(self.folder / name, "w+", encoding="utf-8") for name in ("stdout", "stderr"))
        with out, err:
            process = subprocess.Popen([sys.executable, MEASURED, self.folder / "memory", SHRIKE, *map(str, arguments)],
                                       stdout=out, stderr=err, cwd=self.folder, env=self.environment, start_new_session=True)
            self.addCleanup(self.end, process)
            timer = threading.Timer(TIME, self.end, (process,))
            timer.daemon = True
            timer.start()
            process.wait()
            timer.cancel()
            out.seek(0)
            err.seek(0)
            answer, said = out.read(), err.read()
        self.assertEqual(process.returncode, code, said[:2000])
        if PLAIN:
            self.assertLess(int((self.folder / "memory").read_text()) / 1024, most_mebibytes, "MiB")
        return answer, said

    @staticmethod
    def end(process):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)

    def count(self, query, events, *options, **more):
        path = self.write("query.eql", query)
        answer, said = self.ask("search", "--quiet", "--count", *options, f"@{path}", events, **more)
        return int(answer), said


class HostileQueries(HostileTest):
    def setUp(self):
        super().setUp()
        self.event = self.write_events("one.ndjson", {"@timestamp": 1, "event": {"category": "process"}, "x": "aab"})

    def taken(self, query, count=None):
        found, said = self.count(query, self.event)
        self.assertEqual(said, "")
        if count is not None:
            self.assertEqual(found, count)

    def refused(self, query, column, text):
        path = self.write("query.eql", query)
        _, said = self.ask("search", "--quiet", "--count", f"@{path}", self.event, code=2)
        first = said.split("\n", 1)[0]
        self.assertIn(f":1:{column}: error: ", first)
        self.assertIn(text, first)
        self.assertLess(len(said), 2000, "a message shows a part of what is long")

    def test_nesting(self):
        deep = "nested too deeply, more than [200] levels"
        self.taken("any where " + "(" * 199 + "true" + ")" * 199, 1)
        for depth in (201, 100_000):
            self.refused("any where " + "(" * depth + "true" + ")" * depth, 211, deep)
            self.refused("any where " + "not " * depth + "true", 811, deep)
            self.refused("any where " + "length(" * depth + "x" + ")" * depth + " == 1", 1411, deep)
            self.refused("any where 1 == " + "-" * depth + "x", 216, deep)
            arrays = min(depth, 50_000) # of a query of 1 MiB
            self.refused("any where " + "arraySearch(x, y, " * arrays + "true" + ")" * arrays, 3605, deep)
        self.taken("any where " + "not " * 199 + "true", 0)
        self.taken("any where " + "arraySearch(x, y, " * 198 + "y == x" + ")" * 198, 1)
        self.refused("any where 0 == " + " + ".join(["length(x)"] * 10_000), 16, deep)

    def test_chains_and_lists(self):
        for count in (1_000, 100_000):
            self.taken("any where " + " or ".join(["x==1"] * count), 0)
            self.taken("any where " + " and ".join(["true"] * count), 1)
            self.taken("any where x in (" + ",".join(f'"{n}"' for n in range(count)) + ")", 0)
            self.taken("any where x like~ (" + ",".join(f'"*{n}"' for n in range(count)) + ")", 0)
        self.taken("any where " + " or ".join(f'x == "{n}"' for n in range(50_000)), 0)
        self.taken("any where " + " and ".join(f'x != "{n}"' for n in range(50_000)), 1)

    def test_size(self):
        text = 'any where x == "'
        self.taken(text + "a" * (MEBIBYTE - len(text) - 1) + '"', 0)
        path = self.write("query.eql", text + "a" * (MEBIBYTE - len(text)) + '"')
        _, said = self.ask("search", f"@{path}", self.event, code=3)
        self.assertIn("larger than 1048576 bytes", said)

    def test_stages(self):
        many = "too many terms, more than [256]"
        self.taken("sequence " + "[any where true] " * 256, 0)
        self.refused("sequence " + "[any where true] " * 257, 10 + 256 * 17, many)
        self.taken("sequence [any where true] with runs=100 [any where true]", 0)
        self.refused("sequence [any where true] with runs=101 [any where true]", 37, "more than 100 times")
        self.refused("sequence " + "[any where true] with runs=100 " * 100, 10 + 2 * 31, many)
        self.taken("sequence by " + ",".join(["x"] * 10_000) + " [any where true] [any where true]", 0)
        self.taken("sequence by " + ",".join(["length(x)"] * 1_000) + " [any where true] with runs=100 [any where true]", 0)
        long = ", ".join("concat(" + ", ".join(["x"] * 1_000) + ")" for _ in range(100))
        self.taken(f"sequence by length(concat({long})) [any where true] with runs=100 [any where true] with runs=100", 0)

    def test_fields(self):
        self.taken("any where " + "a" * 1024 + " == 1", 0)
        self.refused("any where " + "a" * 1025 + " == 1", 11, "name is too long, more than [1024] bytes")
        self.refused("any where a" + ".a" * 100_000 + " == 1", 11, "name is too long")
        self.taken("any where " + " or ".join(f"f{n} == 1" for n in range(8_000)), 0)
        self.refused("any where " + " or ".join(f"f{n:05} == 1" for n in range(10_000)), 11 + 8_191 * 15,
                     "more than 8192 fields")

    def test_lineage(self):
        within = lambda depth: "any where " + "child of [any where " * depth + "true" + "]" * depth
        self.taken(within(32), 0)
        self.refused(within(33), 11, "more than 32 process relationships to different events")
        self.refused(within(101), 11 + len("child of [any where ") * 100, "nested too deeply")
        four = " and ".join(f"child of [any where x == \"{n}\"]" for n in range(4))
        self.taken("any where " + " or ".join(f"x == \"{n}\" and not ({four})" for n in range(5_000)), 0)
        self.refused(f"any where {four} and event of [any where true]", 1, "more than 4 process relationships in one condition")

    def test_functions(self):
        self.refused("any where concat(" + ",".join(["x"] * 1_025) + ') == "a"', 11, "at most 1024 arguments")
        large = self.write_events("large.ndjson", {"@timestamp": 1, "x": "A" * 500_000})
        for query in ("any where length(concat(" + ",".join(["x"] * 1_000) + ")) > 0",
                      "any where length(concat(" + ",".join(["concat(x, x)"] * 1_000) + ")) > 0",
                      "any where concat(" + ",".join(
                          ["concat(" + ",".join(['stringContains~(x, "b")'] * 30) + ")"] * 1_000) + ") == null"):
            found, said = self.count(query, large)
            self.assertEqual(found, "null" in query)
            self.assertIn("1 conditions met more values together, or made longer texts, than are looked at", said)

    def test_regular_expressions(self):
        for query, column, text in (
                ("(a{1000}){1000}", 20, "more than 20000 states"),
                ("((((((a{10}){10}){10}){10}){10}){10})", 20, "more than 20000 states"),
                ("~((a|b)*a(a|b){20})", 20, "more than 20000 states"),
                ("(a|b)*a(a|b){20}&(a|b)*b(a|b){20}", 20, "more than 20000 states"),
                ("[a-z]{20000}", 26, "more than 10000 repetitions"),
                ("(" * 1_000 + "a" + ")" * 1_000, 120, "nested too deeply"),
                ("|".join(f"word{n:05}" for n in range(10_000)), 20, "longer than 64 KiB"),
                ("|".join(f"w{n}" for n in range(9_000)), 20, "more than 20000 states")):
            self.refused(f'any where x regex "{query}"', column, text)
        for query, count in (("(a*)*b", 1), ("((a|aa)+)+", 0), ("[^z]{1000}", 0), ("<0-999999999>", 0),
                             ("|".join(["aab"] * 5_000), 1), ("~(" + "a" * 500 + ")", 1), ("~" * 51 + "a", 1)):
            self.taken(f'any where x regex "{query}"', count)
        self.refused("any where x regex (" + ",".join(f'"a{{9000}}{n}"' for n in range(1_000)) + ")",
                     20 + 10 * 11 + 12 * 12, "too large together")


class HostilePatterns(HostileTest):
    def test_patterns_that_almost_fit(self):
        size = 64 * 1024 if PLAIN else 8 * 1024
        events = self.write_events("a.ndjson", {"@timestamp": 1, "x": "a" * size}, {"@timestamp": 2, "x": "a" * size + "b"},
                                   {"@timestamp": 3, "x": "b" + "a" * size}, {"@timestamp": 4, "x": "ba" * (size // 2)})
        for condition, count in (
                ('x like "*a*a*a*a*b"', 1), ('x like~ "*A*A*A*A*B"', 1), ('x like "*a*a*a*a*c*"', 0),
                ('x like "*' + "?" * 1_000 + 'b"', 1), ('x like "' + "?" * 5_000 + '*b"', 1),
                ('x like "*' + "a?" * 500 + 'c*"', 0), ('x like "*' + "?a" * 500 + 'c*"', 0),
                ('x like "*' + "a" * (size // 2) + 'b"', 1), ('x like "*b*' + "a" * (size // 2) + 'b*"', 0),
                ('x regex "(a*)*b"', 1), ('x regex "(a+)+b.*"', 1), ('x regex "((a|aa)+)+c?b"', 1),
                ('x regex ".*b.*a{500}"', 1), ('x regex "(a?){100}a{100}b"', 0), ('x regex "~(.*b.*)"', 1),
                ('x regex "(.*a){12}b?&.*b"', 1), ('x regex "[^z]{500}b.*"', 1), ('x regex ".*(b|a{400}){3}b?"', 3),
                ('indexOf(x, "' + "a" * (size // 2) + 'b") == null', 3),
                ('between(x, "b", "' + "a" * (size // 2) + 'b", true) == ""', 4)):
            with self.subTest(condition[:60]):
                found, said = self.count("any where " + condition, events, "--eval", "both")
                self.assertEqual((found, said), (count, ""))

    def test_what_would_be_tried_everywhere_is_refused(self):
        event = self.write_events("one.ndjson", {"@timestamp": 1, "x": "a"})
        path = self.write("query.eql", 'any where x like "*' + "a?" * 513 + '*"')
        _, said = self.ask("search", f"@{path}", event, code=2)
        self.assertIn(":1:18: error: more than 1024 bytes between two * of a pattern, with ? among them", said)


class HostileEvents(HostileTest):
    base = {"@timestamp": 1, "event": {"category": "process"}}

    def test_arrays(self):
        count = 100_000 if PLAIN else 70_000
        events = self.write_events("arrays.ndjson", *({**self.base, "x": list(values)} for values in (
            range(count), (f"v{n}" for n in range(count)), ("a" for _ in range(count)))))
        for condition, found in (("x == 65000", 1), ('x == "a"', 1), ('x like "v6500?"', 1), ("length(x) == 1", 2),
                                 ("x > 99999999", 0)):
            with self.subTest(condition):
                answer, said = self.count("any where " + condition, events, "--eval", "both")
                self.assertEqual(answer, found)
                self.assertIn("2 conditions met more values together" if "x >" in condition else "", said)

    def test_two_arrays_in_one_condition(self):
        values = [f"v{n}" for n in range(1_000)]
        events = self.write_events("two.ndjson", *({**self.base, "x": values, "y": values} for _ in range(20)))
        found, said = self.count('any where concat(x, y) == "v0v1"', events, "--eval", "both")
        self.assertEqual((found, said), (20, ""))
        found, said = self.count('any where concat(x, y) == "v999v999"', events, "--eval", "both")
        self.assertEqual(found, 0)
        self.assertIn("20 conditions met more values together", said)

    def test_array_functions(self):
        values = [f"v{n}" for n in range(50_000 if PLAIN else 5_000)]
        events = self.write_events("array.ndjson", *({**self.base, "x": values, "z": z} for z in range(20)))
        for condition, found, cut in ((f"arrayCount(x, a, a like \"v*\") == {len(values)}", 20, False),
                                      ("arraySearch(x, a, arraySearch(x, b, concat(a, b) == \"v9v99\"))", 20, PLAIN),
                                      ("arraySearch(x, a, arrayCount(x, b, a == b) > 1)", 0, True),
                                      ("arrayCount(x, a, length(a) == z) > 2", 5 if PLAIN else 4, False)):
            with self.subTest(condition):
                answer, said = self.count("any where " + condition, events, "--eval", "both")
                self.assertEqual("conditions met more values together" in said, cut, said)
                if not cut:
                    self.assertEqual(answer, found)

    def test_keys_and_nesting(self):
        wide = "{" + '"@timestamp": 1, ' + ", ".join(f'"k{n}": 0' for n in range(80_000)) + ', "x": 7}\n'
        deep = "".join('{"@timestamp": 1, "x": ' + opening * depth + closing * depth + "}\n"
                       for opening, closing in (("[", "]"), ('{"a": 1, "b":', "}"))
                       for depth in (65, 1_000, 20_000))
        same = '{"@timestamp": 1, ' + ", ".join('"x": 7' for _ in range(100_000)) + "}\n"
        path = self.write("wide.ndjson", wide + deep + same + '{"@timestamp": 1, "x": 7}\n')
        found, said = self.count("any where x == 7", path, "--eval", "both")
        self.assertEqual(found, 2)
        self.assertEqual(said.count("more than 64 levels of nesting"), 6)
        self.assertEqual(said.count("more than 65536 values of fields asked for"), 1)
        self.assertIn("7 events or stretches of input could not be read", said)

    def test_products_of_join_keys(self):
        keys = "abcdefgh"
        events = self.write_events("product.ndjson", *({**self.base, **{k: list(range(10)) for k in keys}, "z": z}
                                                       for z in (1, 2)))
        found, said = self.count(f"sequence by {','.join(keys)} [any where z == 1] [any where z == 2]", events)
        self.assertEqual(found, 1_024)
        self.assertIn("2 events had more join keys (1,024) or process ids (64 KiB) than are followed", said)

    def test_a_compressed_file_of_one_endless_line(self):
        path = self.folder / "endless.ndjson.gz"
        with gzip.open(path, "wb", compresslevel=1) as out:
            for _ in range(256 if PLAIN else 8):
                out.write(b"x" * MEBIBYTE)
            out.write(b'\n{"@timestamp": 1}\n')
        found, said = self.count("any where true", path, most_mebibytes=128)
        self.assertEqual(found, 1)
        self.assertIn("1 events or stretches of input could not be read", said)

    def test_thousands_of_files(self):
        count = 5_000 if PLAIN else 200
        (self.folder / "many").mkdir()
        for number in range(count):
            self.write(f"many/{number}.ndjson", '{"@timestamp": 1}\n')
        self.assertEqual(self.count("any where true", "many", most_mebibytes=128), (count, ""))


class HostileState(HostileTest):
    """What has to be remembered between events."""
    events = 1_300_000 if PLAIN else 2_000

    def flood(self, distinct):
        with open(self.folder / "flood.ndjson", "w", encoding="utf-8") as out:
            for number in range(self.events):
                out.write('{"@timestamp":%d,"k":"key%d","z":1}\n' % (number, number if distinct else 0))
            out.write('{"@timestamp":%d,"k":"key%d","z":2}\n' % (self.events, self.events - 1 if distinct else 0))
        return "flood.ndjson"

    def test_one_key_flooded(self):
        query = "sequence by k [any where z == 1] [any where z == 2]"
        self.assertEqual(self.count(query, self.flood(False), most_mebibytes=256), (1, ""))

    def test_a_million_keys(self):
        for span in ("", "with maxspan=1h "):
            # Of stages that nearly no key has, only the events of its keys are remembered at all.
            found, said = self.count(f"sequence by k {span}[any where z == 1] [any where z == 2]", self.flood(True))
            self.assertEqual((found, said), (1, ""))
            found, said = self.count(f"sequence by k {span}[any where z == 1] [any where z > 0]", self.flood(True))
            self.assertEqual(found, 1)
            if PLAIN:
                self.assertRegex(said, r"[3-9]\d\d,\d\d\d unfinished sequences.* gave way")

    def test_a_million_keys_of_events_that_must_be_missing(self):
        span = "sequence by k with maxspan=1d "
        for query, is_full in ((span + "[any where z == 1] ![any where z == 2]", True),
                               (span + "![any where z == 1] [any where z == 2]", False),
                               (span + "[any where z == 1] ![any where z == 9] [any where z == 2]", True)):
            _, said = self.count(query, self.flood(True))
            self.assertEqual(" gave way" in said, is_full and PLAIN, query)

    def test_all_rules_share_one_budget(self):
        rules = self.write("rules.ndjson", "".join(json.dumps({
            "rule_id": f"r{n}", "name": f"r{n}", "description": "d", "type": "eql", "language": "eql", "risk_score": 1,
            "severity": "low", "query": f"sequence by k [any where z != {n + 5}] [any where z != {n + 1_000}]"}) + "\n"
            for n in range(600)))
        with open(self.folder / "flood.ndjson", "w", encoding="utf-8") as out:
            for number in range(6_000 if PLAIN else 100):
                out.write('{"@timestamp":%d,"k":"key%d","z":1}\n' % (number, number))
        _, said = self.ask("detect", "--quiet", *NOW, "--rules", rules, "flood.ndjson")
        if PLAIN:
            self.assertRegex(said, r"\d,\d\d\d,\d\d\d unfinished sequences.* gave way")

    def test_a_tail_without_end(self):
        with open(self.folder / "tail.ndjson", "w", encoding="utf-8") as out:
            for _ in range(4 if PLAIN else 0):
                out.write('{"@timestamp":1}\n' * 1_000_000)
            out.write('{"@timestamp":2}\n' * 1_000)
        found, said = self.count("any where true | tail 1000000000", "tail.ndjson")
        if PLAIN:
            self.assertRegex(said, r"\d matches of a sort, a tail or --size gave way to others")
            self.assertGreater(found, 1_000_000)
        else:
            self.assertEqual((found, said), (1_000, ""))

    def processes(self, count, parent_of):
        with open(self.folder / "processes.ndjson", "w", encoding="utf-8") as out:
            for number in range(count):
                out.write('{"@timestamp":%d,"n":%d,"process":{"entity_id":"process-%d","parent":{"entity_id":"process-%d"}}}\n'
                          % (number, number, number, parent_of(number)))
        return "processes.ndjson"

    def test_a_million_processes_in_a_line(self):
        events = self.processes(self.events, lambda number: number - 1)
        found, said = self.count("any where descendant of [any where n == 5]", events)
        self.assertEqual((found, said), (self.events - 6, ""))

    def test_processes_in_circles(self):
        # All are each other's ancestors, and each its own, in circles of 7.
        events = self.processes(self.events // 10, lambda number: number - 1 if number % 7 else number + 6)
        for query, found in (("any where descendant of [any where n % 7 == 0]", self.events // 10),
                             ("any where child of [any where child of [any where child of [any where n % 7 == 6]]]", 0)):
            self.assertLessEqual(self.count(query, events)[0], found)

    def test_processes_of_many_sources_give_way(self):
        path = self.write("rules.ndjson", "".join(json.dumps({
            "rule_id": f"r{n}", "name": f"r{n}", "description": "d", "type": "eql", "language": "eql", "risk_score": 1,
            "severity": "low", "query": f"any where n < 0 and descendant of [any where n >= {n}]"}) + "\n" for n in range(8)))
        events = self.processes(self.events // 3, lambda number: number // 2)
        _, said = self.ask("detect", "--quiet", *NOW, "--rules", path, events)
        if PLAIN:
            self.assertRegex(said, r"\d\d\d,\d\d\d processes that lineage knew gave way")

    def test_an_event_of_many_processes(self):
        many = [f"process-{n}" for n in range(9_000)]
        events = self.write_events("many.ndjson", {"@timestamp": 1, "n": 1, "process": {"entity_id": many}},
                                   {"@timestamp": 2, "n": 2, "process": {"entity_id": "x", "parent": {"entity_id": many}}})
        found, said = self.count("any where child of [any where n == 1]", events)
        self.assertEqual(found, 1)
        self.assertIn("2 events had more join keys (1,024) or process ids (64 KiB) than are followed", said)

    def test_pipes_of_a_million_kinds(self):
        path = self.flood(True)
        total = self.events + 1
        for pipe in ("unique k", "sort k", "unique_count k | count", "unique k | sort k | unique_count k | unique k | count"):
            found, said = self.count(f"any where true | {pipe}", path)
            self.assertLessEqual(found, total, pipe)
            self.assertEqual(" more of them than can be held" in said or " more than can be held" in said or
                             "more kinds of them" in said, PLAIN and "count" in pipe, (pipe, said))
        found, said = self.count("any where true | sort k | head 10", path, most_mebibytes=128)
        self.assertEqual((found, said), (10, ""))
        counts, said = self.ask("search", "-q", "-o", "ndjson", "any where true | count k, k, k, k, k, k, k, k | sort -count | head 1",
                               path)
        count = json.loads(counts)
        self.assertEqual((count["count"] > 100_000, count.get("others", False)), (PLAIN, PLAIN))
        if PLAIN:
            self.assertRegex(said, r"[1-9]\d*,\d\d\d matches are counted together as others: more kinds of them than can be held")

    def test_samples_of_a_flooded_key(self):
        query = "sample by k [any where z == 1] [any where z != 2] [any where z == 1]"
        found, said = self.count(query, self.flood(False), "--max-samples-per-key", 1_000)
        self.assertEqual((found, said), (1_000, ""))


class HostileMatches(HostileTest):
    """A match of many large events, printed and made alerts of."""

    def setUp(self):
        super().setUp()
        self.stages = 48 if PLAIN else 4
        values = 80_000 if PLAIN else 2_000
        with open(self.folder / "large.ndjson", "w", encoding="utf-8") as out:
            for number in range(self.stages):
                body = ",".join(f'"k{n}":1' for n in range(values)) if number % 2 else \
                    '"x":[' + ",".join(["1"] * (values * 5)) + "]"
                out.write('{"@timestamp":%d,"n":%d,"host":{"name":"h"},%s}\n' % (number, number, body))
        self.query = "sequence by host.name " + "[any where true] " * self.stages

    def test_search(self):
        for options in (["--output", "ndjson"], [], ["--fields", "n,x"]):
            path = self.write("query.eql", self.query)
            answer, _ = self.ask("search", "--quiet", *options, f"@{path}", "large.ndjson")
            if options[:1] == ["--output"]:
                result = json.loads(answer)
                self.assertEqual([event["_source"]["n"] for event in result["events"]], list(range(self.stages)))
            else:
                self.assertIn(f"{self.stages} events by h", answer)

    def check_alerts(self, events, *options):
        rule = self.write("rule.ndjson", json.dumps({
            "rule_id": "r", "name": "r", "description": "d", "type": "eql", "language": "eql", "risk_score": 1,
            "severity": "low", "query": self.query}))
        answer, _ = self.ask("detect", "--quiet", *NOW, "--output", "ndjson", *options, "--rules", rule, events)
        lines = answer.splitlines()
        self.assertEqual(len(lines), self.stages + 1)
        shell = json.loads(lines[-1])
        self.assertEqual(shell["host"], {"name": "h"})
        self.assertNotIn("n", shell)
        self.assertNotIn("x", shell)
        self.assertEqual([json.loads(line)["n"] for line in lines[:-1]], list(range(self.stages)))

    def test_alerts(self):
        self.check_alerts("large.ndjson")

    def test_alerts_of_events_that_cannot_be_read_twice(self):
        with gzip.open(self.folder / "large.ndjson.gz", "wb", compresslevel=1) as out:
            out.write((self.folder / "large.ndjson").read_bytes())
        self.check_alerts("large.ndjson.gz", "--jobs", 2, "--eval", "both")

    def test_forged_ancestors(self):
        forged = [{"id": "i" * 50, "rule": "x", "depth": 1}] * 9_000
        path = self.write_events("forged.ndjson", *({"@timestamp": n, "kibana.alert.uuid": f"u{n}",
                                                     "kibana.alert.ancestors": forged[:size]}
                                                    for n, size in enumerate((9_000, 100))))
        rule = self.write("rule.ndjson", json.dumps({
            "rule_id": "r", "name": "r", "description": "d", "type": "eql", "language": "eql", "risk_score": 1,
            "severity": "low", "query": "any where true"}))
        answer, said = self.ask("detect", *NOW, "--output", "ndjson", "--rules", rule, path)
        self.assertEqual([json.loads(line)["kibana.alert.depth"] for line in answer.splitlines()], [2])
        self.assertIn("1 alerts not made, the rule met its own", said)


if __name__ == "__main__":
    unittest.main()
