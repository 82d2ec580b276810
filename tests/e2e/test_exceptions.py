"""Exception lists: where they are read from, what they keep rules from seeing, and what is told of those that do nothing."""
import json
import unittest

from program import NOW, ProgramTest

RULE = {"rule_id": "r", "name": "Any Start", "description": "x", "risk_score": 1, "severity": "low", "type": "eql", "language": "eql",
        "query": "process where true"}
SHARED = {"id": "1", "list_id": "shared", "type": "detection", "namespace_type": "single"}
OWN = {"id": "2", "list_id": "own", "type": "rule_default", "namespace_type": "agnostic"}


def rule(*lists, **changes):
    return {**RULE, "exceptions_list": list(lists), **changes}


def container(reference, name="A list"):
    return {**reference, "name": name, "description": "", "tags": [], "os_types": [], "_version": "x", "created_by": "me"}


def item(reference, *entries, **members):
    return {"item_id": members.pop("item_id", "item"), "list_id": reference["list_id"], "namespace_type": reference["namespace_type"],
            "type": "simple", "name": "An item", "description": "", "comments": [], "tags": [], "entries": list(entries), **members}


def match(field, value, operator="included"):
    return {"field": field, "type": "match", "operator": operator, "value": value}


def event(second, name, category="process", **members):
    return {"@timestamp": f"2024-01-01T00:00:{second:02}Z", "event": {"category": category}, "process": {"name": name}, **members}


