"""What earlier runs filed: the hub's list, or without a hub one of our own under the data folder."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Final

from etl_scripts.configuracao import ItemManifesto
from etl_scripts.pedido import Pedido

BLOCO: Final = 1 << 20


def sha256_de(caminho: Path) -> str:
    """The file's SHA-256, hexadecimal."""
    with caminho.open("rb") as arquivo:
        return hashlib.file_digest(arquivo, "sha256").hexdigest()


def intacto(item: ItemManifesto) -> bool:
    """Whether the file is still where it was filed, with the same content."""
    caminho = Path(item.caminho)
    try:
        return bool(item.sha256) and caminho.stat().st_size == item.tamanho and sha256_de(caminho) == item.sha256
    except OSError:
        return False


def esta_em(item: ItemManifesto, pasta: Path) -> bool:
    """Whether it was filed in that folder: where another one is configured since, it is missing there."""
    return Path(item.caminho).is_relative_to(pasta)


def chave_fundo(nome: str) -> str:
    """A fund's name as it is compared: no case, one space between words."""
    return " ".join(nome.split()).casefold()


class Manifesto:
    """Items by report and date. `arquivo` is set when the command keeps the list itself."""

    def __init__(self, itens: Iterable[ItemManifesto], arquivo: Path | None = None) -> None:
        self._arquivo = arquivo
        self._por_dia: dict[tuple[str, str], list[ItemManifesto]] = {}
        for item in itens:
            self._guardar(item)

    @classmethod
    def proprio(cls, pasta_dados: Path, sistema: str) -> Manifesto:
        """The command's own list, for a run without a hub; a line that cannot be read is passed over."""
        arquivo = pasta_dados / "manifesto" / f"{sistema}.jsonl"
        itens: list[ItemManifesto] = []
        if arquivo.is_file():
            for linha in arquivo.read_text(encoding="utf-8", errors="replace").splitlines():
                try:
                    itens.append(ItemManifesto(**json.loads(linha)))
                except (ValueError, TypeError):  # half a line after a power cut
                    continue
        return cls(itens, arquivo)

    def _guardar(self, item: ItemManifesto) -> None:
        """Versions of the same file are all kept: which one is on disk is found out when it matters."""
        self._por_dia.setdefault((item.relatorio, item.data), []).append(item)

    def itens(self) -> list[ItemManifesto]:
        """All items."""
        return [item for dia in self._por_dia.values() for item in dia]

    def achar(
        self, pasta: Path, relatorio: str, fundo: str, fim: date, inicio: date | None = None
    ) -> ItemManifesto | None:
        """The item of exactly that report, fund and day (or period) in `pasta`: the version that is on disk, else any."""
        do_periodo = inicio.isoformat() if inicio and inicio != fim else ""
        versoes = [
            item
            for item in self._por_dia.get((relatorio, fim.isoformat()), [])
            if chave_fundo(item.fundo) == chave_fundo(fundo)
            and item.data_inicial == do_periodo
            and esta_em(item, pasta)
        ]
        return next((item for item in versoes if intacto(item)), versoes[0] if versoes else None)

    def ja_tem(self, pedido: Pedido, dias: list[date], pasta: Path) -> bool:
        """Whether all that the request would bring is filed in `pasta` (or below) and intact."""
        if pedido.por_dia:
            return bool(dias) and all(self._tem(pedido, dia, "", pasta) for dia in dias)
        inicio = pedido.inicio.isoformat() if pedido.inicio != pedido.fim else ""
        return self._tem(pedido, pedido.fim, inicio, pasta)

    def _tem(self, pedido: Pedido, dia: date, inicio: str, pasta: Path) -> bool:
        fundo = chave_fundo(pedido.fundo)
        por_fundo: dict[str, list[ItemManifesto]] = {}
        for item in self._por_dia.get((pedido.relatorio, dia.isoformat()), []):
            if item.data_inicial == inicio and (not fundo or chave_fundo(item.fundo) == fundo):
                por_fundo.setdefault(chave_fundo(item.fundo), []).append(item)
        return bool(por_fundo) and all(
            any(esta_em(item, pasta) and intacto(item) for item in versoes) for versoes in por_fundo.values()
        )

    def acrescentar(self, item: ItemManifesto) -> None:
        """Adds a file just filed; writes it down when the list is our own."""
        self._guardar(item)
        if self._arquivo is not None:
            self._arquivo.parent.mkdir(parents=True, exist_ok=True)
            with self._arquivo.open("a", encoding="utf-8") as saida:
                saida.write(json.dumps(asdict(item), ensure_ascii=False) + "\n")

    def retirar(self, itens: list[ItemManifesto]) -> None:
        """Takes items out (their files went to the trash)."""
        fora = {id(item) for item in itens}
        for dia in self._por_dia.values():
            dia[:] = [item for item in dia if id(item) not in fora]
        if self._arquivo is not None and self._arquivo.is_file():
            novo = self._arquivo.with_suffix(".part")
            linhas = [json.dumps(asdict(item), ensure_ascii=False) + "\n" for item in self.itens()]
            novo.write_text("".join(linhas), encoding="utf-8")
            os.replace(novo, self._arquivo)  # noqa: PTH105 - atomic on every platform
