"""The application's exceptions. Each carries the Portuguese sentence that the user reads; etlhub.api turns it to JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class FieldError:
    """One wrong field: its path (`maps.fundos.2`) and what is wrong with it."""

    campo: str
    mensagem: str


class HubError(Exception):
    """Base: `status` is the HTTP status that tells it."""

    status = 400
    more: ClassVar[dict[str, Any]] = {}
    """What the JSON says besides, for programs."""

    def __init__(self, message: str, fields: list[FieldError] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields or []


class NotFound(HubError):
    status = 404


class NotLoggedIn(HubError):
    status = 401

    def __init__(self, message: str = "Entre com seu usuário e senha para continuar.") -> None:
        super().__init__(message)


class CodeNeeded(NotLoggedIn):
    """Name and password are right; the code of the second factor is missing."""

    more: ClassVar[dict[str, Any]] = {"segundo_fator": True}

    def __init__(self, message: str = "Informe o código do aplicativo autenticador.") -> None:
        super().__init__(message)


class WrongCode(CodeNeeded):
    """It came and is wrong, or was used before."""

    def __init__(self) -> None:
        super().__init__("Código incorreto ou já usado. Espere o próximo e tente de novo.")


class Forbidden(HubError):
    status = 403


class Conflict(HubError):
    """The thing is not in a state that allows this."""

    status = 409


class Invalid(HubError):
    """Bad input: every wrong field at once; nothing was stored."""

    status = 422

    def __init__(self, fields: list[FieldError]) -> None:
        message = "; ".join(f"{field.campo}: {field.mensagem}" if field.campo else field.mensagem for field in fields)
        super().__init__(message, fields)


class TooMany(HubError):
    """Too many tries; `retry_after` in seconds."""

    status = 429

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(HubError):
    """A part of the hub that this needs is down."""

    status = 503
