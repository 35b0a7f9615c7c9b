"""The scanner finds a planted canary in every place and form that the proof relies on, and nothing where there is none."""

from __future__ import annotations

import base64
import gzip
import json
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from tests.canary.scanner import Canary, Finding, ProcessWatch, Scanner, canary
from tests.hub import wait_until

PLANTED = canary("plantado")
OTHER = canary("outro")


def found(data: bytes) -> bool:
    scanner = Scanner([PLANTED])
    scanner.look(data, "aqui")
    return scanner.findings == {Finding("aqui", "plantado")}


FORMS = {
    "raw": PLANTED.text.encode(),
    "latin-1": PLANTED.text.encode("latin-1"),
    "utf-16": PLANTED.text.encode("utf-16"),
    "url": quote(PLANTED.text).encode(),
    "form": quote_plus(PLANTED.text).encode(),
    "json": json.dumps(PLANTED.text).encode(),
    "repr": repr(PLANTED.text).encode(),
    "hex": PLANTED.text.encode().hex().encode(),
    "lower": PLANTED.text.lower().encode(),
    "first half": PLANTED.text[: 9 + 16].encode(),
    "second half": PLANTED.text[9 + 16 :].encode(),
    **{f"base64 after {n}": base64.b64encode(b"x" * n + PLANTED.text.encode()) for n in range(6)},
    **{f"urlsafe base64 after {n}": base64.urlsafe_b64encode(b"x" * n + PLANTED.text.encode()) for n in range(3)},
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_every_form(form: bytes) -> None:
    assert found(b"antes " + form + b" depois")


def test_what_is_clean_is_clean() -> None:
    assert not found(OTHER.text.encode())
    assert not found(b"********" * 1000)
    assert canary("x", base32=True).text == canary("x", base32=True).core


def test_across_chunks() -> None:
    scanner = Scanner([PLANTED])
    data = b"." * 100 + PLANTED.text.encode() + b"." * 100
    scanner.stream((data[at : at + 64] for at in range(0, len(data), 64)), "fluxo")
    assert scanner.findings


def plant_in_file(folder: Path, secret: str) -> None:
    (folder / "a").mkdir()
    (folder / "a" / "log.txt").write_text(f"linha\n{secret}\n")


def plant_in_name(folder: Path, secret: str) -> None:
    (folder / PLANTED.core).touch()


def plant_in_zip(folder: Path, secret: str) -> None:
    with zipfile.ZipFile(folder / "planilha.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", secret)


def plant_in_gzip(folder: Path, secret: str) -> None:
    (folder / "log.gz").write_bytes(gzip.compress(secret.encode()))


@pytest.mark.parametrize("plant", [plant_in_file, plant_in_name, plant_in_zip, plant_in_gzip])
def test_folders(tmp_path: Path, plant: object) -> None:
    assert callable(plant)
    plant(tmp_path, PLANTED.text)
    scanner = Scanner([PLANTED])
    assert scanner.tree(tmp_path) == 1
    assert scanner.findings


def test_the_write_ahead_log_and_deleted_rows_of_sqlite(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "db.sqlite3")
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE t (x TEXT)")
    database.commit()
    database.execute("INSERT INTO t VALUES (?)", (PLANTED.text,))
    database.commit()
    database.execute("DELETE FROM t")
    database.commit()
    scanner = Scanner([PLANTED])
    scanner.tree(tmp_path)
    assert any(finding.place.endswith("-wal") for finding in scanner.findings)
    database.close()


def _child(*arguments: str, environment: dict[str, str] | None = None, body: str = "") -> subprocess.Popen[bytes]:
    code = f"{body}\nimport sys\nprint('ready', flush=True)\nsys.stdin.read()"
    child = subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"ready\n"
    return child


@pytest.mark.parametrize("where", ["argv", "ambiente"])
def test_processes_are_seen_while_they_live(where: str) -> None:
    scanner = Scanner([PLANTED])
    with ProcessWatch(scanner) as watch:
        arguments = [PLANTED.text] if where == "argv" else []
        environment = {"SENHA": PLANTED.text} if where == "ambiente" else None
        with _child(*arguments, environment=environment) as child:
            samples = watch.samples
            wait_until(lambda: watch.samples > samples + 1, what="two samples")
            assert child.stdin is not None
            child.stdin.close()
    assert {finding.place.split(" de ")[0] for finding in scanner.findings} == {where}


@pytest.mark.parametrize("planted", [True, False])
def test_memory(planted: bool) -> None:
    if sys.platform != "linux":
        return
    # The child makes the secret itself: its source must not hold it.
    parts = [PLANTED.core[at : at + 4] for at in range(0, len(PLANTED.core), 4)]
    scanner = Scanner([PLANTED])
    with _child(body=f"secret = ''.join({parts!r})" if planted else "") as child:
        assert scanner.memory(child.pid, "memória") > 1_000_000
        assert child.stdin is not None
        child.stdin.close()
    assert bool(scanner.findings) is planted


def test_needles_are_long_enough_never_to_occur_by_chance() -> None:
    assert isinstance(PLANTED, Canary)
    assert min(map(len, PLANTED.needles)) >= 12
