"""The parts of the credentials document that the sistemas app owns: folders, funds and their selection."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from credentials.sections import FUND_FIELDS, WITH_FUNDS, WITHOUT_FUNDS
from etlhub.errors import FieldError, Invalid
from sistemas import caminhos, fundos
from sistemas.models import Fundo, Sistema


def paths() -> dict[str, str]:
    """`paths` of the document."""
    return caminhos.caminhos()


def run_paths() -> dict[str, str]:
    """`paths` for a run, variables replaced: the ETL's process does not inherit the hub's environment.

    One that cannot be used here stays as it is written; the run then says why.
    """
    return {chave: _expanded(text) for chave, text in paths().items()}


def _expanded(text: str) -> str:
    if not caminhos.VARIABLE.search(text):
        return text
    try:
        return str(caminhos.expand(text))
    except (caminhos.BadPath, RuntimeError):  # `~` of nobody
        return text


def general() -> list[str]:
    """`fundos.selecionados` of the document."""
    return list(Fundo.objects.filter(sistema=None, selecionado=True).values_list("nome", flat=True))


def section(sistema_id: str) -> dict[str, Any]:
    """The FUND_FIELDS of a sistema that has them, else nothing."""
    return sections([sistema_id]).get(sistema_id, {})


def sections(sistema_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """`section` of many at once."""
    wanted = set(sistema_ids) - WITHOUT_FUNDS
    found: dict[str, dict[str, Any]] = {
        pk: {"fundos": [], "fundos_selecionados": [], "usar_todos": all_of_them}
        for pk, all_of_them in Sistema.objects.filter(pk__in=wanted).values_list("pk", "usar_todos_fundos")
        if pk in WITH_FUNDS or not all_of_them
    }
    rows = Fundo.objects.filter(sistema_id__in=list(found)).order_by("sistema_id", "nome")
    for pk, nome, chosen in rows.values_list("sistema_id", "nome", "selecionado"):
        found[str(pk)]["fundos"].append(nome)
        if chosen:
            found[str(pk)]["fundos_selecionados"].append(nome)
    return found


def save_paths(values: dict[str, str]) -> list[str]:
    """Set the given folders; returns the keys that changed."""
    now = paths()
    changed = {chave: caminho for chave, caminho in values.items() if now.get(chave) != caminho}
    if changed:
        caminhos.save_caminhos(changed)
    return list(changed)


def save_general(names: list[str]) -> bool:
    """Make exactly these names the general selection; returns whether anything changed."""
    if sorted(names) == sorted(general()):
        return False
    _save(fundos.GERAL, "fundos.selecionados", fundos=None, selecionados=names, usar_todos=None)
    return True


def save_section(sistema_id: str, given: dict[str, Any]) -> list[str]:
    """Write the given ones of FUND_FIELDS; returns those that changed. A chosen name missing from `fundos` joins it."""
    before = section(sistema_id)
    wanted = {name: value for name, value in given.items() if _differs(value, before.get(name))}
    if not wanted:
        return []
    chosen = given.get("fundos_selecionados", before.get("fundos_selecionados", []))
    names = given.get("fundos")
    if names is not None and "fundos_selecionados" not in given:
        there = set(names)
        chosen = [name for name in chosen if name in there]  # a fund that goes takes its selection along
    path = f"{sistema_id}.fundos"
    _save(sistema_id, path, fundos=names, selecionados=chosen, usar_todos=given.get("usar_todos"))
    after = section(sistema_id)
    return [name for name in FUND_FIELDS if after.get(name) != before.get(name)]


def _save(sistema_id: str, path: str, **what: Any) -> None:
    """`save_fundos`; what it refuses is told by the document's `path`."""
    try:
        fundos.save_fundos(sistema_id, **what)
    except Invalid as error:
        raise Invalid([FieldError(path, field.mensagem) for field in error.fields]) from None


def _differs(value: Any, before: Any) -> bool:
    return sorted(value) != sorted(before or []) if isinstance(value, list) else value != before
