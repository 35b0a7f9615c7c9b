"""What the ETL keeps of its failures (files in quarantine, pages and pictures) goes, by age and by total size."""

from __future__ import annotations

import logging
import stat
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

log = logging.getLogger(__name__)
DAY = 86_400.0
MEGABYTE = 1 << 20
FRESH_SECONDS = 3600.0
"""What is younger stays, however much it is: its run may be going on, and nobody has seen it."""
REASON = ".motivo.txt"
WINDOWS_LINKS = frozenset({0xA0000003, 0xA000000C})  # IO_REPARSE_TAG_MOUNT_POINT, IO_REPARSE_TAG_SYMLINK


@dataclass
class Kept:
    """Files that belong together: a refused file and its reason, a page and its picture."""

    files: list[Path] = field(default_factory=list)
    size: int = 0
    newest: float = 0.0


def prune(*, dry_run: bool = False) -> list[tuple[Path, int]]:
    """Delete what is past the settings' days, then the oldest until the rest fits; returns each file with its size.

    Only below the shared folder's `quarentena` and `artefatos`, never through a link. 0 days or megabytes: no such limit.
    """
    data = Path(settings.SHARED_DIR)
    removed = _bound(
        data / "quarentena", settings.QUARANTINE_DAYS, settings.QUARANTINE_MAX_MB, _without_reason, dry_run=dry_run
    )
    removed += _bound(
        data / "artefatos", settings.FAILURE_PAGES_DAYS, settings.FAILURE_PAGES_MAX_MB, _without_suffix, dry_run=dry_run
    )
    if removed and not dry_run:
        log.info("%s files kept of failures removed", len(removed))
    return removed


def _without_reason(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(REASON))


def _without_suffix(path: Path) -> Path:
    return path.with_suffix("")


def _bound(
    root: Path, days: int, megabytes: int, key: Callable[[Path], Path], *, dry_run: bool
) -> list[tuple[Path, int]]:
    groups = sorted(_groups(root, key), key=lambda each: each.newest)
    now, total = time.time(), sum(each.size for each in groups)
    removed: list[tuple[Path, int]] = []
    for each in groups:
        age = now - each.newest
        too_old = days > 0 and age > days * DAY
        too_much = megabytes > 0 and total > megabytes * MEGABYTE and age > FRESH_SECONDS
        if too_old or too_much:
            removed += _remove(each, dry_run=dry_run)
            total -= each.size
    if removed and not dry_run:
        _drop_empty(root)
    return removed


def _groups(root: Path, key: Callable[[Path], Path]) -> list[Kept]:
    found: defaultdict[Path, Kept] = defaultdict(Kept)
    for path in _files(root):
        with suppress(OSError):  # gone meanwhile
            state = path.lstat()
            group = found[key(path)]
            group.files.append(path)
            group.size += state.st_size
            group.newest = max(group.newest, state.st_mtime)
    return list(found.values())


def _files(folder: Path) -> Iterator[Path]:
    """Plain files below a folder; links and junctions are not looked into."""
    if _is_link(folder) or not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if _is_link(path):
            continue
        if path.is_dir():
            yield from _files(path)
        elif path.is_file():
            yield path


def _is_link(path: Path) -> bool:
    try:
        state = path.lstat()
    except OSError:
        return True
    return stat.S_ISLNK(state.st_mode) or getattr(state, "st_reparse_tag", 0) in WINDOWS_LINKS


def _remove(group: Kept, *, dry_run: bool) -> list[tuple[Path, int]]:
    """Delete a group's files; what another program holds open (Windows) stays for the next time."""
    gone = []
    for path in group.files:
        try:
            size = path.lstat().st_size
            if not dry_run:
                path.unlink()
        except OSError as error:
            log.warning("%s not removed: %s", path, error)
            continue
        gone.append((path, size))
    return gone


def _drop_empty(root: Path) -> None:
    """Remove folders that hold nothing any more; `root` itself stays."""
    folders = [path for path in root.rglob("*") if path.is_dir() and not _is_link(path)]
    for folder in sorted(folders, key=lambda path: len(path.parts), reverse=True):
        with suppress(OSError):  # not empty
            folder.rmdir()
