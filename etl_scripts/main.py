"""The ETL command. `python main.py --config FILE --sistemas id …` (or `python -m etl_scripts.main`).

Speaks first and imports afterwards: whoever watches sees the first line as soon as the interpreter is up.
"""

from __future__ import annotations

import os
import sys

if not __package__:  # run as a script: the package's parent takes the place of this folder
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - pathlib costs 10 ms
if __name__ == "__main__":
    os.write(1, f"[INFO] [SISTEMA] ETL iniciado (processo {os.getpid()}).\n".encode())

import argparse
import json
from datetime import date, datetime
from pathlib import Path
from typing import NoReturn

from etl_scripts import contrato, parada
from etl_scripts.configuracao import DOCUMENTO_MAXIMO, Configuracao, ler_documento
from etl_scripts.contrato import GERAL, NOMES, SAIDA_ERRO, SAIDA_INTERROMPIDA, SAIDA_OK, SAIDA_TEMPORARIA, SAIDA_USO
from etl_scripts.erros import ErroDeUso, Parada
from etl_scripts.execucao import Chamada, PedirCodigo, executar
from etl_scripts.razoes import razao

PERIODO_MAXIMO = 3660  # days
# Flag -> (sistemas, opcao, value).
OPCOES = {
    "--no-csv": (("amplis_reag", "amplis_master"), "csv", False),
    "--no-pdf": (("amplis_reag", "amplis_master"), "pdf", False),
    "--maps-no-excel": (("maps",), "excel", False),
    "--maps-no-pdf": (("maps",), "pdf", False),
    "--maps-no-ativo": (("maps",), "ativo", False),
    "--maps-no-passivo": (("maps",), "passivo", False),
    "--qore-no-excel": (("qore",), "excel", False),
    "--qore-no-pdf": (("qore",), "pdf", False),
    "--qore-lote-pdf": (("qore",), "lote_pdf", True),
    "--qore-lote-excel": (("qore",), "lote_excel", True),
}


