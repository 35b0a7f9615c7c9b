"""Safe file names: what a portal, a ZIP or a fund's name says, made into a name that cannot leave its folder."""

from __future__ import annotations

import re
import unicodedata
from email.message import Message
from typing import Final
from urllib.parse import unquote, urlsplit

NOME_MAXIMO: Final = 150  # characters; leaves room for “ (12)” and “.part” on every file system
OCTETOS_MAXIMOS: Final = 220  # of the name in UTF-8, for file systems that count those
_PROIBIDOS: Final = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_RESERVADOS: Final = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$", re.IGNORECASE)
_ESTENDIDO: Final = re.compile(r"filename\*\s*=\s*\"?([\w-]*)'[^']*'([^;\"\s]+)", re.IGNORECASE)


def nome_seguro(bruto: str, padrao: str = "arquivo") -> str:
    """The last part of `bruto` as a name valid on Windows and POSIX: no folder, no control or invisible character."""
    nome = unicodedata.normalize("NFC", bruto).replace("\\", "/").rsplit("/", 1)[-1]
    return _limpar(nome, padrao)


def parte_segura(bruto: str, padrao: str = "sem nome") -> str:
    """A whole text (a fund's name, say) as one part of a path; a slash in it becomes a dash."""
    return _limpar(unicodedata.normalize("NFC", bruto).replace("/", "-").replace("\\", "-"), padrao)


def _limpar(nome: str, padrao: str) -> str:
    nome = "".join(letra for letra in nome if unicodedata.category(letra) not in {"Cf", "Cs", "Co", "Cn"})
    nome = _PROIBIDOS.sub("_", nome).strip().strip(".").strip()
    if _RESERVADOS.match(nome):
        nome = f"_{nome}"
    if len(nome) > NOME_MAXIMO:
        tronco, ponto, extensao = nome.rpartition(".")
        nome = f"{tronco[: NOME_MAXIMO - 11]}.{extensao}" if ponto and len(extensao) <= 10 else nome[:NOME_MAXIMO]
    return _caber(nome).strip() or padrao


def _caber(nome: str) -> str:
    """Shortens the part before the extension until the name fits into OCTETOS_MAXIMOS."""
    sobra = len(nome.encode()) - OCTETOS_MAXIMOS
    if sobra <= 0:
        return nome
    tronco, ponto, extensao = nome.rpartition(".")
    if not ponto or len(extensao.encode()) > 40:
        tronco, ponto, extensao = nome, "", ""
    return tronco.encode()[:-sobra].decode(errors="ignore").rstrip(" .") + ponto + extensao


def nome_da_resposta(disposicao: str, endereco: str) -> str:
    """The file's name by Content-Disposition (RFC 6266: `filename*` goes first), else by the address's last part."""
    estendido = _ESTENDIDO.search(disposicao)
    if estendido:
        try:
            return nome_seguro(unquote(estendido[2], encoding=estendido[1] or "utf-8", errors="replace"))
        except LookupError:  # a charset that does not exist: the plain name is left
            pass
    if disposicao:
        mensagem = Message()
        mensagem["Content-Disposition"] = disposicao
        nome = mensagem.get_filename()
        if nome:
            return nome_seguro(nome)
    return nome_seguro(unquote(urlsplit(endereco).path))


def mb(tamanho: int) -> str:
    """Bytes as a person reads them."""
    if tamanho < 1024:
        return f"{tamanho} bytes"
    if tamanho < 2**20:
        return f"{tamanho / 1024:.0f} KB"
    return f"{tamanho / 2**20:.1f} MB".replace(".", ",")
