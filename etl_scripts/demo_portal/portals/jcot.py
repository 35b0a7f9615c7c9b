"""JCOT (cotistas, passivo): a menu tree, a form of dates, a picker of funds, an export.

What a plain HTTP client does (every form carries a hidden `jcot_token`):

1. GET  `/`  -> form `loginForm`
2. POST `/login`  `userItem`, `passItem`, `btlogin` -> a dialog (`ui-dialog-buttonset`) to accept; 200 with `.erro` = refused
3. POST `/aceite`  `aceitar` -> 302 `/principal`; before it every page leads back to the dialog
4. GET  `/principal`  -> `menutree`, whose link “Posição de Cotista” leads to `/posicao`
5. POST `/posicao`  `tipo_consulta` = `P` (option “Por Período”), `dt_posicao_inicio`, `dt_posicao_fim` (DD/MM/AAAA),
   `tb-confirm` -> up to 31 days: the picker (`ccf_dwb_buscar`, `slickgrid_…`); more: a dialog “Sim” / “Não”;
   `.alert-warning` = no data; `.erro` = wrong dates. With no final date the period is the 10 days up to the initial one.
6. only for the dialog: POST `/posicao/confirma`  `resposta` = `sim` -> the export's form, for all funds
7. POST `/exportar`  `fundos` (each code; not asked for after the dialog), `main_cd_tipo_fich_ac` = `XLSX`, `xpl6`
   -> the XLSX; `.alert-warning` = no data
"""

from __future__ import annotations

from datetime import date, timedelta
from html import escape

from ..calendario import business_days, previous_business_day
from ..data import Carteira
from ..delivery import XLSX, Download
from ..files_xlsx import cotistas_xlsx
from ..look import card, error_box, hidden, options, select, text_input
from ..web import Request, Response, redirect
from ..world import FundFailure
from .base import NO_DATA, Handler, Portal, br, read_date

LONG_PERIOD_DAYS = 31
DEFAULT_DAYS = 10
MAX_DAYS = 400
GRID = "slickgrid_482913"


