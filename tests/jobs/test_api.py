"""The jobs API: what is wrong is said with its field in Portuguese, and then nothing is stored or started."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from jobs.models import SEQ_BITS, Artifact, Execution, Job, JobStatus, Level, LogEntry, State
from sistemas.models import Sistema
from tests.jobs.conftest import set_login


def post(client: Client, path: str, body: Any) -> Any:
    return client.post(path, body if isinstance(body, str) else json.dumps(body), content_type="application/json")


@pytest.fixture
def ready(operador: Client) -> Client:
    """An operator's browser, with logins for the sistemas that the tests run."""
    for sistema in ("maps", "fidc"):
        set_login(sistema, "say(1)")
    return operador


@pytest.mark.parametrize(
    ("body", "campo", "frase"),
    [
        ({}, "sistemas", "campo obrigatório"),
        ({"sistemas": []}, "sistemas", "escolha ao menos um"),
        ({"sistemas": "maps"}, "sistemas", "deve ser uma lista"),
        ({"sistemas": [1]}, "sistemas.0", "deve ser um texto"),
        ({"sistemas": ["naoexiste"]}, "sistemas", "sistema desconhecido"),
        ({"sistemas": ["cvm"]}, "sistemas", "sistema desativado"),
        ({"sistemas": ["maps"], "data_inicial": "2026-13-01"}, "data_inicial", "data inválida"),
        ({"sistemas": ["maps"], "data_inicial": "1/2/2026"}, "data_inicial", "data inválida"),
        ({"sistemas": ["maps"], "data_final": "31/02/2026"}, "data_final", "data inválida"),
        ({"sistemas": ["maps"], "data_inicial": 20261101}, "data_inicial", "deve ser um texto"),
        (
            {"sistemas": ["maps"], "data_inicial": "2026-11-24", "data_final": "23/11/2026"},
            "data_final",
            "anterior à data inicial",
        ),
        ({"sistemas": ["maps"], "dry_run": "talvez"}, "dry_run", "verdadeiro ou falso"),
        ({"sistemas": ["maps"], "limpar": 1}, "limpar", "verdadeiro ou falso"),
        ({"sistemas": ["maps"], "opcoes": []}, "opcoes", "deve ser um objeto"),
        ({"sistemas": ["maps"], "opcoes": {"fidc": {"csv": True}}}, "opcoes.fidc", "não faz parte"),
        (
            {"sistemas": ["maps"], "opcoes": {"maps": {"cor": True}}},
            "opcoes.maps.cor",
            "opção que este sistema não tem",
        ),
        ({"sistemas": ["maps"], "opcoes": {"maps": {"pdf": "sim"}}}, "opcoes.maps.pdf", "verdadeiro ou falso"),
        ({"sistemas": ["maps"], "surpresa": 1}, "surpresa", "campo desconhecido"),
        ("{", None, "JSON"),
        ("", None, "o corpo do pedido está vazio"),
        ([], None, ""),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_started(ready: Client, body: Any, campo: str | None, frase: str) -> None:
    answer = post(ready, "/api/execute", body)
    assert answer.status_code == (400 if body == "{" else 422)
    data = answer.json()
    assert frase in data["detail"]
    assert (data["status"], data["success"]) == ("error", False)
    if campo:
        assert campo in [each["campo"] for each in data["campos"]]
    assert not Job.objects.exists()
    assert not Execution.objects.exists()


def test_every_wrong_field_is_told_at_once(ready: Client) -> None:
    body = {"sistemas": ["x", "cvm"], "data_inicial": "ontem", "data_final": "amanhã"}
    campos = [each["campo"] for each in post(ready, "/api/execute", body).json()["campos"]]
    assert campos == ["sistemas", "sistemas", "data_inicial", "data_final"]


def test_both_forms_of_a_date_are_taken(ready: Client) -> None:
    answer = post(
        ready, "/api/execute", {"sistemas": ["maps"], "data_inicial": "20/11/2026", "data_final": "2026-11-23"}
    )
    assert answer.status_code == 200
    data = answer.json()
    assert (data["success"], data["status"]) == (True, "started")
    job = Job.objects.get(pk=data["job_id"])
    assert (str(job.data_inicial), str(job.data_final), job.type) == ("2026-11-20", "2026-11-23", "etl_pipeline")


def test_no_dates_mean_the_default_period(ready: Client) -> None:
    answer = post(ready, "/api/execute/maps", {"data_inicial": None, "data_final": None})
    job = Job.objects.get(pk=answer.json()["job_id"])
    assert job.data_inicial is not None
    assert job.data_final is None
    assert job.type == "etl_single"


def test_one_sistema_may_be_run_without_a_body(ready: Client) -> None:
    answer = post(ready, "/api/execute/fidc", "")
    assert answer.status_code == 200, answer.content


def test_an_unknown_sistema_in_the_path_is_refused(ready: Client) -> None:
    answer = post(ready, "/api/execute/naoexiste", {})
    assert (answer.status_code, answer.json()["campos"][0]["campo"]) == (422, "sistemas")


@pytest.mark.parametrize("unknown", ["999", "0", "-1", "2147483648", "9223372036854775808", "9" * 40])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/api/jobs/{}"),
        ("get", "/api/jobs/{}/logs"),
        ("get", "/api/jobs/{}/logs/download"),
        ("get", "/api/jobs/{}/artefatos"),
        ("get", "/api/jobs/{}/transicoes"),
        ("get", "/api/artefatos/{}/download"),
        ("post", "/api/jobs/{}/retry"),
        ("post", "/api/cancel/{}"),
    ],
)
def test_an_unknown_id_is_a_404_with_a_sentence(operador: Client, method: str, path: str, unknown: str) -> None:
    answer = getattr(operador, method)(path.format(unknown))
    assert answer.status_code == 404
    assert answer.json()["detail"].endswith("encontrada.") or answer.json()["detail"].endswith("encontrado.")


