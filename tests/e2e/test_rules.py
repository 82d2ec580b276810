"""The verbs rules list, show and lint."""
import json
import unittest

from program import ROOT, ProgramTest

RULES = ROOT / "demo/rules"


def toml(query, **fields):
    lines = ["[rule]", 'name = "A Rule"', 'description = "x"', 'rule_id = "a-rule"', 'type = "eql"', 'language = "eql"',
             "risk_score = 5", 'severity = "low"']
    lines += [f"{key} = {json.dumps(value)}" for key, value in fields.items()]
    return "\n".join(lines) + f"\nquery = '''\n{query}\n'''\n"


class Rules(ProgramTest):
    def test_list_tells_what_can_run_and_why_not(self):
        self.write("r/a.toml", toml("process where true"))
        self.write("r/b.toml", toml("process where true").replace("a-rule", "b").replace('"eql"', '"threshold"', 1))
        self.write("r/c.toml", toml("process were true").replace("a-rule", "c"))
        listed = [json.loads(line) for line in self.run_program("rules", "list", "-o", "ndjson", "r").stdout.splitlines()]
        self.assertEqual([r["runs"] for r in listed], [True, False, False][:len(listed)])
        text = self.run_program("rules", "list", RULES).stdout
        self.assertIn("6 rules: 6 can run", text)

    def test_list_tells_what_a_rule_that_runs_leaves_out(self):
        exception = {"id": "x", "list_id": "x", "type": "detection", "namespace_type": "single"}
        rule = {"name": "A", "description": "x", "type": "eql", "language": "eql", "risk_score": 5, "severity": "low"}
        path = self.write("r.ndjson", "".join(json.dumps({**rule, "rule_id": i, **more}) + "\n" for i, more in (
            ("plain", {"query": "any where a == 1"}), ("both", {"query": "any where b == 1", "exceptions_list": [exception]}))))
        mapping = self.write("m.json", json.dumps({"properties": {"@timestamp": {"type": "date"}, "a": {"type": "long"}}}))
        listed = self.run_program("rules", "list", "-o", "ndjson", "--mapping", mapping, path).stdout
        plain, both = map(json.loads, listed.splitlines())
        self.assertNotIn("warnings", plain)
        self.assertTrue(both["runs"])
        self.assertEqual([w["reason"] for w in both["warnings"]], ["exceptions are not there", "the mapping lacks a field"])
        self.assertRegex(both["warnings"][1]["detail"], r"r\.ndjson:2:\d+: the mapping lacks the field \[b\]: an error unless")
        text = self.run_program("rules", "list", "--mapping", mapping, path).stdout
        self.assertIn("runs, but exceptions are not there, but the mapping lacks a field\n", text)
        self.assertIn("2 rules: 2 can run", text)
        explained = self.run_program("explain", "--mapping", mapping, "--rules", path)
        self.assertEqual(explained.stderr.count("the mapping lacks the field [b]: an error unless some event has it"), 1)

    def test_ndjson_rules_read_as_toml_ones(self):
        shown = self.run_program("rules", "show", "-o", "ndjson", RULES).stdout
        path = self.write("export.ndjson", "".join(line + "\n" for line in shown.splitlines() if line))
        again = self.run_program("rules", "show", "-o", "ndjson", path).stdout
        self.assertEqual(again, shown)

    def test_show_is_a_page(self):
        text = self.run_program("rules", "show", RULES, "--rule", "Certutil Reaches").stdout
        for words in ("Certutil Reaches a Public Address", "Severity", "medium", "47", "5 minutes", "now-9m", "100",
                      "winlogbeat-*", "sequence by process.entity_id", "Ingress Tool Transfer", "TA0011"):
            self.assertIn(words, text)
        self.run_program("rules", "show", RULES, "--rule", "no such rule", code=3)

    def test_lint_finds_what_cannot_be_meant(self):
        self.write("r/a.toml", toml('process where process.name in ("cmd.exe", "*.scr") and process.name : ("a.exe", "A.EXE")'))
        self.write("r/b.toml", toml("sequence by host.id with maxspan=1h [process where true] [file where file.nmae == \"x\"]",
                                    **{"from": "now-9m"}).replace("a-rule", "b"))
        text = self.run_program("rules", "lint", "r", code=1).stdout
        for code in ("wildcard", "maxspan", "file.nmae", "A.EXE"):
            self.assertIn(code, text)
        self.assertIn("r/a.toml:10:", text)
        self.run_program("rules", "lint", RULES, code=0)

    def test_messages_name_file_and_line(self):
        path = self.write("bad.toml", toml("any where true", max_signals=0))
        done = self.run_program("rules", "lint", path, code=1)
        self.assertIn(f"{path}:9", done.stdout)
        self.assertIn("max_signals", done.stdout)
        path = self.write("odd.toml", toml("any where true", severty_mapping="x"))
        done = self.run_program("rules", "list", path)
        self.assertIn("severty_mapping", done.stderr)
        self.assertIn("warning", done.stderr)


if __name__ == "__main__":
    unittest.main()
