"""This machine: Python and its packages, Node where it is needed, a browser, the port, the interface's files."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from django.conf import settings

from deploy.launcher import browser, frontend
from deploy.launcher.lock import read_launch
from etlhub.operations.findings import Finding, good, problem, warning
from etlhub.paths import BASE_DIR

MINIMUM_PYTHON = (3, 11)
HTTP_SECONDS = 3.0
PINNED = re.compile(r"([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==([^;\s]+)\s*(?:;.*)?")


def python() -> Iterator[Finding]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info[:2] < MINIMUM_PYTHON:
        yield problem("Python", f"Este é o Python {version}.", "Instale o Python 3.11 ou mais novo.")
    elif sys.maxsize < 2**32:
        yield problem("Python", f"O Python {version} é de 32 bits.", "Instale o Python de 64 bits.")
    else:
        yield good("Python", f"{version}, em {sys.prefix}")
    yield _packages()


def _packages() -> Finding:
    """Whether what is installed is what requirements.txt pins."""
    wrong = []
    text = (BASE_DIR / "requirements.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        found = PINNED.fullmatch(line.strip())
        if found is None or ";" in line:
            continue
        name, wanted = found.groups()
        try:
            have = metadata.version(name)
        except metadata.PackageNotFoundError:
            have = "ausente"
        if have != wanted:
            wrong.append(f"{name} {have} (esperado {wanted})")
    if not wrong:
        return good("Pacotes do Python", "nas versões de requirements.txt")
    shown = ", ".join(wrong[:5]) + ("…" if len(wrong) > 5 else "")
    return warning("Pacotes do Python", shown, "Rode python3 start.py, que instala as versões certas.")


def interface() -> Iterator[Finding]:
    build = Path(settings.REACT_BUILD_DIR)
    if not (build / "index.html").is_file():
        what = "Rode python3 start.py, que monta a interface, ou aponte REACT_BUILD_DIR para uma já montada."
        yield problem("Interface web", f"Não há index.html em {build}.", what)
    elif not settings.REACT_BUILD_FOREIGN and frontend.needs_build(BASE_DIR):
        yield warning("Interface web", "A montagem é mais antiga que os fontes.", "Rode python3 start.py.")
        yield _node()
    else:
        yield good("Interface web", f"montada em {build}")
    if (Path(settings.STATIC_ROOT) / ".versao").is_file():
        yield good("Arquivos da administração", f"em {settings.STATIC_ROOT}")
    else:
        yield problem("Arquivos da administração", f"Faltam em {settings.STATIC_ROOT}.", "Rode manage.py prepare.")


def _node() -> Finding:
    if frontend.find_node(BASE_DIR) is None:
        what = "Instale o Node.js, ou deixe o start.py obtê-lo do PyPI."
        return warning("Node.js", "Não encontrei um Node.js 20.19, 22.12 ou mais novo.", what)
    return good("Node.js", "encontrado")


def web_browser() -> Iterator[Finding]:
    """A browser is needed only by the sistemas that cannot be collected over HTTP alone."""
    named = os.environ.get("ETL_NAVEGADOR", "")
    if named and not (Path(named).is_file() or shutil.which(named)):
        yield problem("Navegador", f"ETL_NAVEGADOR aponta para {named}, que não existe.", "Corrija o caminho.")
        return
    found = named or browser.find()
    if found:
        yield good("Navegador", str(found))
    else:
        what = "Instale o Edge, o Chrome ou o Chromium, ou indique o programa em ETL_NAVEGADOR."
        yield warning("Navegador", "Nenhum encontrado: os sistemas que precisam de navegador falham.", what)


def port() -> Iterator[Finding]:
    """Who answers on the hub's port."""
    number = _port_in_use()
    name = f"Porta {number}"
    connection = http.client.HTTPConnection("127.0.0.1", number, timeout=HTTP_SECONDS)
    try:
        connection.request("GET", "/api/health", headers={"Host": f"localhost:{number}"})
        body = json.loads(connection.getresponse().read(10_000))
        version = str(body["version"])
    except ConnectionRefusedError:
        yield warning(name, "Ninguém responde: o hub não está no ar nesta porta.", "Inicie-o com python3 start.py.")
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        what = "Encerre o outro programa ou escolha outra porta com ETLHUB_PORT."
        yield problem(name, "Quem responde não é o ETL Hub.", what)
    else:
        if version == settings.VERSION:
            yield good(name, f"o ETL Hub {version} responde")
        else:
            text = f"Responde o ETL Hub {version}, mas este programa é o {settings.VERSION}."
            yield warning(name, text, "Reinicie o hub depois de atualizar.")
    finally:
        connection.close()


def _port_in_use() -> int:
    """The port of the running start.py, which may have been asked for another one than the setting."""
    launch = read_launch(Path(settings.DATA_DIR) / "run" / "launch.json")
    running = launch is not None and launch.owner is not None and launch.owner.alive()
    return launch.port if launch is not None and running else int(settings.PORT)


def debug() -> Iterator[Finding]:
    if settings.DEBUG:
        text = "ETLHUB_DEBUG está ligado: as páginas de erro mostram o funcionamento interno."
        yield problem("Modo de depuração", text, "Desligue ETLHUB_DEBUG fora do desenvolvimento.")
