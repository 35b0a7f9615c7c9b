"""One-time codes on their way from whoever types them to the run that asked. Encrypted at rest, taken once, then gone."""

from __future__ import annotations

from django.utils import timezone

from credentials.crypto import Sealed
from credentials.keys import keyring
from etlhub.errors import Conflict, FieldError, Invalid, NotFound
from jobs.models import CodeAnswer
from jobs.queries import get_job

MAX_CODE = 64
PLACE = "jobs.codigo"


def answer(job_id: int, execution_id: int, value: str, *, cancel: bool = False) -> None:
    """Give the code that an Execution asked for (or refuse to). NotFound, Conflict when none is asked for, Invalid."""
    execution = get_job(job_id).executions.filter(pk=execution_id).first()
    if execution is None:
        raise NotFound("Execução não encontrada.")
    if not execution.pedido_codigo:
        raise Conflict("Nenhum código está sendo pedido agora.")
    value = value.strip()
    if not cancel and not 1 <= len(value) <= MAX_CODE:
        raise Invalid([FieldError("valor", "informe o código")])
    fields: dict[str, object] = {"key_id": "", "selado": b"", "criado_em": timezone.now()}
    if not cancel:
        sealed = keyring().seal(value, str(execution_id), PLACE)
        fields |= {"key_id": sealed.key_id, "selado": sealed.data}
    CodeAnswer.objects.update_or_create(execution=execution, defaults=fields)


def take(execution_id: int) -> str | None:
    """The answer, "" for "cancelled", None while there is none; it is deleted by being taken."""
    found = CodeAnswer.objects.filter(execution_id=execution_id).first()
    if found is None:
        return None
    found.delete()
    if not found.key_id:
        return ""
    return keyring().open(Sealed(found.key_id, bytes(found.selado)), str(execution_id), PLACE)


def forget(execution_id: int) -> None:
    """Delete an answer nobody took."""
    CodeAnswer.objects.filter(execution_id=execution_id).delete()
