"""What an event costs rules that remember, as what they remember grows: terms of the history, indicators."""
import json

from measure import Job

FEW, MANY = 1_000, 1_000_000
EVENTS = 200_000
MOST = 1.5
RULE = {"rule_id": "r", "name": "R", "description": "d", "risk_score": 1, "severity": "low", "language": "kuery", "index": ["logs-*"], "from": "now-9m"}
KINDS = {
    "new_terms": {"type": "new_terms", "query": "event.action:login", "new_terms_fields": ["user.name"], "history_window_start": "now-14d"},
    "threat_match": {"type": "threat_match", "query": "source.ip:*", "threat_query": "threat.indicator.ip:*", "threat_index": ["ti-*"],
                     "threat_mapping": [{"entries": [{"field": "source.ip", "type": "mapping", "value": "threat.indicator.ip"}]}]},
}
# What an event says that no rule asks, as real ones do: some 2.5 KB of it.
REST = json.dumps({"labels": {f"label_{i}": f"a value of some length that is number {i}" for i in range(45)}})[1:-1]


def address(number):
    return f"{(number >> 16 & 255) + 1}.{number >> 8 & 255}.{number & 255}.7"


def known(kind, number):
    if kind == "new_terms":
        return f'{{"@timestamp":"2024-05-01T00:00:00Z","_index":"logs-a","event":{{"action":"login"}},"user":{{"name":"user-{number:09}"}}}}\n'
    return f'{{"_index":"ti-a","threat":{{"indicator":{{"ip":"{address(number)}"}}}}}}\n'


def event(number, count):
    """One that the history has, all of it in turn, in no order that a cache could follow; and that meets no indicator."""
    user = number * 2654435761 % count
    return (f'{{"@timestamp":"2024-05-02T00:00:00Z","_index":"logs-a","event":{{"action":"login"}},"user":{{"name":"user-{user:09}"}},'
            f'"source":{{"ip":"{address(user)[:-1]}8"}},{REST}}}\n')


def write(path, lines):
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(lines)
    return path


def measure(bench, report, shrike, folder, rounds):
    print(f"\nan event of {len(event(0, 1))} bytes, of rules that remember {FEW:,} and {MANY:,}\n{'':30}{'CPU us':>10}{'peak MB':>10}")
    for kind, own in KINDS.items():
        rule = write(folder / f"bench-{kind}.ndjson", [json.dumps({**RULE, **own}) + "\n"])
        jobs, made = {}, []
        for count in (FEW, MANY):
            first = write(folder / f"bench-{kind}-{count}.ndjson", (known(kind, i) for i in range(count)))
            more = write(folder / f"bench-events-{count}.ndjson", (event(i, count) for i in range(EVENTS)))
            made += [first, more]
            command = [shrike, "detect", "-q", "-o", "csv", "--no-cache", "--jobs", "1", "--max-signals", "--rules", rule]
            jobs[count, False] = Job([*command, first])
            jobs[count, True] = Job([*command, first, more])
        bench.rounds(jobs, rounds, kind)
        cost = {}
        for count in (FEW, MANY):
            # The least of each: what other programs take of the caches would be told as a difference of two large figures.
            least = {with_events: min(run["cpu"] for run in jobs[count, with_events].runs) for with_events in (True, False)}
            cost[count] = (least[True] - least[False]) / EVENTS * 1e6
            print(f"{kind + f', {count:,}':30}{cost[count]:10.2f}{jobs[count, True].most('peak'):10.0f}")
            report.commands[f"{kind}, {count}"] = jobs[count, True].line()
        report.at_most(f"{kind}: cost of an event, {MANY:,} over {FEW:,}", MOST, cost[MANY] / cost[FEW])
        for path in made:
            path.unlink()
