"""What the settings mean, which claims give which role, and who may still come in by password."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from credentials import backup as sealing
from credentials import redaction
from etlhub.access import Papel
from etlhub.oidc import accounts, config, provider
from etlhub.oidc.config import Misconfigured
from etlhub.operations import backup, restore
from tests.conftest import make_user

PASSWORD = "senha-de-teste"


@pytest.fixture
def oidc(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Settings of a provider that is never asked."""
    monkeypatch.delenv("ETLHUB_OIDC_CLIENT_SECRET", raising=False)
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID = "https://login.exemplo.com.br/", "hub"
    settings.OIDC_PAPEIS, settings.OIDC_NOME = "CN=ETL,OU=Grupos=operador; chefes = administrador ;", "Acme"
    return settings


def login(name: str) -> Any:
    body = {"username": name, "password": PASSWORD}
    return Client().post("/api/auth/login", body, content_type="application/json")


def test_values_of_the_claim_may_hold_commas_and_equals_signs(oidc: Any) -> None:
    assert config.config().papeis == {"CN=ETL,OU=Grupos": Papel.OPERADOR, "chefes": Papel.ADMINISTRADOR}


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("OIDC_CLIENT_ID", "", "CLIENT_ID"),
        ("OIDC_ISSUER", "http://login.exemplo.com.br", "https"),
        ("OIDC_ISSUER", "login.exemplo.com.br", "https"),
        ("OIDC_PAPEIS", "", "ninguém tem papel"),
        ("OIDC_PAPEIS", "chefes", "valor=papel"),
        ("OIDC_PAPEIS", "chefes=dono", "valor=papel"),
    ],
)
def test_a_wrong_setting_is_named(oidc: Any, name: str, value: str, part: str) -> None:
    setattr(oidc, name, value)
    with pytest.raises(Misconfigured, match=part):
        config.config()


def test_the_secret_comes_from_the_variable_or_a_file_and_is_masked(
    oidc: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    oidc.DATA_DIR = tmp_path
    assert config.config().secret() == ""
    (tmp_path / "chaves").mkdir()
    (tmp_path / "chaves" / "oidc_client_secret").write_text("do-arquivo-próprio\n", encoding="utf-8")
    assert config.config().secret() == "do-arquivo-próprio"
    oidc.OIDC_CLIENT_SECRET_FILE = str(tmp_path / "nada")
    with pytest.raises(Misconfigured, match="não existe"):
        config.config().secret()
    monkeypatch.setenv("ETLHUB_OIDC_CLIENT_SECRET", "do-ambiente")
    assert config.config().secret() == "do-ambiente"
    assert "do-ambiente" not in redaction.mask("vazou: do-ambiente")
    assert "do-ambiente" not in repr(config.config())


def test_a_backup_with_keys_brings_the_secret_back(db: None, oidc: Any, tmp_path: Path) -> None:
    oidc.DATA_DIR, oidc.BACKUP_DIR = tmp_path / "data", ""
    keys = tmp_path / "data" / "chaves"
    keys.mkdir(parents=True)
    (keys / "oidc_client_secret").write_text("segredo-do-cliente", encoding="utf-8")
    raw = sealing.seal_content(backup._keys(), "frase-secreta-longa", backup.KEYS_FORM)
    restore._unpack_keys(
        raw, "frase-secreta-longa", tmp_path / "palco", restore.Restored("", "", chaves=False, arquivos=0)
    )
    back = tmp_path / "palco" / "dados" / "chaves" / "oidc_client_secret"
    assert back.read_text(encoding="utf-8").strip() == "segredo-do-cliente"


@pytest.mark.parametrize(
    ("claims", "papel"),
    [
        ({"groups": ["chefes", "CN=ETL,OU=Grupos"]}, Papel.ADMINISTRADOR),
        ({"groups": "CN=ETL,OU=Grupos"}, Papel.OPERADOR),
        ({"groups": [{"nome": "chefes"}, 1, None]}, None),
        ({"groups": {"chefes": True}}, None),
        ({}, None),
    ],
)
def test_the_highest_role_of_the_claim_counts(oidc: Any, claims: dict[str, Any], papel: Papel | None) -> None:
    assert accounts.role_of(config.config(), claims) == papel


def test_a_claim_may_lie_deeper(oidc: Any) -> None:
    oidc.OIDC_CLAIM = "realm_access.roles"
    assert accounts.role_of(config.config(), {"realm_access": {"roles": ["chefes"]}}) is Papel.ADMINISTRADOR
    assert accounts.role_of(config.config(), {"realm_access.roles": ["chefes"]}) is Papel.ADMINISTRADOR
    assert accounts.role_of(config.config(), {"realm_access": "chefes"}) is None


def test_passwords_can_be_switched_off_for_all_but_superusers(db: None, oidc: Any) -> None:
    make_user(Papel.ADMINISTRADOR, "chefe")
    User.objects.create_superuser("emergencia", password=PASSWORD)
    assert login("chefe").status_code == 200
    oidc.LOGIN_LOCAL = False
    refused = login("chefe")
    assert (refused.status_code, "entre com Acme" in refused.json()["detail"]) == (401, True)
    assert login("emergencia").status_code == 200
    assert Client().get("/api/auth/opcoes").json()["senha"] is False
    # Without a provider nobody could come in any more: the setting alone switches nothing off.
    oidc.OIDC_ISSUER = ""
    assert login("chefe").status_code == 200
    assert Client().get("/api/auth/opcoes").json() == {"senha": True, "oidc": None}


def test_without_settings_there_is_no_such_login(db: None) -> None:
    for path in ("/entrar/oidc/", "/entrar/oidc/retorno/?code=x&state=y"):
        answer = Client().get(path)
        assert answer.status_code == 404
    assert "Entrar com" not in Client().get("/entrar/").content.decode()


def test_a_provider_that_answers_nonsense_is_away(oidc: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for said in ({}, {"issuer": oidc.OIDC_ISSUER}, {"issuer": oidc.OIDC_ISSUER, "authorization_endpoint": 7}):
        provider.forget()
        monkeypatch.setattr(provider, "_call", lambda *_, said=said, **__: (200, said))
        with pytest.raises((provider.ProviderAway, Misconfigured)):
            provider.discover(config.config())
    provider.forget()
    plain = {"issuer": oidc.OIDC_ISSUER, "authorization_endpoint": "http://login.exemplo.com.br/a"}
    monkeypatch.setattr(provider, "_call", lambda *_, **__: (200, plain))
    with pytest.raises(Misconfigured, match="precisa ser https"):
        provider.discover(config.config())
    provider.forget()


def test_of_many_visitors_one_asks_a_provider_that_is_away(oidc: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    provider.forget()
    asked, everyone = [], Barrier(8)

    def away(_method: str, url: str, **_: Any) -> Any:
        asked.append(url)
        raise provider.ProviderAway("não respondeu a tempo")

    def visit(_: int) -> str:
        everyone.wait(timeout=10)
        try:
            provider.discover(config.config())
        except provider.ProviderAway as error:
            return error.reason
        return ""

    monkeypatch.setattr(provider, "_call", away)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(visit, range(8))) == {"não respondeu a tempo"}
    assert len(asked) == 1
    provider.forget()
