"""The watchman makes one backup a day, removes old ones, and a failure is told and tried again."""

from __future__ import annotations

import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import timezone

from etlhub.operations import daily, restore
from tests.hub import Hub, wait_until


@pytest.fixture
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.BACKUP_DIR, settings.BACKUP_HOUR, settings.BACKUP_DAYS = str(tmp_path), 2, 14
    settings.DATA_DIR = tmp_path / "dados"
    return tmp_path


def at(hour: int) -> datetime:
    return timezone.make_aware(datetime(2026, 3, 10, hour, 30))


def test_it_is_due_once_a_day_from_its_hour_on(folder: Path) -> None:
    assert daily.due(at(1)) is None
    assert str(daily.due(at(2))) == "2026-03-10"
    (folder / "etlhub-2026-03-10.zip").touch()
    assert daily.due(at(23)) is None


def test_old_ones_go_and_the_newest_and_others_stay(folder: Path) -> None:
    today = timezone.localdate()
    names = [f"etlhub-{today - timedelta(days=age)}.zip" for age in (0, 13, 14, 400)]
    for name in [*names, "etlhub-antes-da-atualizacao.zip", "outro.zip"]:
        (folder / name).touch()
    assert daily.remove_old(folder, 14) == 2
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [*names[:2], "etlhub-antes-da-atualizacao.zip", "outro.zip"]
    )
    assert daily.remove_old(folder, 0) == 0


def test_the_only_one_left_stays_however_old(folder: Path) -> None:
    (folder / "etlhub-2020-01-01.zip").touch()
    assert daily.remove_old(folder, 1) == 0


def test_a_running_hub_makes_its_backup(hub: Hub) -> None:
    folder = Path(hub.environment["ETLHUB_BACKUP_DIR"])
    made = wait_until(lambda: list(folder.glob("etlhub-*.zip")), what="the daily backup")[0]
    manifest = restore.verify(made)
    assert manifest.chaves is False
    with zipfile.ZipFile(made) as file:
        assert "chaves.json" not in file.namelist()
        assert "config/configuracao.json" in file.namelist()
    wait_until(lambda: not list(folder.glob(".*")), what="no draft left")
