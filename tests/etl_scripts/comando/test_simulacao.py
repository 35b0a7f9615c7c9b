"""Dry-run and preflight: everything that can be known is told in a second, and nothing is changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .bancada import Bancada


def retrato(base: Path) -> set[str]:
    return {str(item.relative_to(base)) for item in base.rglob("*") if "seletores" not in item.parts}


def test_it_tells_what_would_be_fetched_where_and_changes_nothing(bancada: Bancada) -> None:
    antes = retrato(bancada.base)
    saida = bancada.rodar("amplis_reag", "--dry-run", "--data-final", "24/11/2026", data="19/11/2026")

    assert saida.codigo == 0
    (plano,) = saida.do_tipo("plano")
    # 20 November is a holiday: three business days.
    assert [item["data"] for item in plano["itens"] if item["relatorio"] == "carteira_pdf"] == [
        "2026-11-19", "2026-11-23", "2026-11-24",
    ]  # fmt: skip
    assert {item["destino"] for item in plano["itens"] if item["relatorio"] == "ar"} == {
        str(bancada.base / "csv" / "ar.csv")
    }
    assert "O portal respondeu: HTTP 200" in saida.texto
    assert saida.resultado["situacao"] == "sucesso"
    assert saida.artefatos == []
    assert retrato(bancada.base) == antes
    assert not any("POST" in pedido for pedido in bancada.portal.requests)


def test_what_was_collected_before_is_left_out_of_the_plan(bancada: Bancada) -> None:
    primeira = bancada.rodar("amplis_master", "--no-pdf")
    saida = bancada.rodar("amplis_master", "--dry-run", manifesto=primeira.manifesto())

    (plano,) = saida.do_tipo("plano")
    assert [item["relatorio"] for item in plano["itens"]] == ["carteira_pdf"]


def test_it_tells_every_obstacle_at_once(bancada: Bancada) -> None:
    (bancada.base / "csv").rmdir()
    bancada.portal.faults.set("amplis_reag", "manutencao")
    saida = bancada.rodar("amplis_reag", "--dry-run", acesso={"password": ""})

    assert saida.codigo == 1
    for dito in ("Falta preencher senha", "A pasta “csv” não existe", "manutenção"):
        assert dito in saida.texto


@pytest.mark.parametrize(
    ("acesso", "caminhos", "codigo", "dito"),
    [
        ({"password": ""}, {}, "configuracao", "Falta preencher senha"),
        ({"username": "", "password": ""}, {}, "configuracao", "Falta preencher usuário e senha"),
        ({"url": ""}, {}, "configuracao", "O endereço do portal não está preenchido"),
        ({"url": "ftp://x"}, {}, "configuracao", "não é válido"),
        ({"url": "demo://fidc"}, {}, "configuracao", "demo://"),
        ({}, {"fidc": "/nao/existe/mesmo"}, "caminho", "A pasta “fidc” não existe"),
        ({}, {"fidc": ""}, "caminho", "A pasta “fidc” não está configurada"),
        ({}, {"fidc": "relativa/pasta"}, "caminho", "caminho completo"),
        ({}, {"fidc": "${ETL_NAO_EXISTE}/x"}, "caminho", "ETL_NAO_EXISTE"),
        ({}, {"fidc": "%ETL_NAO_EXISTE%/x"}, "caminho", "ETL_NAO_EXISTE"),
        ({"url": "http://127.0.0.1:9/"}, {}, "portal_fora", "Não foi possível conectar"),
    ],
)
def test_a_real_run_finds_it_before_anything_is_collected(
    bancada: Bancada, acesso: dict[str, Any], caminhos: dict[str, str], codigo: str, dito: str
) -> None:
    documento = bancada.documento("fidc", acesso)
    documento["paths"] |= caminhos
    from .bancada import terminar

    saida = terminar(bancada.iniciar(documento, "--sistemas", "fidc"))

    assert saida.resultado["codigo"] == codigo
    assert dito in saida.resultado["motivo"]
    assert saida.codigo == (75 if codigo == "portal_fora" else 1)


def test_paths_may_hold_variables(bancada: Bancada) -> None:
    documento = bancada.documento("amplis_master")
    documento["paths"] |= {"csv": "${ETL_BASE}/csv", "pdf": "%ETL_BASE%/pdf"}
    from .bancada import terminar

    argumentos = ("--sistemas", "amplis_master", "--data-inicial", "24/11/2026")
    saida = terminar(bancada.iniciar(documento, *argumentos, ETL_BASE=str(bancada.base)))

    assert saida.codigo == 0
    assert bancada.arquivos("csv") == ["CarteiraDiaria_20261124.csv", "cp2.csv"]
