"""Users and groups in Django admin, and the one rule of who may do what in it: the papel (etlhub.access)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminSelectWidget

from etlhub import second_factor
from etlhub.access import Papel, papel_of, set_papel

PAPEIS = {
    Papel.VISUALIZADOR: "Visualizador: só olha",
    Papel.OPERADOR: "Operador: executa e cancela",
    Papel.ADMINISTRADOR: "Administrador: configura, também aqui na administração",
}


class ByPapel:
    """Everyone who may enter the admin may look; only administrators change."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return papel_of(request.user) >= Papel.VISUALIZADOR

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return papel_of(request.user) >= Papel.VISUALIZADOR

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return papel_of(request.user) >= Papel.ADMINISTRADOR

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return papel_of(request.user) >= Papel.ADMINISTRADOR

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return papel_of(request.user) >= Papel.ADMINISTRADOR


class ForAdministrators(ByPapel):
    """Not even seen by others."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return papel_of(request.user) >= Papel.ADMINISTRADOR

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return papel_of(request.user) >= Papel.ADMINISTRADOR


class PapelField(forms.TypedChoiceField):
    """Chooses a role; a group of that name holds it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label="Papel",
            choices=[(int(papel), text) for papel, text in PAPEIS.items()],
            coerce=lambda value: Papel(int(value)),
            widget=UnfoldAdminSelectWidget,
            initial=int(Papel.OPERADOR),
            **kwargs,
        )


class UserForm(UserChangeForm):  # type: ignore[misc]  # unfold ships no types
    papel = PapelField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "papel" in self.fields:
            # An inactive user has no role now, but the one to come back to stays.
            roles = [papel for papel in PAPEIS if papel.name.lower() in group_names(self.instance)]
            papel = Papel.ADMINISTRADOR if self.instance.is_superuser else max(roles, default=Papel.OPERADOR)
            self.initial["papel"] = int(papel)
            self.fields["papel"].disabled = self.instance.is_superuser


class NewUserForm(UserCreationForm):  # type: ignore[misc]
    papel = PapelField()


def group_names(user: User) -> set[str]:
    return {name.lower() for name in user.groups.values_list("name", flat=True)}


admin.site.login_template = "admin/entrar.html"
admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(ForAdministrators, DjangoUserAdmin, ModelAdmin):  # type: ignore[misc,type-arg]
    form = UserForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "nome", "papel", "fator", "is_active", "last_login")
    list_select_related = ("segundo_fator",)
    actions = ("remover_segundo_fator",)
    list_filter = ("is_active", "groups")
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Pessoa", {"fields": ("first_name", "last_name", "email")}),
        ("Acesso", {"fields": ("papel", "is_active")}),
        ("Datas", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("username", "papel", "password1", "password2")}),)

    @admin.display(description="nome")
    def nome(self, user: User) -> str:
        return user.get_full_name() or "—"

    @admin.display(description="papel")
    def papel(self, user: User) -> str:
        return papel_of(user).name.capitalize()

    @admin.display(description="segundo fator", boolean=True)
    def fator(self, user: User) -> bool:
        return hasattr(user, "segundo_fator") and user.segundo_fator.confirmado_em is not None

    @admin.action(description="Remover o segundo fator", permissions=["change"])
    def remover_segundo_fator(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """For who lost the phone. One's own goes with password and code, in the interface."""
        allowed = [user for user in queryset if user != request.user and self.has_change_permission(request, user)]
        gone = [user.get_username() for user in allowed if second_factor.remove(user)]
        if len(allowed) < len(queryset):
            messages.warning(request, "O seu e o de um superusuário não se removem aqui.")
        messages.success(request, f"Segundo fator removido de: {', '.join(gone) or 'ninguém'}.")

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody deletes the own account, nor an administrator a superuser."""
        if obj is not None and (obj == request.user or (obj.is_superuser and not request.user.is_superuser)):
            return False
        return super().has_delete_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Only a superuser changes a superuser: else an administrator could take its password over."""
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if "papel" in form.cleaned_data and not form.instance.is_superuser:
            set_papel(form.instance, form.cleaned_data["papel"])


@admin.register(Group)
class GroupAdmin(ForAdministrators, DjangoGroupAdmin, ModelAdmin):  # type: ignore[misc]
    """Roles are groups of the same names; other groups may be used for anything."""

    list_display = ("name", "membros")
    fields = ("name",)

    @admin.display(description="usuários")
    def membros(self, group: Group) -> int:
        return group.user_set.count()
