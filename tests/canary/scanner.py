"""Looks for canary secrets where none may be. Knows nothing of the hub's own masker, so that they cannot share a mistake.

A canary's core is base32 text that no escaping changes; it and its halves are looked for in clear, in either case, in
base64 at each alignment, hex and UTF-16. A half finds what leaks when a secret is cut in two.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import io
import re
import sys
import threading
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
from ahocorasick_rs import BytesAhoCorasick, Implementation

CORE_CHARS = 32
CHUNK_BYTES = 8 * 1024 * 1024
MAX_UNPACKED_BYTES = 256 * 1024 * 1024
SAMPLE_SECONDS = 0.1
LOOKS = 2


@dataclass(frozen=True)
class Canary:
    """A secret made to be found: `text` is the whole, `core` its part that survives any escaping."""

    name: str
    core: str
    text: str

    @property
    def needles(self) -> list[bytes]:
        """The byte strings that betray it."""
        half = len(self.core) // 2
        parts = [self.core[:half], self.core[half:]]
        found = {part.encode() for part in (*parts, *(part.lower() for part in parts))}
        for part in (self.core, *parts):
            raw = part.encode()
            found |= {
                part.encode("utf-16-le"),
                part.encode("utf-16-be"),
                raw.hex().encode(),
                raw.hex().upper().encode(),
            }
            for before in range(3):
                # Whole groups of three bytes keep their characters; the first may be shared with what stands before.
                body = base64.b64encode(b"\0" * before + raw)[4:-4]
                found |= {body, body.translate(bytes.maketrans(b"+/", b"-_"))}
        return sorted(found)


def canary(name: str, *, base32: bool = False) -> Canary:
    """The canary of this name, the same in every run; `base32`: nothing but the core (for a TOTP secret)."""
    core = base64.b32encode(hashlib.sha256(f"canário {name}".encode()).digest()).decode()[:CORE_CHARS]
    return Canary(name, core, core if base32 else f"Ç\"é'&%+/<{core}>\\õ")


@dataclass(frozen=True)
class Finding:
    """A canary seen where it may not be."""

    place: str
    canary: str


class Scanner:
    """Searches bytes, files, folders and processes for a set of canaries; what it finds is in `findings`."""

    def __init__(self, canaries: Iterable[Canary]) -> None:
        needles = [(each.name, needle) for each in canaries for needle in each.needles]
        self._names = [name for name, _ in needles]
        self._overlap = max(len(needle) for _, needle in needles)
        self._search = BytesAhoCorasick([needle for _, needle in needles], implementation=Implementation.DFA)
        self._lock = threading.Lock()
        self.findings: set[Finding] = set()

    def look(self, data: bytes, place: str) -> None:
        for index, _, _ in self._search.find_matches_as_indexes(data):
            with self._lock:
                self.findings.add(Finding(place, self._names[index]))

    def stream(self, chunks: Iterable[bytes], place: str) -> None:
        tail = b""
        for chunk in chunks:
            self.look(tail + chunk, place)
            tail = chunk[-self._overlap :]

    def file(self, path: Path) -> None:
        """The file as it stands, and what is inside when it is a ZIP (XLSX too) or gzip."""
        with path.open("rb") as file:
            self.stream(iter(lambda: file.read(CHUNK_BYTES), b""), str(path))
        with contextlib.suppress(zipfile.BadZipFile), zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                if member.file_size <= MAX_UNPACKED_BYTES:
                    self.look(archive.read(member), f"{path}!{member.filename}")
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        if packed:
            with gzip.open(path) as unpacked:
                self.stream(iter(lambda: unpacked.read(CHUNK_BYTES), b""), f"{path}!")

    def tree(self, folder: Path) -> int:
        """Every file below `folder`, links not followed, names included; returns how many files were read."""
        count = 0
        for path in sorted(folder.rglob("*")):
            self.look(str(path).encode(errors="surrogateescape"), f"nome: {path.parent}")
            if path.is_file() and not path.is_symlink():
                with contextlib.suppress(FileNotFoundError):
                    self.file(path)
                    count += 1
        return count

    def process(self, process: psutil.Process) -> None:
        """Its arguments and environment."""
        with contextlib.suppress(psutil.Error, OSError):
            self.look("\0".join(process.cmdline()).encode(errors="surrogateescape"), f"argv de {process.name()}")
            pairs = "\0".join(f"{name}={value}" for name, value in process.environ().items())
            self.look(pairs.encode(errors="surrogateescape"), f"ambiente de {process.name()}")

    def memory(self, pid: int, place: str) -> int:
        """The writable memory of a process (Linux); returns how many bytes were read."""
        total = 0
        for piece in _memory(pid):
            self.look(piece, place)
            total += len(piece)
        return total


def _memory(pid: int) -> Iterator[bytes]:
    if sys.platform != "linux":
        return
    regions = re.findall(r"^([0-9a-f]+)-([0-9a-f]+) rw", Path(f"/proc/{pid}/maps").read_text(), re.MULTILINE)
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for first, last in regions:
            start, size = int(first, 16), int(last, 16) - int(first, 16)
            piece = io.BytesIO()
            with contextlib.suppress(OSError, ValueError):
                memory.seek(start)
                while piece.tell() < size and (data := memory.read(min(CHUNK_BYTES, size - piece.tell()))):
                    piece.write(data)
            yield piece.getvalue()


class ProcessWatch:
    """Scans every process of the machine again and again while it is open."""

    def __init__(self, scanner: Scanner) -> None:
        self._scanner = scanner
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="process-watch", daemon=True)
        self._seen: Counter[tuple[int, float, str]] = Counter()
        self.names: set[str] = set()
        self.samples = 0

    def __enter__(self) -> ProcessWatch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        while not self._stop.wait(SAMPLE_SECONDS):
            for process in psutil.process_iter():
                with contextlib.suppress(psutil.Error, OSError):
                    self._look(process)
            self.samples += 1

    def _look(self, process: psutil.Process) -> None:
        """Twice at each program that a process runs: the first look may come before its exec is through."""
        argv = " ".join(process.cmdline())
        seen = (process.pid, process.create_time(), argv)
        self._seen[seen] += 1
        if self._seen[seen] <= LOOKS:
            self.names.add(argv)
            self._scanner.process(process)
