"""What a server called the version of a file (ETag, RFC 9110 section 8.8.3), so that only another version comes down.

Only a hint that saves a download: lost or unreadable, the file is fetched again and compared by its content.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

MAXIMO: Final = 500  # addresses; the oldest go


class Etiquetas:
    """By address, with the SHA-256 of the content that came under that name. Kept in the data folder."""

    def __init__(self, pasta_dados: Path, sistema: str) -> None:
        self._arquivo = pasta_dados / "etiquetas" / f"{sistema}.json"

    def de(self, endereco: str, sha256: str) -> str:
        """The name of the version with that content; empty when it is not known."""
        achado = self._ler().get(endereco)
        return achado[0] if achado is not None and achado[1] == sha256 else ""

    def guardar(self, endereco: str, etiqueta: str, sha256: str) -> None:
        """Keeps what came; without a name, forgets what was known of the address."""
        todas = self._ler()
        todas.pop(endereco, None)
        if etiqueta:
            todas[endereco] = (etiqueta, sha256)
        with suppress(OSError):  # a full disk is told where the file itself is filed
            self._arquivo.parent.mkdir(parents=True, exist_ok=True)
            novo = self._arquivo.with_name(f".{os.getpid()}-{self._arquivo.name}")
            try:
                novo.write_text(json.dumps(dict(list(todas.items())[-MAXIMO:]), indent=0), encoding="utf-8")
                novo.replace(self._arquivo)
            finally:
                novo.unlink(missing_ok=True)

    def _ler(self) -> dict[str, tuple[str, str]]:
        try:
            bruto = json.loads(self._arquivo.read_text(encoding="utf-8"))
            return {str(endereco): (str(etiqueta), str(sha256)) for endereco, (etiqueta, sha256) in bruto.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}
