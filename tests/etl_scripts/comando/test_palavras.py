"""Sentences with counts and quotations read as a person would write them."""

from __future__ import annotations

import pytest

from etl_scripts.palavras import citado, com_maiuscula, contados


@pytest.mark.parametrize(
    ("quantos", "texto"),
    [(0, "0 arquivos novos"), (1, "1 arquivo novo"), (2, "2 arquivos novos"), (1234, "1.234 arquivos novos")],
)
def test_a_count_agrees_with_its_noun(quantos: int, texto: str) -> None:
    assert contados(quantos, "arquivo novo", "arquivos novos") == texto


def test_a_noun_without_plural_stays() -> None:
    assert contados(3, "sem dados") == "3 sem dados"


@pytest.mark.parametrize(
    ("dito", "texto"),
    [
        ("Senha inválida", "“Senha inválida”."),
        (" Senha inválida. ", "“Senha inválida.”"),
        ("Como?", "“Como?”"),
        ("a" * 300, f"“{'a' * 200}”."),
    ],
)
def test_a_quotation_ends_with_one_full_stop(dito: str, texto: str) -> None:
    assert citado(dito) == texto


def test_a_sentence_starts_with_a_capital_and_keeps_the_rest() -> None:
    assert com_maiuscula("simulação: nada do FIDC foi alterado.") == "Simulação: nada do FIDC foi alterado."
    assert (com_maiuscula("12 arquivos"), com_maiuscula("")) == ("12 arquivos", "")
