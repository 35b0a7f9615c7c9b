"""Every element that the real pages are known by is on the imitated ones."""

from __future__ import annotations

import re

import httpx
import pytest

from etl_scripts.demo_portal.look import STATIC

from . import test_amplis_flow, test_britech_flow, test_fidc_flow, test_jcot_flow, test_maps_flow, test_qore_flow
from .pages import log_in_fidc

# Attribute values (id, name, class, href, title, value), and texts after "text:".
AMPLIS = """
loginForm:userLoginInput:campo loginForm:userPasswordInput loginForm:botaoOk mainForm_menu1_label
mainForm:listaDeFavoritosRelatorios:0:j_id_9m mainForm:listaDeFavoritosRelatorios:1:j_id_9m
mainForm:calendarDateBegin:campoInputDate mainForm:calendarDateEnd:campoInputDate
mainForm:portfolioPickList:includeAll mainForm:portfolioPickList:secondSelect mainForm:saida:campo
mainForm:reportExtension:campo mainForm:confirmButton detailMessageListBoxId 3
"""
MAPS = """
#card-maps-pegasus /pegasusgestores login-pf-page username password kc-form-buttons otp kc-login stop-redirect
select2-choice date Pesquisar PDF XLSX
"""
FIDC = """
j_username j_password btn-primary /reports/estoque data csv fundoSelecionado /reports/meusRelatorios table-striped
refresh arquivo
"""
JCOT = """
loginForm userItem passItem btlogin ui-dialog-buttonset menutree dt_posicao_inicio dt_posicao_fim tb-confirm
ccf_dwb_buscar slick-header-column main_cd_tipo_fich_ac xpl6
"""
BRITECH = """
Login1_UserName Login1_Password Login1_LoginButton gridQuery gridQuery_DXFREditorcol2_I btnExportExcel
gridQuery_DXCBtn0 gridQuery_DXCBtn1 gridQuery_DXCBtn2 gridQuery_DXCBtn3 gridQuery_DXCBtn9
"""
QORE = "email password ellipsis-h dataInicial dataFinal"
TEXTS = {
    "maps": ("Posição por Fundo", "Exportar"),
    "fidc": ("AGUARDANDO",),
    "jcot": ("Posição de Cotista", "Por Período", "Sim", "Arquivo XLSX"),
    "qore": ("Carteira PDF", "Carteira Excel", "Download em Lote", "Download", "Voltar"),
}
# Made by a page's script; the tests in a browser use them.
SCRIPTS = {
    "chosen.js": ("_chzn", "chzn-search", "_o_"),
    "maps.js": ("select2-match",),
}


def walk_amplis(client: httpx.Client) -> None:
    for number in (0, 1):
        test_amplis_flow.ask(client, "amplis_reag", number, "22/11/2026", "22/11/2026", "3")


def walk_maps(client: httpx.Client) -> None:
    client.get("/maps/")
    test_maps_flow.log_in(client)
    test_maps_flow.search(client, "passivo", "ipê", "24/11/2026")


def walk_fidc(client: httpx.Client) -> None:
    log_in_fidc(client)
    test_fidc_flow.ask(client, "40102", "24/11/2026")
    test_fidc_flow.situations(client)
    test_fidc_flow.situations(client)


def walk_jcot(client: httpx.Client) -> None:
    test_jcot_flow.log_in(client)
    test_jcot_flow.period(client, "24/11/2026", "24/11/2026")
    test_jcot_flow.period(client, "24/08/2026", "24/11/2026")


def walk_britech(client: httpx.Client) -> None:
    test_britech_flow.log_in(client)
    page = test_britech_flow.filtered(client)
    client.get(page.url.join("Resultado.aspx?consulta=sc1"))


def walk_qore(client: httpx.Client) -> None:
    test_qore_flow.log_in(client)
    client.get(f"{test_qore_flow.FUND}/pdf")


@pytest.mark.parametrize(
    ("sistema", "walk", "known"),
    [
        ("amplis", walk_amplis, AMPLIS),
        ("maps", walk_maps, MAPS),
        ("fidc", walk_fidc, FIDC),
        ("jcot", walk_jcot, JCOT),
        ("britech", walk_britech, BRITECH),
        ("qore", walk_qore, QORE),
    ],
)
def test_known_elements(client: httpx.Client, sistema: str, walk: object, known: str) -> None:
    seen: list[str] = []

    def keep(answer: httpx.Response) -> None:
        seen.append(answer.read().decode("utf-8", "replace"))

    client.event_hooks["response"].append(keep)
    assert callable(walk)
    walk(client)
    pages = "\n".join(seen)
    attributes = set(re.findall(r'="([^"]*)"', pages))
    words = attributes | {word for value in attributes for word in value.split()}
    assert [name for name in known.split() if name not in words] == []
    assert [text for text in TEXTS.get(sistema, ()) if f">{text}<" not in pages] == []


def test_elements_made_by_scripts() -> None:
    for name, known in SCRIPTS.items():
        text = (STATIC / name).read_text(encoding="utf-8")
        assert [word for word in known if word not in text] == []
