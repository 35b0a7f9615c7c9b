"""Reads and checks the configuration document: the credentials document plus `execucao` (docs/architecture.md)."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from etl_scripts.contrato import NOMES, guardar_segredo, nome_de
from etl_scripts.erros import ErroDeUso, Falha

# Where a sistema's section is in the document, if not under its own id.
SECOES: Final[dict[str, tuple[str, ...]]] = {"amplis_reag": ("amplis", "reag"), "amplis_master": ("amplis", "master")}
MODOS: Final = ("coleta", "testar_login")
DOCUMENTO_MAXIMO: Final = 64 * 2**20  # bytes; a manifest of 10^5 files is about 30 MB


@dataclass(frozen=True, slots=True)
class Acesso:
    """Where a sistema's portal is and who logs in. The secrets never show in a repr."""

    url: str
    usuario: str
    senha: str = field(repr=False)
    totp: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ItemManifesto:
    """A file that an earlier run filed. Dates are ISO; `data_inicial` only where the file covers a period.

    `nosso`: a run of ours made it; else it was there already, equal to what came, and `limpar` leaves it alone.
    """

    relatorio: str
    fundo: str
    data: str
    sha256: str
    caminho: str
    tamanho: int
    data_inicial: str = ""
    nosso: bool = True


@dataclass(slots=True)
class Execucao:
    """How this run is to be done; the defaults are those of a human with a configuration file."""

    id: int = 0
    tentativa: int = 1
    request_id: str = ""  # of the HTTP request that asked for this run
    eventos: bool = False
    opcoes: dict[str, Any] = field(default_factory=dict)
    baixar_de_novo: bool = False
    modo: str = "coleta"
    pasta_dados: Path = Path()
    pasta_temporaria: Path | None = None
    pasta_seletores: Path | None = None
    manifesto: list[ItemManifesto] | None = None  # None: no hub, the command keeps its own
    de_para: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Configuracao:
    """The checked document."""

    documento: dict[str, Any]
    execucao: Execucao
    caminhos: dict[str, str]

    def secao(self, sistema: str) -> dict[str, Any]:
        """The sistema's own section; empty when the document has none."""
        atual: Any = self.documento
        for parte in SECOES.get(sistema, (sistema,)):
            atual = atual.get(parte) if isinstance(atual, dict) else None
        return atual if isinstance(atual, dict) else {}

    def acesso(self, sistema: str) -> Acesso:
        """The sistema's address and login; what is missing is the empty string."""
        secao = self.secao(sistema)
        campos = {nome: str(secao.get(nome) or "").strip() for nome in ("url", "username", "totp")}
        return Acesso(campos["url"], campos["username"], str(secao.get("password") or ""), campos["totp"])

    def fundos(self, sistema: str) -> list[str] | None:
        """The funds to collect by name; None means all that the portal offers, an empty list that none was chosen."""
        secao = self.secao(sistema)
        if secao.get("usar_todos") is not True and "fundos_selecionados" in secao:
            escolhidos = nomes_de_fundos(secao["fundos_selecionados"])
            return escolhidos if escolhidos or secao.get("usar_todos") is False else None
        return nomes_de_fundos(secao.get("fundos")) or None

    def caminho(self, chave: str) -> Path:
        """The configured folder `paths.<chave>` with its variables expanded. Raises Falha(caminho)."""
        return expandir(self.caminhos.get(chave, ""), chave)


def nomes_de_fundos(valor: Any) -> list[str]:
    """Fund names from a list of names or of objects with `nome`; in order, without repeats."""
    nomes: dict[str, None] = {}
    for item in valor if isinstance(valor, list) else []:
        nome = item.get("nome") or item.get("fundo") if isinstance(item, dict) else item
        if isinstance(nome, str) and nome.strip():
            nomes[nome.strip()] = None
    return list(nomes)


def expandir(valor: str, chave: str) -> Path:
    """A path with `${VAR}` or `%VAR%` replaced on every platform. Raises Falha(caminho) in words."""
    import re

    if not valor.strip():
        raise Falha("caminho", f"A pasta “{chave}” não está configurada (Configurações › Caminhos).")
    faltam: list[str] = []

    def trocar(achado: re.Match[str]) -> str:
        nome = achado[1] or achado[2]
        if nome not in os.environ:
            faltam.append(nome)
        return os.environ.get(nome, "")

    texto = re.sub(r"\$\{(\w+)\}|%(\w+)%", trocar, valor.strip())
    if faltam:
        raise Falha(
            "caminho", f"A pasta “{chave}” ({valor}) usa a variável {faltam[0]}, que não existe neste computador."
        )
    caminho = Path(texto).expanduser()
    if not caminho.is_absolute():
        raise Falha("caminho", f"A pasta “{chave}” ({valor}) precisa ser um caminho completo.")
    return caminho


