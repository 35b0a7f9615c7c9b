"""The command line of start.py and the settings that it shares with the hub (environment, then `.env`)."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.launcher.steps import StartError

DEFAULT_PORT = 4001
DEFAULT_WORKERS = 4
_LINE = re.compile(r"(?:export )?([A-Za-z_0-9]+)=(.*?)\s*")  # as django-environ reads it

HELP = f"""\
ETL Hub

  python3 start.py [opções]           prepara o ambiente e inicia o hub
  python3 start.py test [pytest …]    roda a suíte de testes (os argumentos vão para o pytest)

Opções
  --port N       porta do servidor web (ETLHUB_PORT; padrão {DEFAULT_PORT}; 0 escolhe uma livre)
  --host END     endereço em que ele escuta (ETLHUB_HOST; padrão 127.0.0.1: só esta máquina)
  --workers N    quantas execuções ao mesmo tempo (ETLHUB_WORKERS; padrão {DEFAULT_WORKERS})
  --no-demo      não inicia o portal de demonstração
  --open         abre o navegador quando estiver pronto
  -h, --help     mostra esta ajuda

As demais configurações estão em .env.example.
"""


@dataclass(frozen=True)
class Options:
    """What one start was asked to do."""

    data: Path
    host: str
    port: int
    workers: int
    demo: bool
    open_browser: bool
    external_redis: bool
    foreign_build: bool


def read_env_file(path: Path) -> dict[str, str]:
    """The `NAME=value` lines of a `.env` file; quotes around a value and comment lines are dropped."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError):
        raise StartError(f"Não consigo ler {path}: confira as permissões e se o texto está em UTF-8.") from None
    found: dict[str, str] = {}
    for line in lines:
        match = _LINE.fullmatch(line)
        if match:
            name, value = match.groups()
            if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
                value = value[1:-1]
            found[name] = value
    return found


def parse(argv: Sequence[str], env: Mapping[str, str], root: Path) -> Options | None:
    """The options of a start; None when help was asked for. StartError tells a wrong one."""
    parser = argparse.ArgumentParser(add_help=False, exit_on_error=False, allow_abbrev=False)
    parser.add_argument("-h", "--help", action="store_true")
    parser.add_argument("--port", default=env.get("ETLHUB_PORT") or str(DEFAULT_PORT))
    parser.add_argument("--host", default=env.get("ETLHUB_HOST") or "127.0.0.1")
    parser.add_argument("--workers", default=env.get("ETLHUB_WORKERS") or str(DEFAULT_WORKERS))
    parser.add_argument("--no-demo", action="store_true")
    parser.add_argument("--open", action="store_true")
    try:
        found, unknown = parser.parse_known_args(list(argv))
    except argparse.ArgumentError as error:
        raise StartError(f"Falta o valor da opção {error.argument_name}: veja python3 start.py --help.") from None
    if unknown:
        raise StartError(f"Não conheço a opção {unknown[0]}: veja python3 start.py --help.")
    if found.help:
        return None
    return Options(
        data=data_folder(env, root),
        host=found.host,
        port=_number("--port", found.port, 0, 65535),
        workers=_number("--workers", found.workers, 1, 64),
        demo=not found.no_demo,
        open_browser=found.open,
        external_redis=bool(env.get("REDIS_URL")),
        foreign_build=bool(env.get("REACT_BUILD_DIR")),
    )


def data_folder(env: Mapping[str, str], root: Path) -> Path:
    """Where everything written lives; the hub's own rule (`etlhub.paths`) without making the folder."""
    return Path(env.get("ETLHUB_DATA_DIR") or root / "data").expanduser().resolve()


def environment(root: Path) -> dict[str, str]:
    """The environment with the settings of `.env` below it, as the hub itself reads them."""
    return {**read_env_file(Path(os.environ.get("ETLHUB_DOTENV") or root / ".env")), **os.environ}


def _number(option: str, text: str, low: int, high: int) -> int:
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise StartError(f"O valor de {option} deve ser um número de {low} a {high}, não {text!r}.")
    return int(text)
