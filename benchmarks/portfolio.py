"""How fast a fund's evolution over a year is read out of millions of positions.

    python -m benchmarks.portfolio [--posicoes 5000000] [--consultas 200]

The baseline, in the same run on the same file: the same figures summed from the positions by plain SQL. Times in ms.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.common import report, spread

FIRST_DAY, DAYS, PER_CARTEIRA = date(2025, 1, 2), 252, 100
CLASSES = ("caixa", "rf", "rv", "credito", "cpr")
BATCH = 100_000
LIMIT_MS = 200


def main() -> None:
    options = _options()
    folder = Path(tempfile.mkdtemp(prefix="etlhub-bench-"))
    try:
        _setup(folder)
        report("portfolio", **_run(options, folder / "etlhub.sqlite3"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posicoes", type=int, default=5_000_000)
    parser.add_argument("--consultas", type=int, default=200)
    return parser.parse_args()


def _setup(folder: Path) -> None:
    """Django on a new SQLite database in `folder`, with the catalogue and a user."""
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ |= {
        "ETLHUB_DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "etlhub.settings",
        "ETLHUB_LOG_LEVEL": "ERROR",
        "ETLHUB_DOTENV": os.devnull,
    }
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from django.contrib.auth.models import User

    from sistemas import catalogue

    catalogue.seed()
    User.objects.create_superuser("bench")


def _run(options: argparse.Namespace, database: Path) -> dict[str, Any]:
    funds = max(1, round(options.posicoes / (DAYS * PER_CARTEIRA)))
    started = time.perf_counter()
    _build(funds, database)
    built = time.perf_counter() - started
    names = _sample(funds, options.consultas)
    year = (FIRST_DAY, FIRST_DAY + timedelta(days=366))
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    plain = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    return {
        "posicoes": funds * DAYS * PER_CARTEIRA,
        "fundos": funds,
        "carteiras": funds * DAYS,
        "banco_mb": round(database.stat().st_size / 1e6),
        "construcao_s": round(built, 1),
        "evolucao_ms": _time(_evolution(year), names),
        "api_ms": _time(_api(year), names),
        "api_todos_os_fundos_ms": _time(_api_all(), names[:10]),
        "referencia_sql_puro_ms": _time(_baseline(plain, year), names),
        "carga_de_uma_carteira_ms": _time(_load(), names[:50]),
        "limite_ms": LIMIT_MS,
        "sqlite": sqlite3.sqlite_version,
    }


def _build(funds: int, database: Path) -> None:
    """Fill the tables by bulk SQL: this measures reading, and the loader has its own figure."""
    rng = random.Random(7)
    db = sqlite3.connect(database)
    db.execute("PRAGMA synchronous=OFF")
    db.executemany(
        "INSERT INTO portfolio_fundo(id, nome, cnpj) VALUES (?,?,'')", ((n, _name(n)) for n in range(1, funds + 1))
    )
    db.executemany(
        "INSERT INTO portfolio_carteira(id, fundo_id, sistema_id, data, fonte, preferida, patrimonio, cota,"
        " quantidade_cotas, caixa, rf, rv, credito, cpr, n_posicoes, carregada_em)"
        " VALUES (?,?,'amplis_reag',?,?,1,?,1.5,1000,?,?,?,?,?,?,'2026-01-01')",
        _carteiras(funds),
    )
    insert = (
        "INSERT INTO portfolio_posicao(carteira_id, classe, ativo, quantidade, preco, valor) VALUES (?,?,?,10,100,1000)"
    )
    rows: list[tuple[int, str, str]] = []
    assets = [(CLASSES[n % 5], f"ATIVO {rng.randrange(10_000):05}") for n in range(PER_CARTEIRA)]
    # A day at a time for all funds, as they are collected: so one fund's positions lie far apart on disk.
    for day in range(DAYS):
        for fund in range(funds):
            rows.extend((day * funds + fund + 1, classe, ativo) for classe, ativo in assets)
        if len(rows) >= BATCH:
            db.executemany(insert, rows)
            rows.clear()
    db.executemany(insert, rows)
    db.commit()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def _name(number: int) -> str:
    return f"FUNDO {number:05} FIM"


def _carteiras(funds: int) -> Iterator[tuple[Any, ...]]:
    share = PER_CARTEIRA // len(CLASSES) * 1000
    for day in range(DAYS):
        when = (FIRST_DAY + timedelta(days=day * 365 // DAYS)).isoformat()
        for fund in range(funds):
            number = day * funds + fund + 1
            total = PER_CARTEIRA * 1000
            yield (number, fund + 1, when, f"{number:064x}", total, *[share] * len(CLASSES), PER_CARTEIRA)


def _sample(funds: int, count: int) -> list[int]:
    rng = random.Random(11)
    return [rng.randint(1, funds) for _ in range(count)]


def _evolution(year: tuple[date, date]) -> Callable[[int], object]:
    from portfolio import queries

    def ask(fund: int) -> object:
        rows = queries.carteiras().filter(fundo_id=fund)
        found = queries.evolution(rows, *year, one_fund=True)
        assert len(found) == DAYS
        return found

    return ask


def _api(year: tuple[date, date]) -> Callable[[int], object]:
    client = _client()

    def ask(fund: int) -> object:
        query = {"fundo": _name(fund), "de": year[0].isoformat(), "ate": year[1].isoformat()}
        answer = client.get("/api/portfolio", query)
        assert answer.status_code == 200, answer.content
        return answer

    return ask


def _api_all() -> Callable[[int], object]:
    client = _client()
    return lambda _fund: client.get("/api/portfolio")


def _client() -> Any:
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client()
    client.force_login(User.objects.get())
    return client


def _baseline(plain: sqlite3.Connection, year: tuple[date, date]) -> Callable[[int], object]:
    sql = (
        "SELECT c.data, p.classe, SUM(p.valor) FROM portfolio_posicao p JOIN portfolio_carteira c ON c.id = p.carteira_id"
        " WHERE c.fundo_id = ? AND c.preferida AND c.data BETWEEN ? AND ? GROUP BY c.data, p.classe"
    )
    days = tuple(day.isoformat() for day in year)

    def ask(fund: int) -> object:
        found = plain.execute(sql, (fund, *days)).fetchall()
        assert len(found) == DAYS * len(CLASSES)
        return found

    return ask


def _load() -> Callable[[int], object]:
    from portfolio.loading import load_carteira

    posicoes = [{"classe": CLASSES[n % 5], "ativo": f"ATIVO {n}", "valor": "1000.00"} for n in range(PER_CARTEIRA)]
    days = iter(range(10_000))

    def load(fund: int) -> object:
        number = next(days)
        event = {
            "sistema": "amplis_reag",
            "fundo": _name(fund),
            "data": (date(2030, 1, 1) + timedelta(days=number)).isoformat(),
            "fonte": f"{number:064x}",
            "patrimonio": str(Decimal(1000) * PER_CARTEIRA),
            "posicoes": posicoes,
        }
        return load_carteira(event)

    return load


def _time(work: Callable[[int], object], funds: list[int]) -> dict[str, float]:
    """Milliseconds of a call, after one unmeasured call."""
    work(funds[0])
    spent = []
    for fund in funds:
        started = time.perf_counter()
        work(fund)
        spent.append((time.perf_counter() - started) * 1000)
    return spread(spent, 2)


if __name__ == "__main__":
    main()
