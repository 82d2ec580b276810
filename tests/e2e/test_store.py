"""A store of rules: import, export, history, diff, rollback; and what is left when the program is killed."""
import json
import os
import random
import signal
import sqlite3
import subprocess
import time
import unittest

from program import ROOT, SHRIKE, ProgramTest

RULES = ROOT / "demo/rules"
HEAD = {"name": "A Rule", "description": "x", "type": "eql", "language": "eql", "risk_score": 5, "severity": "low",
        "rule_id": "a-rule", "version": 1, "query": "any where a == 1"}


def rule(**fields):
    return {**HEAD, **fields}


class Store(ProgramTest):
    def bring(self, *rules, options=(), code=0):
        path = self.write("in.ndjson", "".join(json.dumps(r) + "\n" for r in rules))
        done = self.run_program("rules", "import", "--store", "s.db", "-o", "ndjson", *options, path, code=code)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def exported(self, *options):
        done = self.run_program("rules", "export", "--store", "s.db", *options)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def history(self, name="a-rule"):
        done = self.run_program("rules", "history", name, "--store", "s.db", "-o", "ndjson")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_a_store_is_a_source_of_rules(self):
        told = self.run_program("rules", "import", "--store", "s.db", RULES).stdout
        self.assertIn("6 rules\n     6  installed: new\n", told)
        events = ROOT / "demo/recording.ndjson"
        of_store = self.detect("--rules", "s.db", events)
        of_files = self.detect("--rules", RULES, events)
        self.assertGreater(len(of_store), 6)

        def seen(alerts):  # what an alert says of a rule's file is not there
            return sorted((a["kibana.alert.rule.rule_id"], a["kibana.alert.reason"]) for a in alerts)
        self.assertEqual(seen(of_store), seen(of_files))
        # Compiled once, it is found in the cache; changed, it is not.
        name = of_store[0]["kibana.alert.rule.rule_id"]
        changed = next(r for r in self.exported() if r["rule_id"] == name)
        self.bring({**changed, "name": "Renamed"})
        names = {a["kibana.alert.rule.name"] for a in self.detect("--rules", "s.db", events)}
        self.assertIn("Renamed", names)
        revisions = {a["kibana.alert.rule.revision"] for a in self.detect("--rules", "s.db", "--rule", "Renamed", events)}
        self.assertEqual(revisions, {1})

    def test_an_upgrade_loses_nothing_that_was_changed_here(self):
        mine = {"id": "e", "list_id": "mine", "type": "rule_default", "namespace_type": "single"}
        theirs = {"id": "t", "list_id": "theirs", "type": "detection", "namespace_type": "agnostic"}
        self.assertEqual(self.bring(rule(note="a", tags=["t"]))[0]["outcome"], "installed")
        edited = self.bring(rule(note="mine", tags=["t", "mine"], exceptions_list=[mine], enabled=False))[0]
        self.assertEqual((edited["outcome"], edited["revision"]), ("edited", 1))
        self.assertEqual(self.bring(rule(note="a", tags=["t"]))[0]["outcome"], "kept")
        merged = self.bring(rule(version=2, note="b", tags=["u"], exceptions_list=[theirs], severity="high", risk_score=73))[0]
        self.assertEqual((merged["outcome"], merged["version"], merged["revision"]), ("merged", 2, 2))
        self.assertEqual(merged["conflicts"], ["note"])
        runs, = self.exported()
        self.assertEqual([e["list_id"] for e in runs["exceptions_list"]], ["mine", "theirs"])
        self.assertEqual((runs["note"], runs["tags"], runs["severity"], runs["enabled"], runs["version"], runs["revision"]),
                         ("mine", ["mine", "u"], "high", False, 2, 2))
        self.assertEqual([(h["version"], h.get("revision"), h["kind"]) for h in self.history()],
                         [(2, 2, "merge"), (1, 1, "edit"), (1, 0, "import")])
        text = self.run_program("rules", "import", "--store", "s.db", self.write("in.ndjson", json.dumps(
            rule(version=3, note="c", tags=["u"], exceptions_list=[theirs])))).stdout
        self.assertIn("merged    version 3 revision 3  a-rule  A Rule\n  conflict in note: as it was changed here\n", text)
        self.assertIn("1 rule\n     1  merged: a newer version with what was changed here\n     1  conflicts\n", text)

    def test_exceptions_come_with_the_rules_and_stay(self):
        named = {"id": "x", "list_id": "l", "type": "rule_default", "namespace_type": "single"}
        container = {"list_id": "l", "type": "rule_default", "name": "L", "description": "d", "namespace_type": "single"}

        def item(value, **more):
            return {"list_id": "l", "item_id": "i", "name": "I", "description": "d", "namespace_type": "single", "type": "simple",
                    "entries": [{"field": "b", "type": "match", "operator": "included", "value": value}], **more}
        event = self.write_events("e.ndjson", {"@timestamp": 1, "a": 1, "b": "one"}, {"@timestamp": 2, "a": 1, "b": "two"})
        first = self.bring(rule(exceptions_list=[named]), container, item("one"), {**item("x"), "item_id": None})
        self.assertEqual(first[-1], {"exceptions": {"added": 3, "changed": 0, "unchanged": 0, "kept": 0}})
        self.assertEqual([a["b"] for a in self.detect("--rules", "s.db", event)], ["two"])
        changed = self.bring(item("two", updated_at="now", created_by="me"))
        self.assertEqual(changed[-1]["exceptions"]["changed"], 1)
        self.assertEqual([a["b"] for a in self.detect("--rules", "s.db", event)], ["one"])
        again = self.bring(item("one"), item("two", item_id="other"), container)[-1]["exceptions"]
        self.assertEqual(again, {"added": 1, "changed": 0, "unchanged": 1, "kept": 1})
        self.assertEqual([a["b"] for a in self.detect("--rules", "s.db", event)], ["one"])
        self.bring(item("one"), options=["--as", "edit"])
        self.assertEqual(self.detect("--rules", "s.db", event), [])
        # What is exported makes the same store; a part of it has what its rules name.
        exported = self.run_program("rules", "export", "--store", "s.db").stdout
        self.run_program("rules", "import", "--store", "t.db", self.write("all.ndjson", exported))
        self.assertEqual(self.run_program("rules", "export", "--store", "t.db").stdout, exported)
        again = self.run_program("rules", "import", "--store", "s.db", "-o", "ndjson", "all.ndjson").stdout.splitlines()[-1]
        self.assertEqual(json.loads(again), {"exceptions": {"added": 0, "changed": 0, "unchanged": 4, "kept": 0}})
        self.bring(rule(rule_id="no-lists", name="Other"))
        self.assertEqual(len(self.exported("--rule", "other")), 1)
        self.assertEqual(len(self.exported("--rule", "a rule")), 5)

    def test_history_and_diff_tell_what_changed(self):
        drafts = [{"rule_id": "d", "version": v, "release": f"1.{v}.0", "language": "kuery", "type": "query", "query": q}
                  for v, q in ((1, "a:1"), (2, "a:1 and b:2"), (3, "a : 1 AND\n  b : 2"))]
        drafts.append({"rule_id": "d", "version": 4, "type": "eql", "language": "eql", "query": "any where a == 1\n"})
        self.assertEqual({r["outcome"] for r in self.bring(*drafts)}, {"draft"})
        text = self.run_program("rules", "history", "d", "--store", "s.db").stdout
        self.assertEqual(text, "(d)\n"
                         "- Version 4\n  - Updated query, changed from:\n      a : 1 AND\n        b : 2\n"
                         "- Version 3 (1.3.0 release)\n  - Formatting only\n"
                         "- Version 2 (1.2.0 release)\n  - Updated query, changed from:\n      a:1\n"
                         "Added as version 1 (1.1.0 release)\n")
        self.assertEqual(self.exported(), [])
        text = self.run_program("rules", "diff", "d", "2", "3", "--store", "s.db").stdout
        self.assertEqual(text, "--- Version 2 (1.2.0 release)\n+++ Version 3 (1.3.0 release)\n"
                         "query\n  - a:1 and b:2\n  + a : 1 AND\n  +   b : 2\n")
        self.bring(rule(tags=["a", "b"]), rule(version=2, tags=["b", "c"], name="B Rule"))
        text = self.run_program("rules", "diff", "B rule", "--store", "s.db").stdout
        self.assertEqual(text, "--- Version 1\n+++ Version 2\nname\n  - A Rule\n  + B Rule\ntags\n  - a\n    b\n  + c\n")
        self.run_program("rules", "diff", "B rule", "9", "--store", "s.db", code=3)
        self.run_program("rules", "history", "rule", "--store", "nowhere.db", code=3)
        self.run_program("rules", "history", "--store", "s.db", code=2)

    def test_rollback_and_modes(self):
        self.bring(rule(note="a"), rule(version=2, note="b"))
        told = self.run_program("rules", "rollback", "a-rule", "1", "--store", "s.db").stdout
        self.assertEqual(told, "a-rule: now version 2 revision 2\n")
        self.assertEqual(self.exported()[0]["note"], "a")
        self.assertEqual(self.bring(rule(version=2, note="b"))[0]["outcome"], "kept")
        told = self.run_program("rules", "rollback", "a-rule", "r1", "--store", "s.db").stdout
        self.assertEqual(told, "a-rule: now version 2 revision 3\n")
        self.assertEqual(self.bring(rule(version=2, note="c"), options=["--as", "prebuilt"])[0]["outcome"], "upgraded")
        self.assertEqual(self.bring(rule(version=9, note="d"), options=["--as", "edit"])[0]["outcome"], "edited")
        self.assertEqual(self.exported("--rule", "no such"), [])
        self.assertEqual(len(self.exported("--rule", "a rule")), 1)
        self.run_program("rules", "rollback", "a-rule", "1", "--store", "new.db", code=3)
        self.assertFalse((self.folder / "new.db").exists())

    def test_wrong_rules_are_told_and_the_others_come(self):
        told = self.bring(rule(), {"name": "no rule", "severity": "low"}, rule(rule_id="b"), code=3)
        self.assertEqual([r["rule_id"] for r in told], ["a-rule", "b"])
        self.write("s.db", b"SQLite format 3\0" + bytes(200))
        self.run_program("rules", "import", "--store", "s.db", RULES, code=3)
        self.run_program("detect", "--rules", "s.db", "-", stdin="", code=3)
        other = sqlite3.connect(self.folder / "other.db")
        other.execute("create table t(a)")
        other.commit()
        done = self.run_program("rules", "import", "--store", "other.db", RULES, code=3)
        self.assertIn("not a rule store", done.stderr)
        self.assertEqual(other.execute("select count(*) from sqlite_schema").fetchone(), (1,))
        other.close()

    def test_texts_of_rules_do_not_reach_the_terminal(self):
        self.bring(rule(rule_id="x", name="\x1b[31mred"), rule(rule_id="x", name="b\x07", version=2, query="any where a == 2"))
        for verb in (("history", "x"), ("diff", "x", "1", "2")):
            text = self.run_program("rules", *verb, "--store", "s.db").stdout
            self.assertNotIn("\x1b", text)
            self.assertNotIn("\x07", text)


