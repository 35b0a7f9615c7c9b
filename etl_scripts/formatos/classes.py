"""Puts a holding in one of the five classes of the carteira, by the words of its block, type or name.

No portal publishes this mapping: the words below are inferred from how Brazilian carteiras name their blocks, and this
table is the only place that knows them. Quotas of funds go by the fund's own name (FIDC, renda fixa, else equity).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from .modelo import CLASSES, Classe
from .texto import normalizar

# In order: the first rule with one of its words in the text decides. A trailing space means a whole word.
_REGRAS: Final[tuple[tuple[Classe, tuple[str, ...]], ...]] = (
    (
        "cpr",
        (
            "cpr ", "contas a pagar", "contas a receber", "valores a pagar", "valores a receber", "a pagar",
            "a receber", "provisao de despesa", "provisoes", "provisao ", "despesa", "obrigac", "taxa de administracao",
            "taxa de performance", "taxa de custodia", "auditoria", "diferido", "cotas a emitir", "cotas a resgatar",
        ),
    ),
    (
        "credito",
        ("direitos creditorios", "direito creditorio", "dir cred", "credito", "recebive", "cedente", "fidc ", "pdd "),
    ),
    ("caixa", ("caixa", "disponibilidade", "conta corrente", "saldo em conta", "tesouraria", "cash ")),
    (
        "rf",
        (
            "rf ", "renda fixa", "titulo", "tit publico", "tit privado", "publico", "compromissada", "debenture",
            "lft", "ntn", "ltn", "cdb", "lci ", "lca ", "lf ", "cri ", "cra ", "letra ", "tesouro", "selic",
            "referenciado", "over ", "soberano", "nota promissoria", "nota comercial", "fundo de renda",
            "rdb",
        ),
    ),
    (
        "rv",
        (
            "rv ", "renda variavel", "acoes", "acao ", "opcoes", "opcao ", "futuro", "derivativo", "termo ", "swap",
            "bdr", "etf ", "fii ", "cotas", "cota ", "fundo", "fi ", "fic ", "fim ", "fia ", "fip ", "aluguel",
            "emprestimo", "equity", "on ", "pn ", "unt ",
        ),
    ),
)  # fmt: skip


@lru_cache(maxsize=4096)
def classificar(*textos: str) -> Classe | None:
    """The class that the first telling text names (block before type before asset name); None when none does."""
    for texto in textos:
        limpo = normalizar(texto)
        if limpo in CLASSES:
            return limpo
        palavras = f" {limpo} "
        for classe, marcas in _REGRAS:
            if any(f" {marca}" in palavras for marca in marcas):
                return classe
    return None
