"""Sistemas to hold credentials of, and a key ring of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import LazySettings

from sistemas.models import Caminho, Fundo, Sistema

SISTEMAS = ("amplis_reag", "amplis_master", "maps", "fidc", "jcot", "britech", "qore", "trustee")


@pytest.fixture(autouse=True)
def own_keys(settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CREDENTIAL_KEYS = ["chave-de-teste"]
    settings.DATA_DIR = tmp_path
    settings.DEMO_URL = ""
    for name in ("ETLHUB_CREDENTIAL_KEYS_FILE", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def sistemas(db: None) -> list[str]:
    """Exactly the default catalogue, whatever the migrations seeded."""
    Sistema.objects.exclude(pk__in=SISTEMAS).delete()
    Fundo.objects.all().delete()
    Caminho.objects.all().delete()
    for ordem, pk in enumerate(SISTEMAS, 1):
        Sistema.objects.update_or_create(pk=pk, defaults={"nome": pk.upper(), "ordem": ordem})
    return list(SISTEMAS)