@pytest.mark.parametrize(
    ("path", "campo"),
    [
        ("/api/jobs/abc", "job_id"),
        ("/api/jobs?limit=0", "limit"),
        ("/api/jobs?limit=501", "limit"),
        ("/api/jobs?offset=-1", "offset"),
        ("/api/jobs?status=pronto", "status"),
        ("/api/jobs?de=ontem", "de"),
        ("/api/jobs/history?limit=x", "limit"),
        ("/api/stats?dias=0", "dias"),
    ],
)
def test_a_wrong_query_is_a_422_with_its_field(operador: Client, path: str, campo: str) -> None:
    answer = operador.get(path)
    assert answer.status_code == 422
    assert [each["campo"] for each in answer.json()["campos"]] == [campo]


def test_a_code_for_an_unknown_run_is_a_404(operador: Client) -> None:
    for number in (999, 9 * 10**40):
        assert post(operador, f"/api/jobs/{number}/codigo", {"execution_id": number, "valor": "1"}).status_code == 404


def test_a_wrong_level_is_a_422(operador: Client) -> None:
    job = Job.objects.create()
    answer = operador.get(f"/api/jobs/{job.pk}/logs?level=GRAVE")
    assert (answer.status_code, answer.json()["campos"][0]["campo"]) == (422, "level")


def test_total_counts_all_that_match(operador: Client) -> None:
    for number in range(7):
        Job.objects.create(status=JobStatus.COMPLETED if number % 2 else JobStatus.ERROR)
    data = operador.get("/api/jobs?status=completed&limit=2&offset=1").json()
    assert (data["total"], data["limit"], data["offset"], len(data["jobs"])) == (3, 2, 1, 2)
    assert [job["id"] for job in operador.get("/api/jobs/history?limit=3").json()] == sorted(
        Job.objects.values_list("pk", flat=True), reverse=True
    )[:3]


