"""Runs one connector: what is missing is fetched, checked and filed, with retries; one failure never stops the rest."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from etl_scripts import contrato, parada
from etl_scripts.arquivador import Arquivador
from etl_scripts.arquivos import remover_arvore
from etl_scripts.artefatos import Artefatos
from etl_scripts.conector import TODOS, Conector
from etl_scripts.configuracao import ItemManifesto, nomes_de_fundos
from etl_scripts.erros import ArquivoInvalido, Falha, Inalterado, SemDados
from etl_scripts.manifesto import Manifesto, intacto
from etl_scripts.palavras import contados
from etl_scripts.pdfs import separar_por_fundo
from etl_scripts.pedido import Peca, Pedido
from etl_scripts.repeticao import Repeticao
from etl_scripts.resultado import Conta
from etl_scripts.transporte import Baixado, Limites, Transporte
from etl_scripts.verificacao import conferir_tipo, verificar
from etl_scripts.visita import Visita

# So many requests in a row that end like this, and the rest is not tried: it would only wait as long again.
SEGUIDAS: Final = {"portal_fora": 3, "pagina_mudou": 6}


def escolher_transporte(conector: Conector) -> str:
    """`http` or `navegador`: ETL_TRANSPORTE, else the selectors file, else plain HTTP."""
    import os

    escolhido = (
        os.environ.get("ETL_TRANSPORTE", "").strip() or str(conector.contexto.tabela.ajuste("transporte")) or "http"
    )
    if escolhido not in {"http", "navegador"}:
        raise Falha("configuracao", f"O transporte “{escolhido}” não existe; use http ou navegador.")
    if escolhido == "navegador" and not conector.navegador:
        contrato.aviso(conector.sistema, "Este sistema não precisa de navegador; seguindo por HTTP.")
        return "http"
    return escolhido


def abrir_transporte(conector: Conector, pasta: Path, prazo_pagina: float = math.inf) -> Transporte:
    """The transport chosen for the connector, ready; `prazo_pagina` may only shorten the configured one (seconds)."""
    ajuste = conector.contexto.tabela.ajuste
    limites = Limites(
        min(float(ajuste("prazo_pagina")), prazo_pagina),
        float(ajuste("prazo_baixa")),
        int(ajuste("tamanho_maximo_mb")) * 2**20,
        float(ajuste("intervalo")),
    )
    if escolher_transporte(conector) == "http":
        from etl_scripts.transporte_http import TransporteHttp

        return TransporteHttp(pasta, limites, conector.contexto.acesso.url)
    from etl_scripts.transporte_navegador import TransporteNavegador

    return TransporteNavegador(pasta, limites, conector.contexto.acesso.url, conector.sistema)


class Coleta:
    """One sistema, from login to the last file."""

    def __init__(self, conector: Conector, arquivador: Arquivador, manifesto: Manifesto, artefatos: Artefatos) -> None:
        self._conector = conector
        self._contexto = conector.contexto
        self._sistema = conector.sistema
        self._arquivador = arquivador
        self._manifesto = manifesto
        self._artefatos = artefatos
        self._transporte: Transporte | None = None
        self._seguidas, self._ultimo_codigo = 0, ""
        self._feitos = 0
        self._total = 1
        self.conta = Conta(self._sistema)

    def executar(self, pedidos: list[Pedido]) -> Conta:
        """Collects all; what fails is in the account."""
        try:
            faltam = self._o_que_falta(pedidos)
            if faltam:
                self._abrir()
                self._coletar_tudo(self._expandir(faltam))
        except Falha as falha:
            self._recusar(falha)
            self.conta.falhas.append((None, falha))
        finally:
            if self._transporte is not None:
                self._transporte.fechar()
        return self.conta

    # -- before ----------------------------------------------------------------------------------------------------

    def _o_que_falta(self, pedidos: list[Pedido]) -> list[Pedido]:
        if self._contexto.config.execucao.baixar_de_novo:
            return pedidos
        faltam: list[Pedido] = []
        for pedido in pedidos:
            parada.conferir()
            if self._ja_tem(pedido):
                self.conta.pulados[pedido.fundo or "todos os fundos"] += 1
                contrato.info(self._sistema, f"{pedido}: já coletado e sem mudança; não será baixado de novo.")
            else:
                faltam.append(pedido)
        return faltam

    def _ja_tem(self, pedido: Pedido) -> bool:
        if self._contexto.config.execucao.baixar_de_novo or pedido.fundo == TODOS or self._conector.muda_ainda(pedido):
            return False
        return self._manifesto.ja_tem(pedido, self._contexto.dias, self._contexto.config.caminho(pedido.destino))

    def _arquivado(self, pedido: Pedido) -> ItemManifesto | None:
        if self._contexto.config.execucao.baixar_de_novo:
            return None
        pasta = self._contexto.config.caminho(pedido.destino)
        item = self._manifesto.achar(pasta, pedido.relatorio, pedido.fundo, pedido.fim, pedido.inicio)
        return item if item is not None and intacto(item) else None

    def _abrir(self) -> None:
        self._progresso(2, "Conectando ao portal")
        self._transporte = abrir_transporte(self._conector, self._contexto.pasta)
        visita = Visita(self._transporte, self._contexto.tabela, self._sistema)
        ajuste = self._contexto.tabela.ajuste
        self._repeticao = Repeticao(
            self._sistema, int(ajuste("tentativas")), float(ajuste("espera_inicial")), self._entrar
        )
        self._conector.iniciar(visita, self._repeticao)
        self._conector.arquivado = self._arquivado
        self._repeticao.entrar()

    def _entrar(self) -> None:
        if self._conector.precisa_login:
            contrato.info(self._sistema, f"Entrando no portal {self._contexto.acesso.url}")
            self._conector.entrar()
            contrato.info(self._sistema, "Login realizado.")
        self._progresso(5, "Conectado")

    def _expandir(self, pedidos: list[Pedido]) -> list[Pedido]:
        """Puts the portal's own fund names, or its whole list where the request says all."""
        if not any(pedido.fundo == TODOS for pedido in pedidos):
            nomes = {
                fundo: self._repeticao.fazer("procurar o fundo", partial(self._conector.resolver, fundo))
                for fundo in dict.fromkeys(pedido.fundo for pedido in pedidos)
                if fundo
            }
            if all(fundo == nome for fundo, nome in nomes.items()):
                return pedidos
            return self._o_que_falta([pedido.de(fundo=nomes.get(pedido.fundo, pedido.fundo)) for pedido in pedidos])
        fundos = nomes_de_fundos(self._repeticao.fazer("listar os fundos", self._conector.fundos_do_portal))
        contrato.info(self._sistema, f"{contados(len(fundos), 'fundo', 'fundos')} no portal: {', '.join(fundos[:20])}")
        if not fundos:
            raise Falha("pagina_mudou", "O portal não mostrou nenhum fundo.")
        todos = [
            pedido.de(fundo=fundo)
            for pedido in pedidos
            for fundo in (fundos if pedido.fundo == TODOS else [pedido.fundo])
        ]
        return self._o_que_falta(sorted(todos, key=self._conector.ordem))

    # -- the work --------------------------------------------------------------------------------------------------

    def _coletar_tudo(self, pedidos: list[Pedido]) -> None:
        self._total = max(len(pedidos), 1)
        restam = {id(pedido): pedido for pedido in pedidos}
        fila = self._conector.coletar_varios(pedidos) or (
            (pedido, partial(self._conector.coletar, pedido)) for pedido in pedidos
        )
        try:
            for pedido, buscar in fila:
                if restam.pop(id(pedido), None) is None and not self._o_que_falta([pedido]):
                    continue  # found on the portal only now, and collected before
                fatal = self._um(pedido, buscar)
                if fatal is not None:
                    raise fatal
        except Falha as fatal:
            if restam:
                nao = contados(len(restam), "pedido não tentado", "pedidos não tentados")
                contrato.erro(self._sistema, f"Coleta interrompida: {fatal.mensagem} ({nao})")
            self.conta.falhas += [(pedido, fatal) for pedido in restam.values()]
            if not self.conta.falhas:
                raise

    def _um(self, pedido: Pedido, buscar: Callable[[], Baixado]) -> Falha | None:
        """One request to its end; answers the failure only when the rest should not be tried."""
        parada.conferir()
        contrato.info(self._sistema, f"Coletando {pedido}")
        falha: Falha | None = None
        try:
            self._repeticao.fazer(str(pedido), lambda: self._buscar_e_arquivar(pedido, buscar))
        except Inalterado:
            self.conta.pulados[pedido.fundo or "todos os fundos"] += 1
            contrato.info(self._sistema, f"{pedido}: já coletado, e o servidor não tem outra versão; não foi baixado.")
        except SemDados as nada:
            self.conta.sem_dados.append((pedido, str(nada)))
            contrato.aviso(self._sistema, f"{pedido}: sem dados.")
        except Falha as erro:
            falha = erro
            self.conta.falhas.append((pedido, erro))
            contrato.erro(self._sistema, f"{pedido}: {erro.mensagem}")
            self._recusar(erro)
        self._feitos += 1
        self._progresso(5 + round(93 * self._feitos / self._total), str(pedido))
        if falha is None:
            self._ultimo_codigo = ""
            return None
        self._seguidas = self._seguidas + 1 if falha.codigo == self._ultimo_codigo else 1
        self._ultimo_codigo = falha.codigo
        return falha if falha.fatal or self._seguidas >= SEGUIDAS.get(falha.codigo, sys.maxsize) else None

    def _buscar_e_arquivar(self, pedido: Pedido, buscar: Callable[[], Baixado]) -> None:
        self._conector.voltar()
        baixado = buscar()
        pecas = self._pecas(pedido, baixado)
        for peca in pecas:
            try:
                verificar(peca)
                problemas = self._conector.conferir(peca)
                if problemas:
                    raise ArquivoInvalido("; ".join(problemas[:5]))
            except ArquivoInvalido as falha:
                falha.pecas = [peca]
                if len(pecas) == 1:
                    raise
                # One bad member of a ZIP does not take the good ones with it.
                self.conta.falhas.append((pedido, falha))
                self._recusar(falha)
                continue
            for parte in self._partes(peca):
                situacao, final = self._arquivador.arquivar(parte)
                self.conta.chegou(parte.fundo, situacao)
                como = "arquivado em" if situacao == "novo" else "inalterado, já estava em"
                contrato.info(self._sistema, f"{final.name} {como} {final.parent}")
        self.conta.avisos += self._conector.faltantes(pedido, pecas)
        remover_arvore(baixado.caminho.parent)

    def _pecas(self, pedido: Pedido, baixado: Baixado) -> list[Peca]:
        inteira = Peca(pedido, baixado.caminho, baixado.nome, baixado.origem)
        try:
            conferir_tipo(baixado.caminho, pedido.tipo)
            return self._conector.pecas(pedido, baixado)
        except ArquivoInvalido as falha:
            falha.pecas = [inteira]
            raise

    def _partes(self, peca: Peca) -> list[Peca]:
        """A PDF of several funds is filed as one PDF a fund, where there is a table to file by."""
        fundos = {carteira.fundo for carteira in peca.leitura.fundos} if peca.leitura else set()
        de_um = not peca.pedido.por_conteudo or peca.pedido.tipo != "pdf" or len(fundos) < 2
        if de_um or not self._arquivador.separa_por_fundo:
            return [peca]
        partes: list[Peca] = []
        for caminho in separar_por_fundo(peca.caminho, peca.caminho.parent / "fundos"):
            parte = Peca(peca.pedido, caminho, peca.nome, peca.origem)
            verificar(parte)
            partes.append(parte)
        return partes

    def _recusar(self, falha: Falha) -> None:
        """Keeps what tells why: the file that was refused, or the page where it went wrong."""
        if isinstance(falha, ArquivoInvalido) and falha.pecas:
            for peca in falha.pecas:
                onde = self._arquivador.quarentena(peca, falha.mensagem)
                contrato.aviso(self._sistema, f"O arquivo recusado ficou na quarentena: {onde}")
        elif self._transporte is not None and falha.codigo not in {"caminho", "configuracao"}:
            self._artefatos.guardar(self._transporte, falha.mensagem)

    def _progresso(self, percentual: int, mensagem: str) -> None:
        contrato.emitir("progresso", sistema=self._sistema, percentual=min(percentual, 99), mensagem=mensagem)
