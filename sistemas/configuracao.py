"""The configuration document of `/api/config`: sistemas, period and the masked credentials document in one."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from pydantic import ValidationError

from etlhub.errors import FieldError, Invalid
from etlhub.validation import field_errors
from sistemas import services
from sistemas.schemas import ConfigIn

OURS = ("versao", "ultimaModificacao", "periodo", "sistemas")
"""Top-level keys that are not of the credentials document."""


def show() -> dict[str, Any]:
    """The whole document; every secret masked."""
    from credentials import document

    return {
        **document.masked_document(),
        "versao": services.CONFIG_VERSION,
        "ultimaModificacao": services.changed_at(),
        "periodo": services.periodo(),
        "sistemas": services.list_sistemas(with_fundos=True),
    }


def save(given: dict[str, Any], *, actor: str, address: str = "") -> None:
    """Save the document as GET gave it, whole or part, all or nothing: Invalid tells every wrong field.

    Per sistema only `ativo` and `opcoes` are read; its funds are those of the credentials document.
    """
    from credentials import document

    ours, errors = _ours(given)
    rest = {key: value for key, value in given.items() if key not in OURS}
    with transaction.atomic():
        states = {pk: state.model_dump() for pk, state in (ours.sistemas or {}).items()}
        errors += services.save_states(states)
        for step in (
            lambda: _save_periodo(ours),
            lambda: rest and document.save_document(rest, actor=actor, address=address),
        ):
            try:
                step()
            except Invalid as wrong:
                errors += wrong.fields
        if errors:
            raise Invalid(errors)
        services.touch()


def _ours(given: dict[str, Any]) -> tuple[ConfigIn, list[FieldError]]:
    """Our keys, each by itself: one that is wrong does not keep the others from being looked at."""
    good, errors = {}, []
    for key in OURS:
        if key not in given:
            continue
        try:
            ConfigIn.model_validate({key: given[key]})
            good[key] = given[key]
        except ValidationError as error:
            errors += field_errors([dict(each) for each in error.errors()])
    return ConfigIn.model_validate(good), errors


def _save_periodo(ours: ConfigIn) -> None:
    if ours.periodo is not None:
        services.save_periodo(ours.periodo.dataInicial, ours.periodo.dataFinal, ours.periodo.usarD1Anbima)
