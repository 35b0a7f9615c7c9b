"""The daily backup: made by the watchman in a process of its own, the old ones removed. One a day, on one machine."""

from __future__ import annotations

import contextlib
import json
import logging
import re
import shutil
import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import redis
from django.conf import settings
from django.utils import timezone

from deploy.launcher.steps import reason
from etlhub.paths import BASE_DIR
from etlhub.redis_client import client
from jobs import process

log = logging.getLogger(__name__)

NAME = re.compile(r"etlhub-(\d{4}-\d{2}-\d{2})\.zip")
DRAFT = re.compile(r"\.etlhub-\d{4}-\d{2}-\d{2}\.zip\..+")
TURN = "etlhub:backup-diario:{day}"
TURN_SECONDS = 3600
"""One machine has its turn this long; after a failure the next try is not sooner."""
DONE_SECONDS = 36 * 3600
LIMIT_SECONDS = 6 * 3600.0
STALE_SECONDS = 24 * 3600.0


class Daily:
    """Asked at every round of the watchman; never keeps it waiting."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._day: date | None = None
        self._began = 0.0

    def tick(self) -> None:
        """Start the day's backup when it is due, and see what became of the one under way."""
        if self._child is not None:
            self._look_after(self._child)
        elif settings.BACKUP_DIR and (day := due()) is not None and _take_turn(day):
            self._start(day)

    def stop(self) -> None:
        """End a backup under way; the next start makes it anew."""
        if self._child is not None:
            self._child.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(3)
            self._child.kill()
            self._child.wait(3)
            if self._day is not None:
                _give_turn_back(self._day)

    def _start(self, day: date) -> None:
        folder = Path(settings.BACKUP_DIR)
        phrase = settings.BACKUP_PASSPHRASE_FILE
        keys = [f"--frase-arquivo={phrase}"] if phrase else ["--sem-chaves"]
        argv = [sys.executable, str(BASE_DIR / "manage.py"), "backup", str(folder / f"etlhub-{day}.zip"), *keys]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _remove_drafts(folder)
            self._child = subprocess.Popen(
                argv, cwd=BASE_DIR, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
            )
        except OSError as error:
            _note(f"{folder}: {reason(error)}")
            return
        self._day, self._began = day, time.monotonic()

    def _look_after(self, child: subprocess.Popen[bytes]) -> None:
        if child.poll() is None:
            if time.monotonic() - self._began > LIMIT_SECONDS:
                child.kill()
            return
        # It says a few lines only, so the pipe never fills.
        said = (child.stdout.read() if child.stdout else b"").decode("utf-8", "replace").strip()
        self._child = None
        if child.returncode == 0 and self._day is not None:
            _note("")
            _keep_turn(self._day)
            removed = remove_old(Path(settings.BACKUP_DIR), settings.BACKUP_DAYS)
            log.info("daily backup of %s made; %s old one(s) removed", self._day, removed)
        else:
            _note((said.splitlines() or [f"terminou com o código {child.returncode}"])[-1][:300])
            log.error("daily backup failed: %s", said[-500:])


def due(now: datetime | None = None) -> date | None:
    """The day whose backup is to be made now; None when there is one already or it is too early."""
    now = now or timezone.localtime()
    if now.hour < settings.BACKUP_HOUR or (Path(settings.BACKUP_DIR) / f"etlhub-{now.date()}.zip").exists():
        return None
    return now.date()


def newest() -> Path | None:
    """The last daily backup."""
    folder = Path(settings.BACKUP_DIR)
    found = [path for path in folder.glob("etlhub-*.zip") if NAME.fullmatch(path.name)] if folder.is_dir() else []
    return max(found, key=lambda path: path.name, default=None)


def made_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, tz=timezone.get_current_timezone())


def last_failure() -> str:
    """Why the last try failed; empty when it did not."""
    try:
        return str(json.loads(_state().read_text(encoding="utf-8"))["falha"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def remove_old(folder: Path, days: int) -> int:
    """Remove daily backups older than `days` days (0 keeps all); others' files and the newest one stay."""
    if days <= 0:
        return 0
    limit = timezone.localdate() - timedelta(days=days)
    last, removed = newest(), 0
    for path in folder.iterdir():
        found = NAME.fullmatch(path.name)
        if found and path != last and date.fromisoformat(found[1]) <= limit:
            path.unlink()
            removed += 1
    return removed


def _remove_drafts(folder: Path) -> None:
    """What a backup that was killed left behind."""
    for path in folder.iterdir():
        if DRAFT.fullmatch(path.name) and time.time() - path.stat().st_mtime > STALE_SECONDS:
            shutil.rmtree(path, ignore_errors=True)


def _take_turn(day: date) -> bool:
    """Whether this machine makes the day's backup; no machine does while Redis is away."""
    try:
        return bool(client().set(TURN.format(day=day), process.host_name(), nx=True, ex=TURN_SECONDS))
    except redis.RedisError as error:
        log.warning("daily backup put off: %s", type(error).__name__)
        return False


def _keep_turn(day: date) -> None:
    """The day is done: no other machine, whose folder may be another, makes it again."""
    with contextlib.suppress(redis.RedisError):
        client().expire(TURN.format(day=day), DONE_SECONDS)


def _give_turn_back(day: date) -> None:
    with contextlib.suppress(redis.RedisError):
        client().delete(TURN.format(day=day))


def _state() -> Path:
    return Path(settings.DATA_DIR) / "run" / "backup.json"


def _note(failure: str) -> None:
    """Keep how the last try ended, for the doctor and the metrics; a full disk must not end the watchman."""
    with contextlib.suppress(OSError):
        _state().parent.mkdir(exist_ok=True)
        _state().write_text(json.dumps({"em": time.time(), "falha": failure}, ensure_ascii=False), encoding="utf-8")
