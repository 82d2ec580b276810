"""Compiled rules kept on disk: nothing but the time of a start depends on them."""
import json
import os
import shutil
import subprocess
import unittest

from program import DEMO, NOW, SHRIKE, ProgramTest

RULES, RECORDING = DEMO
HEAD = '[rule]\nname = "{0}"\nrule_id = "{0}"\ndescription = "x"\ntype = "{1}"\nlanguage = "eql"\nrisk_score = 5\nseverity = "low"\n'


class Cache(ProgramTest):
    def setUp(self):
        super().setUp()
        self.cache = self.folder / "kept"
        self.rules = self.folder / "rules"
        shutil.copytree(RULES, self.rules)
        self.write("rules/wrong.toml", HEAD.format("wrong", "eql") + "query = 5\n")
        self.write("rules/were.toml", HEAD.format("were", "eql") + 'query = "process were true"\n')
        self.write("rules/odd.toml", HEAD.format("odd", "eql") + 'query = "any where true"\nodd = 1\ntags = ["t"]\n')
        self.write("rules/skipped.toml", HEAD.format("skipped", "machine_learning") +
                   'anomaly_threshold = 5\nmachine_learning_job_id = "x"\n')

    def ask(self, *arguments, cache=None):
        cached = ["--cache", cache or self.cache] if cache is not False else ["--no-cache"]
        done = self.run_program(*arguments, *cached)
        return done.stdout, done.stderr

    def kept(self):
        return sorted(self.cache.iterdir()) if self.cache.exists() else []

    def detect(self, *options):
        return ("detect", "-q", "-o", "ndjson", *NOW, "--rules", self.rules, *options, RECORDING)

    def list(self):
        return ("rules", "list", "-o", "ndjson", self.rules)

    def test_rules_that_know_a_day_are_kept_for_each_day(self):
        self.write("rules/day.toml", HEAD.format("day", "query").replace('"eql"', '"kuery"', 1) +
                   'query = \'@timestamp >= "now-1d/d"\'\n')
        days = [("detect", "-q", "-o", "ndjson", "--now", f"2024-05-0{day}T10:00:00Z", "--rules", self.rules, RECORDING) for day in (6, 9)]
        first = [self.ask(*verb)[0] for verb in days]
        kept = [(path, path.stat().st_ino) for path in self.kept()]
        self.assertEqual(len(kept), 2)
        self.assertIn('"day"', first[0])
        self.assertNotIn('"day"', first[1])
        self.assertEqual([self.ask(*verb)[0] for verb in days], first)
        self.assertEqual([(path, path.stat().st_ino) for path in self.kept()], kept)

    def test_all_verbs_say_the_same_with_and_without(self):
        verbs = [self.detect(), self.detect("--jobs", 3), self.detect("--eval", "both"), self.detect("--rule", "certutil"), self.list(),
                 ("detect", "-o", "csv", *NOW, "--tag", "t", "--rules", self.rules, "-q", RECORDING),
                 ("rules", "list", self.rules), ("rules", "list", "--rule", "certutil", self.rules),
                 ("rules", "show", "-o", "ndjson", self.rules), ("rules", "show", self.rules), ("explain", "-r", self.rules)]
        without = [self.ask(*verb, cache=False) for verb in verbs]
        self.assertEqual(self.kept(), [])
        self.assertGreater(len(without[0][0]), 1000)
        cold = [self.ask(*verb) for verb in verbs]
        self.assertEqual(cold, without)
        before = [(path.name, path.stat().st_ino) for path in self.kept()]
        self.assertEqual(len(before), 1)
        self.assertEqual([self.ask(*verb) for verb in verbs], without)
        self.assertEqual([(path.name, path.stat().st_ino) for path in self.kept()], before)

    def test_a_byte_more_in_a_rule_is_seen(self):
        before = self.ask(*self.list())
        self.assertEqual(self.ask(*self.list()), before)
        text = (self.rules / "odd.toml").read_text()
        stamp = os.stat(self.rules / "odd.toml")
        (self.rules / "odd.toml").write_text(text.replace('"odd"', '"off"', 1))
        os.utime(self.rules / "odd.toml", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
        after = self.ask(*self.list())
        self.assertIn('"name":"off"', after[0])
        self.assertEqual(after, self.ask(*self.list(), cache=False))
        self.assertEqual(len(self.kept()), 2)
        (self.rules / "odd.toml").write_text(text)
        self.assertEqual(self.ask(*self.list()), before)
        self.assertEqual(len(self.kept()), 2)

    def test_a_file_more_or_less_and_another_mapping_are_seen(self):
        mapping = self.write("m.json", json.dumps({"properties": {"@timestamp": {"type": "date"}}}))
        for change in (lambda: None, lambda: self.write("rules/more.toml", HEAD.format("more", "eql") + 'query = "any where 1 == 1"\n'),
                       lambda: (self.rules / "were.toml").unlink()):
            change()
            for options in ((), ("--mapping", mapping)):
                for _ in range(2):
                    self.assertEqual(self.ask(*self.list(), *options), self.ask(*self.list(), *options, cache=False))
        self.assertEqual(len(self.kept()), 6)

    def test_many_starts_at_once(self):
        alone = self.ask(*self.list(), cache=False)[0]
        command = [SHRIKE, *map(str, self.list()), "--cache", str(self.cache)]
        started = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment) for _ in range(12)]
        for process in started:
            output, errors = process.communicate()
            self.assertEqual((output, process.returncode), (alone, 0), errors)
            self.assertNotIn("cache", errors)
        self.assertEqual(len(self.kept()), 1)

    def test_a_damaged_or_foreign_file_is_told_and_made_anew(self):
        usual = self.ask(*self.list())
        path, = self.kept()
        whole = path.read_bytes()
        for bad in (b"", b"x", whole[:100], whole[:-1], whole + b"x", bytes(len(whole)), whole[:200] + b"\x00" + whole[201:],
                    b"{}" * 500, whole[:16] + b"0" * 64 + whole[80:]):
            path.write_bytes(bad)
            output, errors = self.ask(*self.list())
            self.assertEqual(output, usual[0])
            self.assertIn(f"shrike rules list: cache: {path}: ", errors)
            self.assertIn("made anew", errors)
            self.assertEqual(path.read_bytes(), whole)
            self.assertEqual(self.ask(*self.list()), usual)

    def test_the_user_has_it_alone(self):
        self.ask(*self.list())
        path, = self.kept()
        self.assertEqual((self.cache.stat().st_mode & 0o777, path.stat().st_mode & 0o777), (0o700, 0o600))
        path.write_bytes(b"")
        path.chmod(0o666)
        output, errors = self.ask(*self.list())
        self.assertEqual(output, self.ask(*self.list(), cache=False)[0])
        self.assertIn("not a file of this user alone", errors)
        self.cache.chmod(0o777)
        self.assertIn("others can write to it", self.ask(*self.list())[1])

    def test_a_home_that_takes_no_writes_is_nothing_to_speak_of(self):
        usual = self.ask(*self.list(), cache=False)
        file = self.write("file", "")
        for environment in ({"XDG_CACHE_HOME": str(file)}, {"XDG_CACHE_HOME": "/proc/self"}, {"XDG_CACHE_HOME": "", "HOME": "/proc"},
                            {"XDG_CACHE_HOME": "relative", "HOME": ""}):
            done = self.run_program(*self.list(), env=environment)
            self.assertEqual((done.stdout, done.stderr), usual, environment)
        self.assertIn("shrike rules list: cache: ", self.ask(*self.list(), cache=file / "below")[1])

    def test_the_environment_names_the_folder(self):
        self.run_program(*self.list(), env={"XDG_CACHE_HOME": str(self.folder / "x"), "HOME": str(self.folder / "h")})
        self.run_program(*self.list(), env={"XDG_CACHE_HOME": "", "HOME": str(self.folder / "h")})
        self.assertEqual(len(list((self.folder / "x/shrike").iterdir())), 1)
        self.assertEqual(len(list((self.folder / "h/.cache/shrike").iterdir())), 1)

    def test_rules_that_cannot_be_read_are_not_kept(self):
        os.truncate(self.write("rules/large.toml", ""), 65 << 20)
        output, errors = self.ask(*self.list())
        self.assertIn("large.toml: larger than", errors.replace("error: ", ""))
        self.assertEqual(self.kept(), [])
        self.assertEqual(output, self.ask(*self.list(), cache=False)[0])


if __name__ == "__main__":
    unittest.main()
