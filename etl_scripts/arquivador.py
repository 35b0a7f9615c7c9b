"""Files what was checked, keeps what was refused in quarantine, and says both as events."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from etl_scripts import contrato
from etl_scripts.arquivos import colocar, dentro_de
from etl_scripts.configuracao import Configuracao, ItemManifesto
from etl_scripts.erros import Falha
from etl_scripts.manifesto import Manifesto, intacto, sha256_de
from etl_scripts.nomes import nome_seguro, parte_segura
from etl_scripts.parada import sem_interrupcao
from etl_scripts.pedido import Peca, Pedido
from etl_scripts.razoes import razao
from etl_scripts.verificacao import com_extensao

if TYPE_CHECKING:
    from etl_scripts.formatos import CarteiraLida, Posicao

MESES: Final = (
    "Janeiro", "Fevereiro", "Março", "Abril", "Maio", "Junho",
    "Julho", "Agosto", "Setembro", "Outubro", "Novembro", "Dezembro",
)  # fmt: skip
SUBPASTA: Final = "06. Carteiras"


def chave_nome(nome: str) -> str:
    """A fund's name as the De-Para compares it: no accent, no case, one space between words."""
    plano = unicodedata.normalize("NFKD", nome).encode("ascii", "ignore").decode()
    return " ".join(plano.casefold().split())


