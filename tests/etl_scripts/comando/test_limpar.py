"""`limpar`: only what the manifest says we made, only inside the sistema's folders, never through a link."""

from __future__ import annotations

import os
import subprocess
from datetime import date
from pathlib import Path

import pytest

from etl_scripts.configuracao import ItemManifesto
from etl_scripts.limpeza import limpar, pasta_de
from etl_scripts.manifesto import Manifesto, sha256_de

from .bancada import Bancada


def item(caminho: Path, sha256: str | None = None) -> ItemManifesto:
    conteudo = sha256 or sha256_de(caminho)
    return ItemManifesto(
        "ar", "", "2026-11-24", conteudo, str(caminho), caminho.stat().st_size if caminho.exists() else 1
    )


def test_our_files_go_to_the_trash_before_the_run(bancada: Bancada) -> None:
    primeira = bancada.rodar("amplis_master", "--no-pdf")
    alheio = bancada.base / "csv" / "planilha do analista.xlsx"
    alheio.write_bytes(b"minha")
    saida = bancada.rodar("amplis_master", "--no-pdf", "--limpar", manifesto=primeira.manifesto())

    assert saida.codigo == 0
    assert alheio.read_bytes() == b"minha"
    assert len(saida.do_tipo("movido")) == 2
    arquivos = bancada.arquivos("csv")
    assert sum(nome.startswith(".lixeira") for nome in arquivos) == 2
    assert {"CarteiraDiaria_20261124.csv", "cp2.csv"} <= set(arquivos)
    assert [artefato["situacao"] for artefato in saida.artefatos] == ["novo", "novo"]


def test_dry_run_only_lists_them(bancada: Bancada) -> None:
    primeira = bancada.rodar("amplis_master", "--no-pdf")
    saida = bancada.rodar("amplis_master", "--no-pdf", "--limpar", "--dry-run", manifesto=primeira.manifesto())

    assert "cp2.csv iria para a lixeira" in saida.texto
    assert len(saida.do_tipo("plano")[0]["itens"]) == 2, "what goes to the trash would be fetched again"
    assert saida.do_tipo("movido") == []
    assert bancada.arquivos("csv") == ["CarteiraDiaria_20261124.csv", "cp2.csv"]


def test_a_file_changed_since_is_left_alone(tmp_path: Path) -> None:
    arquivo = tmp_path / "ar.csv"
    arquivo.write_text("mudado")
    limpar("fidc", [tmp_path], Manifesto([item(arquivo, "0" * 64)]), simular=False)

    assert arquivo.read_text() == "mudado"


@pytest.mark.parametrize("caminho", ["../fora.csv", "/etc/hostname", "sub/../../fora.csv", ".lixeira/2026-01-01/a.csv"])
def test_nothing_outside_the_folder_is_ours(tmp_path: Path, caminho: str) -> None:
    pasta = tmp_path / "pasta"
    pasta.mkdir()
    alvo = Path(caminho) if caminho.startswith("/") else Path(f"{pasta}{os.sep}{caminho}")

    assert pasta_de(ItemManifesto("ar", "", "2026-11-24", "0", str(alvo), 1), [pasta]) is None


def fazer_atalho(atalho: Path, pasta: Path) -> None:
    """A link to a folder: a junction on Windows, where it needs no privilege."""
    if os.name == "nt":
        subprocess.run(["cmd", "/c", "mklink", "/J", str(atalho), str(pasta)], check=True, capture_output=True)
    else:
        atalho.symlink_to(pasta, target_is_directory=True)


def test_never_through_a_link(tmp_path: Path) -> None:
    pasta, fora = tmp_path / "pasta", tmp_path / "fora"
    pasta.mkdir()
    fora.mkdir()
    (fora / "ar.csv").write_text("de outro")
    fazer_atalho(pasta / "atalho", fora)
    manifesto = Manifesto([item(pasta / "atalho" / "ar.csv")])
    limpar("fidc", [pasta], manifesto, simular=False)

    assert (fora / "ar.csv").read_text() == "de outro"


def test_the_trash_is_no_way_out_of_the_folder(tmp_path: Path) -> None:
    pasta, fora = tmp_path / "pasta", tmp_path / "fora"
    pasta.mkdir()
    fora.mkdir()
    fazer_atalho(pasta / ".lixeira", fora)
    (pasta / "ar.csv").write_text("nosso")
    limpar("fidc", [pasta], Manifesto([item(pasta / "ar.csv")]), simular=False)

    assert (pasta / "ar.csv").read_text() == "nosso"
    assert list(fora.iterdir()) == []


def test_the_trash_is_emptied_after_its_retention(tmp_path: Path) -> None:
    velho, novo = tmp_path / ".lixeira" / "2020-01-01", tmp_path / ".lixeira" / date.today().isoformat()
    outro = tmp_path / ".lixeira" / "guardar"
    for pasta in (velho, novo, outro):
        pasta.mkdir(parents=True)
        (pasta / "a.csv").write_text("x")
    limpar("fidc", [tmp_path], Manifesto([]), simular=False)

    assert not velho.exists()
    assert novo.exists()
    assert outro.exists()
