"""Log in, log out, who am I: the session endpoints that our own React page uses. Tries are throttled."""

from __future__ import annotations

from typing import Any

from django.contrib import auth
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from etlhub import access, sessions, throttle
from etlhub.errors import FieldError, Forbidden, Invalid, NotLoggedIn, TooMany

router = Router(tags=["acesso"])

WINDOW_SECONDS = 300
TRIES_FROM_ADDRESS = 10
"""Failed logins of one account from one address within the window."""
TRIES_OF_ACCOUNT = 60
"""Of one account from anywhere: more, so that a stranger cannot easily lock its owner out."""
TRIES_OF_ADDRESS = 60
"""From one address: more, an office may share it."""


class Login(Schema):
    username: str = Field(max_length=150)
    password: str = Field(max_length=4096)


class Senha(Schema):
    atual: str = Field(max_length=4096)
    nova: str = Field(max_length=4096)


class Usuario(Schema):
    username: str
    nome: str
    papel: str


class Done(Schema):
    success: bool = True
    status: str = "success"
    message: str


class LoginDone(Done):
    usuario: Usuario


def authenticate(request: HttpRequest, username: str, password: str) -> User:
    """The user of that name and password; TooMany after too many tries, NotLoggedIn when they are wrong.

    Each try is counted before it is judged, so that many at once count too.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    account = username.strip().lower()
    pair, whole, place = f"conta:{account}:{address}", f"conta:{account}", f"endereco:{address}"
    limits = {pair: TRIES_FROM_ADDRESS, whole: TRIES_OF_ACCOUNT, place: TRIES_OF_ADDRESS}
    if wait := throttle.take(limits, WINDOW_SECONDS):
        text = f"{-(-wait // 60)} min" if wait >= 60 else f"{wait} s"
        raise TooMany(f"Muitas tentativas de entrar. Espere {text} e tente de novo.", wait)
    user = auth.authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        raise NotLoggedIn("Usuário ou senha incorretos.")
    throttle.reset([pair, whole], WINDOW_SECONDS)
    throttle.give_back([place], WINDOW_SECONDS)
    return user


def _profile(user: User) -> dict[str, Any]:
    return {
        "username": user.get_username(),
        "nome": user.get_full_name() or user.get_username(),
        "papel": access.papel_of(user).name.lower(),
    }


def own_user(request: HttpRequest) -> User:
    """The user behind a guarded request, of a browser session. Forbidden for a token: it must not reach so far."""
    if not isinstance(request.user, User) or hasattr(request.user, access.LIMIT):
        raise Forbidden("Isto se faz com usuário e senha, não com um token de API.")
    return request.user


@router.post("/login", auth=None, response=LoginDone)
def login(request: HttpRequest, payload: Login) -> dict[str, Any]:
    """Open a session. 401 when name or password is wrong, 429 after too many tries."""
    user = authenticate(request, payload.username, payload.password)
    auth.login(request, user)
    return {"message": "Bem-vindo.", "usuario": _profile(user)}


@router.post("/logout", auth=None, response=Done)
def logout(request: HttpRequest) -> dict[str, Any]:
    """Close the session, if there is one."""
    auth.logout(request)
    return {"message": "Você saiu."}


@router.post("/logout-all", auth=access.ver, response=Done)
def logout_all(request: HttpRequest) -> dict[str, Any]:
    """Close every session of this user, this one too. API tokens stay."""
    user = own_user(request)
    auth.logout(request)
    others = sessions.end_all(user)
    return {"message": f"Você saiu de todos os lugares ({others + 1} sessão(ões) encerrada(s))."}


@router.post("/senha", auth=access.ver, response=Done)
def change_password(request: HttpRequest, payload: Senha) -> dict[str, Any]:
    """Set another password; every other session of this user ends."""
    try:
        user = authenticate(request, own_user(request).get_username(), payload.atual)
    except NotLoggedIn:
        raise Invalid([FieldError("atual", "a senha atual não é esta")]) from None
    try:
        validate_password(payload.nova, user)
    except ValidationError as error:
        raise Invalid([FieldError("nova", message) for message in error.messages]) from None
    user.set_password(payload.nova)
    user.save(update_fields=["password"])
    auth.update_session_auth_hash(request, user)
    return {"message": "Senha trocada; as outras sessões foram encerradas."}


@router.get("/me", auth=access.ver, response=Usuario)
def me(request: HttpRequest) -> dict[str, Any]:
    """Who is logged in, and the role."""
    assert isinstance(request.user, User)  # noqa: S101  (for the type checker: AUTH_USER_MODEL is Django's own)
    return _profile(request.user)