class Arquivador:
    """Knows where files of one sistema go. All its failures are Falha(caminho)."""

    def __init__(self, sistema: str, config: Configuracao, manifesto: Manifesto) -> None:
        self.sistema = sistema
        self._config = config
        self._manifesto = manifesto
        self._de_para = {chave_nome(fundo): pasta for fundo, pasta in config.execucao.de_para.items()}

    @property
    def separa_por_fundo(self) -> bool:
        """Whether there is a De-Para table to file by."""
        return bool(self._de_para)

    def arquivar(self, peca: Peca) -> tuple[str, Path]:
        """Puts the file where it belongs and emits `artefato` and `carteira`. Answers `novo` or `inalterado`, and where."""
        pedido = peca.pedido
        sha256, tamanho = sha256_de(peca.caminho), peca.caminho.stat().st_size
        fim = self._data(peca)
        base = self._config.caminho(pedido.destino)
        antes = self._manifesto.achar(base, pedido.relatorio, peca.fundo, fim, pedido.inicio)
        with sem_interrupcao():
            if antes is not None and antes.sha256 == sha256 and intacto(antes):
                final, novo = Path(antes.caminho), False
            else:
                pasta, nome = self._lugar(peca)
                final, novo = colocar(
                    peca.caminho,
                    pasta,
                    nome,
                    pode_substituir=lambda ja: bool(pedido.nome) or self._e_a_versao_anterior(ja, antes),
                    igual=lambda ja: ja.stat().st_size == tamanho and sha256_de(ja) == sha256,
                )
            inicio = pedido.inicio.isoformat() if pedido.inicio != pedido.fim and not pedido.por_dia else ""
            item = ItemManifesto(
                pedido.relatorio, peca.fundo, fim.isoformat(), sha256, str(final), tamanho, inicio, novo
            )
            situacao = "novo" if novo else "inalterado"
            self._anunciar(peca, item, situacao)
            self._manifesto.acrescentar(item)
        for carteira in peca.leitura.fundos if peca.leitura else ():
            if carteira.posicoes:
                self._anunciar_carteira(carteira, sha256)
        return situacao, final

    def quarentena(self, peca: Peca, motivo: str) -> Path:
        """Keeps a refused file, with the reason beside it, where nobody takes it for a good one."""
        raiz = self._config.execucao.pasta_dados / "quarentena" / self.sistema / f"{peca.pedido.fim:%Y-%m-%d}"
        raiz.mkdir(parents=True, exist_ok=True)
        nome = nome_seguro(f"exec-{self._config.execucao.id}-{peca.nome}")
        with sem_interrupcao():
            final, _ = colocar(peca.caminho, raiz, nome, pode_substituir=lambda _: False, igual=lambda _: False)
            quando = datetime.now().astimezone()
            texto = f"{quando:%d/%m/%Y %H:%M:%S}\n{peca.pedido}\nOrigem: {peca.origem}\n{contrato.mascarar(motivo)}\n"
            final.with_name(final.name + ".motivo.txt").write_text(texto, encoding="utf-8")
            pedido = peca.pedido
            item = ItemManifesto(
                pedido.relatorio,
                pedido.fundo,
                pedido.fim.isoformat(),
                sha256_de(final),
                str(final),
                final.stat().st_size,
            )
            self._anunciar(peca, item, "quarentena", motivo)
        return final

    def _data(self, peca: Peca) -> date:
        """The date that the piece is filed under: the request's, or for one of many days the file's own."""
        datas = {carteira.data for carteira in peca.leitura.fundos} if peca.leitura else set()
        return datas.pop() if peca.pedido.por_dia and len(datas) == 1 else peca.pedido.fim

    def _e_a_versao_anterior(self, ja: Path, antes: ItemManifesto | None) -> bool:
        return antes is not None and Path(antes.caminho) == ja and intacto(antes)

    def _lugar(self, peca: Peca) -> tuple[Path, str]:
        base = self._config.caminho(peca.pedido.destino)
        nome = peca.pedido.nome or com_extensao(peca.nome, peca.pedido.tipo)
        fundos = {carteira.fundo for carteira in peca.leitura.fundos} if peca.leitura else set()
        if not (peca.pedido.por_conteudo and self._de_para and peca.leitura and len(fundos) == 1):
            return base, nome
        fundo = fundos.pop()
        pasta = self._de_para.get(chave_nome(fundo))
        if pasta is None:
            contrato.aviso(self.sistema, f"O fundo {fundo} não está no De-Para; o arquivo ficou em {base}.")
            return base, nome
        dia = max(carteira.data for carteira in peca.leitura.fundos)
        partes = [parte_segura(parte) for parte in pasta.replace("\\", "/").split("/") if parte not in {"", ".", ".."}]
        destino = base.joinpath(*partes, SUBPASTA, f"{dia:%Y}", f"{dia:%m} - {MESES[dia.month - 1]}")
        if not dentro_de(destino, base):
            raise Falha("caminho", f"A pasta do De-Para para {fundo} sai da pasta configurada: {pasta}")
        try:
            destino.mkdir(parents=True, exist_ok=True)
        except OSError as causa:
            raise Falha("caminho", f"Não foi possível criar a pasta {destino}: {razao(causa)}.") from causa
        extensao = peca.caminho.suffix.lower()
        return destino, f"{dia:%d.%m} - {_titulo(peca.pedido, extensao)} - {parte_segura(fundo)}{extensao}"

    def _anunciar(self, peca: Peca, item: ItemManifesto, situacao: str, motivo: str | None = None) -> None:
        contrato.emitir(
            "artefato",
            sistema=self.sistema,
            relatorio=item.relatorio,
            fundo=item.fundo,
            data=item.data,
            data_inicial=item.data_inicial or None,
            caminho=item.caminho,
            nome=Path(item.caminho).name,
            tamanho=item.tamanho,
            sha256=item.sha256,
            formato=peca.leitura.formato if peca.leitura else peca.pedido.tipo,
            situacao=situacao,
            motivo=motivo,
            origem=peca.origem,
        )

    def _anunciar_carteira(self, carteira: CarteiraLida, fonte: str) -> None:
        contrato.emitir(
            "carteira",
            sistema=self.sistema,
            fundo=carteira.fundo,
            cnpj=carteira.cnpj,
            data=carteira.data.isoformat(),
            fonte=fonte,
            patrimonio=_texto(carteira.patrimonio),
            cota=_texto(carteira.cota),
            quantidade_cotas=_texto(carteira.quantidade_cotas),
            posicoes=[_posicao(posicao) for posicao in carteira.posicoes],
        )


def _texto(valor: Decimal | None) -> str | None:
    return None if valor is None else f"{valor:f}"


def _posicao(posicao: Posicao) -> dict[str, str]:
    campos = {"quantidade": posicao.quantidade, "preco": posicao.preco, "valor": posicao.valor}
    lidos = {nome: f"{valor:f}" for nome, valor in campos.items() if valor is not None}
    return {"classe": posicao.classe, "ativo": posicao.ativo, **lidos}


def _titulo(pedido: Pedido, extensao: str) -> str:
    if pedido.relatorio.startswith("ar"):
        return "Aplicação e Resgate"
    return "Carteira Diária" if extensao == ".pdf" else "Carteira Excel"
