"""BRITECH: an ASP.NET page with a DevExpress grid of saved queries; each opens and exports to Excel.

What a plain HTTP client does (`S` are the hidden `__VIEWSTATE`, `__VIEWSTATEGENERATOR`, `__EVENTVALIDATION` of the page):

1. GET  `/Login.aspx`  -> form
2. POST `/Login.aspx`  `Login1$UserName`, `Login1$Password`, `Login1$LoginButton`, S -> 302 `/Consulta.aspx`, which holds
   `gridQuery`; 200 with `.erro` = refused
3. POST `/Consulta.aspx`  `gridQuery$DXFREditorcol2` = `1`, `__EVENTTARGET` = `gridQuery`, `__EVENTARGUMENT` = `FILTER`, S
   -> the grid of group 1; without the filter other queries are in between and the numbers N mean something else
4. POST `/Consulta.aspx`  `__EVENTTARGET` = `gridQuery`, `__EVENTARGUMENT` = `CUSTOMBUTTON|N`, S
   -> 302 `/Resultado.aspx?consulta=ID`, which holds `btnExportExcel`
5. POST that address  `btnExportExcel`, S -> the XLSX; a page with `.alert-warning` = no data

Filtered, N = 0 sc, 1 hc, 2 pc, 3 lh, 9 pf are the whole base (here its last 120 business days) and 4 sc, 5 hc, 6 pc,
7 lh, 8 pf the last 3 months. There is no date or fund to choose.
"""

from __future__ import annotations

from datetime import date, timedelta
from html import escape

from ..calendario import business_days, last_business_days, previous_business_day
from ..data import Carteira
from ..delivery import XLSX, Download
from ..files_britech import RESULTS, result_xlsx
from ..look import card, error_box, hidden
from ..web import Request, Response, html, redirect
from ..world import FundFailure
from .base import NO_DATA, Handler, Portal

FILTER_FIELD = "gridQuery$DXFREditorcol2"
BASE_DAYS = 120
# (kind, whole base?) of the queries of group 1, in the order of their buttons.
QUERIES = (
    ("sc", True), ("hc", True), ("pc", True), ("lh", True),
    ("sc", False), ("hc", False), ("pc", False), ("lh", False), ("pf", False),
    ("pf", True),
)  # fmt: skip
OTHERS = ("Cadastro de Fundos", "Cadastro de Cotistas", "Enquadramento", "Eventos Corporativos")


