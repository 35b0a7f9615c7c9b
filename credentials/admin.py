"""The vault in Django admin: credentials with write-only secrets, the import of the predecessor's files, the audit."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from credentials import importing, legacy, store, vault
from credentials.forms import CLEAR_PREFIX, CredentialForm, ImportForm
from credentials.models import AuditEntry, Credential
from credentials.sections import SECRET_FIELDS
from credentials.uploads import MemoryOnly
from etlhub.access import Papel, papel_of
from etlhub.errors import HubError
from sistemas.models import Sistema

USUAL = ("password", "totp")
SITUATIONS = {
    "ok": "pronta",
    vault.SEM_CREDENCIAL: "falta preencher",
    vault.INFORMAR_DE_NOVO: "precisa ser informada de novo",
    vault.RECUSADA: "recusada pelo portal",
}


class AdministratorsOnly:
    """Only administrators see or change the vault."""

    def _may(self, request: HttpRequest) -> bool:
        return papel_of(request.user) >= Papel.ADMINISTRADOR

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Credential)
class CredentialAdmin(AdministratorsOnly, ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    form = CredentialForm
    list_display = ("sistema", "url", "username", "situacao", "alterado_em")
    list_select_related = ("sistema",)
    readonly_fields = ("situacao", "motivo")
    fieldsets = (
        (None, {"fields": ("situacao", "motivo", *("url", "username"), "versao_lida")}),
        ("Senha", {"fields": ("password", CLEAR_PREFIX + "password")}),
        (
            "Código do autenticador (opcional)",
            {
                "fields": ("totp", CLEAR_PREFIX + "totp"),
                "description": "O segredo em base32 ou o endereço otpauth:// que o portal mostra ao cadastrar o aplicativo. "
                "Com ele, ninguém precisa digitar o código durante a execução.",
            },
        ),
        (
            "Outros segredos (só se o portal usar)",
            {
                "fields": tuple(
                    name for campo in SECRET_FIELDS if campo not in USUAL for name in (campo, CLEAR_PREFIX + campo)
                ),
                "classes": ("collapse",),
            },
        ),
    )
    actions_list = ("importar",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Credential]:
        # Every sistema has its row here, so that nobody looks for an "add" button.
        missing = Sistema.objects.filter(credencial=None)
        Credential.objects.bulk_create([Credential(sistema=sistema) for sistema in missing], ignore_conflicts=True)
        return super().get_queryset(request)  # type: ignore[no-any-return]

    @display(description="situação", label={SITUATIONS["ok"]: "success", SITUATIONS[vault.RECUSADA]: "danger"})  # type: ignore[untyped-decorator]
    def situacao(self, row: Credential) -> str:
        problem = vault.check_startable([row.pk]).get(row.pk)
        return SITUATIONS[problem.codigo if problem else "ok"]

    @admin.display(description="o que fazer")
    def motivo(self, row: Credential) -> str:
        problem = vault.check_startable([row.pk]).get(row.pk)
        return problem.message if problem else "Nada: o login está completo."

    @sensitive_variables()
    def save_model(self, request: HttpRequest, obj: Credential, form: CredentialForm, change: bool) -> None:
        store.apply(
            obj.pk,
            form.change(),
            quem=request.user.get_username(),
            acao=AuditEntry.Acao.ALTERACAO,
            origem=_address(request),
        )

    @action(description="Importar do programa antigo", url_path="importar", icon="upload_file")  # type: ignore[untyped-decorator]
    def importar(self, request: HttpRequest) -> HttpResponse:
        return redirect(reverse("admin:credentials_importar"))

    def get_urls(self) -> list[URLPattern]:
        @csrf_exempt  # the handler must be set before anything reads the form; the inner view is protected
        @sensitive_post_parameters()
        def view(request: HttpRequest) -> HttpResponse:
            request.upload_handlers = [MemoryOnly(request)]
            return csrf_protect(self.import_view)(request)

        return [
            path("importar-arquivos/", self.admin_site.admin_view(view), name="credentials_importar"),
            *super().get_urls(),
        ]

    @sensitive_variables()
    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Upload, look at what would change, import."""
        if not self._may(request):
            raise PermissionDenied
        form = ImportForm(request.POST or None, request.FILES or None)
        done, dry_run = None, "importar" not in request.POST
        if request.method == "POST" and form.is_valid():
            try:
                done = self._import(request, form.cleaned_data, dry_run=dry_run)
            except HubError as error:
                form.add_error(None, error.message)
            else:
                if not dry_run:
                    messages.success(request, "Importação concluída.")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": "Importar do programa antigo",
            "form": form,
            "done": done,
            "dry_run": dry_run,
            "afterwards": importing.AFTERWARDS,
        }
        return render(request, "credentials/importar.html", context)

    @sensitive_variables()
    def _import(self, request: HttpRequest, data: dict[str, Any], *, dry_run: bool) -> importing.Imported:
        document: dict[str, Any] = {}
        states: dict[str, dict[str, Any]] = {}
        if data["credenciais"]:
            document = legacy.read_credentials(data["credenciais"].read(), data["chave"])
        if data["estado"]:
            states = legacy.read_states(data["estado"].read())
        who = request.user.get_username()
        return importing.run(document, states, quem=who, origem=_address(request), dry_run=dry_run)


@admin.register(AuditEntry)
class AuditAdmin(AdministratorsOnly, ModelAdmin):  # type: ignore[misc]
    list_display = ("em", "quem", "acao", "sistema", "campo", "origem", "detalhe")
    list_filter = ("acao", "sistema", "em")
    search_fields = ("quem", "sistema", "campo", "origem")
    date_hierarchy = "em"
    list_display_links = None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
