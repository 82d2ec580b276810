"""What a rule takes from its events instead of saying it itself: severity, risk, name, time, category, order; building blocks;
and rules that look at alerts."""
import json
import unittest

from program import NOW, ProgramTest

RULE = {"rule_id": "6e1b2c5a-0000-4000-8000-000000000001", "name": "R", "description": "x", "risk_score": 21, "severity": "low",
        "type": "eql", "language": "eql", "query": "process where true"}
EVENT = {"@timestamp": "2024-01-01T00:00:00Z", "event": {"category": "process"}}


def mapping(field, value, **more):
    return {"field": field, "operator": "equals", "value": value, **more}


class Overrides(ProgramTest):
    def alerts(self, rule, *events, options=()):
        rules = self.write("r.ndjson", "".join(json.dumps({**RULE, **one}) + "\n" for one in ([rule] if isinstance(rule, dict) else rule)))
        return self.detect("--rules", rules, "--eval", "both", *options, self.write_events("e.ndjson", *events))

    def test_the_highest_severity_that_fits_counts_whatever_its_place(self):
        rule = {"severity_mapping": [mapping("a", "1", severity="critical"), mapping("b", "x", severity="medium"),
                                     mapping("event.severity", "73", severity="high")]}
        cases = (({"a": 1, "b": "x"}, "critical"), ({"a": "1"}, "critical"), ({"b": ["y", "x"]}, "medium"), ({"b": "X"}, "low"),
                 ({"event": {**EVENT["event"], "severity": 73.0}}, "high"), ({"event": {**EVENT["event"], "severity": "73"}}, "high"),
                 ({"a": "1.0"}, "low"), ({}, "low"))
        for members, severity in cases:
            alert, = self.alerts(rule, {**EVENT, **members})
            self.assertEqual(alert["kibana.alert.severity"], severity, members)
            self.assertEqual(alert["kibana.alert.rule.severity"], "low")
            self.assertIn(f"created {severity} alert", alert["kibana.alert.reason"])

    def test_the_first_mapping_of_risk_alone_counts_and_its_value_says_nothing(self):
        rule = {"risk_score_mapping": [mapping("a", "nothing", risk_score=99), mapping("b", "")]}
        for members, risk in (({"a": 5, "b": 90}, 5), ({"a": ["7", 30, "x"]}, 30), ({"a": 101}, 21), ({"a": -1}, 21), ({"b": 90}, 21),
                              ({"a": "100"}, 100), ({"a": True}, 21)):
            alert, = self.alerts(rule, {**EVENT, **members})
            self.assertEqual(alert["kibana.alert.risk_score"], risk, members)

    def test_the_name_is_a_text_of_the_event(self):
        rule = {"rule_name_override": "message"}
        for members, name in (({"message": "M"}, "M"), ({"message": ["A", "B"]}, "A"), ({"message": ""}, "R"), ({}, "R"), ({"message": 5}, "R")):
            alert, = self.alerts(rule, {**EVENT, **members})
            self.assertEqual(alert["kibana.alert.rule.name"], name, members)

    def test_alerts_of_a_sequence_take_none(self):
        rule = {"query": "sequence [process where true] [process where true]", "rule_name_override": "message",
                "severity_mapping": [mapping("a", "1", severity="critical")], "risk_score_mapping": [mapping("b", "")]}
        alerts = self.alerts(rule, *({**EVENT, "a": 1, "b": 99, "message": "M"} for _ in range(2)))
        self.assertEqual(len(alerts), 3)
        for alert in alerts:
            self.assertEqual([alert[f"kibana.alert.{name}"] for name in ("severity", "risk_score", "rule.name")], ["low", 21, "R"])

    def test_alerts_of_a_building_block_rule_are_blocks(self):
        alert, = self.alerts({"building_block_type": "default"}, EVENT)
        self.assertEqual(alert["kibana.alert.building_block_type"], "default")
        self.assertEqual(alert["kibana.alert.rule.building_block_type"], "default")
        self.assertNotIn("kibana.alert.group.id", alert)

    def test_without_the_fallback_an_event_must_have_the_time_that_overrides(self):
        ingested = {**EVENT, "event": {**EVENT["event"], "ingested": "2024-01-01T01:00:00Z"}, "n": 1}
        for language in ({}, {"type": "query", "language": "kuery", "query": "event.category : process"}):
            rule = {**language, "timestamp_override": "event.ingested"}
            self.assertEqual(len(self.alerts(rule, EVENT, ingested)), 2)
            alert, = self.alerts({**rule, "timestamp_override_fallback_disabled": True}, EVENT, ingested)
            self.assertEqual(alert["n"], 1)
            self.assertEqual(alert["kibana.alert.original_time"], "2024-01-01T00:00:00.000Z")
        self.assertEqual(len(self.alerts({"timestamp_override_fallback_disabled": True}, EVENT, ingested)), 2)

    def test_a_time_that_overrides_does_not_change_the_order_of_a_sequence(self):
        events = ({"@timestamp": f"2024-01-01T00:00:0{n}Z", "event": {"category": "process", "ingested": f"2024-01-01T00:00:0{9 - n}Z"}, "n": n}
                  for n in (1, 2))
        rule = {"query": "sequence [process where n == 1] [process where n == 2]", "timestamp_override": "event.ingested"}
        self.assertEqual(len(self.alerts(rule, *events)), 3)

    def test_category_time_and_order_come_from_the_fields_that_are_named(self):
        events = [{"when": "2024-01-01T00:00:00Z", "kind": "start", "seq": n, "n": 3 - n} for n in (2, 1)]
        rule = {"query": "sequence [start where n == 2] [start where n == 1]", "event_category_override": "kind",
                "timestamp_field": "when", "tiebreaker_field": "seq"}
        self.assertEqual(len(self.alerts(rule, *events)), 3)
        self.assertEqual(self.alerts({**rule, "tiebreaker_field": None}, *events), [])
        self.assertEqual(self.alerts({**rule, "event_category_override": None}, *events), [])


