"""The start: fast, and free of the hub."""

from __future__ import annotations

import subprocess
import sys

from .bancada import PASTA_COMANDO


def test_nothing_is_imported_before_the_first_line() -> None:
    """Runs main.py with a write that stops at the first line and tells what had been imported."""
    sonda = (
        "import os, sys; codigo = compile(open('main.py', encoding='utf-8').read(), 'main.py', 'exec')\n"
        "antes = set(sys.modules)\n"
        "def escrever(fd, dados):\n"
        "    print(*sorted(set(sys.modules) - antes)); sys.stdout.flush(); os._exit(0)\n"
        "os.write = escrever\n"
        "exec(codigo, {'__name__': '__main__', '__package__': None, '__file__': 'main.py'})\n"
    )
    feito = subprocess.run([sys.executable, "-c", sonda], cwd=PASTA_COMANDO, capture_output=True, text=True, timeout=60)

    assert set(feito.stdout.split()) <= {"__future__"}


def test_loading_everything_brings_neither_django_nor_the_hub() -> None:
    sonda = (
        "import sys, pkgutil, importlib, etl_scripts\n"
        "for m in pkgutil.walk_packages(etl_scripts.__path__, 'etl_scripts.'):\n"
        "    if not m.name.endswith('__main__'): importlib.import_module(m.name)\n"
        "print(*sorted({n.partition('.')[0] for n in sys.modules}))\n"
    )
    feito = subprocess.run(
        [sys.executable, "-c", sonda], cwd=PASTA_COMANDO.parent, capture_output=True, text=True, timeout=120
    )

    assert feito.returncode == 0, feito.stderr
    carregados = set(feito.stdout.split())
    assert "etl_scripts" in carregados
    hub = {"django", "etlhub", "sistemas", "jobs", "credentials", "portfolio", "rq", "redis", "channels", "ninja"}
    assert not carregados & hub
