"""The audit is only added to."""

from __future__ import annotations

import pytest

from credentials import audit
from credentials.models import AppendOnly, AuditEntry


def test_entries_are_neither_changed_nor_deleted(db: None) -> None:
    audit.record(AuditEntry.Acao.TESTE, quem="ana", alvos=[("maps", "")], origem="10.0.0.7")
    entry = AuditEntry.objects.get()
    entry.quem = "outra"
    with pytest.raises(AppendOnly):
        entry.save()
    with pytest.raises(AppendOnly):
        entry.delete()
    with pytest.raises(AppendOnly):
        AuditEntry.objects.update(quem="outra")
    with pytest.raises(AppendOnly):
        AuditEntry.objects.all().delete()
    with pytest.raises(AppendOnly):
        AuditEntry.objects.bulk_update([entry], ["quem"])
    assert AuditEntry.objects.get().quem == "ana"
