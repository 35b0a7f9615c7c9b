"""The same connectors in a real browser, found on the system, with what only a browser meets."""

from __future__ import annotations

import pytest

from ..comando.bancada import ONTEM, Bancada, Saida, pedir_parada, separar

pytestmark = pytest.mark.e2e
NAVEGADOR = {"ETL_TRANSPORTE": "navegador"}


def rodar(bancada: Bancada, sistema: str, *argumentos: str, **mais: object) -> Saida:
    return bancada.rodar(sistema, *argumentos, ambiente=NAVEGADOR, **mais)  # type: ignore[arg-type]


def test_amplis_reag_csv_and_pdf_in_its_own_window(bancada: Bancada) -> None:
    saida = rodar(bancada, "amplis_reag", "--data-final", "24/11/2026", data="23/11/2026")

    assert saida.codigo == 0
    assert bancada.arquivos("csv") == ["CarteiraDiaria_20261123_20261124.csv", "ar.csv", "cp1.csv"]
    assert bancada.arquivos("pdf") == ["CarteiraDiaria_20261123.pdf", "CarteiraDiaria_20261124.pdf"]
    assert bancada.sobras() == []


def test_fidc_by_its_widgets(bancada: Bancada) -> None:
    saida = rodar(bancada, "fidc")

    assert saida.codigo == 0
    assert bancada.arquivos("fidc") == ["Estoque_IPER_20261124.csv", "Estoque_SERI_20261124.csv"]


@pytest.mark.parametrize(
    ("sistema", "argumentos", "pasta", "quantos"),
    [
        ("amplis_master", ("--no-pdf",), "csv", 2),
        ("maps", ("--maps-fundos", '["PAU-BRASIL FIA"]', "--maps-no-excel"), "pdf", 2),
        ("jcot", (), "jcot", 1),
        ("britech", (), "britech", 5),
        ("qore", ("--qore-fundos", '["ARAU"]', "--qore-lote-pdf"), "qore_pdf", 1),
        ("trustee", (), "trustee", 16),
    ],
)
def test_the_others_too(bancada: Bancada, sistema: str, argumentos: tuple[str, ...], pasta: str, quantos: int) -> None:
    saida = rodar(bancada, sistema, *argumentos)

    assert saida.codigo == 0
    assert len(bancada.arquivos(pasta)) == quantos


@pytest.mark.parametrize("sistema", ["amplis_reag", "fidc"])
@pytest.mark.parametrize(
    ("falha", "parametros"),
    [
        ("elemento_obsoleto", {"renderizacoes": 60, "intervalo_ms": 50}),
        ("dialogo", {}),
        ("lento", {"segundos": 0.6}),
        ("erro_500", {"vezes": 1}),
        ("sessao_expirada", {"pedidos": 6, "vezes": 1}),
        ("meio_arquivo", {"modo": "corte", "vezes": 1}),
    ],
)
def test_what_goes_wrong_for_a_while_is_got_over(
    bancada: Bancada, sistema: str, falha: str, parametros: dict[str, object]
) -> None:
    bancada.portal.faults.set(sistema, falha, None, **parametros)
    saida = rodar(bancada, sistema, "--no-pdf")

    assert saida.codigo == 0, saida.texto
    assert len(saida.artefatos) == (3 if sistema == "amplis_reag" else 2)


@pytest.mark.parametrize("sistema", ["amplis_reag", "fidc"])
@pytest.mark.parametrize(
    ("falha", "codigo"),
    [("senha_incorreta", "senha_incorreta"), ("manutencao", "manutencao"), ("sem_dados", "sem_dados")],
)
def test_what_the_portal_says_is_understood(bancada: Bancada, sistema: str, falha: str, codigo: str) -> None:
    bancada.portal.faults.set(sistema, falha)
    saida = rodar(bancada, sistema)

    assert saida.resultado["codigo"] == codigo
    if falha == "senha_incorreta":
        assert sum(pedido.startswith("POST") for pedido in bancada.portal.requests) == 1
        pasta = bancada.base / "dados" / "artefatos" / "exec-7"
        assert {item.suffix for item in pasta.iterdir()} == {".html", ".png"}


def test_a_file_beyond_the_limit_is_cut_off(bancada: Bancada) -> None:
    bancada.ajustes["fidc"] = {"tamanho_maximo_mb": 2}
    bancada.portal.faults.set("fidc", "arquivo_enorme", linhas=300_000, fundo="SERI")
    saida = rodar(bancada, "fidc")

    assert saida.codigo == 1
    assert "passa do tamanho máximo permitido" in saida.texto
    assert bancada.arquivos("fidc") == ["Estoque_IPER_20261124.csv"]


def test_an_element_that_is_gone_is_named_with_its_step(bancada: Bancada) -> None:
    bancada.seletores["fidc"] = {"gerar_csv": "id=outroBotao"}
    saida = rodar(bancada, "fidc", "--fidc-fundos", '["IPÊ ROXO FIDC"]')

    assert saida.codigo == 1
    assert "“gerar_csv”" in saida.texto
    assert "outroBotao" in saida.texto
    assert "pedir o relatório" in saida.texto


def test_the_selectors_file_chooses_the_browser(bancada: Bancada) -> None:
    bancada.ajustes["fidc"] = {"transporte": "navegador"}
    saida = bancada.rodar("fidc", ambiente={"ETL_NAVEGADOR": "/nao/existe/navegador"})

    assert saida.resultado["codigo"] == "sem_navegador"
    assert "ETL_NAVEGADOR" in saida.resultado["motivo"]


def test_no_browser_at_all_is_one_sentence(bancada: Bancada) -> None:
    vazia = bancada.base / "vazia"
    vazia.mkdir()
    ambiente = NAVEGADOR | {"PATH": str(vazia), "PLAYWRIGHT_BROWSERS_PATH": str(vazia), "PROGRAMFILES": str(vazia)}
    saida = bancada.rodar("fidc", ambiente=ambiente | {"PROGRAMFILES(X86)": str(vazia), "LOCALAPPDATA": str(vazia)})

    assert saida.codigo == 1
    assert saida.resultado["codigo"] == "sem_navegador"
    assert saida.resultado["motivo"].startswith("Nenhum navegador foi encontrado")


def test_stopping_closes_the_browser_and_leaves_nothing(bancada: Bancada) -> None:
    bancada.portal.faults.set("fidc", "lento", 5)
    processo = bancada.iniciar(bancada.documento("fidc"), "--sistemas", "fidc", "--data-inicial", ONTEM, **NAVEGADOR)
    assert processo.stdout is not None
    while b"abrir a p" not in (linha := processo.stdout.readline()):
        assert linha
    pedir_parada(processo)
    linhas, _ = separar(processo.stdout.read())

    assert processo.wait(4) == 130
    assert "Interrompido" in linhas[-1]
    assert bancada.sobras() == []
