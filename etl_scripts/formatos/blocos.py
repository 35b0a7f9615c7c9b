"""Reads a carteira laid out for people: label and value pairs on top, then blocks of assets with a title and a table.

Used for the carteira CSV and for the spreadsheets alike: cells are text or spreadsheet values. A plain table with one
line an asset is the same thing with a single block. Headers are found by name, so order and extra columns don't matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final, TypeVar

from .classes import classificar
from .datas import ler_data_celula
from .limites import MAX_POSICOES
from .modelo import CarteiraLida, ErroDeLeitura, Posicao
from .numeros import escrever_numero, ler_numero_celula
from .repeticoes import Repeticoes
from .texto import Colunas, normalizar

# Accepted names of each field, exact before vague; which of them a portal really uses is inferred.
CAMPOS: Final[dict[str, tuple[str, ...]]] = {
    "fundo": ("fundo", "nome do fundo", "nome fundo", "carteira", "nome da carteira", "portfolio", "fundo carteira"),
    "cnpj": ("cnpj", "cnpj do fundo", "cnpj fundo", "cnpj da carteira", "cnpj da classe"),
    "data": (
        "data da posicao", "data posicao", "data da carteira", "data carteira", "data base", "data de referencia",
        "data referencia", "dt posicao", "posicao em", "data",
    ),
    "classe": ("classe", "classe de ativo", "classe do ativo", "tipo de ativo", "tipo ativo", "grupo", "tipo"),
    "ativo": (
        "ativo", "nome do ativo", "descricao do ativo", "descricao", "papel", "titulo", "instrumento", "nome",
        "historico", "conta", "lancamento", "codigo do ativo", "codigo",
    ),
    "quantidade": ("quantidade", "qtde", "qtd", "quantidade total", "qtde total", "qtd total", "quantidade disponivel"),
    "preco": (
        "preco", "preco unitario", "pu", "pu mercado", "pu de mercado", "preco de mercado", "preco mercado",
        "pu posicao", "cotacao", "valor unitario", "preco atual", "pu atual", "preco r",
    ),
    "valor": (
        "valor", "valor r", "valor de mercado", "valor mercado", "valor financeiro", "financeiro", "valor total",
        "valor liquido", "valor atual", "valor presente", "valor de mercado r", "valor financeiro r", "saldo",
        "valor bruto", "saldo r",
    ),
    "patrimonio": (
        "patrimonio liquido", "patrimonio", "patrimonio liquido r", "pl", "patrimonio do fundo", "valor do patrimonio",
    ),
    "cota": ("valor da cota", "valor da cota r", "cota", "valor cota", "cota liquida", "valor da cota liquida"),
    "quantidade_cotas": (
        "quantidade de cotas", "qtde de cotas", "qtd de cotas", "quantidade cotas", "qtd cotas", "qtde cotas",
        "numero de cotas", "cotas emitidas",
    ),
}  # fmt: skip
# Names of the asset's column that, in a table with fund and date on each line, mean movements and not holdings.
LANCAMENTOS: Final = ("historico", "lancamento", "conta")
ROTULOS: Final = ("fundo", "cnpj", "data", "patrimonio", "cota", "quantidade_cotas")
CENTAVO: Final = Decimal("0.01")
MAX_INCOERENCIAS: Final = 20
FIGURAS: Final = ("patrimonio", "cota", "quantidade_cotas")
_ROTULO_DE: Final = {nome: campo for campo in ROTULOS for nome in CAMPOS[campo]}
_TOTAIS: Final = ("total", "subtotal", "sub total", "totais")

R = TypeVar("R")
Localizador = Callable[[int, int, str], str]


@dataclass(slots=True)
class Bloco:
    """Where the reading is: the current block's title and header, and what the labels have said so far."""

    titulo: str = ""
    colunas: Colunas | None = None
    rotulos: dict[str, object] = field(default_factory=dict)
    valores: list[Decimal] = field(default_factory=list)


