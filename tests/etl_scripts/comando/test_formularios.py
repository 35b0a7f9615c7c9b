"""Forms without a browser: what a page's form sends when one of its elements is clicked."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from etl_scripts import formularios
from etl_scripts.formularios import Envio
from etl_scripts.seletores import ler_seletor

PAGINA = """
<form id="f" method="post" action="/envio">
  <input name="a:b" id="a:b" value="1"><input type="hidden" name="javax.faces.ViewState" value="vs">
  <input type="checkbox" name="c1" value="x" checked><input type="checkbox" name="c2">
  <input type="radio" name="r" value="1" checked><input type="radio" name="r" value="2">
  <select name="s"><option value="1">Um</option><option value="2">Dois  reais</option></select>
  <select name="m" multiple><option selected>p</option><option>q</option></select>
  <textarea name="t">texto</textarea><input name="d" value="z" disabled><input name="semnome" type="file">
  <input type="hidden" name="f:_idcl" value=""><a href="#" id="link1">Favorito</a>
  <button id="b1" name="b1" value="v1">Um</button><input type="submit" name="b2" value="Pesquisar">
  <button type="button" id="so_script">Abrir</button>
  <div hidden><a id="escondido" href="/x">Escondido</a></div>
</form>
<form id="g" action="busca?velho=1"><input name="q" value="é"><input type="image" name="i" id="i"></form>
<input name="fora" form="g" value="de fora"><button form="f" name="de_longe" formaction="/outro" id="longe">Longe</button>
<a href="arquivo.csv"><img title="PDF"></a>
"""
BASE = "http://portal/pasta/pagina"


@pytest.fixture
def pagina() -> LexborHTMLParser:
    return LexborHTMLParser(PAGINA)


def acao(pagina: LexborHTMLParser, seletor: str, codificacao: str = "utf-8") -> Envio:
    (no, *_) = formularios.achar_todos(pagina, ler_seletor(seletor), ocultos=True)
    feita = formularios.acao_de(pagina, no, BASE, codificacao)
    assert feita is not None
    return feita


def campos(envio: Envio) -> dict[str, str]:
    return dict(parse_qsl(envio.corpo.decode(), keep_blank_values=True))


def test_only_successful_controls_and_the_clicked_button_are_sent(pagina: LexborHTMLParser) -> None:
    envio = acao(pagina, "id=b1")

    assert (envio.metodo, envio.endereco) == ("POST", "http://portal/envio")
    assert campos(envio) == {
        "a:b": "1", "javax.faces.ViewState": "vs", "c1": "x", "r": "1", "s": "1", "m": "p", "t": "texto",
        "f:_idcl": "", "b1": "v1",
    }  # fmt: skip


def test_what_was_filled_in_is_what_is_sent(pagina: LexborHTMLParser) -> None:
    def um(seletor: str) -> LexborNode:
        return formularios.achar_todos(pagina, ler_seletor(seletor))[0]

    formularios.preencher(um("id=a:b"), "24/11/2026")
    formularios.preencher(um("nome=t"), "novo")
    assert formularios.escolher(um("nome=s"), "", "dois REAIS")
    assert not formularios.escolher(um("nome=s"), "9", "")
    assert formularios.escolher(um("nome=m"), "q", "")
    formularios.marcar(pagina, um("nome=c2"), True)
    formularios.marcar(pagina, um("nome=c1"), False)
    formularios.marcar(pagina, um('[name=r][value="2"]'), True)
    enviados = parse_qsl(acao(pagina, "texto=Pesquisar").corpo.decode(), keep_blank_values=True)

    assert ("a:b", "24/11/2026") in enviados
    assert ("t", "novo") in enviados
    assert ("s", "2") in enviados
    assert [valor for nome, valor in enviados if nome == "m"] == ["p", "q"]
    assert [valor for nome, valor in enviados if nome == "r"] == ["2"]
    assert ("c2", "on") in enviados
    assert "c1" not in dict(enviados)
    assert ("b2", "Pesquisar") in enviados


def test_a_jsf_command_link_names_itself(pagina: LexborHTMLParser) -> None:
    assert campos(acao(pagina, "id=link1"))["f:_idcl"] == "link1"


def test_get_forms_controls_from_outside_and_image_buttons(pagina: LexborHTMLParser) -> None:
    assert acao(pagina, "id=i").endereco == "http://portal/pasta/busca?q=%C3%A9&i.x=1&i.y=1&fora=de+fora"
    assert "q=%E9" in acao(pagina, "id=i", "latin-1").endereco


def test_a_button_may_send_elsewhere(pagina: LexborHTMLParser) -> None:
    envio = acao(pagina, "id=longe")

    assert envio.endereco == "http://portal/outro"
    assert "de_longe" in campos(envio)


def test_an_image_is_clicked_through_its_link(pagina: LexborHTMLParser) -> None:
    assert acao(pagina, 'img[title="PDF"]').endereco == "http://portal/pasta/arquivo.csv"


def test_what_only_a_script_does_is_no_request(pagina: LexborHTMLParser) -> None:
    (no,) = formularios.achar_todos(pagina, ler_seletor("id=so_script"))

    assert formularios.acao_de(pagina, no, BASE, "utf-8") is None


def test_hidden_things_are_found_only_when_asked_for(pagina: LexborHTMLParser) -> None:
    assert formularios.achar_todos(pagina, ler_seletor("id=escondido")) == []
    assert len(formularios.achar_todos(pagina, ler_seletor("id=escondido"), ocultos=True)) == 1


def test_the_first_alternative_that_is_there(pagina: LexborHTMLParser) -> None:
    (no,) = formularios.achar_todos(pagina, ler_seletor("id=nada || texto=favorito || a"))

    assert no.attributes["id"] == "link1"


def test_a_place_in_a_selector_cannot_break_out_of_it() -> None:
    (seletor,) = ler_seletor('a[title="{fundo}"] >> texto={fundo}')
    cheio = seletor.com({"fundo": 'X"] , * [y="'})

    assert cheio.texto == 'X"] , * [y="'
    assert LexborHTMLParser("<a>1</a><p>2</p>").css(cheio.css) == []
