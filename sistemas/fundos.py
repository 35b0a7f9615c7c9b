"""The funds of a sistema and which of them a run takes. The key `geral` is the selection that belongs to no sistema."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import IO, Any

from django.db import transaction
from django.db.models import QuerySet

from etlhub.errors import FieldError, Invalid, NotFound
from sistemas import planilha, services
from sistemas.models import Fundo, Sistema

GERAL = "geral"
MAX_FUNDOS = 20_000
MAX_NAME = 200
BATCH = 500

NAME_TITLES = ("fundo", "nome do fundo", "nome", "carteira", "denominacao social", "sigla")
SISTEMA_TITLES = ("sistema", "origem", "fonte", "administrador", "plataforma")
SHEET_BD = "bd"
SHEET_BD_COLUMN = 9
"""In the users' workbook, sheet BD, column J says of each fund which sistema it is collected from."""


@dataclass
class Imported:
    """What an import did."""

    lidos: int
    novos: int
    avisos: list[str] = field(default_factory=list)


def list_fundos(sistema_id: str | None = None) -> dict[str, dict[str, Any]]:
    """`{id: {fundos, fundos_selecionados, usar_todos, total}}` for one sistema or for all, `geral` too."""
    if sistema_id is None:
        use_all = dict(Sistema.objects.values_list("pk", "usar_todos_fundos")) | {GERAL: False}
        rows = Fundo.objects.all()
    else:
        use_all = {sistema_id: _use_all(sistema_id)}
        rows = _rows(sistema_id)
    found: dict[str, dict[str, Any]] = {
        pk: {"fundos": [], "fundos_selecionados": [], "usar_todos": value, "total": 0} for pk, value in use_all.items()
    }
    for pk, nome, selecionado in rows.values_list("sistema_id", "nome", "selecionado"):
        entry = found[pk or GERAL]
        entry["fundos"].append({"nome": nome, "selecionado": selecionado})
        entry["total"] += 1
        if selecionado:
            entry["fundos_selecionados"].append(nome)
    return found


def _use_all(sistema_id: str) -> bool:
    return False if sistema_id == GERAL else services.get_sistema(sistema_id).usar_todos_fundos


def _rows(sistema_id: str) -> QuerySet[Fundo]:
    """The funds of a sistema or of the general selection; NotFound when there is no such sistema."""
    if sistema_id == GERAL:
        return Fundo.objects.filter(sistema=None)
    if not Sistema.objects.filter(pk=sistema_id).exists():
        raise NotFound(f"Sistema não encontrado: {sistema_id[:60]}.")
    return Fundo.objects.filter(sistema_id=sistema_id)


@transaction.atomic
def save_fundos(
    sistema_id: str, *, fundos: list[str] | None, selecionados: list[str] | None, usar_todos: bool | None
) -> None:
    """Replace what is given, leave what is None. Selected names that are not in the list join it."""
    rows = _rows(sistema_id)
    if usar_todos is not None and sistema_id != GERAL:
        Sistema.objects.filter(pk=sistema_id).update(usar_todos_fundos=usar_todos)
    chosen = None if selecionados is None else set(selecionados)
    if fundos is not None:
        keep = set(fundos) | (chosen or set())
        _delete(rows, set(rows.values_list("nome", flat=True)) - keep)
        _add(sistema_id, [*fundos, *(selecionados or [])], chosen)
    elif selecionados:
        _add(sistema_id, selecionados, chosen)
    if chosen is not None:
        rows.update(selecionado=False)
        _select(rows, chosen, True)
    services.touch()


@transaction.atomic
def select(sistema_id: str, *, todos: bool | None, nomes: Iterable[str], selecionado: bool) -> None:
    """Select or clear all (`todos`), or set these names. Invalid for a name that the sistema does not have."""
    rows = _rows(sistema_id)
    if todos is not None:
        rows.update(selecionado=todos)
    else:
        wanted = set(nomes)
        unknown = wanted - set(rows.values_list("nome", flat=True))
        if unknown:
            raise Invalid([FieldError("nomes", f"fundo desconhecido: {nome[:80]}") for nome in sorted(unknown)[:20]])
        _select(rows, wanted, selecionado)
    services.touch()


