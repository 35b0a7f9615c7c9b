"""ANBIMA position file 4.01 (`arquivoposicao_4_01`): `fundo` or `carteira`, each with a `header` and asset elements.

Source: ANBIMA's public layout, dates YYYYMMDD and decimal points. Inferred: which of the five classes each element goes
to; that a sold position (`classeoperacao` V) counts as negative; that `tributos` are taken off an asset's value unless
only the gross values add up to `patliq`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from .blocos import so_digitos
from .classes import classificar
from .datas import ler_data
from .limites import MAX_POSICOES
from .modelo import CarteiraLida, Classe, ErroDeLeitura, Leitura, Posicao
from .numeros import ler_numero_ponto
from .xml_seguro import Campos, elementos, linha_de, nome_local, texto

if TYPE_CHECKING:
    from lxml.etree import _Element

FORMATO: Final = "anbima_401"
ZERO: Final = Decimal(0)
TOLERANCIA: Final = Decimal("0.01")

# Element -> class of the carteira. `cotas` is decided by the quota's own type where the name tells.
_CLASSES: Final[dict[str, Classe]] = {
    "titpublico": "rf",
    "titprivado": "rf",
    "debenture": "rf",
    "termorf": "rf",
    "acoes": "rv",
    "termorv": "rv",
    "opcoesacoes": "rv",
    "opcoesderiv": "rv",
    "opcoesflx": "rv",
    "opcoesmoedasotc": "rv",
    "forwardsmoedas": "rv",
    "futuros": "rv",
    "swap": "rv",
    "cotas": "rv",
    "participacoes": "rv",
    "imoveis": "rv",
    "fidc": "credito",
    "caixa": "caixa",
    "provisao": "cpr",
}
# Where an asset's name may be, the most telling first.
_NOMES: Final = ("codativo", "coddeb", "ativo", "cetipbmf", "identificador", "descricao", "nome", "isin", "cnpjfundo")


@dataclass(slots=True)
class _EmLeitura:
    """A carteira being gathered; `brutos` are the values before `tributos`."""

    posicoes: list[Posicao] = field(default_factory=list)
    brutos: list[Posicao] = field(default_factory=list)
    tomadas: int = 0


def ler(caminho: Path) -> Leitura:
    """The carteiras in the file; ErroDeLeitura with the line and the element that could not be read."""
    leitura = Leitura(FORMATO)
    campos = Campos(caminho)
    lendo = _EmLeitura()
    carteira: CarteiraLida | None = None
    for elemento in elementos(caminho, frozenset({*_CLASSES, "header", "fundo", "carteira"})):
        nome = nome_local(elemento)
        if nome == "header":
            carteira = _cabecalho(campos, elemento)
        elif nome in ("fundo", "carteira"):
            if carteira is None:
                raise campos.erro(elemento, "header", "o elemento falta: o arquivo não diz de que fundo é")
            leitura.fundos.append(_fechar(carteira, lendo, leitura))
            carteira, lendo = None, _EmLeitura()
        elif _e_filho_direto(elemento):
            leitura.linhas += 1
            if leitura.linhas > MAX_POSICOES:
                raise ErroDeLeitura(caminho, linha_de(elemento), None, f"o arquivo passa de {MAX_POSICOES} posições")
            _ativo(campos, elemento, nome, lendo)
    if not leitura.fundos:
        raise ErroDeLeitura(caminho, None, None, "nenhum elemento “fundo” ou “carteira” foi encontrado")
    return leitura


def _e_filho_direto(elemento: _Element) -> bool:
    pai = elemento.getparent()
    return pai is not None and nome_local(pai) in ("fundo", "carteira")


def _cabecalho(campos: Campos, header: _Element) -> CarteiraLida:
    return CarteiraLida(
        fundo=campos.obrigatorio(header, "nome", str),
        data=campos.obrigatorio(header, "dtposicao", ler_data),
        cnpj=campos.converter(header, "cnpj", so_digitos) or campos.converter(header, "cnpjcpf", so_digitos),
        patrimonio=campos.numero(header, "patliq"),
        cota=campos.numero(header, "valorcota"),
        quantidade_cotas=campos.numero(header, "quantidade"),
        posicoes=_cotas_a_liquidar(campos, header),
    )


def _cotas_a_liquidar(campos: Campos, header: _Element) -> list[Posicao]:
    """Quotas asked for and not yet issued or redeemed: owed by the fund, so off its patrimônio."""
    return [
        Posicao("cpr", rotulo, None, None, -valor)
        for onde, rotulo in (("vlcotasemitir", "COTAS A EMITIR"), ("vlcotasresgatar", "COTAS A RESGATAR"))
        if (valor := campos.numero(header, onde))
    ]


def _ativo(campos: Campos, elemento: _Element, nome: str, lendo: _EmLeitura) -> None:
    operacao = texto(elemento, "classeoperacao").upper()
    if nome == "acoes" and operacao == "T":
        # Borrowed shares are not the fund's: what it owes for them is in its provisions.
        lendo.tomadas += 1
        return
    quantidade, preco, valor = _leitores().get(nome, _papel)(campos, elemento)
    if operacao == "V":
        quantidade = -abs(quantidade) if quantidade is not None else None
        # Futures state the day's adjustment, that has its own sign.
        valor = -abs(valor) if nome != "futuros" else valor
    ativo = next((achado for onde in _NOMES if (achado := texto(elemento, onde))), nome.upper())
    if nome == "provisao":
        ativo = f"PROVISÃO {texto(elemento, 'codprov')}".strip()
    elif nome == "caixa":
        ativo = f"CAIXA {texto(elemento, 'isininstituicao')}".strip()
    classe = _CLASSES[nome]
    if nome == "cotas":
        classe = classificar(texto(elemento, "nome"), texto(elemento, "tipofundo")) or classe
    tributos = campos.numero(elemento, "tributos") or ZERO
    lendo.brutos.append(Posicao(classe, ativo, quantidade, preco, valor))
    lendo.posicoes.append(Posicao(classe, ativo, quantidade, preco, valor - tributos))


_Trio = tuple[Decimal | None, Decimal | None, Decimal]


def _leitores() -> dict[str, Callable[[Campos, _Element], _Trio]]:
    return {
        "caixa": lambda c, e: (None, None, c.obrigatorio(e, "saldo", ler_numero_ponto)),
        "provisao": _provisao,
        "cotas": _cotas,
        "futuros": lambda c, e: (c.numero(e, "quantidade"), None, c.obrigatorio(e, "vlajuste", ler_numero_ponto)),
        "swap": _swap,
    }


def _papel(campos: Campos, elemento: _Element) -> _Trio:
    """Most assets: available plus pledged, or one financial value."""
    partes = [campos.numero(elemento, onde) for onde in ("qtdisponivel", "qtgarantia")]
    quantidade = campos.numero(elemento, "quantidade")
    if any(parte is not None for parte in partes):
        quantidade = sum((parte for parte in partes if parte is not None), ZERO)
    preco = campos.numero(elemento, "puposicao")
    financeiros = [campos.numero(elemento, onde) for onde in ("valorfindisp", "valorfinemgar")]
    if any(parte is not None for parte in financeiros):
        return quantidade, preco, sum((parte for parte in financeiros if parte is not None), ZERO)
    for onde in ("valorfinanceiro", "valor", "valorcontabil"):
        if (valor := campos.numero(elemento, onde)) is not None:
            return quantidade, preco, valor
    raise campos.erro(elemento, "valorfindisp", "o elemento falta: o ativo não tem valor financeiro")


def _cotas(campos: Campos, elemento: _Element) -> _Trio:
    """Quotas of other funds state quantity and price only."""
    preco = campos.obrigatorio(elemento, "puposicao", ler_numero_ponto)
    quantidade = campos.obrigatorio(elemento, "qtdisponivel", ler_numero_ponto)
    quantidade += campos.numero(elemento, "qtgarantia") or ZERO
    return quantidade, preco, (quantidade * preco).quantize(TOLERANCIA)


def _provisao(campos: Campos, elemento: _Element) -> _Trio:
    valor = campos.obrigatorio(elemento, "valor", ler_numero_ponto)
    lado = texto(elemento, "credeb").upper()
    if lado not in ("C", "D"):
        raise campos.erro(elemento, "credeb", "esperado C (crédito) ou D (débito)")
    return None, None, abs(valor) if lado == "C" else -abs(valor)


def _swap(campos: Campos, elemento: _Element) -> _Trio:
    ativo = campos.obrigatorio(elemento, "vlmercadoativo", ler_numero_ponto)
    passivo = campos.obrigatorio(elemento, "vlmercadopassivo", ler_numero_ponto)
    return None, None, ativo - passivo


def _fechar(carteira: CarteiraLida, lendo: _EmLeitura, leitura: Leitura) -> CarteiraLida:
    """Takes the net values, or the gross ones when only these add up to the patrimônio."""
    escolhidas = lendo.posicoes
    if carteira.patrimonio is not None:
        base = carteira.soma - carteira.patrimonio
        liquida, bruta = (abs(base + sum((p.valor for p in ps), ZERO)) for ps in (lendo.posicoes, lendo.brutos))
        limite = TOLERANCIA * (len(lendo.posicoes) + len(carteira.posicoes))
        if liquida > limite >= bruta:
            escolhidas = lendo.brutos
            leitura.avisos.append(f"{carteira.fundo}: os valores fecham com o patrimônio sem descontar os tributos")
    if lendo.tomadas:
        leitura.avisos.append(f"{carteira.fundo}: {lendo.tomadas} posições de ações tomadas em empréstimo não contam")
    carteira.posicoes = [*escolhidas, *carteira.posicoes]
    return carteira
