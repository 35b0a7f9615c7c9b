"""The masker finds every form of a secret, wherever the stream was cut, and delays nothing else."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.masking import MASK_BYTES, Masker

SECRET = "S3nh@ç/ã+&'x\"9 z"


def forms(secret: str) -> dict[str, bytes]:
    return {
        "raw": secret.encode(),
        "latin-1": secret.encode("latin-1"),
        "cp850": secret.encode("cp850"),
        "quote": quote(secret).encode(),
        "quote, nothing safe": quote(secret, safe="").encode(),
        "quote_plus": quote_plus(secret).encode(),
        "quote of latin-1": quote(secret.encode("latin-1"), safe="").encode(),
        "lower-case escapes": quote(secret, safe="").replace("%C3", "%c3").replace("%A7", "%a7").lower().encode(),
        "json": json.dumps(secret)[1:-1].encode(),
        "json, not ascii": json.dumps(secret, ensure_ascii=False)[1:-1].encode(),
        "json in json": json.dumps(json.dumps(secret))[3:-3].encode(),
        "repr": repr(secret)[1:-1].encode(),
        "repr of bytes": repr(secret.encode())[2:-1].encode(),
        "html": html.escape(secret).encode(),
        "html, attribute": secret.replace("&", "&amp;").replace('"', "&quot;").encode(),
        "html of json": html.escape(json.dumps(secret)[1:-1]).encode(),
        "html, text only": html.escape(secret, quote=False).encode(),
        "utf-16": secret.encode("utf-16-le"),
    }


def stream(masker: Masker, chunks: list[bytes]) -> bytes:
    return b"".join([*(masker.feed(chunk) for chunk in chunks), masker.flush()])


@pytest.mark.parametrize(("name", "form"), [item for item in forms(SECRET).items() if item[0] != "lower-case escapes"])
def test_each_form_is_masked_at_every_cut(name: str, form: bytes) -> None:
    text = b"senha=" + form + b"; fim"
    for cut in range(len(text)):
        assert stream(Masker([SECRET]), [text[:cut], text[cut:]]) == b"senha=********; fim", name


def test_lower_case_url_escapes_are_masked() -> None:
    assert Masker(["a/b=c?d"]).mask("x=a%2fb%3dc%3fd") == "x=********"


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("before", ["", "u", "us", "usuario:", "a:"])
def test_base64_is_masked_at_each_alignment(encode: object, before: str) -> None:
    assert callable(encode)
    secret = "senha-muito>longa?de~ler"
    blob = encode(f"{before}{secret}:fim".encode())
    out = stream(Masker([secret]), [b"Authorization: Basic ", blob])
    assert MASK_BYTES in out
    # What is left around the mask decodes to no more than the neighbours and the bits they share with one character.
    assert len(out.replace(MASK_BYTES, b"").removeprefix(b"Authorization: Basic ")) < len(blob) - len(secret)


@settings(derandomize=True, max_examples=400, deadline=None)
@given(
    st.lists(st.text(alphabet="abAB/ç", min_size=3, max_size=6), max_size=4),
    st.lists(st.binary(max_size=12) | st.text(alphabet="abAB/ç", max_size=12).map(str.encode), max_size=12),
)
def test_cutting_the_stream_changes_nothing(secrets: list[str], chunks: list[bytes]) -> None:
    whole = b"".join(chunks)
    expected = stream(Masker(secrets), [whole])
    assert stream(Masker(secrets), chunks) == expected
    assert stream(Masker(secrets), [bytes([byte]) for byte in whole]) == expected
    for secret in secrets:
        assert secret.encode() not in expected


def test_overlapping_secrets_leave_no_rest() -> None:
    assert stream(Masker(["abcd", "cdef"]), [b"xabc", b"de", b"fx"]) == b"x********x"
    assert stream(Masker(["abc", "abcdef"]), [b"abc", b"def!"]) == b"********!"
    assert stream(Masker(["abc", "abcdef"]), [b"abc", b"dex"]) == b"********dex"


def test_a_finished_line_is_not_held_back() -> None:
    masker = Masker(["segredo-comprido-de-verdade"])
    assert masker.feed("[INFO] [MAPS] início\n".encode()) == "[INFO] [MAPS] início\n".encode()
    assert masker.feed(b"50% seg") == b"50% "
    assert masker.feed(b"uindo\n") == b"seguindo\n"


def test_without_secrets_the_chunk_itself_passes() -> None:
    masker, chunk = Masker([]), b"qualquer coisa"
    assert masker.feed(chunk) is chunk
    assert masker.flush() == b""
    assert masker.mask("texto") == "texto"
    assert Masker(["", "a", "ab"]).mask("a ab abc") == "a ab abc"


def test_text_keeps_its_characters() -> None:
    masker = Masker(["segredo"])
    assert masker.mask("ação \ud800 segredo — fim") == "ação \ud800 ******** — fim"
    assert "segredo" not in repr(masker)


def test_a_form_in_another_encoding_does_not_break_the_text() -> None:
    assert "ab" not in Masker(["©ab"]).mask("éab")
