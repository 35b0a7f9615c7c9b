"""ANBIMA position file 5.0: ISO 20022 `semt.003.001.04` in a `BsnsMsg` envelope (Galgo or ANBIMA namespace).

Source: the public ISO message and ANBIMA's use of it. The fund is `BalForAcct`; its assets `SubAcctDtls/BalForSubAcct`,
whose kind is the `OthrId` typed `TABELA NIVEL 1`; the patrimônio `AcctBaseCcyTtlAmts/TtlHldgsValOfStmt`; receivables
and payables are `BalBrkdwn` of the fund (RECE, PAYA). Names are matched without namespaces. Inferred: the class of each
kind, and that the patrimônio is the fund's `HldgVal` when the report states no total.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from .blocos import so_digitos
from .classes import classificar
from .datas import ler_data
from .limites import MAX_POSICOES
from .modelo import CarteiraLida, Classe, ErroDeLeitura, Leitura, Posicao
from .numeros import ler_numero_ponto
from .xml_seguro import Campos, achar, elementos, texto, todos

if TYPE_CHECKING:
    from lxml.etree import _Element

FORMATO: Final = "anbima_50"
_QUANTIDADES: Final = ("Unit", "FaceAmt", "AmtsdVal")
_CLASSES: Final[dict[str, Classe]] = {
    "CASH": "caixa",
    "GOVE": "rf",
    "CORP": "rf",
    "DEBE": "rf",
    "REPO": "rf",
    "EQUI": "rv",
    "FUTU": "rv",
    "SWAP": "rv",
    "FWRD": "rv",
    "TERM": "rv",
    "LOAN": "rv",
    "SHAR": "rv",
    "REAL": "rv",
    "CDB": "rf",
    "LCI": "rf",
    "LCA": "rf",
    "LF": "rf",
    "LCRE": "rf",
    "AGRO": "rf",
    "RECE": "credito",
    "PROV": "cpr",
}


def ler(caminho: Path) -> Leitura:
    """The fund, its patrimônio, quota and positions; ErroDeLeitura with the line and the element at fault."""
    campos = Campos(caminho)
    leitura = Leitura(FORMATO)
    for relatorio in elementos(caminho, frozenset({"SctiesBalAcctgRpt"})):
        leitura.fundos.append(_relatorio(campos, relatorio, leitura))
    if not leitura.fundos:
        raise ErroDeLeitura(caminho, None, None, "nenhum SctiesBalAcctgRpt foi encontrado no XML")
    return leitura


def _relatorio(campos: Campos, relatorio: _Element, leitura: Leitura) -> CarteiraLida:
    conta = achar(relatorio, "BalForAcct")
    geral = achar(relatorio, "StmtGnlDtls")
    if conta is None or geral is None:
        falta = "BalForAcct" if conta is None else "StmtGnlDtls"
        raise campos.erro(relatorio, falta, "o elemento falta")
    onde_data = "StmtDtTm/Dt" if texto(geral, "StmtDtTm/Dt") else "StmtDtTm/DtTm"
    carteira = CarteiraLida(
        fundo=campos.obrigatorio(conta, "FinInstrmId/Desc", str),
        data=campos.obrigatorio(geral, onde_data, ler_data),
        cnpj=so_digitos(_identificador(conta, "CNPJ", "CNPJCLASSE", "CNPJFUNDO")),
        cota=_preco(campos, conta, "NAVL"),
        quantidade_cotas=_quantidade(campos, conta),
        patrimonio=_valor(campos, relatorio, "AcctBaseCcyTtlAmts/TtlHldgsValOfStmt"),
    )
    if carteira.patrimonio is None:
        carteira.patrimonio = _valor(campos, conta, "AcctBaseCcyAmts/HldgVal")
    for detalhe in todos(relatorio, "SubAcctDtls"):
        for ativo in todos(detalhe, "BalForSubAcct"):
            carteira.posicoes.append(_ativo(campos, ativo))
            if len(carteira.posicoes) > MAX_POSICOES:
                raise campos.erro(ativo, "FinInstrmId", f"o arquivo passa de {MAX_POSICOES} posições")
    carteira.posicoes += _provisoes(campos, conta)
    leitura.linhas += len(carteira.posicoes)
    return carteira


def _ativo(campos: Campos, elemento: _Element) -> Posicao:
    tipo = _identificador(elemento, "TABELA NIVEL 1").upper()
    nome = texto(elemento, "FinInstrmId/Desc") or texto(elemento, "FinInstrmId/ISIN") or tipo
    classe = _CLASSES.get(tipo) or ("rv" if tipo.startswith("OPT") else None)
    if classe is None or tipo == "SHAR":
        classe = classificar(nome) or classe
    if classe is None:
        raise campos.erro(elemento, "FinInstrmId", f"não sei a que classe pertence “{nome}” (tipo “{tipo}”)")
    preco = _preco(campos, elemento, "MRKT", "INDC", "NAVL")
    valor = _valor(campos, elemento, "AcctBaseCcyAmts/HldgVal")
    if valor is None and classe == "caixa":
        # Cash may state its balance as its price.
        valor = preco
    if valor is None:
        raise campos.erro(elemento, "AcctBaseCcyAmts/HldgVal/Amt", "o elemento falta: o ativo não tem valor")
    return Posicao(classe, nome, _quantidade(campos, elemento), preco, valor)


def _provisoes(campos: Campos, conta: _Element) -> list[Posicao]:
    """Receivables and payables of the fund, each detail a line; the whole when there are no details."""
    posicoes: list[Posicao] = []
    for quebra in todos(conta, "BalBrkdwn"):
        lado = texto(quebra, "SubBalTp/Prtry/Id").upper()
        if lado not in ("RECE", "PAYA"):
            continue
        for linha in todos(quebra, "AddtlBalBrkdwnDtls") or [quebra]:
            valor = _medida(campos, linha, "Qty/Qty")
            if valor is None:
                raise campos.erro(linha, "Qty/Qty/FaceAmt", "o elemento falta: a provisão não tem valor")
            nome = texto(linha, "SubBalTp/Prtry/SchmeNm") or texto(linha, "SubBalTp/Prtry/Id") or lado
            posicoes.append(Posicao("cpr", nome, None, None, valor if lado == "RECE" else -valor))
    return posicoes


def _identificador(elemento: _Element, *tipos: str) -> str:
    """The `OthrId` of one of these types, coded or proprietary; empty when there is none."""
    instrumento = achar(elemento, "FinInstrmId")
    if instrumento is None:
        return ""
    for outro in todos(instrumento, "OthrId"):
        if (texto(outro, "Tp/Cd") or texto(outro, "Tp/Prtry")).upper() in tipos:
            return texto(outro, "Id")
    return ""


def _quantidade(campos: Campos, elemento: _Element) -> Decimal | None:
    quantidade = _medida(campos, elemento, "AggtBal/Qty/Qty/Qty")
    if quantidade is None:
        quantidade = _medida(campos, elemento, "AggtBal/Qty/Qty")
    if quantidade is not None and texto(elemento, "AggtBal/ShrtLngInd").upper().startswith("SHOR"):
        return -abs(quantidade)
    return quantidade


def _medida(campos: Campos, elemento: _Element, onde: str) -> Decimal | None:
    for medida in _QUANTIDADES:
        if (valor := campos.numero(elemento, f"{onde}/{medida}")) is not None:
            return valor
    return None


def _preco(campos: Campos, elemento: _Element, *tipos: str) -> Decimal | None:
    """The price of the first of these types that is there."""
    precos = {texto(preco, "Tp/Cd").upper(): preco for preco in todos(elemento, "PricDtls")}
    for tipo in tipos:
        if tipo in precos:
            return campos.numero(precos[tipo], "Val/Amt")
    return None


def _valor(campos: Campos, elemento: _Element, onde: str) -> Decimal | None:
    """An amount with its sign (`Sgn` false means negative)."""
    if achar(elemento, onde) is None:
        return None
    valor = campos.obrigatorio(elemento, f"{onde}/Amt", ler_numero_ponto)
    return -abs(valor) if texto(elemento, f"{onde}/Sgn").lower() in ("false", "0") else valor
