"""The configured folders: what they are, whether a run can use them, and a chooser limited to configured roots."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from deploy.launcher.steps import reason
from etlhub.errors import FieldError, Invalid
from sistemas import catalogue, services
from sistemas.espera import all_in_time
from sistemas.models import Caminho

MIN_FREE = 200 * 1024 * 1024
MAX_LENGTH = 1000

VARIABLE = re.compile(r"\$\{(\w+)\}|%(\w+)%")
SECRET_NAME = re.compile(r"key|secret|segredo|passw|senha|token|url|cred|auth", re.IGNORECASE)
WINDOWS = re.compile(r"[A-Za-z]:[\\/]|\\\\[^\\]|//[^/]")


class BadPath(ValueError):
    """A path that cannot be used; the sentence says why."""


@dataclass(frozen=True)
class Status:
    """What was found of a path. `espaco_livre` in bytes, None when unknown."""

    ok: bool
    mensagem: str
    existe: bool = False
    gravavel: bool = False
    espaco_livre: int | None = None
    chave: str = ""
    caminho: str = ""
    descricao: str = ""


def caminhos() -> dict[str, str]:
    """The contract's `paths`, in order."""
    return dict(Caminho.objects.values_list("chave", "caminho"))


def save_caminhos(values: Mapping[str, str]) -> None:
    """Set the given folders. Invalid for a key that does not exist or a text that can be no path; then none is set."""
    known = {row.chave: row for row in Caminho.objects.all()}
    errors = []
    for chave, caminho in values.items():
        if chave not in known:
            errors.append(FieldError(f"paths.{chave[:60]}", "caminho desconhecido"))
        elif wrong := text_problem(caminho):
            errors.append(FieldError(f"paths.{chave}", wrong))
    if errors:
        raise Invalid(errors)
    changed = [row for chave, row in known.items() if chave in values and values[chave].strip() != row.caminho]
    for row in changed:
        row.caminho = values[row.chave].strip()
    Caminho.objects.bulk_update(changed, ["caminho"])
    services.touch()


def text_problem(text: str) -> str | None:
    """Why this text can be no path on any system; None when it may be one."""
    if len(text) > MAX_LENGTH:
        return f"caminho longo demais (no máximo {MAX_LENGTH} caracteres)"
    if any(ord(char) < 32 for char in text):
        return "o caminho tem caracteres de controle"
    return None


def expand(text: str) -> Path:
    """The path with `${VAR}` and `%VAR%` replaced, complete. BadPath in words when it cannot be used on this server."""
    text = text.strip()
    if not text:
        raise BadPath("O caminho está vazio.")
    if wrong := text_problem(text):
        raise BadPath(wrong[0].upper() + wrong[1:] + ".")
    expanded = VARIABLE.sub(_variable, text)
    if os.name != "nt":
        if WINDOWS.match(expanded):
            raise BadPath("Este é um caminho do Windows, e o ETL Hub está num servidor que não é Windows.")
        if "\\" in expanded:
            raise BadPath("O caminho tem barras invertidas (\\); neste servidor use barras normais (/).")
    path = Path(expanded).expanduser()
    if not path.is_absolute():
        example = r"D:\ETL\csv ou \\servidor\pasta\csv" if os.name == "nt" else "/dados/csv"
        raise BadPath(f"O caminho precisa ser completo, por exemplo {example}.")
    return path


def _variable(found: re.Match[str]) -> str:
    name = found[1] or found[2]
    if SECRET_NAME.search(name):
        raise BadPath(f"A variável {name} não pode ser usada num caminho.")
    if name not in os.environ:
        raise BadPath(f"A variável {name} não existe neste servidor.")
    return os.environ[name]


def validate_caminho(text: str, *, is_file: bool = False) -> Status:
    """Whether a run can write there (or read it, when it is a file): exists, writable, space. Bounded wait."""
    return _validate([("", text, is_file)])[0]


def validate_all(given: Mapping[str, str] | None = None) -> list[Status]:
    """Check the given paths by key, or the configured ones; all at once, so that a dead share delays no other."""
    rows = {row.chave: row for row in Caminho.objects.all()}
    wanted = {chave: row.caminho for chave, row in rows.items()} if given is None else dict(given)
    found = _validate([(chave, caminho, chave in catalogue.FILES) for chave, caminho in wanted.items()])
    return [replace(each, descricao=rows[each.chave].descricao if each.chave in rows else "") for each in found]


def _validate(wanted: list[tuple[str, str, bool]]) -> list[Status]:
    """For each (key, path, is it a file), in order."""
    checks = [partial(_check, text, is_file=is_file) for _chave, text, is_file in wanted]
    found = []
    for (chave, text, _is_file), answer in zip(wanted, all_in_time(checks), strict=True):
        if isinstance(answer, TimeoutError):
            answer = Status(ok=False, mensagem=f"O caminho não respondeu a tempo ({answer}). A rede está no ar?")
        found.append(replace(answer, chave=chave, caminho=text))
    return found


def _check(text: str, *, is_file: bool) -> Status:
    if is_file and not text.strip():
        return Status(ok=True, mensagem="Não está em uso.")
    try:
        path = expand(text)
    except BadPath as error:
        return Status(ok=False, mensagem=str(error))
    except RuntimeError:  # `~` of nobody
        return Status(ok=False, mensagem="A pasta pessoal (~) não existe neste servidor.")
    return _check_file(path) if is_file else _check_folder(path)


def _check_folder(path: Path) -> Status:
    try:
        if not path.exists():
            return Status(ok=False, mensagem=_missing(path))
        if not path.is_dir():
            return Status(ok=False, mensagem="Existe, mas é um arquivo, não uma pasta.")
        free = shutil.disk_usage(path).free
    except OSError as error:
        return Status(ok=False, mensagem=_refused("O servidor não conseguiu abrir a pasta", error))
    try:
        # access() lies on network shares and under Windows ACLs; only writing tells.
        with tempfile.TemporaryFile(dir=path, prefix=".etlhub-"):
            pass
    except OSError as error:
        message = _refused("A pasta existe, mas o servidor não consegue gravar nela", error)
        return Status(ok=False, existe=True, espaco_livre=free, mensagem=message)
    if free < MIN_FREE:
        message = f"Há pouco espaço livre no disco: {size(free)}."
        return Status(ok=False, existe=True, gravavel=True, espaco_livre=free, mensagem=message)
    message = f"Pronta para uso: {size(free)} livres."
    return Status(ok=True, existe=True, gravavel=True, espaco_livre=free, mensagem=message)


def _check_file(path: Path) -> Status:
    try:
        if not path.exists():
            return Status(ok=False, mensagem="O arquivo não existe.")
        if not path.is_file():
            return Status(ok=False, existe=True, mensagem="Existe, mas não é um arquivo.")
        with path.open("rb"):
            pass
    except OSError as error:
        return Status(ok=False, mensagem=_refused("O servidor não conseguiu abrir o arquivo", error))
    return Status(ok=True, existe=True, gravavel=os.access(path, os.W_OK), mensagem="O arquivo existe e pode ser lido.")


def _missing(path: Path) -> str:
    there = next((parent for parent in path.parents if parent.exists()), None)
    return "A pasta não existe." if there is None else f"A pasta não existe; o que existe é “{there}”."


def _refused(what: str, error: OSError) -> str:
    why = "sem permissão" if isinstance(error, PermissionError) else reason(error)
    return f"{what} ({why})."


def size(n: int) -> str:
    """Bytes as a person reads them: `1,5 GB`."""
    value = float(n)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}".replace(".", ",")
        value /= 1000
    return f"{value:.1f} TB".replace(".", ",")
