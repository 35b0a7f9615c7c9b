"""MAPS: login of the Keycloak kind with a one-time code, then a page of menus, select2 fields and exports.

What a plain HTTP client does:

1. GET  `/`  -> home; its links lead to `#card-maps-pegasus` and `/pegasusgestores`
2. GET  `/pegasusgestores`  -> 302 to the login page (`login-pf-page`), whose form `kc-form-login` has an action
   of its own with `session_code`, `execution`, `client_id`, `tab_id`: post to that address
3. POST that action  `username`, `password`  -> the code's page, form `kc-otp-login-form`, again with its own action;
   200 with `#input-error` = refused
4. POST that action  `otp`  -> 302 back to `/pegasusgestores?code=…&state=…` -> the page with the menus (links of class
   `stop-redirect`: first ativo, second passivo)
5. GET  `/pegasusgestores/ativo/composicao` or `/pegasusgestores/passivo/posicao`  -> form; `#fundos-dados` (JSON) and
   GET `/pegasusgestores/fundos?q=…` give the funds as `{id, text}`
6. POST the same address  `fundo` (id), `data` (DD/MM/AAAA), `Pesquisar`  -> the result with “Exportar” and links whose
   images are titled PDF and XLSX; `.alert-warning` = no data; `.erro` = failed
7. GET  such a link (`…/exportar?formato=xlsx&consulta=ID`)  -> the file
"""

from __future__ import annotations

import json
import secrets
from datetime import date
from html import escape
from urllib.parse import urlencode

from ..calendario import previous_business_day
from ..constants import DEMO_TOTP_SECRET
from ..data import Carteira
from ..delivery import PDF, XLSX, Download
from ..files_pdf import carteira_pdf, cotistas_pdf
from ..files_xlsx import ativo_xlsx, passivo_xlsx
from ..funds import Fund
from ..look import card, error_box, page, table, text_input
from ..numbers_br import number
from ..totp import is_valid
from ..web import Request, Response, html, json_answer, redirect
from ..world import FundFailure
from .base import NO_DATA, WRONG_LOGIN, Handler, Portal, br, read_date

HOME = "/pegasusgestores"
AUTH = "/auth/realms/pegasus"
REPORTS = {"ativo": ("composicao", "Composição da Carteira"), "passivo": ("posicao", "Posição por Fundo")}
WRONG_CODE = "Código autenticador inválido."
MAX_SEARCHES = 50


