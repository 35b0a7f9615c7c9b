"""The forms of Django's own pages that judge a password or a code, all by etlhub.login: one throttle, one second factor."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.contrib.auth.views import PasswordChangeView
from django.forms import ValidationError
from django.http import HttpRequest
from unfold.forms import AdminOwnPasswordChangeForm
from unfold.forms import AuthenticationForm as UnfoldAuthenticationForm
from unfold.widgets import BASE_INPUT_CLASSES, INPUT_CLASSES

from etlhub import login, second_factor
from etlhub.errors import HubError
from etlhub.oidc import config as oidc


def code_field(
    classes: list[str] | None = None, *, label: str = "Código do autenticador (se você usa)"
) -> forms.CharField:
    attributes = {"autocomplete": "one-time-code", "inputmode": "text", "class": " ".join(classes or [])}
    widget = forms.TextInput(attrs=attributes)
    return forms.CharField(label=label, max_length=login.CODE_LENGTH, required=False, widget=widget)


class Throttled:
    """Judges name, password and code by etlhub.login. Asks for a code only where somebody has a second factor."""

    code_classes: list[str] | None = None

    def __init__(self: Any, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)  # type: ignore[call-arg]
        self.oidc = {"nome": oidc.name(), "path": oidc.LOGIN_PATH} if oidc.enabled() else None
        if second_factor.in_use():
            self.fields["codigo"] = code_field(self.code_classes)

    def clean(self: Any) -> dict[str, Any]:
        username, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if username and password:
            try:
                self.user_cache = login.authenticate(
                    self.request, username, password, self.cleaned_data.get("codigo") or ""
                )
            except HubError as error:
                raise ValidationError(error.message) from None
            self.confirm_login_allowed(self.user_cache)
        return dict(self.cleaned_data)


class LoginForm(Throttled, AuthenticationForm):  # type: ignore[misc]  # both define user_cache
    """Of `/entrar/`."""


class AdminLoginForm(Throttled, UnfoldAuthenticationForm):  # type: ignore[misc]  # unfold ships no types
    """Of `/admin/login/`."""

    code_classes = BASE_INPUT_CLASSES


class OwnPasswordForm(AdminOwnPasswordChangeForm):  # type: ignore[misc]
    """Of `/admin/password_change/`: Django's own would let the old password be guessed without end."""

    def __init__(self, user: User, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.request = request
        if second_factor.active(user):
            self.fields["codigo"] = code_field(INPUT_CLASSES, label="Código do autenticador")

    def clean_old_password(self) -> str:
        password = str(self.cleaned_data["old_password"])
        code = str(self.data.get("codigo", ""))[: login.CODE_LENGTH]
        try:
            login.authenticate(self.request, self.user.get_username(), password, code)
        except HubError as error:
            raise ValidationError(error.message) from None
        return password


class OwnPasswordView(PasswordChangeView):
    form_class = OwnPasswordForm
    template_name = "admin/trocar_senha.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}
