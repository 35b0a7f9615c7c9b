"""What every portal does alike: pace, faults of the whole page, login, session, and handing over files."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import date, datetime
from html import escape
from typing import ClassVar

from ..constants import DEMO_PASSWORD, DEMO_USER, PORTAL_NAMES
from ..data import Carteira
from ..delivery import Download, deliver
from ..faults import Fault
from ..funds import FUNDS, Fund
from ..look import page
from ..sessions import SessionStore
from ..web import Request, Response, html, redirect
from ..world import World

Handler = Callable[[Request], Response]

WRONG_LOGIN = "Usuário ou senha inválidos."
EXPIRED_PASSWORD = "Sua senha expirou. Cadastre uma nova senha para continuar."  # noqa: S105 - a message
BLOCKED = "Conta bloqueada por excesso de tentativas. Procure o administrador do sistema."
MAINTENANCE = "Sistema em manutenção. Tente novamente mais tarde."
SESSION_LOST = "Sua sessão expirou. Faça o login novamente."
NO_DATA = "Nenhum registro encontrado para os parâmetros informados."


class Portal:
    """One imitated portal. A subclass names its routes; paths not in `public` need a login."""

    sistema: ClassVar[str]
    cookie: ClassVar[str] = "JSESSIONID"
    accent: ClassVar[str] = "#1f6f8b"
    login_path: ClassVar[str] = "/"
    public: ClassVar[frozenset[str]] = frozenset({"/"})
    funds: ClassVar[tuple[Fund, ...]] = FUNDS
    wrong_funds: ClassVar[tuple[Fund, ...]] = FUNDS  # what its files may be of when they are of the wrong fund

    def __init__(self, world: World) -> None:
        self.world = world
        self.faults = world.faults
        self.sessions = SessionStore()
        self._lock = threading.Lock()
        self.reset()

    @property
    def title(self) -> str:
        return PORTAL_NAMES[self.sistema]

    def routes(self) -> dict[str, Handler]:
        """`"GET /path"` or `"POST /path"` -> handler; a final `*` stands for any end."""
        raise NotImplementedError

    def reset(self) -> None:
        """Forgets sessions, counts and queues."""
        self.sessions.clear()
        self._wrong_tries = 0

    def handle(self, request: Request) -> Response:
        """Answers one request, faults included; what only leads elsewhere takes no time of its own."""
        answer = self._answer(request)
        if not 300 <= answer.status < 400:
            self.world.pause(self.world.settings.ritmo)
        return answer

    def _answer(self, request: Request) -> Response:
        if fault := self.faults.take(self.sistema, "lento"):
            self.world.pause(fault.number("segundos"))
        if self.faults.take(self.sistema, "erro_500"):
            return self.page("Erro interno", "<h1>HTTP 500</h1><p>Erro interno do servidor.</p>", status=500)
        if fault := self.faults.take(self.sistema, "manutencao"):
            return self._maintenance(fault)
        answer = self._route(request)
        if answer.is_html:
            self._disturb(answer)
        return answer

    def _route(self, request: Request) -> Response:
        handler = self._find(request)
        if handler is None:
            return self.page("Página não encontrada", "<h1>Página não encontrada</h1>", status=404)
        if request.path not in self.public and not self._is_in(request):
            return self.send_to_login(request)
        return handler(request)

    def _find(self, request: Request) -> Handler | None:
        method = "GET" if request.method == "HEAD" else request.method
        routes = self.routes()
        exact = routes.get(f"{method} {request.path}")
        if exact is not None:
            return exact
        key = f"{method} {request.path}"
        return next((h for k, h in routes.items() if k.endswith("*") and key.startswith(k[:-1])), None)

    def _is_in(self, request: Request) -> bool:
        session = request.session
        if not session.user:
            return False
        session.hits += 1
        fault = self.faults.peek(self.sistema, "sessao_expirada")
        if fault is not None and session.hits > fault.number("pedidos"):
            self.faults.take(self.sistema, "sessao_expirada")
            session.end()
            return False
        return True

    def send_to_login(self, request: Request) -> Response:
        """Where a request without a session goes; the page says so when there had been one."""
        lost = "?expirada=1" if request.session.lost else ""
        return redirect(f"{request.base}{self.login_path}{lost}")

    def _maintenance(self, fault: Fault) -> Response:
        answer = self.page("Manutenção", f"<h1>{MAINTENANCE}</h1>", status=int(fault.text("codigo_http")))
        answer.headers.append(("Retry-After", "600"))
        return answer

    def _disturb(self, answer: Response) -> None:
        """Adds the unexpected dialog, or the redrawing, to a page."""
        code = ""
        if fault := self.faults.take(self.sistema, "elemento_obsoleto"):
            times, pause = int(fault.number("renderizacoes")), int(fault.number("intervalo_ms"))
            code += f'<script src="/_estatico/redesenhar.js" data-vezes="{times}" data-ms="{pause}"></script>'
        if fault := self.faults.take(self.sistema, "dialogo"):
            text = json.dumps(fault.text("texto")).replace("<", "\\u003c")
            code += f"<script>setTimeout(function(){{alert({text})}},50);</script>"
        if code and isinstance(answer.body, bytes):
            answer.body = answer.body.replace(b"</body>", f"{code}</body>".encode())

    # -- for the portals -------------------------------------------------------------------------------------------

    def page(self, title: str, body: str, *, script: str = "", status: int = 200, body_class: str = "") -> Response:
        text = page(title, body, portal=self.title, accent=self.accent, script=script, body_class=body_class)
        return html(text, status)

    def refusal(self, user: str, password: str) -> str:
        """Why this login is refused, in the portal's words; empty when it is good."""
        fault = self.faults.peek(self.sistema, "conta_bloqueada")
        if fault is not None and self._wrong_tries >= fault.number("tentativas"):
            self.faults.take(self.sistema, "conta_bloqueada")
            return BLOCKED
        good = user.strip() == DEMO_USER and password == DEMO_PASSWORD
        if not good or self.faults.take(self.sistema, "senha_incorreta"):
            with self._lock:
                self._wrong_tries += 1
            return WRONG_LOGIN
        if self.faults.take(self.sistema, "senha_expirada"):
            return EXPIRED_PASSWORD
        self._wrong_tries = 0
        return ""

    def lost_message(self, request: Request) -> str:
        return SESSION_LOST if "expirada" in request.query else ""

    def carteira(self, fund: Fund, day: date) -> Carteira | None:
        return self.world.carteira(self.sistema, fund, day, self.wrong_funds)

    def send(self, file: Download) -> Response:
        with self._lock:
            self.world.delivered[self.sistema] += 1
        return deliver(self.faults, self.sistema, file)

    def failure_box(self, message: str) -> str:
        return f'<div class="erro" role="alert">{escape(message)}</div>'


def read_date(text: str) -> date | None:
    """A date as DD/MM/AAAA or AAAA-MM-DD; None when it is neither."""
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip(), form).date()
        except ValueError:
            continue
    return None


def br(day: date) -> str:
    """DD/MM/AAAA."""
    return day.strftime("%d/%m/%Y")
