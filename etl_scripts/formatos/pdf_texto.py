"""PDF reports by their text: whose they are, of which date, and the totals they state.

Known: the text holds `Data:` and `Carteira:`, or, in “Relatório de Aplicação e Resgate Analítico”, `Período` and
`Carteira`. Inferred: the labels of patrimônio, quota, quantity of quotas and block totals. The lines of assets are not
read: how a PDF's text is ordered within a table cannot be trusted.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Final, TypeVar

from .blocos import so_digitos
from .datas import ler_data
from .limites import MAX_BYTES_PDF, MAX_PAGINAS, Prazo, conferir_tamanho
from .modelo import CarteiraLida, ErroDeLeitura, Leitura
from .numeros import ler_numero
from .texto import normalizar

R = TypeVar("R")
CARTEIRA: Final = "pdf_carteira"
APLICACAO_E_RESGATE: Final = "pdf_aplicacao_resgate"
MAX_TEXTO: Final = 20_000_000  # characters in all pages

_NUMERO = r"\(?-?[ ]?(?:R\$[ ]?)?-?[0-9][0-9.]*(?:,[0-9]+)?\)?"
_FUNDO = re.compile(r"\bCarteira[ ]?:[ \t]{0,20}([^\n]{1,300})")
_DATA = re.compile(r"\bData[ ]?:\s{0,3}([0-9]{2}/[0-9]{2}/[0-9]{4})")
_DIA = r"([0-9]{2}/[0-9]{2}/[0-9]{4})"
_PERIODO = re.compile(rf"\bPer[ií]odo[ ]?:?\s{{0,3}}(?:de[ ])?{_DIA}\s{{0,3}}(?:a|até|à|-|–)\s{{0,3}}{_DIA}")
_CNPJ = re.compile(r"\bCNPJ[ ]?:[ \t]*([0-9]{2}\.?[0-9]{3}\.?[0-9]{3}/?[0-9]{4}-?[0-9]{2})")
_FIGURAS: Final = {
    "patrimonio": re.compile(rf"\bPatrim[ôo]nio(?: L[ií]quido)?[ ]?:?[ \t]*({_NUMERO})", re.IGNORECASE),
    "quantidade_cotas": re.compile(rf"\bQuantidade de Cotas[ ]?:?[ \t]*({_NUMERO})", re.IGNORECASE),
    "cota": re.compile(rf"\bValor da Cota[ ]?:?[ \t]*({_NUMERO})", re.IGNORECASE),
}
_TOTAL = re.compile(
    rf"^[ \t]*Total (?:d[aeo]s? )?([^\n0-9%]{{3,60}}?)[ \t]+(?:-?[0-9.,]{{1,12}}[ ]?%[ \t]+)?({_NUMERO})[ \t]*$",
    re.MULTILINE,
)
_OUTRO_ROTULO = re.compile(r"\s+(?:Data|CNPJ|Per[ií]odo|Gestor|Administrador|Custodiante|P[áa]gina)[ ]?:")


def ler(caminho: Path) -> Leitura:
    """The carteiras in the PDF; ErroDeLeitura when it has no text, no fund or no date. `linhas` counts the pages."""
    paginas = list(_paginas(caminho))
    texto = "\n".join(paginas)
    if not texto.strip():
        raise ErroDeLeitura(caminho, None, None, "o PDF não tem texto (é uma imagem?)")
    # Newer pages of the same carteira repeat its title; only the words tell the two reports apart.
    movimentos = "aplicacao e resgate analitico" in normalizar(texto[:5000])
    leitura = Leitura(APLICACAO_E_RESGATE if movimentos else CARTEIRA, linhas=len(paginas))
    inicios = [achado.start() for achado in _FUNDO.finditer(texto)]
    if not inicios:
        raise ErroDeLeitura(caminho, None, None, "o PDF não diz de que carteira é (“Carteira:”)")
    for inicio, fim in zip(inicios, [*inicios[1:], len(texto)], strict=True):
        # The date may stand on the line above the name, at the top of the same page.
        topo = max(texto.rfind("\f", 0, inicio), 0)
        _juntar(leitura, _trecho(caminho, texto[topo:fim], texto[inicio:fim], movimentos))
    return leitura


def _trecho(caminho: Path, pagina: str, texto: str, movimentos: bool) -> CarteiraLida:
    achado = _FUNDO.search(texto)
    fundo = _OUTRO_ROTULO.split(achado.group(1))[0].strip() if achado else ""
    if not fundo:
        raise ErroDeLeitura(caminho, None, None, "o nome da carteira está vazio")
    cnpj = _CNPJ.search(texto)
    carteira = CarteiraLida(
        fundo, _data(caminho, pagina, texto, movimentos), so_digitos(cnpj.group(1)) if cnpj else None
    )
    if movimentos:
        return carteira
    for campo, forma in _FIGURAS.items():
        if achado := forma.search(texto):
            setattr(carteira, campo, _converter(caminho, campo, achado.group(1), ler_numero))
    for achado in _TOTAL.finditer(texto):
        nome = achado.group(1).strip()
        if normalizar(nome) not in ("geral", "da carteira", "carteira", "do patrimonio"):
            carteira.totais[nome] = _converter(caminho, f"Total {nome}", achado.group(2), ler_numero)
    return carteira


def _data(caminho: Path, pagina: str, texto: str, movimentos: bool) -> date:
    """The date of the carteira; of a report on a period, its last day."""
    forma, grupo = (_PERIODO, 2) if movimentos else (_DATA, 1)
    achado = forma.search(texto) or forma.search(pagina)
    if achado is None:
        rotulo = "Período" if movimentos else "Data"
        raise ErroDeLeitura(caminho, None, None, f"o PDF não diz de que data é (“{rotulo}:”)")
    return _converter(caminho, "Data", achado.group(grupo), ler_data)


def _juntar(leitura: Leitura, nova: CarteiraLida) -> None:
    """Adds a carteira, or completes the one that the page before began."""
    for carteira in leitura.fundos:
        if (carteira.fundo, carteira.data) == (nova.fundo, nova.data):
            carteira.cnpj = carteira.cnpj or nova.cnpj
            for campo in _FIGURAS:
                if getattr(carteira, campo) is None:
                    setattr(carteira, campo, getattr(nova, campo))
            carteira.totais.update(nova.totais)
            return
    leitura.fundos.append(nova)


def _converter(caminho: Path, campo: str, texto: str, leitor: Callable[[str], R]) -> R:
    try:
        return leitor(texto)
    except ValueError as erro:
        raise ErroDeLeitura(caminho, None, campo, str(erro)) from erro


def _paginas(caminho: Path) -> Iterator[str]:
    """The text of each page, ended by a form feed; ErroDeLeitura when the PDF is broken, locked or too large."""
    import pypdf

    conferir_tamanho(caminho, MAX_BYTES_PDF)
    prazo = Prazo(caminho)
    logging.getLogger("pypdf").setLevel(
        logging.CRITICAL
    )  # it tells each oddity of a page, in English, to the run's log

    def vigiar(*_: object) -> None:
        prazo.conferir()

    total = 0
    try:
        with caminho.open("rb") as arquivo:
            leitor = pypdf.PdfReader(arquivo, strict=False)
            if leitor.is_encrypted and not leitor.decrypt(""):
                raise ErroDeLeitura(caminho, None, None, "o PDF é protegido por senha")
            for numero, pagina in enumerate(leitor.pages, 1):
                if numero > MAX_PAGINAS:
                    raise ErroDeLeitura(caminho, None, None, f"o PDF passa de {MAX_PAGINAS} páginas")
                prazo.conferir()
                texto = pagina.extract_text(visitor_operand_before=vigiar)
                total += len(texto)
                if total > MAX_TEXTO:
                    raise ErroDeLeitura(caminho, None, None, "o PDF tem texto demais")
                yield f"{texto}\f"
    except ErroDeLeitura:
        raise
    except RecursionError as erro:
        raise ErroDeLeitura(caminho, None, None, "o PDF está corrompido") from erro
    except Exception as erro:
        # pypdf says that broken files raise any exception, not only its own.
        motivo = f"o PDF está corrompido ou chegou cortado ({type(erro).__name__})"
        raise ErroDeLeitura(caminho, None, None, motivo) from erro
