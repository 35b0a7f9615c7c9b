"""QORE: a dashboard of funds; each fund's carteiras one by one, or many in a ZIP.

What a plain HTTP client does:

1. GET  `/login`  -> form with `email`, `password`, hidden `_token`
2. POST `/login`  those -> 302 `/dashboard`, whose links to funds (class `fundo`) hold their sigla; 200 with `.erro` = refused
3. GET  `/fundos/SIGLA`  -> buttons “Carteira PDF” and “Carteira Excel”, link “Voltar”
4. GET  `/fundos/SIGLA/carteira/pdf` (or `/excel`)  -> table, a row a date, newest first (60 business days; `?de=` and
   `?ate=`, DD/MM/AAAA, give others); the 4th column's button carries the date; the menu of class `ellipsis-h` holds
   “Download em Lote”
5. GET  `/fundos/SIGLA/carteira/pdf/baixar?data=AAAA-MM-DD`  -> the file; a page with `.alert-warning` = no data
6. POST `/fundos/SIGLA/carteira/pdf/lote`  `dataInicial`, `dataFinal`, `_token` -> a ZIP with `AAAAMMDD_SIGLA.pdf` (or
   `.xlsx`) for each business day; a page with `.alert-warning` = no data
"""

from __future__ import annotations

import io
import warnings
import zipfile
from datetime import date
from html import escape

from ..calendario import business_days
from ..data import Carteira, history
from ..delivery import PDF, XLSX, ZIP, Download
from ..files_pdf import carteira_pdf
from ..files_xlsx import ativo_xlsx
from ..funds import BY_SIGLA, Fund
from ..look import card, error_box, hidden, table, text_input
from ..web import Request, Response, redirect
from ..world import FundFailure
from .base import NO_DATA, Handler, Portal, br, read_date

KINDS = {"pdf": ("Carteira PDF", "pdf", PDF), "excel": ("Carteira Excel", "xlsx", XLSX)}
MAX_DAYS = 370
_ZIP_TIME = (2020, 1, 1, 0, 0, 0)


