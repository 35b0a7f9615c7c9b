"""Our user for whom the provider names: made at the first login, with the role that the claim gives at each."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from etlhub import sessions
from etlhub.access import Papel, set_papel
from etlhub.errors import Conflict, Forbidden
from etlhub.models import IdentidadeExterna
from etlhub.oidc.config import Config

MAX_SUBJECT = 255
# Our field, its claim, its longest value.
NAMES = (("first_name", "given_name", 150), ("last_name", "family_name", 150), ("email", "email", 254))


class Refused(Forbidden):
    """The provider vouches for the person, and the hub still does not let them in. `user` when it is known here."""

    def __init__(self, message: str, user: User | None = None) -> None:
        super().__init__(message)
        self.user = user


def user_for(wanted: Config, issuer: str, claims: dict[str, Any]) -> User:
    """The user, with name and role as the claims say now. Refused when there is no role or no account for them."""
    subject = str(claims["sub"])
    if not subject or len(subject) > MAX_SUBJECT or not subject.isprintable():
        raise Refused("O provedor de login não identificou sua conta.")
    papel = role_of(wanted, claims)
    user = _linked(issuer, subject)
    if papel is None:
        if user is not None:
            set_papel(user, Papel.NENHUM)
            sessions.end_all(user)
        raise Refused("Sua conta não tem acesso ao ETL Hub. Peça um papel a quem administra os acessos.", user)
    if user is None:
        user = _make(wanted, issuer, subject, claims)
    if not user.is_active:
        raise Refused("Seu usuário no ETL Hub está desativado. Fale com um administrador.", user)
    _update(user, papel, claims)
    return user


def role_of(wanted: Config, claims: dict[str, Any]) -> Papel | None:
    """The highest role that the claim's values map to."""
    return max(
        (wanted.papeis[value] for value in claim_values(claims, wanted.claim) if value in wanted.papeis), default=None
    )


def claim_values(claims: dict[str, Any], name: str) -> list[str]:
    """The texts of a claim: by its whole name, else by a path such as `realm_access.roles`."""
    found: Any = claims.get(name)
    if found is None:
        found = claims
        for part in name.split("."):
            found = found.get(part) if isinstance(found, dict) else None
    values = found if isinstance(found, list) else [found]
    return [value for value in values if isinstance(value, str)]


def link(user: User, issuer: str, subject: str) -> None:
    """Let an existing account come in by the provider from now on. Conflict for a superuser: it is the emergency way in."""
    if user.is_superuser:
        raise Conflict("Um superusuário não se liga ao provedor: é o acesso de emergência, só com senha.")
    try:
        with transaction.atomic():
            IdentidadeExterna.objects.create(user=user, emissor=issuer, sub=subject)
    except IntegrityError:
        raise Conflict("Este usuário, ou esta conta do provedor, já está ligado.") from None


def _linked(issuer: str, subject: str) -> User | None:
    found = IdentidadeExterna.objects.select_related("user").filter(emissor=issuer, sub=subject).first()
    return found.user if found else None


def _make(wanted: Config, issuer: str, subject: str, claims: dict[str, Any]) -> User:
    """A new user. A name that is taken is not taken over: who may choose a name at the provider could become anyone here."""
    name = _username(wanted, claims)
    if User.objects.filter(username__iexact=name).exists():
        raise Refused(
            f"Já existe no ETL Hub um usuário “{name}”. Para entrar como ele, peça a um administrador que rode: "
            f"manage.py link_identity {name} {subject}"
        )
    try:
        with transaction.atomic():
            user = User(username=name)
            user.set_unusable_password()
            user.save()
            IdentidadeExterna.objects.create(user=user, emissor=issuer, sub=subject)
    except IntegrityError:  # the same person in two windows at once
        if (found := _linked(issuer, subject)) is not None:
            return found
        raise Refused(f"O usuário “{name}” acabou de ser criado por outra pessoa. Tente de novo.") from None
    return user


def _username(wanted: Config, claims: dict[str, Any]) -> str:
    for name in (wanted.username_claim, "preferred_username", "email", "sub"):
        values = claim_values(claims, name)
        if values and (text := re.sub(r"[^\w.@+-]", "_", values[0].strip())[:150]):
            return text
    raise Refused("O provedor de login não informou um nome de usuário.")


def _update(user: User, papel: Papel, claims: dict[str, Any]) -> None:
    for field, claim, limit in NAMES:
        if values := claim_values(claims, claim):
            setattr(user, field, values[0].replace("\x00", "")[:limit])
    user.save(update_fields=[field for field, _, _ in NAMES])
    set_papel(user, papel)
