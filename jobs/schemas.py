"""What the jobs API takes and gives, as types."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field, StrictBool, StrictStr

Opcoes = dict[Annotated[str, Field(max_length=60)], StrictBool]
JobStatusName = Literal["pending", "running", "completed", "error", "cancelled"]


class _RunOptions(Schema):
    model_config = ConfigDict(extra="forbid")

    dry_run: StrictBool = False
    limpar: StrictBool = False
    baixar_de_novo: StrictBool = False
    insistir: StrictBool = False
    data_inicial: StrictStr | None = None
    data_final: StrictStr | None = None


class ExecuteIn(_RunOptions):
    """`POST /execute`; dates `YYYY-MM-DD` or `DD/MM/YYYY`; null, or "" as an emptied field sends it, is the default period."""

    sistemas: list[StrictStr]
    opcoes: dict[Annotated[str, Field(max_length=60)], Opcoes] = Field(default_factory=dict)


class ExecuteOneIn(_RunOptions):
    """`POST /execute/{sistema_id}`."""

    opcoes: Opcoes = Field(default_factory=dict)


class Started(Schema):
    success: bool = True
    status: str = "started"
    message: str
    job_id: int


class Done(Schema):
    success: bool = True
    status: str = "success"
    message: str


class CodigoIn(Schema):
    """Answer to a run's wish for a one-time code; `cancelar` refuses it."""

    execution_id: int
    valor: StrictStr = ""
    cancelar: StrictBool = False


class ExecutionOut(Schema):
    execution_id: int
    sistema_id: str
    nome: str
    status: str
    estado: str
    versao: int
    progresso: int
    mensagem: str
    tentativa: int
    tentativas_max: int
    posicao_fila: int | None
    opcoes: dict[str, bool]
    started_at: str | None
    finished_at: str | None
    duracao_segundos: float | None
    exit_code: int | None
    codigo: str
    motivo: str
    resumo: dict[str, Any]
    plano: list[dict[str, Any]]
    codigo_pedido: dict[str, Any] | None


class JobOut(Schema):
    id: int
    type: str
    status: JobStatusName
    params: dict[str, Any]
    sistemas: list[ExecutionOut]
    logs: str
    log_linhas: int
    error_message: str | None
    created_at: str
    started_at: str | None
    finished_at: str | None
    duracao_segundos: float | None
    data_inicial: str | None
    data_final: str | None
    dry_run: bool
    limpar: bool
    request_id: str | None
    pedido_por: str | None
    repete: int | None


class JobsOut(Schema):
    jobs: list[JobOut]
    total: int
    limit: int
    offset: int


class LogOut(Schema):
    seq: int
    job_id: int
    level: str
    sistema: str
    mensagem: str
    timestamp: str


class LogsOut(Schema):
    """`next` is the seq to ask after; `total` the job's last seq, `first` the first one kept."""

    logs: list[LogOut]
    next: int
    total: int
    first: int


class ArtifactOut(Schema):
    id: int
    sistema: str
    relatorio: str
    fundo: str
    data_inicial: str | None
    data: str | None
    nome: str
    tamanho: int
    sha256: str
    formato: str
    situacao: str
    motivo: str
    criado_em: str


class ArtifactsOut(Schema):
    artefatos: list[ArtifactOut]
    total: int


class TransitionOut(Schema):
    execution_id: int
    sistema_id: str
    em: str
    de: str
    para: str
    tentativa: int
    por: str
    motivo: str


class StatsToday(Schema):
    execucoes: int
    sucesso: int
    erro: int
    cancelado: int
    executando: int


class StatsDay(Schema):
    dia: str
    sucesso: int
    erro: int
    cancelado: int


class StatsSistema(Schema):
    """`duracao_esperada_segundos`: what a run is likely to take; `ultima_boa`: when the last good one ended."""

    id: str
    nome: str
    execucoes: int
    taxa_sucesso: float | None
    duracao_media_segundos: float | None
    duracao_esperada_segundos: float | None
    ultima_boa: str | None


class Attention(Schema):
    """What somebody should look at, and what to do about it."""

    tipo: str
    sistema_id: str | None
    mensagem: str
    acao: str


class StatsOut(Schema):
    """Rates are 0 to 1; `executando` counts runs of sistemas, `hoje` counts jobs."""

    hoje: StatsToday
    taxa_sucesso: float | None
    duracao_media_segundos: float | None
    duracao_p95_segundos: float | None
    executando: int
    workers_ativos: int
    por_dia: list[StatsDay]
    por_sistema: list[StatsSistema]
    atencao: list[Attention]
