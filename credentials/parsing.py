"""Checks a credentials document and says what it asks to change. Pure: reads no database, saves nothing.

Every wrong field is reported, by its path. Absent and "********" mean unchanged, "" clears.
"""

from __future__ import annotations

import binascii
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
from django.views.decorators.debug import sensitive_variables

from credentials.masking import MASK
from credentials.sections import FUND_FIELDS, GROUPS, OPEN_FIELDS, SECRET_FIELDS, WITHOUT_FUNDS, place_of, sections_in
from credentials.store import Change
from etlhub.errors import FieldError
from sistemas.fundos import MAX_FUNDOS

MAX_URL, MAX_USERNAME, MAX_SECRET, MAX_PATH, MAX_NAME = 2000, 320, 1024, 1000, 200
MAX_NAMES = MAX_FUNDOS
SCHEMES = ("http", "https", "demo")
IGNORED_TOP = frozenset({"version", "versao", "ultimaModificacao", "periodo", "sistemas"})
"""Fields of `GET /api/config` that come back with the document and belong to others."""
IGNORED_IN_SECTION = frozenset({"problema"})
TEXT, OBJECT, LIST, BOOL = (
    "deve ser um texto",
    "deve ser um objeto",
    "deve ser uma lista",
    "deve ser verdadeiro ou falso",
)
UNKNOWN = "campo desconhecido"


@dataclass
class Asked:
    """What a valid document asks for."""

    changes: dict[str, Change] = field(default_factory=dict)
    funds: dict[str, dict[str, Any]] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    general: list[str] | None = None


@sensitive_variables()
def parse(data: Any, sistemas: Collection[str], path_keys: Collection[str]) -> tuple[Asked, list[FieldError]]:
    """What `data` asks for, and every wrong field; use the first only when there is none of the second."""
    reader = _Reader()
    if not isinstance(data, dict):
        reader.wrong("", "o documento deve ser um objeto JSON")
        return reader.asked, reader.errors
    reader.top(data, sistemas)
    for sistema_id, section in sections_in(data, sistemas).items():
        reader.section(sistema_id, section)
    if "paths" in data:
        reader.paths(data["paths"], path_keys)
    if "fundos" in data:
        reader.general(data["fundos"])
    return reader.asked, reader.errors


