"""Bytes of an ETL process -> lines -> (level, sistema, mensagem) or an event. Pure; docs/architecture.md has the contract.

Kept: every line, in order. Cleaned: ANSI colours, control characters, bytes that are not UTF-8 (read as Windows-1252).
Bounded: a longer line is cut in pieces, each but the last with a mark at its end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from jobs.models import Level

MAX_LINE_BYTES = 16 * 1024
MAX_EVENT_BYTES = 16 * 1024 * 1024
CONTINUES = " […continua]"
EVENT_MARK = b"\x1e"
"""RFC 7464 (JSON text sequences): RS before each JSON text."""
STDOUT = "STDOUT"

# Plain ints: the database driver takes an enum's member by a far slower way.
LEVELS = {str(level.label): int(level) for level in Level} | {"WARNING": int(Level.WARN), "CRITICAL": int(Level.ERROR)}
INFO, ERROR = int(Level.INFO), int(Level.ERROR)
_LINE = re.compile(r"^\[(DEBUG|INFO|SUCCESS|WARN|WARNING|ERROR|CRITICAL)\] ?\[([^\]\n]{1,80})\] ?(.*)$", re.MULTILINE)
# CSI and OSC sequences and two-character escapes (ECMA-48).
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])")
_CONTROL_BYTES = bytes(code for code in range(0x20) if code not in b"\t\n") + b"\x7f"
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_TRACEBACK = "Traceback (most recent call last):"
_TRACEBACK_LINKS = ("During handling of the above", "The above exception was")
_PERCENT = re.compile(r"(?<![\d,.])(\d{1,3})(?:[.,]\d+)? ?%")
_FRACTION = re.compile(r"[(\[](\d{1,6}) ?(?:/|de) ?(\d{1,6})[)\]]")


class Line(NamedTuple):
    """One line of a log."""

    level: int
    sistema: str
    mensagem: str


_new = tuple.__new__  # half the cost of Line(...)


class Event(NamedTuple):
    """One event of our own ETL command; `data["evento"]` names its kind."""

    data: dict[str, Any]


class Parser:
    """Feeds on chunks of one process's output as they come; keeps the unfinished last line (bounded) until more comes."""

    def __init__(self, *, events: bool = True) -> None:
        self._carry = b""
        self._skip_newline = False
        self._in_traceback = False
        self._events = events

    def feed(self, chunk: bytes) -> list[Line | Event]:
        """The lines and events that `chunk` completes."""
        if self._skip_newline and chunk:
            # The last chunk ended in "\r": when this one starts with "\n", the two are one line end.
            self._skip_newline = False
            if chunk.startswith(b"\n"):
                chunk = chunk[1:]
        if chunk.endswith(b"\r"):
            self._skip_newline = True
        data = self._carry + chunk
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        whole, newline, self._carry = data.rpartition(b"\n")
        out = self._parse(whole) if newline else []
        limit = MAX_EVENT_BYTES if self._events and self._carry.startswith(EVENT_MARK) else MAX_LINE_BYTES
        if len(self._carry) > limit:
            *pieces, self._carry = _pieces(self._carry)
            out.extend(self._line(_decode(piece) + CONTINUES) for piece in pieces)
        return out

    def close(self) -> list[Line | Event]:
        """What is left when the process has closed its output."""
        rest, self._carry = self._carry, b""
        return self._parse(rest) if rest else []

    def _parse(self, data: bytes) -> list[Line | Event]:
        if EVENT_MARK in data or _has_long_line(data):
            return [item for raw in data.split(b"\n") for item in self._raw(raw)]
        text = _decode(data)
        if len(data.translate(None, _CONTROL_BYTES)) != len(data):
            return [self._line(line) for line in text.split("\n")]
        found = _LINE.findall(text)
        if len(found) == text.count("\n") + 1:  # all of them have the form: one pass of the regex did it all
            self._in_traceback = False
            return [_new(Line, (LEVELS[level], sistema, mensagem)) for level, sistema, mensagem in found]
        return [self._clean(line) for line in text.split("\n")]

    def _raw(self, raw: bytes) -> Iterator[Line | Event]:
        if self._events and raw.startswith(EVENT_MARK):
            event = _event(raw)
            if event is not None:
                yield event
                return
        if len(raw) <= MAX_LINE_BYTES:
            yield self._line(_decode(raw))
            return
        *pieces, last = _pieces(raw)
        for piece in pieces:
            yield self._line(_decode(piece) + CONTINUES)
        yield self._line(_decode(last))

    def _line(self, text: str) -> Line:
        if "\x1b" in text:
            text = _ANSI.sub("", text)
        return self._clean(_CONTROL.sub("", text))

    def _clean(self, text: str) -> Line:
        """A line without control characters, as a Line."""
        match = _LINE.match(text)
        if match:
            self._in_traceback = False
            level, sistema, mensagem = match.groups()
            return Line(LEVELS[level], sistema, mensagem)
        if self._in_traceback:
            if text and not text[0].isspace() and not text.startswith((_TRACEBACK, *_TRACEBACK_LINKS)):
                self._in_traceback = False  # the line that names the exception is its last
            return Line(ERROR, STDOUT, text)
        if text.lstrip().startswith((_TRACEBACK, *_TRACEBACK_LINKS)):
            self._in_traceback = True
            return Line(ERROR, STDOUT, text)
        return Line(INFO, STDOUT, text)


def _decode(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        if b"\n" in raw:
            return "\n".join(_decode(part) for part in raw.split(b"\n"))
        # Windows programs in Brazil write this code page when nobody tells them otherwise.
        return raw.decode("cp1252", errors="replace")


def _has_long_line(data: bytes) -> bool:
    """Whether a line is longer than MAX_LINE_BYTES; looks at one line end in so many bytes."""
    start = 0
    while len(data) - start > MAX_LINE_BYTES:
        newline = data.rfind(b"\n", start, start + MAX_LINE_BYTES + 1)
        if newline < 0:
            return True
        start = newline + 1
    return False


def _pieces(raw: bytes) -> list[bytes]:
    """`raw` in pieces of at most MAX_LINE_BYTES, none cut inside a UTF-8 character."""
    pieces, start = [], 0
    while len(raw) - start > MAX_LINE_BYTES:
        end = start + MAX_LINE_BYTES
        for back in range(4):
            if raw[end - back] & 0xC0 != 0x80:
                end -= back
                break
        pieces.append(raw[start:end])
        start = end
    pieces.append(raw[start:])
    return pieces


def _event(raw: bytes) -> Event | None:
    try:
        data = json.loads(raw[1:])
    except ValueError:
        return None
    return Event(data) if isinstance(data, dict) and isinstance(data.get("evento"), str) else None


def progress_of(mensagem: str) -> int | None:
    """The percentage (0-100) that a line of the users' own ETL tells: `45%`, `(3/10)`, `[3 de 10]`; else None."""
    if match := _PERCENT.search(mensagem):
        return min(int(match.group(1)), 100)
    if match := _FRACTION.search(mensagem):
        done, total = int(match.group(1)), int(match.group(2))
        if total > 0 and done <= total:
            return done * 100 // total
    return None
