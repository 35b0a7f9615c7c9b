"""Bytes of an ETL process become lines, whatever the process writes."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.models import Level
from jobs.protocol import CONTINUES, MAX_LINE_BYTES, Event, Line, Parser, progress_of


def parse(*chunks: bytes) -> list[Line | Event]:
    parser = Parser()
    return [item for chunk in chunks for item in parser.feed(chunk)] + parser.close()


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ("[INFO] [AMPLIS - REAG] Início", Line(Level.INFO, "AMPLIS - REAG", "Início")),
        ("[WARNING] [FIDC ESTOQUE] x", Line(Level.WARN, "FIDC ESTOQUE", "x")),
        ("[CRITICAL] [SISTEMA] parou", Line(Level.ERROR, "SISTEMA", "parou")),
        ("[SUCCESS] [MAPS]", Line(Level.SUCCESS, "MAPS", "")),
        ("[OUTRO] [MAPS] x", Line(Level.INFO, "STDOUT", "[OUTRO] [MAPS] x")),
        ("sem formato", Line(Level.INFO, "STDOUT", "sem formato")),
        ("", Line(Level.INFO, "STDOUT", "")),
        ("\x1b[32m[INFO] [QORE] verde\x1b[0m", Line(Level.INFO, "QORE", "verde")),
        ("a\x00b\x07c", Line(Level.INFO, "STDOUT", "abc")),
    ],
)
def test_a_line_is_read(raw: str, line: Line) -> None:
    assert parse(raw.encode() + b"\n") == [line]


def test_bytes_that_are_not_utf8_are_read_as_windows_1252() -> None:
    assert parse("coração\n".encode("cp1252")) == [Line(Level.INFO, "STDOUT", "coração")]


def test_one_bad_line_does_not_spoil_its_neighbours() -> None:
    texts = [
        item.mensagem for item in parse("ação\n".encode() + b"\xe7\n" + "ção\n".encode()) if isinstance(item, Line)
    ]
    assert texts == ["ação", "ç", "ção"]


def test_carriage_returns_make_lines_of_a_progress_bar() -> None:
    texts = [item.mensagem for item in parse(b"10%\r20%\r", b"\n30%\r\nfim") if isinstance(item, Line)]
    assert texts == ["10%", "20%", "30%", "fim"]


def test_a_traceback_is_an_error_to_its_last_line() -> None:
    raw = (
        "antes\nTraceback (most recent call last):\n  File 'x.py', line 1\n    um()\nValueError: não\n"
        "[INFO] [MAPS] depois\nlivre\n"
    )
    levels = [item.level for item in parse(raw.encode()) if isinstance(item, Line)]
    assert levels == [Level.INFO, Level.ERROR, Level.ERROR, Level.ERROR, Level.ERROR, Level.INFO, Level.INFO]


def test_ten_megabytes_without_a_newline_are_cut_and_nothing_is_lost() -> None:
    text = "é" * 5_000_000
    raw = text.encode()
    chunks = [raw[start : start + 65536] for start in range(0, len(raw), 65536)]
    lines = [item for item in parse(*chunks) if isinstance(item, Line)]
    assert all(len(line.mensagem.encode()) <= MAX_LINE_BYTES + len(CONTINUES.encode()) for line in lines)
    assert "".join(line.mensagem.removesuffix(CONTINUES) for line in lines) == text


def test_an_event_is_no_line_and_a_broken_one_is() -> None:
    items = parse(b'\x1e{"evento":"progresso","percentual":5}\n\x1e{broken\nfim\n')
    assert items[0] == Event({"evento": "progresso", "percentual": 5})
    assert [item.mensagem for item in items[1:] if isinstance(item, Line)] == ["{broken", "fim"]


def test_the_users_own_command_sends_no_events() -> None:
    parser = Parser(events=False)
    assert parser.feed(b'\x1e{"evento":"resultado"}\n') == [Line(Level.INFO, "STDOUT", '{"evento":"resultado"}')]


@given(st.binary(max_size=4000), st.lists(st.integers(0, 4000), max_size=8))
def test_where_the_chunks_are_cut_does_not_matter(raw: bytes, cuts: list[int]) -> None:
    edges = [0, *sorted(min(cut, len(raw)) for cut in cuts), len(raw)]
    chunks = [raw[start:end] for start, end in itertools.pairwise(edges)]
    assert parse(*chunks) == parse(raw)


@given(st.binary(max_size=2000))
def test_what_comes_out_can_be_stored_anywhere(raw: bytes) -> None:
    for item in parse(raw):
        if isinstance(item, Line):
            assert "\x00" not in item.mensagem
            assert "\n" not in item.mensagem
            item.mensagem.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("Progresso: 45%", 45),
        ("(3/10) fundos", 30),
        ("[3 de 4]", 75),
        ("dia 23/11/2026", None),
        ("120 %", 100),
        ("sem número", None),
        ("(5/3)", None),
    ],
)
def test_progress_is_read_from_the_users_own_lines(text: str, percent: int | None) -> None:
    assert progress_of(text) == percent
