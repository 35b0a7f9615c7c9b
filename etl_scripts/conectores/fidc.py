"""FIDC (estoque): reports are asked for, made by the portal in its own time, and collected from a list.

Known: the ids below, that rows say AGUARDANDO until ready, and that buttons named `arquivo` download. Not known, and
kept in the table: the words for an empty or failed report, and which of two equal rows is the newer (the upper one).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import NoReturn

from etl_scripts import contrato, parada
from etl_scripts.conector import Conector
from etl_scripts.erros import Falha, SemDados
from etl_scripts.palavras import citado, contados
from etl_scripts.pedido import Pedido
from etl_scripts.transporte import Baixado

AGUARDANDO, PRONTO, SEM_DADOS, ERRO, AUSENTE = "aguardando", "pronto", "sem dados", "erro", "ausente"


class Fidc(Conector):
    """Asks for all, polls with a limit, and matches each row to its request by fund and date."""

    sistema = "fidc"
    seletores = {
        "login_usuario": "nome=j_username",
        "login_senha": "nome=j_password",
        "login_ok": ".btn-primary",
        "login_erro": ".erro || .alert-error || .alert-danger",
        "dentro": 'a[href$="/reports/estoque"]',
        "menu_estoque": 'a[href$="/reports/estoque"]',
        "menu_relatorios": 'a[href$="/reports/meusRelatorios"]',
        "data": "id=data || nome=data",
        "fundo": "id=fundoSelecionado || nome=fundoSelecionado",
        "fundo_opcoes": '[id="fundoSelecionado"] option || [name="fundoSelecionado"] option',
        "fundo_caixa": "#fundoSelecionado_chzn a || #fundoSelecionado_chzn",
        "fundo_busca": "#fundoSelecionado_chzn .chzn-search input",
        "fundo_opcao": '[id^="fundoSelecionado_chzn_o_"] >> texto={fundo}',
        "gerar_csv": "id=csv || nome=csv",
        "linhas": "table.table-striped tbody tr",
        "atualizar": "id=refresh || nome=refresh",
        "arquivo": "table.table-striped tbody tr:nth-child({linha}) [name=arquivo]",
        "erro_pagina": ".erro || .alert-error || .alert-danger",
    }
    ajustes = {
        "texto_aguardando": r"aguardando|processando|na fila",
        "texto_linha_sem_dados": r"sem dados|sem registros|vazio",
        "texto_linha_erro": r"\berro\b|falha|cancelad",
        "mais_recente": "primeira",
        "intervalo_consulta": 3.0,
        "prazo_relatorio": 1800.0,
    }

    def pedidos(self) -> list[Pedido]:
        return [
            Pedido("estoque", "fidc", "csv", dia, dia, fundo=fundo, formato="fidc_estoque")
            for dia in self.contexto.dias
            for fundo in self.fundos_pedidos()
        ]

    def fundos_do_portal(self) -> list[str]:
        self._abrir_estoque()
        return [opcao.texto for opcao in self.visita.elementos("fundo_opcoes") if opcao.atributos.get("value")]

    def coletar_varios(self, pedidos: list[Pedido]) -> Iterator[tuple[Pedido, Callable[[], Baixado]]]:
        pendentes: list[Pedido] = []
        for pedido in pedidos:
            try:
                self.repeticao.fazer(f"pedir {pedido}", partial(self._pedir, pedido))
                pendentes.append(pedido)
                contrato.info(self.sistema, f"Relatório pedido: {pedido}")
            except (Falha, SemDados) as motivo:
                if isinstance(motivo, Falha) and motivo.fatal:
                    raise
                yield pedido, partial(_lancar, motivo)
        yield from self._recolher(pendentes)

    def _recolher(self, pendentes: list[Pedido]) -> Iterator[tuple[Pedido, Callable[[], Baixado]]]:
        ajuste = self.visita.tabela.ajuste
        limite = time.monotonic() + float(ajuste("prazo_relatorio"))
        while pendentes:
            self.repeticao.fazer("consultar os relatórios", self._abrir_lista)
            # The page is read once: bringing a file may lead elsewhere (a new login).
            situacoes = [(pedido, self._situacao(pedido)[0]) for pedido in pendentes]
            for pedido, situacao in situacoes:
                if situacao in {AGUARDANDO, AUSENTE}:
                    continue
                pendentes.remove(pedido)
                yield pedido, partial(self._trazer, pedido, situacao)
            if pendentes and time.monotonic() > limite:
                break
            if pendentes:
                contrato.info(
                    self.sistema, f"Aguardando o portal gerar {contados(len(pendentes), 'relatório', 'relatórios')}."
                )
                parada.dormir(float(ajuste("intervalo_consulta")))
        for pedido in pendentes:
            texto = f"O portal não gerou o relatório em {float(ajuste('prazo_relatorio')):.0f} s (continua AGUARDANDO)."
            yield pedido, partial(_lancar, Falha("portal_fora", texto, repetir=False))

    # -- steps -----------------------------------------------------------------------------------------------------

    def _abrir_estoque(self) -> None:
        """The form; after a request it is usually still there, ready for the next one (in a browser, perhaps not yet)."""
        visita = self.visita
        if not visita.com_scripts and visita.existe("data") and visita.existe("gerar_csv"):
            return
        visita.em("abrir o estoque")
        if not visita.existe("menu_estoque"):
            visita.abrir(self.contexto.acesso.url)
        visita.esperar("menu_estoque")
        visita.chegar("menu_estoque", "data")

    def _pedir(self, pedido: Pedido) -> None:
        self._abrir_estoque()
        visita = self.visita
        visita.em(f"pedir o relatório {pedido}")
        visita.preencher("data", f"{pedido.fim:%d/%m/%Y}")
        self._escolher_fundo(pedido.fundo)
        visita.clicar("gerar_csv")
        texto = visita.texto("erro_pagina")
        if texto:
            self.conferir_sem_dados()
            raise Falha("parcial", f"O portal não aceitou o pedido: {citado(texto)}")

    def _escolher_fundo(self, fundo: str) -> None:
        """By the widget as a person would; where its script did not run, by the select beneath it."""
        visita = self.visita
        nomes = {_chave(opcao.texto): opcao.texto for opcao in visita.elementos("fundo_opcoes")}
        nome = nomes.get(_chave(fundo))
        if nome is None:
            raise Falha("configuracao", f"O fundo “{fundo}” não existe no portal.", fatal=False)
        if not visita.existe("fundo_caixa"):
            visita.escolher("fundo", texto=nome)
            return
        visita.clicar("fundo_caixa")
        visita.esperar("fundo_busca")
        visita.preencher("fundo_busca", nome)
        visita.clicar("fundo_opcao", fundo=nome)

    def _abrir_lista(self) -> None:
        visita = self.visita
        visita.em("abrir Meus Relatórios")
        if visita.existe("atualizar"):
            visita.clicar("atualizar")
        else:
            if not visita.existe("menu_relatorios"):
                visita.abrir(self.contexto.acesso.url)
            visita.chegar("menu_relatorios", "atualizar")
        visita.esperar("atualizar")

    def _situacao(self, pedido: Pedido) -> tuple[str, int]:
        """The state of the request's row and the row's number (from 1); AUSENTE and 0 when there is no such row."""
        visita = self.visita
        achadas = [
            (n, celulas)
            for n, celulas in enumerate(visita.linhas("linhas"), 1)
            if _chave(pedido.fundo) in {_chave(celula) for celula in celulas}
            and any(celula.startswith(f"{pedido.fim:%d/%m/%Y}") for celula in celulas)
        ]
        if not achadas:
            return AUSENTE, 0
        n, celulas = achadas[0 if visita.tabela.ajuste("mais_recente") == "primeira" else -1]
        texto = " | ".join(celula for celula in celulas if _chave(celula) != _chave(pedido.fundo))
        if visita.existe("arquivo", linha=n):
            return PRONTO, n
        for ajuste, situacao in (
            ("texto_aguardando", AGUARDANDO), ("texto_linha_sem_dados", SEM_DADOS), ("texto_linha_erro", ERRO),
        ):  # fmt: skip
            if visita.combina(ajuste, texto):
                return situacao, n
        return AGUARDANDO, n

    def _trazer(self, pedido: Pedido, situacao: str) -> Baixado:
        if situacao == SEM_DADOS:
            raise SemDados("")
        if situacao == ERRO:
            raise Falha("parcial", "O portal não conseguiu gerar o relatório (situação de erro em Meus Relatórios).")
        if not self.visita.existe("linhas"):
            self._abrir_lista()
        _, linha = self._situacao(pedido)
        self.visita.em(f"baixar {pedido}")
        return self.receber("arquivo", linha=linha)


def _chave(texto: str) -> str:
    return " ".join(texto.split()).casefold()


def _lancar(motivo: Exception) -> NoReturn:
    raise motivo


CONECTOR = Fidc
