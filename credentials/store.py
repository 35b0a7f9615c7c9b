"""Reads and writes one sistema's credential: seals secrets, counts versions, audits. The only writer of Secret."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from credentials import audit
from credentials.crypto import NoKeyOpens, Sealed
from credentials.keys import keyring
from credentials.models import AuditEntry, Credential, Secret
from credentials.redaction import remember


@dataclass
class Change:
    """What to write; None or absent means unchanged, "" clears."""

    url: str | None = None
    username: str | None = None
    secrets: dict[str, str] = field(default_factory=dict, repr=False)


@dataclass
class Opened:
    """One sistema's credential in clear. `lost` are the fields that no key opens."""

    url: str = ""
    username: str = ""
    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    lost: tuple[str, ...] = ()
    versao: int = 0

    @property
    def campos(self) -> tuple[str, ...]:
        return tuple(self.secrets)


@dataclass(frozen=True)
class Held:
    """What is held for a sistema, without opening it. `lost` are the fields whose key is not in the ring."""

    url: str = ""
    username: str = ""
    campos: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    versao: int = 0
    recusa: Credential | None = None


def look_many(sistema_ids: Iterable[str]) -> dict[str, Held]:
    """What is held for each of these sistemas; nothing is decrypted."""
    found = {sistema_id: Held() for sistema_id in sistema_ids}
    known_keys = set(keyring().ids)
    for row in Credential.objects.filter(sistema_id__in=list(found)).prefetch_related("secrets"):
        secrets = list(row.secrets.all())
        found[row.sistema_id] = Held(
            row.url,
            row.username,
            tuple(secret.campo for secret in secrets),
            tuple(secret.campo for secret in secrets if secret.key_id not in known_keys),
            row.versao,
            row if row.recusada_codigo else None,
        )
    return found


@sensitive_variables()
def open_many(sistema_ids: Iterable[str]) -> dict[str, Opened]:
    """The credentials of these sistemas in clear, an empty one for each that has none. Does not audit: callers do."""
    wanted = list(sistema_ids)
    opened = {sistema_id: Opened() for sistema_id in wanted}
    ring = keyring()
    for row in Credential.objects.filter(sistema_id__in=wanted).prefetch_related("secrets"):
        here = opened[row.sistema_id]
        here.url, here.username, here.versao = row.url, row.username, row.versao
        for secret in row.secrets.all():
            try:
                clear = ring.open(Sealed(secret.key_id, bytes(secret.selado)), row.sistema_id, secret.campo)
            except NoKeyOpens:
                here.lost += (secret.campo,)
            else:
                here.secrets[secret.campo] = clear
        remember(here.secrets.values())
    return opened


@sensitive_variables()
def apply(
    sistema_id: str, change: Change, *, quem: str, acao: AuditEntry.Acao, origem: str = "", detalhe: str = ""
) -> list[str]:
    """Write what differs, in one transaction; returns the names of the fields that changed.

    A new address, user or secret lifts the portal's refusal of the old one.
    """
    with transaction.atomic():
        row, _ = Credential.objects.select_for_update().get_or_create(sistema_id=sistema_id)
        changed = _write_open_fields(row, change)
        removed, written = _write_secrets(row, change.secrets)
        touched = [*changed, *written, *removed]
        if not touched:
            return []
        row.recusada_codigo, row.recusada_motivo, row.recusada_em = "", "", None
        row.versao += 1
        row.save()
        audit.record(
            acao, quem=quem, origem=origem, detalhe=detalhe, alvos=[(sistema_id, name) for name in [*changed, *written]]
        )
        audit.record(
            AuditEntry.Acao.REMOCAO,
            quem=quem,
            origem=origem,
            detalhe=detalhe,
            alvos=[(sistema_id, name) for name in removed],
        )
    return touched


def _write_open_fields(row: Credential, change: Change) -> list[str]:
    changed = []
    for name, value in (("url", change.url), ("username", change.username)):
        if value is not None and value != getattr(row, name):
            setattr(row, name, value)
            changed.append(name)
    return changed


@sensitive_variables()
def _write_secrets(row: Credential, secrets: dict[str, str]) -> tuple[list[str], list[str]]:
    """Returns the fields removed and the fields written; a secret equal to the held one is left as it is."""
    ring, removed, written = keyring(), [], []
    remember(secrets.values())
    held = {secret.campo: secret for secret in row.secrets.all()}
    for campo, clear in secrets.items():
        old = held.get(campo)
        if not clear:
            if old is not None:
                old.delete()
                removed.append(campo)
            continue
        if old is not None and _opens_to(old, row.sistema_id) == clear:
            continue
        sealed = ring.seal(clear, row.sistema_id, campo)
        Secret.objects.update_or_create(
            credential=row, campo=campo, defaults={"key_id": sealed.key_id, "selado": sealed.data}
        )
        written.append(campo)
    return removed, written


@sensitive_variables()
def _opens_to(secret: Secret, sistema_id: str) -> str | None:
    try:
        return keyring().open(Sealed(secret.key_id, bytes(secret.selado)), sistema_id, secret.campo)
    except NoKeyOpens:
        return None


def set_refusal(sistema_id: str, codigo: str, motivo: str, versao: int | None) -> bool:
    """Note that the portal refused this login; False when the credential is missing or has changed since `versao`."""
    rows = Credential.objects.filter(sistema_id=sistema_id)
    if versao is not None:
        rows = rows.filter(versao=versao)
    elif codigo and (read := audit.last(sistema_id, AuditEntry.Acao.LEITURA)):
        rows = rows.filter(alterado_em__lte=read.em)  # changed since: what was refused is the old one
    when = timezone.now() if codigo else None
    return bool(rows.update(recusada_codigo=codigo[:40], recusada_motivo=motivo[:1000], recusada_em=when))
