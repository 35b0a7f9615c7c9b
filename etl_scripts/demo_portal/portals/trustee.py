"""TRUSTEE: what its real portal looks like is not known. This one is of the plainest kind: login, list by date, files.

What a plain HTTP client does:

1. GET  `/login`  -> form with `usuario`, `senha`, `entrar`, hidden `token`
2. POST `/login`  those -> 302 `/relatorios`; 200 with `.erro` = refused
3. GET  `/relatorios?data=DD/MM/AAAA`  -> table `relatorios`, a row a file: Fundo, Relatório, Data, Formato, link of class
   `baixar`; `.alert-warning` = no data
4. GET  that link (`/relatorios/baixar?fundo=SIGLA&tipo=…&data=AAAA-MM-DD`)  -> the file

Types: `carteira_csv`, `carteira_pdf`, `anbima_401` (XML), `anbima_50` (XML). Only funds that hold no credit rights.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from html import escape

from ..calendario import previous_business_day
from ..data import Carteira
from ..delivery import CSV, PDF, XML, Download
from ..files_csv import carteira_csv
from ..files_pdf import carteira_pdf
from ..files_xml import position_50, position_401
from ..funds import FUNDS, Fund
from ..look import card, error_box, hidden, table, text_input
from ..web import Request, Response, redirect
from ..world import FundFailure
from .base import NO_DATA, Handler, Portal, br, read_date

KINDS: dict[str, tuple[str, str, str, Callable[[Carteira], bytes]]] = {
    "carteira_csv": ("Carteira Diária", "csv", CSV, lambda c: carteira_csv([c])),
    "carteira_pdf": ("Carteira Diária", "pdf", PDF, lambda c: carteira_pdf((c,))),
    "anbima_401": ("Posição ANBIMA 4.01", "xml", XML, position_401),
    "anbima_50": ("Posição ANBIMA 5.0", "xml", XML, position_50),
}


class Trustee(Portal):
    sistema = "trustee"
    cookie = "trustee_sid"
    accent = "#1d4e89"
    login_path = "/login"
    public = frozenset({"/", "/login"})
    funds = wrong_funds = tuple(fund for fund in FUNDS if not fund.is_fidc)

    def routes(self) -> dict[str, Handler]:
        return {
            "GET /": lambda request: redirect(f"{request.base}/{'relatorios' if request.session.user else 'login'}"),
            "GET /login": self.login_page,
            "POST /login": self.log_in,
            "GET /relatorios": self.reports,
            "GET /relatorios/baixar": self.file,
        }

    def login_page(self, request: Request, message: str = "") -> Response:
        box = error_box(message or self.lost_message(request))
        form = (
            f'<form id="login" method="post" action="{request.base}/login">{hidden({"token": request.session.token})}'
            f"{text_input('usuario', 'Usuário')}{text_input('senha', 'Senha', kind='password')}"
            '<p><button id="entrar" name="entrar" value="1">Entrar</button></p></form>'
        )
        return self.page("Acesso", card(f"<h1>Acesso</h1>{box}{form}", "estreito"))

    def log_in(self, request: Request) -> Response:
        refusal = self.refusal(request.form.get("usuario"), request.form.get("senha"))
        if refusal:
            return self.login_page(request, refusal)
        request.session.log_in(request.form.get("usuario"))
        return redirect(f"{request.base}/relatorios")

    def reports(self, request: Request, note: str = "") -> Response:
        text = request.query.get("data") or br(previous_business_day(self.world.today()))
        day = read_date(text)
        rows = [row for fund in self.funds for row in self._rows(request, fund, day)] if day else []
        if not rows and not note:
            note = f'<div class="aviso alert alert-warning">{NO_DATA}</div>'
        form = (
            f'<form method="get" action="{request.base}/relatorios">{text_input("data", "Data", text)}'
            '<p><button id="filtrar">Filtrar</button></p></form>'
        )
        grid = table(("Fundo", "Relatório", "Data", "Formato", ""), rows, ' id="relatorios"') if rows else ""
        return self.page("Relatórios", card(f"<h1>Relatórios</h1>{note}{form}") + (card(grid) if grid else ""))

    def _rows(self, request: Request, fund: Fund, day: date) -> list[Sequence[str]]:
        """A fund's files of a date. A fund that fails is listed: its files are what fails."""
        try:
            if self.carteira(fund, day) is None:
                return []
        except FundFailure:
            pass
        address = f"{request.base}/relatorios/baixar?fundo={fund.sigla}&amp;data={day}&amp;tipo="
        rows: list[Sequence[str]] = [
            (escape(fund.nome), name, br(day), ending.upper(), f'<a class="baixar" href="{address}{kind}">Baixar</a>')
            for kind, (name, ending, _, _) in KINDS.items()
        ]
        return rows * self.world.repeats(self.sistema, fund, day)

    def file(self, request: Request) -> Response:
        query = request.query
        day = read_date(query.get("data"))
        fund = next((f for f in self.funds if f.sigla == query.get("fundo")), None)
        kind = KINDS.get(query.get("tipo"))
        try:
            carteira = self.carteira(fund, day) if fund and day else None
        except FundFailure as failure:
            return self.reports(request, error_box(str(failure)))
        if carteira is None or kind is None or fund is None or day is None:
            return self.page("Não encontrado", "<h1>Arquivo não encontrado</h1>", status=404)
        _, ending, media_type, write = kind
        name = f"{query.get('tipo')}_{fund.sigla}_{day:%Y%m%d}.{ending}"
        return self.send(Download(name, media_type, write(carteira), fund.sigla, day))