def test_a_job_has_the_contracts_shape(operador: Client) -> None:
    job = Job.objects.create(params={"sistemas": ["maps"]})
    Execution.objects.create(job=job, sistema=Sistema.objects.get(pk="maps"))
    data = operador.get(f"/api/jobs/{job.pk}").json()
    names = "id type status params sistemas logs error_message created_at started_at finished_at duracao_segundos"
    assert set(names.split()) <= set(data)
    assert data["params"] == {"sistemas": ["maps"]}
    assert data["created_at"][-6] in "+-"
    assert {"status", "progresso", "mensagem"} <= set(data["sistemas"][0])


def test_the_last_lines_are_given_when_asked_for(operador: Client) -> None:
    job = Job.objects.create(log_seq=30)
    LogEntry.objects.bulk_create(
        LogEntry(id=(job.pk << SEQ_BITS) + n, level=Level.INFO, sistema="X", mensagem=str(n), timestamp=job.created_at)
        for n in range(1, 31)
    )
    data = operador.get(f"/api/jobs/{job.pk}/logs?ultimas=true&limit=5&before=21").json()
    assert [line["seq"] for line in data["logs"]] == [16, 17, 18, 19, 20]
    assert (data["total"], data["first"]) == (30, 1)


def test_a_file_outside_our_folders_is_not_given_out(operador: Client) -> None:
    job = Job.objects.create()
    execution = Execution.objects.create(job=job, sistema_id="maps", status=State.SUCCESS)
    outside = Artifact.objects.create(
        job=job,
        execution=execution,
        sistema_id="maps",
        nome="passwd",
        caminho="/etc/passwd",
        tamanho=1,
        sha256="0" * 64,
    )
    answer = operador.get(f"/api/artefatos/{outside.pk}/download")
    assert answer.status_code == 404


def test_a_refused_password_is_not_tried_again_by_itself(ready: Client) -> None:
    from credentials import vault

    vault.mark_rejected("maps", "senha_incorreta", "Usuário ou senha inválidos.")
    answer = post(ready, "/api/execute", {"sistemas": ["maps", "fidc"]})
    states = {
        each["sistema_id"]: (each["estado"], each["codigo"])
        for each in ready.get(f"/api/jobs/{answer.json()['job_id']}").json()["sistemas"]
    }
    assert states["maps"] == ("error", "senha_recusada")
    assert states["fidc"][0] == "queued"
    (line,) = ready.get(f"/api/jobs/{answer.json()['job_id']}/logs").json()["logs"]
    assert (line["level"], line["sistema"]) == ("ERROR", "MAPS")
    assert "o portal recusou o login" in line["mensagem"]
    insisting = post(ready, "/api/execute", {"sistemas": ["maps"], "insistir": True})
    again = ready.get(f"/api/jobs/{insisting.json()['job_id']}").json()
    assert again["sistemas"][0]["estado"] == "queued"


def test_stats_count_what_happened(operador: Client) -> None:
    for status in (JobStatus.COMPLETED, JobStatus.COMPLETED, JobStatus.ERROR):
        Job.objects.create(status=status)
    data = operador.get("/api/stats").json()
    assert (data["hoje"]["execucoes"], data["hoje"]["sucesso"], data["hoje"]["erro"]) == (3, 2, 1)
    assert data["taxa_sucesso"] == pytest.approx(0.6667)
    assert data["por_dia"][-1]["sucesso"] == 2
    assert {each["id"] for each in data["por_sistema"]} >= {"maps", "fidc"}
    assert any(each["tipo"] == "redis" for each in data["atencao"])


def test_an_unknown_api_path_is_json(operador: Client) -> None:
    answer = operador.get("/api/nada/disso")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    ("method", "path"), [("delete", "/api/sistemas"), ("put", "/api/config"), ("get", "/api/execute")]
)
def test_a_method_that_an_address_does_not_have_is_told_in_json(operador: Client, method: str, path: str) -> None:
    answer = getattr(operador, method)(path)
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/json")
    assert answer.json()["detail"] == "Método não permitido neste endereço."
    assert answer["Allow"]