class Maps(Portal):
    sistema = "maps"
    cookie = "PEGASUS_SESSION"
    accent = "#b5541c"
    login_path = f"{AUTH}/protocol/openid-connect/auth"
    public = frozenset({"/", f"{AUTH}/protocol/openid-connect/auth", f"{AUTH}/login-actions/authenticate"})

    def routes(self) -> dict[str, Handler]:
        found: dict[str, Handler] = {
            "GET /": self.home,
            f"GET {AUTH}/protocol/openid-connect/auth": self.login_page,
            f"POST {AUTH}/login-actions/authenticate": self.authenticate,
            f"GET {HOME}": self.menus,
            f"GET {HOME}/fundos": self.find_funds,
            f"GET {HOME}/exportar": self.export,
        }
        for side, (path, _) in REPORTS.items():
            found[f"GET {HOME}/{side}/{path}"] = self.report
            found[f"POST {HOME}/{side}/{path}"] = self.search
        return found

    def home(self, _request: Request) -> Response:
        return self.page(
            "Soluções",
            card('<h1>Soluções MAPS</h1><p><a href="#card-maps-pegasus">Conheça o Pegasus</a></p>')
            + '<div class="cartao" id="card-maps-pegasus"><h2>Pegasus</h2><p>Carteiras e passivo de fundos.</p>'
            f'<a class="btn" href="{HOME}">Acessar</a></div>',
        )

    # -- login -----------------------------------------------------------------------------------------------------

    def login_page(self, request: Request, message: str = "") -> Response:
        return self._keycloak(
            request,
            "kc-form-login",
            "Entrar na sua conta",
            message or self.lost_message(request),
            text_input("username", "Usuário ou e-mail") + text_input("password", "Senha", kind="password"),
        )

    def _code_page(self, request: Request, message: str = "") -> Response:
        field = text_input("otp", "Código de uso único")
        return self._keycloak(request, "kc-otp-login-form", "Verificação em duas etapas", message, field)

    def _keycloak(self, request: Request, form: str, title: str, message: str, fields: str) -> Response:
        """A login step; each page shown has an action address that is good once."""
        code = request.session.data["session_code"] = secrets.token_urlsafe(24)
        query = {"session_code": code, "execution": "demo", "client_id": "pegasusgestores", "tab_id": code[:11]}
        action = f"{request.base}{AUTH}/login-actions/authenticate?{urlencode(query)}"
        error = f'<span id="input-error" class="erro kc-feedback-text">{escape(message)}</span>' if message else ""
        body = (
            f'<div class="cartao estreito login-pf-page"><h1 id="kc-page-title">{title}</h1>{error}'
            f'<form id="{form}" action="{escape(action)}" method="post">{fields}<div id="kc-form-buttons">'
            '<input type="submit" name="login" id="kc-login" value="Entrar"></div></form></div>'
        )
        return html(page(title, body, portal=self.title, accent=self.accent, body_class="login-pf"))

    def authenticate(self, request: Request) -> Response:
        data, form = request.session.data, request.form
        if not data.get("session_code") or request.query.get("session_code") != data.pop("session_code"):
            return self.login_page(request, "A página expirou. Entre novamente.")
        if "otp" in form and "pending" in data:
            if not is_valid(DEMO_TOTP_SECRET, form.get("otp")):
                return self._code_page(request, WRONG_CODE)
            return self._enter(request, str(data["pending"]))
        refusal = self.refusal(form.get("username"), form.get("password"))
        if refusal:
            refusal = "Nome de usuário ou senha inválida." if refusal == WRONG_LOGIN else refusal
            return self.login_page(request, refusal)
        if not self.world.settings.maps_codigo:
            return self._enter(request, form.get("username"))
        data["pending"] = form.get("username")
        return self._code_page(request)

    def _enter(self, request: Request, user: str) -> Response:
        request.session.log_in(user)
        query = urlencode({"state": secrets.token_hex(8), "code": secrets.token_urlsafe(16)})
        return redirect(f"{request.base}{HOME}?{query}")

    # -- the application -------------------------------------------------------------------------------------------

    def _menu(self, request: Request) -> str:
        items = ""
        for side, title in (("ativo", "Ativo"), ("passivo", "Passivo")):
            path, name = REPORTS[side]
            entry = f'<a class="item" href="{request.base}{HOME}/{side}/{path}">{name}</a>'
            items += (
                f'<li class="menu"><a class="stop-redirect" href="#">{title}</a>'
                f'<ul class="submenu" hidden><li>{entry}</li></ul></li>'
            )
        return card(f"<nav><ul>{items}</ul></nav>")

    def menus(self, request: Request) -> Response:
        body = self._menu(request) + card(f"<h1>Pegasus</h1><p>Olá, {escape(request.session.user)}.</p>")
        return self.page("Pegasus Gestores", body, script="maps.js")

    def _found(self, text: str) -> list[dict[str, str]]:
        wanted = text.strip().lower()
        return [{"id": f.codigo, "text": f.nome} for f in self.funds if wanted in f.nome.lower()]

    def find_funds(self, request: Request) -> Response:
        return json_answer({"results": self._found(request.query.get("q"))})

    def report(self, request: Request, result: str = "") -> Response:
        side = request.path.split("/")[2]
        title = REPORTS[side][1]
        day = request.form.get("data") or br(previous_business_day(self.world.today()))
        chosen = next((f.nome for f in self.funds if f.codigo == request.form.get("fundo")), "")
        known = json.dumps(self._found(""), ensure_ascii=False).replace("<", "\\u003c")
        form = (
            f'<form method="post" action="{request.base}{request.path}"><label>Fundo</label>'
            f'<div class="select2-container" id="s2id_fundo"><a class="select2-choice" href="javascript:void(0)">'
            f'<span class="select2-chosen">{escape(chosen) or "Selecione o fundo"}</span></a></div>'
            f'<input type="hidden" name="fundo" id="fundo" value="{escape(request.form.get("fundo"))}">'
            '<label for="data">Data</label>'
            f'<input type="text" id="data" name="data" class="date" value="{escape(day)}">'
            '<p><input type="submit" name="Pesquisar" value="Pesquisar"></p></form>'
            f'<script type="application/json" id="fundos-dados">{known}</script>'
        )
        return self.page(title, self._menu(request) + card(f"<h1>{title}</h1>{form}") + result, script="maps.js")

    def search(self, request: Request) -> Response:
        side = request.path.split("/")[2]
        fund = next((f for f in self.funds if f.codigo == request.form.get("fundo")), None)
        day = read_date(request.form.get("data"))
        if fund is None or day is None:
            return self.report(request, error_box("Informe o fundo e a data (DD/MM/AAAA)."))
        try:
            carteira = self.carteira(fund, day)
        except FundFailure as failure:
            return self.report(request, error_box(str(failure)))
        if carteira is None:
            return self.report(request, f'<div class="aviso alert alert-warning">{NO_DATA}</div>')
        searches = request.session.data.setdefault("searches", {})
        while len(searches) >= MAX_SEARCHES:
            searches.pop(next(iter(searches)))
        key = secrets.token_hex(6)
        searches[key] = (side, fund, day, carteira)
        return self.report(request, self._result(request, key, carteira))

    def _result(self, request: Request, key: str, carteira: Carteira) -> str:
        rows = ((escape(p.ativo), p.classe.upper(), number(p.valor)) for p in carteira.posicoes)
        links = "".join(
            f'<a href="{request.base}{HOME}/exportar?formato={kind.lower()}&amp;consulta={key}">'
            f'<img title="{kind}" alt="{kind}" src="{_icon(kind)}"></a> '
            for kind in ("PDF", "XLSX")
        )
        return card(
            f"<h2>{escape(carteira.fundo.nome)} em {br(carteira.data)}</h2>"
            '<p><a class="btn claro exportar" href="javascript:void(0)">Exportar</a></p>'
            f'<div class="formatos" hidden>{links}</div>{table(("Ativo", "Classe", "Valor"), rows)}'
        )

    def export(self, request: Request) -> Response:
        kept = request.session.data.get("searches", {}).get(request.query.get("consulta"))
        if kept is None:
            return self.page("Não encontrado", "<h1>Consulta não encontrada</h1>", status=404)
        side, fund, day, carteira = kept
        return self.send(self._file(request.query.get("formato"), side, fund, day, carteira))

    def _file(self, kind: str, side: str, fund: Fund, day: date, carteira: Carteira) -> Download:
        stem = f"{REPORTS[side][0]}_{fund.sigla}_{day:%Y%m%d}"
        if kind == "pdf":
            body = carteira_pdf((carteira,)) if side == "ativo" else cotistas_pdf(carteira)
            return Download(f"{stem}.pdf", PDF, body, fund.sigla, day)
        copies = self.world.repeats(self.sistema, fund, day)
        body = ativo_xlsx(carteira, copies) if side == "ativo" else passivo_xlsx(carteira, copies)
        return Download(f"{stem}.xlsx", XLSX, body, fund.sigla, day)


def _icon(text: str) -> str:
    """A small picture that needs no request."""
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="44" height="28"><rect width="44" height="28" rx="4" '
        f'fill="#b5541c"/><text x="22" y="19" font-size="13" fill="#fff" text-anchor="middle">{text}</text></svg>'
    )
    return "data:image/svg+xml," + drawing.replace("#", "%23").replace('"', "'")
