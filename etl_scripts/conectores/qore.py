"""QORE: a dashboard of funds; each fund's carteiras one by one, or many in a ZIP.

Known: the field names, texts and classes below, and that the 4th column's button downloads. Not known: which columns of
the BD workbook hold the fund's name (setting `bd_coluna_fundo`).
"""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

from etl_scripts import zips
from etl_scripts.conector import Conector
from etl_scripts.erros import Falha, SemDados
from etl_scripts.nomes import nome_seguro
from etl_scripts.pedido import Peca, Pedido
from etl_scripts.planilha_bd import fundos_da_planilha
from etl_scripts.transporte import Baixado

TIPOS = {"pdf": ("pdf", "qore_pdf", "pdf"), "excel": ("xlsx", "qore_excel", "xlsx_carteira")}


class Qore(Conector):
    """A fund may be named by its full name or its sigla."""

    sistema = "qore"
    opcoes = {"excel": True, "pdf": True, "lote_pdf": False, "lote_excel": False}
    seletores = {
        "login_usuario": "nome=email",
        "login_senha": "nome=password",
        "login_erro": ".erro || .alert-danger || .invalid-feedback",
        "dentro": "a.fundo",
        "painel": 'a[href*="/dashboard"]',
        "fundos": "a.fundo",
        "fundo": "a.fundo >> texto={texto}",
        "carteira_pdf": "texto=Carteira PDF",
        "carteira_excel": "texto=Carteira Excel",
        "linhas": "table tbody tr",
        "baixar": "table tbody tr:nth-child({linha}) td:nth-child(4) :is(a, button)",
        "menu": ".ellipsis-h",
        "lote": "texto=Download em Lote",
        "lote_inicial": "nome=dataInicial || id=dataInicial",
        "lote_final": "nome=dataFinal || id=dataFinal",
        "lote_baixar": "button >> texto=Download",
        "voltar": "texto=Voltar",
        "sem_dados": ".alert-warning",
        "erro_pagina": ".erro || .alert-danger",
    }
    ajustes = {
        "separador_fundo": r"^(?P<sigla>\S+)\s+-\s+(?P<nome>.+)$",
        "bd_planilha": "BD",
        "bd_coluna_portal": "J",
        "bd_coluna_fundo": "A",
    }

    _aberto: tuple[str, str] | None = None  # fund and report whose dates the page shows

    def pedidos(self) -> list[Pedido]:
        contexto = self.contexto
        pedidos: list[Pedido] = []
        for fundo in self.fundos_pedidos():
            for opcao, (tipo, destino, formato) in TIPOS.items():
                relatorio = f"carteira_{opcao}"
                if contexto.opcoes[f"lote_{opcao}"] and contexto.dias:
                    pedidos.append(
                        Pedido(relatorio, destino, "zip", contexto.dias[0], contexto.dias[-1], fundo=fundo, formato=formato,
                               por_conteudo=True, por_dia=True)
                    )  # fmt: skip
                elif contexto.opcoes[opcao]:
                    pedidos += [
                        Pedido(relatorio, destino, tipo, dia, dia, fundo=fundo, formato=formato, por_conteudo=True)
                        for dia in contexto.dias
                    ]
        return pedidos

    def fundos_pedidos(self) -> list[str]:
        """The funds chosen; else those of the BD workbook, where one is configured; else all."""
        contexto = self.contexto
        if contexto.fundos:
            return contexto.fundos
        if contexto.config.caminhos.get("bd_xlsx", "").strip():
            ajuste = contexto.tabela.ajuste
            return fundos_da_planilha(
                contexto.config.caminho("bd_xlsx"),
                str(ajuste("bd_planilha")),
                str(ajuste("bd_coluna_portal")),
                str(ajuste("bd_coluna_fundo")),
                "QORE",
            )
        return super().fundos_pedidos()

    def fundos_do_portal(self) -> list[str]:
        return [nome for nome, _, _ in self._painel()]

    def resolver(self, fundo: str) -> str:
        return next((nome for nome, sigla, _ in self._painel() if _mesmo(fundo, nome, sigla)), fundo)

    def _painel(self) -> list[tuple[str, str, str]]:
        """`(name, sigla, the link's text)` of each fund of the dashboard."""
        self._abrir_painel()
        padrao = re.compile(str(self.visita.tabela.ajuste("separador_fundo")))
        achados = [(link.texto, padrao.match(link.texto)) for link in self.visita.elementos("fundos")]
        return [(a["nome"], a["sigla"], texto) if a else (texto, texto, texto) for texto, a in achados]

    def _abrir_painel(self) -> None:
        if not self.visita.existe("fundos"):
            self.visita.abrir(self.contexto.acesso.url)
            self.visita.esperar("fundos")

    def ordem(self, pedido: Pedido) -> tuple[object, ...]:
        return (pedido.fundo, pedido.relatorio, pedido.inicio)

    def voltar(self) -> None:
        """Any page of the dashboard or of a fund is one to go on from."""
        if not any(map(self.visita.existe, ("fundos", "linhas", "carteira_pdf", "carteira_excel"))):
            self._aberto = None
            super().voltar()

    def _abrir_fundo(self, pedido: Pedido) -> None:
        """To the table of the fund's dates; from where we are, when that is a page of the same fund."""
        visita, aberto = self.visita, self._aberto
        self._aberto = None  # until the file has come
        if aberto == (pedido.fundo, pedido.relatorio) and visita.existe("linhas"):
            return
        # In a browser the table of the one report could be taken for that of the other, which is still to come.
        outro = aberto is None or aberto[0] != pedido.fundo or visita.com_scripts
        if outro or not visita.existe(pedido.relatorio):
            self._entrar_no_fundo(pedido)
        visita.em(f"abrir {pedido.relatorio} de {pedido.fundo}")
        visita.clicar(pedido.relatorio)
        visita.esperar("linhas", "menu", "sem_dados")

    def _entrar_no_fundo(self, pedido: Pedido) -> None:
        visita = self.visita
        visita.em(f"abrir o fundo {pedido.fundo}")
        texto = next((texto for nome, sigla, texto in self._painel() if _mesmo(pedido.fundo, nome, sigla)), None)
        if texto is None:
            raise Falha("configuracao", f"O fundo “{pedido.fundo}” não existe no portal.", fatal=False)
        visita.clicar("fundo", texto=texto)
        visita.esperar(pedido.relatorio)

    def coletar(self, pedido: Pedido) -> Baixado:
        self._abrir_fundo(pedido)
        if pedido.por_dia:
            return self._lote(pedido)
        baixado = self._um_dia(pedido)
        self._aberto = (pedido.fundo, pedido.relatorio)
        return baixado

    def _um_dia(self, pedido: Pedido) -> Baixado:
        dia = f"{pedido.fim:%d/%m/%Y}"
        linha = next((n for n, celulas in enumerate(self.visita.linhas("linhas"), 1) if dia in celulas), 0)
        if not linha:
            raise SemDados(f"a data {dia} não está na lista do portal")
        self.visita.em(f"baixar {pedido}")
        return self.receber("baixar", linha=linha)

    def _lote(self, pedido: Pedido) -> Baixado:
        visita = self.visita
        visita.em(f"baixar em lote {pedido}")
        visita.tocar("menu")
        visita.tocar("lote")
        visita.preencher("lote_inicial", f"{pedido.inicio:%d/%m/%Y}")
        visita.preencher("lote_final", f"{pedido.fim:%d/%m/%Y}")
        return self.receber("lote_baixar")

    def pecas(self, pedido: Pedido, baixado: Baixado) -> list[Peca]:
        """The members of a ZIP, each asked for as the day that its name says."""
        if not pedido.por_dia:
            return super().pecas(pedido, baixado)
        tipo = TIPOS[pedido.relatorio.removeprefix("carteira_")][0]
        return [
            Peca(
                pedido.de(tipo=tipo, inicio=dia, fim=dia, por_dia=False),
                caminho,
                nome_seguro(caminho.name),
                baixado.origem,
            )
            for caminho in zips.extrair(baixado.caminho, baixado.caminho.parent / "zip")
            for dia in [_dia_do_nome(caminho, pedido)]
        ]

    def faltantes(self, pedido: Pedido, pecas: list[Peca]) -> list[str]:
        if not pedido.por_dia:
            return []
        vieram = {peca.pedido.fim for peca in pecas}
        faltam = [f"{dia:%d/%m/%Y}" for dia in self.contexto.dias if dia not in vieram]
        return [f"{pedido.fundo}: não veio no lote de {pedido.relatorio}: {', '.join(faltam)}."] if faltam else []


def _mesmo(pedido: str, nome: str, sigla: str) -> bool:
    chave = " ".join(pedido.split()).casefold()
    return chave in {" ".join(texto.split()).casefold() for texto in (nome, sigla, f"{sigla} - {nome}")}


def _dia_do_nome(caminho: Path, pedido: Pedido) -> date:
    """The YYYYMMDD of a member's name; a name without one is checked against the period's last day."""
    for digitos in re.findall(r"(?<!\d)\d{8}(?!\d)", caminho.name):
        try:
            return datetime.strptime(digitos, "%Y%m%d").date()
        except ValueError:
            continue
    return pedido.fim


CONECTOR = Qore
