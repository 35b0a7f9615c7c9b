"""What the vault's commands share: refusals as one sentence, output masked, passphrases never in argv."""

from __future__ import annotations

import getpass
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.views.decorators.debug import sensitive_variables

from credentials.legacy import MAX_FILE_BYTES
from credentials.redaction import mask, remember
from deploy.launcher.steps import reason
from etlhub.errors import HubError

MAX_PASSPHRASE_BYTES = 4096


class VaultCommand(BaseCommand):
    """Prints a HubError as one sentence and ends with 1."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except HubError as error:
            raise CommandError(mask(error.message)) from None

    def say(self, text: str = "") -> None:
        self.stdout.write(mask(text))


def operator() -> str:
    """Who runs the command, for the audit."""
    try:
        return f"{getpass.getuser()} (terminal)"
    except (KeyError, OSError, ImportError):
        return "terminal"


def read_file(path: str) -> bytes:
    """The file's bytes; a CommandError in words when it cannot be read or is too large."""
    try:
        with Path(path).open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise CommandError(f"Não foi possível ler {path}: {reason(error)}.") from None


def write_file(path: str, data: bytes, *, overwrite: bool) -> None:
    """Write whole or not at all, readable by this account alone."""
    target = Path(path)
    if target.exists() and not overwrite:
        raise CommandError(f"O arquivo {path} já existe. Use --sobrescrever para trocá-lo.")
    try:
        descriptor, draft = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(draft).replace(target)
        finally:
            Path(draft).unlink(missing_ok=True)
    except OSError as error:
        raise CommandError(f"Não foi possível gravar {path}: {reason(error)}.") from None


def add_passphrase_options(parser: CommandParser) -> None:
    parser.add_argument("--frase-arquivo", metavar="ARQUIVO", help="lê a frase secreta da primeira linha deste arquivo")
    parser.add_argument("--frase-stdin", action="store_true", help="lê a frase secreta da entrada padrão")


@sensitive_variables()
def read_passphrase(options: dict[str, Any], *, minimum: int = 1, confirm: bool = False) -> str:
    """From a file, from stdin or asked at the terminal: an argument would be seen by every user of the machine."""
    if options["frase_arquivo"]:
        text = _first_line(read_file(options["frase_arquivo"]))
    elif options["frase_stdin"]:
        text = _first_line(sys.stdin.buffer.readline(MAX_PASSPHRASE_BYTES))
    elif not sys.stdin.isatty():
        raise CommandError("Informe a frase secreta com --frase-stdin ou --frase-arquivo.")
    else:
        text = getpass.getpass("Frase secreta do backup: ")
        if confirm and text != getpass.getpass("Repita a frase secreta: "):
            raise CommandError("As duas frases não são iguais.")
    remember([text])
    if len(text) < minimum:
        raise CommandError(f"A frase secreta precisa ter ao menos {minimum} caracteres.")
    return text


def _first_line(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig").split("\n", maxsplit=1)[0].rstrip("\r")
    except UnicodeDecodeError:
        raise CommandError("A frase secreta precisa estar em UTF-8.") from None
