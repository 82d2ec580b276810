"""Pages of rules and what of ATT&CK they cover."""
import html.parser
import json
import unittest

from program import ROOT, ProgramTest

RULES = ROOT / "demo/rules"
VOID = {"meta", "link", "br", "input"}
HOSTILE = "</title></script><script>alert(1)</script><img src=x onerror=alert(1)>\"'`|](javascript:alert(1))\n# x"


class Page(html.parser.HTMLParser):
    """Elements closed in their order, ids, links, and what would run or be loaded."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.links, self.loads, self.scripts, self.handlers, self.words = [], [], [], [], [], [], []
        self.faults = []
        self.feed(text)
        self.close()
        self.faults += [f"never closed: {tag}" for tag in self.open]

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        self.handlers += [name for name in attrs if name.startswith("on")]
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if tag == "a":
            self.links.append(attrs.get("href", ""))
        if tag in ("img", "iframe", "link", "object", "embed", "video", "audio", "source") or "src" in attrs:
            self.loads.append((tag, attrs))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"closed out of order: {tag}")

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.scripts.append(data)
        elif self.open and self.open[-1] != "style":
            self.words.append(data)


class Docs(ProgramTest):
    def pages(self, folder):
        return {path.name: Page(path.read_text()) for path in sorted((self.folder / folder).glob("*.html"))}

    def check(self, pages):
        for name, page in pages.items():
            self.assertEqual(page.faults, [], name)
            self.assertEqual(page.loads, [], name)
            self.assertEqual(page.handlers, [], name)
            self.assertEqual(len(page.scripts), 1 if name == "index.html" else 0, name)
            for link in page.links:
                file, _, anchor = link.partition("#")
                if not link.startswith(("https://", "http://", "mailto:")):
                    self.assertIn(file or name, pages, name)
                    self.assertTrue(not anchor or anchor in pages[file or name].ids, link)

    def hostile(self):
        mitre = {"id": HOSTILE, "name": HOSTILE, "reference": "javascript:alert(1)"}
        return {"rule_id": HOSTILE, "name": HOSTILE, "description": HOSTILE, "type": "query", "language": "kuery", "risk_score": 5,
                "severity": "low", "query": 'a:"' + HOSTILE.replace('"', ""), "tags": [HOSTILE], "author": [HOSTILE], "license": HOSTILE,
                "references": ["javascript:alert(1)", "https://example.org/" + HOSTILE], "false_positives": [HOSTILE], "note": HOSTILE,
                "setup": HOSTILE + "\n\n<script>\nalert(1)\n</script>\n\n![x](https://example.org/x.png)", "index": [HOSTILE],
                "threat": [{"framework": HOSTILE, "tactic": mitre, "technique": [{**mitre, "subtechnique": [mitre]}]}], "release": HOSTILE}

    def test_pages_of_the_demo_hold_together(self):
        told = self.run_program("rules", "docs", "--html", "h", "--markdown", "m", RULES).stdout
        self.assertEqual(told, "16 pages of 6 rules\n")
        pages = self.pages("h")
        self.check(pages)
        self.assertEqual(len(pages), 8)
        text = (self.folder / "h/certutil-reaches-a-public-address.html").read_text()
        for words in ("<dt>Runs every</dt><dd>5 minutes</dd>", "now-9m", "Ingress Tool Transfer (T1105)", "winlogbeat-*",
                      '<span class="k">sequence</span> <span class="k">by</span> process.entity_id'):
            self.assertIn(words, text)
        self.assertNotIn("history", text)
        self.assertEqual(sorted(p.stem for p in (self.folder / "m").iterdir()), sorted(p.stem for p in (self.folder / "h").iterdir()))

    def test_a_store_gives_history_and_changes(self):
        new = {**self.hostile(), "version": 2, "query": "b:1", "release": "9.1.0"}
        path = self.write("in.ndjson", "".join(json.dumps(r) + "\n" for r in (self.hostile(), new)))
        self.run_program("rules", "import", "--store", "s.db", path)
        self.run_program("rules", "docs", "--html", "h", "--markdown", "m", "--store", "s.db")
        pages = self.pages("h")
        self.check(pages)
        self.assertEqual(len(pages), 4)
        page = next(p for name, p in pages.items() if name.startswith("title-script"))
        self.assertIn("Version 2 (9.1.0 release)", page.words)
        self.assertIn("#history", page.links)
        self.assertIn(HOSTILE, page.words)
        self.assertIn("9.1.0", pages["changes.html"].words)
        for path in (self.folder / "m").iterdir():
            fenced = False
            for line in path.read_text().splitlines():
                fenced ^= line.strip().startswith("```")
                self.assertTrue(fenced or ("<script" not in line and "](javascript" not in line), line)
        # Rules beside a store: their history comes from it.
        self.run_program("rules", "docs", "--html", "h2", "--store", "s.db", self.write("one.ndjson", json.dumps(new)))
        self.assertIn("Version 2 (9.1.0 release)", next(p for n, p in self.pages("h2").items() if n.startswith("title")).words)

    def test_only_what_is_asked_for_and_wrong_lines(self):
        told = self.run_program("rules", "docs", "--html", "h", "--rule", "certutil reaches", RULES).stdout
        self.assertEqual(told, "3 pages of 1 rules\n")
        self.run_program("rules", "docs", RULES, code=2)
        self.run_program("rules", "docs", "--html", "h", code=2)
        self.run_program("rules", "docs", "--html", "no/such/folder", RULES, code=3)
        self.run_program("rules", "docs", "--html", "h", "--store", "nowhere.db", RULES, code=3)


class Coverage(ProgramTest):
    def test_each_form_counts_the_same(self):
        counted = json.loads(self.run_program("rules", "coverage", "-o", "json", RULES).stdout)
        self.assertEqual((counted["rules"], len(counted["tactics"])), (6, 14))
        all_techniques = [(tactic["name"].lower().replace(" ", "-"), t["id"], t["rules"])
                          for tactic in counted["tactics"] for t in tactic["techniques"]]
        self.assertIn(("command-and-control", "T1105", 1), all_techniques)
        layer = json.loads(self.run_program("rules", "coverage", "-o", "navigator", RULES).stdout)
        self.assertEqual([(t["tactic"], t["techniqueID"], t["score"]) for t in layer["techniques"]], all_techniques)
        self.assertEqual(layer["domain"], "enterprise-attack")
        page = Page(self.run_program("rules", "coverage", "-o", "html", RULES).stdout)
        self.assertEqual((page.faults, page.loads, page.scripts), ([], [], []))
        table = self.run_program("rules", "coverage", RULES).stdout
        self.assertIn("     1    T1105         Ingress Tool Transfer\n", table)
        self.assertIn("6 rules: ", table)
        self.run_program("rules", "import", "--store", "s.db", RULES)
        self.assertEqual(json.loads(self.run_program("rules", "coverage", "-o", "json", "s.db").stdout), counted)

    def test_names_of_techniques_do_not_reach_the_terminal(self):
        mitre = {"id": "\x1b[31m", "name": "\x07", "reference": ""}
        rule = {"name": "A", "description": "x", "type": "query", "risk_score": 5, "severity": "low", "query": "a:1",
                "threat": [{"framework": "F", "tactic": mitre, "technique": [mitre]}]}
        text = self.run_program("rules", "coverage", self.write("r.ndjson", json.dumps(rule))).stdout
        self.assertNotIn("\x1b", text)
        self.assertNotIn("\x07", text)


if __name__ == "__main__":
    unittest.main()
