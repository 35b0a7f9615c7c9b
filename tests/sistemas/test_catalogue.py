"""The catalogue gets into the database once, and never over what users changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from sistemas import catalogue
from sistemas.models import Caminho, Fundo, Opcao, Sistema

pytestmark = pytest.mark.django_db

CONTRACT = {
    "amplis_reag": ("AMPLIS (REAG)", "BarChart3", 1, {"csv": True, "pdf": True}),
    "amplis_master": ("AMPLIS (Master)", "BarChart3", 2, {"csv": True, "pdf": True}),
    "maps": ("MAPS", "Map", 3, {"excel": True, "pdf": True, "ativo": True, "passivo": True}),
    "fidc": ("FIDC", "FileSpreadsheet", 4, {}),
    "jcot": ("JCOT", "Database", 5, {}),
    "britech": ("BRITECH", "Server", 6, {"base_total": True}),
    "qore": ("QORE", "FileCode", 7, {"excel": True, "pdf": True, "lote_pdf": False, "lote_excel": False}),
    "trustee": ("TRUSTEE", "Shield", 8, {}),
}


def test_seeds_the_contracts_catalogue_and_cvm_off() -> None:
    assert len(catalogue.seed()) == 9
    for pk, (nome, icone, ordem, opcoes) in CONTRACT.items():
        sistema = Sistema.objects.get(pk=pk)
        assert (sistema.nome, sistema.icone, sistema.ordem, sistema.ativo) == (nome, icone, ordem, True)
        assert {opcao.nome: opcao.valor for opcao in sistema.opcoes.all()} == opcoes
    assert not Sistema.objects.get(pk="cvm").ativo


def test_makes_the_default_folders_below_the_data_folder() -> None:
    catalogue.seed()
    csv = Path(Caminho.objects.get(pk="csv").caminho)
    assert csv == Path(settings.DATA_DIR) / "downloads" / "csv"
    assert csv.is_dir()
    assert Caminho.objects.get(pk="bd_xlsx").caminho == ""


def test_seeding_again_keeps_what_users_changed_and_adds_what_is_missing() -> None:
    catalogue.seed()
    Sistema.objects.filter(pk="maps").update(nome="Meu MAPS", ordem=99, ativo=False)
    Opcao.objects.filter(sistema="maps", nome="pdf").update(valor=False)
    Opcao.objects.filter(sistema="maps", nome="ativo").delete()
    Fundo.objects.filter(sistema="maps").delete()
    Caminho.objects.filter(pk="csv").update(caminho="/outra")
    Sistema.objects.filter(pk="trustee").delete()
    Caminho.objects.filter(pk="jcot").delete()

    assert catalogue.seed() == ["trustee"]

    sistema = Sistema.objects.get(pk="maps")
    assert (sistema.nome, sistema.ordem, sistema.ativo) == ("Meu MAPS", 99, False)
    assert not Opcao.objects.get(sistema="maps", nome="pdf").valor
    assert Opcao.objects.get(sistema="maps", nome="ativo").valor
    assert not sistema.fundos.exists()
    assert Caminho.objects.get(pk="csv").caminho == "/outra"
    assert Caminho.objects.filter(pk="jcot").exists()


def test_without_the_demo_no_made_up_funds() -> None:
    catalogue.seed(demo=False)
    assert not Fundo.objects.exists()
    assert Sistema.objects.get(pk="maps").usar_todos_fundos


def test_every_folder_of_a_sistema_is_a_known_path() -> None:
    for default in catalogue.CATALOGUE:
        assert set(catalogue.caminhos_of(default.id)) <= catalogue.CAMINHOS.keys()
    assert catalogue.caminhos_of("outro") == ()
