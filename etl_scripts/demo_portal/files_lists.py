"""The two workbooks that analysts keep by hand, for the demonstration's funds: BD (who is where) and De Para (folders)."""

from __future__ import annotations

from .files_xlsx import Cell, workbook
from .funds import FUNDS

BD_HEADS = ("Fundo", "Sigla", "CNPJ", "Código", "ISIN", "Tipo", "Gestor", "Custodiante", "Situação", "Portal")


def bd_xlsx() -> bytes:
    """Sheet BD: the fund's name in column A, its portal in column J (half of them QORE)."""
    rows: list[tuple[Cell, ...]] = [BD_HEADS]
    for place, fund in enumerate(FUNDS):
        kind = "FIDC" if fund.is_fidc else "FIF"
        portal = "MAPS" if place % 2 else "QORE"
        names = (fund.nome, fund.sigla, fund.cnpj_formatado, fund.codigo, fund.isin, kind)
        rows.append((*names, "GESTORA FICTÍCIA LTDA.", "BANCO FICTÍCIO", "ATIVO", portal))
    return workbook([("BD", rows)])


def de_para_xlsx() -> bytes:
    """Sheet De Para: the fund as the PDFs name it, and its folder."""
    rows = [("Fundo", "Pasta"), *((f.nome, f"{place:03d} - {f.nome.title()}") for place, f in enumerate(FUNDS, 1))]
    return workbook([("De Para", rows)])
