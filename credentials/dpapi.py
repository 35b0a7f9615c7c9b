"""Windows' Data Protection API by ctypes: bytes that only this Windows account can read back.

Source: Win32 `CryptProtectData` / `CryptUnprotectData` (dpapi.h). On other systems AVAILABLE is false.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any

AVAILABLE = sys.platform == "win32"
CRYPTPROTECT_UI_FORBIDDEN = 0x1


class DpapiError(OSError):
    """Windows refused: the data belongs to another account or machine."""


class _Blob(ctypes.Structure):
    _fields_ = [("size", ctypes.c_uint32), ("data", ctypes.POINTER(ctypes.c_ubyte))]


def protect(clear: bytes) -> bytes:
    """`clear` under the key of this Windows account."""
    return _call("CryptProtectData", clear)


def unprotect(sealed: bytes) -> bytes:
    """What `protect` was given; DpapiError under another account."""
    return _call("CryptUnprotectData", sealed)


def _call(function: str, data: bytes) -> bytes:
    if not AVAILABLE:
        raise DpapiError("a DPAPI só existe no Windows")
    crypt32, kernel32 = _library("crypt32"), _library("kernel32")
    buffer = (ctypes.c_ubyte * len(data)).from_buffer_copy(data)
    source, target = _Blob(len(data), buffer), _Blob()
    done = getattr(crypt32, function)(
        ctypes.byref(source), None, None, None, None, CRYPTPROTECT_UI_FORBIDDEN, ctypes.byref(target)
    )
    if not done:
        raise DpapiError("o Windows não abriu as chaves do cofre: elas são de outra conta ou de outra máquina")
    try:
        return ctypes.string_at(target.data, target.size)
    finally:
        kernel32.LocalFree(ctypes.cast(target.data, ctypes.c_void_p))


def _library(name: str) -> Any:
    loader: Any = getattr(ctypes, "windll")  # noqa: B009  (exists on Windows only)
    return getattr(loader, name)
