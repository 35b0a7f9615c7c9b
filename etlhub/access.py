"""Who may do what: the one permission check, for HTTP, WebSocket, admin and commands.

Roles are Django groups of the same names; each includes the ones before it.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from etlhub.errors import Forbidden, NotLoggedIn

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User


class Papel(IntEnum):
    """What a user may do: look, run, configure."""

    NENHUM = 0
    VISUALIZADOR = 1
    OPERADOR = 2
    ADMINISTRADOR = 3


def papel_of(user: User | AnonymousUser) -> Papel:
    """The highest role of `user`; a superuser is administrador, a user without a group is operador."""
    if not user.is_authenticated or not user.is_active:
        return Papel.NENHUM
    if user.is_superuser:
        return Papel.ADMINISTRADOR
    names = {name.upper() for name in user.groups.values_list("name", flat=True)}
    roles = [papel for papel in Papel if papel.name in names]
    return max(roles, default=Papel.OPERADOR)


def check(user: User | AnonymousUser, minimum: Papel) -> None:
    """Raise NotLoggedIn or Forbidden unless `user` has at least the role `minimum`."""
    papel = papel_of(user)
    if papel is Papel.NENHUM:
        raise NotLoggedIn
    if papel < minimum:
        raise Forbidden(f"Seu usuário não tem permissão para isto: é preciso ser {minimum.name.lower()}.")


def requires(minimum: Papel) -> Callable[[HttpRequest], Any]:
    """The `auth=` of an API operation that needs the role `minimum`."""

    def authenticate(request: HttpRequest) -> Any:
        check(request.user, minimum)
        return request.user

    return authenticate


ver = requires(Papel.VISUALIZADOR)
executar = requires(Papel.OPERADOR)
administrar = requires(Papel.ADMINISTRADOR)
