"""What every connector is: declared selectors, settings and reports, and how to log in and ask for one thing.

A subclass in `conectores/<sistema>.py` declares `sistema`, `seletores` and `relatorios`/`pedidos`, and says in
`coletar` how one request becomes a file. Waiting, retries, checking and filing are `coleta.py`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Final

from etl_scripts.configuracao import ItemManifesto
from etl_scripts.erros import Falha, SemDados
from etl_scripts.palavras import citado
from etl_scripts.pedido import Contexto, Peca, Pedido
from etl_scripts.repeticao import Repeticao
from etl_scripts.transporte import Baixado, PaginaNoLugar
from etl_scripts.visita import Visita

PREENCHIMENTOS: Final = 5  # tries to fill in a login page that redraws itself
TODOS: Final = "(todos os fundos do portal)"

# Selectors that the frame itself asks for; a connector gives those its portal has.
SELETORES_COMUNS: Final[dict[str, str]] = {
    "login_usuario": "",
    "login_senha": "",
    "login_ok": "",
    "login_erro": "",
    "aceite": "",
    "login_codigo": "",
    "codigo_ok": "",
    "dentro": "",
    "sem_dados": "",
    "titulo_manutencao": "h1 || title",
    "erro_pagina": "",
}
# Settings that every connector has; the texts are regular expressions, case does not matter.
AJUSTES_COMUNS: Final[dict[str, Any]] = {
    "transporte": "",
    "texto_manutencao": r"em manuten[cç][aã]o|indispon[ií]vel para manuten",
    "texto_senha_expirada": r"senha.{0,20}(expir|venc)|troca de senha|nova senha",
    "texto_conta_bloqueada": r"bloquead",
    "texto_sessao_expirada": r"sess[aã]o.{0,20}expir",
    "texto_codigo_incorreto": r"c[oó]digo.{0,30}(inv[aá]lid|incorret|expir)",
    "texto_sem_dados": r"nenhum (registro|dado|resultado)|sem dados|n[aã]o h[aá] (dados|registros)",
    "prazo_pagina": 60.0,  # seconds, as all the `prazo_*`
    "prazo_teste_login": 24.0,
    "prazo_baixa": 600.0,
    "tamanho_maximo_mb": 1024,
    "intervalo": 0.1,
    "tentativas": 3,
    "espera_inicial": 1.0,
}


class Conector:
    """One sistema's connector. Only `pedidos` may be called without a visit (dry-run, preflight)."""

    sistema: ClassVar[str]
    seletores: ClassVar[dict[str, str]] = {}
    ajustes: ClassVar[dict[str, Any]] = {}
    opcoes: ClassVar[dict[str, bool]] = {}
    precisa_login: ClassVar[bool] = True
    url_padrao: ClassVar[str] = ""
    navegador: ClassVar[bool] = True  # whether the steps were written for the browser too

    visita: Visita
    repeticao: Repeticao
    arquivado: Callable[[Pedido], ItemManifesto | None]
    """What is filed for a request, and whole; None where the user wants it downloaded again."""

    def __init__(self, contexto: Contexto) -> None:
        self.contexto = contexto

    def iniciar(self, visita: Visita, repeticao: Repeticao) -> None:
        """Begins to work on an open transport. `repeticao` retries what a connector does for several requests at once."""
        self.visita, self.repeticao = visita, repeticao
        visita.diagnosticar = self.diagnosticar

    # -- what a connector says -------------------------------------------------------------------------------------

    def pedidos(self) -> list[Pedido]:
        """What is to be fetched, by period and options; a fund list only the portal knows is the one fund TODOS."""
        raise NotImplementedError

    def fundos_pedidos(self) -> list[str]:
        """The funds chosen, or TODOS. Raises Falha(configuracao) when the user chose to choose, and chose none."""
        fundos = self.contexto.fundos
        if fundos is None:
            return [TODOS]
        if not fundos:
            raise Falha(
                "configuracao", "Nenhum fundo foi selecionado: escolha os fundos ou marque “Coletar todos os fundos”."
            )
        return fundos

    def fundos_do_portal(self) -> list[str]:
        """The names of the funds that the portal offers, after the login."""
        raise NotImplementedError

    def coletar(self, pedido: Pedido) -> Baixado:
        """Asks for one thing and brings the file. Raises SemDados or Falha."""
        raise NotImplementedError

    def resolver(self, fundo: str) -> str:
        """The portal's full name of a fund that the user may have named in short. After the login."""
        return fundo

    def ordem(self, pedido: Pedido) -> tuple[object, ...]:
        """By what the requests of a run are sorted: what the portal shows on one page is asked for together."""
        return (pedido.inicio, pedido.fundo)

    def muda_ainda(self, pedido: Pedido) -> bool:  # noqa: ARG002 - for those that can tell
        """Whether the portal may still change what was collected, so that having it is no reason not to look."""
        return False

    def coletar_varios(
        self,
        pedidos: list[Pedido],  # noqa: ARG002 - for those that do
    ) -> Iterator[tuple[Pedido, Callable[[], Baixado]]] | None:
        """For a portal that queues reports: asks for all, then yields how to fetch each as it gets ready.

        None: one at a time, by `coletar`. What the call raises is that request's end, as with `coletar`.
        """
        return None

    def voltar(self) -> None:
        """Back to where a request can begin, when the last one ended on some page of its own (an error, a report)."""
        if self.precisa_login and not self.visita.existe("dentro"):
            self.visita.em("voltar ao início do portal")
            self.abrir_login()
            self.visita.esperar("dentro", "login_usuario")

    def pecas(self, pedido: Pedido, baixado: Baixado) -> list[Peca]:
        """The files to be checked and filed that one download holds."""
        return [Peca(pedido, baixado.caminho, baixado.nome, baixado.origem)]

    def conferir(self, peca: Peca) -> list[str]:  # noqa: ARG002 - for those that can tell
        """What only the connector can find wrong with a file that was read well, as sentences."""
        return []

    def faltantes(self, pedido: Pedido, pecas: list[Peca]) -> list[str]:  # noqa: ARG002 - for those that can tell
        """What the request should have brought and the files do not hold, as sentences for the log."""
        return []

    # -- logging in ------------------------------------------------------------------------------------------------

    def entrar(self) -> None:
        """Opens the portal and logs in. Raises Falha with the reason; never tries a password twice."""
        visita = self.visita
        visita.dentro = False
        visita.em("abrir a página de login")
        self.abrir_login()
        if visita.esperar("login_usuario", "dentro") == "dentro":  # the portal still knows us
            visita.dentro = True
            return
        visita.em("preencher usuário e senha")
        self._preencher_login()
        visita.em("entrar no portal")
        self.enviar_login()
        self.confirmar_entrada()

    def _preencher_login(self) -> None:
        """Fills in both fields and makes sure that the page kept them: half a password sent is a try wasted."""
        acesso = self.contexto.acesso
        for _ in range(PREENCHIMENTOS):
            self.visita.preencher("login_usuario", acesso.usuario)
            self.visita.preencher("login_senha", acesso.senha)
            if (self.visita.valor("login_usuario"), self.visita.valor("login_senha")) == (acesso.usuario, acesso.senha):
                return
        raise Falha("pagina_mudou", "A página de login não guarda o que é digitado; nada foi enviado.")

    def abrir_login(self) -> None:
        """Goes to the page with the login form."""
        self.visita.abrir(self.contexto.acesso.url)

    def enviar_login(self) -> None:
        """Sends the login form: by its button, or by Enter where none is known."""
        if "login_ok" in self.visita.tabela:
            self.visita.clicar("login_ok")
        else:
            self.visita.enter("login_senha")

    def confirmar_entrada(self) -> None:
        """Finds out whether the portal let us in."""
        visita = self.visita
        fins = ("dentro", "aceite", "login_codigo", "login_erro", "login_usuario")
        veio = visita.esperar(*fins)
        if veio == "login_codigo":
            self.informar_codigo()
            veio = visita.esperar("dentro", "aceite", "login_erro", "login_codigo", "login_usuario")
        if veio == "aceite":
            visita.em("aceitar o aviso do portal")
            visita.clicar("aceite")
            veio = visita.esperar(*fins)
        if veio != "dentro":
            raise self.recusa(visita.texto("login_erro"))
        visita.dentro = True

    def informar_codigo(self) -> None:
        """Gives the one-time code: computed from the TOTP secret, else asked for."""
        visita = self.visita
        visita.em("informar o código de uso único")
        segredo = self.contexto.acesso.totp
        pedir = self.contexto.pedir_codigo
        codigo = codigo_totp(segredo) if segredo else pedir("otp", "Informe o código do autenticador.", 180)
        visita.preencher("login_codigo", codigo)
        visita.clicar("codigo_ok")

    def recusa(self, texto: str) -> Falha:
        """What the portal's refusal means."""
        visita = self.visita
        dito = f": {citado(texto)}" if texto else "."
        if visita.combina("texto_manutencao", texto):
            return Falha("manutencao", f"O portal está em manutenção{dito}")
        if visita.combina("texto_conta_bloqueada", texto):
            return Falha("conta_bloqueada", f"A conta está bloqueada no portal{dito}")
        if visita.combina("texto_senha_expirada", texto):
            return Falha("senha_expirada", f"A senha expirou; troque-a no portal e atualize-a aqui{dito}")
        if visita.combina("texto_codigo_incorreto", texto) or visita.existe("login_codigo"):
            return Falha("codigo_necessario", f"O portal não aceitou o código de uso único{dito}")
        if not texto:
            return Falha(
                "senha_incorreta", "O portal voltou à tela de login sem dizer por quê; confira usuário e senha."
            )
        return Falha("senha_incorreta", f"O portal recusou o usuário ou a senha{dito}")

    def diagnosticar(self) -> Falha | None:
        """Whether the current page says that the portal is down, or that the session is over."""
        visita = self.visita
        titulo = visita.texto("titulo_manutencao")
        if visita.combina("texto_manutencao", titulo):
            return Falha("manutencao", f"O portal está em manutenção: {citado(titulo)}")
        if visita.dentro and visita.existe("login_usuario"):
            visita.dentro = False
            return Falha("sessao_expirada", f"A sessão no portal expirou (passo “{visita.passo}”).")
        return None

    # -- helpers for coletar ---------------------------------------------------------------------------------------

    def receber(self, chave: str, **valores: object) -> Baixado:
        """Clicks what gives the file; a page instead of it means no data, or is an error that says what was shown."""
        visita = self.visita
        try:
            return visita.baixar(chave, **valores)
        except PaginaNoLugar:
            self.conferir_sem_dados()
            mostrou = visita.texto("erro_pagina") or visita.texto("titulo_manutencao")
            raise Falha(
                "arquivo_invalido",
                f"Passo “{visita.passo}”: o portal mostrou uma página no lugar do arquivo"
                + (f": {citado(mostrou)}" if mostrou else "."),
                repetir=True,
            ) from None

    def conferir_sem_dados(self) -> None:
        """Raises SemDados when the current page says so."""
        visita = self.visita
        if visita.existe("sem_dados"):
            raise SemDados(visita.texto("sem_dados")[:200])
        texto = visita.texto("erro_pagina")
        if texto and visita.combina("texto_sem_dados", texto):
            raise SemDados(texto[:200])


def codigo_totp(segredo: str) -> str:
    """The code of this moment (RFC 6238). Raises Falha(configuracao) for a secret that is no base32."""
    import pyotp

    class Totp(pyotp.TOTP):
        # Authenticators in use give 80 bits (16 characters); pyotp itself refuses less than 112.
        min_secret_length_bits = 80

    try:
        return Totp(segredo.replace(" ", "").replace("-", "").upper()).now()
    except (ValueError, TypeError):
        raise Falha("configuracao", "O segredo do autenticador (TOTP) não é válido: precisa estar em base32.") from None