class Killed(ProgramTest):
    """What was told before the end is there after it, and the store opens, whenever the end comes."""
    COUNT = 3000

    def test_a_store_that_was_killed_has_all_that_was_told(self):
        path = self.write("in.ndjson", "".join(json.dumps(rule(rule_id=f"r{i}", note="n" * 500)) + "\n" for i in range(self.COUNT)))
        started = time.monotonic()
        self.run_program("rules", "import", "--store", "whole.db", path)
        whole = time.monotonic() - started
        told = 0
        interrupted = 0
        for _ in range(12):
            started = time.monotonic()
            wait = random.uniform(0, whole)
            with subprocess.Popen([SHRIKE, "rules", "import", "--store", "s.db", "-o", "ndjson", str(path)], cwd=self.folder,
                                  stdout=open(self.folder / "told", "a"), env=self.environment) as program:
                time.sleep(wait)
                interrupted += program.poll() is None
                program.send_signal(signal.SIGKILL)
            lines = (self.folder / "told").read_text().splitlines()
            outcomes = [json.loads(line) for line in lines if line.endswith("}")]
            told = {r["rule_id"] for r in outcomes}
            if not (self.folder / "s.db").exists():
                continue
            done = self.run_program("rules", "export", "--store", "s.db") if told else None
            there = {json.loads(line)["rule_id"] for line in done.stdout.splitlines()} if done else set()
            self.assertLessEqual(told, there)
        self.assertGreater(interrupted, 0)
        self.run_program("rules", "import", "--store", "s.db", path)
        store = sqlite3.connect(self.folder / "s.db")
        self.assertEqual(store.execute("pragma integrity_check").fetchone(), ("ok",))
        self.assertEqual(store.execute("select count(*), count(distinct rule_id) from versions").fetchone(), (self.COUNT, self.COUNT))
        store.close()

    def test_two_at_once_wait_for_each_other(self):
        paths = [self.write(f"in{n}.ndjson", "".join(json.dumps(rule(rule_id=f"r{n}-{i}")) + "\n" for i in range(500)))
                 for n in range(3)]
        programs = [subprocess.Popen([SHRIKE, "rules", "import", "--store", "s.db", str(path)], cwd=self.folder,
                                     stdout=subprocess.DEVNULL, env=self.environment) for path in paths]
        self.assertEqual([program.wait() for program in programs], [0, 0, 0])
        done = self.run_program("rules", "export", "--store", "s.db")
        self.assertEqual(len(done.stdout.splitlines()), 1500)

    def test_several_make_the_same_store_at_once(self):
        path = self.write("in.ndjson", json.dumps(rule(rule_id="r")) + "\n")
        for number in range(30):
            programs = [subprocess.Popen([SHRIKE, "rules", "import", "--store", f"{number}.db", str(path)], cwd=self.folder,
                                         stdout=subprocess.DEVNULL, env=self.environment) for _ in range(4)]
            self.assertEqual([program.wait() for program in programs], [0, 0, 0, 0])

    @unittest.skipIf(os.geteuid() == 0, "root may write anywhere")
    def test_a_store_is_read_where_nothing_can_be_written(self):
        self.run_program("rules", "import", "--store", "d/s.db", RULES)
        (self.folder / "d").chmod(0o500)
        self.addCleanup((self.folder / "d").chmod, 0o700)
        self.assertEqual(len(self.run_program("rules", "export", "--store", "d/s.db").stdout.splitlines()), 6)


if __name__ == "__main__":
    unittest.main()
