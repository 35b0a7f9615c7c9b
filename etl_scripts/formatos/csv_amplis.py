"""The other AMPLIS reports: aplicação e resgate (`ar.csv`) and contas a pagar (`cp1.csv`, `cp2.csv`).

They hold movements, not positions: the reading gives which funds and dates are in them and how many lines, and proves
that each line's date and value can be read. The column names are inferred.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from .blocos import so_digitos
from .datas import ler_data
from .modelo import CarteiraLida, ErroDeLeitura, Leitura
from .numeros import ler_numero_opcional
from .repeticoes import Repeticoes
from .texto import Colunas, ler_texto, linhas_csv, normalizar

CAMPOS: Final[dict[str, tuple[str, ...]]] = {
    "fundo": ("carteira", "fundo", "nome do fundo", "nome da carteira", "nome fundo"),
    "cnpj": ("cnpj do fundo", "cnpj", "cnpj fundo", "cnpj da carteira"),
    "data": (
        "data", "data da operacao", "data operacao", "data movimento", "data do movimento", "data da posicao",
        "data posicao", "data de lancamento", "data lancamento", "data base", "data cotizacao", "data da cotizacao",
    ),
    "valor": (
        "valor", "valor r", "valor bruto", "valor liquido", "valor a pagar", "valor financeiro", "financeiro", "saldo",
        "valor provisionado",
    ),
}  # fmt: skip
# Words that only one of the two reports has in its header.
_AR: Final = ("aplicacao", "resgate", "cotista", "cotizacao", "movimento", "operacao")
_CP: Final = ("vencimento", "pagamento", "despesa", "lancamento", "conta", "a pagar", "liquidacao", "provisao")
# A carteira of positions also has dates and values; these say that it is one.
_CARTEIRA: Final = ("ativo", "quantidade", "preco", "pu", "papel")


def reconhecer(nomes: Iterable[str]) -> str | None:
    """`amplis_ar` or `amplis_cp` when these normalized column names are of one of the reports; else None."""
    nomes = set(nomes)
    if not (nomes & set(CAMPOS["fundo"]) and nomes & set(CAMPOS["valor"])):
        return None
    if any(nome.startswith(_AR) for nome in nomes if not nome.startswith("data ")):
        return "amplis_ar"
    if any(nome in _CARTEIRA for nome in nomes):
        return None
    if any(marca in nome for nome in nomes for marca in _CP):
        return "amplis_cp"
    return None


def ler(caminho: Path) -> Leitura:
    """Funds and dates of the movements; ErroDeLeitura with line and column when a date or value cannot be read."""
    colunas: Colunas | None = None
    leitura = Leitura("amplis_cp")
    repeticoes = Repeticoes()
    vistos: dict[tuple[str, str], CarteiraLida] = {}
    texto = ler_texto(caminho)
    for linha, celulas in linhas_csv(caminho, texto):
        if colunas is None:
            if formato := reconhecer({normalizar(celula) for celula in celulas}):
                leitura.formato, colunas = formato, Colunas(celulas, CAMPOS)
                if not colunas.tem("data"):
                    raise ErroDeLeitura(caminho, linha, None, "falta a coluna da data")
            continue
        if normalizar(celulas[0]).startswith(("total", "subtotal")):
            continue
        fundo = (colunas.valor(celulas, "fundo") or "").strip()
        bruta = colunas.valor(celulas, "data") or ""
        if not fundo:
            raise ErroDeLeitura(caminho, linha, colunas.titulo("fundo"), "o nome do fundo está vazio")
        if len(celulas) < len(colunas.titulos) - 1:
            mensagem = (
                f"a linha tem {len(celulas)} de {len(colunas.titulos)} colunas: o arquivo pode ter chegado cortado"
            )
            raise ErroDeLeitura(caminho, linha, colunas.titulos[len(celulas)], mensagem)
        campo = "data"
        try:
            dia = ler_data(bruta)
            campo = "valor"
            ler_numero_opcional(colunas.valor(celulas, "valor") or "")
        except ValueError as erro:
            raise ErroDeLeitura(caminho, linha, colunas.titulo(campo), str(erro)) from erro
        leitura.linhas += 1
        repeticoes.anotar(fundo, dia, celulas)
        if (fundo, bruta) not in vistos:
            cnpj = so_digitos(colunas.valor(celulas, "cnpj") or "")
            vistos[fundo, bruta] = CarteiraLida(fundo, dia, cnpj=cnpj)
    if colunas is not None and not texto.endswith(("\n", "\r")) and texto[-3:-2] != ",":
        raise ErroDeLeitura(
            caminho, linha, None, "a última linha termina no meio de um valor: o arquivo chegou cortado"
        )
    if colunas is None:
        raise ErroDeLeitura(caminho, None, None, "o cabeçalho do relatório não foi encontrado")
    leitura.fundos = list(vistos.values())
    leitura.incoerencias += repeticoes.problemas()
    return leitura
