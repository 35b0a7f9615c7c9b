"""What is kept of failures is bounded by age and by size, and nothing else is touched."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import call_command

from jobs import evidence

DAY = 86_400
MEGABYTE = 1 << 20


@pytest.fixture(autouse=True)
def data(settings: LazySettings, tmp_path: Path) -> Path:
    settings.SHARED_DIR = tmp_path
    settings.QUARANTINE_DAYS, settings.QUARANTINE_MAX_MB = 90, 3
    settings.FAILURE_PAGES_DAYS, settings.FAILURE_PAGES_MAX_MB = 30, 3
    return tmp_path


def keep(path: Path, *, days: float, megabytes: float = 0.001) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\0" * int(megabytes * MEGABYTE))
    at = time.time() - days * DAY
    os.utime(path, (at, at))
    return path


def test_old_files_go_with_their_reason_and_their_empty_folder(data: Path) -> None:
    old = keep(data / "quarentena/fidc/2026-01-05/exec-1-estoque.csv", days=91)
    reason = keep(data / "quarentena/fidc/2026-01-05/exec-1-estoque.csv.motivo.txt", days=91)
    page = keep(data / "artefatos/exec-1/fidc-101010-01.html", days=31)
    picture = keep(data / "artefatos/exec-1/fidc-101010-01.png", days=31)
    new = keep(data / "artefatos/exec-2/fidc-101010-01.html", days=29)
    other = keep(data / "downloads/fidc/estoque.csv", days=400)
    assert {path for path, _ in evidence.prune()} == {old, reason, page, picture}
    assert new.exists()
    assert other.exists()
    assert not old.parent.exists()
    assert (data / "quarentena").is_dir()


def test_the_oldest_go_until_the_rest_fits(data: Path) -> None:
    files = [keep(data / f"quarentena/qore/d/exec-{n}-a.zip", days=10 - n, megabytes=1) for n in range(5)]
    evidence.prune()
    assert [path.exists() for path in files] == [False, False, True, True, True]


def test_what_just_came_stays_however_large(data: Path) -> None:
    new = keep(data / "quarentena/qore/d/exec-9-a.zip", days=0, megabytes=4)
    assert evidence.prune() == []
    assert new.exists()


def test_zero_means_no_limit(data: Path, settings: LazySettings) -> None:
    settings.QUARANTINE_DAYS = settings.QUARANTINE_MAX_MB = 0
    keep(data / "quarentena/qore/d/exec-9-a.zip", days=4000, megabytes=4)
    assert evidence.prune() == []


def test_a_dry_run_lists_and_removes_nothing(data: Path, db: None) -> None:
    old = keep(data / "artefatos/exec-1/maps-101010-01.html", days=31, megabytes=1)
    out = io.StringIO()
    call_command("prune", "--simular", stdout=out)
    assert f"Seria removido: {old} (1,0" in out.getvalue()
    assert "Arquivos da quarentena e de falhas seriam removidos: 1 (" in out.getvalue()
    assert old.exists()
    call_command("prune", stdout=out)
    assert not old.exists()


@pytest.mark.skipif(os.name == "nt", reason="making a link needs a right there")
def test_a_link_leads_nowhere(data: Path) -> None:
    outside = keep(data / "fora/segredo.csv", days=400)
    (data / "quarentena").mkdir()
    (data / "quarentena/fidc").symlink_to(outside.parent, target_is_directory=True)
    (data / "artefatos").symlink_to(outside.parent, target_is_directory=True)
    assert evidence.prune() == []
    assert outside.exists()
