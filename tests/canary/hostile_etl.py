"""Stands for a user's own ETL command at its worst: shows its secrets in every form, in pieces, and dies with them."""

from __future__ import annotations

import base64
import html
import json
import sys
import time
from pathlib import Path
from urllib.parse import quote, quote_plus


def say(text: str | bytes, *, end: bytes = b"\n") -> None:
    sys.stdout.buffer.write((text.encode() if isinstance(text, str) else text) + end)
    sys.stdout.buffer.flush()


def show(secret: str) -> None:
    """The secret in every form that a program might write it in."""
    say(f"[INFO] [MAPS] senha={secret}")
    say(f"[ERROR] [MAPS] url http://x/?s={quote(secret)}&t={quote(secret, safe='')}&u={quote_plus(secret)}")
    say(f"[WARN] [MAPS] {json.dumps({'password': secret})} {json.dumps({'p': secret}, ensure_ascii=False)}")
    say(f"[WARN] [MAPS] {json.dumps(json.dumps({'password': secret}))}")
    say(f"[DEBUG] [MAPS] {secret!r} {secret.encode()!r} {html.escape(secret)}")
    for before in ("", "u", "us", "usuario:"):
        say(f"[INFO] [MAPS] Basic {base64.b64encode((before + secret + ':fim').encode()).decode()}")
    for encoding in ("latin-1", "cp850", "utf-16-le"):
        say(secret.encode(encoding))
    for byte in secret.encode():  # one byte a write: no chunk holds the whole
        say(bytes([byte]), end=b"")
    say("")


def main() -> None:
    config = json.loads(Path(sys.argv[sys.argv.index("--config") + 1]).read_text(encoding="utf-8"))
    section = config["maps"]
    if section["username"] == "fica":
        say("[INFO] [MAPS] esperando 1%")
        time.sleep(600)
    show(section["password"])
    show(section["totp"])
    raise RuntimeError(f"falhou com {section}")


main()
