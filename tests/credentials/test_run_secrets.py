"""A run gets its own sistemas' secrets in clear and nothing else; what cannot log in is said in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import LazySettings

from credentials import store, vault
from credentials.models import AuditEntry, Credential, Secret
from etlhub.errors import HubError
from sistemas.models import Caminho, Fundo

ALTERACAO = AuditEntry.Acao.ALTERACAO


def hold(sistema_id: str, password: str = "Senha!Canário-1", **secrets: str) -> None:
    change = store.Change(
        url=f"https://{sistema_id}.example", username="ana", secrets={"password": password, **secrets}
    )
    store.apply(sistema_id, change, quem="ana", acao=ALTERACAO)


def test_document_has_only_the_sections_asked_for(sistemas: list[str]) -> None:
    hold("amplis_reag")
    hold("amplis_master", "outra-senha")
    hold("maps", totp="JBSWY3DPEHPK3PXP")
    Fundo.objects.create(sistema_id="maps", nome="FUNDO A")
    Fundo.objects.create(sistema_id=None, nome="GERAL")
    Caminho.objects.filter(chave="csv").update(caminho=r"\\servidor\csv")

    run = vault.run_secrets(["amplis_reag", "maps"], actor="bia")

    assert run.document == {
        "version": "2.0",
        "amplis": {
            "reag": {"url": "https://amplis_reag.example", "username": "ana", "password": "Senha!Canário-1"},
        },
        "maps": {
            "url": "https://maps.example",
            "username": "ana",
            "password": "Senha!Canário-1",
            "totp": "JBSWY3DPEHPK3PXP",
            "fundos": ["FUNDO A"],
            "fundos_selecionados": ["FUNDO A"],
            "usar_todos": True,
        },
        "paths": dict(Caminho.objects.values_list("chave", "caminho")),
        "fundos": {"selecionados": ["GERAL"]},
    }
    assert run.document["paths"]["csv"] == r"\\servidor\csv"
    assert run.secrets == ["JBSWY3DPEHPK3PXP", "Senha!Canário-1"]
    assert "Senha" not in repr(run)
    assert "JBSW" not in repr(run)


def test_a_run_gets_its_folders_with_the_hub_s_variables_replaced(
    sistemas: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold("jcot")
    monkeypatch.setenv("PASTA_DOS_FUNDOS", str(tmp_path))
    for chave, caminho in (("jcot", "${PASTA_DOS_FUNDOS}/jcot"), ("pdf", "%NAO_EXISTE_AQUI%/pdf")):
        Caminho.objects.filter(chave=chave).update(caminho=caminho)
    paths = vault.run_secrets(["jcot"], actor="bia").document["paths"]
    assert paths["jcot"] == str(tmp_path / "jcot")
    assert paths["pdf"] == "%NAO_EXISTE_AQUI%/pdf", "the run says why it cannot be used"
    assert Caminho.objects.get(chave="jcot").caminho == "${PASTA_DOS_FUNDOS}/jcot"


def test_reading_for_use_is_audited_without_the_value(sistemas: list[str]) -> None:
    hold("maps", totp="JBSWY3DPEHPK3PXP")
    vault.run_secrets(["maps"], actor="bia")
    entries = AuditEntry.objects.filter(acao=AuditEntry.Acao.LEITURA)
    assert {(entry.quem, entry.sistema, entry.campo) for entry in entries} == {
        ("bia", "maps", "password"),
        ("bia", "maps", "totp"),
    }


def test_nothing_secret_is_stored_in_clear(sistemas: list[str]) -> None:
    hold("jcot", "segredo-em-claro")
    secret = Secret.objects.get()
    assert b"segredo" not in bytes(secret.selado)


def test_a_ciphertext_moved_to_another_place_does_not_open(sistemas: list[str]) -> None:
    hold("jcot")
    hold("britech")
    moved = Secret.objects.get(credential_id="jcot")
    Secret.objects.filter(credential_id="britech").update(selado=bytes(moved.selado))
    with pytest.raises(vault.CredentialProblem) as caught:
        vault.run_secrets(["britech"], actor="bia")
    assert caught.value.codigo == "precisa_informar_de_novo"
    assert "precisa ser informada de novo" in caught.value.message
    vault.run_secrets(["jcot"], actor="bia")


def test_a_lost_key_is_a_state_not_a_crash(sistemas: list[str], settings: LazySettings) -> None:
    hold("jcot")
    settings.CREDENTIAL_KEYS = ["outra chave"]
    assert vault.check_startable(["jcot"])["jcot"].codigo == "precisa_informar_de_novo"
    hold("jcot", "de-novo")
    assert vault.check_startable(["jcot"]) == {}


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        (store.Change(), "endereço"),
        (store.Change(url="https://x.example"), "usuário"),
        (store.Change(url="https://x.example", username="ana"), "senha"),
    ],
)
def test_what_is_missing_is_named(sistemas: list[str], change: store.Change, missing: str) -> None:
    store.apply("qore", change, quem="ana", acao=ALTERACAO)
    with pytest.raises(vault.CredentialProblem, match=missing) as caught:
        vault.run_secrets(["qore"], actor="bia")
    assert caught.value.codigo == "sem_credencial"


@pytest.mark.parametrize("motivo", ["O portal recusou: “Senha inválida.”", "senha velha", "Bloqueada!", ""])
def test_a_refusal_is_told_in_whole_sentences(motivo: str) -> None:
    told = vault.refusal("FIDC", Credential(recusada_motivo=motivo)).message
    assert f"recusou o login. {motivo}" in told
    assert re.search(r"[.!”] Corrija a senha em", told)


def test_a_refused_password_stops_the_next_job_until_it_changes(sistemas: list[str]) -> None:
    hold("fidc")
    versao = vault.run_secrets(["fidc"], actor="bia").versoes["fidc"]
    vault.mark_rejected("fidc", "senha_incorreta", "Usuário ou senha inválidos.", versao=versao)

    problem = vault.check_startable(["fidc", "jcot"])["fidc"]
    assert problem.codigo == "senha_recusada"
    assert "Usuário ou senha inválidos. Corrija a senha em" in problem.message
    assert "fidc" not in vault.check_startable(["fidc"], insist=True)

    hold("fidc", "nova-senha")
    assert vault.check_startable(["fidc"]) == {}
    vault.mark_rejected("fidc", "senha_incorreta", "tentativa com a senha velha", versao=versao)
    assert vault.check_startable(["fidc"]) == {}


def test_other_failures_are_no_refusal_and_a_good_login_lifts_one(sistemas: list[str]) -> None:
    hold("fidc")
    vault.mark_rejected("fidc", "portal_fora", "fora do ar")
    assert Credential.objects.get().recusada_codigo == ""
    vault.mark_rejected("fidc", "conta_bloqueada", "bloqueada")
    vault.clear_rejected("fidc")
    assert vault.check_startable(["fidc"]) == {}


def test_the_users_own_command_is_started_with_what_there_is(sistemas: list[str], settings: LazySettings) -> None:
    settings.ETL_COMMAND = ["python", "main.py"]
    vault.seed_demo(["maps"])
    assert vault.check_startable(["maps", "jcot"]) == {}
    document = vault.run_secrets(["maps", "jcot"], actor="bia").document
    assert document["jcot"] == {"url": "", "username": "", "password": ""}
    assert document["maps"]["url"] == "demo://maps"


def test_demo_fills_only_what_is_empty_and_resolves_when_the_portal_is_on(
    sistemas: list[str], settings: LazySettings
) -> None:
    hold("jcot")
    assert vault.seed_demo(["jcot", "maps", "qore"]) == ["maps", "qore"]
    assert vault.seed_demo(["jcot", "maps", "qore"]) == []
    with pytest.raises(HubError, match="demonstração não está ligado"):
        vault.run_secrets(["maps"], actor="bia")
    settings.DEMO_URL = "http://127.0.0.1:4555"
    document = vault.run_secrets(["maps", "qore"], actor="bia").document
    assert document["maps"]["url"] == "http://127.0.0.1:4555/maps/"
    assert document["maps"]["totp"]
    assert "totp" not in document["qore"]
