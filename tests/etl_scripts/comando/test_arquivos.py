"""Names, ZIPs and filing: nothing leaves its folder, nothing is overwritten that is not ours, nothing is half there."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_scripts import zips
from etl_scripts.arquivos import colocar
from etl_scripts.erros import ArquivoInvalido, Falha
from etl_scripts.nomes import NOME_MAXIMO, OCTETOS_MAXIMOS, nome_da_resposta, nome_seguro, parte_segura
from etl_scripts.verificacao import descobrir_tipo


@given(st.text(max_size=400))
def test_any_text_becomes_a_name_that_stays_in_its_folder(texto: str) -> None:
    for nome in (nome_seguro(texto), parte_segura(texto)):
        assert 0 < len(nome) <= NOME_MAXIMO
        assert len(nome.encode()) <= OCTETOS_MAXIMOS
        assert not set(nome) & set('/\\:*?"<>|\0\n\r')
        assert nome not in {".", ".."}
        assert nome == nome.strip()
        assert not nome.endswith(".")
        assert Path(nome).name == nome


@pytest.mark.parametrize(
    ("bruto", "nome"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\x.csv", "x.csv"),
        ("NUL.csv", "_NUL.csv"),
        ("com1", "_com1"),
        ("relatório\u202egpj.exe", "relatóriogpj.exe"),
        ("...", "arquivo"),
        ("", "arquivo"),
        (" a . ", "a"),
        ("x" * 300 + ".csv", "x" * 139 + ".csv"),
    ],
)
def test_names_that_harm(bruto: str, nome: str) -> None:
    assert nome_seguro(bruto) == nome


@pytest.mark.parametrize(
    ("disposicao", "nome"),
    [
        ('attachment; filename="a.csv"', "a.csv"),
        ("attachment; filename=a.csv", "a.csv"),
        ("attachment; filename=\"Posi__o.csv\"; filename*=UTF-8''Posi%C3%A7%C3%A3o.csv", "Posição.csv"),
        ("attachment; filename=y.csv; filename*=nada''x%C3.csv", "y.csv"),
        ("attachment", "fim.csv"),
        ("", "fim.csv"),
    ],
)
def test_the_name_in_an_answer(disposicao: str, nome: str) -> None:
    assert nome_da_resposta(disposicao, "http://portal/pasta/fim.csv?x=1") == nome


def fazer_zip(caminho: Path, *membros: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(caminho, "w", zipfile.ZIP_DEFLATED) as pacote:
        for nome, conteudo in membros:
            pacote.writestr(nome, conteudo)
    return caminho


def test_members_come_out_flat_and_apart(tmp_path: Path) -> None:
    pacote = fazer_zip(tmp_path / "a.zip", ("x/1.pdf", b"um"), ("y/1.pdf", b"outro"))
    saidas = zips.extrair(pacote, tmp_path / "fora")

    assert [saida.name for saida in saidas] == ["1.pdf", "1.pdf"]
    assert [saida.read_bytes() for saida in saidas] == [b"um", b"outro"]


@pytest.mark.parametrize("nome", ["../fora.pdf", "/abs.pdf", "..\\fora.pdf", "C:/x.pdf", "a/../../b.pdf", "."])
def test_a_member_that_would_leave_the_folder_stops_it_all(tmp_path: Path, nome: str) -> None:
    pacote = fazer_zip(tmp_path / "a.zip", ("bom.pdf", b"x"), (nome, b"y"))
    with pytest.raises(ArquivoInvalido, match="sairia da pasta"):
        zips.extrair(pacote, tmp_path / "fora")
    assert not (tmp_path / "fora").exists()


def test_a_bomb_is_known_by_its_directory(tmp_path: Path) -> None:
    pacote = fazer_zip(tmp_path / "a.zip", ("a.bin", bytes(40 * 2**20)))
    with pytest.raises(ArquivoInvalido, match="se expande demais"):
        zips.membros_seguros(pacote)


def test_members_that_lie_on_the_same_bytes_are_a_bomb_together(tmp_path: Path) -> None:
    pacote = fazer_zip(tmp_path / "a.zip", ("a.bin", bytes(15 * 2**20)))  # small enough to pass alone
    dados = pacote.read_bytes()
    inicio = dados.index(b"PK\x01\x02")
    entrada, fim = dados[inicio : dados.index(b"PK\x05\x06")], bytearray(dados[dados.index(b"PK\x05\x06") :])
    fim[8:12] = (100).to_bytes(2, "little") * 2
    fim[12:16] = (100 * len(entrada)).to_bytes(4, "little")
    pacote.write_bytes(dados[:inicio] + entrada * 100 + bytes(fim))
    with pytest.raises(ArquivoInvalido, match="se expande demais"):
        zips.membros_seguros(pacote)


def test_a_list_of_very_many_members_is_not_read(tmp_path: Path) -> None:
    fim = bytearray(b"PK\x05\x06" + bytes(18))
    fim[12:16] = (40 * 2**20).to_bytes(4, "little")
    (tmp_path / "a.zip").write_bytes(bytes(40 * 2**20) + bytes(fim))
    with pytest.raises(ArquivoInvalido, match="arquivos demais"):
        zips.membros_seguros(tmp_path / "a.zip")


def test_a_long_name_of_wide_letters_can_be_written(tmp_path: Path) -> None:
    nome = nome_seguro("ção " * 60 + ".xlsx")
    assert nome.endswith(".xlsx")
    (tmp_path / f"{nome}.motivo.txt").write_text("x")


def test_a_directory_that_lies_gives_no_more_than_it_said(tmp_path: Path) -> None:
    pacote = fazer_zip(tmp_path / "a.zip", ("a.txt", b"x" * 5000))
    dados = pacote.read_bytes()
    pacote.write_bytes(dados.replace((5000).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    with pytest.raises(ArquivoInvalido):
        zips.extrair(pacote, tmp_path / "fora")


@pytest.mark.parametrize("conteudo", [b"", b"PK\x03\x04lixo", b"PK\x05\x06" + bytes(18)])
def test_a_broken_or_empty_zip(tmp_path: Path, conteudo: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(conteudo)
    with pytest.raises(ArquivoInvalido):
        zips.membros_seguros(tmp_path / "a.zip")


@pytest.mark.parametrize(
    ("conteudo", "tipo"),
    [
        (b"", ""),
        (b"%PDF-1.4", "pdf"),
        (b"\xef\xbb\xbf<!DOCTYPE html><p>", "html"),
        (b"\n <html>", "html"),
        (b"<?xml version='1.0'?><a/>", "xml"),
        (b"a;b\n1;2\n", "csv"),
        (b"\xd0\xcf\x11\xe0x", "xls"),
        (b"\x00\x01\x02", "binario"),
    ],
)
def test_the_type_is_in_the_content(tmp_path: Path, conteudo: bytes, tipo: str) -> None:
    (tmp_path / "x").write_bytes(conteudo)
    assert descobrir_tipo(tmp_path / "x") == tipo


def por(origem: Path, pasta: Path, *, substituir: bool = False) -> tuple[str, bool]:
    final, novo = colocar(
        origem,
        pasta,
        "a.csv",
        pode_substituir=lambda _: substituir,
        igual=lambda ja: ja.read_bytes() == origem.read_bytes(),
    )
    assert not list(pasta.glob(".*"))
    return final.name, novo


def test_a_taken_name_is_kept_and_the_next_one_used(tmp_path: Path) -> None:
    origem, pasta = tmp_path / "origem", tmp_path / "pasta"
    pasta.mkdir()
    origem.write_text("1")
    assert por(origem, pasta) == ("a.csv", True)
    assert por(origem, pasta) == ("a.csv", False)
    origem.write_text("2")
    assert por(origem, pasta) == ("a (1).csv", True)
    origem.write_text("3")
    assert por(origem, pasta, substituir=True) == ("a.csv", True)
    assert sorted(item.name for item in pasta.iterdir()) == ["a (1).csv", "a.csv"]


def test_it_works_where_there_are_no_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def sem_link(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", sem_link)
    origem = tmp_path / "origem"
    origem.write_text("1")
    assert por(origem, tmp_path) == ("a.csv", True)
    assert (tmp_path / "a.csv").read_text() == "1"


def test_a_folder_that_went_away_is_a_sentence(tmp_path: Path) -> None:
    origem = tmp_path / "origem"
    origem.write_text("1")
    with pytest.raises(Falha, match="Não foi possível gravar em") as achada:
        por(origem, tmp_path / "nao existe")
    assert achada.value.codigo == "caminho"
