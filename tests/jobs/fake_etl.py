"""A stand-in for the users' own ETL command (CONTRACT section 5), told what to do by the `username` of the sistema's login.

The username is a Python statement; `say(n)` writes n numbered lines. Nothing but the standard library.
"""

import json
import os
import sys
import time


def say(count, text="linha", start=1, flush=True):
    for number in range(start, start + count):
        sys.stdout.write(f"[INFO] [TESTE] {text} {number}\n")
    if flush:
        sys.stdout.flush()


def wait_for(path, seconds=60):
    limit = time.monotonic() + seconds
    while not os.path.exists(path):
        if time.monotonic() > limit:
            sys.exit(9)
        time.sleep(0.02)


def main():
    arguments = sys.argv[1:]
    sistema = arguments[arguments.index("--sistemas") + 1]
    with open(arguments[arguments.index("--config") + 1], encoding="utf-8") as file:
        config = json.load(file)
    group, _, name = sistema.partition("_")
    section = config[group][name] if name else config[group]
    exec(section["username"], globals() | {"ARGS": arguments, "SECTION": section, "CONFIG": config})  # noqa: S102


main()
