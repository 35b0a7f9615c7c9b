"""BRITECH: an ASP.NET page with a DevExpress grid of saved queries; each opens and exports to Excel.

Known: the ids below and the numbers of the queries' buttons once the grid is filtered. Inferred from the file names, and
only a label: sc saldo de cotista, hc histórico de cota, pc posição de cotista, lh liquidação, pf posição de fundo.
Not known: the arguments of the post backs that a plain HTTP client sends (settings `argumento_*`).
"""

from __future__ import annotations

from etl_scripts.conector import Conector
from etl_scripts.erros import Falha
from etl_scripts.palavras import citado
from etl_scripts.pedido import Pedido
from etl_scripts.transporte import Baixado


class Britech(Conector):
    """The queries have no date or fund to choose: each is asked for once a run, as it is on the last day of the period."""

    sistema = "britech"
    opcoes = {"base_total": True}
    seletores = {
        "login_usuario": "id=Login1_UserName",
        "login_senha": "id=Login1_Password",
        "login_ok": "id=Login1_LoginButton",
        "login_erro": ".erro || id=Login1_FailureText || .failureNotification",
        "dentro": "id=gridQuery",
        "filtro": "id=gridQuery_DXFREditorcol2_I",
        "consulta": "id=gridQuery_DXCBtn{n}",
        "exportar": "id=btnExportExcel",
        "sem_dados": ".alert-warning",
        "erro_pagina": ".erro",
    }
    ajustes = {
        "filtro": "1",
        "consultas_base_total": "sc=0 hc=1 pc=2 pf=9 lh=3",
        "consultas_3_meses": "sc=4 hc=5 pc=6 lh=7 pf=8",
        "argumento_alvo": "gridQuery",
        "argumento_filtro": "FILTER",
        "argumento_consulta": "CUSTOMBUTTON|{n}",
    }

    def pedidos(self) -> list[Pedido]:
        fim = self.contexto.fim
        return [
            Pedido(
                f"{sigla}_{self._base}", "britech", "xlsx", fim, fim, nome=f"{sigla}.xlsx", formato="",
                conferir_data=False,
            )
            for sigla in self._consultas()
        ]  # fmt: skip

    @property
    def _base(self) -> str:
        return "base_total" if self.contexto.opcoes["base_total"] else "3_meses"

    def _consultas(self) -> dict[str, int]:
        texto = str(self.contexto.tabela.ajuste(f"consultas_{self._base}"))
        try:
            return {sigla: int(n) for sigla, _, n in (par.partition("=") for par in texto.split())}
        except ValueError:
            raise Falha("configuracao", f"“consultas_{self._base}” não é uma lista de sigla=número: {texto}") from None

    def coletar(self, pedido: Pedido) -> Baixado:
        n = self._consultas()[pedido.relatorio.partition("_")[0]]
        visita = self.visita
        self._filtrar()
        visita.em(f"abrir a consulta {n} ({pedido.nome})")
        visita.esperar("consulta", n=n)
        if visita.com_scripts:
            visita.clicar("consulta", n=n)
        else:
            self._enviar(str(visita.tabela.ajuste("argumento_consulta")).replace("{n}", str(n)))
        if visita.esperar("exportar", "erro_pagina") == "erro_pagina":
            raise Falha("parcial", f"O portal não abriu a consulta: {citado(visita.texto('erro_pagina'))}")
        visita.em(f"exportar {pedido.nome}")
        return self.receber("exportar")

    def _filtrar(self) -> None:
        visita = self.visita
        visita.em("filtrar a lista de consultas")
        visita.esperar("filtro")
        visita.preencher("filtro", str(visita.tabela.ajuste("filtro")))
        if visita.com_scripts:
            visita.enter("filtro")  # the grid draws itself anew; this waits until it is quiet
        else:
            self._enviar(str(visita.tabela.ajuste("argumento_filtro")))

    def _enviar(self, argumento: str) -> None:
        alvo = str(self.visita.tabela.ajuste("argumento_alvo"))
        self.visita.enviar_com("filtro", __EVENTTARGET=alvo, __EVENTARGUMENT=argumento)


CONECTOR = Britech
