"""The misbehaviour that a portal can be told to show, per sistema or for all, each with bounded parameters.

`FaultBoard` is thread-safe. Every fault also takes `vezes` (how many times it strikes; 0 = always), `fundo` (sigla) and
`data` (AAAA-MM-DD), which restrict it to one fund or date where the fault is about a file.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .constants import MAX_ROWS, PORTAL_NAMES
from .funds import find_fund

ALL = "*"
Value = int | float | str


class FaultError(ValueError):
    """A fault or parameter that does not exist or is out of its bounds; the message is for the person who typed it."""


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter: its default, and either the bounds of a number or the words allowed."""

    default: Value
    low: float = 0
    high: float = 0
    choices: tuple[str, ...] = ()

    def read(self, name: str, raw: object) -> Value:
        if isinstance(self.default, str):
            text = str(raw)[:200]
            if self.choices and text not in self.choices:
                raise FaultError(f"{name}: use um destes valores: {', '.join(self.choices)}.")
            return text
        try:
            number = float(str(raw).replace(",", "."))
        except ValueError:
            raise FaultError(f"{name}: “{raw}” não é um número.") from None
        if not self.low <= number <= self.high:
            raise FaultError(f"{name}: use um valor de {self.low:g} a {self.high:g}.")
        return int(number) if isinstance(self.default, int) else number


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One kind of misbehaviour; the first parameter is the one that a bare value sets."""

    texto: str
    params: dict[str, Param] = field(default_factory=dict)


COMMON = {"vezes": Param(0, 0, 10_000), "fundo": Param(""), "data": Param("")}
ONCE = Param(1, 0, 10_000)
MEGABYTES = Param(200, 1, 2048)
SIZE = Param("declarado", choices=("declarado", "oculto"))
TRIES = Param(0, 0, 10)
OUTSIDE = "../../../fora_da_pasta"

CATALOGUE: dict[str, FaultKind] = {
    "lento": FaultKind("Cada resposta demora", {"segundos": Param(2.0, 0, 60)}),
    "erro_500": FaultKind("Erro interno (HTTP 500) nas primeiras respostas, ou sempre"),
    "senha_incorreta": FaultKind("Recusa qualquer senha"),
    "senha_expirada": FaultKind("Pede a troca da senha no login"),
    "conta_bloqueada": FaultKind("Conta bloqueada depois de N senhas erradas (0 = já)", {"tentativas": TRIES}),
    "manutencao": FaultKind("Sistema em manutenção", {"codigo_http": Param("503", choices=("503", "200"))}),
    "sem_dados": FaultKind("Nenhum dado para a data pedida"),
    "meio_arquivo": FaultKind(
        "Arquivo pela metade: a conexão cai (corte) ou o tamanho confere (curto)",
        {"modo": Param("corte", choices=("corte", "curto"))},
    ),
    "sessao_expirada": FaultKind("A sessão cai depois de N pedidos", {"pedidos": Param(5, 1, 1000), "vezes": ONCE}),
    "elemento_obsoleto": FaultKind(
        "A página se redesenha várias vezes", {"renderizacoes": Param(20, 1, 500), "intervalo_ms": Param(100, 20, 5000)}
    ),
    "dialogo": FaultKind("Aviso inesperado do navegador", {"texto": Param("Aviso: sua senha vence em 5 dias.")}),
    "data_errada": FaultKind("O arquivo é de outra data", {"dias": Param(1, 1, 30)}),
    "fundo_errado": FaultKind("O arquivo é de outro fundo"),
    "duplicado": FaultKind("O mesmo arquivo, bloco ou linha vem duas vezes"),
    "arquivo_enorme": FaultKind(
        "Arquivo enorme (no FIDC e na CVM, em linhas)",
        {"mb": MEGABYTES, "linhas": Param(MAX_ROWS, 1, MAX_ROWS), "tamanho": SIZE},
    ),
    "nome_malicioso": FaultKind("Nome de arquivo que tenta sair da pasta", {"nome": Param(f"{OUTSIDE}.csv")}),
    "zip_bomba": FaultKind("ZIP que se expande muito", {"mb": MEGABYTES}),
    "zip_travessia": FaultKind("ZIP com um membro fora da pasta", {"nome": Param(f"{OUTSIDE}.txt")}),
    "soma_errada": FaultKind("As posições não somam o patrimônio", {"valor": Param(1234.56, -1e9, 1e9)}),
    "nunca_pronto": FaultKind("O relatório do FIDC fica AGUARDANDO"),
    "fundo_falha": FaultKind("Um fundo dá erro e os outros não", {"fundo": Param("IPER")}),
    "vazio": FaultKind("Arquivo vazio"),
    "html_no_lugar": FaultKind("Uma página HTML no lugar do arquivo"),
}  # fmt: skip


@dataclass(slots=True)
class Fault:
    """A fault that is on. `restam` is how many times it will still strike; None = always."""

    sistema: str
    falha: str
    parametros: dict[str, Value]
    restam: int | None

    def number(self, name: str) -> float:
        return float(self.parametros[name])

    def text(self, name: str) -> str:
        return str(self.parametros[name])

    def concerns(self, fundo: str | None, day: date | None) -> bool:
        wanted, wanted_day = self.text("fundo"), self.text("data")
        return (not wanted or wanted == fundo) and (
            not wanted_day or (day is not None and wanted_day == day.isoformat())
        )


class FaultBoard:
    """Which faults are on. A sistema's own fault goes before one for all (`*`)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._on: dict[tuple[str, str], Fault] = {}

    def set(self, sistema: str, falha: str, valor: object = None, /, **parametros: object) -> Fault:
        """Turns a fault on. `valor` sets its main parameter. Raises FaultError on anything unknown or out of bounds."""
        fault = make_fault(sistema, falha, valor, parametros)
        with self._lock:
            self._on[(sistema, falha)] = fault
        return fault

    def clear(self, sistema: str | None = None, falha: str | None = None) -> int:
        """Turns off the faults of this sistema and name (None = any); answers how many."""
        with self._lock:
            gone = [k for k in self._on if (sistema is None or k[0] == sistema) and (falha is None or k[1] == falha)]
            for key in gone:
                del self._on[key]
        return len(gone)

    def peek(self, sistema: str, falha: str, fundo: str | None = None, day: date | None = None) -> Fault | None:
        """The fault if it would strike now, without counting it."""
        with self._lock:
            return self._find(sistema, falha, fundo, day)

    def take(self, sistema: str, falha: str, fundo: str | None = None, day: date | None = None) -> Fault | None:
        """The fault if it strikes now; counts it."""
        with self._lock:
            fault = self._find(sistema, falha, fundo, day)
            if fault is not None and fault.restam is not None:
                fault.restam -= 1
            return fault

    def _find(self, sistema: str, falha: str, fundo: str | None, day: date | None) -> Fault | None:
        for place in (sistema, ALL):
            fault = self._on.get((place, falha))
            if fault is not None and fault.restam != 0 and fault.concerns(fundo, day):
                return fault
        return None

    def listed(self) -> list[dict[str, Any]]:
        """What is on, as the JSON API shows it."""
        with self._lock:
            return [
                {"sistema": f.sistema, "falha": f.falha, "parametros": dict(f.parametros), "restam": f.restam}
                for f in self._on.values()
            ]


