"""Re-seals every secret with the current key while the hub runs, and says which rows no key opens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from credentials import audit
from credentials.crypto import KeyRing, NoKeyOpens, Sealed
from credentials.keys import keyring
from credentials.models import AuditEntry, Secret


@dataclass
class Rotation:
    """What one pass did. Rows are named `sistema.campo`."""

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
            ring.open(Sealed(secret.key_id, bytes(secret.selado)), secret.credential_id, secret.campo)
        except NoKeyOpens:
            found.lost.append(str(secret))
        else:
            found.by_key[secret.key_id] += 1
    return found


@sensitive_variables()
def _reseal(ring: KeyRing, secret: Secret, quem: str) -> bool:
    """Replace the row if it is still what we read, and only by what opens to the same; False when it has changed."""
    old = Sealed(secret.key_id, bytes(secret.selado))
    clear = ring.open(old, secret.credential_id, secret.campo)
    new = ring.seal(clear, secret.credential_id, secret.campo)
    with transaction.atomic():
        row = Secret.objects.select_for_update().filter(pk=secret.pk).first()
        if row is None or (row.key_id, bytes(row.selado)) != (old.key_id, old.data):
            return False
        Secret.objects.filter(pk=secret.pk).update(key_id=new.key_id, selado=new.data)
        stored = Secret.objects.get(pk=secret.pk)
        if ring.open(Sealed(stored.key_id, bytes(stored.selado)), stored.credential_id, stored.campo) != clear:
            raise NoKeyOpens  # rolls back: the database did not give back what we wrote
        audit.record(AuditEntry.Acao.ROTACAO, quem=quem, alvos=[(secret.credential_id, secret.campo)])
    return True


def _rows() -> Iterator[Secret]:
    """All rows in order of key, a page at a time, each read when it is needed."""
    last = 0
    while page := list(Secret.objects.filter(pk__gt=last).order_by("pk")[:100]):
        yield from page
        last = page[-1].pk
