"""The failures a collection may end in: each with the protocol's `codigo`, and whether a later try may mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from etl_scripts.pedido import Peca

TRANSITORIOS: Final = frozenset({"sessao_expirada", "portal_fora", "manutencao"})
REPETIVEIS: Final = frozenset({"sessao_expirada", "portal_fora"})  # maintenance does not end within seconds


# After one of these nothing else of the sistema can work in this run.
FATAIS: Final = frozenset(
    {"senha_incorreta", "senha_expirada", "conta_bloqueada", "codigo_necessario", "certificado", "sem_navegador",
     "configuracao", "caminho", "manutencao"}
)  # fmt: skip


class Parada(KeyboardInterrupt):
    """Asked to stop (signal, or the hub is gone). A KeyboardInterrupt so that asyncio and Playwright let it through."""


class ErroDeUso(Exception):
    """The call itself is wrong (argv or configuration document): exit code 2."""


class SemDados(Exception):
    """The portal says there is nothing for that fund and date; not an error."""


class Inalterado(Exception):
    """The server says that the file is still the one that was filed before."""


class Falha(Exception):
    """Something failed; the message is the Portuguese sentence the user reads."""

    def __init__(
        self,
        codigo: str,
        mensagem: str,
        *,
        transitorio: bool | None = None,
        repetir: bool | None = None,
        fatal: bool | None = None,
    ) -> None:
        super().__init__(mensagem)
        self.codigo = codigo
        self.mensagem = mensagem
        self.transitorio = codigo in TRANSITORIOS if transitorio is None else transitorio
        self.fatal = codigo in FATAIS if fatal is None else fatal
        # Whether this very run may try again; a wrong password or a full disk must not be tried twice.
        self.repetir = codigo in REPETIVEIS if repetir is None else repetir


class ArquivoInvalido(Falha):
    """The file came, but it is not what was asked for; it goes to quarantine."""

    def __init__(self, mensagem: str, *, repetir: bool = False) -> None:
        super().__init__("arquivo_invalido", mensagem, transitorio=False, repetir=repetir)
        self.pecas: list[Peca] = []  # what is to be kept in quarantine
