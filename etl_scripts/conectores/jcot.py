"""JCOT (cotistas, passivo): a menu tree, a form of dates, a picker of funds, one XLSX.

Known: the ids and texts below; that a long period asks “Sim”; and that with no final date the period is the 10 days up
to the initial one. Not known: from how many days on the period is long (both ways are handled as they come).
"""

from __future__ import annotations

from datetime import timedelta

from etl_scripts.conector import Conector
from etl_scripts.erros import Falha
from etl_scripts.palavras import citado
from etl_scripts.pedido import Pedido
from etl_scripts.transporte import Baixado

DIAS_SEM_FINAL = timedelta(days=10)


class Jcot(Conector):
    """One request for the whole period and all funds."""

    sistema = "jcot"
    seletores = {
        "login_usuario": "id=userItem || nome=userItem",
        "login_senha": "id=passItem || nome=passItem",
        "login_ok": "id=btlogin",
        "login_erro": ".erro || .ui-state-error",
        "aceite": ".ui-dialog-buttonset button",
        "dentro": "id=menutree",
        "menu": "#menutree a >> texto=Posição de Cotista || texto=Posição de Cotista",
        "consulta": "select[name=tipo_consulta] || select",
        "data_inicial": "id=dt_posicao_inicio",
        "data_final": "id=dt_posicao_fim",
        "confirmar": "id=tb-confirm",
        "sim": ".ui-dialog-buttonset button >> texto=Sim",
        "buscar_fundos": "id=ccf_dwb_buscar",
        "grade_todos": '[id^="slickgrid_"] .slick-header-column',
        "grade_fundos": '[id^="slickgrid_"] .slick-row input[type=checkbox]',
        "tipo_arquivo": "id=main_cd_tipo_fich_ac",
        "exportar": "id=xpl6",
        "sem_dados": ".alert-warning",
        "erro_pagina": ".erro || .ui-state-error",
    }
    ajustes = {"texto_consulta": "Por Período", "texto_arquivo": "Arquivo XLSX"}

    def pedidos(self) -> list[Pedido]:
        contexto = self.contexto
        inicio = contexto.inicio if contexto.fim_dado else contexto.fim - DIAS_SEM_FINAL
        return [Pedido("posicao_cotista", "jcot", "xlsx", inicio, contexto.fim, formato="")]

    def coletar(self, pedido: Pedido) -> Baixado:
        visita = self.visita
        visita.em("abrir Posição de Cotista")
        visita.esperar("menu")
        visita.chegar("menu", "data_inicial")
        visita.em(f"informar o período {pedido.periodo}")
        visita.escolher("consulta", texto=str(visita.tabela.ajuste("texto_consulta")))
        visita.preencher("data_inicial", f"{pedido.inicio:%d/%m/%Y}")
        visita.preencher("data_final", f"{pedido.fim:%d/%m/%Y}")
        visita.clicar("confirmar")
        if visita.esperar("sim", "tipo_arquivo", "sem_dados", "erro_pagina") == "sim":
            visita.clicar("sim")
        if visita.esperar("tipo_arquivo", "sem_dados", "erro_pagina") != "tipo_arquivo":
            self.conferir_sem_dados()
            raise Falha("parcial", f"O portal não aceitou o período: {citado(visita.texto('erro_pagina'))}")
        self._escolher_fundos()
        visita.em("exportar o XLSX")
        visita.escolher("tipo_arquivo", texto=str(visita.tabela.ajuste("texto_arquivo")))
        return self.receber("exportar")

    def _escolher_fundos(self) -> None:
        visita = self.visita
        if not visita.existe("buscar_fundos"):
            return
        visita.em("escolher todos os fundos")
        visita.tocar("buscar_fundos")
        if visita.com_scripts:
            visita.esperar("grade_todos")
            visita.clicar("grade_todos")
        else:
            visita.marcar_todos("grade_fundos")


CONECTOR = Jcot
