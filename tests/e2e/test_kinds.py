"""Rules of the types threshold, new_terms and threat_match: what they find, by both ways, and what their alerts say."""
import json
import re
import unittest

from program import NOW, ROOT, ProgramTest

RULE = {"rule_id": "r", "name": "R", "description": "d", "risk_score": 5, "severity": "low", "language": "kuery", "query": "event.action:login",
        "index": ["logs-*"], "from": "now-9m", "interval": "5m"}
IP = [{"entries": [{"field": "source.ip", "type": "mapping", "value": "threat.indicator.ip"}]}]


def login(time, user, ip="10.0.0.1", **more):
    return {"@timestamp": f"2024-05-06T{time}Z", "_index": "logs-a", "event": {"action": "login"}, "user": {"name": user}, "source": {"ip": ip},
            **more}


def indicator(**of):
    return {"@timestamp": "2024-05-01T00:00:00Z", "_index": "ti-a", "event": {"kind": "enrichment"}, "threat": {"indicator": of, "feed": {"name": "F"}}}


class Kinds(ProgramTest):
    def ask(self, events, *options, **rule):
        rules = self.write("r.ndjson", json.dumps({**RULE, **rule}) + "\n")
        self.write_events("e.ndjson", *events)
        return self.detect("--eval", "both", *options, "--rules", rules, "e.ndjson")

    def threshold(self, events, *options, **rule):
        alerts = self.ask(events, *options, type="threshold", **rule)
        return [(*(t["value"] for t in a["kibana.alert.threshold_result"]["terms"]), a["kibana.alert.threshold_result"]["count"]) for a in alerts]

    def new_terms(self, events, *options, **rule):
        alerts = self.ask(events, *options, type="new_terms", **{"history_window_start": "now-7d", **rule})
        return [(a["kibana.alert.original_time"][5:16], *a["kibana.alert.new_terms"]) for a in alerts]

    def threats(self, events, *options, **rule):
        return self.ask(events, *options, type="threat_match", **{"query": "source.ip:* or user.name:*", "threat_query": "*:*", "threat_index": ["ti-*"],
                                                                  "threat_mapping": IP, **rule})

    # --- threshold ---

    def test_a_group_is_told_when_it_has_enough_events_in_one_window(self):
        by_user = {"field": ["user.name"], "value": 3}
        events = [login("10:01:00", "ann"), login("10:02:00", "ann"), login("10:03:00", "ann"), login("10:03:00", "bob"), login("10:04:00", "bob")]
        self.assertEqual(self.threshold(events, threshold=by_user), [("ann", 3)])
        # 10:01 is no longer in the window of 10:15, which begins at 10:06.
        spread = [login("10:01:00", "ann"), login("10:08:00", "ann"), login("10:14:00", "ann")]
        self.assertEqual(self.threshold(spread, threshold=by_user), [])
        # Both ends of a window are in it: the run of 10:10 looks at 10:01:00 and 10:10:00.
        ends = [login("10:01:00", "ann"), login("10:08:00", "ann"), login("10:10:00", "ann")]
        self.assertEqual(self.threshold(ends, threshold=by_user), [("ann", 3)])
        past = [login("10:00:59.999", "ann"), login("10:08:00", "ann"), login("10:10:00", "ann")]
        self.assertEqual(self.threshold(past, threshold=by_user), [])

    def test_what_was_told_is_not_counted_again(self):
        events = [login(f"10:{minute:02}:00", "ann") for minute in (1, 2, 3, 6, 7, 12, 13, 14)]
        self.assertEqual(self.threshold(events, threshold={"field": "user.name", "value": 3}), [("ann", 3), ("ann", 5)])

    def test_groups_by_several_fields_arrays_and_none(self):
        events = [login("10:01:00", ["ann", "bob"]), login("10:02:00", "ann", ip=["10.0.0.1", "10.0.0.2"]), login("10:03:00", None)]
        self.assertEqual(self.threshold(events, threshold={"field": ["user.name"], "value": 1}), [("ann", 2), ("bob", 1)])
        self.assertEqual(self.threshold(events, threshold={"field": ["user.name", "source.ip"], "value": 2}), [("ann", "10.0.0.1", 2)])
        self.assertEqual(self.threshold(events, threshold={"field": [], "value": 3}), [(3,)])
        self.assertEqual(self.threshold(events, threshold={"field": "", "value": 4}), [])

    def test_an_event_of_many_values_and_a_missing_one_is_in_no_group(self):
        many = [f"u{number}" for number in range(1500)]
        events = [{**login("10:01:00", many), "source": {}}, login("10:02:00", "ann"), login("10:03:00", "ann")]
        self.assertEqual(self.threshold(events, threshold={"field": ["user.name", "source.ip"], "value": 1}), [("ann", "10.0.0.1", 2)])

    def test_cardinality_counts_distinct_values_exactly(self):
        events = [login(f"10:0{i % 4}:{i % 60:02}", "ann", ip=f"10.0.{i // 250}.{i % 250}") for i in range(1000)] + [login("10:01:00", "bob")] * 9
        rule = {"field": ["user.name"], "value": 2, "cardinality": [{"field": "source.ip", "value": 1000}]}
        self.assertEqual(self.threshold(events, threshold=rule), [("ann", 1000)])
        rule["cardinality"][0]["value"] = 1001
        self.assertEqual(self.threshold(events, threshold=rule), [])

    def test_a_groups_alert_says_what_it_is_of_and_keeps_its_id(self):
        events = [login("10:01:00", "ann"), login("10:02:00", "ann", ip="10.0.0.2"), login("10:33:00", "bob", ip="10.0.0.2")]
        rule = {"type": "threshold", "threshold": {"field": ["user.name"], "value": 2, "cardinality": [{"field": "source.ip", "value": 2}]}}
        (alert,) = self.ask(events, **rule)
        self.assertEqual(alert["kibana.alert.threshold_result"],
                         {"terms": [{"field": "user.name", "value": "ann"}], "count": 2, "from": "2024-05-06T10:01:00.000Z",
                          "cardinality": [{"field": "source.ip", "value": 2}]})
        self.assertEqual(alert["user.name"], "ann")
        self.assertEqual(alert["kibana.alert.original_time"], "2024-05-06T10:02:00.000Z")
        self.assertEqual((alert["kibana.alert.depth"], len(alert["kibana.alert.ancestors"])), (1, 1))
        self.assertEqual(alert["kibana.alert.ancestors"][0]["index"], "logs-*")
        self.assertEqual(alert["kibana.alert.reason"], "event by ann created low alert R.")
        self.assertNotIn("source", alert)
        # Other files with the same events, and events of another time: the same run has the same id.
        again = self.ask(events[:2] + [login("08:00:00", "eve")], **rule)
        self.assertEqual([a["kibana.alert.uuid"] for a in again], [alert["kibana.alert.uuid"]])
        later = self.ask([login("11:01:00", "ann"), login("11:02:00", "ann", ip="10.0.0.2")], **rule)
        self.assertNotEqual(later[0]["kibana.alert.uuid"], alert["kibana.alert.uuid"])

    def test_groups_of_one_run_come_in_order_of_their_keys_and_max_signals_holds_back(self):
        events = [login("10:01:00", name) for name in ("cid", "ann", "bob")]
        self.assertEqual(self.threshold(events, threshold={"field": ["user.name"], "value": 1}), [("ann", 1), ("bob", 1), ("cid", 1)])
        self.assertEqual(self.threshold(events, "--max-signals", threshold={"field": ["user.name"], "value": 1}, max_signals=2), [("ann", 1), ("bob", 1)])

    def test_a_groups_later_alerts_are_suppressed_for_a_while(self):
        rule = {"type": "threshold", "threshold": {"field": ["user.name"], "value": 1}, "from": "now-5m",
                "alert_suppression": {"duration": {"value": 15, "unit": "m"}}}
        events = [login(time, user) for time, user in (("10:01:00", "ann"), ("10:06:00", "bob"), ("10:11:00", "ann"), ("10:19:00", "ann"),
                                                       ("10:21:00", "ann"), ("10:22:00", "bob"), ("10:38:00", "bob"))]
        told = [(a["user.name"], a["kibana.alert.suppression.start"][11:16], a["kibana.alert.suppression.end"][11:16],
                 a["kibana.alert.suppression.docs_count"], a["kibana.alert.threshold_result"]["count"]) for a in self.ask(events, **rule)]
        # Times are those of the runs; the run of 10:20 is the last within 15 minutes of that of 10:05.
        self.assertEqual(told, [("ann", "10:05", "10:20", 2, 1), ("bob", "10:10", "10:25", 1, 1), ("ann", "10:25", "10:25", 0, 1),
                                ("bob", "10:40", "10:40", 0, 1)])
        alerts = self.ask(events, **rule)
        self.assertEqual(alerts[0]["kibana.alert.suppression.terms"], [{"field": "user.name", "value": "ann"}])
        self.assertEqual(len({a["kibana.alert.uuid"] for a in alerts}), 4)
        self.assertEqual(alerts[0]["kibana.alert.instance.id"], alerts[2]["kibana.alert.instance.id"])
        rule["threshold"]["field"] = []
        self.assertEqual([a["kibana.alert.suppression.docs_count"] for a in self.ask(events, **rule)], [3, 1])

    def test_nothing_falls_between_two_runs(self):
        events = [login("10:07:00", "ann"), login("10:08:00", "ann")]
        rule = {"threshold": {"field": ["user.name"], "value": 2}, "from": "now-1m", "interval": "10m"}
        self.assertEqual(self.threshold(events, **rule), [("ann", 2)])

    # --- new terms ---

    def test_a_term_is_new_when_its_history_does_not_have_it(self):
        events = [login("10:00:00", "ann"), login("10:30:00", "ann"), login("10:40:00", "bob"), login("11:30:00", "ann"), login("12:30:00.001", "ann")]
        self.assertEqual(self.new_terms(events, new_terms_fields=["user.name"], history_window_start="now-1h"),
                         [("05-06T10:00", "ann"), ("05-06T10:40", "bob"), ("05-06T12:30", "ann")])

    def test_arrays_several_fields_and_missing_values(self):
        events = [login("10:00:00", ["ann", "bob"]), login("10:01:00", "ann", ip="10.0.0.2"), login("10:02:00", None), {**login("10:03:00", "cid"), "source": {}}]
        self.assertEqual(self.new_terms(events, new_terms_fields=["user.name"]),
                         [("05-06T10:00", "ann"), ("05-06T10:00", "bob"), ("05-06T10:03", "cid")])
        self.assertEqual(self.new_terms(events, new_terms_fields=["user.name", "source.ip"]),
                         [("05-06T10:00", "ann", "10.0.0.1"), ("05-06T10:00", "bob", "10.0.0.1"), ("05-06T10:01", "ann", "10.0.0.2")])

    def test_new_terms_are_suppressed_by_what_their_events_share(self):
        events = [login("10:01:00", "ann", ip="10.0.0.1"), login("10:02:00", "bob", ip="10.0.0.1"), login("10:03:00", "cy", ip="10.0.0.2")]
        alerts = self.ask(events, type="new_terms", new_terms_fields=["user.name"], history_window_start="now-7d",
                          alert_suppression={"group_by": ["source.ip"]})
        self.assertEqual([(a["kibana.alert.new_terms"], a["kibana.alert.suppression.docs_count"]) for a in alerts], [(["ann"], 1), (["cy"], 0)])

    def test_new_terms_of_one_event_are_alerts_of_their_own(self):
        alerts = self.ask([login("10:00:00", ["ann", "bob"]), login("10:00:00", "ann")], type="new_terms", new_terms_fields=["user.name"],
                          history_window_start="now-7d")
        self.assertEqual(len(alerts), 2)
        self.assertEqual(len({a["kibana.alert.uuid"] for a in alerts}), 2)
        self.assertEqual(alerts[0]["kibana.alert.ancestors"], alerts[1]["kibana.alert.ancestors"])
        self.assertEqual(alerts[0]["user"]["name"], ["ann", "bob"])

    # --- threats ---

    def matched(self, alerts):
        return [(a["kibana.alert.original_time"][11:16], [(e["matched"]["field"], e["matched"]["atomic"]) for e in a["threat"]["enrichments"]])
                for a in alerts]

    def test_an_event_meets_indicators_wherever_they_stand(self):
        events = [login("10:00:00", "ann", ip="1.2.3.4"), login("10:01:00", "bob", ip="5.5.5.5"), indicator(ip="1.2.3.4", type="ipv4-addr")]
        (alert,) = self.threats(events)
        self.assertEqual(alert["threat"]["enrichments"][0]["indicator"], {"ip": "1.2.3.4", "type": "ipv4-addr"})
        self.assertEqual(alert["threat"]["enrichments"][0]["feed"], {"name": "F"})
        matched = alert["threat"]["enrichments"][0]["matched"]
        self.assertEqual((matched["atomic"], matched["field"], matched["index"], matched["type"]), ("1.2.3.4", "source.ip", "ti-a", "indicator_match_rule"))
        self.assertEqual(alert["user"]["name"], "ann")
        del events[2]["@timestamp"]
        self.assertEqual(len(self.threats(events)), 1)

    def test_blocks_of_addresses_and_several_indicators(self):
        events = [login("10:00:00", "ann", ip=["1.2.3.4", "9.9.9.9"]), login("10:01:00", "bob", ip="2001:db8::7"), login("10:02:00", "cid", ip="1.3.0.0"),
                  indicator(ip="1.2.0.0/16"), indicator(ip=["1.2.3.4", "2001:db8::/32"]), indicator(ip="no address"), indicator(ip="9.9.9.9")]
        self.assertEqual(self.matched(self.threats(events)), [("10:00", [("source.ip", "1.2.3.4"), ("source.ip", "1.2.3.4"), ("source.ip", "9.9.9.9")]),
                                                              ("10:01", [("source.ip", "2001:db8::7")])])

    def test_items_are_alternatives_and_entries_go_together(self):
        entry = {"field": "user.name", "type": "mapping", "value": "threat.indicator.name"}
        events = [login("10:00:00", "ann", ip="1.1.1.1"), login("10:01:00", "ann", ip="2.2.2.2"), login("10:02:00", "Ann", ip="3.3.3.3"),
                  indicator(ip="1.1.1.1", name="ann"), indicator(ip="2.2.2.2", name="bob"), indicator(ip="3.3.3.3")]
        both = [{"entries": [IP[0]["entries"][0], entry]}]
        self.assertEqual(self.matched(self.threats(events, threat_mapping=both)), [("10:00", [("source.ip", "1.1.1.1"), ("user.name", "ann")])])
        either = [IP[0], {"entries": [entry]}]
        self.assertEqual([time for time, _ in self.matched(self.threats(events, threat_mapping=either))], ["10:00", "10:01", "10:02"])
        unlike = [{"entries": [IP[0]["entries"][0], {**entry, "negate": True}]}]
        self.assertEqual(self.matched(self.threats(events, threat_mapping=unlike)), [("10:01", [("source.ip", "2.2.2.2")]), ("10:02", [("source.ip", "3.3.3.3")])])

    def test_indicators_pass_their_own_query_filters_and_index(self):
        events = [login("10:00:00", "ann", ip="1.1.1.1"), indicator(ip="1.1.1.1", type="a")]
        for rule, found in (({"threat_query": "threat.indicator.type:a"}, 1), ({"threat_query": "threat.indicator.type:b"}, 0), ({"threat_index": ["x-*"]}, 0),
                            ({"threat_filters": [{"query": {"term": {"event.kind": "enrichment"}}}]}, 1), ({"threat_indicator_path": "threat.feed"}, 1),
                            ({"threat_filters": [{"meta": {"negate": True}, "query": {"term": {"event.kind": "enrichment"}}}]}, 0),
                            ({"threat_query": '@timestamp >= "now-30d/d"'}, 1), ({"threat_query": '@timestamp >= "now-1d/d"'}, 0)):
            alerts = self.threats(events, **rule)
            self.assertEqual(len(alerts), found, rule)
        self.assertEqual(self.threats(events, threat_indicator_path="threat.feed")[0]["threat"]["enrichments"][0]["indicator"], {"name": "F"})

    def test_at_most_two_hundred_indicators_are_told(self):
        events = [login("10:00:00", "ann", ip="1.1.1.1")] + [indicator(ip="1.1.1.1", number=i) for i in range(250)]
        rules = self.write("r.ndjson", json.dumps({**RULE, "type": "threat_match", "threat_query": "*:*", "threat_index": ["ti-*"], "threat_mapping": IP}) + "\n")
        self.write_events("e.ndjson", *events)
        done = self.run_program("detect", "-o", "ndjson", *NOW, "--eval", "both", "--rules", rules, "e.ndjson")
        enrichments = json.loads(done.stdout.splitlines()[0])["threat"]["enrichments"]
        self.assertEqual([e["indicator"]["number"] for e in enrichments], list(range(200)))
        self.assertIn("1 events had more values, or met more indicators (200), than are followed", done.stderr)

    def test_values_beside_the_key_are_compared_up_to_a_bound(self):
        mapping = [{"entries": [{"field": "user.name", "type": "mapping", "value": "threat.indicator.name"},
                                {"field": "process.args", "type": "mapping", "value": "threat.indicator.description", "negate": True}]}]

        def told(count):
            rules = self.write("r.ndjson", json.dumps({**RULE, "type": "threat_match", "query": "user.name:*", "threat_query": "*:*",
                                                       "threat_index": ["ti-*"], "threat_mapping": mapping}) + "\n")
            self.write_events("e.ndjson", indicator(name="ann", description=[f"i{n}" for n in range(count)]),
                              login("10:01:00", "ann", process={"args": [f"e{n}" for n in range(count)]}))
            done = self.run_program("detect", "-o", "ndjson", *NOW, "--rules", rules, "e.ndjson")
            return len(done.stdout.splitlines()), "had more values, or met more indicators" in done.stderr, done.stderr
        self.assertEqual(told(900)[:2], (1, False))
        found, is_told, said = told(1100)
        self.assertEqual((found, is_told), (0, True), said)

    def test_a_threat_that_the_event_has_already_stays(self):
        event = login("10:00:00", "ann", ip="1.1.1.1", threat={"framework": "X", "enrichments": [{"a": 1}]})
        (alert,) = self.threats([event, indicator(ip="1.1.1.1")])
        self.assertEqual((alert["threat"]["framework"], len(alert["threat"]["enrichments"]), alert["threat"]["enrichments"][0]), ("X", 2, {"a": 1}))

    # --- what is wrong is told with its place ---

    def test_what_cannot_be_meant_is_refused(self):
        threshold = {"type": "threshold", "threshold": {"field": ["a"], "value": 1, "cardinality": [{"field": "a", "value": 1}]}}
        terms = {"type": "new_terms", "new_terms_fields": ["a"], "history_window_start": "now-5m"}
        threat = {"type": "threat_match", "threat_query": "*:*", "threat_index": ["t"]}
        entry = {"field": "a", "type": "mapping", "value": "b"}
        for rule, message in ((threshold, r"r.ndjson:1:\d+: .*threshold.cardinality\[0\].field is one of threshold.field"),
                              (terms, r"r.ndjson:1:\d+: .*history_window_start must be earlier than from"),
                              ({**threat, "threat_mapping": [{"entries": [{**entry, "negate": True}]}]}, r"r.ndjson:1:\d+: .*needs an entry that is not negated"),
                              ({**threat, "threat_mapping": [{"entries": [entry, {**entry, "negate": True}]}]}, r"r.ndjson:1:\d+: .*cannot match and not match"),
                              ({**threat, "threat_mapping": [{"entries": []}]}, r"r.ndjson:1:\d+: .*entries must have at least 1 item")):
            path = self.write("r.ndjson", json.dumps({**RULE, **rule}) + "\n")
            self.assertRegex(self.run_program("rules", "lint", path, code=1).stdout, message)

    def test_explain_says_what_is_looked_for(self):
        for rule, words in (({"type": "threshold", "threshold": {"field": ["user.name"], "value": 3, "cardinality": [{"field": "source.ip", "value": 2}]}},
                             "  threshold: 3 events or more, with 2 or more values of source.ip, by user.name\n    every 5m over the 9m before it\n"),
                            ({"type": "new_terms", "new_terms_fields": ["user.name", "source.ip"], "history_window_start": "now-7d"},
                             "  new terms, seen in no event for 7d: user.name, source.ip\n"),
                            ({"type": "threat_match", "threat_query": "*:*", "threat_index": ["ti-*"], "threat_mapping": IP},
                             "  matched where source.ip is in threat.indicator.ip\n")):
            path = self.write("r.ndjson", json.dumps({**RULE, **rule}) + "\n")
            self.assertIn(words, self.run_program("explain", "--rules", path).stdout)

    # --- the examples of the document ---

    def test_the_documents_examples_are_what_comes_out(self):
        text = (ROOT / "docs/rule-types.md").read_text()
        blocks = re.findall(r"```(rule|events|alerts)\n(.*?)```", text, re.DOTALL)
        self.assertEqual([kind for kind, _ in blocks], ["rule", "events", "alerts"] * 3)
        for (_, rule), (_, events), (_, expected) in zip(blocks[::3], blocks[1::3], blocks[2::3]):
            base = {key: value for key, value in RULE.items() if key != "index"}
            alerts = self.ask(map(json.loads, events.splitlines()), **{**base, **json.loads(rule)})
            expected = [json.loads(line) for line in expected.splitlines()]
            self.assertEqual([{key: alert.get(key) for key in want} for alert, want in zip(alerts, expected)], expected)
            self.assertEqual(len(alerts), len(expected))


if __name__ == "__main__":
    unittest.main()