class Qore(Portal):
    sistema = "qore"
    cookie = "qore_session"
    accent = "#37306b"
    login_path = "/login"
    public = frozenset({"/", "/login"})

    def routes(self) -> dict[str, Handler]:
        return {
            "GET /": lambda request: redirect(f"{request.base}/{'dashboard' if request.session.user else 'login'}"),
            "GET /login": self.login_page,
            "POST /login": self.log_in,
            "GET /dashboard": self.dashboard,
            "GET /fundos/*": self.fund_page,
            "POST /fundos/*": self.batch,
        }

    def login_page(self, request: Request, message: str = "") -> Response:
        box = error_box(message or self.lost_message(request))
        form = (
            f'<form method="post" action="{request.base}/login">{hidden({"_token": request.session.token})}'
            f"{text_input('email', 'E-mail')}{text_input('password', 'Senha', kind='password')}"
            "<p><button>Entrar</button></p></form>"
        )
        return self.page("Entrar", card(f"<h1>Entrar</h1>{box}{form}", "estreito"))

    def log_in(self, request: Request) -> Response:
        refusal = self.refusal(request.form.get("email"), request.form.get("password"))
        if refusal:
            return self.login_page(request, refusal)
        request.session.log_in(request.form.get("email"))
        return redirect(f"{request.base}/dashboard")

    def dashboard(self, request: Request) -> Response:
        rows = (
            (
                f'<a class="fundo" href="{request.base}/fundos/{f.sigla}">{f.sigla} - {escape(f.nome)}</a>',
                f.cnpj_formatado,
            )
            for f in self.funds
        )
        return self.page("Dashboard", card("<h1>Fundos</h1>" + table(("Fundo", "CNPJ"), rows)))

    # -- a fund ----------------------------------------------------------------------------------------------------

    def _parts(self, request: Request) -> tuple[Fund | None, str, str]:
        """The fund, the kind and the action of an address below `/fundos/`."""
        parts = [*request.path.split("/"), "", "", "", ""][2:6]
        kind = parts[2] if parts[1] == "carteira" and parts[2] in KINDS else ""
        return BY_SIGLA.get(parts[0]), kind, parts[3]

    def fund_page(self, request: Request) -> Response:
        fund, kind, action = self._parts(request)
        if fund is None:
            return self.page("Não encontrado", "<h1>Fundo não encontrado</h1>", status=404)
        if action == "baixar" and kind:
            return self._single(request, fund, kind)
        return self._dates(request, fund, kind) if kind else self._fund(request, fund)

    def _fund(self, request: Request, fund: Fund, extra: str = "", kind: str = "") -> Response:
        base = f"{request.base}/fundos/{fund.sigla}"
        buttons = "".join(
            f'<form method="get" action="{base}/carteira/{name}" style="display:inline"><button>{text}</button></form> '
            for name, (text, _, _) in KINDS.items()
        )
        back = f'<a class="btn claro" href="{base if kind else request.base + "/dashboard"}">Voltar</a>'
        head = f"<h1>{fund.sigla} - {escape(fund.nome)}</h1>{buttons}{back}"
        return self.page(fund.nome, card(head) + extra, script="qore.js")

    def _dates(self, request: Request, fund: Fund, kind: str, message: str = "") -> Response:
        address = f"{request.base}/fundos/{fund.sigla}/carteira/{kind}"
        first, last = read_date(request.query.get("de")), read_date(request.query.get("ate"))
        days = history(self.world.today())
        if first is not None and last is not None and 0 <= (last - first).days <= MAX_DAYS:
            days = list(business_days(first, last))
        rows = [
            (br(day), escape(fund.nome), KINDS[kind][0], f'<button name="data" value="{day}">Baixar</button>')
            for day in reversed(days)
            for _ in range(self.world.repeats(self.sistema, fund, day))
        ]
        modal = (
            f'<div class="modal" id="lote" hidden><div><h2>Download em Lote</h2>'
            f'<form method="post" action="{address}/lote">{hidden({"_token": request.session.token})}'
            f"{text_input('dataInicial', 'Data inicial')}{text_input('dataFinal', 'Data final')}"
            "<p><button>Download</button></p></form></div></div>"
        )
        menu = (
            '<div><a class="btn claro ellipsis-h" href="javascript:void(0)" title="Mais opções">&#8943;</a>'
            '<div id="opcoes" hidden><a class="lote" href="javascript:void(0)">Download em Lote</a></div></div>'
        )
        grid = (
            f'<form method="get" action="{address}/baixar">{table(("Data", "Fundo", "Arquivo", "Ações"), rows)}</form>'
        )
        note = f'<div class="aviso alert alert-warning">{escape(message)}</div>' if message else ""
        return self._fund(request, fund, card(f"<h2>{KINDS[kind][0]}</h2>{note}{menu}{grid}") + modal, kind)

    # -- files -----------------------------------------------------------------------------------------------------

    @staticmethod
    def _content(kind: str, carteira: Carteira) -> bytes:
        return carteira_pdf((carteira,)) if kind == "pdf" else ativo_xlsx(carteira)

    def _single(self, request: Request, fund: Fund, kind: str) -> Response:
        day = read_date(request.query.get("data"))
        try:
            carteira = self.carteira(fund, day) if day else None
        except FundFailure as failure:
            return self._fund(request, fund, error_box(str(failure)), kind)
        if carteira is None or day is None:
            return self._dates(request, fund, kind, NO_DATA)
        _, ending, media_type = KINDS[kind]
        name = f"{day:%Y%m%d}_{fund.sigla}.{ending}"
        return self.send(Download(name, media_type, self._content(kind, carteira), fund.sigla, day))

    def batch(self, request: Request) -> Response:
        fund, kind, action = self._parts(request)
        if fund is None or not kind or action != "lote":
            return self.page("Não encontrado", "<h1>Página não encontrada</h1>", status=404)
        if request.form.get("_token") != request.session.token:
            return self.page("Página expirada", "<h1>419</h1><p>Página expirada.</p>", status=419)
        first, last = read_date(request.form.get("dataInicial")), read_date(request.form.get("dataFinal"))
        if first is None or last is None or not 0 <= (last - first).days <= MAX_DAYS:
            return self._dates(request, fund, kind, "Informe um período válido (DD/MM/AAAA), de até um ano.")
        try:
            content = self._archive(fund, kind, first, last)
        except FundFailure as failure:
            return self._fund(request, fund, error_box(str(failure)), kind)
        if content is None:
            return self._dates(request, fund, kind, NO_DATA)
        name = f"Lote_{fund.sigla}_{first:%Y%m%d}_{last:%Y%m%d}.zip"
        return self.send(Download(name, ZIP, content, fund.sigla, first))

    def _archive(self, fund: Fund, kind: str, first: date, last: date) -> bytes | None:
        """The ZIP; None when no day of the period has data."""
        out = io.BytesIO()
        count = 0
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # the fault `duplicado` repeats a name on purpose
            for day in business_days(first, last):
                carteira = self.carteira(fund, day)
                if carteira is None:
                    continue
                member = zipfile.ZipInfo(f"{day:%Y%m%d}_{fund.sigla}.{KINDS[kind][1]}", _ZIP_TIME)
                for _ in range(self.world.repeats(self.sistema, fund, day)):
                    archive.writestr(member, self._content(kind, carteira), zipfile.ZIP_DEFLATED)
                    count += 1
        return out.getvalue() if count else None