class Jcot(Portal):
    sistema = "jcot"
    accent = "#7b2d43"
    public = frozenset({"/", "/login"})

    def routes(self) -> dict[str, Handler]:
        return {
            "GET /": self.login_page,
            "POST /login": self.log_in,
            "POST /aceite": self.accept,
            "GET /principal": self.main,
            "GET /posicao": self.position,
            "POST /posicao": self.confirm,
            "POST /posicao/confirma": self.confirm_long,
            "POST /exportar": self.export,
        }

    @staticmethod
    def _token(request: Request) -> str:
        return hidden({"jcot_token": request.session.token})

    def login_page(self, request: Request, message: str = "") -> Response:
        box = error_box(message or self.lost_message(request))
        form = (
            f'<form id="loginForm" name="loginForm" method="post" action="{request.base}/login">{self._token(request)}'
            f"{text_input('userItem', 'Usuário')}{text_input('passItem', 'Senha', kind='password')}"
            '<p><button id="btlogin" name="btlogin" value="1">Entrar</button></p></form>'
        )
        return self.page("Acesso", card(f"<h1>JCOT</h1>{box}{form}", "estreito"))

    def log_in(self, request: Request) -> Response:
        refusal = self.refusal(request.form.get("userItem"), request.form.get("passItem"))
        if refusal:
            return self.login_page(request, refusal)
        request.session.log_in(request.form.get("userItem"))
        return self._dialog(
            request,
            "Aviso",
            "O uso deste sistema é monitorado. Ao continuar, você aceita os termos de uso.",
            "/aceite",
            (("aceitar", "1", "Aceitar"),),
        )

    def _dialog(
        self, request: Request, title: str, text: str, path: str, buttons: tuple[tuple[str, str, str], ...]
    ) -> Response:
        made = "".join(f'<button name="{name}" value="{value}">{label}</button>' for name, value, label in buttons)
        body = (
            f'<div class="ui-dialog" role="dialog"><div><h2 class="ui-dialog-title">{title}</h2><p>{text}</p>'
            f'<form method="post" action="{request.base}{path}">{self._token(request)}'
            f'<div class="ui-dialog-buttonset">{made}</div></form></div></div>'
        )
        return self.page(title, body)

    def accept(self, request: Request) -> Response:
        request.session.data["accepted"] = True
        return redirect(f"{request.base}/principal")

    # -- the report ------------------------------------------------------------------------------------------------

    def _is_refused(self, request: Request) -> Response | None:
        """The way back to the login of whoever has not accepted, or posts an old form."""
        stale = request.method == "POST" and request.form.get("jcot_token") != request.session.token
        if stale or not request.session.data.get("accepted"):
            request.session.end()
            return self.send_to_login(request)
        return None

    def _menu(self, request: Request) -> str:
        return card(
            '<ul id="menutree"><li>Passivo<ul>'
            f'<li><a href="{request.base}/posicao">Posição de Cotista</a></li></ul></li></ul>'
        )

    def main(self, request: Request) -> Response:
        greeting = card(f"<h1>Olá, {escape(request.session.user)}</h1>")
        return self._is_refused(request) or self.page("Principal", self._menu(request) + greeting)

    def position(self, request: Request, note: str = "") -> Response:
        refused = self._is_refused(request)
        if refused:
            return refused
        kinds = options([("D", "Por Data"), ("P", "Por Período")], [request.form.get("tipo_consulta", "D")])
        day = br(previous_business_day(self.world.today()))
        form = (
            f'<form method="post" action="{request.base}/posicao">{self._token(request)}'
            f"{select('tipo_consulta', 'Consulta', kinds)}"
            f'<div class="linha">{text_input("dt_posicao_inicio", "Data inicial", day)}'
            f"{text_input('dt_posicao_fim', 'Data final')}</div>"
            '<p><button id="tb-confirm" name="tb-confirm" value="1">Confirmar</button></p></form>'
        )
        return self.page("Posição de Cotista", self._menu(request) + card(f"<h1>Posição de Cotista</h1>{note}{form}"))

    def _period(self, request: Request) -> tuple[date, date] | None:
        first, last = read_date(request.form.get("dt_posicao_inicio")), read_date(request.form.get("dt_posicao_fim"))
        if first is None:
            return None
        if request.form.get("tipo_consulta") != "P":
            return first, first
        if not request.form.get("dt_posicao_fim").strip():
            return first - timedelta(days=DEFAULT_DAYS), first
        if last is None or not 0 <= (last - first).days <= MAX_DAYS:
            return None
        return first, last

    def confirm(self, request: Request) -> Response:
        refused = self._is_refused(request)
        if refused:
            return refused
        period = self._period(request)
        if period is None:
            return self.position(request, error_box("Período inválido. Use DD/MM/AAAA."))
        request.session.data.update(period=period, all_funds=False)
        if (period[1] - period[0]).days <= LONG_PERIOD_DAYS:
            return self._export_form(request)
        return self._dialog(
            request,
            "Confirmação",
            "O período é longo e a consulta pode demorar. Deseja continuar?",
            "/posicao/confirma",
            (("resposta", "sim", "Sim"), ("resposta", "nao", "Não")),
        )

    def confirm_long(self, request: Request) -> Response:
        refused = self._is_refused(request)
        if refused or request.form.get("resposta") != "sim" or "period" not in request.session.data:
            return refused or self.position(request)
        request.session.data["all_funds"] = True
        return self._export_form(request)

    def _picker(self) -> str:
        rows = "".join(
            f'<tr class="slick-row"><td><input type="checkbox" name="fundos" value="{f.codigo}"></td>'
            f"<td>{f.codigo}</td><td>{escape(f.nome)}</td></tr>"
            for f in self.funds
        )
        return (
            '<p><button type="button" id="ccf_dwb_buscar" class="claro">Buscar fundos</button></p>'
            f'<div id="{GRID}" class="slickgrid" hidden><table><thead><tr>'
            '<th class="slick-header-column"><input type="checkbox" title="Todos"></th>'
            '<th class="slick-header-column">Código</th><th class="slick-header-column">Fundo</th></tr></thead>'
            f"<tbody>{rows}</tbody></table></div>"
        )

    def _export_form(self, request: Request, note: str = "") -> Response:
        first, last = request.session.data["period"]
        picker = "<p>Todos os fundos.</p>" if request.session.data["all_funds"] else self._picker()
        kinds = select(
            "main_cd_tipo_fich_ac", "Tipo de arquivo", options([("", "Selecione"), ("XLSX", "Arquivo XLSX")])
        )
        form = (
            f'<form method="post" action="{request.base}/exportar">{self._token(request)}{picker}{kinds}'
            '<p><button id="xpl6" name="xpl6" value="1">Exportar</button></p></form>'
        )
        body = self._menu(request) + card(f"<h1>Posição de Cotista, {br(first)} a {br(last)}</h1>{note}{form}")
        return self.page("Exportar", body, script="jcot.js")

    def export(self, request: Request) -> Response:
        refused = self._is_refused(request)
        if refused or "period" not in request.session.data:
            return refused or self.position(request)
        data = request.session.data
        chosen = set(request.form.all("fundos"))
        funds = [f for f in self.funds if data["all_funds"] or f.codigo in chosen]
        if not funds or request.form.get("main_cd_tipo_fich_ac") != "XLSX":
            return self._export_form(request, error_box("Escolha os fundos e o tipo de arquivo."))
        found: list[tuple[Carteira, int]] = []
        for day in business_days(*data["period"]):
            for fund in funds:
                try:
                    carteira = self.carteira(fund, day)
                except FundFailure:
                    continue
                if carteira is not None:
                    found.append((carteira, self.world.repeats(self.sistema, fund, day)))
        if not found:
            return self._export_form(request, f'<div class="aviso alert alert-warning">{NO_DATA}</div>')
        first, last = data["period"]
        name = f"PosicaoCotista_{first:%Y%m%d}_{last:%Y%m%d}.xlsx"
        return self.send(Download(name, XLSX, cotistas_xlsx(found), None, first))
