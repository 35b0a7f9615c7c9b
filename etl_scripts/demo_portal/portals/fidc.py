"""FIDC (estoque): reports are asked for, made while one waits, and collected from a list.

What a plain HTTP client does:

1. GET  `/login`  -> form with `j_username`, `j_password`, hidden `_csrf`, button of class `btn-primary`
2. POST `/j_spring_security_check`  those fields -> 302 `/inicio`; 200 with `.erro` = refused
3. GET  `/reports/estoque`  -> form; the options of the select `fundoSelecionado` are the funds; hidden `_csrf`
4. POST `/reports/estoque`  `data` (DD/MM/AAAA), `fundoSelecionado`, `csv`, `_csrf`
   -> 302 `/reports/estoque?enviado=ID`, whose page says so; 200 with `.erro` = not accepted
5. GET  `/reports/meusRelatorios`  -> table of class `table-striped`, newest first: Nº, Relatório, Fundo, Data,
   Solicitado em, Situação (AGUARDANDO, CONCLUÍDO, SEM DADOS, ERRO) and, when CONCLUÍDO, a button `arquivo` that holds
   the report's ID
6. GET  `/reports/arquivo?arquivo=ID`  -> the CSV

The list is the user's: it outlives the session, and holds what earlier runs asked for. The links on the pages are
`/reports/…` from the root, as the real ones; the server leads those addresses here.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from html import escape

from ..calendario import previous_business_day
from ..constants import BRASILIA
from ..data import Carteira
from ..delivery import CSV, Download
from ..files_fidc import stock_blocks
from ..funds import FIDC_FUNDS
from ..look import card, error_box, hidden, options, select, table, text_input
from ..web import Request, Response, redirect
from ..world import FundFailure
from .base import Handler, Portal, br, read_date

WAITING, READY, NO_DATA, FAILED = "AGUARDANDO", "CONCLUÍDO", "SEM DADOS", "ERRO"
MAX_REPORTS = 500
WHOLE_UP_TO_ROWS = 5000


@dataclass(slots=True)
class Report:
    """One report asked for; `views` counts how often the list showed it waiting."""

    number: int
    sigla: str
    fundo: str
    data: str
    asked: str
    carteira: Carteira | None
    failed: bool
    views: int = 0
    ready: bool = False


class Fidc(Portal):
    sistema = "fidc"
    accent = "#2d6a4f"
    login_path = "/login"
    public = frozenset({"/", "/login", "/j_spring_security_check"})
    funds = wrong_funds = FIDC_FUNDS

    def reset(self) -> None:
        super().reset()
        self._reports: deque[Report] = deque(maxlen=MAX_REPORTS)
        self._last = 0

    def routes(self) -> dict[str, Handler]:
        return {
            "GET /": lambda request: redirect(f"{request.base}/{'inicio' if request.session.user else 'login'}"),
            "GET /login": self.login_page,
            "POST /j_spring_security_check": self.log_in,
            "GET /inicio": self.start,
            "GET /reports/estoque": self.stock_page,
            "POST /reports/estoque": self.ask,
            "GET /reports/meusRelatorios": self.reports,
            "GET /reports/arquivo": self.file,
        }

    def login_page(self, request: Request, message: str = "") -> Response:
        box = error_box(message or self.lost_message(request))
        return self.page(
            "Acesso",
            f'<div class="cartao estreito"><h1>Acesso ao portal</h1>{box}'
            f'<form method="post" action="{request.base}/j_spring_security_check">{self._csrf(request)}'
            f"{text_input('j_username', 'Usuário')}{text_input('j_password', 'Senha', kind='password')}"
            '<p><button type="submit" class="btn btn-primary">Entrar</button></p></form></div>',
        )

    @staticmethod
    def _csrf(request: Request) -> str:
        return hidden({"_csrf": request.session.token})

    def log_in(self, request: Request) -> Response:
        refusal = self.refusal(request.form.get("j_username"), request.form.get("j_password"))
        if refusal:
            return self.login_page(request, refusal)
        request.session.log_in(request.form.get("j_username"))
        return redirect(f"{request.base}/inicio")

    def _menu(self) -> str:
        return card(
            '<nav><ul><li><a href="/reports/estoque">Estoque</a></li>'
            '<li><a href="/reports/meusRelatorios">Meus Relatórios</a></li></ul></nav>'
        )

    def start(self, request: Request) -> Response:
        greeting = f"<h1>Olá, {escape(request.session.user)}</h1><p>Escolha um relatório no menu.</p>"
        return self.page("Início", self._menu() + card(greeting))

    def stock_page(self, request: Request, problem: str = "") -> Response:
        sent = request.query.get("enviado")
        note = "Relatório enviado para processamento. Acompanhe em Meus Relatórios."
        box = f'<div class="aviso">{note} (nº {escape(sent)})</div>' if sent.isdigit() else ""
        day = br(previous_business_day(self.world.today()))
        choices = options([("", "Selecione um fundo"), *((f.codigo, f.nome) for f in self.funds)])
        form = (
            f'<form method="post" action="{request.base}/reports/estoque">{self._csrf(request)}'
            f"{text_input('data', 'Data', day)}{select('fundoSelecionado', 'Fundo', choices, ' data-chosen')}"
            '<p><button type="submit" id="csv" name="csv" value="csv" class="btn btn-primary">CSV</button></p></form>'
        )
        body = f"{self._menu()}{card(f'<h1>Estoque</h1>{box}{error_box(problem)}{form}')}"
        return self.page("Estoque", body, script="chosen.js")

    def ask(self, request: Request) -> Response:
        form = request.form
        if form.get("_csrf") != request.session.token:
            return self.page("Acesso negado", "<h1>Acesso negado</h1><p>Token CSRF inválido.</p>", status=403)
        day = read_date(form.get("data"))
        fund = next((f for f in self.funds if f.codigo == form.get("fundoSelecionado")), None)
        if day is None or fund is None:
            return self.stock_page(request, "Informe a data (DD/MM/AAAA) e o fundo.")
        try:
            carteira, failed = self.carteira(fund, day), False
        except FundFailure:
            carteira, failed = None, True
        now = datetime.now(BRASILIA).strftime("%d/%m/%Y %H:%M:%S")
        with self._lock:
            for _ in range(self.world.repeats(self.sistema, fund, day)):
                self._last += 1
                self._reports.appendleft(Report(self._last, fund.sigla, fund.nome, br(day), now, carteira, failed))
        return redirect(f"{request.base}/reports/estoque?enviado={self._last}")

    def _situation(self, report: Report) -> str:
        if not report.ready:
            return WAITING
        if report.failed:
            return FAILED
        return READY if report.carteira is not None else NO_DATA

    def _age(self) -> None:
        """Each look at the list brings the waiting reports nearer."""
        with self._lock:
            for report in self._reports:
                if report.ready or self.faults.peek(self.sistema, "nunca_pronto", report.sigla, read_date(report.data)):
                    continue
                report.ready = report.views >= self.world.settings.fidc_esperas
                report.views += 1

    def reports(self, request: Request) -> Response:
        self._age()
        button = '<button name="arquivo" value="{}" class="btn btn-primary">Baixar</button>'
        rows = [
            (
                str(report.number),
                "Estoque",
                escape(report.fundo),
                report.data,
                report.asked,
                self._situation(report),
                button.format(report.number) if self._situation(report) == READY else "",
            )
            for report in list(self._reports)
        ]
        heads = ("Nº", "Relatório", "Fundo", "Data", "Solicitado em", "Situação", "Arquivo")
        body = (
            f'<h1>Meus Relatórios</h1><form method="get" action="{request.base}/reports/meusRelatorios">'
            '<button id="refresh" name="refresh" value="1" class="claro">Atualizar</button></form>'
            f'<form method="get" action="{request.base}/reports/arquivo">'
            + table(heads, rows, ' class="table table-striped"')
            + "</form>"
        )
        return self.page("Meus Relatórios", self._menu() + card(body))

    def file(self, request: Request) -> Response:
        number = request.query.get("arquivo")
        report = next((r for r in list(self._reports) if str(r.number) == number), None)
        if report is None or report.carteira is None or not report.ready:
            return self.page("Não encontrado", "<h1>Arquivo não encontrado</h1>", status=404)
        day = read_date(report.data)
        fault = self.faults.take(self.sistema, "arquivo_enorme", report.sigla, day)
        rows = int(fault.number("linhas")) if fault else self.world.settings.fidc_linhas
        rows = max(rows, 2)
        blocks = stock_blocks(report.carteira, rows)
        body = b"".join(blocks) if rows <= WHOLE_UP_TO_ROWS and fault is None else blocks
        name = f"Estoque_{report.sigla}_{day:%Y%m%d}.csv"
        return self.send(Download(name, CSV, body, report.sigla, day))
