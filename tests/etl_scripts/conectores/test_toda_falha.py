"""Every sistema against every fault of the demo portal: whatever goes wrong is the fault asked for, and ends in words."""

from __future__ import annotations

import json
from typing import Final

import pytest

from etl_scripts import contrato
from etl_scripts.configuracao import ler_documento
from etl_scripts.demo_portal import DemoPortal
from etl_scripts.demo_portal.constants import PORTAL_NAMES
from etl_scripts.demo_portal.faults import CATALOGUE
from etl_scripts.execucao import Chamada, executar

from ..comando.bancada import HOJE, Bancada, separar

ONTEM: Final = HOJE.replace(day=24)
ARAUCARIA: Final = "ARAUCÁRIA FIC FIM"
UM_SO: Final = {"maps": ARAUCARIA, "qore": "ARAU", "fidc": "IPÊ ROXO FIDC", "trustee": ARAUCARIA}
# Small and quick: what each fault does is tested elsewhere.
BRANDAS: Final[dict[str, dict[str, object]]] = {
    "lento": {"segundos": 0.01},
    "arquivo_enorme": {"mb": 1, "linhas": 50, "vezes": 1},
    "zip_bomba": {"mb": 1},
    "elemento_obsoleto": {"renderizacoes": 1},
}


def coletar(bancada: Bancada, sistema: str) -> None:
    """In this process, for 200 interpreters would take minutes."""
    escolha = {"fundos_selecionados": [UM_SO[sistema]]} if sistema in UM_SO else {}
    documento = json.dumps(bancada.documento(sistema, escolha))
    chamada = Chamada([sistema], ONTEM, ONTEM, True)
    executar(sistema, chamada, ler_documento(documento, "o documento"), lambda *_: "")


@pytest.mark.parametrize("falha", CATALOGUE)
def test_no_fault_breaks_a_portal_or_a_connector(
    bancada: Bancada, portal: DemoPortal, falha: str, capfd: pytest.CaptureFixture[str]
) -> None:
    bancada.ajustes = {sistema: {"tentativas": 1, "intervalo": 0.0} for sistema in PORTAL_NAMES}
    bancada.ajustes["fidc"] |= {"prazo_relatorio": 0.2, "intervalo_consulta": 0.05}
    contrato.ligar_eventos(True)
    try:
        for sistema in PORTAL_NAMES:
            portal.reset()
            portal.faults.set(sistema, falha, None, **BRANDAS.get(falha, {}))
            coletar(bancada, sistema)

            assert list(portal.problems) == [], f"{sistema}: {falha}"
    finally:
        contrato.ligar_eventos(False)
    _linhas, eventos = separar(capfd.readouterr().out.encode())
    resultados = {evento["sistema"]: evento for evento in eventos if evento["evento"] == "resultado"}
    assert set(resultados) == set(PORTAL_NAMES)
    internos = {sistema: fim["motivo"] for sistema, fim in resultados.items() if fim["codigo"] == "interno"}
    assert internos == {}
    assert bancada.sobras() == []
