"""De-Para: in which folder the PDFs of a fund are filed. Edited by row or whole, or imported from the users' workbook."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import IO

from django.db import IntegrityError, transaction

from etlhub.errors import Conflict, FieldError, Invalid, NotFound
from sistemas import planilha
from sistemas.fundos import MAX_FUNDOS, MAX_NAME, Imported
from sistemas.models import DePara

FUNDO_TITLES = ("de", "fundo", "carteira", "nome do fundo", "nome")
PASTA_TITLES = ("para", "pasta", "diretorio", "caminho")
MAX_PASTA = 300
BAD_CHARS = re.compile(r'[<>:"|?*\x00-\x1f]')
BATCH = 500


def pairs() -> list[dict[str, str]]:
    """`[{fundo, pasta}]` in order, as the ETL command gets it."""
    return [{"fundo": fundo, "pasta": pasta} for fundo, pasta in DePara.objects.values_list("fundo", "pasta")]


def rows() -> list[DePara]:
    """The table in order, as it is edited."""
    return list(DePara.objects.all())


def pasta_problem(pasta: str) -> str | None:
    """Why this can be no folder below the base folder; None when it can."""
    parts = re.split(r"[\\/]", pasta)
    if not pasta.strip() or len(pasta) > MAX_PASTA:
        return f"informe a pasta (no máximo {MAX_PASTA} caracteres)"
    if pasta[0] in "\\/" or BAD_CHARS.search(pasta):
        return 'a pasta deve ser relativa à pasta base e não pode ter os caracteres < > : " | ? *'
    if any(not part.strip() or part.strip(" .") == "" or part[-1] in " ." for part in parts):
        return "a pasta não pode ter “..”, partes vazias nem partes que terminem em espaço ou ponto"
    return None


def save(items: Iterable[tuple[str, str]], *, replace: bool = True) -> int:
    """Write the table; with `replace` it becomes exactly these. Returns how many are new or changed."""
    table, errors = _checked(items)
    if errors:
        raise Invalid(errors)
    with transaction.atomic():
        current = dict(DePara.objects.values_list("fundo", "pasta"))
        changed = {fundo: pasta for fundo, pasta in table.items() if current.get(fundo) != pasta}
        if replace:
            gone = sorted(current.keys() - table.keys())
            for start in range(0, len(gone), BATCH):
                DePara.objects.filter(fundo__in=gone[start : start + BATCH]).delete()
        DePara.objects.bulk_create(
            (DePara(fundo=fundo, pasta=pasta) for fundo, pasta in changed.items()),
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["fundo"],
            update_fields=["pasta"],
        )
    return len(changed)


def add(fundo: str, pasta: str) -> DePara:
    """A new row. Invalid names the wrong field, a fund that is there already too."""
    return _write(DePara(), fundo, pasta)


def change(row_id: int, fundo: str, pasta: str, *, before: tuple[str, str]) -> DePara:
    """Set a row that was read as `before`. Conflict when somebody else changed it since."""
    with transaction.atomic():
        row = DePara.objects.select_for_update().filter(pk=row_id).first()
        if row is None:
            raise NotFound("Esta linha foi apagada por outra pessoa.")
        if (row.fundo, row.pasta) != before:
            raise Conflict(f"Outra pessoa mudou esta linha para “{row.fundo}” → “{row.pasta}”.")
        return _write(row, fundo, pasta)


def delete(row_id: int) -> str:
    """Take a row away; the name of its fund."""
    row = DePara.objects.filter(pk=row_id).first()
    if row is None:
        raise NotFound("Esta linha já foi apagada.")
    row.delete()
    return row.fundo


def _write(row: DePara, fundo: str, pasta: str) -> DePara:
    table, errors = _checked([(fundo, pasta)])
    if errors:
        raise Invalid([FieldError(error.campo.removeprefix("itens.0."), error.mensagem) for error in errors])
    (row.fundo, row.pasta), *_ = table.items()
    # As the ETL command compares names: it would take either of two that differ by accents or case alone.
    others = DePara.objects.exclude(pk=row.pk).values_list("fundo", "pasta")
    twin = next((other for other in others if planilha.fold(other[0]) == planilha.fold(row.fundo)), None)
    if twin:
        raise Invalid([FieldError("fundo", f"este fundo já está na tabela, com a pasta “{twin[1]}”")])
    if row.pk is None and DePara.objects.count() >= MAX_FUNDOS:
        raise Invalid([FieldError("fundo", f"a tabela está cheia (no máximo {MAX_FUNDOS} linhas)")])
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Invalid([FieldError("fundo", "este fundo acaba de ser incluído por outra pessoa")]) from None
    return row


def _checked(items: Iterable[tuple[str, str]]) -> tuple[dict[str, str], list[FieldError]]:
    table: dict[str, str] = {}
    errors: list[FieldError] = []
    for n, (fundo, pasta) in enumerate(items):
        fundo, pasta = " ".join(fundo.split()), pasta.strip()
        if not fundo or len(fundo) > MAX_NAME:
            errors.append(FieldError(f"itens.{n}.fundo", "informe o nome do fundo (no máximo 200 caracteres)"))
        elif wrong := pasta_problem(pasta):
            errors.append(FieldError(f"itens.{n}.pasta", wrong))
        elif table.get(fundo, pasta) != pasta:
            errors.append(FieldError(f"itens.{n}.fundo", f"o fundo “{fundo[:80]}” aparece com duas pastas"))
        else:
            table[fundo] = pasta
    if len(table) > MAX_FUNDOS:
        errors.append(FieldError("itens", f"itens demais (no máximo {MAX_FUNDOS})"))
    return table, errors[:50]


def import_file(name: str, file: IO[bytes], *, aba: str = "", substituir: bool = False) -> Imported:
    """Read the columns De and Para (or Fundo and Pasta) of a workbook or CSV. Bad rows are told and left out."""
    table = planilha.read_table(name, file, aba=aba)
    found = planilha.find_columns(table.linhas, FUNDO_TITLES, PASTA_TITLES)
    if found is None:
        raise Invalid([FieldError("arquivo", "não encontrei as colunas “De” e “Para” (ou “Fundo” e “Pasta”)")])
    start, (de, para) = found
    good: dict[str, str] = {}
    warnings: list[str] = []
    for number, row in enumerate(table.linhas[start + 1 :], start=start + 2):
        fundo = " ".join(row[de].split()) if de < len(row) else ""
        pasta = row[para] if para < len(row) else ""
        if not fundo and not pasta:
            continue
        wrong = "falta o nome do fundo" if not fundo or len(fundo) > MAX_NAME else pasta_problem(pasta)
        if wrong:
            warnings.append(f"linha {number}: {wrong}")
        else:
            good[fundo] = pasta
    if not good:
        raise Invalid([FieldError("arquivo", "nenhuma linha válida foi encontrada"), *_as_errors(warnings)])
    return Imported(len(good), save(good.items(), replace=substituir), warnings[:20])


def _as_errors(warnings: list[str]) -> list[FieldError]:
    return [FieldError("arquivo", warning) for warning in warnings[:10]]
