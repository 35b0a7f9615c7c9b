"""Sistemas, opções, fundos, caminhos, De-Para and the default period in Django admin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action

from etlhub.admin import ByPapel
from etlhub.errors import HubError, Invalid
from sistemas import caminhos, de_para, fundos, services
from sistemas.forms import CaminhoForm, DeParaForm, ImportForm, ImportFundosForm, PeriodoForm
from sistemas.fundos import Imported
from sistemas.models import Caminho, DePara, Fundo, Opcao, Periodo, Sistema

IMPORT = "Importar de uma planilha"
EXPLAIN_FUNDOS = (
    "Lê os nomes dos fundos de uma planilha ou CSV. Se ela tem uma coluna que diz de que sistema é cada fundo "
    "(“Sistema”, ou a coluna J da aba BD), só entram os do sistema escolhido."
)
EXPLAIN_DE_PARA = "Lê as colunas “De” e “Para” (ou “Fundo” e “Pasta”) de uma planilha ou CSV."


class Touching(ByPapel):
    """A change here is a change of the configuration."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)  # type: ignore[misc]
        services.touch()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)  # type: ignore[misc]
        services.touch()


class OpcaoInline(ByPapel, TabularInline):  # type: ignore[misc]  # unfold ships no types
    model = Opcao
    extra = 0
    fields = ("nome", "valor", "ordem")