class LeitorDeBlocos:
    """Feeds on rows and gathers carteiras by (fund, date). `localizar(linha, indice, titulo)` names a cell."""

    def __init__(self, caminho: Path, localizar: Localizador) -> None:
        self.caminho = caminho
        self.carteiras: dict[tuple[str, date], CarteiraLida] = {}
        self.linhas = 0
        self.incoerencias: list[str] = []
        self._repeticoes = Repeticoes()
        self._localizar = localizar
        self._bloco = Bloco()
        self._posicoes = 0
        self._atual: CarteiraLida | None = None
        self._soma_da_carteira = self._soma_do_arquivo = Decimal(0)

    def ler(
        self, linhas: Iterable[tuple[int, Sequence[object]]], *, vazio_permitido: bool = False
    ) -> list[CarteiraLida]:
        """The carteiras, in the order they appear; ErroDeLeitura with line and column at the first bad cell."""
        for linha, celulas in linhas:
            self._linha(linha, celulas)
        if not self.carteiras and self._bloco.rotulos.get("fundo"):
            self._carteira(0, ())
        self.incoerencias += self._repeticoes.problemas()
        if not self.carteiras and not vazio_permitido:
            raise ErroDeLeitura(self.caminho, None, None, "nenhuma carteira foi encontrada no arquivo")
        return list(self.carteiras.values())

    def _linha(self, linha: int, celulas: Sequence[object]) -> None:
        cheias = [(i, c) for i, c in enumerate(celulas) if c is not None and str(c).strip() != ""]
        if not cheias:
            return
        if self._cabecalho(celulas, len(cheias)) or self._rotulo(linha, cheias):
            return
        if len(cheias) == 1:
            titulo = str(cheias[0][1])
            if cheias[0][0] == 0 and not normalizar(titulo).startswith(_TOTAIS):
                self._bloco.titulo, self._bloco.colunas = titulo, None
                self._bloco.valores.clear()
            return
        if self._bloco.colunas is None:
            return
        if normalizar(str(cheias[0][1])).startswith(_TOTAIS):
            self._total(linha, celulas, self._bloco)
            return
        if not self._bloco.colunas.tem("valor"):
            self._carteira(linha, celulas)
            self.linhas += 1
            return
        self._posicao(linha, celulas, self._bloco.colunas)

    def _cabecalho(self, celulas: Sequence[object], cheias: int) -> bool:
        """Takes the row as a header when it is all text and names a value and at least one more field."""
        if cheias < 2 or not all(isinstance(c, str) or c is None for c in celulas):
            return False
        colunas = Colunas([str(c or "") for c in celulas], CAMPOS)
        de_ativos = colunas.tem("valor") and (colunas.tem("ativo") or colunas.tem("classe"))
        # A small table of the fund's own figures: every name is a label, and the values are on the lines below.
        do_fundo = len(set(colunas.indice.values())) == cheias and not colunas.faltam("patrimonio", "cota")
        # A data row can hold a word like "Valor"; a header holds no number.
        if not (de_ativos or do_fundo) or any(letra in "0123456789" for c in celulas for letra in str(c or "")):
            return False
        self._bloco.colunas = colunas
        return True

    def _rotulo(self, linha: int, cheias: list[tuple[int, object]]) -> bool:
        """Takes `Label: value`, or pairs of label and value cells, on top of or below the blocks."""
        achou = False
        posicao = 0
        while posicao < len(cheias):
            indice, celula = cheias[posicao]
            nome, _, resto = str(celula).partition(":")
            campo = _ROTULO_DE.get(normalizar(nome))
            if campo is None or not isinstance(celula, str):
                return achou
            if resto.strip():
                valor: object = resto.strip()
            elif posicao + 1 < len(cheias):
                posicao += 1
                valor = cheias[posicao][1]
            else:
                return achou
            self._guardar(linha, indice, campo, valor)
            achou = True
            posicao += 1
        return achou

    def _guardar(self, linha: int, indice: int, campo: str, valor: object) -> None:
        if campo in ("fundo", "data") and self._bloco.rotulos.get(campo) != valor:
            # Another fund or date begins: nothing of the one before may leak into it.
            self._bloco = Bloco(rotulos={k: v for k, v in self._bloco.rotulos.items() if self._aberta(k)})
        convertido: object = str(valor).strip()
        if campo == "data":
            convertido = self._converter(linha, indice, campo, valor, ler_data_celula)
        elif campo in FIGURAS:
            convertido = self._converter(linha, indice, campo, valor, ler_numero_celula)
        self._bloco.rotulos[campo] = convertido
        fundo, dia = self._bloco.rotulos.get("fundo"), self._bloco.rotulos.get("data")
        if isinstance(dia, date) and (str(fundo or ""), dia) in self.carteiras:
            self._completar(self.carteiras[str(fundo or ""), dia])

    def _aberta(self, campo: str) -> bool:
        """Whether a label may still be of the carteira to come: figures that a finished one used may not."""
        fundo, dia = self._bloco.rotulos.get("fundo"), self._bloco.rotulos.get("data")
        usada = isinstance(dia, date) and (str(fundo or ""), dia) in self.carteiras
        return campo in ("fundo", "data") or not usada

    def _posicao(self, linha: int, celulas: Sequence[object], colunas: Colunas) -> None:
        bruto = colunas.valor(celulas, "valor")
        ativo = str(colunas.valor(celulas, "ativo") or "").strip()
        tipo = str(colunas.valor(celulas, "classe") or "").strip()
        especial = _ROTULO_DE.get(normalizar(ativo)) or _ROTULO_DE.get(normalizar(tipo))
        carteira = self._carteira(linha, celulas)
        valor = self._numero(linha, celulas, colunas, "valor")
        if especial in FIGURAS:
            setattr(carteira, especial, valor)
            return
        if normalizar(ativo).startswith(_TOTAIS) and not tipo.strip():
            return
        if valor is None:
            titulo = colunas.titulo("valor")
            onde = self._localizar(linha, colunas.indice["valor"], titulo)
            raise ErroDeLeitura(self.caminho, linha, onde, f"o valor está vazio (“{bruto or ''}”)")
        classe = classificar(tipo, self._bloco.titulo, ativo)
        if classe is None:
            onde = self._localizar(linha, colunas.indice.get("classe", 0), colunas.titulo("classe"))
            raise ErroDeLeitura(self.caminho, linha, onde, f"não sei a que classe pertence “{tipo or ativo}”")
        quantidade = self._numero(linha, celulas, colunas, "quantidade")
        preco = self._numero(linha, celulas, colunas, "preco")
        carteira.posicoes.append(Posicao(classe, ativo or tipo, quantidade, preco, valor))
        self._somar(carteira, valor)
        self._repeticoes.anotar(carteira.fundo, carteira.data, [repr(celula) for celula in celulas])
        self.linhas += 1
        self._posicoes += 1
        if self._posicoes > MAX_POSICOES:
            raise ErroDeLeitura(self.caminho, linha, None, f"o arquivo passa de {MAX_POSICOES} posições")

    def _somar(self, carteira: CarteiraLida, valor: Decimal) -> None:
        if carteira is not self._atual:
            self._atual, self._soma_da_carteira = carteira, Decimal(0)
        self._bloco.valores.append(valor)
        self._soma_da_carteira += valor
        self._soma_do_arquivo += valor

    def _total(self, linha: int, celulas: Sequence[object], bloco: Bloco) -> None:
        """Compares the block's stated total with its lines; a total that covers more than the block is let be."""
        if bloco.colunas is None or not bloco.valores or not bloco.colunas.tem("valor"):
            return
        total = self._numero(linha, celulas, bloco.colunas, "valor")
        soma, folga = sum(bloco.valores, Decimal(0)), CENTAVO * len(bloco.valores)
        nome = normalizar(str(next(c for c in celulas if c)))
        do_bloco = nome in _TOTAIS or (bool(bloco.titulo) and normalizar(bloco.titulo) in nome)
        somas = (soma, self._soma_da_carteira, self._soma_do_arquivo)
        fecha = total is None or any(abs(total - s) <= folga for s in somas)
        if total is not None and do_bloco and not fecha and len(self.incoerencias) < MAX_INCOERENCIAS:
            self.incoerencias.append(
                f"linha {linha}: o total de “{bloco.titulo}” é R$ {escrever_numero(total, 2)}, "
                f"mas as linhas somam R$ {escrever_numero(soma, 2)}"
            )
        bloco.valores.clear()

    def _carteira(self, linha: int, celulas: Sequence[object]) -> CarteiraLida:
        """The carteira this row belongs to: by its own columns, else by the labels above."""
        colunas = self._bloco.colunas
        proprias: dict[str, object] = {}
        if colunas is not None:
            for campo in ROTULOS:
                valor = colunas.valor(celulas, campo)
                if valor is not None and str(valor).strip():
                    proprias[campo] = valor
        fundo = str(proprias.get("fundo") or self._bloco.rotulos.get("fundo") or "").strip()
        bruta = proprias.get("data") or self._bloco.rotulos.get("data")
        indice = colunas.indice.get("data", 0) if colunas else 0
        if not fundo:
            raise ErroDeLeitura(self.caminho, linha or None, None, "o arquivo não diz de que fundo é a carteira")
        dia = self._converter(linha, indice, "data", bruta, ler_data_celula)
        carteira = self.carteiras.get((fundo, dia))
        if carteira is None:
            carteira = self.carteiras[fundo, dia] = CarteiraLida(fundo, dia)
            if "fundo" not in proprias or proprias["fundo"] == self._bloco.rotulos.get("fundo"):
                self._completar(carteira)
        if colunas is not None:
            self._proprias(linha, celulas, colunas, carteira)
        return carteira

    def _proprias(
        self,
        linha: int,
        celulas: Sequence[object],
        colunas: Colunas,
        carteira: CarteiraLida,
    ) -> None:
        """Fund-level columns, repeated on each row or alone in a table: patrimônio, quota, quantity of quotas, CNPJ."""
        if cnpj := colunas.valor(celulas, "cnpj"):
            carteira.cnpj = so_digitos(cnpj)
        for campo in FIGURAS:
            if colunas.tem(campo) and getattr(carteira, campo) is None:
                setattr(carteira, campo, self._numero(linha, celulas, colunas, campo))

    def _completar(self, carteira: CarteiraLida) -> None:
        rotulos = self._bloco.rotulos
        if rotulos.get("cnpj"):
            carteira.cnpj = so_digitos(rotulos["cnpj"])
        for campo in FIGURAS:
            valor = rotulos.get(campo)
            if isinstance(valor, Decimal):
                setattr(carteira, campo, valor)

    def _numero(self, linha: int, celulas: Sequence[object], colunas: Colunas, campo: str) -> Decimal | None:
        indice = colunas.indice.get(campo)
        if indice is None or indice >= len(celulas):
            return None
        return self._converter(linha, indice, colunas.titulo(campo), celulas[indice], ler_numero_celula)

    def _converter(self, linha: int, indice: int, titulo: str, valor: object, leitor: Callable[[object], R]) -> R:
        try:
            return leitor(valor)
        except ValueError as erro:
            onde = self._localizar(linha, indice, titulo)
            raise ErroDeLeitura(self.caminho, linha or None, onde, str(erro)) from erro


def so_digitos(valor: object) -> str | None:
    """The 14 digits of a CNPJ, zeros on the left restored; None when it is not one."""
    texto = f"{valor:.0f}" if isinstance(valor, float) else str(valor)
    digitos = "".join(letra for letra in texto if letra in "0123456789")
    return digitos.zfill(14) if 8 <= len(digitos) <= 14 else None
