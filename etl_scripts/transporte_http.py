"""The portal over plain HTTP (httpx), with the page's forms filled and sent as a browser would."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit

import certifi
import httpx
from selectolax.lexbor import LexborHTMLParser, LexborNode

from etl_scripts import formularios
from etl_scripts.erros import ArquivoInvalido, Falha
from etl_scripts.formularios import Envio
from etl_scripts.nomes import mb, nome_da_resposta
from etl_scripts.retomada import baixar_retomando
from etl_scripts.transporte import (
    HTML_MAXIMO,
    Alternativas,
    Baixado,
    Elemento,
    ElementoAusente,
    Limites,
    PaginaNoLugar,
    Transporte,
    falha_de_estado,
)

AGENTE: Final = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) ETLHub/0.1"
BLOCO: Final = 256 * 1024  # bytes
LOCAIS: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def contexto_tls() -> ssl.SSLContext:
    """Trusts what the system trusts (a company's own authority included) and certifi's list."""
    contexto = ssl.create_default_context()
    contexto.load_verify_locations(certifi.where())
    return contexto


def novo_cliente(limites: Limites) -> httpx.Client:
    """A client with every time bound, and no proxy for this same machine."""
    return httpx.Client(
        follow_redirects=True,
        timeout=httpx.Timeout(limites.pagina, connect=min(10.0, limites.pagina)),
        headers={"User-Agent": AGENTE, "Accept-Language": "pt-BR,pt;q=0.9", "Accept": "*/*"},
        verify=contexto_tls(),
        mounts={f"all://{'[::1]' if local == '::1' else local}": None for local in LOCAIS},
    )


@contextmanager
def em_palavras() -> Iterator[None]:
    """Turns httpx's errors into Falha with the reason in Portuguese."""
    try:
        yield
    except httpx.TimeoutException as causa:
        raise Falha("portal_fora", "O portal não respondeu a tempo.") from causa
    except httpx.ConnectError as causa:
        if "CERTIFICATE" in str(causa).upper():
            raise Falha("certificado", f"O certificado de segurança do portal não é confiável: {causa}") from causa
        raise Falha("portal_fora", "Não foi possível conectar ao portal.") from causa
    except httpx.TooManyRedirects as causa:
        raise Falha("pagina_mudou", "O portal redireciona sem fim.") from causa
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as causa:
        raise Falha("configuracao", f"O endereço do portal não é válido: {causa}") from causa
    except httpx.HTTPError as causa:
        raise Falha("portal_fora", "A conexão com o portal caiu no meio da resposta.") from causa


class TransporteHttp(Transporte):
    """Keeps the current page as a tree; filling changes the tree, clicking sends what the tree says."""

    nome = "http"

    def __init__(self, pasta: Path, limites: Limites, inicio: str) -> None:
        super().__init__(pasta, limites)
        self._cliente = novo_cliente(limites)
        self._endereco = inicio
        self._fonte = ""
        self._codificacao = "utf-8"
        self._pagina = LexborHTMLParser("<html></html>")
        self._ultimo = 0.0
        self._intervalo = 0.0 if urlsplit(inicio).hostname in LOCAIS else limites.intervalo

    @property
    def endereco(self) -> str:
        return self._endereco

    def abrir(self, endereco: str) -> None:
        self._navegar(Envio("GET", urljoin(self._endereco, endereco)))

    def elementos(self, alternativas: Alternativas) -> list[Elemento]:
        return [
            Elemento(formularios.texto_de(no), {nome: valor or "" for nome, valor in no.attributes.items()})
            for no in formularios.achar_todos(self._pagina, alternativas)
        ]

    def linhas(self, alternativas: Alternativas) -> list[list[str]]:
        nos = formularios.achar_todos(self._pagina, alternativas)
        return [[formularios.texto_de(celula) for celula in no.css("td, th")] for no in nos]

    def esperar(self, opcoes: Sequence[Alternativas], prazo: float | None = None) -> int:  # noqa: ARG002 - a page does not change by itself
        for n, alternativas in enumerate(opcoes):
            if formularios.achar_todos(self._pagina, alternativas):
                return n
        raise ElementoAusente([seletor for alternativas in opcoes for seletor in alternativas])

    def preencher(self, alternativas: Alternativas, valor: str) -> None:
        formularios.preencher(self._um(alternativas), valor)

    def valor(self, alternativas: Alternativas) -> str:
        return self._um(alternativas).attributes.get("value") or ""

    def escolher(self, alternativas: Alternativas, valor: str = "", texto: str = "") -> None:
        if not formularios.escolher(self._um(alternativas), valor, texto):
            raise ElementoAusente(alternativas)

    def marcar(self, alternativas: Alternativas, marcado: bool = True) -> None:
        formularios.marcar(self._pagina, self._um(alternativas), marcado)

    def marcar_todos(self, alternativas: Alternativas) -> None:
        for no in formularios.achar_todos(self._pagina, alternativas, ocultos=True):
            formularios.marcar(self._pagina, no, True)

    def enter(self, alternativas: Alternativas) -> None:
        formulario = self._formulario(alternativas)
        botao = formularios.botao_padrao(self._pagina, formulario)
        self._navegar(formularios.envio_de(self._pagina, formulario, botao, self._endereco, self._codificacao))

    def enviar_com(self, alternativas: Alternativas, campos: dict[str, str]) -> None:
        formulario = self._formulario(alternativas)
        formularios.definir(self._pagina, formulario, campos)
        self._navegar(formularios.envio_de(self._pagina, formulario, None, self._endereco, self._codificacao))

    def _formulario(self, alternativas: Alternativas) -> LexborNode:
        formulario = formularios.formulario_de(self._pagina, self._um(alternativas))
        if formulario is None:
            raise ElementoAusente(alternativas)
        return formulario

    def clicar(self, alternativas: Alternativas) -> None:
        self._navegar(self._acao(alternativas))

    def baixar(self, alternativas: Alternativas) -> Baixado:
        return self._baixar(self._acao(alternativas))

    def baixar_endereco(self, endereco: str, etiqueta: str = "") -> Baixado:
        envio = Envio("GET", urljoin(self._endereco, endereco))
        return baixar_retomando(
            lambda cabecalhos: self._pedir(envio, cabecalhos),
            self.proxima_pasta(),
            self.limites,
            lambda tamanho: _conferir_tamanho(tamanho, self.limites),
            etiqueta,
        )

    def html(self) -> str:
        return self._pagina.html or ""

    def fechar(self) -> None:
        self._cliente.close()

    def _um(self, alternativas: Alternativas) -> LexborNode:
        # What only a script would show can still be filled in and sent.
        visiveis = formularios.achar_todos(self._pagina, alternativas)
        nos = visiveis or formularios.achar_todos(self._pagina, alternativas, ocultos=True)
        if not nos:
            raise ElementoAusente(alternativas)
        return nos[0]

    def _acao(self, alternativas: Alternativas) -> Envio:
        """What clicking does: of all that matches, the first that leads anywhere; what is on view goes first."""
        for ocultos in (False, True):
            for seletor in alternativas:
                for no in formularios.achar_todos(self._pagina, [seletor], ocultos=ocultos):
                    acao = formularios.acao_de(self._pagina, no, self._endereco, self._codificacao)
                    if acao is not None:
                        return acao
        raise ElementoAusente(alternativas)

    @contextmanager
    def _pedir(self, envio: Envio, mais: dict[str, str] | None = None) -> Iterator[httpx.Response]:
        espera = self._ultimo + self._intervalo - time.monotonic()
        if espera > 0:
            time.sleep(espera)
        cabecalhos = {"Referer": self._endereco} | (mais or {})
        if envio.metodo != "GET":
            cabecalhos["Content-Type"] = envio.tipo
        try:
            with (
                em_palavras(),
                self._cliente.stream(
                    envio.metodo, envio.endereco, content=envio.corpo or None, headers=cabecalhos
                ) as resposta,
            ):
                yield resposta
        finally:
            self._ultimo = time.monotonic()

    def _navegar(self, envio: Envio) -> None:
        with self._pedir(envio) as resposta:
            if not _e_pagina(resposta):
                nome = nome_da_resposta(resposta.headers.get("Content-Disposition", ""), str(resposta.url))
                raise Falha("pagina_mudou", f"O portal mandou um arquivo ({nome}) onde se esperava uma página.")
            self._receber_pagina(resposta)
        self.ao_navegar()

    def _receber_pagina(self, resposta: httpx.Response) -> None:
        dados = bytearray()
        for bloco in resposta.iter_bytes(BLOCO):
            dados += bloco
            if len(dados) > HTML_MAXIMO:
                raise Falha("pagina_mudou", f"A página do portal passa de {mb(HTML_MAXIMO)}.")
        self._codificacao = resposta.charset_encoding or "utf-8"
        try:
            texto = dados.decode(self._codificacao, "replace")
        except LookupError:
            self._codificacao, texto = "utf-8", dados.decode("utf-8", "replace")
        self._endereco, self._pagina = str(resposta.url), LexborHTMLParser(texto)
        falha = falha_de_estado(resposta.status_code, texto, self._endereco)
        if falha is not None:
            raise falha

    def _baixar(self, envio: Envio) -> Baixado:
        with self._pedir(envio) as resposta:
            if _e_pagina(resposta) or resposta.status_code >= 400:
                self._receber_pagina(resposta)
                self.ao_navegar()
                raise PaginaNoLugar(self._endereco)
            return gravar(resposta, self.proxima_pasta(), self.limites)


def _e_pagina(resposta: httpx.Response) -> bool:
    tipo = resposta.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    anexo = resposta.headers.get("Content-Disposition", "").lower().startswith("attachment")
    return tipo in {"text/html", "application/xhtml+xml"} and not anexo


def gravar(resposta: httpx.Response, pasta: Path, limites: Limites) -> Baixado:
    """Streams a response to a `.part` file and renames it when whole. Raises Falha or ArquivoInvalido when it is not."""
    nome = nome_da_resposta(resposta.headers.get("Content-Disposition", ""), str(resposta.url))
    declarado = resposta.headers.get("Content-Length", "")
    total = int(declarado) if declarado.isdigit() else None
    _conferir_tamanho(total or 0, limites)
    prazo = time.monotonic() + limites.baixa
    parcial = pasta / f"{nome}.part"
    tamanho = 0
    with parcial.open("wb") as arquivo:
        for bloco in resposta.iter_bytes(BLOCO):
            tamanho += len(bloco)
            _conferir_tamanho(tamanho, limites)
            if time.monotonic() > prazo:
                raise Falha("portal_fora", f"O arquivo {nome} não terminou de chegar em {limites.baixa:.0f} s.")
            arquivo.write(bloco)
    if total is not None and resposta.num_bytes_downloaded != total:
        raise Falha("portal_fora", f"O arquivo {nome} veio pela metade ({mb(tamanho)} de {mb(total)}).")
    parcial.replace(pasta / nome)
    return Baixado(pasta / nome, nome, tamanho, str(resposta.url))


def _conferir_tamanho(tamanho: int, limites: Limites) -> None:
    if tamanho > limites.tamanho:
        raise ArquivoInvalido(f"O arquivo passa do tamanho máximo permitido ({mb(limites.tamanho)}).")
