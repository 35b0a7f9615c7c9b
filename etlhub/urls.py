"""Routes: the API, the admin, login, and the React build for everything else."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponseBase
from django.urls import path, re_path, reverse_lazy

from etlhub.api import api, unknown_api
from etlhub.login_forms import LoginForm, OwnPasswordView
from etlhub.oidc import views as oidc
from etlhub.oidc.logout import Sair
from etlhub.operations import metrics
from etlhub.spa import favicon, index

entrar = LoginView.as_view(template_name="entrar.html", authentication_form=LoginForm, redirect_authenticated_user=True)


def change_own_password(request: HttpRequest) -> HttpResponseBase:
    """Within the admin's frame, in place of the admin's own."""
    context = {**admin.site.each_context(request), "title": "Trocar a senha"}
    done = reverse_lazy("admin:password_change_done")
    return OwnPasswordView.as_view(success_url=done, extra_context=context)(request)


urlpatterns = [
    re_path(r"^api/?$", unknown_api),
    path("api/", api.urls),
    re_path(r"^api(?:/.*)?$", unknown_api),
    path("metrics", metrics.view),
    path("admin/password_change/", admin.site.admin_view(change_own_password, cacheable=True)),
    path("admin/logout/", Sair.as_view()),
    path("admin/", admin.site.urls),
    path("entrar/", entrar, name="entrar"),
    path("entrar/oidc/", oidc.start),
    path("entrar/oidc/retorno/", oidc.back),
    path("sair/", Sair.as_view(), name="sair"),
    path("favicon.ico", favicon),
    re_path(r"^(?!static/).*$", index),
]

handler400 = "etlhub.error_pages.bad_request"
handler403 = "etlhub.error_pages.forbidden"
handler404 = "etlhub.error_pages.not_found"
handler500 = "etlhub.error_pages.server_error"
