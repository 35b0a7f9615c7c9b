"""De-Para: where the PDFs of a fund are filed."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from sistemas import de_para
from tests.sistemas.test_fundos import JSON, upload, workbook


def put(client: Client, *items: tuple[str, str]) -> Any:
    body = {"itens": [{"fundo": fundo, "pasta": pasta} for fundo, pasta in items]}
    return client.put("/api/de-para", body, content_type=JSON)


def test_the_table_is_replaced_whole(admin: Client) -> None:
    assert put(admin, ("Fundo  A", "001 - A"), ("Fundo B", r"Grupo\B")).status_code == 200
    put(admin, ("Fundo A", "002 - A"), ("Fundo C", "C"))
    body = admin.get("/api/de-para").json()
    assert body["total"] == 2
    assert body["itens"] == [{"fundo": "Fundo A", "pasta": "002 - A"}, {"fundo": "Fundo C", "pasta": "C"}]
    assert de_para.pairs() == body["itens"]


@pytest.mark.parametrize(
    "pasta",
    [
        "",
        "  ",
        "..",
        "../fora",
        r"a\..\b",
        "/raiz",
        r"\\servidor\x",
        "C:\\x",
        "a//b",
        "fim.",
        "fim /x",
        "a\nb",
        "a|b",
        "x" * 301,
    ],
)
def test_a_folder_that_could_lead_elsewhere_is_refused(admin: Client, pasta: str) -> None:
    put(admin, ("A", "bom"))
    answer = put(admin, ("A", pasta))
    assert answer.status_code == 422
    assert [item["campo"] for item in answer.json()["campos"]] == ["itens.0.pasta"]
    assert de_para.pairs() == [{"fundo": "A", "pasta": "bom"}]


def test_a_fund_with_two_folders_is_refused(admin: Client) -> None:
    answer = put(admin, ("A", "um"), (" A ", "dois"))
    assert answer.status_code == 422
    assert "duas pastas" in answer.json()["detail"]


def test_imports_the_workbook_and_tells_bad_rows(admin: Client) -> None:
    put(admin, ("Velho", "velho"), ("A FIM", "antes"))
    rows: list[list[Any]] = [
        ["Tabela De Para"],
        ["De", "Para"],
        ["A FIM", "010 - A"],
        ["B FIM", "../fora"],
        [None, None],
        ["", "x"],
    ]
    answer = upload(admin, "/api/de-para/importar", "De Para.xlsx", workbook(Plan1=rows))
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert (body["lidos"], body["novos"]) == (1, 1)
    assert [aviso.split(":")[0] for aviso in body["avisos"]] == ["linha 4", "linha 6"]
    assert {item["fundo"]: item["pasta"] for item in de_para.pairs()} == {"Velho": "velho", "A FIM": "010 - A"}
    upload(admin, "/api/de-para/importar", "x.xlsx", workbook(Plan1=rows), substituir="true")
    assert [item["fundo"] for item in de_para.pairs()] == ["A FIM"]


def test_a_file_without_the_columns_says_so(admin: Client) -> None:
    answer = upload(admin, "/api/de-para/importar", "x.csv", b"a;b\n1;2\n")
    assert answer.status_code == 422
    assert "De" in answer.json()["detail"]


def test_only_an_administrador_changes_it(operador: Client) -> None:
    assert put(operador, ("A", "b")).status_code == 403
    assert operador.get("/api/de-para").status_code == 200
