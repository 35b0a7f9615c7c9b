"""Keys come from several places, rotate while the hub runs, and a lost one is told by row."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from credentials import dpapi, keys, rotation, store
from credentials.crypto import KeyRing, NoKeyOpens, derive
from credentials.models import AuditEntry, Secret
from etlhub.errors import HubError


def hold(sistema_id: str, password: str) -> None:
    store.apply(sistema_id, store.Change(secrets={"password": password}), quem="ana", acao=AuditEntry.Acao.ALTERACAO)


def run(*args: str) -> str:
    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def test_a_value_opens_only_in_its_place_and_unaltered() -> None:
    ring = KeyRing(["uma"])
    sealed = ring.seal("segredo", "maps", "password")
    assert ring.open(sealed, "maps", "password") == "segredo"
    altered = type(sealed)(sealed.key_id, sealed.data[:-1] + bytes([sealed.data[-1] ^ 1]))
    for wrong, sistema, campo in [
        (sealed, "jcot", "password"),
        (sealed, "maps", "totp"),
        (altered, "maps", "password"),
        (type(sealed)(sealed.key_id, b"curto"), "maps", "password"),
    ]:
        with pytest.raises(NoKeyOpens):
            ring.open(wrong, sistema, campo)
    with pytest.raises(NoKeyOpens):
        KeyRing(["outra"]).open(sealed, "maps", "password")
    assert ring.seal("segredo", "maps", "password").data != sealed.data
    assert "segredo" not in repr(sealed)


def test_order_of_sources(tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CREDENTIAL_KEYS = ["da variável", "antiga"]
    named = tmp_path / "chaves.txt"
    named.write_text("do arquivo 1\r\ndo arquivo 2\n", encoding="utf-8-sig")
    (tmp_path / keys.SYSTEMD_NAME).write_text("do systemd")
    monkeypatch.setenv("ETLHUB_CREDENTIAL_KEYS_FILE", str(named))
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    expected = ["do arquivo 1", "do arquivo 2", "do systemd", "da variável", "antiga"]
    assert keys.keyring().ids == [derive(text).id for text in expected]


def test_a_named_file_that_is_missing_is_said(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETLHUB_CREDENTIAL_KEYS_FILE", "/nao/existe")
    with pytest.raises(HubError, match="não existe"):
        keys.keyring()


def test_windows_keys_come_first_there(tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dpapi, "AVAILABLE", True)
    monkeypatch.setattr(dpapi, "unprotect", lambda data: data[::-1])
    keys.dpapi_file().parent.mkdir()
    keys.dpapi_file().write_bytes(b"swodniw od")
    assert keys.keyring().current.id == derive("do windows").id


def test_dpapi_elsewhere_says_so() -> None:
    if not dpapi.AVAILABLE:
        with pytest.raises(dpapi.DpapiError, match="Windows"):
            dpapi.protect(b"x")
        with pytest.raises(CommandError, match="Só existe no Windows"):
            run("protect_credential_keys")


def test_a_new_key_reaches_this_process_without_a_restart(
    sistemas: list[str], tmp_path: Path, settings: LazySettings
) -> None:
    keys.own_file().parent.mkdir(parents=True, exist_ok=True)
    keys.own_file().write_text("primeira\n")
    settings.CREDENTIAL_KEYS = ["primeira"]
    hold("maps", "senha-1")
    hold("jcot", "senha-2")
    shown = run("rotate_credentials", "--nova-chave")
    assert "Cifrados de novo e conferidos: 2" in shown
    assert "podem ser retiradas" in shown
    assert set(Secret.objects.values_list("key_id", flat=True)) == {keys.keyring().current.id}
    assert store.open_many(["maps"])["maps"].secrets == {"password": "senha-1"}

    keys.own_file().write_text(keys.own_file().read_text().splitlines()[0])
    settings.CREDENTIAL_KEYS = [keys.own_file().read_text()]
    assert store.open_many(["jcot"])["jcot"].secrets == {"password": "senha-2"}


def test_rotation_goes_on_where_it_stopped(
    sistemas: list[str], settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, sistema_id in enumerate(sistemas):
        hold(sistema_id, f"senha-{number}")
    settings.CREDENTIAL_KEYS = ["nova", "chave-de-teste"]
    real, seen = rotation._reseal, []

    def dies_at_third(ring: KeyRing, secret: Secret, quem: str) -> bool:
        seen.append(secret)
        if len(seen) == 3:
            raise KeyboardInterrupt
        return real(ring, secret, quem)

    monkeypatch.setattr(rotation, "_reseal", dies_at_third)
    with pytest.raises(KeyboardInterrupt):
        rotation.rotate(quem="ana")
    monkeypatch.setattr(rotation, "_reseal", real)
    done = rotation.rotate(quem="ana")
    assert (done.rotated, done.current) == (len(sistemas) - 2, 2)
    assert store.open_many(sistemas)["maps"].secrets == {"password": f"senha-{sistemas.index('maps')}"}


def test_a_row_changed_during_rotation_is_left_alone(sistemas: list[str], settings: LazySettings) -> None:
    hold("maps", "velha")
    read = Secret.objects.get()
    hold("maps", "nova")
    settings.CREDENTIAL_KEYS = ["outra", "chave-de-teste"]
    assert rotation._reseal(keys.keyring(), read, "ana") is False
    assert store.open_many(["maps"])["maps"].secrets == {"password": "nova"}


def test_rows_that_no_key_opens_are_named(sistemas: list[str], settings: LazySettings) -> None:
    hold("maps", "a")
    assert "Todos os segredos abrem" in run("check_credentials")
    settings.CREDENTIAL_KEYS = ["nova"]
    hold("jcot", "b")
    with pytest.raises(CommandError, match="1 segredo"):
        run("check_credentials")
    with pytest.raises(CommandError, match=r"maps\.password"):
        run("rotate_credentials")
