"""The data folder: can it be written, is there room, are the keys private, how fast does it grow."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psutil
from django.conf import settings
from django.db import connection
from django.db.models import F, Sum
from django.utils import timezone

from deploy.launcher.steps import reason
from etlhub.operations.findings import Finding, good, problem, warning
from jobs.models import Job
from sistemas.caminhos import size
from sistemas.espera import in_time

LOW_BYTES = 2 * 1024**3
FULL_BYTES = 300 * 1024**2
BIG_LOGS_BYTES = 1024**3
GROWTH_DAYS = 7
SOON_DAYS = 30
INTERRUPTED_RESTORE = "restauracao-interrompida.json"
"""Exists in the data folder only while a restore exchanges its files."""
_NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "drvfs", "vboxsf", "glusterfs", "ceph"}


def data_folder() -> Iterator[Finding]:
    folder = Path(settings.DATA_DIR)
    try:
        with tempfile.TemporaryFile(dir=folder, prefix=".doctor-"):
            pass
        free = shutil.disk_usage(folder).free
    except OSError as error:
        what = "Dê ao usuário do hub permissão de gravar na pasta, ou indique outra em ETLHUB_DATA_DIR."
        yield problem("Pasta de dados", f"Não consigo gravar em {folder} ({reason(error)}).", what)
        return
    yield good("Pasta de dados", str(folder))
    yield space(free)
    yield from _shared_folder()
    if (folder / INTERRUPTED_RESTORE).exists():
        what = "Rode manage.py restore outra vez, com o mesmo arquivo e --substituir."
        yield problem("Restauração", "Uma restauração foi interrompida no meio da troca dos arquivos.", what)


def _shared_folder() -> Iterator[Finding]:
    """Only where it is another one than the data folder."""
    folder = Path(settings.SHARED_DIR)
    if folder == Path(settings.DATA_DIR):
        return
    if wrong := cannot_write(folder):
        what = "Confira ETLHUB_ARQUIVOS e se o compartilhamento está montado."
        yield problem("Pasta dos arquivos", f"Não consigo gravar em {folder} ({wrong}).", what)
    else:
        yield good("Pasta dos arquivos", str(folder))


def cannot_write(folder: Path) -> str:
    """Why no file can be made there; empty when one can. A dead share is waited for a few seconds."""

    def write() -> None:
        with tempfile.TemporaryFile(dir=folder, prefix=".doctor-"):
            pass

    try:
        in_time(write)
    except OSError as error:  # TimeoutError is one
        return reason(error)
    return ""


def space(free: int) -> Finding:
    what = "Libere espaço: manage.py prune remove logs antigos; ou mude ETLHUB_DATA_DIR para um disco maior."
    if free < FULL_BYTES:
        return problem("Espaço em disco", f"Só {size(free)} livres na pasta de dados.", what)
    if free < LOW_BYTES:
        return warning("Espaço em disco", f"Há pouco espaço na pasta de dados: {size(free)}.", what)
    return good("Espaço em disco", f"{size(free)} livres")


def keys_private() -> Iterator[Finding]:
    """Key files and the like are for this account alone. Windows: the profile's ACL says who may read."""
    if sys.platform == "win32":
        yield good("Chaves", "protegidas pelas permissões da conta do Windows")
        return
    folder = Path(settings.DATA_DIR)
    private = [*sorted((folder / "chaves").glob("*")), folder / "run" / "redis_url", folder / "run" / "valkey.conf"]
    if named := os.environ.get("ETLHUB_CREDENTIAL_KEYS_FILE"):
        private.append(Path(named))
    if session := os.environ.get("ETLHUB_SECRET_KEY_FILE"):
        private.append(Path(session))
    wrong = [path for path in private if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077]
    for path in wrong:
        mode = f"{stat.S_IMODE(path.stat().st_mode):o}"
        yield problem("Chaves", f"Outros usuários podem ler {path} (modo {mode}).", f"Rode: chmod 600 {path}")
    given = session or os.environ.get("ETLHUB_SECRET_KEY")
    if not given and not (folder / "chaves" / "secret_key").is_file():
        yield warning("Chaves", "Ainda não há chaves nesta pasta de dados.", "Elas nascem no primeiro início do hub.")
    elif not wrong:
        yield good("Chaves", "só este usuário as lê")


def file_system() -> Iterator[Finding]:
    """SQLite's write-ahead log needs shared memory, which no network file system gives."""
    if connection.vendor != "sqlite":
        return
    kind = _file_system_of(Path(settings.DATA_DIR))
    if kind.lower() in _NETWORK:
        what = "Ponha ETLHUB_DATA_DIR num disco local, ou use um PostgreSQL (DATABASE_URL)."
        yield problem("Sistema de arquivos", f"A pasta de dados está num disco de rede ({kind}).", what)


def _file_system_of(folder: Path) -> str:
    if sys.platform == "win32" and str(folder).startswith("\\\\"):
        return "cifs"
    found = [part for part in psutil.disk_partitions(all=True) if folder.is_relative_to(part.mountpoint)]
    return max(found, key=lambda part: len(part.mountpoint)).fstype if found else ""


def process_logs() -> Iterator[Finding]:
    folder = Path(settings.DATA_DIR) / "logs"
    used = sum(path.stat().st_size for path in folder.glob("*") if path.is_file()) if folder.is_dir() else 0
    if used > BIG_LOGS_BYTES:
        what = f"Apague os registros antigos de {folder}."
        yield warning("Registros dos processos", f"Ocupam {size(used)}.", what)
    else:
        yield good("Registros dos processos", size(used))


def growth() -> Iterator[Finding]:
    """How long the disk lasts at last week's pace of log lines."""
    kept = Job.objects.aggregate(n=Sum(F("log_seq") - F("log_first") + 1))["n"] or 0
    since = timezone.now() - timedelta(days=GROWTH_DAYS)
    recent = Job.objects.filter(created_at__gte=since).aggregate(n=Sum("log_seq"))["n"] or 0
    used = database_bytes()
    text = f"{kept:,}".replace(",", ".") + f" linhas guardadas, banco de {size(used)}"
    if not kept or not recent:
        yield good("Crescimento dos logs", text)
        return
    per_day = recent / GROWTH_DAYS * (used / kept)
    days = shutil.disk_usage(settings.DATA_DIR).free / per_day
    text += f"; {size(int(per_day))} por dia na última semana"
    if days < SOON_DAYS and connection.vendor == "sqlite":
        what = "Diminua ETLHUB_LOG_RETENTION_DAYS, defina ETLHUB_LOG_MAX_LINES ou aumente o disco."
        yield warning("Crescimento dos logs", f"{text}: o disco enche em cerca de {days:.0f} dias.", what)
    else:
        yield good("Crescimento dos logs", text)


def database_bytes() -> int:
    """What the database occupies."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    path = Path(str(connection.settings_dict["NAME"]))
    parts = [path, path.with_name(path.name + "-wal")]
    return sum(part.stat().st_size for part in parts if part.is_file())
