"""The byte strings by which one secret may show up in a log, a page or a message. Pure.

Covered: raw (UTF-8, the Windows and console code pages of Brazil, UTF-16), URL-encoded, base64 at each alignment,
JSON-escaped (once and twice), Python repr, HTML-escaped.
"""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, quote_plus

from django.views.decorators.debug import sensitive_variables

MIN_SECRET_CHARS = 3
"""A shorter secret is not looked for: masking every "a" would blank the log and tell the secret by what is missing."""
MIN_DERIVED_BYTES = 4
RAW_ENCODINGS = ("utf-8", "latin-1", "cp1252", "cp850", "utf-16-le", "utf-16-be")


@sensitive_variables()
def disguises(secret: str) -> set[bytes]:
    """Every form of `secret` to look for; empty when it is too short."""
    if len(secret) < MIN_SECRET_CHARS:
        return set()
    raw = {encoded for name in RAW_ENCODINGS if (encoded := _encode(secret, name))}
    found = set(raw)
    single_byte = {encoded for name in ("utf-8", "latin-1") if (encoded := _encode(secret, name))}
    for encoded in single_byte:
        found |= _url_forms(encoded)
        found |= {form for form in _base64_forms(encoded) if len(form) >= MIN_DERIVED_BYTES}
        found.add(repr(encoded)[2:-1].encode())
    for text in _escaped(secret):
        found |= {encoded for name in ("utf-8", "latin-1") if (encoded := _encode(text, name))}
    return found


def _encode(text: str, encoding: str) -> bytes | None:
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return None


@sensitive_variables()
def _escaped(secret: str) -> set[str]:
    """The forms that are text: JSON, repr, HTML."""
    once = {json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
    once |= {text.replace("/", "\\/") for text in once}
    twice = {json.dumps(text, ensure_ascii=ascii_only)[1:-1] for text in once for ascii_only in (True, False)}
    quoted = repr(secret)[1:-1]
    representations = {quoted, quoted.replace('"', '\\"'), quoted.replace("'", "\\'"), ascii(secret)[1:-1]}
    texts = once | twice | representations | {secret}
    return texts | {form for text in texts for form in _markup(text)}


def _markup(text: str) -> set[str]:
    """As browsers and servers write it: in a text, in an attribute, with names or numbers."""
    attribute = text.replace("&", "&amp;").replace('"', "&quot;")
    forms = {html.escape(text), html.escape(text, quote=False), attribute}
    forms.add(attribute.replace("<", "&lt;").replace(">", "&gt;"))
    forms |= {form.replace("&#x27;", "&#39;").replace("&quot;", "&#34;") for form in forms}
    return forms | {form.encode("ascii", "xmlcharrefreplace").decode() for form in forms}


@sensitive_variables()
def _url_forms(encoded: bytes) -> set[bytes]:
    forms = {quote(encoded, safe=safe) for safe in ("", "/", "/:@", "!*'()", "/!*'()~")} | {quote_plus(encoded)}
    lower = {quote(encoded, safe=""), quote_plus(encoded)}
    return {text.encode() for text in forms} | {_lower_escapes(text).encode() for text in lower}


def _lower_escapes(text: str) -> str:
    """`%2F` as `%2f`, as some browsers and servers write it."""
    head, *parts = text.split("%")
    return head + "".join("%" + part[:2].lower() + part[2:] for part in parts)


@sensitive_variables()
def _base64_forms(encoded: bytes) -> set[bytes]:
    """The characters that stay the same whatever stands before and after, at each of the three alignments."""
    found = set()
    for before, dropped in ((0, 0), (1, 2), (2, 3)):
        whole_characters = 8 * (before + len(encoded)) // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            found.add(encode(b"\0" * before + encoded)[dropped:whole_characters])
    return found
