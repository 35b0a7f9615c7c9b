"""The page at `/` that explains the demonstration, and the JSON API `/_falhas` that switches faults on and off."""

from __future__ import annotations

import json
import time
from html import escape
from typing import TYPE_CHECKING, Any

from .constants import DEMO_PASSWORD, DEMO_TOTP_SECRET, DEMO_USER, PORTAL_NAMES
from .data import carteira_of, history
from .delivery import XLSX
from .faults import ALL, CATALOGUE, FaultError, parameters_of, set_from_text
from .files_lists import bd_xlsx, de_para_xlsx
from .funds import FUNDS
from .look import STATIC, card, error_box, options, page, select, table, text_input
from .numbers_br import day_br, number
from .totp import code_at
from .web import Fields, Response, disposition, html, json_answer, redirect

if TYPE_CHECKING:
    from .server import DemoPortal

LISTS = {"/arquivos/bd.xlsx": ("BD.xlsx", bd_xlsx), "/arquivos/de-para.xlsx": ("De Para.xlsx", de_para_xlsx)}


class Home:
    """Everything that is not one of the portals."""

    def __init__(self, owner: DemoPortal) -> None:
        self.owner = owner

    def handle(self, method: str, path: str, query: Fields, form: Fields, body: bytes, media_type: str) -> Response:
        match (method, path):
            case ("GET" | "HEAD", "/"):
                return self.index()
            case ("GET" | "HEAD", _) if path.startswith("/_estatico/"):
                return self._static(path.rpartition("/")[2])
            case ("GET" | "HEAD", _) if path in LISTS:
                name, write = LISTS[path]
                return Response(200, write(), [("Content-Type", XLSX), ("Content-Disposition", disposition(name))])
            case ("GET", "/_falhas"):
                return json_answer(self._state())
            case ("POST", "/_falhas"):
                return self._set_json(body) if media_type.startswith("application/json") else self._set_form(form)
            case ("POST", "/_falhas/desligar"):
                self.owner.faults.clear(form.get("sistema") or None, form.get("falha") or None)
                return redirect("/")
            case ("DELETE", "/_falhas"):
                gone = self.owner.faults.clear(query.get("sistema") or None, query.get("falha") or None)
                return json_answer({**self._state(), "desligadas": gone})
            case ("POST", "/_zerar"):
                self.owner.reset()
                return json_answer(self._state())
        return html(page("Não encontrado", "<h1>Página não encontrada</h1>"), 404)

    def _state(self) -> dict[str, Any]:
        kinds = {
            name: {"texto": kind.texto, "parametros": {p: spec.default for p, spec in parameters_of(name).items()}}
            for name, kind in CATALOGUE.items()
        }
        return {"falhas": self.owner.faults.listed(), "catalogo": kinds}

    def _set_json(self, body: bytes) -> Response:
        """`{"sistema": "fidc", "falha": "lento", "parametros": {"segundos": 2}}`, or a list of such."""
        try:
            document = json.loads(body)
            for item in document if isinstance(document, list) else [document]:
                if not isinstance(item, dict) or not isinstance(item.get("parametros", {}), dict):
                    raise FaultError("envie um objeto com sistema, falha e parametros.")
                sistema, falha = str(item.get("sistema", ALL)), str(item.get("falha", ""))
                self.owner.faults.set(sistema, falha, item.get("valor"), **item.get("parametros", {}))
        except (FaultError, ValueError) as problem:
            return json_answer({"detail": str(problem)}, 422)
        return json_answer(self._state())

    def _set_form(self, form: Fields) -> Response:
        sistema, falha, extra = form.get("sistema", ALL), form.get("falha"), form.get("parametros").strip()
        try:
            set_from_text(self.owner.faults, f"{sistema}:{falha}{',' + extra if extra else ''}")
        except FaultError as problem:
            return self.index(str(problem))
        return redirect("/")

    @staticmethod
    def _static(name: str) -> Response:
        """A style sheet or script of ours."""
        kinds = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
        file = STATIC / name
        if file.suffix[1:] not in kinds or not file.is_file():
            return Response(404)
        headers = [("Content-Type", kinds[file.suffix[1:]]), ("Cache-Control", "max-age=60")]
        return Response(200, file.read_bytes(), headers)

    # -- the page --------------------------------------------------------------------------------------------------

    def index(self, problem: str = "") -> Response:
        code = code_at(DEMO_TOTP_SECRET, time.time())
        body = (
            card(
                "<h1>Portais de demonstração</h1><p>Estes portais imitam os dos administradores para que se possa "
                "aprender e testar o ETL Hub sem tocar em nenhum portal de verdade. Fundos, cotistas, números e "
                f"empresas são inventados.</p><p>Usuário <code>{DEMO_USER}</code>, senha <code>{DEMO_PASSWORD}</code>. "
                f"O MAPS pede ainda um código: agora é <code>{code}</code> (chave do autenticador: "
                f"<code>{DEMO_TOTP_SECRET}</code>).</p>"
            )
            + self._portals()
            + self._faults(problem)
            + self._funds()
        )
        return html(page("Portais de demonstração", body, portal="ETL Hub"), 422 if problem else 200)

    def _portals(self) -> str:
        rows = (
            (f'<a href="/{sistema}/">{escape(PORTAL_NAMES[sistema])}</a>', f"<code>{self.owner.url(sistema)}</code>")
            for sistema in self.owner.portals
        )
        return card("<h2>Portais</h2>" + table(("Portal", "Endereço"), rows))

    def _faults(self, problem: str) -> str:
        on = [
            (escape(f["sistema"]), escape(f["falha"]), _spelled(f["parametros"]), _off_button(f["sistema"], f["falha"]))
            for f in self.owner.faults.listed()
        ]
        known = (
            (
                f"<code>{name}</code>",
                escape(kind.texto),
                _spelled({p: s.default for p, s in parameters_of(name).items()}),
            )
            for name, kind in CATALOGUE.items()
        )
        places = [(ALL, "Todos os portais"), *((s, PORTAL_NAMES[s]) for s in self.owner.portals)]
        state = table(("Portal", "Falha", "Parâmetros", ""), on) if on else '<p class="dica">Nenhuma falha ligada.</p>'
        form = (
            '<form method="post" action="/_falhas"><div class="linha">'
            + select("sistema", "Portal", options(places))
            + select("falha", "Falha", options((name, name) for name in CATALOGUE))
            + text_input("parametros", "Parâmetros (opcional), como segundos=2,vezes=3")
            + "</div><p><button>Ligar</button></p></form>"
        )
        help_text = (
            "<details><summary>O que cada falha faz</summary>"
            + table(("Falha", "O que acontece", "Parâmetros e padrão"), known)
            + "</details>"
        )
        return card(
            f"<h2>Falhas</h2>{error_box(problem)}{state}{form}{_off_button('', '', 'Desligar todas')}{help_text}"
        )

    def _funds(self) -> str:
        last = history(self.owner.world.today())[-1]
        found = (carteira_of(fund, last) for fund in FUNDS)
        rows = (
            (c.fundo.sigla, escape(c.fundo.nome), c.fundo.cnpj_formatado, number(c.cota, 8), number(c.patrimonio))
            for c in found
        )
        heads = ("Sigla", "Fundo", "CNPJ", "Cota", "Patrimônio (R$)")
        note = f"Há dados de todos os dias úteis até {day_br(last)}; o dia de hoje ainda não foi processado."
        lists = (
            'Planilhas que se mantêm à mão, destes fundos: <a href="/arquivos/bd.xlsx">BD</a> e '
            '<a href="/arquivos/de-para.xlsx">De Para</a>.'
        )
        title = f"<h2>Fundos em {day_br(last)}</h2>"
        return card(f'{title}{table(heads, rows)}<p class="dica">{note}</p><p class="dica">{lists}</p>')


def _spelled(values: dict[str, Any]) -> str:
    return escape(", ".join(f"{name}={value}" for name, value in values.items() if value not in {"", 0}))


def _off_button(sistema: str, falha: str, text: str = "Desligar") -> str:
    return (
        '<form method="post" action="/_falhas/desligar">'
        f'<input type="hidden" name="sistema" value="{escape(sistema)}">'
        f'<input type="hidden" name="falha" value="{escape(falha)}"><button class="claro">{text}</button></form>'
    )
