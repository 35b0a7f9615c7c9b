"""AMPLIS (REAG and Master): JSF pages with a view state, a pick list that is drawn anew, favourites as reports.

What a plain HTTP client does (all fields are in the forms; `V` is the page's `javax.faces.ViewState`):

1. GET  `/`  -> login form `loginForm`
2. POST `/login.jsf`  `loginForm:userLoginInput:campo`, `loginForm:userPasswordInput`, `loginForm:botaoOk`, V
   -> 302 `/principal.jsf`, which holds `mainForm_menu1_label`; 200 with `.erro` = refused
3. POST `/principal.jsf`  `mainForm:_idcl` = `mainForm:listaDeFavoritosRelatorios:N:j_id_9m`, V -> the report's form
4. POST `/principal.jsf`  `mainForm:portfolioPickList:includeAll`, V -> the same with all funds in `secondSelect`
   (not needed when 5 carries the chosen `secondSelect` values itself)
5. POST `/principal.jsf`  both dates, `mainForm:portfolioPickList:secondSelect` (each fund), the output field
   (`3` = CSV, `1` = PDF), `mainForm:confirmButton`, V
   -> the file; or a page with `detailMessageListBoxId` = no data; or `.erro`

A CSV holds every chosen fund and business day of the period. A PDF holds one page for each fund of the period's first
day known (so one asks a day at a time); in a browser it opens in a new window. A lost session leads to the login page.
With `javax.faces.partial.ajax=true` the answers are JSF partial responses, as the page's script uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from html import escape
from typing import ClassVar

from ..calendario import business_days, previous_business_day
from ..data import Carteira
from ..delivery import CSV, PDF, Download
from ..files_csv import carteira_csv, movements_csv, payables_csv
from ..files_pdf import carteira_pdf, movements_pdf
from ..funds import FUNDS, Fund
from ..look import error_box, hidden, options, select, text_input
from ..web import Request, Response, redirect, xml_answer
from ..world import FundFailure
from .base import NO_DATA, Handler, Portal, br, read_date

VIEW_STATE = "javax.faces.ViewState"
BEGIN, END = "mainForm:calendarDateBegin:campoInputDate", "mainForm:calendarDateEnd:campoInputDate"
PICK = "mainForm:portfolioPickList"
FIRST_SELECT, SECOND_SELECT = f"{PICK}:firstSelect", f"{PICK}:secondSelect"
CONFIRM = "mainForm:confirmButton"
FAVOURITE = "mainForm:listaDeFavoritosRelatorios:{}:j_id_9m"
NO_DATA_BOX = "detailMessageListBoxId"
PICK_BUTTONS = {"include": "&gt;", "includeAll": "&gt;&gt;", "exclude": "&lt;", "excludeAll": "&lt;&lt;"}
MAX_DAYS = 400

CARTEIRA, MOVEMENTS, PAYABLES = "carteira", "ar", "cp"
LABELS = {CARTEIRA: "Carteira Diária", MOVEMENTS: "Aplicação e Resgate", PAYABLES: "Contas a Pagar"}
FILE_NAMES = {CARTEIRA: "CarteiraDiaria", MOVEMENTS: "AplicacaoResgateAnalitico", PAYABLES: "ContasPagar"}
WRITERS: dict[str, Callable[[Iterable[Carteira]], bytes]] = {
    CARTEIRA: carteira_csv,
    MOVEMENTS: movements_csv,
    PAYABLES: payables_csv,
}


class _Invalid(Exception):
    """The form is filled in wrongly; the message is shown on the page."""


class _NoData(Exception):
    """Nothing to report for what was asked."""


class Amplis(Portal):
    login_path = "/login.jsf"
    public = frozenset({"/", "/login.jsf"})
    favourites: ClassVar[tuple[str, ...]]

    def routes(self) -> dict[str, Handler]:
        return {
            "GET /": self.start,
            "GET /login.jsf": self.login_page,
            "POST /login.jsf": self.log_in,
            "GET /principal.jsf": self.main,
            "POST /principal.jsf": self.post,
            "GET /janela.jsf": self.window,
            "GET /sair.jsf": self.log_out,
        }

    def start(self, request: Request) -> Response:
        return redirect(f"{request.base}/principal.jsf") if request.session.user else self.login_page(request)

    def login_page(self, request: Request, message: str = "") -> Response:
        fields = {"loginForm_SUBMIT": "1", VIEW_STATE: request.session.token}
        return self.page(
            "Acesso ao sistema",
            f'<div class="cartao estreito"><h1>Acesso ao AMPLIS</h1>{error_box(message or self.lost_message(request))}'
            f'<form id="loginForm" name="loginForm" method="post" action="{request.base}/login.jsf" autocomplete="off">'
            f"{text_input('loginForm:userLoginInput:campo', 'Usuário')}"
            f"{text_input('loginForm:userPasswordInput', 'Senha', kind='password')}"
            '<p><button id="loginForm:botaoOk" name="loginForm:botaoOk" value="OK">OK</button></p>'
            f"{hidden(fields)}</form></div>",
        )

    def log_in(self, request: Request) -> Response:
        user = request.form.get("loginForm:userLoginInput:campo")
        refusal = self.refusal(user, request.form.get("loginForm:userPasswordInput"))
        if refusal:
            return self.login_page(request, refusal)
        request.session.log_in(user)
        return redirect(f"{request.base}/principal.jsf")

    def log_out(self, request: Request) -> Response:
        request.session.end()
        request.session.lost = False
        return redirect(f"{request.base}/")

    # -- the main page ---------------------------------------------------------------------------------------------

    def main(self, request: Request, message: str = "", *, no_data: bool = False) -> Response:
        report = request.session.data.get("report")
        body = '<div class="cartao"><p class="dica">Escolha um relatório favorito.</p></div>'
        if report is not None:
            body = self._report_form(request, self.favourites[report], report)
        box = error_box(message, NO_DATA_BOX if no_data else "mensagemErro")
        links = "".join(
            f'<li><a href="#" id="{FAVOURITE.format(n)}" name="{FAVOURITE.format(n)}" data-link>{LABELS[kind]}</a></li>'
            for n, kind in enumerate(self.favourites)
        )
        fields = {"mainForm_SUBMIT": "1", "mainForm:_idcl": "", VIEW_STATE: request.session.token}
        return self.page(
            "Relatórios",
            f'<form id="mainForm" name="mainForm" method="post" action="{request.base}/principal.jsf">'
            f'<nav class="cartao"><span id="mainForm_menu1_label"><b>Menu</b> · {escape(request.session.user)}</span> '
            f'<a href="{request.base}/sair.jsf">Sair</a><h2>Relatórios favoritos</h2><ul>{links}</ul></nav>'
            f'<div id="mainForm:mensagens">{box}</div>{body}{hidden(fields)}</form>',
            script="amplis.js",
        )

    def _report_form(self, request: Request, kind: str, number: int) -> str:
        data = request.session.data
        default = br(previous_business_day(self.world.today()))
        output = "mainForm:saida:campo" if number == 0 else "mainForm:reportExtension:campo"
        return (
            f'<div class="cartao"><h1>{LABELS[kind]}</h1><div class="linha">'
            f"{text_input(BEGIN, 'Data inicial', data.get('begin', default))}"
            f"{text_input(END, 'Data final', data.get('end', default))}</div>"
            f'<div id="{PICK}">{self._pick_list(request)}</div>'
            f"{select(output, 'Saída', options([('1', 'PDF'), ('3', 'CSV')], [data.get('saida', '1')]))}"
            f'<p><button id="{CONFIRM}" name="{CONFIRM}" value="OK" data-confirm>OK</button></p></div>'
        )

    def _pick_list(self, request: Request) -> str:
        chosen = set(request.session.data.get("chosen", ()))
        left = options((f.codigo, f.nome) for f in self.funds if f.codigo not in chosen)
        right = options((f.codigo, f.nome) for f in self.funds if f.codigo in chosen)
        buttons = "".join(
            f'<button type="submit" class="claro" id="{PICK}:{n}" name="{PICK}:{n}" value="1" data-pick>{text}</button>'
            for n, text in PICK_BUTTONS.items()
        )
        return (
            f'<div class="linha">{select(FIRST_SELECT, "Carteiras", left, " multiple")}'
            f'<div class="botoes">{buttons}</div>'
            f"{select(SECOND_SELECT, 'Selecionadas', right, ' multiple')}</div>"
        )

    def post(self, request: Request) -> Response:
        form, data = request.form, request.session.data
        if form.get(VIEW_STATE) != request.session.token:
            request.session.end()
            return self.send_to_login(request)
        source = form.get("javax.faces.source") or form.get("mainForm:_idcl")
        for number in range(len(self.favourites)):
            if FAVOURITE.format(number) == source or FAVOURITE.format(number) in form:
                data.clear()
                data["report"] = number
                return self.main(request)
        if data.get("report") is None:
            return self.main(request)
        self._remember(request)
        for action in PICK_BUTTONS:
            if f"{PICK}:{action}" == source or f"{PICK}:{action}" in form:
                self._pick(request, action)
                return self._partial(request) if self._is_partial(request) else self.main(request)
        if source == CONFIRM or CONFIRM in form:
            return self._confirm(request)
        return self.main(request)

    def _remember(self, request: Request) -> None:
        form, data = request.form, request.session.data
        for key, name in (("begin", BEGIN), ("end", END)):
            if name in form:
                data[key] = form.get(name)[:20]
        output = form.get("mainForm:saida:campo") or form.get("mainForm:reportExtension:campo")
        if output in {"1", "3"}:
            data["saida"] = output

    def _pick(self, request: Request, action: str) -> None:
        chosen = set(request.session.data.get("chosen", ()))
        everything = {f.codigo for f in self.funds}
        if action == "include":
            chosen |= everything & set(request.form.all(FIRST_SELECT))
        elif action == "exclude":
            chosen -= set(request.form.all(SECOND_SELECT))
        else:
            chosen = everything if action == "includeAll" else set()
        request.session.data["chosen"] = sorted(chosen)

    # -- answers ---------------------------------------------------------------------------------------------------

    @staticmethod
    def _is_partial(request: Request) -> bool:
        return request.form.get("javax.faces.partial.ajax") == "true"

    def _partial(self, request: Request, message: str = "", *, no_data: bool = False, window: str = "") -> Response:
        """A JSF partial response: the pick list and messages anew, perhaps a window to open."""
        box = error_box(message, NO_DATA_BOX if no_data else "mensagemErro")
        run = f"<eval><![CDATA[window.open('{window}','_blank')]]></eval>" if window else ""
        return xml_answer(
            '<?xml version="1.0" encoding="UTF-8"?><partial-response><changes>'
            f'<update id="{PICK}"><![CDATA[{self._pick_list(request)}]]></update>'
            f'<update id="mainForm:mensagens"><![CDATA[{box}]]></update>'
            f'<update id="{VIEW_STATE}"><![CDATA[{request.session.token}]]></update>{run}'
            "</changes></partial-response>"
        )

    def _confirm(self, request: Request) -> Response:
        posted = set(request.form.all(SECOND_SELECT))
        if posted:
            request.session.data["chosen"] = sorted(posted & {f.codigo for f in self.funds})
        partial = self._is_partial(request)
        try:
            file = self._make(request)
        except (_Invalid, FundFailure, _NoData) as problem:
            show = self._partial if partial else self.main
            return show(request, str(problem), no_data=isinstance(problem, _NoData))
        if partial:
            request.session.data["window"] = file
            return self._partial(request, window=f"{request.base}/janela.jsf")
        return self.send(file)

    def window(self, request: Request) -> Response:
        """The new window in which a browser gets the PDF that was just confirmed."""
        file = request.session.data.pop("window", None)
        return self.send(file) if isinstance(file, Download) else self.main(request)

    def _make(self, request: Request) -> Download:
        data = request.session.data
        kind = self.favourites[data["report"]]
        first, last = read_date(data.get("begin", "")), read_date(data.get("end", ""))
        if first is None or last is None:
            raise _Invalid("Informe as datas no formato DD/MM/AAAA.")
        if last < first or (last - first).days > MAX_DAYS:
            raise _Invalid("Período inválido.")
        funds = [f for f in self.funds if f.codigo in data.get("chosen", ())]
        if not funds:
            raise _Invalid("Selecione ao menos uma carteira.")
        found = self._collect(funds, first, last)
        only = funds[0].sigla if len(funds) == 1 else None
        stamp = f"{first:%Y%m%d}_{last:%Y%m%d}" if last != first else f"{first:%Y%m%d}"
        name = f"{FILE_NAMES[kind]}_{stamp}"
        if data.get("saida") == "3":
            return Download(f"{name}.csv", CSV, WRITERS[kind](found), only, first)
        body = self._pdf(kind, found, first, last)
        return Download(f"{name}.pdf", PDF, body, only, first, inline=True)

    def _collect(self, funds: list[Fund], first: date, last: date) -> list[Carteira]:
        """A fund that fails is left out; it is an error only when nothing else came."""
        found: list[Carteira] = []
        failures: list[FundFailure] = []
        for day in business_days(first, last):
            for fund in funds:
                try:
                    carteira = self.carteira(fund, day)
                except FundFailure as failure:
                    failures.append(failure)
                    continue
                if carteira is not None:
                    found += [carteira] * self.world.repeats(self.sistema, fund, day)
        if not found:
            raise failures[0] if failures else _NoData(NO_DATA)
        return found

    def _pdf(self, kind: str, found: list[Carteira], first: date, last: date) -> bytes:
        if kind == MOVEMENTS:
            return movements_pdf(first, last, tuple(found))
        return carteira_pdf(tuple(c for c in found if c.data == found[0].data))


class AmplisReag(Amplis):
    sistema = "amplis_reag"
    accent = "#22577a"
    favourites = (CARTEIRA, MOVEMENTS, PAYABLES)
    funds = FUNDS[:4]


class AmplisMaster(Amplis):
    sistema = "amplis_master"
    accent = "#6a4c93"
    favourites = (CARTEIRA, PAYABLES)
    funds = FUNDS[4:]