class _Leitor(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ErroDeUso(f"Chamada inválida: {message}")


def ler_argumentos(argv: list[str]) -> argparse.Namespace:
    """The command line (contract section 5). Raises ErroDeUso."""
    leitor = _Leitor(prog="main.py", description="Coleta os arquivos dos fundos nos portais.", allow_abbrev=False)
    leitor.add_argument(
        "--config", required=True, metavar="ARQUIVO", help="documento de configuração; - lê da entrada padrão"
    )
    leitor.add_argument("--sistemas", required=True, nargs="+", metavar="ID", help=f"um ou mais de: {', '.join(NOMES)}")
    leitor.add_argument("--data-inicial", metavar="DD/MM/AAAA", help="padrão: o último dia útil (D-1)")
    leitor.add_argument("--data-final", metavar="DD/MM/AAAA")
    leitor.add_argument(
        "--limpar", action="store_true", help="antes, leva à lixeira o que execuções anteriores coletaram"
    )
    leitor.add_argument("--dry-run", action="store_true", help="mostra o que seria feito, sem mudar nada")
    for nome in OPCOES:
        leitor.add_argument(nome, action="store_true")
    for sistema in ("fidc", "maps", "qore"):
        leitor.add_argument(f"--{sistema}-fundos", metavar="JSON", help="lista de nomes de fundos")
    return leitor.parse_args(argv)


def montar_chamada(argumentos: argparse.Namespace) -> Chamada:
    """Checks the arguments against each other. Raises ErroDeUso."""
    sistemas = list(dict.fromkeys(argumentos.sistemas))
    desconhecidos = [sistema for sistema in sistemas if sistema not in NOMES and not _tem_conector(sistema)]
    if desconhecidos:
        raise ErroDeUso(f"Sistema desconhecido: {', '.join(desconhecidos)}. Conhecidos: {', '.join(NOMES)}.")
    inicio, fim = _data(argumentos.data_inicial, "--data-inicial"), _data(argumentos.data_final, "--data-final")
    fim_dado = fim is not None
    inicio, fim = inicio or fim, fim or inicio
    if inicio and fim and fim < inicio:
        raise ErroDeUso("A data final é anterior à data inicial.")
    if inicio and fim and (fim - inicio).days > PERIODO_MAXIMO:
        raise ErroDeUso(f"O período passa de {PERIODO_MAXIMO} dias.")
    chamada = Chamada(sistemas, inicio, fim, fim_dado, argumentos.limpar, argumentos.dry_run)
    for nome, (donos, opcao, valor) in OPCOES.items():
        if getattr(argumentos, nome[2:].replace("-", "_")):
            for dono in donos:
                chamada.opcoes.setdefault(dono, {})[opcao] = valor
    for sistema in ("fidc", "maps", "qore"):
        texto = getattr(argumentos, f"{sistema}_fundos")
        if texto:
            chamada.fundos[sistema] = _fundos(texto, f"--{sistema}-fundos")
    return chamada


def _tem_conector(sistema: str) -> bool:
    """Whether somebody wrote a connector of that name (docs/conectores.md)."""
    simples = sistema.isascii() and sistema.islower() and sistema.isidentifier()
    return simples and (Path(__file__).parent / "conectores" / f"{sistema}.py").is_file()


def _data(texto: str | None, nome: str) -> date | None:
    if not texto:
        return None
    try:
        return datetime.strptime(texto, "%d/%m/%Y").date()
    except ValueError:
        raise ErroDeUso(f"{nome}: “{texto}” não é uma data DD/MM/AAAA.") from None


def _fundos(texto: str, nome: str) -> list[str]:
    from etl_scripts.configuracao import nomes_de_fundos

    try:
        lista = json.loads(texto)
    except ValueError:
        raise ErroDeUso(f"{nome}: não é um JSON válido.") from None
    if not isinstance(lista, list) or len(nomes_de_fundos(lista)) != len(lista):
        raise ErroDeUso(f"{nome}: precisa ser uma lista de nomes de fundos, sem repetições.")
    return nomes_de_fundos(lista)


def _configurar(origem: str) -> tuple[Configuracao, PedirCodigo]:
    from etl_scripts.entrada import Entrada, pedir_no_terminal

    if origem == "-":
        entrada = Entrada()
        return ler_documento(entrada.documento(), "A configuração da entrada padrão"), entrada.pedir_codigo
    try:
        arquivo = Path(origem)
        if arquivo.stat().st_size > DOCUMENTO_MAXIMO:
            raise ErroDeUso(f"O arquivo de configuração {origem} é grande demais.")
        texto = arquivo.read_text(encoding="utf-8-sig")
    except OSError as causa:
        raise ErroDeUso(f"O arquivo de configuração {origem} não pôde ser lido: {razao(causa)}.") from None
    except UnicodeDecodeError:
        raise ErroDeUso(f"O arquivo de configuração {origem} não está em UTF-8.") from None
    return ler_documento(texto, f"O arquivo de configuração {origem}"), pedir_no_terminal


def rodar(argv: list[str]) -> int:
    """The whole command; answers the exit code."""
    parada.instalar()
    try:
        argumentos = ler_argumentos(argv)
        chamada = montar_chamada(argumentos)
        config, pedir_codigo = _configurar(argumentos.config)
        contrato.ligar_eventos(config.execucao.eventos)
        if config.execucao.request_id:
            contrato.detalhe(GERAL, f"Pedido {config.execucao.request_id}, tentativa {config.execucao.tentativa}")
        contrato.info(GERAL, f"Sistemas: {', '.join(contrato.nome_de(sistema) for sistema in chamada.sistemas)}")
        codigos = [executar(sistema, chamada, config, pedir_codigo) for sistema in chamada.sistemas]
    except ErroDeUso as erro:
        contrato.erro(GERAL, str(erro))
        return SAIDA_USO
    except (Parada, KeyboardInterrupt, BrokenPipeError):
        return _interromper()
    ruins = [codigo for codigo in codigos if codigo != SAIDA_OK]
    if not ruins:
        return SAIDA_OK
    return SAIDA_TEMPORARIA if all(codigo == SAIDA_TEMPORARIA for codigo in ruins) else SAIDA_ERRO


def _interromper() -> int:
    from contextlib import suppress

    parada.limpar()
    with suppress(OSError):
        contrato.aviso(GERAL, "Interrompido; os arquivos parciais foram removidos.")
    return SAIDA_INTERROMPIDA


def principal() -> NoReturn:
    """Ends the process at once when the work is done: no interpreter shutdown waits for a thread or a browser."""
    codigo = rodar(sys.argv[1:])
    sys.stderr.flush()
    os._exit(codigo)


if __name__ == "__main__":
    principal()
