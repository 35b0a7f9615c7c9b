"""One start at a time for a data folder: a lock that the system releases with its owner, and who the owner is."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from deploy.launcher import processes
from deploy.launcher.processes import Identity
from deploy.launcher.steps import StartError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

# Windows locks forbid reading the locked byte, so it lies far behind the content.
_LOCKED_BYTE = 1 << 30
_POLL = 0.1


@dataclass
class Launch:
    """The start that owns a data folder: its mark, its address and its children; kept in `run/launch.json`."""

    path: Path
    port: int
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    owner: Identity | None = None
    since: str = ""
    children: list[Identity] = field(default_factory=list)

    def save(self) -> None:
        """Write it whole or not at all."""
        data = asdict(self)
        del data["path"]
        draft = self.path.with_suffix(".new")
        draft.write_text(json.dumps(data), encoding="utf-8")
        draft.replace(self.path)


def read_launch(path: Path) -> Launch | None:
    """The launch last written to `path`; None when there is none or it cannot be read."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        owner = Identity(**data["owner"]) if data["owner"] else None
        children = [Identity(**child) for child in data["children"]]
        return Launch(path, int(data["port"]), str(data["id"]), owner, str(data["since"]), children)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def take_data_folder(run_dir: Path, port: int) -> tuple[IO[str], Launch]:
    """Become the only start of the data folder, and end what a killed one left running.

    The returned file holds the lock while it is open. StartError when another start owns the folder.
    """
    state = run_dir / "launch.json"
    lock = _open(run_dir / "start.lock")
    former = read_launch(state)
    if not _try_lock(lock):
        lock.close()
        raise StartError(_already_running(former))
    if former is not None:
        processes.kill_leftovers(former.children, former.id)
    launch = Launch(state, port, owner=processes.identify(os.getpid()), since=time.strftime("%d/%m/%Y %H:%M"))
    launch.save()
    return lock, launch


@contextlib.contextmanager
def exclusively(path: Path, timeout: float) -> Iterator[None]:
    """Hold the lock file `path` while the block runs; StartError when it is not free within `timeout` seconds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + timeout
    with _open(path) as lock:
        while not _try_lock(lock):
            if time.monotonic() > deadline:
                raise StartError(
                    "Outra inicialização está preparando o ambiente há muito tempo: encerre-a e tente outra vez."
                )
            time.sleep(_POLL)
        yield


def _already_running(launch: Launch | None) -> str:
    if launch is None or launch.owner is None:
        return "O ETL Hub já está em execução nesta pasta de dados: encerre-o antes de iniciar outra vez."
    return (
        f"O ETL Hub já está em execução nesta pasta de dados (processo {launch.owner.pid}, desde {launch.since}): "
        f"abra http://localhost:{launch.port} ou encerre-o antes de iniciar outra vez."
    )


def _open(path: Path) -> IO[str]:
    return path.open("a+", encoding="utf-8")


def _try_lock(file: IO[str]) -> bool:
    try:
        if sys.platform == "win32":
            os.lseek(file.fileno(), _LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
