"""A users' own ETL command (CONTRACT section 5) that misbehaves as it is told. Nothing but the standard library.

What to do is read from `$ETL_CHAOS_DIR/programs/<sistema>.json`: a list of steps, each `[operation, argument…]`. Every
numbered line is noted in a file of this run before it is written and after, so that the oracle knows what was managed.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

BLOCK = 200


class Child:
    """One run: its token, its journal, the number of its next line."""

    def __init__(self) -> None:
        arguments = sys.argv[1:]
        folder = Path(os.environ["ETL_CHAOS_DIR"])
        self.sistema = arguments[arguments.index("--sistemas") + 1]
        self.token = os.environ["ETLHUB_RUN"]
        # The run's temporary folder is named by Execution and attempt.
        run = Path(arguments[arguments.index("--config") + 1]).parent.name.removeprefix("exec-")
        name = folder / "journal" / f"{run}-{self.token}"
        self.journal = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.steps = json.loads((folder / "programs" / f"{self.sistema}.json").read_text(encoding="utf-8"))
        self.next = 1

    def note(self, text: str) -> None:
        os.write(self.journal, f"{text} {time.time():.3f}\n".encode())

    def write(self, data: bytes) -> None:
        while data:
            data = data[os.write(1, data) :]

    def say(self, count: int) -> None:
        first, last = self.next, self.next + count - 1
        lines = "".join(f"[INFO] [CAOS] {self.token[:8]} {number}\n" for number in range(first, last + 1))
        self.note(f"B {last}")
        self.write(lines.encode())
        self.note(f"A {last}")
        self.next = last + 1

    # -- steps -------------------------------------------------------------------------------------------------------
    def pace(self, count: int, seconds: float) -> None:
        for _ in range(count):
            self.say(1)
            time.sleep(seconds)

    def flood(self, count: int) -> None:
        for start in range(0, count, BLOCK):
            self.say(min(BLOCK, count - start))

    def garbage(self, size: int) -> None:
        noise = random.Random(self.token).randbytes(size).replace(b"CAOS", b"caos")
        self.write(b"\x00\xed\xa0\x80\xff\x1b[31m" + noise + b"\n")

    def big(self, size: int) -> None:
        self.write(b"x" * size + b"\n")

    def progress(self, count: int) -> None:
        for number in range(count):
            self.write(f"[INFO] [{self.sistema}] {number * 100 // count}%\r".encode())
        self.write(b"\n")

    def fork(self) -> None:
        """A child that stays, holds our output open and does not listen to SIGTERM."""
        if os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            time.sleep(600)
            os._exit(0)

    def daemon(self) -> None:
        """A grandchild in a session of its own, that no parent knows."""
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                os.close(1)
                os.close(2)
                time.sleep(600)
            os._exit(0)

    def deaf(self) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)

    def close(self) -> None:
        os.close(1)
        os.close(2)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def hang(self) -> None:
        time.sleep(600)

    def stubborn(self) -> None:
        """Goes on living when nobody reads any more."""
        try:
            while True:
                self.say(1)
                time.sleep(0.02)
        except OSError:
            time.sleep(600)

    def exit(self, code: int) -> None:
        self.note(f"E {code}")
        os._exit(code)


def main() -> None:
    child = Child()
    child.note("S 0")
    for operation, *values in child.steps:
        getattr(child, operation)(*values)
    child.exit(0)


main()
