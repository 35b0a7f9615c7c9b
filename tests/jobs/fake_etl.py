"""A stand-in for the users' own ETL command (CONTRACT section 5), told what to do by the `username` of the sistema's login.

The username is a Python statement; `say(n)` writes n numbered lines. Nothing but the standard library.
"""

import json
import os
import sys
import time
from pathlib import Path


def say(count: int, text: str = "linha", start: int = 1, flush: bool = True) -> None:
    for number in range(start, start + count):
        sys.stdout.write(f"[INFO] [TESTE] {text} {number}\n")
    if flush:
        sys.stdout.flush()


def wait_for(path: str, seconds: float = 60) -> None:
    limit = time.monotonic() + seconds
    while not Path(path).exists():
        if time.monotonic() > limit:
            sys.exit(9)
        time.sleep(0.02)


def main() -> None:
    arguments = sys.argv[1:]
    sistema = arguments[arguments.index("--sistemas") + 1]
    config = json.loads(Path(arguments[arguments.index("--config") + 1]).read_text(encoding="utf-8"))
    group, _, name = sistema.partition("_")
    section = config[group][name] if name else config[group]
    names = globals() | {"os": os, "ARGS": arguments, "SECTION": section, "CONFIG": config}
    exec(section["username"], names)


main()
