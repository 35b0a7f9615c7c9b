"""The vault in admin: secrets go in and never come out; the import by upload; the audit only to read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from credentials import document, legacy, store
from credentials.models import AuditEntry, Credential

LIST = "/admin/credentials/credential/"
CHANGE = f"{LIST}maps/change/"
IMPORT = f"{LIST}importar-arquivos/"


@pytest.fixture
def staff(admin: Client) -> Client:
    User.objects.update(is_staff=True)
    return admin


def form(**changes: str) -> dict[str, str]:
    row = Credential.objects.get(pk="maps")
    return {"url": row.url, "username": row.username, "versao_lida": str(row.versao), "_save": "1"} | changes


def secrets() -> dict[str, str]:
    return store.open_many(["maps"])["maps"].secrets


def test_every_sistema_is_listed_with_what_it_lacks(staff: Client) -> None:
    page = staff.get(LIST).content.decode()
    for name in ("MAPS", "TRUSTEE", "falta preencher", "Importar do programa antigo"):
        assert name in page


def test_a_secret_goes_in_and_never_comes_out(staff: Client) -> None:
    staff.get(LIST)
    answer = staff.post(CHANGE, form(url="https://m.example", username="ana", password="s3gredo&x"))
    assert answer.status_code == 302, answer.content.decode()
    assert secrets() == {"password": "s3gredo&x"}
    page = staff.get(CHANGE).content.decode()
    assert "s3gredo" not in page
    assert "Guardada no cofre. Deixe vazio para manter." in page
    assert "https://m.example" in page

    staff.post(CHANGE, form(username="bia"))
    assert secrets() == {"password": "s3gredo&x"}
    staff.post(CHANGE, form(apagar_password="on"))
    assert secrets() == {}
    assert list(AuditEntry.objects.order_by("id").values_list("acao", "campo", "origem")) == [
        ("alteracao", "url", "127.0.0.1"),
        ("alteracao", "username", "127.0.0.1"),
        ("alteracao", "password", "127.0.0.1"),
        ("alteracao", "username", "127.0.0.1"),
        ("remocao", "password", "127.0.0.1"),
    ]


def test_wrong_values_are_told_by_field(staff: Client) -> None:
    staff.get(LIST)
    page = staff.post(CHANGE, form(url="javascript:x", totp="não é", password="valor-novo")).content.decode()
    assert "endereço inválido" in page
    assert "o segredo do autenticador deve ser" in page
    assert "valor-novo" not in page
    assert secrets() == {}


def test_an_edit_on_an_old_page_is_refused(staff: Client) -> None:
    staff.get(LIST)
    old = form(password="minha")
    document.save_document({"maps": {"password": "de outra pessoa"}}, actor="bia")
    page = staff.post(CHANGE, old).content.decode()
    assert "Outra pessoa alterou" in page
    assert secrets() == {"password": "de outra pessoa"}


def test_import_by_upload(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    content = {"jcot": {"url": "https://j.example", "username": "ana", "password": "senha-jcot"}}

    def upload(**button: str) -> str:
        files: dict[str, Any] = {
            "credenciais": SimpleUploadedFile("credentials.json", json.dumps(content).encode()),
            "estado": SimpleUploadedFile("sistemas_state.json", b'{"qore": {"ativo": false}}'),
        }
        return str(staff.post(IMPORT, files | button).content.decode())

    assert "Mostrar o que mudaria" in staff.get(IMPORT).content.decode()
    page = upload(simular="1")
    assert "nada foi gravado" in page
    assert "jcot.password: (vazio) → ******** (valor novo)" in page
    assert "senha-jcot" not in page
    assert document.masked_section("jcot")["password"] == ""

    page = upload(importar="1")
    assert "Apague o arquivo credentials.json" in page
    assert document.masked_section("jcot")["password"] == "********"
    assert AuditEntry.objects.filter(acao=AuditEntry.Acao.IMPORTACAO, quem="administrador").exists()
    assert "Nada a mudar" in upload(importar="1")


def test_import_refusals_are_sentences(staff: Client) -> None:
    assert "Escolha ao menos um arquivo" in staff.post(IMPORT, {"simular": "1"}).content.decode()
    broken = SimpleUploadedFile("credentials.json", b"{senha")
    assert "não é um JSON válido" in staff.post(IMPORT, {"credenciais": broken}).content.decode()
    huge = SimpleUploadedFile("credentials.json", b" " * (legacy.MAX_FILE_BYTES + 1))
    assert staff.post(IMPORT, {"credenciais": huge}).status_code in (200, 400, 413)


def test_the_audit_is_only_read(staff: Client) -> None:
    document.save_document({"maps": {"password": "um-segredo"}}, actor="ana")
    page = staff.get("/admin/credentials/auditentry/").content.decode()
    assert "alterada" in page
    assert "um-segredo" not in page
    entry = AuditEntry.objects.get()
    assert staff.post(f"/admin/credentials/auditentry/{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert staff.get("/admin/credentials/auditentry/add/").status_code == 403


def test_only_administrators(operador: Client) -> None:
    User.objects.update(is_staff=True)
    for path in (LIST, CHANGE, IMPORT, "/admin/credentials/auditentry/"):
        assert operador.get(path).status_code == 403
