"""Routes: the API, the admin, login, and the React build for everything else."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path, re_path

from etlhub.api import api, unknown_api
from etlhub.login_forms import LoginForm
from etlhub.operations import metrics
from etlhub.spa import favicon, index

entrar = LoginView.as_view(template_name="entrar.html", authentication_form=LoginForm, redirect_authenticated_user=True)

urlpatterns = [
    re_path(r"^api/?$", unknown_api),
    path("api/", api.urls),
    re_path(r"^api(?:/.*)?$", unknown_api),
    path("metrics", metrics.view),
    path("admin/", admin.site.urls),
    path("entrar/", entrar, name="entrar"),
    path("sair/", LogoutView.as_view(), name="sair"),
    path("favicon.ico", favicon),
    re_path(r"^(?!static/).*$", index),
]

handler400 = "etlhub.error_pages.bad_request"
handler403 = "etlhub.error_pages.forbidden"
handler404 = "etlhub.error_pages.not_found"
handler500 = "etlhub.error_pages.server_error"
