"""PDF reports, written with fpdf2. The same report is the same bytes whenever it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING

from .constants import BRASILIA
from .data import Carteira
from .files_csv import BLOCKS, MOVEMENT_COLUMNS, movement_lines, share
from .numbers_br import day_br, number

if TYPE_CHECKING:
    from fpdf import FPDF

WIDTHS = (22, 74, 26, 32, 30)
HEADS = ("Código", "Ativo", "Quantidade", "Preço Unitário", "Valor")


def _new_document(day: date, title: str) -> FPDF:
    from fpdf import FPDF  # imported late: only whoever asks for a PDF pays for it

    pdf = FPDF(format="A4")
    pdf.set_creation_date(datetime.combine(day, time(20), BRASILIA))
    pdf.set_title(title)
    pdf.set_auto_page_break(True, 15)
    return pdf


def _line(pdf: FPDF, text: str, *, bold: bool = False, size: float = 9) -> None:
    pdf.set_font("Helvetica", "B" if bold else "", size)
    pdf.cell(0, size * 0.55, text, new_x="LMARGIN", new_y="NEXT")


def _row(pdf: FPDF, cells: Sequence[str], widths: Sequence[float], *, bold: bool = False, left: int = 2) -> None:
    pdf.set_font("Helvetica", "B" if bold else "", 8)
    for place, (text, width) in enumerate(zip(cells, widths, strict=True)):
        pdf.cell(width, 4.6, text, align="L" if place < left else "R")
    pdf.ln()


def _carteira_page(pdf: FPDF, carteira: Carteira) -> None:
    pdf.add_page()
    _line(pdf, "Carteira Diária", bold=True, size=14)
    _line(pdf, f"Carteira: {carteira.fundo.nome}")
    _line(pdf, f"CNPJ: {carteira.fundo.cnpj_formatado}")
    _line(pdf, f"Data: {day_br(carteira.data)}")
    pdf.ln(3)
    for classe, title in BLOCKS:
        lines = carteira.of_class(classe)
        if not lines:
            continue
        _line(pdf, title, bold=True)
        _row(pdf, HEADS, WIDTHS, bold=True)
        for p in lines:
            places = (0, 2) if classe == "rv" else (2, 8)
            _row(
                pdf,
                (p.codigo, p.ativo, number(p.quantidade, places[0]), number(p.preco, places[1]), number(p.valor)),
                WIDTHS,
            )
        total = carteira.total(classe)
        percent = f"{number(share(total, carteira.patrimonio), 2)}%"
        _row(pdf, ("", f"Total {title.capitalize()}", "", percent, number(total)), WIDTHS, bold=True)
        pdf.ln(2)
    _line(pdf, f"Patrimônio Líquido: {number(carteira.patrimonio)}", bold=True)
    _line(pdf, f"Quantidade de Cotas: {number(carteira.quantidade_cotas, 8)}")
    _line(pdf, f"Valor da Cota: {number(carteira.cota, 8)}")


@lru_cache(maxsize=64)
def carteira_pdf(carteiras: tuple[Carteira, ...]) -> bytes:
    """One page (or more) a carteira, each with its lines `Carteira:` and `Data:`."""
    pdf = _new_document(carteiras[0].data, "Carteira Diária")
    for carteira in carteiras:
        _carteira_page(pdf, carteira)
    return bytes(pdf.output())


@lru_cache(maxsize=64)
def movements_pdf(first: date, last: date, carteiras: tuple[Carteira, ...]) -> bytes:
    """“Relatório de Aplicação e Resgate Analítico”: a page for each fund, with its lines `Carteira:` and `Período:`."""
    pdf = _new_document(last, "Relatório de Aplicação e Resgate Analítico")
    widths = (22, 92, 36, 26, 36, 28, 34)
    for fund in dict.fromkeys(c.fundo for c in carteiras):
        pdf.add_page(orientation="L")
        _line(pdf, "Relatório de Aplicação e Resgate Analítico", bold=True, size=14)
        _line(pdf, f"Carteira: {fund.nome}")
        _line(pdf, f"CNPJ: {fund.cnpj_formatado}")
        _line(pdf, f"Período: {day_br(first)} a {day_br(last)}")
        pdf.ln(3)
        _row(pdf, MOVEMENT_COLUMNS, widths, bold=True, left=4)
        for carteira in (c for c in carteiras if c.fundo is fund):
            for line in movement_lines(carteira):
                _row(pdf, line, widths, left=4)
    return bytes(pdf.output())


@lru_cache(maxsize=64)
def cotistas_pdf(carteira: Carteira) -> bytes:
    """Who holds the fund (MAPS passivo), with its lines `Carteira:` and `Data:`."""
    pdf = _new_document(carteira.data, "Posição por Fundo")
    pdf.add_page()
    _line(pdf, "Posição por Fundo", bold=True, size=14)
    _line(pdf, f"Carteira: {carteira.fundo.nome}")
    _line(pdf, f"CNPJ: {carteira.fundo.cnpj_formatado}")
    _line(pdf, f"Data: {day_br(carteira.data)}")
    pdf.ln(3)
    widths = (18, 88, 44, 40)
    _row(pdf, ("Código", "Cotista", "Quantidade de Cotas", "Valor Bruto"), widths, bold=True)
    for holding in carteira.cotistas:
        figures = (number(holding.quantidade, 8), number(holding.quantidade * carteira.cota))
        _row(pdf, (holding.cotista.codigo, holding.cotista.nome, *figures), widths)
    _line(pdf, f"Patrimônio Líquido: {number(carteira.patrimonio)}", bold=True)
    _line(pdf, f"Quantidade de Cotas: {number(carteira.quantidade_cotas, 8)}")
    _line(pdf, f"Valor da Cota: {number(carteira.cota, 8)}")
    return bytes(pdf.output())
