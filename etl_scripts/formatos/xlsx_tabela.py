"""Spreadsheets that are one plain table, or one a sheet, of a fund's investors, quotas or movements.

JCOT (posição de cotista), MAPS passivo (fund and date in rows 1-3, investor on row 2, data from row 4) and BRITECH
(sc, hc, pc, lh, pf: their meaning is inferred from the names). They give the funds and dates they are of, the quota,
and the sum of the quantities; a table with assets is a carteira and goes to LeitorDeBlocos. Column names are inferred.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final, TypeVar

from .blocos import CAMPOS as CAMPOS_CARTEIRA
from .blocos import so_digitos
from .datas import ler_data_celula
from .modelo import CarteiraLida, ErroDeLeitura, Leitura
from .numeros import escrever_numero, ler_numero_celula
from .planilha import Planilha, abrir, nome_da_celula
from .repeticoes import Repeticoes
from .texto import Colunas, normalizar

R = TypeVar("R")
FORMATO: Final = "xlsx_tabela"
COTISTAS: Final = "xlsx_cotistas"
MAX_INCOERENCIAS: Final = 20
FOLGA: Final = Decimal("0.02")  # BRL a line

CAMPOS: Final[dict[str, tuple[str, ...]]] = {
    "fundo": (*CAMPOS_CARTEIRA["fundo"], "descricao do fundo", "fundo nome", "nome carteira", "nm fundo", "apelido"),
    "cnpj": CAMPOS_CARTEIRA["cnpj"],
    "data": (
        *CAMPOS_CARTEIRA["data"], "data historico", "data da cota", "data cota", "data do movimento", "data movimento",
        "data operacao", "data da operacao", "dt movimento", "data liquidacao", "data de liquidacao", "data lancamento",
    ),
    "cotista": ("cotista", "nome do cotista", "nome cotista", "investidor", "nome do investidor", "nome investidor"),
    "quantidade": (
        "quantidade de cotas", "qtde de cotas", "qtd de cotas", "quantidade", "qtde cotas", "qtd cotas",
        "quantidade cotas", "saldo de cotas", "cotas",
    ),
    "cota": ("valor da cota", "valor cota", "cota", "cota liquida", "valor cota r", "valor da cota r"),
    "valor": ("valor bruto", "saldo bruto", "valor", "saldo", "valor r", "valor total", "valor atual", "financeiro"),
    "patrimonio": CAMPOS_CARTEIRA["patrimonio"],
}  # fmt: skip
ROTULOS: Final = ("fundo", "cnpj", "data", "cota", "quantidade", "patrimonio")
_ROTULO_DE: Final = {nome: campo for campo in ROTULOS for nome in CAMPOS[campo]}


class _Tabela:
    """Reads one sheet: labels until the header, then a line a row."""

    def __init__(self, caminho: Path, leitura: Leitura, aba: str) -> None:
        self.caminho = caminho
        self.leitura = leitura
        self.aba = aba
        self.colunas: Colunas | None = None
        self.repeticoes = Repeticoes()
        self.rotulos: dict[str, object] = {}
        self.carteiras: dict[tuple[str, date], CarteiraLida] = {}

    def ler(self, planilha: Planilha) -> None:
        for linha, celulas in planilha.linhas(self.aba):
            if self._cabecalho(celulas):
                continue
            if self.colunas is None:
                self._rotulo(linha, celulas)
            elif not normalizar(str(next(c for c in celulas if c is not None))).startswith(("total", "subtotal")):
                self._registro(linha, celulas, self.colunas)
        self.leitura.fundos += self.carteiras.values()
        self.leitura.incoerencias += self.repeticoes.problemas()

    def _cabecalho(self, celulas: Sequence[object]) -> bool:
        """Takes a row of text with at least three known names; one that repeats (a new page) changes nothing."""
        textos = [c for c in celulas if isinstance(c, str)]
        if len(textos) < 3 or len(textos) < sum(c is not None for c in celulas):
            return False
        colunas = Colunas([str(c or "") for c in celulas], CAMPOS)
        if len(set(colunas.indice.values())) < 3 or not (colunas.tem("valor") or colunas.tem("cota")):
            return False
        self.colunas = colunas
        if colunas.tem("cotista"):
            self.leitura.formato = COTISTAS
        return True

    def _rotulo(self, linha: int, celulas: Sequence[object]) -> None:
        """`Fundo: X`, or label and value in neighbouring cells; anything else above the table is left alone."""
        cheias = [(i, c) for i, c in enumerate(celulas) if c is not None]
        for posicao, (_, celula) in enumerate(cheias):
            nome, _, resto = str(celula).partition(":")
            campo = _ROTULO_DE.get(normalizar(nome)) if isinstance(celula, str) else None
            if campo is None:
                continue
            seguinte = cheias[posicao + 1] if posicao + 1 < len(cheias) else None
            if resto.strip():
                self.rotulos[campo] = resto.strip()
            elif seguinte is not None:
                self.rotulos[campo] = seguinte[1]
            if campo == "data" and campo in self.rotulos:
                indice = seguinte[0] if seguinte is not None and not resto.strip() else cheias[posicao][0]
                self.rotulos["data"] = self._converter(linha, indice, self.rotulos["data"], ler_data_celula)

    def _registro(self, linha: int, celulas: Sequence[object], colunas: Colunas) -> None:
        fundo = str(colunas.valor(celulas, "fundo") or self.rotulos.get("fundo") or "").strip()
        if not fundo:
            onde = nome_da_celula(linha, colunas.indice.get("fundo", 0))
            raise ErroDeLeitura(self.caminho, linha, onde, "a planilha não diz de que fundo é a linha")
        bruta = colunas.valor(celulas, "data") or self.rotulos.get("data")
        dia = self._converter(linha, colunas.indice.get("data", 0), bruta, ler_data_celula)
        carteira = self.carteiras.get((fundo, dia))
        if carteira is None:
            cnpj = so_digitos(colunas.valor(celulas, "cnpj") or self.rotulos.get("cnpj") or "")
            carteira = self.carteiras[fundo, dia] = CarteiraLida(fundo, dia, cnpj=cnpj)
        numeros = {
            campo: self._converter(linha, colunas.indice[campo], colunas.valor(celulas, campo), ler_numero_celula)
            for campo in ("quantidade", "cota", "valor", "patrimonio")
            if colunas.tem(campo)
        }
        self.leitura.linhas += 1
        # repr: a spreadsheet's cells may be of any kind.
        self.repeticoes.anotar(fundo, dia, [repr(celula) for celula in celulas])
        self._figuras(carteira, colunas, numeros)
        if colunas.tem("cotista"):
            self._conferir_linha(linha, numeros, carteira)

    def _figuras(self, carteira: CarteiraLida, colunas: Colunas, numeros: dict[str, Decimal | None]) -> None:
        """Quota and patrimônio of the fund; the quantity is of the fund itself, or adds up over its investors."""
        if carteira.cota is None:
            carteira.cota = numeros.get("cota")
        if carteira.patrimonio is None:
            carteira.patrimonio = numeros.get("patrimonio")
        quantidade = numeros.get("quantidade")
        if quantidade is None:
            return
        if colunas.tem("cotista"):
            carteira.quantidade_cotas = (carteira.quantidade_cotas or Decimal(0)) + quantidade
        elif colunas.tem("patrimonio"):
            carteira.quantidade_cotas = quantidade

    def _conferir_linha(self, linha: int, numeros: dict[str, Decimal | None], carteira: CarteiraLida) -> None:
        quantidade, valor = numeros.get("quantidade"), numeros.get("valor")
        cota = numeros.get("cota") or carteira.cota
        if quantidade is None or valor is None or cota is None or len(self.leitura.incoerencias) >= MAX_INCOERENCIAS:
            return
        # The quota may be shown with fewer decimals than it has: allow what they cannot tell.
        casas = min(int(cota.as_tuple().exponent), -6)
        folga = FOLGA + abs(quantidade) * Decimal((0, (1,), casas))
        if abs(quantidade * cota - valor) > folga:
            self.leitura.incoerencias.append(
                f"linha {linha}: {escrever_numero(quantidade)} cotas × {escrever_numero(cota)} não dá o valor "
                f"informado, R$ {escrever_numero(valor, 2)}"
            )

    def _converter(self, linha: int, indice: int, valor: object, leitor: Callable[[object], R]) -> R:
        try:
            return leitor(valor)
        except ValueError as erro:
            raise ErroDeLeitura(self.caminho, linha, nome_da_celula(linha, indice), str(erro)) from erro


def ler(caminho: Path) -> Leitura:
    """Funds, dates, quotas and quantities; ErroDeLeitura with row and cell when one cannot be read."""
    leitura = Leitura(FORMATO)
    achou = False
    with abrir(caminho) as planilha:
        for aba in planilha.abas:
            tabela = _Tabela(caminho, leitura, aba)
            tabela.ler(planilha)
            achou = achou or tabela.colunas is not None
    if not achou:
        raise ErroDeLeitura(caminho, None, None, "o cabeçalho da tabela não foi encontrado na planilha")
    return leitura
