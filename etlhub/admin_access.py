"""API tokens and the audit in Django admin: looked at there, never written; a token may be revoked."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from etlhub import tokens
from etlhub.access import Papel, papel_of
from etlhub.models import ApiToken, AuditoriaAcao


class ReadOnlyForAdministrators:
    """Seen by administrators, changed by nobody."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return papel_of(request.user) >= Papel.ADMINISTRADOR

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return papel_of(request.user) >= Papel.ADMINISTRADOR

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyForAdministrators, ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    list_display = ("nome", "prefixo", "user", "papel", "expira_em", "usado_em", "revogado_em")
    list_filter = ("papel", "user")
    list_select_related = ("user",)
    fields = ("nome", "prefixo", "user", "papel", "criado_em", "expira_em", "usado_em", "revogado_em")
    readonly_fields = fields
    actions = ("revogar",)

    @admin.action(description="Revogar", permissions=["view"])
    def revogar(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        chosen = queryset.filter(revogado_em=None)
        for token in chosen:
            tokens.revoke(token.pk, token.user, every=True)
        messages.success(request, f"Tokens revogados: {len(chosen)}.")


@admin.register(AuditoriaAcao)
class AuditoriaAcaoAdmin(ReadOnlyForAdministrators, ModelAdmin):  # type: ignore[misc]
    list_display = ("em", "usuario", "acao", "alvo", "status", "mensagem", "origem")
    list_filter = ("em", "acao", "status")
    search_fields = ("usuario", "acao", "alvo", "mensagem")
    date_hierarchy = "em"
    fields = ("em", "usuario", "via", "origem", "acao", "rota", "alvo", "dados", "status", "mensagem")
    readonly_fields = fields