def ler_documento(texto: str, origem: str) -> Configuracao:
    """The checked configuration. Raises ErroDeUso that names the wrong field."""
    try:
        documento = json.loads(texto)
    except json.JSONDecodeError as causa:
        # Never the text itself: it holds secrets.
        raise ErroDeUso(
            f"{origem} não é um JSON válido (linha {causa.lineno}, coluna {causa.colno}: {causa.msg})."
        ) from None
    except RecursionError:
        raise ErroDeUso(f"{origem} não é um JSON válido (aninhado demais).") from None
    if not isinstance(documento, dict):
        raise ErroDeUso(f"{origem} precisa ser um objeto JSON.")
    _guardar_segredos(documento)
    _conferir_secoes(documento)
    caminhos = documento.get("paths", {})
    if not isinstance(caminhos, dict):
        raise ErroDeUso("Configuração: “paths” precisa ser um objeto.")
    textos = {str(chave): valor for chave, valor in caminhos.items() if isinstance(valor, str)}
    return Configuracao(documento, _execucao(documento.get("execucao")), textos)


def _guardar_segredos(valor: Any) -> None:
    for nome, item in valor.items() if isinstance(valor, dict) else ():
        if isinstance(item, dict):
            _guardar_segredos(item)
        elif isinstance(item, str) and nome in {"password", "senha", "secret", "token", "api_key", "totp"}:
            guardar_segredo(item)


def _conferir_secoes(documento: dict[str, Any]) -> None:
    for sistema in NOMES:
        partes = SECOES.get(sistema, (sistema,))
        atual: Any = documento
        for n, parte in enumerate(partes):
            atual = atual.get(parte)
            nome = ".".join(partes[: n + 1])
            if atual is None:
                break
            if not isinstance(atual, dict):
                raise ErroDeUso(f"Configuração: “{nome}” precisa ser um objeto.")
        else:
            for campo in ("url", "username", "password", "totp"):
                if not isinstance(atual.get(campo) or "", str):
                    raise ErroDeUso(
                        f"Configuração: “{'.'.join(partes)}.{campo}” ({nome_de(sistema)}) precisa ser um texto."
                    )


def _campo(bruto: dict[str, Any], nome: str, tipo: type, padrao: Any) -> Any:
    valor = bruto.get(nome)
    if valor is None:
        return padrao
    if not isinstance(valor, tipo) or (tipo is int and isinstance(valor, bool)):
        raise ErroDeUso(f"Configuração: “execucao.{nome}” tem um valor inválido.")
    return valor


def _execucao(bruto: Any) -> Execucao:
    if bruto is None:
        bruto = {}
    if not isinstance(bruto, dict):
        raise ErroDeUso("Configuração: “execucao” precisa ser um objeto.")
    modo = _campo(bruto, "modo", str, "coleta")
    if modo not in MODOS:
        raise ErroDeUso(f"Configuração: “execucao.modo” precisa ser um de: {', '.join(MODOS)}.")
    dados = _campo(bruto, "pasta_dados", str, "") or os.environ.get("ETLHUB_DATA_DIR") or ""
    pasta_dados = Path(dados).expanduser() if dados else Path(__file__).resolve().parent.parent / "data"
    temporaria = _campo(bruto, "pasta_temporaria", str, "")
    seletores = _campo(bruto, "pasta_seletores", str, "")
    itens = _campo(bruto, "manifesto", list, None)
    return Execucao(
        id=_campo(bruto, "id", int, 0),
        tentativa=_campo(bruto, "tentativa", int, 1),
        request_id=_campo(bruto, "request_id", str, ""),
        eventos=_campo(bruto, "eventos", bool, False),
        opcoes=_campo(bruto, "opcoes", dict, {}),
        baixar_de_novo=_campo(bruto, "baixar_de_novo", bool, False),
        modo=modo,
        pasta_dados=pasta_dados.resolve(),
        pasta_temporaria=Path(temporaria) if temporaria else None,
        pasta_seletores=Path(seletores) if seletores else pasta_dados / "seletores",
        manifesto=None if itens is None else [_item(n, item) for n, item in enumerate(itens)],
        de_para=_de_para(_campo(bruto, "de_para", list, [])),
    )


def _item(n: int, item: Any) -> ItemManifesto:
    try:
        textos = {
            c: str(item.get(c) or "") for c in ("relatorio", "fundo", "data", "sha256", "caminho", "data_inicial")
        }
        return ItemManifesto(**textos, tamanho=int(item.get("tamanho") or 0), nosso=item.get("nosso") is not False)
    except (AttributeError, TypeError, ValueError):
        raise ErroDeUso(f"Configuração: “execucao.manifesto[{n}]” tem um valor inválido.") from None


def _de_para(itens: list[Any]) -> dict[str, str]:
    tabela: dict[str, str] = {}
    for n, item in enumerate(itens):
        if not (isinstance(item, dict) and isinstance(item.get("fundo"), str) and isinstance(item.get("pasta"), str)):
            raise ErroDeUso(f"Configuração: “execucao.de_para[{n}]” precisa de “fundo” e “pasta”.")
        tabela[item["fundo"]] = item["pasta"]
    return tabela
