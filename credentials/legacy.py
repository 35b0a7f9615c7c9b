"""Reads the predecessor's files: credentials.json, credentials.encrypted.json, sistemas_state.json.

Encrypted fields: AES-256-GCM, associated data `ETL_CREDENTIALS_V1`, key = PBKDF2-HMAC-SHA256(master, salt, iterations).
"""

from __future__ import annotations

import base64
import binascii
import codecs
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.views.decorators.debug import sensitive_variables

from credentials.redaction import remember
from etlhub.errors import FieldError, HubError, Invalid

MAX_FILE_BYTES = 5 * 1024 * 1024
MAX_DEPTH = 8
ASSOCIATED_DATA = b"ETL_CREDENTIALS_V1"
DEFAULT_ITERATIONS = 600_000
MAX_ITERATIONS = 10_000_000
KEY_BYTES, SALT_BYTES, NONCE_BYTES, TAG_BYTES = 32, 32, 12, 16


class BadFile(HubError):
    """The file cannot be imported; the message is one sentence."""

    status = 422


@dataclass(frozen=True)
class _Locked:
    """One encrypted field, and where it stands."""

    path: str
    holder: dict[str, Any]
    name: str
    nonce: bytes
    data: bytes


@sensitive_variables()
def read_credentials(raw: bytes, master: str = "") -> dict[str, Any]:
    """The document in clear. Raises BadFile: no JSON, no key or the wrong one, a field that was altered."""
    document = _load(raw)
    locked = list(_locked_fields(document))
    settings = document.pop("encryption", None)
    if not locked:
        return document
    if not isinstance(settings, dict):
        raise BadFile("O arquivo tem campos cifrados, mas falta o objeto “encryption” que diz como abri-los.")
    if not master:
        raise BadFile("O arquivo está cifrado: informe a chave ETL_MASTER_KEY para importá-lo.")
    remember([master])
    salt, iterations = _settings(settings)
    for candidate in _master_candidates(master):
        key = AESGCM(hashlib.pbkdf2_hmac("sha256", candidate, salt, iterations, KEY_BYTES))
        opened = [_open(key, field) for field in locked]
        if all(value is None for value in opened):
            continue
        broken = [field.path for field, value in zip(locked, opened, strict=True) if value is None]
        if broken:
            raise BadFile(f"A chave está certa, mas estes campos foram alterados e não abrem: {', '.join(broken)}.")
        for field, value in zip(locked, opened, strict=True):
            field.holder[field.name] = value
        return document
    raise BadFile("A chave ETL_MASTER_KEY não abre este arquivo; nada foi importado.")


def read_states(raw: bytes) -> dict[str, dict[str, Any]]:
    """`{id: {ativo: bool, opcoes: {name: bool}}}` of `sistemas_state.json`; Invalid with every wrong field."""
    document, errors = _load(raw), []
    for sistema_id, state in document.items():
        if not isinstance(state, dict):
            errors.append(FieldError(sistema_id[:60], "deve ser um objeto"))
            continue
        if not isinstance(state.get("ativo", True), bool):
            errors.append(FieldError(f"{sistema_id[:60]}.ativo", "deve ser verdadeiro ou falso"))
        opcoes = state.get("opcoes", {})
        if not isinstance(opcoes, dict):
            errors.append(FieldError(f"{sistema_id[:60]}.opcoes", "deve ser um objeto"))
            continue
        errors += [
            FieldError(f"{sistema_id[:60]}.opcoes.{name[:60]}", "deve ser verdadeiro ou falso")
            for name, value in opcoes.items()
            if not isinstance(value, bool)
        ]
    if errors:
        raise Invalid(errors)
    return document


@sensitive_variables()
def _load(raw: bytes) -> dict[str, Any]:
    """The JSON object in `raw`: UTF-8, with or without a mark, UTF-16 (PowerShell) or Windows-1252."""
    if len(raw) > MAX_FILE_BYTES:
        raise BadFile("O arquivo é grande demais para ser um arquivo de configuração (mais de 5 MB).")
    try:
        if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            text = raw.decode("utf-16")
        else:
            try:
                text = raw.decode("utf-8-sig")
            except UnicodeDecodeError:
                text = raw.decode("cp1252")
        document = json.loads(text)
    except json.JSONDecodeError as error:
        # Never the text itself: it holds secrets.
        raise BadFile(f"O arquivo não é um JSON válido (linha {error.lineno}, coluna {error.colno}).") from None
    except (UnicodeDecodeError, RecursionError):
        raise BadFile("O arquivo não é um JSON válido.") from None
    if not isinstance(document, dict):
        raise BadFile("O arquivo não é um objeto JSON.")
    return document


@sensitive_variables()
def _locked_fields(node: Any, path: str = "", depth: int = 0) -> Iterator[_Locked]:
    if depth > MAX_DEPTH or not isinstance(node, dict):
        return
    for name, value in node.items():
        here = f"{path}.{name}" if path else name
        if isinstance(value, dict) and value.get("_encrypted") is True:
            nonce, tag = _bytes(value.get("nonce"), NONCE_BYTES), _bytes(value.get("tag"), TAG_BYTES)
            cipher = _bytes(value.get("ciphertext"))
            if nonce is None or tag is None or cipher is None:
                raise BadFile(f"O campo cifrado {here[:100]} está incompleto.")
            yield _Locked(here, node, name, nonce, cipher + tag)
        else:
            yield from _locked_fields(value, here, depth + 1)


def _settings(settings: dict[str, Any]) -> tuple[bytes, int]:
    algorithm = str(settings.get("algorithm", "AES-256-GCM")).upper()
    kdf = str(settings.get("kdf", "PBKDF2-SHA256")).upper()
    if algorithm != "AES-256-GCM" or not kdf.startswith("PBKDF2") or "SHA256" not in kdf.replace("-", ""):
        raise BadFile("O arquivo foi cifrado de uma forma que o ETL Hub não conhece.")
    salt, iterations = _bytes(settings.get("salt"), SALT_BYTES), settings.get("iterations", DEFAULT_ITERATIONS)
    good = isinstance(iterations, int) and not isinstance(iterations, bool) and 1 <= iterations <= MAX_ITERATIONS
    if salt is None or not good:
        raise BadFile("O objeto “encryption” do arquivo está incompleto.")
    return salt, iterations


@sensitive_variables()
def _master_candidates(master: str) -> list[bytes]:
    """The bytes that the key's text may stand for; the tag tells which (decoders differ in what they take)."""
    text = master.strip()
    found: list[bytes] = []
    for strict in (True, False):
        try:
            found.append(base64.b64decode(text, validate=strict))
        except (binascii.Error, ValueError):
            continue
    found += [text.encode(), master.encode()]
    return list(dict.fromkeys(candidate for candidate in found if candidate))


@sensitive_variables()
def _open(key: AESGCM, field: _Locked) -> str | None:
    try:
        return key.decrypt(field.nonce, field.data, ASSOCIATED_DATA).decode()
    except (InvalidTag, UnicodeDecodeError):
        return None


def _bytes(value: Any, size: int | None = None) -> bytes | None:
    """Base64 to bytes, None when it is none or has another size."""
    if not isinstance(value, str):
        return None
    try:
        data = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if size is None or len(data) == size else None
