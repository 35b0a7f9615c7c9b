"""Jobs in Django admin: read-only, with the tail of the log; cancel and run again call the app's own functions."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin, TabularInline

from etlhub.access import Papel, papel_of
from etlhub.errors import HubError
from jobs import events, queries, submit
from jobs.models import Artifact, Execution, Job

TAIL_LINES = 200


class ReadOnly:
    """Nothing of a job is written by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ExecutionInline(ReadOnly, TabularInline):  # type: ignore[misc]  # unfold ships no types
    model = Execution
    extra = 0
    fields = ("sistema", "status", "progresso", "tentativa", "exit_code", "motivo", "started_at", "finished_at")
    readonly_fields = fields


@admin.register(Job)
class JobAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = ("id", "status", "sistemas", "periodo", "pedido_por", "created_at", "duracao")
    list_filter = ("status", "type", "dry_run", "created_at")
    list_select_related = ("created_by",)
    date_hierarchy = "created_at"
    inlines = (ExecutionInline,)
    fields = (
        "status", "type", "periodo", "dry_run", "limpar", "pedido_por", "created_at", "started_at", "finished_at",
        "duracao", "error_message", "log",
    )  # fmt: skip
    readonly_fields = fields
    actions = ("cancelar", "executar_de_novo")

    def has_view_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        return papel_of(request.user) >= Papel.VISUALIZADOR

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        return super().get_queryset(request).prefetch_related("executions__sistema")  # type: ignore[no-any-return]

    @admin.display(description="sistemas")
    def sistemas(self, job: Job) -> str:
        return ", ".join(each.sistema.nome for each in job.executions.all())

    @admin.display(description="período")
    def periodo(self, job: Job) -> str:
        days = [f"{day:%d/%m/%Y}" for day in (job.data_inicial, job.data_final) if day]
        return " a ".join(dict.fromkeys(days))

    @admin.display(description="pedido por")
    def pedido_por(self, job: Job) -> str:
        return job.created_by.get_username() if job.created_by else "terminal"

    @admin.display(description="duração")
    def duracao(self, job: Job) -> str:
        seconds = events.duration(job)
        return "" if seconds is None else f"{seconds:.1f} s".replace(".", ",")

    @admin.display(description=f"últimas {TAIL_LINES} linhas do log")
    def log(self, job: Job) -> SafeString:
        text = "".join(queries.log_text(job, last=TAIL_LINES))
        style = "white-space:pre-wrap;font-family:monospace;font-size:12px;max-height:32rem;overflow:auto"
        return format_html('<div style="{}">{}</div>', style, text or "(vazio)")

    @admin.action(description="Cancelar as execuções escolhidas")
    def cancelar(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        for job in queryset:
            self._try(request, lambda job=job: submit.cancel(job.pk, actor=request.user.get_username()))

    @admin.action(description="Executar de novo")
    def executar_de_novo(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        for job in queryset:
            self._try(request, lambda job=job: f"Execução {self._again(request, job).pk} iniciada.")

    def has_cancelar_permission(self, request: HttpRequest) -> bool:
        return papel_of(request.user) >= Papel.OPERADOR

    @staticmethod
    def _again(request: HttpRequest, job: Job) -> Job:
        return submit.retry(job.pk, user=request.user)  # type: ignore[arg-type]  # admin needs a login

    def _try(self, request: HttpRequest, action: Any) -> None:
        if not self.has_cancelar_permission(request):
            self.message_user(request, "Seu usuário não pode executar nem cancelar.", messages.ERROR)
            return
        try:
            self.message_user(request, action(), messages.SUCCESS)
        except HubError as error:
            self.message_user(request, error.message, messages.ERROR)


@admin.register(Artifact)
class ArtifactAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = ("nome", "sistema", "relatorio", "fundo", "data", "situacao", "tamanho", "criado_em")
    list_filter = ("sistema", "situacao", "relatorio")
    search_fields = ("nome", "fundo", "sha256")
    date_hierarchy = "criado_em"

    def has_view_permission(self, request: HttpRequest, obj: Artifact | None = None) -> bool:
        return papel_of(request.user) >= Papel.VISUALIZADOR
