"""What can be known before collecting: credentials, folders, room on disk, whether the portal answers; and the plan."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from etl_scripts import contrato
from etl_scripts.conector import Conector
from etl_scripts.erros import Falha
from etl_scripts.palavras import contados
from etl_scripts.pedido import Pedido
from etl_scripts.razoes import razao
from etl_scripts.transporte import conferir_endereco

ESPACO_MINIMO: Final = 500 * 2**20  # bytes free in each folder
PRAZO_RESPOSTA: Final = 10.0  # seconds


def conferir_acesso(conector: Conector) -> None:
    """Raises Falha(configuracao) when the address or the login is missing."""
    acesso = conector.contexto.acesso
    conferir_endereco(acesso.url)
    if not conector.precisa_login:
        return
    faltam = [nome for nome, valor in (("usuário", acesso.usuario), ("senha", acesso.senha)) if not valor]
    if faltam:
        raise Falha("configuracao", f"Falta preencher {' e '.join(faltam)} (Configurações › Credenciais).")


def conferir_pastas(conector: Conector, pedidos: list[Pedido], *, escrever: bool) -> dict[str, Path]:
    """The folders that the requests need, by key. Raises Falha(caminho) for one that is missing, full or read-only.

    `escrever` proves it by writing a file; without it (dry-run) only the permissions are looked at.
    """
    pastas: dict[str, Path] = {}
    for chave in dict.fromkeys(pedido.destino for pedido in pedidos):
        pasta = conector.contexto.config.caminho(chave)
        try:
            existe, e_pasta = pasta.exists(), pasta.is_dir()
        except OSError as causa:
            raise Falha("caminho", f"A pasta “{chave}” ({pasta}) não pôde ser aberta: {razao(causa)}.") from causa
        if not existe:
            raise Falha("caminho", f"A pasta “{chave}” não existe: {pasta}")
        if not e_pasta:
            raise Falha("caminho", f"O caminho “{chave}” não é uma pasta: {pasta}")
        _conferir_escrita(chave, pasta, escrever=escrever)
        livre = shutil.disk_usage(pasta).free
        if livre < ESPACO_MINIMO:
            raise Falha("caminho", f"Há pouco espaço em disco na pasta “{chave}” ({livre // 2**20} MB livres).")
        pastas[chave] = pasta
    return pastas


def _conferir_escrita(chave: str, pasta: Path, *, escrever: bool) -> None:
    pode = os.access(pasta, os.W_OK | os.X_OK)
    if pode and escrever:
        try:
            with tempfile.TemporaryFile(dir=pasta, prefix=".etl-"):
                pass
        except OSError:
            pode = False
    if not pode:
        raise Falha("caminho", f"Sem permissão para gravar na pasta “{chave}”: {pasta}")


def conferir_portal(conector: Conector) -> str:
    """Asks the portal for its first page; says what it answered. Raises Falha(portal_fora, manutencao, certificado)."""
    from etl_scripts.transporte import Limites, falha_de_estado
    from etl_scripts.transporte_http import em_palavras, novo_cliente

    cliente = novo_cliente(Limites(pagina=PRAZO_RESPOSTA))
    with cliente, em_palavras(), cliente.stream("GET", conector.contexto.acesso.url) as resposta:
        trecho = next(resposta.iter_text(64 * 1024), "") if resposta.status_code >= 400 else ""
    falha = falha_de_estado(resposta.status_code, trecho, str(resposta.url))
    # An address that holds only files has no first page; that it answered is enough.
    if falha is not None and (conector.precisa_login or resposta.status_code not in {403, 404}):
        raise falha
    return f"HTTP {resposta.status_code}"


def mostrar_plano(conector: Conector, pedidos: list[Pedido], ja_coletados: int) -> list[Falha]:
    """Says what a run would fetch and where, with every obstacle found. Changes nothing."""
    sistema, contexto = conector.sistema, conector.contexto
    dias = contexto.dias
    texto_dias = ", ".join(f"{dia:%d/%m/%Y}" for dia in dias[:31]) + (" …" if len(dias) > 31 else "")
    contrato.info(sistema, f"Simulação: {contados(len(dias), 'dia útil', 'dias úteis')}: {texto_dias or 'nenhum'}")
    falhas: list[Falha] = []
    pastas: dict[str, Path] = {}
    conferencias: tuple[Callable[[], object], ...] = (
        lambda: conferir_acesso(conector),
        lambda: pastas.update(conferir_pastas(conector, pedidos, escrever=False)),
        lambda: contrato.info(sistema, f"O portal respondeu: {conferir_portal(conector)}"),
    )
    for conferir in conferencias:
        try:
            conferir()
        except Falha as falha:
            falhas.append(falha)
            contrato.erro(sistema, f"Simulação: {falha.mensagem}")
    itens = []
    for pedido in pedidos:
        destino = str(pastas.get(pedido.destino, pedido.destino))
        nome = f"{destino}{os.sep}{pedido.nome}" if pedido.nome else destino
        contrato.info(sistema, f"Seria coletado: {pedido} → {nome}")
        itens.append(
            {"relatorio": pedido.relatorio, "fundo": pedido.fundo, "data": pedido.fim.isoformat(), "destino": nome}
        )
    contrato.emitir("plano", sistema=sistema, itens=itens)
    if ja_coletados:
        ja = contados(ja_coletados, "pedido já coletado não seria baixado", "pedidos já coletados não seriam baixados")
        contrato.info(sistema, f"{ja} de novo.")
    return falhas
