"""Re-seals every secret with the current key while the hub runs, and says which rows no key opens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.views.decorators.debug import sensitive_variables

from credentials import audit
from credentials.crypto import KeyRing, NoKeyOpens, Sealed
from credentials.keys import keyring
from credentials.models import AuditEntry, Secret
from etlhub.models import SegundoFator

T = TypeVar("T", Secret, SegundoFator)
Row = Secret | SegundoFator
"""What is sealed by the vault's keys: the portals' secrets, and those of the users' authenticator apps."""


@dataclass
class Rotation:
    """What one pass did. Rows are named by their `str()`: `sistema.campo`, `segundo fator de …`."""

    rotated: int = 0
    current: int = 0
    changed_meanwhile: int = 0
    lost: list[str] = field(default_factory=list)


@dataclass
class Check:
    """What the rows need: how many each key of the ring opens, and the rows that none opens."""

    by_key: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)


def rotate(*, quem: str) -> Rotation:
    """Re-seal what is under an older key, row by row: stopped half-way, it goes on where it was when called again."""
    ring, done = keyring(), Rotation()
    for secret in _rows():
        if secret.key_id == ring.current.id:
            done.current += 1
            continue
        try:
            if _reseal(ring, secret, quem):
                done.rotated += 1
            else:
                done.changed_meanwhile += 1
        except NoKeyOpens:
            done.lost.append(str(secret))
    return done


def check() -> Check:
    """Open every row and forget what was inside."""
    ring, found = keyring(), Check()
    for secret in _rows():
        try:
            ring.open(Sealed(secret.key_id, bytes(secret.selado)), *secret.place)
        except NoKeyOpens:
            found.lost.append(str(secret))
        else:
            found.by_key[secret.key_id] += 1
    return found


@sensitive_variables()
def _reseal(ring: KeyRing, secret: Row, quem: str) -> bool:
    """Replace the row if it is still what we read, and only by what opens to the same; False when it has changed."""
    old = Sealed(secret.key_id, bytes(secret.selado))
    clear = ring.open(old, *secret.place)
    new = ring.seal(clear, *secret.place)
    rows: Any = type(secret)._default_manager.filter(pk=secret.pk)
    with transaction.atomic():
        row = rows.select_for_update().first()
        if row is None or (row.key_id, bytes(row.selado)) != (old.key_id, old.data):
            return False
        rows.update(key_id=new.key_id, selado=new.data)
        stored = rows.get()
        if ring.open(Sealed(stored.key_id, bytes(stored.selado)), *stored.place) != clear:
            raise NoKeyOpens  # rolls back: the database did not give back what we wrote
        audit.record(AuditEntry.Acao.ROTACAO, quem=quem, alvos=[secret.place])
    return True


def _rows() -> Iterator[Row]:
    """All rows in order of key, a page at a time, each read when it is needed."""
    yield from _pages(Secret.objects.all())
    yield from _pages(SegundoFator.objects.select_related("user"))


def _pages(rows: QuerySet[T]) -> Iterator[T]:
    last = 0
    while page := list(rows.filter(pk__gt=last).order_by("pk")[:100]):
        yield from page
        last = page[-1].pk
