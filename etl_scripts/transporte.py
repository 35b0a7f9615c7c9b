"""The words in which a connector speaks to a portal, whatever carries them: plain HTTP or a real browser."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from etl_scripts.erros import Falha
from etl_scripts.seletores import Seletor

Alternativas = Sequence[Seletor]

TAMANHO_MAXIMO_PADRAO: Final = 1024  # MB, a downloaded file
HTML_MAXIMO: Final = 16 * 2**20  # bytes, a page


@dataclass(frozen=True, slots=True)
class Limites:
    """How long and how much. Seconds and bytes."""

    pagina: float = 60.0
    baixa: float = 600.0
    tamanho: int = TAMANHO_MAXIMO_PADRAO * 2**20
    intervalo: float = 0.1  # least time between two requests to a portal


@dataclass(frozen=True, slots=True)
class Elemento:
    """What a page shows of one element."""

    texto: str
    atributos: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Baixado:
    """A whole file in the run's temporary folder. `nome` is what the portal calls it, made safe."""

    caminho: Path
    nome: str
    tamanho: int
    origem: str
    etiqueta: str = ""  # what the server calls this version (ETag)


class ElementoAusente(Exception):
    """None of the elements waited for is on the page."""

    def __init__(self, esperados: Alternativas) -> None:
        super().__init__(" ou ".join(str(s) for s in esperados))


class PaginaNoLugar(Exception):
    """A page came where a file was expected; it is now the current page."""


class Transporte(ABC):
    """One visit to a portal. Calls are bounded by `limites`; they raise Falha, ElementoAusente or PaginaNoLugar."""

    nome: str = ""
    executa_scripts: bool = False

    def __init__(self, pasta: Path, limites: Limites) -> None:
        self.pasta = pasta
        self.limites = limites
        self.ao_navegar: Callable[[], None] = lambda: None
        self._contador = 0

    def proxima_pasta(self) -> Path:
        """A fresh folder for the next download, so that equal names never meet."""
        self._contador += 1
        pasta = self.pasta / f"baixa-{self._contador:05d}"
        pasta.mkdir(parents=True, exist_ok=True)
        return pasta

    @property
    @abstractmethod
    def endereco(self) -> str:
        """Address of the current page."""

    @abstractmethod
    def abrir(self, endereco: str) -> None:
        """Goes to an address (absolute, or relative to the current page)."""

    @abstractmethod
    def elementos(self, alternativas: Alternativas) -> list[Elemento]:
        """All elements that match the first alternative which matches anything, at this moment."""

    @abstractmethod
    def linhas(self, alternativas: Alternativas) -> list[list[str]]:
        """The texts of the cells of each table row that matches."""

    @abstractmethod
    def esperar(self, opcoes: Sequence[Alternativas], prazo: float | None = None) -> int:
        """Waits for any of several elements; the index of the one that came. Raises ElementoAusente."""

    @abstractmethod
    def preencher(self, alternativas: Alternativas, valor: str) -> None:
        """Sets a field's value, with the events that a person's typing fires."""

    @abstractmethod
    def valor(self, alternativas: Alternativas) -> str:
        """What a field holds now."""

    @abstractmethod
    def escolher(self, alternativas: Alternativas, valor: str = "", texto: str = "") -> None:
        """Chooses an option of a `select` by its value or its visible text."""

    @abstractmethod
    def marcar(self, alternativas: Alternativas, marcado: bool = True) -> None:
        """Ticks or clears a checkbox or radio."""

    @abstractmethod
    def marcar_todos(self, alternativas: Alternativas) -> None:
        """Ticks every checkbox that matches."""

    @abstractmethod
    def enter(self, alternativas: Alternativas) -> None:
        """Presses Enter in a field: the form is sent as by its first button."""

    @abstractmethod
    def enviar_com(self, alternativas: Alternativas, campos: dict[str, str]) -> None:
        """Sends a form with hidden fields set, as the page's own script does (ASP.NET post back)."""

    @abstractmethod
    def clicar(self, alternativas: Alternativas) -> None:
        """Clicks a link or button and waits for the page to settle."""

    @abstractmethod
    def baixar(self, alternativas: Alternativas) -> Baixado:
        """Clicks something that answers with a file, and waits until the file is whole. Raises PaginaNoLugar."""

    @abstractmethod
    def baixar_endereco(self, endereco: str, etiqueta: str = "") -> Baixado:
        """The file at an address of the portal, with the session's cookies. Raises PaginaNoLugar.

        `etiqueta` names the version we have: Inalterado where the server has no other (plain HTTP only).
        """

    @abstractmethod
    def html(self) -> str:
        """The current page's source."""

    def captura(self) -> bytes | None:
        """A PNG of the current page with fields and secrets covered, where the transport can make one."""
        return None

    @abstractmethod
    def fechar(self) -> None:
        """Ends the visit. Never raises."""

    def existe(self, alternativas: Alternativas) -> bool:
        """Whether the element is on the page now."""
        return bool(self.elementos(alternativas))

    def texto(self, alternativas: Alternativas) -> str:
        """The visible text of the first such element; empty when it is not there."""
        achados = self.elementos(alternativas)
        return achados[0].texto if achados else ""


def conferir_endereco(endereco: str) -> str:
    """The portal's address, or Falha(configuracao) in words."""
    from urllib.parse import urlsplit

    try:
        partes = urlsplit(endereco)
        valido = partes.scheme in {"http", "https"} and bool(partes.hostname)
    except ValueError:
        valido = False
    if not endereco:
        raise Falha("configuracao", "O endereço do portal não está preenchido (Configurações › Credenciais).")
    if endereco.startswith("demo:"):
        raise Falha(
            "configuracao",
            "O endereço demo:// só existe dentro do ETL Hub, que põe o endereço do portal de demonstração no lugar.",
        )
    if not valido:
        raise Falha(
            "configuracao",
            f"O endereço do portal não é válido: “{endereco}” (precisa começar com http:// ou https://).",
        )
    return endereco


def falha_de_estado(estado: int, texto: str, endereco: str) -> Falha | None:
    """What an HTTP status means for the run; None when the page is good."""
    if estado < 400:
        return None
    if "manuten" in texto.lower() and estado in {403, 404, 500, 502, 503}:
        return Falha("manutencao", f"O portal está em manutenção (HTTP {estado}).")
    if estado >= 500 or estado in {408, 425, 429}:
        return Falha("portal_fora", f"O portal respondeu com erro (HTTP {estado}).")
    if estado in {401, 440}:
        return Falha("sessao_expirada", f"O portal não reconhece mais a sessão (HTTP {estado}).")
    return Falha("pagina_mudou", f"O portal recusou a página {endereco} (HTTP {estado}).")
