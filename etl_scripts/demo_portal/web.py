"""What the portals see of HTTP: a request with its fields and session, and the answers they can give."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote

from .sessions import Session


class Fields:
    """Query or form fields; the first value of a name, or all of them."""

    def __init__(self, text: str) -> None:
        self._values = parse_qs(text, keep_blank_values=True, max_num_fields=2000)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def get(self, name: str, default: str = "") -> str:
        return self._values.get(name, [default])[0]

    def all(self, name: str) -> list[str]:
        return self._values.get(name, [])


@dataclass(slots=True)
class Request:
    """`path` is what follows the portal's own prefix; `base` is that prefix, without a final slash."""

    method: str
    path: str
    base: str
    query: Fields
    form: Fields
    headers: Mapping[str, str]
    session: Session
    host: str = ""

    def header(self, name: str) -> str:
        """A header's value, whatever the case of its name; empty when it is not there."""
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), "")


@dataclass(slots=True)
class Response:
    """`body` as an iterator is sent in chunks. `cut_after` bytes the connection is dropped, whatever was announced."""

    status: int = 200
    body: bytes | Iterator[bytes] = b""
    headers: list[tuple[str, str]] = field(default_factory=list)
    length: int | None = None
    cut_after: int | None = None

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def is_html(self) -> bool:
        return self.header("Content-Type").startswith("text/html")


def html(text: str, status: int = 200) -> Response:
    return Response(
        status, text.encode(), [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")]
    )


def json_answer(document: object, status: int = 200) -> Response:
    body = json.dumps(document, ensure_ascii=False).encode()
    return Response(status, body, [("Content-Type", "application/json; charset=utf-8"), ("Cache-Control", "no-store")])


def xml_answer(text: str) -> Response:
    return Response(200, text.encode(), [("Content-Type", "text/xml; charset=utf-8"), ("Cache-Control", "no-store")])


def redirect(address: str) -> Response:
    return Response(302, b"", [("Location", address), ("Cache-Control", "no-store")])


def disposition(name: str, *, inline: bool = False) -> str:
    """A Content-Disposition by RFC 6266: an ASCII name, and the real one in UTF-8 when it has accents."""
    kind = "inline" if inline else "attachment"
    plain = name.encode("ascii", "replace").decode().replace('"', "'").replace("?", "_")
    extra = "" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}"
    return f'{kind}; filename="{plain}"{extra}'
