"""The command line: what is accepted, what is refused with exit code 2, and in which words."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .bancada import ONTEM, PASTA_COMANDO, Bancada


def chamar(*argumentos: str, modulo: bool = False) -> subprocess.CompletedProcess[str]:
    comeco = ["-m", "etl_scripts.main"] if modulo else ["main.py"]
    pasta = PASTA_COMANDO.parent if modulo else PASTA_COMANDO
    return subprocess.run(
        [sys.executable, *comeco, *argumentos], cwd=pasta, capture_output=True, text=True, encoding="utf-8", timeout=60
    )


@pytest.mark.parametrize(
    ("argumentos", "dito"),
    [
        ((), "--config"),
        (("--config", "x.json"), "--sistemas"),
        (("--config", "x.json", "--sistemas", "nenhum"), "Sistema desconhecido: nenhum"),
        (("--config", "x.json", "--sistemas", "fidc", "--data-inicial", "2026-11-24"), "não é uma data DD/MM/AAAA"),
        (("--config", "x.json", "--sistemas", "fidc", "--data-inicial", "31/02/2026"), "31/02/2026"),
        (
            ("--config", "x.json", "--sistemas", "fidc", "--data-inicial", "24/11/2026", "--data-final", "23/11/2026"),
            "anterior à data inicial",
        ),
        (("--config", "x.json", "--sistemas", "fidc", "--data-inicial", "01/01/2001", "--data-final", ONTEM), "dias"),
        (("--config", "x.json", "--sistemas", "fidc", "--fidc-fundos", "{"), "--fidc-fundos"),
        (("--config", "x.json", "--sistemas", "fidc", "--nada"), "--nada"),
        (("--config", "nao-existe.json", "--sistemas", "fidc"), "não pôde ser lido"),
    ],
)
def test_a_wrong_call_is_exit_code_2_and_a_sentence(argumentos: tuple[str, ...], dito: str) -> None:
    feito = chamar(*argumentos)

    assert feito.returncode == 2
    assert dito in feito.stdout
    assert "Traceback" not in feito.stdout + feito.stderr


@pytest.mark.parametrize(
    ("texto", "dito"),
    [
        ("{", "não é um JSON válido (linha 1, coluna 2"),
        ("[]", "precisa ser um objeto JSON"),
        ('{"fidc": 3}', "“fidc” precisa ser um objeto"),
        ('{"fidc": {"url": 3}}', "“fidc.url”"),
        ('{"paths": []}', "“paths”"),
        ('{"execucao": {"modo": "outro"}}', "execucao.modo"),
        ('{"execucao": {"manifesto": [3]}}', "execucao.manifesto[0]"),
        ('{"execucao": {"de_para": [{"fundo": "A"}]}}', "execucao.de_para[0]"),
        ('{"execucao": {"baixar_de_novo": "sim"}}', "execucao.baixar_de_novo"),
    ],
)
def test_a_wrong_document_names_the_field_and_never_a_secret(tmp_path: Path, texto: str, dito: str) -> None:
    arquivo = tmp_path / "config.json"
    arquivo.write_text(texto, encoding="utf-8")
    feito = chamar("--config", str(arquivo), "--sistemas", "fidc")

    assert feito.returncode == 2
    assert dito in feito.stdout


def test_the_module_form_runs_too() -> None:
    assert chamar("--config", "x.json", "--sistemas", "nenhum", modulo=True).returncode == 2


def test_a_person_runs_it_with_a_file_and_gets_lines_only(bancada: Bancada) -> None:
    documento = bancada.documento("amplis_master")
    pastas = documento["execucao"]
    documento["execucao"] = {"pasta_dados": pastas["pasta_dados"], "pasta_seletores": pastas["pasta_seletores"]}
    arquivo = bancada.base / "config.json"
    arquivo.write_text(json.dumps(documento), encoding="utf-8")
    argumentos = ("--config", str(arquivo), "--sistemas", "amplis_master", "--no-pdf", "--data-inicial", ONTEM)
    primeira, segunda = chamar(*argumentos), chamar(*argumentos)

    assert primeira.returncode == segunda.returncode == 0
    assert "\x1e" not in primeira.stdout
    assert "[SUCCESS] [AMPLIS - MASTER]" in primeira.stdout
    # Without a hub the command remembers by itself what it filed.
    assert "2 já coletados" in segunda.stdout
    assert not list((bancada.base / "dados" / "tmp").glob("*/*"))


def test_several_sistemas_run_one_after_another_and_one_failure_is_exit_code_1(bancada: Bancada) -> None:
    documento = bancada.documento("amplis_master") | {"fidc": {"url": bancada.portal.url("fidc"), "username": "demo"}}
    arquivo = bancada.base / "config.json"
    arquivo.write_text(
        json.dumps(documento | {"execucao": documento["execucao"] | {"eventos": False}}), encoding="utf-8"
    )
    feito = chamar("--config", str(arquivo), "--sistemas", "fidc", "amplis_master", "--no-pdf", "--data-inicial", ONTEM)

    assert feito.returncode == 1
    assert "Falta preencher senha" in feito.stdout
    assert bancada.arquivos("csv") == ["CarteiraDiaria_20261124.csv", "cp2.csv"]


def test_secrets_are_in_no_line(bancada: Bancada) -> None:
    saida = bancada.rodar("amplis_reag", "--no-pdf", acesso={"password": "s3gr3d0-muito-meu", "username": "demo"})

    assert saida.resultado["codigo"] == "senha_incorreta"
    assert "s3gr3d0-muito-meu" not in saida.texto + json.dumps(saida.eventos)
    guardado = [item.read_text(encoding="utf-8") for item in (bancada.base / "dados" / "artefatos").rglob("*.html")]
    assert guardado
    assert all("s3gr3d0-muito-meu" not in texto and "ViewState" in texto for texto in guardado)
    assert all('value="********"' in texto for texto in guardado)
