"""Makes a whole backup while the hub runs: database, configuration, keys under a passphrase, files if asked for."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import environ
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from credentials import audit, keys
from credentials import backup as sealing
from credentials.models import AuditEntry
from deploy.launcher.steps import reason
from etlhub.errors import Conflict, HubError
from etlhub.oidc.config import SECRET_FILE
from etlhub.operations import archive, dumps
from etlhub.paths import BASE_DIR
from jobs.models import Artifact

KEYS_FORM = "etlhub-chaves"
"""The form by which credentials.backup seals the keys: `{secret_key, credential_keys: [...], dotenv}`."""
MAX_DOTENV_BYTES = 256 * 1024
# What of the data folder is not a collected file.
OWN = frozenset({"chaves", "run", "tmp", "static", "logs", "valkey", "seletores", "backups"})


@dataclass(frozen=True)
class Made:
    """What a backup took along. `fora` counts collected files outside the data folder, which no backup takes."""

    arquivo: Path
    tamanho: int
    chaves: bool
    arquivos: int
    sumidos: int
    fora: int


@sensitive_variables()
def create(
    target: Path, *, passphrase: str | None, with_files: bool = False, overwrite: bool = False, quem: str
) -> Made:
    """Write the backup to `target`, whole or not at all. Without a passphrase it holds no keys. HubError in words."""
    if target.exists() and not overwrite:
        raise Conflict(f"O arquivo {target} já existe. Use --sobrescrever para trocá-lo.")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as name:
            made = _write(Path(name), target, passphrase, with_files=with_files)
    except OSError as error:
        raise HubError(f"Não consegui gravar o backup em {target.parent} ({reason(error)}).") from None
    if passphrase is not None:
        audit.record(AuditEntry.Acao.COPIA, quem=quem, alvos=[("", "chaves")], detalhe="backup completo")
    return made


@sensitive_variables()
def _write(folder: Path, target: Path, passphrase: str | None, *, with_files: bool) -> Made:
    draft = folder / "backup.zip"
    manifest = archive.Manifest(
        versao_hub=settings.VERSION,
        criado_em=timezone.now().isoformat(),
        banco=connection.vendor,
        pasta_dados=str(settings.DATA_DIR),
        migracoes=sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()),
        chaves=passphrase is not None,
        arquivos=with_files,
    )
    writer = archive.Writer(draft, manifest)
    try:
        _add_database(writer, folder)
        # After the database: a key made meanwhile is one more in the ring, never one too few.
        if passphrase is not None:
            writer.add(archive.KEYS, sealing.seal_content(_keys(), passphrase, KEYS_FORM))
        _add_config(writer)
        taken, vanished = _add_files(writer, target) if with_files else (0, 0)
        writer.close()
    except BaseException:
        writer.abandon()
        raise
    with draft.open("rb+") as file:
        os.fsync(file.fileno())
    draft.chmod(0o600)
    draft.replace(target)
    return Made(target, target.stat().st_size, passphrase is not None, taken, vanished, _outside())


def _add_database(writer: archive.Writer, folder: Path) -> None:
    copy = folder / "banco"
    if connection.vendor == "postgresql":
        dumps.dump_postgres(copy, folder)
        writer.add_file(archive.POSTGRES, copy, packed=True)
    else:
        dumps.snapshot_sqlite(copy)
        writer.add_file(archive.SQLITE, copy)
    copy.unlink()


@sensitive_variables()
def _keys() -> dict[str, object]:
    dotenv = Path(environ.Env().str("ETLHUB_DOTENV", default=str(BASE_DIR / ".env")))
    text = ""
    if dotenv.is_file():
        with dotenv.open("rb") as file:
            text = file.read(MAX_DOTENV_BYTES).decode("utf-8-sig", "replace")
    held: dict[str, object] = {"secret_key": settings.SECRET_KEY, "credential_keys": keys.texts(), "dotenv": text}
    oidc = Path(settings.DATA_DIR) / "chaves" / SECRET_FILE
    if oidc.is_file():
        held[SECRET_FILE] = oidc.read_text(encoding="utf-8").strip()
    return held


def _add_config(writer: archive.Writer) -> None:
    """The configuration for people to read (no secrets), and the selectors that replace the connectors' own."""
    exported = json.dumps(sealing.export(), ensure_ascii=False, indent=2).encode()
    writer.add(f"{archive.CONFIG}configuracao.json", exported)
    root = Path(settings.SHARED_DIR)
    for path in _files(root / "seletores"):
        writer.add_file(archive.CONFIG + path.relative_to(root).as_posix(), path)


def _add_files(writer: archive.Writer, target: Path) -> tuple[int, int]:
    """The collected files of the data folder; how many were taken, and how many vanished while we read."""
    root, taken, vanished = Path(settings.DATA_DIR), 0, 0
    database = dumps.sqlite_path().name if connection.vendor == "sqlite" else ""
    for folder in sorted(path for path in root.iterdir() if path.name not in OWN and path.is_dir()):
        if folder.is_symlink() or folder.name.startswith((".", "anterior-")) or target.is_relative_to(folder):
            continue
        for path in _files(folder):
            if database and path.name.startswith(database):
                continue
            try:
                writer.add_file(archive.FILES + path.relative_to(root).as_posix(), path)
                taken += 1
            except FileNotFoundError:
                vanished += 1
    return taken, vanished


def _files(folder: Path) -> Iterator[Path]:
    """Every file below `folder`; links are not followed, for they may lead anywhere."""
    if not folder.is_dir() or folder.is_symlink():
        return
    for path in sorted(folder.iterdir()):
        if path.is_symlink():
            continue
        if path.is_dir():
            yield from _files(path)
        elif path.is_file():
            yield path


def _outside() -> int:
    root = str(Path(settings.DATA_DIR)) + os.sep
    return Artifact.objects.filter(situacao=Artifact.Situacao.NOVO).exclude(caminho__startswith=root).count()
