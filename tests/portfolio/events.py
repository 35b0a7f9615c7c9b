"""`carteira` events as the ETL sends them, with made-up funds."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

POSICOES = (
    ("caixa", "CONTA CORRENTE", None, None, "1000.00"),
    ("rf", "LFT 2029", "10", "15420.77", "154207.70"),
    ("rv", "CIPX3", "100", "27.41", "2741.00"),
    ("credito", "DC-AV", None, None, "50000.00"),
    ("cpr", "TAXA DE ADMINISTRAÇÃO", None, None, "-150.25"),
)


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def carteira(fundo: str = "IPÊ ROXO FIDC", data: str = "2026-11-23", **changes: Any) -> dict[str, Any]:
    """A valid event; `patrimonio` is the sum unless given."""
    posicoes = [
        {"classe": classe, "ativo": ativo, "quantidade": quantidade, "preco": preco, "valor": valor}
        for classe, ativo, quantidade, preco, valor in POSICOES
    ]
    event: dict[str, Any] = {
        "evento": "carteira",
        "sistema": "amplis_reag",
        "fundo": fundo,
        "cnpj": "99.999.101/0001-70",
        "data": data,
        "fonte": sha(f"{fundo} {data}"),
        "cota": "1.41200001",
        "quantidade_cotas": "147164.37000000",
        "posicoes": posicoes,
        **changes,
    }
    total = sum(Decimal(str(item["valor"])) for item in event["posicoes"] if isinstance(item, dict) and "valor" in item)
    event.setdefault("patrimonio", str(total))
    return event


def days(first: str, count: int) -> list[str]:
    start = date.fromisoformat(first)
    return [(start + timedelta(days=n)).isoformat() for n in range(count)]
