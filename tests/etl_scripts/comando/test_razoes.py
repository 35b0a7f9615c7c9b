"""What the system refuses is told in the user's language."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from etl_scripts import arquivos
from etl_scripts.erros import Falha
from etl_scripts.razoes import razao


@pytest.mark.parametrize(
    ("numero", "palavras"),
    [(errno.EACCES, "sem permissão"), (errno.ENOSPC, "disco cheio"), (errno.ENOENT, "não existe")],
)
def test_the_usual_reasons_are_in_portuguese(numero: int, palavras: str, tmp_path: Path) -> None:
    erro = OSError(numero, os.strerror(numero))
    assert razao(erro) == palavras
    with pytest.raises(Falha, match=f"Não foi possível gravar em .*: {palavras}\\."), arquivos._em_palavras(tmp_path):
        raise erro


def test_any_other_is_the_system_s_own() -> None:
    assert razao(OSError(errno.EDOM, "Domínio")) == "Domínio"
    assert razao(OSError("compartilhamento perdido")) == "compartilhamento perdido"
    assert razao(OSError()) == "erro do sistema"
