"""The document that the front end's types are made of is this code's, and says what each answer holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.hub import ROOT

KEPT = ROOT / "frontend" / "openapi.json"
FILES = {"/api/jobs/{job_id}/logs/download", "/api/artefatos/{artifact_id}/download", "/api/portfolio/export"}
"""Answer with a file."""


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("openapi") / "openapi.json"
    call_command("show_openapi", "--write", str(path), verbosity=0)
    return path


def test_the_kept_document_is_of_this_code(document: Path) -> None:
    kept = KEPT.read_text(encoding="utf-8")
    assert kept == document.read_text(encoding="utf-8"), "rode: npm run gen:api, em frontend/"


def test_every_operation_declares_its_answer(document: Path) -> None:
    paths: dict[str, Any] = json.loads(document.read_text(encoding="utf-8"))["paths"]
    silent = {
        f"{method.upper()} {path}"
        for path, operations in paths.items()
        for method, operation in operations.items()
        if path not in FILES
        and not any("content" in answer for status, answer in operation["responses"].items() if status < "3")
    }
    assert silent == set()
