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
    assert [(item["fundo"], item["pasta"]) for item in body["itens"]] == [("Fundo A", "002 - A"), ("Fundo C", "C")]
    assert de_para.pairs() == [{"fundo": "Fundo A", "pasta": "002 - A"}, {"fundo": "Fundo C", "pasta": "C"}]


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


def rows(client: Client) -> dict[str, int]:
    return {item["fundo"]: item["id"] for item in client.get("/api/de-para").json()["itens"]}


def change(client: Client, row: int, before: tuple[str, str], after: tuple[str, str]) -> Any:
    body = {"fundo": after[0], "pasta": after[1], "antes": {"fundo": before[0], "pasta": before[1]}}
    return client.put(f"/api/de-para/{row}", body, content_type=JSON)


def test_a_row_is_added_changed_and_deleted(admin: Client) -> None:
    added = admin.post("/api/de-para", {"fundo": " Fundo  A ", "pasta": "um"}, content_type=JSON)
    assert added.status_code == 200, added.content
    assert added.json()["item"]["fundo"] == "Fundo A"
    row = rows(admin)["Fundo A"]
    assert change(admin, row, ("Fundo A", "um"), ("Fundo B", "dois")).status_code == 200
    assert de_para.pairs() == [{"fundo": "Fundo B", "pasta": "dois"}]
    assert admin.delete(f"/api/de-para/{row}").json()["message"] == "Fundo B saiu do De-Para."
    assert de_para.pairs() == []
    assert admin.delete(f"/api/de-para/{row}").status_code == 404
    assert change(admin, row, ("Fundo B", "dois"), ("Fundo B", "três")).status_code == 404


@pytest.mark.parametrize(
    ("fundo", "pasta", "campo", "words"),
    [
        ("ipe  roxo", "x", "fundo", "já está na tabela, com a pasta “um”"),
        ("Outro", "../fora", "pasta", ".."),
        ("Outro", "", "pasta", "informe a pasta"),
        ("", "x", "fundo", ""),
    ],
)
def test_a_wrong_row_is_told_at_its_field(admin: Client, fundo: str, pasta: str, campo: str, words: str) -> None:
    put(admin, ("Ipê Roxo", "um"), ("Jatobá", "dois"))
    for answer in (
        admin.post("/api/de-para", {"fundo": fundo, "pasta": pasta}, content_type=JSON),
        change(admin, rows(admin)["Jatobá"], ("Jatobá", "dois"), (fundo, pasta)),
    ):
        assert answer.status_code == 422
        (wrong,) = answer.json()["campos"]
        assert wrong["campo"] == campo
        assert words in wrong["mensagem"]
    assert de_para.pairs() == [{"fundo": "Ipê Roxo", "pasta": "um"}, {"fundo": "Jatobá", "pasta": "dois"}]


def test_a_row_changed_by_somebody_else_is_not_overwritten(admin: Client) -> None:
    put(admin, ("A", "um"))
    row = rows(admin)["A"]
    put(admin, ("A", "dois"))
    answer = change(admin, row, ("A", "um"), ("A", "três"))
    assert answer.status_code == 409
    assert "“dois”" in answer.json()["detail"]
    assert de_para.pairs() == [{"fundo": "A", "pasta": "dois"}]


def test_the_name_of_a_row_may_change_in_case_alone(admin: Client) -> None:
    put(admin, ("fundo a", "um"))
    assert change(admin, rows(admin)["fundo a"], ("fundo a", "um"), ("FUNDO A", "um")).status_code == 200


def test_only_an_administrador_changes_it(operador: Client) -> None:
    assert put(operador, ("A", "b")).status_code == 403
    assert operador.post("/api/de-para", {"fundo": "A", "pasta": "b"}, content_type=JSON).status_code == 403
    assert operador.get("/api/de-para").status_code == 200
