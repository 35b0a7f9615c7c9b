"""MAPS (Pegasus): a Keycloak login, perhaps a one-time code, then a jQuery page with select2.

Known: the ids and classes below. Not known, and kept in the table: where the page keeps the ids of the funds (over plain
HTTP they are read from `fundos_json`; in a browser the select2 field is used as a person would).
"""

from __future__ import annotations

import json
from datetime import date

from etl_scripts.conector import Conector
from etl_scripts.erros import Falha
from etl_scripts.palavras import citado
from etl_scripts.pedido import Pedido
from etl_scripts.transporte import Baixado

LADOS = {"ativo": "composicao", "passivo": "posicao"}
PARSERS = {("ativo", "xlsx"): "xlsx_carteira", ("passivo", "xlsx"): ""}


class Maps(Conector):
    """Searches once per side, fund and day, and exports PDF and XLSX from the same result."""

    sistema = "maps"
    opcoes = {"excel": True, "pdf": True, "ativo": True, "passivo": True}
    seletores = {
        "home_cartao": 'a[href*="#card-maps-pegasus"]',
        "home_entrar": 'a[href="/pegasusgestores"]',
        "login_usuario": "id=username || nome=username",
        "login_senha": "id=password || nome=password",
        "login_ok": "#kc-form-buttons input || #kc-form-buttons button",
        "login_erro": "id=input-error || .alert-error || .kc-feedback-text",
        "login_codigo": "id=otp || nome=otp",
        "codigo_ok": "id=kc-login",
        "dentro": "a.stop-redirect",
        "menu_ativo": "li:nth-child(1) > a.stop-redirect || a.stop-redirect",
        "menu_passivo": "li:nth-child(2) > a.stop-redirect",
        "entrada_ativo": 'a[href*="/ativo/"] || li:nth-child(1) > a.stop-redirect + ul a',
        "entrada_passivo": "li a >> texto=Posição por Fundo",
        "fundo_abrir": "a.select2-choice || .select2-choice",
        "fundo_busca": ".select2-drop input.select2-input || .select2-search input",
        "fundo_opcoes": ".select2-results li",
        "fundo_opcao": ".select2-results li >> texto={fundo} || .select2-match >> texto={fundo}",
        "fundo_campo": "id=fundo || nome=fundo",
        "fundos_json": "id=fundos-dados",
        "data": "input.date",
        "pesquisar": 'input[value="Pesquisar"]',
        "exportar": "texto=Exportar",
        "exportar_pdf": 'a:has(img[title="PDF"])',
        "exportar_xlsx": 'a:has(img[title="XLSX"])',
        "sem_dados": ".alert-warning",
        "erro_pagina": ".erro || .alert-danger || .alert-error",
    }  # fmt: skip

    _consulta: tuple[str, str, date] | None = None  # what the page shows the result of
    _lado: str | None = None  # whose form the page shows

    def pedidos(self) -> list[Pedido]:
        opcoes = self.contexto.opcoes
        tipos = [tipo for tipo, opcao in (("xlsx", "excel"), ("pdf", "pdf")) if opcoes[opcao]]
        return [
            Pedido(
                f"{LADOS[lado]}_{tipo}",
                "maps" if tipo == "xlsx" else "pdf",
                tipo,
                dia,
                dia,
                fundo=fundo,
                formato=PARSERS.get((lado, tipo), "pdf"),
                por_conteudo=tipo == "pdf" and lado == "ativo",
            )
            for lado in LADOS
            if opcoes[lado]
            for dia in self.contexto.dias
            for fundo in self.fundos_pedidos()
            for tipo in tipos
        ]

    def ordem(self, pedido: Pedido) -> tuple[object, ...]:
        return (_lado(pedido), *super().ordem(pedido))

    def abrir_login(self) -> None:
        visita = self.visita
        visita.abrir(self.contexto.acesso.url)
        self._consulta = self._lado = None
        if visita.esperar("login_usuario", "home_entrar", "dentro") == "home_entrar":
            if visita.existe("home_cartao"):
                visita.tocar("home_cartao")
            visita.clicar("home_entrar")

    def fundos_do_portal(self) -> list[str]:
        self._abrir("ativo")
        visita = self.visita
        if not visita.com_scripts:
            return list(self._codigos())
        visita.clicar("fundo_abrir")
        visita.esperar("fundo_opcoes")
        nomes = [opcao.texto for opcao in visita.elementos("fundo_opcoes")]
        visita.clicar("fundo_abrir")
        return nomes

    def coletar(self, pedido: Pedido) -> Baixado:
        lado, tipo = _lado(pedido), pedido.tipo
        if self._consulta != (lado, pedido.fundo, pedido.fim) or not self.visita.existe("exportar"):
            self._pesquisar(lado, pedido)
        self.visita.em(f"exportar {pedido}")
        if self.visita.com_scripts and not self.visita.existe(f"exportar_{tipo}"):
            self.visita.chegar("exportar", f"exportar_{tipo}")
        return self.receber(f"exportar_{tipo}")

    def _abrir(self, lado: str) -> None:
        visita = self.visita
        self._consulta = None
        visita.em(f"abrir o relatório do {lado}")
        visita.esperar("dentro")
        if not visita.existe(f"entrada_{lado}"):
            visita.tocar(f"menu_{lado}")
        visita.clicar(f"entrada_{lado}")
        visita.esperar("data")

    def _pesquisar(self, lado: str, pedido: Pedido) -> None:
        """The form stays above its result: the next fund or day of the same side is asked for there.

        Not in a browser: there one result could be taken for the next, which is still to come.
        """
        visita = self.visita
        if visita.com_scripts or self._lado != lado or not visita.existe("data"):
            self._abrir(lado)
        self._consulta = self._lado = None  # until this search has gone well
        visita.em(f"pesquisar {pedido.fundo} em {pedido.periodo}")
        self._escolher_fundo(pedido.fundo)
        visita.preencher("data", f"{pedido.fim:%d/%m/%Y}")
        visita.clicar("pesquisar")
        self.conferir_sem_dados()
        if visita.esperar("exportar", "sem_dados", "erro_pagina") != "exportar":
            self.conferir_sem_dados()
            raise Falha("parcial", f"O portal não fez a pesquisa: {citado(visita.texto('erro_pagina'))}")
        self._consulta, self._lado = (lado, pedido.fundo, pedido.fim), lado

    def _escolher_fundo(self, fundo: str) -> None:
        visita = self.visita
        if visita.com_scripts:
            visita.clicar("fundo_abrir")
            visita.esperar("fundo_busca")
            visita.preencher("fundo_busca", fundo)
            if not visita.existe("fundo_opcao", fundo=fundo):
                raise Falha("configuracao", f"O fundo “{fundo}” não existe no portal.", fatal=False)
            visita.clicar("fundo_opcao", fundo=fundo)
            return
        codigo = next((c for nome, c in self._codigos().items() if nome.casefold() == fundo.casefold()), None)
        if codigo is None:
            raise Falha("configuracao", f"O fundo “{fundo}” não existe no portal.", fatal=False)
        visita.preencher("fundo_campo", codigo)

    def _codigos(self) -> dict[str, str]:
        """Fund names and ids, as the page keeps them for its select2 field."""
        try:
            itens = json.loads(self.visita.texto("fundos_json"))
            return {str(item["text"]): str(item["id"]) for item in itens}
        except (ValueError, TypeError, KeyError):
            raise Falha(
                "pagina_mudou",
                'A lista de fundos não está na página; use o navegador (transporte = "navegador" no arquivo de seletores).',
            ) from None


def _lado(pedido: Pedido) -> str:
    return next(lado for lado, nome in LADOS.items() if pedido.relatorio.startswith(f"{nome}_"))


CONECTOR = Maps