def parameters_of(falha: str) -> dict[str, Param]:
    """All parameters of a kind, its own first. Raises FaultError when there is no such kind."""
    kind = CATALOGUE.get(falha)
    if kind is None:
        raise FaultError(f"falha desconhecida: “{falha}”. Conhecidas: {', '.join(CATALOGUE)}.")
    return {**kind.params, **{name: p for name, p in COMMON.items() if name not in kind.params}}


def make_fault(sistema: str, falha: str, valor: object, parametros: dict[str, object]) -> Fault:
    """Checks everything; raises FaultError."""
    if sistema != ALL and sistema not in PORTAL_NAMES:
        raise FaultError(f"sistema desconhecido: “{sistema}”. Use * ou um de: {', '.join(PORTAL_NAMES)}.")
    known = parameters_of(falha)
    given = dict(parametros)
    if valor is not None:
        given.setdefault(next(iter(known)), valor)
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise FaultError(f"parâmetro desconhecido de {falha}: {', '.join(unknown)}.")
    values = {name: p.read(name, given[name]) if name in given else p.default for name, p in known.items()}
    _check_scope(values)
    times = int(values["vezes"])
    return Fault(sistema, falha, values, times or None)


def _check_scope(values: dict[str, Value]) -> None:
    if values["fundo"]:
        fund = find_fund(str(values["fundo"]))
        if fund is None:
            raise FaultError(f"fundo desconhecido: “{values['fundo']}”.")
        values["fundo"] = fund.sigla
    if values["data"]:
        try:
            values["data"] = date.fromisoformat(str(values["data"])).isoformat()
        except ValueError:
            raise FaultError(f"data: “{values['data']}” não é uma data AAAA-MM-DD.") from None


def set_from_text(board: FaultBoard, text: str) -> None:
    """Reads `sistema:falha[=valor][,param=valor…]`, several apart by `;` (command line, environment)."""
    for item in filter(None, (part.strip() for part in text.split(";"))):
        sistema, colon, rest = item.partition(":")
        if not colon:
            raise FaultError(f"“{item}”: escreva sistema:falha, por exemplo fidc:lento=2.")
        head, *more = rest.split(",")
        falha, equals, valor = head.partition("=")
        pairs = [pair.partition("=") for pair in more]
        board.set(sistema.strip(), falha.strip(), valor if equals else None, **{k.strip(): v for k, _, v in pairs})
