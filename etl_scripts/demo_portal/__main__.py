"""`python -m etl_scripts.demo_portal`: serves the portals until told to stop."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import FrameType

from .constants import MAX_ROWS
from .faults import FaultError, set_from_text
from .server import DemoPortal
from .world import Settings

FAULTS_VARIABLE = "ETLHUB_DEMO_FALHAS"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="demo_portal", description="Serve os portais de demonstração do ETL Hub.")
    parser.add_argument("--host", default="127.0.0.1", help="endereço em que atende (padrão: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=0, help="porta; 0 escolhe uma livre (padrão)")
    parser.add_argument("--ready-file", type=Path, metavar="ARQUIVO", help="grava aqui o endereço, já pronto")
    parser.add_argument("--ritmo", type=int, default=150, metavar="MS", help="milissegundos por página (padrão: 150)")
    parser.add_argument("--hoje", type=date.fromisoformat, metavar="AAAA-MM-DD", help="a data de hoje para os portais")
    parser.add_argument("--linhas-fidc", type=int, default=2000, metavar="N", help="linhas de cada estoque do FIDC")
    parser.add_argument("--esperas-fidc", type=int, default=1, metavar="N", help="consultas até o estoque ficar pronto")
    parser.add_argument("--maps-sem-codigo", action="store_true", help="o MAPS não pede o código do autenticador")
    parser.add_argument(
        "--falha",
        action="append",
        default=[],
        metavar="SISTEMA:FALHA[=VALOR][,NOME=VALOR…]",
        help="liga uma falha",
    )
    return parser


def _write_ready_file(path: Path, address: str) -> None:
    """Whole or not at all: whoever waits for the file never reads half of it."""
    part = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    part.write_text(address + "\n", encoding="utf-8")
    part.replace(path)


def main(argv: Sequence[str] | None = None) -> int:
    """0 when told to stop, 2 when the call was wrong, 1 when the address cannot be used."""
    options = _parser().parse_args(argv)
    settings = Settings(
        ritmo=min(max(options.ritmo, 0), 60_000) / 1000,
        hoje=options.hoje,
        fidc_linhas=min(max(options.linhas_fidc, 1), MAX_ROWS),
        fidc_esperas=min(max(options.esperas_fidc, 0), 1000),
        maps_codigo=not options.maps_sem_codigo,
    )
    try:
        portal = DemoPortal(options.host, options.port, settings)
    except (OSError, OverflowError) as problem:
        print(f"não foi possível atender em {options.host}:{options.port}: {problem}", file=sys.stderr)
        return 1
    try:
        for text in (os.environ.get(FAULTS_VARIABLE, ""), *options.falha):
            set_from_text(portal.faults, text)
    except FaultError as problem:
        portal.stop()
        print(f"falha inválida: {problem}", file=sys.stderr)
        return 2
    return _serve(portal, options.ready_file)


def _serve(portal: DemoPortal, ready_file: Path | None) -> int:
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), on_signal)
    with portal:
        print(f"portal de demonstração em {portal.base_url}/", flush=True)
        if ready_file is not None:
            _write_ready_file(ready_file, portal.base_url)
        # A bounded wait: on Windows a signal does not wake an endless one.
        while not stop.wait(0.5):
            pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