class Exceptions(ProgramTest):
    def ndjson(self, name, *objects):
        return self.write(name, "".join(json.dumps(each) + "\n" for each in objects))

    def names(self, *arguments):
        return [alert["process"]["name"] for alert in self.detect("--eval", "both", *arguments)]

    def setUp(self):
        super().setUp()
        self.events = self.write_events("events.ndjson", event(1, "a.exe"), event(2, "b.exe"), event(3, "c.exe"))

    def test_an_export_holds_rules_and_their_exceptions(self):
        rules = self.ndjson("export.ndjson", rule(SHARED, OWN), container(SHARED), container(OWN),
                            item(SHARED, match("process.name", "a.exe")), item(OWN, match("process.name", "c.exe")),
                            {"exported_count": 5, "exported_rules_count": 1})
        self.assertEqual(self.names("--rules", rules, self.events), ["b.exe"])

    def test_a_list_is_named_with_its_namespace(self):
        other = {**SHARED, "namespace_type": "agnostic"}
        rules = self.ndjson("r.ndjson", rule(SHARED), container(other), item(other, match("process.name", "a.exe")))
        self.assertEqual(self.names("--rules", rules, self.events), ["a.exe", "b.exe", "c.exe"])

    def test_lists_are_given_apart_from_rules(self):
        rules = self.ndjson("r.ndjson", rule(SHARED))
        lists = self.ndjson("lists/x.ndjson", container(SHARED), item(SHARED, match("process.name", "a.exe")), rule(rule_id="other"))
        for where in (lists, lists.parent):
            self.assertEqual(self.names("--rules", rules, "--exceptions", where, self.events), ["b.exe", "c.exe"])

    def test_lists_of_detection_rules_are_toml(self):
        rules = self.ndjson("custom/rules/r.ndjson", rule(SHARED))
        self.write("custom/exceptions/shared.toml", """
[metadata]
creation_date = "2024/01/01"
updated_date = "2024/01/01"
list_name = "A list"
rule_ids = ["r"]
rule_names = ["Any Start"]

[[exceptions]]
[exceptions.container]
description = ""
list_id = "shared"
name = "A list"
namespace_type = "single"
tags = []
type = "detection"

[[exceptions.items]]
comments = []
description = ""
name = "The second"
type = "simple"
[[exceptions.items.entries]]
field = "process.name"
operator = "included"
type = "match_any"
value = ["b.exe", "x.exe"]
""")
        self.assertEqual(self.names("--rules", rules.parent.parent, self.events), ["a.exe", "c.exe"])
        self.assertEqual(self.names("--rules", rules, "--exceptions", rules.parent.parent / "exceptions", self.events),
                         ["a.exe", "c.exe"])

    def test_a_list_that_is_nowhere_is_told_for_each_rule(self):
        rules = self.ndjson("r.ndjson", rule(SHARED), rule(SHARED, rule_id="s", name="Other"))
        done = self.run_program("detect", *NOW, "-o", "ndjson", "--rules", rules, self.events)
        self.assertEqual(done.stderr.count('list "shared" (single) is in no file that was read: --exceptions FILE'), 2)
        self.assertEqual(len(done.stdout.splitlines()), 6)

    def test_an_item_that_cannot_be_read_is_told_and_the_others_count(self):
        faults = {"operator is required": {"field": "a", "type": "match", "value": "x"},
                  "value must be a text in an entry of type match": {"field": "a", "type": "match", "operator": "included"},
                  "value must be a list of texts in an entry of type match_any":
                      {"field": "a", "type": "match_any", "operator": "included", "value": []},
                  "value[1] must be a text": {"field": "a", "type": "match_any", "operator": "included", "value": ["x", 1]},
                  "list must be an object with id and type": {"field": "a", "type": "list", "operator": "included"},
                  "list.type is required": {"field": "a", "type": "list", "operator": "included", "list": {"id": "x"}},
                  "entries is required in an entry of type nested": {"field": "a", "type": "nested"},
                  "type must be one of match, match_any, exists, wildcard, list, nested": {"field": "a", "type": "range"},
                  "field is required": {"type": "exists", "operator": "included"}}
        for message, entry in faults.items():
            rules = self.ndjson("r.ndjson", rule(SHARED), container(SHARED), item(SHARED, match("process.name", "a.exe")),
                                item(SHARED, match("process.name", "b.exe"), entry, item_id="wrong"))
            done = self.run_program("detect", *NOW, "-o", "ndjson", "--rules", rules, self.events)
            self.assertRegex(done.stderr, r"r\.ndjson:4:\d+: error: entries\[1\]\." + message.replace("[", r"\[").split("]")[0])
            self.assertEqual([json.loads(line)["process"]["name"] for line in done.stdout.splitlines()], ["b.exe", "c.exe"], message)
        for member, message in (({"expire_time": "soon"}, "expire_time is no date"),
                                ({"os_types": ["beos"]}, "os_types[0] must be one of windows, linux, macos"),
                                ({"list_id": None}, "list_id is required"), ({"entries": []}, "entries must have at least 1 item, found 0")):
            rules = self.ndjson("r.ndjson", rule(SHARED), item(SHARED, match("a", "b"), **member))
            self.assertIn(message, self.run_program("detect", *NOW, "--rules", rules, self.events).stderr)

    def test_one_of_two_items_of_one_id_stands(self):
        same = item(SHARED, match("process.name", "a.exe"))
        rules = self.ndjson("r.ndjson", rule(SHARED), container(SHARED), same)
        again = self.ndjson("again.ndjson", container(SHARED), same)
        other = self.ndjson("other.ndjson", item(SHARED, match("process.name", "b.exe")))
        done = self.run_program("detect", *NOW, "-o", "ndjson", "--rules", rules, "--exceptions", again, self.events)
        self.assertNotIn("warning", done.stderr)
        done = self.run_program("detect", *NOW, "-o", "ndjson", "--rules", rules, "--exceptions", other, self.events)
        self.assertIn('other.ndjson:1: warning: exception item "item" was met before and says something else there: left out', done.stderr)
        self.assertEqual(len(done.stdout.splitlines()), 2)

    def test_what_has_expired_does_nothing_and_is_shown(self):
        rules = self.ndjson("r.ndjson", rule(SHARED), container(SHARED),
                            item(SHARED, match("process.name", "a.exe"), expire_time="2024-05-06T10:00:00.000Z", item_id="1"),
                            item(SHARED, match("process.name", "b.exe"), expire_time="2024-05-06T09:59:59.999Z", item_id="2"))
        for cache in ((), ("--no-cache",)):
            for _ in range(2):
                self.assertEqual(self.names("--rules", rules, *cache, self.events), ["b.exe", "c.exe"])
                self.assertEqual(self.names("--rules", rules, "--now", "2024-05-06T10:00:00.001Z", *cache, self.events),
                                 ["a.exe", "b.exe", "c.exe"])
                self.assertEqual(self.names("--rules", rules, "--now", "2024-05-06T09:59:59.999Z", *cache, self.events), ["c.exe"])
        shown = self.run_program("rules", "show", rules, *NOW).stdout
        self.assertIn("An item (until 2024-05-06T10:00:00Z)", shown)
        self.assertIn("An item (expired, does nothing since 2024-05-06T09:59:59.999Z)", shown)

    def test_exceptions_are_shown_in_words(self):
        endpoint = {"id": "3", "list_id": "endpoint_list", "type": "endpoint", "namespace_type": "agnostic"}
        rules = self.ndjson("r.ndjson", rule(SHARED, OWN, endpoint), container(SHARED, "Known\x1b[31m"),
                            item(SHARED, match("a", "1"), match("b", "2", "excluded"),
                                 {"field": "c", "type": "match_any", "operator": "included", "value": ["x", "y"]},
                                 {"field": "d", "type": "exists", "operator": "excluded"},
                                 {"field": "e", "type": "wildcard", "operator": "included", "value": "*.exe"},
                                 {"field": "f", "type": "nested", "entries": [match("g", "1"), match("h", "2")]},
                                 {"field": "i", "type": "list", "operator": "excluded", "list": {"id": "ips", "type": "ip"}},
                                 os_types=["windows", "linux"]))
        shown = self.run_program("rules", "show", rules, *NOW).stdout
        self.assertTrue(shown.endswith("""
Exceptions:
  Known?[31m (list "shared", detection)
    An item
      on windows, linux
      a is "1"
      and b is not "2"
      and c is one of "x", "y"
      and d does not exist
      and e matches "*.exe"
      and f has
        g is "1"
        and h is "2"
      and i is not in list "ips" (ip)
  own (list "own", rule_default): not there
  endpoint_list (list "endpoint_list", endpoint): Endpoint applies it itself, the rule does not

"""), shown)

    def test_an_exception_of_one_event_breaks_a_sequence(self):
        events = self.write_events("s.ndjson", *(event(second, name, host={"id": host}) for second, name, host in (
            (1, "a.exe", "1"), (2, "b.exe", "1"), (3, "a.exe", "2"), (4, "c.exe", "2"))))
        query = 'sequence by host.id [process where process.name == "a.exe"] [process where true]'
        lists = (container(SHARED), item(SHARED, match("process.name", "b.exe")))
        rules = self.ndjson("r.ndjson", rule(SHARED, query=query), *lists)
        alerts = self.detect("--eval", "both", "--rules", rules, events)
        self.assertEqual([alert["host"]["id"] for alert in alerts], ["2", "2", "2"])
        absent = 'sequence by host.id with maxspan=1m [process where process.name == "a.exe"] ![process where process.name == "b.exe"]'
        rules = self.ndjson("r.ndjson", rule(SHARED, query=absent), *lists)
        alerts = self.detect("--eval", "both", "--rules", rules, events)
        self.assertEqual({alert["host"]["id"] for alert in alerts}, {"1", "2"})

    def test_a_kept_plan_knows_its_exceptions(self):
        rules = self.ndjson("r.ndjson", rule(SHARED))
        lists = self.ndjson("x.ndjson", item(SHARED, match("process.name", "a.exe")))
        given = ("--rules", rules, "--exceptions", lists)
        first = self.names(*given, self.events)
        self.assertEqual(self.names(*given, self.events), first)
        self.assertEqual(self.names(*given, "--rule", "r", self.events), first)
        self.assertEqual(self.names("--rules", rules, self.events), ["a.exe", "b.exe", "c.exe"])
        self.ndjson("x.ndjson", item(SHARED, match("process.name", "b.exe")))
        self.assertEqual(self.names(*given, self.events), ["a.exe", "c.exe"])

    def test_an_item_may_be_for_some_systems(self):
        events = self.write_events("e.ndjson", event(1, "a.exe", host={"os": {"type": "windows"}}),
                                   event(2, "a.exe", host={"os": {"name": "Windows"}}),
                                   event(3, "a.exe", host={"os": {"type": "linux", "name": "Debian"}}), event(4, "a.exe"))
        rules = self.ndjson("r.ndjson", rule(SHARED), item(SHARED, match("process.name", "a.exe"), os_types=["windows", "macos"]))
        alerts = self.detect("--eval", "both", "--rules", rules, events)
        self.assertEqual([alert["kibana.alert.original_time"][17:19] for alert in alerts], ["03", "04"])


    def test_lint_tells_what_cannot_be_meant(self):
        other = {**SHARED, "list_id": "other"}
        good = item(SHARED, match("process.name", "a.exe"), match("process.name", "b.exe", "excluded"), item_id="good")
        rules = self.ndjson("r.ndjson", rule(SHARED, other), container(SHARED), good)
        done = self.run_program("rules", "lint", *NOW, rules, code=1)
        self.assertEqual(done.stdout, f'{rules}:1: warning: exception list "other" (single) is in no file\n1 rules checked, 1 findings\n')
        never = [match("a", "x"), {"field": "b", "type": "exists", "operator": "included"}, match("a", "x", "excluded")]
        absent = [{"field": "b", "type": "exists", "operator": "excluded"}, {"field": "b", "type": "wildcard", "operator": "included", "value": "*"}]
        rules = self.ndjson("r.ndjson", rule(SHARED), container(SHARED), good, item(SHARED, match("process.name", "*.exe"), item_id="1"),
                            item(SHARED, *never, item_id="2"), item(SHARED, *absent, item_id="3"),
                            item(SHARED, match("a", "x"), item_id="4", expire_time="2024-01-01T00:00:00Z"))
        done = self.run_program("rules", "lint", *NOW, rules, code=1)
        self.assertEqual([line.split(": ", 2)[0].rsplit(":", 1)[1] for line in done.stdout.splitlines()[:-1]], ["4", "5", "6", "7"])
        for words in ("type wildcard was meant?", "entries 1 and 3 ask for a and its opposite", "entries 1 and 2 ask for b", "has expired"):
            self.assertIn(words, done.stdout)
        done = self.run_program("rules", "lint", *NOW, self.ndjson("r.ndjson", rule(SHARED)))
        self.assertEqual(done.stdout, "1 rules checked, 0 findings\n")


