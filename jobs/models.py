"""Jobs as the database keeps them. Statuses are written by jobs.lifecycle alone, log lines by jobs.logbook alone."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q

from jobs import among
from sistemas.models import Sistema

SEQ_BITS = 32
"""A LogEntry's id is `job_id << 32 | seq`: one B-tree serves order, range and identity, and an insert always appends."""


class JobStatus(models.TextChoices):
    PENDING = "pending", "na fila"
    RUNNING = "running", "executando"
    COMPLETED = "completed", "concluído"
    ERROR = "error", "erro"
    CANCELLED = "cancelled", "cancelado"


JOB_OPEN = (JobStatus.PENDING, JobStatus.RUNNING)


class State(models.TextChoices):
    """The states of an Execution."""

    PENDING = "pending", "aguardando"
    QUEUED = "queued", "na fila"
    RUNNING = "running", "executando"
    CANCELLING = "cancelling", "cancelando"
    SUCCESS = "success", "sucesso"
    ERROR = "error", "erro"
    CANCELLED = "cancelled", "cancelado"


ACTIVE = (State.QUEUED, State.RUNNING, State.CANCELLING)
OPEN = (State.PENDING, *ACTIVE)
FINAL = (State.SUCCESS, State.ERROR, State.CANCELLED)


class Level(models.IntegerChoices):
    DEBUG = 10, "DEBUG"
    INFO = 20, "INFO"
    SUCCESS = 25, "SUCCESS"
    WARN = 30, "WARN"
    ERROR = 40, "ERROR"


