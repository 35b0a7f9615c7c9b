"""CVM open data: the informe diário by month; no login; a download that goes on where it broke off.

A month that is still completed is asked for each time, by the name of the version we have: the same one stays there.

Source: https://dados.cvm.gov.br/dataset/fi-doc-inf_diario, files `inf_diario_fi_YYYYMM.zip`. A file is checked and filed
whole: an informe holds no positions, so none goes to the portfolio. Funds given by CNPJ are those that are kept while it is read.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from etl_scripts import calendario
from etl_scripts.conector import Conector
from etl_scripts.etiquetas import Etiquetas
from etl_scripts.manifesto import sha256_de
from etl_scripts.pedido import Pedido
from etl_scripts.transporte import Baixado

AINDA_MUDA = timedelta(days=40)  # after its end a month's file is still completed and corrected


class Cvm(Conector):
    """One request a month that the period touches."""

    sistema = "cvm"
    precisa_login = False
    navegador = False
    url_padrao = "https://dados.cvm.gov.br/dados/FI/DOC/INF_DIARIO/DADOS/"
    ajustes = {"arquivo": "inf_diario_fi_{mes}.zip"}

    def pedidos(self) -> list[Pedido]:
        digitos = ("".join(letra for letra in fundo if letra.isdigit()) for fundo in self.contexto.fundos or [])
        cnpjs = tuple(cnpj for cnpj in digitos if len(cnpj) == 14)
        return [
            Pedido("informe_diario", "cvm", "zip", mes, _fim(mes), formato="cvm_informe", cnpjs=cnpjs)
            for mes in _meses(self.contexto.inicio, self.contexto.fim)
        ]

    def muda_ainda(self, pedido: Pedido) -> bool:
        return pedido.fim + AINDA_MUDA >= calendario.hoje()

    def coletar(self, pedido: Pedido) -> Baixado:
        nome = str(self.visita.tabela.ajuste("arquivo")).replace("{mes}", f"{pedido.fim:%Y%m}")
        self.visita.em(f"baixar {nome}")
        base = self.contexto.acesso.url
        endereco = f"{base}{'' if base.endswith('/') else '/'}{nome}"
        etiquetas = Etiquetas(self.contexto.config.execucao.pasta_dados, self.sistema)
        antes = self.arquivado(pedido)
        conhecida = etiquetas.de(endereco, antes.sha256) if antes is not None else ""
        baixado = self.visita.transporte.baixar_endereco(endereco, conhecida)
        etiquetas.guardar(endereco, baixado.etiqueta, sha256_de(baixado.caminho))
        return baixado


def _meses(inicio: date, fim: date) -> list[date]:
    """The first days of the months from `inicio` to `fim`."""
    primeiro, meses = inicio.replace(day=1), []
    while primeiro <= fim:
        meses.append(primeiro)
        primeiro = _fim(primeiro) + timedelta(days=1)
    return meses


def _fim(mes: date) -> date:
    return mes.replace(day=monthrange(mes.year, mes.month)[1])


CONECTOR = Cvm
