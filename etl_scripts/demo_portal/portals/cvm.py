"""CVM open data: no login; a folder of monthly ZIP files, with Range, ETag and Last-Modified as a file server has them.

GET or HEAD `/inf_diario_fi_AAAAMM.zip`, at the root or below `/dados/FI/DOC/INF_DIARIO/DADOS/`; 404 for a month to come
or before 2010. `Range: bytes=N-` (with `If-Range`) gives 206; `If-None-Match` gives 304. The folder's page lists them.
The files are made when first asked for, in a temporary folder of the server's own that goes with it.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from email.utils import formatdate
from pathlib import Path

from ..calendario import ONE_DAY, business_days
from ..delivery import ZIP, Download
from ..files_cvm import lines, write_zip
from ..funds import FUNDS
from ..look import card
from ..web import Request, Response
from .base import NO_DATA, Handler, Portal

FOLDER = "/dados/FI/DOC/INF_DIARIO/DADOS/"
FIRST_YEAR = 2010
MAX_KEPT_FILES = 8
BLOCK_BYTES = 65536
_NAME = re.compile(r"/inf_diario_fi_(\d{4})(\d{2})\.zip")
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


class Cvm(Portal):
    sistema = "cvm"
    accent = "#2b4c7e"

    def reset(self) -> None:
        super().reset()
        folder: Path | None = getattr(self, "_folder", None)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        # Windows keeps a file that is being sent: then the folder stays ours until the next time.
        self._folder = folder if folder is not None and folder.exists() else None

    def routes(self) -> dict[str, Handler]:
        return {"GET *": self.open}

    def _is_in(self, _request: Request) -> bool:
        return True

    def open(self, request: Request) -> Response:
        found = _NAME.fullmatch(request.path.removeprefix(FOLDER[:-1]))
        if found is None:
            return self._index() if request.path in {"/", FOLDER} else self._missing()
        year, month = int(found[1]), int(found[2])
        days = self._days(year, month)
        if not days or self.faults.take(self.sistema, "sem_dados"):
            return self._missing()
        return self._serve(request, year, month, days)

    def _missing(self) -> Response:
        return self.page("404", f"<h1>404</h1><p>{NO_DATA}</p>", status=404)

    def _index(self) -> Response:
        today = self.world.today()
        months = [(y, m) for y in range(FIRST_YEAR, today.year + 1) for m in range(1, 13) if self._days(y, m)]
        links = "".join(
            f'<li><a href="/cvm{FOLDER}inf_diario_fi_{y}{m:02d}.zip">inf_diario_fi_{y}{m:02d}.zip</a></li>'
            for y, m in reversed(months)
        )
        return self.page("Informe diário", card(f"<h1>Index of {FOLDER}</h1><ul>{links}</ul>"))

    def _days(self, year: int, month: int) -> list[date]:
        if not (FIRST_YEAR <= year <= 9999 and 1 <= month <= 12):
            return []
        last = min(date(year, month, monthrange(year, month)[1]), self.world.today() - ONE_DAY)
        return list(business_days(max(date(year, month, 1), date(2010, 1, 4)), last))

    # -- the file --------------------------------------------------------------------------------------------------

    def _make(self, year: int, month: int, days: list[date]) -> Path:
        """The month's file, made unless it is there already."""
        others = self.world.settings.cvm_fundos
        if fault := self.faults.take(self.sistema, "arquivo_enorme"):
            others = max(int(fault.number("linhas")) // len(days) - len(FUNDS), 0)
        if self.faults.take(self.sistema, "data_errada"):
            last = days[0].replace(day=1) - ONE_DAY
            days = list(business_days(last.replace(day=1), last))
        copies = 2 if self.faults.take(self.sistema, "duplicado") else 1
        name = f"{year}{month:02d}_{days[0]}_{days[-1]}_{others}_{copies}.zip"
        with self._lock:
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="demo-cvm-"))
            path = self._folder / name
            if not path.exists():
                for old in sorted(self._folder.iterdir(), key=lambda p: p.stat().st_mtime)[: -MAX_KEPT_FILES + 1]:
                    old.unlink(missing_ok=True)
                write_zip(path, f"inf_diario_fi_{year}{month:02d}.csv", lines(days, others, (year, month), copies))
        return path

    def _serve(self, request: Request, year: int, month: int, days: list[date]) -> Response:
        path = self._make(year, month, days)
        size = path.stat().st_size
        tag = f'"{hashlib.sha256(path.name.encode()).hexdigest()[:16]}-{size:x}"'
        known = [
            ("ETag", tag),
            ("Accept-Ranges", "bytes"),
            ("Last-Modified", formatdate(_stamp(days[-1]), usegmt=True)),
        ]
        if request.header("If-None-Match") == tag:
            return Response(304, b"", known)
        start, end = self._range(request, tag, size)
        if start >= size:
            return Response(416, b"", [("Content-Range", f"bytes */{size}")])
        name = f"inf_diario_fi_{year}{month:02d}.zip"
        file = Download(name, ZIP, _blocks(path, start, end), None, days[-1], length=end - start)
        answer = self.send(file)
        if not answer.is_html:
            answer.headers += known
        if (start, end) != (0, size) and not answer.is_html:
            answer.status = 206
            answer.headers.append(("Content-Range", f"bytes {start}-{end - 1}/{size}"))
        return answer

    @staticmethod
    def _range(request: Request, tag: str, size: int) -> tuple[int, int]:
        """First byte and the one after the last; all of it when no range was asked for or the file is another."""
        found = _RANGE.fullmatch(request.header("Range").strip())
        condition = request.header("If-Range")
        if found is None or (condition and condition != tag):
            return 0, size
        end = int(found[2]) + 1 if found[2] else size
        return int(found[1]), min(end, size)


def _stamp(day: date) -> float:
    """Midnight UTC after this day, as a Unix time."""
    return float((day.toordinal() - date(1970, 1, 1).toordinal() + 1) * 86_400)


def _blocks(path: Path, start: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        left = end - start
        while left > 0:
            block = file.read(min(BLOCK_BYTES, left))
            if not block:
                return
            left -= len(block)
            yield block
