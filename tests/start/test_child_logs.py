"""Children's output is kept within bounds, and their errors do not flood the console."""

from __future__ import annotations

import os
from pathlib import Path

from deploy.launcher.logs import Output, RotatingFile


def test_a_full_file_moves_on_and_the_oldest_goes(tmp_path: Path) -> None:
    path = tmp_path / "web.log"
    file = RotatingFile(path, max_bytes=10, backups=2)
    for letter in b"abcd":
        file.write(bytes([letter]) * 8)
    file.close()
    found = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    assert found == {"web.log": b"d" * 8, "web.log.1": b"c" * 8, "web.log.2": b"b" * 8}


def test_a_file_that_cannot_be_written_loses_lines_only(tmp_path: Path) -> None:
    file = RotatingFile(tmp_path / "falta" / "web.log")
    file.write(b"perdida\n")
    (tmp_path / "falta").mkdir()
    file.write(b"guardada\n")
    file.close()
    assert (tmp_path / "falta" / "web.log").read_bytes() == b"guardada\n"


def read_all(output: Output, data: bytes) -> None:
    reading, writing = os.pipe()
    thread = output.follow(os.fdopen(reading, "rb"))
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(data)
    thread.join(10)


def test_errors_are_summed_up_and_a_flood_is_cut(tmp_path: Path) -> None:
    said: list[str] = []
    output = Output("web", tmp_path, said.append)
    traceback = b'Traceback (most recent call last):\n  File "x.py", line 1\ndjango.db.utils.OperationalError: sumiu\n'
    read_all(output, b"\x1b[31mINFO tudo bem\x1b[0m\n" + traceback + b"CRITICAL fim\n" * 50 + b"ERROR sem quebra")
    sumiu = "  ! web: django.db.utils.OperationalError: sumiu"
    assert said == [sumiu, "  ! web: CRITICAL fim", "  ! web: ERROR sem quebra"]
    read_all(output, b"".join(b"2026-11-24 10:00:00 ERROR numero %d\n" % number for number in range(50)))
    assert said[3:] == ["  ! web: ERROR numero 0"]
    assert output.last_error == "2026-11-24 10:00:00 ERROR numero 49"
    assert output.path.read_bytes().count(b"CRITICAL fim") == 50


def test_not_being_ready_yet_is_no_error(tmp_path: Path) -> None:
    said: list[str] = []
    read_all(Output("web", tmp_path, said.append), b"ERROR django.request Service Unavailable: /api/health/ready\n")
    assert said == []


def test_a_line_without_end_is_bounded(tmp_path: Path) -> None:
    said: list[str] = []
    output = Output("web", tmp_path, said.append)
    read_all(output, b"x" * 3_000_000 + b" ERROR no fim\n")
    assert len(said) == 1
    assert len(said[0]) < 400
