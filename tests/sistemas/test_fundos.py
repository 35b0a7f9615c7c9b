"""Funds: listing, selection of thousands, import from the users' workbook and from CSV."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from sistemas.models import Fundo, Sistema

JSON = "application/json"


def workbook(**sheets: list[list[Any]]) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def upload(client: Client, address: str, name: str, data: bytes, **fields: str) -> Any:
    return client.post(address, {"arquivo": SimpleUploadedFile(name, data), **fields})


def names(sistema_id: str | None) -> list[str]:
    return list(Fundo.objects.filter(sistema=sistema_id).values_list("nome", flat=True))


def test_lists_per_sistema_and_of_one(visualizador: Client) -> None:
    body = visualizador.get("/api/fundos").json()
    assert body.keys() >= {"maps", "fidc", "qore", "jcot", "geral"}
    assert body["jcot"] == {"fundos": [], "fundos_selecionados": [], "usar_todos": True, "total": 0}
    one = visualizador.get("/api/fundos?system_id=fidc").json()
    assert list(one) == ["fidc"]
    assert one["fidc"]["total"] == 2
    assert visualizador.get("/api/fundos?system_id=nada").status_code == 404


def test_replaces_list_and_selection(admin: Client) -> None:
    body = {"fundos": ["B", " A "], "fundos_selecionados": ["A", "C"], "usar_todos": False}
    assert admin.put("/api/fundos/maps", body, content_type=JSON).status_code == 200
    entry = admin.get("/api/fundos?system_id=maps").json()["maps"]
    assert [fundo["nome"] for fundo in entry["fundos"]] == ["A", "B", "C"]
    assert entry["fundos_selecionados"] == ["A", "C"]
    assert entry["usar_todos"] is False
    admin.put("/api/fundos/maps", {"usar_todos": True}, content_type=JSON)
    assert admin.get("/api/fundos?system_id=maps").json()["maps"]["total"] == 3


def test_selects_among_thousands(admin: Client) -> None:
    thousands = [f"FUNDO {n:05}" for n in range(3000)]
    assert admin.put("/api/fundos/qore", {"fundos": thousands}, content_type=JSON).status_code == 200
    address = "/api/fundos/qore/selecao"
    admin.post(address, {"todos": False}, content_type=JSON)
    assert Fundo.objects.filter(sistema="qore", selecionado=True).count() == 0
    admin.post(address, {"nomes": thousands[:1500]}, content_type=JSON)
    admin.post(address, {"nomes": thousands[:500], "selecionado": False}, content_type=JSON)
    assert Fundo.objects.filter(sistema="qore", selecionado=True).count() == 1000


@pytest.mark.parametrize(
    ("method", "address", "body", "campo"),
    [
        ("put", "/api/fundos/maps", {"fundos": [""]}, "fundos.0"),
        ("put", "/api/fundos/maps", {"fundos": ["x" * 201]}, "fundos.0"),
        ("put", "/api/fundos/maps", {"fundos": "A"}, "fundos"),
        ("put", "/api/fundos/maps", {"usar_todos": "talvez"}, "usar_todos"),
        ("post", "/api/fundos/maps/selecao", {"nomes": ["não existe"]}, "nomes"),
    ],
)
def test_wrong_fields_are_422(admin: Client, method: str, address: str, body: Any, campo: str) -> None:
    before = names("maps")
    answer = getattr(admin, method)(address, body, content_type=JSON)
    assert answer.status_code == 422
    assert [item["campo"] for item in answer.json()["campos"]] == [campo]
    assert names("maps") == before


def test_only_an_administrador_changes_funds(operador: Client) -> None:
    assert operador.put("/api/fundos/maps", {"fundos": []}, content_type=JSON).status_code == 403
    assert upload(operador, "/api/fundos/maps/importar", "f.csv", b"A").status_code == 403


def test_imports_the_users_workbook_by_column_j_of_sheet_bd(admin: Client) -> None:
    header = ["Código", "Nome do Fundo", *[""] * 7, "Plataforma de coleta"]
    rows = [header, ["1", "Fundo  Um", *[""] * 7, "QORE"], ["2", "Fundo Dois", *[""] * 7, "MAPS"], ["", "", ""]]
    data = workbook(Capa=[["Lista de fundos"]], BD=rows)
    answer = upload(admin, "/api/fundos/qore/importar", "bd.xlsx", data, substituir="true")
    assert answer.status_code == 200, answer.content
    assert (answer.json()["lidos"], answer.json()["novos"]) == (1, 1)
    assert names("qore") == ["Fundo Um"]


def test_imports_a_latin_1_csv_with_a_sistema_column(admin: Client) -> None:
    text = "Relação de fundos\r\n\r\nFundo;Sistema\r\nAÇÕES FIA;fidc\r\nOUTRO;MAPS\r\n"
    answer = upload(admin, "/api/fundos/fidc/importar", "f.csv", text.encode("cp1252"))
    assert answer.json()["novos"] == 1
    assert "AÇÕES FIA" in names("fidc")
    assert "OUTRO" not in names("fidc")


def test_imports_a_plain_list_and_a_named_column(admin: Client) -> None:
    upload(admin, "/api/fundos/geral/importar", "lista.csv", b"A FI\nB FI\nA FI\n")
    assert names(None) == ["A FI", "B FI"]
    data = workbook(Plan1=[["Sigla", "Apelido"], ["ABC", "Meu fundo"]])
    upload(admin, "/api/fundos/geral/importar", "x.xlsx", data, coluna="apelido", substituir="true")
    assert names(None) == ["Meu fundo"]
    upload(admin, "/api/fundos/geral/importar", "x.xlsx", data, coluna="A", substituir="true")
    assert names(None) == ["ABC"]


@pytest.mark.parametrize(
    ("name", "data", "fields", "campo"),
    [
        ("x.csv", b"", {}, "arquivo"),
        ("x.xlsx", b"PK\x03\x04 nada", {}, "arquivo"),
        ("x.xls", b"\xd0\xcf\x11\xe0", {}, "arquivo"),
        ("x.csv", b"\x00\x01\x02", {}, "arquivo"),
        ("x.csv", b"Fundo;Sistema\nA;maps\n", {}, "arquivo"),
        ("x.csv", b"Fundo\nA\n", {"coluna": "Não tem"}, "coluna"),
        ("x.xlsx", workbook(Plan1=[["Fundo"], ["A"]]), {"aba": "Outra"}, "aba"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(
    admin: Client, name: str, data: bytes, fields: dict[str, str], campo: str
) -> None:
    before = names("fidc")
    answer = upload(admin, "/api/fundos/fidc/importar", name, data, substituir="true", **fields)
    assert answer.status_code == 422, answer.content
    assert [item["campo"] for item in answer.json()["campos"]] == [campo]
    assert names("fidc") == before


def test_a_missing_file_is_422(admin: Client) -> None:
    answer = admin.post("/api/fundos/maps/importar", {"aba": "x"})
    assert answer.status_code == 422
    assert answer.json()["campos"][0]["campo"].endswith("arquivo")


def test_a_cell_at_the_far_corner_does_not_become_a_huge_table(admin: Client) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Fundo"])
    sheet.append(["A FI"])
    sheet["XFD60000"] = "longe"
    file = io.BytesIO()
    book.save(file)
    answer = upload(admin, "/api/fundos/geral/importar", "x.xlsx", file.getvalue())
    assert answer.json()["lidos"] == 1


def test_use_all_is_kept_on_the_sistema(admin: Client) -> None:
    admin.put("/api/fundos/fidc", {"usar_todos": False}, content_type=JSON)
    assert not Sistema.objects.get(pk="fidc").usar_todos_fundos
