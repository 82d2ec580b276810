"""The verb detect on the demo: what is found, in which form, and that nothing else changes it."""
import collections
import csv
import gzip
import io
import json
import pathlib
import re
import unittest

from program import DEMO, NOW, ProgramTest

RULES, RECORDING = DEMO
FOUND = {"Certutil Reaches a Public Address": 1, "Office Program Starts a Script Host": 1,
         "PowerShell with an Encoded Command": 1, "New Program in a User Folder Runs at Once": 1,
         "Password Guessed over the Network": 1, "Domain Discovery by One Program": 1}


def is_shell_or_event(alert):
    return alert.get("kibana.alert.building_block_type") != "default"


class Detect(ProgramTest):
    def test_every_demo_rule_finds_the_intrusion_and_nothing_else(self):
        alerts = self.detect("--rules", RULES, RECORDING)
        names = collections.Counter(a["kibana.alert.rule.name"] for a in alerts if is_shell_or_event(a))
        self.assertEqual(names, FOUND)

    def test_a_sequence_is_its_events_and_a_shell(self):
        alerts = self.detect("--rules", RULES, "--rule", "Certutil Reaches a Public Address", RECORDING)
        *blocks, shell = alerts
        self.assertEqual(len(blocks), 2)
        self.assertEqual([b["kibana.alert.group.index"] for b in blocks], [0, 1])
        self.assertEqual({a["kibana.alert.group.id"] for a in alerts}, {shell["kibana.alert.uuid"]})
        self.assertEqual(shell["process"]["name"], "certutil.exe")
        self.assertNotIn("destination", shell)
        self.assertEqual(len(shell["kibana.alert.ancestors"]), 4)
        self.assertEqual(blocks[1]["destination"]["ip"], "198.51.100.23")
        self.assertEqual(blocks[1]["event"]["kind"], "signal")
        self.assertEqual(blocks[1]["kibana.alert.original_event.kind"], "event")

    def test_jobs_and_evaluators_do_not_change_a_byte(self):
        def output(*options, **environment):
            return self.run_program("detect", "--output", "ndjson", *NOW, "--rules", RULES, *options, RECORDING,
                                    env=environment).stdout
        usual = output()
        self.assertGreater(len(usual), 1000)
        for options in (["--jobs", 1], ["--jobs", 2], ["--jobs", 5], ["--eval", "row"], ["--eval", "both"],
                        ["--eval", "both", "--jobs", 3]):
            self.assertEqual(output(*options), usual, options)
        for memory in ("on", "one", "off"):
            self.assertEqual(output("--eval", "both", SHRIKE_DICTIONARY=memory), usual, memory)
        self.run_program("detect", "--rules", RULES, RECORDING, env={"SHRIKE_DICTIONARY": "some"}, code=2)
        flags = pathlib.Path("/proc/cpuinfo").read_text()
        for instructions, flag in (("plain", ""), ("avx2", "avx2"), ("avx512", "avx512_vbmi2")):
            if flag in flags:
                self.assertEqual(output(SHRIKE_INSTRUCTIONS=instructions), usual, instructions)
        self.run_program("detect", "--rules", RULES, RECORDING, env={"SHRIKE_INSTRUCTIONS": "mmx"}, code=2)

    def test_alerts_come_in_order_of_time(self):
        times = [a["kibana.alert.original_time"] for a in self.detect("--rules", RULES, RECORDING)
                 if "kibana.alert.group.id" not in a]
        self.assertEqual(times, sorted(times))

    def test_alerts_of_samples_and_of_sequences_with_missing_events(self):
        event = {"host": {"name": "h1"}, "event": {"category": "c"}}
        events = self.write_events("e.ndjson", *({"@timestamp": f"2024-01-01T00:00:0{n}Z", "n": n, **event} for n in range(4)))
        queries = {"missing": "sequence by host.name with maxspan=1m ![any where n == 9] [any where n == 1] "
                              "![any where n == 9] [any where n == 3]",
                   "alone": "sequence by host.name with maxspan=1m [any where n == 2] ![any where n == 9]",
                   "sample": "sample by host.name [any where n == 2] [any where n == 0]"}
        rules = self.write("r.ndjson", "".join(
            json.dumps({"rule_id": name, "name": name, "description": "x", "type": "eql", "language": "eql", "risk_score": 1,
                        "severity": "low", "query": query}) + "\n" for name, query in queries.items()))
        alerts = self.detect("--rules", rules, "--eval", "both", events)
        found = collections.defaultdict(list)
        for alert in alerts:
            found[alert["kibana.alert.rule.name"]].append("shell" if is_shell_or_event(alert) else alert["n"])
        self.assertEqual(found, {"missing": [1, 3, "shell"], "alone": [2, "shell"], "sample": [2, 0, "shell"]})
        self.assertTrue(all(a["host"]["name"] == "h1" for a in alerts))
        done = self.run_program("detect", "--rules", rules, "--missing-at-end", "wait", "-o", "ndjson", events)
        names = {json.loads(line)["kibana.alert.rule.name"] for line in done.stdout.splitlines()}
        self.assertEqual(names, {"missing", "sample"})
        self.assertIn("1 sequences wait: what must be missing behind them may still come", done.stderr)

    def test_rules_whose_fields_no_event_has_are_dropped_under_a_mapping(self):
        rule = {"description": "x", "type": "eql", "language": "eql", "risk_score": 1, "severity": "low"}
        queries = {"mapped": "any where a == 1", "grown": "any where b == 1", "absent": "any where bb == null or c.d == 1",
                   "optional": "any where ?c == null"}
        rules = self.write("r.ndjson", "".join(json.dumps({**rule, "rule_id": name, "name": name, "query": query}) + "\n"
                                               for name, query in queries.items()))
        events = self.write_events("e.ndjson", {"@timestamp": 1, "a": 1}, {"@timestamp": 2, "b": 1})
        mapping = {"@timestamp": {"type": "date"}, "a": {"type": "long"}}
        for mode in ("vector", "row", "both"):
            with self.subTest(mode):
                path = self.write("m.json", json.dumps({"properties": mapping}))
                done = self.run_program("detect", "-o", "ndjson", "--eval", mode, "--mapping", path, "-r", rules, events)
                names = [json.loads(line)["kibana.alert.rule.name"] for line in done.stdout.splitlines()]
                self.assertEqual(names, ["mapped", "optional", "grown", "optional"])
                self.assertRegex(done.stderr, r"dropped 1 rule: no event has a field it names:\n  .*r\.ndjson:3:\d+: "
                                              r"Unknown column \[bb\], did you mean \[b\]\? \(and 1 more\)\n")
                self.assertIn("from 3 rules", done.stderr)
        done = self.run_program("detect", "-q", "--mapping", path, "-r", rules, "--rule", "absent", events, code=3)
        self.assertIn("no rule can run", done.stderr)
        path = self.write("m.json", json.dumps({"dynamic": False, "properties": mapping}))
        done = self.run_program("detect", "-q", "-o", "ndjson", "--mapping", path, "-r", rules, events)
        self.assertEqual(len(done.stdout.splitlines()), 3)
        self.assertIn("skipped 2 rules: query error:", done.stderr)

    def test_alerts_made_side_by_side_come_out_in_order_and_up_to_the_cap(self):
        rule = {"description": "x", "type": "eql", "language": "eql", "risk_score": 1, "severity": "low"}
        queries = {"often": "any where n % 3 == 0", "long": "sequence by k [any where n % 50 < 20] with runs=20", "rare": "any where n == 150",
                   "pairs": "sequence by k [any where n % 7 == 1] [any where n % 7 == 3]"}
        rules = self.write("r.ndjson", "".join(
            json.dumps({**rule, "id": f"id-{name}", "rule_id": name, "name": name, "query": query, "max_signals": 60}) + "\n"
            for name, query in queries.items()))
        own = {"kibana": {"alert": {"uuid": "a", "rule": {"uuid": "id-often"}}}}
        events = self.write_events("e.ndjson", *({"@timestamp": n, "n": n, "k": 1, "event": {"category": "c"}, **(own if n % 9 == 0 else {}),
                                                  "filler": "x" * (300000 if n % 100 == 51 else n)} for n in range(300)))
        for cap in ([], ["--max-signals"]):
            runs = [self.run_program("detect", "-o", "ndjson", *NOW, "-r", rules, "--jobs", jobs, *cap, events) for jobs in (1, 2, 4)]
            shells = collections.Counter(alert["kibana.alert.rule.name"] for alert in map(json.loads, runs[0].stdout.splitlines())
                                         if is_shell_or_event(alert))
            self.assertEqual(shells, {"often": 60 if cap else 66, "long": 60 if cap else 101, "rare": 1, "pairs": 43})
            for run in runs:
                self.assertIn("alerts not made, the rule met its own: often", run.stderr)
                self.assertEqual("more alerts held back by max_signals 60: often" in run.stderr, bool(cap))
                self.assertEqual(*(re.findall(r".*(?:alerts not made|held back).*", text) for text in (run.stderr, runs[0].stderr)))
                self.assertEqual(run.stdout, runs[0].stdout)

    def test_alerts_of_lineage_are_of_the_events_alone(self):
        events = [{"_id": id, "_source": {"@timestamp": f"2024-01-01T00:00:0{at}Z", "event": {"category": "process"},
                                          "process": {"name": name, "entity_id": id, "parent": {"entity_id": parent}}}}
                  for at, (id, name, parent) in enumerate((("w", "word.exe", "e"), ("s", "sh.exe", "w"), ("c", "cmd.exe", "s"),
                                                           ("d", "cmd.exe", "e")))]
        rules = self.write("r.ndjson", "".join(json.dumps({
            "rule_id": name, "name": name, "description": "x", "type": "eql", "language": "eql", "risk_score": 1, "severity": "low",
            "query": f'process where process.name == "cmd.exe" and {name} of [process where process.name == "word.exe"]'}) + "\n"
            for name in ("descendant", "child")))
        plain = self.write_events("e.ndjson", *events)
        packed = self.write("e.ndjson.gz", gzip.compress(plain.read_bytes()))
        wanted = [("descendant", "c")]
        for path in (plain, packed):
            for options in (["--eval", "both"], ["--eval", "row"], ["--jobs", 1]):
                alerts = self.detect("--rules", rules, *options, path)
                self.assertEqual([(a["kibana.alert.rule.name"], a["process"]["entity_id"]) for a in alerts], wanted)

    def test_forms(self):
        array = json.loads(self.run_program("detect", "-o", "json", "-q", *NOW, "-r", RULES, RECORDING).stdout)
        lines = self.detect("--rules", RULES, RECORDING)
        self.assertEqual(array, lines)
        text = self.run_program("detect", "-o", "csv", "-q", *NOW, "-r", RULES, RECORDING).stdout
        rows = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual(len(rows), len(lines))
        self.assertEqual({row["severity"] for row in rows}, {"low", "medium", "high", "critical"})
        table = self.run_program("detect", "-r", RULES, RECORDING).stdout
        self.assertIn("Password Guessed over the Network", table)
        self.assertIn("6 alerts (1 critical, 2 high, 2 medium, 1 low) from 6 rules", table)
        self.assertNotIn("\033", table)
        coloured = self.run_program("detect", "--color", "always", "-r", RULES, RECORDING).stdout
        self.assertIn("\033[", coloured)

    def test_an_empty_result_is_an_empty_form(self):
        nothing = ["--rules", RULES, "--since", "2030-01-01", RECORDING]
        self.assertEqual(self.run_program("detect", "-q", "-o", "json", *nothing).stdout, "[]\n")
        self.assertEqual(self.run_program("detect", "-q", "-o", "ndjson", *nothing).stdout, "")

    def test_severity_rule_and_tag_choose(self):
        alerts = self.detect("--rules", RULES, "--min-severity", "high", RECORDING)
        self.assertEqual({a["kibana.alert.severity"] for a in alerts}, {"high", "critical"})
        alerts = self.detect("--rules", RULES, "--tag", "tactic: execution", RECORDING)
        self.assertEqual(sum(map(is_shell_or_event, alerts)), 2)
        self.run_program("detect", "--rules", RULES, "--rule", "no such rule", RECORDING, code=3)

    def test_fail_on_tells_by_the_exit_code(self):
        self.run_program("detect", "-q", "-r", RULES, "--fail-on", "critical", RECORDING, code=1)
        self.run_program("detect", "-q", "-r", RULES, "--fail-on", "high", "--tag", "Tactic: Discovery", RECORDING, code=0)

    def test_a_window_cuts_by_time(self):
        alerts = self.detect("-r", RULES, "--until", "2024-05-06T09:11:20Z", RECORDING)
        self.assertEqual({a["kibana.alert.rule.name"] for a in alerts},
                         {"Office Program Starts a Script Host", "PowerShell with an Encoded Command",
                          "Certutil Reaches a Public Address", "New Program in a User Folder Runs at Once"}
                         - {"New Program in a User Folder Runs at Once"} | self.payload_in(alerts))

    @staticmethod
    def payload_in(alerts):
        name = "New Program in a User Folder Runs at Once"
        times = [a["@timestamp"] for a in alerts if a["kibana.alert.rule.name"] == name]
        return {name} if times else set()

    def test_max_signals_holds_back_and_says_so(self):
        rule = self.write("many.toml", """
[rule]
name = "Everything"
description = "Every event."
rule_id = "every-event"
type = "eql"
language = "eql"
risk_score = 1
severity = "low"
max_signals = 7
query = 'any where true'
""")
        self.assertEqual(len(self.detect("-r", rule, RECORDING)), 428)
        done = self.run_program("detect", "--max-signals", "-r", rule, RECORDING)
        self.assertIn("421 more alerts held back by max_signals 7: Everything", done.stdout)
        self.assertEqual(len(self.detect("-r", rule, "--max-signals", RECORDING)), 7)

    def test_index_patterns_decide_which_events_a_rule_sees(self):
        def rule(patterns):
            return self.write("index.toml", f"""
[rule]
name = "Indexed"
description = "x"
rule_id = "indexed"
type = "eql"
language = "eql"
risk_score = 1
severity = "low"
index = {json.dumps(patterns)}
query = 'any where true'
""")
        events = self.write_events(
            "events.ndjson",
            {"_index": "winlogbeat-8.14", "_id": "a", "_source": {"@timestamp": "2024-01-01T00:00:00Z"}},
            {"@timestamp": "2024-01-01T00:00:01Z", "data_stream": {"type": "logs", "dataset": "endpoint.events.file", "namespace": "x"}},
            {"@timestamp": "2024-01-01T00:00:02Z", "agent": {"type": "winlogbeat", "version": "8.1"}},
            {"@timestamp": "2024-01-01T00:00:03Z", "event": {"dataset": "aws.cloudtrail"}},
            {"@timestamp": "2024-01-01T00:00:04Z", "message": "nobody knows"})

        def seconds(patterns, *options):
            return [a["kibana.alert.original_time"][18] for a in self.detect("-r", rule(patterns), *options, events)]
        self.assertEqual(seconds(["winlogbeat-*"]), ["0", "2", "4"])
        self.assertEqual(seconds(["logs-*"]), ["1", "3", "4"])
        self.assertEqual(seconds(["logs-*", "-logs-aws*"]), ["1", "4"])
        self.assertEqual(seconds(["*", "-winlogbeat-8.14"]), ["1", "2", "3", "4"])
        for way in ("vector", "row", "both"):
            self.assertEqual(seconds(["filebeat-*"], "--index", "filebeat-9", "--eval", way), ["1", "2", "3", "4"])
            self.assertEqual(seconds(["winlogbeat-*"], "--index", "filebeat-9", "--eval", way), ["0"])

    def test_rules_may_have_pipes_but_count(self):
        self.write("pipes.ndjson", "".join(json.dumps({
            "rule_id": name, "name": name, "description": "d", "type": "eql", "language": "eql", "risk_score": 1,
            "severity": "low", "query": query}) + "\n" for name, query in {
                "each": "any where true | unique host.name",
                "rare": "any where true | unique_count host.name | filter count == 1",
                "most": "any where true | sort -n | head 2",
                "pair": "sequence by host.name [any where true] [any where true] | filter events[1].n == 2",
                "count": "any where true | count host.name"}.items()))
        path = self.write_events("h.ndjson", *({"@timestamp": n, "n": n, "host": {"name": name}}
                                               for n, name in enumerate("aabac")))
        for mode in ("vector", "row", "both"):
            done = self.run_program("detect", *NOW, "--eval", mode, "-o", "ndjson", "--rules", "pipes.ndjson", path)
            found = {}
            for alert in map(json.loads, done.stdout.splitlines()):
                if "kibana.alert.building_block_type" not in alert:
                    found.setdefault(alert["kibana.alert.rule.name"], []).append(alert.get("n"))
            self.assertEqual(found, {"each": [0, 2, 4], "rare": [2, 4], "most": [4, 3]})
            self.assertIn("Pipe [count] leaves no events, and a rule tells of events; [unique_count] keeps the first of each",
                          done.stderr)

    def test_a_broken_rule_is_named_and_the_others_run(self):
        self.write("rules/good.toml", open(RULES + "/encoded_powershell.toml", encoding="utf-8").read())
        self.write("rules/bad.toml", "[rule]\nname = \"x\"\nrisk_score = 150\nseverity = \"low\"\ntype = \"eql\"\n"
                                     "description = \"x\"\nquery = 'any where true'\n")
        done = self.run_program("detect", "-r", "rules", RECORDING)
        self.assertIn("rules/bad.toml:3: ", done.stderr)
        self.assertIn("risk_score must be 0..100, found 150", done.stderr)
        self.assertIn("1 alert ", done.stdout)


if __name__ == "__main__":
    unittest.main()
