"""Switching faults on and off: from Python, as text, by the JSON API and by the home page."""

from __future__ import annotations

import httpx
import pytest

from etl_scripts.demo_portal import DemoPortal, FaultError
from etl_scripts.demo_portal.faults import CATALOGUE, FaultBoard, parameters_of, set_from_text

from .pages import texts


@pytest.mark.parametrize(
    ("sistema", "fault", "values", "message"),
    [
        ("nada", "lento", {}, "sistema desconhecido"),
        ("fidc", "explode", {}, "falha desconhecida"),
        ("fidc", "lento", {"segundos": 61}, "de 0 a 60"),
        ("fidc", "lento", {"segundos": "nan"}, "de 0 a 60"),
        ("fidc", "lento", {"horas": 1}, "parâmetro desconhecido"),
        ("fidc", "lento", {"segundos": "dois"}, "não é um número"),
        ("qore", "zip_bomba", {"mb": 99999}, "de 1 a 2048"),
        ("fidc", "meio_arquivo", {"modo": "terço"}, "corte, curto"),
        ("fidc", "vazio", {"fundo": "PETR"}, "fundo desconhecido"),
        ("fidc", "vazio", {"data": "24/11/2026"}, "não é uma data"),
    ],
)
def test_bad_faults_are_refused(sistema: str, fault: str, values: dict[str, object], message: str) -> None:
    board = FaultBoard()
    with pytest.raises(FaultError, match=message):
        board.set(sistema, fault, **values)
    assert board.listed() == []


@pytest.mark.parametrize("fault", CATALOGUE)
def test_every_fault_can_be_set_with_its_defaults(fault: str) -> None:
    board = FaultBoard()
    board.set("*", fault)
    assert set(board.listed()[0]["parametros"]) == set(parameters_of(fault))


def test_a_sistemas_own_fault_goes_first_and_times_are_counted() -> None:
    board = FaultBoard()
    board.set("*", "lento", 1)
    board.set("fidc", "lento", 2, vezes=1)
    assert board.take("fidc", "lento") is not None
    fault = board.take("fidc", "lento")
    assert fault is not None
    assert fault.number("segundos") == 1
    assert board.clear("*") == 1
    assert board.take("fidc", "lento") is None


def test_faults_as_text() -> None:
    board = FaultBoard()
    set_from_text(board, "fidc:lento=2.5,vezes=1; *:sem_dados ;maps:fundo_falha=IPÊ ROXO FIDC")
    on = {(f["sistema"], f["falha"]): f["parametros"] for f in board.listed()}
    assert on[("fidc", "lento")]["segundos"] == 2.5
    assert on[("maps", "fundo_falha")]["fundo"] == "IPER"
    with pytest.raises(FaultError, match="sistema:falha"):
        set_from_text(board, "lento")


def test_the_json_api(client: httpx.Client) -> None:
    assert client.get("/_falhas").json()["falhas"] == []
    answer = client.post("/_falhas", json={"sistema": "fidc", "falha": "lento", "parametros": {"segundos": 0}})
    assert answer.json()["falhas"][0]["falha"] == "lento"
    assert client.post("/_falhas", json=[{"falha": "vazio"}, {"falha": "sem_dados"}]).status_code == 200
    assert client.post("/_falhas", json={"falha": "explode"}).json()["detail"].startswith("falha desconhecida")
    for bad in ("x", "[1]", '{"falha": "lento", "parametros": 3}'):
        answer = client.post("/_falhas", content=bad, headers={"Content-Type": "application/json"})
        assert answer.status_code == 422
    assert client.delete("/_falhas", params={"falha": "vazio"}).json()["desligadas"] == 1
    assert client.delete("/_falhas").json()["falhas"] == []


def test_the_home_page_switches_faults(portal: DemoPortal, client: httpx.Client) -> None:
    page = client.get("/")
    assert "demo-2026" in page.text
    assert "ARAUCÁRIA FIC FIM" in page.text
    assert httpx.get(f"{portal.base_url}/_estatico/../server.py").status_code == 404
    assert client.get("/nada").status_code == 404
    page = client.post("/_falhas", data={"sistema": "fidc", "falha": "lento", "parametros": "segundos=0,vezes=3"})
    assert "vezes=3" in page.text
    assert portal.faults.peek("fidc", "lento") is not None
    page = client.post("/_falhas/desligar", data={"sistema": "fidc", "falha": "lento"})
    assert texts(page, ".dica")[0] == "Nenhuma falha ligada."
    page = client.post("/_falhas", data={"sistema": "fidc", "falha": "lento", "parametros": "segundos=99"})
    assert page.status_code == 422
    assert texts(page, ".erro") == ["segundos: use um valor de 0 a 60."]
