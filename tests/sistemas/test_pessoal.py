"""`/api/me`: each user's own routines and preferences, the same on every computer."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from etlhub import tokens
from etlhub.access import Papel
from sistemas import pessoal
from sistemas.models import Rotina

JSON = "application/json"
MANHA = {"nome": "Rotina da manhã", "sistemas": ["maps", "fidc"], "opcoes": {"maps": {"pdf": False}}, "simular": True}


def save(client: Client, **more: Any) -> Any:
    return client.post("/api/me/rotinas", MANHA | more, content_type=JSON)


def names(client: Client) -> list[str]:
    return [rotina["nome"] for rotina in client.get("/api/me/rotinas").json()["rotinas"]]


def test_a_routine_comes_back_as_it_was_saved_to_its_owner_only(operador: Client, visualizador: Client) -> None:
    answer = save(operador)
    assert answer.status_code == 200, answer.content
    assert answer.json()["message"] == "Rotina “Rotina da manhã” salva."
    body = operador.get("/api/me/rotinas").json()
    assert body == {"rotinas": [{"id": body["rotinas"][0]["id"], "usar_d1": True, **MANHA}], "limite": 20}
    assert names(visualizador) == []


def test_a_name_in_another_case_is_the_same_routine(operador: Client) -> None:
    save(operador)
    save(operador, nome="Tarde")
    save(operador, nome=" ROTINA  DA MANHÃ ", sistemas=["jcot"])
    assert names(operador) == ["ROTINA  DA MANHÃ", "Tarde"]
    assert operador.get("/api/me/rotinas").json()["rotinas"][0]["sistemas"] == ["jcot"]


def test_there_is_a_limit_that_replacing_does_not_meet(operador: Client) -> None:
    for number in range(pessoal.MAX_ROTINAS):
        assert save(operador, nome=f"R{number}").status_code == 200
    answer = save(operador, nome="uma a mais")
    assert answer.status_code == 422
    assert answer.json()["campos"] == [
        {"campo": "nome", "mensagem": "você já tem 20 rotinas: apague uma antes de salvar outra"}
    ]
    assert save(operador, nome="r7").status_code == 200


def test_one_deletes_ones_own_and_no_other(operador: Client, visualizador: Client) -> None:
    address = f"/api/me/rotinas/{save(operador).json()['rotina']['id']}"
    assert visualizador.delete(address).status_code == 404
    assert operador.delete(address).json()["message"] == "Rotina “Rotina da manhã” apagada."
    assert operador.delete(address).status_code == 404
    assert names(operador) == []


@pytest.mark.parametrize(
    ("wrong", "campo"),
    [
        ({"nome": "  "}, "nome"),
        ({"nome": "x" * 61}, "nome"),
        ({"sistemas": ["x"] * 101}, "sistemas"),
        ({"sistemas": "maps"}, "sistemas"),
        ({"opcoes": {"maps": {"pdf": "talvez"}}}, "opcoes.maps.pdf"),
        ({"opcoes": {"maps": {f"o{n}": True for n in range(41)}}}, "opcoes.maps"),
        ({"opcoes": {f"s{n}": {} for n in range(101)}}, "opcoes"),
    ],
)
def test_what_has_another_shape_or_is_too_large_is_told_by_field(operador: Client, wrong: Any, campo: str) -> None:
    answer = save(operador, **wrong)
    assert answer.status_code == 422
    assert [each["campo"] for each in answer.json()["campos"]] == [campo]
    assert names(operador) == []


def test_preferences_are_set_one_by_one(operador: Client, visualizador: Client) -> None:
    nothing = {"tema": None, "avisos": None, "quebrar_linhas": None}
    assert operador.get("/api/me/preferencias").json() == nothing
    operador.patch("/api/me/preferencias", {"tema": "dark"}, content_type=JSON)
    operador.patch("/api/me/preferencias", {"avisos": False}, content_type=JSON)
    assert operador.get("/api/me/preferencias").json() == {"tema": "dark", "avisos": False, "quebrar_linhas": None}
    assert visualizador.get("/api/me/preferencias").json() == nothing
    answer = operador.patch("/api/me/preferencias", {"tema": "roxo"}, content_type=JSON)
    assert (answer.status_code, answer.json()["campos"][0]["campo"]) == (422, "tema")


def test_a_token_reads_and_does_not_change(operador: Client) -> None:
    save(operador)
    user = User.objects.get(username="operador")
    _, text = tokens.create(user, nome="planilha", papel=Papel.OPERADOR.name.lower(), dias=1)
    client = Client(headers={"Authorization": f"Bearer {text}"})
    assert names(client) == ["Rotina da manhã"]
    assert save(client, nome="outra").status_code == 403
    assert client.patch("/api/me/preferencias", {"tema": "dark"}, content_type=JSON).status_code == 403


def test_they_go_with_their_owner(operador: Client) -> None:
    save(operador)
    User.objects.get(username="operador").delete()
    assert not Rotina.objects.exists()
