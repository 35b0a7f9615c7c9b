"""pt-BR numbers: what is written can be read back exactly, and what is ambiguous is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_scripts.formatos.numeros import (
    escrever_numero,
    ler_numero,
    ler_numero_celula,
    ler_numero_opcional,
    ler_numero_ponto,
)

DECIMAIS = st.decimals(
    min_value=Decimal("-1e15"), max_value=Decimal("1e15"), allow_nan=False, allow_infinity=False, places=8
)


@given(DECIMAIS)
def test_round_trip_keeps_every_digit(valor: Decimal) -> None:
    assert ler_numero(escrever_numero(valor)) == valor


@given(DECIMAIS)
def test_every_way_of_writing_a_negative_means_the_same(valor: Decimal) -> None:
    texto = escrever_numero(abs(valor))
    negativo = -abs(valor)
    for forma in (
        f"-{texto}",
        f"−{texto}",
        f"{texto}-",
        f"({texto})",
        f"R$ -{texto}",
        f"- R$ {texto}",
        f"\u00a0-{texto} ",
    ):
        assert ler_numero(forma) == negativo


@given(DECIMAIS)
def test_thousands_points_are_optional(valor: Decimal) -> None:
    assert ler_numero(escrever_numero(valor).replace(".", "")) == valor


@given(DECIMAIS)
def test_decimal_point_round_trip(valor: Decimal) -> None:
    assert ler_numero_ponto(f"{valor:f}") == valor


@given(st.floats(min_value=-1e14, max_value=1e14, allow_nan=False))
def test_spreadsheet_number_is_what_the_cell_shows(valor: float) -> None:
    lido = ler_numero_celula(valor)
    assert lido is not None
    assert abs(float(lido) - valor) <= 1e-27


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_a_value_error(texto: str) -> None:
    for leitor in (ler_numero, ler_numero_opcional, ler_numero_ponto, ler_numero_celula):
        try:
            valor = leitor(texto)
        except ValueError:
            continue
        assert valor is None or valor.is_finite()


@given(st.text(alphabet="0123456789.,-()R$% ", max_size=14))
def test_what_is_read_was_written_with_only_those_digits(texto: str) -> None:
    try:
        valor = ler_numero(texto)
    except ValueError:
        return
    lidos = "".join(letra for letra in texto if letra.isdigit()).strip("0")
    escritos = "".join(map(str, valor.as_tuple().digits)).strip("0")
    assert escritos == lidos


@pytest.mark.parametrize(
    ("texto", "valor"),
    [
        ("1.234,56", "1234.56"),
        ("1234,56", "1234.56"),
        (",5", "0.5"),
        ("1.234.567", "1234567"),
        ("1.234", "1234"),
        ("R$ 1.234,50", "1234.50"),
        ("R$1", "1"),
        ("12,5%", "0.125"),
        ("12,5 %", "0.125"),
        ("+3,1", "3.1"),
        ("(1.000,00)", "-1000"),
        ("-0,00", "0"),
    ],
)
def test_accepted(texto: str, valor: str) -> None:
    assert ler_numero(texto) == Decimal(valor)


@pytest.mark.parametrize(
    "texto",
    [
        "1.23", "1,234.56", "12.34,5", "1.2345,0", "1..234", "1,2,3", "5,", "1,5E-3", "1E+06", "1 234,56", "--1", "-1-",
        "(-1)", "-(1)", "NaN", "inf", "Infinity", "1_000", "٣", "１２", "", " ", "-", "R$", "%", "1,0%%", "0x1",
        "9" * 29, "1" * 500,
    ],
)  # fmt: skip
def test_refused(texto: str) -> None:
    with pytest.raises(ValueError, match=r"número|sinal|dígitos"):
        ler_numero(texto)


@pytest.mark.parametrize("texto", ["", " ", "-", "–", "N/D", "n/d"])
def test_absent_number_is_none(texto: str) -> None:
    assert ler_numero_opcional(texto) is None


@pytest.mark.parametrize("celula", [True, float("nan"), float("inf"), 1e30, b"1", [1]])
def test_cells_that_hold_no_number(celula: object) -> None:
    with pytest.raises(ValueError, match=r"número|sinal|dígitos"):
        ler_numero_celula(celula)


def test_message_is_portuguese_and_short() -> None:
    with pytest.raises(ValueError, match="não é um número no formato brasileiro") as info:
        ler_numero("x" * 5000)
    assert len(str(info.value)) < 150
