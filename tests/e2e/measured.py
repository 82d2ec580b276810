"""measured.py FILE COMMAND...: runs it, writes the most memory that it held (KiB) to FILE, and ends as it did.

What a process holds when it starts another one counts as the other's: so the one that starts it is this, which holds
nothing, and not the tests, which may hold much."""
import os
import subprocess
import sys

process = subprocess.Popen(sys.argv[2:])
_, status, usage = os.wait4(process.pid, 0)
with open(sys.argv[1], "w", encoding="utf-8") as out:
    out.write(f"{usage.ru_maxrss}")
code = os.waitstatus_to_exitcode(status)
if code < 0:
    os.kill(os.getpid(), -code)
sys.exit(code)
