"""One-time codes by RFC 6238 (SHA-1, 6 digits, 30 s)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time

STEP_SECONDS = 30


def code_at(secret: str, moment: float) -> str:
    """The code of a base32 secret at a Unix time."""
    key = base64.b32decode(secret)
    digest = hmac.new(key, struct.pack(">Q", int(moment) // STEP_SECONDS), hashlib.sha1).digest()
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def is_valid(secret: str, code: str, moment: float | None = None) -> bool:
    """Whether the code is that of this moment, or of the step before or after it."""
    now = time.time() if moment is None else moment
    return any(hmac.compare_digest(code_at(secret, now + d * STEP_SECONDS), code.strip()) for d in (-1, 0, 1))
