"""BRITECH's query results as XLSX: sc, hc, pc, lh, pf. What each holds is inferred from its name.

sc saldo de cotista · hc histórico de cota · pc posição de cotista · lh lançamentos · pf posição de fundo.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from .data import Carteira, money
from .files_xlsx import Cell, workbook
from .funds import format_document

Row = Sequence[Cell]


def _head(carteira: Carteira) -> tuple[Cell, ...]:
    return (carteira.fundo.codigo, carteira.fundo.nome, carteira.fundo.cnpj_formatado, carteira.data)


def _balance(carteira: Carteira) -> Iterator[Row]:
    for h in carteira.cotistas:
        yield (*_head(carteira), h.cotista.codigo, h.cotista.nome, h.quantidade, money(h.quantidade * carteira.cota))


def _quotas(carteira: Carteira) -> Iterator[Row]:
    yield (*_head(carteira), carteira.cota, carteira.quantidade_cotas, carteira.patrimonio)


def _holders(carteira: Carteira) -> Iterator[Row]:
    for h in carteira.cotistas:
        document = format_document(h.cotista.documento)
        worth = money(h.quantidade * carteira.cota)
        yield (*_head(carteira), h.cotista.codigo, h.cotista.nome, document, h.quantidade, carteira.cota, worth)


def _entries(carteira: Carteira) -> Iterator[Row]:
    for h in carteira.cotistas:
        if h.movimento:
            kind = "APLICAÇÃO" if h.movimento > 0 else "RESGATE"
            yield (*_head(carteira), h.cotista.nome, kind, abs(h.movimento), money(abs(h.movimento) * carteira.cota))
    for p in carteira.of_class("cpr"):
        yield (*_head(carteira), p.ativo, "PROVISÃO", None, p.valor)


def _assets(carteira: Carteira) -> Iterator[Row]:
    for p in carteira.posicoes:
        yield (*_head(carteira), p.classe.upper(), p.codigo, p.ativo, p.quantidade, p.preco, p.valor)


_HEAD = ("Código Fundo", "Fundo", "CNPJ", "Data")
RESULTS: dict[str, tuple[str, tuple[str, ...], Callable[[Carteira], Iterator[Row]]]] = {
    "sc": ("Saldo de Cotista", (*_HEAD, "Código Cotista", "Cotista", "Quantidade de Cotas", "Saldo"), _balance),
    "hc": ("Histórico de Cota", (*_HEAD, "Valor da Cota", "Quantidade de Cotas", "Patrimônio Líquido"), _quotas),
    "pc": (
        "Posição de Cotista",
        (*_HEAD, "Código Cotista", "Cotista", "CPF/CNPJ", "Quantidade de Cotas", "Valor da Cota", "Valor Bruto"),
        _holders,
    ),
    "lh": ("Lançamentos", (*_HEAD, "Histórico", "Tipo", "Quantidade", "Valor"), _entries),
    "pf": (
        "Posição de Fundo",
        (*_HEAD, "Classe", "Código", "Ativo", "Quantidade", "Preço Unitário", "Valor"),
        _assets,
    ),
}


def result_xlsx(kind: str, carteiras: Sequence[Carteira]) -> bytes:
    """One query's result; a carteira that is in the list twice is in the sheet twice."""
    title, heads, lines = RESULTS[kind]
    return workbook([(title, [heads, *(row for carteira in carteiras for row in lines(carteira))])])
