"""The second factor of a login: one-time codes of an authenticator app (TOTP), and recovery codes for when it is lost.

Knows nothing of requests; who may try how often is etlhub.login's. The secret is sealed by the vault's keys.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import time
from dataclasses import dataclass, field

import pyotp
import segno
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from credentials.crypto import NoKeyOpens, Sealed
from credentials.keys import keyring
from etlhub.errors import Conflict, NotFound, Unavailable
from etlhub.models import CodigoRecuperacao, SegundoFator

ISSUER = "ETL Hub"
STEP_SECONDS = 30
DRIFT_STEPS = 1
"""How many steps the clock of the phone may be off, either way."""
RECOVERY_CODES = 10
RECOVERY_BYTES = 10
ALREADY = "Você já tem um segundo fator: desligue-o antes de configurar outro."
LOST_KEY = "O segundo fator não pôde ser conferido: falta a chave do cofre. Avise o administrador (manage.py doctor)."


@dataclass(frozen=True)
class Enrolment:
    """What the app needs to know, shown once: as text, and as a picture drawn here."""

    secret: str = field(repr=False)
    qr: str = field(repr=False)


def applies_to(user: object) -> bool:
    """Whether the user has a password of ours to add a factor to; a login by OIDC has the provider's own."""
    return isinstance(user, User) and user.has_usable_password()


def active(user: User) -> SegundoFator | None:
    """The confirmed factor."""
    return SegundoFator.objects.filter(user_id=user.pk, confirmado_em__isnull=False).first()


def in_use() -> bool:
    """Whether anybody has one: else the login pages need not ask."""
    return SegundoFator.objects.filter(confirmado_em__isnull=False).exists()


def check_free(user: User) -> None:
    """Conflict unless the user may set a factor up now."""
    if not applies_to(user):
        raise Conflict("Seu login é pelo provedor da empresa: o segundo fator também é o dele.")
    if active(user) is not None:
        raise Conflict(ALREADY)


@sensitive_variables()
def begin(user: User) -> Enrolment:
    """A new secret, which counts for nothing until it is confirmed. Conflict when a factor is active."""
    check_free(user)
    secret = pyotp.random_base32()
    factor = SegundoFator(user=user)
    sealed = keyring().seal(secret, *factor.place)
    factor.key_id, factor.selado = sealed.key_id, sealed.data
    try:
        with transaction.atomic():
            SegundoFator.objects.filter(user=user, confirmado_em=None).delete()
            factor.save(force_insert=True)
    except IntegrityError:
        raise Conflict(ALREADY) from None
    uri = pyotp.TOTP(secret).provisioning_uri(name=user.get_username(), issuer_name=ISSUER)
    return Enrolment(secret, segno.make(uri, error="m").svg_data_uri(scale=5, border=3, light="#fff"))


def confirm(user: User, code: str) -> list[str] | None:
    """Switch on what `begin` made when the app's first code is right; the recovery codes, shown once. None: it is wrong."""
    factor = SegundoFator.objects.filter(user=user, confirmado_em=None).first()
    if factor is None:
        raise NotFound("Não há configuração em andamento: comece de novo.")
    with transaction.atomic():
        if not _accept_totp(factor, _digits(code)):
            return None
        if not SegundoFator.objects.filter(pk=factor.pk, confirmado_em=None).update(confirmado_em=timezone.now()):
            raise Conflict("O segundo fator já foi ligado.")
        return _new_codes(factor)


def accept(factor: SegundoFator, code: str) -> bool:
    """Whether the code is right, and was never used: each is worth once, whoever comes first."""
    digits = _digits(code)
    return _accept_totp(factor, digits) if digits else _accept_recovery(factor, code)


def fresh_codes(factor: SegundoFator) -> list[str]:
    """New recovery codes; the former ones end."""
    with transaction.atomic():
        factor.codigos.all().delete()
        return _new_codes(factor)


def remove(user: User) -> bool:
    """Take the factor away, confirmed or not; False when there was none."""
    return SegundoFator.objects.filter(user=user).delete()[0] > 0


def _digits(code: str) -> str:
    """The six digits of an app, as people type them; empty for anything else."""
    text = re.sub(r"[\s-]", "", code)
    return text if re.fullmatch(r"[0-9]{6}", text) else ""


@sensitive_variables()
def _accept_totp(factor: SegundoFator, digits: str) -> bool:
    try:
        secret = keyring().open(Sealed(factor.key_id, bytes(factor.selado)), *factor.place)
    except NoKeyOpens:
        raise Unavailable(LOST_KEY) from None
    totp, now = pyotp.TOTP(secret, interval=STEP_SECONDS), int(time.time()) // STEP_SECONDS
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        if digits and secrets.compare_digest(totp.at(step * STEP_SECONDS), digits):
            # Compare and set: of two who send the same code at once, one is too late.
            later = SegundoFator.objects.filter(pk=factor.pk, ultimo_passo__lt=step)
            return later.update(ultimo_passo=step) == 1
    return False


def _accept_recovery(factor: SegundoFator, code: str) -> bool:
    unused = factor.codigos.filter(sha256=_hash(code), usado_em=None)
    return unused.update(usado_em=timezone.now()) == 1


def _new_codes(factor: SegundoFator) -> list[str]:
    texts = [base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower() for _ in range(RECOVERY_CODES)]
    CodigoRecuperacao.objects.bulk_create([CodigoRecuperacao(fator=factor, sha256=_hash(text)) for text in texts])
    return ["-".join(text[start : start + 4] for start in range(0, len(text), 4)) for text in texts]


def _hash(code: str) -> str:
    return hashlib.sha256(re.sub(r"[^a-z2-7]", "", code.lower()).encode()).hexdigest()
