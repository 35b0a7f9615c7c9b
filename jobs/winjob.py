"""A Windows Job Object for each run's process: grandchildren included, they end together. Does nothing elsewhere.

The calls themselves are the launcher's (deploy.launcher.winapi), which needs them with the standard library alone.
"""

from __future__ import annotations

import subprocess
import sys
from weakref import WeakKeyDictionary

if sys.platform == "win32":
    from deploy.launcher import winapi

    CREATION_FLAGS = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW | winapi.CREATE_SUSPENDED
    """A process waits until it is in its Job Object, so that no child of its escapes."""
    _jobs: WeakKeyDictionary[subprocess.Popen[bytes], winapi.Job] = WeakKeyDictionary()
else:
    CREATION_FLAGS = 0


def assign(process: subprocess.Popen[bytes]) -> None:
    """Put `process`, made with CREATION_FLAGS, into a Job Object of its own and let it run. OSError when that fails."""
    if sys.platform == "win32":
        try:
            job = winapi.Job()
            job.adopt_and_resume(int(process._handle))  # type: ignore[attr-defined]
        except OSError:
            process.kill()
            raise
        _jobs[process] = job


def terminate(process: subprocess.Popen[bytes]) -> None:
    """End every process of `process`'s Job Object."""
    if sys.platform == "win32" and process in _jobs:
        _jobs[process].terminate()