class AlertsOnAlerts(ProgramTest):
    def test_a_rule_on_alerts_stands_one_deeper_each_time_and_stops_at_its_own(self):
        upper = {**RULE, "rule_id": "6e1b2c5a-0000-4000-8000-000000000002", "name": "Upper", "index": [".alerts-security.alerts-*"],
                 "query": 'any where kibana.alert.rule.name != null'}
        lower = {**RULE, "index": ["logs-*"]}
        rules = self.write("r.ndjson", "".join(json.dumps(rule) + "\n" for rule in (lower, upper)))
        events = self.write_events("e.ndjson", {**EVENT, "data_stream": {"type": "logs", "dataset": "x", "namespace": "default"}})
        path, names = events, []
        for layer in range(1, 4):
            alerts = self.detect("--rules", rules, "--eval", "both", path)
            path = self.write_events(f"{layer}.ndjson", *alerts)
            names.append([alert["kibana.alert.rule.name"] for alert in alerts])
            if layer == 2:
                alert, = alerts
                self.assertEqual(alert["kibana.alert.depth"], 2)
                self.assertEqual([(a["type"], a["depth"], a.get("rule")) for a in alert["kibana.alert.ancestors"]],
                                 [("event", 0, None), ("signal", 1, RULE["rule_id"])])
                self.assertEqual(alert["kibana.alert.original_event.kind"], "signal")
        self.assertEqual(names, [["R"], ["Upper"], []])
        done = self.run_program("detect", *NOW, "--rules", rules, self.folder / "2.ndjson")
        self.assertIn("1 alerts not made, the rule met its own: Upper", done.stdout)

    def test_a_sequence_of_alerts(self):
        lower = self.write("lower.ndjson", json.dumps(RULE) + "\n")
        events = self.write_events("e.ndjson", *({**EVENT, "host": {"name": "h"}, "n": n} for n in range(2)))
        alerts = self.write_events("a.ndjson", *self.detect("--rules", lower, events))
        upper = self.write("upper.ndjson", json.dumps({**RULE, "rule_id": "other", "index": [".alerts-security.alerts-*"], "timestamp_field":
                           "kibana.alert.original_time", "query": "sequence by host.name [any where n == 0] [any where n == 1]"}) + "\n")
        *blocks, shell = self.detect("--rules", upper, "--eval", "both", alerts)
        self.assertEqual([block["kibana.alert.depth"] for block in blocks], [2, 2])
        self.assertEqual(shell["kibana.alert.depth"], 3)
        self.assertEqual(len(shell["kibana.alert.ancestors"]), 6)


if __name__ == "__main__":
    unittest.main()
