"""What leaves the process: whole lines, no secret, masked pages."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from etl_scripts import contrato
from etl_scripts.artefatos import mascarar_html


@pytest.fixture
def escrito(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], str]:
    """What was written to stdout's descriptor."""
    arquivo = tmp_path / "stdout"
    descritor = os.open(arquivo, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    original = os.write
    monkeypatch.setattr(os, "write", lambda _fd, dados: original(descritor, dados[:7]))  # a pipe may take a part only
    monkeypatch.setattr(contrato, "_segredos", [])
    monkeypatch.setattr(contrato, "_eventos", True)
    return lambda: arquivo.read_text(encoding="utf-8")


def test_every_line_has_its_head_and_no_secret(escrito: Callable[[], str]) -> None:
    contrato.guardar_segredo("segredo-1")
    contrato.guardar_segredo("abc")
    contrato.erro("fidc", "uma\r\nduas com segredo-1 e abc\n\n\x1etrês")

    assert escrito() == (
        "[ERROR] [FIDC ESTOQUE] uma\n[ERROR] [FIDC ESTOQUE] duas com ******** e abc\n[ERROR] [FIDC ESTOQUE] três\n"
    )


def test_an_event_is_one_line_of_json(escrito: Callable[[], str]) -> None:
    contrato.emitir("progresso", sistema="fidc", percentual=3, mensagem="linha\noutra", motivo=None)

    assert escrito() == '\x1e{"evento": "progresso", "sistema": "fidc", "percentual": 3, "mensagem": "linha\\noutra"}\n'


def test_no_event_for_a_person(escrito: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contrato, "_eventos", False)
    contrato.emitir("progresso", sistema="fidc")

    assert escrito() == ""


def test_a_kept_page_shows_nothing_that_was_typed() -> None:
    contrato.guardar_segredo("minha-senha-9")
    html = mascarar_html(
        '<a href="/x;jsessionid=ABC123?y">x</a><form><input name="u" value="fulano"><input type="hidden" value="token1">'
        "<input type=submit value=Entrar><textarea>escrito</textarea><script>var s='minha-senha-9'</script>"
        "minha-senha-9</form>"
    )

    for segredo in ("fulano", "token1", "escrito", "minha-senha-9", "ABC123"):
        assert segredo not in html
    assert 'value="Entrar"' in html


def test_a_full_pipe_that_does_not_block_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    leitura, escrita = os.pipe()
    os.set_blocking(escrita, False)
    recebido: list[bytes] = []
    original = os.write
    monkeypatch.setattr(os, "write", lambda _fd, dados: original(escrita, dados))
    # Whoever waits for room reads some: what another process would do meanwhile.
    monkeypatch.setattr(contrato, "_esperar_saida", lambda: recebido.append(os.read(leitura, 50_000)))
    for n in range(2000):
        contrato.info("fidc", f"{n} " + "x" * 100)
    os.close(escrita)
    while parte := os.read(leitura, 1 << 16):
        recebido.append(parte)
    os.close(leitura)

    linhas = b"".join(recebido).decode().splitlines()
    assert [linha.split()[3] for linha in linhas] == [str(n) for n in range(2000)]
