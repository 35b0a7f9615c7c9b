"""Takes a `carteira` event of the ETL (docs/architecture.md), checks it, stores it once per fund, date and sistema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django.db import transaction

from etlhub.errors import FieldError, Invalid
from portfolio.models import Carteira, Classe, Fundo, Posicao
from sistemas.models import Sistema

CENT, EIGHTH = Decimal("0.01"), Decimal("0.00000001")
MAX_MONEY = Decimal("1e13")
MAX_FINE = Decimal("1e15")
MAX_POSICOES = 200_000
BATCH = 1000
MAX_ERRORS = 20
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass
class Checked:
    """A `carteira` event as values that may be stored."""

    sistema: str
    fundo: str
    cnpj: str
    data: date
    fonte: str
    patrimonio: Decimal
    cota: Decimal | None
    quantidade_cotas: Decimal | None
    posicoes: list[Posicao] = field(default_factory=list)

    def totals(self) -> dict[str, Decimal]:
        """BRL by class."""
        sums = dict.fromkeys(Classe.values, Decimal(0))
        for posicao in self.posicoes:
            sums[posicao.classe] += posicao.valor
        return sums


def load_carteira(evento: Mapping[str, Any]) -> Carteira:
    """Store the event's carteira in one transaction.

    The same file (`fonte`) again changes nothing; another file for the same fund, date and sistema takes its place.
    Raises Invalid with every wrong field; then nothing is stored.
    """
    checked = check(evento)
    values = {
        "fonte": checked.fonte,
        "patrimonio": checked.patrimonio,
        "cota": checked.cota,
        "quantidade_cotas": checked.quantidade_cotas,
        "n_posicoes": len(checked.posicoes),
        **checked.totals(),
    }
    with transaction.atomic():
        key = {"fundo": _fundo(checked), "data": checked.data, "sistema_id": checked.sistema}
        # Until the choice below, a new carteira must not collide with the one that is preferred now.
        carteira, created = Carteira.objects.select_for_update().get_or_create(
            **key, defaults={**values, "preferida": False}
        )
        if not created:
            if carteira.fonte == checked.fonte:
                return carteira
            for name, value in values.items():
                setattr(carteira, name, value)
            carteira.save()
            carteira.posicoes.all()._raw_delete(carteira.posicoes.db)  # nothing hangs below: no need to read them first
        for posicao in checked.posicoes:
            posicao.carteira = carteira
        Posicao.objects.bulk_create(checked.posicoes, batch_size=BATCH)
        _choose_preferred(carteira.fundo, carteira.data)
    carteira.refresh_from_db(fields=["preferida"])
    return carteira


def _fundo(checked: Checked) -> Fundo:
    """The fund, made when it is new, and locked: two sistemas may load it at once, and only one is preferred."""
    fundo, _ = Fundo.objects.select_for_update().get_or_create(nome=checked.fundo, defaults={"cnpj": checked.cnpj})
    if checked.cnpj and not fundo.cnpj:
        fundo.cnpj = checked.cnpj
        fundo.save(update_fields=["cnpj"])
    return fundo


@transaction.atomic
def remove_carteira(carteira: Carteira) -> None:
    """Delete a carteira; another sistema's of the same fund and date, if there is one, is shown instead."""
    fundo = Fundo.objects.select_for_update().get(pk=carteira.fundo_id)
    data = carteira.data
    carteira.delete()
    _choose_preferred(fundo, data)


def _choose_preferred(fundo: Fundo, data: date) -> None:
    """Of several sistemas' carteiras: one with a quota (a whole fund, not only its receivables), then the most detailed."""
    same = Carteira.objects.filter(fundo=fundo, data=data)
    best = max(same, key=lambda row: (row.cota is not None, row.n_posicoes, -row.pk), default=None)
    if best is None or best.preferida:
        return
    same.exclude(pk=best.pk).update(preferida=False)
    same.filter(pk=best.pk).update(preferida=True)


def check(evento: Mapping[str, Any]) -> Checked:
    """The event's values; Invalid with every wrong field (the first MAX_ERRORS)."""
    errors: list[FieldError] = []
    checked = Checked(
        sistema=_sistema(evento, errors),
        fundo=_text(evento.get("fundo"), "fundo", errors),
        cnpj=_cnpj(evento.get("cnpj"), errors),
        data=_date(evento.get("data"), errors),
        fonte=_fonte(evento.get("fonte"), errors),
        patrimonio=Decimal(0),
        cota=_optional(evento.get("cota"), "cota", errors),
        quantidade_cotas=_optional(evento.get("quantidade_cotas"), "quantidade_cotas", errors),
    )
    checked.posicoes = _posicoes(evento.get("posicoes", []), errors)
    if evento.get("patrimonio") is None and checked.posicoes:
        # A FIDC estoque states no total: what it lists is all that it knows.
        checked.patrimonio = sum(checked.totals().values(), Decimal(0))
    else:
        checked.patrimonio = _decimal(evento.get("patrimonio"), "patrimonio", CENT, errors) or Decimal(0)
    if not errors:
        _check_sum(checked, errors)
    if errors:
        raise Invalid(errors[:MAX_ERRORS])
    return checked


