"""`/api/config`: the whole document out, and back in all or nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from sistemas import calendario
from sistemas.models import Caminho, Fundo, Opcao, Periodo, Sistema

JSON = "application/json"


def post(client: Client, body: Any) -> Any:
    return client.post("/api/config", body, content_type=JSON)


def fields_of(answer: Any) -> list[str]:
    return [item["campo"] for item in answer.json()["campos"]]


def test_gives_period_sistemas_and_the_masked_document_in_one(admin: Client) -> None:
    post(admin, {"maps": {"url": "https://maps.example", "username": "ana", "password": "segredo-muito-secreto"}})
    answer = admin.get("/api/config")
    body = answer.json()
    d1 = calendario.d1().isoformat()
    assert body["versao"]
    assert body["ultimaModificacao"]
    assert body["periodo"] == {"dataInicial": d1, "dataFinal": d1, "usarD1Anbima": True}
    assert body["sistemas"]["fidc"]["fundos"][0]["nome"] == "IPÊ ROXO FIDC"
    assert body["maps"]["password"] == "********"
    assert "segredo-muito-secreto" not in answer.content.decode()
    assert body["amplis"]["reag"].keys() >= {"url", "username", "password"}
    assert body["paths"].keys() >= {"csv", "pdf", "maps", "bd_xlsx", "selenium_temp"}
    assert body["fundos"] == {"selecionados": []}


def test_the_document_goes_back_as_it_came(admin: Client) -> None:
    before = admin.get("/api/config").json()
    answer = post(admin, before)
    assert answer.status_code == 200, answer.content
    assert (answer.json()["success"], answer.json()["status"]) == (True, "success")
    after = admin.get("/api/config").json()
    assert after.pop("ultimaModificacao") >= before.pop("ultimaModificacao")
    assert after == before


def test_saves_every_part(admin: Client) -> None:
    answer = post(
        admin,
        {
            "periodo": {"dataInicial": "03/11/2026", "dataFinal": "2026-11-06", "usarD1Anbima": False},
            "sistemas": {"maps": {"ativo": False, "opcoes": {"pdf": False}}, "cvm": {"ativo": True}},
            "paths": {"csv": "D:\\ETL\\csv", "pdf": "\\\\servidor\\fundos"},
            "fundos": {"selecionados": ["ARAUCÁRIA FIC FIM"]},
            "fidc": {"fundos": ["A FIDC", "B FIDC"], "fundos_selecionados": ["B FIDC"], "usar_todos": False},
        },
    )
    assert answer.status_code == 200, answer.content
    body = admin.get("/api/config").json()
    assert body["periodo"] == {"dataInicial": "2026-11-03", "dataFinal": "2026-11-06", "usarD1Anbima": False}
    assert body["sistemas"]["maps"]["ativo"] is False
    assert body["sistemas"]["maps"]["opcoes"]["pdf"] is False
    assert body["sistemas"]["cvm"]["ativo"] is True
    assert body["paths"]["csv"] == "D:\\ETL\\csv"
    assert body["fundos"]["selecionados"] == ["ARAUCÁRIA FIC FIM"]
    assert body["fidc"]["fundos"] == ["A FIDC", "B FIDC"]
    assert body["fidc"]["fundos_selecionados"] == ["B FIDC"]
    assert not Sistema.objects.get(pk="fidc").usar_todos_fundos


def test_any_wrong_part_saves_none_and_names_every_field(admin: Client) -> None:
    answer = post(
        admin,
        {
            "periodo": {"dataInicial": "2026-11-06", "dataFinal": "2026-11-03", "usarD1Anbima": False},
            "sistemas": {"maps": {"ativo": False, "opcoes": {"pdf": False, "nada": True}}, "xyz": {"ativo": True}},
            "paths": {"csv": "/novo"},
            "fidc": {"usar_todos": "talvez"},
        },
    )
    assert answer.status_code == 422
    assert set(fields_of(answer)) >= {
        "periodo.dataFinal",
        "sistemas.maps.opcoes.nada",
        "sistemas.xyz",
        "fidc.usar_todos",
    }
    assert Sistema.objects.get(pk="maps").ativo
    assert Opcao.objects.get(sistema="maps", nome="pdf").valor
    assert Caminho.objects.get(pk="csv").caminho != "/novo"
    assert Periodo.objects.get().usar_d1_anbima
    assert not Fundo.objects.filter(sistema=None).exists()


@pytest.mark.parametrize(
    ("body", "campo"),
    [
        ({"periodo": {"dataInicial": "2026-13-01"}}, "periodo.dataInicial"),
        ({"periodo": {"dataInicial": "31/02/2026"}}, "periodo.dataInicial"),
        ({"periodo": {"dataInicial": 1760000000}}, "periodo.dataInicial"),
        ({"periodo": {"dataInicial": "1900-01-01"}}, "periodo.dataInicial"),
        ({"periodo": {"usarD1Anbima": "talvez"}}, "periodo.usarD1Anbima"),
        ({"periodo": []}, "periodo"),
        ({"sistemas": []}, "sistemas"),
        ({"sistemas": {"maps": {"ativo": "talvez"}}}, "sistemas.maps.ativo"),
        ({"sistemas": {"maps": {"opcoes": {"pdf": "talvez"}}}}, "sistemas.maps.opcoes.pdf"),
    ],
)
def test_a_wrong_field_is_422_with_its_path(admin: Client, body: Any, campo: str) -> None:
    answer = post(admin, body)
    assert answer.status_code == 422
    assert fields_of(answer) == [campo]


def test_all_that_is_wrong_is_told_at_once_and_nothing_is_saved(admin: Client) -> None:
    body = {
        "periodo": {"dataInicial": "31/02/2026"},
        "sistemas": {"inexistente": {"ativo": True}, "maps": {"ativo": False}},
        "jcot": {"url": 7},
    }
    answer = post(admin, body)
    assert answer.status_code == 422
    assert fields_of(answer) == ["periodo.dataInicial", "sistemas.inexistente", "jcot.url"]
    assert admin.get("/api/sistemas/maps").json()["ativo"] is True


@pytest.mark.parametrize("body", ["[]", "null", '"x"', "", "{"])
def test_a_body_that_is_no_object_is_refused(admin: Client, body: str) -> None:
    answer = admin.post("/api/config", body, content_type=JSON)
    assert answer.status_code in {400, 422}
    assert answer.json()["detail"]


def test_turning_d1_off_brings_the_kept_dates_back(admin: Client) -> None:
    post(admin, {"periodo": {"dataInicial": "2026-11-03", "dataFinal": "2026-11-06", "usarD1Anbima": False}})
    post(admin, {"periodo": {"dataInicial": "2026-01-02", "dataFinal": "2026-01-02", "usarD1Anbima": True}})
    assert Periodo.objects.get().data_inicial is not None
    assert str(Periodo.objects.get().data_inicial) == "2026-11-03"


def test_only_an_administrador_saves(operador: Client, visualizador: Client) -> None:
    assert post(operador, {}).status_code == 403
    assert visualizador.get("/api/config").status_code == 200


def test_paths_alone(admin: Client) -> None:
    assert admin.get("/api/config/paths").json()["csv"].endswith("csv")
    assert admin.put("/api/config/paths", {"csv": " /dados/csv "}, content_type=JSON).status_code == 200
    assert admin.get("/api/config/paths").json()["csv"] == "/dados/csv"
    wrong = admin.put("/api/config/paths", {"csv": "/a\nb", "nada": "/x"}, content_type=JSON)
    assert wrong.status_code == 422
    assert set(fields_of(wrong)) == {"paths.csv", "paths.nada"}
    assert admin.get("/api/config/paths").json()["csv"] == "/dados/csv"
