"""The account of one sistema's run: what came, what had no data, what failed and why, per fund."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from etl_scripts import contrato
from etl_scripts.contrato import SAIDA_ERRO, SAIDA_OK, SAIDA_TEMPORARIA
from etl_scripts.erros import Falha
from etl_scripts.palavras import com_maiuscula, contados
from etl_scripts.pedido import Pedido

LISTA_MAXIMA: Final = 200  # entries of each kind in the `resultado` event


@dataclass(slots=True)
class Conta:
    """Counts as the run goes; `veredito` says it at the end."""

    sistema: str
    novos: Counter[str] = field(default_factory=Counter)
    inalterados: Counter[str] = field(default_factory=Counter)
    pulados: Counter[str] = field(default_factory=Counter)
    sem_dados: list[tuple[Pedido, str]] = field(default_factory=list)
    falhas: list[tuple[Pedido | None, Falha]] = field(default_factory=list)
    avisos: list[str] = field(default_factory=list)
    simulados: int | None = None  # requests that a dry-run listed
    mensagem_ok: str = ""  # said instead of the counts

    def chegou(self, fundo: str, situacao: str) -> None:
        """A file was filed (`novo`) or was the same as before (`inalterado`)."""
        (self.novos if situacao == "novo" else self.inalterados)[fundo or "todos os fundos"] += 1

    @property
    def vieram(self) -> int:
        """Files that are where they belong, new or not."""
        return sum(sum(contagem.values()) for contagem in (self.novos, self.inalterados, self.pulados))

    def contar(self) -> None:
        """The closing lines, one per fund."""
        for fundo in sorted({*self.novos, *self.inalterados, *self.pulados}):
            partes = [
                contados(contagem[fundo], um, muitos)
                for contagem, um, muitos in (
                    (self.novos, "arquivo novo", "arquivos novos"),
                    (self.inalterados, "arquivo inalterado", "arquivos inalterados"),
                    (self.pulados, "pedido já coletado", "pedidos já coletados"),
                )
                if contagem[fundo]
            ]
            contrato.info(self.sistema, f"{fundo}: {', '.join(partes)}")
        for pedido, motivo in self.sem_dados:
            contrato.aviso(self.sistema, f"{pedido}: sem dados{f' (“{motivo}”)' if motivo else ''}")
        for texto in self.avisos:
            contrato.aviso(self.sistema, texto)
        for quem, falha in self.falhas:
            contrato.erro(self.sistema, f"{quem}: {falha.mensagem}" if quem else falha.mensagem)

    def veredito(self) -> tuple[str, str, str, bool]:
        """`(situacao, codigo, motivo, transitorio)` of the protocol."""
        if not self.falhas:
            if not self.vieram and self.sem_dados:
                return "sucesso", "sem_dados", "O portal não tem dados para o período.", False
            return "sucesso", "ok", self.mensagem_ok or com_maiuscula(self._resumo_curto()), False
        transitorio = all(falha.transitorio for _, falha in self.falhas)
        codigos = {falha.codigo for _, falha in self.falhas}
        codigo = codigos.pop() if len(codigos) == 1 and not (self.vieram or self.sem_dados) else "parcial"
        primeira = self.falhas[0][1].mensagem
        if codigo != "parcial":
            return "erro", codigo, primeira, transitorio
        falhas = contados(len(self.falhas), "falha", "falhas")
        return "erro", codigo, f"{falhas}; {self._resumo_curto()} Primeira falha: {primeira}", transitorio

    def _resumo_curto(self) -> str:
        if self.simulados is not None:
            seriam = contados(self.simulados, "pedido seria feito", "pedidos seriam feitos")
            return f"simulação: {seriam}; nada foi alterado."
        partes = [
            contados(quantos, um, muitos)
            for quantos, um, muitos in (
                (sum(self.novos.values()), "arquivo novo", "arquivos novos"),
                (sum(self.inalterados.values()), "inalterado", "inalterados"),
                (sum(self.pulados.values()), "já coletado", "já coletados"),
                (len(self.sem_dados), "sem dados", ""),
            )
            if quantos
        ]
        return f"{', '.join(partes) or 'nenhum arquivo'}."

    def resumo(self) -> dict[str, Any]:
        """The same as data, bounded."""
        return {
            "novos": dict(self.novos),
            "inalterados": dict(self.inalterados),
            "ja_coletados": dict(self.pulados),
            "sem_dados": [str(pedido) for pedido, _ in self.sem_dados[:LISTA_MAXIMA]],
            "avisos": self.avisos[:LISTA_MAXIMA],
            "falhas": [
                {"pedido": str(pedido) if pedido else "", "codigo": falha.codigo, "motivo": falha.mensagem}
                for pedido, falha in self.falhas[:LISTA_MAXIMA]
            ],
        }

    def encerrar(self) -> int:
        """Says it all: lines, the `resultado` event; answers the exit code."""
        self.contar()
        situacao, codigo, motivo, transitorio = self.veredito()
        contrato.emitir(
            "resultado",
            sistema=self.sistema,
            situacao=situacao,
            motivo=motivo,
            codigo=codigo,
            transitorio=transitorio,
            resumo=self.resumo(),
        )
        if situacao == "sucesso":
            contrato.sucesso(self.sistema, f"Concluído{':' if motivo[:1].isdigit() else '.'} {motivo}")
            return SAIDA_OK
        contrato.erro(self.sistema, f"Terminou com erro: {motivo}")
        return SAIDA_TEMPORARIA if transitorio else SAIDA_ERRO
