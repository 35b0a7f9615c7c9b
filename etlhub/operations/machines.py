"""The machines of one hub: what each says of itself beside its signs of life, and what must be the same on all.

A machine says fingerprints, never keys: they tell equal from different and nothing else.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.utils.crypto import salted_hmac

from credentials import keys
from etlhub.errors import HubError
from etlhub.operations import presence
from jobs.queries import living_workers
from sistemas.espera import in_time

FOLDER_MARK = ".etlhub-pasta"
"""A file in the shared folder whose content names it: two machines that read the same see the same folder."""
FOLDER_SECONDS = 60.0
"""How long it is believed that the shared folder is still the one that was seen."""

_folder: tuple[float, str] = (float("-inf"), "")


@dataclass
class Machine:
    """What runs on one machine, and what its processes said of it (the newest word of each fact)."""

    nome: str
    web: int = 0
    vigias: int = 0
    workers: int = 0
    fatos: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        counts = ((self.web, "web"), (self.vigias, "vigia"), (self.workers, "worker"))
        parts = [f"{count} {name}{'s' if count > 1 and name != 'web' else ''}" for count, name in counts if count]
        return f"{self.nome} ({', '.join(parts)})"


def facts() -> dict[str, str]:
    """What this machine says of itself; "" where it could not be found out."""
    vault = ""
    with contextlib.suppress(HubError):
        vault = keys.keyring().current.id
    session = salted_hmac("etlhub.machines", "chave", algorithm="sha256").hexdigest()[:12]
    return {"versao": settings.VERSION, "sessoes": session, "cofre": vault, "pasta": folder_mark()}


def folder_mark() -> str:
    """What names the shared folder, made when missing; "" while the folder does not answer or takes no file."""
    global _folder
    if time.monotonic() - _folder[0] > FOLDER_SECONDS:
        try:
            mark = in_time(lambda: _read_or_make(Path(settings.SHARED_DIR) / FOLDER_MARK))
        except OSError:  # TimeoutError is one
            mark = ""
        _folder = (time.monotonic(), mark)
    return _folder[1]


def _read_or_make(path: Path) -> str:
    for _ in range(2):
        with contextlib.suppress(FileNotFoundError):
            return path.read_text(encoding="ascii")[:32]
        # Whole and exclusively, as etlhub.paths makes keys: the loser of a race reads the winner's.
        draft = path.with_name(f"{FOLDER_MARK}.{secrets.token_hex(8)}")
        draft.write_text(secrets.token_hex(8), encoding="ascii")
        try:
            if not path.exists():
                os.link(draft, path)
        except FileExistsError:
            pass
        except OSError:  # a share without hard links
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    return ""


def machines() -> list[Machine]:
    """Every machine with a living web process, watchman or worker; redis.RedisError when Redis is away."""
    found: dict[str, Machine] = {}
    for kind in ("web", "vigia"):
        for sign in sorted(presence.signs(kind), key=lambda sign: -sign.age):
            machine = found.setdefault(sign.host, Machine(sign.host))
            machine.web += kind == "web"
            machine.vigias += kind == "vigia"
            machine.fatos |= sign.facts
    for host in living_workers():
        found.setdefault(host, Machine(host)).workers += 1
    return [found[name] for name in sorted(found)]


def differing(everyone: list[Machine], fact: str) -> Iterator[tuple[str, list[str]]]:
    """Where the machines do not agree: each value and who has it. Nothing when they agree; unknown values count as none."""
    holders: dict[str, list[str]] = defaultdict(list)
    for machine in everyone:
        if value := machine.fatos.get(fact):
            holders[value].append(machine.nome)
    if len(holders) > 1:
        yield from holders.items()