@admin.register(Sistema)
class SistemaAdmin(Touching, ModelAdmin):  # type: ignore[misc]
    list_display = ("nome", "id", "ativo", "ordem", "n_fundos", "depois_de")
    list_editable = ("ativo", "ordem")
    list_filter = ("ativo",)
    search_fields = ("nome", "id", "descricao")
    inlines = (OpcaoInline,)
    actions = ("ativar", "desativar")
    fieldsets = (
        (None, {"fields": ("id", "nome", "descricao", "icone", "ativo", "ordem")}),
        ("Fundos", {"fields": ("usar_todos_fundos", "ver_fundos")}),
        (
            "Execução",
            {
                "fields": (
                    "limite_segundos",
                    "limite_silencio_segundos",
                    "tentativas",
                    "espera_tentativa_segundos",
                    "depois_de",
                )
            },
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Sistema | None = None) -> tuple[str, ...]:
        return ("id", "ver_fundos") if obj else ("ver_fundos",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Sistema]:
        chosen = Count("fundos", filter=Q(fundos__selecionado=True))
        rows: QuerySet[Sistema] = super().get_queryset(request)
        return rows.annotate(fundos_todos=Count("fundos"), fundos_escolhidos=chosen)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # its history hangs on it; switching it off is enough

    @admin.display(description="fundos escolhidos")
    def n_fundos(self, sistema: Any) -> str:
        if not sistema.fundos_todos:
            return "—"
        if sistema.usar_todos_fundos:
            return f"todos ({sistema.fundos_todos})"
        return f"{sistema.fundos_escolhidos} de {sistema.fundos_todos}"

    @admin.display(description="lista de fundos")
    def ver_fundos(self, sistema: Sistema) -> str:
        if not sistema.pk:
            return "—"
        address = f"{reverse('admin:sistemas_fundo_changelist')}?sistema__id__exact={sistema.pk}"
        return format_html('<a class="underline" href="{}">Ver e escolher os fundos</a>', address)

    @admin.action(description="Ativar", permissions=["change"])
    def ativar(self, request: HttpRequest, queryset: QuerySet[Sistema]) -> None:
        self._toggle(request, queryset, True)

    @admin.action(description="Desativar", permissions=["change"])
    def desativar(self, request: HttpRequest, queryset: QuerySet[Sistema]) -> None:
        self._toggle(request, queryset, False)

    def _toggle(self, request: HttpRequest, queryset: QuerySet[Sistema], ativo: bool) -> None:
        for pk in list(queryset.values_list("pk", flat=True)):
            services.toggle(pk, ativo)
        messages.success(request, "Sistemas ativados." if ativo else "Sistemas desativados.")


class Importing:
    """A page that imports a table from an uploaded file."""

    model: Any
    admin_site: Any

    def import_page(
        self, request: HttpRequest, form: Form, explicacao: str, run: Callable[[dict[str, Any]], Imported]
    ) -> HttpResponse:
        """Shows the form; on a valid upload runs the import and goes back to the list."""
        if not self.has_change_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        if request.method == "POST" and form.is_valid():
            try:
                done = run(form.cleaned_data)
            except Invalid as error:
                for field in error.fields:
                    form.add_error(field.campo if field.campo in form.fields else None, field.mensagem)
            except HubError as error:
                form.add_error(None, error.message)
            else:
                messages.success(request, f"{done.lidos} linhas lidas, {done.novos} novas ou alteradas.")
                for warning in done.avisos:
                    messages.warning(request, warning)
                return redirect(reverse(f"admin:sistemas_{self.model._meta.model_name}_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": IMPORT,
            "form": form,
            "explicacao": explicacao,
        }
        return render(request, "sistemas/importar.html", context)


@admin.register(Fundo)
class FundoAdmin(Importing, Touching, ModelAdmin):  # type: ignore[misc]
    list_display = ("nome", "de_sistema", "selecionado")
    list_editable = ("selecionado",)
    list_filter = ("sistema", "selecionado")
    list_select_related = ("sistema",)
    list_per_page = 200
    search_fields = ("nome",)
    actions = ("selecionar", "limpar_selecao")
    actions_list = ("importar",)

    @admin.display(description="sistema", ordering="sistema")
    def de_sistema(self, fundo: Fundo) -> str:
        return fundo.sistema.nome if fundo.sistema else "seleção geral"

    @admin.action(description="Selecionar", permissions=["change"])
    def selecionar(self, request: HttpRequest, queryset: QuerySet[Fundo]) -> None:
        queryset.update(selecionado=True)
        services.touch()

    @admin.action(description="Tirar da seleção", permissions=["change"])
    def limpar_selecao(self, request: HttpRequest, queryset: QuerySet[Fundo]) -> None:
        queryset.update(selecionado=False)
        services.touch()

    @action(description=IMPORT, url_path="importar", icon="upload_file", permissions=["change"])  # type: ignore[untyped-decorator]
    def importar(self, request: HttpRequest) -> HttpResponse:
        form = ImportFundosForm(request.POST or None, request.FILES or None)
        return self.import_page(request, form, EXPLAIN_FUNDOS, self._import)

    def _import(self, data: dict[str, Any]) -> Imported:
        file = data["arquivo"]
        options = {name: data[name] for name in ("aba", "coluna", "substituir")}
        return fundos.import_fundos(data["sistema"], file.name, file, **options)


@admin.register(DePara)
class DeParaAdmin(Importing, Touching, ModelAdmin):  # type: ignore[misc]
    form = DeParaForm
    list_display = ("fundo", "pasta")
    search_fields = ("fundo", "pasta")
    list_per_page = 200
    actions_list = ("importar",)

    @action(description=IMPORT, url_path="importar", icon="upload_file", permissions=["change"])  # type: ignore[untyped-decorator]
    def importar(self, request: HttpRequest) -> HttpResponse:
        form = ImportForm(request.POST or None, request.FILES or None)
        return self.import_page(request, form, EXPLAIN_DE_PARA, self._import)

    def _import(self, data: dict[str, Any]) -> Imported:
        file = data["arquivo"]
        return de_para.import_file(file.name, file, aba=data["aba"], substituir=data["substituir"])


@admin.register(Caminho)
class CaminhoAdmin(Touching, ModelAdmin):  # type: ignore[misc]
    form = CaminhoForm
    list_display = ("descricao_ou_chave", "chave", "caminho")
    actions = ("verificar",)

    def get_readonly_fields(self, request: HttpRequest, obj: Caminho | None = None) -> tuple[str, ...]:
        return ("chave",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # the ETL command knows each by its key; an empty path is enough

    @admin.display(description="para quê", ordering="ordem")
    def descricao_ou_chave(self, caminho: Caminho) -> str:
        return caminho.descricao or caminho.chave

    @admin.action(description="Verificar", permissions=["view"])
    def verificar(self, request: HttpRequest, queryset: QuerySet[Caminho]) -> None:
        given = dict(queryset.values_list("chave", "caminho"))
        for status in caminhos.validate_all(given):
            level = messages.SUCCESS if status.ok else messages.ERROR
            messages.add_message(request, level, f"{status.chave}: {status.mensagem}")


@admin.register(Periodo)
class PeriodoAdmin(ByPapel, ModelAdmin):  # type: ignore[misc]
    """One row, always there."""

    form = PeriodoForm
    list_display = ("__str__", "data_inicial", "data_final", "usar_d1_anbima", "alterado_em")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and not Periodo.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
