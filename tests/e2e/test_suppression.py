"""Alert suppression: which matches become one alert, and what it says of them; held against a plain model of the same words."""
import collections
import itertools
import json
import random
import unittest

from program import NOW, ProgramTest

RULE = {"rule_id": "r", "name": "R", "description": "x", "risk_score": 1, "severity": "low"}
QUERY = {**RULE, "type": "query", "query": "event.category : process"}
EQL = {**RULE, "type": "eql", "language": "eql", "query": "process where true"}


def suppress(*fields, duration=None, strategy=None):
    asked = {"group_by": list(fields)}
    if duration:
        asked["duration"] = {"value": duration, "unit": "s"}
    if strategy:
        asked["missing_fields_strategy"] = strategy
    return {"alert_suppression": asked}


def time_of(second):
    return f"2024-01-01T00:{second // 60:02}:{second % 60:02}.000Z"


def event(second, **members):
    return {"@timestamp": time_of(second), "event": {"category": "process"}, **members}


def values_of(document, field):
    value = document.get(field)
    values = [] if value is None else value if isinstance(value, list) else [value]
    return list(dict.fromkeys(values))


def keys_of(document, rule):
    fields = rule["alert_suppression"]["group_by"]
    if rule["type"] == "query":
        return list(itertools.product(*(values_of(document, field) or [None] for field in fields)))
    return [tuple(tuple(sorted(values_of(document, field))) or None for field in fields)]


def model(events, rule):
    """(start, end, docs_count, values) of each alert; (start,) of one that is apart."""
    asked = rule["alert_suppression"]
    duration = asked.get("duration", {}).get("value")
    groups, alerts = {}, []
    for second, document in sorted(((document.pop("second"), document) for document in map(dict, events)), key=lambda pair: pair[0]):
        keys = keys_of(document, rule)
        if asked.get("missing_fields_strategy") == "doNotSuppress" and any(not values_of(document, f) for f in asked["group_by"]):
            alerts.append((second,))
            continue
        for key in keys:
            group = groups.get(key)
            if group is None or (duration and second > group[0] + duration):
                group = groups[key] = [second, second, -1, key]
                alerts.append(group)
            group[1] = second
            group[2] += 1
    return collections.Counter(tuple(alert) for alert in alerts)


def told(alert):
    start = alert.get("kibana.alert.suppression.start")
    if start is None:
        return (second_of(alert["kibana.alert.original_time"]),)
    values = tuple(tuple(v) if isinstance(v, list) else v for v in (t["value"] for t in alert["kibana.alert.suppression.terms"]))
    return (second_of(start), second_of(alert["kibana.alert.suppression.end"]), alert["kibana.alert.suppression.docs_count"], values)


def second_of(text):
    return int(text[14:16]) * 60 + int(text[17:19])


