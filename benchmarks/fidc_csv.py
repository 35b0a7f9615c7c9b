"""How fast the FIDC estoque parser is against plain polars on the same file, and how much memory each takes.

    python -m benchmarks.fidc_csv [--linhas 1000000] [--rodadas 3]

Writes an estoque of the demonstration portal in a temporary folder (30 columns, about 300 MB for a million lines),
then reads it in fresh processes, taking turns: `nosso` (validated, exact decimals, by cedente), `polars` (read_csv with
the decimal comma, whole table in memory) and `polars_texto` (read_csv of everything as text: no numbers at all).
Prints JSON: seconds (median, imports left out), lines/s, peak RSS in MB, and `razao` = our speed over that of `polars`.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

MEIOS: Final = ("nosso", "polars", "polars_texto")
META_RAZAO: Final = 0.6
META_MB: Final = 300
PRAZO_SEGUNDOS: Final = 600


def escrever_estoque(caminho: Path, linhas: int) -> None:
    """Writes the estoque that the demonstration portal would give."""
    from etl_scripts.demo_portal.data import carteira_of
    from etl_scripts.demo_portal.files_fidc import stock_blocks
    from etl_scripts.demo_portal.funds import FIDC_FUNDS

    # The second fund writes UTF-8, that plain polars reads as well; Latin-1 it does not.
    with caminho.open("wb") as arquivo:
        arquivo.writelines(stock_blocks(carteira_of(FIDC_FUNDS[1], date(2026, 11, 24)), linhas))


def ler_nosso(caminho: Path) -> int:
    from etl_scripts.formatos import ler

    return ler(caminho, "fidc_estoque").linhas


def ler_polars(caminho: Path) -> int:
    import polars as pl

    return pl.read_csv(caminho, separator=";", decimal_comma=True, infer_schema_length=1000).height


def ler_polars_texto(caminho: Path) -> int:
    import polars as pl

    return pl.read_csv(caminho, separator=";", infer_schema=False).height


def medir(meio: str, caminho: Path) -> dict[str, float]:
    """Seconds, lines and peak RSS of one reading in this process."""
    import polars  # noqa: F401 - both sides use it; loading it is not what is measured

    leitores: dict[str, Callable[[Path], int]] = dict(
        zip(MEIOS, (ler_nosso, ler_polars, ler_polars_texto), strict=True)
    )
    inicio = time.perf_counter()
    linhas = leitores[meio](caminho)
    return {"segundos": time.perf_counter() - inicio, "linhas": linhas, "pico_mb": pico_mb()}


def pico_mb() -> float:
    """Peak resident memory of this process, MB."""
    if sys.platform == "win32":
        import psutil

        return float(psutil.Process().memory_info().peak_wset) / 2**20
    import resource

    unidade = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux KiB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unidade / 2**20


def rodar(meio: str, caminho: Path) -> dict[str, float]:
    """One reading in a fresh process."""
    comando = [sys.executable, "-m", "benchmarks.fidc_csv", "--medir", meio, str(caminho)]
    saida = subprocess.run(comando, capture_output=True, text=True, check=True, timeout=PRAZO_SEGUNDOS)
    medida: dict[str, float] = json.loads(saida.stdout)
    return medida


def comparar(linhas: int, rodadas: int) -> dict[str, object]:
    """The whole comparison, as it is printed."""
    with tempfile.TemporaryDirectory(prefix="estoque-") as pasta:
        caminho = Path(pasta) / "estoque.csv"
        escrever_estoque(caminho, linhas)
        tamanho = caminho.stat().st_size / 2**20
        # In turns, so that a busy moment of the machine falls on all of them.
        medidas = [{meio: rodar(meio, caminho) for meio in MEIOS} for _ in range(rodadas)]
    resumo: dict[str, dict[str, float]] = {}
    for meio in MEIOS:
        segundos = statistics.median(medida[meio]["segundos"] for medida in medidas)
        resumo[meio] = {
            "segundos": round(segundos, 3),
            "linhas_por_segundo": round(linhas / segundos),
            "pico_mb": round(max(medida[meio]["pico_mb"] for medida in medidas), 1),
        }
    razao = resumo["polars"]["segundos"] / resumo["nosso"]["segundos"]
    return {
        "maquina": {"sistema": platform.platform(), "python": platform.python_version()},
        "linhas": linhas,
        "arquivo_mb": round(tamanho, 1),
        "rodadas": rodadas,
        **resumo,
        "razao": round(razao, 2),
        "razao_texto": round(resumo["polars_texto"]["segundos"] / resumo["nosso"]["segundos"], 2),
        "meta": {"razao": META_RAZAO, "pico_mb": META_MB},
        "cumpre": razao >= META_RAZAO and resumo["nosso"]["pico_mb"] <= META_MB,
    }


def main() -> int:
    opcoes = argparse.ArgumentParser(description="Compara o leitor do estoque FIDC com o polars puro.")
    opcoes.add_argument("--linhas", type=int, default=1_000_000)
    opcoes.add_argument("--rodadas", type=int, default=3)
    opcoes.add_argument("--medir", nargs=2, metavar=("MEIO", "ARQUIVO"), help=argparse.SUPPRESS)
    pedido = opcoes.parse_args()
    if pedido.medir:
        sys.stdout.write(json.dumps(medir(pedido.medir[0], Path(pedido.medir[1]))))
        return 0
    resultado = comparar(pedido.linhas, pedido.rodadas)
    sys.stdout.write(json.dumps(resultado, ensure_ascii=False, indent=2) + "\n")
    return 0 if resultado["cumpre"] else 1


if __name__ == "__main__":
    sys.exit(main())
