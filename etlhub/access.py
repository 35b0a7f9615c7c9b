"""Who may do what: the one permission check, for HTTP, WebSocket, admin and commands.

Roles are Django groups of the same names; each includes the ones before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest

from etlhub.errors import Forbidden, NotLoggedIn

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

LIMIT = "papel_maximo"
"""Attribute of a user object that lowers its role for this request: what an API token was made for."""


class Papel(IntEnum):
    """What a user may do: look, run, configure."""

    NENHUM = 0
    VISUALIZADOR = 1
    OPERADOR = 2
    ADMINISTRADOR = 3


def papel_of(user: User | AnonymousUser) -> Papel:
    """The highest role of `user`; a superuser is administrador, a user without a group is operador.

    The group `nenhum` alone takes every right away without closing the account.
    """
    if not user.is_authenticated or not user.is_active:
        return Papel.NENHUM
    own = _own(user)
    if hasattr(user, LIMIT):  # a token's: it has no second factor
        limit: Papel = getattr(user, LIMIT)
        return min(own, limit)
    if own is Papel.ADMINISTRADOR and second_factor_required(user) and not _has_second_factor(user):
        return Papel.OPERADOR
    return own


def _own(user: User) -> Papel:
    return Papel.ADMINISTRADOR if user.is_superuser else _by_groups(user)


def _by_groups(user: User) -> Papel:
    names = {group.name.upper() for group in user.groups.all()}
    return max((papel for papel in Papel if papel.name in names), default=Papel.OPERADOR)


def second_factor_required(user: User) -> bool:
    """Whether this is an administrator with a password of ours, and such must have a second factor; until then operador."""
    if not settings.TOTP_ADMINISTRADORES or _own(user) is not Papel.ADMINISTRADOR:
        return False
    from etlhub import second_factor

    return second_factor.applies_to(user)


def _has_second_factor(user: User) -> bool:
    from etlhub import second_factor

    return second_factor.active(user) is not None


def set_papel(user: User, papel: Papel) -> None:
    """Give `user` exactly this role. Groups that are no role are left alone. Administrators may enter the admin."""
    from django.contrib.auth.models import Group

    roles = {each.name.lower() for each in Papel}
    user.groups.remove(*[group for group in user.groups.all() if group.name.lower() in roles])
    group, _ = Group.objects.get_or_create(name=papel.name.lower())
    user.groups.add(group)
    staff = user.is_superuser or papel is Papel.ADMINISTRADOR
    if user.is_staff != staff:
        user.is_staff = staff
        user.save(update_fields=["is_staff"])


def check(user: User | AnonymousUser, minimum: Papel, papel: Papel | None = None) -> None:
    """Raise NotLoggedIn or Forbidden unless `user` has at least the role `minimum`; `papel` when it is known already."""
    if not user.is_authenticated or not user.is_active:
        raise NotLoggedIn
    if (papel_of(user) if papel is None else papel) < minimum:
        raise Forbidden(f"Seu usuário não tem permissão para isto: é preciso ser {minimum.name.lower()}.")


def papel_in(request: HttpRequest) -> Papel:
    """The role of who asks; looked up once a request."""
    user = request.user
    kept: tuple[int | None, Papel] | None = getattr(request, "papel_kept", None)
    if kept is None or kept[0] != user.pk:
        kept = (user.pk, papel_of(user))
        request.papel_kept = kept  # type: ignore[attr-defined]
    return kept[1]


@dataclass(frozen=True)
class Requires:
    """The `auth=` of an API operation that needs the role `minimum`."""

    minimum: Papel

    def __call__(self, request: HttpRequest) -> Any:
        check(request.user, self.minimum, papel_in(request))
        return request.user


ver = Requires(Papel.VISUALIZADOR)
executar = Requires(Papel.OPERADOR)
administrar = Requires(Papel.ADMINISTRADOR)
