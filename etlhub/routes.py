"""Every way into the hub and the role it asks for, read from the routes themselves: for the docs and for the tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpRequest

from etlhub.access import Papel, Requires


@dataclass(frozen=True)
class Route:
    """One method of one address; `minimum` is NENHUM where no login is asked for."""

    method: str
    path: str
    minimum: Papel


@dataclass(frozen=True)
class AdminPage:
    """What one model's pages in the admin ask for; None: nobody may."""

    name: str
    url_name: str
    view: Papel | None
    change: Papel | None
    delete: Papel | None


def api_routes() -> list[Route]:
    """The API's operations, by path."""
    from etlhub.api import api

    found = [Route("GET", "/api/openapi.json", Papel.VISUALIZADOR)]
    for router in api._get_bound_routers():  # ninja gives no public way to list what is mounted
        for path, view in router.path_operations.items():
            full = re.sub(r"/+", "/", f"/api/{router.prefix}/{path}").rstrip("/")
            full = re.sub(r"{[^}:]+:", "{", full)
            for operation in view.operations:
                minimum = minimum_of(operation.auth_callbacks)
                found.extend(Route(method, full, minimum) for method in operation.methods)
    return sorted(found, key=lambda route: (route.path, route.method))


def minimum_of(callbacks: Any) -> Papel:
    """The role that an operation's `auth=` asks for. TypeError for any guard but ours: it could not be shown."""
    if not callbacks:
        return Papel.NENHUM
    if len(callbacks) != 1 or not isinstance(callbacks[0], Requires):
        raise TypeError(f"not guarded by etlhub.access: {callbacks}")
    return callbacks[0].minimum


def admin_pages() -> list[AdminPage]:
    """The models in the admin, by name."""
    pages = [
        AdminPage(
            str(model._meta.verbose_name_plural),
            f"{model._meta.app_label}_{model._meta.model_name}",
            *(_least(model_admin, what) for what in ("view", "change", "delete")),
        )
        for model, model_admin in admin.site._registry.items()
    ]
    return sorted(pages, key=lambda page: page.name)


def _least(model_admin: Any, what: str) -> Papel | None:
    """The lowest role that the model's admin grants `what` to."""
    for papel in list(Papel)[1:]:
        request = HttpRequest()
        request.user = _persona(papel)
        if getattr(model_admin, f"has_{what}_permission")(request):
            return papel
    return None


def _persona(papel: Papel) -> User:
    """A user of that role who is in no database."""
    groups = SimpleNamespace(all=lambda: [SimpleNamespace(name=papel.name)])
    no: Any = lambda *_: False  # noqa: E731
    return cast(
        User,
        SimpleNamespace(
            pk=0, is_authenticated=True, is_active=True, is_staff=True, is_superuser=False, groups=groups,
            has_perm=no, has_perms=no, has_module_perms=no,
        ),
    )  # fmt: skip


def markdown() -> str:
    """docs/papeis.md."""
    return "\n".join([*_head(), *_api_table(), *_rest_table(), *_admin_table()]) + "\n"


NAMES = ("ninguém", "visualizador", "operador", "administrador")


def _head() -> Iterator[str]:
    yield from (
        "# Papéis: quem pode o quê",
        "",
        "Feito a partir do código por `python manage.py show_access --write docs/papeis.md`; não edite à mão.",
        "",
        "Cada papel inclui os anteriores: visualizador (só olha) < operador (executa e cancela) < administrador",
        "(configura). O papel é o grupo de mesmo nome; um superusuário é administrador e um usuário sem grupo é operador.",
        "O grupo `nenhum` tira todos os direitos sem desativar a conta. Um token de API tem o papel com que foi criado,",
        "nunca maior que o do dono.",
        "",
        "✓ = permitido; 401 = é preciso entrar; 403 = o papel não basta.",
        "",
    )


def _header(*columns: str) -> list[str]:
    return ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]


def _cells(minimum: Papel) -> str:
    nobody = "✓" if minimum is Papel.NENHUM else "401"
    return " | ".join([nobody, *("✓" if papel >= minimum else "403" for papel in list(Papel)[1:])])


def _api_table() -> Iterator[str]:
    yield from ("## API", "", *_header("Endereço", *NAMES))
    for route in api_routes():
        yield f"| `{route.method} {route.path}` | {_cells(route.minimum)} |"


def _rest_table() -> Iterator[str]:
    yield from ("", "## WebSocket e páginas", "", *_header("Endereço", "O que é", *NAMES))
    yield "| `/ws` | Eventos ao vivo | fecha com 4001 | ✓ | ✓ | ✓ |"
    yield "| `/metrics` | Métricas (Prometheus); da própria máquina, sem login | 401 | 403 | 403 | ✓ |"
    yield "| `/` e as demais páginas | A interface; ela mesma pede o login | ✓ | ✓ | ✓ | ✓ |"
    yield "| `/` com `REACT_BUILD_DIR` de terceiros | A interface que não tem login | vai a `/entrar/` | ✓ | ✓ | ✓ |"
    yield "| `/entrar/`, `/sair/` | Entrar e sair sem a interface | ✓ | ✓ | ✓ | ✓ |"
    yield "| `/entrar/oidc/`, `/entrar/oidc/retorno/` | Entrar pela conta da empresa; 404 sem ela | ✓ | ✓ | ✓ | ✓ |"
    yield "| `/admin/` | Administração | vai ao login | não entra | não entra | ✓ |"


def _admin_table() -> Iterator[str]:
    yield from (
        "",
        "## Administração",
        "",
        "Só entra em `/admin/` quem é administrador (marca `is_staff`). O menor papel que cada página pede:",
        "",
        *_header("Cadastro", "ver", "alterar", "apagar"),
    )
    for page in admin_pages():
        asked = (page.view, page.change, page.delete)
        yield f"| {page.name} | " + " | ".join(papel.name.lower() if papel else "—" for papel in asked) + " |"
