"""The manual's tenth connector, taken from its text and run as it stands."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from ..comando import bancada as modulo
from ..comando.bancada import PASTA_COMANDO, Bancada, terminar

MANUAL = PASTA_COMANDO.parent / "docs" / "conectores.md"


@pytest.fixture
def copia(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The command with one more file in it."""
    pasta = tmp_path_factory.mktemp("copia") / "etl_scripts"
    shutil.copytree(PASTA_COMANDO, pasta, ignore=shutil.ignore_patterns("demo_portal", "__pycache__"))
    (codigo,) = re.findall(r"```python\n(.*?)```", MANUAL.read_text(encoding="utf-8"), re.DOTALL)
    (pasta / "conectores" / "decimo.py").write_text(codigo, encoding="utf-8")
    monkeypatch.setattr(modulo, "PASTA_COMANDO", pasta)
    return pasta


def test_one_file_makes_a_connector(bancada: Bancada, copia: Path) -> None:
    documento = bancada.documento("trustee")
    documento["decimo"] = documento.pop("trustee")
    documento["paths"]["decimo"] = documento["paths"].pop("trustee")
    saida = terminar(bancada.iniciar(documento, "--sistemas", "decimo", "--data-inicial", "24/11/2026"))

    assert saida.codigo == 0, saida.texto
    assert "[SUCCESS] [DECIMO]" in saida.texto
    assert len(bancada.arquivos("trustee")) == 4
    assert all(nome.endswith(".pdf") for nome in bancada.arquivos("trustee"))


def test_a_selector_is_adapted_without_touching_code(bancada: Bancada) -> None:
    bancada.seletores["trustee"] = {"filtrar": "id=naoExiste"}
    quebrado = bancada.rodar("trustee")
    bancada.seletores["trustee"] = {"filtrar": "texto=Filtrar"}
    consertado = bancada.rodar("trustee")

    assert quebrado.resultado["codigo"] == "pagina_mudou"
    assert "“filtrar”" in quebrado.texto
    assert "naoExiste" in quebrado.texto
    assert consertado.codigo == 0


@pytest.mark.parametrize(
    ("texto", "dito"),
    [
        ("isto não é toml", "não pôde ser lido"),
        ('[seletores]\nnada = "x"', "“seletores.nada” não existe. Conhecidos:"),
        ("[seletores]\ndata = 3", "“seletores.data” tem um valor do tipo errado"),
        ('[ajustes]\ntentativas = "três"', "“ajustes.tentativas” tem um valor do tipo errado"),
        ("[outra]\nx = 1", "“outra” não é conhecido"),
        ('transporte = "telefone"', "O transporte “telefone” não existe"),
    ],
)
def test_a_wrong_selectors_file_is_said_at_once(bancada: Bancada, texto: str, dito: str) -> None:
    documento = bancada.documento("trustee")
    (bancada.base / "seletores" / "trustee.toml").write_text(texto, encoding="utf-8")
    saida = terminar(bancada.iniciar(documento, "--sistemas", "trustee"))

    assert saida.resultado["codigo"] == "configuracao"
    assert dito in saida.resultado["motivo"]
    assert list(bancada.portal.requests) == []