class Suppression(ProgramTest):
    def alerts(self, rule, *events, options=()):
        rules = self.write("r.ndjson", json.dumps(rule) + "\n")
        path = self.write_events("events.ndjson", *events)
        return self.detect("--rules", rules, "--eval", "both", *options, path)

    def test_the_first_of_a_group_tells_of_all(self):
        first, second = self.alerts({**QUERY, **suppress("host")}, event(1, host="a", n=1), event(2, host="b"), event(3, host="a", n=2))
        self.assertEqual(first["n"], 1)
        self.assertEqual(first["kibana.alert.suppression.terms"], [{"field": "host", "value": "a"}])
        self.assertEqual(first["kibana.alert.suppression.start"], time_of(1))
        self.assertEqual(first["kibana.alert.suppression.end"], time_of(3))
        self.assertEqual(first["kibana.alert.suppression.docs_count"], 1)
        self.assertEqual(second["kibana.alert.suppression.docs_count"], 0)
        self.assertNotEqual(first["kibana.alert.instance.id"], second["kibana.alert.instance.id"])
        self.assertNotEqual(first["kibana.alert.uuid"], second["kibana.alert.uuid"])

    def test_a_duration_counts_from_the_first_and_holds_both_ends(self):
        rule = {**EQL, **suppress("host", duration=10)}
        alerts = self.alerts(rule, *(event(second, host="a") for second in (1, 11, 12, 22, 23)))
        self.assertEqual([told(alert) for alert in alerts], [(1, 11, 1, (("a",),)), (12, 22, 1, (("a",),)), (23, 23, 0, (("a",),))])

    def test_arrays_are_buckets_of_a_query_and_one_value_of_eql(self):
        events = event(1, host=["b", "a"]), event(2, host="a"), event(3, host=["a", "b"])
        self.assertEqual(sorted(told(alert) for alert in self.alerts({**QUERY, **suppress("host")}, *events)),
                         [(1, 3, 1, ("b",)), (1, 3, 2, ("a",))])
        self.assertEqual([told(alert) for alert in self.alerts({**EQL, **suppress("host")}, *events)],
                         [(1, 3, 1, (("a", "b"),)), (2, 2, 0, (("a",),))])

    def test_a_missing_field_is_a_value_or_stands_apart(self):
        events = event(1), event(2, host="a"), event(3)
        self.assertEqual([told(alert) for alert in self.alerts({**QUERY, **suppress("host")}, *events)],
                         [(1, 3, 1, (None,)), (2, 2, 0, ("a",))])
        alerts = self.alerts({**QUERY, **suppress("host", strategy="doNotSuppress")}, *events)
        self.assertEqual(sorted(told(alert) for alert in alerts), [(1,), (2, 2, 0, ("a",)), (3,)])
        self.assertNotIn("kibana.alert.instance.id", alerts[0])

    def test_a_sequence_has_what_its_events_share(self):
        rule = {**EQL, "query": "sequence by id [process where n == 1] [process where n == 2]", **suppress("host", "user")}
        events = [event(10 * i + n, id=i, n=n, host=["a", "b", f"x{n}"], user=f"{i}{n}") for i in range(3) for n in (1, 2)]
        *blocks, shell = self.alerts(rule, *events)
        self.assertEqual(len(blocks), 2)
        self.assertEqual(told(shell), (2, 22, 2, (("a", "b"), None)))
        self.assertTrue(all("kibana.alert.suppression.start" not in block for block in blocks))
        events[2]["host"] = ["b", "a"]
        self.assertEqual(len(self.alerts(rule, *events)), 6)

    def test_what_was_suppressed_is_counted(self):
        rules = self.write("r.ndjson", json.dumps({**QUERY, **suppress("host")}) + "\n")
        path = self.write_events("events.ndjson", *(event(second, host="a") for second in range(4)))
        done = self.run_program("detect", *NOW, "--rules", rules, path)
        self.assertIn("3 more matches suppressed, their alerts count them: R", done.stdout)
        capped = self.run_program("detect", *NOW, "--rules", self.write("c.ndjson", json.dumps(
            {**QUERY, **suppress("n"), "max_signals": 2}) + "\n"), "--max-signals", "-o", "ndjson",
            self.write_events("n.ndjson", *(event(n, n=n % 3) for n in range(9))))
        self.assertEqual(len(capped.stdout.splitlines()), 2)

    def test_a_rule_says_by_what(self):
        rule = {**QUERY, "alert_suppression": {"duration": {"value": 5, "unit": "m"}}}
        done = self.run_program("detect", "--rules", self.write("r.ndjson", json.dumps(rule) + "\n"), self.write("e.ndjson", ""), code=3)
        self.assertIn("alert_suppression.group_by is required in a rule of type query", done.stderr)

    def test_the_model_says_the_same(self):
        dice = random.Random(11)
        for _ in range(40):
            rule = {**dice.choice((QUERY, EQL)), **suppress(*dice.sample(("a", "b", "c"), dice.randint(1, 3)),
                                                            duration=dice.choice((None, 5, 30)),
                                                            strategy=dice.choice((None, "suppress", "doNotSuppress")))}
            events = []
            for second in dice.sample(range(300), dice.randint(1, 60)):
                members = {field: dice.choice(("x", "y", ["x"], ["y", "x"], ["x", "z"], None, [])) for field in "abc"
                           if dice.random() < 0.8}
                events.append({**event(second, **members), "second": second})
            expected = model(events, rule)
            alerts = self.alerts(rule, *events, options=("--jobs", dice.choice((1, 3))))
            self.assertEqual(collections.Counter(map(told, alerts)), expected, rule)
            self.assertEqual(len({alert["kibana.alert.uuid"] for alert in alerts}), len(alerts))


if __name__ == "__main__":
    unittest.main()