def _add(sistema_id: str, nomes: Iterable[str], chosen: set[str] | None) -> int:
    """Add the names that are missing, selected unless `chosen` says otherwise; returns how many."""
    there = set(_rows(sistema_id).values_list("nome", flat=True))
    missing = [nome for nome in dict.fromkeys(nomes) if nome not in there]
    if len(there) + len(missing) > MAX_FUNDOS:
        raise Invalid([FieldError("fundos", f"fundos demais (no máximo {MAX_FUNDOS})")])
    owner = None if sistema_id == GERAL else sistema_id
    Fundo.objects.bulk_create(
        (Fundo(sistema_id=owner, nome=nome, selecionado=chosen is None or nome in chosen) for nome in missing),
        batch_size=BATCH,
    )
    return len(missing)


def _batches(nomes: Iterable[str]) -> Iterable[list[str]]:
    """SQLite limits the parameters of one statement."""
    names = sorted(nomes)
    return (names[start : start + BATCH] for start in range(0, len(names), BATCH))


def _delete(rows: QuerySet[Fundo], nomes: set[str]) -> None:
    for batch in _batches(nomes):
        rows.filter(nome__in=batch).delete()


def _select(rows: QuerySet[Fundo], nomes: set[str], value: bool) -> None:
    for batch in _batches(nomes):
        rows.filter(nome__in=batch).update(selecionado=value)


def import_fundos(
    sistema_id: str, name: str, file: IO[bytes], *, aba: str = "", coluna: str = "", substituir: bool = False
) -> Imported:
    """Add (or with `substituir` replace) the funds of a workbook or CSV.

    The name's column is `coluna` (letter or title) or the one titled "fundo", "nome", …. Where a column says which
    sistema a fund belongs to (titled so, or column J of sheet BD), only this sistema's rows are taken.
    """
    _rows(sistema_id)
    table = planilha.read_table(name, file, aba=aba, prefer=SHEET_BD)
    names, warnings = _names(table, sistema_id, coluna)
    if not names:
        raise Invalid([FieldError("arquivo", "nenhum fundo foi encontrado no arquivo")])
    with transaction.atomic():
        if substituir:
            rows = _rows(sistema_id)
            _delete(rows, set(rows.values_list("nome", flat=True)) - set(names))
        added = _add(sistema_id, names, None)
        services.touch()
    return Imported(len(names), added, warnings)


def _names(table: planilha.Tabela, sistema_id: str, coluna: str) -> tuple[list[str], list[str]]:
    start, at = _name_column(table, coluna)
    owner = _owner_column(table, sistema_id, start)
    words = _sistema_words(sistema_id)
    names: dict[str, None] = {}
    warnings: list[str] = []
    for number, row in enumerate(table.linhas[start:], start=start + 1):
        nome = " ".join(row[at].split()) if at < len(row) else ""
        if not nome or (owner is not None and (owner >= len(row) or planilha.fold(row[owner]) not in words)):
            continue
        if len(nome) > MAX_NAME:
            warnings.append(f"linha {number}: nome longo demais, ignorado")
            continue
        names[nome] = None
    return list(names), warnings[:20]


def _name_column(table: planilha.Tabela, coluna: str) -> tuple[int, int]:
    """The first data row and the column of the names."""
    header = planilha.find_columns(table.linhas, NAME_TITLES)
    if not coluna.strip():
        # Without a title it is a plain list: its first column, from the first row on.
        return (header[0] + 1, header[1][0]) if header else (0, 0)
    rows = table.linhas[: planilha.HEADER_ROWS]
    for number, row in enumerate(rows):
        if planilha.fold(coluna) in [planilha.fold(cell) for cell in row]:
            return number + 1, planilha.column_index(coluna, row)
    at = planilha.column_index(coluna, [])
    if at < 0:
        raise Invalid([FieldError("coluna", f"o arquivo não tem a coluna “{coluna[:60]}”")])
    return (header[0] + 1 if header else 0), at


def _owner_column(table: planilha.Tabela, sistema_id: str, start: int) -> int | None:
    if sistema_id == GERAL:
        return None
    if start and (found := planilha.find_columns(table.linhas[start - 1 : start], SISTEMA_TITLES)):
        return found[1][0]
    words = _sistema_words(sistema_id)
    if planilha.fold(table.aba) == SHEET_BD and any(
        len(row) > SHEET_BD_COLUMN and planilha.fold(row[SHEET_BD_COLUMN]) in words for row in table.linhas
    ):
        return SHEET_BD_COLUMN
    return None


def _sistema_words(sistema_id: str) -> set[str]:
    if sistema_id == GERAL:
        return set()
    return {planilha.fold(sistema_id), planilha.fold(services.get_sistema(sistema_id).nome)}