def _sistema(evento: Mapping[str, Any], errors: list[FieldError]) -> str:
    sistema_id = str(evento.get("sistema") or "")
    if not Sistema.objects.filter(pk=sistema_id).exists():
        errors.append(FieldError("sistema", f"sistema desconhecido: {sistema_id[:40]}"))
    return sistema_id


def _text(value: Any, campo: str, errors: list[FieldError]) -> str:
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if not text:
        errors.append(FieldError(campo, "campo obrigatório"))
    elif len(text) > 200:
        errors.append(FieldError(campo, "texto longo demais (no máximo 200 caracteres)"))
    elif not text.isprintable():
        errors.append(FieldError(campo, "o texto tem caracteres de controle"))
    return text


def _cnpj(value: Any, errors: list[FieldError]) -> str:
    """14 letters or digits (letters are valid since 2026); punctuation is dropped."""
    text = re.sub(r"[./\-\s]", "", str(value or "")).upper()
    if text and not re.fullmatch(r"[0-9A-Z]{12}\d{2}", text):
        errors.append(FieldError("cnpj", "CNPJ inválido"))
    return text


def _date(value: Any, errors: list[FieldError]) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        errors.append(FieldError("data", "data inválida: use AAAA-MM-DD"))
        return date.min


def _fonte(value: Any, errors: list[FieldError]) -> str:
    text = str(value or "").lower()
    if not SHA256.fullmatch(text):
        errors.append(FieldError("fonte", "deve ser o SHA-256 do arquivo"))
    return text


def _decimal(value: Any, campo: str, unit: Decimal, errors: list[FieldError]) -> Decimal | None:
    """A decimal given as text (or a whole number), rounded to `unit`. Floats are refused: they are not exact."""
    try:
        if isinstance(value, bool | float) or not isinstance(value, str | int | Decimal):
            raise InvalidOperation
        number = Decimal(value)
        if not number.is_finite() or abs(number) >= (MAX_MONEY if unit == CENT else MAX_FINE):
            raise InvalidOperation
        return number.quantize(unit, ROUND_HALF_UP)
    except (InvalidOperation, ValueError):
        errors.append(FieldError(campo, f"número inválido: {str(value)[:40]}"))
        return None


def _optional(value: Any, campo: str, errors: list[FieldError]) -> Decimal | None:
    return None if value in (None, "") else _decimal(value, campo, EIGHTH, errors)


def _posicoes(items: Any, errors: list[FieldError]) -> list[Posicao]:
    if not isinstance(items, list):
        errors.append(FieldError("posicoes", "deve ser uma lista"))
        return []
    if len(items) > MAX_POSICOES:
        errors.append(FieldError("posicoes", f"itens demais (no máximo {MAX_POSICOES})"))
        return []
    found = []
    for n, item in enumerate(items):
        if len(errors) >= MAX_ERRORS:
            break
        if isinstance(item, Mapping):
            found.append(_posicao(f"posicoes.{n}", item, errors))
        else:
            errors.append(FieldError(f"posicoes.{n}", "deve ser um objeto"))
    return found


def _posicao(place: str, item: Mapping[str, Any], errors: list[FieldError]) -> Posicao:
    classe = str(item.get("classe"))
    if classe not in Classe.values:
        errors.append(FieldError(f"{place}.classe", f"valor fora dos permitidos: {', '.join(Classe.values)}"))
    return Posicao(
        classe=classe,
        ativo=_text(item.get("ativo"), f"{place}.ativo", errors),
        quantidade=_optional(item.get("quantidade"), f"{place}.quantidade", errors),
        preco=_optional(item.get("preco"), f"{place}.preco", errors),
        valor=_decimal(item.get("valor"), f"{place}.valor", CENT, errors) or Decimal(0),
    )


def _check_sum(checked: Checked, errors: list[FieldError]) -> None:
    """Positions must add up to the patrimônio, within a cent a line; a report without positions has nothing to add up."""
    if not checked.posicoes:
        return
    difference = sum(checked.totals().values(), Decimal(0)) - checked.patrimonio
    if abs(difference) > CENT * len(checked.posicoes):
        message = f"a soma das posições difere do patrimônio em {difference:.2f}".replace(".", ",")
        errors.append(FieldError("patrimonio", message))
