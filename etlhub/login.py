"""Log in, log out, who am I: the session endpoints that our own React page uses. Tries are throttled."""

from __future__ import annotations

from typing import Any

from django.contrib import auth
from django.contrib.auth.models import User
from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from etlhub import access, throttle
from etlhub.errors import NotLoggedIn

router = Router(tags=["acesso"])


class Login(Schema):
    username: str = Field(max_length=150)
    password: str = Field(max_length=4096)


def _profile(user: User) -> dict[str, Any]:
    return {
        "username": user.get_username(),
        "nome": user.get_full_name() or user.get_username(),
        "papel": access.papel_of(user).name.lower(),
    }


@router.post("/login", auth=None)
def login(request: HttpRequest, payload: Login) -> dict[str, Any]:
    """Open a session. 401 when name or password is wrong, 429 after too many tries."""
    address = request.META.get("REMOTE_ADDR", "")
    keys = [f"login:conta:{payload.username.lower()}", f"login:endereco:{address}"]
    throttle.check(keys, "Muitas tentativas de entrar. Espere {espera} e tente de novo.")
    user = auth.authenticate(request, username=payload.username, password=payload.password)
    if user is None:
        throttle.count(keys)
        raise NotLoggedIn("Usuário ou senha incorretos.")
    throttle.reset(keys)
    auth.login(request, user)
    assert isinstance(user, User)  # noqa: S101  (for the type checker: AUTH_USER_MODEL is Django's own)
    return {"success": True, "status": "success", "message": "Bem-vindo.", "usuario": _profile(user)}


@router.post("/logout", auth=None)
def logout(request: HttpRequest) -> dict[str, Any]:
    """Close the session, if there is one."""
    auth.logout(request)
    return {"success": True, "status": "success", "message": "Você saiu."}


@router.get("/me", auth=access.ver)
def me(request: HttpRequest) -> dict[str, Any]:
    """Who is logged in, and the role."""
    assert isinstance(request.user, User)  # noqa: S101
    return _profile(request.user)
