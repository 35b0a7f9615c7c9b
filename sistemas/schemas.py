"""The shapes of the sistemas API, in and out. Field names are those of the contract.

Plain pydantic models: ninja's Schema takes any object, a list too, where every field has a default, and reads answers
of thousands of rows through a slow wrapper.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

BRAZILIAN = re.compile(r"(\d{2})/(\d{2})/(\d{4})")
ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
BAD_DATE = "data inválida: use AAAA-MM-DD ou DD/MM/AAAA"
MAX_FUNDOS = 20_000
MAX_NAME = 200


def read_day(value: Any) -> Any:
    """`DD/MM/YYYY` or `YYYY-MM-DD` to a date; "" is None. A ValueError in words for anything else."""
    if value is None or value == "":
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise ValueError(BAD_DATE)  # noqa: TRY004  (pydantic reports ValueErrors)
    if found := BRAZILIAN.fullmatch(value):
        value = "-".join(reversed(found.groups()))
    if not ISO.fullmatch(value):
        raise ValueError(BAD_DATE)
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise ValueError(BAD_DATE) from None
    if not 1990 <= day.year <= 2100:
        raise ValueError("data fora do calendário (1990 a 2100)")
    return day


Dia = Annotated[date | None, BeforeValidator(read_day)]
Nome = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NAME)]


class FundoOut(BaseModel):
    nome: str
    selecionado: bool


class SistemaOut(BaseModel):
    """The contract's Sistema, and the last job. `fundos` comes with one sistema and with `/config`, not with lists."""

    id: str
    nome: str
    descricao: str
    icone: str
    ativo: bool
    ordem: int
    opcoes: dict[str, bool]
    fundos: list[FundoOut] | None = None
    status: str
    progresso: int
    mensagem: str
    ultima_execucao: datetime | None
    job_id: int | None


class Done(BaseModel):
    """The answer of a command."""

    success: bool = True
    status: str = "success"
    message: str


class SistemaDone(Done):
    sistema: SistemaOut


class ToggleIn(BaseModel):
    ativo: bool


class OpcaoIn(BaseModel):
    opcao: str = Field(max_length=40)
    valor: bool


class OrdemIn(BaseModel):
    ids: list[str] = Field(max_length=200)


class PeriodoIn(BaseModel):
    dataInicial: Dia = None  # noqa: N815  (the contract's name)
    dataFinal: Dia = None  # noqa: N815
    usarD1Anbima: bool = True  # noqa: N815


class PeriodoOut(BaseModel):
    dataInicial: date | None  # noqa: N815
    dataFinal: date | None  # noqa: N815
    usarD1Anbima: bool  # noqa: N815


class StateIn(BaseModel):
    """What is saved of a Sistema sent back; its other fields are read-only and pass unread."""

    ativo: bool | None = None
    opcoes: dict[str, bool] | None = None


class ConfigIn(BaseModel):
    """The part of the configuration document that the sistemas app saves."""

    periodo: PeriodoIn | None = None
    sistemas: dict[str, StateIn] | None = None


class ConfigOut(BaseModel):
    """The configuration document; the sections of the masked credentials document stand beside these."""

    model_config = ConfigDict(extra="allow")

    versao: str
    ultimaModificacao: datetime | None  # noqa: N815
    periodo: PeriodoOut
    sistemas: dict[str, SistemaOut]


class Feriado(BaseModel):
    data: date
    nome: str


class CalendarioOut(BaseModel):
    """Business days and holidays of the range asked for; `d1`, `d2` are counted from today."""

    dias_uteis: list[date]
    feriados: list[Feriado]
    d1: date
    d2: date


class FundosOut(BaseModel):
    """A sistema's funds. `usar_todos`: a run takes all, whatever is selected."""

    fundos: list[FundoOut]
    fundos_selecionados: list[str]
    usar_todos: bool
    total: int


class FundosIn(BaseModel):
    """Replaces what is given, leaves the rest. Selected names that are not in the list join it."""

    fundos: list[Nome] | None = Field(None, max_length=MAX_FUNDOS)
    fundos_selecionados: list[Nome] | None = Field(None, max_length=MAX_FUNDOS)
    usar_todos: bool | None = None


class SelecaoIn(BaseModel):
    """`todos` selects or clears all; else `nomes` are set to `selecionado`."""

    todos: bool | None = None
    nomes: list[Nome] = Field(default_factory=list, max_length=MAX_FUNDOS)
    selecionado: bool = True


class ImportIn(BaseModel):
    """How to read an uploaded file. `aba`: default the first; `substituir`: what the file lacks goes."""

    aba: str = Field("", max_length=100)
    substituir: bool = False


class ImportFundosIn(ImportIn):
    """`coluna`: the names' column, by letter or title."""

    coluna: str = Field("", max_length=100)


class ImportDone(Done):
    lidos: int
    novos: int
    avisos: list[str] = []


class DeParaItem(BaseModel):
    fundo: Nome
    pasta: str = Field(max_length=300)


class DeParaIn(BaseModel):
    itens: list[DeParaItem] = Field(max_length=MAX_FUNDOS)


class DeParaRow(DeParaItem):
    model_config = ConfigDict(from_attributes=True)

    id: int


class DeParaOut(BaseModel):
    itens: list[DeParaRow]
    total: int


class DeParaChange(DeParaItem):
    """`antes`: the row as it was read, so that nobody's change is overwritten unseen."""

    antes: DeParaItem


class DeParaDone(Done):
    item: DeParaRow


class CaminhosIn(BaseModel):
    """Paths to check, by key; without any, the configured ones are checked."""

    caminhos: dict[str, Annotated[str, Field(max_length=1000)]] | None = Field(None, max_length=100)


class CaminhoOut(BaseModel):
    """What the server finds of a path. `mensagem` is the sentence to show; `espaco_livre` in bytes."""

    model_config = ConfigDict(from_attributes=True)

    ok: bool
    chave: str
    caminho: str
    descricao: str = ""
    existe: bool
    gravavel: bool
    espaco_livre: int | None
    mensagem: str


class Pasta(BaseModel):
    nome: str
    caminho: str


class PastasOut(BaseModel):
    """A folder's sub-folders. `caminho` is empty at the top, where `pastas` are the roots."""

    caminho: str
    acima: str | None
    pastas: list[Pasta]
    cortada: bool


class PastaIn(BaseModel):
    caminho: str = Field(max_length=1000)
    nome: str = Field(min_length=1, max_length=150)
