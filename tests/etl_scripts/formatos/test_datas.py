"""Dates: every accepted writing gives the date back; the rest is refused."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_scripts.formatos.datas import EPOCA_EXCEL, escrever_data, ler_data, ler_data_celula

DATAS = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31))


@given(DATAS)
def test_round_trip(dia: date) -> None:
    assert ler_data(escrever_data(dia)) == dia


@given(DATAS, st.times())
def test_every_accepted_writing(dia: date, hora: time) -> None:
    textos = (
        dia.isoformat(), f"{dia:%Y%m%d}", f"{dia:%d-%m-%Y}", f"{dia:%d.%m.%Y}", f"{dia.day}/{dia.month}/{dia.year}",
        f"{dia:%d/%m/%Y} {hora:%H:%M:%S}", f"{dia.isoformat()}T{hora:%H:%M:%S}-03:00", f" {dia:%d/%m/%Y}\u00a0",
    )  # fmt: skip
    assert {ler_data(texto) for texto in textos} == {dia}


@given(DATAS, st.times())
def test_every_kind_of_cell(dia: date, hora: time) -> None:
    celulas = (dia, datetime.combine(dia, hora), (dia - EPOCA_EXCEL).days, float(f"{dia:%Y%m%d}"), escrever_data(dia))
    assert {ler_data_celula(celula) for celula in celulas} == {dia}


@given(st.text(max_size=40))
def test_any_text_is_a_date_or_a_value_error(texto: str) -> None:
    try:
        dia = ler_data(texto)
    except ValueError:
        return
    assert 1990 <= dia.year <= 2100


@pytest.mark.parametrize(
    "texto",
    [
        "", "24/11/26", "11/24/2026", "31/02/2026", "2026-13-01", "24/11-2026", "24/11/1989", "24/11/2101", "2026",
        "20261324", "24 de novembro de 2026", "٢٤/١١/٢٠٢٦", "00/01/2026", "24/11/2026x", "2026-1-1",
    ],
)  # fmt: skip
def test_refused(texto: str) -> None:
    with pytest.raises(ValueError, match=r"data|ano|calendário"):
        ler_data(texto)


@pytest.mark.parametrize("celula", [None, True, 3, 1e300, float("nan"), float("inf"), date(1900, 1, 1), b"24/11/2026"])
def test_cells_that_hold_no_date(celula: object) -> None:
    with pytest.raises(ValueError, match=r"data|ano|calendário"):
        ler_data_celula(celula)
