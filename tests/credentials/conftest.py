"""Sistemas to hold credentials of, and a key ring of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import LazySettings

from credentials import redaction
from sistemas import catalogue


@pytest.fixture(autouse=True)
def own_keys(settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CREDENTIAL_KEYS = ["chave-de-teste"]
    settings.DATA_DIR = tmp_path
    settings.DEMO_URL = ""
    redaction.forget()
    for name in ("ETLHUB_CREDENTIAL_KEYS_FILE", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def sistemas(db: None, own_keys: None) -> list[str]:
    """The default catalogue, without funds."""
    catalogue.seed(demo=False)
    return list(catalogue.BY_ID)
