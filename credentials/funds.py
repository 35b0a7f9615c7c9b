"""The parts of the credentials document that the sistemas app owns: folders, funds and their selection."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from credentials.sections import WITH_FUNDS
from sistemas import caminhos
from sistemas.models import Fundo, Sistema


def paths() -> dict[str, str]:
    """`paths` of the document."""
    return caminhos.caminhos()


def general() -> list[str]:
    """`fundos.selecionados` of the document."""
    return list(Fundo.objects.filter(sistema=None, selecionado=True).values_list("nome", flat=True))


def section(sistema_id: str) -> dict[str, Any]:
    """`fundos`, `fundos_selecionados`, `usar_todos` of a sistema that has them, else nothing."""
    return sections([sistema_id]).get(sistema_id, {})


def sections(sistema_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """`section` of many at once."""
    wanted = [sistema_id for sistema_id in sistema_ids if sistema_id in WITH_FUNDS]
    found: dict[str, dict[str, Any]] = {
        pk: {"fundos": [], "fundos_selecionados": [], "usar_todos": all_of_them}
        for pk, all_of_them in Sistema.objects.filter(pk__in=wanted).values_list("pk", "usar_todos_fundos")
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
    Fundo.objects.filter(sistema=None).exclude(nome__in=names).update(selecionado=False)
    for nome in names:
        Fundo.objects.update_or_create(sistema=None, nome=nome, defaults={"selecionado": True})
    return True


def save_section(sistema_id: str, given: dict[str, Any]) -> list[str]:
    """Write the given ones of FUND_FIELDS; returns those that changed. A chosen name missing from `fundos` joins it."""
    before = section(sistema_id)
    if "usar_todos" in given:
        Sistema.objects.filter(pk=sistema_id).update(usar_todos_fundos=given["usar_todos"])
    chosen = given.get("fundos_selecionados", before.get("fundos_selecionados", []))
    if "fundos" in given:
        keep = list(given["fundos"]) + list(given.get("fundos_selecionados", []))
        Fundo.objects.filter(sistema_id=sistema_id).exclude(nome__in=keep).delete()
        for nome in keep:
            Fundo.objects.get_or_create(sistema_id=sistema_id, nome=nome, defaults={"selecionado": nome in chosen})
    if "fundos_selecionados" in given:
        Fundo.objects.filter(sistema_id=sistema_id).exclude(nome__in=chosen).update(selecionado=False)
        for nome in chosen:
            Fundo.objects.update_or_create(sistema_id=sistema_id, nome=nome, defaults={"selecionado": True})
    after = section(sistema_id)
    return [name for name in after if after[name] != before.get(name)]
