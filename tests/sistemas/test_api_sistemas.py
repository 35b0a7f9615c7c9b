"""`/api/sistemas`: the contract's shape, toggles and opções, who may, and every wrong field."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from sistemas.models import Opcao, Sistema

CONTRACT_FIELDS = {"id", "nome", "descricao", "icone", "ativo", "ordem", "opcoes", "status", "progresso", "mensagem"}


def fields_of(body: dict[str, Any]) -> list[str]:
    return [item["campo"] for item in body["campos"]]


def test_lists_all_by_id_in_order_with_the_contracts_fields(visualizador: Client) -> None:
    body = visualizador.get("/api/sistemas").json()
    assert list(body)[:3] == ["amplis_reag", "amplis_master", "maps"]
    assert body["maps"].keys() >= CONTRACT_FIELDS | {"ultima_execucao"}
    assert "fundos" not in body["maps"]
    assert body["maps"]["status"] == "IDLE"
    assert body["maps"]["progresso"] == 0
    assert body["maps"]["ultima_execucao"] is None
    assert body["qore"]["opcoes"] == {"excel": True, "pdf": True, "lote_pdf": False, "lote_excel": False}


def test_lists_the_active_ones(operador: Client) -> None:
    assert "cvm" not in operador.get("/api/sistemas/ativos").json()
    operador.patch("/api/sistemas/cvm/toggle?ativo=true")
    assert "cvm" in operador.get("/api/sistemas/ativos").json()


def test_shows_one_with_its_funds(visualizador: Client) -> None:
    body = visualizador.get("/api/sistemas/fidc").json()
    assert body["fundos"][0] == {"nome": "IPÊ ROXO FIDC", "selecionado": True}
    assert "fundos" not in visualizador.get("/api/sistemas/jcot").json()


@pytest.mark.parametrize("method", ["get", "patch"])
def test_an_unknown_sistema_is_404_with_detail(operador: Client, method: str) -> None:
    address = "/api/sistemas/nada" if method == "get" else "/api/sistemas/nada/toggle?ativo=true"
    answer = getattr(operador, method)(address)
    assert answer.status_code == 404
    assert "nada" in answer.json()["detail"]


def test_toggles_by_query_and_by_json(operador: Client) -> None:
    answer = operador.patch("/api/sistemas/maps/toggle?ativo=false").json()
    assert (answer["success"], answer["status"]) == (True, "success")
    assert answer["message"] == "MAPS desativado."
    assert answer["sistema"]["ativo"] is False
    operador.patch("/api/sistemas/maps/toggle", {"ativo": True}, content_type="application/json")
    assert Sistema.objects.get(pk="maps").ativo


@pytest.mark.parametrize("query", ["", "?ativo=talvez", "?ativo="])
def test_a_toggle_without_a_valid_value_is_422(operador: Client, query: str) -> None:
    answer = operador.patch(f"/api/sistemas/maps/toggle{query}")
    assert answer.status_code == 422
    assert fields_of(answer.json()) == ["ativo"]
    assert Sistema.objects.get(pk="maps").ativo


def test_sets_an_opcao_by_query_and_by_json(operador: Client) -> None:
    answer = operador.patch("/api/sistemas/amplis_reag/opcao?opcao=pdf&valor=false").json()
    assert answer["sistema"]["opcoes"] == {"csv": True, "pdf": False}
    body = {"opcao": "pdf", "valor": True}
    operador.patch("/api/sistemas/amplis_reag/opcao", body, content_type="application/json")
    assert Opcao.objects.get(sistema="amplis_reag", nome="pdf").valor


@pytest.mark.parametrize("opcao", ["excel", "PDF", "../pdf", "x" * 500])
def test_an_opcao_that_is_not_declared_is_422_and_never_stored(operador: Client, opcao: str) -> None:
    before = Opcao.objects.count()
    answer = operador.patch(f"/api/sistemas/amplis_reag/opcao?opcao={opcao}&valor=true")
    assert answer.status_code == 422
    assert fields_of(answer.json()) == ["opcao"]
    assert Opcao.objects.count() == before


def test_an_opcao_without_its_fields_names_both(operador: Client) -> None:
    answer = operador.patch("/api/sistemas/maps/opcao", {"valor": "talvez"}, content_type="application/json")
    assert answer.status_code == 422
    assert sorted(fields_of(answer.json())) == ["opcao", "valor"]


@pytest.mark.parametrize("body", ["[1]", '"sim"', "{"])
def test_a_body_that_is_no_object_is_refused(operador: Client, body: str) -> None:
    answer = operador.generic("PATCH", "/api/sistemas/maps/toggle", body, content_type="application/json")
    assert answer.status_code in {400, 422}
    assert answer.json()["detail"]


def test_roles(visualizador: Client, operador: Client, client: Client) -> None:
    assert client.get("/api/sistemas").status_code == 401
    assert visualizador.patch("/api/sistemas/maps/toggle?ativo=false").status_code == 403
    ids = {"ids": ["maps"]}
    assert operador.put("/api/sistemas/ordem", ids, content_type="application/json").status_code == 403


def test_reorders(admin: Client) -> None:
    answer = admin.put("/api/sistemas/ordem", {"ids": ["cvm", "maps"]}, content_type="application/json")
    assert answer.status_code == 200
    assert list(admin.get("/api/sistemas").json())[:3] == ["cvm", "maps", "amplis_reag"]
    wrong = admin.put("/api/sistemas/ordem", {"ids": ["maps", "nada"]}, content_type="application/json")
    assert wrong.status_code == 422
    assert next(iter(admin.get("/api/sistemas").json())) == "cvm"


def test_the_list_costs_the_same_whatever_the_number_of_funds(
    visualizador: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(20):
        visualizador.get("/api/sistemas")
