"""`conferir`: whether what was read is what was asked for, and whether its figures hold together."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from .datas import escrever_data
from .modelo import CarteiraLida, Leitura
from .numeros import escrever_numero
from .texto import normalizar

CENTAVO: Final = Decimal("0.01")
# However few decimals are printed, quota x quantity may not be farther off than this share of the patrimônio.
FOLGA_MAXIMA: Final = Decimal("0.0001")
# A text file may end anywhere and still be read; a carteira without its patrimônio is taken for half of one.
COM_PATRIMONIO: Final = ("csv_carteira",)
MAX_PROBLEMAS: Final = 50

# Long forms that the same fund's name is written in, and the short one to compare by.
_ABREVIACOES: Final = (
    ("responsabilidade limitada", ""),
    ("resp limitada", ""),
    ("resp ltda", ""),
    ("classe unica", ""),
    ("fundo de investimento em cotas de fundos de investimento", "fic"),
    ("fundo de investimento em cotas", "fic"),
    ("fundo de investimento em direitos creditorios", "fidc"),
    ("fundo de investimento em participacoes", "fip"),
    ("fundo de investimento imobiliario", "fii"),
    ("fundo de investimento multimercado", "fim"),
    ("fundo de investimento em acoes", "fia"),
    ("fundo de investimento financeiro", "fi"),
    ("fundo de investimento", "fi"),
    ("fi multimercado", "fim"),
    ("fi em acoes", "fia"),
    ("fi acoes", "fia"),
    ("credito privado", "cp"),
    ("renda fixa", "rf"),
    ("nao padronizado", "np"),
)


def conferir(leitura: Leitura, fundo: str | None = None, data: date | tuple[date, date] | None = None) -> list[str]:
    """The problems found, in Portuguese; an empty list means that the file may be trusted.

    `fundo` is a name or a CNPJ; `data` a date, or the first and last of a period. What is None is not checked. Sums may
    be off by one cent per position line; quota x quantity by what the printed decimals of both cannot tell.
    """
    problemas = list(leitura.incoerencias)
    if not leitura.fundos and leitura.linhas == 0:
        problemas.append("o arquivo não tem nenhum dado")
    if fundo is not None:
        problemas += _conferir_fundo(leitura, fundo)
    for carteira in leitura.fundos:
        if data is not None:
            problemas += _conferir_data(carteira, data)
        problemas += _conferir_soma(carteira, leitura.formato)
        problemas += _conferir_cota(carteira)
        if len(problemas) > MAX_PROBLEMAS:
            return [*problemas[:MAX_PROBLEMAS], "há mais problemas; só os primeiros foram listados"]
    return problemas


def mesmo_fundo(pedido: str, carteira: CarteiraLida) -> bool:
    """Whether the carteira is of the fund asked for, by CNPJ or by name; similar names are not the same fund."""
    digitos = "".join(letra for letra in pedido if letra in "0123456789")
    if len(digitos) == 14 and carteira.cnpj:
        return digitos == carteira.cnpj
    return _chave(pedido) == _chave(carteira.fundo)


def _chave(nome: str) -> str:
    chave = normalizar(nome)
    for longa, curta in _ABREVIACOES:
        chave = chave.replace(longa, curta)
    return " ".join(chave.split())


def _conferir_fundo(leitura: Leitura, fundo: str) -> list[str]:
    outros = sorted({carteira.fundo for carteira in leitura.fundos if not mesmo_fundo(fundo, carteira)})
    if not outros:
        return []
    lista = ", ".join(f"“{nome}”" for nome in outros[:3]) + (" e outros" if len(outros) > 3 else "")
    if len(outros) == len({carteira.fundo for carteira in leitura.fundos}):
        return [f"o fundo pedido é “{fundo}”, mas o arquivo é de {lista}"]
    return [f"além do fundo pedido, “{fundo}”, o arquivo traz {lista}"]


def _conferir_data(carteira: CarteiraLida, data: date | tuple[date, date]) -> list[str]:
    primeira, ultima = data if isinstance(data, tuple) else (data, data)
    if primeira <= carteira.data <= ultima:
        return []
    pedida = escrever_data(primeira) if primeira == ultima else f"{escrever_data(primeira)} a {escrever_data(ultima)}"
    return [f"{carteira.fundo}: a data pedida é {pedida}, mas o arquivo é de {escrever_data(carteira.data)}"]


def _conferir_soma(carteira: CarteiraLida, formato: str) -> list[str]:
    valores = [posicao.valor for posicao in carteira.posicoes] or list(carteira.totais.values())
    if not valores:
        return []
    if carteira.patrimonio is None:
        if formato not in COM_PATRIMONIO:
            return []
        return [
            f"{carteira.fundo}, {escrever_data(carteira.data)}: o arquivo não informa o patrimônio (chegou cortado?)"
        ]
    soma = sum(valores, Decimal(0))
    diferenca = soma - carteira.patrimonio
    if abs(diferenca) <= CENTAVO * len(valores):
        return []
    return [
        f"{carteira.fundo}, {escrever_data(carteira.data)}: as posições somam R$ {escrever_numero(soma, 2)}, "
        f"mas o patrimônio informado é R$ {escrever_numero(carteira.patrimonio, 2)} "
        f"(diferença de R$ {escrever_numero(diferenca, 2)})"
    ]


def _conferir_cota(carteira: CarteiraLida) -> list[str]:
    cota, quantidade, patrimonio = carteira.cota, carteira.quantidade_cotas, carteira.patrimonio
    if cota is None or quantidade is None or patrimonio is None:
        return []
    diferenca = cota * quantidade - patrimonio
    # Half a unit of the last decimal printed, of each factor, times the other.
    folga = abs(quantidade) * _meia_casa(cota) + abs(cota) * _meia_casa(quantidade)
    if abs(diferenca) <= CENTAVO + min(folga, abs(patrimonio) * FOLGA_MAXIMA):
        return []
    return [
        f"{carteira.fundo}, {escrever_data(carteira.data)}: cota × quantidade dá R$ "
        f"{escrever_numero(cota * quantidade, 2)}, mas o patrimônio informado é R$ {escrever_numero(patrimonio, 2)}"
    ]


def _meia_casa(valor: Decimal) -> Decimal:
    expoente = valor.as_tuple().exponent
    return Decimal((0, (5,), expoente - 1)) if isinstance(expoente, int) else Decimal(0)