class _Reader:
    """Walks one document and gathers what it finds."""

    def __init__(self) -> None:
        self.asked = Asked()
        self.errors: list[FieldError] = []

    def wrong(self, path: str, message: str) -> None:
        self.errors.append(FieldError(path, message))

    def top(self, data: dict[str, Any], sistemas: Collection[str]) -> None:
        """Sections that are no object or belong to nobody."""
        if not isinstance(data.get("version", ""), str):
            self.wrong("version", TEXT)
        alone = {sistema_id for sistema_id in sistemas if place_of(sistema_id) == (sistema_id,)}
        for name, value in data.items():
            if name in GROUPS:
                members = GROUPS[name]
                if not isinstance(value, dict):
                    self.wrong(name, OBJECT)
                    continue
                for member in value:
                    if member not in members or members[member] not in sistemas:
                        self.wrong(f"{name}.{_short(member)}", "sistema desconhecido")
            elif name == "encryption":
                self.wrong(name, "documento cifrado: use a importação do arquivo antigo")
            elif name not in alone and name not in IGNORED_TOP and name not in {"paths", "fundos"}:
                self.wrong(_short(name), "sistema desconhecido")

    @sensitive_variables()
    def section(self, sistema_id: str, section: Any) -> None:
        where = ".".join(place_of(sistema_id))
        if not isinstance(section, dict):
            self.wrong(where, OBJECT)
            return
        change, funds = Change(), {}
        for name, value in section.items():
            path = f"{where}.{_short(name)}"
            if name in OPEN_FIELDS:
                text = self._text(path, value, MAX_URL if name == "url" else MAX_USERNAME)
                setattr(change, name, self._url(path, text.strip()) if text and name == "url" else text)
            elif name in SECRET_FIELDS:
                text = self._text(path, value, MAX_SECRET)
                if text is not None:
                    change.secrets[name] = self._totp(path, text) if name == "totp" else text
            elif name in FUND_FIELDS and sistema_id not in WITHOUT_FUNDS:
                funds[name] = self._bool(path, value) if name == "usar_todos" else self._names(path, value)
            elif name not in IGNORED_IN_SECTION:
                self.wrong(path, UNKNOWN)
        self.asked.changes[sistema_id] = change
        if funds:
            self.asked.funds[sistema_id] = funds

    def paths(self, value: Any, known: Collection[str]) -> None:
        if not isinstance(value, dict):
            self.wrong("paths", OBJECT)
            return
        for name, folder in value.items():
            path = f"paths.{_short(name)}"
            if name not in known:
                self.wrong(path, "caminho desconhecido")
            elif (text := self._text(path, folder, MAX_PATH)) is not None:
                self.asked.paths[name] = text.strip()

    def general(self, value: Any) -> None:
        if not isinstance(value, dict):
            self.wrong("fundos", OBJECT)
            return
        for name, names in value.items():
            if name == "selecionados":
                self.asked.general = self._names("fundos.selecionados", names)
            else:
                self.wrong(f"fundos.{_short(name)}", UNKNOWN)

    @sensitive_variables()
    def _text(self, path: str, value: Any, limit: int) -> str | None:
        """The text, None when it is unchanged or wrong."""
        if not isinstance(value, str):
            self.wrong(path, TEXT)
        elif len(value) > limit:
            self.wrong(path, f"texto longo demais (no máximo {limit} caracteres)")
        elif any(unicodedata.category(character) in {"Cc", "Cs"} for character in value):
            self.wrong(path, "contém um caractere de controle (quebra de linha, tabulação ou inválido)")
        elif value != MASK:
            return value
        return None

    def _url(self, path: str, text: str) -> str:
        try:
            parts = urlsplit(text if "://" in text else f"https://{text}")
            bad = parts.scheme.lower() not in SCHEMES or not parts.netloc or (parts.port or 1) < 1
        except ValueError:
            self.wrong(path, "endereço inválido")
            return text
        if bad or any(character.isspace() for character in text):
            self.wrong(path, "endereço inválido: use http:// ou https://")
        elif "@" in parts.netloc:
            self.wrong(path, "o endereço não pode conter usuário nem senha: use os campos próprios")
        return text

    @sensitive_variables()
    def _totp(self, path: str, text: str) -> str:
        try:
            return totp_secret(text)
        except ValueError:
            self.wrong(path, "o segredo do autenticador deve ser o código em base32 ou o endereço otpauth://")
            return ""

    def _bool(self, path: str, value: Any) -> bool:
        if not isinstance(value, bool):
            self.wrong(path, BOOL)
        return bool(value)

    def _names(self, path: str, value: Any) -> list[str]:
        if not isinstance(value, list):
            self.wrong(path, LIST)
            return []
        if len(value) > MAX_NAMES:
            self.wrong(path, f"itens demais (no máximo {MAX_NAMES})")
            return []
        names: dict[str, None] = {}
        for index, item in enumerate(value):
            text = self._text(f"{path}.{index}", item, MAX_NAME)
            if text is not None and not text.strip():
                self.wrong(f"{path}.{index}", "o nome do fundo não pode ser vazio")
            elif text is not None:
                names[text.strip()] = None
        return list(names)


@sensitive_variables()
def totp_secret(text: str) -> str:
    """The base32 secret of `text`: the secret itself, in groups or not, or an `otpauth://` address. "" stays "".

    Raises ValueError when it is neither.
    """
    if text.startswith("otpauth://"):
        parts = urlsplit(text)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        usual = (query.get("digits", "6"), query.get("period", "30"), query.get("algorithm", "SHA1").upper())
        if parts.netloc != "totp" or usual != ("6", "30", "SHA1"):
            raise ValueError("not a usual time-based code")
        text = query.get("secret", "?")
    text = re.sub(r"[\s-]", "", text).upper().rstrip("=")
    if text:
        try:
            _Totp(text)
        except (binascii.Error, ValueError):
            raise ValueError("not base32") from None
    return text


class _Totp(pyotp.TOTP):
    """Many portals still issue 80 bits, the 16 characters that Google's authenticator began with."""

    min_secret_length_bits = 80


def _short(name: Any) -> str:
    """A name of the sender's, fit for a message."""
    return "".join(c if c.isprintable() else "?" for c in str(name)[:60])
