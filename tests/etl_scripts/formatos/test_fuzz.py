"""Whatever bytes come, a parser gives a reading or an ErroDeLeitura, and soon."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl_scripts.formatos import FORMATOS, ErroDeLeitura, Leitura, conferir, ler

from .fabrica import AMOSTRAS, DIA, mutar

MUTACOES = 60
SEGUNDOS = 10.0


def tentar(caminho: Path, dados: bytes, formato: str | None) -> Leitura | ErroDeLeitura:
    caminho.write_bytes(dados)
    inicio = time.monotonic()
    try:
        leitura = ler(caminho, formato)
        conferir(leitura, "ARAUCÁRIA FIC FIM", DIA)
    except ErroDeLeitura as erro:
        resultado: Leitura | ErroDeLeitura = erro
    else:
        resultado = leitura
    assert time.monotonic() - inicio < SEGUNDOS
    return resultado


def test_every_format_has_a_sample() -> None:
    assert set(AMOSTRAS) == set(FORMATOS)


@pytest.mark.parametrize("formato", FORMATOS)
def test_mutated_files(formato: str, tmp_path: Path) -> None:
    original = AMOSTRAS[formato]()
    sorte = random.Random(f"{formato}-2026")
    for _ in range(MUTACOES):
        dados = mutar(original, sorte)
        tentar(tmp_path / "arquivo", dados, formato)
        tentar(tmp_path / "arquivo", dados, None)


def test_an_odd_pdf_says_nothing_of_the_library_s_own(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    dados = AMOSTRAS["pdf"]().replace(b"/WinAnsiEncoding", b"/WinAnsiEncodin#")
    tentar(tmp_path / "arquivo", dados, "pdf")
    assert caplog.records == []


@pytest.mark.parametrize("formato", FORMATOS)
def test_files_of_other_formats(formato: str, tmp_path: Path) -> None:
    for outro, amostra in AMOSTRAS.items():
        if outro != formato:
            tentar(tmp_path / "arquivo", amostra(), formato)


@pytest.mark.parametrize("formato", [*FORMATOS, None])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    dados=st.binary(max_size=400)
    | st.text(alphabet='Fundo:Data;Valor\n"1234,.-/ã<>&\x00', max_size=400).map(str.encode)
)
def test_random_bytes(formato: str | None, dados: bytes, tmp_path: Path) -> None:
    resultado = tentar(tmp_path / "arquivo", dados, formato)
    if isinstance(resultado, ErroDeLeitura):
        assert resultado.arquivo == "arquivo"
        assert resultado.mensagem
