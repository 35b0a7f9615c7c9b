"""CSV files of AMPLIS and TRUSTEE: Latin-1, `;`, decimal comma, dots for thousands, CRLF.

The real layouts are not public; these hold what the present users' files are known to hold: Fundo, Data, blocks of
assets with their totals, the patrimônio, the quota. Carteira of a fund and date, repeated for each:

    CARTEIRA DIÁRIA
    Fundo:;<nome>;CNPJ:;<cnpj>
    Data:;DD/MM/AAAA
    (blank)
    <BLOCK TITLE>
    Código;Ativo;Emissor;Vencimento;Quantidade;Preço Unitário;Valor;% PL
    ... one line an asset ...
    Total <Block title>;;;;;;<valor>;<% PL>
    (blank) ... more blocks ...
    PATRIMÔNIO
    Patrimônio Líquido;Quantidade de Cotas;Valor da Cota
    <valor>;<8 decimals>;<8 decimals>
    (blank)
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from .data import Carteira, Position
from .funds import format_document
from .numbers_br import day_br, number

BLOCKS: tuple[tuple[str, str], ...] = (
    ("rf", "RENDA FIXA"),
    ("rv", "RENDA VARIÁVEL"),
    ("credito", "DIREITOS CREDITÓRIOS"),
    ("cpr", "CONTAS A PAGAR E RECEBER"),
    ("caixa", "CAIXA"),
)
ASSET_COLUMNS = ("Código", "Ativo", "Emissor", "Vencimento", "Quantidade", "Preço Unitário", "Valor", "% PL")
MOVEMENT_COLUMNS = ("Data", "Cotista", "CPF/CNPJ", "Operação", "Quantidade de Cotas", "Valor da Cota", "Valor")


def to_csv(rows: Iterable[Iterable[str]]) -> bytes:
    return "".join(";".join(row) + "\r\n" for row in rows).encode("latin-1", "replace")


def share(value: Decimal, of: Decimal) -> Decimal:
    return value * 100 / of


def asset_row(line: Position, patrimonio: Decimal) -> list[str]:
    return [
        line.codigo,
        line.ativo,
        line.emissor,
        day_br(line.vencimento),
        number(line.quantidade, 0 if line.classe == "rv" else 2),
        number(line.preco, 2 if line.classe == "rv" else 8),
        number(line.valor),
        number(share(line.valor, patrimonio), 4),
    ]


def _carteira_rows(carteira: Carteira) -> Iterable[list[str]]:
    fund = carteira.fundo
    yield ["CARTEIRA DIÁRIA"]
    yield ["Fundo:", fund.nome, "CNPJ:", fund.cnpj_formatado]
    yield ["Data:", day_br(carteira.data)]
    yield []
    for classe, title in BLOCKS:
        lines = carteira.of_class(classe)
        if not lines:
            continue
        total = carteira.total(classe)
        yield [title]
        yield list(ASSET_COLUMNS)
        for line in lines:
            yield asset_row(line, carteira.patrimonio)
        yield [
            f"Total {title.capitalize()}",
            "",
            "",
            "",
            "",
            "",
            number(total),
            number(share(total, carteira.patrimonio), 4),
        ]
        yield []
    yield ["PATRIMÔNIO"]
    yield ["Patrimônio Líquido", "Quantidade de Cotas", "Valor da Cota"]
    yield [number(carteira.patrimonio), number(carteira.quantidade_cotas, 8), number(carteira.cota, 8)]
    yield []


def carteira_csv(carteiras: Iterable[Carteira]) -> bytes:
    """One file for all; a carteira that is in the list twice is in the file twice."""
    return to_csv(row for carteira in carteiras for row in _carteira_rows(carteira))


def movements_csv(carteiras: Iterable[Carteira]) -> bytes:
    """Aplicações e resgates (`ar.csv`): fund, CNPJ, then MOVEMENT_COLUMNS."""
    rows = [
        ["Fundo", "CNPJ", "Data", "Cotista", "CPF/CNPJ", "Operação", "Quantidade de Cotas", "Valor da Cota", "Valor"]
    ]
    for carteira in carteiras:
        rows.extend([carteira.fundo.nome, carteira.fundo.cnpj_formatado, *line] for line in movement_lines(carteira))
    return to_csv(rows)


def movement_lines(carteira: Carteira) -> list[list[str]]:
    """Who came or went that day: date, cotista, document, operation, quantity, quota, value."""
    return [
        [
            day_br(carteira.data),
            holding.cotista.nome,
            format_document(holding.cotista.documento),
            "APLICAÇÃO" if holding.movimento > 0 else "RESGATE",
            number(abs(holding.movimento), 8),
            number(carteira.cota, 8),
            number(abs(holding.movimento) * carteira.cota),
        ]
        for holding in carteira.cotistas
        if holding.movimento
    ]


def payables_csv(carteiras: Iterable[Carteira]) -> bytes:
    """Contas a pagar e receber (`cp1.csv`, `cp2.csv`): `Fundo;CNPJ;Data;Código;Descrição;Vencimento;Valor`."""
    rows = [["Fundo", "CNPJ", "Data", "Código", "Descrição", "Vencimento", "Valor"]]
    for carteira in carteiras:
        head = [carteira.fundo.nome, carteira.fundo.cnpj_formatado, day_br(carteira.data)]
        due = carteira.of_class("cpr")
        rows.extend([*head, p.codigo, p.ativo, day_br(p.vencimento), number(p.valor)] for p in due)
    return to_csv(rows)
