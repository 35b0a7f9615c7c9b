"""A failure's picture shows no secret and nothing typed, wherever the page echoes it; in doubt there is no picture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Page

from etl_scripts import contrato
from etl_scripts.artefatos import Artefatos
from etl_scripts.captura import fotografar
from etl_scripts.transporte_navegador import TransporteNavegador

from ..demo_portal.browser import open_browser

pytestmark = pytest.mark.e2e
SENHA, OUTRA = "Xk9#pauBrasil&77", "Zq4#ipeRoxo&1122"
PAGINA = """<body style="font: 16px monospace">
<p id="eco">Senha informada: <b>SEGREDO</b>; tente de novo.</p>
<form><input id="usuario" value="maria"><input type="password" value="SEGREDO"><input value="SEGREDO">
<input type="date" value="2026-11-24"><textarea>observação SEGREDO</textarea><input type="hidden" id="oculto" value="v1">
<input placeholder="era SEGREDO"><button title="SEGREDO">Entrar com SEGREDO</button></form>
<select><option label="SEGREDO">x</option></select><div id="sombra"></div>
<style>[data-aviso]::after {content: attr(data-aviso)}</style><i data-aviso="usou SEGREDO">.</i>
<iframe width="600" srcdoc="<p>dentro: SEGREDO</p><input value='SEGREDO'>"></iframe>
<script>document.getElementById('sombra').attachShadow({mode: 'open'}).innerHTML = '<em>sombra SEGREDO</em>'</script>
</body>"""
# Text that the page lays out, its fields, and the same below shadow roots and in frames.
VISTO = """() => { const lido = [];
  const andar = raiz => { for (const no of raiz.querySelectorAll('*')) {
    lido.push(no.innerText || '', no.value || '', no.placeholder || '', getComputedStyle(no, '::after').content);
    if (no.shadowRoot) andar(no.shadowRoot); } };
  andar(document); return lido.join(' '); }"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture
def pagina(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    monkeypatch.setattr(contrato, "_segredos", [])
    for segredo in (SENHA, OUTRA):
        contrato.guardar_segredo(segredo)
    page = browser.new_page(viewport={"width": 900, "height": 700})
    yield page
    page.close()


def mostrar(pagina: Page, segredo: str, html: str = PAGINA) -> None:
    pagina.set_content(html.replace("SEGREDO", segredo.replace("&", "&amp;")))
    for quadro in pagina.frames:
        quadro.wait_for_load_state()


def visto(quadros: list[Frame]) -> str:
    return " ".join(quadro.evaluate(VISTO) for quadro in quadros)


def test_at_the_shot_no_frame_shows_a_secret_or_what_was_typed(pagina: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    mostrar(pagina, SENHA)
    assert SENHA in visto(pagina.frames)
    na_hora: list[str] = []
    tirar = pagina.screenshot

    def espiar(**opcoes: Any) -> bytes:
        na_hora.append(visto(pagina.frames))
        return tirar(**opcoes)

    monkeypatch.setattr(pagina, "screenshot", espiar)
    antes = visto(pagina.frames)

    assert fotografar(pagina)

    assert SENHA not in na_hora[0]
    assert "maria" not in na_hora[0]
    assert na_hora[0].count("********") >= 9
    assert visto(pagina.frames) == antes, "the collection goes on with the page as it was"
    assert pagina.input_value("#oculto") == "v1"


def test_the_pixels_do_not_depend_on_the_secret(pagina: Page) -> None:
    mostrar(pagina, SENHA)
    de_uma = fotografar(pagina)
    mostrar(pagina, OUTRA)
    de_outra = fotografar(pagina)
    mostrar(pagina, "x")

    assert de_uma is not None
    assert de_uma == de_outra
    assert de_uma != fotografar(pagina), "the picture is of the page"


@pytest.mark.parametrize(
    "html",
    [
        "<p><b>Xk9#pau</b><i>Brasil</i>&amp;77</p>",  # split over elements
        "<p>X k 9 # p a u B r a s i l &amp; 7 7</p>",
        "<script>setInterval(() => document.body.innerText = 'Xk9#pauBrasil&77', 1)</script>",  # undone at once
    ],
)
def test_what_cannot_be_covered_gives_no_picture(pagina: Page, html: str) -> None:
    pagina.set_content(f"<body>{html}</body>")
    assert fotografar(pagina) is None


def test_a_frame_that_cannot_be_looked_into_gives_no_picture(pagina: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    mostrar(pagina, "x")
    pagina.frames[1].evaluate("() => { document.createTreeWalker = () => { throw new Error('não') } }")
    assert fotografar(pagina) is None


class Transporte(TransporteNavegador):
    """Shows a page without a profile of its own."""

    def __init__(self, pagina: Page) -> None:
        self._pagina = pagina


def test_the_page_is_kept_without_a_picture(pagina: Page, tmp_path: Path) -> None:
    mostrar(pagina, SENHA, "<body><p>SEGREDO</p><p>Xk9#pau<b>Brasil</b>&amp;77</p></body>")
    guardada = Artefatos(tmp_path, 1, "fidc").guardar(Transporte(pagina), "falhou")

    assert guardada is not None
    assert [arquivo.suffix for arquivo in guardada.parent.iterdir()] == [".html"]
    assert SENHA not in guardada.read_text(encoding="utf-8")
