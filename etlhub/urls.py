"""Routes: the API, the admin, login, and the React build for everything else."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path, re_path

from etlhub.api import api, unknown_api
from etlhub.spa import index

urlpatterns = [
    re_path(r"^api/?$", unknown_api),
    path("api/", api.urls),
    re_path(r"^api(?:/.*)?$", unknown_api),
    path("admin/", admin.site.urls),
    path("entrar/", LoginView.as_view(template_name="entrar.html", redirect_authenticated_user=True), name="entrar"),
    path("sair/", LogoutView.as_view(), name="sair"),
    re_path(r"^(?!static/).*$", index),
]
