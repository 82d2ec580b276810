"""What is measured with: event files, made once and kept in the build folder, and rule files."""
import collections
import hashlib
import itertools
import json
import multiprocessing
import pathlib
import random
import re
import subprocess
import sys

from measure import say

PIECE = 1 << 20
COMMAND_LINE = re.compile(rb'"command_line":("(?:[^"\\]|\\.)*")')


class Inputs:
    def __init__(self, build, shared, size):
        self.build, self.shared, self.size = build, shared, size
        self.generator = build / "tests/bench/generate_events"
        self.shrike = build / "src/cli/shrike"

    def make(self, name, fill):
        """fill(path) writes it; the name carries all that decides its bytes."""
        path = self.build / f"bench-{name}.ndjson"
        if not path.exists():
            say(f"making {path.name}")
            apart(fill, path.with_suffix(".part"))
            path.with_suffix(".part").rename(path)
        return path

    def generated(self, name, size, *options):
        """The generator's own text is a part of the name: a changed one makes new files, and the old ones go."""
        source = pathlib.Path(__file__).with_name("generate_events.c").read_bytes()
        mark = hashlib.sha256(source).hexdigest()[:8]
        for old in self.build.glob(f"bench-{name}-{size}-*"):
            if mark not in old.name:
                old.unlink()
        return self.make(f"{name}-{size}-{mark}",
                         lambda path: subprocess.run([self.generator, *options, path, str(size)], check=True))

    def recordings(self):
        """Public recordings one after the other, again from the first until the size is reached; None where there are none."""
        files = sorted((self.shared / "data/ecs-mapped").rglob("*.ndjson.zst")) if self.shared.is_dir() else []
        return self.make(f"recordings-{self.size}", lambda path: self.repeat(files, path)) if files else None

    def repeat(self, files, path):
        with open(path, "wb") as out:
            for file in itertools.cycle(files):
                lines = subprocess.run(["zstd", "-dc", file], capture_output=True, check=True).stdout
                room = self.size - out.tell()
                if len(lines) >= room:
                    out.write(lines[:lines.rfind(b"\n", 0, room) + 1])
                    return
                out.write(lines)

    def half(self, path):
        def fill(to):
            with open(path, "rb") as file, open(to, "wb") as out:
                while file.tell() < path.stat().st_size // 2:
                    out.write(file.read(PIECE))
                out.write(file.readline())
        return self.make(path.stem.removeprefix("bench-") + "-half", fill)

    def part(self, path):
        """Whole megabytes from all over the file, a fiftieth of it: for what is slow."""
        def fill(to):
            with open(path, "rb") as file, open(to, "wb") as out:
                for at in range(0, path.stat().st_size, 50 * PIECE):
                    file.seek(at)
                    skipped = b"" if at == 0 else file.readline()
                    piece = file.read(min(PIECE, self.size // 50 + 1) - len(skipped))
                    out.write(piece + file.readline())
        return self.make(path.stem.removeprefix("bench-") + "-part", fill)

    def make_rule_sets(self):
        """Rule files by name, and in words where the rules come from. "all": the public rules that can run, as Kibana exports
        them; "1000": so many of them, and as many again with other words in their queries as it takes."""
        told = self.build / "bench-rules.json"
        apart(self.fill_rule_sets, told)
        words = json.loads(told.read_text())
        return {name: self.build / f"bench-rules-{name}.ndjson" for name in ("1", "10", "1000", "2000", "all")}, words

    def fill_rule_sets(self, told):
        rules = self.public_rules() if self.rule_folder() else generated_rules(1000)
        one = [rule for rule in rules if rule["name"] == "Network Connection via Certutil"][:1] or rules[:1]
        for name, chosen in {"1": one, "10": spread(rules, 10), "1000": self.count_to(rules, 1000), "2000": self.count_to(rules, 2000),
                             "all": rules}.items():
            self.write_rules(name, chosen)
        told.write_text(json.dumps(
            f"all rules: {len(rules)} {'public ones that can run' if self.rule_folder() else 'generated ones'}; 1,000 rules: "
            f"{min(len(rules), 1000)} of them and {max(1000 - len(rules), 0)} copies with other words in their queries"))

    def rule_folder(self):
        folder = self.shared / "rules/elastic"
        return folder if folder.is_dir() else None

    def public_rules(self):
        shown, listed = (subprocess.run([self.shrike, "rules", verb, "-q", "--no-cache", "-o", "ndjson", self.rule_folder()],
                                        capture_output=True, text=True, check=True).stdout.splitlines()
                         for verb in ("show", "list"))
        runs = {rule["rule_id"] for rule in map(json.loads, listed) if rule["runs"]}
        rules = [json.loads(line) for line in shown if line]
        return [rule for rule in rules if rule["rule_id"] in runs]

    def write_rules(self, name, rules):
        path = self.build / f"bench-rules-{name}.ndjson"
        path.write_text("".join(json.dumps(rule) + "\n" for rule in rules))
        return path

    def count_to(self, rules, count):
        """`count` rules: those there are, and as many again as it takes with other words in their queries."""
        more, turn = list(rules), 0
        while len(more) < count:
            turn += 1
            fresh = [with_other_words(rule, turn) for rule in rules]
            more += self.that_run(fresh)[:count - len(more)]
        return more[:count]

    def that_run(self, rules):
        path = self.write_rules("tried", rules)
        listed = subprocess.run([self.shrike, "rules", "list", "-q", "--no-cache", "-o", "ndjson", path], capture_output=True, text=True,
                                check=True).stdout.splitlines()
        runs = {rule["rule_id"] for rule in map(json.loads, listed) if rule["runs"]}
        return [rule for rule in rules if rule["rule_id"] in runs]


def spread(rules, count):
    """Every n-th rule, so that a part is as mixed as the whole."""
    return [rules[i * len(rules) // count] for i in range(count)]


def with_other_words(rule, turn):
    """The same rule looking for other names: a mark of digits goes into every text of its query that is a file's name or a
    pattern, so that its predicates are its own and cost what the original's do."""
    def change(match):
        text = match.group(0)
        at = text.rfind(".")
        if at < 0 and "*" not in text or not any(c.isalpha() for c in text) or re.fullmatch(r'"[a-z]+\.[a-z.]+\*?"', text):
            return text
        at = at if at > 1 else max(text.find(c) for c in text if c.isalpha())
        return f"{text[:at]}{turn}{len(text)}{text[at:]}"
    query = re.sub(r'"(?:[^"\\\n]|\\.)+"', change, rule["query"])
    return {**rule, "rule_id": f"{rule['rule_id']}-{turn}", "id": f"{rule.get('id', rule['rule_id'])}-{turn}",
            "name": f"{rule['name']} {turn}", "query": query}


def generated_rules(count):
    """Rules in the manner of real ones, for machines without the public rules."""
    draw = random.Random(11)
    words = ["cmd", "powershell", "rundll32", "regsvr32", "mshta", "wmic", "certutil", "bitsadmin", "schtasks", "net", "whoami"]
    rules = []
    for number in range(count):
        names = ", ".join(f'"{draw.choice(words)}{draw.randrange(40)}.exe"' for _ in range(4))
        parts = ", ".join(f'"*{draw.choice(words)}{draw.randrange(900)}*"' for _ in range(6))
        query = (f'process where event.type == "start" and process.name : ({names}) and process.command_line : ({parts}) and '
                 f'not process.parent.executable : "?:\\\\Program Files\\\\*{number}*"')
        rules.append({"rule_id": f"g{number}", "name": f"Generated {number}", "description": "x", "type": "eql",
                      "language": "eql", "risk_score": 1, "severity": "low", "query": query})
    return rules


def apart(function, *arguments):
    """Calls it in a process of its own: what a process holds when it starts another one counts as the other's peak memory."""
    process = multiprocessing.Process(target=function, args=arguments)
    process.start()
    process.join()
    if process.exitcode != 0:
        sys.exit(f"{function.__qualname__}: exit status {process.exitcode}")


def describe(path):
    """Events, how many of the command lines occur once, and the share of values that occur once in their field; kept beside
    the file."""
    told = path.with_suffix(".json")
    if not told.exists():
        say(f"counting {path.name}")
        apart(count, path, told)
    return json.loads(told.read_text())


def count(path, told, values_of=5000):
    lines, fields, events = collections.Counter(), collections.defaultdict(collections.Counter), 0

    def walk(value, name):
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(inner, f"{name}.{key}")
        elif isinstance(value, list):
            for inner in value:
                walk(inner, name)
        else:
            fields[name][value] += 1
    with open(path, "rb") as file:
        for line in file:
            events += 1
            lines.update(map(hash, COMMAND_LINE.findall(line)))
            if events <= values_of:
                walk(json.loads(line), "")
    once = sum(1 for counts in fields.values() for times in counts.values() if times == 1)
    told.write_text(json.dumps({
        "events": events, "command_lines_once": sum(1 for times in lines.values() if times == 1) / max(lines.total(), 1),
        "values_once": once / sum(counts.total() for counts in fields.values())}))