class ValueLists(ProgramTest):
    def setUp(self):
        super().setUp()
        self.events = self.write_events("events.ndjson", *(event(second, name, source={"ip": ip}) for second, name, ip in (
            (1, "a.exe", "10.0.0.7"), (2, "b.exe", "192.0.2.1"), (3, "c.exe", "2001:db8::1"))))

    def rules(self, field, list_id, list_type):
        lines = (rule(SHARED), item(SHARED, {"field": field, "type": "list", "operator": "included",
                                             "list": {"id": list_id, "type": list_type}}))
        return self.write("r.ndjson", "".join(json.dumps(line) + "\n" for line in lines))

    def run_detect(self, *arguments):
        done = self.run_program("detect", *NOW, "-o", "ndjson", "--eval", "both", *arguments, self.events)
        return [json.loads(line)["process"]["name"] for line in done.stdout.splitlines()], done.stderr

    def test_a_list_is_a_file_of_its_name(self):
        for name in ("known", "known.txt"):
            self.write(f"lists/{name}", "\ufeffa.exe\r\n\r\nc.exe\r\n")
            found, told = self.run_detect("--rules", self.rules("process.name", "known", "keyword"), "--value-lists", "lists")
            self.assertEqual(found, ["b.exe"])
            self.assertRegex(told, r"value list known \(keyword\): 2 values, 0\.\d MiB\n")
            (self.folder / "lists" / name).unlink()
        self.write("lists/known.a", "")
        self.write("lists/known.b", "")
        self.assertIn('value list "known": 2 files are called so',
                      self.run_detect("--rules", self.rules("process.name", "known", "keyword"), "--value-lists", "lists")[1])

    def test_a_list_that_is_not_there_is_told_for_the_rule(self):
        rules = self.rules("process.name", "known", "keyword")
        found, told = self.run_detect("--rules", rules)
        self.assertEqual(len(found), 3)
        self.assertRegex(told, r'r\.ndjson:1: warning: an exception is not applied: \S*r\.ndjson:2: "An item": '
                               r'value list "known" is not there: --value-lists DIR')
        self.write("lists/other", "")
        self.assertIn('value list "known": there is no such file', self.run_detect("--rules", rules, "--value-lists", "lists")[1])
        self.assertIn('value list "other": lists of type shape are not supported',
                      self.run_detect("--rules", self.rules("a", "other", "shape"), "--value-lists", "lists")[1])

    def test_lines_that_are_no_values_are_told_and_counted(self):
        self.write("lists/nets", b"10.0.0.0/8\nhost\n2001:db8::9-2001:db8::1\n\xff\n" + b"x\n" * 20)
        found, told = self.run_detect("--rules", self.rules("source.ip", "nets", "ip_range"), "--value-lists", "lists")
        self.assertEqual(found, ["b.exe", "c.exe"])
        self.assertIn('lists/nets:2: warning: "host" is no ip_range: left out', told)
        self.assertIn("lists/nets:4: warning: not UTF-8: left out", told)
        self.assertIn("lists/nets:1: warning: 13 more lines are left out", told)
        self.assertIn("value list nets (ip_range): 1 values", told)

    def test_a_kept_plan_knows_its_lists(self):
        rules = self.rules("process.name", "known", "keyword")
        self.write("lists/known", "a.exe\n")
        given = ("--rules", rules, "--value-lists", "lists")
        for _ in range(2):
            self.assertEqual(self.run_detect(*given)[0], ["b.exe", "c.exe"])
        self.assertEqual(self.run_detect(*given, "--rule", "r")[0], ["b.exe", "c.exe"])
        self.write("lists/known", "b.exe\n")
        self.assertEqual(self.run_detect(*given)[0], ["a.exe", "c.exe"])
        self.assertEqual(len(self.run_detect("--rules", rules)[0]), 3)

    def test_a_list_has_no_bound(self):
        self.write("lists/many", "".join(f"{n}.exe\n" for n in range(200000)) + "b.exe\n")
        found, told = self.run_detect("--rules", self.rules("process.name", "many", "keyword"), "--value-lists", "lists")
        self.assertEqual(found, ["a.exe", "c.exe"])
        self.assertIn("value list many (keyword): 200,001 values", told)


if __name__ == "__main__":
    unittest.main()
