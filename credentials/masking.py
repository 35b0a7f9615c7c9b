"""Finds secrets in a stream of bytes and replaces them, also across chunk boundaries. Aho-Corasick by ahocorasick_rs.

Secrets of fewer than 3 characters are not looked for (credentials.disguises says why).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import Any

from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind
from django.views.decorators.debug import sensitive_variables

from credentials.disguises import disguises

MASK = "********"
"""What stands for a secret, in a log line and in the masked document alike."""
MASK_BYTES = MASK.encode()
MAX_DFA_BYTES = 64 * 1024
"""Above this sum of pattern lengths the slower, smaller automaton is used."""


class Masker:
    """Masks one stream: `feed` its chunks, `flush` at its end. `mask` is for a whole text and keeps no state.

    Holds back only a tail that may be the beginning of a secret, so a finished line is never delayed.
    """

    @sensitive_variables()
    def __init__(self, secrets: Iterable[str]) -> None:
        patterns = sorted({form for secret in secrets for form in disguises(secret)})
        self._patterns = patterns
        self._search: Any = None
        self._reach = 0
        if patterns:
            small = sum(map(len, patterns)) <= MAX_DFA_BYTES
            kind = Implementation.DFA if small else Implementation.ContiguousNFA
            self._search = BytesAhoCorasick(patterns, matchkind=MatchKind.Standard, implementation=kind)
            self._reach = max(map(len, patterns)) - 1
        self._starts = frozenset(pattern[0] for pattern in patterns)
        self._bytes = frozenset(b"".join(patterns))
        self._tail = b""
        self._masked = 0  # how many of the tail's first bytes belong to a secret whose mask is already out

    def __repr__(self) -> str:
        return f"<Masker {len(self._patterns)} formas>"

    def feed(self, chunk: bytes) -> bytes:
        """What can be shown by now, secrets masked."""
        if self._search is None:
            return chunk
        data = self._tail + chunk if self._tail else chunk
        return self._emit(data, self._hold_from(data))

    def flush(self) -> bytes:
        """What was held back; the stream is over."""
        return self._emit(self._tail, len(self._tail)) if self._tail else b""

    def mask(self, text: str) -> str:
        """`text` with every secret masked."""
        if self._search is None:
            return text
        data = text.encode("utf-8", "surrogatepass")
        spans = self._spans(data, 0)
        if not spans:
            return text
        masked = _replace(data, spans, len(data), 0)
        try:
            return masked.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:  # a form in another encoding began in the middle of a character
            return masked.decode("utf-8", "replace")

    def _emit(self, data: bytes, end: int) -> bytes:
        """Mask and return `data[:end]`, keep the rest."""
        spans = self._spans(data, self._masked)
        shown = _replace(data, spans, end, self._masked) if spans else data[:end]
        self._tail = data[end:]
        # A span whose mask is out, or was before, reaches this far into what is kept.
        out = [stop for start, stop in spans if start < end or (self._masked and start == 0)]
        self._masked = max([0, *(stop - end for stop in out)])
        return shown

    def _spans(self, data: bytes, masked: int) -> list[tuple[int, int]]:
        """Where secrets are; those that overlap are one. The first `masked` bytes are one already."""
        found = [(start, stop) for _, start, stop in self._search.find_matches_as_indexes(data, overlapping=True)]
        if masked:
            found.append((0, masked))
        if len(found) < 2:
            return found
        found.sort()
        merged = [found[0]]
        for start, stop in found[1:]:
            if start < merged[-1][1]:
                merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
            else:
                merged.append((start, stop))
        return merged

    def _hold_from(self, data: bytes) -> int:
        """Where the longest tail begins that is the beginning of a secret; the end when there is none."""
        if data and data[-1] not in self._bytes:  # such as the end of a line: nothing can have begun
            return len(data)
        for start in range(max(0, len(data) - self._reach), len(data)):
            if data[start] in self._starts:
                tail = data[start:]
                at = bisect_left(self._patterns, tail)
                if at < len(self._patterns) and self._patterns[at] == tail:
                    at += 1  # whole already; it waits only if a longer one begins with it
                if at < len(self._patterns) and self._patterns[at].startswith(tail):
                    return start
        return len(data)


def _replace(data: bytes, spans: list[tuple[int, int]], end: int, masked: int) -> bytes:
    """`data[:end]` with a mask for each span that begins before `end`; none for one whose mask is already out."""
    parts: list[bytes] = []
    at = 0
    for start, stop in spans:
        if start >= end:
            break
        parts.append(data[at:start])
        if not (masked and start == 0):
            parts.append(MASK_BYTES)
        at = stop
    parts.append(data[at:end])
    return b"".join(parts)
