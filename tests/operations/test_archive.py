"""A backup file is believed only when every part is what the manifest says; a failure half-way undoes the exchange."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connections

from etlhub.errors import Conflict
from etlhub.operations import dumps, restore
from etlhub.operations.archive import BadBackup, Manifest, Reader, Writer
from etlhub.operations.checks.folder import INTERRUPTED_RESTORE


def made(path: Path, *names: str) -> Path:
    writer = Writer(path, Manifest("0.1.0", "2026-03-10T02:00:00-03:00", "sqlite", "/dados", [], False, True))
    for name in names or ("banco/etlhub.sqlite3", "arquivos/downloads/São João.csv"):
        writer.add(name, name.encode() * 1000)
    writer.close()
    return path


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The same ZIP with its members changed."""
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def _without_database(members: dict[str, bytes]) -> None:
    del members["banco/etlhub.sqlite3"]


def manifest_of(members: dict[str, bytes], **changes: Any) -> None:
    members["manifesto.json"] = json.dumps(json.loads(members["manifesto.json"]) | changes).encode()


def test_what_was_written_is_read(tmp_path: Path) -> None:
    with Reader(made(tmp_path / "b.zip")) as reader:
        reader.verify()
        reader.extract("arquivos/downloads/São João.csv", tmp_path / "fora" / "a.csv")
        assert reader.size == (tmp_path / "fora" / "a.csv").stat().st_size + 20_000


@pytest.mark.parametrize("name", ["arquivos/../../fora", "/etc/cron.d/x", "arquivos/./x", "arquivos//x", "arquivos/x/"])
def test_a_name_that_leads_outside_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadBackup, match="nome de arquivo"):
        Reader(made(tmp_path / "b.zip", name))


def test_parts_beyond_the_manifest_or_missing_are_refused(tmp_path: Path) -> None:
    more = rewritten(made(tmp_path / "a.zip"), lambda members: members.update({"arquivos/extra": b"x"}))
    less = rewritten(made(tmp_path / "b.zip"), _without_database)
    for path in (more, less):
        with pytest.raises(BadBackup, match="não é o que o manifesto diz"):
            Reader(path)


@pytest.mark.parametrize("content", [b"", b"banco/etlhub.sqlite3" * 1001, b"Banco/etlhub.sqlite3" * 1000])
def test_a_part_that_is_not_what_it_was_is_refused(tmp_path: Path, content: bytes) -> None:
    path = rewritten(made(tmp_path / "b.zip"), lambda members: members.update({"banco/etlhub.sqlite3": content}))
    with Reader(path) as reader, pytest.raises(BadBackup, match="danificado"):
        reader.verify()


def test_what_is_no_backup_is_told(tmp_path: Path) -> None:
    (tmp_path / "texto").write_text("oi")
    with zipfile.ZipFile(tmp_path / "outro.zip", "w") as file:
        file.writestr("a", "b")
    whole = made(tmp_path / "b.zip").read_bytes()
    (tmp_path / "cortado.zip").write_bytes(whole[: len(whole) // 2])
    newer = rewritten(made(tmp_path / "n.zip"), lambda members: manifest_of(members, versao=2))
    for name, said in (
        ("nada.zip", "não existe"),
        ("texto", "não é um backup"),
        ("outro.zip", "falta o manifesto"),
        ("cortado.zip", "incompleto"),
        (newer.name, "outra versão"),
    ):
        with pytest.raises(BadBackup, match=said):
            Reader(tmp_path / name)


def test_a_backup_of_a_newer_hub_is_refused_before_anything_is_touched(tmp_path: Path) -> None:
    change: Callable[[dict[str, bytes]], None] = lambda members: manifest_of(members, migracoes=["jobs.9999_futuro"])  # noqa: E731
    with pytest.raises(BadBackup, match="versão mais nova"):
        restore.restore(rewritten(made(tmp_path / "b.zip"), change), passphrase=None)


def test_a_failure_in_the_exchange_puts_everything_back(
    tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, stage = tmp_path / "dados", tmp_path / "dados" / "tmp" / "restauracao-x"
    settings.DATA_DIR = data
    for folder, text in ((data, "velho"), (stage / "dados", "novo")):
        for name in ("chaves/secret_key", "downloads/csv/a.csv"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
    (data / "etlhub.sqlite3").write_text("velho")
    (stage / "banco").write_text("novo")
    monkeypatch.setattr(dumps, "sqlite_path", lambda: data / "etlhub.sqlite3")
    monkeypatch.setattr(connections, "close_all", lambda: None)
    rename, calls = Path.rename, []

    def fails_at_the_last(source: Path, target: Path) -> Path:
        calls.append(source)
        if source == stage / "banco":
            assert (data / INTERRUPTED_RESTORE).exists(), "a crash here must be told by the doctor"
            raise OSError(28, "No space left on device")
        return rename(source, target)

    monkeypatch.setattr(Path, "rename", fails_at_the_last)
    report = restore.Restored("", "", False, 0)
    manifest = Manifest("0.1.0", "", "sqlite", str(data), [], False, True)
    with pytest.raises(OSError, match="No space"):
        restore._exchange(manifest, stage, report, keep=True)
    assert stage / "banco" in calls
    for name in ("chaves/secret_key", "downloads/csv/a.csv", "etlhub.sqlite3"):
        assert (data / name).read_text() == "velho"
    assert not list(data.glob("anterior-*"))
    assert not (data / INTERRUPTED_RESTORE).exists()


def test_files_too_many_for_the_disk_are_refused(
    tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: type("Usage", (), {"free": 10}))
    with pytest.raises(Conflict, match="Falta espaço"):
        restore._refuse_full(1000)
