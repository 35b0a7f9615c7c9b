"""Puts a backup back: everything is unpacked and checked beside what is there, then exchanged; a failure undoes it all."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import connection, connections
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.debug import sensitive_variables

from credentials import backup as sealing
from credentials.legacy import BadFile
from deploy.launcher.lock import read_launch
from etlhub.errors import Conflict
from etlhub.oidc.config import SECRET_FILE
from etlhub.operations import archive, dumps, moved
from etlhub.operations.backup import KEYS_FORM, OWN
from etlhub.operations.checks.database import unknown_migrations
from etlhub.operations.checks.folder import INTERRUPTED_RESTORE
from sistemas.caminhos import size

SPARE_BYTES = 100 * 1024**2
STAGE_PREFIX = "restauracao-"
DOTENV_NAME = "dotenv-do-backup"


@dataclass
class Restored:
    """What was put back. `anterior` is where the former files are kept; `dotenv` the backup's settings file, if any."""

    criado_em: str
    versao_hub: str
    chaves: bool
    arquivos: int
    anterior: Path | None = None
    dotenv: Path | None = None
    caminhos_mudados: int = 0
    pendentes: int = 0
    avisos: list[str] = field(default_factory=list)


def verify(path: Path) -> archive.Manifest:
    """Check every part of the backup; BadBackup in words when it is not whole."""
    with archive.Reader(path) as reader:
        reader.verify()
        return reader.manifest


@sensitive_variables()
def restore(path: Path, *, passphrase: str | None, replace: bool = False) -> Restored:
    """Put the backup into the data folder (and the database). Without a passphrase its keys stay out.

    BadBackup or Conflict, with nothing changed, when it cannot be done.
    """
    with archive.Reader(path) as reader:
        _refuse_foreign(reader.manifest)
        _refuse_running()
        used = in_use()
        if used and not replace:
            raise Conflict(f"{used} Para trocar o que há pelo backup, use --substituir.")
        _refuse_full(reader.size)
        tmp = Path(settings.DATA_DIR) / "tmp"
        tmp.mkdir(mode=0o700, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=tmp, prefix=STAGE_PREFIX) as name:
            stage = Path(name)
            report = _unpack(reader, stage, passphrase)
            _exchange(reader.manifest, stage, report, keep=bool(used))
    with connection.cursor() as cursor:
        moved.make_folders(cursor)
    _share_selectors(report)
    return report


def _share_selectors(report: Restored) -> None:
    """Where several machines share a folder, the changed selectors are read there and not in the data folder."""
    restored, shared = Path(settings.DATA_DIR) / "seletores", Path(settings.SHARED_DIR) / "seletores"
    if restored == shared or not restored.is_dir():
        return
    try:
        shutil.copytree(restored, shared, dirs_exist_ok=True)
    except OSError as error:
        reason = getattr(error, "strerror", None) or "erro do sistema"
        report.avisos.append(f"Copie os seletores de {restored} para {shared}: não consegui ({reason}).")


def _refuse_foreign(manifest: archive.Manifest) -> None:
    if manifest.banco != connection.vendor:
        names = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
        made, here = names.get(manifest.banco, manifest.banco), names.get(connection.vendor, connection.vendor)
        raise archive.BadBackup(f"O backup é de um banco {made}, e este hub usa {here}: confira DATABASE_URL.")
    applied = {(app, name) for each in manifest.migracoes for app, _, name in [each.partition(".")]}
    if unknown_migrations(applied):
        raise archive.BadBackup(
            f"O backup é de uma versão mais nova do hub ({manifest.versao_hub}) que esta ({settings.VERSION}): "
            "instale aquela e restaure com ela."
        )


def _refuse_running() -> None:
    launch = read_launch(Path(settings.DATA_DIR) / "run" / "launch.json")
    if launch is not None and launch.owner is not None and launch.owner.alive():
        raise Conflict("O hub está no ar: encerre-o (Ctrl+C no start.py, ou pare o serviço) antes de restaurar.")
    users = moved.database_users()
    if users:
        shown = ", ".join(users[:3])
        raise Conflict(f"O banco de dados está em uso ({shown}): encerre o hub antes de restaurar.")


def _refuse_full(wanted: int) -> None:
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free < wanted + SPARE_BYTES:
        raise Conflict(f"Falta espaço: o backup aberto ocupa {size(wanted)}, e há {size(free)} livres.")


def in_use() -> str:
    """Why this data folder counts as used, as a sentence; empty when it is new (keys alone are made by any command)."""
    root = Path(settings.DATA_DIR)
    if connection.vendor == "postgresql":
        if connection.introspection.table_names():
            return "O banco de dados já tem conteúdo."
    elif dumps.sqlite_path().is_file() and connection.introspection.table_names():
        return f"A pasta de dados {root} já tem um banco de dados."
    others = [each for each in root.iterdir() if each.name not in OWN and not each.name.startswith(".")]
    database = dumps.sqlite_path().name if connection.vendor == "sqlite" else ""
    if any(each.is_file() and not (database and each.name.startswith(database)) for each in _walk(others)):
        return f"A pasta de dados {root} já tem arquivos."
    return ""


