"""Takes a clear document (the predecessor's files, a backup) into the hub, or only tells what it would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from credentials import document as masked
from credentials.masking import MASK
from credentials.models import AuditEntry
from credentials.parsing import IGNORED_TOP, parse
from credentials.sections import (
    FUND_FIELDS,
    GROUPS,
    OPEN_FIELDS,
    SECRET_FIELDS,
    WITHOUT_FUNDS,
    place_of,
    put,
    sections_in,
)
from etlhub.errors import Invalid
from sistemas import caminhos, services
from sistemas.models import Opcao, Sistema

AFTERWARDS = """\
As senhas já estão no cofre, cifradas. O arquivo antigo ainda as tem em claro (ou a chave que as abre):
  1. Apague o arquivo credentials.json (e as cópias credentials*.json) e esvazie a lixeira.
  2. Apague também as cópias de segurança e as versões antigas dele (OneDrive, "Versões anteriores" do Windows).
  3. Se ele já esteve num repositório git, apagar não basta: reescreva o histórico
     (git filter-repo --invert-paths --path config/credentials.json) e apague os clones.
  4. Troque as senhas nos portais: o que já esteve em claro pode ter sido copiado. Depois, informe as novas aqui.
  5. Apague a variável ETL_MASTER_KEY de onde estiver definida."""


@dataclass
class Imported:
    """What an import changed (or would change): lines for a person, secrets masked; and what it left out."""

    changes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@sensitive_variables()
def run(
    document: dict[str, Any],
    states: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    quem: str,
    origem: str = "",
    dry_run: bool = False,
) -> Imported:
    """Merge `document` and `states`, all or nothing. What is empty there never clears what is here.

    Raises Invalid with every wrong field. Doing it again changes nothing.
    """
    result = Imported()
    with transaction.atomic():
        known = list(Sistema.objects.values_list("pk", flat=True))
        cleaned = _cleaned(document, known, result.warnings)
        asked, errors = parse(cleaned, known, caminhos.caminhos())
        if errors:
            raise Invalid(errors)
        before = _flat(masked.masked_document())
        paths = masked.write(asked, quem=quem, origem=origem, acao=AuditEntry.Acao.IMPORTACAO)
        after = _flat(masked.masked_document())
        result.changes += [_line(path, before, after) for path in map(_document_path, paths)]
        result.changes += _write_states(states or {}, result.warnings)
        if dry_run:
            transaction.set_rollback(True)
    return result


@sensitive_variables()
def _cleaned(document: dict[str, Any], known: list[str], warnings: list[str]) -> dict[str, Any]:
    """`document` without what is empty and what the hub does not know, the latter told in `warnings`."""
    cleaned: dict[str, Any] = {}
    places = {place_of(sistema_id): sistema_id for sistema_id in known}
    for name, value in document.items():
        if name in {"paths", "fundos"}:
            cleaned[name] = _without_empty(value)
        elif name in GROUPS and isinstance(value, dict):
            strangers = [member for member in value if (name, member) not in places]
            warnings += [f"{name}.{member}: sistema desconhecido, ignorado" for member in strangers]
        elif name not in IGNORED_TOP and (name,) not in places:
            warnings.append(f"{name}: seção desconhecida, ignorada")
    if isinstance(folders := cleaned.get("paths"), dict):
        there = caminhos.caminhos()
        warnings += [f"paths.{name}: caminho desconhecido, ignorado" for name in folders if name not in there]
        cleaned["paths"] = {name: folder for name, folder in folders.items() if name in there}
    for sistema_id, section in sections_in(document, known).items():
        put(cleaned, sistema_id, _section(sistema_id, section, warnings))
    return cleaned


@sensitive_variables()
def _section(sistema_id: str, section: Any, warnings: list[str]) -> Any:
    if not isinstance(section, dict):
        return section  # parse says what is wrong with it
    fields = {*OPEN_FIELDS, *SECRET_FIELDS, *(() if sistema_id in WITHOUT_FUNDS else FUND_FIELDS)}
    where = ".".join(place_of(sistema_id))
    warnings += [f"{where}.{name}: campo desconhecido, ignorado" for name in section if name not in fields]
    return _without_empty({name: value for name, value in section.items() if name in fields})


def _without_empty(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {name: item for name, item in value.items() if item is not None and item not in ("", [])}


def _write_states(states: Mapping[str, Mapping[str, Any]], warnings: list[str]) -> list[str]:
    """Set `ativo` and `opcoes`; what the catalogue does not declare is told and left out."""
    sistemas = Sistema.objects.in_bulk()
    declared: dict[tuple[str, str], bool] = {
        (pk, nome): valor for pk, nome, valor in Opcao.objects.values_list("sistema_id", "nome", "valor")
    }
    lines: list[str] = []
    wanted: dict[str, dict[str, Any]] = {}
    for sistema_id, state in states.items():
        if sistema_id not in sistemas:
            warnings.append(f"estado.{sistema_id[:60]}: sistema desconhecido, ignorado")
            continue
        wanted[sistema_id] = {"opcoes": {}}
        ativo = state.get("ativo", sistemas[sistema_id].ativo)
        if ativo != sistemas[sistema_id].ativo:
            wanted[sistema_id]["ativo"] = ativo
            lines.append(f"{sistema_id}.ativo: {_shown(not ativo)} → {_shown(ativo)}")
        for nome, valor in state.get("opcoes", {}).items():
            if (sistema_id, nome) not in declared:
                warnings.append(f"estado.{sistema_id}.{nome[:60]}: opção desconhecida, ignorada")
            elif declared[sistema_id, nome] != valor:
                wanted[sistema_id]["opcoes"][nome] = valor
                lines.append(f"{sistema_id}.opcoes.{nome}: {_shown(not valor)} → {_shown(valor)}")
    if errors := services.save_states(wanted):
        raise Invalid(errors)
    return lines


def _document_path(path: str) -> str:
    """`amplis_reag.url` as it stands in the document: `amplis.reag.url`."""
    owner, _, name = path.rpartition(".")
    return ".".join((*place_of(owner), name))


def _flat(node: Any, path: str = "") -> dict[str, Any]:
    if not isinstance(node, dict):
        return {path: node}
    return {
        key: value
        for name, item in node.items()
        for key, value in _flat(item, f"{path}.{name}" if path else name).items()
    }


def _line(path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    old, new = before.get(path, ""), after.get(path, "")
    if new == MASK:
        return f"{path}: {_shown(old)} → {MASK} (valor novo)"
    return f"{path}: {_shown(old)} → {_shown(new)}"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "sim" if value else "não"
    if isinstance(value, list):
        return f"{len(value)} fundo(s)"
    return str(value) or "(vazio)"
