"""AMPLIS, the product behind two logins (JSF pages): what both have in common.

Known from the automation in use: the ids below. Not known, and chosen here in one place: how many funds one PDF of the
carteira holds (any number is taken, and told apart by content), and that a fund which the portal leaves out of a CSV
had no data.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from etl_scripts.conector import Conector
from etl_scripts.erros import Falha
from etl_scripts.pedido import Peca, Pedido
from etl_scripts.transporte import Baixado

SELETORES = {
    "login_usuario": "id=loginForm:userLoginInput:campo",
    "login_senha": "id=loginForm:userPasswordInput",
    "login_ok": "id=loginForm:botaoOk",
    "login_erro": ".erro || .ui-messages-error || id=loginForm:mensagens",
    "dentro": "id=mainForm_menu1_label",
    "favorito": "id=mainForm:listaDeFavoritosRelatorios:{n}:j_id_9m",
    "data_inicial": "id=mainForm:calendarDateBegin:campoInputDate",
    "data_final": "id=mainForm:calendarDateEnd:campoInputDate",
    "incluir_todos": "id=mainForm:portfolioPickList:includeAll",
    "fundos_disponiveis": '[id="mainForm:portfolioPickList:firstSelect"] option',
    "fundos_escolhidos": '[id="mainForm:portfolioPickList:secondSelect"] option',
    "fundo_escolhido": "id=mainForm:portfolioPickList:secondSelect",
    "saida_0": "id=mainForm:saida:campo",
    "saida_outros": "id=mainForm:reportExtension:campo",
    "confirmar": "id=mainForm:confirmButton",
    "sem_dados": "id=detailMessageListBoxId",
    "erro_pagina": ".erro || .ui-messages-error",
}
AJUSTES = {"saida_csv": "3", "prazo_fundos": 30.0}


@dataclass(frozen=True, slots=True)
class Favorito:
    """A report among the favourites: its position, the name it is kept under, and its parser."""

    n: int
    relatorio: str
    nome: str
    formato: str


class Amplis(Conector):
    """Asks for each report as CSV over the whole period, and for the carteira as PDF a business day at a time."""

    seletores = SELETORES
    ajustes = AJUSTES
    opcoes = {"csv": True, "pdf": True}
    favoritos: ClassVar[tuple[Favorito, ...]]

    def pedidos(self) -> list[Pedido]:
        dias = self.contexto.dias
        if not dias:
            return []
        pedidos: list[Pedido] = []
        if self.contexto.opcoes["csv"]:
            pedidos += [
                Pedido(
                    favorito.relatorio, "csv", "csv", dias[0], dias[-1], nome=favorito.nome, formato=favorito.formato,
                    conferir_data=favorito.n == 0,
                )
                for favorito in self.favoritos
            ]  # fmt: skip
        if self.contexto.opcoes["pdf"]:
            pedidos += [
                Pedido("carteira_pdf", "pdf", "pdf", dia, dia, formato="pdf", por_conteudo=True) for dia in dias
            ]
        return pedidos

    def coletar(self, pedido: Pedido) -> Baixado:
        visita = self.visita
        favorito = next((f for f in self.favoritos if f.relatorio == pedido.relatorio), self.favoritos[0])
        visita.em(f"abrir o relatório favorito {favorito.n} ({favorito.relatorio})")
        visita.esperar("favorito", n=favorito.n)
        visita.clicar("favorito", n=favorito.n)
        visita.esperar("data_inicial")
        self._incluir_fundos()
        visita.em(f"preencher o período {pedido.periodo}")
        visita.preencher("data_inicial", f"{pedido.inicio:%d/%m/%Y}")
        visita.preencher("data_final", f"{pedido.fim:%d/%m/%Y}")
        if pedido.tipo == "csv":
            visita.em("escolher a saída CSV")
            saida = "saida_0" if favorito.n == 0 else "saida_outros"
            visita.escolher(saida, valor=str(visita.tabela.ajuste("saida_csv")))
        visita.em(f"gerar {pedido}")
        return self.receber("confirmar")

    def _incluir_fundos(self) -> None:
        """Moves all funds to the chosen side; the page draws the list anew meanwhile."""
        visita = self.visita
        visita.em("incluir todas as carteiras")
        visita.clicar("incluir_todos")
        visita.esperar("fundos_escolhidos", prazo=float(visita.tabela.ajuste("prazo_fundos")))
        self._fundos = [opcao.texto for opcao in visita.elementos("fundos_escolhidos")]
        if not self._fundos:
            raise Falha("pagina_mudou", "O portal não mostrou nenhuma carteira para incluir.")

    def conferir(self, peca: Peca) -> list[str]:
        pedidos = {_chave(fundo) for fundo in self._fundos}
        fundos = {carteira.fundo for carteira in peca.leitura.fundos} if peca.leitura else set()
        return [f"o arquivo traz um fundo que não foi pedido: {f}" for f in sorted(fundos) if _chave(f) not in pedidos]

    def faltantes(self, pedido: Pedido, pecas: list[Peca]) -> list[str]:
        """Funds that were asked for and are on no line of the carteira, a day at a time."""
        if pedido.relatorio not in {self.favoritos[0].relatorio, "carteira_pdf"}:
            return []
        vieram = {
            (_chave(carteira.fundo), carteira.data)
            for peca in pecas
            if peca.leitura
            for carteira in peca.leitura.fundos
        }
        return [
            f"{fundo}: não veio em {pedido.relatorio} de {_dias(faltam)} (sem dados, ou o portal o deixou de fora)."
            for fundo in self._fundos
            if (faltam := [dia for dia in self._dias_de(pedido) if (_chave(fundo), dia) not in vieram])
        ]

    def _dias_de(self, pedido: Pedido) -> list[date]:
        return [dia for dia in self.contexto.dias if pedido.inicio <= dia <= pedido.fim]


def _chave(nome: str) -> str:
    return " ".join(nome.split()).casefold()


def _dias(dias: list[date]) -> str:
    return ", ".join(f"{dia:%d/%m/%Y}" for dia in dias[:5]) + (f" e mais {len(dias) - 5}" if len(dias) > 5 else "")
