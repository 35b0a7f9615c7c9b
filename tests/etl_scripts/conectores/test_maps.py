"""MAPS by plain HTTP: Keycloak, the one-time code, composição and posição, per fund and day."""

from __future__ import annotations

import json

import pytest

from etl_scripts.demo_portal.constants import DEMO_TOTP_SECRET

from ..comando.bancada import ONTEM, Bancada, escrever, terminar

UM_FUNDO = ("--maps-fundos", '["PAU-BRASIL FIA"]')


def test_both_sides_as_xlsx_and_pdf(bancada: Bancada) -> None:
    saida = bancada.rodar("maps", *UM_FUNDO)

    assert saida.codigo == 0
    assert bancada.arquivos("maps") == ["composicao_PAUB_20261124.xlsx", "posicao_PAUB_20261124.xlsx"]
    assert bancada.arquivos("pdf") == ["composicao_PAUB_20261124.pdf", "posicao_PAUB_20261124.pdf"]
    assert {item["fundo"] for item in saida.do_tipo("carteira")} == {"PAU-BRASIL FIA"}


def test_each_side_s_form_is_opened_once(bancada: Bancada) -> None:
    bancada.portal.requests.clear()
    saida = bancada.rodar("maps", "--data-final", ONTEM, data="23/11/2026")

    assert len(saida.artefatos) == 2 * 2 * 6 * 2
    menus = [pedido for pedido in bancada.portal.requests if pedido.startswith("GET /maps/pegasusgestores/")]
    # Once for each, and once more for the list of the funds.
    assert sum("composicao" in pedido or "posicao" in pedido for pedido in menus) <= 3


@pytest.mark.parametrize(
    ("opcoes", "planilhas", "pdfs"),
    [
        (("--maps-no-pdf", "--maps-no-passivo"), ["composicao_PAUB_20261124.xlsx"], []),
        (("--maps-no-excel", "--maps-no-ativo"), [], ["posicao_PAUB_20261124.pdf"]),
    ],
)
def test_the_options_leave_out_what_they_say(
    bancada: Bancada, opcoes: tuple[str, ...], planilhas: list[str], pdfs: list[str]
) -> None:
    saida = bancada.rodar("maps", *UM_FUNDO, *opcoes)

    assert saida.codigo == 0
    assert (bancada.arquivos("maps"), bancada.arquivos("pdf")) == (planilhas, pdfs)


def test_a_fund_that_fails_does_not_stop_the_others(bancada: Bancada) -> None:
    bancada.portal.faults.set("maps", "fundo_falha", "IPER")
    saida = bancada.rodar("maps", "--maps-no-pdf", "--maps-no-passivo")

    assert saida.codigo == 1
    assert saida.resultado["codigo"] == "parcial"
    assert len(bancada.arquivos("maps")) == 5
    assert {item["pedido"] for item in saida.resultado["resumo"]["falhas"]} == {
        "composicao_xlsx de IPÊ ROXO FIDC (24/11/2026)"
    }


def test_the_code_is_asked_for_and_answered_on_stdin(bancada: Bancada) -> None:
    import pyotp

    documento = bancada.documento("maps", {"totp": ""})
    processo = bancada.iniciar(
        documento, "--sistemas", "maps", "--data-inicial", ONTEM, "--maps-no-pdf", "--maps-no-passivo", *UM_FUNDO
    )
    assert processo.stdout is not None
    pedido = b""
    while b"pedido_codigo" not in pedido:
        pedido = processo.stdout.readline()
        assert pedido
    evento = json.loads(pedido[1:])
    assert (evento["sistema"], evento["campo"]) == ("maps", "otp")
    assert evento["prazo_segundos"] > 0
    codigo = pyotp.TOTP(DEMO_TOTP_SECRET).now()
    escrever(processo.stdin, {"resposta": "codigo", "valor": codigo})
    saida = terminar(processo)

    assert saida.codigo == 0
    assert codigo not in saida.texto


@pytest.mark.parametrize("resposta", [{"resposta": "cancelar"}, {"resposta": "codigo", "valor": ""}, {"outra": 1}, []])
def test_a_code_that_does_not_come_ends_the_run(bancada: Bancada, resposta: object) -> None:
    processo = bancada.iniciar(bancada.documento("maps", {"totp": ""}), "--sistemas", "maps", "--data-inicial", ONTEM)
    escrever(processo.stdin, json.dumps(resposta))
    saida = terminar(processo)

    assert saida.codigo == 1
    assert saida.resultado["codigo"] == "codigo_necessario"


def test_a_wrong_code_is_told_apart_from_a_wrong_password(bancada: Bancada) -> None:
    saida = bancada.rodar("maps", acesso={"totp": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"})

    assert saida.resultado["codigo"] == "codigo_necessario"
    assert "Código autenticador inválido" in saida.resultado["motivo"]


def test_a_secret_that_is_no_base32_is_said_so(bancada: Bancada) -> None:
    saida = bancada.rodar("maps", acesso={"totp": "isto não é base32!"})

    assert saida.resultado["codigo"] == "configuracao"
    assert "base32" in saida.resultado["motivo"]


def test_no_code_asked_when_the_portal_wants_none(bancada: Bancada) -> None:
    bancada.portal.settings.maps_codigo = False
    try:
        saida = bancada.rodar("maps", *UM_FUNDO, "--maps-no-pdf", "--maps-no-passivo", acesso={"totp": ""})
    finally:
        bancada.portal.settings.maps_codigo = True

    assert saida.codigo == 0


def test_pdfs_go_where_the_de_para_says(bancada: Bancada) -> None:
    saida = bancada.rodar(
        "maps", *UM_FUNDO, "--maps-no-excel", "--maps-no-passivo", de_para=[{"fundo": "PAU-BRASIL FIA", "pasta": "Pau"}]
    )

    assert saida.codigo == 0
    assert bancada.arquivos("pdf") == [
        "Pau/06. Carteiras/2026/11 - Novembro/24.11 - Carteira Diária - PAU-BRASIL FIA.pdf"
    ]
