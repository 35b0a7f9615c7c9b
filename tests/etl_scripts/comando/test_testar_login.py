"""`modo: testar_login`: one try, an answer within 25 seconds, a reason in Portuguese, nothing written."""

from __future__ import annotations

import time
from typing import Any

import pytest

from .bancada import Bancada

LOGINS = ("amplis_reag", "amplis_master", "maps", "fidc", "jcot", "britech", "qore", "trustee")


@pytest.mark.parametrize("sistema", LOGINS)
def test_a_good_login(bancada: Bancada, sistema: str) -> None:
    saida = bancada.rodar(sistema, modo="testar_login", data=None)

    assert saida.codigo == 0
    assert saida.resultado["motivo"] == "O login funcionou."
    assert saida.artefatos == []
    assert bancada.sobras() == []


@pytest.mark.parametrize("sistema", LOGINS)
@pytest.mark.parametrize(
    ("falha", "codigo"),
    [
        ("senha_incorreta", "senha_incorreta"),
        ("senha_expirada", "senha_expirada"),
        ("conta_bloqueada", "conta_bloqueada"),
        ("manutencao", "manutencao"),
        ("erro_500", "portal_fora"),
    ],
)
def test_a_refusal_is_told_apart(bancada: Bancada, sistema: str, falha: str, codigo: str) -> None:
    bancada.portal.faults.set(sistema, falha)
    saida = bancada.rodar(sistema, modo="testar_login", data=None)

    assert saida.resultado["codigo"] == codigo
    assert saida.codigo in {1, 75}
    assert sum(pedido.startswith("POST") for pedido in bancada.portal.requests) <= 1


def test_the_public_source_has_no_login(bancada: Bancada) -> None:
    saida = bancada.rodar("cvm", modo="testar_login", data=None)

    assert saida.resultado["motivo"] == "O portal respondeu; não há login."


@pytest.mark.parametrize("acesso", [{"password": ""}, {"url": "http://127.0.0.1:9/"}])
def test_what_cannot_work_is_said_at_once(bancada: Bancada, acesso: dict[str, Any]) -> None:
    saida = bancada.rodar("fidc", modo="testar_login", data=None, acesso=acesso)

    assert saida.resultado["situacao"] == "erro"


def test_a_portal_that_hangs_is_given_up_in_time(bancada: Bancada) -> None:
    bancada.ajustes["fidc"] = {"prazo_pagina": 60.0, "prazo_teste_login": 2.0}
    bancada.portal.faults.set("fidc", "lento", 20)
    comeco = time.monotonic()
    saida = bancada.rodar("fidc", modo="testar_login", data=None)

    assert time.monotonic() - comeco < 10
    assert saida.codigo == 75
    assert saida.resultado["codigo"] == "portal_fora"


def test_a_code_is_not_asked_for_by_a_test(bancada: Bancada) -> None:
    saida = bancada.rodar("maps", modo="testar_login", data=None, acesso={"totp": ""})

    assert saida.codigo == 0
    assert "Usuário e senha aceitos; o portal pede um código" in saida.resultado["motivo"]
    assert saida.do_tipo("pedido_codigo") == []
