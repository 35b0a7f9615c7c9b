"""The login forms of Django's own pages, with the same throttle as the API's login."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.forms import ValidationError
from unfold.forms import AuthenticationForm as UnfoldAuthenticationForm

from etlhub import login
from etlhub.errors import HubError


class Throttled:
    """Judges name and password by etlhub.login."""

    def clean(self: Any) -> dict[str, Any]:
        username, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if username and password:
            try:
                self.user_cache = login.authenticate(self.request, username, password)
            except HubError as error:
                raise ValidationError(error.message) from None
            self.confirm_login_allowed(self.user_cache)
        return dict(self.cleaned_data)


class LoginForm(Throttled, AuthenticationForm):  # type: ignore[misc]  # both define user_cache
    """Of `/entrar/`."""


class AdminLoginForm(Throttled, UnfoldAuthenticationForm):  # type: ignore[misc]  # unfold ships no types
    """Of `/admin/login/`."""