def _walk(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield path
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path.iterdir())


@sensitive_variables()
def _unpack(reader: archive.Reader, stage: Path, passphrase: str | None) -> Restored:
    """Everything into `stage`, laid out as in the data folder, checked."""
    manifest = reader.manifest
    report = Restored(manifest.criado_em, manifest.versao_hub, False, 0)
    if manifest.chaves and passphrase is not None:
        _unpack_keys(reader.read(archive.KEYS), passphrase, stage, report)
    for part in manifest.partes:
        if part.nome.startswith(archive.FILES):
            reader.extract(part.nome, stage / "dados" / part.nome.removeprefix(archive.FILES))
            report.arquivos += 1
        elif part.nome.startswith(f"{archive.CONFIG}seletores/"):
            reader.extract(part.nome, stage / "dados" / part.nome.removeprefix(archive.CONFIG))
        elif part.nome in (archive.SQLITE, archive.POSTGRES):
            reader.extract(part.nome, stage / "banco")
        elif part.nome != archive.KEYS:
            reader.read(part.nome)
    if not (stage / "banco").is_file():
        raise archive.BadBackup("O backup não tem o banco de dados.")
    if manifest.banco == "sqlite":
        dumps.check_sqlite(stage / "banco")
        with contextlib.closing(sqlite3.connect(stage / "banco")) as copy:
            report.caminhos_mudados = moved.relocate(copy.cursor(), manifest.pasta_dados, "?")
            report.pendentes = moved.count_pending(copy.cursor())
            copy.commit()
    return report


@sensitive_variables()
def _unpack_keys(raw: bytes, passphrase: str, stage: Path, report: Restored) -> None:
    try:
        held = sealing.open_content(raw, passphrase, KEYS_FORM)
    except BadFile as error:
        raise archive.BadBackup(error.message) from None
    folder = stage / "dados" / "chaves"
    folder.mkdir(mode=0o700, parents=True)
    _write_private(folder / "secret_key", str(held["secret_key"]))
    _write_private(folder / "credential_keys", "\n".join(str(key) for key in held["credential_keys"]) + "\n")
    if held.get(SECRET_FILE):
        _write_private(folder / SECRET_FILE, str(held[SECRET_FILE]))
    if held.get("dotenv"):
        _write_private(folder / DOTENV_NAME, str(held["dotenv"]))
        report.dotenv = Path(settings.DATA_DIR) / "chaves" / DOTENV_NAME
    report.chaves = True


@sensitive_variables()
def _write_private(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def _exchange(manifest: archive.Manifest, stage: Path, report: Restored, *, keep: bool) -> None:
    """Former files out, new ones in, each by a rename within one file system; undone in reverse when one fails."""
    root = Path(settings.DATA_DIR)
    former = root / f"anterior-{timezone.localtime():%Y%m%d-%H%M%S}"
    former.mkdir(mode=0o700)
    note = root / INTERRUPTED_RESTORE
    note.write_text(json.dumps({"backup_de": manifest.criado_em, "anterior": former.name}), encoding="utf-8")
    connections.close_all()
    done: list[tuple[Path, Path]] = []
    try:
        for source, target in _moves(manifest, stage, former):
            if source.exists():
                source.rename(target)
                done.append((source, target))
        if manifest.banco == "postgresql":
            dumps.restore_postgres(stage / "banco", stage)
            with connection.cursor() as cursor:
                report.caminhos_mudados = moved.relocate(cursor, manifest.pasta_dados, "%s")
                report.pendentes = moved.count_pending(cursor)
    except BaseException:
        for source, target in reversed(done):
            target.rename(source)
        shutil.rmtree(former, ignore_errors=True)
        note.unlink()
        raise
    note.unlink()
    if keep and any(former.iterdir()):
        report.anterior = former
    else:
        shutil.rmtree(former, ignore_errors=True)
    if not report.chaves:
        report.avisos.append("As chaves não foram restauradas: sem elas as senhas guardadas não abrem.")


def _moves(manifest: archive.Manifest, stage: Path, former: Path) -> Iterator[tuple[Path, Path]]:
    root = Path(settings.DATA_DIR)
    fresh = stage / "dados"
    for entry in sorted(fresh.iterdir()) if fresh.is_dir() else ():
        yield root / entry.name, former / entry.name
        yield entry, root / entry.name
    if manifest.banco == "sqlite":
        database = dumps.sqlite_path()
        for suffix in ("-wal", "-shm", ""):
            yield database.with_name(database.name + suffix), former / (database.name + suffix)
        yield stage / "banco", database


def made_on(report: Restored) -> str:
    """When the backup was made, for people."""
    moment = parse_datetime(report.criado_em)
    return f"{timezone.localtime(moment):%d/%m/%Y %H:%M}" if moment else report.criado_em
