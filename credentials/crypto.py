"""Seals and opens one secret: AES-256-GCM under a ring of keys. Knows nothing of the database.

A sealed value is `nonce (12 bytes) || ciphertext || tag (16 bytes)`. Its associated data names app, sistema and field,
so it does not open in another place. A key is any string; the AES key is derived from it by HKDF-SHA256.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.views.decorators.debug import sensitive_variables

NONCE_BYTES = 12
TAG_BYTES = 16
KEY_INFO = b"etlhub credentials v1 aes-256-gcm"
PLACE = "etlhub.credentials"


class NoKeyOpens(Exception):
    """No key of the ring opens this value: the key was lost, or the value was moved or altered."""


@dataclass(frozen=True)
class Key:
    """A derived key; `id` is public and is kept beside every value sealed with it."""

    id: str
    aes: AESGCM = field(repr=False)


@dataclass(frozen=True)
class Sealed:
    """A ciphertext and the id of its key."""

    key_id: str
    data: bytes = field(repr=False)


@sensitive_variables()
def derive(text: str) -> Key:
    """The AES key made from `text`, and its id (16 hex digits)."""
    raw = HKDF(algorithm=SHA256(), length=32, salt=None, info=KEY_INFO).derive(text.encode())
    digest = Hash(SHA256())
    digest.update(b"etlhub key id" + raw)
    return Key(digest.finalize().hex()[:16], AESGCM(raw))


class KeyRing:
    """Keys in order: the first seals, all open."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._keys: dict[str, Key] = {}
        for text in texts:
            key = derive(text)
            self._keys.setdefault(key.id, key)
        if not self._keys:
            raise ValueError("a key ring needs at least one key")
        self.current = next(iter(self._keys.values()))

    def __repr__(self) -> str:
        return f"<KeyRing {', '.join(self._keys)}>"

    @property
    def ids(self) -> list[str]:
        return list(self._keys)

    @sensitive_variables()
    def seal(self, text: str, sistema: str, campo: str) -> Sealed:
        nonce = os.urandom(NONCE_BYTES)
        return Sealed(self.current.id, nonce + self.current.aes.encrypt(nonce, text.encode(), _place(sistema, campo)))

    @sensitive_variables()
    def open(self, sealed: Sealed, sistema: str, campo: str) -> str:
        """The clear text; NoKeyOpens when its key is not in the ring or the value is not of this place."""
        key = self._keys.get(sealed.key_id)
        if key is None or len(sealed.data) < NONCE_BYTES + TAG_BYTES:
            raise NoKeyOpens
        try:
            clear = key.aes.decrypt(sealed.data[:NONCE_BYTES], sealed.data[NONCE_BYTES:], _place(sistema, campo))
        except InvalidTag:
            raise NoKeyOpens from None
        return clear.decode()


def _place(sistema: str, campo: str) -> bytes:
    """The associated data. NUL cannot occur in the parts, so no two places read the same."""
    return "\0".join((PLACE, sistema, campo)).encode()
