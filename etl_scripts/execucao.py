"""Runs one sistema as asked: collect, dry-run or login test, and tells the result."""

from __future__ import annotations

import importlib
import os
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

from etl_scripts import calendario, contrato, parada
from etl_scripts.configuracao import Acesso, Configuracao
from etl_scripts.erros import Falha
from etl_scripts.palavras import contados
from etl_scripts.resultado import Conta

PRAZO_PAGINA_TESTE: Final = 15.0


@dataclass(slots=True)
class Chamada:
    """What the command line asked for, checked."""

    sistemas: list[str]
    inicio: date | None  # None: the last business day (D-1), found out when it is needed
    fim: date | None
    fim_dado: bool
    limpar: bool = False
    simular: bool = False
    opcoes: dict[str, dict[str, bool]] = field(default_factory=dict)
    fundos: dict[str, list[str]] = field(default_factory=dict)


PedirCodigo = Callable[[str, str, str, int], str]


def executar(sistema: str, chamada: Chamada, config: Configuracao, pedir_codigo: PedirCodigo) -> int:
    """One sistema from start to the `resultado` event; answers the exit code. Only Parada gets out."""
    pasta = _pasta_de_trabalho(config, sistema)
    parada.ao_parar(lambda: _remover(pasta))
    conta = Conta(sistema)
    try:
        conector = _montar(sistema, chamada, config, pasta, pedir_codigo)
        if config.execucao.modo == "testar_login":
            return _testar_login(conector, pasta)
        conta = _coletar(conector, chamada, config, pasta)
    except Falha as falha:
        conta.falhas.append((None, falha))
    except Exception as causa:  # told as a result, never as a bare traceback
        from etl_scripts.repeticao import onde

        texto = f"Erro interno em {onde(causa)}: {type(causa).__name__}: {causa}"
        conta.falhas.append((None, Falha("interno", texto)))
    finally:
        _remover(pasta)
    return conta.encerrar()


def _pasta_de_trabalho(config: Configuracao, sistema: str) -> Path:
    base = (
        config.execucao.pasta_temporaria
        or config.execucao.pasta_dados / "tmp" / f"etl-{os.getpid()}-{secrets.token_hex(4)}"
    )
    return base / sistema


def _remover(pasta: Path) -> None:
    from contextlib import suppress

    from etl_scripts.arquivos import remover_arvore

    remover_arvore(pasta)
    with suppress(OSError):  # shared with another sistema of this run, or never made
        pasta.parent.rmdir()


def _montar(sistema: str, chamada: Chamada, config: Configuracao, pasta: Path, pedir_codigo: PedirCodigo) -> Any:
    """The sistema's connector with all it may know."""
    from etl_scripts.conector import AJUSTES_COMUNS, SELETORES_COMUNS, Conector
    from etl_scripts.pedido import Contexto
    from etl_scripts.seletores import carregar_tabela

    classe: type[Conector] = importlib.import_module(f"etl_scripts.conectores.{sistema}").CONECTOR
    tabela = carregar_tabela(
        sistema, SELETORES_COMUNS | classe.seletores, AJUSTES_COMUNS | classe.ajustes, config.execucao.pasta_seletores
    )
    inicio, fim = chamada.inicio, chamada.fim
    if inicio is None or fim is None:
        inicio = fim = calendario.dia_util_anterior(calendario.hoje())
    acesso = config.acesso(sistema)
    if not acesso.url and classe.url_padrao:
        acesso = Acesso(classe.url_padrao, acesso.usuario, acesso.senha, acesso.totp)
    return classe(
        Contexto(
            sistema=sistema,
            config=config,
            acesso=acesso,
            tabela=tabela,
            opcoes=_opcoes(sistema, classe.opcoes, chamada, config),
            inicio=inicio,
            fim=fim,
            dias=calendario.dias_uteis(inicio, fim),
            fundos=chamada.fundos[sistema] if sistema in chamada.fundos else config.fundos(sistema),
            pasta=pasta,
            fim_dado=chamada.fim_dado,
            pedir_codigo=partial(_sem_codigo if config.execucao.modo == "testar_login" else pedir_codigo, sistema),
        )
    )


def _sem_codigo(_sistema: str, _campo: str, _mensagem: str, _prazo: int) -> str:
    """A login test asks nobody: that the portal got as far as the code is the answer."""
    raise Falha("codigo_necessario", "O portal pede um código de uso único.")


def _opcoes(sistema: str, padrao: dict[str, bool], chamada: Chamada, config: Configuracao) -> dict[str, bool]:
    """The sistema's options: its defaults, then the document's, then the command line's."""
    do_documento = config.execucao.opcoes
    propria = do_documento.get(sistema)
    fontes = (do_documento, propria if isinstance(propria, dict) else {}, config.secao(sistema).get("opcoes") or {})
    opcoes = dict(padrao)
    for fonte in fontes:
        opcoes |= {nome: valor for nome, valor in fonte.items() if nome in padrao and isinstance(valor, bool)}
    return opcoes | {nome: valor for nome, valor in chamada.opcoes.get(sistema, {}).items() if nome in padrao}