class Job(models.Model):
    """What somebody asked for: one or more sistemas over a period."""

    class Type(models.TextChoices):
        PIPELINE = "etl_pipeline", "vários sistemas"
        SINGLE = "etl_single", "um sistema"

    type = models.CharField("tipo", max_length=20, choices=Type, default=Type.PIPELINE)
    status = models.CharField("status", max_length=12, choices=JobStatus, default=JobStatus.PENDING)
    params = models.JSONField("parâmetros", default=dict)
    data_inicial = models.DateField("data inicial", null=True, blank=True)
    data_final = models.DateField("data final", null=True, blank=True)
    dry_run = models.BooleanField("simulação", default=False)
    limpar = models.BooleanField("limpar antes", default=False)
    baixar_de_novo = models.BooleanField("baixar de novo", default=False)
    error_message = models.TextField("erro", blank=True)
    log_seq = models.BigIntegerField("linhas de log", default=0)
    log_first = models.BigIntegerField("primeira linha guardada", default=1)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="pedido por", null=True, blank=True, on_delete=models.SET_NULL
    )
    request_id = models.CharField("pedido HTTP", max_length=64, blank=True, default="")
    retry_of = models.ForeignKey("self", verbose_name="repete", null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField("criado em", auto_now_add=True)
    started_at = models.DateTimeField("iniciado em", null=True, blank=True)
    finished_at = models.DateTimeField("terminado em", null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = "execução"
        verbose_name_plural = "execuções"
        indexes = [
            models.Index(fields=["status", "-id"], name="job_status_id"),
            models.Index(fields=["created_at", "status"], name="job_created_status"),
            models.Index(fields=["finished_at"], name="job_finished"),
            models.Index(fields=["id"], condition=Q(status__in=JOB_OPEN), name="job_open"),
        ]

    def __str__(self) -> str:
        return f"Execução {self.pk}"


class Execution(models.Model):
    """One sistema within a job. `version` grows with every change that clients see, so they can drop older news."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="executions")
    sistema = models.ForeignKey(Sistema, on_delete=models.CASCADE, related_name="executions")
    status = models.CharField("estado", max_length=12, choices=State, default=State.PENDING)
    ordem = models.PositiveSmallIntegerField("ordem", default=0)
    opcoes = models.JSONField("opções", default=dict)
    insistir = models.BooleanField("tentar mesmo com senha recusada", default=False)
    progresso = models.PositiveSmallIntegerField("progresso", default=0)
    mensagem = models.CharField("mensagem", max_length=500, blank=True)
    version = models.PositiveIntegerField("versão", default=0)
    tentativa = models.PositiveSmallIntegerField("tentativa", default=0)
    tentativas_max = models.PositiveSmallIntegerField("tentativas no máximo", default=1)
    not_before = models.DateTimeField("não antes de", null=True, blank=True)
    exit_code = models.IntegerField("código de saída", null=True, blank=True)
    codigo = models.CharField("código do resultado", max_length=40, blank=True)
    motivo = models.CharField("motivo", max_length=1000, blank=True)
    resumo = models.JSONField("resumo", default=dict, blank=True)
    plano = models.JSONField("plano (simulação)", default=list, blank=True)
    pedido_codigo = models.JSONField("código pedido", null=True, blank=True)
    created_at = models.DateTimeField("criado em", auto_now_add=True)
    queued_at = models.DateTimeField("enfileirado em", null=True, blank=True)
    started_at = models.DateTimeField("iniciado em", null=True, blank=True)
    finished_at = models.DateTimeField("terminado em", null=True, blank=True)
    # The lease: who runs it. A process is named by host, boot, pid and start time, for a pid alone comes again.
    owner_host = models.CharField(max_length=100, blank=True)
    owner_boot = models.CharField(max_length=64, blank=True)
    owner_pid = models.PositiveIntegerField(null=True, blank=True)
    owner_started = models.FloatField(null=True, blank=True)
    heartbeat_at = models.DateTimeField("último sinal", null=True, blank=True)
    run_token = models.CharField(max_length=32, blank=True)

    class Meta:
        ordering = ["job_id", "ordem", "id"]
        verbose_name = "execução de um sistema"
        verbose_name_plural = "execuções por sistema"
        constraints = [
            models.UniqueConstraint(fields=["job", "sistema"], name="execution_sistema_once_per_job"),
            models.UniqueConstraint(
                fields=["sistema"], condition=Q(status__in=ACTIVE), name="execution_one_active_per_sistema"
            ),
        ]
        indexes = [
            models.Index(fields=["sistema", "-id"], name="execution_last"),
            models.Index(fields=["sistema", "id"], condition=Q(status=State.PENDING), name="execution_pending"),
            models.Index(fields=["status", "id"], condition=Q(status__in=OPEN), name="execution_open"),
            models.Index(fields=["finished_at"], name="execution_finished"),
            models.Index(fields=["sistema", "status", "-finished_at"], name="execution_last_good"),
        ]

    def __str__(self) -> str:
        return f"{self.sistema_id} da execução {self.job_id}"


among.allow(Job._meta.get_field("status"))
among.allow(Execution._meta.get_field("status"))


def open_in(*states: State) -> Q:
    """Executions in some of the states before the last, found by the index of those: never by reading the past."""
    return Q(status__among=OPEN, status__in=states) if states else Q(status__among=OPEN)


class Transition(models.Model):
    """Every change of an Execution's state: when, from what, to what, by whom and why. Only appended."""

    execution = models.ForeignKey(Execution, on_delete=models.CASCADE, related_name="transitions")
    at = models.DateTimeField("quando", auto_now_add=True)
    origem = models.CharField("de", max_length=12, choices=State)
    destino = models.CharField("para", max_length=12, choices=State)
    tentativa = models.PositiveSmallIntegerField("tentativa", default=0)
    actor = models.CharField("por", max_length=150)
    motivo = models.CharField("motivo", max_length=1000, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = "mudança de estado"
        verbose_name_plural = "mudanças de estado"

    def __str__(self) -> str:
        return f"{self.origem} → {self.destino}"


class RowIdField(models.BigIntegerField):  # type: ignore[type-arg]  # generic in the stubs only
    """A bigint that is SQLite's own row id, so that its table needs no second B-tree for the primary key."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)


class LogEntry(models.Model):
    """One line of a job's log; `id` holds job and seq (SEQ_BITS)."""

    id = RowIdField(primary_key=True)
    execution_id = models.BigIntegerField(null=True)
    level = models.SmallIntegerField(choices=Level)
    sistema = models.CharField(max_length=80)
    mensagem = models.TextField()
    timestamp = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        verbose_name = "linha de log"
        verbose_name_plural = "linhas de log"

    def __str__(self) -> str:
        return f"[{Level(self.level).label}] [{self.sistema}] {self.mensagem}"

    @property
    def seq(self) -> int:
        return int(self.id) & ((1 << SEQ_BITS) - 1)


class Artifact(models.Model):
    """A file that a run filed: the manifest by which a later run knows what it has."""

    class Situacao(models.TextChoices):
        NOVO = "novo", "novo"
        INALTERADO = "inalterado", "inalterado"
        QUARENTENA = "quarentena", "em quarentena"
        LIXEIRA = "lixeira", "na lixeira"

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="artifacts")
    execution = models.ForeignKey(Execution, on_delete=models.CASCADE, related_name="artifacts")
    sistema = models.ForeignKey(Sistema, on_delete=models.CASCADE, related_name="artifacts")
    relatorio = models.CharField("relatório", max_length=80, blank=True)
    fundo = models.CharField("fundo", max_length=200, blank=True)
    data_inicial = models.DateField("data inicial", null=True, blank=True)
    """Only where the file covers a period; `data` is then its last day."""
    data = models.DateField("data", null=True, blank=True)
    nome = models.CharField("nome", max_length=300)
    caminho = models.CharField("caminho", max_length=1500)
    tamanho = models.BigIntegerField("tamanho (bytes)")
    sha256 = models.CharField("SHA-256", max_length=64)
    formato = models.CharField("formato", max_length=30, blank=True)
    situacao = models.CharField("situação", max_length=12, choices=Situacao, default=Situacao.NOVO)
    motivo = models.CharField("motivo", max_length=1000, blank=True)
    origem = models.CharField("origem", max_length=500, blank=True)
    criado_em = models.DateTimeField("coletado em", auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = "arquivo coletado"
        verbose_name_plural = "arquivos coletados"
        indexes = [models.Index(fields=["sistema", "data"], name="artifact_sistema_data")]

    def __str__(self) -> str:
        return self.nome


class CodeAnswer(models.Model):
    """A one-time code that was typed and not taken yet; sealed as in credentials.crypto, no key = refused. See jobs.codes."""

    execution = models.OneToOneField(Execution, on_delete=models.CASCADE, related_name="code_answer")
    key_id = models.CharField(max_length=16, blank=True)
    selado = models.BinaryField(default=b"")
    criado_em = models.DateTimeField()

    class Meta:
        verbose_name = "resposta a um pedido de código"
        verbose_name_plural = "respostas a pedidos de código"

    def __str__(self) -> str:
        return f"código para {self.execution}"
