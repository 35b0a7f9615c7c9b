"""The proof: a hub is run with canary secrets, and they are found nowhere but where they belong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from etl_scripts.demo_portal.portals import base as portal_base
from etl_scripts.demo_portal.portals import maps as portal_maps
from etl_scripts.demo_portal.server import DemoPortal
from tests.canary import hubs
from tests.canary.hubs import Evidence
from tests.canary.scanner import Scanner


@pytest.fixture(scope="module")
def portal() -> Iterator[DemoPortal]:
    """The demo portal, opening to canaries, and so careless as to show a wrong password on the page."""
    usual = portal_base.Portal.refusal

    def careless(self: portal_base.Portal, user: str, password: str) -> str:
        return f"A senha {password} não confere." if password == hubs.WRONG.text else usual(self, user, password)

    with pytest.MonkeyPatch.context() as patch, DemoPortal() as running:
        patch.setattr(portal_base.Portal, "refusal", careless)
        patch.setattr(portal_base, "DEMO_PASSWORD", hubs.GOOD.text)
        patch.setattr(portal_maps, "DEMO_TOTP_SECRET", hubs.TOTP.text)
        yield running


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, portal: DemoPortal) -> Evidence:
    return hubs.own_etl(tmp_path_factory.mktemp("hub"), tmp_path_factory.mktemp("fora"), portal)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    return hubs.hostile_etl(tmp_path_factory.mktemp("hub"), tmp_path_factory.mktemp("fora"))


def test_the_runs_were_real(own: Evidence) -> None:
    """Otherwise finding nothing would prove nothing."""
    assert own.jobs["amplis_reag"]["status"] == "completed", own.jobs["amplis_reag"]
    assert own.collected["maps"] > 0, own.jobs["maps"]
    assert own.jobs["fidc"]["status"] == "error"
    assert "A senha ******** não confere." in own.log_text
    assert list((own.folder / "artefatos").rglob("*.html"))
    assert own.jobs["crash"]["status"] == "error"
    assert own.answers > 50
    assert own.frames > 20
    assert {200, 401, 404, 409, 422} <= own.statuses
    assert any("main.py --config -" in argv for argv in own.watched)
    assert own.valkey_bytes > 1_000_000


def test_own_etl_leaks_nowhere(own: Evidence) -> None:
    assert own.scanner.findings == set()


def test_the_commands_did_their_work(own: Evidence) -> None:
    text = "\n".join(own.outputs)
    for words in ("valor novo", "Backup cifrado gravado", "não é um backup", "Chave nova", "Todos os segredos abrem"):
        assert words in text


def test_the_hostile_command_was_heard_and_masked(hostile: Evidence) -> None:
    assert "senha=********" in hostile.log_text
    assert "RuntimeError: falhou com" in hostile.log_text
    assert hostile.jobs["mostra"]["status"] == "error"
    assert hostile.jobs["fica"]["status"] == "error"
    assert any("hostile_etl.py --config" in argv for argv in hostile.watched)


def test_the_hostile_command_leaks_nowhere_with_debug_on(hostile: Evidence) -> None:
    assert hostile.scanner.findings == set()


def test_nothing_is_left_where_processes_crashed(own: Evidence, hostile: Evidence) -> None:
    assert hubs.leftovers() == []
    for evidence in (own, hostile):
        assert not list((evidence.folder / "tmp").glob("exec-*"))
        assert not list(evidence.folder.rglob("config.json"))


def test_the_scanner_would_have_seen_it_there(own: Evidence, tmp_path: Path) -> None:
    """Planted in this very folder, the same canaries are found."""
    planted = own.folder / "plantado.log"
    planted.write_text(hubs.HELD.text)
    scanner = Scanner(hubs.ALL)
    scanner.tree(own.folder)
    planted.unlink()
    assert hubs.HELD.name in {finding.canary for finding in scanner.findings}
