"""TRUSTEE: the generic connector — a login form, a list of reports by date, a link on each row.

Nothing is known of the real portal: every selector and column here is an assumption that must be adapted in
`<pasta_seletores>/trustee.toml` before it is used there.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from functools import partial
from typing import NoReturn

from etl_scripts import contrato
from etl_scripts.conector import Conector
from etl_scripts.erros import Falha, SemDados
from etl_scripts.palavras import contados
from etl_scripts.pedido import Pedido
from etl_scripts.transporte import Baixado

TIPOS = {"csv": "csv", "txt": "csv", "pdf": "pdf", "xlsx": "xlsx", "excel": "xlsx", "xml": "xml", "zip": "zip"}


class Trustee(Conector):
    """Opens the list of each business day and brings every file on it, of the chosen funds."""

    sistema = "trustee"
    seletores = {
        "login_usuario": "nome=usuario",
        "login_senha": "nome=senha",
        "login_ok": "id=entrar || nome=entrar",
        "login_erro": ".erro || .alert-danger",
        "dentro": "id=filtrar || id=relatorios",
        "data": "id=data || nome=data",
        "filtrar": "id=filtrar",
        "linhas": "#relatorios tbody tr",
        "baixar": "#relatorios tbody tr:nth-child({linha}) a.baixar",
        "sem_dados": ".alert-warning",
        "erro_pagina": ".erro || .alert-danger",
    }
    ajustes = {"coluna_fundo": 1, "coluna_relatorio": 2, "coluna_formato": 4}

    def pedidos(self) -> list[Pedido]:
        self.fundos_pedidos()  # refuses a choice of none
        return [Pedido("lista", "trustee", "csv", dia, dia) for dia in self.contexto.dias]

    def coletar_varios(self, pedidos: list[Pedido]) -> Iterator[tuple[Pedido, Callable[[], Baixado]]]:
        for pedido in pedidos:
            try:
                linhas = self.repeticao.fazer(f"abrir a lista de {pedido.periodo}", partial(self._listar, pedido))
            except (Falha, SemDados) as motivo:
                if isinstance(motivo, Falha) and motivo.fatal:
                    raise
                yield pedido, partial(_lancar, motivo)
                continue
            contrato.info(self.sistema, f"{contados(len(linhas), 'arquivo', 'arquivos')} na lista de {pedido.periodo}")
            for da_linha in dict.fromkeys(linhas):
                yield da_linha, partial(self._baixar, pedido, da_linha)

    def _listar(self, pedido: Pedido) -> list[Pedido]:
        """The requests that the rows of the day's list stand for, in their order."""
        visita = self.visita
        visita.em(f"abrir a lista de {pedido.periodo}")
        if not visita.existe("data"):
            visita.abrir(self.contexto.acesso.url)
        visita.esperar("data")
        visita.preencher("data", f"{pedido.fim:%d/%m/%Y}")
        visita.clicar("filtrar")
        if visita.esperar("linhas", "sem_dados") == "sem_dados":
            raise SemDados(visita.texto("sem_dados")[:200])
        escolhidos = {fundo.casefold() for fundo in self.contexto.fundos or []}
        linhas = [self._da_linha(pedido, celulas) for celulas in visita.linhas("linhas")]
        return [linha for linha in linhas if linha and (not escolhidos or linha.fundo.casefold() in escolhidos)]

    def _da_linha(self, pedido: Pedido, celulas: list[str]) -> Pedido | None:
        ajuste = self.visita.tabela.ajuste
        colunas = [int(ajuste(nome)) - 1 for nome in ("coluna_fundo", "coluna_relatorio", "coluna_formato")]
        if max(colunas) >= len(celulas):
            raise Falha(
                "pagina_mudou", f"A lista tem {len(celulas)} colunas; confira coluna_* no arquivo de seletores."
            )
        fundo, nome, formato = (celulas[coluna] for coluna in colunas)
        tipo = TIPOS.get(formato.strip().lower())
        if tipo is None:
            return None
        return pedido.de(
            relatorio=f"{_chave(nome)}_{tipo}",
            tipo=tipo,
            fundo=fundo,
            por_conteudo=tipo == "pdf",
            formato=None if tipo == "zip" else "",
        )

    def _baixar(self, lista: Pedido, pedido: Pedido) -> Baixado:
        """Finds the row again: a new login may lie between the list and now."""
        if not self.visita.existe("linhas"):
            self._listar(lista)
        for linha, celulas in enumerate(self.visita.linhas("linhas"), 1):
            if self._da_linha(lista, celulas) == pedido:
                self.visita.em(f"baixar {pedido}")
                return self.receber("baixar", linha=linha)
        self._listar(lista)
        raise Falha("pagina_mudou", f"{pedido} não está mais na lista do portal.", repetir=True)


def _chave(texto: str) -> str:
    """A report's name as a key: `Posição ANBIMA 4.01` -> `posicao_anbima_4_01`."""
    plano = unicodedata.normalize("NFKD", texto).encode("ascii", "ignore").decode().lower()
    return "_".join("".join(letra if letra.isalnum() else " " for letra in plano).split())


def _lancar(motivo: Exception) -> NoReturn:
    raise motivo


CONECTOR = Trustee