class Britech(Portal):
    sistema = "britech"
    cookie = "ASP.NET_SessionId"
    accent = "#00695c"
    login_path = "/Login.aspx"
    public = frozenset({"/", "/Login.aspx"})

    def routes(self) -> dict[str, Handler]:
        return {
            "GET /": lambda request: redirect(f"{request.base}/Consulta.aspx"),
            "GET /Login.aspx": self.login_page,
            "POST /Login.aspx": self.log_in,
            "GET /Consulta.aspx": self.grid_page,
            "POST /Consulta.aspx": self.post_back,
            "GET /Resultado.aspx": self.result,
            "POST /Resultado.aspx": self.export,
        }

    @staticmethod
    def _state(request: Request) -> str:
        token = request.session.token
        state = {"__VIEWSTATE": token, "__VIEWSTATEGENERATOR": "C2EE9ABB", "__EVENTVALIDATION": token[::-1]}
        return hidden({"__EVENTTARGET": "", "__EVENTARGUMENT": "", **state})

    def login_page(self, request: Request, message: str = "") -> Response:
        box = error_box(message or self.lost_message(request))
        form = (
            f'<form id="form1" method="post" action="{request.base}/Login.aspx">{self._state(request)}'
            '<label for="Login1_UserName">Usuário</label>'
            '<input type="text" id="Login1_UserName" name="Login1$UserName">'
            '<label for="Login1_Password">Senha</label>'
            '<input type="password" id="Login1_Password" name="Login1$Password">'
            '<p><input type="submit" id="Login1_LoginButton" name="Login1$LoginButton" value="Entrar"></p></form>'
        )
        return self.page("Login", card(f"<h1>Login</h1>{box}{form}", "estreito"))

    def log_in(self, request: Request) -> Response:
        refusal = self.refusal(request.form.get("Login1$UserName"), request.form.get("Login1$Password"))
        if refusal:
            return self.login_page(request, refusal)
        request.session.log_in(request.form.get("Login1$UserName"))
        return redirect(f"{request.base}/Consulta.aspx")

    # -- the grid --------------------------------------------------------------------------------------------------

    def _listed(self, wanted: str) -> list[tuple[str, str, str]]:
        """(id, name, group) of the queries that the filter lets through."""
        lines = [
            (f"{kind}{int(whole)}", f"{RESULTS[kind][0]} - {'Base Total' if whole else 'Últimos 3 meses'}", "1")
            for kind, whole in QUERIES
        ]
        for place, name in enumerate(OTHERS):
            lines.insert(place * 3, ("", name, "2"))
        return [line for line in lines if wanted in line[2]]

    def _grid(self, wanted: str) -> str:
        rows = "".join(
            f'<tr class="dxgvDataRow"><td>{number + 1}</td><td>{escape(name)}</td><td>{group}</td>'
            f'<td><a id="gridQuery_DXCBtn{number}" class="btn claro" href="javascript:void(0)" '
            f'data-argumento="CUSTOMBUTTON|{number}">Abrir</a></td></tr>'
            for number, (_, name, group) in enumerate(self._listed(wanted))
        )
        field = (
            f'<input type="text" id="gridQuery_DXFREditorcol2_I" name="{FILTER_FIELD}" value="{escape(wanted)}" '
            'style="width:6rem" autocomplete="off">'
        )
        return (
            '<table id="gridQuery"><thead><tr><th>Nº</th><th>Consulta</th><th>Grupo</th><th></th></tr>'
            f'<tr id="gridQuery_DXFilterRow"><td></td><td></td><td>{field}</td><td></td></tr></thead>'
            f"<tbody>{rows}</tbody></table>"
        )

    def grid_page(self, request: Request, message: str = "") -> Response:
        grid = self._grid(request.session.data.get("filter", ""))
        form = (
            f'<form id="form1" method="post" action="{request.base}/Consulta.aspx">{self._state(request)}'
            f'<div id="gridQuery_recarrega">{grid}</div></form>'
        )
        return self.page("Consultas", card(f"<h1>Consultas</h1>{error_box(message)}{form}"), script="britech.js")

    def _is_stale(self, request: Request) -> bool:
        return request.form.get("__VIEWSTATE") != request.session.token

    def post_back(self, request: Request) -> Response:
        if self._is_stale(request):
            request.session.end()
            return self.send_to_login(request)
        form, data = request.form, request.session.data
        if FILTER_FIELD in form:
            data["filter"] = form.get(FILTER_FIELD).strip()[:20]
        if form.get("__CALLBACKID") == "gridQuery":
            return html(self._grid(data.get("filter", "")))
        action, _, number = form.get("__EVENTARGUMENT").partition("|")
        if action != "CUSTOMBUTTON":
            return self.grid_page(request)
        listed = self._listed(data.get("filter", ""))
        if not number.isdigit() or int(number) >= len(listed) or not listed[int(number)][0]:
            return self.grid_page(request, "Sem permissão para esta consulta.")
        return redirect(f"{request.base}/Resultado.aspx?consulta={listed[int(number)][0]}")

    # -- a query's result ------------------------------------------------------------------------------------------

    def result(self, request: Request, note: str = "") -> Response:
        key = request.query.get("consulta")
        name = next((name for known, name, _ in self._listed("") if known and known == key), "")
        if not name:
            return self.page("Não encontrada", "<h1>Consulta não encontrada</h1>", status=404)
        form = (
            f'<form id="form1" method="post" action="{request.base}/Resultado.aspx?consulta={key}">'
            f"{self._state(request)}<p>"
            '<input type="submit" id="btnExportExcel" name="btnExportExcel" value="Exportar para Excel"> '
            f'<a class="btn claro" href="{request.base}/Consulta.aspx">Voltar</a></p></form>'
        )
        return self.page(name, card(f"<h1>{escape(name)}</h1>{note}{form}"))

    def export(self, request: Request) -> Response:
        key = request.query.get("consulta")
        kind, whole = key[:2], key[2:] == "1"
        if self._is_stale(request) or kind not in RESULTS:
            return self.send_to_login(request)
        carteiras = self._carteiras(self._days(whole=whole))
        if not carteiras:
            return self.result(request, f'<div class="aviso alert alert-warning">{NO_DATA}</div>')
        last = previous_business_day(self.world.today())
        name = f"Consulta_{RESULTS[kind][0].replace(' ', '_')}.xlsx"
        return self.send(Download(name, XLSX, result_xlsx(kind, carteiras), None, last))

    def _days(self, *, whole: bool) -> list[date]:
        today = self.world.today()
        if whole:
            return last_business_days(today, BASE_DAYS)
        return list(business_days(today - timedelta(days=91), today - timedelta(days=1)))

    def _carteiras(self, days: list[date]) -> list[Carteira]:
        found: list[Carteira] = []
        for day in days:
            for fund in self.funds:
                try:
                    carteira = self.carteira(fund, day)
                except FundFailure:
                    continue
                if carteira is not None:
                    found += [carteira] * self.world.repeats(self.sistema, fund, day)
        return found
