"""Carteiras and their positions in Django admin, to look at: the runs write them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import number_format
from unfold.admin import ModelAdmin, TabularInline

from etlhub.admin import ByPapel
from portfolio.loading import remove_carteira
from portfolio.models import Carteira, Fundo, Posicao


class ToLookAt(ByPapel):
    """Nothing is written by hand; a carteira that should not be there may be deleted."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PosicaoInline(ToLookAt, TabularInline):  # type: ignore[misc]  # unfold ships no types
    model = Posicao
    extra = 0
    per_page = 50
    fields = ("classe", "ativo", "quantidade", "preco", "valor")
    readonly_fields = fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Carteira)
class CarteiraAdmin(ToLookAt, ModelAdmin):  # type: ignore[misc]
    list_display = ("fundo", "data", "sistema", "patrimonio_brl", "cota", "n_posicoes", "preferida", "carregada_em")
    list_filter = ("sistema", "preferida")
    list_select_related = ("fundo", "sistema")
    search_fields = ("fundo__nome", "fundo__cnpj")
    date_hierarchy = "data"
    show_full_result_count = False
    inlines = (PosicaoInline,)

    @admin.display(description="patrimônio (R$)", ordering="patrimonio")
    def patrimonio_brl(self, carteira: Carteira) -> str:
        return number_format(carteira.patrimonio, 2, use_l10n=True, force_grouping=True)

    def delete_model(self, request: HttpRequest, obj: Carteira) -> None:
        remove_carteira(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Carteira]) -> None:
        for carteira in queryset:
            remove_carteira(carteira)


@admin.register(Fundo)
class FundoAdmin(ToLookAt, ModelAdmin):  # type: ignore[misc]
    list_display = ("nome", "cnpj")
    search_fields = ("nome", "cnpj")
