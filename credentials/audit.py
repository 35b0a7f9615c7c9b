"""Writes the audit. One entry a field: who, when, which sistema, which field, from where; never the value."""

from __future__ import annotations

from collections.abc import Iterable

from credentials.models import AuditEntry


def last(sistema: str, acao: AuditEntry.Acao) -> AuditEntry | None:
    """The newest entry of this kind about `sistema`."""
    return AuditEntry.objects.filter(sistema=sistema, acao=acao).order_by("-id").first()


def record(
    acao: AuditEntry.Acao,
    *,
    quem: str,
    alvos: Iterable[tuple[str, str]],
    origem: str = "",
    detalhe: str = "",
) -> None:
    """Append one entry for each `(sistema, campo)` of `alvos`."""
    AuditEntry.objects.bulk_create(
        AuditEntry(
            acao=acao,
            quem=(quem or "hub")[:150],
            sistema=sistema,
            campo=campo,
            origem=origem[:100],
            detalhe=detalhe[:300],
        )
        for sistema, campo in alvos
    )
