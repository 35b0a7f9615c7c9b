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

from etlhub import access, audit, second_factor, sessions, throttle
from etlhub.errors import CodeNeeded, FieldError, Forbidden, Invalid, NotLoggedIn, TooMany, WrongCode
from etlhub.oidc import config as oidc

router = Router(tags=["acesso"])

WINDOW_SECONDS = 300
TRIES_FROM_ADDRESS = 10
"""Failed logins of one account from one address within the window."""
TRIES_OF_ACCOUNT = 60
"""Of one account from anywhere: more, so that a stranger cannot easily lock its owner out."""
TRIES_OF_ADDRESS = 60
"""From one address: more, an office may share it."""

CODE_WINDOW_SECONDS = 3600
TRIES_OF_CODE = 10
"""Wrong codes of one account within the hour, from anywhere: only who knows the password comes so far."""
CODE_LENGTH = 40


class Login(Schema):
    """`codigo`: of the authenticator app, or a recovery code; asked for (401, `segundo_fator`) where the user has one."""

    username: str = Field(max_length=150)
    password: str = Field(max_length=4096)
    codigo: str = Field("", max_length=CODE_LENGTH)


class Senha(Schema):
    atual: str = Field(max_length=4096)
    nova: str = Field(max_length=4096)
    codigo: str = Field("", max_length=CODE_LENGTH)


class Usuario(Schema):
    username: str
    nome: str
    papel: str
    falta_segundo_fator: bool
    """An administrator who counts as operador until the second factor is set up."""


class Done(Schema):
    success: bool = True
    status: str = "success"
    message: str


class LoginDone(Done):
    usuario: Usuario


class LogoutDone(Done):
    sair_em: str | None
    """Where the session at the company's provider ends, for one that came in by it."""


class Provedor(Schema):
    nome: str
    endereco: str


class Opcoes(Schema):
    """`senha`: false where it is for emergencies only."""

    senha: bool
    oidc: Provedor | None


def authenticate(request: HttpRequest, username: str, password: str, code: str = "") -> User:
    """The user of that name, password and, where there is a second factor, code.

    TooMany after too many tries, NotLoggedIn when name or password is wrong, CodeNeeded or WrongCode for the code.
    Each try is counted before it is judged, so that many at once count too.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    account = username.strip().lower()
    pair, whole, place = f"conta:{account}:{address}", f"conta:{account}", f"endereco:{address}"
    limits = {pair: TRIES_FROM_ADDRESS, whole: TRIES_OF_ACCOUNT, place: TRIES_OF_ADDRESS}
    if wait := throttle.take(limits, WINDOW_SECONDS):
        raise too_many(wait)
    user = auth.authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        raise NotLoggedIn("Usuário ou senha incorretos.")
    if not oidc.password_login(superuser=user.is_superuser):
        audit.note_failed(request, user, "Login com senha desligado.")
        raise NotLoggedIn(f"O login com senha está desligado: entre com {oidc.name()}.")
    try:
        _check_code(request, user, code)
    except CodeNeeded as error:
        if not isinstance(error, WrongCode):
            throttle.give_back(list(limits), WINDOW_SECONDS)
        raise
    throttle.reset([pair, whole], WINDOW_SECONDS)
    throttle.give_back([place], WINDOW_SECONDS)
    return user


def too_many(wait: int) -> TooMany:
    text = f"{-(-wait // 60)} min" if wait >= 60 else f"{wait} s"
    return TooMany(f"Muitas tentativas de entrar. Espere {text} e tente de novo.", wait)


def _check_code(request: HttpRequest, user: User, code: str) -> None:
    factor = second_factor.active(user)
    if factor is None:
        return
    if not code.strip():
        raise CodeNeeded
    count_code(user)
    if not second_factor.accept(factor, code):
        audit.note_failed(request, user, "Código do segundo fator incorreto.")
        raise WrongCode
    forget_codes(user)


def count_code(user: User) -> None:
    """Count a code that is about to be judged; TooMany when there were too many wrong ones."""
    if wait := throttle.take({f"codigo:{user.pk}": TRIES_OF_CODE}, CODE_WINDOW_SECONDS):
        raise too_many(wait)


def forget_codes(user: User) -> None:
    """After a right code."""
    throttle.reset([f"codigo:{user.pk}"], CODE_WINDOW_SECONDS)


def confirm_identity(request: HttpRequest, password: str, code: str = "", campo: str = "senha") -> User:
    """Who is logged in, once the password (and the code) came again; Invalid names the wrong field."""
    try:
        return authenticate(request, own_user(request).get_username(), password, code)
    except CodeNeeded as error:
        raise Invalid([FieldError("codigo", error.message)]) from None
    except NotLoggedIn:
        raise Invalid([FieldError(campo, "a senha atual não é esta")]) from None


def _profile(user: User) -> dict[str, Any]:
    papel, by_token = access.papel_of(user), hasattr(user, access.LIMIT)
    return {
        "username": user.get_username(),
        "nome": user.get_full_name() or user.get_username(),
        "papel": papel.name.lower(),
        "falta_segundo_fator": not by_token
        and papel < access.Papel.ADMINISTRADOR
        and access.second_factor_required(user),
    }


def own_user(request: HttpRequest) -> User:
    """The user behind a guarded request, of a browser session. Forbidden for a token: it must not reach so far."""
    if not isinstance(request.user, User) or hasattr(request.user, access.LIMIT):
        raise Forbidden("Isto se faz com usuário e senha, não com um token de API.")
    return request.user


@router.post("/login", auth=None, response=LoginDone)
def login(request: HttpRequest, payload: Login) -> dict[str, Any]:
    """Open a session. 401 when name, password or code is wrong or missing, 429 after too many tries."""
    user = authenticate(request, payload.username, payload.password, payload.codigo)
    auth.login(request, user)
    return {"message": "Bem-vindo.", "usuario": _profile(user)}


@router.get("/opcoes", auth=None, response=Opcoes)
def options(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001  (ninja hands it over)
    """The ways to log in, for the login page."""
    provider = {"nome": oidc.name(), "endereco": oidc.LOGIN_PATH} if oidc.enabled() else None
    return {"senha": oidc.password_login(), "oidc": provider}


@router.post("/logout", auth=None, response=LogoutDone)
def logout(request: HttpRequest) -> dict[str, Any]:
    """Close the session, if there is one."""
    from etlhub.oidc.logout import leave

    return {"message": "Você saiu.", "sair_em": leave(request) or None}


@router.post("/logout-all", auth=access.ver, response=Done)
def logout_all(request: HttpRequest) -> dict[str, Any]:
    """Close every session of this user, this one too. API tokens stay."""
    user = own_user(request)
    auth.logout(request)
    others = sessions.end_all(user)
    ended = f"{others + 1} sessões encerradas" if others else "1 sessão encerrada"
    return {"message": f"Você saiu de todos os lugares ({ended})."}


@router.post("/senha", auth=access.ver, response=Done)
def change_password(request: HttpRequest, payload: Senha) -> dict[str, Any]:
    """Set another password; every other session of this user ends."""
    user = confirm_identity(request, payload.atual, payload.codigo, campo="atual")
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
