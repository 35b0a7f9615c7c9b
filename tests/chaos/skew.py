"""A clock of the hub's own that can be set: a small library loaded before libc (Linux, where there is a C compiler)."""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).with_name("skew.c")


class Clock:
    """How many seconds the clock of the hub's processes is ahead of the machine's; 0 at first."""

    def __init__(self, folder: Path) -> None:
        self._file, self._library = folder / "clock", folder / "skew.so"
        self.possible = sys.platform == "linux" and shutil.which("cc") is not None
        if self.possible:
            argv = ["cc", "-shared", "-fPIC", "-O1", "-o", str(self._library), str(SOURCE), "-ldl"]
            self.possible = subprocess.run(argv, check=False, capture_output=True, timeout=60).returncode == 0
        self.set(0)

    @property
    def environment(self) -> dict[str, str]:
        """What a process must be started with."""
        return {"LD_PRELOAD": str(self._library), "CHAOS_CLOCK": str(self._file)} if self.possible else {}

    def set(self, seconds: int) -> None:
        """Set the clock, at once, for all who have it."""
        with self._file.open("r+b" if self._file.exists() else "w+b") as file:
            file.write(struct.pack("=q", seconds))