def _coletar(conector: Any, chamada: Chamada, config: Configuracao, pasta: Path) -> Conta:
    from etl_scripts import previas
    from etl_scripts.arquivador import Arquivador
    from etl_scripts.artefatos import Artefatos
    from etl_scripts.coleta import Coleta, escolher_transporte
    from etl_scripts.limpeza import limpar
    from etl_scripts.manifesto import Manifesto

    sistema, execucao = conector.sistema, config.execucao
    contexto = conector.contexto
    manifesto = (
        Manifesto.proprio(execucao.pasta_dados, sistema)
        if execucao.manifesto is None
        else Manifesto(execucao.manifesto)
    )
    dias = contados(len(contexto.dias), "dia útil", "dias úteis")
    contrato.info(sistema, f"Período: {contexto.inicio:%d/%m/%Y} a {contexto.fim:%d/%m/%Y} ({dias})")
    pedidos = conector.pedidos()
    conta = Conta(sistema)
    if chamada.simular:
        tudo = execucao.baixar_de_novo or chamada.limpar  # what goes to the trash is fetched again
        ja = [] if tudo else [pedido for pedido in pedidos if _tem(manifesto, conector, pedido)]
        falhas = previas.mostrar_plano(conector, [pedido for pedido in pedidos if pedido not in ja], len(ja))
        if chamada.limpar:
            pastas = [] if falhas else list(previas.conferir_pastas(conector, pedidos, escrever=False).values())
            limpar(sistema, pastas, manifesto, simular=True)
        conta.falhas += [(None, falha) for falha in falhas]
        conta.simulados = len(pedidos) - len(ja)
        return conta
    # The login that follows at once is what proves that the portal answers; asking twice would only cost time.
    previas.conferir_acesso(conector)
    pastas = list(previas.conferir_pastas(conector, pedidos, escrever=True).values())
    escolher_transporte(conector)
    contrato.info(sistema, f"Verificações prévias concluídas; {contados(len(pedidos), 'pedido', 'pedidos')}.")
    if not pedidos:
        contrato.aviso(sistema, "Não há nada a coletar: nenhum dia útil no período, ou todas as opções desligadas.")
        return conta
    if chamada.limpar:
        limpar(sistema, pastas, manifesto, simular=False)
    pasta.mkdir(parents=True, exist_ok=True)
    arquivador = Arquivador(sistema, config, manifesto)
    return Coleta(conector, arquivador, manifesto, Artefatos(execucao.pasta_dados, execucao.id, sistema)).executar(
        pedidos
    )


def _tem(manifesto: Any, conector: Any, pedido: Any) -> bool:
    """Whether a run would skip the request; not where the folder cannot be used, which the plan tells."""
    contexto = conector.contexto
    try:
        pasta = contexto.config.caminho(pedido.destino)
    except Falha:
        return False
    return not conector.muda_ainda(pedido) and bool(manifesto.ja_tem(pedido, contexto.dias, pasta))


def _testar_login(conector: Any, pasta: Path) -> int:
    """Tries the login once. Something is answered within `prazo_teste_login` seconds, even if the portal hangs."""
    from etl_scripts import previas
    from etl_scripts.coleta import abrir_transporte
    from etl_scripts.repeticao import Repeticao
    from etl_scripts.visita import Visita

    sistema = conector.sistema
    conta = Conta(sistema)
    prazo = float(conector.contexto.tabela.ajuste("prazo_teste_login"))

    def sem_resposta() -> None:
        conta.falhas.append((None, Falha("portal_fora", f"O portal não concluiu o login em {prazo:.0f} s.")))
        codigo = conta.encerrar()
        parada.limpar()
        os._exit(codigo)

    guarda = threading.Timer(prazo, sem_resposta)
    guarda.daemon = True
    guarda.start()
    transporte = None
    try:
        previas.conferir_acesso(conector)
        pasta.mkdir(parents=True, exist_ok=True)
        transporte = abrir_transporte(conector, pasta, prazo_pagina=PRAZO_PAGINA_TESTE)
        conector.iniciar(
            Visita(transporte, conector.contexto.tabela, sistema), Repeticao(sistema, 1, 0, conector.entrar)
        )
        if conector.precisa_login:
            conector.entrar()
        else:
            previas.conferir_portal(conector)
        conta.mensagem_ok = "O login funcionou." if conector.precisa_login else "O portal respondeu; não há login."
    except Falha as falha:
        if falha.codigo == "codigo_necessario" and not conector.contexto.acesso.totp:
            conta.mensagem_ok = "Usuário e senha aceitos; o portal pede um código, que será solicitado a cada coleta."
        else:
            conta.falhas.append((None, falha))
    finally:
        guarda.cancel()
        if transporte is not None:
            transporte.fechar()
    return conta.encerrar()
